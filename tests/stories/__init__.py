"""The product from outside: whole stories, told once per database."""
