"""The register kept tidy: names that mean a street, and imports that failed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from hoffice.db import unit_of_work
from hoffice.errors import NotFound, Refused
from hoffice.places import queries
from hoffice.places.models import RegisterEdition, RegisterHouse, RegisterSource, RegisterStreet
from hoffice.places.queries.overview import aliases, source_states
from hoffice.places.service import register
from tests.places.test_service_register import BERLIN, BY, LIST, count, house, take_in


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_a_street_is_renamed_only_where_the_register_has_one_of_its_names() -> None:
    with unit_of_work():
        register.rename_street("Alte Gasse", "Neue Gasse", by=BY)
    take_in([house("Neuer Weg", "5")])
    with unit_of_work():
        under_way = register.begin(LIST, ["list.csv"], by=BY)
    with unit_of_work():
        register.add(under_way, [house("Nirgendweg", "1")])

    with pytest.raises(Refused, match="neither “Nirgendweg” nor “Fantasiegasse”"), unit_of_work():
        register.rename_street("Nirgendweg", "Fantasiegasse", by=BY)
    with unit_of_work():
        register.rename_street("Alter Weg", "Neuer Weg", by=BY)
        register.rename_street("Neuer Weg", "Neuester Weg", by=BY)

    assert {one.new_name for one in aliases()} == {"Neue Gasse", "Neuer Weg", "Neuester Weg"}


def test_a_source_whose_first_import_failed_is_gone_with_all_it_wrote() -> None:
    take_in([house()])
    with unit_of_work():
        killed = register.begin(LIST, ["killed.csv"], by=BY)
    with unit_of_work():
        register.add(killed, [house("Toter Weg")])
    with unit_of_work():
        failed = register.begin(LIST, ["failed.csv"], by=BY)
    with unit_of_work():
        register.add(failed, [house("Neuer Weg")])

    with unit_of_work():
        register.give_up(failed)

    assert queries.source_named("list") is None
    assert (count(RegisterSource), count(RegisterEdition)) == (1, 1)
    assert (count(RegisterHouse), count(RegisterStreet)) == (1, 1)
    with pytest.raises(Refused, match="taken out"), unit_of_work():
        register.finish(killed, by=BY)


def test_a_source_stays_when_a_later_import_of_it_failed_or_is_under_way() -> None:
    take_in([house()])
    with unit_of_work():
        failed = register.begin(BERLIN, ["failed.csv"], by=BY)
    with unit_of_work():
        register.give_up(failed)
    with unit_of_work():
        early = register.begin(LIST, ["early.csv"], by=BY)
    with unit_of_work():
        late = register.begin(LIST, ["late.csv"], by=BY)
    with unit_of_work():
        register.give_up(early)
    with unit_of_work():
        register.add(late, [house("Neuer Weg")])

    with unit_of_work():
        assert register.finish(late, by=BY).houses == 1
    assert {each.name for each in queries.sources()} == {"berlin", "list"}
    assert count(RegisterHouse) == 2


def test_a_source_that_has_no_import_is_shown_only_while_there_is_nothing_else() -> None:
    with unit_of_work():
        register.begin(LIST, ["killed.csv"], by=BY)
    assert [state.source.name for state in source_states()] == ["list"]

    take_in([house()])
    assert [state.source.name for state in source_states()] == ["berlin"]

    with unit_of_work():
        register.remove_source("list", by=BY)
    with pytest.raises(NotFound), unit_of_work():
        register.remove_source("list", by=BY)
