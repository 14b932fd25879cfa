"""Reading what is due back, how it came, what waits for a check, replacements and damages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import joinedload, selectinload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    Attachment,
    BulkGood,
    BulkHolding,
    CustodyEntry,
    DamageCase,
    Holding,
    HomeCheckLine,
    HomeCheckPerson,
    Item,
    KitItem,
    Reservation,
    Return,
    ReturnLine,
)
from hoffice.kits.queries.fitness import is_fit
from hoffice.kits.queries.items import search_item_texts
from hoffice.kits.queries.kits import named, several
from hoffice.kits.rules import (
    AttachmentKind,
    DamageKind,
    HolderKind,
    HomeAnswer,
    ItemState,
    ReturnReason,
)
from hoffice.kits.rules import returning as returning_rules
from hoffice.people.models import Employee

# --- returns --------------------------------------------------------------------------------------


def kit_return(return_id: int, *, lock: bool = False) -> Return:
    """The return with this number, whole; with ``lock`` nobody else changes it meanwhile."""
    wanted = (
        select(Return)
        .where(Return.id == return_id)
        .options(
            joinedload(Return.employee),
            selectinload(Return.lines).joinedload(ReturnLine.item).joinedload(Item.holding),
            selectinload(Return.lines).joinedload(ReturnLine.good),
        )
    )
    if lock:
        wanted = wanted.with_for_update(of=Return).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such return."))
    return found


def returns() -> Select[Return]:
    """All returns with their people and lines, for the list page."""
    return (
        select(Return)
        .join(Return.employee)
        .options(joinedload(Return.employee), selectinload(Return.lines))
    )


def search_returns(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Returns of a person, or with an item, that carries each of these words."""
    return and_(
        *(
            or_(
                named(word),
                Return.id.in_(
                    select(ReturnLine.return_id)
                    .join(Item, Item.id == ReturnLine.item_id)
                    .where(Item.search_text.contains(word.lower(), autoescape=True))
                ),
                Return.id.in_(
                    select(ReturnLine.return_id)
                    .join(Item, Item.id == ReturnLine.item_id)
                    .where(Item.asset_tag.icontains(word, autoescape=True))
                ),
            )
            for word in several(words)
        )
    )


def is_open_return() -> ColumnElement[bool]:
    """Returns that are not finished."""
    return Return.closed_at.is_(None)


def is_overdue(today: date) -> ColumnElement[bool]:
    """Open returns whose day is over."""
    return and_(Return.closed_at.is_(None), Return.due_on < today)


def for_reason(reason: ReturnReason) -> ColumnElement[bool]:
    """Returns that were begun for this reason."""
    return Return.reason == reason


