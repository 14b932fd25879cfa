"""Packs are sent by a job that survives the death of its worker, without a second mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from hoffice import clock
from hoffice.agreements import queries, service
from hoffice.agreements.jobs import handlers
from hoffice.agreements.models import Pack, TextVersion
from hoffice.agreements.pdf import PaperFacts
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.jobs.worker import work_off
from hoffice.notices.models import Notice
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.settings import UNNAMED, Settings
from tests import dying, makers
from tests.agreements.scene import HR, TERMS, book
from tests.conftest import Given

PEOPLE = 5


def ordered(people: int) -> list[int]:
    """A job for so many people; the texts are the samples."""
    service.load_samples(by=HR)
    ids = [makers.employee().id for _number in range(people)]
    service.prepare_packs(
        ids, by=HR, signer_name="Svenja Adler", terms=TERMS, allow_unapproved=True
    )
    return ids


def the_job() -> Job:
    return db.session.query(Job).filter_by(kind=service.SEND_PACK).one()


def mails() -> int:
    return db.session.query(Notice).filter_by(template="pack").count()


def test_everybody_gets_one_pack_and_the_page_is_told(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        ids = ordered(3)

    with app.app_context():
        assert work_off(handlers(Store(tmp_path), book())) == 1

    with app.app_context():
        assert len(queries.packs_of(ids)) == mails() == 3
        job = the_job()
        assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)
        assert job.result == {"done": 3, "left": [], "url": f"/papiere/ergebnis/{job.id}"}


def test_who_cannot_get_papers_holds_nobody_up(app: Flask, given: Given, tmp_path: Path) -> None:
    with given():
        first, *_others = ordered(3)
        employee = db.session.get(Employee, first)
        assert employee is not None
        employee.email = ""

    with app.app_context():
        work_off(handlers(Store(tmp_path), book()))

    with app.app_context():
        assert mails() == 2
        job = the_job()
        assert job.result == {
            "done": 2,
            "left": [[first, "The e-mail address is missing.", {}]],
            "url": f"/papiere/ergebnis/{job.id}",
        }


def test_who_has_a_pack_by_now_gets_no_second_one(app: Flask, given: Given, tmp_path: Path) -> None:
    with given():
        ids = ordered(2)
    with given():
        service.prepare_packs(
            ids, by=HR, signer_name="Svenja Adler", terms=TERMS, allow_unapproved=True
        )

    with app.app_context():
        assert work_off(handlers(Store(tmp_path), book())) == 2

    with app.app_context():
        assert mails() == 2


def test_nobody_selected_orders_nothing(given: Given) -> None:
    with given():
        service.load_samples(by=HR)
        with pytest.raises(Refused, match="Nobody"):
            service.prepare_packs(
                [], by=HR, signer_name="Svenja Adler", terms=TERMS, allow_unapproved=True
            )


def test_papers_that_would_name_no_employer_are_not_sent(given: Given) -> None:
    with given():
        service.load_samples(by=HR)
        nameless = replace(TERMS, company=UNNAMED)
        with pytest.raises(Refused, match="HOFFICE_COMPANY"):
            service.prepare_packs(
                [1], by=HR, signer_name="Svenja Adler", terms=nameless, allow_unapproved=True
            )


WORKER = """
import sys
from pathlib import Path
from hoffice.agreements.jobs import handlers
from hoffice.factory import create_app
from hoffice.files.service import Store
from hoffice.jobs.worker import work_off
from tests import dying, houses
from tests.agreements.scene import book
app = create_app(houses.settings(sys.argv[1], Path(sys.argv[2])))
dying.die(step=3)
with app.app_context():
    work_off(handlers(Store(Path(sys.argv[2]) / "files"), book()))
"""


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(
    app: Flask, given: Given, settings: Settings
) -> None:
    with given():
        ids = ordered(PEOPLE)

    dying.killed(WORKER, settings.database_url, str(settings.instance))

    with app.app_context():
        job = the_job()
        assert (job.done, job.state) == (2, JobState.RUNNING)
        assert len(queries.packs_of(ids)) == 2
        dying.let_go(job.id)

    with clock.frozen(clock.now() + timedelta(minutes=2)), app.app_context():
        work_off(handlers(Store(settings.instance / "files"), book()))

    with app.app_context():
        job = the_job()
        assert (job.state, job.done) == (JobState.DONE, PEOPLE)
        assert len(queries.packs_of(ids)) == mails() == PEOPLE
        for pack in queries.packs_of(ids).values():
            for paper in pack.papers:
                assert paper.frozen_file is not None
                Store(settings.instance / "files").get(paper.frozen_file.sha256)


def test_somebody_whose_text_cannot_be_filled_is_left_without_half_a_pack(
    app: Flask, given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        first, *others = ordered(3)
        number = people.employee(first).personnel_number
    fill = service.contents.paper_facts

    def refusing(text: TextVersion, facts: Mapping[str, Any]) -> PaperFacts:
        if facts["fields"]["de"]["personalnummer"] == number:
            raise Refused("The field has no value.")
        return fill(text, facts)

    monkeypatch.setattr(service.contents, "paper_facts", refusing)

    with app.app_context():
        work_off(handlers(Store(tmp_path), book()))

    with app.app_context():
        assert {pack.employee_id for pack in db.session.query(Pack)} == set(others)
        assert queries.pack_of(first) is None
