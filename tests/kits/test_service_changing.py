"""Putting right what is known of a device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from hoffice.audit import service as audit
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import queries, service
from hoffice.kits.models import Item
from hoffice.kits.rules import BoxState, ItemKind
from hoffice.kits.service import catalogue, changing
from hoffice.kits.service.stock import ItemFacts
from tests import makers
from tests.conftest import Given
from tests.kits import scene

BY = makers.IT
FACTS = ItemFacts(
    kind=ItemKind.MONITOR,
    model="Klarblick P24",
    serial="kb0042",
    condition="used",
    litres=30,
    weight_g=6100,
    is_fragile=True,
    value_cents=14900,
    bought_on=date(2019, 5, 2),
    warranty_until=date(2022, 5, 2),
)


@pytest.fixture
def house(given: Given) -> Iterator[None]:
    """A house of its own for each test."""
    with given():
        yield


def facts_of(item: Item) -> ItemFacts:
    """What is known of a device now."""
    return ItemFacts(**{name: getattr(item, name) for name in changing.FACTS})


def logged() -> list[str]:
    """The changes of devices in the log, as they stand there."""
    audit.flush(db.session())
    wanted = select(AuditLine.details).where(AuditLine.action == "kits.item_changed")
    return [str(details) for details in db.session.scalars(wanted)]


@pytest.mark.usefixtures("house")
def test_everything_known_of_a_device_can_be_put_right_and_the_log_keeps_what_it_was() -> None:
    [item] = scene.in_stock(ItemKind.PC)

    changing.change_item(item.id, FACTS, note="  from Frau Ott ", by=BY)

    assert facts_of(item) == FACTS
    assert item.note == "from Frau Ott"
    assert [one.id for one in queries.items_exactly("KB0042", limit=2)] == [item.id]
    [line] = logged()
    for said in ("kind=pc", "serial=", "weight_g=1500", "note"):
        assert said in line
    assert "Ott" not in line
    assert not changing.change_item(item.id, FACTS, note="from Frau Ott", by=BY).names
    assert len(logged()) == 1


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("typed", ["KB0042", "kb0042", " kb0042 "])
def test_a_serial_number_of_another_device_is_refused_and_the_other_one_named(typed: str) -> None:
    first, second = scene.in_stock(ItemKind.MONITOR, ItemKind.MONITOR)
    changing.change_item(first.id, replace(FACTS, serial="KB0042"), by=BY)

    with pytest.raises(Refused) as refusal:
        changing.change_item(second.id, replace(FACTS, serial=typed), by=BY)

    assert refusal.value.facts["tag"] == first.asset_tag
    changing.change_item(first.id, replace(FACTS, serial="kb0042"), by=BY)


@pytest.mark.usefixtures("house")
def test_a_model_says_kind_and_name_and_how_its_serial_numbers_look() -> None:
    model = catalogue.add_model(
        catalogue.ModelFacts(kind=ItemKind.MONITOR, name="Klarblick P27", serial_pattern="KB####"),
        by=BY,
    )
    [item] = scene.in_stock(ItemKind.PC)

    with pytest.raises(Refused):
        changing.change_item(item.id, replace(FACTS, serial="X1", model_id=model.id), by=BY)
    of_model = replace(facts_of(item), serial="KB0042", model_id=model.id)
    changing.change_item(item.id, of_model, by=BY)

    assert (item.kind, item.model) == (ItemKind.MONITOR, "Klarblick P27")
    for other in ({"kind": ItemKind.LAMP}, {"model": "Klarblick P24"}):
        with pytest.raises(Refused) as refusal:
            changing.change_item(item.id, replace(facts_of(item), **other), by=BY)
        assert refusal.value.facts["model"] == "Klarblick P27"
    changing.change_item(item.id, replace(facts_of(item), kind=ItemKind.LAMP, model_id=None), by=BY)
    assert item.kind is ItemKind.LAMP
    with pytest.raises(Refused):
        changing.change_item(item.id, replace(FACTS, warranty_until=date(2019, 5, 1)), by=BY)


@pytest.mark.usefixtures("house")
def test_another_kind_opens_the_packed_box_and_waits_for_one_that_is_away() -> None:
    kit = scene.kit(packed=True)
    mouse = scene.item_in(kit, ItemKind.MOUSE)
    assert mouse.kit_item is not None
    box = mouse.kit_item.box
    assert box is not None
    same_kind = replace(facts_of(mouse), serial="M-1")
    other_kind = replace(same_kind, kind=ItemKind.LAMP)

    assert not changing.change_item(mouse.id, same_kind, by=BY).opened
    assert box.state is BoxState.PACKED
    assert changing.change_item(mouse.id, other_kind, by=BY).opened == box.code

    assert queries.box(box.id).state is BoxState.OPEN
    assert service.missing_of(kit) == {ItemKind.MOUSE: 1}
    changing.change_item(mouse.id, same_kind, by=BY)
    service.pack_kit(kit.id, by=BY)
    service.release_boxes(kit.id, "[]", by=BY)
    service.set_box_state(box, BoxState.LOADED, by=BY)
    with pytest.raises(Refused) as refusal:
        changing.change_item(mouse.id, other_kind, by=BY)
    assert refusal.value.facts["code"] == box.code
    changing.change_item(mouse.id, replace(same_kind, value_cents=1900), by=BY)
    assert mouse.value_cents == 1900
