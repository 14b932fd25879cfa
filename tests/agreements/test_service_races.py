"""Two at the same paper in the same moment: one deed counts, and every try is counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask

from hoffice.agreements import queries, service
from hoffice.agreements.models import Pack, Paper, Signature, TextVersion
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import (
    Form,
    PaperKind,
    PaperState,
    SignatureMethod,
    is_for_reading,
)
from hoffice.agreements.service import codes, signing, single, texts
from hoffice.agreements.service.single import Wanted
from hoffice.db import db, unit_of_work
from hoffice.files.service import Store
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import HR, TERMS, book, sent, short_texts
from tests.conftest import Given
from tests.races import WAIT_S, Meeting, at_once, meet_after


def look(employee_id: int, meeting: Meeting) -> list[int]:
    """As a page does: read the papers first, and both at the same time."""
    pack = queries.pack_of(employee_id)
    meeting.wait()
    return [paper.id for paper in pack.papers] if pack is not None else []


def sign(employee_id: int, folder: Path, read: list[int]) -> None:
    signing.sign_pack(
        employee_id,
        name="Aylin Yıldız",
        method=SignatureMethod.TYPED,
        strokes=(),
        read=read,
        by=Actor.employee(employee_id),
        store=Store(folder),
    )


def test_two_browsers_that_sign_at_once_leave_one_signature(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        employee_id = sent(makers.employee("Aylin Yıldız"), tmp_path).employee_id
    meeting = Meeting()

    def browser() -> None:
        sign(employee_id, tmp_path, look(employee_id, meeting))

    said = at_once(app, browser, browser)

    assert sorted(said) == ["Everything is signed already.", "done"]
    with given():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        assert {paper.state for paper in pack.papers} == {PaperState.SIGNED}
        own = db.session.query(Signature).filter_by(by=str(Actor.employee(employee_id))).count()
        assert own == sum(not is_for_reading(paper.kind) for paper in pack.papers)


def test_papers_taken_back_while_somebody_signs_are_either_signed_or_not_there(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        employee_id = sent(makers.employee("Aylin Yıldız"), tmp_path).employee_id
    meeting = Meeting()

    def person() -> None:
        sign(employee_id, tmp_path, look(employee_id, meeting))

    def house() -> None:
        look(employee_id, meeting)
        service.void_pack(employee_id, "falsche Fassung", by=HR)

    said = at_once(app, person, house)

    assert said[1] == "done"
    assert said[0] in {"done", "There are no papers for you at the moment."}
    with given():
        assert queries.pack_of(employee_id) is None
        states = {paper.state for paper in db.session.query(Paper)}
        assert states == {PaperState.VOID}


def test_a_page_that_opens_a_paper_late_undoes_no_signature(
    app: Flask, given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        pack = sent(makers.employee("Aylin Yıldız"), tmp_path)
        employee_id, ids = pack.employee_id, [paper.id for paper in pack.papers]
    other = Thread(target=at_once, args=(app, lambda: sign(employee_id, tmp_path, ids)))
    look_up = queries.own_paper

    def found_then_signed(paper_id: int, *, employee_id: int) -> Paper:
        found = look_up(paper_id, employee_id=employee_id)
        if other.ident is None:
            other.start()
            other.join(timeout=WAIT_S)  # where only one may write, the other signs afterwards
        return found

    monkeypatch.setattr(queries, "own_paper", found_then_signed)
    with app.app_context(), unit_of_work():
        signing.open_paper(ids[0], employee_id=employee_id)
    other.join(timeout=60)

    with given():
        assert {paper.state for paper in db.session.query(Paper)} == {PaperState.SIGNED}


def test_wrong_codes_tried_at_once_are_all_counted(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        employee = makers.employee("Aylin Yıldız")
        sent(employee, tmp_path, terms=replace(TERMS, needs_code=True))
        code = codes.send(employee.id, can_text=False, by=Actor.employee(employee.id))
        employee_id, pack_id = employee.id, code.pack_id
        wrong = f"{(int(codes.code_of(code, secret=book().secret_key)) + 1) % 1_000_000:06d}"

    meeting = Meeting()

    def guess() -> None:
        assert sittings.newest_code(pack_id) is not None
        meeting.wait()
        codes.enter(employee_id, wrong, book=book())

    for _round in range(3):
        assert at_once(app, guess, guess) == ["done", "done"]

    with given():
        found = sittings.newest_code(pack_id)
        assert found is not None
        assert found.tries == codes.TRIES, "the sixth try found no code any more"


def test_two_who_write_a_text_at_once_leave_one_version_and_a_sentence(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        short_texts()
        before = db.session.query(TextVersion).count()
    meet_after(monkeypatch, queries, "current_text", Meeting())

    def write(words: str) -> None:
        texts.write_text(
            PaperKind.ADDENDUM,
            "de",
            words,
            form=Form.TEXTFORM,
            valid_months=None,
            note="",
            by=HR,
        )

    said = at_once(app, lambda: write("# Der eine"), lambda: write("# Der andere"))

    assert set(said) <= {
        "done",  # where only one may write at a time, the second version follows the first
        "Somebody has just written a version of this text. Compare it with yours.",
    }
    assert "done" in said
    with given():
        assert db.session.query(TextVersion).count() == before + said.count("done")


def test_two_papers_sent_at_once_to_somebody_without_a_pack_end_in_one_pack(
    app: Flask, given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        sent(makers.employee("Marek Nowak"), tmp_path)
        employee_id = makers.employee("Aylin Yıldız").id
    meet_after(monkeypatch, queries, "pack_of", Meeting())

    def ask(person: str) -> None:
        single.add(
            employee_id,
            Wanted(kind=PaperKind.HOUSEHOLD, person=person),
            store=Store(tmp_path),
            book=book(),
            by=HR,
            allow_unapproved=True,
        )

    said = at_once(app, lambda: ask("Berke Yıldız"), lambda: ask("Deniz Yıldız"))

    assert set(said) <= {
        "done",
        "Somebody has just sent papers to this person. Load the page again.",
    }
    assert "done" in said
    with given():
        assert db.session.query(Pack).filter_by(employee_id=employee_id).count() == 1
        assert db.session.query(Paper).filter_by(employee_id=employee_id).count() == said.count(
            "done"
        )
