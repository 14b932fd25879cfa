"""Asked once, in turn, kept, and never while the database waits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice import clock
from hoffice.accounts.models import Account
from hoffice.db import db, start_writing, unit_of_work
from hoffice.places.geocoders.online import words
from hoffice.places.geocoders.online.words import Found, ProviderFailed, Question
from hoffice.places.models import OnlineAnswer, OnlineTurn
from hoffice.places.queries import online as queries
from hoffice.places.rules import Finding, Located, Precision
from hoffice.places.service.online import (
    MOST_FAILURES,
    CachedOnline,
    credit_of,
    online_of,
    take_turn,
)
from hoffice.settings import OnlineProvider, Settings
from tests import makers
from tests.contracts.online_answers import Place, photon
from tests.contracts.online_servers import listening
from tests.races import Meeting, meet_after

pytestmark = pytest.mark.usefixtures("inside")

SONNENALLEE = ("Sonnenallee", "112", "12045", "Berlin")
HOUSE = Found(
    *(52.4812, 13.4356, Precision.HOUSE, "Sonnenallee", "112", "12045", "Berlin"),
    areas=("Neukölln",),
    country="de",
)


class Oracle:
    """A provider that knows one house, or nothing, or fails; and remembers what it was asked."""

    provider, label, credit = "oracle", "Oracle", "© Oracle"
    keep_days: int | None = None
    is_public = False
    interval_s = 0.0

    def __init__(self, *found: Found) -> None:
        self.found = found
        self.failure: ProviderFailed | None = None
        self.asked: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def ask(self, question: Question) -> tuple[Found, ...]:
        """Remember the question, and answer or fail as told."""
        self.asked.append(question.key)
        self.meanwhile()
        if self.failure is not None:
            raise self.failure
        return self.found


@pytest.fixture
def oracle() -> Oracle:
    return Oracle(HOUSE)


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.remove()


def reason(located: Located) -> str:
    (remark,) = located.remarks
    assert remark.finding is Finding.PROVIDER_FAILED
    return remark.facts["reason"]


def test_an_address_is_asked_once_and_kept(app: Flask, oracle: Oracle) -> None:
    with app.app_context():
        first = CachedOnline(oracle).answer(*SONNENALLEE)
    with app.app_context():
        second = CachedOnline(oracle).answer(*SONNENALLEE)

    assert first.located == second.located
    assert first.located.precision == Precision.HOUSE
    assert (first.was_kept, second.was_kept) == (False, True)
    assert oracle.asked == ["sonnenallee|112|12045|berlin"]


def test_another_spelling_is_the_same_question(oracle: Oracle) -> None:
    online = CachedOnline(oracle)

    online.locate("Karl-Marx-Str.", "12 A", "12043", "Berlin")
    online.locate("Karl-Marx-Straße", "12a", "12043", "BERLIN")

    assert len(oracle.asked) == 1


def test_only_the_address_is_kept_and_no_name(oracle: Oracle) -> None:
    CachedOnline(oracle).locate("Sonnenallee c/o Kaya", "112, HH 3. OG", "12045", "Berlin")

    row = db.session.execute(select(OnlineAnswer.question, OnlineAnswer.answer)).one()
    assert row.question == "sonnenallee|112|12045|berlin"
    assert "aya" not in str(row.answer)


def test_an_answer_stays_when_the_request_that_asked_is_undone(oracle: Oracle) -> None:
    db.session.execute(select(OnlineAnswer)).all()  # a reading transaction is under way

    CachedOnline(oracle).locate(*SONNENALLEE)
    db.session.rollback()

    assert CachedOnline(oracle).answer(*SONNENALLEE).was_kept


@pytest.mark.parametrize("obstacle", [("", "112", "12045", "Berlin"), ("Sonnenallee", "1", "", "")])
def test_what_is_no_question_is_not_asked(
    obstacle: tuple[str, str, str, str], oracle: Oracle
) -> None:
    located = CachedOnline(oracle).locate(*obstacle)

    assert (located.lat, oracle.asked) == (None, [])
    assert located.remarks


def test_nothing_found_is_asked_again_after_thirty_days() -> None:
    oracle = Oracle()
    online, now = CachedOnline(oracle), clock.now()

    for days in (0, 29, 31, 32):
        with clock.frozen(now + timedelta(days=days)):
            online.locate(*SONNENALLEE)

    assert len(oracle.asked) == 2
    assert db.session.scalar(select(func.count()).select_from(OnlineAnswer)) == 1


def test_a_house_that_was_found_is_never_asked_again(oracle: Oracle) -> None:
    CachedOnline(oracle).locate(*SONNENALLEE)

    with clock.frozen(clock.now() + timedelta(days=3650)):
        assert CachedOnline(oracle).answer(*SONNENALLEE).was_kept


def test_where_the_terms_allow_thirty_days_no_answer_is_kept_longer(oracle: Oracle) -> None:
    oracle.keep_days = 30
    online, now = CachedOnline(oracle), clock.now()
    online.locate(*SONNENALLEE)
    online.locate("Weserstraße", "1", "12047", "Berlin")

    with clock.frozen(now + timedelta(days=31)):
        assert not online.answer(*SONNENALLEE).was_kept

    kept = db.session.scalars(select(OnlineAnswer.question)).all()
    assert kept == ["sonnenallee|112|12045|berlin"]


def test_a_failure_is_shown_and_never_kept(oracle: Oracle) -> None:
    oracle.failure = ProviderFailed(words.TIMED_OUT)

    located = CachedOnline(oracle).locate(*SONNENALLEE)

    assert reason(located) == words.TIMED_OUT
    assert located.remarks[0].facts["provider"] == "Oracle"
    oracle.failure = None
    assert CachedOnline(oracle).locate(*SONNENALLEE).precision == Precision.HOUSE


def test_a_provider_that_asks_to_wait_is_left_alone(oracle: Oracle) -> None:
    online, now = CachedOnline(oracle), clock.now()
    oracle.failure = ProviderFailed(words.ASKS_TO_WAIT, retry_after=100)

    with clock.frozen(now):
        first = online.locate(*SONNENALLEE)
        second = online.locate(*SONNENALLEE)
    oracle.failure = None
    with clock.frozen(now + timedelta(seconds=101)):
        third = online.locate(*SONNENALLEE)

    assert reason(first) == words.ASKS_TO_WAIT
    assert reason(second) == words.QUEUE_TOO_LONG
    assert second.remarks[0].facts["seconds"] == "100"
    assert third.precision == Precision.HOUSE
    assert len(oracle.asked) == 2


def test_everybody_waits_for_their_turn_and_nobody_for_too_long(oracle: Oracle) -> None:
    waits: list[float] = []
    online = CachedOnline(oracle, interval_s=4, longest_wait_s=10, sleep=waits.append)

    with clock.frozen(clock.now()):
        answers = [online.locate("Sonnenallee", str(n), "12045", "Berlin") for n in range(1, 6)]

    assert waits == [4, 8]
    assert [reason(answer) for answer in answers[3:]] == [words.QUEUE_TOO_LONG] * 2
    assert {answer.remarks[0].facts["seconds"] for answer in answers[3:]} == {"12"}


def test_a_turn_that_a_wrong_clock_has_given_away_is_not_believed(oracle: Oracle) -> None:
    with unit_of_work():
        free_at = clock.now() + timedelta(days=365)
        db.session.add(OnlineTurn(provider="oracle", free_at=free_at))

    assert CachedOnline(oracle).locate(*SONNENALLEE).precision == Precision.HOUSE
    assert db.session.scalars(select(OnlineTurn.free_at)).one() < free_at


def test_whoever_waits_finds_what_the_one_before_was_told(oracle: Oracle) -> None:
    early, late = oracle, Oracle(HOUSE)

    def meanwhile(_seconds: float) -> None:
        CachedOnline(early, longest_wait_s=60, sleep=lambda _s: None).locate(*SONNENALLEE)

    with clock.frozen(clock.now()):  # or a slow machine's turn comes without waiting
        CachedOnline(early, interval_s=1).locate("Weserstraße", "1", "12047", "Berlin")
        located = CachedOnline(late, interval_s=1, sleep=meanwhile).locate(*SONNENALLEE)

    assert (located.precision, late.asked) == (Precision.HOUSE, [])


def test_lists_are_not_for_public_servers_but_what_is_kept_is_used(oracle: Oracle) -> None:
    oracle.is_public = True
    CachedOnline(oracle).locate(*SONNENALLEE)
    lists = CachedOnline(oracle).for_lists()

    assert lists.locate(*SONNENALLEE).precision == Precision.HOUSE
    assert reason(lists.locate("Weserstraße", "1", "12047", "Berlin")) == words.NOT_FOR_LISTS
    assert len(oracle.asked) == 1


def test_a_list_leaves_a_provider_alone_that_keeps_failing_and_says_so(oracle: Oracle) -> None:
    oracle.failure = ProviderFailed(words.TIMED_OUT)
    lists = CachedOnline(oracle).for_lists()

    answers = [
        lists.locate("Sonnenallee", str(number), "12045", "Berlin") for number in range(1, 9)
    ]

    assert len(oracle.asked) == MOST_FAILURES
    assert {answer.remarks[0].facts["reason"] for answer in answers} == {words.TIMED_OUT}


def test_now_and_then_a_failure_does_not_end_a_list(oracle: Oracle) -> None:
    lists = CachedOnline(oracle).for_lists()

    for number in range(1, 9):
        oracle.failure = ProviderFailed(words.TIMED_OUT) if number % 2 else None
        lists.locate("Sonnenallee", str(number), "12045", "Berlin")

    assert len(oracle.asked) == 8


def test_lists_are_for_a_server_of_ones_own(oracle: Oracle) -> None:
    assert CachedOnline(oracle, bulk=True).locate(*SONNENALLEE).precision == Precision.HOUSE


def test_whoever_writes_may_not_ask(oracle: Oracle) -> None:
    start_writing()

    with pytest.raises(RuntimeError, match="writing transaction"):
        CachedOnline(oracle).locate(*SONNENALLEE)

    assert oracle.asked == []


def test_others_write_while_the_network_is_asked(app: Flask, oracle: Oracle) -> None:
    def write() -> None:
        with app.app_context(), unit_of_work():
            makers.account()

    def somebody_else_writes() -> None:
        other = Thread(target=write)
        other.start()
        other.join(timeout=60)
        assert not other.is_alive()

    oracle.meanwhile = somebody_else_writes
    with app.app_context():
        CachedOnline(oracle).locate(*SONNENALLEE)
        assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_two_who_ask_the_same_at_once_are_both_answered(app: Flask, oracle: Oracle) -> None:
    both = Barrier(2)
    oracle.meanwhile = partial(both.wait, timeout=60)
    answers: list[Located] = []

    def ask() -> None:
        with app.app_context():
            answers.append(CachedOnline(oracle).locate(*SONNENALLEE))
            db.session.remove()

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert [answer.precision for answer in answers] == [Precision.HOUSE] * 2
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(OnlineAnswer)) == 1


def test_two_at_once_never_get_the_same_turn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    take_turn("oracle", timedelta(0), longest_wait_s=0)  # it is known from an earlier time
    meet_after(monkeypatch, queries, "free_at", Meeting())
    waits: list[float] = []
    now = clock.now()

    def reserve() -> None:
        with app.app_context(), clock.frozen(now):
            waits.append(take_turn("oracle", timedelta(seconds=60), longest_wait_s=100))

    threads = [Thread(target=reserve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert sorted(waits) == [0, 60]


PROCESSES, ASKS = 3, 4
ASKING = f"""
import os
import sys
from datetime import datetime
from pathlib import Path
from hoffice import clock
from hoffice.factory import create_app
from hoffice.places.geocoders.online.asking import OnlineGeocoder
from hoffice.places.service.online import CachedOnline
from hoffice.settings import OnlineProvider
from tests.houses import settings

