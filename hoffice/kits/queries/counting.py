"""Reading stock-takes in the house."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, update
from sqlalchemy.orm import aliased, contains_eager, joinedload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    CustodyEntry,
    Holding,
    Item,
    KitItem,
    Location,
    StockTake,
    StockTakeLine,
    StockTakeStranger,
)
from hoffice.kits.rules import Holder, HolderKind
from hoffice.kits.rules.counting import IN_THE_HOUSE, Counters, Found, Settled
from hoffice.people.queries.portions import portions


def count(count_id: int) -> StockTake:
    """The stock-take with this number, or :class:`~hoffice.errors.NotFound`."""
    return _count(select(StockTake).where(StockTake.id == count_id))


def count_to_scan(count_id: int) -> StockTake:
    """The same, kept from being closed before this transaction ends; others may scan meanwhile."""
    return _locked(count_id, read=True)


def count_to_close(count_id: int) -> StockTake:
    """The same, kept from all others: whoever scans waits, and sees that it is closed."""
    return _locked(count_id, read=False)


def _locked(count_id: int, *, read: bool) -> StockTake:
    return _count(
        select(StockTake)
        .where(StockTake.id == count_id)
        .with_for_update(of=StockTake, read=read)
        .execution_options(populate_existing=True)
    )


def _count(wanted: Select[StockTake]) -> StockTake:
    found = db.session.scalars(wanted.options(joinedload(StockTake.location))).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such stock-take."))
    return found


def counts() -> Sequence[StockTake]:
    """Every stock-take: open ones first, then the newest."""
    return db.session.scalars(
        select(StockTake)
        .options(joinedload(StockTake.location))
        .order_by(case((StockTake.closed_at.is_(None), 0), else_=1), StockTake.id.desc())
    ).all()


def open_count_of(location_id: int | None) -> StockTake | None:
    """The open count of this location, or of the whole house."""
    place = (
        StockTake.location_id.is_(None)
        if location_id is None
        else StockTake.location_id == location_id
    )
    return db.session.scalars(
        select(StockTake).where(StockTake.closed_at.is_(None), place).limit(1)
    ).one_or_none()


def expected_at(location_id: int | None) -> Sequence[int]:
    """The items that the ledger has at this location now, or anywhere in the house."""
    wanted = select(Holding.item_id).where(Holding.holder_kind.in_(IN_THE_HOUSE))
    if location_id is not None:
        wanted = wanted.where(Holding.holder_id == location_id)
    return db.session.scalars(wanted.order_by(Holding.item_id)).all()


def location(location_id: int) -> Location:
    """A location that is in use, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Location, location_id)
    if found is None or found.retired_at is not None:
        raise NotFound(N_("There is no such place."))
    return found


def line(count_id: int, item_id: int) -> StockTakeLine | None:
    """The line of an item in a count, as it is now, kept from others."""
    return db.session.get(
        StockTakeLine, (count_id, item_id), with_for_update=True, populate_existing=True
    )


def counters(count_ids: Sequence[int]) -> dict[int, Counters]:
    """How far these stock-takes have come: two statements, however many there are."""
    seen = StockTakeLine.seen_at.is_not(None)
    rows = db.session.execute(
        select(
            StockTakeLine.stock_take_id,
            func.sum(case((StockTakeLine.is_expected, 1), else_=0)),
            func.sum(case((and_(StockTakeLine.is_expected, seen), 1), else_=0)),
            func.sum(case((StockTakeLine.is_expected, 0), else_=1)),
        )
        .where(StockTakeLine.stock_take_id.in_(count_ids))
        .group_by(StockTakeLine.stock_take_id)
    ).all()
    unknown = db.session.execute(
        select(StockTakeStranger.stock_take_id, func.count())
        .where(StockTakeStranger.stock_take_id.in_(count_ids))
        .group_by(StockTakeStranger.stock_take_id)
    ).all()
    strangers = {row[0]: row[1] for row in unknown}
    lines = {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}
    return {one: Counters(*lines.get(one, (0, 0, 0)), strangers.get(one, 0)) for one in count_ids}


def last_seen(count_id: int, *, limit: int) -> Sequence[StockTakeLine]:
    """What was seen last, by all who count; newest first."""
    return db.session.scalars(
        select(StockTakeLine)
        .where(StockTakeLine.stock_take_id == count_id, StockTakeLine.seen_at.is_not(None))
        .options(joinedload(StockTakeLine.item))
        .order_by(StockTakeLine.seen_at.desc(), StockTakeLine.item_id)
        .limit(limit)
    ).all()


