"""Tasks: one open one about a thing at most, always with an owner, done with an outcome."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.tasks import queries, service
from hoffice.tasks.models import Task
from hoffice.tasks.rules import FROM, TaskState
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.races import at_once

BY = makers.IT
TITLE = "%(tag)s is missing."


def task(owner_id: int, subject: str = "item:7", tag: str = "HW-Ü1", *, days: int = 3) -> Task:
    """A task about a device."""
    return service.create(
        "kits.missing",
        subject,
        TITLE,
        {"tag": tag},
        owner_id=owner_id,
        due_on=clock.today() + timedelta(days=days),
        by=BY,
    )


def test_a_task_about_the_same_thing_is_the_same_task(given: Given) -> None:
    with given():
        jonas, mia = makers.account(Role.IT), makers.account(Role.IT, name="Mia Berg")
        first = task(jonas.id)

        assert task(mia.id) is first
        assert first.owner is jonas
        service.finish(first.id, "It stood in the kitchen.", by=BY)
        assert task(mia.id) is not first


def test_two_counts_at_once_write_one_task(app: Flask, given: Given) -> None:
    with given():
        owner_id = makers.account(Role.IT).id

    said = at_once(app, lambda: task(owner_id), lambda: task(owner_id))

    assert said == ["done", "done"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Task)) == 1


def test_a_task_is_done_once_with_words_and_may_be_opened_again(given: Given) -> None:
    with given():
        made = task(makers.account(Role.IT).id)
        with pytest.raises(Refused, match="in a few words"):
            service.finish(made.id, "  ", by=BY)
        service.finish(made.id, "Found.", by=BY)
        with pytest.raises(Refused, match="already done"):
            service.finish(made.id, "Found twice.", by=BY)
        again = task(made.owner_id)
        with pytest.raises(Refused, match="open task about the same"):
            service.reopen(made.id, by=BY)
        db.session.rollback()
        assert again.id != 0


def test_a_task_that_a_deed_ended_opens_again_only_when_the_deed_is_taken_back(
    given: Given,
) -> None:
    with given():
        made = service.create(
            "kits.missing",
            "item:7",
            TITLE,
            {"tag": "HW-1", FROM: "stock_take:3"},
            owner_id=makers.account(Role.IT).id,
            due_on=clock.today(),
            by=BY,
        )
        service.finish_about("kits.missing", "item:7", "Found.", by=BY)

        with pytest.raises(Refused, match="Take the decision back"):
            service.reopen(made.id, by=BY)
        assert service.reopen(made.id, with_deed=True, by=BY).done_at is None


def test_nobody_who_left_gets_a_task(given: Given) -> None:
    with given():
        owner = makers.account(Role.IT)
        left = makers.account(Role.IT, name="Wer Ging")
        left.disabled_at = clock.now()
        made = task(owner.id)

        with pytest.raises(Refused, match="still works here"):
            service.reassign(made.id, owner_id=left.id, due_on=made.due_on, by=BY)
        with pytest.raises(Refused, match="still works here"):
            task(left.id, "item:8")


def test_a_deed_ends_the_task_about_it_and_only_that(given: Given) -> None:
    with given():
        owner = makers.account(Role.IT)
        made, other = task(owner.id), task(owner.id, "item:8")

        assert service.finish_about("kits.missing", "item:7", "Found.", by=Actor.system())
        assert not service.finish_about("kits.missing", "item:7", "Found.", by=Actor.system())
        assert made.done_by == "system"
        assert list(queries.next_of(owner.id, limit=9)) == [other]


def test_tasks_are_found_by_tag_name_and_state(given: Given) -> None:
    with given():
        owner = makers.account(Role.IT, name="Nele Wolf")
        late, other = task(owner.id, days=-1), task(owner.id, "item:8", "HW-2", days=0)

        def found(*where: object) -> list[Task]:
            return list(db.session.scalars(queries.tasks().where(*where)))  # type: ignore[arg-type]

        assert found(queries.search(["ü1"])) == found(queries.search(["HW-ü1"])) == [late]
        assert found(queries.search(["nele", "hw-2"])) == [other]
        assert found(queries.in_state(TaskState.OVERDUE, clock.today())) == [late]
        assert found(queries.in_state(TaskState.DONE, clock.today())) == []


@pytest.mark.parametrize("role", [Role.DRIVER, Role.AUDITOR, Role.WORKS_COUNCIL])
def test_nobody_is_given_a_task_whose_pages_lead_to_none(given: Given, role: Role) -> None:
    with given():
        nobody = makers.account(role, name="Can Demir")
        known = task(makers.account(Role.LEAD).id)

        with pytest.raises(Refused, match="Can Demir cannot be given tasks"):
            task(nobody.id, "item:8")
        with pytest.raises(Refused, match="Can Demir cannot be given tasks"):
            service.reassign(known.id, owner_id=nobody.id, due_on=known.due_on, by=BY)
