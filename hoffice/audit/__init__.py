"""The hash-chained log of every deed: append-only, erasable only in its personal side rows."""