def missing_lines(count_id: int) -> Sequence[StockTakeLine]:
    """What was expected and nobody has seen, with its present holder."""
    return _differences(count_id, says(Found.MISSING))


def unexpected_lines(count_id: int) -> Sequence[StockTakeLine]:
    """What was seen although it was not expected, with its present holder."""
    return _differences(count_id, says(Found.UNEXPECTED))


def _differences(count_id: int, where: ColumnElement[bool]) -> Sequence[StockTakeLine]:
    return db.session.scalars(
        select(StockTakeLine)
        .where(StockTakeLine.stock_take_id == count_id, where)
        .options(joinedload(StockTakeLine.item).joinedload(Item.holding))
        .order_by(StockTakeLine.item_id)
    ).all()


def is_unsettled() -> ColumnElement[bool]:
    """Lines with a difference about which nobody has decided."""
    return and_(StockTakeLine.note == "", or_(says(Found.MISSING), says(Found.UNEXPECTED)))


def unsettled(count_id: int) -> dict[Found, int]:
    """How many differences of a count wait for a decision, missing and not expected ones."""
    rows = db.session.execute(
        select(StockTakeLine.is_expected, func.count())
        .where(StockTakeLine.stock_take_id == count_id, is_unsettled())
        .group_by(StockTakeLine.is_expected)
    )
    return {Found.MISSING if row[0] else Found.UNEXPECTED: row[1] for row in rows}


def settled(count_id: int) -> dict[str, int]:
    """How many lines of a count were settled in which way."""
    rows = db.session.execute(
        select(StockTakeLine.note, func.count())
        .where(StockTakeLine.stock_take_id == count_id, StockTakeLine.note != "")
        .group_by(StockTakeLine.note)
    )
    return {row[0]: row[1] for row in rows}


def has_changed_ledger(count: StockTake) -> bool:
    """Whether a decision of this count stands in the ledger, and nobody has corrected its line.

    What was taken in during it is no decision about a difference.
    """
    right = aliased(CustodyEntry)
    found = (
        select(CustodyEntry.id)
        .join(StockTakeLine, StockTakeLine.item_id == CustodyEntry.item_id)
        .join(Item, Item.id == CustodyEntry.item_id)
        .where(
            StockTakeLine.stock_take_id == count.id,
            StockTakeLine.note == Settled.HERE,
            Item.created_at < count.opened_at,
            CustodyEntry.because == f"stock_take:{count.id}",
            ~exists().where(right.corrects_id == CustodyEntry.id),
        )
    )
    return db.session.scalar(found.limit(1)) is not None


def line_by_count(count_id: int, item_id: int) -> CustodyEntry | None:
    """The line by which this count put the ledger right about an item; not one corrected since."""
    return db.session.scalars(
        _lines_by_count(count_id)
        .where(CustodyEntry.item_id == item_id)
        .order_by(CustodyEntry.id.desc())
        .limit(1)
    ).one_or_none()


def people_before(count_id: int, item_ids: Iterable[int]) -> set[int]:
    """The people who had these items by the ledger before this count put it right."""
    return {
        entry.from_id
        for some in portions(item_ids)
        for entry in db.session.scalars(
            _lines_by_count(count_id).where(
                CustodyEntry.item_id.in_(some), CustodyEntry.from_kind == HolderKind.EMPLOYEE
            )
        )
        if entry.from_id is not None
    }


def _lines_by_count(count_id: int) -> Select[CustodyEntry]:
    right = aliased(CustodyEntry)
    return select(CustodyEntry).where(
        CustodyEntry.because == f"stock_take:{count_id}",
        ~exists().where(right.corrects_id == CustodyEntry.id),
    )


def items_to_decide(
    count_id: int, found: Found, note: str = "", *, after: int = 0, limit: int | None = None
) -> Sequence[int]:
    """The next items of which the line says this and was settled so, by number."""
    return db.session.scalars(
        select(StockTakeLine.item_id)
        .where(
            StockTakeLine.stock_take_id == count_id,
            StockTakeLine.item_id > after,
            StockTakeLine.note == note,
            says(found),
        )
        .order_by(StockTakeLine.item_id)
        .limit(limit)
    ).all()


