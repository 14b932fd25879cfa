"""Shifts on which the van does not drive; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from hoffice import clock
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.notices.models import Notice
from hoffice.runs import queries
from hoffice.runs import service as deeds
from hoffice.runs.models import SlotOffer
from hoffice.runs.rules import OfferAnswer, OfferKind, RunState, StopState
from hoffice.runs.service import moving, slots
from tests import makers
from tests.conftest import Given
from tests.runs import campaign, scene
from tests.runs.campaign import ROADS, THURSDAY, offered, take
from tests.runs.scene import IT
from tests.told import Told


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    """The stories play on the Monday of the makers."""
    with clock.frozen(scene.TODAY):
        yield


@pytest.fixture
def invited(app: Flask, given: Given, told: Told) -> list[int]:
    """Four people, planned on Tuesday and Wednesday and asked; a third shift stays in the yard."""
    found = campaign.planned(app, told, count=4)
    with given():
        makers.shift(of=queries.vans()[0], on=THURSDAY)
        slots.invite(by=IT, book=scene.book())
    return found


@pytest.fixture
def promised(given: Given, invited: list[int]) -> int:
    """The first of them has her window."""
    with given():
        take(offered(invited[0]))
    return invited[0]


def mails(template: str) -> list[Notice]:
    return db.session.query(Notice).filter_by(template=template).all()


def shift_of(stop_id: int) -> int:
    run = queries.stop(stop_id).run
    assert run is not None
    return run.shift_id


def test_a_shift_called_off_takes_back_what_was_promised_on_it(given: Given, promised: int) -> None:
    with given():
        shift_id = shift_of(promised)
        told = deeds.call_off_shift(shift_id, "Der Bus ist kaputt.", by=IT, book=scene.book())
        assert [stop.id for stop in told] == [promised]
        assert deeds.call_off_shift(shift_id, "noch einmal", by=IT, book=scene.book()) == []
    with given():
        shift = queries.shift(shift_id)
        assert shift.off_at is not None
        assert shift.run is None
        stop = queries.stop(promised)
        assert (stop.state, stop.slot, stop.run) == (StopState.PROPOSED, None, None)
        assert [mail.facts["why"] for mail in mails("slot_off")] == ["Der Bus ist kaputt."]


def test_a_shift_with_promises_is_called_off_with_a_reason(given: Given, promised: int) -> None:
    with given():
        shift_id = shift_of(promised)
    with given(), pytest.raises(Refused, match="Say in a sentence"):
        deeds.call_off_shift(shift_id, "  ", by=IT, book=scene.book())
    with given():
        assert queries.shift(shift_id).off_at is None
        assert queries.stop(promised).slot is not None


def test_nothing_is_offered_or_planned_on_a_shift_that_is_off(
    given: Given, invited: list[int], promised: int
) -> None:
    with given():
        gone = shift_of(promised)
        day = queries.shift(gone).on_date
        assert day in {window.on_date for window in offered(invited[1]).windows}
        deeds.call_off_shift(gone, "Der Bus ist kaputt.", by=IT, book=scene.book())
    with given():
        assert day not in {window.on_date for window in offered(invited[1]).windows}
        assert not deeds.is_open(queries.shift(gone))
        with pytest.raises(Refused, match="None of these shifts"):
            deeds.problem_for([gone])
        with pytest.raises(Refused, match="does not drive on"):
            deeds.effect_of({gone: [[promised]]}, ROADS)
        assert deeds.effect_of({gone: []}, ROADS).can_save


def test_nobody_is_asked_to_move_to_a_shift_that_is_off(given: Given, promised: int) -> None:
    with given():
        thursday = next(s.id for s in queries.shifts(THURSDAY) if s.on_date == THURSDAY)
        deeds.call_off_shift(thursday, "", by=IT, book=scene.book())
        with pytest.raises(Refused, match="does not drive then"):
            moving.ask_to_move(promised, thursday, 700, by=IT, book=scene.book())


def test_a_plan_made_before_the_shift_was_called_off_is_not_taken(
    app: Flask, given: Given, invited: list[int]
) -> None:
    with given():
        shift_ids = {shift_of(stop_id) for stop_id in invited}
    with app.app_context():
        plan_id = scene.planned(sorted(shift_ids))
    with given():
        deeds.call_off_shift(shift_of(invited[0]), "", by=IT, book=scene.book())
    with given(), pytest.raises(Refused, match="does not drive on"):
        scene.taken(plan_id)


def test_a_question_about_moving_to_a_shift_lapses_with_it(given: Given, promised: int) -> None:
    with given():
        thursday = next(s.id for s in queries.shifts(THURSDAY) if s.on_date == THURSDAY)
        offer = moving.ask_to_move(promised, thursday, 700, by=IT, book=scene.book())
        assert offer is not None
    with given():
        deeds.call_off_shift(thursday, "", by=IT, book=scene.book())
    with given():
        assert db.session.query(SlotOffer).filter_by(kind=OfferKind.MOVE).one().answer is (
            OfferAnswer.LAPSED
        )
        assert queries.stop(promised).slot is not None


def test_a_shift_whose_run_is_loaded_or_fixed_is_not_called_off(
    given: Given, promised: int
) -> None:
    with given():
        run = queries.stop(promised).run
        assert run is not None
        run.fixed_at, shift_id = clock.now(), run.shift_id
    with given(), pytest.raises(Refused, match="is fixed"):
        deeds.call_off_shift(shift_id, "kaputt", by=IT, book=scene.book())
    with given():
        run = queries.shift(shift_id).run
        assert run is not None
        run.fixed_at, run.state = None, RunState.UNDER_WAY
    with given(), pytest.raises(Refused, match="already being loaded"):
        deeds.call_off_shift(shift_id, "kaputt", by=IT, book=scene.book())
    with given():
        assert queries.shift(shift_id).off_at is None


def test_a_shift_that_was_off_drives_again(given: Given, promised: int) -> None:
    with given():
        shift_id = shift_of(promised)
        on = queries.shift(shift_id).on_date
        deeds.call_off_shift(shift_id, "Der Bus ist kaputt.", by=IT, book=scene.book())
        deeds.take_back(shift_id, by=IT)
    with given():
        shift = queries.shift(shift_id)
        assert (shift.off_at, shift.run, shift.on_date) == (None, None, on)
        assert deeds.is_open(shift)
        deeds.propose_missing(by=IT)
        assert f"van-{shift.van_id}" in {s.van for s in deeds.problem_for([shift_id]).shifts}


def test_a_shift_of_yesterday_is_neither_called_off_nor_taken_back(
    given: Given, promised: int
) -> None:
    with given():
        shift_id = shift_of(promised)
    late = scene.TODAY + timedelta(days=9)
    with clock.frozen(late), given(), pytest.raises(Refused, match="is over"):
        deeds.call_off_shift(shift_id, "kaputt", by=IT, book=scene.book())
