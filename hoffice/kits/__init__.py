"""Kit types, items, kits, boxes, labels and the custody ledger: who has what, since when."""