def return_counts(today: date) -> tuple[int, int]:
    """How many returns are open, and how many of these are overdue."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(case((Return.due_on < today, 1), else_=0)), 0))
        .select_from(Return)
        .where(Return.closed_at.is_(None))
    ).one()
    return row[0], row[1]


def open_returns_of(employee_id: int) -> Sequence[Return]:
    """What this person has to give back now."""
    return db.session.scalars(
        select(Return)
        .where(Return.employee_id == employee_id, Return.closed_at.is_(None))
        .options(selectinload(Return.lines))
        .order_by(Return.id)
    ).all()


def open_lines_of(item_ids: Iterable[int]) -> dict[int, ReturnLine]:
    """The line by which each of these items is due back, where there is one."""
    found = db.session.scalars(
        select(ReturnLine)
        .where(ReturnLine.item_id.in_(set(item_ids)), ReturnLine.is_open)
        .options(joinedload(ReturnLine.kit_return).joinedload(Return.employee))
    )
    return {line.item_id: line for line in found if line.item_id is not None}


def lines_asked_for(item_ids: Iterable[int]) -> Sequence[ReturnLine]:
    """The lines that still wait for these items, locked; not those that somebody changes now."""
    return db.session.scalars(
        select(ReturnLine)
        .where(
            ReturnLine.item_id.in_(set(item_ids)),
            ReturnLine.is_open,
            ReturnLine.came == 0,
        )
        .options(selectinload(ReturnLine.kit_return), selectinload(ReturnLine.item))
        .order_by(ReturnLine.id)
        .with_for_update(of=ReturnLine, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def read_lines_anew(made: Return) -> None:
    """Read the lines of this return as they are by now."""
    db.session.scalars(
        select(ReturnLine)
        .where(ReturnLine.return_id == made.id)
        .order_by(ReturnLine.id)
        .execution_options(populate_existing=True)
    ).all()


def returned_line(item_id: int) -> ReturnLine | None:
    """The line of an open return that says that this item is back, where there is one."""
    return db.session.scalars(
        select(ReturnLine)
        .join(Return, Return.id == ReturnLine.return_id)
        .where(ReturnLine.item_id == item_id, ReturnLine.came > 0, Return.closed_at.is_(None))
        .options(joinedload(ReturnLine.kit_return))
        .order_by(ReturnLine.id.desc())
        .limit(1)
    ).one_or_none()


def newest_line(item_id: int, employee_id: int) -> ReturnLine | None:
    """The line by which this item was last asked of this person, whether or not it is open."""
    return db.session.scalars(
        select(ReturnLine)
        .join(Return, Return.id == ReturnLine.return_id)
        .where(ReturnLine.item_id == item_id, Return.employee_id == employee_id)
        .order_by(ReturnLine.id.desc())
        .limit(1)
    ).one_or_none()


def goods_with(employee_id: int) -> Sequence[BulkHolding]:
    """How many of which bulk goods this person has."""
    return db.session.scalars(
        select(BulkHolding)
        .where(
            BulkHolding.holder_kind == HolderKind.EMPLOYEE,
            BulkHolding.holder_id == employee_id,
            BulkHolding.count > 0,
        )
        .options(joinedload(BulkHolding.good))
        .order_by(BulkHolding.good_id)
    ).all()


def goods_asked(employee_id: int) -> dict[int, int]:
    """How many of which bulk goods open returns still expect from this person."""
    rows = db.session.execute(
        select(ReturnLine.good_id, func.sum(ReturnLine.expected - ReturnLine.came))
        .join(Return, Return.id == ReturnLine.return_id)
        .where(
            Return.employee_id == employee_id,
            Return.closed_at.is_(None),
            ReturnLine.good_id.is_not(None),
        )
        .group_by(ReturnLine.good_id)
    ).all()
    return {row[0]: row[1] for row in rows if row[0] is not None}


def record_of(return_id: int) -> Attachment | None:
    """The record of a return that is finished."""
    return db.session.scalars(
        select(Attachment)
        .where(Attachment.subject == f"return:{return_id}", Attachment.removed_at.is_(None))
        .options(joinedload(Attachment.file))
        .order_by(Attachment.id.desc())
        .limit(1)
    ).one_or_none()


def returns_wiped_since_record(item_ids: Iterable[int]) -> Sequence[int]:
    """The closed returns of these items in which something was wiped after the newest record."""
    return db.session.scalars(
        select(Return.id)
        .join(ReturnLine)
        .where(ReturnLine.item_id.in_(set(item_ids)), _is_wiped_since_record())
        .distinct()
        .order_by(Return.id)
    ).all()


def is_wiped_since_record(return_id: int) -> bool:
    """Whether something of this closed return was wiped after its newest record was made."""
    found = select(Return.id).join(ReturnLine).where(Return.id == return_id)
    return db.session.scalar(found.where(_is_wiped_since_record()).limit(1)) is not None


def _is_wiped_since_record() -> ColumnElement[bool]:
    newest = (
        select(func.max(Attachment.at))
        .where(
            Attachment.subject == literal("return:") + cast(Return.id, String),
            Attachment.removed_at.is_(None),
        )
        .correlate(Return)
        .scalar_subquery()
    )
    return and_(
        Return.closed_at.is_not(None),
        ReturnLine.wiped_at > func.coalesce(newest, Return.closed_at),
    )


def handed_out_by(return_id: int) -> Sequence[Item]:
    """What a person got in exchange, by this return."""
    return db.session.scalars(
        select(Item)
        .join(CustodyEntry, CustodyEntry.item_id == Item.id)
        .where(
            CustodyEntry.because == f"return:{return_id}",
            CustodyEntry.to_kind == HolderKind.EMPLOYEE,
        )
        .order_by(Item.asset_tag)
    ).all()


# --- what is due ----------------------------------------------------------------------------------


def people_with_things() -> Select[Employee]:
    """People who have something of the house that nobody has asked for yet.

    Who is asked for one device, because it is broken, may have many that nobody asks for.
    """
    asked_for = exists().where(ReturnLine.item_id == Holding.item_id, ReturnLine.is_open)
    is_asked = select(Return.employee_id).where(Return.closed_at.is_(None))
    return (
        select(Employee)
        .where(
            or_(
                exists().where(
                    Holding.holder_kind == HolderKind.EMPLOYEE,
                    Holding.holder_id == Employee.id,
                    ~asked_for,
                ),
                and_(
                    exists().where(
                        BulkHolding.holder_kind == HolderKind.EMPLOYEE,
                        BulkHolding.holder_id == Employee.id,
                        BulkHolding.count > 0,
                    ),
                    Employee.id.not_in(is_asked),
                ),
            )
        )
        .options(joinedload(Employee.team))
    )


def leaves_by(day: date) -> ColumnElement[bool]:
    """People whose last day is this one at the latest."""
    return Employee.ends_on <= day


def says_broken() -> ColumnElement[bool]:
    """People who have something that is said to be broken."""
    return exists().where(Holding.holder_id == Employee.id, _is_broken())


def broken_with(employee_id: int) -> Sequence[int]:
    """The items of a person that are said to be broken, by her or by who handed them over."""
    return db.session.scalars(
        select(Holding.item_id)
        .where(Holding.holder_id == employee_id, _is_broken())
        .order_by(Holding.item_id)
    ).all()


def _is_broken() -> ColumnElement[bool]:
    """Of a holding: a person has the item, and since then somebody said that it is broken."""
    said_at_home = exists().where(
        HomeCheckLine.item_id == Holding.item_id,
        HomeCheckLine.answer == HomeAnswer.BROKEN,
        HomeCheckPerson.id == HomeCheckLine.person_id,
        HomeCheckPerson.employee_id == Holding.holder_id,
        HomeCheckPerson.answered_at > Holding.since,
    )
    is_damaged = exists().where(
        DamageCase.item_id == Holding.item_id,
        DamageCase.kind == DamageKind.DAMAGE,
        DamageCase.found_at >= Holding.since,
    )
    return and_(Holding.holder_kind == HolderKind.EMPLOYEE, or_(said_at_home, is_damaged))


def leavers_with_things(day: date) -> Select[Employee]:
    """People who leave by this day and still have something that nobody asked for."""
    return people_with_things().where(leaves_by(day))


def due_count(day: date) -> int:
    """How many people leave by this day and still have something that nobody asked for."""
    wanted = leavers_with_things(day).subquery()
    return db.session.scalar(select(func.count()).select_from(wanted)) or 0


def held_counts(employee_ids: Collection[int]) -> dict[int, int]:
    """How many items each of these people has."""
    rows = db.session.execute(
        select(Holding.holder_id, func.count())
        .where(Holding.holder_kind == HolderKind.EMPLOYEE, Holding.holder_id.in_(employee_ids))
        .group_by(Holding.holder_id)
    ).all()
    return {row[0]: row[1] for row in rows}


# --- checks ---------------------------------------------------------------------------------------


def items_to_check() -> Select[Item]:
    """What came back and waits for somebody to look at it."""
    return select(Item).where(Item.state == ItemState.TO_CHECK).options(joinedload(Item.holding))


def unchecked_lines(item_ids: Iterable[int]) -> dict[int, ReturnLine]:
    """The newest line by which each of these items came back and that nobody has decided."""
    found = db.session.scalars(
        select(ReturnLine)
        .where(
            ReturnLine.item_id.in_(set(item_ids)),
            ReturnLine.came_at.is_not(None),
            ReturnLine.decided_at.is_(None),
        )
        .options(joinedload(ReturnLine.kit_return).joinedload(Return.employee))
        .order_by(ReturnLine.id)
    )
    return {line.item_id: line for line in found if line.item_id is not None}


# --- replacements ---------------------------------------------------------------------------------


def free_like(
    old: Item, *, words: Sequence[str] | str = "", limit: int = 1, lock: bool = False
) -> Sequence[Item]:
    """Free items that could take the place of this one: the same model first, then by tag.

    What is damaged stands there only, and last, when it is searched by ``words``: then all and only
    those that carry each of them. With ``lock`` nobody else takes them before this
    transaction ends; what somebody has reserved while we waited is seen by asking once more.
    """
    like = Item.model_id == old.model_id if old.model_id is not None else Item.model == old.model
    wanted = (
        select(Item)
        .outerjoin(KitItem, KitItem.item_id == Item.id)
        .where(Item.kind == old.kind, Item.state == ItemState.IN_STOCK, KitItem.item_id.is_(None))
        .where(Item.id != old.id, ~exists().where(Reservation.item_id == Item.id))
        .where(search_item_texts(words) if several(words) else is_fit())
        .order_by(case((is_fit(), 0), else_=1), case((like, 0), else_=1), Item.asset_tag)
        .limit(limit)
    )
    if not lock:
        return db.session.scalars(wanted).all()
    wanted = wanted.with_for_update(of=Item).execution_options(populate_existing=True)
    while True:
        found = db.session.scalars(wanted).all()
        if not reserved([item.id for item in found]):
            return found


def reserved(item_ids: Iterable[int]) -> dict[int, Reservation]:
    """For whom these items are kept, where they are."""
    found = db.session.scalars(
        select(Reservation)
        .where(Reservation.item_id.in_(set(item_ids)))
        .options(joinedload(Reservation.employee))
    )
    return {one.item_id: one for one in found}


def reservation_of(item_id: int) -> Reservation | None:
    """For whom this item is kept."""
    return db.session.get(Reservation, item_id)


def replacement_for(item_id: int) -> Reservation | None:
    """What is kept to take the place of this item."""
    return db.session.scalars(
        select(Reservation)
        .where(Reservation.replaces_id == item_id)
        .options(joinedload(Reservation.item), joinedload(Reservation.employee))
    ).one_or_none()


def replacements_for(item_ids: Iterable[int]) -> dict[int, Reservation]:
    """What is kept to take the place of each of these items."""
    found = db.session.scalars(
        select(Reservation)
        .where(Reservation.replaces_id.in_(set(item_ids)))
        .options(joinedload(Reservation.item))
    )
    return {one.replaces_id: one for one in found if one.replaces_id is not None}


# --- damages --------------------------------------------------------------------------------------


def damages() -> Select[DamageCase]:
    """All losses and damages, for the list page."""
    return (
        select(DamageCase)
        .outerjoin(DamageCase.item)
        .outerjoin(DamageCase.good)
        .outerjoin(DamageCase.employee)
        .options(
            joinedload(DamageCase.item),
            joinedload(DamageCase.good),
            joinedload(DamageCase.employee),
        )
    )


def case_name() -> ColumnElement[str]:
    """By what a list of cases is sorted: the tag of a device, the name of a small part."""
    return func.coalesce(Item.asset_tag, BulkGood.name)


def search_damages(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Cases of an item, a small part or a person that carries each of these words."""
    return and_(
        *(or_(named(word), case_name().icontains(word, autoescape=True)) for word in several(words))
    )


