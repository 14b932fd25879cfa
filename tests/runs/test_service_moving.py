"""Moving a promised window with consent, taking promises back, and wishes; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from hoffice import clock
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.notices.models import Notice
from hoffice.runs import queries
from hoffice.runs import service as deeds
from hoffice.runs.models import Run, Slot, SlotOffer, SlotWish
from hoffice.runs.rules import OfferAnswer, OfferKind, RunState, StopState, WishState
from hoffice.runs.service import arrangement, moving, slots, wishes
from hoffice.runs.service.offered import Choices
from hoffice.runs.service.retiming import roads_ahead
from hoffice.runs.service.slots import SlotGone
from tests import makers, races
from tests.conftest import Given
from tests.runs import campaign, scene
from tests.runs.campaign import ROADS, THURSDAY, TUESDAY, offered, take
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


def window_of(stop_id: int) -> tuple[object, int, int]:
    slot = queries.stop(stop_id).slot
    assert slot is not None
    return slot.shift.on_date, slot.start_min, slot.end_min


def ask(stop_id: int, minutes: int) -> SlotOffer | None:
    """Ask to come so many minutes later than the middle of the promised window."""
    slot = queries.stop(stop_id).slot
    assert slot is not None
    middle = slot.start_min + 60
    return moving.ask_to_move(
        stop_id, slot.shift_id, middle + minutes, by=IT, book=scene.book(), roads=ROADS
    )


def far(stop_id: int) -> SlotOffer:
    """Ask to come hours earlier or later on the same day."""
    slot = queries.stop(stop_id).slot
    assert slot is not None
    offer = ask(stop_id, 180 if slot.start_min < 660 else -180)
    assert offer is not None
    return offer


def test_half_an_hour_is_moved_with_a_mail_and_no_question(given: Given, promised: int) -> None:
    with given():
        before = window_of(promised)
        assert ask(promised, 30) is None
        after = window_of(promised)

        assert after[0] == before[0]
        assert abs(after[1] - before[1]) == 30
        mail = mails("slot_moved")[0]
        assert mail.facts["old_start"] != mail.facts["start"]
        assert db.session.query(SlotOffer).filter_by(kind=OfferKind.MOVE).count() == 0


def test_more_than_half_an_hour_is_asked_and_the_old_window_holds(
    given: Given, promised: int
) -> None:
    with given():
        before = window_of(promised)
        offer = far(promised)

        assert offer.answer is None
        assert window_of(promised) == before
        assert len(mails("slot_move")) == 1
        assert far(promised).id == offer.id  # asked twice is one question
        assert len(mails("slot_move")) == 1


def test_only_the_newest_question_stands(given: Given, promised: int) -> None:
    with given():
        first = far(promised)
        slot = queries.stop(promised).slot
        assert slot is not None
        second = ask(promised, 120 if slot.start_min < 660 else -120)
        assert second is not None
        assert second.id != first.id
        assert first.answer is OfferAnswer.LAPSED
        with pytest.raises(Refused, match="no longer stands"):
            answer(first.id, promised, is_yes=True)


def answer(offer_id: int, stop_id: int, *, is_yes: bool) -> None:
    moving.answer_move(
        offer_id,
        stop_id=stop_id,
        is_yes=is_yes,
        roads=ROADS,
        by=campaign.me(queries.stop(stop_id)),
        book=scene.book(),
    )


def test_yes_moves_the_promise_and_the_plan_keeps_it(given: Given, promised: int) -> None:
    with given():
        offer_id = far(promised).id
    with given():
        answer(offer_id, promised, is_yes=True)
        answer(offer_id, promised, is_yes=True)
    with given():
        stop = queries.stop(promised)
        offer = db.session.get_one(SlotOffer, offer_id)
        assert window_of(promised)[1:] == (offer.start_min, offer.end_min)
        assert stop.start_min is not None
        assert offer.start_min <= stop.start_min <= offer.end_min
        assert db.session.query(Slot).filter(Slot.withdrawn_at.is_(None)).count() == 1


def test_no_leaves_everything_and_is_on_record(given: Given, promised: int) -> None:
    with given():
        before = window_of(promised)
        offer_id = far(promised).id
        answer(offer_id, promised, is_yes=False)
        assert window_of(promised) == before
        assert db.session.query(AuditLine).filter_by(action="runs.move_refused").count() == 0
    with given():
        assert db.session.query(AuditLine).filter_by(action="runs.move_refused").count() == 1
        with pytest.raises(Refused):
            answer(offer_id, promised, is_yes=True)


def test_a_question_of_another_person_does_not_exist(
    given: Given, promised: int, invited: list[int]
) -> None:
    with given():
        offer_id = far(promised).id
        with pytest.raises(NotFound):
            answer(offer_id, invited[1], is_yes=True)


def test_what_cannot_be_kept_is_not_asked(given: Given, promised: int) -> None:
    with given():
        slot = queries.stop(promised).slot
        assert slot is not None
        queries.stop(promised).service_min = 600
        with pytest.raises(Refused, match="cannot be visited then"):
            far(promised)
        assert not mails("slot_move")


@pytest.mark.parametrize("start", [0, 1439])
def test_outside_the_shift_nobody_is_asked(given: Given, promised: int, start: int) -> None:
    with given():
        slot = queries.stop(promised).slot
        assert slot is not None
        with pytest.raises(Refused, match="does not drive"):
            moving.ask_to_move(promised, slot.shift_id, start, by=IT, book=scene.book())


def test_without_a_promise_there_is_nothing_to_move(given: Given, invited: list[int]) -> None:
    with given():
        run = queries.stop(invited[1]).run
        assert run is not None
        with pytest.raises(Refused, match="Nothing is promised"):
            moving.ask_to_move(invited[1], run.shift_id, 600, by=IT, book=scene.book())
        with pytest.raises(Refused, match="Nothing is promised"):
            moving.call_off(invited[1], "kaputt", by=IT, book=scene.book())


def test_a_yes_that_can_no_longer_be_kept_changes_nothing(given: Given, promised: int) -> None:
    with given():
        before = window_of(promised)
        offer_id = far(promised).id
    with given():
        queries.stop(promised).service_min = 600
    with given(), pytest.raises(SlotGone):
        answer(offer_id, promised, is_yes=True)
    with given():
        assert window_of(promised) == before
        moving.lapse_move(promised, by=IT)
        assert db.session.get_one(SlotOffer, offer_id).answer is OfferAnswer.LAPSED


def test_a_promise_called_off_waits_for_a_new_choice(given: Given, promised: int) -> None:
    with given():
        before = window_of(promised)
    with clock.frozen(scene.TODAY + timedelta(hours=1)), given():
        moving.call_off(promised, " Der Bus  ist kaputt. ", by=IT, book=scene.book())
        stop = queries.stop(promised)
        assert (stop.state, stop.slot, stop.run) == (StopState.PROPOSED, None, None)
        assert mails("slot_off")[0].facts["why"] == "Der Bus ist kaputt."
        windows = offered(promised).windows
        assert windows
        assert before not in {(one.on_date, one.start_min, one.end_min) for one in windows}


def times_of(run_id: int) -> dict[int, tuple[int | None, int | None]]:
    return {stop.id: (stop.arrive_min, stop.start_min) for stop in queries.run(run_id).stops}


def test_who_is_left_in_a_run_is_timed_anew_at_once(given: Given, invited: list[int]) -> None:
    with given():
        run_id = queries.run(queries.stop(invited[0]).run_id or 0).id
        first, *others = [stop.id for stop in queries.run(run_id).stops]
        assert others
        take(offered(first))
    with given():
        run = queries.run(queries.stop(first).run_id or 0)
        order = [stop.id for stop in run.stops]
        before = (run.id, run.distance_m, run.work_min)
        roads = roads_ahead([first], ROADS)
        moving.call_off(first, "Der Bus ist kaputt.", by=IT, book=scene.book(), roads=roads)
    with given():
        run = queries.run(before[0])
        assert [stop.id for stop in run.stops] == [one for one in order if one != first]
        assert run.distance_m < before[1]
        assert run.work_min < before[2]
        days = {run.shift_id: arrangement.trips_of(run.shift)}
        effect = deeds.effect_of(days, ROADS)
        assert effect.can_save
        [route] = effect.routes
        assert [visit.start for visit in route.visits] == [stop.start_min for stop in run.stops]
        assert round(route.km * 1000) == run.distance_m


def test_the_windows_of_the_others_hold_when_somebody_is_called_off(
    given: Given, invited: list[int]
) -> None:
    for stop_id in invited:
        with given():
            take(offered(stop_id))
    with given():
        gone = invited[0]
        roads = roads_ahead([gone], ROADS)
        moving.call_off(gone, "Der Bus ist kaputt.", by=IT, book=scene.book(), roads=roads)
    with given():
        for stop in map(queries.stop, invited[1:]):
            assert stop.slot is not None
            assert stop.run is not None
            assert stop.start_min is not None
            assert stop.slot.start_min <= stop.start_min <= stop.slot.end_min
            assert stop.run.state is RunState.PROMISED


def test_a_run_that_cannot_be_timed_anew_keeps_its_times(given: Given, promised: int) -> None:
    with given():
        run_id = queries.stop(promised).run_id or 0
        before = times_of(run_id)
        del before[promised]
        assert before
        unknown = roads_ahead([], ROADS)
        moving.call_off(promised, "Der Bus ist kaputt.", by=IT, book=scene.book(), roads=unknown)
    with given():
        assert times_of(run_id) == before
        assert [stop.position for stop in queries.run(run_id).stops] == [*range(1, len(before) + 1)]


def test_calling_a_run_off_leaves_no_promise_and_no_run(given: Given, promised: int) -> None:
    with given():
        run_id = queries.stop(promised).run_id
        assert run_id is not None
        moving.call_off_run(run_id, "Der Bus ist kaputt.", by=IT, book=scene.book())
    with given():
        assert db.session.query(Run).filter_by(id=run_id).count() == 0
        assert db.session.query(Slot).filter(Slot.withdrawn_at.is_(None)).count() == 0
        assert len(mails("slot_off")) == 1


def test_a_run_that_is_being_loaded_is_not_called_off(given: Given, promised: int) -> None:
    with given():
        run = queries.stop(promised).run
        assert run is not None
        run.state = RunState.LOADING
        run_id = run.id
    with given(), pytest.raises(Refused, match="already being loaded"):
        moving.call_off_run(run_id, "kaputt", by=IT, book=scene.book())
    with given():
        assert queries.stop(promised).slot is not None
        assert not mails("slot_off")


def insist(stop_id: int, start: int = 600) -> SlotWish:
    """Said on the phone: nobody has to refuse anything first."""
    return wishes.insist(stop_id, THURSDAY, start, start + 180, by=IT)


def insist_alone(stop_id: int, *, start: int = 600, left: Choices | None = None) -> SlotWish:
    by = campaign.me(queries.stop(stop_id))
    return wishes.insist(stop_id, THURSDAY, start, start + 180, by=by, left=left)


def refuse(stop_id: int, minutes: int) -> None:
    with clock.frozen(scene.TODAY + timedelta(minutes=minutes)):
        slots.refuse_all(offered(stop_id), by=campaign.me(queries.stop(stop_id)))


def test_a_person_names_her_own_time_after_two_noes_only(given: Given, invited: list[int]) -> None:
    stop_id = invited[0]
    for minutes in (1, 2):
        with given(), pytest.raises(Refused, match="still windows to choose"):
            insist_alone(stop_id)
        with given():
            refuse(stop_id, minutes)
    with given():
        wish = insist_alone(stop_id)
        assert insist_alone(stop_id, start=660).id == wish.id


def test_a_person_names_her_own_time_when_nothing_is_left(given: Given, invited: list[int]) -> None:
    with given(), pytest.raises(Refused, match="still windows to choose"):
        insist_alone(invited[0], left=offered(invited[0]))
    with given(), pytest.raises(Refused, match="still windows to choose"):
        insist_alone(invited[0], left=Choices(invited[1], 1, clock.now(), ()))
    with given():
        assert insist_alone(invited[0], left=Choices(invited[0], 1, clock.now(), ())).id


def test_noes_of_an_earlier_round_do_not_count(given: Given, invited: list[int]) -> None:
    with given():
        for minutes in (1, 2):
            refuse(invited[0], minutes)
    with clock.frozen(scene.TODAY + timedelta(hours=1)), given():
        slots.open_round(invited[0], by=IT, book=scene.book())
        with pytest.raises(Refused, match="still windows to choose"):
            insist_alone(invited[0])


def test_a_wish_said_twice_is_one_wish(given: Given, invited: list[int]) -> None:
    with given():
        first = insist(invited[0])
        second = insist(invited[0], 660)
        assert first.id == second.id
        assert db.session.query(SlotWish).one().start_min == 660


@pytest.mark.parametrize(("start", "end"), [(600, 700), (300, 480), (1200, 1380), (780, 600)])
def test_a_wish_is_three_hours_of_a_day(
    given: Given, invited: list[int], start: int, end: int
) -> None:
    with given(), pytest.raises(Refused, match="three hours"):
        wishes.insist(invited[0], THURSDAY, start, end, by=IT)


def test_a_wish_is_for_tomorrow_or_later(given: Given, invited: list[int]) -> None:
    for day in (scene.MONDAY, scene.MONDAY + timedelta(days=200)):
        with given(), pytest.raises(Refused, match="from tomorrow on"):
            wishes.insist(invited[0], day, 600, 780, by=IT)


def test_nothing_is_planned_by_a_wish(given: Given, invited: list[int]) -> None:
    with given():
        version = queries.timetable().version
        runs = {run.id: run.start_min for run in db.session.query(Run)}
        insist(invited[0])
        wishes.prices_of([db.session.query(SlotWish).one()], roads=ROADS)
        assert queries.timetable().version == version
        assert {run.id: run.start_min for run in db.session.query(Run)} == runs


def test_choosing_an_offered_window_ends_the_wish(given: Given, invited: list[int]) -> None:
    with given():
        insist(invited[0])
        take(offered(invited[0]))
        assert db.session.query(SlotWish).one().state is WishState.WITHDRAWN


def test_a_wish_is_granted_once(given: Given, invited: list[int]) -> None:
    with given():
        wish_id = insist(invited[0]).id
    with given():
        wishes.grant(wish_id, may_open=True, roads=ROADS, by=IT, book=scene.book())
        with pytest.raises(Refused, match="answered already"):
            wishes.grant(wish_id, may_open=True, roads=ROADS, by=IT, book=scene.book())
        with pytest.raises(Refused, match="answered already"):
            wishes.decline(wish_id, "nein", by=IT, book=scene.book())
        assert window_of(invited[0])[0] == THURSDAY
        assert db.session.query(Slot).count() == 1


def test_of_two_dispatchers_one_answers_a_wish(
    app: Flask, given: Given, invited: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        wish_id = insist(invited[0]).id
    races.meet_after(monkeypatch, wishes, "held", races.Meeting())

    def grant() -> None:
        with clock.frozen(scene.TODAY):
            wishes.grant(wish_id, may_open=True, roads=ROADS, by=IT, book=scene.book())

    def decline() -> None:
        with clock.frozen(scene.TODAY):
            wishes.decline(wish_id, "Nein.", by=IT, book=scene.book())

    said = races.at_once(app, grant, decline)

    assert sorted(said) == ["This wish was answered already.", "done"]


def test_the_price_of_a_day_that_is_opened_holds_the_vans_day(
    app: Flask, given: Given, invited: list[int]
) -> None:
    with given():
        van = queries.vans()[0]
        van.cost_cents_per_day, van.cost_cents_per_km, van.cost_cents_per_hour = 9000, 40, 3000
    for stop_id in invited[1:]:
        with given():
            take(offered(stop_id))
    with given():
        wish = insist(invited[0])
        price = wishes.prices_of([wish], roads=ROADS)[0]
        assert price.van is not None
        assert price.has_shift
        assert price.van.opens_day
        assert price.van.shift.on_date == THURSDAY
        assert price.van.cents > 9000
        with pytest.raises(Refused, match="leave the yard"):
            wishes.grant(wish.id, may_open=False, roads=ROADS, by=IT, book=scene.book())
    with app.app_context():
        assert queries.stop(invited[0]).slot is None


def test_free_quarters_at_the_office_are_part_of_the_price(
    given: Given, invited: list[int]
) -> None:
    with given():
        deeds.open_counter(TUESDAY, start_min=480, end_min=495, places=1, by=IT)
        deeds.open_counter(THURSDAY, start_min=600, end_min=630, places=1, by=IT)
        price = wishes.prices_of([insist(invited[0])], roads=ROADS)[0]
        assert [quarter.on_date for quarter in price.quarters] == [THURSDAY, THURSDAY, TUESDAY]


@pytest.mark.parametrize(
    ("km", "cents"), [(0, 430), (3, 1270), (5, 1790), (7, 2310), (10, 2940), (30, 7140)]
)
def test_a_taxi_costs_what_the_tariff_says(km: float, cents: int) -> None:
    assert wishes.taxi_cents(km) == cents


def test_a_person_with_two_phones_gets_one_window(
    app: Flask, given: Given, invited: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        choices = offered(invited[0])
    races.meet_after(monkeypatch, slots, "held", races.Meeting())

    def deed(number: int) -> None:
        with clock.frozen(scene.TODAY):
            take(choices, number)

    races.at_once(app, partial(deed, 0), partial(deed, 2))

    with given():
        assert db.session.query(Slot).filter(Slot.withdrawn_at.is_(None)).count() == 1
