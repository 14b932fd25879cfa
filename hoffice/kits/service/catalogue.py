"""The catalogue: models of devices, kit types in versions, and locations."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, Refused
from hoffice.kits import queries, rules
from hoffice.kits.models import (
    Item,
    ItemModel,
    KitType,
    KitTypeGood,
    KitTypeLine,
    Location,
)
from hoffice.kits.rules import (
    Content,
    Goods,
    Holder,
    HolderKind,
    ItemKind,
    ItemState,
    LocationKind,
    Wanted,
)
from hoffice.kits.service.bulk import wanted_goods
from hoffice.kits.service.guards import tagged
from hoffice.kits.service.ledger import hand_to
from hoffice.units import Actor

MOST_LOCATIONS = 500
"""So many locations are made with one deed at most."""
TYPE_NAME_TAKEN = N_("There is already a kit type “%(name)s”.")
RETIRED_TYPE_NAME_TAKEN = N_(
    "There is already a kit type “%(name)s”, which is no longer offered. Offer it again instead."
)
MODEL_NAME_TAKEN = N_("There is already a model “%(name)s” of this kind.")
RETIRED_MODEL_NAME_TAKEN = N_(
    "There is already a model “%(name)s” of this kind, which is no longer offered. Offer it again "
    "instead."
)
PLACE_NAME_TAKEN = N_("There is already a location %(name)s.")
CHANGED_MEANWHILE = N_(
    "Somebody has changed this kit type meanwhile. Look at its newest version, then change that."
)

HOLDER_AT: dict[LocationKind, HolderKind] = {
    LocationKind.DESK: HolderKind.DESK,
    LocationKind.SHELF: HolderKind.STOCK,
    LocationKind.ROOM: HolderKind.STOCK,
    LocationKind.REPAIR: HolderKind.REPAIR,
}
"""As what a location holds the things that are there."""


# --- models ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What every device of a model has in common."""

    kind: ItemKind
    name: str
    ean: str = ""
    serial_pattern: str = ""
    litres: int = 0
    weight_g: int = 0
    is_fragile: bool = False
    warranty_months: int = 0
    value_cents: int = 0


def add_model(facts: ModelFacts, *, by: Actor) -> ItemModel:
    """Write a model into the catalogue."""
    made = ItemModel()
    _write_model(made, facts)
    db.session.add(made)
    flush_or(MODEL_NAME_TAKEN, name=made.name)
    record(by, "kits.model_added", made)
    return made


def change_model(model_id: int, facts: ModelFacts, *, by: Actor) -> ItemModel:
    """Write a model anew; devices that were taken in before keep what they took over."""
    model = queries.model(model_id)
    _write_model(model, facts)
    flush_or(MODEL_NAME_TAKEN, name=model.name)
    record(by, "kits.model_changed", model)
    return model


def _write_model(model: ItemModel, facts: ModelFacts) -> None:
    if not facts.name.strip():
        raise Refused(N_("A model needs a name."))
    other = queries.model_called(facts.kind, facts.name, but_id=model.id)
    if other is not None:
        raise Refused(
            MODEL_NAME_TAKEN if other.retired_at is None else RETIRED_MODEL_NAME_TAKEN,
            name=other.name,
        )
    model.kind, model.name = facts.kind, facts.name.strip()
    model.ean, model.serial_pattern = facts.ean.strip(), facts.serial_pattern.strip()
    model.litres, model.weight_g, model.value_cents = (
        facts.litres,
        facts.weight_g,
        facts.value_cents,
    )
    model.is_fragile, model.warranty_months = facts.is_fragile, facts.warranty_months


def retire_model(model_id: int, *, by: Actor) -> ItemModel:
    """Offer a model no more; its devices stay what they are."""
    model = queries.model(model_id)
    if model.retired_at is not None:
        raise Refused(N_("This model is no longer in use."))
    model.retired_at = clock.now()
    record(by, "kits.model_retired", model)
    return model


def reinstate_model(model_id: int, *, by: Actor) -> ItemModel:
    """Offer a retired model again."""
    model = queries.model(model_id)
    if model.retired_at is None:
        raise Refused(N_("This model is in use."))
    model.retired_at = None
    record(by, "kits.model_reinstated", model)
    return model


# --- kit types ------------------------------------------------------------------------------------