def is_undecided() -> ColumnElement[bool]:
    """Cases of which nobody has said who bears them."""
    return DamageCase.decided_at.is_(None)


def of_case_kind(kind: DamageKind) -> ColumnElement[bool]:
    """Losses, or damages."""
    return DamageCase.kind == kind


def undecided_count() -> int:
    """How many cases wait for a decision."""
    return (
        db.session.scalar(
            select(func.count()).select_from(DamageCase).where(DamageCase.decided_at.is_(None))
        )
        or 0
    )


def damage_case(case_id: int, *, lock: bool = False) -> DamageCase:
    """The case with this number."""
    wanted = (
        select(DamageCase)
        .where(DamageCase.id == case_id)
        .options(
            joinedload(DamageCase.item),
            joinedload(DamageCase.good),
            joinedload(DamageCase.employee),
            selectinload(DamageCase.earlier),
        )
    )
    if lock:
        wanted = wanted.with_for_update(of=DamageCase).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such case."))
    return found


def cases_of(item_id: int, *, lock: bool = False) -> Sequence[DamageCase]:
    """Every loss and damage of this item, the newest first."""
    wanted = (
        select(DamageCase)
        .where(DamageCase.item_id == item_id)
        .options(joinedload(DamageCase.employee))
        .order_by(DamageCase.id.desc())
    )
    if lock:
        wanted = wanted.with_for_update(of=DamageCase).execution_options(populate_existing=True)
    return db.session.scalars(wanted).all()


