"""The programs behind the Makefile: install, serve, check, catalogues, lock."""
