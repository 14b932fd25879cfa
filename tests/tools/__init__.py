"""The programs behind the Makefile, tried on small houses of their own."""
