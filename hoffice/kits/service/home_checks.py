"""Checks at home: people say of each thing they have whether it is still there.

A yes writes nothing into the ledger and is kept as the last confirmation; a no and a broken one
become tasks of whoever asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.links import LinkBook, link_for
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.audit.service import record
from hoffice.db import db, flush_or
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.pictures import Picture
from hoffice.files.service import Store
from hoffice.kits.models import HomeCheck, HomeCheckLine, HomeCheckPerson, Item
from hoffice.kits.queries import home_checks as queries
from hoffice.kits.rules import AttachmentKind, HolderKind, HomeAnswer
from hoffice.kits.rules.counting import (
    BROKEN_AT_HOME,
    NOT_AT_HOME,
    NOT_AT_HOME_LABELS,
    REMIND_DAYS,
    TASK_DAYS,
    NotAtHome,
    lacks_photo,
    reminds_on,
)
from hoffice.kits.service import attachments, fate
from hoffice.kits.service.differences import about, write_task
from hoffice.notices import service as notices
from hoffice.notices.rules import LinkKind
from hoffice.paper.words import weekday
from hoffice.people.models import Employee
from hoffice.tasks import queries as tasks
from hoffice.tasks import service as written
from hoffice.tasks.rules import may_own
from hoffice.units import Actor, ActorKind
from hoffice.workdays import next_working_day

NAME_CHARS = 80
NOTE_CHARS = 500
MAIL = "home_check"
"""The mail with the personal link."""
NOTHING_ASKED = N_("You are not asked about your devices at the moment.")
ENDED = N_("This check has ended. What you wanted to say, tell IT.")
NOT_ASKED_ABOUT = N_("This device is not asked about.")
SENT = N_("You have sent your answers already. Thank you!")


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of asking."""

    check: HomeCheck
    people: int
    without_items: int
    already: int
    to_call: tuple[str, ...]
    """Who is asked and has no mail address."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Who would be asked now, and who gets a mail."""

    items: Mapping[int, Sequence[int]]
    """What each of them has, by person."""
    employees: Sequence[Employee]
    without_items: int
    already: int

    @property
    def mails(self) -> int:
        """How many mails go out."""
        return sum(bool(one.email) for one in self.employees)

    @property
    def to_call(self) -> tuple[str, ...]:
        """Who has no mail address."""
        return tuple(one.name for one in self.employees if not one.email)


def whom(*, employee_ids: Iterable[int] | None, team_id: int | None) -> Whom:
    """Whom a check would ask: these, those of a team, or all (None).

    Only who has something by the ledger is asked, and nobody who is asked in an open check.
    """
    chosen = None if employee_ids is None else set(employee_ids)
    held = queries.holders(employee_ids=chosen, team_id=team_id)
    queries.lock_people(held)
    already = queries.asked_in_open(held)
    asked = {one: items for one, items in held.items() if one not in already}
    if not asked:
        raise Refused(N_("Nobody is left to ask: who has devices is asked in an open check."))
    nothing = 0 if chosen is None else len(chosen - held.keys())
    return Whom(asked, queries.employees(asked), nothing, len(already))


def begin(  # noqa: PLR0913  # a check has these facts
    name: str,
    *,
    due_on: date,
    wants_photo: bool,
    employee_ids: Iterable[int] | None,
    team_id: int | None,
    by: Actor,
    book: LinkBook,
) -> Asked:
    """Ask people what they have, see :func:`whom`; each gets a mail with the personal link."""
    title = " ".join(name.split())[:NAME_CHARS]
    if not title:
        raise Refused(N_("Give the check a name."))
    if due_on < clock.today():
        raise Refused(N_("The last day lies in the past."))
    found = whom(employee_ids=employee_ids, team_id=team_id)
    check = HomeCheck(
        name=title, due_on=due_on, wants_photo=wants_photo, asked_at=clock.now(), asked_by=str(by)
    )
    db.session.add(check)
    db.session.flush()
    people = [HomeCheckPerson(check_id=check.id, employee_id=one) for one in sorted(found.items)]
    db.session.add_all(people)
    flush_or(N_("Somebody has just asked the same people."))
    rows = [
        {"person_id": person.id, "item_id": item_id, "note": ""}
        for person in people
        for item_id in found.items[person.employee_id]
    ]
    db.session.execute(insert(HomeCheckLine), rows)
    for employee in found.employees:
        record(by, "kits.home_check_asked", check, employee_id=employee.id)
        count = len(found.items[employee.id])
        _write(check, employee, count, is_reminder=False, by=by, book=book)
    record(by, "kits.home_check_opened", check, people=len(people), items=len(rows))
    return Asked(check, len(people), found.without_items, found.already, found.to_call)


