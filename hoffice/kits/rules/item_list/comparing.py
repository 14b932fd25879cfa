"""What a list of devices would do, line by line: new, changed, the same, or wrong and why."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from hoffice.errors import N_
from hoffice.kits.rules.item_list.cells import IN_THE_STORE, look, look_of_serial
from hoffice.kits.rules.item_list.reading import (
    SHOWN_CHARS,
    ListedItem,
    Problem,
    Severity,
    Value,
)
from hoffice.kits.rules.kinds import (
    CONDITION_LABELS,
    STOCK,
    BoxState,
    Holder,
    HolderKind,
    ItemKind,
)
from hoffice.people.staff_list.columns import folded

FIELDS: Final[Mapping[str, str]] = {
    "kind": N_("Kind"),
    "model": N_("Model"),
    "serial": N_("Serial number"),
    "condition": N_("Condition"),
    "bought_on": N_("Bought on"),
    "value_cents": N_("Value"),
    "warranty_until": N_("Warranty until"),
    "weight_g": N_("Weight"),
    "litres": N_("Volume"),
    "is_fragile": N_("Fragile"),
    "note": N_("Note"),
}
"""What is compared, by the name of the item's column, and how a page calls it."""


_PACKED: Final = frozenset({BoxState.PACKED, BoxState.RELEASED})
_AWAY: Final = frozenset({BoxState.LOADED, BoxState.HANDED_OVER})


class Fate(StrEnum):
    """What becomes of a line; in the order in which a preview shows it."""

    ERROR = "error"
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class KnownBox:
    """The box that a device lies in, and where it stands on its way."""

    code: str
    state: BoxState


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A device of the house as a list is compared with it."""

    item_id: int
    values: Mapping[str, Value | None]
    is_undone: bool = False
    """It came by a list that was undone: a later list brings it back."""
    box: KnownBox | None = None


@dataclass(frozen=True, slots=True)
class House:
    """What a list is compared with; the keys of people and places are folded."""

    items: Mapping[str, KnownItem]
    """By tag."""
    people: Mapping[str, tuple[int, ...]]
    """By personnel number, mail address, and name in both orders."""
    places: Mapping[str, Holder]
    """Locations by code and name, as holders of what is there."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The names of locations by what their label says; a tag must not be one of these."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after."""

    name: str
    before: Value | None
    after: Value


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list with everything to be said about it."""

    fate: Fate
    line: int
    tag: str
    values: Mapping[str, Value]
    item_id: int | None = None
    changes: tuple[FieldChange, ...] = ()
    holder: Holder = STOCK
    """Who has it from now on; of a new device, or one that comes back."""
    problems: tuple[Problem, ...] = ()

    @property
    def comes_back(self) -> bool:
        """Whether a list that was undone had brought it before."""
        return self.fate is Fate.NEW and self.item_id is not None


@dataclass(frozen=True, slots=True)
class Preview:
    """The whole comparison of a list with the house."""

    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines of each fate, and how many sentences that are only a hint."""
        found = dict.fromkeys(map(str, Fate), 0)
        for line in self.lines:
            found[line.fate.value] += 1
        found["hints"] = sum(
            one.severity is Severity.HINT for line in self.lines for one in line.problems
        )
        return found

    @property
    def expected(self) -> str:
        """What somebody agrees to when she takes it over; another when the house has moved on."""
        said = repr([(x.fate.value, x.tag, x.changes, x.holder) for x in self.lines])
        return f"{zlib.crc32(said.encode()):08x}"


def compare(listed: Sequence[ListedItem], house: House) -> Preview:
    """What would happen to each line, those with errors first; nothing is changed."""
    looks = _Looks.of(listed, house)
    lines = [_compared(item, house, looks) for item in listed]
    order = {fate: place for place, fate in enumerate(Fate)}
    return Preview(tuple(sorted(lines, key=lambda one: (order[one.fate], one.line))))


@dataclass(frozen=True, slots=True)
class _Looks:
    """The devices of the house by what is seen of their tag and of their serial number."""

    tags: Mapping[str, str]
    serials: Mapping[str, Mapping[str, str]]
    """Tags, each with the serial number that it has once the list has changed what it changes."""

    @classmethod
    def of(cls, listed: Sequence[ListedItem], house: House) -> _Looks:
        said = {item.tag: item.values["serial"] for item in listed if "serial" in item.values}
        serials: dict[str, dict[str, str]] = {}
        for tag, known in house.items.items():
            serial = str(said.get(tag) or known.values.get("serial") or "")
            if serial and not known.is_undone:
                serials.setdefault(look_of_serial(serial), {})[tag] = serial
        return cls({look(tag): tag for tag in house.items}, serials)


def _compared(item: ListedItem, house: House, looks: _Looks) -> Line:
    known = house.items.get(item.tag)
    changes: tuple[FieldChange, ...] = ()
    holder = STOCK
    values: Mapping[str, Value] = item.values
    is_new = known is None or (known.is_undone and item.status is not HolderKind.RETIRED)
    if is_new:
        _refuse_label(item, house)
        if known is None:
            _hint_at_tag(item, looks)
        holder = _holder_of(item, house)
        values = {"kind": item.kind_by_model or ItemKind.OTHER, **item.values}
    elif known is not None:
        if known.is_undone:
            _hint_at_undone(item)
        changes = tuple(
            FieldChange(name, known.values.get(name), item.values[name])
            for name in FIELDS
            if name in item.values
            and item.values[name] != (known.values.get(name) or _nothing(name))
        )
    changed = {one.name for one in changes}
    if is_new or "serial" in changed:
        _refuse_foreign_serial(item, looks)
    if is_new or "condition" in changed:
        _refuse_condition(item)
    if "kind" in changed and known is not None and known.box is not None:
        _look_at_box(item, known.box)
    fate = Fate.NEW if is_new else Fate.CHANGED if changes else Fate.SAME
    return Line(
        Fate.ERROR if item.is_wrong else fate,
        item.line,
        item.tag,
        values,
        known.item_id if known is not None else None,
        changes,
        holder,
        tuple(item.problems),
    )


def _nothing(name: str) -> Value | None:
    """What a field holds as long as nobody has said anything."""
    if name in {"value_cents", "weight_g", "litres"}:
        return 0
    return False if name == "is_fragile" else None


def _refuse_foreign_serial(item: ListedItem, looks: _Looks) -> None:
    serial = str(item.values.get("serial", ""))
    found = looks.serials.get(look_of_serial(serial), {}) if serial else {}
    alike = {tag: other for tag, other in sorted(found.items()) if tag != item.tag}
    same = [tag for tag, other in alike.items() if other.casefold() == serial.casefold()]
    if same:
        item.complain(
            N_(
                "Line %(line)s: the serial number %(serial)s belongs to %(tag)s here. Is it the "
                "same device? Then write its tag; else correct the serial number, or leave it "
                "empty."
            ),
            serial=serial,
            tag=", ".join(same[:3]),
        )
    elif alike:
        tag, other = next(iter(alike.items()))
        item.complain(
            N_(
                "Line %(line)s: the serial number %(serial)s looks like %(other)s, which belongs "
                "to %(tag)s here. If it is the same device, write its tag."
            ),
            Severity.HINT,
            serial=serial,
            other=other,
            tag=tag,
        )


def _hint_at_tag(item: ListedItem, looks: _Looks) -> None:
    other = looks.tags.get(look(item.tag)) if item.tag else None
    if other is not None:
        item.complain(
            N_(
                "Line %(line)s: the tag %(tag)s looks like %(other)s, which is here already, but "
                "is another one. If it is the same device, write its tag as it is here."
            ),
            Severity.HINT,
            tag=item.tag,
            other=other,
        )


def _hint_at_undone(item: ListedItem) -> None:
    item.complain(
        N_(
            "Line %(line)s: %(tag)s was retired when an earlier list was undone, and this list "
            "says so too. To bring it back, empty its state."
        ),
        Severity.HINT,
        tag=item.tag,
    )


def _refuse_condition(item: ListedItem) -> None:
    """A word that is none of the house's; what a device is called already may stay."""
    condition = str(item.values.get("condition", ""))
    if condition and condition not in CONDITION_LABELS:
        item.complain(
            N_(
                "Line %(line)s: the house knows no condition “%(value)s”. Write “good”, “used” or "
                "“damaged”, and the rest into the note."
            ),
            value=condition[:SHOWN_CHARS],
        )


