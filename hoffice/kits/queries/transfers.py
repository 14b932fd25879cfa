"""Reading what passes from one person to another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import Holding, Item, Transfer, TransferItem
from hoffice.kits.queries.things_due import broken_with
from hoffice.kits.rules import HolderKind


def _whole() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Transfer.giver),
        joinedload(Transfer.receiver),
        selectinload(Transfer.lines).joinedload(TransferItem.item),
    )


def transfer(transfer_id: int, *, lock: bool = False) -> Transfer:
    """The transfer with this number, or :class:`~hoffice.errors.NotFound`.

    With ``lock`` nobody else changes it before this transaction ends, and it is read afresh.
    """
    wanted = select(Transfer).where(Transfer.id == transfer_id).options(*_whole())
    if lock:
        wanted = wanted.with_for_update(of=Transfer).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such transfer."))
    return found


def own_transfer(transfer_id: int, *, employee_id: int) -> Transfer:
    """The transfer in which this person gives or takes; that of others is not there."""
    found = db.session.scalars(
        select(Transfer)
        .where(Transfer.id == transfer_id, _concerns(employee_id))
        .options(*_whole())
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such transfer."))
    return found


def open_transfers_of(employee_id: int) -> Sequence[Transfer]:
    """What this person gives or takes at the moment, the oldest first."""
    return db.session.scalars(
        select(Transfer)
        .where(_concerns(employee_id), Transfer.ended_at.is_(None))
        .options(*_whole())
        .order_by(Transfer.id)
    ).all()


def open_transfers() -> Sequence[Transfer]:
    """All that waits for somebody's word, the oldest first."""
    return db.session.scalars(
        select(Transfer).where(Transfer.ended_at.is_(None)).options(*_whole()).order_by(Transfer.id)
    ).all()


def open_with(item_id: int) -> Transfer | None:
    """The open transfer that this item is in."""
    return db.session.scalars(
        select(Transfer)
        .join(TransferItem)
        .where(TransferItem.item_id == item_id, TransferItem.is_open)
        .options(joinedload(Transfer.giver), joinedload(Transfer.receiver))
    ).one_or_none()


def open_with_any(item_ids: Iterable[int]) -> Sequence[Transfer]:
    """The open transfers with any of these items, locked; not those that somebody changes now."""
    return db.session.scalars(
        select(Transfer)
        .where(
            Transfer.id.in_(
                select(TransferItem.transfer_id).where(
                    TransferItem.is_open, TransferItem.item_id.in_(list(item_ids))
                )
            )
        )
        .options(selectinload(Transfer.lines))
        .order_by(Transfer.id)
        .with_for_update(of=Transfer, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def newest_with(item_id: int) -> Transfer | None:
    """The newest transfer with this item, ended or not."""
    return db.session.scalars(
        select(Transfer)
        .join(TransferItem)
        .where(TransferItem.item_id == item_id)
        .options(selectinload(Transfer.lines))
        .order_by(Transfer.id.desc())
        .limit(1)
    ).one_or_none()


def broken_in(made: Transfer) -> set[int]:
    """Those of its items that are said to be broken where they are, until it has ended."""
    if made.ended_at is not None:
        return set()
    return {line.item_id for line in made.lines} & set(broken_with(made.from_id))


def items_in_transfers(item_ids: Iterable[int]) -> set[int]:
    """Those of these items that are in an open transfer."""
    wanted = select(TransferItem.item_id).where(
        TransferItem.is_open, TransferItem.item_id.in_(list(item_ids))
    )
    return set(db.session.scalars(wanted))


def transfers() -> Select[Transfer]:
    """All transfers, ended ones too, for the list page."""
    return select(Transfer).options(*_whole())


def items_with(employee_id: int) -> Sequence[Item]:
    """What this person has and could pass on, by kind and tag."""
    return db.session.scalars(
        select(Item)
        .join(Holding, Holding.item_id == Item.id)
        .where(Holding.holder_kind == HolderKind.EMPLOYEE, Holding.holder_id == employee_id)
        .order_by(Item.kind, Item.asset_tag)
    ).all()


def _concerns(employee_id: int) -> ColumnElement[bool]:
    return or_(Transfer.from_id == employee_id, Transfer.to_id == employee_id)


def in_state(word: str) -> ColumnElement[bool]:
    """Transfers that are ``open``, ``done``, or ``off``: declined or withdrawn."""
    is_done = and_(Transfer.given_at.is_not(None), Transfer.taken_at.is_not(None))
    is_open = Transfer.ended_at.is_(None)
    return {"open": is_open, "done": is_done}.get(word, and_(not_(is_open), not_(is_done)))
