"""Ink, files signed elsewhere, questions, receipts: nobody signs here who does not want to."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import select

from hoffice import clock
from hoffice.agreements import queries
from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import (
    WAITING,
    Form,
    PaperKind,
    PaperState,
    SignatureMethod,
    SignerRole,
)
from hoffice.agreements.service import questions, receipts, signing, uploads
from hoffice.agreements.service.questions import Contact
from hoffice.agreements.service.uploads import Looked
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.files.service import Store
from hoffice.notices.models import Notice
from hoffice.people import queries as people
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import HR, TERMS, book, sent
from tests.conftest import Given

INK = Looked(b"%PDF-1.7 scan", pages=3, signatures=0)
CONTACT = Contact("Svenja Adler", "svenja@spreeruf.example", "de")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def employee_id(given: Given, folder: Path) -> int:
    with given():
        employee = makers.employee("Aylin Yıldız")
        sent(employee, folder)
        return employee.id


def pack_of(employee_id: int) -> Pack:
    pack = queries.pack_of(employee_id)
    assert pack is not None
    return pack


def addendum_of(employee_id: int) -> Paper:
    return next(one for one in pack_of(employee_id).papers if one.kind is PaperKind.ADDENDUM)


def sign(employee_id: int, folder: Path) -> Pack:
    return signing.sign_pack(
        employee_id,
        name="Aylin Yıldız",
        method=SignatureMethod.TYPED,
        strokes=(),
        read=[paper.id for paper in pack_of(employee_id).papers],
        by=Actor.employee(employee_id),
        store=Store(folder),
    )


def me(employee_id: int) -> Actor:
    return Actor.employee(employee_id)


def actions(employee_id: int) -> list[str]:
    return list(
        db.session.scalars(
            select(AuditLine.action)
            .where(AuditLine.employee_id == employee_id)
            .order_by(AuditLine.seq)
        )
    )


def bring(paper: Paper, folder: Path, *, file: Looked = INK, form: Form = Form.PAPER) -> Paper:
    return uploads.bring(
        paper.id,
        file,
        form,
        employee_id=paper.employee_id,
        by=me(paper.employee_id),
        store=Store(folder),
    )


# Ink


def test_a_paper_wanted_with_ink_is_left_out_of_the_sitting(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        addendum = addendum_of(employee_id)
        signing.want_paper(addendum.id, employee_id=employee_id, by=me(employee_id))
        signing.want_paper(addendum.id, employee_id=employee_id, by=me(employee_id))

        pack = sign(employee_id, folder)

        states = {paper.kind: paper.state for paper in pack.papers}
        assert states.pop(PaperKind.ADDENDUM) is PaperState.SENT
        assert PaperState.SIGNED in states.values()
    with given():
        assert actions(employee_id).count("agreements.paper_wanted") == 1
        assert [one.id for one in sittings.with_paper_work()] == [addendum_of(employee_id).id]


def test_the_wish_for_ink_can_be_taken_back(given: Given, employee_id: int, folder: Path) -> None:
    with given():
        addendum = addendum_of(employee_id)
        signing.want_paper(addendum.id, employee_id=employee_id, by=me(employee_id))
        signing.sign_here_after_all(addendum.id, employee_id=employee_id, by=me(employee_id))
        sign(employee_id, folder)
        assert addendum_of(employee_id).state is PaperState.SIGNED
        with pytest.raises(Refused, match="no longer waiting"):
            signing.want_paper(addendum.id, employee_id=employee_id, by=me(employee_id))


def test_a_text_that_needs_ink_is_closed_by_a_file_only(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        addendum = addendum_of(employee_id)
        addendum.text_version.form = Form.QUALIFIED
        db.session.flush()
        sign(employee_id, folder)
        assert addendum_of(employee_id).state is PaperState.SENT
        with pytest.raises(Refused, match="signed already"):
            sign(employee_id, folder)

        uploads.file_away(addendum.id, INK, Form.PAPER, by=HR, store=Store(folder))

        assert addendum.state is PaperState.SIGNED
        assert addendum.uploaded_form is Form.PAPER


# Files


def test_a_file_that_came_after_the_look_does_not_count(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        addendum = addendum_of(employee_id)
        bring(addendum, folder)
        looked_at = addendum.uploaded_file_id
        bring(addendum, folder, file=replace(INK, content=b"%PDF-1.7 another"))

        with pytest.raises(Refused, match="in the meantime"):
            uploads.accept(addendum.id, file_id=looked_at, by=HR)

        assert addendum.state in WAITING


def test_what_an_employee_brings_waits_for_somebody_to_look_at_it(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        addendum = addendum_of(employee_id)
        signing.want_paper(addendum.id, employee_id=employee_id, by=me(employee_id))
        bring(addendum, folder)
        assert addendum_of(employee_id).state is PaperState.SENT

        uploads.send_back(addendum.id, "Seite 3 fehlt", by=HR)
        assert (addendum.uploaded_file, addendum.reason) == (None, "Seite 3 fehlt")
        with pytest.raises(Refused, match="no file"):
            uploads.accept(addendum.id, file_id=addendum.uploaded_file_id, by=HR)

        bring(addendum, folder)
        uploads.accept(addendum.id, file_id=addendum.uploaded_file_id, by=HR)
        assert addendum.state is PaperState.SIGNED
        assert addendum.reason is None
    with given():
        log = actions(employee_id)
        assert log.count("agreements.uploaded") == 2
        assert "agreements.upload_sent_back" in log
        assert log[-1] == "agreements.completed"


def test_a_file_without_a_signature_is_no_qualified_one(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        addendum = addendum_of(employee_id)
        with pytest.raises(Refused, match="no electronic signature"):
            bring(addendum, folder, form=Form.QUALIFIED)
        bring(addendum, folder, file=replace(INK, signatures=1), form=Form.QUALIFIED)
        with pytest.raises(Refused, match="not the form"):
            bring(addendum, folder, form=Form.TEXTFORM)


def test_nobody_brings_a_file_for_another_persons_paper(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        stranger = makers.employee("Marek Kowalczyk")
        sent(stranger, folder)
        with pytest.raises(NotFound):
            uploads.bring(
                addendum_of(employee_id).id,
                INK,
                Form.PAPER,
                employee_id=stranger.id,
                by=me(stranger.id),
                store=Store(folder),
            )


def made_pdf(*, pages: int = 1, password: str = "") -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        pdf.add_blank_page()
    lock = pikepdf.Encryption(user=password, owner=password) if password else False
    pdf.save(out, encryption=lock)
    return out.getvalue()


def test_a_pdf_is_read_and_its_pages_counted() -> None:
    looked = uploads.looked_at(made_pdf(pages=3), max_mb=25)

    assert (looked.pages, looked.signatures) == (3, 0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no PDF"),
        (b"PK\x03\x04 a letter", "no PDF"),
        (b"%PDF-1.7\n" + b"\x00" * 2000, "no PDF"),
        (made_pdf(password="geheim"), "locked"),
        (made_pdf(pages=201), "between one and"),
        (b"%PDF-1.7\n" + b"x" * 1_100_000, "larger than"),
    ],
    ids=["empty", "zip", "zeros", "locked", "endless", "large"],
)
def test_what_is_no_usable_pdf_is_refused_by_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        uploads.looked_at(content, max_mb=1)


# Questions


def test_a_question_goes_to_a_named_person_and_the_answer_comes_back(
    given: Given, employee_id: int
) -> None:
    with given():
        paper_id = addendum_of(employee_id).id
        asked = questions.ask(
            employee_id, paper_id, " Wer zahlt Strom? ", contact=CONTACT, by=me(employee_id)
        )
        assert sittings.open_questions() == 1
        questions.answer(asked.id, "Die Pauschale.", name="Svenja Adler", book=book(), by=HR)

        [one] = sittings.questions_of(employee_id)
        assert (one.text, one.answer) == ("Wer zahlt Strom?", "Die Pauschale.")
        mails = {
            notice.template: notice
            for notice in db.session.scalars(
                select(Notice).where(Notice.template.in_(["question", "answer"]))
            )
        }
        assert mails["question"].to == CONTACT.email
        assert "Strom" not in str(mails["question"].facts)  # what she asks is for hoffice only
        assert mails["answer"].to == people.employee(employee_id).email
        with pytest.raises(Refused, match="answered already"):
            questions.answer(asked.id, "Noch eine.", name="S", book=book(), by=HR)


def test_the_same_question_twice_is_one_and_a_flood_is_a_call(
    given: Given, employee_id: int
) -> None:
    with given():

        def ask(text: str) -> None:
            questions.ask(employee_id, None, text, contact=None, by=me(employee_id))

        ask("Warum?")
        with pytest.raises(Refused, match="asked this already"):
            ask("Warum?")
        for number in range(questions.MOST_OPEN - 1):
            ask(f"Warum {number}?")
        with pytest.raises(Refused, match="Give HR a call"):
            ask("Und jetzt?")
        with pytest.raises(Refused, match="Write your question"):
            ask("  ")


def test_a_file_brought_without_a_wish_for_ink_is_seen_by_hr_and_not_signed_over(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        addendum = addendum_of(employee_id)
        bring(addendum, folder)

        assert addendum in sittings.with_paper_work()
        assert not sittings.lacks_signature(addendum)
        with pytest.raises(Refused, match="HR looks at the file"):
            signing.sign_here_after_all(addendum.id, employee_id=employee_id, by=me(employee_id))
        assert sittings.file_that_counts(addendum) == addendum.frozen_file

        uploads.send_back(addendum.id, "Seite 3 fehlt", by=HR)
        signing.sign_here_after_all(addendum.id, employee_id=employee_id, by=me(employee_id))
        sign(employee_id, folder)
        assert sittings.file_that_counts(addendum) == addendum.signed_file


def test_what_is_signed_here_already_is_not_brought_once_more(given: Given, folder: Path) -> None:
    with given():
        employee = makers.employee("Marek Kowalczyk")
        sent(employee, folder, kinds=[PaperKind.INSTRUCTION])
        sign(employee.id, folder)
        [record] = pack_of(employee.id).papers
        assert record.state in WAITING, "the trainer has to sign"

        with pytest.raises(Refused, match="no longer waiting"):
            bring(record, folder)


def test_nobody_asks_about_another_persons_paper(given: Given, employee_id: int) -> None:
    with given():
        stranger = makers.employee("Marek Kowalczyk")
        with pytest.raises(NotFound):
            questions.ask(
                stranger.id,
                addendum_of(employee_id).id,
                "?",
                contact=None,
                by=me(stranger.id),
            )


# The receipt


def test_the_receipt_is_asked_for_after_signing_and_given_once(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        with pytest.raises(Refused, match="First read and sign"):
            receipts.confirm(employee_id, by=me(employee_id))
        assert not receipts.is_asked(pack_of(employee_id))

        assert receipts.is_asked(sign(employee_id, folder))

        first = receipts.confirm(employee_id, by=me(employee_id)).receipt_confirmed_at
        assert receipts.confirm(employee_id, by=me(employee_id)).receipt_confirmed_at == first
        assert not receipts.is_asked(pack_of(employee_id))
    with given():
        assert actions(employee_id).count("agreements.receipt_confirmed") == 1


# A second rollout


def test_a_new_paper_takes_the_place_of_the_old_one_only_when_it_is_signed(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        sign(employee_id, folder)
        old = addendum_of(employee_id)
        pack_of(employee_id).ended_at = clock.now()
        db.session.flush()
        sent(people.employee(employee_id), folder, terms=replace(TERMS, days="Montag"))
        new = addendum_of(employee_id)

        assert new.supersedes_id == old.id
        assert old.state is PaperState.SIGNED
        in_force = sittings.newest_in_force([employee_id], clock.today())
        assert in_force[employee_id][PaperKind.ADDENDUM].id == old.id

        sign(employee_id, folder)
        assert (old.state, new.state) == (PaperState.SUPERSEDED, PaperState.SIGNED)
        assert old.signed_file is not None
    with given():
        assert "agreements.superseded" in actions(employee_id)


def test_what_is_agreed_until_a_day_expires_after_it(given: Given, folder: Path) -> None:
    with given():
        employee = makers.employee("Marek Kowalczyk")
        sent(employee, folder, terms=replace(TERMS, ends_on="2028-02-29"))
        data = next(
            one for one in pack_of(employee.id).papers if one.kind is PaperKind.DATA_PROTECTION
        )
        data.text_version.valid_months = 12
        sign(employee.id, folder)

        ends = addendum_of(employee.id).expires_on
        assert ends is not None
        assert ends.isoformat() == "2028-03-01"
        assert data.expires_on is not None
        assert data.expires_on.year == clock.today().year + 1


def test_the_house_signs_only_as_the_house(given: Given, employee_id: int, folder: Path) -> None:
    with given():
        with pytest.raises(Refused, match="does not sign with an account"):
            signing.sign_for_house(
                [addendum_of(employee_id).id],
                SignerRole.EMPLOYEE,
                name="Svenja Adler",
                by=HR,
                store=Store(folder),
            )
        done = signing.sign_for_house(
            [one.id for one in pack_of(employee_id).papers],
            SignerRole.EMPLOYER,
            name="Svenja Adler",
            by=HR,
            store=Store(folder),
        )
        assert done == 0  # the addendum was signed for the employer when it was sent