def forget_moved(count_id: int) -> None:
    """What went elsewhere during the count may be seen yet: the count goes on."""
    db.session.execute(
        update(StockTakeLine)
        .where(StockTakeLine.stock_take_id == count_id, StockTakeLine.note == Settled.MOVED)
        .values(note="")
    )


def holders_then(count_id: int, item_ids: Iterable[int]) -> dict[int, Holder]:
    """Who had these items by the ledger as it was then, by item.

    Then is when the count began for what was expected, and the moment of the scan for what was
    not; what was written or corrected later changes nothing about it.
    """
    moment = case((StockTakeLine.is_expected, StockTake.opened_at), else_=StockTakeLine.seen_at)
    line_then = (
        select(CustodyEntry.id)
        .where(
            CustodyEntry.item_id == StockTakeLine.item_id,
            CustodyEntry.at <= moment,
            CustodyEntry.recorded_at <= moment,
        )
        .order_by(CustodyEntry.at.desc(), CustodyEntry.id.desc())
        .limit(1)
        .correlate(StockTakeLine, StockTake)
        .scalar_subquery()
    )
    found: dict[int, Holder] = {}
    for some in portions(item_ids):
        rows = db.session.execute(
            select(StockTakeLine.item_id, CustodyEntry.to_kind, CustodyEntry.to_id)
            .join(StockTake, StockTake.id == StockTakeLine.stock_take_id)
            .join(CustodyEntry, CustodyEntry.id == line_then)
            .where(StockTakeLine.stock_take_id == count_id, StockTakeLine.item_id.in_(some))
        )
        found |= {row[0]: Holder(row[1], row[2]) for row in rows}
    return found


def strangers(count_id: int) -> Sequence[StockTakeStranger]:
    """The tags that nobody knows, oldest first."""
    return db.session.scalars(
        select(StockTakeStranger)
        .where(StockTakeStranger.stock_take_id == count_id)
        .order_by(StockTakeStranger.id)
    ).all()


def stranger(count_id: int, stranger_id: int) -> StockTakeStranger:
    """One of them, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(StockTakeStranger, stranger_id)
    if found is None or found.stock_take_id != count_id:
        raise NotFound(N_("This tag was taken in or dropped already."))
    return found


def stranger_of(count_id: int, code: str) -> StockTakeStranger | None:
    """The unknown tag with this text in a count."""
    return db.session.scalars(
        select(StockTakeStranger)
        .where(StockTakeStranger.stock_take_id == count_id, StockTakeStranger.code == code)
        .execution_options(populate_existing=True)
    ).one_or_none()


def items_in_box(box_id: int) -> Sequence[Item]:
    """What lies in a box by its kit, in the order in which items are locked."""
    return db.session.scalars(
        select(Item)
        .join(KitItem, KitItem.item_id == Item.id)
        .where(KitItem.box_id == box_id)
        .options(joinedload(Item.holding))
        .order_by(Item.id)
    ).all()


def items_by_id(item_ids: Sequence[int]) -> Sequence[Item]:
    """These items with their holders, by tag."""
    return db.session.scalars(
        select(Item)
        .where(Item.id.in_(item_ids))
        .options(joinedload(Item.holding))
        .order_by(Item.asset_tag)
    ).all()


def lines(count_id: int) -> Select[StockTakeLine]:
    """All lines of a count with their items and present holders, for the list page."""
    return (
        select(StockTakeLine)
        .join(StockTakeLine.item)
        .where(StockTakeLine.stock_take_id == count_id)
        .options(contains_eager(StockTakeLine.item).joinedload(Item.holding))
    )


def says(found: Found) -> ColumnElement[bool]:
    """Lines that say so."""
    match found:
        case Found.FOUND:
            return and_(StockTakeLine.is_expected, StockTakeLine.seen_at.is_not(None))
        case Found.MISSING:
            return and_(StockTakeLine.is_expected, StockTakeLine.seen_at.is_(None))
        case Found.UNEXPECTED:
            return ~StockTakeLine.is_expected


def settled_as(note: str) -> ColumnElement[bool]:
    """Lines that were settled so."""
    return StockTakeLine.note == note


def search(words: Sequence[str]) -> ColumnElement[bool]:
    """Lines whose item carries each of these words in its tag, serial number or model."""
    return and_(
        *(
            or_(
                Item.asset_tag.icontains(word, autoescape=True),
                Item.serial.icontains(word, autoescape=True),
                Item.model.icontains(word, autoescape=True),
            )
            for word in words
        )
    )