def cases_by_line(line_ids: Iterable[int]) -> dict[int, int]:
    """The case (its number) that each of these lines of a return has led to."""
    rows = db.session.execute(
        select(DamageCase.return_line_id, DamageCase.id)
        .where(DamageCase.return_line_id.in_(set(line_ids)))
        .order_by(DamageCase.id)
    ).all()
    return {row[0]: row[1] for row in rows if row[0] is not None}


def return_of_line(line_id: int) -> int | None:
    """The return to which a line belongs."""
    return db.session.scalar(select(ReturnLine.return_id).where(ReturnLine.id == line_id))


def damage_photos(cases: Iterable[DamageCase]) -> dict[int, list[Attachment]]:
    """The photos of the damage that belong to each of these cases, the oldest first.

    A device may have been lost or damaged before: those photos are of that case.
    """
    wanted = list(cases)
    item_ids = {one.item_id for one in wanted if one.item_id is not None}
    if not item_ids:
        return {}
    begun: dict[int, list[tuple[datetime, int]]] = {}
    decided_at: datetime | None = None
    for row in db.session.execute(
        select(DamageCase.item_id, DamageCase.id, DamageCase.found_at, DamageCase.decided_at)
        .where(DamageCase.item_id.in_(item_ids))
        .order_by(DamageCase.item_id, DamageCase.id)
    ):
        before = begun.setdefault(row.item_id or 0, [])
        begin = returning_rules.begins(row.found_at, decided_at if before else None)
        before.append((begin, row.id))
        decided_at = row.decided_at
    found: dict[int, list[Attachment]] = {one.id: [] for one in wanted}
    for photo in db.session.scalars(
        select(Attachment)
        .where(
            Attachment.subject.in_({f"item:{number}" for number in item_ids}),
            Attachment.kind == AttachmentKind.DAMAGE,
            Attachment.removed_at.is_(None),
        )
        .options(joinedload(Attachment.file))
        .order_by(Attachment.id)
    ):
        mine = begun[int(photo.subject.removeprefix("item:"))]
        at = returning_rules.case_at(photo.at, [begin for begin, _case in mine])
        found.get(mine[at][1], []).append(photo)
    return found
