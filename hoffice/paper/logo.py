"""The firm's logo: taken in from an upload once, decoded and written anew, then drawn on papers.

Nothing of the uploaded file itself ever reaches a paper, and no picture is ever fetched from a path
or an address.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream

from hoffice.errors import N_, Refused
from hoffice.paper.tags import TaggedCanvas

MOST_BYTES: Final = 5_000_000
MOST_PIXELS: Final = 8_000_000
"""A picture unpacks to four bytes each: at most 32 MB, and only for a moment."""
LEAST_SIDE: Final = 20
WIDTH: Final = 900
HEIGHT: Final = 300
"""Pixels that are kept: more than 300 to the inch on paper."""

_UNREADABLE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    ArithmeticError,
    LookupError,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow raises for pictures that are none."""


def taken_in(upload: bytes) -> bytes:
    """The picture as the house keeps it: PNG, flat on white, not larger than papers need.

    Refused with a sentence: what is neither PNG nor JPEG, cannot be decoded, or is far too large.
    """
    if len(upload) > MOST_BYTES:
        raise Refused(N_("The logo is larger than 5 MB. Save it smaller."))
    picture = _decoded(upload)
    flat = Image.new("RGB", picture.size, "white")
    seen = picture.convert("RGBA")
    flat.paste(seen, mask=seen.getchannel("A"))
    flat.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    target = BytesIO()
    flat.save(target, "PNG", optimize=True)
    return target.getvalue()


def _decoded(upload: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(upload), formats=("PNG", "JPEG")) as found:
            width, height = found.size
            if width * height <= MOST_PIXELS and min(width, height) >= LEAST_SIDE:
                found.load()
                return ImageOps.exif_transpose(found)
    except Image.DecompressionBombError:
        width = height = MOST_PIXELS
    except _UNREADABLE as error:
        raise Refused(
            N_("This is no picture that can be read. Take a PNG or JPEG file.")
        ) from error
    if min(width, height) < LEAST_SIDE:
        raise Refused(N_("The logo is smaller than 20 pixels. Take a larger one."))
    raise Refused(N_("The logo has too many pixels. Save it smaller: 900 by 300 are enough."))


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that was taken in; ``png`` is what ``taken_in`` gave back."""

    png: bytes

    @property
    def sha256(self) -> str:
        """The name of its bytes."""
        return hashlib.sha256(self.png).hexdigest()

    def size(self, width: float, height: float) -> tuple[float, float]:
        """As large as it gets in a box, its shape kept."""
        across, down, _ = _unpacked(self.png)
        scale = min(width / across, height / down)
        return across * scale, down * scale

    def draw(self, canvas: TaggedCanvas, x: float, y: float, width: float, height: float) -> None:
        """Draw it with its lower left corner here."""
        across, down, pixels = _unpacked(self.png)
        name = f"logo-{self.sha256[:16]}"
        canvas.draw_pixels(name, lambda: _stream(across, down, pixels), (x, y, width, height))


@lru_cache(maxsize=4)
def _unpacked(png: bytes) -> tuple[int, int, bytes]:
    """Its size in pixels, and the pixels as PDF keeps them: packed once, not for each paper."""
    with Image.open(BytesIO(png), formats=("PNG",)) as found:
        flat = found.convert("RGB")
    return (*flat.size, zlib.compress(flat.tobytes(), 9))


def _stream(across: int, down: int, pixels: bytes) -> PDFStream:
    return PDFStream(
        PDFDictionary(
            {
                "Type": PDFName("XObject"),
                "Subtype": PDFName("Image"),
                "Width": across,
                "Height": down,
                "ColorSpace": PDFName("DeviceRGB"),
                "BitsPerComponent": 8,
                "Filter": PDFName("FlateDecode"),
            }
        ),
        pixels,
    )
