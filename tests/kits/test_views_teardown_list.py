"""The list of the desks of a day."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.kits.rules import ItemKind
from hoffice.kits.service import desk_scans, teardown
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.pageclient import PageClient

LIST = "/geraete/abbau"
GERMAN = {"Accept-Language": "de"}


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """Every statement that is sent to the database from now on."""
    sent: list[str] = []

    def note(*args: object) -> None:
        sent.append(str(args[2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def desk(name: str, kit_type_id: int) -> None:
    """A desk that was begun: its keyboard is scanned, and three devices are still to come."""
    made = teardown.begin(makers.employee(name).id, kit_type_id, by=makers.IT)
    [keyboard] = scene.in_stock(ItemKind.KEYBOARD)
    desk_scans.scan(made.id, str(uuid.uuid4()), keyboard.asset_tag, by=makers.IT)


def test_many_desks_take_as_many_statements_as_few_and_say_what_they_lack(
    signed_in: Callable[..., PageClient], given: Given, asked: list[str]
) -> None:
    with given():
        kit_type_id = makers.kit_type().id
        desk("Ada Ott", kit_type_id)
    it = signed_in(Role.IT)

    def statements() -> int:
        before = len(asked)
        assert "1\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}Maus" in it.get(LIST, headers=GERMAN).text
        return len(asked) - before

    few = statements()
    with given():
        for number in range(4):
            desk(f"Bo {number} Rau", kit_type_id)

    assert statements() == few
