"""Photos are written anew: upright, small, and silent about where they were taken."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from hoffice.errors import Refused
from hoffice.files import pictures
from tests.races import WAIT_S

POSITION = b"52.4812 N"


def photo(width: int = 60, height: int = 40, kind: str = "JPEG", **about: Any) -> bytes:
    """A red picture with a blue left edge."""
    made = Image.new("RGB", (width, height), "red")
    made.paste("blue", (0, 0, max(1, width // 8), height))
    target = io.BytesIO()
    made.save(target, kind, **about)
    return target.getvalue()


def opened(content: bytes) -> Image.Image:
    """The picture as a browser would show it."""
    return Image.open(io.BytesIO(content))


def talkative() -> Image.Exif:
    """What a phone writes into a photo: where it was, how it was held, who held it."""
    notes = Image.Exif()
    notes[0x0112] = 6  # to be turned by 90 degrees
    notes[0x010E] = POSITION.decode()
    notes[0x8825] = {1: "N", 2: (52.0, 28.0, 52.3), 3: "E", 4: (13.0, 26.0, 9.6)}
    return notes


def test_a_photo_forgets_where_it_was_taken_and_stands_upright() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = photo(exif=talkative(), comment=POSITION, xmp=POSITION, icc_profile=profile)
    assert sent.count(POSITION) >= 3
    assert opened(sent).getexif().get_ifd(0x8825)

    kept = pictures.cleaned(sent)

    assert (kept.media_type, kept.width, kept.height) == ("image/jpeg", 40, 60)
    assert POSITION not in kept.content
    found = opened(kept.content)
    assert not found.getexif()
    assert set(found.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive",
                               "progression"}  # fmt: skip
    top, bottom = found.convert("RGB").getpixel((20, 2)), found.convert("RGB").getpixel((20, 50))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[2] > 150 > top[0]  # the blue edge was on the left
    assert bottom[0] > 150 > bottom[2]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_large_picture_of_any_kind_is_made_smaller(kind: str) -> None:
    kept = pictures.cleaned(photo(4100, 1000, kind))

    assert (kept.width, kept.height) in {(2000, 488), (2000, 487)}
    assert opened(kept.content).size == (kept.width, kept.height)


def test_what_can_be_seen_through_becomes_white_and_texts_in_it_are_gone() -> None:
    about = PngInfo()
    about.add_text("Comment", POSITION.decode())
    target = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(target, "PNG", pnginfo=about)

    kept = pictures.cleaned(target.getvalue())

    assert POSITION not in kept.content
    assert opened(kept.content).getpixel((5, 5)) == (255, 255, 255)


def _bomb() -> bytes:
    """A PNG of few bytes that says of itself to be 30000 pixels long and wide."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    body = (
        chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 90_000)) + chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _colour_by_colour(width: int, height: int) -> bytes:
    """A JPEG with a scan for each colour, which nobody can decode line by line."""
    target = io.BytesIO()
    Image.new("L", (width, height), 90).save(target, "JPEG")
    grey = target.getvalue()
    frame, scan = grey.index(b"\xff\xc0"), grey.index(b"\xff\xda")
    colours = b"".join(bytes((number, 0x11, 0)) for number in (1, 2, 3))
    size = grey[frame + 4 : frame + 9]
    three = b"\xff\xc0" + struct.pack(">H", 17) + size + b"\x03" + colours
    lines = grey[scan:-2]
    scans = b"".join(lines[:5] + bytes([number]) + lines[6:] for number in (1, 2, 3))
    return grey[:frame] + three + grey[frame + 13 : scan] + scans + b"\xff\xd9"


@pytest.mark.parametrize("sent", [photo(progressive=True), _colour_by_colour(60, 40)])
def test_a_photo_that_comes_in_several_passes_is_taken(sent: bytes) -> None:
    assert (pictures.cleaned(sent).width, pictures.cleaned(sent).height) == (60, 40)


def test_a_photo_as_large_as_phones_take_it_is_taken() -> None:
    kept = pictures.cleaned(photo(6000, 5000))

    assert max(kept.width, kept.height) == pictures.LONGEST_EDGE


def test_photos_are_decoded_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight at once in a process would take up eight times the room."""
    meeting, met = Barrier(2), []
    decode = pictures._decoded  # noqa: SLF001  # what takes up the room

    def decode_with_the_other(content: bytes) -> Image.Image:
        with suppress(BrokenBarrierError):
            met.append(meeting.wait(timeout=WAIT_S))
        return decode(content)

    monkeypatch.setattr(pictures, "_decoded", decode_with_the_other)
    with ThreadPoolExecutor(2) as both:
        kept = list(both.map(pictures.cleaned, [photo(), photo()]))

    assert [one.width for one in kept] == [60, 60]
    assert met == []


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"", pictures.NO_PICTURE),
        (b"%PDF-1.7 no photo at all", pictures.NO_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", pictures.NO_PICTURE),
        (photo(300, 300)[:400], pictures.NO_PICTURE),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", pictures.HEIC),
        (_bomb(), pictures.TOO_FINE),
        (photo(6000, 5000, "PNG"), pictures.TOO_FINE),
        (photo(6000, 5000, progressive=True), pictures.TOO_FINE),
        (_colour_by_colour(6000, 5000), pictures.TOO_FINE),
        (photo() + b"\0" * pictures.MOST_BYTES, pictures.TOO_LARGE),
    ],
    ids=["nothing", "pdf", "svg", "cut off", "heic", "bomb", "fine", "passes", "colours", "large"],
)
def test_what_is_no_photo_or_too_much_is_refused_with_the_way_out(sent: bytes, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        pictures.cleaned(sent)
    assert refusal.value.reason == said
