"""Desks that become kits: whole ones in one go, and the last ones only begun."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hoffice.db import db
from hoffice.demo.cast.things import PackedKit
from hoffice.demo.loading.benches import TornDown, torn_down
from hoffice.demo.loading.scene import IT, OTHER_IT, Scene
from hoffice.demo.loading.timetable import Deed, Entry
from hoffice.kits import queries as kits
from hoffice.kits import service as kit_deeds
from hoffice.kits.models import Item, Teardown
from hoffice.kits.queries import teardown as desks
from hoffice.kits.rules import STOCK, HolderKind
from hoffice.kits.service import desk_scans, teardown
from hoffice.kits.service.kits import put
from hoffice.people import queries as people
from hoffice.units import Actor

AT_THE_BENCH = (IT, OTHER_IT)


@dataclass
class Desks:
    """The deeds at the desks; each can be done again without being done twice."""

    scene: Scene
    _kits: dict[str, PackedKit] = field(init=False)
    _desks: dict[str, TornDown] = field(init=False)

    def __post_init__(self) -> None:
        self._kits = {kit.person: kit for kit in self.scene.cast.kits}
        self._desks = {desk.person: desk for desk in torn_down(self.scene.cast)}

    @property
    def deeds(self) -> dict[Deed, Callable[[Entry], None]]:
        """Which function does which deed."""
        return {
            Deed.GIVE_KIT: self._tear_down,
            Deed.PACK: self._pack,
            Deed.BEGIN_DESK: self._begin_only,
        }

    def _by(self, number: str) -> Actor:
        return self.scene.actor(AT_THE_BENCH[self._desks[number].bench])

    def _tear_down(self, entry: Entry) -> None:
        """Lay every device of a desk into the boxes."""
        begun = self._begin(entry.who)
        if begun is None:
            return
        found, items = begun
        for item in items:
            put(item, found.kit)
        because = teardown.subject_of(found.id)
        ids = [item.id for item in items]
        kit_deeds.hand_to(ids, STOCK, by=self._by(entry.who), because=because)

    def _begin_only(self, entry: Entry) -> None:
        """Scan the first devices of a desk, and leave it for tomorrow."""
        begun = self._begin(entry.who)
        if begun is None:
            return
        found, items = begun
        after = ""
        for item in items[: self._desks[entry.who].scanned]:
            scan_id = str(uuid5(NAMESPACE_OID, f"{found.id} {item.asset_tag}"))
            said = desk_scans.Said(after=after)
            by = self._by(entry.who)
            desk_scans.scan(found.id, scan_id, item.asset_tag, by=by, said=said)
            after = scan_id

    def _begin(self, number: str) -> tuple[Teardown, list[Item]] | None:
        """The tear-down and the devices at the desk; None when the person has a kit."""
        employee, packed = people.by_number(number), self._kits[number]
        if employee is None:
            raise LookupError(number)
        if kits.kit_of(employee.id) is not None:
            return None
        name = next(one.name for one in self.scene.cast.kit_types if one.code == packed.kit_type)
        kit_type = next(one for one in kits.kit_types() if one.name == name)
        items = _items(packed)
        stood = items[0].holding
        at_desk = stood is not None and stood.holder_kind is HolderKind.DESK
        location_id = stood.holder_id if stood is not None and at_desk else None
        found = teardown.begin(
            employee.id, kit_type.id, by=self._by(number), location_id=location_id
        )
        return found, items

    def _pack(self, entry: Entry) -> None:
        employee = people.by_number(entry.who)
        kit = kits.kit_of(employee.id) if employee is not None else None
        found = desks.teardown_of_kit(kit.id) if kit is not None else None
        if found is not None and found.done_at is None:
            teardown.finish(found.id, by=self._by(entry.who))


def _items(packed: PackedKit) -> list[Item]:
    """The devices of the desk, in the order in which they are laid into the boxes."""
    tags = [item.asset_tag for box in packed.boxes for item in box.items]
    found = db.session.scalars(
        select(Item).where(Item.asset_tag.in_(tags)).options(joinedload(Item.holding))
    )
    return sorted(found, key=lambda item: tags.index(item.asset_tag))
