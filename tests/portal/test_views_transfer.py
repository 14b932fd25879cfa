"""Two people say on their phones that devices changed hands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hoffice.accounts.links import LinkBook, new_link
from hoffice.db import db
from hoffice.kits import queries, service
from hoffice.kits.rules import Holder, HolderKind, HomeAnswer, ItemKind
from hoffice.kits.service import fate, telling, transfers
from hoffice.notices.jobs import write
from hoffice.notices.models import Notice
from hoffice.notices.rules import LINK_PLACE
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.kits import scene
from tests.pageclient import PageClient
from tests.paper import reading

BY = makers.IT
BOOK = LinkBook("k" * 40, (), "http://localhost", timedelta(days=30))
GERMAN = {"Accept-Language": "de"}


class Phones:
    """The phones of Ada, who gives, of Bo, who gets, and of Cem, whom it does not concern."""

    def __init__(self, app: Flask, given: Given) -> None:
        with given():
            people = [makers.employee(name).id for name in ("Ada Ott", "Bo Rau", "Cem Ak")]
            item = scene.in_stock(ItemKind.MONITOR)[0]
            item.serial = "SN-4711"
            ada = Holder(HolderKind.EMPLOYEE, people[0])
            service.hand_to([item.id], ada, by=BY, because="handover:1")
            made = transfers.propose([item.id], people[0], people[1], note="", by=BY, book=BOOK)
            self.path, self.tag, self.item_id = (
                f"/mein/weitergabe/{made.id}",
                item.asset_tag,
                item.id,
            )
            self.ada_id, self.bo_id = people[:2]
            links = [
                new_link(f"employee:{one}", book=BOOK, by=BY, employee_id=one).id for one in people
            ]
        self.ada, self.bo, self.cem = (PageClient(app) for _ in people)
        for client, link in zip((self.ada, self.bo, self.cem), links, strict=True):
            client.be_holder(link)


@pytest.fixture
def phones(app: Flask, given: Given) -> Phones:
    """Three phones, and a monitor that is to pass from Ada to Bo."""
    return Phones(app, given)


def test_both_say_so_and_then_it_is_in_the_other_name(phones: Phones, app: Flask) -> None:
    gives = f"Du gibst an Bo Rau weiter: Monitor {phones.tag}."
    assert gives in phones.ada.get("/mein/", headers=GERMAN).text
    takes = f"Ada Ott gibt an dich weiter: Monitor {phones.tag}."
    assert takes in phones.bo.get("/mein/", headers=GERMAN).text
    page = phones.ada.get(phones.path, headers=GERMAN).text
    assert "Übergibst du das an Bo Rau?" in page
    assert phones.tag in page

    said = phones.ada.post(phones.path, follow_redirects=True)
    assert "Jetzt ist Bo Rau dran." in said.text
    assert "Ada Ott hat es schon gesagt." in phones.bo.get(phones.path, headers=GERMAN).text
    done = phones.bo.post(phones.path, follow_redirects=True)

    assert "Von Ada Ott bekommen" in done.text
    with app.app_context():
        held = queries.holding_of(phones.item_id)
        assert held is not None
        assert held.holder_id == phones.bo_id
    assert "weiter:" not in phones.ada.get("/mein/", headers=GERMAN).text
    assert phones.bo.post(phones.path).status_code == 303
    late = phones.ada.get(f"{phones.path}/nein")
    assert late.status_code == 302


def test_whoever_says_no_says_why(phones: Phones) -> None:
    no = f"{phones.path}/nein"
    assert "Was stimmt nicht?" in phones.bo.get(no, headers=GERMAN).text
    empty = phones.bo.post(no, {"reason": " "}, headers=GERMAN)
    assert empty.status_code == 422
    assert "Sag in wenigen Worten" in empty.text

    assert phones.bo.post(no, {"reason": "Es war der falsche."}).status_code == 303

    assert "Es war der falsche." in phones.ada.get(phones.path, headers=GERMAN).text
    refused = phones.ada.post(phones.path, headers=GERMAN)
    assert refused.status_code == 409
    assert "schon zu Ende" in refused.text


def test_a_transfer_that_the_ledger_ended_says_so(phones: Phones, given: Given) -> None:
    with given():
        fate.lose(phones.item_id, by=BY)

    page = phones.bo.get(phones.path, headers=GERMAN).text

    assert "Eins der Geräte ist einen anderen Weg gegangen." in page
    assert "zurückgezogen" not in page


def test_for_everybody_else_it_does_not_exist(phones: Phones, stranger: PageClient) -> None:
    for method in (phones.cem.get, phones.cem.post):
        assert method(phones.path).status_code == 404
        assert method(f"{phones.path}/nein").status_code == 404
    assert stranger.get(phones.path).status_code == 302


def test_the_mails_say_who_gives_what_to_whom(phones: Phones, app: Flask) -> None:
    with app.test_request_context():
        wanted = select(Notice).where(Notice.template == "transfer").order_by(Notice.id)
        gives, gets = [write(notice) for notice in db.session.scalars(wanted)]

    assert gives.subject == "Bitte übergib Geräte an Bo Rau"
    assert gets.subject == "Ada Ott übergibt dir Geräte"
    for mail in (gives, gets):
        assert phones.tag in mail.text
        assert phones.tag in mail.html
        assert LINK_PLACE in mail.text
        assert "\n\n\n" not in mail.text


def test_what_is_reported_broken_is_marked_for_both_and_for_it_and_passes_on_all_the_same(
    phones: Phones, it: PageClient, given: Given
) -> None:
    desk = phones.path.replace("/mein/weitergabe", "/geraete/weitergaben")
    new = f"/geraete/weitergaben/neu?person={phones.ada_id}"
    places = [(phones.ada, phones.path), (phones.bo, phones.path), (it, desk), (it, new)]
    told = "als defekt gemeldet"
    assert [told in who.get(path, headers=GERMAN).text for who, path in places] == [False] * 4
    with given():
        telling.tell_of_device(
            phones.ada_id,
            phones.item_id,
            HomeAnswer.BROKEN,
            "flackert",
            by=Actor.employee(phones.ada_id),
        )

    assert [told in who.get(path, headers=GERMAN).text for who, path in places] == [True] * 4
    assert "Du kannst es trotzdem annehmen" in phones.bo.get(phones.path, headers=GERMAN).text
    phones.ada.post(phones.path)
    done = phones.bo.post(phones.path, follow_redirects=True)
    assert "Von Ada Ott bekommen" in done.text


def test_the_record_says_who_gave_what_to_whom_and_when_each_confirmed(
    phones: Phones, it: PageClient
) -> None:
    desk = phones.path.replace("/mein/weitergabe", "/geraete/weitergaben")
    readers = [(phones.ada, phones.path), (phones.bo, phones.path), (it, desk)]
    phones.ada.post(phones.path)
    for who, path in readers:
        assert who.get(f"{path}/protokoll.pdf").status_code == 404
        assert "protokoll.pdf" not in who.get(path).text

    phones.bo.post(phones.path)

    for who, path in readers:
        assert f"{path}/protokoll.pdf" in who.get(path).text
        said = reading.text(who.get(f"{path}/protokoll.pdf", headers=GERMAN).data)
        assert "Weitergabeprotokoll" in said
        assert [name in said for name in ("Ada Ott", "Bo Rau", phones.tag, "SN-4711")] == [True] * 4
        assert "Übergabe bestätigt am" in said
        assert "Empfang bestätigt am" in said
    english = it.get(f"{desk}/protokoll.pdf", headers={"Accept-Language": "en"}).data
    assert "Receipt confirmed on" in reading.text(english)
    assert phones.cem.get(f"{phones.path}/protokoll.pdf").status_code == 404
