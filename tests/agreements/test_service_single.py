"""One paper outside of the usual pack: added, answered, carried along, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from hoffice import clock
from hoffice.agreements import pdf, queries, service
from hoffice.agreements.chasing import Group
from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.queries import desk
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import (
    PAPER_LABELS,
    Form,
    PaperKind,
    PaperState,
    SignatureMethod,
    SignerRole,
)
from hoffice.agreements.service import (
    bulk,
    contents,
    council,
    proofs,
    receipts,
    resending,
    signing,
    single,
    superseding,
    uploads,
)
from hoffice.agreements.service.bulk import Deed, Order
from hoffice.agreements.service.single import Wanted
from hoffice.agreements.service.uploads import Looked
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.files.service import Store
from hoffice.kits.queries import held_by
from hoffice.kits.queries import returning as returns
from hoffice.kits.rules import Holder, HolderKind, ReturnOutcome, ReturnReason
from hoffice.notices.models import Notice
from hoffice.people.models import Employee
from hoffice.units import Actor
from tests import makers
from tests.agreements.desk import new_version
from tests.agreements.desk import sign as sign_all
from tests.agreements.scene import DRAWN, HR, TERMS, TWO, book, sent, short_texts
from tests.conftest import Given
from tests.kits import returning_scene
from tests.paper.reading import text

MONDAY = datetime(2027, 2, 1, 10, tzinfo=ZoneInfo("Europe/Berlin"))
LAST_DAY = date(2027, 3, 31)
BERKE = Wanted(kind=PaperKind.HOUSEHOLD, person="Berke Yıldız")
RETURN = Wanted(kind=PaperKind.BACK_TO_OFFICE, last_day=LAST_DAY)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """A Monday without holidays around it."""
    with clock.frozen(MONDAY):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


def somebody(folder: Path) -> tuple[Employee, Pack]:
    """A person with two papers on their way, and a text for each kind of paper."""
    employee = makers.employee("Aylin Yıldız")
    return employee, sent(employee, folder)


def add(employee: Employee, wanted: Wanted, folder: Path, **more: Any) -> Paper:
    return single.add(
        employee.id,
        wanted,
        store=Store(folder),
        book=book(),
        by=HR,
        **{"signer_name": "Svenja Adler", "allow_unapproved": True, **more},
    )


def consent(paper: Paper, folder: Path, name: str = "Berke Yıldız") -> Paper:
    return single.sign_for_household(
        paper.id,
        employee_id=paper.employee_id,
        name=name,
        method=SignatureMethod.DRAWN,
        strokes=DRAWN,
        by=Actor.employee(paper.employee_id),
        store=Store(folder),
    )


def mails(template: str) -> int:
    return db.session.query(Notice).filter_by(template=template).count()


def deeds(action: str) -> list[AuditLine]:
    db.session.commit()
    return db.session.query(AuditLine).filter_by(action=action).all()


def group(employee: Employee) -> Group:
    db.session.flush()
    return desk.group_of(employee.id, clock.today())


def present(employee: Employee) -> Pack:
    db.session.flush()
    db.session.expire_all()
    found = queries.pack_of(employee.id)
    assert found is not None
    return found


# Adding


@pytest.mark.parametrize("wanted", [BERKE, RETURN], ids=["household", "return"])
def test_a_paper_joins_the_pack_that_is_out(given: Given, folder: Path, wanted: Wanted) -> None:
    with given():
        employee, pack = somebody(folder)

        paper = add(employee, wanted, folder)

        assert paper.pack_id == pack.id
        assert paper.state is PaperState.SENT
        assert paper.facts["terms"]["hotline"] == TERMS.hotline
        assert Store(folder).get(signing.sha256_of(paper)).startswith(b"%PDF-")
        assert mails(single.MAILS[wanted.kind]) == 1
        assert mails("pack") == 1  # the one before


def test_a_return_names_its_day_in_words_and_is_signed_for_the_employer(
    given: Given, folder: Path
) -> None:
    with given():
        employee, _pack = somebody(folder)

        paper = add(employee, RETURN, folder, signer_name="Mira Vogt")

        assert paper.facts["fields"]["de"]["rueckkehr_am"] == "31. März 2027"
        assert paper.facts["fields"]["en"]["rueckkehr_am"] == "March 31, 2027"
        assert [(one.role, one.name) for one in paper.signatures] == [
            (SignerRole.EMPLOYER, "Mira Vogt")
        ]
        assert queries.lacks_signature(paper)


def test_a_consent_names_the_adult_and_waits_for_nobody_of_the_house(
    given: Given, folder: Path
) -> None:
    with given():
        employee, _pack = somebody(folder)

        paper = add(employee, replace(BERKE, person="  Berke   Yıldız "), folder)

        assert paper.facts["fields"]["de"]["haushalt"] == ["Berke Yıldız"]
        assert paper.signatures == []
        assert not queries.lacks_signature(paper)
        assert sittings.is_open_behind_link(paper)


def test_who_has_no_pack_gets_one_of_its_own_on_the_terms_of_the_last_sending(
    given: Given, folder: Path
) -> None:
    with given():
        somebody(folder)
        marek = makers.employee("Marek Kowalczyk")

        paper = add(marek, RETURN, folder)

        assert present(marek).papers == [paper]
        assert paper.facts["terms"]["company"] == TERMS.company
        assert group(marek) is Group.SENT


def test_a_pack_of_its_own_gives_way_to_the_usual_papers_and_moves_along(
    given: Given, folder: Path
) -> None:
    with given():
        somebody(folder)
        marek = makers.employee("Marek Kowalczyk")
        asked = add(marek, replace(BERKE, person="Ola Kowalczyk"), folder)
        assert group(marek) is Group.NONE
        assert marek.id not in queries.packs_of([marek.id])

        pack = sent(marek, folder)

        assert {one.kind for one in present(marek).papers} == {
            PaperKind.ADDENDUM,
            PaperKind.DATA_PROTECTION,
            PaperKind.HOUSEHOLD,
        }
        assert asked.pack_id == pack.id
        assert asked.state is PaperState.SENT


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (replace(BERKE, person="AYLIN  yıldız"), "Name another adult"),
        (replace(BERKE, person="?"), "full name"),
        (replace(RETURN, last_day=None), "which day"),
        (replace(RETURN, last_day=date(2027, 1, 31)), "is over"),
        (replace(RETURN, last_day=date(2072, 3, 31)), "two years away"),
        (replace(RETURN, kind=PaperKind.LOAN), "not sent by itself"),
    ],
    ids=["the employee", "no name", "no day", "past", "far", "another kind"],
)
def test_what_nobody_can_mean_is_refused(
    given: Given, folder: Path, wanted: Wanted, words: str
) -> None:
    with given():
        employee, pack = somebody(folder)

        with pytest.raises(Refused, match=words):
            add(employee, wanted, folder)

        assert len(present(employee).papers) == len(pack.papers) == 2


def test_today_may_be_the_last_day_at_home(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)

        assert add(employee, replace(RETURN, last_day=clock.today()), folder).id


def test_the_same_question_is_asked_once_and_each_adult_has_a_sheet(
    given: Given, folder: Path
) -> None:
    with given():
        employee, _pack = somebody(folder)
        add(employee, BERKE, folder)
        add(employee, RETURN, folder)

        for again in (replace(BERKE, person="berke yıldız"), RETURN):
            with pytest.raises(Refused, match="asked for already"):
                add(employee, again, folder)
        add(employee, replace(BERKE, person="Nuray Yıldız"), folder)

        kinds = [one.kind for one in present(employee).papers]
        assert kinds.count(PaperKind.HOUSEHOLD) == 2
        assert kinds.count(PaperKind.BACK_TO_OFFICE) == 1


def test_a_text_that_nobody_approved_is_sent_to_nobody(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)

        with pytest.raises(Refused, match="not approved yet"):
            add(employee, BERKE, folder, allow_unapproved=False)
        new_version(PaperKind.HOUSEHOLD)

        assert add(employee, BERKE, folder, allow_unapproved=False).id


def test_without_address_mail_or_an_earlier_sending_nothing_is_made(
    given: Given, folder: Path
) -> None:
    with given():
        short_texts()
        employee = makers.employee("Aylin Yıldız")
        with pytest.raises(Refused, match="No papers have been sent"):
            add(employee, RETURN, folder)
        sent(makers.employee("Marek Kowalczyk"), folder)

        employee.email = ""
        with pytest.raises(Refused, match="e-mail address is missing"):
            add(employee, RETURN, folder)

        assert queries.pack_of(employee.id) is None


# The employee's sitting and the desk


def test_the_return_is_signed_in_the_same_sitting(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        paper = add(employee, RETURN, folder)

        sign_all(present(employee), folder)

        assert paper.state is PaperState.SIGNED
        assert {one.state for one in pack.papers} == {PaperState.SIGNED}
        assert group(employee) is Group.SIGNED


@pytest.mark.parametrize("by_itself", [True, False], ids=["by-itself", "with-its-pack"])
def test_what_she_has_is_due_on_the_day_that_she_signs_and_stays_when_that_is_taken_back(
    app: Flask, given: Given, folder: Path, *, by_itself: bool
) -> None:
    later = date(2027, 4, 30)
    with given():
        kit = returning_scene.at_home("Aylin Yıldız")
        person, items = kit.employee_id, {item.id for item in kit.items}
        sign_all(sent(kit.employee, folder), folder)
        add(kit.employee, RETURN, folder)
        assert not returns.open_returns_of(person)

        sign_all(present(kit.employee), folder)

        [due] = returns.open_returns_of(person)
        assert (due.reason, due.due_on) == (ReturnReason.OFFICE, LAST_DAY)
        assert {line.item_id for line in due.lines} == items
        again = add(kit.employee, replace(RETURN, last_day=later), folder)
        sign_all(present(kit.employee), folder)
        paper_id, return_id = again.id, due.id

    with given():
        [due] = returns.open_returns_of(person)
        assert due.due_on == later
        if by_itself:
            single.withdraw(paper_id, "bleibt zu Hause", by=HR)
        else:
            service.void_pack(person, "bleibt zu Hause", by=HR)

    with app.app_context():
        assert not returns.open_returns_of(person)
        off = returns.kit_return(return_id)
        assert {line.outcome for line in off.lines} == {ReturnOutcome.NOT_DUE}
        assert {item.id for item in held_by(Holder(HolderKind.EMPLOYEE, person))} == items


def test_reminders_begin_anew_for_who_had_signed_everything(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        pack.sent_at, pack.reminders = MONDAY - timedelta(days=90), 3

        add(employee, RETURN, folder)

        assert (pack.sent_at, pack.reminders) == (MONDAY, 0)
        assert group(employee) in {Group.SENT, Group.OPENED}


def test_reminders_go_on_where_something_waited_before(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        before, pack.reminders = pack.sent_at, 2

        add(employee, RETURN, folder)

        assert (pack.sent_at, pack.reminders) == (before, 2)


def test_nobody_is_chased_for_a_consent(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        add(employee, BERKE, folder)

        assert group(employee) is Group.SIGNED
        assert desk.slow(clock.today()) == []
        with pytest.raises(Refused, match="nothing left to sign"):
            service.remind(employee.id, book=book(), by=HR)


def test_a_reminder_names_the_employees_own_papers_only(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)
        add(employee, BERKE, folder)

        service.remind(employee.id, book=book(), by=HR)

        [mail] = db.session.query(Notice).filter_by(template="reminder").all()
        assert mail.facts["papers"] == [PAPER_LABELS[kind] for kind in TWO]


def test_a_lost_link_is_replaced_while_only_the_household_is_asked(
    given: Given, folder: Path
) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        add(employee, BERKE, folder)
        pack.sent_at = MONDAY - timedelta(days=1)

        resending.resend(employee.id, book=book(), by=HR)

        assert mails("household") == 2


# The household's answer


def test_an_adult_of_the_household_signs_and_the_certificate_says_on_whose_link(
    given: Given, folder: Path
) -> None:
    with given():
        employee, pack = somebody(folder)
        paper = add(employee, BERKE, folder)

        consent(paper, folder)

        assert paper.state is PaperState.SIGNED
        assert [(one.role, one.name) for one in paper.signatures] == [
            (SignerRole.HOUSEHOLD, "Berke Yıldız")
        ]
        told = contents.signature_facts(paper.signatures[0])
        assert told.link_of == "Aylin Yıldız"
        assert told.proofs == (pdf.Proof.LINK,)
        protocol = proofs.protocol_of(paper, completed_at=MONDAY)
        assert [one.facts.get("on_link_of") for one in protocol.signatures] == ["Aylin Yıldız"]
        assert paper.signed_file is not None
        signed = text(Store(folder).get(paper.signed_file.sha256))
        assert "Link von Aylin Yıldız" in signed
        assert {one.state for one in pack.papers if one is not paper} == {PaperState.SENT}
        assert pack.receipt_asked_at is None


def test_the_employee_does_not_sign_for_the_other(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        paper = add(employee, BERKE, folder)
        sign_all(pack, folder)

        assert paper.signatures == []
        with pytest.raises(Refused, match="whoever lives with you"):
            consent(paper, folder, name="aylin yıldız")


def test_a_consent_is_signed_once_and_only_on_the_link_it_belongs_to(
    given: Given, folder: Path
) -> None:
    with given():
        employee, _pack = somebody(folder)
        paper = add(employee, BERKE, folder)
        stranger = makers.employee("Marek Kowalczyk")

        with pytest.raises(NotFound):
            single.decline_for_household(paper.id, employee_id=stranger.id, by=HR)
        consent(paper, folder)
        with pytest.raises(Refused, match="no longer waits"):
            consent(paper, folder)
        with pytest.raises(Refused, match="no longer waits"):
            single.decline_for_household(paper.id, employee_id=employee.id, by=HR)


def test_a_dot_is_no_signature_of_a_household_either(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)
        paper = add(employee, BERKE, folder)

        with pytest.raises(Refused, match="too little"):
            single.sign_for_household(
                paper.id,
                employee_id=employee.id,
                name="Berke Yıldız",
                method=SignatureMethod.DRAWN,
                strokes=[[[0.5, 0.5]]],
                by=HR,
                store=Store(folder),
            )


def test_a_consent_about_a_former_home_is_not_signed(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)
        paper = add(employee, BERKE, folder)
        assert employee.home is not None
        employee.home.street = "Müllerstraße"

        with pytest.raises(Refused, match="address has changed"):
            consent(paper, folder)


def test_a_no_of_the_household_ends_the_question_and_starts_no_talk(
    given: Given, folder: Path
) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        paper = add(employee, BERKE, folder)

        single.decline_for_household(paper.id, employee_id=employee.id, by=HR)

        assert (paper.state, paper.declined_at) == (PaperState.VOID, MONDAY)
        assert group(employee) is Group.SIGNED
        assert len(deeds("agreements.household_declined")) == 1
        assert add(employee, BERKE, folder).id  # it may be asked once more


def test_ink_closes_a_consent_and_asks_the_employee_for_no_receipt(
    given: Given, folder: Path
) -> None:
    with given():
        employee, pack = somebody(folder)
        paper = add(employee, BERKE, folder)
        looked = Looked(b"%PDF-1.7 gescannt", pages=2, signatures=0)

        signing.want_paper(paper.id, employee_id=employee.id, by=Actor.employee(employee.id))
        uploads.bring(
            paper.id, looked, Form.PAPER, employee_id=employee.id, by=HR, store=Store(folder)
        )
        uploads.accept(paper.id, file_id=paper.uploaded_file_id, by=HR)

        assert paper.state is PaperState.SIGNED
        assert pack.receipt_asked_at is None


# Newer versions, moves, taking back


def test_new_versions_lose_no_added_paper_and_send_none_again(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        asked, back = add(employee, BERKE, folder), add(employee, RETURN, folder)
        files = [asked.frozen_file_id, back.frozen_file_id]
        for kind in (PaperKind.ADDENDUM, PaperKind.HOUSEHOLD, PaperKind.BACK_TO_OFFICE):
            new_version(kind)

        newer = superseding.supersede(
            employee.id,
            store=Store(folder),
            book=book(),
            by=HR,
            signer_name="Svenja Adler",
            only=[PaperKind.ADDENDUM],
            allow_unapproved=True,
        )

        kinds = [one.kind for one in present(employee).papers]
        assert sorted(kinds) == sorted(
            [PaperKind.ADDENDUM, PaperKind.HOUSEHOLD, PaperKind.BACK_TO_OFFICE]
        )
        assert (asked.pack_id, back.pack_id) == (newer.id, newer.id)
        assert [asked.frozen_file_id, back.frozen_file_id] == files
        assert {asked.state, back.state} == {PaperState.SENT}


def test_what_a_household_or_a_return_waits_for_is_in_the_way_of_no_new_version(
    given: Given, folder: Path
) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        back = add(employee, RETURN, folder)
        signing.decline(back.id, "Zu früh", employee_id=employee.id, by=HR)
        add(employee, BERKE, folder)
        assert group(employee) is Group.DECLINED
        new_version(PaperKind.ADDENDUM)

        [renewal] = superseding.renewals([employee.id], allow_unapproved=True)

        assert renewal.why_not is None
        assert set(renewal.kinds) & {PaperKind.HOUSEHOLD, PaperKind.BACK_TO_OFFICE} == set()


def test_a_move_takes_the_old_consent_back_and_keeps_the_return(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        asked, back = add(employee, BERKE, folder), add(employee, RETURN, folder)
        assert employee.home is not None
        employee.home.street = "Müllerstraße"

        superseding.supersede(
            employee.id,
            store=Store(folder),
            book=book(),
            by=HR,
            signer_name="Svenja Adler",
            only=(PaperKind.ADDENDUM,),
            allow_unapproved=True,
        )

        assert present(employee).id != pack.id
        assert (asked.state, asked.reason) == (PaperState.VOID, "Neue Anschrift")
        assert back.state is PaperState.SENT
        assert back.pack_id == present(employee).id


def test_a_consent_is_revoked_with_a_reason_and_the_rest_stays(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        paper = add(employee, BERKE, folder)
        consent(paper, folder)

        with pytest.raises(Refused, match="Say why"):
            single.withdraw(paper.id, "  ", by=HR)
        single.withdraw(paper.id, "Anruf von Berke Yıldız", by=HR)

        assert paper.state is PaperState.VOID
        assert paper.signed_file is not None
        assert pack.ended_at is None
        with pytest.raises(Refused, match="by itself"):
            single.withdraw(paper.id, "noch einmal", by=HR)
        with pytest.raises(Refused, match="by itself"):
            single.withdraw(pack.papers[0].id, "der Zusatz", by=HR)


def test_a_revoked_consent_does_not_come_back_with_its_pack(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)
        revoked, refused = (
            add(employee, BERKE, folder),
            add(employee, replace(BERKE, person="Nuray Yıldız"), folder),
        )
        back = add(employee, RETURN, folder)
        consent(revoked, folder)
        single.withdraw(revoked.id, "Anruf", by=HR)
        single.decline_for_household(refused.id, employee_id=employee.id, by=HR)
        service.void_pack(employee.id, "Irrtum", by=HR)
        db.session.flush()

        resending.restore_pack(employee.id, by=HR)

        assert (revoked.state, refused.state) == (PaperState.VOID, PaperState.VOID)
        assert revoked.reason == "Anruf"
        assert back.state is PaperState.SENT


def test_the_last_paper_of_a_pack_ends_it_when_it_is_taken_back(given: Given, folder: Path) -> None:
    with given():
        somebody(folder)
        marek = makers.employee("Marek Kowalczyk")
        paper = add(marek, RETURN, folder)

        single.withdraw(paper.id, "Irrtum", by=HR)

        assert queries.pack_of(marek.id) is None
        assert group(marek) is Group.NONE


def test_a_signed_return_is_replaced_by_a_later_one(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)
        first = add(employee, RETURN, folder)
        sign_all(present(employee), folder)
        second = add(employee, replace(RETURN, last_day=date(2027, 4, 30)), folder)
        assert first.state is PaperState.SIGNED

        sign_all(present(employee), folder)

        assert (first.state, second.state) == (PaperState.SUPERSEDED, PaperState.SIGNED)

        service.void_pack(employee.id, "Irrtum", by=HR)
        resending.restore_pack(employee.id, by=HR)
        assert (first.state, second.state) == (PaperState.SUPERSEDED, PaperState.SIGNED)


def test_a_return_that_is_signed_later_asks_for_a_receipt_of_its_own(
    given: Given, folder: Path
) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        receipts.confirm(employee.id, by=Actor.employee(employee.id))
        add(employee, RETURN, folder)
        assert not receipts.is_asked(present(employee))

        sign_all(present(employee), folder)

        assert receipts.is_asked(present(employee))
    with given():
        assert len(deeds("agreements.receipt_confirmed")) == 1


def test_an_ended_consent_closes_no_gate_and_stands_on_no_list(given: Given, folder: Path) -> None:
    with given():
        employee, pack = somebody(folder)
        sign_all(pack, folder)
        paper = add(employee, BERKE, folder)
        consent(paper, folder)
        paper.expires_on = clock.today() + timedelta(days=3)
        assert desk.ending(clock.today()) == []

        paper.state = PaperState.EXPIRED

        assert group(employee) is Group.SIGNED


# Many at once, and the council


def test_many_return_on_one_day_and_who_cannot_is_named(given: Given, folder: Path) -> None:
    with given():
        aylin, _pack = somebody(folder)
        marek = makers.employee("Marek Kowalczyk")
        add(marek, RETURN, folder)
        order = Order(
            deed=Deed.BACK_TO_OFFICE,
            last_day=LAST_DAY,
            signer="Svenja Adler",
            allow_unapproved=True,
        )

        left = bulk.do_now(
            [aylin.id, marek.id],
            Order.read(order.as_args()),
            store=Store(folder),
            book=book(),
            by=HR,
        )

        assert [one.id for one in left] == [marek.id]
        assert PaperKind.BACK_TO_OFFICE in {one.kind for one in present(aylin).papers}


def test_a_day_that_is_over_orders_no_job(given: Given, folder: Path) -> None:
    with given():
        employee, _pack = somebody(folder)
        order = Order(deed=Deed.BACK_TO_OFFICE, last_day=date(2027, 1, 1), signer="Svenja Adler")

        with pytest.raises(Refused, match="is over"):
            bulk.prepare([employee.id], order, by=HR)


def test_an_order_from_before_has_no_last_day(given: Given) -> None:
    with given():
        said = Order(deed=Deed.REMIND).as_args()
        del said["last_day"]

        assert Order.read(said).last_day is None


def test_the_council_reads_whom_a_measure_is_about(app: Flask, given: Given, folder: Path) -> None:
    with given():
        service.load_samples(by=HR)
        late = makers.employee("Marek Kowalczyk")
        late.starts_on = date(2027, 6, 1)
        early = makers.employee("Aylin Yıldız")
        early.weekly_hours = 38.5
        terms = replace(TERMS, starts_on="2027-03-01", works_council="Betriebsrat")

        made = council.put_together(
            [late.id, early.id], terms=terms, store=Store(folder), allow_unapproved=True
        )
        content = pdf.paper(made.facts)
        council.note(made, content, by=HR)

        words = str(made.facts.blocks)
        assert content.startswith(b"%PDF-")
        for said in (
            "Aylin Yıldız",
            "1. März 2027",
            "1. Juni 2027",
            "38,5",
            early.personnel_number,
        ):
            assert said in words
        assert mails("pack") == 0
    with app.app_context():
        [line] = deeds("agreements.council_notice")
        assert line.details["employees"] == list(made.people)


def test_the_council_gets_no_text_that_nobody_approved(given: Given, folder: Path) -> None:
    with given():
        short_texts()
        employee = makers.employee("Aylin Yıldız")

        with pytest.raises(Refused, match="not approved yet"):
            council.put_together([employee.id], terms=TERMS, store=Store(folder))
        with pytest.raises(Refused, match="Nobody is selected"):
            council.put_together([], terms=TERMS, store=Store(folder), allow_unapproved=True)


def test_no_notice_makes_up_a_first_day(given: Given, folder: Path) -> None:
    with given():
        service.load_samples(by=HR)
        employee = makers.employee("Aylin Yıldız")
        terms = replace(TERMS, starts_on="")

        with pytest.raises(Refused, match="on which day the measure begins"):
            council.put_together(
                [employee.id], terms=terms, store=Store(folder), allow_unapproved=True
            )