def add_kit_type(
    name: str,
    lines: Sequence[Wanted],
    *,
    by: Actor,
    role: str = "",
    goods: Sequence[Goods] = (),
) -> KitType:
    """Write a catalogue entry: the first version of a new series."""
    made = KitType(name=name.strip(), role=role.strip(), series=uuid.uuid4().hex)
    _require_own_name(made)
    _fill_in(made, lines, goods)
    db.session.add(made)
    flush_or(TYPE_NAME_TAKEN, name=made.name)
    record(by, "kits.type_added", made)
    return made


def content_of(kit_type: KitType) -> Content:
    """What a version asks for, as facts."""
    lines = tuple(
        Wanted(line.kind, line.count, line.box_no, line.model_id) for line in kit_type.lines
    )
    return Content(lines, wanted_goods(kit_type))


def change_kit_type(  # noqa: PLR0913  # a version has these facts
    kit_type_id: int,
    name: str,
    lines: Sequence[Wanted],
    *,
    by: Actor,
    role: str = "",
    goods: Sequence[Goods] = (),
) -> KitType:
    """Write a new version; kits that were given keep the one they were made from.

    ``kit_type_id`` is the version that was looked at: when it is not the newest one any more,
    somebody else was faster, and nothing is overwritten.
    """
    old = queries.kit_type(kit_type_id, lock=True)
    if old.superseded_at is not None:
        raise Refused(CHANGED_MEANWHILE)
    made = KitType(
        name=name.strip(),
        role=role.strip(),
        series=old.series,
        version=old.version + 1,
        retired_at=old.retired_at,
    )
    _require_own_name(made)
    _fill_in(made, lines, goods)
    is_same = (made.name, made.role) == (old.name, old.role)
    if is_same and not rules.changes(content_of(old), Content(tuple(lines), tuple(goods))):
        raise Refused(N_("Nothing is different: there is no new version."))
    old.superseded_at = clock.now()
    db.session.flush()
    db.session.add(made)
    flush_or(TYPE_NAME_TAKEN, name=made.name)
    record(by, "kits.type_changed", made, version=made.version)
    return made


def _require_own_name(made: KitType) -> None:
    other = queries.type_called(made.name, but_series=made.series)
    if other is not None:
        raise Refused(
            TYPE_NAME_TAKEN if other.retired_at is None else RETIRED_TYPE_NAME_TAKEN,
            name=other.name,
        )


def _fill_in(made: KitType, lines: Sequence[Wanted], goods: Sequence[Goods]) -> None:
    if not lines:
        raise Refused(N_("A kit type needs at least one line."))
    for line in lines:
        if line.model_id is not None and queries.model(line.model_id).kind is not line.kind:
            raise Refused(
                N_("%(model)s is of another kind than the line it stands in."),
                model=queries.model(line.model_id).name,
            )
    made.lines = [
        KitTypeLine(kind=line.kind, count=line.count, box_no=line.box_no, model_id=line.model_id)
        for line in lines
    ]
    if len({(one.good_id, one.box_no) for one in goods}) < len(goods):
        raise Refused(N_("Each small part can stand once only for each box."))
    made.goods = [
        KitTypeGood(good_id=one.good_id, count=one.count, box_no=one.box_no) for one in goods
    ]


def retire_kit_type(kit_type_id: int, *, by: Actor) -> KitType:
    """Offer a kit type no more; kits made from it stay what they are."""
    kit_type = _newest(kit_type_id)
    if kit_type.retired_at is not None:
        raise Refused(N_("This kit type is no longer in use."))
    kit_type.retired_at = clock.now()
    record(by, "kits.type_retired", kit_type)
    return kit_type


def reinstate_kit_type(kit_type_id: int, *, by: Actor) -> KitType:
    """Offer a retired kit type again."""
    kit_type = _newest(kit_type_id)
    if kit_type.retired_at is None:
        raise Refused(N_("This kit type is in use."))
    kit_type.retired_at = None
    record(by, "kits.type_reinstated", kit_type)
    return kit_type


def _newest(kit_type_id: int) -> KitType:
    kit_type = queries.kit_type(kit_type_id, lock=True)
    if kit_type.superseded_at is not None:
        raise Refused(CHANGED_MEANWHILE)
    return kit_type


# --- locations ------------------------------------------------------------------------------------


