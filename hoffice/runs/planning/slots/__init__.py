"""Windows for people: what can be offered, what can be kept, and what an extra day would cost."""
