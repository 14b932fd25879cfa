"""From a story to a file: letterhead, margins, "page x of y", and what the file says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfdoc import PDFArray, PDFName
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, NextPageTemplate, PageTemplate

from hoffice.errors import N_
from hoffice.paper import draw, fonts, look
from hoffice.paper.archive import Conformance, archived, joined
from hoffice.paper.logo import Logo
from hoffice.paper.page_code import PageCode
from hoffice.paper.tags import MAKER, TOTAL_PAGES, About, Element, TaggedCanvas, tagged
from hoffice.paper.words import speaks
from hoffice.wording.plain import one_line

LEFT = 22 * mm
RIGHT = 20 * mm
BOTTOM = 24 * mm
TOP_FIRST = 36 * mm
TOP = 20 * mm
WIDTH = A4[0] - LEFT - RIGHT
"""Points between the margins of an upright sheet."""
SMALL_SIDE = 12 * mm
"""The margins of half a sheet."""

LOGO_HEIGHT = 14 * mm
CODE_SIZE = 12.5 * mm
"""21 rows of 0.6 mm: four to five points each in a scan of 200 dpi."""
CODE_BOTTOM = 8 * mm
CODE_ROOM = CODE_SIZE + 4 * mm


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose paper it is: the firm, up to three lines of address and contact, and its logo.

    A logo stands in the place of the firm's name, which is read aloud all the same.
    """

    name: str
    lines: tuple[str, ...] = ()
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands around a story; title and ``reference`` come back at each page's foot.

    ``running_head`` stands at the top of every page but the first, which has the letterhead. With a
    ``code_reference`` such as ``P000017`` every page has a QR code that says which page of which
    paper it is. ``part`` names pages that are counted by themselves, such as the signature page.
    """

    title: str
    language: str
    letterhead: Letterhead
    made_at: datetime
    reference: str = ""
    subject: str = ""
    is_landscape: bool = False
    running_head: str = ""
    code_reference: str = ""
    part: str = ""
    has_letterhead: bool = True
    is_half: bool = False
    """A5 upright, for what is put into a box."""

    @property
    def size(self) -> tuple[float, float]:
        """The paper in points."""
        if self.is_half:
            return A5
        return landscape(A4) if self.is_landscape else A4

    @property
    def left(self) -> float:
        """The margin at the left."""
        return SMALL_SIDE if self.is_half else LEFT

    @property
    def right(self) -> float:
        """The margin at the right."""
        return SMALL_SIDE if self.is_half else RIGHT

    @property
    def width(self) -> float:
        """Points between the margins."""
        return self.size[0] - self.left - self.right

    def about(self) -> About:
        """What the file says of itself."""
        return About(
            title=one_line(self.title),
            author=one_line(self.letterhead.name),
            language=self.language,
            made_at=self.made_at,
            subject=one_line(self.subject),
        )


def write(
    sheet: Sheet, story: Sequence[Flowable], *, conformance: Conformance = Conformance.A_3U
) -> bytes:
    """The file as PDF/A. The same sheet and the same story give the same bytes."""
    return archived(pages(sheet, story), conformance)


def write_behind(
    first: bytes,
    sheet: Sheet,
    story: Sequence[Flowable],
    *,
    conformance: Conformance = Conformance.A_3U,
) -> bytes:
    """A file that begins with the pages of another, unchanged, and goes on with a story's."""
    return joined(first, pages(sheet, story), conformance)


def pages(sheet: Sheet, story: Sequence[Flowable]) -> bytes:
    """What ReportLab makes of it, tagged but not yet for the archive."""
    target = BytesIO()
    width, height = sheet.size
    about = sheet.about()
    document = BaseDocTemplate(
        target,
        pagesize=sheet.size,
        title=about.title,
        author=about.author,
        subject=about.subject,
        creator=MAKER,
        producer=MAKER,
    )
    top = TOP_FIRST if sheet.has_letterhead else TOP
    first = Frame(sheet.left, BOTTOM, sheet.width, height - BOTTOM - top, 0, 0, 0, 0)
    later = Frame(sheet.left, BOTTOM, sheet.width, height - BOTTOM - TOP, 0, 0, 0, 0)
    document.addPageTemplates(
        [
            PageTemplate(
                "first", [first], onPage=lambda canvas, _: _first_page(tagged(canvas), sheet)
            ),
            PageTemplate(
                "later", [later], onPage=lambda canvas, _: _later_page(tagged(canvas), sheet)
            ),
        ]
    )

    def canvas(stream: Any, **_: object) -> TaggedCanvas:
        return TaggedCanvas(stream, about, (width, height))

    maker: Any = canvas
    document.build([NextPageTemplate("later"), *story], canvasmaker=maker)
    return target.getvalue()


