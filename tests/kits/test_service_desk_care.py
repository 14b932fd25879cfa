"""What a scan at a desk says of a device that is damaged, or that somebody is asked to bring."""

from __future__ import annotations

import pytest

from hoffice.errors import Refused
from hoffice.kits import service
from hoffice.kits.rules import AfterCheck, DamageKind, Holder, HolderKind, ItemKind, ReturnReason
from hoffice.kits.rules.returning import DAMAGED
from hoffice.kits.service import asking_back, damages, fate
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.kits.test_service_teardown import BY, Desk, at_desk


def test_what_is_marked_as_damaged_goes_in_and_the_answer_says_what_to_do(given: Given) -> None:
    with given():
        item = at_desk("MN-0001", ItemKind.MONITOR)
        item.condition = DAMAGED
        desk = Desk()

        said = desk.scan("MN-0001")
        again = desk.scan("MN-0001")

        assert (said["did"], said["tone"]) == ("in", "care")
        assert "marked as damaged" in said["care"]
        assert (again["did"], again["tone"]) == ("same", "care")
        assert desk.items() == [item]
        assert desk.scan("PC-0001")["tone"] == "good"


def test_a_damage_that_waits_for_a_decision_is_said_until_it_is_decided_or_mended(
    given: Given,
) -> None:
    with given():
        item = at_desk("MN-0001", ItemKind.MONITOR)
        damages.open_case(item, DamageKind.DAMAGE, by=BY)
        desk = Desk()

        said = desk.scan("MN-0001")

        assert said["tone"] == "care"
        assert "waits for a decision" in said["care"]

        mended = at_desk("MN-0002", ItemKind.MONITOR)
        damages.open_case(mended, DamageKind.DAMAGE, by=BY)
        fate.to_repair(mended.id, by=BY)
        fate.back_from_repair(mended.id, by=BY)
        fate.settle([mended.id], AfterCheck.STOCK, by=BY)
        assert "care" not in Desk("Bo Rau").scan("MN-0002")


def test_what_somebody_is_asked_to_bring_says_by_which_return(given: Given) -> None:
    with given():
        ada = makers.employee("Ada Ott").id
        due, at_home = scene.in_stock(ItemKind.MONITOR, ItemKind.MOUSE)
        her = Holder(HolderKind.EMPLOYEE, ada)
        service.hand_to([due.id, at_home.id], her, by=BY, because="handover:1")
        made = asking_back.begin(ada, ReturnReason.DEFECT, item_ids=[due.id], by=BY)
        desk = Desk()

        with pytest.raises(Refused, match="due back from") as refused:
            desk.scan(due.asset_tag)
        assert refused.value.facts == {
            "tag": due.asset_tag,
            "name": "Ada Ott",
            "number": made.id,
        }
        with pytest.raises(Refused, match="Book its return first"):
            desk.scan(at_home.asset_tag)
        assert desk.items() == []
