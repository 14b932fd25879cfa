"""One paper outside of the usual pack: added, and signed in the same sitting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from hoffice import clock
from hoffice.agreements import queries, service
from hoffice.agreements.chasing import Group
from hoffice.agreements.queries import desk
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import PAPER_LABELS, PaperKind, PaperState, SignerRole
from hoffice.agreements.service import resending, signing, single
from hoffice.agreements.service.single import Wanted
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.kits.queries import held_by
from hoffice.kits.queries import returning as returns
from hoffice.kits.rules import Holder, HolderKind, ReturnOutcome, ReturnReason
from hoffice.notices.models import Notice
from tests import makers
from tests.agreements.desk import new_version
from tests.agreements.desk import sign as sign_all
from tests.agreements.scene import HR, TERMS, TWO, book, sent, short_texts
from tests.agreements.single_scene import (
    BERKE,
    LAST_DAY,
    MONDAY,
    RETURN,
    add,
    group,
    mails,
    present,
    somebody,
)
from tests.conftest import Given
from tests.kits import returning_scene


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """A Monday without holidays around it."""
    with clock.frozen(MONDAY):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


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
