"""Reading losses and damages, who bears them, and their photos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import Attachment, BulkEntry, BulkGood, DamageCase, Item
from hoffice.kits.queries.kits import named, several
from hoffice.kits.rules import AttachmentKind, DamageKind
from hoffice.kits.rules import returning as returning_rules


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


def losses_of_good(good_id: int, *, lock: bool = False) -> list[DamageCase]:
    """The losses of a small part that were not found again, decided or not, the oldest first."""
    wanted = (
        select(DamageCase)
        .where(
            DamageCase.good_id == good_id,
            DamageCase.kind == DamageKind.LOSS,
            DamageCase.reason != returning_rules.FOUND_AGAIN,
        )
        .order_by(DamageCase.id)
    )
    if lock:
        wanted = wanted.with_for_update(of=DamageCase).execution_options(populate_existing=True)
    return list(db.session.scalars(wanted))


def cases_by_line(line_ids: Iterable[int]) -> dict[int, int]:
    """The case (its number) that each of these lines of a return has led to."""
    rows = db.session.execute(
        select(DamageCase.return_line_id, DamageCase.id)
        .where(DamageCase.return_line_id.in_(set(line_ids)))
        .order_by(DamageCase.id)
    ).all()
    return {row[0]: row[1] for row in rows if row[0] is not None}


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


def found_since(case: DamageCase) -> int:
    """How many small parts of a decided case were found after the decision."""
    if case.good_id is None or case.decided_at is None:
        return 0
    return (
        db.session.scalar(
            select(func.sum(BulkEntry.count)).where(
                BulkEntry.because == f"damage_case:{case.id}",
                BulkEntry.recorded_at > case.decided_at,
            )
        )
        or 0
    )
