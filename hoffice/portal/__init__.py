"""The employee's own pages, opened by a personal link."""
