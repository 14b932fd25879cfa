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
    staff = {one.id: one.name for one in accounts.everybody()} if lines else {}
    actors = queries.names_of(_employees_in(line.by for line in lines))
    wrong = {line.corrects_id for line in lines}
    return [
        LedgerLine(
            entry=line,
            from_name=names.of(line.from_kind, line.from_id),
            to_name=names.of(line.to_kind, line.to_id),
            to_url=names.url(line.to_kind, line.to_id),
            by=_actor(line.by, staff, actors),
            paper=paper(line.because)[0],
            paper_url=paper(line.because)[1],
            is_corrected=line.id in wrong,
        )
        for line in lines
    ]


def _employees_in(actors: Iterable[str]) -> set[int]:
    return {
        int(number)
        for kind, _colon, number in (actor.partition(":") for actor in actors)
        if kind == ActorKind.EMPLOYEE.value and number.isdigit()
    }


def _actor(by: str, staff: Mapping[int, str], employees: Mapping[int, str]) -> str:
    kind, _colon, number = by.partition(":")
    known = {ActorKind.STAFF.value: staff, ActorKind.EMPLOYEE.value: employees}.get(kind)
    if known is not None and number.isdigit():
        return known.get(int(number), by)
    return str(_("the house itself")) if kind == ActorKind.SYSTEM.value else by


PAPERS: Mapping[str, tuple[str, str, str]] = {
    "handover": (N_("Handover record %(number)s"), "handover.record_pdf", "handover_id"),
    "run": (N_("Run %(number)s"), "runs.run", "run_id"),
    "parcel": (N_("Parcel %(number)s"), "", ""),
    "kit": (N_("Kit %(number)s dissolved"), "kits.kit", "kit_id"),
    "location": (N_("Put there"), "kits.location", "code"),
    "good": (N_("Taken into the store"), "", ""),
    "good_given": (N_("Given by hand"), "", ""),
    "good_back": (N_("Taken back"), "", ""),
    "good_count": (N_("Counted in the store"), "", ""),
    "item": (N_("Taken into stock"), "", ""),
    "teardown": (N_("Desk torn down, number %(number)s"), "kits.teardown", "teardown_id"),
    "import": (N_("List of devices, number %(number)s"), "kits.preview_items", "import_id"),
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
