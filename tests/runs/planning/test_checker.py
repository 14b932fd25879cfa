"""The checker is silent about good plans and names every kind of bad one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from hoffice.runs.planning.checker import Verdict, check
from hoffice.runs.planning.findings import Code
from hoffice.runs.planning.plan import Plan, Route, Trip, Unplanned, Visit
from hoffice.runs.planning.problem import Amount, Begun, Lock, Problem, Rules, Span
from tests.runs.planning.problems import (
    BOX,
    MITTE,
    MONDAY,
    frame,
    hm,
    problem,
    shift,
    stop,
    van,
)
from tests.runs.planning.test_builder import built

ASKED = problem(
    *(stop(f"e{n}", minutes=40) for n in range(8)),
    stop("swap", "12:00-15:00", back=BOX, minutes=20),
    stop("never", "05:00-06:00"),
    minutes=10,
)
MADE = built(ASKED)


def judged(made: Plan, asked: Problem = ASKED) -> Verdict:
    return check(asked, made, frame(asked).legs)


def codes(made: Plan, asked: Problem = ASKED) -> set[Code]:
    return {found.code for found in judged(made, asked).violations}


def route_with(**changes: object) -> Plan:
    return replace(MADE, routes=(replace(MADE.routes[0], **changes),))  # type: ignore[arg-type]


def visits_with(change: Callable[[Visit], Visit]) -> Plan:
    trips = tuple(
        replace(trip, stops=tuple(change(visit) for visit in trip.stops))
        for trip in MADE.routes[0].trips
    )
    return route_with(trips=trips)


def moved(name: str, minutes: int) -> Callable[[Visit], Visit]:
    def change(visit: Visit) -> Visit:
        if visit.id != name:
            return visit
        return replace(
            visit,
            arrive=visit.arrive + minutes,
            start=visit.start + minutes,
            leave=visit.leave + minutes,
        )

    return change


def test_a_good_plan_has_no_violation_and_the_totals_are_recomputed() -> None:
    verdict = judged(MADE)

    assert verdict.violations == ()
    assert verdict.totals == MADE.totals
    assert verdict.totals.served == 9
    assert verdict.is_same_problem


def test_another_problem_is_noticed_without_being_a_violation() -> None:
    verdict = judged(replace(MADE, problem_sha256="0" * 64))

    assert not verdict.is_same_problem
    assert verdict.violations == ()


def test_a_required_stop_that_is_left_out_is_named_apart() -> None:
    asked = problem(stop("never", "05:00-06:00", required=True))

    verdict = judged(built(asked), asked)

    assert verdict.required_missing == ("never",)
    assert verdict.violations == ()


def first_visit() -> Visit:
    return MADE.routes[0].visits[0]


def without_the_last_stop() -> Plan:
    *trips, last = MADE.routes[0].trips
    return route_with(trips=(*trips, replace(last, stops=last.stops[:-1])))


def one_trip_for_all() -> Plan:
    trips = MADE.routes[0].trips
    return route_with(
        trips=(
            Trip(
                trips[0].start,
                sum((trip.load for trip in trips), Amount()),
                MADE.routes[0].visits,
            ),
        )
    )


def break_during_service() -> Plan:
    start = first_visit().start
    return route_with(breaks=(Span(start, start + 30),))


PLANTED: dict[str, tuple[Callable[[], Plan], Code]] = {
    "a stop disappears": (without_the_last_stop, Code.STOP_LOST),
    "a stop is served twice": (
        lambda: visits_with(lambda visit: replace(visit, id="e0") if visit.id == "e1" else visit),
        Code.STOP_TWICE,
    ),
    "a planned stop is also left out": (
        lambda: replace(MADE, unplanned=(*MADE.unplanned, Unplanned("e1", ()))),
        Code.STOP_TWICE,
    ),
    "a stop nobody knows": (
        lambda: visits_with(lambda visit: replace(visit, id="x") if visit.id == "e1" else visit),
        Code.UNKNOWN_STOP,
    ),
    "a shift nobody works": (
        lambda: route_with(day=MONDAY + timedelta(days=1)),
        Code.UNKNOWN_SHIFT,
    ),
    "a shift twice": (
        lambda: replace(MADE, routes=MADE.routes * 2),
        Code.SHIFT_TWICE,
    ),
    "off before the shift": (lambda: route_with(start=hm("07:30")), Code.EARLY_START),
    "home after the shift": (lambda: route_with(end=hm("17:00")), Code.LATE_END),
    "too early at the door": (lambda: visits_with(moved("swap", -200)), Code.SHORT_LEG),
    "outside the window": (lambda: visits_with(moved("swap", -200)), Code.OUTSIDE_WINDOW),
    "a hurried handover": (
        lambda: visits_with(lambda visit: replace(visit, leave=visit.leave - 10)),
        Code.SHORT_SERVICE,
    ),
    "loading before being back": (
        lambda: route_with(
            trips=(
                MADE.routes[0].trips[0],
                replace(MADE.routes[0].trips[1], start=MADE.routes[0].trips[0].start + 60),
            )
        ),
        Code.SHORT_LEG,
    ),
    "a van that never reloads": (one_trip_for_all, Code.OVERLOAD),
    "a wrong load": (
        lambda: route_with(
            trips=tuple(replace(trip, load=Amount(1, 1, 1)) for trip in MADE.routes[0].trips)
        ),
        Code.WRONG_LOAD,
    ),
    "no break": (lambda: route_with(breaks=()), Code.BREAK_MISSING),
    "a break at work": (break_during_service, Code.BREAK_AT_WORK),
    "a break after the day": (
        lambda: route_with(breaks=(Span(MADE.routes[0].end, MADE.routes[0].end + 30),)),
        Code.BREAK_OUTSIDE,
    ),
    "a break counted twice": (
        lambda: route_with(breaks=MADE.routes[0].breaks * 2),
        Code.BREAK_OUTSIDE,
    ),
    "a rest at home sold as a break": (
        lambda: route_with(
            breaks=(Span(MADE.routes[0].end, MADE.routes[0].end + 30),),
            end=MADE.routes[0].end + 30,
        ),
        Code.BREAK_AT_WORK,
    ),
    "a start that hides the loading": (
        lambda: route_with(start=MADE.routes[0].start + 10),
        Code.WRONG_FIGURE,
    ),
    "an embellished route": (lambda: route_with(km=1.0), Code.WRONG_FIGURE),
    "hidden work": (lambda: route_with(work_min=100), Code.WRONG_FIGURE),
    "embellished totals": (
        lambda: replace(MADE, totals=replace(MADE.totals, served=99)),
        Code.WRONG_FIGURE,
    ),
    "an embellished cost": (
        lambda: replace(MADE, totals=replace(MADE.totals, cost_cents=1)),
        Code.WRONG_FIGURE,
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_violation_is_found(name: str) -> None:
    planted, code = PLANTED[name]

    assert code in codes(planted())


def test_each_sentence_of_a_violation_can_be_said() -> None:
    for planted, _ in PLANTED.values():
        assert all(found.sentence for found in judged(planted()).violations)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (replace(ASKED, vans=(van(boxes=5),)), Code.OVERLOAD),
        (replace(ASKED, shifts=(shift(work=300),)), Code.TOO_MUCH_WORK),
        (replace(ASKED, shifts=(shift(end="15:00"),)), Code.LATE_END),
        (replace(ASKED, stops=tuple(replace(s, crew=3) for s in ASKED.stops)), Code.SMALL_CREW),
        (
            replace(
                ASKED,
                vans=(van(), van("bus-2")),
                shifts=(shift(), shift(bus="bus-2")),
                stops=tuple(replace(s, lock=Lock("bus-2", MONDAY)) for s in ASKED.stops),
            ),
            Code.WRONG_SHIFT,
        ),
        (
            replace(
                ASKED,
                stops=tuple(
                    replace(
                        s,
                        lock=Lock(
                            "bus-1", MONDAY, 9 - [v.id for v in MADE.routes[0].visits].index(s.id)
                        ),
                    )
                    for s in ASKED.stops[:9]
                )
                + ASKED.stops[9:],
            ),
            Code.WRONG_ORDER,
        ),
    ],
)
def test_the_same_plan_breaks_a_stricter_problem(changed: Problem, code: Code) -> None:
    assert code in codes(MADE, changed)


def test_breaks_do_not_matter_where_the_rule_is_off() -> None:
    asked = replace(ASKED, rules=Rules(None))
    made = route_with(breaks=())

    assert Code.BREAK_MISSING not in codes(made, asked)


def long_day(breaks: tuple[Span, ...]) -> tuple[Problem, Plan]:
    """Two doors, seven hours of work; only the breaks differ."""
    asked = problem(stop("e1", minutes=150), stop("e2", minutes=190), minutes=20, load=0)
    second = 60 + sum(span.end - span.start for span in breaks if span.start < hm("11:30"))
    visits = (
        Visit("e1", hm("08:20"), hm("08:20"), hm("10:50")),
        Visit("e2", hm("10:10") + second, hm("10:10") + second, hm("13:20") + second),
    )
    end = hm("13:40") + second + sum(s.end - s.start for s in breaks if s.start >= hm("13:00"))
    load = Amount(2, 480, 50)
    route = Route(
        "bus-1", MONDAY, hm("08:00"), end, 60, 400, breaks, (Trip(hm("08:00"), load, visits),)
    )
    made = built(asked)
    return asked, replace(made, routes=(route,))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        (("10:50-11:20",), set()),
        (("10:50-11:05", "11:05-11:20"), set()),
        (("10:50-11:15",), {Code.BREAK_MISSING}),
        (("10:50-11:00", "11:00-11:20"), {Code.BREAK_MISSING}),
        ((), {Code.BREAK_MISSING, Code.LONG_STRETCH}),
        (("14:20-14:50",), {Code.LONG_STRETCH}),
    ],
)
def test_breaks_are_counted_as_the_law_counts_them(
    spans: tuple[str, ...], expected: set[Code]
) -> None:
    breaks = tuple(Span(hm(span[:5]), hm(span[6:])) for span in spans)
    asked, made = long_day(breaks)

    lawful = {Code.BREAK_MISSING, Code.LONG_STRETCH, Code.BREAK_AT_WORK}

    assert codes(made, asked) & lawful == expected


def test_boxes_in_another_van_cannot_be_delivered_by_this_one() -> None:
    begun = Begun(hm("09:00"), MITTE, 60, (), ("e0",))
    asked = problem(
        stop("e0"),
        stop("e1"),
        vans=(van(), van("bus-2")),
        shifts=(shift(), shift(bus="bus-2", begun=begun)),
        minutes=10,
    )
    honest = built(asked)
    (mine,) = [route for route in honest.routes if route.van == "bus-2"]
    swapped = replace(
        honest,
        routes=(replace(mine, van="bus-1"),),
    )

    assert codes(honest, asked) == set()
    assert Code.NOT_ON_BOARD in codes(swapped, asked)


def test_a_plan_may_be_a_minute_off_and_no_more() -> None:
    assert codes(visits_with(moved("e1", 0))) == set()
    one = visits_with(lambda visit: replace(visit, arrive=visit.arrive - 1))
    two = visits_with(lambda visit: replace(visit, arrive=visit.arrive - 2))

    assert codes(one) == set()
    assert Code.SHORT_LEG in codes(two)
