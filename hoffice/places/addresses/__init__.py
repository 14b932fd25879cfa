"""Addresses as people write them: parted, normalised, compared. Pure."""
