"""A filled text as parts that know no renderer: the same blocks make the paper and the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from hoffice.errors import N_, Refused
from hoffice.wording.fields import Value, filled

COLUMNS = 8
"""More columns leave no room for words on a sheet of A4."""

LIST_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style."""

    text: str
    bold: bool = False
    italic: bool = False


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3."""

    level: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class ListBlock:
    """Points, with numbers from ``start`` or with dots (``start`` is None)."""

    items: tuple[tuple[Paragraph | ListBlock, ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; every row has as many cells as the head."""

    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """Here signs the one with this role: `[[signature:employee]]` alone on its line."""

    role: str


Block = Heading | Paragraph | ListBlock | TableBlock | SignaturePlace

_TOO_WIDE = N_("A table has more than eight columns.")
_TOO_NESTED = N_("A list has more than three levels.")
_SIGNATURE = re.compile(r"\[\[(?:signature|unterschrift):([a-z_]{1,40})\]\]")
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    .enable("table")
    .disable(["html_block", "html_inline", "link", "image", "autolink", "reference"])
    .disable(["backticks", "code", "fence", "blockquote", "hr", "lheading"])
)


def blocks(source: str, values: Mapping[str, Value]) -> tuple[Block, ...]:
    """The text of a paper with its fields filled in, part by part."""
    return parsed(filled(source, values))


@lru_cache(maxsize=64)  # frozen, signed and sealed within seconds: the same text each time
def parsed(markdown: str) -> tuple[Block, ...]:
    """Plain Markdown (headings, paragraphs, lists, tables, bold, italic) as blocks."""
    return tuple(_Reader(_MARKDOWN.parse(markdown)).top())


def roles_of(source: str) -> tuple[str, ...]:
    """Who signs this text, in the order of their places."""
    lines = (line.strip() for line in source.splitlines())
    return tuple(match[1] for line in lines if (match := _SIGNATURE.fullmatch(line)))


class _Reader:
    """Walks along the tokens of one text."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def top(self) -> Iterator[Block]:
        while (token := self._next()) is not None:
            match token.type:
                case "heading_open":
                    yield Heading(min(int(token.tag[1]), 3), _runs(self._inline()))
                case "paragraph_open":
                    inline = self._inline()
                    # asked of the source, where brackets from a field's value are still numbers
                    place = _SIGNATURE.fullmatch(inline.content.strip())
                    yield SignaturePlace(place[1]) if place else Paragraph(_runs(inline))
                case "bullet_list_open" | "ordered_list_open":
                    yield self._list(token, depth=1)
                case "table_open":
                    yield self._table()
                case _:
                    pass

    def _next(self) -> Token | None:
        if self._at >= len(self._tokens):
            return None
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _inline(self) -> Token:
        """The words after an opening token; the closing token is skipped."""
        token = self._tokens[self._at]
        self._at += 2
        return token

    def _list(self, opening: Token, *, depth: int) -> ListBlock:
        if depth > LIST_DEPTH:
            raise Refused(_TOO_NESTED)
        start = None
        if opening.type == "ordered_list_open":
            start = int(opening.attrGet("start") or 1)
        items: list[tuple[Paragraph | ListBlock, ...]] = []
        parts: list[Paragraph | ListBlock] = []
        closing = opening.type.replace("_open", "_close")
        while (token := self._next()) is not None and token.type != closing:
            match token.type:
                case "list_item_open":
                    parts = []
                case "list_item_close":
                    items.append(tuple(parts))
                case "paragraph_open" | "heading_open":
                    parts.append(Paragraph(_runs(self._inline())))
                case "bullet_list_open" | "ordered_list_open":
                    parts.append(self._list(token, depth=depth + 1))
                case _:
                    pass
        return ListBlock(tuple(items), start)

    def _table(self) -> TableBlock:
        rows: list[list[Runs]] = []
        while (token := self._next()) is not None and token.type != "table_close":
            match token.type:
                case "tr_open":
                    rows.append([])
                case "inline":
                    rows[-1].append(_runs(token))
                case _:
                    pass
        head, *body = rows
        if len(head) > COLUMNS:
            raise Refused(_TOO_WIDE)
        return TableBlock(tuple(head), tuple(map(tuple, body)))


def _runs(inline: Token) -> Runs:
    """Neighbouring words of one style become one run; a line break in the source is a space."""
    bold = italic = 0
    runs: list[Run] = []
    for child in inline.children or []:
        match child.type:
            case "strong_open" | "strong_close":
                bold += child.nesting
            case "em_open" | "em_close":
                italic += child.nesting
            case "softbreak" | "hardbreak":
                _add(runs, Run(" ", bold > 0, italic > 0))
            case _:
                _add(runs, Run(child.content, bold > 0, italic > 0))
    return tuple(runs)


def _add(runs: list[Run], run: Run) -> None:
    last = runs[-1] if runs else None
    if last is not None and (last.bold, last.italic) == (run.bold, run.italic):
        runs[-1] = Run(last.text + run.text, run.bold, run.italic)
    elif run.text:
        runs.append(run)