def _first_page(canvas: TaggedCanvas, sheet: Sheet) -> None:
    if sheet.has_letterhead:
        _head(canvas, sheet)
    _foot(canvas, sheet)


def _later_page(canvas: TaggedCanvas, sheet: Sheet) -> None:
    if sheet.running_head:
        width, height = sheet.size
        base = height - 13.5 * mm
        head = one_line(sheet.running_head)
        with canvas.artifact():
            canvas.setFillColor(look.INK)
            canvas.setFont(fonts.BOLD, 10)
            canvas.drawString(sheet.left, base, fonts.fitted(head, fonts.BOLD, 10, sheet.width))
            canvas.setStrokeColor(look.LINE)
            canvas.setLineWidth(0.5)
            canvas.line(sheet.left, base - 5, width - sheet.right, base - 5)
    _foot(canvas, sheet)


def _head(canvas: TaggedCanvas, sheet: Sheet) -> None:
    width, height = sheet.size
    right = width - sheet.right
    half = sheet.width / 2
    top = height - 17 * mm
    if sheet.letterhead.logo is not None:
        _logo(canvas, sheet, sheet.letterhead.logo, top)
    else:
        name = fonts.fitted(one_line(sheet.letterhead.name), fonts.BOLD, 13, sheet.width * 0.55)
        canvas.setFillColor(look.BRAND)
        canvas.say(sheet.left, top, name, font=fonts.BOLD, size=13)
    canvas.setFillColor(look.INK_2)
    for number, line in enumerate(sheet.letterhead.lines[:3]):
        text = fonts.fitted(one_line(line), fonts.REGULAR, 8.5, half * 0.85)
        canvas.say(right, top + 4 - number * 10.5, text, size=8.5, align="right")
    with canvas.artifact():
        canvas.setStrokeColor(look.BRAND)
        canvas.setLineWidth(0.8)
        canvas.line(sheet.left, top - 8 * mm, right, top - 8 * mm)


def _logo(canvas: TaggedCanvas, sheet: Sheet, logo: Logo, top: float) -> None:
    """In the place of the name, above the line, at most 14 mm high."""
    width, height = logo.size(sheet.width * 0.5, LOGO_HEIGHT)
    bottom = top - 6 * mm
    figure = Element("Figure", alt=one_line(sheet.letterhead.name))
    box = [round(value, 2) for value in (sheet.left, bottom, sheet.left + width, bottom + height)]
    figure.attributes = {"O": PDFName("Layout"), "BBox": PDFArray(box)}
    with canvas.marked(figure):
        logo.draw(canvas, sheet.left, bottom, width, height)


def _foot(canvas: TaggedCanvas, sheet: Sheet) -> None:
    _ = speaks(sheet.language)
    width = sheet.size[0]
    right = width - sheet.right - (CODE_ROOM if sheet.code_reference else 0)
    base = 13 * mm
    about = " · ".join(one_line(part) for part in (sheet.title, sheet.reference) if part)
    page = _(N_("Page %(page)s of")) % {"page": canvas.getPageNumber()}
    if sheet.part:
        page = f"{one_line(sheet.part)}: {page}"
    room = right - sheet.left - fonts.width(page, fonts.REGULAR, 8) - 30
    with canvas.artifact():
        canvas.setStrokeColor(look.LINE)
        canvas.setLineWidth(0.5)
        canvas.line(sheet.left, base + 10, right, base + 10)
        canvas.setFillColor(look.INK_2)
        canvas.setFont(fonts.REGULAR, 8)
        canvas.drawString(sheet.left, base, fonts.fitted(about, fonts.REGULAR, 8, room))
        canvas.drawRightString(right - 16, base, page)
        canvas.draw_later(TOTAL_PAGES, right - 14, base, _total)
        if sheet.code_reference:
            number = canvas.getPageNumber()
            canvas.draw_later(
                f"code-{number}",
                width - sheet.right - CODE_SIZE,
                CODE_BOTTOM,
                lambda late, pages: draw.qr(
                    late,
                    str(PageCode(sheet.code_reference, number, pages)),
                    0,
                    0,
                    CODE_SIZE,
                    quiet=0,
                ),
            )


def _total(canvas: TaggedCanvas, pages: int) -> None:
    canvas.setFillColor(look.INK_2)
    canvas.setFont(fonts.REGULAR, 8)
    canvas.drawString(0, 0, str(pages))
