"""Naming a holder in a form: a place from a list, a person by number or name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import svcs
from flask_babel import gettext as _

from hoffice.errors import N_
from hoffice.kits.models import Location
from hoffice.kits.queries import ledger
from hoffice.kits.rules import Holder, HolderKind, LocationKind, VanNames
from hoffice.people.models import Employee
from hoffice.web.numbers import row_number

PERSON = "person"
"""The choice that asks for a person in the field beside it."""

HOLDER_LABELS: Mapping[HolderKind, str] = {
    HolderKind.STOCK: N_("in the store"),
    HolderKind.DESK: N_("at desks"),
    HolderKind.EMPLOYEE: N_("with people"),
    HolderKind.VAN: N_("in vans"),
    HolderKind.PARCEL: N_("in parcels"),
    HolderKind.REPAIR: N_("in repair"),
    HolderKind.LOST: N_("lost"),
    HolderKind.RETIRED: N_("retired"),
}
"""Where devices are, as a heading over their number."""

LOCATED: Mapping[LocationKind, tuple[HolderKind, ...]] = {
    LocationKind.SHELF: (HolderKind.STOCK,),
    LocationKind.ROOM: (HolderKind.STOCK,),
    LocationKind.DESK: (HolderKind.DESK,),
    LocationKind.REPAIR: (HolderKind.REPAIR,),
}
"""What a place of the house holds devices as."""


@dataclass(frozen=True, slots=True)
class Group:
    """Choices under one heading of a list: (value, words)."""

    label: str
    choices: Sequence[tuple[str, str]]


def value_of(holder: Holder) -> str:
    """How a form names a holder, such as ``desk:12``."""
    return f"{holder.kind.value}:{holder.id}"


def holder_in(text: str) -> Holder | None:
    """The holder that a form names; None when it names none."""
    word, _colon, number = text.partition(":")
    try:
        return Holder(HolderKind(word), row_number(number))
    except ValueError:
        return None


def place_groups(*, with_vans: bool) -> list[Group]:
    """All places that a list of holders offers; vans only where one may look at them."""
    found: dict[LocationKind, list[Location]] = {}
    for place in ledger.locations(LOCATED):
        found.setdefault(place.kind, []).append(place)

    def located(*kinds: LocationKind) -> list[tuple[str, str]]:
        return [
            (value_of(Holder(holder, place.id)), place.name)
            for kind in kinds
            for place in found.get(kind, ())
            for holder in LOCATED[kind]
        ]

    groups = [
        Group(
            str(_("Store")),
            [
                (value_of(Holder(HolderKind.STOCK)), str(_("Store, no shelf named"))),
                *located(LocationKind.SHELF, LocationKind.ROOM),
            ],
        ),
        Group(str(_("Desks")), located(LocationKind.DESK)),
        Group(
            str(_("Elsewhere")),
            [
                (value_of(Holder(HolderKind.REPAIR)), str(_("Repair"))),
                *located(LocationKind.REPAIR),
                (value_of(Holder(HolderKind.LOST)), str(_("Lost"))),
            ],
        ),
    ]
    if with_vans:
        names: VanNames = svcs.flask.get(VanNames)
        vans = [(value_of(Holder(HolderKind.VAN, one)), name) for one, name in names().items()]
        groups.append(Group(str(_("Vans")), vans))
        groups[2] = Group(
            groups[2].label,
            [*groups[2].choices, (value_of(Holder(HolderKind.RETIRED)), str(_("Retired")))],
        )
    return [group for group in groups if group.choices]


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom somebody meant by what was typed: one person, several to choose from, or an error."""

    person: Employee | None = None
    candidates: Sequence[Employee] = ()
    error: str = ""


def meant(text: str, chosen: int | None = None) -> Meant:
    """The person behind a number or a name; ``chosen`` says which one of several."""
    found = ledger.people_named(text)
    if len(found) == 1:
        return Meant(found[0], found)
    if chosen is not None:
        person = next((one for one in found if one.id == chosen), None)
        if person is not None:
            return Meant(person, found)
    if not text.strip():
        return Meant(error=str(_("Type a personnel number or a name.")))
    if not found:
        return Meant(error=str(_("Nobody is called “%(text)s”.", text=text.strip()[:60])))
    return Meant(None, found, str(_("Several people fit.")))
