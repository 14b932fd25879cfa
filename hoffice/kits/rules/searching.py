"""What the one search field looks through, and how what somebody typed is read.

Pure: standard library only.
"""

from __future__ import annotations

from hoffice.people.rules import searchable

_SIGNS = str.maketrans("", "", " -_./:#")
"""What people leave out or put in between when they copy a tag or a serial number."""


def squeezed(text: str) -> str:
    """A tag or serial number by its letters and digits alone: ``SN-12 34`` is ``sn1234``."""
    return text.lower().translate(_SIGNS)


def item_text(asset_tag: str, serial: str, model: str, note: str) -> str:
    """The text in which an item is found; tag and serial as written, and squeezed."""
    parts = [asset_tag, serial]
    for code in (asset_tag, serial):
        short = squeezed(code)
        if short != code.lower():
            parts.append(short)
    return searchable(*parts, model, note)


def ways_to_write(word: str) -> tuple[str, ...]:
    """As what a typed word is looked for: as it is, and without the signs in between."""
    written = word.lower()
    short = squeezed(word)
    return (written, short) if short and short != written else (written,)
