"""A small part of the story for tests: a handful of people instead of 140, with all their days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.db import db, unit_of_work
from hoffice.demo.cast import cast
from hoffice.demo.cast.things import Cast
from hoffice.demo.days import Days
from hoffice.demo.loading.history import History
from hoffice.demo.loading.house import furnish
from hoffice.demo.loading.mails import settle_mails
from hoffice.demo.loading.scene import Scene
from hoffice.demo.models import DemoMark
from hoffice.errors import Refused
from hoffice.files.service import Store
from tests import houses
from tests.postcodes import embedded
from tests.told import Told

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
"""A Wednesday; the story began on the Friday before."""

RECEIVED, PARTLY, MISSING_MOUSE = "4142", "4125", "4107"
UNDER_WAY, TOMORROW = "4186", "4116"
DECLINED, INVITED, UNSIGNED = "4167", "4230", "4101"
SOME = (RECEIVED, PARTLY, MISSING_MOUSE, UNDER_WAY, TOMORROW, DECLINED, INVITED, UNSIGNED)

INVITATIONS = 16
"""After so many deeds the first mails with papers lie in the mailbox."""
IN_STORE = (110,)
"""A desk that was never put up: its devices lie in the store, for whoever needs another one."""


def part_of_the_cast(numbers: tuple[str, ...] = SOME, desks: tuple[int, ...] = ()) -> Cast:
    """The cast with these people only, the devices they get, and those of more desks."""
    whole = cast()
    runs = [
        replace(run, stops=tuple(stop for stop in run.stops if stop.person in numbers))
        for run in whole.runs
    ]
    kits = tuple(kit for kit in whole.kits if kit.person in numbers)
    taken = {item.desk for kit in kits for box in kit.boxes for item in box.items}
    return replace(
        whole,
        people=tuple(person for person in whole.people if person.number in numbers),
        items=tuple(item for item in whole.items if item.desk in taken.union(desks)),
        kits=kits,
        shortfalls=tuple(one for one in whole.shortfalls if one.person in numbers),
        runs=tuple(run for run in runs if run.stops),
    )


def scene(
    folder: Path,
    made_at: datetime = NOON,
    who: tuple[str, ...] = SOME,
    desks: tuple[int, ...] = IN_STORE,
) -> Scene:
    """The stage of the small story."""
    book = LinkBook(
        secret_key=houses.SECRET,
        old_secret_keys=(),
        url="http://localhost",
        valid=timedelta(days=30),
    )
    return Scene(
        days=Days(made_at.astimezone(clock.BERLIN).date()),
        made_at=made_at,
        book=book,
        store=Store(folder),
        cast=part_of_the_cast(who, desks),
    )


def furnished(
    folder: Path,
    made_at: datetime = NOON,
    who: tuple[str, ...] = SOME,
    desks: tuple[int, ...] = IN_STORE,
) -> Scene:
    """The house of the small story on its first morning, marked as a demo."""
    made = scene(folder, made_at, who, desks)
    db.session.add(DemoMark(id=1, made_at=made_at, day_three=made.days.day_three))
    furnish(made, geocoder=embedded())
    return made


def play(of: Scene, *, until: int | None = None) -> list[str]:
    """Let it happen, all of it or the first deeds, in this transaction; gives what was refused."""
    history = History(of)
    refused = []
    for entry in history.entries[:until]:
        with clock.frozen(history.moment(entry)):
            try:
                with db.session.begin_nested():
                    history.do(entry)
                    settle_mails()
            except Refused as refusal:
                refused.append(f"{entry.deed} {entry.who}: {refusal}")
    return refused


def happened(
    app: Flask, told: Told, who: tuple[str, ...] = SOME, desks: tuple[int, ...] = IN_STORE
) -> list[str]:
    """All days of these people lie behind this application's house; gives what was refused.

    Told once for all tests that ask for the same people.
    """

    def tell(made: Flask) -> list[str]:
        with made.app_context(), unit_of_work():
            return play(furnished(files_of(made), who=who, desks=desks))

    return list(told.into(app, f"the days of {who} with {desks}", tell))


def files_of(app: Flask) -> Path:
    """Where an application keeps its files."""
    instance: Path = app.extensions["hoffice.settings"].instance
    return instance / "files"
