"""Who stands behind the numbers of the ledger: people, vans, staff and papers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import svcs
from flask_babel import gettext as _

from hoffice.accounts import queries as accounts
from hoffice.errors import N_
from hoffice.kits import queries
from hoffice.kits.models import CustodyEntry
from hoffice.kits.queries import exports
from hoffice.kits.rules import HolderKind, VanNames, location_code
from hoffice.kits.views.blueprint import elsewhere, person_url
from hoffice.units import ActorKind

Key = tuple[HolderKind, int]

PLACES: Mapping[HolderKind, str] = {
    HolderKind.STOCK: N_("Store"),
    HolderKind.DESK: N_("A desk in the office"),
    HolderKind.REPAIR: N_("Repair"),
    HolderKind.LOST: N_("Lost"),
    HolderKind.RETIRED: N_("Retired"),
}
"""Holders that are nobody in particular, and what is said where no location is known."""
AT_LOCATIONS = frozenset({HolderKind.STOCK, HolderKind.DESK, HolderKind.REPAIR})


@dataclass(slots=True)
class Names:
    """The names that one page needs, fetched together; filled once the rows are known."""

    people: Mapping[int, str] = field(default_factory=dict)
    vans: Mapping[int, str] = field(default_factory=dict)
    locations: Mapping[int, str] = field(default_factory=dict)

    def learn(self, holders: Iterable[Key]) -> None:
        """Fetch the names of these holders: one statement for people, one for vans."""
        known = set(holders)
        people = {number for kind, number in known if kind is HolderKind.EMPLOYEE}
        self.people = queries.names_of(people) if people else {}
        if any(kind is HolderKind.VAN for kind, _number in known):
            names: VanNames = svcs.flask.get(VanNames)
            self.vans = names()
        located = {number for kind, number in known if kind in AT_LOCATIONS and number}
        self.locations = queries.location_names(located) if located else {}

    def of(self, kind: HolderKind | None, number: int | None) -> str:
        """A holder in words."""
        if kind is None or number is None:
            return ""
        match kind:
            case HolderKind.EMPLOYEE:
                return self.people.get(number, "")
            case HolderKind.VAN:
                return self.vans.get(number) or str(_("Van %(number)s", number=number))
            case HolderKind.PARCEL:
                return str(_("Parcel %(number)s, on its way", number=number))
            case HolderKind.LOST | HolderKind.RETIRED:
                return str(_(PLACES[kind]))
            case HolderKind.STOCK | HolderKind.DESK | HolderKind.REPAIR:
                return self.locations.get(number) or str(_(PLACES[kind]))

    def url(self, kind: HolderKind | None, number: int | None) -> str | None:
        """Where more about a holder stands."""
        if kind is HolderKind.EMPLOYEE and number is not None:
            return person_url(number)
        if kind in AT_LOCATIONS and number:
            return elsewhere("kits.location", code=location_code(number))
        return None


@dataclass(frozen=True, slots=True)
class Actors:
    """The names of whoever did something, looked up once for a page or a whole table."""

    staff: Mapping[int, str]
    employees: Mapping[int, str]

    @classmethod
    def among(cls, actors: Iterable[str]) -> Actors:
        """Who is among these, as the tables name them."""
        known = set(actors)
        if not known:
            return cls({}, {})
        return cls(_staff(), queries.names_of(_employees_in(known)))

    @classmethod
    def everybody(cls) -> Actors:
        """Everybody, also those who left."""
        return cls(_staff(), exports.names_of_all())

    def of(self, by: str) -> str:
        """A name for ``staff:3``; whoever has none stays as she was written."""
        kind, _colon, number = by.partition(":")
        if kind == ActorKind.SYSTEM.value:
            return str(_("the house itself"))
        known = {ActorKind.STAFF.value: self.staff, ActorKind.EMPLOYEE.value: self.employees}
        return known.get(kind, {}).get(int(number) if number.isdigit() else 0, by)


def _staff() -> dict[int, str]:
    return {one.id: one.name for one in accounts.everybody()}


def _employees_in(actors: Iterable[str]) -> set[int]:
    return {
        int(number)
        for kind, _colon, number in (actor.partition(":") for actor in actors)
        if kind == ActorKind.EMPLOYEE.value and number.isdigit()
    }


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the ledger as the page shows it."""

    entry: CustodyEntry
    from_name: str
    to_name: str
    to_url: str | None
    by: str
    paper: str
    paper_url: str | None
    is_corrected: bool = False
    """Another line counts in its place."""


