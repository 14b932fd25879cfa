"""The same blocks as a piece of a page; every word is escaped by MarkupSafe."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

from markupsafe import Markup

from hoffice.wording.blocks import (
    Block,
    Heading,
    ListBlock,
    Paragraph,
    Run,
    Runs,
    SignaturePlace,
    TableBlock,
)

HEADING_OFFSET = 1
"""The page has its own h1, so a text's first heading becomes h2."""


def _no_place(place: SignaturePlace) -> Markup:
    return Markup('<p class="signature-place" data-role="{}"></p>').format(place.role)


def to_html(
    blocks: Iterable[Block],
    *,
    table: str,
    signature: Callable[[SignaturePlace], Markup] = _no_place,
) -> Markup:
    """The text of a paper for a page; ``signature`` draws the places where somebody signs.

    A wide table scrolls inside the page; ``table`` names it, in the reader's language, and of
    several each has its number, so that nobody hears two places of one name.
    """
    every = list(blocks)
    several = sum(isinstance(block, TableBlock) for block in every) > 1
    number = count(1)
    return Markup("\n").join(
        _block(
            block,
            f"{table} {next(number)}" if several and isinstance(block, TableBlock) else table,
            signature,
        )
        for block in every
    )


def _block(block: Block, table: str, signature: Callable[[SignaturePlace], Markup]) -> Markup:
    match block:
        case Heading(level, runs):
            return Markup("<h{0}>{1}</h{0}>").format(level + HEADING_OFFSET, _runs(runs))
        case Paragraph(runs):
            return Markup("<p>{}</p>").format(_runs(runs))
        case ListBlock():
            return _list(block)
        case TableBlock():
            return _table(block, table)
        case SignaturePlace():
            return signature(block)


def _list(block: ListBlock) -> Markup:
    items = Markup().join(Markup("<li>{}</li>").format(_item(item)) for item in block.items)
    if block.start is None:
        return Markup("<ul>{}</ul>").format(items)
    if block.start == 1:
        return Markup("<ol>{}</ol>").format(items)
    return Markup('<ol start="{}">{}</ol>').format(block.start, items)


def _item(parts: tuple[Paragraph | ListBlock, ...]) -> Markup:
    """A point of one sentence needs no paragraph of its own."""
    if len(parts) == 1 and isinstance(parts[0], Paragraph):
        return _runs(parts[0].runs)
    return Markup().join(
        Markup("<p>{}</p>").format(_runs(part.runs)) if isinstance(part, Paragraph) else _list(part)
        for part in parts
    )


def _table(block: TableBlock, name: str) -> Markup:
    head = Markup().join(
        Markup('<th scope="col">{}</th>').format(_runs(cell)) for cell in block.head
    )
    rows = Markup().join(
        Markup("<tr>{}</tr>").format(
            Markup().join(Markup("<td>{}</td>").format(_runs(cell)) for cell in row)
        )
        for row in block.rows
    )
    return Markup(
        '<div class="grid-scroll" tabindex="0" role="region" aria-label="{}"><table class="grid">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(name, head, rows)


def _runs(runs: Runs) -> Markup:
    return Markup().join(map(_run, runs))


def _run(run: Run) -> Markup:
    text = Markup("{}").format(run.text)
    if run.italic:
        text = Markup("<em>{}</em>").format(text)
    if run.bold:
        text = Markup("<strong>{}</strong>").format(text)
    return text
