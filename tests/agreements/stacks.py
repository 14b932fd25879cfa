"""What the tests of scanned stacks share: printed papers, and a scanner that is not good."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageFilter

from hoffice.agreements.models import Pack, Paper
from hoffice.files.service import Store
from hoffice.people.models import Employee
from hoffice.units import Actor
from tests.agreements import scene

HR = Actor.staff(7)
GLASS = (244, 243, 238)
"""What a scanner sees where there is no ink."""


def sent(employee: Employee, folder: Path) -> Pack:
    """A pack on its way; its papers can be printed."""
    return scene.sent(employee, folder)


def prints(paper: Paper, folder: Path, *, dpi: int = 150) -> list[Image.Image]:
    """The pages of a frozen paper as they lie on the table."""
    assert paper.frozen_file is not None
    return rendered(Store(folder).get(paper.frozen_file.sha256), dpi=dpi)


def rendered(pdf: bytes, *, dpi: int = 150) -> list[Image.Image]:
    """The pages of a PDF as pictures."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            document[number].render(scale=dpi / 72, rev_byteorder=True).to_pil().convert("RGB")
            for number in range(len(document))
        ]
    finally:
        document.close()


def scanned(page: Image.Image, *, turn: float = 0, blur: float = 0.6) -> Image.Image:
    """A page as a cheap scanner sees it: turned, a little unsharp, grey and with noise."""
    turned = page.rotate(
        turn, expand=True, fillcolor=GLASS, resample=Image.Resampling.BILINEAR
    ).filter(ImageFilter.GaussianBlur(blur))
    return Image.blend(turned, _noise(turned.size), 0.08)


@cache
def _noise(size: tuple[int, int]) -> Image.Image:
    """What a cheap scanner adds to a page of this size; drawing it takes longer than a scan."""
    return Image.effect_noise(size, 24).convert("RGB")


def signed(page: Image.Image) -> Image.Image:
    """Some blue ink across the lower half."""
    inked = page.copy()
    width, height = inked.size
    line = [
        (width * (0.2 + step / 40), height * (0.6 + 0.02 * ((step * 7) % 5 - 2)))
        for step in range(12)
    ]
    ImageDraw.Draw(inked).line(line, fill=(20, 30, 140), width=4)
    return inked


def blank(size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """The back of a sheet, with the shadow of the scanner's edge and some dust."""
    page = Image.new("RGB", size, GLASS)
    page.paste((90, 90, 90), (0, 0, 12, size[1]))
    dust = random.Random(5)  # noqa: S311  # dust
    for _speck in range(30):
        x, y = dust.randrange(60, size[0] - 60), dust.randrange(80, size[1] - 80)
        page.paste((120, 120, 120), (x, y, x + 2, y + 2))
    return page


def torn(page: Image.Image) -> Image.Image:
    """A page whose corner with the code is gone."""
    damaged = page.copy()
    width, height = damaged.size
    damaged.paste(GLASS, (round(width * 0.7), round(height * 0.85), width, height))
    return damaged


def pdf_of(pages: Sequence[Image.Image], *, dpi: int = 150) -> bytes:
    """A stack as a scanner's PDF."""
    target = io.BytesIO()
    first, *others = pages
    first.save(target, "PDF", save_all=True, append_images=others, resolution=dpi, quality=70)
    return target.getvalue()


def photos_of(pages: Iterable[Image.Image], *, kind: str = "JPEG") -> list[bytes]:
    """A stack as photos."""
    made = []
    for page in pages:
        target = io.BytesIO()
        page.save(target, kind, **({"quality": 80} if kind == "JPEG" else {}))
        made.append(target.getvalue())
    return made
