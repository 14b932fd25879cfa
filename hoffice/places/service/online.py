"""Asking online: once per address, one after the other, and never while the database waits.

A question goes to the network only when no answer is kept, and only when it is this process's turn;
turns are agreed upon in the database, for all processes of the house together. Every step here is a
short transaction of its own, on a connection of its own: what was answered stays kept when the
request that asked rolls back, and nothing is locked while the network is asked.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from sqlalchemy import Connection, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from hoffice import VERSION, clock
from hoffice.db import BEGIN_IMMEDIATE, db
from hoffice.places.geocoders.online import providers, words
from hoffice.places.geocoders.online.asking import OnlineGeocoder
from hoffice.places.geocoders.online.judging import judged
from hoffice.places.geocoders.online.words import Found, ProviderFailed, Question
from hoffice.places.models import OnlineAnswer, OnlineTurn
from hoffice.places.queries import online as queries
from hoffice.places.rules import Finding, Located, Precision, Remark
from hoffice.settings import Settings

NOTHING_KEPT: Final = timedelta(days=30)
"""An address that was not found is asked again after this time: houses are built."""
LONGEST_WAIT_S: Final = 15.0
"""Longer than this nobody waits for a turn; they are told to try again."""
LONGEST_HOLD: Final = timedelta(hours=1)
"""A provider that asks us to wait longer is tried again after this time all the same. A turn that
lies further ahead was written by a clock that was wrong, and is not believed."""

MOST_FAILURES: Final = 3
"""So many in a row, and a list goes on without asking: a time-out for each of 3,000 addresses would
take eight hours."""

logger = logging.getLogger(__name__)


class Provider(Protocol):
    """What is needed of an online geocoder."""

    provider: str
    label: str
    credit: str
    keep_days: int | None
    is_public: bool
    interval_s: float

    def ask(self, question: Question) -> tuple[Found, ...]:
        """What the provider knows; raises ``ProviderFailed``."""
        ...


class Came(StrEnum):
    """Where an answer came from."""

    KEPT = "kept"
    """The provider gave it at an earlier time."""
    ASKED = "asked"
    """The provider was asked just now, and gave it or failed."""
    NOT_ASKED = "not_asked"
    """Nobody was asked; the remarks say why."""


class NotAsked(ProviderFailed):
    """A provider gave no answer because it was never asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and where it came from."""

    located: Located
    came: Came

    @property
    def was_kept(self) -> bool:
        """Whether it was kept from an earlier time."""
        return self.came is Came.KEPT


def online_of(settings: Settings, *, bulk: bool = False) -> CachedOnline | None:
    """The online geocoder that these settings ask for; None when no address may leave the house."""
    if settings.geocoder is None:
        return None
    user_agent = f"hoffice/{VERSION} ({settings.url})"
    return CachedOnline(OnlineGeocoder(settings.geocoder, user_agent=user_agent), bulk=bulk)


def credit_of(provider: str) -> str:
    """The words that go with a point of this provider, wherever it is shown; may be empty."""
    return providers.credit_of(provider)


class CachedOnline:
    """An online geocoder that asks each address once and takes its turn.

    Needs an application context, and a caller that holds no writing transaction: on SQLite there is
    one place for writers, and whoever sat on it while asking would wait for himself. In a view that
    writes, locate inside ``set_aside()``; in a job or a command before ``unit_of_work()``. A caller
    that does otherwise gets a ``RuntimeError`` at once, on either database.
    """

    def __init__(
        self,
        geocoder: Provider,
        *,
        bulk: bool = False,
        interval_s: float | None = None,
        longest_wait_s: float = LONGEST_WAIT_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._geocoder = geocoder
        self._interval = timedelta(
            seconds=geocoder.interval_s if interval_s is None else interval_s
        )
        self._longest_wait_s = longest_wait_s
        self._sleep = sleep
        self._is_for_lists = bulk
        self._only_kept = bulk and geocoder.is_public
        self._failures: list[ProviderFailed] = []
        """Those since the last good answer, where a list is asked about."""
        self.provider = geocoder.provider
        self.label = geocoder.label
        self.credit = geocoder.credit
        self.is_public = geocoder.is_public

    def for_lists(self) -> CachedOnline:
        """The same for one import: a public server is not asked then, but what it said is used.

        One that keeps failing is left alone for the rest of the list; each address says so.
        """
        seconds = self._interval.total_seconds()
        return CachedOnline(
            self._geocoder,
            bulk=True,
            interval_s=seconds,
            longest_wait_s=self._longest_wait_s,
            sleep=self._sleep,
        )

    def locate(self, street: str, housenumber: str, postcode: str, city: str) -> Located:
        """The point of an address; a provider that fails is a remark, not an exception."""
        return self.answer(street, housenumber, postcode, city).located

    def answer(self, street: str, housenumber: str, postcode: str, city: str) -> Answer:
        """The same, and whether it was kept, asked for, or neither."""
        _refuse_writers()
        question = Question.of(street, housenumber, postcode, city)
        if question.obstacles:
            remarks = tuple(Remark(finding) for finding in question.obstacles)
            return Answer(self._nowhere(remarks), Came.NOT_ASKED)
        kept = self._kept(question)
        if kept is not None:
            return Answer(judged(question, kept, provider=self.provider), Came.KEPT)
        try:
            found = self._asked(question)
        except ProviderFailed as failed:
            logger.warning("%s gave no answer: %s", self.provider, failed)
            came = Came.NOT_ASKED if isinstance(failed, NotAsked) else Came.ASKED
            return Answer(self._nowhere((self._remark(failed),)), came)
        return Answer(judged(question, found, provider=self.provider), Came.ASKED)

    def _nowhere(self, remarks: tuple[Remark, ...]) -> Located:
        return Located(None, None, Precision.NONE, None, self.provider, remarks=remarks)

    def _remark(self, failed: ProviderFailed) -> Remark:
        facts = {"provider": self.label, "reason": failed.reason}
        if failed.retry_after is not None:
            facts["seconds"] = str(max(1, round(failed.retry_after)))
        return Remark(Finding.PROVIDER_FAILED, facts)

    def _kept(self, question: Question) -> tuple[Found, ...] | None:
        """What is kept and still counts; None when it has to be asked."""
        with db.engine.connect() as connection:
            row = queries.kept(connection, self.provider, question.key)
        if row is None:
            return None
        found = tuple(Found.from_json(one) for one in row.answer["found"])
        age, longest = clock.now() - row.asked_at, self._keeps(found)
        return found if longest is None or age <= longest else None

    def _keeps(self, found: tuple[Found, ...]) -> timedelta | None:
        days = self._geocoder.keep_days
        longest = None if days is None else timedelta(days=days)
        if found:
            return longest
        return NOTHING_KEPT if longest is None else min(NOTHING_KEPT, longest)

    def _asked(self, question: Question) -> tuple[Found, ...]:
        if self._only_kept:
            raise NotAsked(words.NOT_FOR_LISTS)
        if len(self._failures) >= MOST_FAILURES:
            last = self._failures[-1]
            raise NotAsked(last.reason, retry_after=last.retry_after, kind=last.kind)
        wait_s = take_turn(self.provider, self._interval, longest_wait_s=self._longest_wait_s)
        if wait_s > 0:
            self._sleep(wait_s)
            kept = self._kept(question)  # somebody else may have asked meanwhile
            if kept is not None:
                return kept
        try:
            found = self._geocoder.ask(question)
        except ProviderFailed as failed:
            if failed.retry_after:
                hold(self.provider, timedelta(seconds=failed.retry_after))
            if self._is_for_lists:
                self._failures.append(failed)
            raise
        self._failures.clear()
        try:
            self._keep(question, found)
        except OperationalError as error:  # a database that is busy costs the cache, not the answer
            logger.warning("an answer could not be kept: %s", type(error.orig).__name__)
        return found

    def _keep(self, question: Question, found: tuple[Found, ...]) -> None:
        """Store an answer, and let go of those that the provider's terms no longer allow."""
        now = clock.now()
        row = {
            "answer": {"found": [one.to_json() for one in found]},
            "asked_at": now,
        }
        insert = _insert(OnlineAnswer).values(provider=self.provider, question=question.key, **row)
        newer = insert.on_conflict_do_update(
            index_elements=[OnlineAnswer.provider, OnlineAnswer.question], set_=row
        )
        days = self._geocoder.keep_days
        with _writing() as connection:
            connection.execute(newer)
            if days is not None:
                mine = delete(OnlineAnswer).where(OnlineAnswer.provider == self.provider)
                connection.execute(mine.where(OnlineAnswer.asked_at < now - timedelta(days=days)))


