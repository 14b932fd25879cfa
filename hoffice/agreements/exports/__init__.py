"""Papers leaving the house as one file."""
