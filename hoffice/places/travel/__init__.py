"""How long a van takes from door to door: the only door to road engines, and a model within."""
