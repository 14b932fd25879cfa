"""A text that somebody has just typed, on a page and on paper, made beside the house.

The child process knows neither the database nor the keys of the house: facts in, bytes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from hoffice.agreements import pdf
from hoffice.wording.blocks import blocks
from hoffice.wording.fields import Value
from hoffice.wording.html import to_html
from hoffice.wording.isolated import isolated


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text with values for its fields; ``facts`` are those of its paper, still without blocks."""

    source: str
    values: Mapping[str, Value]
    facts: pdf.PaperFacts


def on_page(draft: Draft, *, table: str) -> Markup:
    """The text as a piece of a page, or a refusal; ``table`` names its tables."""
    made = isolated(_html, draft.source, draft.values, table).decode()
    return Markup(made)  # noqa: S704  # every word in it was escaped by wording.html


def on_paper(draft: Draft) -> bytes:
    """The text as a PDF, or a refusal."""
    return isolated(_pdf, draft)


def _html(source: str, values: Mapping[str, Value], table: str) -> bytes:
    return to_html(blocks(source, values), table=table).encode()


def _pdf(draft: Draft) -> bytes:
    return pdf.paper(replace(draft.facts, blocks=blocks(draft.source, draft.values)))
