"""Bad input is refused by name or planned around with a reason; never a wrong plan."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hoffice.places.travel.straight import StraightLine
from hoffice.runs.cli import runs
from hoffice.runs.planning import problem as problems
from hoffice.runs.planning.checker import check
from hoffice.runs.planning.findings import Code
from hoffice.runs.planning.plan import Plan
from hoffice.runs.planning.problem import Amount, Begun, Matrices, Point, Problem, Window
from hoffice.runs.planning.shape import Malformed, parsed
from hoffice.runs.solver import PyvrpSolver
from tests.runs.planning.problems import (
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
from tests.runs.planning.test_problem import EXAMPLE, example
from tests.runs.planning.varied import AUTUMN, SPRING

MUNICH = Point(48.137, 11.575)
NIGHT = {"start": "00:30", "end": "06:30"}


def flask(*words: str | Path) -> Result:
    return CliRunner().invoke(runs, [str(word) for word in words])


def put(value: Any, path: str, change: object) -> Any:
    """The value with another one at a path like ``stops/0/lat``."""
    changed = copy.deepcopy(value)
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place = changed
    for step in way:
        place = place[step]
    place[last] = change
    return changed


def solved(asked: Problem) -> Plan:
    made = PyvrpSolver(StraightLine()).solve(asked, iterations=10)
    assert check(asked, made, frame(asked).legs).violations == ()
    return made


def reasons(made: Plan) -> dict[str, set[Code]]:
    return {left.id: {reason.code for reason in left.reasons} for left in made.unplanned}


BEGUN = {"at": "11:20", "lat": 52.5, "lon": 13.4, "worked_min": 170}

ABSURD: list[tuple[str, object, str]] = [
    ("version", True, "version: a number"),
    ("version", "1", "version: a number"),
    ("version", 1.5, "version: a whole number"),
    ("timezone", "Europe", "timezone: there is no such time zone"),
    ("timezone", "x" * 300, "timezone: there is no such time zone"),
    ("timezone", "../../etc/passwd", "timezone: there is no such time zone"),
    ("timezone", None, "timezone: a text"),
    ("depot/lat", float("nan"), "depot.lat: a number"),
    ("depot/lat", float("inf"), "depot.lat: a number"),
    ("depot/lat", 1e308, "depot.lat: 1e+308 is outside -90 to 90"),
    ("depot/lon", 181, "depot.lon: 181 is outside"),
    ("depot/load_min_per_trip", -15, "depot.load_min_per_trip: -15 is outside 0 to 1440"),
    ("depot/load_min_per_trip", 1441, "depot.load_min_per_trip: 1441 is outside 0 to 1440"),
    ("vans/0/capacity/boxes", -1, "vans[0].capacity.boxes: -1 is outside"),
    ("vans/0/capacity/boxes", 10**7, "vans[0].capacity.boxes: 10000000 is outside 0 to 1000000"),
    ("vans/0/capacity/boxes", 10**400, "vans[0].capacity.boxes: 1000"),
    ("vans/0/crew", 0, "vans[0].crew: 0 is outside 1 to 20"),
    ("vans/0/crew", 21, "vans[0].crew: 21 is outside 1 to 20"),
    ("vans/0/cost_cents_per_day", -1, "vans[0].cost_cents_per_day: -1 is outside"),
    ("vans/0/cost_cents_per_km", 1e300, "vans[0].cost_cents_per_km: 1e+300 is outside"),
    ("shifts/0/date", "0001-01-01", "shifts[0].date: 0001-01-01 is outside 2000-01-01"),
    ("shifts/0/date", "9999-12-31", "shifts[0].date: 9999-12-31 is outside 2000-01-01"),
    ("shifts/0/date", "2020-02-30", "shifts[0].date: a date like"),
    ("shifts/0/date", 20200323, "shifts[0].date: a text"),
    ("shifts/0/start", "24:00", "shifts[0].start: a time like"),
    ("shifts/0/start", "8:00", "shifts[0].start: a time like"),
    ("shifts/0/start", "٠٨:٣٠", "shifts[0].start: a time like"),
    ("shifts/0/end", "07:00", "shifts[0].end: the end lies before the start"),
    ("shifts/0/max_work_min", -480, "shifts[0].max_work_min: -480 is outside"),
    ("shifts/0/max_work_min", 480.5, "shifts[0].max_work_min: a whole number"),
    ("shifts/0/begun", BEGUN | {"worked_min": -1}, "shifts[0].begun.worked_min: -1 is outside"),
    ("shifts/0/begun", BEGUN | {"worked_min": 681}, "shifts[0].begun.worked_min: more than has"),
    (
        "shifts/0/begun",
        BEGUN | {"breaks": [{"start": "11:00", "end": "11:30"}]},
        "shifts[0].begun.breaks[0]: this break lies in another one or in the future",
    ),
    (
        "shifts/0/begun",
        BEGUN
        | {"breaks": [{"start": "09:00", "end": "09:30"}, {"start": "09:15", "end": "09:45"}]},
        "shifts[0].begun.breaks[1]: this break lies in another one",
    ),
    ("shifts/0/begun", BEGUN | {"order": "any"}, "shifts[0].begun.order: 'any' is not one of"),
    ("stops/0/id", "", "stops[0].id: a text"),
    ("stops/0/id", 7, "stops[0].id: a text"),
    ("stops/0/id", "e\n1", "stops[0].id: a text without control characters"),
    ("stops/0/id", "e\x00", "stops[0].id: a text without control characters"),
    ("stops/0/id", "\ud800", "stops[0].id: a text without control characters"),
    ("stops/0/id", "e" * 1001, "stops[0].id: a text of 1000 characters at most"),
    ("stops/0/kind", ["deliver"], "stops[0].kind: ['deliver'] is not one of"),
    ("stops/0/kind", "x" * 10_000, "stops[0].kind: 'xxx"),
    ("stops/0/lat", "52.5", "stops[0].lat: a number"),
    ("stops/0/lat", None, "stops[0].lat: a number"),
    ("stops/0/lon", -180.1, "stops[0].lon: -180.1 is outside"),
    ("stops/0/out", {"boxes": -1}, "stops[0].out.boxes: -1 is outside"),
    ("stops/0/out", {"boxes": 1, "pallets": 1}, "stops[0].out: unknown key 'pallets'"),
    ("stops/0/back", [], "stops[0].back: an object"),
    ("stops/0/service_min", -1, "stops[0].service_min: -1 is outside 0 to 1440"),
    ("stops/0/service_min", 1441, "stops[0].service_min: 1441 is outside 0 to 1440"),
    ("stops/0/crew", 100, "stops[0].crew: 100 is outside 0 to 20"),
    ("stops/0/priority", 1e9, "stops[0].priority: 1000000000.0 is outside"),
    ("stops/0/required", "yes", "stops[0].required: true or false"),
    ("stops/0/windows", "10:00-12:00", "stops[0].windows: a list"),
    ("stops/0/windows", [{}], "stops[0].windows[0].start: this key is missing"),
    (
        "stops/0/windows",
        [{"date": "2020-03-23", "start": "10:00", "end": "12:00"}] * 1001,
        "stops[0].windows: 1001 entries; this program reads 1000 at most",
    ),
    ("stops/0/lock", {"van": "bus-1"}, "stops[0].lock.date: this key is missing"),
    ("stops/0/lock", {"van": "x", "date": "2020-03-23"}, "stops[0].lock: van x has no shift"),
    ("vans", [{}] * 1001, "vans: 1001 entries"),
    ("shifts", [{}] * 10_001, "shifts: 10001 entries"),
    ("stops", [{}] * 20_001, "stops: 20001 entries"),
    ("travel", {"model": ""}, "travel.model: a text"),
    ("travel", {"minutes": [[0, -1], [1, 0]], "km": [[0, 1], [1, 0]]}, "travel.minutes[0][1]: -1"),
    ("travel", {"minutes": [[0, 1], [1, 0]], "km": [[0, 1e9], [1, 0]]}, "travel.km[0][1]: 1000000"),
    ("travel", {"minutes": [[0, 1], [1]], "km": [[0, 1], [1, 0]]}, "travel.minutes: a full matrix"),
    ("travel", {"minutes": [[0, 1], [1, 0]]}, "travel.km: this key is missing"),
    (
        "travel",
        {"minutes": [[0, 1], [1, 0]], "km": [[0, 1], [1, 0]], "model": "default"},
        "travel: unknown key 'model'",
    ),
    ("rules/max_overtime_min", -1, "rules.max_overtime_min: -1 is outside"),
    ("rules/breaks", "EU", "rules.breaks: 'EU' is not one of"),
    ("colour", "red", "unknown key 'colour'"),
]


@pytest.mark.parametrize(
    ("path", "change", "said"), ABSURD, ids=[f"{n}-{row[0]}" for n, row in enumerate(ABSURD)]
)
def test_absurd_values_are_refused_with_their_place(path: str, change: object, said: str) -> None:
    wrong = put(example(), path, change)

    with pytest.raises(Malformed) as refused:
        problems.read(wrong)

    assert str(refused.value).startswith(said)
    assert len(str(refused.value)) < 300


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not JSON in UTF-8"),
    "null": (b"null", "an object is expected here"),
    "a list": (b"[]", "an object is expected here"),
    "cut off": (EXAMPLE.encode()[:200], "not JSON in UTF-8"),
    "two values": (EXAMPLE.encode() * 2, "not JSON in UTF-8"),
    "Latin-1": (EXAMPLE.replace("e001", "Grün").encode("latin-1"), "not JSON in UTF-8"),
    "UTF-16": (EXAMPLE.encode("utf-16"), "not JSON in UTF-8"),
    "a deep nest": (b"[" * 100_000, "lie too deep in one another"),
    "a number without end": (b'{"version": ' + b"1" * 5000 + b"}", "too many digits"),
    "NaN": (EXAMPLE.replace("52.520", "NaN").encode(), "NaN is no number that JSON knows"),
    "Infinity": (EXAMPLE.replace("52.520", "-Infinity").encode(), "-Infinity is no number"),
    "more than a float": (EXAMPLE.replace("52.520", "1e999").encode(), "depot.lat: a number"),
    "a key twice": (
        EXAMPLE.replace('"crew": 2', '"crew": 2, "crew": 1').encode(),
        "key 'crew' stands twice in one object",
    ),
    "half a character": (EXAMPLE.replace("e001", "\\ud800").encode(), "without control"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_problem_is_refused_by_every_command(name: str, tmp_path: Path) -> None:
    content, said = FILES[name]
    file, made = tmp_path / "problem.json", tmp_path / "plan.json"
    file.write_bytes(content)

    solve = flask("solve", file, made)
    made.write_bytes(content)

    for result in (solve, flask("check", file, made), flask("offer", file, made, "--stop", "e1")):
        assert result.exit_code == 2, result.output
        assert str(file) in result.stderr
        assert said in result.stderr
        assert "Traceback" not in result.output


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parsed(b"\xef\xbb\xbf" + EXAMPLE.encode()) == example()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        pytest.param("totals/work_min", 10**400, "totals.work_min: 1000", id="endless"),
        ("totals/km", -1, "totals.km: -1 is outside"),
        ("routes/0/date", "0001-01-01", "routes[0].date: 0001-01-01 is outside"),
        ("routes/0/trips/0/stops/0/start", "25:00", "routes[0].trips[0].stops[0].start: a time"),
        ("routes/0/trips/0/load", None, "routes[0].trips[0].load: an object"),
        ("colour", "red", "unknown key 'colour'"),
        ("version", True, "version: a number"),
    ],
)
def test_an_absurd_plan_is_refused_with_its_place(
    path: str, value: object, said: str, tmp_path: Path
) -> None:
    asked, made = tmp_path / "problem.json", tmp_path / "plan.json"
    asked.write_text(EXAMPLE)
    assert flask("solve", asked, made, "--iterations", "1").exit_code == 0
    made.write_text(json.dumps(put(json.loads(made.read_text()), path, value)))

    result = flask("check", asked, made)

    assert result.exit_code == 2
    assert said in result.stderr


# --- planned around -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["e ö/ß", "🚐", "%(stop)s", "<b>", "'; --", "e" * 999, "0"], ids=range(7)
)
def test_odd_names_are_names(name: str, tmp_path: Path) -> None:
    asked = problems.read(put(example(), "stops/0/id", name))
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(problems.write(asked)))

    assert [visit.id for route in solved(asked).routes for visit in route.visits] == [name]
    assert flask("solve", file, tmp_path / "plan.json", "--iterations", "2").exit_code == 0
    assert flask("check", file, tmp_path / "plan.json").exit_code == 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (problem(), {}),
        (replace(problem(), shifts=()), {}),
        (replace(problem(), shifts=(), vans=()), {}),
        (replace(problem(stop("e1")), shifts=()), {"e1": {Code.NO_WINDOW}}),
        (replace(problem(stop("e1")), shifts=(), vans=()), {"e1": {Code.NO_WINDOW}}),
        (problem(stop("e1", "05:00-06:00")), {"e1": {Code.NO_WINDOW}}),
        (problem(stop("e1", "10:00-12:00", day=SPRING)), {"e1": {Code.NO_WINDOW}}),
        (problem(stop("e1", out=Amount(7, 0, 0))), {"e1": {Code.TOO_BIG}}),
        (problem(stop("e1", out=Amount(), back=Amount(7, 0, 0))), {"e1": {Code.TOO_BIG}}),
        (problem(stop("e1"), vans=(van(boxes=0),)), {"e1": {Code.TOO_BIG}}),
        (problem(stop("e1", crew=20)), {"e1": {Code.CREW}}),
        (problem(stop("e1", minutes=1440)), {"e1": {Code.TOO_FAR}}),
        (problem(stop("e1"), load=1440), {"e1": {Code.TOO_FAR}}),
        (problem(stop("e1"), shifts=(shift(work=0),)), {"e1": {Code.TOO_FAR}}),
        (problem(stop("e1"), shifts=(shift(end="08:00"),)), {"e1": {Code.TOO_FAR}}),
        (problem(stop("e1", lat=MUNICH.lat, lon=MUNICH.lon)), {"e1": {Code.TOO_FAR}}),
        (problem(stop("e1", lat=-90, lon=180)), {"e1": {Code.TOO_FAR}}),
    ],
)
def test_what_cannot_be_served_is_left_out_with_its_reason(
    asked: Problem, said: dict[str, set[Code]]
) -> None:
    assert reasons(solved(asked)) == said
    assert reasons(built(asked)) == said


def test_a_van_in_another_city_is_too_far_and_says_by_how_much() -> None:
    begun = Begun(hm("10:00"), MUNICH, 120, (), ("e1",))
    asked = problem(stop("e1"), stop("e2"), shifts=(shift(begun=begun),))

    left = {one.id: one.reasons[0] for one in solved(asked).unplanned}

    assert {reason.code for reason in left.values()} == {Code.TOO_FAR}
    minutes = [dict(reason.facts)["minutes"] for reason in left.values()]
    assert all(isinstance(one, int) and 0 < one < 24 * 60 for one in minutes)


def test_a_depot_in_another_city_serves_nobody_and_says_why() -> None:
    asked = problem(stop("e1"), stop("e2", "10:00-12:00"))
    far = replace(asked, depot=replace(asked.depot, at=MUNICH))

    assert reasons(solved(far)) == {"e1": {Code.TOO_FAR}, "e2": {Code.TOO_FAR}}


def test_a_van_still_out_when_its_shift_is_over_serves_nobody_any_more() -> None:
    begun = Begun(hm("17:00"), MITTE, 500, (), ("e1",))
    asked = problem(stop("e1"), stop("e2", "10:00-12:00"), shifts=(shift(begun=begun),))

    assert solved(asked).totals.served == 0
    assert all(left.reasons for left in solved(asked).unplanned)


def test_a_van_that_left_overfull_serves_nobody_and_says_so() -> None:
    begun = Begun(hm("09:00"), MITTE, 60, (), tuple(f"e{n}" for n in range(8)))
    asked = problem(*(stop(f"e{n}") for n in range(8)), shifts=(shift(begun=begun),))

    assert set.union(*reasons(solved(asked)).values()) == {Code.NO_ROOM}


def test_forty_doors_in_one_house_are_planned_like_any_others() -> None:
    shifts = tuple(shift(MONDAY + timedelta(days=n)) for n in range(3))
    asked = problem(*(stop(f"e{n:02d}") for n in range(40)), shifts=shifts)

    assert solved(asked).totals.served == 40


def test_a_town_without_distances_is_planned_too() -> None:
    asked = problem(*(stop(f"e{n}") for n in range(9)), minutes=0, load=0)

    assert solved(asked).totals.served == 9


def test_matrices_may_be_as_lopsided_as_one_way_streets() -> None:
    asked = problem(stop("e1"), stop("e2"), minutes=0)
    rows = ((0.0, 5.0, 99_999.0), (99_999.0, 0.0, 5.0), (5.0, 99_999.0, 0.0))
    lopsided = replace(asked, travel=Matrices(rows, rows))

    (route,) = solved(lopsided).routes

    assert [visit.id for visit in route.visits] == ["e1", "e2"]


def test_a_thousand_windows_are_looked_through() -> None:
    windows = tuple(Window(MONDAY + timedelta(days=n % 100), 60 + n, 61 + n) for n in range(999))
    asked = problem(replace(stop("e1"), windows=windows), stop("e2"))

    assert solved(asked).totals.served == 2


# --- the clock ------------------------------------------------------------------------------------


def test_a_night_in_which_the_clocks_are_set_back_is_refused() -> None:
    night = put(example(), "shifts/0", example()["shifts"][0] | NIGHT | {"date": "2020-10-25"})
    before = put(night, "shifts/0/end", "01:59")
    after = put(night, "shifts/0/start", "03:00")

    with pytest.raises(Malformed, match=r"^shifts\[0\]: the clocks are set back"):
        problems.read(night)
    assert problems.read(before).shifts[0].day == problems.read(after).shifts[0].day == AUTUMN


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "UTC"])
@pytest.mark.parametrize("day", [SPRING, SPRING.replace(month=10, day=18), AUTUMN])
def test_every_shift_of_a_day_of_change_is_planned_or_refused(zone: str, day: object) -> None:
    for start, end in (
        ("00:00", "06:00"),
        ("02:30", "10:00"),
        ("08:00", "16:30"),
        ("00:10", "02:40"),
    ):
        value = put(example(), "timezone", zone)
        value["shifts"][0] |= {"date": str(day), "start": start, "end": end}
        value["stops"][0]["windows"] = [
            {"date": str(day), "start": "00:30", "end": "02:30"},
            {"date": str(day), "start": "09:00", "end": "09:15"},
        ]
        try:
            asked = problems.read(value)
        except Malformed as refused:
            assert "set back" in str(refused)  # noqa: PT017  # either answer is right
            continue
        assert all(left.reasons for left in solved(asked).unplanned)


def test_far_too_many_stops_at_one_point_end_when_they_are_told_to() -> None:
    asked = problem(
        *(stop(f"e{n:03d}") for n in range(90)),
        shifts=tuple(shift(MONDAY + timedelta(days=n)) for n in range(3)),
    )
    calls = []

    def is_enough() -> bool:
        calls.append(1)
        return True

    made = PyvrpSolver(StraightLine()).solve(asked, iterations=10**9, cancel=is_enough)

    assert calls
    assert made.totals.served > 0
    assert made.unplanned
    assert made.totals.served + len(made.unplanned) == 90
    assert check(asked, made, frame(asked).legs).violations == ()
    assert all(left.reasons for left in made.unplanned)