def ledger(entries: Iterable[CustodyEntry]) -> list[LedgerLine]:
    """The ledger with every name in it; the number of statements does not grow with it."""
    lines = list(entries)
    names = Names()
    holders = {(line.to_kind, line.to_id) for line in lines}
    names.learn(holders | {(x.from_kind, x.from_id or 0) for x in lines if x.from_kind})
    actors = Actors.among(line.by for line in lines)
    wrong = {line.corrects_id for line in lines}
    return [
        LedgerLine(
            entry=line,
            from_name=names.of(line.from_kind, line.from_id),
            to_name=names.of(line.to_kind, line.to_id),
            to_url=names.url(line.to_kind, line.to_id),
            by=actors.of(line.by),
            paper=paper(line.because)[0],
            paper_url=paper(line.because)[1],
            is_corrected=line.id in wrong,
        )
        for line in lines
    ]


PAPERS: Mapping[str, tuple[str, str, str]] = {
    "handover": (N_("Handover record %(number)s"), "handover.record_pdf", "handover_id"),
    "run": (N_("Run %(number)s"), "runs.run", "run_id"),
    "parcel": (N_("Parcel %(number)s"), "", ""),
    "kit": (N_("Kit %(number)s dissolved"), "kits.kit", "kit_id"),
    "location": (N_("Put there"), "kits.location", "code"),
    "good": (N_("Taken into the store"), "", ""),
    "good_given": (N_("Given by hand"), "", ""),
    "good_back": (N_("Taken back"), "", ""),
    "box": (N_("With the devices of its box"), "", ""),
    "good_count": (N_("Counted in the store"), "", ""),
    "item": (N_("Taken into stock"), "", ""),
    "teardown": (N_("Desk torn down, number %(number)s"), "kits.teardown", "teardown_id"),
    "import": (N_("List of devices, number %(number)s"), "kits.preview_items", "import_id"),
    "counter": (N_("Handed out at the counter, kit %(number)s"), "kits.kit", "kit_id"),
    "counter_slip": (N_("Not handed out after all, kit %(number)s"), "kits.kit", "kit_id"),
    "correction": (N_("Correction"), "", ""),
    "stock_take": (N_("Stock-take %(number)s"), "kits.count", "count_id"),
    "transfer": (N_("Passed on, no. %(number)s"), "kits.transfer", "transfer_id"),
    "return": (N_("Return %(number)s"), "kits.return_page", "return_id"),
    "slip": (N_("Return %(number)s, not back after all"), "kits.return_page", "return_id"),
    "repair": (N_("Sent to repair"), "", ""),
    "repaired": (N_("Back from repair"), "", ""),
    "retired": (N_("Retired"), "", ""),
    "lost": (N_("Reported lost"), "", ""),
    "found": (N_("Found again"), "", ""),
    "damage_case": (N_("Found again"), "kits.damage", "case_id"),
}
"""The papers and deeds behind lines of the ledger: what they are called, and the page they have."""


def paper(because: str) -> tuple[str, str | None]:
    """The paper or deed behind a line, in words, and where it lies."""
    kind, _colon, text = because.partition(":")
    if kind not in PAPERS:
        return because, None
    number = int(text) if text.isdigit() else 0
    label, endpoint, argument = PAPERS[kind]
    value = location_code(number) if endpoint == "kits.location" else number
    url = elsewhere(endpoint, **{argument: value}) if endpoint else None
    return str(_(label, number=number)), url
