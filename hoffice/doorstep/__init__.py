"""The driver's phone: load, drive, hand over."""
