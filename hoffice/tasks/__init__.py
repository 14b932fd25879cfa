"""Something to do, with an owner and a due date: differences of a stock-take, decisions, checks."""
