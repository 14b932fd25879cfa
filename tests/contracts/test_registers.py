"""What the cascade may expect of every register, in memory as in both databases."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from hoffice.db import db, unit_of_work
from hoffice.factory import create_app
from hoffice.places.queries import DatabaseRegister
from hoffice.places.rules import House, Register, Street
from hoffice.places.service.register import rename_street
from hoffice.places.sources.entries import Entry
from hoffice.units import Actor
from tests import houses, makers
from tests.places.memory import SOURCE, MemoryRegister

HERE, THERE = (52.481201, 13.435602), (52.441203, 13.505604)
ENTRIES = (
    Entry("Sonnenallee", "112 A", "12045", "Berlin", "Neukölln", *HERE),
    Entry("Sonnenallee", "112", "12045", "Berlin", "Neukölln", *THERE),
    Entry("Sonnenallee", "112", "12045", "Berlin", "Neukölln", None, None),
    Entry("Sonnenallee", "014 – 38", "12045", "Berlin", "Neukölln", None, None),
    Entry("Sonnenallee", "200", "12435", "Berlin", "Alt-Treptow", *HERE),
    Entry("Sonnen-Allee", "1", "15938", "Golßen", "Zützen", None, None),
    Entry("Dorfstr.", "5", "15938", "Golßen", "", *THERE),
    Entry("Dorfstraße", "5", "15938", "Drahnsdorf", "", *HERE),
    Entry("Am Ende der Welt", "1", "", "", "", *HERE),
    Entry("Neue Gasse", "1", "12045", "Berlin", "Neukölln", None, None),
)
ALIASES = (("Alte Gasse", "Neue Gasse"),)


def url_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a fresh, migrated database of this kind."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "house.db")
        return f"sqlite:///{folder / 'house.db'}"
    server: houses.Server = request.getfixturevalue("postgresql_template")
    name = f"registers_{os.getpid()}_{makers.number()}"  # random order may make it once more
    return server.url(server.create(name, template="template_house"))


@pytest.fixture(scope="module", params=["memory", "sqlite", "postgresql"])
def register(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Register]:
    """A register with these addresses, filled as the import fills it; it is only read here."""
    if request.param == "memory":
        yield MemoryRegister(*ENTRIES, renamed=ALIASES)
        return
    folder = tmp_path_factory.mktemp("registers")
    app = create_app(houses.settings(url_of(request.param, request, folder), folder / "instance"))
    with app.app_context():
        with unit_of_work():
            makers.register(*ENTRIES, name=SOURCE)
            for old, new in ALIASES:
                rename_street(old, new, by=Actor.system())
        yield DatabaseRegister()
        db.session.remove()
        db.engine.dispose()


def street(register: Register, key: str, postcode: str, city: str = "Berlin") -> Street:
    found = [one for one in register.streets(key) if (one.postcode, one.city) == (postcode, city)]
    assert len(found) == 1
    return found[0]


def test_a_street_is_found_by_its_key_once_for_each_postcode_town_and_district(
    register: Register,
) -> None:
    found = {
        (one.name, one.postcode, one.city, one.district) for one in register.streets("sonnenallee")
    }

    assert found == {
        ("Sonnenallee", "12045", "Berlin", "Neukölln"),
        ("Sonnenallee", "12435", "Berlin", "Alt-Treptow"),
        ("Sonnen-Allee", "15938", "Golßen", "Zützen"),
    }
    assert all(one.key == "sonnenallee" for one in register.streets("sonnenallee"))
    assert len({one.id for one in register.streets("sonnenallee")}) == 3


def test_what_is_not_there_is_nothing(register: Register) -> None:
    assert list(register.streets("quittenpfad")) == []
    assert list(register.streets("Sonnenallee")) == []  # a name is no key
    assert list(register.streets_of_postcode("99999")) == []
    assert list(register.towns("castrop")) == []
    assert list(register.postcodes("castrop")) == []
    assert list(register.renamed("sonnenallee")) == []
    assert register.house(10**6, "1") is None
    assert list(register.houses(10**6)) == []
    assert list(register.anchors(10**6)) == []


def test_the_streets_of_a_postcode(register: Register) -> None:
    names = sorted((one.name, one.city) for one in register.streets_of_postcode("15938"))

    assert names == [
        ("Dorfstr.", "Golßen"),
        ("Dorfstraße", "Drahnsdorf"),
        ("Sonnen-Allee", "Golßen"),
    ]


def test_every_key_is_named_once(register: Register) -> None:
    assert sorted(register.keys()) == [
        "amendederwelt",
        "dorfstrasse",
        "neuegasse",
        "sonnenallee",
    ]


def test_a_house_is_found_by_its_normalised_number_with_its_point(register: Register) -> None:
    own = street(register, "sonnenallee", "12045").id

    assert register.house(own, "112a") == House("112a", *HERE, SOURCE)
    assert register.house(own, "112") == House("112", *THERE, SOURCE)
    assert register.house(own, "14-38") == House("14-38", None, None, SOURCE)
    assert register.house(own, "112 A") is None
    assert register.house(own, "11") is None
    assert register.house(own, "200") is None


def test_the_houses_of_a_street_are_its_own_each_once(register: Register) -> None:
    own = street(register, "sonnenallee", "12045").id

    assert sorted(one.number for one in register.houses(own)) == ["112", "112a", "14-38"]


def test_anchors_are_the_houses_with_a_point(register: Register) -> None:
    own = street(register, "sonnenallee", "12045").id
    bare = street(register, "neuegasse", "12045").id

    assert sorted(one.number for one in register.anchors(own)) == ["112", "112a"]
    assert all(one.lat is not None and one.lon is not None for one in register.anchors(own))
    assert list(register.anchors(bare)) == []


@pytest.mark.parametrize(
    ("key", "towns"),
    [
        ("berlin", ["Berlin"]),
        ("neukoelln", ["Berlin"]),
        ("berlinneukoelln", ["Berlin"]),
        ("golssen", ["Golßen"]),
        ("zuetzen", ["Golßen"]),
        ("golssenzuetzen", ["Golßen"]),
        ("", []),
    ],
)
def test_a_town_is_known_by_its_own_name_and_by_its_districts(
    register: Register, key: str, towns: list[str]
) -> None:
    assert list(register.towns(key)) == towns


def test_the_postcodes_of_a_town_are_not_those_of_a_district(register: Register) -> None:
    assert sorted(register.postcodes("berlin")) == ["12045", "12435"]
    assert sorted(register.postcodes("golssen")) == ["15938"]
    assert list(register.postcodes("neukoelln")) == []
    assert list(register.postcodes("")) == []


def test_streets_of_the_same_name_in_two_towns_keep_their_houses_apart(register: Register) -> None:
    golssen = street(register, "dorfstrasse", "15938", "Golßen").id
    drahnsdorf = street(register, "dorfstrasse", "15938", "Drahnsdorf").id

    assert register.house(golssen, "5") == House("5", *THERE, SOURCE)
    assert register.house(drahnsdorf, "5") == House("5", *HERE, SOURCE)


@pytest.mark.parametrize(
    ("key", "others"),
    [
        ("altegasse", ["neuegasse"]),
        ("neuegasse", ["altegasse"]),
        ("luederitzstrasse", ["corneliusfredericksstrasse"]),
        ("petersallee", ["annamungundaallee", "majimajiallee"]),
        ("majimajiallee", ["petersallee"]),
    ],
)
def test_names_that_changed_are_known_in_both_directions(
    register: Register, key: str, others: list[str]
) -> None:
    assert list(register.renamed(key)) == others


def test_the_empty_register_has_nothing(app: Flask) -> None:
    with app.app_context():
        registers: list[Callable[[], Register]] = [MemoryRegister, DatabaseRegister]
        for make in registers:
            register = make()
            assert list(register.keys()) == []
            assert list(register.streets("sonnenallee")) == []
            assert list(register.towns("berlin")) == []
