"""Reading the ledger: who has what now, who had it, and what was known of it.

As of a moment, an item has one line in force: the last of those that count from then or before. A
correction counts from the same moment as the line it corrects and is younger, so it stands above
it, and the order by moment and number alone leaves out what was corrected. Each answer therefore
costs one look into the index per item that could be meant, however many lines there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    and_,
    cast,
    func,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    CustodyEntry,
    Holding,
    Item,
    Location,
)
from hoffice.kits.rules import Holder, HolderKind, LocationKind
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.people.queries.portions import portions

FEW_LINES: frozenset[HolderKind] = frozenset(
    {HolderKind.EMPLOYEE, HolderKind.DESK, HolderKind.PARCEL}
)
"""Holders to whom so few lines lead that looking at these first is quicker than at each item."""


def holding_of(item_id: int) -> Holding | None:
    """Who has the item now."""
    return db.session.get(Holding, item_id)


def held_by(holder: Holder) -> Sequence[Item]:
    """What this holder has now, by tag."""
    return db.session.scalars(
        select(Item)
        .join(Holding, Holding.item_id == Item.id)
        .where(Holding.holder_kind == holder.kind, Holding.holder_id == holder.id)
        .order_by(Item.asset_tag)
    ).all()


def item_ids_with(employee_ids: Collection[int]) -> set[int]:
    """The devices that these people have."""
    return set(
        db.session.scalars(
            select(Holding.item_id).where(
                Holding.holder_kind == HolderKind.EMPLOYEE, Holding.holder_id.in_(employee_ids)
            )
        )
    )


def ledger_of_item(item_id: int) -> Sequence[CustodyEntry]:
    """Every line about this item, newest first; a correction stands above what it corrects."""
    return db.session.scalars(
        select(CustodyEntry)
        .where(CustodyEntry.item_id == item_id)
        .order_by(CustodyEntry.at.desc(), CustodyEntry.id.desc())
    ).all()


def still_there_by(because: str) -> Sequence[tuple[CustodyEntry, Item]]:
    """What this paper or deed gave to somebody, and is there still; the newest first."""
    rows = db.session.execute(
        select(CustodyEntry, Item)
        .join(Holding, Holding.entry_id == CustodyEntry.id)
        .join(Item, Item.id == CustodyEntry.item_id)
        .where(CustodyEntry.because == because)
        .order_by(CustodyEntry.id.desc())
    ).all()
    return [(row[0], row[1]) for row in rows]


def entry(entry_id: int) -> CustodyEntry:
    """The line with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(CustodyEntry, entry_id)
    if found is None:
        raise NotFound(N_("There is no such line in the ledger."))
    return found


def is_corrected(entry_id: int) -> bool:
    """Whether another line counts in place of this one."""
    found = select(CustodyEntry.id).where(CustodyEntry.corrects_id == entry_id)
    return db.session.scalar(found) is not None


@dataclass(frozen=True, slots=True)
class Line:
    """What a list says of one line of the ledger."""

    to: Holder
    at: datetime
    because: str


def lines(entry_ids: Iterable[int]) -> dict[int, Line]:
    """What these lines say, by their numbers; plain facts, since a list may have all of them."""
    return {
        row.id: Line(Holder(row.to_kind, row.to_id), row.at, row.because)
        for some in portions(entry_ids)
        for row in db.session.execute(
            select(
                CustodyEntry.id,
                CustodyEntry.to_kind,
                CustodyEntry.to_id,
                CustodyEntry.at,
                CustodyEntry.because,
            ).where(CustodyEntry.id.in_(some))
        )
    }


# --- as of a moment -------------------------------------------------------------------------------


def entry_at(
    item_id: int, at: datetime, *, known_at: datetime | None = None
) -> CustodyEntry | None:
    """The line that says who had this item then; None when it was not in the house yet.

    With ``known_at`` only what had been written by that moment counts: the answer that the house
    would have given itself then, mistakes included.
    """
    return db.session.scalars(
        _in_force(select(CustodyEntry), at, known_at).where(CustodyEntry.item_id == item_id)
    ).one_or_none()


