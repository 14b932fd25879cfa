"""Whose words and points these are: what every licence asks to be said."""

from __future__ import annotations

from hoffice.places import queries
from hoffice.places.service.online import credit_of as online_credit_of


def credit_of(provider: str) -> str:
    """The words that go with an answer of this provider; its name where it has none of its own."""
    if not provider:
        return ""
    source = queries.source_named(provider)
    if source is not None:
        return source.credit or source.name
    return online_credit_of(provider)
