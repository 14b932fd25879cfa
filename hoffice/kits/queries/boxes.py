"""Reading boxes, their labels and releases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    Box,
    Kit,
    KitGood,
    KitItem,
    Release,
)
from hoffice.kits.queries.kits import named, several, whole_kit
from hoffice.kits.rules import BoxState, tag_of
from hoffice.kits.rules.searching import squeezed


def box(box_id: int) -> Box:
    """The box with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(Box, box_id)
    if found is None:
        raise NotFound(N_("There is no such box."))
    return found


def lock_box(box: Box) -> None:
    """Read a box again while nobody else can change it or its kit."""
    db.session.execute(select(Kit.id).where(Kit.id == box.kit_id).with_for_update(of=Kit))
    db.session.refresh(box, ["state", "release_id"])


def box_by_code(code: str) -> Box:
    """The box with this label, or :class:`~hoffice.errors.NotFound` naming what was read."""
    found = db.session.scalars(
        select(Box)
        .where(Box.code == tag_of(code))
        .options(
            joinedload(Box.kit).options(*whole_kit()),
            selectinload(Box.kit_items).joinedload(KitItem.item),
            selectinload(Box.goods).joinedload(KitGood.good),
        )
    ).one_or_none()
    if found is None:
        raise NotFound(
            N_("There is no box “%(code)s”. Box labels look like K00017-1."), code=code[:40]
        )
    return found


def boxes() -> Select[Box]:
    """All boxes of present kits with their people, for the list page."""
    return (
        select(Box)
        .join(Box.kit)
        .join(Kit.employee)
        .where(Kit.dissolved_at.is_(None))
        .options(
            joinedload(Box.kit).joinedload(Kit.employee),
            joinedload(Box.kit).selectinload(Kit.boxes),
            selectinload(Box.kit_items).joinedload(KitItem.item),
            selectinload(Box.goods).joinedload(KitGood.good),
        )
    )


def boxes_with_label(
    *, kit_id: int | None = None, box_ids: Iterable[int] | None = None, packed: bool = False
) -> Sequence[Box]:
    """The boxes whose labels are wanted, by kit and number; of present kits only."""
    wanted = boxes().order_by(Box.kit_id, Box.number)
    if kit_id is not None:
        wanted = wanted.where(Box.kit_id == kit_id)
    if box_ids is not None:
        wanted = wanted.where(Box.id.in_(list(box_ids)))
    if packed:
        wanted = wanted.where(Box.state.in_([BoxState.PACKED, BoxState.RELEASED]))
    return db.session.scalars(wanted).unique().all()


def search_boxes(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Boxes whose code, or whose person, carries each of these words."""
    return and_(*(or_(_carries(word), named(word)) for word in several(words)))


def search_box_codes(words: Sequence[str]) -> ColumnElement[bool]:
    """Boxes whose code carries each of these words, with or without its dash."""
    return and_(*(_carries(word) for word in words))


def _carries(word: str) -> ColumnElement[bool]:
    short = squeezed(word).upper()
    bare = func.replace(Box.code, "-", "").contains(short, autoescape=True) if short else false()
    return or_(Box.code.icontains(word, autoescape=True), bare)


def box_in(state: BoxState) -> ColumnElement[bool]:
    """Boxes in this state."""
    return Box.state == state


def release_of(kit_id: int) -> Release | None:
    """The newest release of this kit."""
    return db.session.scalars(
        select(Release).where(Release.kit_id == kit_id).order_by(Release.id.desc()).limit(1)
    ).one_or_none()
