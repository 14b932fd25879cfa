"""Reading the catalogue: kit types and their versions, models, locations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.kits.models import (
    Holding,
    Item,
    ItemModel,
    Kit,
    KitType,
    KitTypeGood,
    KitTypeLine,
    Location,
)
from hoffice.kits.queries.kits import several
from hoffice.kits.rules import HolderKind, ItemKind, LocationKind, tag_of
from hoffice.kits.rules.catalogue import folded_name
from hoffice.kits.rules.searching import squeezed

AT_A_LOCATION = (HolderKind.STOCK, HolderKind.DESK, HolderKind.REPAIR)
"""Holders whose number is that of a location."""


def _whole_type() -> tuple[_AbstractLoad, ...]:
    return (
        selectinload(KitType.lines).joinedload(KitTypeLine.model),
        selectinload(KitType.goods).joinedload(KitTypeGood.good),
    )


# --- kit types ------------------------------------------------------------------------------------


def kit_types(*, also_retired: bool = False) -> Sequence[KitType]:
    """The newest versions of the catalogue, by name."""
    wanted = (
        select(KitType)
        .where(KitType.superseded_at.is_(None))
        .options(selectinload(KitType.lines), selectinload(KitType.goods))
        .order_by(KitType.name)
    )
    if not also_retired:
        wanted = wanted.where(KitType.retired_at.is_(None))
    return db.session.scalars(wanted).all()


def type_called(name: str, *, but_series: str = "") -> KitType | None:
    """The kit type of this name, however it is written, among all series but this one."""
    wanted = select(KitType).where(KitType.superseded_at.is_(None), KitType.series != but_series)
    return next(
        (one for one in db.session.scalars(wanted) if folded_name(one.name) == folded_name(name)),
        None,
    )


def catalogue() -> Select[KitType]:
    """The newest version of every kit type, retired ones too, for the list page."""
    return select(KitType).where(KitType.superseded_at.is_(None)).options(*_whole_type())


def search_types(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Kit types whose name or role contains each of the words."""
    return and_(
        *(
            or_(
                KitType.name.icontains(word, autoescape=True),
                KitType.role.icontains(word, autoescape=True),
            )
            for word in several(words)
        )
    )


def kit_type(kit_type_id: int, *, lock: bool = False) -> KitType:
    """The kit type with this number, or :class:`~hoffice.errors.NotFound`.

    With ``lock`` nobody else writes a new version of it before this transaction ends.
    """
    wanted = select(KitType).where(KitType.id == kit_type_id)
    if lock:
        wanted = wanted.with_for_update(of=KitType).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such kit type."))
    return found


def versions(series: str) -> Sequence[KitType]:
    """All versions of a kit type, newest first, with what they ask for."""
    return db.session.scalars(
        select(KitType)
        .where(KitType.series == series)
        .order_by(KitType.version.desc())
        .options(*_whole_type())
    ).all()


def newest_version(series: str) -> KitType:
    """The version that is offered, with what it asks for."""
    return db.session.scalars(
        select(KitType)
        .where(KitType.series == series, KitType.superseded_at.is_(None))
        .options(*_whole_type())
    ).one()


