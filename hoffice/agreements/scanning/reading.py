"""Looking at pages: rendering them, reading their codes, turning them upright.

Runs in the child process only: it opens what anybody may have sent.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import IO, Any, Final

import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from hoffice.agreements.scanning.stack import MOST_PIXELS, PDF, ReadPage, members

INCH_POINTS: Final = 72
KEPT_DPI: Final = 200
FINE_DPI: Final = 300
"""Asked for only where nothing was read: the modules of a small code then have seven pixels."""
LONGEST: Final = 2400
"""Pixels of the longer side of a picture that is kept: 205 dpi on A4."""
FINEST: Final = 3600
QUALITY: Final = 78

MARGIN: Final = 0.04
"""The edge of a page that does not count when it is called blank: shadows of the scanner."""
BLANK_SIDE: Final = 400
"""Pixels; so small that single specks are gone."""
DARK: Final = 60
"""How much darker than the paper something has to be to be something."""
BLANK_SHARE: Final = 0.0004
"""Of the page; a name in handwriting covers ten times as much."""

QR_CODES: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)

UNREADABLE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    ArithmeticError,
    LookupError,
    RuntimeError,
    Image.DecompressionBombError,
)
"""What PDFium and Pillow raise for pages and pictures that are none."""


def read_pages(kept: IO[bytes], numbers: Sequence[int]) -> Iterator[ReadPage]:
    """These pages of a stack, in its order; one that cannot be shown has no picture."""
    wanted = set(numbers)
    place = 0
    for kind, content in members(kept):
        if kind == PDF:
            with closing(pypdfium2.PdfDocument(content)) as document:
                for index in range(len(document)):
                    place += 1
                    if place in wanted:
                        yield _safely(place, partial(_Rendered, document, index))
        else:
            place += 1
            if place in wanted:
                yield _safely(place, partial(_Photo, content))


class _Rendered:
    """A page of a PDF, as a picture of any resolution."""

    def __init__(self, document: Any, index: int) -> None:
        self._page = document[index]
        self._inches = max(self._page.get_size()) / INCH_POINTS

    def picture(self, dpi: int) -> Image.Image:
        """The page at so many dots per inch, or fewer where it is larger than paper is."""
        most = FINEST if dpi > KEPT_DPI else LONGEST
        scale = min(dpi / INCH_POINTS, most / (self._inches * INCH_POINTS))
        bitmap = self._page.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
        return bitmap.to_pil().convert("RGB")  # type: ignore[no-any-return]  # untyped


class _Photo:
    """A picture that was uploaded, the way up that its camera says."""

    def __init__(self, content: bytes) -> None:
        found = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
        if found.width * found.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        found.draft("RGB", (FINEST, FINEST))  # a JPEG is unpacked no larger than needed
        flat = ImageOps.exif_transpose(found)
        flat.thumbnail((FINEST, FINEST), Image.Resampling.LANCZOS)
        self._fine = _on_white(flat)

    def picture(self, dpi: int) -> Image.Image:
        """The picture, smaller where it is to be kept."""
        if dpi > KEPT_DPI:
            return self._fine
        small = self._fine.copy()
        small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        return small


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGB", "L"}:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(seen, mask=seen.getchannel("A"))
    return flat


def _safely(number: int, opened: Callable[[], _Rendered | _Photo]) -> ReadPage:
    try:
        return _read(number, opened())
    except UNREADABLE:
        return ReadPage(number)


def _read(number: int, page: _Rendered | _Photo) -> ReadPage:
    kept = page.picture(KEPT_DPI)
    is_blank = False
    codes = _codes(kept.convert("L"))
    if not codes:
        is_blank = _is_blank(kept)
        codes = [] if is_blank else _sought(page.picture(FINE_DPI).convert("L"))
    if codes:
        kept = _upright(kept, codes[0])
    target = io.BytesIO()
    kept.save(target, "JPEG", quality=QUALITY)
    told = tuple(dict.fromkeys(code.text[:200] for code in codes))
    return ReadPage(number, target.getvalue(), told, is_blank)


# Codes


def _codes(picture: Image.Image, **more: Any) -> list[zxingcpp.Barcode]:
    return zxingcpp.read_barcodes(picture, formats=QR_CODES, try_invert=False, **more)


def _sought(fine: Image.Image) -> list[zxingcpp.Barcode]:
    """Codes that a first look did not find: finer, then each corner alone, cleaned and larger."""
    found = _codes(fine)
    for left, top in ((1, 1), (0, 0), (1, 0), (0, 1)):
        if found:
            break
        width, height = fine.size
        third = (width * 2 // 5, height * 2 // 5)
        x, y = left * (width - third[0]), top * (height - third[1])
        corner = fine.crop((x, y, x + third[0], y + third[1]))
        clean = ImageOps.autocontrast(corner.filter(ImageFilter.MedianFilter(3)), cutoff=2)
        found = _codes(clean) or _codes(
            clean.filter(ImageFilter.GaussianBlur(1.2)),
            binarizer=zxingcpp.Binarizer.GlobalHistogram,
        )
    return found


def _upright(picture: Image.Image, code: zxingcpp.Barcode) -> Image.Image:
    """The picture turned by quarters so that its code stands upright."""
    left, right = code.position.top_left, code.position.top_right
    quarters = round(math.degrees(math.atan2(right.y - left.y, right.x - left.x)) / 90) % 4
    turn = {
        1: Image.Transpose.ROTATE_90,
        2: Image.Transpose.ROTATE_180,
        3: Image.Transpose.ROTATE_270,
    }.get(quarters)
    return picture if turn is None else picture.transpose(turn)


def _is_blank(picture: Image.Image) -> bool:
    """Whether next to nothing stands on a page, whatever the paper's own shade."""
    grey = picture.convert("L")
    width, height = grey.size
    across, down = round(width * MARGIN), round(height * MARGIN)
    inner = grey.crop((across, down, width - across, height - down))
    inner.thumbnail((BLANK_SIDE, BLANK_SIDE), Image.Resampling.BOX)
    counts = inner.histogram()
    total = sum(counts)
    paper = next(
        shade for shade in range(256) if sum(counts[: shade + 1]) * 2 >= total
    )  # the shade of most of the page
    dark = sum(counts[: max(0, paper - DARK)])
    return paper > 2 * DARK and dark <= total * BLANK_SHARE
