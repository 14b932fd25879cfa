"""The rest of a day that has begun: nobody is left out, and as few promises break as can be."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hoffice.places.travel.straight import StraightLine
from hoffice.runs.planning.effects import Kind
from hoffice.runs.planning.frame import legs_of
from hoffice.runs.planning.problem import Begun, Problem, Stop
from hoffice.runs.planning.resting import Rest, as_it_stands, made_anew
from tests.runs.planning import problems as make
from tests.runs.planning.problems import hm

Order = tuple[tuple[str, ...], ...]


def begun(*stops: Stop, at: str, aboard: str) -> Problem:
    """A van that has been on the road since eight, with these stops left."""
    shift = make.shift(begun=Begun(hm(at), make.MITTE, hm(at) - hm("08:00"), (), tuple(aboard)))
    return make.problem(*stops, shifts=(shift,), minutes=10)


def both(asked: Problem, order: Order) -> tuple[Rest, Rest]:
    legs = legs_of(asked, StraightLine())
    return as_it_stands(asked, legs, order), made_anew(asked, legs, order)


def broken(rest: Rest) -> list[str | None]:
    return [b.stop for b in rest.driven.breaches if b.kind is Kind.PROMISE]


def test_a_late_van_drives_first_to_whom_it_can_still_reach_in_time() -> None:
    first, second = make.stop("a"), make.stop("b", "10:00-10:20", required=True)
    before, after = both(begun(first, second, at="10:00", aboard="ab"), (("a", "b"),))
    assert broken(before) == ["b"]
    assert broken(after) == []
    assert after.trips == (("b", "a"),)


def test_who_cannot_be_reached_in_time_any_more_is_still_visited_and_harms_nobody_else() -> None:
    lost = make.stop("a", "08:30-09:00", required=True)
    kept = make.stop("b", "10:00-10:20", required=True)
    before, after = both(begun(lost, kept, at="10:00", aboard="ab"), (("a", "b"),))
    assert broken(before) == ["a", "b"]
    assert broken(after) == ["a"]
    assert after.trips == (("b", "a"),)


def test_an_order_that_cannot_be_bettered_stays() -> None:
    stops = [make.stop("a", "10:00-10:20", required=True), make.stop("b")]
    before, after = both(begun(*stops, at="10:00", aboard="ab"), (("a", "b"),))
    assert after == before


def test_what_is_still_at_the_depot_is_driven_after_what_is_in_the_van() -> None:
    aboard, depot = make.stop("a"), make.stop("b", "10:00-10:30", required=True)
    _, after = both(begun(aboard, depot, at="10:00", aboard="a"), (("a",), ("b",)))
    assert after.trips == (("a",), ("b",))
    assert broken(after) == ["b"]


def test_a_van_that_is_out_when_its_shift_has_ended_still_visits_everybody() -> None:
    stops = [make.stop(name) for name in "ab"]
    before, after = both(begun(*stops, at="17:30", aboard="ab"), (("a", "b"),))
    assert {stop for trip in after.trips for stop in trip} == {"a", "b"}
    assert {breach.kind for breach in before.driven.breaches} >= {Kind.TIME}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_the_new_order_forgets_nobody_and_is_never_worse(seed: int) -> None:
    rng = Random(seed)  # noqa: S311  # chance for a test
    stops = []
    for name in "abcdefg"[: rng.randint(1, 7)]:
        made = make.stop(name, lat=rng.uniform(52.4, 52.6), lon=rng.uniform(13.2, 13.6))
        if rng.random() < 0.7:
            start = rng.randrange(8 * 60, 15 * 60, 30)
            window = make.stop(name, f"{start // 60:02d}:{start % 60:02d}-16:00").windows[0]
            made = replace(
                made, windows=(replace(window, end=min(start + 120, 960)),), required=True
            )
        stops.append(made)
    cut = rng.randint(0, len(stops))
    names = [stop.id for stop in stops]
    at = rng.choice(["09:00", "11:30", "14:00"])
    asked = replace(begun(*stops, at=at, aboard="".join(names[:cut])), travel="default")
    order: Order = (tuple(names[:cut]), *((tuple(names[cut:]),) if names[cut:] else ()))
    before, after = both(asked, order)
    assert sorted(stop for trip in after.trips for stop in trip) == sorted(names)
    assert set(after.trips[0]) == set(names[:cut])
    assert after.rank <= before.rank


def test_when_everybody_is_late_nobody_waits_three_hours_so_that_the_van_is_home_earlier() -> None:
    far = make.stop("a", "08:30-10:00", lat=52.39, lon=13.04, required=True)
    near = [
        make.stop(name, "08:30-10:00", lat=52.52 + n / 100, required=True)
        for n, name in enumerate("bcd")
    ]
    shift = make.shift(begun=Begun(hm("10:30"), make.MITTE, 150, (), tuple("abcd")))
    asked = make.problem(far, *near, shifts=(shift,))
    before, after = both(asked, (("a", "b", "c", "d"),))
    late = [sum(b.late_min or 0 for b in rest.driven.breaches) for rest in (before, after)]
    assert len(broken(after)) == 4
    assert late[1] < late[0]
    assert after.trips[0][-1] == "a"
