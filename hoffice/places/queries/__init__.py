"""What the address register knows, and where it knows it from."""

from hoffice.places.queries.register import DatabaseRegister
from hoffice.places.queries.sources import (
    NearHouse,
    current_edition,
    houses_near,
    source_named,
    sources,
)

__all__ = [
    "DatabaseRegister",
    "NearHouse",
    "current_edition",
    "houses_near",
    "source_named",
    "sources",
]
