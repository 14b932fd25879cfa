"""A year later: texts have changed, people are the same, old papers count until the new are signed.

Everything goes through the pages of HR and the job of the worker; nobody is typed in twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.agreements import queries
from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.queries import desk
from hoffice.agreements.queries.signing import newest_in_force
from hoffice.agreements.rules import IN_FORCE, PaperKind, PaperState
from hoffice.db import db
from hoffice.files.service import Store
from hoffice.gates import service as gates
from hoffice.gates.rules import Gate
from hoffice.jobs import worker
from hoffice.jobs.cli import EXTENSION
from hoffice.people.models import Employee
from hoffice.settings import Settings
from tests import makers
from tests.agreements.desk import KINDS, approve_all, for_house, morning, new_version, sent, sign
from tests.conftest import Given
from tests.pageclient import PageClient

FIRST = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin"))
YEAR = timedelta(days=365)
PEOPLE = 4


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    """The first rollout is on a Monday."""
    with clock.frozen(FIRST):
        yield


def is_open(employee_id: int, gate: Gate) -> bool:
    return next(one.is_open for one in gates.answers_about(employee_id) if one.gate is gate)


def test_a_second_rollout_reuses_people_and_keeps_old_papers(  # a story is long
    app: Flask, given: Given, signed_in: Callable[..., PageClient], settings: Settings
) -> None:
    folder: Path = settings.instance / "files"
    with given():
        approve_all()
        for text in queries.texts():
            text.valid_months = 12 if text.kind is PaperKind.INSTRUCTION else None
        ids = []
        for number in range(PEOPLE):
            pack = sent(makers.employee(f"Person {number}"), folder)
            sign(pack, folder)
            for_house(pack, folder)
            ids.append(pack.employee_id)
        files = {
            paper.id: paper.signed_file.sha256
            for paper in db.session.query(Paper)
            if paper.signed_file is not None
        }
        assert len(files) == PEOPLE * len(KINDS)

    # three weeks before the instruction ends, the desk says so
    with clock.frozen(FIRST + YEAR - timedelta(days=21)):
        assert f"{PEOPLE} Papiere enden" in signed_in(Role.HR).get("/papiere/").text

    # a lawyer has changed two texts; HR sends what is new to everybody by one click
    later = FIRST + YEAR - timedelta(days=14)
    with clock.frozen(later):
        with given():
            new_version(PaperKind.DATA_PROTECTION)
            new_version(PaperKind.ADDENDUM)
        hr = signed_in(Role.HR)
        page = hr.get("/papiere/erneuern").text
        assert f"<b>{PEOPLE} Personen</b> würden neu lesen und unterschreiben." in page
        wanted = [
            kind.value
            for kind in (PaperKind.ADDENDUM, PaperKind.DATA_PROTECTION, PaperKind.INSTRUCTION)
        ]
        hr.post("/papiere/erneuern", {"signer_name": "Svenja Adler", "kinds": wanted})
        with app.app_context():
            worker.work_off(app.extensions[EXTENSION])

    with clock.frozen(later + timedelta(hours=1)), given():
        assert db.session.query(Employee).count() == PEOPLE
        packs = queries.packs_of(ids)
        for employee_id, pack in packs.items():
            assert [paper.kind.value for paper in pack.papers] == wanted
            assert is_open(employee_id, Gate.ADDENDUM), "the old one counts until the new one does"
        for employee_id in ids[:2]:
            sign(db.session.get_one(Pack, packs[employee_id].id), folder)
            for_house(db.session.get_one(Pack, packs[employee_id].id), folder)
        first = newest_in_force(ids[:2], clock.today())
        assert all(first[one][PaperKind.ADDENDUM].text_version.number == 2 for one in ids[:2])
        superseded = db.session.query(Paper).filter_by(state=PaperState.SUPERSEDED).all()
        assert len(superseded) == 2 * len(wanted)
        assert {paper.employee_id for paper in superseded} == set(ids[:2])
        assert db.session.query(Paper).filter_by(state=PaperState.VOID).count() == 0

    # a year after the first instruction: who signed anew is fine, for the others it has ended
    with clock.frozen(FIRST + YEAR + timedelta(days=1)), app.app_context():
        assert morning(folder)["expired"] == 2
        by_person = desk.stands(ids)
        for employee_id in ids[:2]:
            assert by_person[employee_id][PaperKind.INSTRUCTION].state in IN_FORCE
        ended = db.session.query(Paper).filter_by(state=PaperState.EXPIRED)
        assert {paper.employee_id for paper in ended} == set(ids[2:])

    # and every file of the first rollout is still there, byte for byte
    with app.app_context():
        for digest in files.values():
            assert Store(folder).get(digest).startswith(b"%PDF")
    with clock.frozen(later + timedelta(hours=2)):
        assert "Frühere Papiere" in hr.get(f"/papiere/mappen/{ids[0]}").text
