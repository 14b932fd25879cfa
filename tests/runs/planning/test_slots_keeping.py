"""What is chosen is kept, or it is gone; whoever insists is told what it costs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.runs.planning.board import Routes
from hoffice.runs.planning.builder import build
from hoffice.runs.planning.frame import Frame
from hoffice.runs.planning.problem import Begun, Window
from hoffice.runs.planning.slots import keeping
from hoffice.runs.planning.slots.keeping import keep, price
from hoffice.runs.planning.slots.offers import offers
from hoffice.runs.planning.slots.room import days_needed, make_room
from hoffice.runs.solver import improve
from tests.runs.planning.campaigns import (
    DATES,
    asked,
    complaints,
    plan_of,
    seeds,
    served,
    taken,
    under_way,
)
from tests.runs.planning.problems import MITTE, frame, hm, problem, shift, stop

MORNING = Window(DATES[0], hm("08:00"), hm("10:00"))


@settings(max_examples=8, deadline=None)
@given(seed=seeds, answered=st.integers(0, 16), date=st.sampled_from(DATES))
def test_a_kept_window_breaks_nobody_elses_and_opens_no_day(
    seed: int, answered: int, date: object
) -> None:
    known, routes = under_way(seed, answered)
    wish = Window(next(day for day in DATES if day == date), hm("10:00"), hm("12:00"))
    node = 1 + seed % (known.size - 1)

    kept = keep(known.with_windows(node, ()), routes, node, wish)

    if kept:
        assert not kept.opens_day
        promised, changed = taken(known, routes, node, kept)
        assert served(changed) == served(routes)
        assert complaints(promised, changed) == []


@settings(max_examples=6, deadline=None)
@given(seed=seeds)
def test_every_window_offered_can_be_kept_while_nobody_else_has_answered(seed: int) -> None:
    known, routes = under_way(seed, 6)
    node = 1 + seed % (known.size - 1)

    for offer in offers(known, routes, node):
        assert keep(known, routes, node, offer.window) is not None


def test_who_comes_after_the_last_place_has_gone_gets_none() -> None:
    known, routes = one_short_trip()
    first = keep(known, routes, 6, MORNING)
    assert first is not None
    known, routes = taken(known, routes, 6, first)

    assert keep(known, routes, 7, MORNING) is None
    assert offers(known, routes, 7) == []


def test_a_day_in_the_yard_is_opened_only_for_who_insists_and_said_so() -> None:
    known, routes = one_short_trip(spare=True)
    wish = Window(DATES[1], hm("08:30"), hm("10:00"))

    asked_for = price(known, routes, 7, wish)

    assert keep(known, routes, 7, wish) is None
    assert asked_for is not None
    assert asked_for.opens_day
    assert asked_for.detour_km > 0
    assert complaints(*taken(known, routes, 7, asked_for)) == []


def test_an_engine_is_asked_for_a_window_only_where_there_is_no_other_way() -> None:
    known, routes = one_short_trip()
    asked_for = []

    def search(frame: Frame, given: Routes) -> dict[int, list[list[int]]]:
        asked_for.append(frame.stop(7).windows)
        return {index: [list(trip) for trip in trips] for index, trips in given.items()}

    assert keep(known, routes, 6, MORNING, search=search) is not None
    assert asked_for == []
    first = keep(known, routes, 6, MORNING)
    assert first is not None
    known, routes = taken(known, routes, 6, first)

    assert keep(known, routes, 7, MORNING, search=search) is None
    assert asked_for == [(MORNING,)] * keeping.TRIES


def test_what_an_engine_finds_for_a_window_is_kept_like_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known, routes = under_way(2, 6)
    window = offers(known, routes, 9)[-1].window
    monkeypatch.setattr(keeping, "_cheapest", lambda *_given, **_how: None)

    found = keep(known, routes, 9, window, search=partial(improve, iterations=30))

    assert found is not None
    promised, changed = taken(known, routes, 9, found)
    assert served(changed) == served(routes)
    assert complaints(promised, changed) == []


def test_a_trip_with_somebody_who_stays_is_not_moved_to_make_room() -> None:
    known, _ = under_way(2, 0)
    full = build(known)
    staying = next(trips[0][0] for trips in full.values() if len(trips) > 1)
    before = next((day, list(t)) for day, ts in full.items() for t in ts if staying in t)

    _, spread = make_room(known, full, len(known.days), stay=range(1, known.size))
    assert {day: trips for day, trips in full.items() if trips} == spread

    _, spread = make_room(known, full, len(known.days), stay=[staying])
    assert before in [(day, trip) for day, trips in spread.items() for trip in trips]
    assert spread != {day: trips for day, trips in full.items() if trips}


def test_nobody_pays_for_a_day_where_there_is_room() -> None:
    known, routes = one_short_trip(spare=True)

    found = price(known, routes, 6, MORNING)

    assert found is not None
    assert not found.opens_day


def test_no_price_is_named_for_what_cannot_be() -> None:
    known, routes = one_short_trip()

    assert price(known, routes, 6, Window(DATES[3], hm("08:00"), hm("10:00"))) is None


def test_a_shift_under_way_keeps_its_people() -> None:
    begun = Begun(hm("09:00"), MITTE, 60, (), ("e0", "e1"), is_order_fixed=True)
    stops = [stop(f"e{n}", lat=52.50 + n / 300) for n in range(6)]
    shifts = (replace(shift(DATES[0]), begun=begun), shift(DATES[1]))
    known = frame(problem(*stops, shifts=shifts))
    routes: Routes = {0: [[1, 2]], 1: [[3, 4, 5, 6]]}

    shown = offers(known, routes, 4)

    assert shown
    for offer in shown:
        changed = {**routes, **offer.routes}
        assert [node for node in changed[0][0] if node in (1, 2)] == [1, 2]
        assert complaints(*taken(known, routes, 4, offer)) == []


@settings(max_examples=8, deadline=None)
@given(seed=seeds)
def test_room_is_made_by_moving_whole_trips(seed: int) -> None:
    known = asked(seed, 36)
    routes = build(known)

    booked, spread = make_room(known, routes)

    assert served(spread) == served(routes)
    assert complaints(known, spread) == []
    assert plan_of(known, spread).totals.km <= plan_of(known, routes).totals.km + 1
    van_days = sum(day.opening == 0 for day in booked.days)
    assert van_days == days_needed(known, routes)
    assert len(spread) <= van_days


def test_no_trip_with_a_promise_is_moved_to_make_room() -> None:
    known = asked(2, 20)
    routes = build(known)
    promised = {index: trips for index, trips in routes.items() if any(trips)}
    for index, trips in promised.items():
        day = known.days[index].shift.day
        for trip in trips:
            for node in trip:
                known = known.with_windows(node, (Window(day, hm("08:00"), hm("16:30")),))

    assert make_room(known, routes, 5)[1] == promised


def one_short_trip(*, spare: bool = False) -> tuple[Frame, Routes]:
    """A van with six places and time for one trip only, five of them promised this morning."""
    shifts = [shift(DATES[0], end="10:30")]
    if spare:
        shifts.append(shift(DATES[1], end="10:30"))
    known = frame(problem(*(stop(f"e{n}") for n in range(7)), shifts=tuple(shifts), minutes=2))
    for node in range(1, 6):
        known = known.with_windows(node, (MORNING,))
    return known, {0: [[1, 2, 3, 4, 5]]}
