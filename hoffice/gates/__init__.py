"""May this box go? The conditions, each with its reason and whose turn it is."""
