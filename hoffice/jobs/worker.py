"""The worker process: looks for due jobs and does them, one after the other."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType

from flask import current_app
from sqlalchemy.exc import OperationalError

from hoffice import clock
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.jobs import rules, service
from hoffice.jobs.recurring import LOOK_AGAIN, Daily, ask_for_todays

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
"""How long the worker sleeps when there is nothing to do; a job waits at most that long."""


def work_off(
    handlers: Mapping[str, service.Handler],
    *,
    limit: int = 1000,
    lease: timedelta = rules.LEASE,
) -> int:
    """Do all jobs that are due now; gives back how many were taken."""
    taken = 0
    kinds = frozenset(handlers)
    while taken < limit:
        ticket = service.claim(kinds, lease=lease)
        if ticket is None:
            break
        taken += 1
        run(ticket, handlers[ticket.kind])
    return taken


def deliver(handlers: Mapping[str, service.Handler], job_id: int) -> bool:
    """Do this one job if it is due; what an engine with nodes of its own calls on each of them."""
    ticket = service.claim(frozenset(handlers), job_id=job_id)
    if ticket is None:
        return False
    run(ticket, handlers[ticket.kind])
    return True


def run(ticket: service.Ticket, handler: service.Handler) -> None:
    """Do one job to its end, whatever that is."""
    try:
        with _heartbeat(ticket):
            result = handler(ticket)
    except service.LostJob:
        log.warning("job %s was taken over by another worker", ticket.job_id)
    except service.Cancelled:
        service.give_up(ticket)
    except Refused as refusal:
        db.session.rollback()
        service.refuse(ticket, refusal)
    except Exception as error:  # a job may fail in any way; the worker must live on
        db.session.rollback()
        log.exception("job %s (%s) failed", ticket.job_id, ticket.kind)
        service.fail(ticket, error)
    else:
        service.finish(ticket, result)
    finally:
        db.session.remove()


@contextmanager
def _heartbeat(ticket: service.Ticket) -> Iterator[None]:
    """Renew the lease from a thread beside the work, so that long sums between steps keep it."""
    over = threading.Event()
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # Flask's documented way into threads

    def beat() -> None:
        with app.app_context():
            while not over.wait(ticket.lease.total_seconds() / 3):
                try:
                    if not ticket.beat():
                        return
                except OperationalError:  # the database is busy; the lease lasts for two more
                    log.warning("job %s: could not renew its lease yet", ticket.job_id)

    thread = threading.Thread(target=beat, name=f"heartbeat-{ticket.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def work(
    handlers: Mapping[str, service.Handler],
    *,
    lease: timedelta = rules.LEASE,
    dailies: Sequence[Daily] = (),
) -> None:
    """Work until SIGTERM or SIGINT; the present job is finished first.

    What comes back every day is asked for on the way.
    """
    stopping = threading.Event()
    looked: datetime | None = None

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping.is_set():
        if looked is None or clock.now() - looked >= LOOK_AGAIN:
            looked = clock.now()
            ask_for_todays(dailies)
        if not work_off(handlers, limit=1, lease=lease):
            stopping.wait(LOOK_EVERY_S)
