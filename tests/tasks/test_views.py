"""The pages of tasks, as their owners and those who arrange them use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from hoffice import clock
from hoffice.accounts.models import Account, AccountRole
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.kits import service as kits
from hoffice.kits.rules import ItemKind
from hoffice.kits.service import counting, differences
from hoffice.tasks import rules, service
from hoffice.tasks.models import Task
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient

Browser = Callable[..., PageClient]


def _task(owner_id: int) -> int:
    item = kits.add_item(f"HW-{makers.number():05d}", ItemKind.PC, by=makers.IT)
    return service.create(
        "kits.missing",
        f"item:{item.id}",
        "%(tag)s is missing.",
        {"tag": item.asset_tag, "note": "Zweite Reihe links"},
        owner_id=owner_id,
        due_on=clock.today() - timedelta(days=1),
        by=makers.IT,
    ).id


def _own_id(*roles: Role) -> int:
    found = db.session.scalars(select(Account).order_by(Account.id.desc())).first()
    assert found is not None
    assert found.roles == frozenset(roles)
    return found.id


def test_the_owner_finds_settles_and_reopens_a_task(given: Given, signed_in: Browser) -> None:
    it = signed_in(Role.IT)
    with given():
        task_id = _task(_own_id(Role.IT))
        makers.employee()
    page = it.get(f"/aufgaben/{task_id}")
    assert "Zweite Reihe links" in page.text
    assert "/geraete/" in page.text
    assert f"/aufgaben/{task_id}" in it.get("/aufgaben/").text
    assert f"/aufgaben/{task_id}" in it.get("/").text

    assert it.fill(f"/aufgaben/{task_id}", {"outcome": ""}).status_code == 422
    it.fill(f"/aufgaben/{task_id}", {"outcome": "Stand im Lager"})

    assert f"/aufgaben/{task_id}" not in it.get("/aufgaben/").text
    assert "Stand im Lager" in it.get("/aufgaben/?state=done&export=csv").text
    it.post(f"/aufgaben/{task_id}/wieder")
    assert f"/aufgaben/{task_id}" in it.get("/aufgaben/?state=overdue").text


def test_what_a_decision_ended_leads_back_to_the_decision(given: Given, signed_in: Browser) -> None:
    it = signed_in(Role.IT)
    with given():
        owner_id = _own_id(Role.IT)
        item_id = kits.add_item(f"HW-{makers.number():05d}", ItemKind.PC, by=makers.IT).id
        count_id = counting.begin("Lager", location_id=None, by=makers.IT).id
        counting.close(count_id, owner_id=owner_id, due_on=clock.today(), by=makers.IT)
        differences.give_up(count_id, item_id, by=makers.IT)
        [task_id] = db.session.scalars(select(Task.id).where(Task.subject == f"item:{item_id}"))

    page = it.get(f"/aufgaben/{task_id}")

    assert f"/aufgaben/{task_id}/wieder" not in page.text
    assert f"/geraete/inventuren/{count_id}" in page.text
    assert it.post(f"/aufgaben/{task_id}/wieder").status_code == 409
    with given():
        differences.find_after_all(count_id, item_id, by=makers.IT)
        differences.miss_again(count_id, item_id, by=makers.IT)
    assert f"/aufgaben/{task_id}" in it.get("/aufgaben/").text


def test_a_lead_sees_only_her_own_tasks_and_may_pass_them_on(
    app: Flask, given: Given, signed_in: Browser
) -> None:
    lead = signed_in(Role.LEAD)
    with given():
        mine = _task(_own_id(Role.LEAD))
        other_owner = makers.account(Role.IT, name="Mia Berg").id
        other = _task(other_owner)

    assert lead.get(f"/aufgaben/{other}").status_code == 404
    assert f"/aufgaben/{other}" not in lead.get("/aufgaben/?owner=").text
    for deed in ("erledigt", "zuweisen", "wieder"):
        assert lead.post(f"/aufgaben/{other}/{deed}", {"outcome": "x"}).status_code == 404

    answer = lead.fill(f"/aufgaben/{mine}", {"owner": str(other_owner)})
    assert answer.location == "/aufgaben/"
    assert lead.get(f"/aufgaben/{mine}").status_code == 404
    with app.app_context():
        passed = db.session.get(Task, mine)
        assert passed is not None
        assert passed.owner_id == other_owner


def test_who_drives_now_keeps_a_task_until_it_is_given_on(
    app: Flask, given: Given, signed_in: Browser
) -> None:
    it = signed_in(Role.IT)
    with given():
        owner = makers.account(Role.LEAD, name="Can Demir")
        other, owner_id = _task(owner.id), owner.id
        owner.role_rows = [AccountRole(role=Role.DRIVER)]
        mia = makers.account(Role.HR, name="Mia Berg").id
    page = f"/aufgaben/{other}"

    assert page not in it.get("/aufgaben/").text
    assert page in it.get("/aufgaben/?owner=").text
    shown = it.get(page, headers={"Accept-Language": "de"}).text
    assert "Can Demir (kann keine Aufgaben mehr bekommen)" in shown
    past = {**_given_to(owner_id), "due_on": "2026-01-02"}
    assert "Dieser Tag ist vorbei." in it.post(f"{page}/zuweisen", past).text
    assert it.post(f"{page}/zuweisen", _given_to(owner_id)).status_code == 303
    assert it.post(f"{page}/zuweisen", _given_to(mia)).status_code == 303
    assert it.post(f"{page}/zuweisen", _given_to(owner_id)).status_code == 422
    with app.app_context():
        found = db.session.get(Task, other)
        assert found is not None
        assert found.owner_id == mia


def _given_to(owner_id: int) -> dict[str, str]:
    return {"owner": str(owner_id), "due_on": clock.today().isoformat()}


def test_each_subject_leads_to_a_page_that_is_there(app: Flask) -> None:
    for subject, (endpoint, argument) in rules.PAGES.items():
        [rule] = app.url_map.iter_rules(endpoint)
        assert rule.arguments == {argument}
        assert rules.page_of(f"{subject}:7") == (endpoint, {argument: 7})
        assert rules.label_of(f"{subject}:7")
    for nothing in ("", "item:", "item:x", "moon:1"):
        assert rules.page_of(nothing) is None
