"""What a kit type asks for beside devices, how two versions of it differ, and codes of locations.

Pure: standard library only.
"""

from __future__ import annotations

import calendar
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hoffice.kits.rules.content import Wanted
from hoffice.kits.rules.kinds import ItemKind

MONTHS_A_YEAR = 12
EAN_LENGTHS = frozenset({8, 12, 13, 14})


def folded_name(name: str) -> str:
    """A name as it counts when two are compared: without capitals, and with single blanks."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_ean(text: str) -> bool:
    """Whether this is the number of an article (GTIN): 8 or 12 to 14 digits, the last one right."""
    if len(text) not in EAN_LENGTHS or not (text.isascii() and text.isdecimal()):
        return False
    weighed = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(text[-2::-1]))
    return (weighed + int(text[-1])) % 10 == 0


@dataclass(frozen=True, slots=True)
class Goods:
    """So many of a bulk good in box ``box_no``: wanted by a kit type, or present in a kit."""

    good_id: int
    count: int
    box_no: int


def goods_missing(
    wanted: Iterable[Goods], present: Iterable[Goods]
) -> Mapping[tuple[int, int], int]:
    """How many of each good a kit still lacks, by (good, box)."""
    need = _counted(wanted)
    need.subtract(_counted(present))
    return {key: count for key, count in sorted(need.items()) if count > 0}


def _counted(goods: Iterable[Goods]) -> Counter[tuple[int, int]]:
    found: Counter[tuple[int, int]] = Counter()
    for one in goods:
        found[one.good_id, one.box_no] += one.count
    return found


@dataclass(frozen=True, slots=True)
class Content:
    """What one version of a kit type asks for."""

    lines: tuple[Wanted, ...]
    goods: tuple[Goods, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions: so many of something in a box, before and after."""

    box_no: int
    kind: ItemKind | None
    model_id: int | None
    good_id: int | None
    before: int
    after: int


def changes(before: Content, after: Content) -> tuple[Change, ...]:
    """What differs, by box: kinds first, then bulk goods; empty when both ask for the same."""
    lines_before, lines_after = _lines(before), _lines(after)
    goods_before, goods_after = _counted(before.goods), _counted(after.goods)
    found = [
        Change(box, kind, model or None, None, lines_before[key], lines_after[key])
        for key in sorted(lines_before.keys() | lines_after.keys())
        for kind, model, box in (key,)
        if lines_before[key] != lines_after[key]
    ]
    found += [
        Change(box, None, None, good, goods_before[key], goods_after[key])
        for key in sorted(goods_before.keys() | goods_after.keys())
        for good, box in (key,)
        if goods_before[key] != goods_after[key]
    ]
    return tuple(sorted(found, key=lambda one: one.box_no))


def _lines(content: Content) -> Counter[tuple[ItemKind, int, int]]:
    found: Counter[tuple[ItemKind, int, int]] = Counter()
    for line in content.lines:
        found[line.kind, line.model_id or 0, line.box_no] += line.count
    return found


def too_much(wanted: Iterable[Wanted], present: Iterable[ItemKind]) -> Mapping[ItemKind, int]:
    """How many items of each kind lie in a kit that its type does not ask for."""
    over = Counter(present)
    for line in wanted:
        over[line.kind] -= line.count
    return {kind: count for kind, count in over.items() if count > 0}


def warranty_end(bought_on: date | None, months: int) -> date | None:
    """The last day of the warranty; None without a day of purchase or without a warranty.

    A day that the last month does not have becomes the last one of that month.
    """
    if bought_on is None or months <= 0:
        return None
    count = bought_on.month - 1 + months
    year, month = bought_on.year + count // MONTHS_A_YEAR, count % MONTHS_A_YEAR + 1
    if year > date.max.year:
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(bought_on.day, last))


def location_code(location_id: int) -> str:
    """What stands on the label of a location, such as ``L00012``."""
    return f"L{location_id:05d}"
