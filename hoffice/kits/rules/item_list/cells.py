"""What one cell of a list of devices means: kinds, money, months, days, numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from hoffice.errors import N_
from hoffice.kits.rules.kinds import HolderKind, ItemKind
from hoffice.kits.rules.searching import squeezed
from hoffice.people.staff_list.columns import folded
from hoffice.people.staff_list.reading.cells import Unclear, cleaned, day, yes_or_no

__all__ = ["Unclear", "cleaned", "yes_or_no"]

MOST_CENTS: Final = 100_000_000
MOST_MONTHS: Final = 240
MONTHS_A_YEAR: Final = 12
CENTS: Final = 100
THOUSAND: Final = 3
"""So many digits after a lone comma or point are thousands, not cents."""
MOST_DECIMALS: Final = 4
LATE: Final = 12
"""A number above it is no month."""

_KIND_WORDS: Final[Mapping[ItemKind, str]] = {
    ItemKind.LAPTOP: "laptop laptops notebook notebooks macbook thinkpad elitebook ultrabook "
    "latitude surfacelaptop tablet",
    ItemKind.MONITOR: "monitor monitore monitors bildschirm bildschirme display displays screen",
    ItemKind.DOCK: "dockingstation dockingstationen dock docks docking dockingstations "
    "portreplikator usbhub",
    ItemKind.KEYBOARD: "tastatur tastaturen keyboard keyboards",
    ItemKind.MOUSE: "maus maeuse mouse mice trackball",
    ItemKind.HEADSET: "headset headsets kopfhoerer headphones",
    ItemKind.PHONE: "telefon telefone phone phones handy handys smartphone smartphones "
    "mobiltelefon mobilephone mobilephones tischtelefon iptelefon iphone",
    ItemKind.CAMERA: "kamera kameras webcam webcams camera cameras",
    ItemKind.PRINTER: "drucker printer printers multifunktionsgeraet scanner",
    ItemKind.CHAIR: "stuhl stuehle buerostuhl chair chairs officechair drehstuhl",
    ItemKind.LAMP: "lampe lampen lamp lamps schreibtischlampe leuchte",
    ItemKind.PC: "pc pcs desktop desktops computer rechner workstation thinclient minipc "
    "desktoppc arbeitsplatzrechner optiplex",
    ItemKind.OTHER: "sonstiges sonstige andere anderes other others zubehoer accessory "
    "accessories misc",
}
KINDS: Final[Mapping[str, ItemKind]] = {
    word: kind for kind, words in _KIND_WORDS.items() for word in words.split()
}
_STATUS_WORDS: Final[Mapping[HolderKind, str]] = {
    HolderKind.RETIRED: "archived archiviert ausgemustert retired entsorgt disposed verkauft sold",
    HolderKind.LOST: "lost verloren lostorstolen loststolen gestohlen stolen vermisst",
    HolderKind.REPAIR: "inrepair repair broken defekt inreparatur reparatur outforrepair "
    "outforrepairs outfordiagnostics",
}
STATUSES: Final[Mapping[str, HolderKind]] = {
    word: holder for holder, words in _STATUS_WORDS.items() for word in words.split()
}
_STORE_WORDS: Final = (
    "lager store stock imlager instock readytodeploy verfuegbar available frei free"
)
IN_THE_STORE: Final = frozenset(_STORE_WORDS.split())
CONDITIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("good", "gut", "neu", "new", "neuwertig", "sehrgut", "likenew"), "good"),
    **dict.fromkeys(("used", "gebraucht"), "used"),
    **dict.fromkeys(("damaged", "beschaedigt", "defekt", "kaputt", "broken"), "damaged"),
}
_MONTHS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar maer mrz", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt",
         "nov", "dec dez"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: 00:00(?::00)?)?")
_NAMED = re.compile(
    r"(?:\w{2,9}\.?,? )?(?:(\d{1,2})\.? ([a-zäöü]{3,9})\.?|([a-zäöü]{3,9})\.? (\d{1,2}),?) (\d{4})",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[\d.,' ]+")
_WHOLE = re.compile(r"\d{0,9}|\d{1,3}(?:,\d{3}){1,2}|\d{1,3}(?:\.\d{3}){1,2}")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d{1,3}", re.IGNORECASE)
_ALIKE = str.maketrans(
    "OILАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ‐‑–—",  # Latin, Cyrillic, Greek, dashes
    "011ABEKMH0PCTYX1JSABEZH1KMN0PTYX----",
)
_CURRENCY = re.compile(r"€|\$|£|eur|euro|usd|chf|gbp", re.IGNORECASE)
_MONTH_COUNT = re.compile(r"(\d{1,3})\s*(?:m|mo|mon|monate?n?|months?)?", re.IGNORECASE)
_YEAR_COUNT = re.compile(r"(\d{1,2})\s*(?:j|jahre?n?|y|yrs?|years?)", re.IGNORECASE)
_NUMBER = re.compile(r"(\d{1,6})(?:[.,](\d{1,6}))?\s*(?:kg|l|liter|litres?)?", re.IGNORECASE)

NO_DAY: Final = N_(
    "Line %(line)s, column “%(column)s”: “%(value)s” is not a date we can read. Write it like "
    "24.11.2026 or 2026-11-24."
)
TWO_DAYS: Final = N_(
    "Line %(line)s, column “%(column)s”: of “%(value)s” nobody can say which is the month. Write "
    "it like 2026-11-24."
)
NOT_YET: Final = N_(
    "Line %(line)s, column “%(column)s”: %(value)s is still to come. Correct the day of purchase, "
    "or empty the cell."
)
NO_MONEY: Final = N_(
    "Line %(line)s, column “%(column)s”: “%(value)s” is not an amount. Write it like 1299,00."
)
NO_MONTHS: Final = N_(
    "Line %(line)s, column “%(column)s”: “%(value)s” is no warranty. Write months, such as 36, or "
    "the last day."
)
ROUNDED: Final = N_(
    "Line %(line)s, column “%(column)s”: the spreadsheet has rounded “%(value)s”. Format the "
    "column as text, fill in the whole number, and upload the file again."
)
NO_NUMBER: Final = N_(
    "Line %(line)s, column “%(column)s”: “%(value)s” is not a number. Write it like 5,2."
)


def kind_of(text: str) -> ItemKind | None:
    """The kind that a word names, or that is named by the longest word within it."""
    key = folded(text)
    if not key:
        return None
    if key in KINDS:
        return KINDS[key]
    if key in set(ItemKind):
        return ItemKind(key)
    words = [folded(word) for word in re.split(r"[^\w]+", text)]
    named = [word for word in words if word in KINDS]
    if named:
        return KINDS[named[-1]]  # “USB headset”, “monitor arm”: the last word says what it is
    inside = [word for word in KINDS if len(word) >= 5 and word in key]  # noqa: PLR2004  # no “pc”
    return KINDS[max(inside, key=len)] if inside else None


def is_rounded(text: str) -> bool:
    """Whether a spreadsheet has made a rounded number of a long one: ``1,23457E+17``."""
    return _ROUNDED.fullmatch(text) is not None


def look(text: str) -> str:
    """What is seen by somebody who does not look twice: O and 0, I and l and 1 are the same."""
    return unicodedata.normalize("NFKC", text).upper().translate(_ALIKE)


def look_of_serial(text: str) -> str:
    """The same of a serial number, which has its dashes and blanks here and there."""
    return squeezed(look(text))


def condition_of(text: str) -> str:
    """One of the house's own words where it is one; else as somebody wrote it."""
    return CONDITIONS.get(folded(text), text)


