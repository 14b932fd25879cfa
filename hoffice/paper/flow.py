"""Parts of a story that know their meaning: words, headings, tables, pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfdoc import PDFArray, PDFName
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from hoffice.paper import fonts, look, scripts
from hoffice.paper.tags import Element, TaggedCanvas, tagged
from hoffice.paper.text import safe

Draw = Callable[[TaggedCanvas], None]
"""Draws with the lower left corner at the origin."""


class Words(Paragraph):
    """A paragraph with an element in the tree; its parts on two pages share the element."""

    element: Element | None = None
    bookmark: tuple[str, int] | None = None
    was_drawn = False

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803
        """The parts before and after a page's end."""
        parts: list[Any] = super().split(availWidth, availHeight)
        for number, part in enumerate(parts):
            part.element = self.element
            part.bookmark = self.bookmark if number == 0 else None
        return parts

    def draw(self) -> None:
        """Draw once as what it is, and again (a repeated table head) as decoration."""
        canvas = tagged(self.canv)
        if self.was_drawn or self.element is None:
            with canvas.artifact():
                super().draw()
            return
        self.was_drawn = True
        if self.bookmark is not None:
            canvas.bookmark(*self.bookmark, top=self.height)
        with canvas.marked(self.element):
            super().draw()


def words(
    markup: str,
    style: ParagraphStyle = look.BODY,
    *,
    role: str = "P",
    inside: Element | None = None,
) -> Words:
    """A paragraph of safe markup (see ``text``)."""
    made = Words(markup, style)
    made.element = Element(role, inside, actual_text=_spoken(made, markup))
    return made


def _spoken(made: Words, markup: str) -> str:
    """What is read aloud, where it is not what is drawn."""
    return "" if scripts.is_plain(markup) else scripts.spoken(made.getPlainText())


def said(text: str, style: ParagraphStyle = look.BODY) -> Words:
    """A paragraph of plain text."""
    return words(safe(text, chars=2_000), style)


def point(markup: str, bullet: str, depth: int, inside: Element) -> Words:
    """One point of a list."""
    made = Words(markup, look.list_style(depth), bulletText=f"{bullet} " if bullet else None)
    made.element = Element("P", inside, actual_text=_spoken(made, markup))
    return made


def heading(markup: str, level: int) -> Words:
    """A heading with a bookmark."""
    made = words(markup, look.HEADINGS[level], role=f"H{level}")
    plain = made.getPlainText() if scripts.is_plain(markup) else _spoken(made, markup)
    made.bookmark = (plain, level)
    return made


class Grid(Table):
    """A table whose lines and grounds are decoration; the words in it know their cells."""

    def onSplit(self, T: Any, byRow: int = 1) -> None:  # noqa: N802, N803  # ReportLab's names
        """Both halves draw like the whole."""
        super().onSplit(T, byRow)
        T._renderCB = _decoration  # noqa: SLF001  # the constructor's own argument, lost on the way


def _decoration(table: Any, event: str, *_: object) -> None:
    canvas = tagged(table.canv)
    if event in {"startBG", "startLines"}:
        table.decoration = canvas.artifact()
        table.decoration.__enter__()
    elif event in {"endBG", "endLines"}:
        table.decoration.__exit__(None, None, None)


Cell = str | Flowable | Sequence[Flowable]
"""Safe markup, or parts to draw."""

GRID = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, look.LINE),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, look.LINE_STRONG),
        ("BACKGROUND", (0, 0), (-1, 0), look.GROUND),
        ("FONTNAME", (0, 0), (-1, -1), fonts.REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
)
PLAIN = TableStyle(
    [
        ("FONTNAME", (0, 0), (-1, -1), fonts.REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]
)


def table(
    head: Sequence[Cell],
    rows: Sequence[Sequence[Cell]],
    widths: Sequence[float],
    *,
    style: TableStyle = GRID,
) -> Grid:
    """A table with a head that repeats on each page; a row stays on one page if it can."""
    whole = Element("Table")
    lines = [_row(head, whole, role="TH", style=look.CELL_BOLD)]
    lines += [_row(row, whole, role="TD", style=look.CELL) for row in rows]
    return _grid(lines, widths, style, repeat=1)


def pairs(rows: Sequence[tuple[str, str]], widths: tuple[float, float]) -> Grid:
    """Two columns without lines: what it is, and what it says (both safe markup)."""
    whole = Element("Table")
    lines = []
    for name, value in rows:
        row = Element("TR", whole)
        lines.append(
            [
                _cell(name, row, "TH", look.CELL_SMALL, scope="Row"),
                _cell(value, row, "TD", look.CELL),
            ]
        )
    return _grid(lines, widths, PLAIN, repeat=0)


def side_by_side(
    columns: Sequence[Sequence[Flowable]],
    widths: Sequence[float],
    *,
    style: TableStyle = PLAIN,
    may_split: bool = False,
) -> Grid:
    """Parts beside each other; only a layout, so it is read as one part after the other.

    They stay on one page, unless they ``may_split``: for what is higher than a page.
    """
    cells = [list(column) for column in columns]
    return _grid([cells], widths, style, repeat=0, may_split=may_split)


def _grid(
    lines: list[list[list[Flowable]]],
    widths: Sequence[float],
    style: TableStyle,
    *,
    repeat: int,
    may_split: bool = True,
) -> Grid:
    decoration: Any = _decoration
    return Grid(
        lines,
        colWidths=list(widths),
        repeatRows=repeat,
        style=style,
        splitInRow=int(may_split),
        hAlign="LEFT",
        spaceBefore=4,
        spaceAfter=10,
        renderCB=decoration,
    )


def _row(
    cells: Sequence[Cell], whole: Element, *, role: str, style: ParagraphStyle
) -> list[list[Flowable]]:
    row = Element("TR", whole)
    return [_cell(cell, row, role, style, scope="Column") for cell in cells]


def _cell(
    cell: Cell, row: Element, role: str, style: ParagraphStyle, *, scope: str = "Column"
) -> list[Flowable]:
    holder = Element(role, row)
    if role == "TH":
        holder.attributes = {"O": PDFName("Table"), "Scope": PDFName(scope)}
    if isinstance(cell, str):
        return [words(cell, style, inside=holder)]
    parts = [cell] if isinstance(cell, Flowable) else list(cell)
    for part in parts:
        if isinstance(part, Words | Picture) and part.element is not None:
            part.element.parent = holder
    return parts


class Picture(Flowable):
    """A drawing of a fixed size; with ``alt`` it is read aloud, without it is decoration."""

    def __init__(self, width: float, height: float, draw: Draw, alt: str = "") -> None:
        super().__init__()
        self.width = width
        self.height = height
        self.element = Element("Figure", alt=alt) if alt else None
        self._drawing = draw

    def draw(self) -> None:
        """Draw, and tell the tree where."""
        canvas = tagged(self.canv)
        if self.element is None:
            with canvas.artifact():
                self._drawing(canvas)
            return
        left, bottom = canvas.absolutePosition(0, 0)
        box = [round(value, 2) for value in (left, bottom, left + self.width, bottom + self.height)]
        self.element.attributes = {"O": PDFName("Layout"), "BBox": PDFArray(box)}
        with canvas.marked(self.element):
            self._drawing(canvas)
