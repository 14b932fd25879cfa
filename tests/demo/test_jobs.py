"""The story's first days as a job: a step a deed, and whole after an interruption."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice import clock
from hoffice.db import db
from hoffice.demo import jobs, service
from hoffice.demo.loading.history import History
from hoffice.demo.loading.timetable import Entry
from hoffice.handover.models import Handover
from hoffice.jobs import worker
from hoffice.jobs.models import Job
from hoffice.jobs.rules import LEASE, JobState
from tests.conftest import Given
from tests.demo import stage


class Interrupted(BaseException):
    """What a worker does not survive."""


def test_an_interrupted_story_goes_on_where_it_stopped(
    app: Flask, given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        made = stage.furnished(tmp_path)
        deeds_in_all = len(History(made).entries)
        service.tell_on(0, total=deeds_in_all)
    monkeypatch.setattr(service, "scene_of", lambda *_args, **_doors: made)
    handlers = jobs.handlers(made.store, made.book)
    real = History.do
    deeds: list[Entry] = []

    def one_deed(self: History, entry: Entry) -> None:
        if len(deeds) == 20:
            raise Interrupted
        deeds.append(entry)
        real(self, entry)

    with app.app_context():
        assert service.untold() == (0, deeds_in_all)
        monkeypatch.setattr(History, "do", one_deed)
        with pytest.raises(Interrupted):
            worker.work_off(handlers)
        assert (service.untold() or (0, 0))[0] == 20
        monkeypatch.setattr(History, "do", real)
        with clock.frozen(clock.now() + 10 * LEASE):
            worker.work_off(handlers)

    with app.app_context():
        kinds = db.session.execute(select(Job.kind, Job.state).where(Job.kind == service.HISTORY))
        assert [(kind, state) for kind, state in kinds] == [(service.HISTORY, JobState.DONE)]
        assert service.untold() is None
        assert db.session.scalar(select(func.count()).select_from(Handover)) == 3