def items_at(
    at: datetime,
    holder: Holder | None = None,
    *,
    kind: HolderKind | None = None,
    known_at: datetime | None = None,
) -> Select[*tuple[Any, ...]]:
    """The facts of each item, and ``entry_id``, the number of its line in force then.

    Of one ``holder``, of all holders of one ``kind``, or of the whole company.
    """
    found = select(
        Item.id,
        Item.asset_tag,
        Item.kind,
        Item.model,
        Item.serial,
        _of_line(CustodyEntry.id, at, known_at).label("entry_id"),
    )
    return found.where(held_at(at, holder, kind=kind, known_at=known_at))


def item_ids_at(at: datetime, holder: Holder, *, known_at: datetime | None = None) -> list[int]:
    """The items that this holder had then, in the order of their numbers.

    They come as one text: ten thousand rows would have the garbage collector at work at once,
    which takes longer than the question itself.
    """
    numbers = func.aggregate_strings(cast(Item.id, String), ",")
    found = db.session.scalar(select(numbers).where(held_at(at, holder, known_at=known_at)))
    return sorted(map(int, found.split(","))) if found else []


def holders_at(at: datetime, *, known_at: datetime | None = None) -> Mapping[Holder, int]:
    """How many items every single holder had then, in the whole company."""
    words = type_coerce(CustodyEntry.to_kind, String) + ":" + cast(CustodyEntry.to_id, String)
    key = _of_line(words, at, known_at).label("held_by")
    rows = db.session.execute(select(key, func.count()).select_from(Item).group_by(key)).all()
    found: Counter[Holder] = Counter()
    for row in rows:
        if row[0] is not None:
            word, _colon, number = str(row[0]).partition(":")
            found[Holder(HolderKind(word), int(number))] = row[1]
    return found


def _in_force(statement: Any, at: datetime, known_at: datetime | None) -> Any:
    found = statement.where(CustodyEntry.at <= at)
    if known_at is not None:
        # Said so that no index takes part in it: with a bound on a later column, PostgreSQL would
        # get ready to skip through the index for every single item, which takes half as long again.
        found = found.where((CustodyEntry.recorded_at > known_at).is_not(true()))
    return found.order_by(CustodyEntry.at.desc(), CustodyEntry.id.desc()).limit(1)


def _of_line(
    what: InstrumentedAttribute[Any] | ColumnElement[Any], at: datetime, known_at: datetime | None
) -> ScalarSelect[Any]:
    """A fact of the line in force of the item of the outer statement."""
    wanted = select(what).where(CustodyEntry.item_id == Item.id)
    found: ScalarSelect[Any] = _in_force(wanted, at, known_at).correlate(Item).scalar_subquery()
    return found


def held_at(
    at: datetime,
    holder: Holder | None = None,
    *,
    kind: HolderKind | None = None,
    known_at: datetime | None = None,
) -> ColumnElement[bool]:
    """Items that this holder, some holder of this kind, or anybody at all had then."""
    if holder is None and kind is None:
        return _of_line(CustodyEntry.id, at, known_at).is_not(None)
    if holder is None:
        return _of_line(CustodyEntry.to_kind, at, known_at) == kind
    is_hers = and_(CustodyEntry.to_kind == holder.kind, CustodyEntry.to_id == holder.id)
    held: ColumnElement[bool] = _of_line(is_hers, at, known_at)
    if holder.kind not in FEW_LINES:
        return held
    ever = select(CustodyEntry.item_id).where(is_hers, CustodyEntry.at <= at)
    return and_(Item.id.in_(ever), held)


def locations(kinds: Iterable[LocationKind]) -> Sequence[Location]:
    """The places in use of these kinds, by name."""
    return db.session.scalars(
        select(Location)
        .where(Location.kind.in_(list(kinds)), Location.retired_at.is_(None))
        .order_by(Location.name)
    ).all()


def location(location_id: int) -> Location:
    """The place with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Location, location_id)
    if found is None:
        raise NotFound(N_("There is no such place."))
    return found


def people_named(text: str, *, limit: int = 9) -> Sequence[Employee]:
    """Whom somebody means by a personnel number or by parts of a name; by name."""
    words = text.split()
    if not words:
        return ()
    exact = people.by_number(text.strip())
    if exact is not None:
        return (exact,)
    return db.session.scalars(
        people.employees()
        .where(people.search_names(words))
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
        .limit(limit)
    ).all()
