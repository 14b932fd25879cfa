"""What IT and HR find on the start page about devices that come back, break or vanish."""

from __future__ import annotations

from datetime import timedelta

from hoffice import clock
from hoffice.kits.rules import ItemKind, ItemState
from hoffice.kits.service import damages
from tests import makers
from tests.conftest import Given
from tests.kits import returning_scene as scene
from tests.pageclient import PageClient

EN = {"Accept-Language": "en"}


def today(client: PageClient) -> str:
    """The start page in English."""
    return client.get("/", headers=EN).text


def test_hr_reads_that_a_damage_waits_for_its_decision_and_goes_there(
    given: Given, it: PageClient, hr: PageClient
) -> None:
    with given():
        damages.report_damage(scene.at_home().items[0], "gefallen", by=makers.IT)

    page = today(hr)

    assert "1 loss or damage waits for a decision" in page
    assert 'href="/geraete/schaeden"' in page
    assert hr.get("/geraete/schaeden").status_code == 200
    assert "waits for a decision" not in today(it)


def test_it_reads_what_is_to_be_checked_and_who_leaves_with_devices(
    given: Given, it: PageClient, hr: PageClient
) -> None:
    with given():
        scene.at_home("Ayşe Kaya").employee.ends_on = clock.today() + timedelta(days=7)
        scene.at_home("Jana Demir").employee.ends_on = clock.today() + timedelta(days=70)
        scene.spare(ItemKind.PC).state = ItemState.TO_CHECK

    page = today(it)

    assert "1 person leaves and still has devices" in page
    assert 'href="/geraete/rueckgaben/faellig"' in page
    assert "1 device that came back is to be checked" in page
    assert 'href="/geraete/rueckgaben/pruefen"' in page
    assert "is to be checked" not in today(hr)


def test_where_nothing_came_back_nothing_is_said_of_it(
    given: Given, it: PageClient, hr: PageClient
) -> None:
    with given():
        scene.at_home()

    for page in (today(it), today(hr)):
        assert "to be checked" not in page
        assert "still has devices" not in page
        assert "waits for a decision" not in page
