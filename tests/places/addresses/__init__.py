"""Spelling, reading and comparing addresses."""