def _write(  # noqa: PLR0913  # to whom, about what, and the doors it leaves by
    check: HomeCheck,
    employee: Employee,
    items: int,
    *,
    is_reminder: bool,
    by: Actor,
    book: LinkBook,
) -> None:
    """The mail with the personal link; nothing for whoever has no address."""
    if not employee.email:
        return
    holder = str(Actor.employee(employee.id))
    link = link_for(holder, book=book, by=by, employee_id=employee.id)
    notices.send(
        MAIL,
        to=employee.email,
        language=employee.language,
        by=by,
        employee_id=employee.id,
        facts={
            "first_name": employee.first_name,
            "items": items,
            "day": weekday(check.due_on, employee.language),
            "wants_photo": check.wants_photo,
            "is_reminder": is_reminder,
        },
        link=(LinkKind.PERSONAL, link.id),
    )


def say(employee_id: int, item_id: int, answer: HomeAnswer) -> HomeCheckLine:
    """Keep what somebody says about one of her things; it may be changed until it is sent."""
    line = _line(_asked(employee_id), item_id)
    line.answer = answer
    db.session.flush()
    return line


def is_asked_about(employee_id: int, item_id: int) -> bool:
    """Whether somebody is, or was last, asked about this thing and still has it."""
    person = queries.newest_of(employee_id)
    return person is not None and any(one.item_id == item_id for one in still_hers(person))


def note(employee_id: int, words: Mapping[int, str]) -> None:
    """Keep a few words about some of her things."""
    person = _asked(employee_id)
    for item_id, text in words.items():
        _line(person, item_id).note = " ".join(text.split())[:NOTE_CHARS]
    db.session.flush()


def photograph(employee_id: int, item_id: int, picture: Picture, *, store: Store) -> HomeCheckLine:
    """Keep a photo of one thing, with the device itself."""
    line = _line(_asked(employee_id), item_id)
    is_broken = line.answer is HomeAnswer.BROKEN
    made = attachments.attach(
        f"item:{item_id}",
        AttachmentKind.DAMAGE if is_broken else AttachmentKind.SERIAL,
        picture,
        store=store,
        by=Actor.employee(employee_id),
    )
    line.photo_file_id = made.file_id
    db.session.flush()
    return line


def still_hers(person: HomeCheckPerson) -> list[HomeCheckLine]:
    """What is asked about, without what has gone to somebody else meanwhile."""
    return [line for line in person.lines if _is_with(line.item, person.employee_id)]


def _is_with(item: Item, employee_id: int) -> bool:
    holding = item.holding
    return holding is not None and (holding.holder_kind, holding.holder_id) == (
        HolderKind.EMPLOYEE,
        employee_id,
    )


def lacking(person: HomeCheckPerson) -> list[HomeCheckLine]:
    """What still has no answer, or no photo although one is asked for."""
    return [
        line
        for line in still_hers(person)
        if line.answer is None
        or lacks_photo(
            line.answer,
            wants_photo=person.check.wants_photo,
            has_photo=line.photo_file_id is not None,
            note=line.note,
        )
    ]


def send(employee_id: int) -> HomeCheckPerson:
    """Hand the answers in, once; what is gone or broken becomes a task of whoever asked."""
    person = _asked(employee_id)
    if lacking(person):
        raise Refused(N_("Something has no answer yet."))
    person.answered_at = clock.now()
    by = Actor.employee(employee_id)
    check = person.check
    owner = looks_after(check)
    said = still_hers(person)
    for line in said:
        if line.answer is HomeAnswer.YES or line.answer is None:
            continue
        if owner is None:
            raise Refused(N_("Nobody in IT is there to look after it. Please call."))
        write_task(
            NOT_AT_HOME if line.answer is HomeAnswer.NO else BROKEN_AT_HOME,
            line.item,
            f"home_check:{check.id}",
            owner_id=owner.id,
            due_on=next_working_day(clock.today() + timedelta(days=TASK_DAYS)),
            by=by,
            name=person.employee.name,
            note=line.note,
        )
    db.session.flush()
    record(
        by,
        "kits.home_check_answered",
        check,
        employee_id=employee_id,
        items=len(said),
        yes=sum(line.answer is HomeAnswer.YES for line in said),
    )
    return person


