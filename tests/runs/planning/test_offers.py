"""What is offered can be kept, and the cheapest comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.runs.planning.offers import APART_MIN, WIDTH_MIN, offers
from hoffice.runs.planning.plan import Plan
from hoffice.runs.planning.problem import Problem, Window
from tests.runs.planning.problems import MONDAY, frame, problem, shift, stop
from tests.runs.planning.test_builder import built

TUESDAY = MONDAY + timedelta(days=1)


def campaign(seed: int, people: int = 14) -> tuple[Problem, Plan]:
    spread = [
        (52.42 + (seed * n) % 17 / 100, 13.2 + (seed + n * 7) % 31 / 80) for n in range(people)
    ]
    asked = problem(
        *(stop(f"e{n:02d}", lat=lat, lon=lon) for n, (lat, lon) in enumerate(spread)),
        shifts=(shift(), shift(TUESDAY)),
    )
    return asked, built(asked)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(1, 500))
def test_every_offered_window_can_be_promised(seed: int) -> None:
    asked, made = campaign(seed)

    for offer in offers(frame(asked), made, "e03"):
        promised = replace(asked.stop["e03"], windows=(offer.window,), required=True)
        stops = tuple(promised if one.id == "e03" else one for one in asked.stops)
        again = built(replace(asked, stops=stops))
        assert [left.id for left in again.unplanned] == []


def test_offers_are_two_hours_wide_on_the_half_hour_and_a_real_choice() -> None:
    asked, made = campaign(3)

    found = offers(frame(asked), made, "e03")

    assert len(found) == 3
    assert all(one.window.end - one.window.start == WIDTH_MIN for one in found)
    assert all(one.window.start % 30 == 0 for one in found)
    for one in found:
        for other in found:
            if one is not other and one.window.day == other.window.day:
                assert abs(one.window.start - other.window.start) >= APART_MIN


def test_own_windows_bound_what_is_offered() -> None:
    asked, made = campaign(3)
    own = Window(MONDAY, 13 * 60, 14 * 60)
    bound = replace(
        asked,
        stops=tuple(replace(s, windows=(own,)) if s.id == "e03" else s for s in asked.stops),
    )

    assert {one.window.day for one in offers(frame(bound), made, "e03")} <= {MONDAY}


def test_nobody_gets_offers_for_a_stop_nobody_knows() -> None:
    asked, made = campaign(3)

    with pytest.raises(KeyError):
        offers(frame(asked), made, "e99")
