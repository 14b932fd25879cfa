"""Filling an empty house with March 2020, and saying whether this house was filled so."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from hoffice import clock
from hoffice.accounts import links
from hoffice.accounts import queries as accounts
from hoffice.accounts.links import LinkBook
from hoffice.accounts.models import Account, PersonalLink
from hoffice.accounts.rules import Role, TokenKind
from hoffice.audit import queries as audit
from hoffice.db import db
from hoffice.demo.cast import cast
from hoffice.demo.days import Days
from hoffice.demo.loading.house import furnish
from hoffice.demo.loading.scene import Scene
from hoffice.demo.loading.timetable import Deed, Entry, timetable
from hoffice.demo.models import DemoMark
from hoffice.errors import N_, NotFound
from hoffice.files.service import Store
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.jobs.service import enqueue
from hoffice.people import queries as people
from hoffice.places.rules import Geocoder
from hoffice.units import Actor

KEY_CHARS = 40
HISTORY = "demo.history"
"""The kind of job that does the story's first days."""
SLICE = 30
"""So many deeds does one of these jobs: some two seconds of work."""
FIRST_PACKS = 3
"""So many people have papers on the first morning: what was agreed with them fills in the form."""


@dataclass
class Switch:
    """Whether the demo is on: asked for by the settings and marked in the database.

    The mark never goes away, so it is read until it is found, and then no more. A story that is
    told to its end stays told.
    """

    asked: bool
    _is_marked: bool = False
    _is_told: bool = False

    def is_on(self) -> bool:
        """Whether this house is the demo."""
        if self.asked and not self._is_marked:
            self._is_marked = mark() is not None
        return self._is_marked

    def untold(self) -> tuple[int, int] | None:
        """What :func:`untold` says while the demo tells its days; later nothing is read."""
        if self._is_told or not self.is_on():
            return None
        found = untold()
        self._is_told = found is None
        return found


def mark() -> DemoMark | None:
    """The mark of a house that the demo has filled."""
    return db.session.scalar(select(DemoMark))


def is_empty() -> bool:
    """Whether nothing was ever done here: nobody, no account, no line in the log."""
    return people.count() == 0 and accounts.count() == 0 and audit.head()[0] == 0


def load(
    *, book: LinkBook, store: Store, geocoder: Geocoder, only_first_morning: bool = False
) -> DemoMark:
    """Fill an empty house with the people, devices and days of March 2020, and mark it.

    Nothing happens in a house where anything was done before: that is for the caller to ask
    (:func:`is_empty`), in the same transaction. What the people of the story did in its first
    days follows in a job, for it makes hundreds of PDFs. On the first morning only a few people
    have got their papers, and everything is still to be done.
    """
    made_at = clock.now()
    made = DemoMark(id=1, made_at=made_at, day_three=clock.today())
    db.session.add(made)
    db.session.flush()
    scene = scene_of(made, book=book, store=store)
    furnish(scene, geocoder=geocoder)
    story = timetable(scene.cast)
    tell_on(0, total=_first_papers(story) if only_first_morning else len(story))
    return made


def _first_papers(story: Sequence[Entry]) -> int:
    """After how many deeds of the story the first people have got their papers."""
    sent = [place for place, entry in enumerate(story, start=1) if entry.deed is Deed.INVITE]
    return sent[FIRST_PACKS - 1]


def scene_of(made: DemoMark, *, book: LinkBook, store: Store) -> Scene:
    """The stage of the story, as it was set when the demo was made."""
    return Scene(days=Days(made.day_three), made_at=made.made_at, book=book, store=store)


def host_of(role: Role) -> Account | None:
    """Who shows a role in the demo; None once that account is closed."""
    for member in cast().staff:
        if member.role == role.value:
            found = accounts.by_email(member.email)
            if found is not None and found.disabled_at is None and role in found.roles:
                return found
    return None


def open_as(employee_id: int, *, book: LinkBook) -> PersonalLink:
    """Open the personal link of one of the people; one is made for whoever has none yet."""
    employee = people.employee(employee_id)
    holder = str(Actor.employee(employee.id))
    link = links.link_for(holder, book=book, by=Actor.system(), employee_id=employee.id)
    return _opened(link, book)


def open_mailed(link_id: int, *, book: LinkBook) -> PersonalLink:
    """Open the personal link that a mail carries."""
    link = accounts.personal_link(link_id)
    if link is None:
        raise NotFound(N_("This link is no longer there."))
    return _opened(link, book)


def _opened(link: PersonalLink, book: LinkBook) -> PersonalLink:
    token = book.token(TokenKind.PERSONAL, link.id, link.nonce)
    return links.open_link(token, book=book)


def tell_on(first: int, *, total: int) -> None:
    """Ask for the next slice of the story, when there is one; slices that are done leave no row."""
    db.session.execute(
        delete(Job)
        .where(Job.kind == HISTORY, Job.state == JobState.DONE)
        .execution_options(synchronize_session=False)
    )
    if first < total:
        args = {"first": first, "of": total}
        enqueue(HISTORY, args, by=Actor.system(), key=f"{HISTORY}:{first}", total=SLICE)


def untold() -> tuple[int, int] | None:
    """How many deeds of the story are done, and of how many; None when all of it has happened."""
    job = db.session.scalar(
        select(Job)
        .where(Job.kind == HISTORY, Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
        .order_by(Job.id.desc())
        .limit(1)
    )
    return None if job is None else (job.args["first"] + job.done, job.args["of"])


def sign_in_key(secret_key: str, role: Role) -> str:
    """What makes a one-click sign-in ours: derived, so that no other page can guess the address."""
    message = f"demo-sign-in:{role}".encode()
    return hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()[:KEY_CHARS]
