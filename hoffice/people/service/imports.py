"""The staff import: read a list, look at what it would change, then change all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hoffice import clock
from hoffice.audit.service import record
from hoffice.errors import N_, Refused
from hoffice.people import queries
from hoffice.people.models import StaffImport
from hoffice.people.queries import Known
from hoffice.people.service.writing import (
    Batch,
    after_change,
    is_move,
    living_at,
    place_of,
    write,
)
from hoffice.people.staff_list import Field, Guess, ListedPerson, StaffList, guess
from hoffice.people.staff_list import Mapping as Columns
from hoffice.people.staff_list.preview import Preview, preview, usable
from hoffice.places.rules import Geocoder, Located, Precision
from hoffice.places.service.locating import HouseGeocoder, asks_online
from hoffice.sheets.importing import (
    ImportState,
    applied,
    forget_old,
    is_applied,
    keep,
    let_worker_do,
    put_away,
    require_agreed,
    require_open,
    table_of,
)
from hoffice.sheets.reading import read
from hoffice.units import Actor

APPLY: Final = "people.import"
"""The kind of job that applies a long list."""
LONG_FROM_LINES: Final = 500
"""From so many lines on a job applies the list: a request must not keep the database waiting."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What can be worked out before the writing transaction begins.

    The list as read with these columns, and every new address located.
    """

    mapping: Mapping[str, object]
    listed: StaffList
    geocoder: Geocoder
    """For what turns up after the preparation: inside the transaction nobody is asked online."""
    located: Mapping[tuple[str, str, str, str], Located]

    def locate(self, place: tuple[str, str, str, str]) -> Located:
        """The point of an address; asked now only if it turned up after the preparation."""
        return self.located.get(place) or self.geocoder.locate(*place)


def begin_import(file_name: str, content: bytes, *, by: Actor) -> StaffImport:
    """Read an uploaded list and guess its columns; nobody is changed yet.

    :raises Refused: when the file cannot be read; the sentence names the line.
    """
    table = read(file_name, content)
    forget_old_imports(by=by)
    made = StaffImport(mapping=usable(guess(table.header)).to_json())
    return keep(made, file_name, table, by=by, action="people.list_read")


def assign_columns(import_id: int, fields: Sequence[Field | None], *, by: Actor) -> StaffImport:
    """Say which column holds what; one place per column.

    :raises Refused: when a field has two columns; a missing one is only said by the preview.
    """
    staff_import = queries.staff_import(import_id)
    require_open(staff_import)
    header = tuple(map(str, staff_import.header))
    if len(fields) != len(header):
        raise Refused(N_("The assignment of the columns is damaged. Upload the list again."))
    columns = Columns(header, tuple(Guess(field, 1.0) if field else None for field in fields))
    staff_import.mapping = Columns.from_json(columns.to_json()).to_json()
    record(by, "people.columns_assigned", staff_import)
    return staff_import


def columns_of(staff_import: StaffImport) -> Columns:
    """Which column holds what, as guessed or as assigned."""
    return Columns.from_json(staff_import.mapping)


def preview_of(staff_import: StaffImport) -> Preview:
    """What the list would change, against the house as it is now.

    :raises Refused: when a required column is missing.
    """
    return _compared(staff_import, queries.known())


def _compared(
    staff_import: StaffImport, known: Mapping[str, Known], prepared: Prepared | None = None
) -> Preview:
    pinned = frozenset(number for number, one in known.items() if one.precision is Precision.PINNED)
    people = {number: one.person for number, one in known.items()}
    is_read = prepared is not None and prepared.mapping == staff_import.mapping
    return preview(
        table_of(staff_import),
        columns_of(staff_import),
        people,
        pinned,
        listed=prepared.listed if prepared is not None and is_read else None,
    )


def prepare(
    staff_import: StaffImport, *, geocoder: Geocoder, found: Preview | None = None
) -> Prepared:
    """Locate every address that is new, before anything is written and any lock is taken.

    ``found`` is a preview of the present moment, when there is one already.
    """
    known = queries.known()
    found = found or _compared(staff_import, known)
    places = {place_of(person) for person in _moved(found, known) if person.lat is None}
    located = {place: geocoder.locate(*place) for place in sorted(places)}
    later = HouseGeocoder() if asks_online(geocoder) else geocoder
    return Prepared(dict(staff_import.mapping), found.listed, later, located)


def _moved(found: Preview, known: Mapping[str, Known]) -> list[ListedPerson]:
    """Everybody to whom the list gives an address that was not known, with the whole of it."""
    listed = {person.personnel_number: person for person in found.listed.people}
    moved = []
    for change in found.changes:
        person, before = listed.get(change.personnel_number), known.get(change.personnel_number)
        if person is None:
            continue
        if before is None:
            moved.append(person)
        elif is_move(before, change):
            moved.append(living_at(person, after_change(before, change)))
    return moved


def _addresses(found: Preview, known: Mapping[str, Known], prepared: Prepared) -> dict[str, int]:
    """How well the new addresses are known, in people; ``asking`` are those that need a human."""
    counts = dict.fromkeys((*map(str, Precision), "asking"), 0)
    for person in _moved(found, known):
        if person.lat is not None:
            counts[Precision.HOUSE] += 1
        elif any(place_of(person)):
            located = prepared.locate(place_of(person))
            counts[located.precision] += 1
            counts["asking"] += bool(located.candidates)
    return counts


def ask_for_import(
    import_id: int,
    *,
    geocoder: Geocoder,
    by: Actor,
    skip_errors: bool = False,
    expected: str = "",
) -> StaffImport:
    """Apply a short list at once; let a job apply a long one (state ``applying``, ``job_id``).

    A list whose addresses may be asked online is a long one: no request waits for a network.

    ``expected`` is what somebody saw in the preview and agreed to.
    """
    staff_import = queries.staff_import(import_id, lock=True)
    require_open(staff_import)
    if len(staff_import.rows) < LONG_FROM_LINES and not asks_online(geocoder):
        prepared = prepare(staff_import, geocoder=geocoder)
        return apply_import(import_id, prepared, by=by, skip_errors=skip_errors, expected=expected)
    _require_agreed(preview_of(staff_import), skip_errors=skip_errors, expected=expected)
    staff_import.state = ImportState.APPLYING
    asked = {"skip_errors": skip_errors, "expected": expected}
    let_worker_do(APPLY, staff_import, lines=len(staff_import.rows), by=by, **asked)
    return staff_import


def apply_import(
    import_id: int,
    prepared: Prepared,
    *,
    by: Actor,
    skip_errors: bool = False,
    expected: str = "",
) -> StaffImport:
    """Change everybody in this one transaction, compared anew with the house as it is now.

    A list that was applied already stays as it is. Nobody is ever removed. Lines with errors
    refuse the whole list unless ``skip_errors`` says to leave them out.
    """
    staff_import = queries.staff_import(import_id, lock=True)
    if is_applied(staff_import):
        return staff_import
    known = queries.known()
    found = _compared(staff_import, known, prepared)
    _require_agreed(found, skip_errors=skip_errors, expected=expected)
    now = clock.now()
    write(Batch(found, known, prepared.locate, by, now, import_id))
    counts = {**found.counts, "addresses": _addresses(found, known, prepared)}
    applied(staff_import, counts, by=by, at=now, action="people.import_applied")
    return staff_import


def discard_import(import_id: int, *, by: Actor) -> StaffImport:
    """Put a list away without changing anybody; its lines are erased."""
    staff_import = queries.staff_import(import_id, lock=True)
    require_open(staff_import)
    put_away(staff_import, by=by, action="people.import_discarded")
    return staff_import


def forget_old_imports(*, by: Actor) -> int:
    """Erase the lines of lists that nobody decided on for a week; gives how many."""
    return forget_old(StaffImport, by=by, action="people.import_forgotten")


def _require_agreed(found: Preview, *, skip_errors: bool, expected: str) -> None:
    require_agreed(
        errors=found.counts["error"],
        skip_errors=skip_errors,
        is_readable=bool(found.listed.people),
        is_as_seen=expected in {"", found.expected},
    )
