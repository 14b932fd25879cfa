"""The only door to geopy: from an address to a point, with how exactly it is known."""
