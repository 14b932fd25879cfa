"""One file per outside door, run against the fake and the real thing."""
