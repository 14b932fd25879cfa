"""Reading bulk goods: how many there are, who has them, and how they came there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import BulkEntry, BulkGood, BulkHolding, KitGood
from hoffice.kits.queries.kits import several
from hoffice.kits.rules import STOCK, Holder, HolderKind
from hoffice.kits.rules.catalogue import folded_name

LINES_SHOWN = 200
"""So many lines of its ledger stand on the page of a bulk good; the newest ones."""


def goods() -> Select[BulkGood]:
    """All bulk goods, retired ones too, for the list page."""
    return select(BulkGood)


def goods_in_use(*, also: Iterable[int] = ()) -> Sequence[BulkGood]:
    """The bulk goods in use and these others, by name."""
    return db.session.scalars(
        select(BulkGood)
        .where(BulkGood.retired_at.is_(None) | BulkGood.id.in_(list(also)))
        .order_by(BulkGood.name)
    ).all()


def search_goods(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Bulk goods whose name or number contains each of the words."""
    return and_(
        *(
            BulkGood.name.icontains(word, autoescape=True)
            | BulkGood.ean.icontains(word, autoescape=True)
            for word in several(words)
        )
    )


def good(good_id: int) -> BulkGood:
    """The bulk good with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(BulkGood, good_id)
    if found is None:
        raise NotFound(N_("There is no such small part."))
    return found


def good_by_name(name: str) -> BulkGood | None:
    """The bulk good of this name, however it is written."""
    return next(
        (
            one
            for one in db.session.scalars(select(BulkGood).order_by(BulkGood.id))
            if folded_name(one.name) == folded_name(name)
        ),
        None,
    )


def lock_goods(good_ids: Iterable[int]) -> Sequence[BulkGood]:
    """These bulk goods, by number; nobody else moves any of them before this transaction ends."""
    wanted = set(good_ids)
    found = db.session.scalars(
        select(BulkGood)
        .where(BulkGood.id.in_(wanted))
        .order_by(BulkGood.id)
        .with_for_update(of=BulkGood)
        .execution_options(populate_existing=True)
    ).all()
    if len(found) < len(wanted):
        raise NotFound(N_("There is no such small part."))
    return found


def holding(good_id: int, holder: Holder) -> BulkHolding | None:
    """How many of a good a holder has, read afresh; None when it never had any."""
    return db.session.scalars(
        select(BulkHolding)
        .where(
            BulkHolding.good_id == good_id,
            BulkHolding.holder_kind == holder.kind,
            BulkHolding.holder_id == holder.id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def bound(good_id: int, holder: Holder) -> Sequence[KitGood]:
    """The rows of kits that say of this good that the holder has it."""
    return db.session.scalars(
        select(KitGood)
        .where(
            KitGood.good_id == good_id,
            KitGood.holder_kind == holder.kind,
            KitGood.holder_id == holder.id,
        )
        .order_by(KitGood.id)
        .execution_options(populate_existing=True)
    ).all()


def free_goods(good_ids: Iterable[int] | None = None) -> dict[int, int]:
    """How many of each good lie in the store and belong to no kit."""
    held = select(BulkHolding.good_id, BulkHolding.count).where(
        BulkHolding.holder_kind == STOCK.kind, BulkHolding.holder_id == STOCK.id
    )
    kept = (
        select(KitGood.good_id, func.sum(KitGood.count))
        .where(KitGood.holder_kind == STOCK.kind, KitGood.holder_id == STOCK.id)
        .group_by(KitGood.good_id)
    )
    if good_ids is not None:
        wanted = set(good_ids)
        held = held.where(BulkHolding.good_id.in_(wanted))
        kept = kept.where(KitGood.good_id.in_(wanted))
    in_kits = {row[0]: row[1] for row in db.session.execute(kept).all()}
    rows = db.session.execute(held).all()
    return {row[0]: max(0, row[1] - in_kits.get(row[0], 0)) for row in rows}


def held_by_whom(good_ids: Iterable[int]) -> dict[int, dict[HolderKind, int]]:
    """How many of each good the store, people, vans and so on have, each kind in all."""
    rows = db.session.execute(
        select(BulkHolding.good_id, BulkHolding.holder_kind, func.sum(BulkHolding.count))
        .where(BulkHolding.good_id.in_(list(good_ids)), BulkHolding.count > 0)
        .group_by(BulkHolding.good_id, BulkHolding.holder_kind)
    ).all()
    found: dict[int, dict[HolderKind, int]] = {}
    for good_id, kind, count in rows:
        found.setdefault(good_id, {})[kind] = count
    return found


def holdings_of(good_id: int) -> Sequence[BulkHolding]:
    """Who has how many of a good now."""
    return db.session.scalars(
        select(BulkHolding)
        .where(BulkHolding.good_id == good_id, BulkHolding.count > 0)
        .order_by(BulkHolding.holder_kind, BulkHolding.holder_id)
    ).all()


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


def held_then(
    holder: Holder, at: datetime, *, known_at: datetime | None = None
) -> Sequence[tuple[int, str, int]]:
    """How many of which goods a holder had at a moment: (number, name, count), by name.

    With ``known_at`` as the ledger knew it then.
    """
    came = and_(BulkEntry.to_kind == holder.kind, BulkEntry.to_id == holder.id)
    went = and_(BulkEntry.from_kind == holder.kind, BulkEntry.from_id == holder.id)
    count = func.sum(case((came, BulkEntry.count), else_=-BulkEntry.count))
    wanted = (
        select(BulkGood.id, BulkGood.name, count)
        .join(BulkEntry, BulkEntry.good_id == BulkGood.id)
        .where(or_(came, went), BulkEntry.at <= at)
        .group_by(BulkGood.id, BulkGood.name)
        .having(count > 0)
        .order_by(BulkGood.name)
    )
    if known_at is not None:
        wanted = wanted.where(BulkEntry.recorded_at <= known_at)
    return [(row[0], row[1], int(row[2])) for row in db.session.execute(wanted).all()]


def beside_kit(employee_id: int) -> Mapping[str, int]:
    """How many of which goods a person has that belong to no kit, by name."""
    hers = (HolderKind.EMPLOYEE, employee_id)
    held = db.session.execute(
        select(BulkGood.id, BulkGood.name, BulkHolding.count)
        .join(BulkGood, BulkGood.id == BulkHolding.good_id)
        .where(BulkHolding.holder_kind == hers[0], BulkHolding.holder_id == hers[1])
        .order_by(BulkGood.name)
    ).all()
    in_kits = {
        row[0]: row[1]
        for row in db.session.execute(
            select(KitGood.good_id, func.sum(KitGood.count))
            .where(KitGood.holder_kind == hers[0], KitGood.holder_id == hers[1])
            .group_by(KitGood.good_id)
        )
    }
    left = {name: count - in_kits.get(good_id, 0) for good_id, name, count in held}
    return {name: count for name, count in left.items() if count > 0}


def entries_of(good_id: int) -> Sequence[BulkEntry]:
    """The newest lines of a good's ledger, newest first."""
    return db.session.scalars(
        select(BulkEntry)
        .where(BulkEntry.good_id == good_id)
        .order_by(BulkEntry.id.desc())
        .limit(LINES_SHOWN)
    ).all()


def goods_by_paper(because: str) -> Mapping[str, int]:
    """Which bulk goods changed hands by this paper or deed, and how many of each, by name."""
    rows = db.session.execute(
        select(BulkGood.name, func.sum(BulkEntry.count))
        .join(BulkEntry, BulkEntry.good_id == BulkGood.id)
        .where(BulkEntry.because == because)
        .group_by(BulkGood.name)
        .order_by(BulkGood.name)
    ).all()
    return {row[0]: row[1] for row in rows}
