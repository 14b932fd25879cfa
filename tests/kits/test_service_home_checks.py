"""Checks at home: who is asked, what is kept, what becomes a task, who is reminded once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.kits import queries as kits
from hoffice.kits import service as things
from hoffice.kits.models import CustodyEntry, HomeCheckPerson, Item
from hoffice.kits.queries import home_checks as queries
from hoffice.kits.rules import Holder, HolderKind, HomeAnswer, ItemKind
from hoffice.kits.service import home_checks as service
from hoffice.kits.service.daily import do_daily
from hoffice.notices.models import Notice
from hoffice.tasks import queries as tasks
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import book
from tests.conftest import Given
from tests.kits import scene
from tests.races import at_once

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def at_home(name: str = "Ayşe Kaya", count: int = 2) -> tuple[int, list[Item]]:
    """Somebody with so many devices at home."""
    employee = makers.employee(name)
    items = scene.in_stock(*[ItemKind.MONITOR] * count)
    holder = Holder(HolderKind.EMPLOYEE, employee.id)
    things.hand_to([one.id for one in items], holder, by=makers.IT, because="handover:1")
    return employee.id, items


def ask(
    *employee_ids: int, owner_id: int = 1, photo: bool = False, days: int = 10
) -> service.Asked:
    """A check of these people."""
    return service.begin(
        "Herbst",
        due_on=clock.today() + timedelta(days=days),
        wants_photo=photo,
        employee_ids=employee_ids or None,
        team_id=None,
        by=Actor.staff(owner_id),
        book=book(),
    )


def mails(employee_id: int) -> int:
    """How many mails somebody got about it."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Notice)
            .where(Notice.template == service.MAIL, Notice.employee_id == employee_id)
        )
        or 0
    )


def test_who_has_something_is_asked_and_nobody_twice(given: Given) -> None:
    with given():
        ayse, _ = at_home()
        bo, _ = at_home("Bo Rau")
        nobody = makers.employee("Ohne Alles").id

        first = ask(ayse, nobody)
        second = ask()

        assert (first.people, first.without_items, first.already) == (1, 1, 0)
        assert (second.people, second.already) == (1, 1)
        assert (mails(ayse), mails(bo), mails(nobody)) == (1, 1, 0)
        with pytest.raises(Refused, match="Nobody is left to ask"):
            ask()
        with pytest.raises(Refused, match="in the past"):
            ask(days=-1)
        service.end(first.check.id, by=makers.IT)
        assert ask(ayse).people == 1


def test_a_no_and_a_broken_one_become_tasks_and_a_yes_stays_out_of_the_ledger(
    given: Given,
) -> None:
    with given():
        owner_id = makers.account(Role.IT).id
        ayse, (here, gone, broken) = at_home(count=3)
        check = ask(ayse, owner_id=owner_id).check
        lines = db.session.scalar(select(func.count()).select_from(CustodyEntry))
        service.say(ayse, here.id, HomeAnswer.YES)
        service.say(ayse, gone.id, HomeAnswer.YES)
        service.say(ayse, gone.id, HomeAnswer.NO)
        service.note(ayse, {gone.id: " an den  Bruder verliehen "})
        with pytest.raises(Refused, match="no answer yet"):
            service.send(ayse)
        service.say(ayse, broken.id, HomeAnswer.BROKEN)
        assert queries.standing([check.id])[check.id].yes == 0

        service.send(ayse)

        standing = queries.standing([check.id])[check.id]
        assert (standing.answered, standing.yes, standing.no, standing.broken) == (1, 1, 1, 1)
        open_tasks = {one.kind: one for one in tasks.next_of(owner_id, limit=9)}
        assert open_tasks["kits.not_at_home"].subject == f"item:{gone.id}"
        assert open_tasks["kits.not_at_home"].facts["note"] == "an den Bruder verliehen"
        assert open_tasks["kits.broken_at_home"].subject == f"item:{broken.id}"
        assert db.session.scalar(select(func.count()).select_from(CustodyEntry)) == lines
        confirmed = queries.last_confirmed(here.id)
        assert confirmed is not None
        assert (confirmed.employee_id, confirmed.answer) == (ayse, HomeAnswer.YES)
        with pytest.raises(Refused, match="already"):
            service.say(ayse, here.id, HomeAnswer.NO)
        with pytest.raises(Refused, match="already"):
            service.send(ayse)