def kits_per_type() -> dict[int, int]:
    """How many present kits there are of each version."""
    rows = db.session.execute(
        select(Kit.kit_type_id, func.count())
        .where(Kit.dissolved_at.is_(None))
        .group_by(Kit.kit_type_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def kits_per_series() -> dict[str, int]:
    """How many present kits there are of each kit type, whatever their version."""
    rows = db.session.execute(
        select(KitType.series, func.count())
        .join(Kit, Kit.kit_type_id == KitType.id)
        .where(Kit.dissolved_at.is_(None))
        .group_by(KitType.series)
    ).all()
    return {row[0]: row[1] for row in rows}


def of_series(kit_type_id: int) -> ColumnElement[bool]:
    """Kits made from any version of the type that this version belongs to."""
    series = select(KitType.series).where(KitType.id == kit_type_id).scalar_subquery()
    return Kit.kit_type_id.in_(select(KitType.id).where(KitType.series == series))


def of_an_old_version() -> ColumnElement[bool]:
    """Kits whose type has a newer version."""
    old = aliased(KitType)
    return Kit.kit_type_id.in_(select(old.id).where(old.superseded_at.is_not(None)))


# --- models ---------------------------------------------------------------------------------------


def models() -> Select[ItemModel]:
    """All models, retired ones too, for the list page."""
    return select(ItemModel)


def models_in_use(*, also: Iterable[int] = ()) -> Sequence[ItemModel]:
    """The models in use and these others, by kind and name."""
    return db.session.scalars(
        select(ItemModel)
        .where(ItemModel.retired_at.is_(None) | ItemModel.id.in_(list(also)))
        .order_by(ItemModel.kind, ItemModel.name)
    ).all()


def search_models(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Models whose name or number contains each of the words."""
    return and_(
        *(
            or_(
                ItemModel.name.icontains(word, autoescape=True),
                ItemModel.ean.icontains(word, autoescape=True),
            )
            for word in several(words)
        )
    )


def model_of_kind(kind: ItemKind) -> ColumnElement[bool]:
    """Models of this kind."""
    return ItemModel.kind == kind


def model(model_id: int) -> ItemModel:
    """The model with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(ItemModel, model_id)
    if found is None:
        raise NotFound(N_("There is no such model."))
    return found


def model_called(kind: ItemKind, name: str, *, but_id: int | None = None) -> ItemModel | None:
    """The model of this kind and name, however it is written, among all but this one."""
    wanted = select(ItemModel).where(ItemModel.kind == kind)
    return next(
        (
            one
            for one in db.session.scalars(wanted)
            if one.id != but_id and folded_name(one.name) == folded_name(name)
        ),
        None,
    )


def items_per_model() -> dict[int, int]:
    """How many devices there are of each model."""
    rows = db.session.execute(
        select(Item.model_id, func.count())
        .where(Item.model_id.is_not(None))
        .group_by(Item.model_id)
    ).all()
    return {row[0]: row[1] for row in rows if row[0] is not None}


# --- locations ------------------------------------------------------------------------------------


def locations() -> Select[Location]:
    """All locations, for the list page."""
    return select(Location)


def search_locations(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Locations whose name or code contains each of the words; ``a101`` finds desk ``A-101``."""
    return and_(*(_is_called(word) for word in several(words)))


def _is_called(word: str) -> ColumnElement[bool]:
    """SQLite knows no capital umlauts, so a word is looked for as people may have written it."""
    short = squeezed(word)
    ways = [
        Location.name.icontains(form, autoescape=True)
        for form in {word, word.lower(), word.upper(), word.capitalize()}
    ]
    if short:
        bare = func.replace(func.replace(func.lower(Location.name), "-", ""), " ", "")
        ways.append(bare.contains(short, autoescape=True))
    return or_(*ways, Location.code.icontains(word, autoescape=True))


def search_location(words: Sequence[str], *, limit: int) -> Sequence[Location]:
    """The first locations that carry each of the words, those in use before all others."""
    return db.session.scalars(
        select(Location)
        .where(search_locations(words))
        .order_by(Location.retired_at.is_not(None), Location.name)
        .limit(limit)
    ).all()


def location_exactly(text: str) -> Location | None:
    """The location with exactly this name or label."""
    names = {text, text.upper(), text.lower(), text.capitalize()}
    found = db.session.scalars(
        select(Location)
        .where(or_(Location.code == tag_of(text), Location.name.in_(names)))
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def location_of_kind(kind: LocationKind) -> ColumnElement[bool]:
    """Locations of this kind."""
    return Location.kind == kind


def location(location_id: int, *, lock: bool = False) -> Location:
    """The location with this number, or :class:`~hoffice.errors.NotFound`."""
    wanted = select(Location).where(Location.id == location_id)
    if lock:
        wanted = wanted.with_for_update(of=Location).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such location."))
    return found


def location_by_code(code: str) -> Location | None:
    """The location with this label; a scanned web address of it will do."""
    return db.session.scalars(select(Location).where(Location.code == tag_of(code))).one_or_none()


def locations_in_use(kind: LocationKind | None = None) -> Sequence[Location]:
    """The locations in use, by name; only of this kind when one is named."""
    wanted = select(Location).where(Location.retired_at.is_(None)).order_by(Location.name)
    if kind is not None:
        wanted = wanted.where(Location.kind == kind)
    return db.session.scalars(wanted).all()


def locations_named(names: Iterable[str]) -> Sequence[str]:
    """Which locations have one of these names, however it is written, in their order."""
    wanted = set(map(folded_name, names))
    found = db.session.scalars(select(Location.name).order_by(Location.name))
    return [name for name in found if folded_name(name) in wanted]


def location_names(location_ids: Iterable[int]) -> dict[int, str]:
    """The names of these locations, in one statement."""
    rows = db.session.execute(
        select(Location.id, Location.name).where(Location.id.in_(set(location_ids)))
    ).all()
    return {row[0]: row[1] for row in rows}


def count_at(location_ids: Iterable[int]) -> dict[int, int]:
    """How many devices are at each of these locations."""
    rows = db.session.execute(
        select(Holding.holder_id, func.count())
        .where(Holding.holder_kind.in_(AT_A_LOCATION), Holding.holder_id.in_(list(location_ids)))
        .group_by(Holding.holder_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def items_at(location_id: int) -> Sequence[Item]:
    """What is at a location now, by tag, with its kit."""
    return db.session.scalars(
        select(Item)
        .join(Holding, Holding.item_id == Item.id)
        .where(Holding.holder_kind.in_(AT_A_LOCATION), Holding.holder_id == location_id)
        .options(joinedload(Item.kit_item), joinedload(Item.holding))
        .order_by(Item.asset_tag)
    ).all()
