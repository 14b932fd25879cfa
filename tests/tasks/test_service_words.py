"""Words that come later join the note of an open task."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.errors import Refused
from hoffice.tasks import service
from hoffice.tasks.models import Task
from hoffice.tasks.rules import NOTE
from tests import makers
from tests.conftest import Given

BY = makers.IT


def _task(note: str = "") -> Task:
    facts: dict[str, str | int] = {NOTE: note} if note else {}
    return service.create(
        "kits.list_doubted",
        "employee:7",
        "Look",
        facts,
        owner_id=makers.account(Role.IT).id,
        due_on=clock.today() + timedelta(days=3),
        by=BY,
    )


def test_words_join_the_note_once_and_in_their_order(given: Given) -> None:
    with given():
        task = _task()
        for words in ("Maus fehlt", "Kabel fehlt", "Maus fehlt"):
            service.add_words(task.id, words, by=BY)

        assert task.facts[NOTE] == "Maus fehlt · Kabel fehlt"


def test_a_task_that_is_done_takes_no_more_words(given: Given) -> None:
    with given():
        task = _task("Maus fehlt")
        service.finish(task.id, "nachgetragen", by=BY)

        with pytest.raises(Refused, match="already done"):
            service.add_words(task.id, "Kabel fehlt", by=BY)

        assert task.facts[NOTE] == "Maus fehlt"
