"""Work that outlives a request: the job table is the truth, an engine only delivers."""
