"""Papers are sealed by the worker: at once, later, once only, and never without being asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from flask import Flask

from hoffice import clock
from hoffice.agreements import queries as papers
from hoffice.agreements import service
from hoffice.agreements.models import Paper
from hoffice.agreements.queries import seals as queries
from hoffice.agreements.rules import PaperState, SealState, SignatureMethod
from hoffice.agreements.sealing.finishing import attached
from hoffice.agreements.sealing.keys import KeyFolder
from hoffice.agreements.sealing.results import Sealed
from hoffice.agreements.sealing.verdict import Fault
from hoffice.agreements.sealing.verify import verified
from hoffice.agreements.service import checking, resending, sealing, seals, signing
from hoffice.agreements.service.checking import Checked
from hoffice.agreements.service.seals import Sealer
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.jobs.worker import work_off
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import DRAWN, HR, sent
from tests.agreements.sealed import COMPANY, PASSWORD, TimeService, time_service
from tests.conftest import Given
from tests.races import at_once

URL = "https://hoffice.example/pruefen"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "files")


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    return Sealer(KeyFolder(tmp_path / "seal", PASSWORD))


@pytest.fixture
def stamps() -> Iterator[TimeService]:
    with time_service() as service:
        yield service


def make_key(sealer: Sealer) -> str:
    return seals.make_key(sealer.folder, company=COMPANY, check_url=URL, by=HR).fingerprint


def sign(store: Store, name: str = "Ayşe Kaya") -> int:
    """Somebody signs her pack; gives back her number."""
    employee = makers.employee(name)
    pack = sent(employee, store.root)
    signing.sign_pack(
        employee.id,
        name=name,
        method=SignatureMethod.DRAWN,
        strokes=DRAWN,
        read=[paper.id for paper in pack.papers],
        by=Actor.employee(employee.id),
        store=store,
    )
    return employee.id


def complete(employee_id: int) -> list[Paper]:
    """Her papers that nobody else has to sign."""
    pack = papers.pack_of(employee_id)
    assert pack is not None
    return [paper for paper in pack.papers if paper.signed_file_id is not None]


def work(sealer: Sealer, store: Store, *, after: timedelta = timedelta(0)) -> int:
    """The worker does what is due, now or a while later; gives back how many jobs."""
    with clock.frozen(clock.now() + after):
        return work_off(sealing.handlers(sealer, store))


def open_jobs() -> list[Job]:
    return db.session.query(Job).filter_by(kind=seals.SEAL, state=JobState.QUEUED).all()


def content_of(paper: Paper, store: Store) -> bytes:
    assert paper.sealed_file is not None
    return store.get(paper.sealed_file.sha256)


# Sealing


def test_signed_papers_are_sealed_by_the_worker(
    app: Flask, given: Given, store: Store, sealer: Sealer
) -> None:
    with given():
        fingerprint = make_key(sealer)
        who = sign(store)
        assert {paper.seal_state for paper in complete(who)} == {SealState.PENDING}

    with app.app_context():
        assert work(sealer, store) == len(complete(who)) > 0

    with app.app_context():
        for paper in complete(who):
            assert (paper.state, paper.seal_state) == (PaperState.SEALED, SealState.SEALED)
            assert paper.sealed_at is not None
            verdict = verified(content_of(paper, store), seals.known())
            assert verdict.is_valid
            assert verdict.fingerprint == fingerprint
            assert verdict.reference == f"P{paper.id:06d}"
            assert verdict.frozen_sha256 == paper.frozen_file.sha256  # type: ignore[union-attr]
        lines = db.session.query(AuditLine).filter_by(action="agreements.sealed")
        assert {line.actor for line in lines} == {str(Actor.system())}, "she signs; the house seals"


def test_the_head_on_the_certificate_is_that_of_the_log_in_the_file(
    app: Flask, given: Given, store: Store, sealer: Sealer
) -> None:
    with given():
        make_key(sealer)
        who = sign(store)
    with app.app_context():
        work(sealer, store)

    with app.app_context():
        paper = complete(who)[0]
        verdict = verified(content_of(paper, store), seals.known())
        assert verdict.log_head == queries.printed_head(paper.id) != ""


def test_the_file_carries_the_lines_of_the_houses_log_about_this_paper(
    app: Flask, given: Given, store: Store, sealer: Sealer
) -> None:
    with given():
        make_key(sealer)
        who, _other = sign(store), sign(store, "Mehmet Öz")
    with app.app_context():
        work(sealer, store)

    with app.app_context():
        paper = complete(who)[0]
        content = content_of(paper, store)
        lines = json.loads(attached(content).log)["house_log"]
        subjects = {line["subject"] for line in lines}
        assert {line["action"] for line in lines} >= {"agreements.sent", "agreements.completed"}
        assert subjects <= {f"paper:{paper.id}", f"pack:{paper.pack_id}"}
        assert b"Mehmet" not in attached(content).log
        checked = checking.compared(verified(content, seals.known()), content)
        assert checked.is_in_house_log


def test_a_house_without_a_key_seals_nothing_and_catches_up_when_it_has_one(
    app: Flask, given: Given, store: Store, sealer: Sealer
) -> None:
    with given():
        who = sign(store)
        assert {paper.seal_state for paper in complete(who)} == {SealState.NONE}
        assert not open_jobs()
        assert queries.count_without_seal() == len(complete(who))

    with given():
        make_key(sealer)
    with app.app_context():
        assert work(sealer, store) == 1

    with app.app_context():
        assert {paper.state for paper in complete(who)} == {PaperState.SEALED}
        assert queries.count_without_seal() == 0


def test_what_was_taken_back_before_its_seal_gets_none(
    app: Flask, given: Given, store: Store, sealer: Sealer
) -> None:
    with given():
        make_key(sealer)
        who = sign(store)
        ids = [paper.id for paper in complete(who)]
        service.void_pack(who, "Falsche Stunden", by=HR)

    with app.app_context():
        work(sealer, store)

    with app.app_context():
        found = [db.session.get_one(Paper, number) for number in ids]
        assert {paper.seal_state for paper in found} == {SealState.NONE}
        assert {paper.state for paper in found} == {PaperState.VOID}


def test_what_is_given_back_before_it_had_its_seal_gets_one(
    app: Flask, given: Given, store: Store, sealer: Sealer
) -> None:
    with given():
        make_key(sealer)
        who = sign(store)
        service.void_pack(who, "Irrtum", by=HR)
    with app.app_context():
        work(sealer, store)

    with given():
        resending.restore_pack(who, by=HR)
    with app.app_context():
        work(sealer, store)

    with app.app_context():
        assert {paper.state for paper in complete(who)} == {PaperState.SEALED}


def test_two_workers_at_once_seal_each_paper_once(
    app: Flask,
    given: Given,
    store: Store,
    sealer: Sealer,
) -> None:
    with given():
        make_key(sealer)
        who = sign(store)
        paper_id = complete(who)[0].id
    with app.app_context():
        draft = seals.drafted(paper_id, sealer=sealer, store=store)
        db.session.rollback()
    assert draft is not None

    kept: list[bool] = []

    def seal_and_keep() -> None:
        result = seals.closed(draft, sealer=sealer, at=clock.now())
        kept.append(seals.keep_sealed(draft, result, clock.now(), store=store, by=HR))

    assert at_once(app, seal_and_keep, seal_and_keep) == ["done", "done"]
    assert sorted(kept) == [False, True]
    with app.app_context():
        lines = db.session.query(AuditLine).filter_by(
            action="agreements.sealed", subject=f"paper:{paper_id}"
        )
        assert lines.count() == 1


def test_a_result_that_fails_our_own_check_is_not_kept(
    app: Flask,
    given: Given,
    store: Store,
    sealer: Sealer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with given():
        make_key(sealer)
        who = sign(store)

    def damaged(content: bytes, *_: object, **__: object) -> Sealed:
        return Sealed(content)

    monkeypatch.setattr("hoffice.agreements.sealing.seal.sealed", damaged)
    with app.app_context():
        work(sealer, store)

    with app.app_context():
        assert {paper.seal_note for paper in complete(who)} == {seals.BROKEN}
        assert all(paper.sealed_file is None for paper in complete(who))


def test_a_log_that_no_longer_fits_the_certificate_is_not_sealed(
    app: Flask, given: Given, store: Store, sealer: Sealer
) -> None:
    with given():
        make_key(sealer)
        who = sign(store)
        complete(who)[0].opened_at = clock.now() - timedelta(days=3)
        first = complete(who)[0].id

    with app.app_context():
        work(sealer, store)

    with app.app_context():
        paper = db.session.get_one(Paper, first)
        assert (paper.seal_state, paper.seal_note) == (SealState.PENDING, seals.NO_FIT)
        assert {one.state for one in complete(who)[1:]} <= {PaperState.SEALED}


# When the time-stamp service or the key fails


def test_a_silent_time_stamp_service_means_pending_then_sealed(
    app: Flask, given: Given, store: Store, sealer: Sealer, stamps: TimeService
) -> None:
    sealer = replace(sealer, time_services=(stamps.url,))
    stamps.mood = "broken"
    with given():
        make_key(sealer)
        who = sign(store)

    with app.app_context():
        work(sealer, store)
        count, since, why = queries.pending_since()
        assert (count, why) == (len(complete(who)), seals.NO_ANSWER)
        assert since is not None
        assert {paper.state for paper in complete(who)} == {PaperState.SIGNED}
        assert len(open_jobs()) == 1
        db.session.rollback()
        assert work(sealer, store) == 0

    stamps.mood = "well"
    with app.app_context():
        assert work(sealer, store, after=timedelta(minutes=3)) == 1
        for paper in complete(who):
            assert paper.state is PaperState.SEALED
            assert paper.seal_note == ""
            assert verified(content_of(paper, store), seals.known()).stamped_at is not None


def test_a_silent_service_is_asked_once_a_round_and_the_pauses_grow(
    app: Flask, given: Given, store: Store, sealer: Sealer, stamps: TimeService
) -> None:
    sealer = replace(sealer, time_services=(stamps.url,))
    stamps.mood = "broken"
    with given():
        make_key(sealer)
        sign(store)
        sign(store, "Mehmet Öz")

    planned: list[datetime] = []
    moment = clock.now()
    for _round in range(4):
        with app.app_context(), clock.frozen(moment):
            work_off(sealing.handlers(sealer, store))
            (job,) = open_jobs()
            planned.append(job.run_at)
            moment = job.run_at + timedelta(seconds=1)

    pauses = [later - sooner for sooner, later in pairwise(planned)]
    assert len(stamps.asked) == 4
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1]


def test_a_job_that_broke_holds_up_no_other_and_the_morning_makes_up_for_it(
    given: Given, sealer: Sealer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_facts: object) -> Sealed:
        raise ModuleNotFoundError

    with given():
        make_key(sealer)
        first = sign(store)
    with monkeypatch.context() as patched, given():
        patched.setattr("hoffice.agreements.sealing.seal.sealed", broken)
        work(sealer, store)
        assert {job.error for job in open_jobs()} == {"ModuleNotFoundError"}  # comes back later

    with given():
        second = sign(store, "Ada Ott")
    with given():
        work(sealer, store)
        assert {paper.seal_state for paper in complete(second)} == {SealState.SEALED}
        assert {paper.seal_state for paper in complete(first)} == {SealState.PENDING}
        assert seals.seal_what_was_left(by=HR) is None  # its own job will come back

    with given():
        for job in open_jobs():
            job.state = JobState.FAILED  # as after the last try
    with given():
        assert seals.seal_what_was_left(by=HR) is not None
    with given():
        work(sealer, store)
        assert {paper.seal_state for paper in complete(first)} == {SealState.SEALED}
        assert seals.seal_what_was_left(by=HR) is None


def test_a_stamp_is_never_left_out_silently(
    app: Flask, given: Given, store: Store, sealer: Sealer, stamps: TimeService
) -> None:
    sealer = replace(sealer, time_services=(stamps.url,))
    stamps.mood = "mixed_up"
    with given():
        make_key(sealer)
        who = sign(store)

    with app.app_context():
        work(sealer, store)
        assert all(paper.sealed_file is None for paper in complete(who))


def test_a_wrong_password_is_said_and_nothing_is_lost(
    app: Flask, given: Given, store: Store, sealer: Sealer
) -> None:
    with given():
        make_key(sealer)
        who = sign(store)

    wrong = Sealer(KeyFolder(sealer.folder.folder, "another password"))
    with app.app_context():
        work(wrong, store)
        _, _, why = queries.pending_since()
        assert "HOFFICE_SEAL_PASSWORD" in why
        db.session.rollback()
        work(sealer, store, after=timedelta(minutes=3))
        assert {paper.state for paper in complete(who)} == {PaperState.SEALED}


# Keys


def test_a_key_without_a_password_is_refused_and_nothing_is_written(
    given: Given, tmp_path: Path
) -> None:
    with given(), pytest.raises(Refused, match="HOFFICE_SEAL_PASSWORD is not set"):
        make_key(Sealer(KeyFolder(tmp_path / "seal", "")))

    assert not (tmp_path / "seal").exists()


def test_a_new_key_seals_from_now_on_and_old_files_stay_valid(
    app: Flask, given: Given, store: Store, sealer: Sealer
) -> None:
    with given():
        former = make_key(sealer)
        who = sign(store)
    with app.app_context():
        work(sealer, store)
    with given():
        present = make_key(sealer)
        other = sign(store, "Mehmet Öz")
    with app.app_context():
        work(sealer, store)

    with app.app_context():
        fingerprints = [
            verified(content_of(complete(one)[0], store), seals.known()).fingerprint
            for one in (who, other)
        ]
        assert fingerprints == [former, present]


# Comparing with what the house keeps


def _checked(content: bytes) -> Checked:
    return checking.compared(checking.judged(content, checking.known()), content)


def test_the_very_file_is_told_from_a_second_seal_of_the_same_paper(
    app: Flask, given: Given, store: Store, sealer: Sealer
) -> None:
    with given():
        make_key(sealer)
        who = sign(store)
    with app.app_context():
        paper_id = complete(who)[0].id
        draft = seals.drafted(paper_id, sealer=sealer, store=store)
        db.session.rollback()
        work(sealer, store)
    assert draft is not None
    twin = seals.closed(draft, sealer=sealer, at=clock.now()).content

    with app.app_context():
        assert _checked(content_of(complete(who)[0], store)).verdict.is_valid
        assert _checked(twin).verdict.fault is Fault.OTHER_COPY


def test_the_sealed_file_has_the_pages_of_the_signed_one(
    app: Flask, given: Given, store: Store, sealer: Sealer
) -> None:
    with given():
        make_key(sealer)
        who = sign(store)
    with app.app_context():
        work(sealer, store)

    pages: Callable[[bytes], int] = lambda content: len(pikepdf.Pdf.open(BytesIO(content)).pages)  # noqa: E731
    with app.app_context():
        paper = complete(who)[0]
        assert paper.signed_file is not None
        signed = store.get(paper.signed_file.sha256)
        assert pages(content_of(paper, store)) == pages(signed)
