"""Reading what is to have a label, all of it in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from hoffice.db import db
from hoffice.kits.models import Box, Item, Kit, KitGood, Location
from hoffice.kits.queries.boxes import boxes
from hoffice.kits.rules import BoxState, LocationKind, pieces_of, tags_in

MOST_CODES: Final = 1_000
"""So many codes are read from a field; a whole store is printed by its list."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """What is to have a label, and what was asked for and is not there."""

    boxes: Sequence[Box] = ()
    items: Sequence[Item] = ()
    locations: Sequence[Location] = ()
    unknown: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    """The codes in the order in which they were asked for, when they were."""


def boxes_of_kits(kit_ids: Collection[int]) -> Sequence[Box]:
    """The boxes of these kits, unless they were dissolved."""
    return _boxes(Box.kit_id.in_(kit_ids))


def boxes_with_ids(box_ids: Collection[int]) -> Sequence[Box]:
    """These boxes, of present kits only."""
    return _boxes(Box.id.in_(box_ids))


def _boxes(which: ColumnElement[bool]) -> Sequence[Box]:
    wanted = boxes().where(which).order_by(Box.kit_id, Box.number)
    return db.session.scalars(wanted).unique().all()


def items_with_ids(item_ids: Collection[int]) -> Sequence[Item]:
    """These items by tag."""
    return db.session.scalars(
        select(Item).where(Item.id.in_(item_ids)).order_by(Item.asset_tag)
    ).all()


def with_codes(codes: Iterable[str]) -> Labelled:
    """Boxes, items and locations by what their present labels say; a code may be any of them.

    One that nothing has is several, cut at commas and blanks; ``MOST_CODES`` are looked for.
    """
    lines = list(islice(codes, MOST_CODES))
    asked = set(islice((piece for line in lines for piece in pieces_of(line)), 3 * MOST_CODES))
    found_boxes = {box.code: box for box in _boxes(Box.code.in_(asked))}
    items = {
        item.asset_tag: item
        for item in db.session.scalars(
            select(Item).where(Item.asset_tag.in_(asked)).order_by(Item.asset_tag)
        )
    }
    locations = {
        one.code: one
        for one in db.session.scalars(
            select(Location).where(Location.code.in_(asked)).order_by(Location.name)
        )
    }
    known = {*found_boxes, *items, *locations}
    tags = (tag for line in lines for tag in tags_in(line, known))
    meant = dict.fromkeys(islice(tags, MOST_CODES))
    return Labelled(
        [box for code, box in found_boxes.items() if code in meant],
        [item for code, item in items.items() if code in meant],
        [one for code, one in locations.items() if code in meant],
        tuple(code for code in meant if code not in known),
        tuple(meant),
    )


def goods_in(box_ids: Iterable[int]) -> dict[int, list[KitGood]]:
    """The bulk goods in these boxes, by name."""
    found: defaultdict[int, list[KitGood]] = defaultdict(list)
    wanted = (
        select(KitGood)
        .join(KitGood.good)
        .where(KitGood.box_id.in_(list(box_ids)))
        .options(joinedload(KitGood.good))
        .order_by(KitGood.id)
    )
    for row in db.session.scalars(wanted):
        found[row.box_id].append(row)
    return found


def packed_boxes() -> int:
    """How many boxes are packed and still in the house."""
    wanted = (
        select(func.count(Box.id))
        .join(Box.kit)
        .where(Kit.dissolved_at.is_(None), Box.state.in_([BoxState.PACKED, BoxState.RELEASED]))
    )
    return db.session.scalars(wanted).one()


def locations_per_kind() -> dict[LocationKind, int]:
    """How many locations are in use of each kind."""
    rows = db.session.execute(
        select(Location.kind, func.count())
        .where(Location.retired_at.is_(None))
        .group_by(Location.kind)
    ).all()
    return {row[0]: row[1] for row in rows}