def add_locations(first_name: str, count: int, kind: LocationKind, *, by: Actor) -> list[Location]:
    """Make several locations, their names counted up from the first, such as A-101 to A-140."""
    if not 1 <= count <= MOST_LOCATIONS:
        raise Refused(N_("Make between 1 and %(most)s locations at once."), most=MOST_LOCATIONS)
    first = first_name.strip()
    if not first:
        raise Refused(N_("A location needs a name."))
    names = rules.tags_from(first, count)
    if not names:
        raise Refused(
            N_("The name %(name)s does not end in a number that could be counted up."), name=first
        )
    taken = queries.locations_named(names)
    if taken:
        raise Refused(PLACE_NAME_TAKEN, name=taken[0])
    now = clock.now()
    made = [
        Location(name=name, kind=kind, code=f"new {uuid.uuid4().hex}", created_at=now)
        for name in names
    ]
    db.session.add_all(made)
    flush_or(PLACE_NAME_TAKEN, name=first)
    for one in made:
        one.code = rules.location_code(one.id)
    db.session.flush()
    record(by, "kits.locations_added", made[0], count=count)
    return made


def rename_location(location_id: int, name: str, *, by: Actor) -> Location:
    """Give a location another name; its label stays the same."""
    location = queries.location(location_id)
    if not name.strip():
        raise Refused(N_("A location needs a name."))
    taken = [one for one in queries.locations_named([name]) if one != location.name]
    if taken:
        raise Refused(PLACE_NAME_TAKEN, name=taken[0])
    location.name = name.strip()
    flush_or(PLACE_NAME_TAKEN, name=location.name)
    record(by, "kits.location_renamed", location)
    return location


def holder_at(location: Location) -> Holder:
    """As which holder a location has its things."""
    return Holder(HOLDER_AT[location.kind], location.id)


def put_at(location_id: int, tags: Sequence[str], *, by: Actor) -> list[Item]:
    """Put these devices there: all of them, or none when one cannot.

    What belongs to a kit stays with its kit, what is out of the house comes back by a return, and
    what is in repair by its page, for both are checked then; what is lost or retired is gone. What
    is kept for somebody goes into no repair shop by a scan: nobody would be told.
    """
    location = queries.location(location_id, lock=True)
    if location.retired_at is not None:
        raise Refused(N_("%(name)s is no longer in use."), name=location.name)
    wanted = list(dict.fromkeys(tag for tag in map(rules.tag_of, tags) if tag))
    if not wanted:
        raise Refused(N_("Scan or type the tag of a device."))
    items = [tagged(tag) for tag in wanted]
    queries.locked_items(item.id for item in items)
    for item in items:
        _require_here(item, location)
    hand_to(
        [item.id for item in items],
        holder_at(location),
        by=by,
        because=f"location:{location.id}",
    )
    record(by, "kits.put_at", location, items=[item.id for item in items])
    return items


def _require_here(item: Item, location: Location) -> None:
    if item.kit_item is not None:
        raise Refused(
            N_("%(tag)s belongs to the kit of %(name)s; take it out of the kit first."),
            tag=item.asset_tag,
            name=item.kit_item.kit.employee.name,
        )
    if item.state is ItemState.OUT:
        raise Refused(N_("%(tag)s is out of the house: begin a return first."), tag=item.asset_tag)
    if item.state is ItemState.LOST:
        raise Refused(
            N_("%(tag)s is booked as lost. Say on its page that it was found, then scan it again."),
            tag=item.asset_tag,
        )
    if item.state is ItemState.RETIRED:
        raise Refused(N_("%(tag)s is retired."), tag=item.asset_tag)
    if item.state is ItemState.REPAIR and location.kind is not LocationKind.REPAIR:
        raise Refused(
            N_(
                "%(tag)s is booked as in repair. Say on its page that it is back, then scan it "
                "again."
            ),
            tag=item.asset_tag,
        )
    if item.reservation is not None and location.kind is LocationKind.REPAIR:
        raise Refused(
            N_("%(tag)s is kept for %(name)s; set it free first."),
            tag=item.asset_tag,
            name=item.reservation.employee.name,
        )


def retire_location(location_id: int, *, by: Actor) -> Location:
    """Use a location no more; refused while something is there."""
    location = queries.location(location_id, lock=True)
    if location.retired_at is not None:
        raise Refused(N_("%(name)s is no longer in use."), name=location.name)
    count = queries.count_at([location.id]).get(location.id, 0)
    if count:
        raise Refused(
            N_("Devices are still at %(name)s: %(count)s."), count=count, name=location.name
        )
    location.retired_at = clock.now()
    record(by, "kits.location_retired", location)
    return location


def reinstate_location(location_id: int, *, by: Actor) -> Location:
    """Use a location again."""
    location = queries.location(location_id)
    if location.retired_at is None:
        raise Refused(N_("%(name)s is in use."), name=location.name)
    location.retired_at = None
    record(by, "kits.location_reinstated", location)
    return location
