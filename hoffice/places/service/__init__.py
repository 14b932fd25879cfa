"""The deeds around places: importing addresses, finding them, learning how long the way takes."""