def status_of(text: str) -> HolderKind | None:
    """Retired, lost or in repair; None for everything that only says it is in use or free."""
    return STATUSES.get(folded(text))


def month_comes_first(texts: Iterable[str]) -> bool | None:
    """Of dates with slashes in one column: American when some day is above twelve; None: unclear.

    Where a column speaks against itself, it is unclear too.
    """
    said: set[bool] = set()
    for text in texts:
        match = _SLASHED.fullmatch(text)
        if match:
            first, second = int(match[1]), int(match[2])
            if first > LATE >= second:
                said.add(False)
            elif second > LATE >= first:
                said.add(True)
    return said.pop() if len(said) == 1 else None


def date_of(text: str, *, month_first: bool | None) -> date | None:
    """A German, English, American or ISO date."""
    if match := _SLASHED.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        if month_first is None and first != second:
            raise Unclear(TWO_DAYS)
        month, day_ = (first, second) if month_first else (second, first)
        return _day(year, month, day_)
    if match := _NAMED.fullmatch(text):
        name = folded(match[2] or match[3])
        found = _MONTHS.get(name[:4]) or _MONTHS.get(name[:3], 0)
        return _day(int(match[5]), found, int(match[1] or match[4]))
    return day(text)


def _day(year: int, month: int, day_: int) -> date:
    try:
        return date(year, month, day_)
    except ValueError:
        raise Unclear(NO_DAY) from None


def cents_of(text: str) -> int:
    """An amount with comma or point, with or without thousands: ``1.299,50 €``, ``1,299.50``."""
    bare = _CURRENCY.sub("", text).replace("\u00a0", " ").replace("\u202f", " ").strip()
    bare = bare.removesuffix(",-").removesuffix(",--").removesuffix(".-")
    if not bare or _MONEY.fullmatch(bare) is None:
        raise Unclear(NO_MONEY)
    bare = bare.replace(" ", "").replace("'", "")
    last = max(bare.rfind(","), bare.rfind("."))
    decimals = bare[last + 1 :] if last >= 0 else ""
    is_mixed = "," in bare and "." in bare
    if last >= 0 and not is_mixed and len(decimals) == THOUSAND and bare[:last].strip("0"):
        decimals, last = "", len(bare)  # 1.299 and 1,299,000 are whole
    elif last < 0:
        last = len(bare)
    if _WHOLE.fullmatch(bare[:last]) is None or len(decimals) > MOST_DECIMALS:
        raise Unclear(NO_MONEY)
    whole = bare[:last].replace(",", "").replace(".", "")
    found = (Decimal(f"{whole or 0}.{decimals or 0}") * CENTS).to_integral_value()
    if found > MOST_CENTS:
        raise Unclear(NO_MONEY)
    return int(found)


def months_of(text: str) -> int | None:
    """``36``, ``36 months``, ``3 Jahre``; None when it is none of these (then it may be a day)."""
    if match := _YEAR_COUNT.fullmatch(text):
        months = int(match[1]) * MONTHS_A_YEAR
    elif match := _MONTH_COUNT.fullmatch(text):
        months = int(match[1])
    else:
        return None
    if months > MOST_MONTHS:
        raise Unclear(NO_MONTHS)
    return months


def number_of(text: str) -> Decimal:
    """A number with comma or point, such as ``5,2 kg``."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise Unclear(NO_NUMBER)
    return Decimal(f"{match[1]}.{match[2] or 0}")
