"""A canvas that notes what it draws, so that a screen reader can read the paper aloud.

ReportLab knows no tags. PDF wants two things: marks in the stream of each page (`BDC … EMC` with a
number), and a tree of elements (heading, paragraph, table) that points at these marks, with a way
back from each mark to its element (ISO 32000-1, 14.7 and 14.8). What is only decoration, such as
lines, grounds and repeated table heads, is marked as artifact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import IO, Any, Literal

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFObject,
    PDFString,
)
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from hoffice.paper import fonts, scripts

MAKER = "hoffice"

_ONE_WRITES = Lock()
"""Held while a file is written: cutting the letters out of a font moves a mark within the font,
which all threads share; two at once read at each other's mark."""

TOTAL_PAGES = "totalPages"
"""The drawing of the number of pages, which is only known at the end."""


@dataclass(slots=True, eq=False)
class Element:
    """One knot of the tree; joins its parent when first drawn, so the order is the sheet's."""

    role: str
    parent: Element | None = None
    alt: str = ""
    actual_text: str = ""
    """What is read aloud and copied where the drawn letters stand in another order."""
    attributes: dict[str, object] = field(default_factory=dict)
    kids: list[Element | tuple[int, int]] = field(default_factory=list)
    is_in_tree: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """What the file says of itself."""

    title: str
    author: str
    language: str
    made_at: datetime
    subject: str = ""


class _Text(PDFTextObject):
    """Keeps a space at the end of each line, so that words do not glue when read aloud."""

    def _textOut(self, text: str, TStar: int = 0) -> None:  # noqa: N802, N803  # ReportLab's names
        if TStar and text[-1:] != " ":
            text += " "
        above: Any = super()
        above._textOut(text, TStar)  # noqa: SLF001  # the one place where lines end


class _Written(PDFObject):
    """An object whose text is made when all the numbers are known."""

    __RefOnly__ = 1

    def __init__(self, canvas: TaggedCanvas, of: Element | list[Element]) -> None:
        self._canvas = canvas
        self._of = of

    def format(self, document: Any) -> bytes:
        if isinstance(self._of, Element):
            return self._canvas.written_element(self._of, document)
        refs = (self._canvas.reference(element).format(document) for element in self._of)
        return b"[" + b" ".join(refs) + b"]"


