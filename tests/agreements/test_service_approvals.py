"""Asking clients, their answers, and what ends by itself, on both databases."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from hoffice import clock
from hoffice.accounts.models import PersonalLink
from hoffice.accounts.rules import Role
from hoffice.agreements.approving import Answer, Standing, Verdict
from hoffice.agreements.models import Approval
from hoffice.agreements.queries import approvals as found
from hoffice.agreements.rules import ApprovalState
from hoffice.agreements.service import approvals
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import NotFound, Refused
from hoffice.files.service import Store
from hoffice.notices.models import Notice
from hoffice.people import service as people
from hoffice.people.models import Employee
from hoffice.units import Actor
from tests import makers
from tests.agreements.approval_scene import (
    REQUEST,
    SCAN,
    YES,
    answered,
    approved,
    asked,
    client_of,
    project,
    text,
)
from tests.agreements.scene import HR, TERMS, book
from tests.conftest import Given
from tests.races import Meeting, at_once, meet_after


def stands(employee: Employee) -> list[Standing]:
    said = found.approvals_of([employee.id], clock.today())[employee.id]
    return [one.standing for one in said]


def words(store: Store, file: object) -> str:
    assert file is not None
    content = store.get(file.sha256)  # type: ignore[attr-defined]
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def mails(template: str) -> list[Notice]:
    return db.session.query(Notice).filter_by(template=template).order_by(Notice.id).all()


def actions() -> list[str]:
    lines = db.session.query(AuditLine).order_by(AuditLine.seq)
    return [one.action for one in lines if one.action.startswith("agreements.approval")]


# Asking


def test_a_request_is_frozen_and_goes_out_with_one_link(given: Given, tmp_path: Path) -> None:
    with given():
        kaya = makers.employee("Ayşe Kaya")
        made = asked(project(kaya), tmp_path)
        number = kaya.personnel_number

        shown = words(Store(tmp_path), made.frozen_file)
        [mail] = mails("approval")
        link = db.session.get(PersonalLink, made.link_id)
        assert (made.state, mail.to) == (ApprovalState.ASKED, "reinke@havelkraft.example")
        assert link is not None
        assert link.holder == f"client:{made.project.client_id}"
        assert mail.link_id == link.id
        assert number in shown
        assert "Eigener Raum mit Tür" in shown
        assert "Kaya" not in shown
        assert "Kaya" not in str(made.facts)
        assert made.project.needs_approval
        assert stands(kaya) == [Standing.WAITING]


def test_names_are_shown_only_when_the_client_needs_them(given: Given, tmp_path: Path) -> None:
    with given():
        made = asked(
            project(makers.employee("Ayşe Kaya")),
            tmp_path,
            request=replace(REQUEST, shows_names=True, role="Anrufe annehmen"),
        )

        shown = words(Store(tmp_path), made.frozen_file)
        assert "Ayşe Kaya" in shown
        assert "Anrufe annehmen" in shown


def test_markup_in_names_and_measures_stays_what_it_is(given: Given, tmp_path: Path) -> None:
    evil = "<b>Ö</b> **fett** {{ firma }} | x"
    with given():
        kaya = makers.employee("Ayşe Kaya")
        kaya.last_name = evil
        db.session.flush()
        made = asked(
            project(kaya, name=f"{evil} Projekt"),
            tmp_path,
            request=replace(REQUEST, measures=evil, shows_names=True),
        )
        answered(made, tmp_path, replace(YES, conditions=evil, name="<i>Petra</i> Reinke"))

        shown = words(Store(tmp_path), made.frozen_file)
        assert f"Projekt {evil} Projekt" in " ".join(shown.split())
        assert f"{TERMS.company} | x" not in shown
        assert "<i>Petra</i> Reinke" in words(Store(tmp_path), made.answer_file)


def test_a_client_is_asked_once_at_a_time(given: Given, tmp_path: Path) -> None:
    with given():
        made = project(makers.employee())
        asked(made, tmp_path)
        with pytest.raises(Refused, match="has not answered"):
            asked(made, tmp_path)


def test_two_who_ask_at_once_send_one_request(
    app: Flask, given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with given():
        text()
        kaya = makers.employee()
        project_id = project(kaya).id
        request = replace(REQUEST, people=(kaya.id,))
    meet_after(monkeypatch, found, "waiting_of", Meeting())

    def ask() -> None:
        approvals.ask(project_id, request, terms=TERMS, store=Store(tmp_path), book=book(), by=HR)

    said = at_once(app, ask, ask)

    assert said.count("done") == 1
    with given():
        assert db.session.query(Approval).count() == 1
        assert len(mails("approval")) == 1


def test_nobody_is_asked_about_strangers_without_an_address_or_text(
    given: Given, tmp_path: Path
) -> None:
    with given():
        made, other = project(makers.employee()), makers.employee()
        ids = (made_of(made), other.id)
        with pytest.raises(Refused, match="does not work"):
            asked(made, tmp_path, request=replace(REQUEST, people=ids))
        with pytest.raises(Refused, match="at least one person"):
            asked(made, tmp_path, request=replace(REQUEST, people=(other.id,)))
        with pytest.raises(Refused, match="lie ahead"):
            asked(made, tmp_path, request=replace(REQUEST, wanted_to=clock.today()))
        made.client.contact_email = ""
        with pytest.raises(Refused, match="nobody to write to"):
            asked(made, tmp_path)
        made.client.contact_email = "reinke@havelkraft.example"
        unread = text()
        unread.approved_at = unread.approved_by = None
        db.session.flush()
        with pytest.raises(Refused, match="not approved yet"):
            approvals.text_to_send(allow_unapproved=False)


def made_of(made: object) -> int:
    return db.session.query(Employee.id).filter(Employee.projects.contains(made)).scalar() or 0


# Answering


def test_all_are_approved_and_the_sheet_says_by_whom(given: Given, tmp_path: Path) -> None:
    with given():
        account = makers.account(Role.HR, name="Svenja Adler", email="adler@spreeruf.example")
        kaya = makers.employee("Ayşe Kaya")
        made = asked(project(kaya), tmp_path, by=Actor.staff(account.id))
        until = clock.today() + timedelta(days=200)
        answered(made, tmp_path, replace(YES, valid_to=until))

        sheet = words(Store(tmp_path), made.answer_file)
        [mail] = mails("approval_answered")
        assert made.state is ApprovalState.GIVEN
        assert "Petra Reinke" in sheet
        assert "1 von 1" in sheet
        assert "/pruefen" not in sheet, "it gets no seal, so that page would call it not valid"
        assert stands(kaya) == [Standing.APPROVED]
        assert mail.to == "adler@spreeruf.example"
        assert actions() == []  # written at the end of the transaction
    with given():
        assert actions() == ["agreements.approval_asked", "agreements.approval_answered"]
        lines = db.session.query(AuditLine).all()
        assert not any("Reinke" in str(one.details) for one in lines)


def test_long_conditions_stand_on_the_sheet_as_a_whole(given: Given, tmp_path: Path) -> None:
    with given():
        made = asked(project(makers.employee()), tmp_path)
        conditions = "Nur mit geschlossener Tür und Kopfhörern. " * 45 + "Ende der Auflagen."

        answered(made, tmp_path, replace(YES, conditions=conditions))

        assert "Ende der Auflagen." in " ".join(words(Store(tmp_path), made.answer_file).split())


def test_all_but_some_with_conditions(given: Given, tmp_path: Path) -> None:
    with given():
        kaya, vogt = makers.employee("Ayşe Kaya"), makers.employee("Nils Vogt")
        made = asked(project(kaya, vogt), tmp_path)
        some = Answer(
            verdict=Verdict.SOME,
            name="Petra Reinke",
            ticked=frozenset({vogt.id}),
            conditions="Tür zu.",
        )
        answered(made, tmp_path, some)

        assert made.state is ApprovalState.PARTLY
        assert stands(vogt) == [Standing.APPROVED]
        assert stands(kaya) == [Standing.LEFT_OUT]
        assert kaya.personnel_number in words(Store(tmp_path), made.answer_file)


def test_a_refusal_needs_no_file_and_closes_the_project(given: Given, tmp_path: Path) -> None:
    with given():
        kaya = makers.employee()
        made = asked(project(kaya), tmp_path, request=replace(REQUEST, needs_file=True))
        no = Answer(verdict=Verdict.NONE, name="Petra Reinke", reason="Zu heikel")
        answered(made, tmp_path, no)

        assert (made.state, made.reason, made.answer_file) == (
            ApprovalState.REFUSED,
            "Zu heikel",
            None,
        )
        assert stands(kaya) == [Standing.REFUSED]


def test_where_the_contract_wants_it_only_a_signed_file_closes_it(
    given: Given, tmp_path: Path
) -> None:
    with given():
        made = asked(
            project(makers.employee()), tmp_path, request=replace(REQUEST, needs_file=True)
        )
        with pytest.raises(Refused, match="written form"):
            answered(made, tmp_path)
        assert made.state.value == ApprovalState.ASKED.value
        answered(made, tmp_path, file=SCAN)

        assert made.state is ApprovalState.GIVEN
        assert made.answer_file is not None
        assert Store(tmp_path).get(made.answer_file.sha256) == SCAN.content


def test_staff_enter_an_answer_only_with_a_file_that_proves_it(
    given: Given, tmp_path: Path
) -> None:
    with given():
        made = asked(project(makers.employee()), tmp_path)
        with pytest.raises(Refused, match="nothing proves"):
            approvals.answer(made.id, YES, file=None, by=HR, store=Store(tmp_path))
        approvals.answer(made.id, YES, file=SCAN, by=HR, store=Store(tmp_path))

        assert made.state is ApprovalState.GIVEN


def test_a_second_answer_sees_the_first(given: Given, tmp_path: Path) -> None:
    with given():
        made = approved(project(makers.employee()), tmp_path)
        no = Answer(verdict=Verdict.NONE, name="Uwe Anders", reason="Doch nicht")
        with pytest.raises(approvals.Answered, match="Petra Reinke has answered"):
            answered(made, tmp_path, no)
        assert made.state is ApprovalState.GIVEN


def test_of_two_browsers_at_once_the_first_wins(app: Flask, given: Given, tmp_path: Path) -> None:
    with given():
        made = asked(project(makers.employee()), tmp_path)
        approval_id, by = made.id, client_of(made)

    def says(name: str) -> None:
        approvals.answer(
            approval_id, replace(YES, name=name), file=None, by=by, store=Store(tmp_path)
        )

    said = at_once(app, lambda: says("Erste Hand"), lambda: says("Zweite Hand"))

    assert said.count("done") == 1
    assert any("has answered already" in one for one in said)
    with given():
        assert len(mails("approval_answered")) <= 1
        assert actions().count("agreements.approval_answered") == 1


def test_a_damaged_file_is_not_answered(given: Given, tmp_path: Path) -> None:
    with given():
        made = asked(project(makers.employee()), tmp_path)
        assert made.frozen_file is not None
        Store(tmp_path).path_of(made.frozen_file.sha256).write_bytes(b"else")
        with pytest.raises(NotFound, match="damaged"):
            answered(made, tmp_path)


def test_looking_is_noted_once(given: Given, tmp_path: Path) -> None:
    with given():
        made = asked(project(makers.employee()), tmp_path)
        for _time in range(2):
            approvals.open_approval(made.id, by=client_of(made))
        assert made.state is ApprovalState.OPENED
    with given():
        assert actions().count("agreements.approval_opened") == 1


# Renewing, reminding, taking back


def test_asking_anew_keeps_the_former_until_it_is_answered(given: Given, tmp_path: Path) -> None:
    with given():
        kaya = makers.employee()
        made = project(kaya)
        former = approved(made, tmp_path)
        new = makers.employee("Nora Neu")
        new.projects.append(made)
        db.session.flush()
        renewed = asked(made, tmp_path)

        assert renewed.supersedes is former
        assert stands(kaya) == [Standing.APPROVED]
        assert stands(new) == [Standing.WAITING]
        answered(renewed, tmp_path)
        assert former.state is ApprovalState.SUPERSEDED
        assert stands(kaya) == stands(new) == [Standing.APPROVED]


def test_the_newest_answer_counts_even_if_it_is_no(given: Given, tmp_path: Path) -> None:
    with given():
        kaya = makers.employee()
        made = project(kaya)
        approved(made, tmp_path)
        no = Answer(verdict=Verdict.NONE, name="Petra Reinke", reason="Neue Regeln")
        answered(asked(made, tmp_path), tmp_path, no)

        assert stands(kaya) == [Standing.REFUSED]


def test_reminders_go_out_three_times_and_never_twice_a_day(given: Given, tmp_path: Path) -> None:
    with given():
        made = asked(project(makers.employee()), tmp_path)
        link_id = made.link_id
        approvals.remind(made.id, book=book(), by=HR)
        with pytest.raises(Refused, match="today"):
            approvals.remind(made.id, book=book(), by=HR)
        made.reminders, made.reminded_at = 3, None
        with pytest.raises(Refused, match="call"):
            approvals.remind(made.id, book=book(), by=HR)
        assert [one.link_id for one in mails("approval_reminder")] == [link_id]


def test_a_reminder_replaces_a_link_that_has_ended(given: Given, tmp_path: Path) -> None:
    with given():
        made = asked(project(makers.employee()), tmp_path)
        former = db.session.get(PersonalLink, made.link_id)
        assert former is not None
        former.expires_at = clock.now()
        approvals.remind(made.id, book=book(), by=HR)

        assert made.link_id != former.id
        with pytest.raises(NotFound):
            found.approval_of_link(former.id)


def test_what_is_taken_back_counts_no_longer(given: Given, tmp_path: Path) -> None:
    with given():
        kaya = makers.employee()
        made = approved(project(kaya), tmp_path)
        with pytest.raises(Refused, match="few words"):
            approvals.withdraw(made.id, " ", by=HR)
        approvals.withdraw(made.id, "Auftraggeber hat angerufen", by=HR)

        assert stands(kaya) == [Standing.NOT_ASKED]
        with pytest.raises(Refused, match="nothing to take back"):
            approvals.withdraw(made.id, "noch einmal", by=HR)


def test_a_request_that_was_taken_back_cannot_be_answered(given: Given, tmp_path: Path) -> None:
    with given():
        made = asked(project(makers.employee()), tmp_path)
        approvals.withdraw(made.id, "Falsche Leute", by=HR)
        with pytest.raises(approvals.Answered, match="taken back"):
            answered(made, tmp_path)
        asked(made.project, tmp_path)


# What ends by itself


def test_warnings_go_out_60_30_and_7_days_before_and_then_it_ends(
    given: Given, tmp_path: Path
) -> None:
    with given():
        account = makers.account(Role.HR, email="adler@spreeruf.example")
        kaya = makers.employee()
        made = asked(project(kaya), tmp_path, by=Actor.staff(account.id))
        until = clock.today() + timedelta(days=70)
        answered(made, tmp_path, replace(YES, valid_to=until))
        approval_id, employee_id = made.id, kaya.id

    warned = []
    for left in range(70, -3, -1):
        with clock.frozen(clock.at(until - timedelta(days=left), 480)), given():
            seen = approvals.look_at_approvals(clock.today())
            if seen.warned:
                warned.append(left)
            said = found.approvals_of([employee_id], clock.today())[employee_id][0].standing
            assert said is (Standing.APPROVED if left >= 0 else Standing.ENDED)

    with given():
        assert warned == [60, 30, 7]
        assert found.approval(approval_id).state is ApprovalState.EXPIRED
        assert [one.facts["left"] for one in mails("approval_ending")] == [60, 30, 7]
        assert len(mails("approval_over")) == 1


def test_an_approval_closes_by_its_date_even_if_no_morning_comes(
    given: Given, tmp_path: Path
) -> None:
    with given():
        kaya = makers.employee()
        approved(project(kaya), tmp_path, valid_to=clock.today())
        later = clock.today() + timedelta(days=1)

        assert found.approvals_of([kaya.id], later)[kaya.id][0].standing is Standing.ENDED


def test_when_the_asker_is_gone_all_of_hr_are_told(given: Given, tmp_path: Path) -> None:
    with given():
        gone = makers.account(Role.HR)
        gone.disabled_at = clock.now()
        one, two = makers.account(Role.HR), makers.account(Role.HR)
        made = asked(project(makers.employee()), tmp_path, by=Actor.staff(gone.id))
        answered(made, tmp_path)

        assert {mail.to for mail in mails("approval_answered")} == {one.email, two.email}


# How projects stand


def test_projects_that_need_none_are_open_and_cost_no_question(
    given: Given, queries: list[str]
) -> None:
    with given():
        ids = [makers.employee().id for _number in range(30)]
        project(*(db.session.get_one(Employee, number) for number in ids))
    with given():
        queries.clear()
        said = found.approvals_of(ids, clock.today())
        assert len(queries) == 1
    assert {one.standing for rows in said.values() for one in rows} == {Standing.NOT_NEEDED}


def test_what_a_client_is_asked_concerns_only_that_project(given: Given, tmp_path: Path) -> None:
    with given():
        kaya = makers.employee()
        first, second = project(kaya), project(kaya)
        approved(first, tmp_path)
        people.set_needs_approval(second.id, needed=True, by=HR)

        assert sorted(stands(kaya)) == [Standing.APPROVED, Standing.NOT_ASKED]


def test_the_desk_counts_what_ends_what_is_missing_and_what_waits(
    given: Given, tmp_path: Path
) -> None:
    with given():
        soon = clock.today() + timedelta(days=25)
        ending = project(makers.employee())
        approved(ending, tmp_path, valid_to=soon)
        approved(project(makers.employee()), tmp_path)
        asked(project(makers.employee()), tmp_path)
        people.set_needs_approval(project(makers.employee()).id, needed=True, by=HR)

        said = found.counts(clock.today())
        assert (said.ending, said.not_given, said.waiting) == (1, 1, 1)
        asked(ending, tmp_path)
        assert found.counts(clock.today()).ending == 0