def test_a_task_falls_due_on_a_day_on_which_somebody_works(given: Given) -> None:
    with clock.frozen(datetime(2027, 3, 21, 10, tzinfo=UTC)), given():  # a week before Easter
        owner_id = makers.account(Role.IT).id
        ayse, (gone,) = at_home(count=1)
        ask(ayse, owner_id=owner_id)
        service.say(ayse, gone.id, HomeAnswer.NO)

        service.send(ayse)

        [task] = tasks.next_of(owner_id, limit=9)
        assert task.due_on == date(2027, 3, 30)


def test_nobody_answers_for_others_or_after_the_end(given: Given) -> None:
    with given():
        ayse, items = at_home()
        bo, _ = at_home("Bo Rau")
        check = ask(ayse, bo).check
        with pytest.raises(NotFound):
            service.say(bo, items[0].id, HomeAnswer.NO)
        with pytest.raises(NotFound):
            service.say(makers.employee("Ungefragt").id, items[0].id, HomeAnswer.NO)
        service.end(check.id, by=makers.IT)

        for deed in (
            lambda: service.say(ayse, items[0].id, HomeAnswer.NO),
            lambda: service.send(ayse),
            lambda: service.end(check.id, by=makers.IT),
        ):
            with pytest.raises(Refused, match="has ended"):
                deed()


def test_what_was_taken_back_meanwhile_is_not_asked_about_any_more(given: Given) -> None:
    with given():
        ayse, (one, other) = at_home()
        ask(ayse)
        things.hand_to([one.id], Holder(HolderKind.STOCK), by=makers.IT, because="return:1")
        with pytest.raises(NotFound):
            service.say(ayse, one.id, HomeAnswer.NO)
        service.say(ayse, other.id, HomeAnswer.YES)

        assert service.send(ayse).answered_at is not None
        assert kits.item(one.id).state == "in_stock"


def test_a_wanted_photo_or_a_word_why_not_is_waited_for(given: Given) -> None:
    with given():
        ayse, (one, other) = at_home()
        ask(ayse, photo=True, owner_id=makers.account(Role.IT).id)
        for item in (one, other):
            service.say(ayse, item.id, HomeAnswer.YES)
        service.say(ayse, other.id, HomeAnswer.NO)
        with pytest.raises(Refused):
            service.send(ayse)

        service.note(ayse, {one.id: "Aufkleber unlesbar"})

        assert service.send(ayse).answered_at is not None


class Steps:
    """A job's ticket whose steps are part of the scene."""

    def step(self, **_progress: int) -> Steps:
        """One step."""
        return self

    def __enter__(self) -> None:
        """It begins."""

    def __exit__(self, *_error: object) -> None:
        """It ends."""


def test_one_reminder_goes_out_before_the_end(given: Given) -> None:
    with given(), clock.frozen(MONDAY):
        ayse, items = at_home()
        bo, _ = at_home("Bo Rau")
        ask(ayse, bo, days=9)
        for item in items:
            service.say(ayse, item.id, HomeAnswer.YES)
        service.send(ayse)
        daily = []
        for day in range(10):
            with clock.frozen(MONDAY + timedelta(days=day)):
                daily.append(do_daily(Steps(), book=book())["reminded"])  # type: ignore[arg-type]

        assert daily == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]  # not on the Sunday, three days before
        assert (mails(ayse), mails(bo)) == (1, 2)


def test_answers_sent_twice_at_once_are_sent_once(app: Flask, given: Given) -> None:
    with given():
        owner_id = makers.account(Role.IT).id
        ayse, items = at_home()
        ask(ayse, owner_id=owner_id)
        for item in items:
            service.say(ayse, item.id, HomeAnswer.NO)

    said = at_once(app, lambda: service.send(ayse), lambda: service.send(ayse))

    assert sorted(one == "done" for one in said) == [False, True]
    assert next(one for one in said if one != "done").startswith("You have sent your answers")
    with app.app_context():
        assert tasks.count_open_of(owner_id) == len(items)
        answered = select(func.count(HomeCheckPerson.answered_at))
        assert db.session.scalar(answered) == 1


def test_two_who_ask_at_once_ask_everybody_once(app: Flask, given: Given) -> None:
    with given():
        ayse, _ = at_home()

    said = at_once(app, ask, ask)

    assert sorted(one == "done" for one in said) == [False, True]
    with app.app_context():
        assert mails(ayse) == 1