class TaggedCanvas(Canvas):
    """Draws as ReportLab does; ``marked`` and ``artifact`` say what the drawing means.

    The same drawing with the same ``about`` gives the same bytes.
    """

    _doc: Any  # the file under the canvas; the stubs leave out what is not public
    _code: list[str]
    _fontname: str
    _fontsize: float

    def __init__(self, target: IO[bytes], about: About, pagesize: tuple[float, float] = A4) -> None:
        initial: Any = fonts.REGULAR  # the stub says float; ReportLab means a name
        super().__init__(
            target,
            pagesize=pagesize,
            pageCompression=1,
            invariant=1,
            pdfVersion=(1, 7),
            initialFontName=initial,
            lang=about.language,
        )
        stamp = about.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")
        self.setDateFormatter(lambda *_: stamp)
        self.setTitle(about.title)
        self.setAuthor(about.author)
        self.setSubject(about.subject)
        self.setCreator(MAKER)
        self.setProducer(MAKER)
        self.setViewerPreference("DisplayDocTitle", "true")
        self.root = Element("Document", is_in_tree=True)
        self._doc.updateSignature(stamp)
        self._pages: list[tuple[Any, list[Element]]] = []
        self._marks: list[Element] = []
        self._is_marking = False
        self._references: dict[int, Any] = {}
        self._tree: Any = None
        self._outline_level = 0
        self._bookmarks = 0
        self._late: dict[str, Callable[[TaggedCanvas, int], None]] = {}

    def beginText(  # noqa: N802  # ReportLab's name
        self, x: float = 0, y: float = 0, direction: Literal["LTR", "RTL"] | None = None
    ) -> PDFTextObject:
        """A text whose lines end in a space."""
        return _Text(self, x, y, direction=direction)

    def drawString(self, x: float, y: float, text: str, *rest: Any, **more: Any) -> None:  # noqa: N802
        """One line of words, also with letters that the typeface lacks."""
        with self._typeface_for(text) as shown:
            super().drawString(x, y, shown, *rest, **more)

    def drawRightString(self, x: float, y: float, text: str, *rest: Any, **more: Any) -> None:  # noqa: N802
        """One line of words that ends at ``x``."""
        with self._typeface_for(text) as shown:
            super().drawRightString(x, y, shown, *rest, **more)

    def drawCentredString(self, x: float, y: float, text: str, *rest: Any, **more: Any) -> None:  # noqa: N802
        """One line of words around ``x``."""
        with self._typeface_for(text) as shown:
            super().drawCentredString(x, y, shown, *rest, **more)

    @contextmanager
    def _typeface_for(self, text: str) -> Iterator[str]:
        if scripts.is_plain(text):
            yield text
            return
        shown = scripts.drawn(text)
        name, size = self._fontname, self._fontsize
        self.setFont(fonts.OTHER, size)
        yield shown
        self.setFont(name, size)

    @contextmanager
    def marked(self, element: Element) -> Iterator[None]:
        """What is drawn inside belongs to this element."""
        if self._is_marking:
            msg = f"{element.role} inside another mark"
            raise ValueError(msg)
        self._join(element)
        number = len(self._marks)
        self._marks.append(element)
        element.kids.append((len(self._pages), number))
        self._begin(f"/{element.role} <</MCID {number}>> BDC")
        yield
        self._end()

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn inside is decoration and is not read aloud."""
        self._begin("/Artifact BMC")
        yield
        self._end()

    def _begin(self, operator: str) -> None:
        self._code.append(operator)
        self._is_marking = True

    def _end(self) -> None:
        self._code.append("EMC")
        self._is_marking = False

    def _join(self, element: Element) -> None:
        if element.is_in_tree:
            return
        element.is_in_tree = True
        element.parent = element.parent or self.root
        self._join(element.parent)
        element.parent.kids.append(element)

    def say(  # noqa: PLR0913  # a place, a look and a meaning
        self,
        x: float,
        y: float,
        text: str,
        *,
        font: str = fonts.REGULAR,
        size: float = 9.0,
        align: Literal["left", "right", "center"] = "left",
        role: str = "P",
    ) -> None:
        """One line of words at this place, read aloud as an element of its own."""
        draw = {
            "left": self.drawString,
            "right": self.drawRightString,
            "center": self.drawCentredString,
        }[align]
        spoken = "" if scripts.is_plain(text) else text
        with self.marked(Element(role, actual_text=spoken)):
            self.setFont(font, size)
            draw(x, y, text)

    def bookmark(self, title: str, level: int, top: float) -> None:
        """An entry in the table of contents; a text that skips a level gets the next one."""
        self._outline_level = min(level, self._outline_level + 1)
        self._bookmarks += 1
        key = f"place-{self._bookmarks}"
        self.bookmarkHorizontal(key, 0, top)
        self.addOutlineEntry(title, key, self._outline_level - 1, closed=False)

    def draw_later(
        self, name: str, x: float, y: float, draw: Callable[[TaggedCanvas, int], None]
    ) -> None:
        """Leave room at this place for what needs the number of pages, and draw it at the end.

        Pages that leave room for the same name share one drawing.
        """
        self._late.setdefault(name, draw)
        self.saveState()
        self.translate(x, y)
        self.doForm(name)
        self.restoreState()

    def draw_pixels(
        self, name: str, make: Callable[[], PDFObject], box: tuple[float, float, float, float]
    ) -> None:
        """Draw a picture (left, bottom, width, height); it is made once a file, for all pages."""
        if not self._doc.hasForm(name):
            self._doc.addForm(name, make())
        left, bottom, width, height = box
        self._doc.updateSignature(name)
        self.saveState()
        self.transform(width, 0, 0, height, left, bottom)
        self.doForm(name)
        self.restoreState()

    def showPage(self) -> None:  # noqa: N802  # ReportLab's name
        """Close the page and remember which element each of its marks belongs to."""
        self._doc.updateSignature("\n".join(self._code))
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents"]
        page.StructParents = len(self._pages)
        page.Tabs = PDFName("S")
        self._pages.append((page, self._marks))
        self._marks = []

    def save(self) -> None:
        """Write the file, with the number of pages and the tree."""
        if self._code:
            self.showPage()
        for name, draw in self._late.items():
            self.beginForm(name)
            draw(self, len(self._pages))
            self.endForm()
        self._write_tree()
        with _ONE_WRITES:
            super().save()

    def _write_tree(self) -> None:
        document = self._doc
        parents: list[object] = []
        for number, (_, marks) in enumerate(self._pages):
            parents += [number, document.Reference(_Written(self, marks))]
        tree = PDFDictionary(
            {
                "Type": PDFName("StructTreeRoot"),
                "K": PDFArray([self.reference(self.root)]),
                "ParentTree": document.Reference(PDFDictionary({"Nums": PDFArray(parents)})),
                "ParentTreeNextKey": len(self._pages),
            }
        )
        self._tree = document.Reference(tree)
        document.Catalog.StructTreeRoot = self._tree
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})

    def reference(self, element: Element) -> Any:
        """The number under which an element stands in the file."""
        known = self._references.get(id(element))
        if known is None:
            known = self._doc.Reference(_Written(self, element))
            self._references[id(element)] = known
        return known

    def written_element(self, element: Element, document: Any) -> bytes:
        """One knot of the tree as PDF writes it."""
        above = self._tree if element.parent is None else self.reference(element.parent)
        out = [b"<</Type/StructElem/S/", element.role.encode(), b"/P ", above.format(document)]
        out.append(b"/K[")
        for kid in element.kids:
            if isinstance(kid, Element):
                out += [self.reference(kid).format(document), b" "]
            else:
                page = document.Reference(self._pages[kid[0]][0])
                out += [b"<</Type/MCR/Pg ", page.format(document), b"/MCID %d>>" % kid[1]]
        out.append(b"]")
        if element.alt:
            out += [b"/Alt ", PDFString(element.alt).format(document)]
        if element.actual_text:
            out += [b"/ActualText ", PDFString(element.actual_text).format(document)]
        if element.attributes:
            out += [b"/A ", PDFDictionary(element.attributes).format(document)]
        out.append(b">>")
        return b"".join(out)


def tagged(canvas: Canvas) -> TaggedCanvas:
    """The canvas as what it is; ReportLab's own types only promise a plain one."""
    if not isinstance(canvas, TaggedCanvas):
        msg = "this part of a story needs a TaggedCanvas"
        raise TypeError(msg)
    return canvas
