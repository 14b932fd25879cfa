"""What was put right by mistake is taken back on the page; what a job passed over stands there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from hoffice.accounts.rules import Role
from hoffice.jobs import worker
from hoffice.kits import queries, service
from hoffice.kits.jobs import handlers
from hoffice.kits.rules import Holder, HolderKind, ItemKind
from hoffice.kits.rules.counting import Decision
from hoffice.kits.service import differences, fate
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.kits.test_service_count_undo import put_right
from tests.pageclient import PageClient

Browser = Callable[..., PageClient]


def _found(given: Given) -> tuple[int, list[int], list[str]]:
    """Three mice of somebody were found in the office, and the ledger says so."""
    with given():
        person = Holder(HolderKind.EMPLOYEE, makers.employee().id)
        items = scene.in_stock(*[ItemKind.MOUSE] * 3)
        service.hand_to([one.id for one in items], person, by=makers.IT, because="handover:1")
        count_id = put_right(*items)
        return count_id, [one.id for one in items], [one.asset_tag for one in items]


def _holder(app: Flask, item_id: int) -> HolderKind | None:
    with app.app_context():
        holding = queries.holding_of(item_id)
        return holding.holder_kind if holding is not None else None


def test_here_is_taken_back_one_by_one_chosen_and_all_at_once(
    app: Flask, given: Given, signed_in: Browser
) -> None:
    it = signed_in(Role.IT)
    count_id, item_ids, tags = _found(given)
    page = f"/geraete/inventuren/{count_id}"
    assert "Doch nicht hier" in it.get(f"{page}/liste?result=here").text

    one = it.post(f"{page}/{item_ids[0]}/nicht-hier", {"at": item_ids[0]}, follow_redirects=True)
    assert f"{tags[0]} ist wieder da, wo es vorher war" in one.text
    it.post(f"{page}/entscheiden", {"decision": "not_here", "ids": [item_ids[1]]})
    assert "None of them" not in it.get(f"{page}/entscheiden").text
    assert "Keins davon ist hier" in it.get(f"{page}/entscheiden").text
    it.post(f"{page}/entscheiden", {"decision": "not_here", "all": "yes", "agreed": "1"})

    assert {_holder(app, one) for one in item_ids} == {HolderKind.EMPLOYEE}
    assert "Doch nicht hier, " not in it.get(f"{page}/liste").text
    ledger = it.get(f"/geraete/{item_ids[0]}").text
    assert "Doch nicht hier; die Inventur hatte es irrtümlich so vermerkt." in ledger


def test_the_result_of_a_job_names_the_lines_it_passed_over_and_why(
    app: Flask, given: Given, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "LONG_FROM", 3)
    it = signed_in(Role.IT)
    count_id, item_ids, tags = _found(given)
    with given():
        fate.to_repair(item_ids[1], by=makers.IT, anyway=True)
        differences.decide_all(count_id, Decision.NOT_HERE, by=Actor.staff(1))
    with app.app_context():
        worker.work_off(handlers())

    told = it.get("/auftraege/1/stand", headers={"Accept": "application/json"}).json
    assert told is not None
    page = it.get(told["result"]).text

    assert "Eine Zeile wurde übergangen" in page
    assert f"{tags[1]} ist seit der Zählung bei jemand anderem." in page
    other = it.get(told["result"].replace("job=1", "job=99")).text
    assert "übergangen" not in other
