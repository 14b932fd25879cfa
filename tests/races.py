"""People at the same thing at once: a thread and a transaction each, and a meeting point."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, BrokenBarrierError, Event, Thread

import pytest
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from hoffice.db import db, unit_of_work
from hoffice.errors import Refused

WAIT_S = 1.0
"""Where the database lets only one writer in, the other cannot come to the meeting point."""


class Meeting:
    """Lets both go on together once both have looked and nobody has written yet."""

    def __init__(self) -> None:
        self.barrier = Barrier(2)

    def wait(self) -> None:
        """Come, and go on when the other is here too, or cannot come."""
        try:
            self.barrier.wait(timeout=WAIT_S)
        except BrokenBarrierError:
            return


class Meanwhile:
    """Lets one finish while the other has read and not yet written, where the house lets her."""

    def __init__(self) -> None:
        self.has_read, self.is_done = Event(), Event()

    def after(self, monkeypatch: pytest.MonkeyPatch, room: object, name: str) -> None:
        """Let a deed pause whenever it comes back from this function."""
        look = getattr(room, name)

        def look_and_wait(*args: object, **kwargs: object) -> object:
            found = look(*args, **kwargs)
            self.has_read.set()
            self.is_done.wait(timeout=WAIT_S)
            return found

        monkeypatch.setattr(room, name, look_and_wait)

    def done(self, deed: Callable[[], object]) -> Callable[[], None]:
        """The same deed, begun and stored during that pause."""

        def deed_then_store() -> None:
            self.has_read.wait(timeout=WAIT_S)
            deed()
            db.session.commit()
            self.is_done.set()

        return deed_then_store


def at_once(app: Flask, *deeds: Callable[[], object]) -> list[str]:
    """Do these deeds in a thread and a transaction each; what the house said to each of them.

    What the database refused by itself is told by the error's name.
    """
    said = ["" for _ in deeds]
    start = Barrier(len(deeds))

    def run(number: int, deed: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    deed()
                said[number] = "done"
            except Refused as refusal:
                said[number] = str(refusal)
            except SQLAlchemyError as error:
                said[number] = type(error).__name__
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(n, deed)) for n, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return said


def meet_after(monkeypatch: pytest.MonkeyPatch, room: object, name: str, meeting: Meeting) -> None:
    """Let whoever comes back from this function wait for the other one."""
    look = getattr(room, name)

    def look_and_wait(*args: object, **kwargs: object) -> object:
        found = look(*args, **kwargs)
        meeting.wait()
        return found

    monkeypatch.setattr(room, name, look_and_wait)