def take_turn(provider: str, interval: timedelta, *, longest_wait_s: float) -> float:
    """Reserve the next moment at which this provider may be asked; how many seconds to wait for it.

    A reservation that would lie further ahead is not made: :class:`NotAsked`.
    """
    with _writing() as connection:
        free_at = _free_at(connection, provider)
        now = clock.now()
        start = max(now, free_at) if free_at <= now + LONGEST_HOLD else now
        wait_s = (start - now).total_seconds()
        if wait_s > longest_wait_s:
            raise NotAsked(words.QUEUE_TOO_LONG, retry_after=wait_s)
        _set_free_at(connection, provider, start + interval)
    return wait_s


def hold(provider: str, pause: timedelta) -> None:
    """Let nobody ask this provider for a while, because it has asked us to wait."""
    with _writing() as connection:
        until = clock.now() + min(pause, LONGEST_HOLD)
        if _free_at(connection, provider) < until:
            _set_free_at(connection, provider, until)


def _free_at(connection: Connection, provider: str) -> datetime:
    first = _insert(OnlineTurn).values(provider=provider, free_at=clock.now())
    connection.execute(first.on_conflict_do_nothing())
    return queries.free_at(connection, provider)


def _set_free_at(connection: Connection, provider: str, moment: datetime) -> None:
    turn = update(OnlineTurn).where(OnlineTurn.provider == provider)
    connection.execute(turn.values(free_at=moment))


@contextmanager
def _writing() -> Iterator[Connection]:
    """A short writing transaction of its own, beside whatever the caller's session does."""
    with (
        db.engine.connect().execution_options(**BEGIN_IMMEDIATE) as connection,
        connection.begin(),
    ):
        yield connection


def _insert(table: type[OnlineAnswer | OnlineTurn]) -> sqlite.Insert | postgresql.Insert:
    is_sqlite = db.engine.dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def _refuse_writers() -> None:
    """A writing transaction that waits for the network is a bug, also when it would go well."""
    session = db.session()
    if not session.in_transaction():
        return
    options = session.connection().get_execution_options()
    if options.get("sqlite_begin") == BEGIN_IMMEDIATE["sqlite_begin"]:
        raise RuntimeError("an address is asked online inside a writing transaction")
