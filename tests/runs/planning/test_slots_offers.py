"""What is offered can be kept: each window comes with the plan that proves it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.runs.planning.board import Routes
from hoffice.runs.planning.frame import Frame
from hoffice.runs.planning.problem import Window
from hoffice.runs.planning.slots.offers import GRID_MIN, WIDTH_MIN, is_complete, offers
from tests.runs.planning.campaigns import DATES, complaints, seeds, served, taken, under_way


@settings(max_examples=8, deadline=None)
@given(seed=seeds, answered=st.integers(0, 18), vans=st.integers(1, 2))
def test_each_offer_comes_with_a_plan_that_serves_everybody_inside_their_windows(
    seed: int, answered: int, vans: int
) -> None:
    known, routes = under_way(seed, answered, vans=vans)
    node = 1 + seed % (known.size - 1)

    shown = offers(known, routes, node)

    for offer in shown:
        promised, changed = taken(known, routes, node, offer)
        assert served(changed) == sorted({*served(routes), node})
        assert complaints(promised, changed) == []
        assert offer.window.start <= offer.start <= offer.window.end


@settings(max_examples=8, deadline=None)
@given(seed=seeds)
def test_somebody_new_is_offered_windows_as_well(seed: int) -> None:
    known, routes = under_way(seed, 5)
    node = 7
    known = known.with_windows(node, ())
    without = {i: [[n for n in trip if n != node] for trip in t] for i, t in routes.items()}
    without = {i: [trip for trip in trips if trip] for i, trips in without.items()}

    shown = offers(known, without, node)

    assert shown, "two dates may need one van-day more, but something always fits"
    assert not any(offer.is_own for offer in shown)
    for offer in shown:
        assert complaints(*taken(known, without, node, offer)) == []


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_three_windows_of_two_hours_are_shown_on_two_dates(seed: int) -> None:
    known, routes = under_way(seed, 4)

    shown = offers(known, routes, 9)

    assert len(shown) == 3
    assert len({offer.window.day for offer in shown}) >= 2
    for offer in shown:
        assert offer.window.end - offer.window.start == WIDTH_MIN
        assert offer.window.start % GRID_MIN == 0
    for one in shown:
        for other in shown:
            if one is not other and one.window.day == other.window.day:
                assert abs(one.window.start - other.window.start) >= 60


def test_the_visit_that_is_planned_anyhow_is_offered_twice_and_costs_nothing() -> None:
    known, routes = under_way(3, 0)

    own = [offer for offer in offers(known, routes, 9) if offer.is_own]

    assert len(own) == 2
    assert {(offer.detour_km, offer.detour_min) for offer in own} == {(0, 0)}
    assert not any(offer.routes for offer in own)


@settings(max_examples=8, deadline=None)
@given(seed=seeds, answered=st.integers(0, 15))
def test_what_somebody_refused_is_never_offered_again(seed: int, answered: int) -> None:
    known, routes = under_way(seed, answered)
    refused = [offer.window for offer in offers(known, routes, 4)]

    again = [offer.window for offer in offers(known, routes, 4, refused=refused)]

    assert not set(refused) & set(again)
    assert len(set(again)) == len(again)


@settings(max_examples=8, deadline=None)
@given(seed=seeds, answered=st.integers(0, 20))
def test_no_offer_takes_a_van_out_of_the_yard(seed: int, answered: int) -> None:
    known, routes = under_way(seed, answered)
    used = van_days(known, routes)

    for offer in offers(known, routes, 5):
        assert not offer.opens_day
        assert len(van_days(known, {**routes, **offer.routes}) - booked(known)) <= len(used)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_as_many_are_shown_as_asked_for(count: int) -> None:
    known, routes = under_way(2, 3)

    shown = offers(known, routes, 9, count=count)

    assert len(shown) == count
    assert count == 1 or len({offer.window.day for offer in shown}) >= 2


def test_nothing_is_offered_before_the_lead_time() -> None:
    known, routes = under_way(2, 0)

    shown = offers(known, routes, 9, earliest=(DATES[2], 11 * 60))

    assert shown
    assert all((o.window.day, o.window.start) >= (DATES[2], 11 * 60) for o in shown)


def test_offers_lie_inside_the_times_at_home() -> None:
    known, routes = under_way(2, 0)
    at_home = (Window(DATES[1], 9 * 60, 12 * 60), Window(DATES[2], 13 * 60, 14 * 60))
    known = known.with_windows(9, at_home)
    without = {i: [[n for n in trip if n != 9] for trip in trips] for i, trips in routes.items()}

    shown = offers(known, without, 9)

    assert shown
    for offer in shown:
        assert any(
            home.day == offer.window.day
            and home.start <= offer.window.start
            and offer.window.end <= home.end
            for home in at_home
        )


@settings(max_examples=6, deadline=None)
@given(seed=seeds)
def test_locked_stops_stay_on_their_shift_in_their_order(seed: int) -> None:
    known, routes = under_way(seed, 6, locked=4)

    for offer in offers(known, routes, 10):
        changed = {**routes, **offer.routes}
        assert complaints(*taken(known, routes, 10, offer)) == []
        tuesday = [node for trip in changed[1] for node in trip if node <= 4]
        assert tuesday == [1, 2, 3, 4]


def test_the_same_question_has_the_same_answer() -> None:
    known, routes = under_way(7, 9)

    assert offers(known, routes, 11) == offers(known, routes, 11)


def test_a_search_is_asked_only_if_the_set_would_not_be_complete() -> None:
    known, routes = under_way(2, 0)
    calls: list[int] = []

    def search(frame: Frame, given: Routes) -> dict[int, list[list[int]]]:
        calls.append(frame.size)
        return {index: [list(trip) for trip in trips] for index, trips in given.items()}

    assert is_complete(offers(known, routes, 9, search=search))
    assert calls == []

    late = offers(known, routes, 9, earliest=(DATES[-1] + timedelta(days=1), 0), search=search)
    assert late == []


def test_what_a_search_finds_is_proved_like_any_other_offer() -> None:
    known, routes = under_way(2, 0)
    first = offers(known, routes, 9, count=1)[0]

    def search(frame: Frame, given: Routes) -> dict[int, list[list[int]]]:
        del given
        wrong = {i: [list(trip) for trip in trips] for i, trips in routes.items()}
        wrong[4] = [[*range(1, frame.size)]]
        return wrong

    shown = offers(known, routes, 9, refused=[first.window], count=60, search=search)

    for offer in shown:
        assert complaints(*taken(known, routes, 9, offer)) == []


def van_days(known: Frame, routes: Routes) -> set[int]:
    """The shifts that leave the yard."""
    return {known.days[index].index for index, trips in routes.items() if any(trips)}


def booked(known: Frame) -> set[int]:
    """The shifts whose van is booked."""
    return {day.index for day in known.days if day.opening == 0}
