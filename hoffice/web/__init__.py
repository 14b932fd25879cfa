"""Shared Flask parts: the commit at the edge, errors as pages, lists, formats, security headers."""
