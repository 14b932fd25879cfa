"""hoffice: everybody home by Thursday, and back just as well."""

from typing import Final

VERSION: Final = "0.1.0"
"""Told to mail and map servers, and written into backups; ``pyproject.toml`` says the same."""
