"""Numbers that come from outside: only such as a table can hold."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from werkzeug.routing import IntegerConverter, Map

MOST = 2**31 - 1
"""The largest number of a row, on every database."""


def row_number(text: str) -> int:
    """A number that somebody sent, for ``get(…, type=row_number)``; a larger one is none.

    :raises ValueError: for anything that no row can have as its number.
    """
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(MOST)):
        msg = "no number of a row"
        raise ValueError(msg)
    found = int(text)
    if found > MOST:
        msg = "larger than any number of a row"
        raise ValueError(msg)
    return found


def ticked(name: str = "ids") -> list[int]:
    """The rows that are ticked in the form of this request, each once, in the order sent."""
    return list(dict.fromkeys(request.form.getlist(name, type=row_number)))


class RowConverter(IntegerConverter):
    """``<int:…>`` in an address; a number that no row can have leads to no page (404)."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": MOST, **kwargs})


def init_app(app: Flask) -> None:
    """Let every address with a number refuse those that would only break the database."""
    app.url_map.converters["int"] = RowConverter
