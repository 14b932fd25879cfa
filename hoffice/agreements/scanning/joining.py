"""Pictures of pages, put together as one PDF in which nothing but these pictures stands."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import pikepdf
from PIL import Image

A4: Final = (595.28, 841.89)
_SPACES: Final = {"RGB": pikepdf.Name.DeviceRGB, "L": pikepdf.Name.DeviceGray}


def joined(pictures: Sequence[bytes]) -> bytes:
    """A PDF of A4 pages, one JPEG each, in this order; the same pictures give the same file."""
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        for picture in pictures:
            _add(pdf, picture)
        pdf.save(target, deterministic_id=True)
    return target.getvalue()


def _add(pdf: pikepdf.Pdf, picture: bytes) -> None:
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as seen:
        (width, height), space = seen.size, _SPACES[seen.mode]
    paper = A4 if height >= width else A4[::-1]
    scale = min(paper[0] / width, paper[1] / height)
    x, y = (paper[0] - width * scale) / 2, (paper[1] - height * scale) / 2
    page = pdf.add_blank_page(page_size=paper)
    image = pikepdf.Stream(
        pdf,
        picture,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=width,
        Height=height,
        ColorSpace=space,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image))
    drawn = f"q {width * scale:.3f} 0 0 {height * scale:.3f} {x:.3f} {y:.3f} cm /Scan Do Q"
    page.Contents = pdf.make_stream(drawn.encode())
