"""March 2020, put into an empty house: first what stands there, then what has happened."""
