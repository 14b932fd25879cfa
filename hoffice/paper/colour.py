"""What the numbers of a colour mean: sRGB, as an ICC profile that every archived paper carries.

The profile is computed here from IEC 61966-2-1 (primaries of ITU-R BT.709 seen under D50, as ICC
wants them) and so belongs to hoffice; it is of version 2.1, which the oldest archive format reads.
"""

from __future__ import annotations

import struct
from functools import lru_cache

D50 = (0.96420, 1.0, 0.82491)
PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
"""Red, green and blue in XYZ, moved from D65 to D50 by Bradford's way."""

STEPS = 1024
HEADER_BYTES = 128
NAME = "sRGB IEC61966-2.1"
WORDS = "Made by hoffice from IEC 61966-2-1; free for any use."


@lru_cache(maxsize=1)
def srgb() -> bytes:
    """The profile; always the same bytes."""
    curve = b"curv" + bytes(4) + struct.pack(f">I{STEPS}H", STEPS, *map(_light, range(STEPS)))
    tags = {
        b"desc": _description(NAME),
        b"cprt": b"text" + bytes(4) + WORDS.encode("ascii") + b"\0",
        b"wtpt": _place(D50),
        **{name: _place(place) for name, place in PRIMARIES.items()},
    }
    order = [*tags, b"rTRC", b"gTRC", b"bTRC"]
    table = struct.pack(">I", len(order))
    body = b""
    at = HEADER_BYTES + 4 + 12 * len(order)
    for name, content in [*tags.items(), (b"rTRC", curve)]:
        table += name + struct.pack(">II", at + len(body), len(content))
        last = (at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    for name in (b"gTRC", b"bTRC"):  # the three channels share one curve
        table += name + struct.pack(">II", *last)
    return _header(HEADER_BYTES + len(table) + len(body)) + table + body


def _light(step: int) -> int:
    """The amount of light, of 65,535, that a value of a channel stands for."""
    value = step / (STEPS - 1)
    light = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # the norm's own
    return round(light * 65_535)


def _place(xyz: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65_536) for value in xyz))


def _description(text: str) -> bytes:
    plain = text.encode("ascii") + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(plain)) + plain + bytes(4 + 4 + 2 + 1 + 67)


def _header(size: int) -> bytes:
    made_at = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    return (
        struct.pack(">I4sI", size, bytes(4), 0x02100000)
        + b"mntrRGB XYZ "
        + made_at
        + b"acsp"
        + bytes(4 + 4 + 4 + 4 + 8 + 4)
        + struct.pack(">3i", *(round(value * 65_536) for value in D50))
        + bytes(4 + 44)
    )
