"""Every route, every role: a page opens to exactly those whom its ``open_to`` names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse

from hoffice import clock
from hoffice.accounts import queries
from hoffice.accounts.models import PersonalLink
from hoffice.accounts.rules import Audience, Role
from hoffice.db import db
from tests import makers
from tests.conftest import Given

NOWHERE = 987_654_321
"""A number that nothing has: behind the door waits a 404, and no deed is done."""
DOORS = {"/anmelden", "/link-fehlt"}
"""Where those are led who may not come in."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who tries every door."""

    name: str
    is_a: frozenset[Role | Audience] = frozenset()
    """What the doors may see in this visitor."""


VISITORS = (
    Visitor("stranger"),
    *(Visitor(role.value, frozenset({role, Audience.SIGNED_IN})) for role in Role),
    Visitor("employee", frozenset({Audience.EMPLOYEE})),
    Visitor("another employee", frozenset({Audience.EMPLOYEE})),
    Visitor("employee whose link has ended"),
    Visitor("client", frozenset({Audience.CLIENT})),
    Visitor("disabled account"),
    Visitor("signed out everywhere"),
)


def _rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=str):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.endpoint != "static":
                yield rule, method


def _allowed(app: Flask, rule: Rule) -> frozenset[Role | Audience]:
    return frozenset(getattr(app.view_functions[rule.endpoint], "open_to"))  # noqa: B009  # typed so


def _path(app: Flask, rule: Rule, method: str) -> str:
    arguments = {
        name: NOWHERE if isinstance(converter, IntegerConverter) else "x"
        for name, converter in rule._converters.items()  # noqa: SLF001  # the only way to ask
    }
    return app.url_map.bind("localhost").build(rule.endpoint, arguments, method)


def test_every_page_says_who_may_open_it(app: Flask) -> None:
    silent = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and not getattr(app.view_functions[rule.endpoint], "open_to", None)
    }

    assert not silent


def test_the_demo_and_a_role_never_share_a_door(app: Flask) -> None:
    for rule, _method in _rules(app):
        allowed = _allowed(app, rule)
        assert Audience.DEMO not in allowed or allowed == {Audience.DEMO}, rule.endpoint
        assert Audience.PUBLIC not in allowed or allowed == {Audience.PUBLIC}, rule.endpoint


@pytest.mark.parametrize("visitor", VISITORS, ids=lambda visitor: visitor.name.replace(" ", "_"))
def test_a_door_opens_to_whom_it_names_and_to_nobody_else(
    app: Flask, given: Given, visitor: Visitor
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # else a missing token answers before the door does
    app.testing = False  # a page that breaks is a line of the result, not the end of the walk
    keys = _keys(given)

    wrong = []
    tried = 0
    cookie = _cookie(app, visitor, keys)
    for rule, method in _rules(app):
        client = _browser(app, cookie)
        allowed = _allowed(app, rule)
        answer = client.open(_path(app, rule, method), method=method)
        if method == "POST" and answer.status_code < 400:
            cookie = _cookie(app, visitor, keys)  # to sign out everywhere ends this session too
        tried += 1
        complaint = _complaint(visitor, allowed, method, answer)
        if complaint:
            wrong.append(f"{method} {rule} ({rule.endpoint}): {complaint}")

    assert tried > 20
    assert not wrong, "\n" + "\n".join(wrong)


def _complaint(
    visitor: Visitor, allowed: frozenset[Role | Audience], method: str, answer: TestResponse
) -> str:
    """What is wrong with the answer; empty when the door behaves."""
    is_broken = answer.status_code >= 500
    door = (answer.location or "").partition("?")[0] if answer.status_code == 302 else ""
    seen = "403" if answer.status_code == 403 else door if door in DOORS else "open"
    wanted = _wanted(visitor, allowed, method)
    if Audience.PUBLIC in allowed and door in DOORS:
        seen = "open"  # signing out leads there too
    if Audience.DEMO in allowed and answer.status_code == 404:
        seen = "404"
    if seen == wanted and not is_broken:
        return ""
    return f"breaks: {answer.status_code}" if is_broken else f"wants {wanted}, is {seen}"


def _wanted(visitor: Visitor, allowed: frozenset[Role | Audience], method: str) -> str:
    """What the door must do: open, lead somewhere else, or say 403 (404 outside the demo)."""
    if Audience.PUBLIC in allowed or visitor.is_a & allowed:
        return "open"
    if Audience.DEMO in allowed:
        return "404"
    if Audience.SIGNED_IN in visitor.is_a:
        return "403"
    if allowed <= {Audience.EMPLOYEE, Audience.CLIENT}:
        return "/link-fehlt"
    return "/anmelden" if method == "GET" else "403"


def _keys(given: Given) -> dict[str, int]:
    """An account for every role and a link for two people; the first one has a home and no more."""
    keys: dict[str, int] = {}
    now = clock.now()
    with given():
        for role in Role:
            keys[role.value] = makers.account(role).id
        disabled = makers.account(*Role)
        disabled.disabled_at = now
        keys["disabled account"] = disabled.id
        keys["signed out everywhere"] = makers.account(*Role).id
        for name in ("employee", "another employee", "employee whose link has ended"):
            link = PersonalLink(
                holder=f"employee:{makers.employee().id}",
                nonce="n",
                created_at=now,
                expires_at=now + timedelta(days=0 if "ended" in name else 30),
            )
            db.session.add(link)
            db.session.flush()
            keys[name] = link.id
        link = PersonalLink(
            holder="client:1", nonce="n", created_at=now, expires_at=now + timedelta(days=30)
        )
        db.session.add(link)
        db.session.flush()
        keys["client"] = link.id
    return keys


def _enter(app: Flask, client: FlaskClient, visitor: Visitor, keys: dict[str, int]) -> None:
    """Sit down at a browser that this visitor has used before."""
    if visitor.name == "stranger":
        return
    with client.session_transaction() as session:
        if "employee" in visitor.name or visitor.name == "client":
            session["link"] = keys[visitor.name]
            return
        with app.app_context():
            epoch = queries.account(keys[visitor.name]).session_epoch
        session["account"] = keys[visitor.name]
        session["epoch"] = epoch - 1 if visitor.name == "signed out everywhere" else epoch
        session["since"] = int(clock.now().timestamp())


def _cookie(app: Flask, visitor: Visitor, keys: dict[str, int]) -> str:
    """What a browser that this visitor has used before brings along; empty for a stranger."""
    client = app.test_client()
    _enter(app, client, visitor, keys)
    found = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert (found is None) == (visitor.name == "stranger")
    return found.value if found else ""


def _browser(app: Flask, cookie: str) -> FlaskClient:
    """A new browser for each door: no door is asked with what another one has left behind."""
    client = app.test_client()
    if cookie:
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie)
    return client


@pytest.mark.parametrize("role", [Role.ADMIN, Role.HR])
def test_without_the_second_step_nothing_but_its_setup_opens(
    app: Flask, given: Given, role: Role
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    app.testing = False
    with given():
        account = makers.account(role)
        account.totp_secret = None
        keys = {role.value: account.id}

    open_doors = set()
    cookie = _cookie(app, Visitor(role.value), keys)
    for rule, method in _rules(app):
        allowed = _allowed(app, rule)
        if Audience.PUBLIC in allowed or not {role, Audience.SIGNED_IN} & allowed:
            continue
        client = _browser(app, cookie)
        answer = client.open(_path(app, rule, method), method=method)
        if answer.location != "/konto/zweiter-schritt":
            open_doors.add(rule.endpoint)

    assert open_doors == {"accounts.second_factor_setup"}
