"""The pages of tasks, as their owners and those who arrange them use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from hoffice import clock
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.kits import service as kits
from hoffice.kits.rules import ItemKind
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


def test_it_sees_everybodys_tasks_when_asked(given: Given, signed_in: Browser) -> None:
    it = signed_in(Role.IT)
    with given():
        other = _task(makers.account(Role.DRIVER, name="Can Demir").id)

    assert f"/aufgaben/{other}" not in it.get("/aufgaben/").text
    assert f"/aufgaben/{other}" in it.get("/aufgaben/?owner=").text
    assert "Can Demir" in it.get(f"/aufgaben/{other}").text


def test_each_subject_leads_to_a_page_that_is_there(app: Flask) -> None:
    for subject, (endpoint, argument) in rules.PAGES.items():
        [rule] = app.url_map.iter_rules(endpoint)
        assert rule.arguments == {argument}
        assert rules.page_of(f"{subject}:7") == (endpoint, {argument: 7})
        assert rules.label_of(f"{subject}:7")
    for nothing in ("", "item:", "item:x", "moon:1"):
        assert rules.page_of(nothing) is None
