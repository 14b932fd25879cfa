"""Files and services that addresses come from, read one address at a time."""