def _look_at_box(item: ListedItem, box: KnownBox) -> None:
    """A device that becomes another kind no longer is what its box was packed with."""
    if box.state in _AWAY:
        item.complain(
            N_(
                "Line %(line)s: %(tag)s has left the house in box %(code)s as what it is. Its kind "
                "can be changed when it is back."
            ),
            tag=item.tag,
            code=box.code,
        )
    elif box.state in _PACKED:
        item.complain(
            N_(
                "Line %(line)s: %(tag)s is packed in box %(code)s. As it becomes another kind, the "
                "box is open again and has to be packed anew."
            ),
            Severity.HINT,
            tag=item.tag,
            code=box.code,
        )


def _refuse_label(item: ListedItem, house: House) -> None:
    if item.tag in house.labels:
        item.complain(
            N_("Line %(line)s: %(tag)s is the label of %(name)s. Write the tag of the device."),
            tag=item.tag,
            name=house.labels[item.tag],
        )


def _holder_of(item: ListedItem, house: House) -> Holder:
    """Where a new device is: retired, lost, in repair, with a person, at a place; else in store."""
    place = house.places.get(folded(item.location)) if item.location else None
    if item.status is HolderKind.REPAIR and place is not None and place.kind is HolderKind.REPAIR:
        return place
    if item.status is not None:
        return Holder(item.status)
    person = _person(item, house)
    if person is not None:
        return person
    if item.location and place is None and folded(item.location) not in IN_THE_STORE:
        item.complain(
            N_(
                "Line %(line)s: the house knows no location “%(name)s”, so the device comes into "
                "the store. Add the location first if it shall stand there."
            ),
            Severity.HINT,
            name=item.location,
        )
    return place or STOCK


def _person(item: ListedItem, house: House) -> Holder | None:
    """The person that a line names, or the place; None when it names nobody."""
    for text in (item.holder_number, item.holder):
        key = folded(text)
        if not key or key in IN_THE_STORE:
            continue
        found = house.people.get(key) or house.people.get(folded(text.split("(")[0]), ())
        if len(found) == 1:
            return Holder(HolderKind.EMPLOYEE, found[0])
        if not found and key in house.places:
            return house.places[key]
        item.complain(
            N_(
                "Line %(line)s: nobody here is called “%(name)s”. Import the staff list first, "
                "write the personnel number, or empty the cell."
            )
            if not found
            else N_(
                "Line %(line)s: several people are called “%(name)s”. Write the personnel number "
                "instead."
            ),
            name=text,
        )
        return None
    return None


def plain(value: Value | None) -> str | int | bool | None:
    """A value as it is stored in a line of an import."""
    return value.isoformat() if isinstance(value, date) else value


def restored(name: str, value: object) -> object:
    """What ``plain`` stored, as the item has it."""
    if name in {"bought_on", "warranty_until"} and isinstance(value, str):
        return date.fromisoformat(value)
    return ItemKind(value) if name == "kind" and isinstance(value, str) else value
