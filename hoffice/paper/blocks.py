"""The blocks of a text as the parts of a story."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from reportlab.pdfbase.pdfdoc import PDFName
from reportlab.platypus import Flowable

from hoffice.paper import flow
from hoffice.paper.tags import Element
from hoffice.paper.text import safe_runs
from hoffice.wording.blocks import (
    Block,
    Heading,
    ListBlock,
    Paragraph,
    Runs,
    SignaturePlace,
    TableBlock,
)

DOTS = ("•", "–", "·")


def story_of(
    blocks: Iterable[Block],
    width: float,
    *,
    places: Callable[[Sequence[SignaturePlace]], Sequence[Flowable]],
) -> list[Flowable]:
    """The text of a paper, ``width`` points wide.

    ``places`` draws where people sign; it gets those places together that follow each other. They
    stay with the words before them: nobody signs a sheet that says nothing.
    """
    parts: list[Flowable] = []
    for are_places, group in groupby(blocks, key=lambda block: isinstance(block, SignaturePlace)):
        if are_places:
            if parts:
                parts[-1].keepWithNext = 1
            parts.extend(places([block for block in group if isinstance(block, SignaturePlace)]))
        else:
            parts.extend(_text(group, width))
    return parts


def _text(blocks: Iterable[Block], width: float) -> Iterator[Flowable]:
    for block in blocks:
        match block:
            case Heading(level, runs):
                yield flow.heading(safe_runs(runs), level)
            case Paragraph(runs):
                yield flow.words(safe_runs(runs))
            case ListBlock():
                yield from _points(block, depth=1, inside=None)
            case TableBlock(head, rows):
                yield flow.table(
                    [safe_runs(cell) for cell in head],
                    [[safe_runs(cell) for cell in row] for row in rows],
                    _widths([head, *rows], width),
                )
            case SignaturePlace():
                pass


def _points(block: ListBlock, *, depth: int, inside: Element | None) -> Iterator[Flowable]:
    numbering = "Disc" if block.start is None else "Decimal"
    whole = Element("L", inside)
    whole.attributes = {"O": PDFName("List"), "ListNumbering": PDFName(numbering)}
    for place, item in enumerate(block.items):
        body = Element("LBody", Element("LI", whole))
        bullet = DOTS[depth - 1] if block.start is None else f"{block.start + place}."
        for part in item:
            if isinstance(part, Paragraph):
                yield flow.point(safe_runs(part.runs), bullet, depth, body)
                bullet = ""
            else:
                yield from _points(part, depth=depth + 1, inside=body)


def _widths(rows: Sequence[tuple[Runs, ...]], width: float) -> list[float]:
    """Columns share the sheet by the length of their words, the long ones less than in full."""
    longest = [
        max(4, *(sum(len(run.text) for run in row[column]) for row in rows))
        for column in range(len(rows[0]))
    ]
    shares = [min(length, 60) ** 0.75 for length in longest]
    return [width * share / sum(shares) for share in shares]