def looks_after(check: HomeCheck) -> Account | None:
    """Who looks after what is gone or broken, and answers questions about it.

    Whoever asked and still can, else the first of IT.
    """
    asked_by = Actor.read(check.asked_by)
    if asked_by.kind is ActorKind.STAFF:
        account = accounts.account_or_none(asked_by.id)
        if account is not None and may_own(account.roles):
            return account
    return next(iter(accounts.with_role(Role.IT)), None)


def _asked(employee_id: int) -> HomeCheckPerson:
    """What somebody is asked now; a sentence when that is over."""
    person = queries.newest_of(employee_id, lock=True)
    if person is None:
        raise NotFound(NOTHING_ASKED)
    if person.answered_at is not None:
        raise Refused(SENT)
    if person.check.closed_at is not None:
        raise Refused(ENDED)
    return person


def _line(person: HomeCheckPerson, item_id: int) -> HomeCheckLine:
    line = next((line for line in still_hers(person) if line.item_id == item_id), None)
    if line is None:
        raise NotFound(NOT_ASKED_ABOUT)
    return line


def due_reminders(today: date) -> list[int]:
    """Whom to remind today: who has not answered a check that ends soon, and was not reminded."""
    checks = queries.open_checks_due(today, today + timedelta(days=REMIND_DAYS))
    return [
        person.id
        for check in checks
        if reminds_on(check.due_on, today)
        for person in queries.silent(check.id, unreminded=True)
    ]


def remind(person_id: int, *, by: Actor, book: LinkBook) -> bool:
    """Write the one reminder, if it is still due once the person is locked."""
    person = queries.person(person_id)
    if person is None or person.answered_at is not None or person.reminded_at is not None:
        return False
    if person.check.closed_at is not None:
        return False
    person.reminded_at = clock.now()
    record(by, "kits.home_check_reminded", person.check, employee_id=person.employee_id)
    _write(person.check, person.employee, len(person.lines), is_reminder=True, by=by, book=book)
    return True


def remind_all(check_id: int, *, by: Actor, book: LinkBook) -> int:
    """Remind everybody who has not answered and was not reminded; gives back how many it were."""
    check = queries.check(check_id)
    if check.closed_at is not None:
        raise Refused(N_("This check has ended."))
    return sum(
        remind(person.id, by=by, book=book) for person in queries.silent(check_id, unreminded=True)
    )


def end(check_id: int, *, by: Actor) -> HomeCheck:
    """End a check: from now on nobody answers it any more."""
    check = queries.check(check_id, lock=True)
    if check.closed_at is not None:
        raise Refused(N_("This check has ended already."))
    check.closed_at = clock.now()
    record(by, "kits.home_check_ended", check, silent=len(queries.silent(check_id)))
    return check


def settle_not_at_home(item_id: int, outcome: NotAtHome, *, words: str = "", by: Actor) -> Item:
    """Say what became of a device that somebody no longer has; its task ends with that.

    Lost is what is given up: a case asks who bears it. Elsewhere it is only by the ledger.
    """
    item = fate.locked_with_kit(item_id)
    task = tasks.open_task(NOT_AT_HOME, about(item_id))
    if task is None:
        raise Refused(N_("This task is already done."))
    words = " ".join(words.split())[:NOTE_CHARS]
    if outcome is NotAtHome.LOST:
        fate.lose(item_id, by=by, note=words)
    elif outcome is NotAtHome.ELSEWHERE and (
        item.holding is None or item.holding.since <= task.created_at
    ):
        raise Refused(
            N_("The ledger has %(tag)s where it was. Take it back or correct the ledger first."),
            tag=item.asset_tag,
        )
    written.finish_about(NOT_AT_HOME, about(item_id), words or NOT_AT_HOME_LABELS[outcome], by=by)
    record(by, "kits.not_at_home_settled", item, outcome=outcome.value)
    return item
