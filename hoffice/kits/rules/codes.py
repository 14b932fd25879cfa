"""What stands on labels: asset tags, box codes, the addresses in QR codes.

Pure: standard library only.
"""

from __future__ import annotations

import re


def tag_of(text: str) -> str:
    """The asset tag somebody typed or scanned: in capitals, so that case never makes two of one.

    Of a web address, as the QR code of a label holds, only the last part counts. A tag of the
    house may itself hold a stroke, such as IT/0001.
    """
    text = text.strip()
    if "://" in text:
        text = text.rstrip("/").rpartition("/")[2].strip()
    return text.upper()


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
