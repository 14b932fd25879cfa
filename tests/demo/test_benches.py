"""Desks torn down in the story: as many as two benches can do, at hours of work."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

from hoffice.demo.cast import cast
from hoffice.demo.loading.benches import BENCHES, torn_down
from hoffice.demo.loading.timetable import LOADED_MIN, PROMISED_MIN, WHOLE_PACKS

DESKS = torn_down(cast(), first=WHOLE_PACKS)


def test_every_desk_is_begun_once_and_ten_are_left_half_done() -> None:
    assert sorted(desk.person for desk in DESKS) == [person.number for person in cast().people]
    half = [desk for desk in DESKS if desk.done_min is None]
    assert len(half) == 10
    assert {desk.scanned == 0 for desk in half} == {True, False}


def test_a_bench_works_at_one_desk_at_a_time_and_rests_at_noon() -> None:
    work = defaultdict(list)
    for desk in DESKS:
        if desk.done_min is not None:
            work[desk.day, desk.bench].append((desk.begun_min, desk.done_min))
    for spans in work.values():
        spans.sort()
        assert all(done <= begun for (_, done), (begun, _) in pairwise(spans))
        assert all(begun >= 8 * 60 and done <= PROMISED_MIN for begun, done in spans)
        assert any(begun - done >= 20 for (_, done), (begun, _) in pairwise(spans))


def test_no_day_asks_for_more_than_its_benches_can_do() -> None:
    of_a_day = Counter(desk.day for desk in DESKS if desk.done_min is not None)
    assert set(of_a_day) == {-3, -2, -1}
    assert max(of_a_day.values()) <= BENCHES * 25
    assert max(of_a_day.values()) - min(of_a_day.values()) <= 12


def test_whose_papers_list_the_devices_has_them_before_the_papers_are_sent() -> None:
    begun = {desk.person: (desk.day, desk.begun_min) for desk in DESKS if desk.done_min is not None}
    for person in cast().people:
        listed = person.number in WHOLE_PACKS and person.number in begun
        if listed and begun[person.number][0] == person.journey.invited_day:
            assert begun[person.number][1] < 9 * 60
    for run in cast().runs:
        for stop in run.stops:
            assert begun[stop.person] < (run.day, LOADED_MIN)
