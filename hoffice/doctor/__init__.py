"""The house looks after itself: what is configured, backup and restore."""
