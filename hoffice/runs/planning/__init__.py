"""Planning van runs: plain facts in, a plan out; no database, no clock, no engine."""
