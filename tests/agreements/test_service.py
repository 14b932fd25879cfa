"""Papers are frozen, signed, declined and taken back; what must not happen is refused."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from hoffice import clock
from hoffice.agreements import queries, service
from hoffice.agreements.models import Pack, Paper, Signature
from hoffice.agreements.rules import (
    PaperKind,
    PaperState,
    SignatureMethod,
    SignerRole,
)
from hoffice.agreements.samples import SAMPLES
from hoffice.agreements.service import signing, superseding
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.files.service import Store
from hoffice.notices.models import Notice
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import DRAWN, HR, TERMS, book, in_force, sent
from tests.conftest import Given
from tests.races import Meeting, at_once, meet_after


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def employee_id(given: Given, folder: Path) -> int:
    """Somebody whose pack is on its way."""
    with given():
        employee = makers.employee("Aylin Yıldız")
        sent(employee, folder)
        return employee.id


def sign(employee_id: int, folder: Path, **changes: object) -> Pack:
    """Sign as this employee would, with changes."""
    pack = queries.pack_of(employee_id)
    facts: dict[str, object] = {
        "name": "Aylin Yıldız",
        "method": SignatureMethod.DRAWN,
        "strokes": DRAWN,
        "read": [paper.id for paper in pack.papers] if pack else [],
        "by": Actor.employee(employee_id),
        "store": Store(folder),
    }
    return signing.sign_pack(employee_id, **{**facts, **changes})  # type: ignore[arg-type]  # facts by name


def actions(employee_id: int) -> list[str]:
    """What the log says about this person's papers."""
    return [
        line.action
        for line in db.session.query(AuditLine).filter_by(employee_id=employee_id)
        if line.action.startswith("agreements.")
    ]


def test_a_pack_is_frozen_and_hashed_before_anybody_signs(
    app: Flask, employee_id: int, folder: Path
) -> None:
    with app.app_context():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        assert pack.sent_at is not None
        assert [paper.kind for paper in pack.papers] == [
            PaperKind.ADDENDUM,
            PaperKind.DATA_PROTECTION,
        ]
        for paper in pack.papers:
            assert paper.frozen_file is not None
            content = Store(folder).get(paper.frozen_file.sha256)
            assert content.startswith(b"%PDF")
            assert hashlib.sha256(content).hexdigest() == paper.frozen_file.sha256
            assert paper.signed_file is None
            assert paper.state is PaperState.SENT


def test_the_employer_signs_the_addendum_with_the_sending(app: Flask, employee_id: int) -> None:
    with app.app_context():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        addendum, data_protection = pack.papers
        assert [(one.role, one.name) for one in addendum.signatures] == [
            (SignerRole.EMPLOYER, "Svenja Adler")
        ]
        assert addendum.frozen_file is not None
        assert addendum.signatures[0].frozen_sha256 == addendum.frozen_file.sha256
        assert data_protection.signatures == []
        assert "agreements.countersigned" in actions(employee_id)


def test_the_mail_holds_a_placeholder_and_no_token(app: Flask, employee_id: int) -> None:
    with app.app_context():
        notice = db.session.query(Notice).filter_by(employee_id=employee_id).one()
        assert notice.template == "pack"
        assert notice.link_id is not None
        assert "/l/" not in str(notice.facts)


def test_texts_that_nobody_approved_are_not_sent(given: Given, folder: Path) -> None:
    with given():
        employee = makers.employee()
        service.load_samples(by=HR)
        with pytest.raises(Refused, match="not approved"):
            service.send_pack(
                employee.id,
                store=Store(folder),
                book=book(),
                by=HR,
                signer_name="Svenja Adler",
                terms=TERMS,
            )
        with pytest.raises(Refused, match="not approved"):
            service.prepare_packs([employee.id], by=HR, signer_name="Svenja Adler", terms=TERMS)


def test_papers_with_an_end_that_has_come_are_not_ordered(given: Given) -> None:
    with given():
        employee = makers.employee()
        service.load_samples(by=HR)
        over = replace(TERMS, ends_on=clock.today().isoformat())

        with pytest.raises(Refused, match="lie ahead"):
            service.prepare_packs(
                [employee.id],
                by=HR,
                signer_name="Svenja Adler",
                terms=over,
                allow_unapproved=True,
            )


def test_an_approved_text_is_sent_without_the_sample_note(given: Given, folder: Path) -> None:
    with given():
        employee = makers.employee()
        service.load_samples(by=HR)
        for text in queries.texts():
            service.approve_text(text.id, by=Actor.staff(8))
        pack = service.send_pack(
            employee.id,
            store=Store(folder),
            book=book(),
            by=HR,
            signer_name="Svenja Adler",
            terms=TERMS,
        )
        assert all(paper.facts["is_sample"] is False for paper in pack.papers)


def test_nobody_approves_her_own_text(given: Given) -> None:
    with given():
        service.load_samples(by=HR)
        text = queries.texts()[0]
        with pytest.raises(Refused, match="Another person"):
            service.approve_text(text.id, by=HR)
        service.approve_text(text.id, by=Actor.staff(8))
        with pytest.raises(Refused, match="already"):
            service.approve_text(text.id, by=Actor.staff(9))


