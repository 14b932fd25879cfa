"""A campaign: planned, asked, chosen, refused, wished for, granted, moved with consent.

Everything goes through the pages and the personal links of the mails; the engine is real.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import db, unit_of_work
from hoffice.jobs import worker
from hoffice.jobs.cli import EXTENSION
from hoffice.notices.models import Notice
from hoffice.notices.rules import LinkKind
from hoffice.runs import queries
from hoffice.runs.models import Run, SlotOffer, SlotWish
from hoffice.runs.rules import OfferAnswer, RunState, WishState
from hoffice.runs.service import moving, tidying
from tests import makers
from tests.conftest import Given
from tests.pageclient import PageClient
from tests.runs import campaign, scene
from tests.runs.campaign import ROADS, THURSDAY
from tests.runs.scene import IT

SEALED = re.compile(r'name="offers" value="([^"]+)"')


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """The story begins on the Monday of the makers."""
    with clock.frozen(scene.TODAY):
        yield


def opened(app: Flask, stop_id: int) -> PageClient:
    """The phone of a person who presses the button in her newest mail."""
    with app.app_context():
        person = campaign.person(stop_id)
        notice = (
            db.session.query(Notice)
            .filter_by(employee_id=person.id, template="slot_choice")
            .order_by(Notice.id.desc())
            .first()
        )
        assert notice is not None
        assert notice.link_id is not None
        address = scene.book().address(LinkKind.PERSONAL, notice.link_id)
    phone = PageClient(app)
    assert phone.post(address.removeprefix("http://localhost")).location == "/mein/"
    return phone


def sealed(phone: PageClient) -> str:
    found = SEALED.search(phone.get("/mein/termin/").text)
    assert found is not None
    return found[1]


def window_of(app: Flask, stop_id: int) -> tuple[date, int, int] | None:
    with app.app_context():
        slot = queries.stop(stop_id).slot
        return None if slot is None else (slot.shift.on_date, slot.start_min, slot.end_min)


def test_everybody_gets_a_window_and_keeps_it(  # noqa: PLR0915  # a story is long
    app: Flask, given: Given, it: PageClient
) -> None:
    stop_ids = campaign.plan(app)
    insister, mover, *others = stop_ids
    with given():
        makers.shift(of=queries.vans()[0], on=THURSDAY)

    it.post("/fahrten/fenster/einladen", {"everybody": "1"})
    with app.app_context():
        assert db.session.query(Notice).filter_by(template="slot_choice").count() == 6

    # five choose, each among the windows of the moment
    for number, stop_id in enumerate([mover, *others]):
        phone = opened(app, stop_id)
        phone.post("/mein/termin/", {"offers": sealed(phone), "window": str(number % 2)})
        assert window_of(app, stop_id) is not None
    promised = {stop_id: window_of(app, stop_id) for stop_id in [mover, *others]}
    with app.app_context():
        assert worker.work_off({tidying.TIDY: app.extensions[EXTENSION][tidying.TIDY]}) == 1
    assert {stop_id: window_of(app, stop_id) for stop_id in promised} == promised

    # nothing suits the sixth: twice no, then a time of her own
    phone = opened(app, insister)
    for minutes in (0, 5):
        with clock.frozen(scene.TODAY + timedelta(minutes=minutes)):
            page = phone.get("/mein/termin/").text
            if "Nenn uns deine Zeit" not in page:
                phone.post("/mein/termin/keins", {"offers": sealed(phone)})
    assert "Nenn uns deine Zeit" in phone.get("/mein/termin/").text
    phone.post("/mein/termin/wunsch", {"day": THURSDAY.isoformat(), "start": "600"})
    assert window_of(app, insister) is None

    # the dispatcher sees the price, and grants it knowingly
    assert "dafür fährt eigens ein Bus los" in it.get("/fahrten/wuensche").text
    with app.app_context():
        wish_id = db.session.query(SlotWish).one().id
    it.post(f"/fahrten/wuensche/{wish_id}/zusagen", {"opens_day": "1"})
    granted = window_of(app, insister)
    assert granted is not None
    assert granted[0] == THURSDAY
    with app.app_context():
        assert db.session.query(SlotWish).one().state is WishState.GRANTED

    # one window has to move by hours: only that person is asked, and says yes
    with app.app_context(), unit_of_work():
        slot = queries.stop(mover).slot
        assert slot is not None
        offer = moving.ask_to_move(
            mover,
            slot.shift_id,
            840 if slot.start_min < 660 else 540,
            by=IT,
            book=scene.book(),
            roads=ROADS,
        )
        assert offer is not None
        offer_id = offer.id
    with app.app_context():
        assert db.session.query(Notice).filter_by(template="slot_move").count() == 1
    phone = opened(app, mover)
    assert "Dürfen wir zu einer anderen Zeit kommen?" in phone.get("/mein/termin/").text
    phone.post(f"/mein/termin/verlegen/{offer_id}", {"answer": "yes"})
    assert window_of(app, mover) != promised[mover]
    assert {stop_id: window_of(app, stop_id) for stop_id in others} == {
        stop_id: promised[stop_id] for stop_id in others
    }

    # in the end every promise is in the runs, to the minute
    with app.app_context():
        for stop_id in stop_ids:
            stop = queries.stop(stop_id)
            assert stop.slot is not None
            assert stop.run is not None
            assert stop.start_min is not None
            assert stop.run.shift_id == stop.slot.shift_id
            assert stop.slot.start_min <= stop.start_min <= stop.slot.end_min
        assert {run.state for run in db.session.query(Run)} == {RunState.PROMISED}
        taken = db.session.query(SlotOffer).filter_by(answer=OfferAnswer.TAKEN).count()
        assert taken == 6
    assert "6 von 6 Leuten haben ein Fenster" in it.get("/fahrten/fenster").text
