"""What stands on labels: asset tags, box codes, the addresses in QR codes.

Pure: standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence


def tag_of(text: str) -> str:
    """The asset tag somebody typed or scanned: in capitals, so that case never makes two of one.

    Of a web address, as the QR code of a label holds, only the last part counts. A tag of the
    house may itself hold a stroke, such as IT/0001.
    """
    text = text.strip()
    if "://" in text:
        text = text.rstrip("/").rpartition("/")[2].strip()
    return text.upper()


BETWEEN_CODES = (re.compile(r"[\n\r\t]+"), re.compile(r"[,;]+"), re.compile(r"\s+"))
"""What stands between several codes, the surest first: a tag of the house may hold the others."""
SEPARATES = re.compile(r"[\s,;]")


def pieces_of(text: str) -> set[str]:
    """Every tag that may be meant in a text, whole or in part."""
    cut = [text.strip()]
    found = set(cut)
    for between in BETWEEN_CODES:
        cut = [piece for one in cut for piece in between.split(one)]
        found.update(map(str.strip, cut))
    return {tag_of(one) for one in found} - {""}


def tags_in(
    text: str, known: Container[str], between: Sequence[re.Pattern[str]] = BETWEEN_CODES
) -> list[str]:
    """The tags in a text: the whole of it when that is known, else piece by piece."""
    text = text.strip()
    if not text:
        return []
    is_several = "://" in text and SEPARATES.search(text)  # an address holds none of them
    if not between or (tag_of(text) in known and not is_several):
        return [tag_of(text)]
    return [tag for piece in between[0].split(text) for tag in tags_in(piece, known, between[1:])]


BOX_CODE = re.compile(r"K\d{5,}-\d+")


def is_box_code(tag: str) -> bool:
    """Whether somebody scanned a box where a device was meant."""
    return BOX_CODE.fullmatch(tag) is not None


def tags_from(first: str, count: int) -> tuple[str, ...]:
    """``count`` tags in a row: the number at the end of the first one is counted up, zeros kept.

    Empty when there are several to make and the first one does not end in a number.
    """
    if count == 1:
        return (first,)
    stem = first.rstrip("0123456789")
    digits = first[len(stem) :]
    if not digits:
        return ()
    start = int(digits)
    return tuple(f"{stem}{number:0{len(digits)}d}" for number in range(start, start + count))


BOX_PATH = "/geraete/karton/"
"""Where the page of a box lies; printed labels hold it, so it never changes."""


def box_address(house_url: str, code: str) -> str:
    """What the QR code of a box says."""
    return f"{house_url.rstrip('/')}{BOX_PATH}{code}"


def box_code(kit_id: int, number: int) -> str:
    """What stands on the label and in the QR code of a box, such as ``K00017-1``."""
    return f"K{kit_id:05d}-{number}"
