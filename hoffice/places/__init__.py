"""Addresses, where they are, and how long the way takes."""
