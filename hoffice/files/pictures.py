"""Photos that people send in: decoded once with suspicion and written anew, without what they tell.

Nothing of the uploaded file itself is kept: no place where it was taken, no camera, no comment, and
nothing that a broken or hostile file might hold. Decoding takes time: views call it under
:func:`hoffice.web.transaction.set_aside`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Final

from PIL import Image, ImageCms, ImageOps

from hoffice.errors import N_, Refused

MOST_BYTES: Final = 30_000_000
MOST_PIXELS: Final = 60_000_000
"""As large as phones take them; JPEG is decoded line by line, at a smaller scale at once."""
MOST_PIXELS_UNPACKED: Final = 25_000_000
"""Of all other formats, and of JPEG in several passes: these take up many times their bytes."""
LONGEST_EDGE: Final = 2000
"""Enough to read a serial number; the same as in ``static/js/photo.js``."""
QUALITY: Final = 85
JPEG: Final = "image/jpeg"
MEGA: Final = 1_000_000

HEIC: Final = N_(
    "This photo is in the format HEIC, which most browsers cannot show. Send it as JPEG: on an "
    "iPhone choose Settings, Camera, Formats, “Most Compatible”, and take it again."
)
NO_PICTURE: Final = N_(
    "This is no picture that can be read. Send a photo as JPEG, PNG, WebP or GIF; if it is one, "
    "take or save it again."
)
TOO_LARGE: Final = N_(
    "The picture has %(size)s MB; at most %(most)s MB can be taken. Save it smaller and send it "
    "again."
)
TOO_FINE: Final = N_(
    "The picture has more than %(most)s million pixels. Save it smaller and send it again; 4 "
    "million are enough."
)

_ONE_BY_ONE: Final = Lock()
"""Several threads of a process never decode at once: what one takes up is all there is room for."""
_MARK: Final = 0xFF
_SCAN: Final = 0xDA
_IN_LINES: Final = frozenset({0xC0, 0xC1})
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Segments of a JPEG: every one begins with a mark, then says whether it is a frame or a scan."""
_HEIC_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)
_UNREADABLE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    ArithmeticError,
    LookupError,
    AttributeError,
    TypeError,
    RuntimeError,
    zlib.error,
)
"""What Pillow raises for pictures that are none."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the house keeps it; its bytes hold pixels and nothing else."""

    content: bytes
    media_type: str
    width: int
    height: int


def cleaned(content: bytes) -> Picture:
    """The picture upright, in sRGB on white, at most 2000 pixels long, as JPEG without metadata.

    Of a moving picture the first frame counts.

    :raises Refused: with a sentence when it is none, too large, or HEIC.
    """
    if len(content) > MOST_BYTES:
        raise Refused(TOO_LARGE, size=-(-len(content) // MEGA), most=MOST_BYTES // MEGA)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        raise Refused(HEIC)
    target = BytesIO()
    with _ONE_BY_ONE:
        flat = _flat(_decoded(content))
        flat.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(target.getvalue(), JPEG, flat.width, flat.height)


def _decoded(content: bytes) -> Image.Image:
    """The first frame, upright, already small; refused before anything large is unpacked."""
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP", "GIF")) as found:
            is_in_lines = found.format in {"JPEG", "MPO"} and _comes_in_one_pass(content)
            most = MOST_PIXELS if is_in_lines else MOST_PIXELS_UNPACKED
            if found.width * found.height > most:
                raise Refused(TOO_FINE, most=most // MEGA)
            found.draft(None, (LONGEST_EDGE, LONGEST_EDGE))  # JPEG only: never smaller than that
            found.load()
            small = found.copy()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(TOO_FINE, most=MOST_PIXELS // MEGA) from None
    except _UNREADABLE as error:
        raise Refused(NO_PICTURE) from error
    return _upright(small)


def _comes_in_one_pass(jpeg: bytes) -> bool:
    """Whether the first scan of a JPEG holds all colours in full, so that lines can be decoded.

    A progressive one, or one with a scan for each colour, is kept whole until its last pass.
    """
    at, colours = 2, 0
    while at + 10 <= len(jpeg) and jpeg[at] == _MARK:
        segment = jpeg[at + 1]
        if segment == _MARK:  # a byte to fill up
            at += 1
            continue
        if segment == _SCAN:
            return jpeg[at + 4] == colours
        if segment in _FRAMES - _IN_LINES:
            return False
        if segment in _IN_LINES:
            colours = jpeg[at + 9]
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return False


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its camera was held; a damaged note about that turns nothing."""
    try:
        return ImageOps.exif_transpose(picture)
    except _UNREADABLE:
        return picture


def _flat(picture: Image.Image) -> Image.Image:
    """On white and in sRGB, no longer than it may be; a new picture that carries no notes."""
    profile = picture.info.get("icc_profile")
    has_alpha = picture.has_transparency_data
    shown = picture.convert("RGBA" if has_alpha else "RGB")
    shown.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    flat = Image.new("RGB", shown.size, "white")
    flat.paste(shown, mask=shown.getchannel("A") if has_alpha else None)
    return _in_srgb(flat, profile) if profile and picture.mode in {"RGB", "RGBA"} else flat


def _in_srgb(flat: Image.Image, profile: bytes) -> Image.Image:
    """The colours as every screen shows them; a profile that makes no sense is left aside."""
    try:
        turned = ImageCms.profileToProfile(
            flat,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
        )
    except (ImageCms.PyCMSError, *_UNREADABLE):
        return flat
    fresh = Image.new("RGB", flat.size)
    fresh.paste(turned or flat)
    return fresh
