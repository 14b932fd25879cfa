"""Reading scans, what a code is known as, and desks that are torn down."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    Box,
    BulkGood,
    Item,
    ItemModel,
    Kit,
    KitItem,
    KitType,
    Location,
    Scan,
    Teardown,
)
from hoffice.kits.rules.reading import Known, capitals
from hoffice.people import queries as people
from hoffice.people.models import Employee


def scan(scan_id: str) -> Scan | None:
    """The scan with this number, when it was accepted; None too for what is no number."""
    try:
        number = str(UUID(scan_id))
    except ValueError:
        return None
    return db.session.get(Scan, number)


def known_as(spellings: Collection[str]) -> Known:
    """What the tables have under these texts: a fixed number of statements, each by an index."""
    words = sorted({*spellings, *(word.lower() for word in spellings)} - {""})
    if not words:
        return Known()
    tags = select(Item.asset_tag, Item.id).where(Item.asset_tag.in_(words))
    boxes = select(Box.code, Box.id).where(Box.code.in_(words))
    places = select(Location.code, Location.id).where(
        Location.code.in_(words), Location.retired_at.is_(None)
    )
    serials: dict[str, tuple[int, ...]] = {}
    for serial, item_id in db.session.execute(
        select(Item.serial, Item.id).where(Item.serial.in_(words)).order_by(Item.id)
    ):
        serials[capitals(serial)] = (*serials.get(capitals(serial), ()), item_id)
    models = select(ItemModel.ean, ItemModel.id).where(
        ItemModel.ean.in_(words), ItemModel.ean != "", ItemModel.retired_at.is_(None)
    )
    goods = select(BulkGood.ean, BulkGood.id).where(
        BulkGood.ean.in_(words), BulkGood.ean != "", BulkGood.retired_at.is_(None)
    )
    patterns = select(ItemModel.id, ItemModel.serial_pattern).where(
        ItemModel.serial_pattern != "", ItemModel.retired_at.is_(None)
    )
    return Known(
        tags=_numbers(tags),
        serials=serials,
        boxes=_numbers(boxes),
        places=_numbers(places),
        models=_bare(_numbers(models)),
        goods=_bare(_numbers(goods)),
        patterns=tuple((row[0], row[1]) for row in db.session.execute(patterns)),
    )


def _numbers(wanted: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def _bare(articles: dict[str, int]) -> dict[str, int]:
    return {ean.lstrip("0"): number for ean, number in articles.items()}


def teardown(teardown_id: int, *, lock: bool = False) -> Teardown:
    """The tear-down with this number, or :class:`~hoffice.errors.NotFound`."""
    wanted = select(Teardown).where(Teardown.id == teardown_id)
    if lock:
        wanted = wanted.with_for_update(of=Teardown).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such tear-down."))
    return found


def teardown_of_kit(kit_id: int) -> Teardown | None:
    """The tear-down that this kit was made by."""
    return db.session.scalars(select(Teardown).where(Teardown.kit_id == kit_id)).one_or_none()


def scans_of(subject: str) -> Sequence[Scan]:
    """The accepted scans of a subject, in the order in which they came."""
    return db.session.scalars(
        select(Scan).where(Scan.subject == subject).order_by(Scan.at, Scan.id)
    ).all()


def items_with(item_ids: Iterable[int]) -> dict[int, Item]:
    """These items by their numbers."""
    found = db.session.scalars(select(Item).where(Item.id.in_(set(item_ids))))
    return {item.id: item for item in found}


def last_done(by: str, series: str, *, but: int) -> Teardown | None:
    """The desk that this account finished last with a kit type of this series."""
    return db.session.scalars(
        select(Teardown)
        .join(Teardown.kit)
        .join(Kit.kit_type)
        .where(
            Teardown.begun_by == by,
            Teardown.done_at.is_not(None),
            Teardown.id != but,
            KitType.series == series,
        )
        .options(contains_eager(Teardown.kit).joinedload(Kit.employee))
        .order_by(Teardown.done_at.desc(), Teardown.id.desc())
        .limit(1)
    ).one_or_none()


def last_type(by: str) -> int | None:
    """The kit type that this account took last."""
    return db.session.scalars(
        select(Kit.kit_type_id)
        .join(Teardown, Teardown.kit_id == Kit.id)
        .where(Teardown.begun_by == by)
        .order_by(Teardown.id.desc())
        .limit(1)
    ).one_or_none()


def place(location_id: int) -> Location | None:
    """A desk, shelf, room or repair shop."""
    return db.session.get(Location, location_id)


def begun_or_done_on(start: datetime, end: datetime) -> Sequence[Teardown]:
    """The desks of a day, those still open first, and all that are open from before."""
    return db.session.scalars(
        select(Teardown)
        .join(Teardown.kit)
        .where(
            Kit.dissolved_at.is_(None),
            or_(
                Teardown.done_at.is_(None),
                and_(Teardown.done_at >= start, Teardown.done_at < end),
            ),
        )
        .options(
            contains_eager(Teardown.kit).options(
                joinedload(Kit.employee),
                joinedload(Kit.kit_type).selectinload(KitType.lines),
                selectinload(Kit.kit_items).joinedload(KitItem.item),
                selectinload(Kit.boxes),
            ),
            joinedload(Teardown.location),
        )
        .order_by(Teardown.done_at.is_not(None), Teardown.done_at.desc(), Teardown.id.desc())
    ).all()


def without_kit() -> int:
    """How many people have no kit yet."""
    with_kit = select(Kit.employee_id).where(Kit.dissolved_at.is_(None))
    return db.session.scalars(
        select(func.count()).select_from(Employee).where(Employee.id.not_in(with_kit))
    ).one()


def people_with(words: Sequence[str], *, limit: int) -> Sequence[Employee]:
    """People whose name or number carries each of these words: the row shows why it was found."""
    return db.session.scalars(
        select(Employee)
        .where(people.search_names(words))
        .options(joinedload(Employee.team))
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
        .limit(limit)
    ).all()


def people_named_in(text: str, *, limit: int) -> Sequence[Employee]:
    """People whose name or personnel number stands in this text, such as the name of a desk."""
    said = literal(text)
    return db.session.scalars(
        select(Employee)
        .where(
            or_(
                and_(said.contains(Employee.first_name), said.contains(Employee.last_name)),
                and_(Employee.personnel_number != "", said.contains(Employee.personnel_number)),
            )
        )
        .options(joinedload(Employee.team))
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
        .limit(limit)
    ).all()


def open_of_people(employee_ids: Iterable[int]) -> dict[int, Teardown | None]:
    """The people of these who have a kit, with the tear-down of it where there is one."""
    rows = db.session.execute(
        select(Kit.employee_id, Teardown)
        .outerjoin(Teardown, Teardown.kit_id == Kit.id)
        .where(Kit.employee_id.in_(set(employee_ids)), Kit.dissolved_at.is_(None))
    ).all()
    return {row[0]: row[1] for row in rows}
