"""Legs that are kept, and what driven ones teach."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from flask import Flask

from hoffice.db import db, start_writing, unit_of_work
from hoffice.places.models import DrivenLeg, KeptLegs
from hoffice.places.queries import legs as queries
from hoffice.places.service import legs
from hoffice.places.travel.answers import NO_ANSWER, TOO_SLOW, RoadsDown, Spot, Table
from hoffice.places.travel.learning import CORRECTED, Driven
from hoffice.places.travel.roads import Roads
from hoffice.places.travel.straight import StraightLine
from tests import makers
from tests.conftest import Given
from tests.contracts.road_servers import kilometres_between, minutes_between


class Counting:
    """An engine that counts the ways it is asked for; some it does not know, and it can fail."""

    name = "OSRM"

    def __init__(self, key: str = "osrm here", *, is_worth_keeping: bool = True) -> None:
        self.key, self.is_worth_keeping = key, is_worth_keeping
        self.asked: list[tuple[int, int]] = []
        self.lost: set[Spot] = set()
        self.is_down = False

    def table(
        self, points: Sequence[Spot], sources: Sequence[int], destinations: Sequence[int]
    ) -> Table:
        """What the servers of the contract test say."""
        self.asked.append((len(sources), len(destinations)))
        if self.is_down:
            raise RoadsDown(TOO_SLOW)
        table = Table.empty(len(sources), len(destinations))
        for row, start in enumerate(sources):
            for column, end in enumerate(destinations):
                if not {points[start], points[end]} & self.lost:
                    table.minutes[row, column] = minutes_between(points[start], points[end])
                    table.km[row, column] = kilometres_between(points[start], points[end])
        return table


def spots(count: int, seed: int = 1) -> list[Spot]:
    dice = random.Random(seed)  # noqa: S311  # places, no secret
    return [(52.4 + dice.random() / 5, 13.2 + dice.random() / 3) for _ in range(count)]


def roads(engine: Counting) -> Roads:
    return Roads(legs.KnownLegs(engine), StraightLine())


def test_what_was_asked_once_is_never_asked_again(app: Flask) -> None:
    engine = Counting()
    places = spots(20)
    with app.app_context():
        first = roads(engine).matrix(places)
        again = roads(engine).matrix(places)
        shuffled = roads(engine).matrix(places[::-1])

    assert engine.asked == [(20, 20)]
    assert np.allclose(first.minutes, again.minutes, atol=1e-4)
    assert np.allclose(first.km, again.km, atol=1e-4)
    assert shuffled.minutes[0][1] == pytest.approx(first.minutes[19][18], abs=1e-4)
    assert again.model == "OSRM"
    assert again.notes == ()


def test_of_a_new_place_only_its_own_row_and_column_are_asked(app: Flask) -> None:
    engine = Counting()
    places = spots(12)
    with app.app_context():
        roads(engine).matrix(places[:10])
        engine.asked.clear()

        grown = roads(engine).matrix(places)
        fresh = Roads(engine, StraightLine()).matrix(places)

    assert engine.asked[:2] == [(2, 12), (10, 2)]
    assert np.allclose(grown.minutes, fresh.minutes, atol=1e-4)


def test_another_map_is_another_memory(app: Flask) -> None:
    old, new = Counting("osrm old"), Counting("osrm new")
    with app.app_context():
        roads(old).matrix(spots(4))
        roads(new).matrix(spots(4))

    assert new.asked == [(4, 4)]


def test_an_engine_that_is_as_fast_as_the_memory_is_not_remembered(app: Flask) -> None:
    engine = Counting(is_worth_keeping=False)
    with app.app_context():
        roads(engine).matrix(spots(4))
        roads(engine).matrix(spots(4))

        assert len(engine.asked) == 2
        assert not db.session.scalar(db.select(db.func.count()).select_from(KeptLegs))


def test_estimates_are_never_kept(app: Flask) -> None:
    engine = Counting()
    places = spots(5)
    engine.lost.add((round(places[4][0], 5), round(places[4][1], 5)))
    with app.app_context():
        first = roads(engine).matrix(places)
        engine.lost.clear()
        again = roads(engine).matrix(places)

    assert [note.facts for note in first.notes] == [{"count": 8, "all": 20}]
    assert again.notes == ()
    assert engine.asked == [(5, 5), (1, 4), (4, 1)]


def test_an_engine_that_is_down_from_the_start_is_said(app: Flask) -> None:
    engine = Counting()
    engine.is_down = True
    with app.app_context():
        matrix = roads(engine).matrix(spots(4))

        assert [note.text for note in matrix.notes] == [NO_ANSWER]
        assert not db.session.scalar(db.select(db.func.count()).select_from(KeptLegs))


def test_an_engine_that_goes_down_later_leaves_what_is_known(app: Flask) -> None:
    engine = Counting()
    places = spots(5)
    with app.app_context():
        known = roads(engine).matrix(places[:4])
        engine.is_down = True
        matrix = roads(engine).matrix(places)

    assert matrix.minutes[0][1] == pytest.approx(known.minutes[0][1], abs=1e-4)
    assert [note.facts for note in matrix.notes] == [{"count": 8, "all": 20, "reason": TOO_SLOW}]


def test_legs_are_kept_whatever_becomes_of_the_callers_transaction(app: Flask) -> None:
    engine = Counting()
    with app.app_context():
        db.session.execute(db.select(KeptLegs)).all()  # a reading transaction is open
        roads(engine).matrix(spots(4))
        db.session.rollback()
        roads(engine).matrix(spots(4))

    assert engine.asked == [(4, 4)]


def test_within_a_writing_transaction_nobody_waits_for_himself(
    app: Flask, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = Counting()
    with app.app_context():
        start_writing()
        matrix = roads(engine).matrix(spots(4))
        db.session.rollback()
        roads(engine).matrix(spots(4))

    assert matrix.notes == ()
    assert "could not be kept" not in caplog.text  # as it says who has waited in vain
    # SQLite has one writer, so nothing could be kept there; PostgreSQL has room for two
    assert len(engine.asked) == (2 if database.startswith("sqlite") else 1)


def test_two_that_ask_at_once_do_not_disturb_each_other(app: Flask) -> None:
    engine = Counting()
    places = spots(30)
    faults: list[BaseException] = []

    def ask(part: Sequence[Spot]) -> None:
        try:
            with app.app_context():
                roads(engine).matrix(part)
        except BaseException as error:  # noqa: BLE001  # told below
            faults.append(error)

    threads = [threading.Thread(target=ask, args=(places[n : n + 15],)) for n in (0, 5, 10, 15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    with app.app_context():
        matrix = roads(engine).matrix(places)
        fresh = Roads(engine, StraightLine()).matrix(places)
    assert np.allclose(matrix.minutes, fresh.minutes, atol=1e-4)


def test_forgotten_legs_are_asked_again(app: Flask) -> None:
    engine = Counting()
    with app.app_context():
        roads(engine).matrix(spots(4))
        with unit_of_work():
            assert legs.forget() == 4
        roads(engine).matrix(spots(4))

    assert len(engine.asked) == 2


def test_150_known_places_cost_one_statement(app: Flask, queries: list[str]) -> None:
    engine = Counting()
    with app.app_context():
        roads(engine).matrix(spots(150))
        queries.clear()
        roads(engine).matrix(spots(150))

    assert len([one for one in queries if one.startswith("SELECT")]) == 1


@pytest.mark.parametrize(
    "spot", [(52.5, 13.4), (-33.9, 151.2), (89.99999, -180.0), (-90.0, 180.0), (0.0, 0.0)]
)
def test_a_place_is_known_by_five_digits(spot: Spot) -> None:
    lat, lon = spot

    assert legs.code((lat + 0.000004, lon)) == legs.code(spot)
    assert legs.code((lat, lon + 0.00001)) == legs.code(spot) + 1
    assert legs.code((lat + 0.00001, lon)) == legs.code(spot) + 100_000_000
    assert -(2**63) <= legs.code(spot) < 2**63


def driven(number: int, *, share: float = 1.2, reference: str = "") -> Driven:
    """A leg of some 24 minutes by the model that took this share of it."""
    start, end = (52.50, 13.40), (52.50, 13.55)
    minutes = StraightLine().leg(start, end)[0]
    return Driven(
        reference or f"stop:{number}",
        start,
        end,
        share * minutes,
        makers.MONDAY + timedelta(minutes=number),
    )


def test_a_leg_teaches_once(app: Flask, given: Given) -> None:
    with given():
        assert legs.teach([driven(1), driven(2)]) == 2
    with given():
        assert legs.teach([driven(2), driven(3)]) == 1

    with app.app_context():
        assert legs.learnt().legs == 3


def test_the_drives_of_many_years_teach_in_one_go(app: Flask, given: Given) -> None:
    with given():
        drives = [
            Driven(f"stop:{number}", (52.5, 13.4), (52.6, 13.6), 40.0, makers.MONDAY)
            for number in range(66_000)
        ]
        assert legs.teach(drives[:1]) == 1

    with app.app_context():
        known = queries.taught([leg.reference for leg in drives])

    assert known == {"stop:0"}


def test_thirty_legs_correct_the_model_and_say_so(app: Flask, given: Given) -> None:
    with given():
        legs.teach([driven(n) for n in range(29)])
    with app.app_context():
        assert legs.travel_times(None).matrix(spots(2)).notes == ()

    with given():
        legs.teach([driven(29)])
    with app.app_context():
        matrix = legs.travel_times(None).matrix(spots(2))

    plain = StraightLine().matrix(spots(2))
    assert matrix.minutes[0][1] == pytest.approx(1.2 * plain.minutes[0][1])
    assert matrix.km == plain.km
    assert [(note.text, note.facts) for note in matrix.notes] == [
        (CORRECTED, {"legs": 30, "factor": 1.2})
    ]


def test_only_the_latest_300_legs_count(app: Flask, given: Given) -> None:
    with given():
        legs.teach([driven(n, share=0.8) for n in range(300)])
        legs.teach([driven(n, share=1.4) for n in range(300, 600)])

    with app.app_context():
        learnt = legs.learnt()

    assert learnt.legs == 300
    assert learnt.factor == pytest.approx(1.4)


def test_what_cannot_be_a_drive_teaches_nothing(given: Given) -> None:
    near = Driven("stop:1", (52.5, 13.4), (52.5, 13.405), 3.0, makers.MONDAY)
    with given():
        assert legs.teach([near, driven(2, share=0.01), driven(3, share=4.1)]) == 0
        assert db.session.scalars(db.select(DrivenLeg)).all() == []
