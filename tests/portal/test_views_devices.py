"""Everything somebody has, on her phone: what it says, what she can say, and what is not hers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.kits import queries
from hoffice.kits import service as things
from hoffice.kits.models import Item
from hoffice.kits.rules import BoxState, Holder, HolderKind, HomeAnswer, ItemKind, ReturnReason
from hoffice.kits.service import asking_back, due, handing_goods, reserving
from hoffice.kits.service.ledger import correct
from hoffice.tasks import queries as tasks
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.kits.test_service_handing_goods import good
from tests.kits.test_service_home_checks import at_home
from tests.pageclient import PageClient
from tests.portal.test_views import browser_of

PAGE = "/mein/geraete/"
GERMAN = {"Accept-Language": "de"}


@dataclass(frozen=True)
class Ada:
    """Somebody with two monitors at home, cables, and a phone."""

    id: int
    item_ids: list[int]
    tags: list[str]
    phone: PageClient

    def page(self) -> str:
        """What her list of devices says."""
        return str(self.phone.get(PAGE, headers=GERMAN).text)


@pytest.fixture
def ada(app: Flask, given: Given) -> Ada:
    with given():
        employee_id, items = at_home("Ada Ott")
        items[0].serial, items[0].model = "SN-77", "Bildschirm 27"
        items[0].note = "Notiz der IT"
        cable = good("Kabel", 5)
        handing_goods.hand_goods(employee_id, {cable.id: 2}, {}, by=makers.IT)
        makers.account(Role.IT)
        found = employee_id, [one.id for one in items], [one.asset_tag for one in items]
    return Ada(*found, browser_of(app, given, employee_id))


def test_she_sees_everything_she_has_and_no_word_of_the_staff(ada: Ada) -> None:
    assert "Alles, was du hast" in ada.phone.get("/mein/", headers=GERMAN).text
    page = ada.page()
    for words in (*ada.tags, "SN-77", "Bildschirm 27", "2&nbsp;×&nbsp;Kabel", "dir übergeben"):
        assert words in page
    assert "von der IT bekommen" in page
    assert "Notiz der IT" not in page
    assert "Das kommt zu dir" not in page


def test_what_is_due_back_and_what_comes_stands_there(ada: Ada, given: Given) -> None:
    day = clock.today() + timedelta(days=9)
    with given():
        asking_back.begin(
            ada.id, ReturnReason.DEFECT, due_on=day, item_ids=[ada.item_ids[0]], by=makers.IT
        )
        scene.in_stock(ItemKind.MONITOR)
        reserving.reserve_replacement(ada.item_ids[0], by=makers.IT)
        kit = things.give_kit(ada.id, scene.stocked().id, by=makers.IT)
        things.hand_to([kit.items[0].id], Holder(HolderKind.VAN, 1), by=makers.IT, because="run:1")

    page = ada.page()

    assert "zurück bis" in page
    assert f"für dich zurückgelegt, im Tausch gegen {ada.tags[0]}" in page
    assert "auf dem Weg zu dir" in page
    assert "wird für dich bereitgestellt" in page


def test_she_says_that_something_is_broken_and_reads_who_looks_after_it(
    app: Flask, ada: Ada
) -> None:
    path = f"{PAGE}{ada.item_ids[0]}/melden"
    assert "Was stimmt damit nicht?" in ada.phone.get(path, headers=GERMAN).text

    empty = ada.phone.post(path, {"answer": "broken", "words": ""}, headers=GERMAN)
    assert empty.status_code == 422
    assert "Sag in ein paar Worten, was nicht stimmt." in empty.text
    unsaid = ada.phone.post(path, {"words": "flackert"}, headers=GERMAN)
    assert unsaid.status_code == 422
    assert "flackert" in unsaid.text
    done = ada.phone.post(path, {"answer": "broken", "words": "flackert"}, headers=GERMAN)

    assert done.status_code == 303
    assert "Du hast gesagt, dass es kaputt ist." in ada.page()
    with app.app_context():
        [task] = tasks.tasks_about(f"item:{ada.item_ids[0]}")
        assert task.facts["note"] == "flackert"


def test_she_says_that_the_list_is_wrong(app: Flask, ada: Ada) -> None:
    path = f"{PAGE}melden"
    assert "Was stimmt nicht?" in ada.phone.get(path, headers=GERMAN).text
    assert ada.phone.post(path, {"words": "Die Maus fehlt."}).status_code == 303

    assert "dass hier etwas nicht stimmt" in ada.page()
    with app.app_context():
        [task] = tasks.tasks_about(f"employee:{ada.id}")
        assert task.facts["note"] == "Die Maus fehlt."


def test_what_was_said_before_it_was_hers_is_not_told_to_her(
    app: Flask, ada: Ada, given: Given
) -> None:
    ada.phone.post(f"{PAGE}{ada.item_ids[0]}/melden", {"answer": "broken", "words": "alt"})
    with given():
        bo = makers.employee("Bo Rau").id
        things.hand_to(
            ada.item_ids[:1], Holder(HolderKind.EMPLOYEE, bo), by=makers.IT, because="transfer:1"
        )

    page = browser_of(app, given, bo).get(PAGE, headers=GERMAN).text

    assert ada.tags[0] in page
    assert "Du hast gesagt" not in page


def test_what_the_driver_said_of_it_is_not_said_to_be_hers(ada: Ada, given: Given) -> None:
    with given():
        driver = Actor.staff(makers.account(Role.DRIVER).id)
        due.arrived(
            {
                ada.item_ids[0]: (HomeAnswer.BROKEN, "gerissen"),
                ada.item_ids[1]: (HomeAnswer.NO, ""),
            },
            employee_id=ada.id,
            name="Ada Ott",
            by=driver,
        )

    page = ada.page()

    assert "Es ist als kaputt gemeldet." in page
    assert "Es ist gemeldet, dass es nicht mehr bei dir ist." in page
    assert "Du hast gesagt" not in page


def test_what_is_lost_does_not_come_to_her(app: Flask, given: Given) -> None:
    with given():
        kit = scene.kit("Bo Rau", packed=True)
        bo, person = kit.employee_id, Holder(HolderKind.EMPLOYEE, kit.employee_id)
        things.release_boxes(kit.id, "[]", by=makers.IT)
        for box in kit.boxes:
            things.set_box_state(box, BoxState.HANDED_OVER, by=makers.IT)
        ids = [item.id for item in kit.items]
        things.hand_to(ids, person, by=makers.IT, because="handover:1")
        tag = kit.items[0].asset_tag
        line = queries.ledger_of_item(ids[0])[0]
        correct(line.id, Holder(HolderKind.LOST), note="weg", by=makers.IT)

    page = browser_of(app, given, bo).get(PAGE, headers=GERMAN).text

    assert tag not in page
    assert "Das kommt zu dir" not in page


def test_things_of_others_are_not_there(app: Flask, ada: Ada, given: Given) -> None:
    with given():
        bo, (his, _other) = at_home("Bo Rau")
        tag, his_id = his.asset_tag, his.id
    path = f"{PAGE}{his_id}/melden"

    assert tag not in ada.page()
    assert ada.phone.get(path).status_code == 404
    assert ada.phone.post(path, {"answer": "broken", "words": "x"}).status_code == 404
    with app.app_context():
        assert db.session.get(Item, his_id) is not None
        assert not tasks.tasks_about(f"item:{his_id}")
    assert bo != ada.id


def test_who_has_nothing_reads_so_and_is_not_led_there(app: Flask, given: Given) -> None:
    with given():
        bo = makers.employee("Bo Rau").id
    phone = browser_of(app, given, bo)

    assert "Alles, was du hast" not in phone.get("/mein/", headers=GERMAN).text
    assert "Auf deinen Namen läuft noch nichts." in phone.get(PAGE, headers=GERMAN).text