database, instance, url, now = sys.argv[1:]
app = create_app(settings(database, Path(instance)))
geocoder = OnlineGeocoder(OnlineProvider(name="photon", url=url), user_agent="hoffice/test")


def wait(seconds):
    os.write(1, b"%d\\n" % round(seconds))


def ask(first):
    with app.app_context(), clock.frozen(datetime.fromisoformat(now)):
        online = CachedOnline(geocoder, interval_s=2, longest_wait_s=60, sleep=wait)
        for number in range(first, first + {ASKS}):
            located = online.locate("Sonnenallee", str(number), "12045", "Berlin")
            assert not any(remark.facts for remark in located.remarks), located


asking = []
for process in range({PROCESSES}):
    child = os.fork()  # nothing is connected yet: each process comes to the database by itself
    if not child:
        ask(100 * process + 1)
        sys.exit()
    asking.append(child)
sys.exit(any([os.waitpid(child, 0)[1] for child in asking]))
"""


def test_several_processes_keep_one_distance_together(settings: Settings) -> None:
    """Their time stands still: nobody is late, so each turn has its place to the second."""
    with listening() as server:
        server.says(photon([Place(number="")]))
        arguments = (settings.database_url, str(settings.instance), server.url)
        done = subprocess.run(
            [sys.executable, "-c", ASKING, *arguments, clock.now().isoformat()],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=300,
        )

        assert len(server.asked) == PROCESSES * ASKS
    waited = sorted(int(seconds) for seconds in done.stdout.split())
    assert waited == list(range(2, 2 * PROCESSES * ASKS, 2)), "the first one waited for nobody"


def test_the_settings_choose_who_is_asked(settings: Settings) -> None:
    assert online_of(settings) is None
    with listening() as server:
        server.says(photon([Place()]))
        provider = OnlineProvider(name="photon", url=server.url)

        online = online_of(replace(settings, geocoder=provider))

        assert online is not None
        assert online.locate(*SONNENALLEE).precision == Precision.HOUSE
        assert server.agents == ["hoffice/0.1.0 (http://localhost)"]
    assert online.credit == credit_of("photon")
    assert "OpenStreetMap" in online.credit
