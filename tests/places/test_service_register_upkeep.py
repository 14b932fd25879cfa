"""The register kept tidy: names that mean a street, and imports that failed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from hoffice.db import unit_of_work
from hoffice.errors import Refused
from hoffice.places.queries.overview import aliases
from hoffice.places.service import register
from tests.places.test_service_register import BY, LIST, house, take_in


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
