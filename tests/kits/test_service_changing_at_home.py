"""What somebody has at home is put right: the kit says what it lacks, what was signed stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from hoffice.accounts.rules import Role
from hoffice.audit import service as audit
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.kits import service
from hoffice.kits.queries import belongings
from hoffice.kits.rules import BoxState, HolderKind, ItemKind
from hoffice.kits.service import auditing, changing, reserving
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene, scene
from tests.kits.test_service_changing import facts_of, logged
from tests.pageclient import PageClient

BY = makers.IT
Browser = Callable[..., PageClient]


def test_another_kind_at_home_leaves_the_box_and_the_kit_says_what_it_lacks(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        assert mouse.kit_item is not None
        box = mouse.kit_item.box
        assert box is not None

        changes = changing.change_item(
            mouse.id, replace(facts_of(mouse), kind=ItemKind.LAMP, model="Leselicht"), by=BY
        )

        assert (changes.at_home, changes.opened) == (True, "")
        assert box.state is BoxState.HANDED_OVER
        assert mouse.kit_item.box_id == box.id
        assert service.missing_of(kit) == {ItemKind.MOUSE: 1}
        assert mouse.holding is not None
        assert mouse.holding.holder_kind is HolderKind.EMPLOYEE
        held = {one.item.id: one.item.kind for one in belongings.devices_with(kit.employee_id)}
        assert held[mouse.id] is ItemKind.LAMP
        assert list(auditing.faults()) == []
        audit.flush(db.session())
        [line] = logged()
        assert "kind=mouse" in line


def test_what_has_a_replacement_waiting_stays_the_kind_that_it_is(given: Given) -> None:
    with given():
        kit = returning_scene.at_home()
        mouse = scene.item_in(kit, ItemKind.MOUSE)
        kept = returning_scene.spare(ItemKind.MOUSE)
        reserving.reserve_replacement(mouse.id, by=BY)
        other = replace(facts_of(mouse), kind=ItemKind.LAMP)

        with pytest.raises(Refused, match="Set it free first") as refused:
            changing.change_item(mouse.id, other, by=BY)

        assert refused.value.facts["new"] == kept.asset_tag
        assert not changing.change_item(
            mouse.id, replace(facts_of(mouse), value_cents=1900), by=BY
        ).at_home
        reserving.cancel(kept.id, by=BY)
        assert changing.change_item(mouse.id, other, by=BY).at_home


def test_the_page_says_before_and_after_what_becomes_of_kit_and_papers(
    given: Given, signed_in: Browser
) -> None:
    with given():
        mouse_id = scene.item_in(returning_scene.at_home("Ada Ott"), ItemKind.MOUSE).id
        stocked_id = returning_scene.spare(ItemKind.MOUSE).id
    it = signed_in(Role.IT)
    path = f"/geraete/{mouse_id}/aendern"

    assert "Ada Ott hat es zu Hause." in it.get(path).text
    assert "hat es zu Hause." not in it.get(f"/geraete/{stocked_id}/aendern").text
    assert it.fill(path, {"kind": ItemKind.LAMP.value}).status_code == 303

    page = it.get(f"/geraete/{mouse_id}").text
    assert "Was darüber unterschrieben wurde, bleibt, wie es war." in page