def test_samples_are_written_once(given: Given) -> None:
    with given():
        assert service.load_samples(by=HR) == 2 * len(SAMPLES)
        assert service.load_samples(by=HR) == 0


def test_somebody_with_papers_gets_no_second_pack(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given(), pytest.raises(Refused, match="has papers already"):
        sent(queries.people_with([employee_id])[0], folder)


@pytest.mark.parametrize("gap", ["home", "email"])
def test_nothing_goes_out_without_address_or_mail(given: Given, folder: Path, gap: str) -> None:
    with given():
        employee = makers.employee()
        if gap == "home":
            employee.homes.clear()
            db.session.flush()
            db.session.expire(employee)
        else:
            employee.email = ""
        with pytest.raises(Refused, match="missing"):
            sent(employee, folder)
        assert queries.pack_of(employee.id) is None


def test_one_drawing_signs_all_papers_and_makes_their_files(
    app: Flask, given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        sign(employee_id, folder)

    with app.app_context():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        for paper in pack.papers:
            assert paper.state is PaperState.SIGNED
            assert paper.frozen_file is not None
            assert paper.signed_file is not None
            assert paper.signed_file.sha256 != paper.frozen_file.sha256
            assert Store(folder).get(paper.signed_file.sha256).startswith(b"%PDF")
            mine = next(one for one in paper.signatures if one.role is SignerRole.EMPLOYEE)
            assert mine.strokes == DRAWN
            assert mine.frozen_sha256 == paper.frozen_file.sha256
        assert in_force(employee_id) == {PaperKind.ADDENDUM, PaperKind.DATA_PROTECTION}
        assert actions(employee_id).count("agreements.signed") == 2
        assert actions(employee_id).count("agreements.completed") == 2


def test_a_typed_name_signs_as_well(
    app: Flask, given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        sign(employee_id, folder, method=SignatureMethod.TYPED, strokes=[])

    with app.app_context():
        assert len(in_force(employee_id)) == 2


def test_a_second_signature_is_refused_by_rule(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        sign(employee_id, folder)
    with given(), pytest.raises(Refused, match="signed already"):
        sign(employee_id, folder)


def test_a_second_signature_is_refused_by_the_database(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        sign(employee_id, folder)
    with given():
        first = db.session.query(Signature).filter_by(role=SignerRole.EMPLOYEE).first()
        assert first is not None
        second = Signature(
            paper_id=first.paper_id,
            role=first.role,
            name="Somebody Else",
            method=first.method,
            strokes=[],
            frozen_sha256=first.frozen_sha256,
            by=first.by,
            signed_at=clock.now(),
        )
        db.session.add(second)
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_every_paper_has_to_be_ticked(given: Given, employee_id: int, folder: Path) -> None:
    with given():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        with pytest.raises(Refused, match="Tick each paper"):
            sign(employee_id, folder, read=[pack.papers[0].id])


def test_papers_of_an_old_page_are_not_signed(given: Given, employee_id: int, folder: Path) -> None:
    with given():
        with pytest.raises(Refused, match="changed"):
            sign(employee_id, folder, read=[99_999])
        assert in_force(employee_id) == set()


@pytest.mark.parametrize(
    "strokes",
    [[], [[[0.5, 0.5]]], "scribble", [[[0.1, 7.0]] * 9], [[["a", "b"]] * 9], [[[0.5, 0.5]] * 50]],
)
def test_a_dot_is_no_signature(
    given: Given, employee_id: int, folder: Path, strokes: object
) -> None:
    with given(), pytest.raises(Refused, match="Draw it again"):
        sign(employee_id, folder, strokes=strokes)


def test_a_name_has_letters(given: Given, employee_id: int, folder: Path) -> None:
    with given(), pytest.raises(Refused, match="full name"):
        sign(employee_id, folder, name=" . ", method=SignatureMethod.TYPED)


def test_a_damaged_file_cannot_be_signed(given: Given, employee_id: int, folder: Path) -> None:
    with given():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        frozen = pack.papers[1].frozen_file
        assert frozen is not None
        Store(folder).path_of(frozen.sha256).write_bytes(b"%PDF-1.7 something else")
    with pytest.raises(Refused, match="damaged"), given():
        sign(employee_id, folder)
    with given():
        assert in_force(employee_id) == set()


def test_somebody_without_papers_signs_nothing(given: Given, folder: Path) -> None:
    with given():
        other = makers.employee("Marek Kowalczyk")
        with pytest.raises(NotFound):
            sign(other.id, folder)


def test_reading_is_written_down_once(app: Flask, given: Given, employee_id: int) -> None:
    with given():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        paper_id = pack.papers[0].id
    for _again in range(2):
        with given():
            signing.open_paper(paper_id, employee_id=employee_id)

    with app.app_context():
        assert queries.paper(paper_id).state is PaperState.OPENED
        assert actions(employee_id).count("agreements.opened") == 1


def test_another_persons_paper_is_not_there(given: Given, employee_id: int) -> None:
    with given():
        stranger = makers.employee("Marek Kowalczyk")
        pack = queries.pack_of(employee_id)
        assert pack is not None
        with pytest.raises(NotFound):
            signing.open_paper(pack.papers[0].id, employee_id=stranger.id)
        with pytest.raises(NotFound):
            signing.decline(
                pack.papers[0].id, "no", employee_id=stranger.id, by=Actor.employee(stranger.id)
            )


def test_a_declined_paper_keeps_its_reason_out_of_the_chain(
    app: Flask, given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        paper_id = pack.papers[0].id
        signing.decline(
            paper_id,
            " § 4 ist mir unklar ",
            employee_id=employee_id,
            by=Actor.employee(employee_id),
        )

    with app.app_context():
        assert queries.paper(paper_id).state is PaperState.DECLINED
        assert queries.paper(paper_id).reason == "§ 4 ist mir unklar"
        line = db.session.query(AuditLine).filter_by(action="agreements.declined").one()
        assert "unklar" not in str(line.details)
    with given(), pytest.raises(Refused, match="no longer waiting"):
        signing.decline(paper_id, "again", employee_id=employee_id, by=Actor.employee(employee_id))
    with given():
        sign(employee_id, folder)  # the other paper can still be signed
        assert in_force(employee_id) == {PaperKind.DATA_PROTECTION}


def test_a_decline_needs_words(given: Given, employee_id: int) -> None:
    with given():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        with pytest.raises(Refused, match="Say why"):
            signing.decline(
                pack.papers[0].id, "  ", employee_id=employee_id, by=Actor.employee(employee_id)
            )


def test_three_reminders_on_three_days_then_somebody_calls(
    app: Flask, given: Given, employee_id: int
) -> None:
    start = clock.now()
    for days in range(1, 4):
        with clock.frozen(start + timedelta(days=days)), given():
            service.remind(employee_id, book=book(), by=HR)
    with (
        clock.frozen(start + timedelta(days=9)),
        given(),
        pytest.raises(Refused, match="A call helps more"),
    ):
        service.remind(employee_id, book=book(), by=HR)

    with app.app_context():
        mails = db.session.query(Notice).filter_by(template="reminder").count()
        assert mails == 3


def test_one_reminder_a_day_is_enough(given: Given, employee_id: int) -> None:
    with given():
        service.remind(employee_id, book=book(), by=HR)
    with given(), pytest.raises(Refused, match="already today"):
        service.remind(employee_id, book=book(), by=HR)


def test_who_has_signed_is_not_reminded(given: Given, employee_id: int, folder: Path) -> None:
    with given():
        sign(employee_id, folder)
    with given(), pytest.raises(Refused, match="nothing left"):
        service.remind(employee_id, book=book(), by=HR)


def test_papers_taken_back_close_the_gate_and_make_room_for_new_ones(
    app: Flask, given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        sign(employee_id, folder)
    with given():
        service.void_pack(employee_id, "Falsche Anschrift", by=HR)
    with app.app_context():
        assert queries.pack_of(employee_id) is None
        assert in_force(employee_id) == set()
        kept = db.session.query(Paper).filter_by(employee_id=employee_id).all()
        assert {paper.state for paper in kept} == {PaperState.VOID}
        assert all(paper.signed_file_id for paper in kept)
    with given():
        sent(queries.people_with([employee_id])[0], folder)
        assert queries.pack_of(employee_id) is not None


def test_what_is_printed_is_what_is_read(given: Given, folder: Path) -> None:
    with given():
        service.load_samples(by=HR)
        addendum = sent(makers.employee("Aylin Yıldız"), folder).papers[0]
        german = str(service.contents.reading(addendum))
        english = str(service.contents.reading(addendum, "en"))
        assert "Aylin Yıldız" in german
        assert "Spittelmarkt 7" in german
        assert "Addendum" in english
        assert service.contents.title_of(addendum).startswith("Zusatzvereinbarung")


def test_papers_with_a_former_address_are_renewed_not_signed(
    app: Flask, given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        home = queries.people_with([employee_id])[0].home
        assert home is not None
        home.street = "Müllerstraße"
    with given(), pytest.raises(Refused, match="address has changed"):
        sign(employee_id, folder)

    with given():
        superseding.supersede(
            employee_id,
            store=Store(folder),
            book=book(),
            by=HR,
            signer_name="Svenja Adler",
            only=(PaperKind.ADDENDUM,),
            allow_unapproved=True,
        )
    with given():
        sign(employee_id, folder)

    with app.app_context():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        assert "Müllerstraße" in str(service.contents.reading(pack.papers[0]))
        assert len(in_force(employee_id)) == 2


def test_a_text_is_approved_once_however_many_press_at_once(
    app: Flask, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        service.load_samples(by=Actor.system())
        text_id = queries.texts()[0].id
    meet_after(monkeypatch, queries, "text", Meeting())

    said = at_once(
        app,
        lambda: service.approve_text(text_id, by=Actor.staff(1)),
        lambda: service.approve_text(text_id, by=Actor.staff(2)),
    )

    assert sorted(said) == ["This text is approved already.", "done"]
    with app.app_context():
        assert queries.text(text_id).approved_by == str(Actor.staff(1 + said.index("done")))
