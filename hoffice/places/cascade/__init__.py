"""From an address to a point, step by step, and never silently wrong. Pure."""
