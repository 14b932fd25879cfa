"""One-time codes: on a second way where there is one, five tries, and nothing to steal at rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from hoffice import clock
from hoffice.agreements import queries
from hoffice.agreements.jobs import handlers, secret_of
from hoffice.agreements.models import Pack, SignatureCode
from hoffice.agreements.pdf import Proof
from hoffice.agreements.rules import CodeChannel, PaperKind, SignatureMethod
from hoffice.agreements.service import codes, contents, signing
from hoffice.agreements.service.codes import Entered
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.jobs.worker import work_off
from hoffice.notices.models import Notice
from hoffice.notices.rules import LinkKind, TextRefused, TextUnreachable
from hoffice.people import queries as people
from hoffice.units import Actor
from tests import makers
from tests.agreements.scene import HR, TERMS, book, sent
from tests.conftest import Given

MOBILE = "0171 3920071"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def employee_id(given: Given, folder: Path) -> int:
    """Somebody whose papers wait, and are signed with a code only."""
    with given():
        employee = makers.employee("Aylin Yıldız")
        employee.phone = MOBILE
        sent(employee, folder, terms=replace(TERMS, needs_code=True))
        return employee.id


def asked(employee_id: int, *, can_text: bool = True) -> SignatureCode:
    return codes.send(employee_id, can_text=can_text, by=Actor.employee(employee_id))


def digits(code: SignatureCode) -> str:
    return codes.code_of(code, secret=book().secret_key)


def wrong(code: SignatureCode) -> str:
    return f"{(int(digits(code)) + 1) % 1_000_000:06d}"


def sign(employee_id: int, folder: Path, *, code_id: int | None) -> Pack:
    pack = queries.pack_of(employee_id)
    assert pack is not None
    return signing.sign_pack(
        employee_id,
        name="Aylin Yıldız",
        method=SignatureMethod.TYPED,
        strokes=(),
        read=[paper.id for paper in pack.papers],
        by=Actor.employee(employee_id),
        store=Store(folder),
        code_id=code_id,
    )


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditLine.action).order_by(AuditLine.seq)))


def test_without_the_code_nothing_is_signed(given: Given, employee_id: int, folder: Path) -> None:
    with given():
        code = asked(employee_id)
        for number in (None, code.id, 987_654):
            with pytest.raises(Refused, match="First enter the code"):
                sign(employee_id, folder, code_id=number)


def test_the_right_code_lets_sign_and_the_certificate_names_its_way(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        code = asked(employee_id)
        typed = f"{digits(code)[:3]} {digits(code)[3:]}"
        tried = codes.enter(employee_id, typed, book=book())
        assert (tried.entered, tried.code_id) == (Entered.RIGHT, code.id)

        pack = sign(employee_id, folder, code_id=tried.code_id)

        signature = pack.papers[0].signatures[-1]
        assert signature.code_channel is CodeChannel.SMS
        facts = contents.signature_facts(signature)
        assert facts.proofs == (Proof.LINK, Proof.CODE)
        assert facts.code_channel is CodeChannel.SMS


def test_a_code_lets_sign_for_half_an_hour(given: Given, employee_id: int, folder: Path) -> None:
    with given():
        tried = codes.enter(employee_id, digits(asked(employee_id)), book=book())
        later = clock.now() + timedelta(minutes=31)
        with clock.frozen(later), pytest.raises(Refused, match="First enter the code"):
            sign(employee_id, folder, code_id=tried.code_id)


def test_a_code_of_another_person_lets_nobody_sign(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        other = makers.employee("Marek Kowalczyk")
        other.phone = MOBILE
        sent(other, folder, terms=replace(TERMS, needs_code=True))
        foreign_code = asked(other.id)
        foreign = codes.enter(other.id, digits(foreign_code), book=book())
        assert foreign.entered is Entered.RIGHT

        with pytest.raises(Refused, match="First enter the code"):
            sign(employee_id, folder, code_id=foreign.code_id)
        asked(employee_id)
        guessed = codes.enter(employee_id, digits(foreign_code), book=book())
        assert guessed.entered is Entered.WRONG


def test_digits_count_however_wide_or_spaced_they_were_typed(
    given: Given, employee_id: int
) -> None:
    wide = {ord("0") + one: 0xFF10 + one for one in range(10)}
    with given():
        code = asked(employee_id)
        right = digits(code)
        typed = f" {right[:2]}–{right[2:4]}\u3000-{right[4:]}\u200b".translate(wide)

        assert codes.enter(employee_id, typed, book=book()).entered is Entered.RIGHT


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "²²²²²²x"], ids=range(6)
)
def test_what_is_no_code_at_all_costs_no_try(given: Given, employee_id: int, typed: str) -> None:
    with given():
        code = asked(employee_id)

        tried = codes.enter(employee_id, typed, book=book())

        assert (tried.entered, tried.tries_left, code.tries) == (Entered.UNFIT, 5, 0)
        assert "agreements.code_wrong" not in actions()


def test_the_fifth_wrong_try_ends_the_code_and_a_rest_follows(
    given: Given, employee_id: int
) -> None:
    with given():
        code = asked(employee_id)
        tries = [codes.enter(employee_id, wrong(code), book=book()) for _ in range(5)]
        assert [one.tries_left for one in tries] == [4, 3, 2, 1, 0]
        assert tries[-1].entered is Entered.USED_UP
        assert codes.enter(employee_id, digits(code), book=book()).entered is Entered.OVER
        with pytest.raises(Refused, match="Wait a little"):
            asked(employee_id)
    with given():
        assert actions().count("agreements.code_wrong") == 5
        with clock.frozen(clock.now() + timedelta(minutes=16)):
            assert asked(employee_id).tries == 0


def test_a_code_runs_out_after_ten_minutes(given: Given, employee_id: int) -> None:
    with given():
        code = asked(employee_id)
        with clock.frozen(clock.now() + timedelta(minutes=11)):
            assert codes.enter(employee_id, digits(code), book=book()).entered is Entered.OVER


def test_a_used_code_is_used_up_and_only_the_newest_counts(given: Given, employee_id: int) -> None:
    with given():
        first = asked(employee_id)
        with clock.frozen(clock.now() + timedelta(minutes=2)):
            second = asked(employee_id)
            assert codes.enter(employee_id, digits(first), book=book()).entered is Entered.WRONG
            assert codes.enter(employee_id, digits(second), book=book()).entered is Entered.RIGHT
            assert codes.enter(employee_id, digits(second), book=book()).entered is Entered.OVER


def test_nobody_is_flooded_with_codes(given: Given, employee_id: int) -> None:
    with given():
        start = clock.now()
        for number in range(codes.MOST_A_DAY):
            with clock.frozen(start + timedelta(minutes=2 * number)):
                asked(employee_id)
        with (
            clock.frozen(start + timedelta(minutes=2 * codes.MOST_A_DAY)),
            pytest.raises(Refused, match="Wait a little"),
        ):
            asked(employee_id)


def test_without_a_second_way_the_code_goes_the_way_of_the_link_and_says_so(
    given: Given, employee_id: int
) -> None:
    with given():
        code = asked(employee_id, can_text=False)
        notice = db.session.scalars(select(Notice).where(Notice.template == "code")).one()

        assert code.channel is CodeChannel.SAME_MAIL
        assert notice.to == people.employee(employee_id).email
        assert digits(code) not in str(notice.facts)  # the outbox knows no code
        assert notice.link_kind is LinkKind.CODE
        assert secret_of(book())(LinkKind.CODE, code.id) == digits(code)


def test_no_code_lies_in_the_database(given: Given, employee_id: int) -> None:
    with given():
        code = asked(employee_id)
        row = {one.name: getattr(code, one.name) for one in SignatureCode.__table__.columns}
        assert digits(code) not in str(row)
        assert row["sent_to"] == "…00 71"
        assert codes.code_of(code, secret="another key") != digits(code)


def test_hr_reads_a_code_out_and_the_log_says_who(
    given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        told = codes.hand_out(employee_id, CodeChannel.CALL, book=book(), by=HR)
        tried = codes.enter(employee_id, told, book=book())
        pack = sign(employee_id, folder, code_id=tried.code_id)
        assert pack.papers[0].signatures[-1].code_channel is CodeChannel.CALL
    with given():
        line = db.session.scalars(
            select(AuditLine).where(AuditLine.action == "agreements.code_made")
        ).one()
        assert line.actor == str(HR)


def test_a_letter_has_two_weeks(given: Given, employee_id: int) -> None:
    with given():
        told = codes.hand_out(employee_id, CodeChannel.LETTER, book=book(), by=HR)
        with clock.frozen(clock.now() + timedelta(days=13)):
            assert codes.enter(employee_id, told, book=book()).entered is Entered.RIGHT


def test_hr_sends_a_code_to_another_address_but_not_to_that_of_the_link(
    given: Given, employee_id: int
) -> None:
    with given():
        own = people.employee(employee_id).email
        with pytest.raises(Refused, match="has the link"):
            codes.send_to(employee_id, f" {own.upper()} ", by=HR)
        with pytest.raises(Refused, match="no mail address"):
            codes.send_to(employee_id, "aylin", by=HR)
        code = codes.send_to(employee_id, "aylin@privat.example", by=HR)
        assert (code.channel, code.sent_to) == (CodeChannel.OTHER_MAIL, "a…@privat.example")


class Gateway:
    """A door for text messages that does what it is told."""

    is_there = True

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.taken: list[tuple[str, str]] = []

    def send(self, to: str, text: str) -> None:
        """Take it, or raise what was asked for."""
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.taken.append((to, text))


def test_the_worker_hands_the_message_over(
    app: Flask, given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        expected = digits(asked(employee_id))
    gateway = Gateway()
    _work(app, folder, gateway)

    [(to, text)] = gateway.taken
    assert to == "+491713920071"
    assert text.startswith(f"{expected} ")
    with given():
        assert "agreements.code_sent" in actions()


def test_a_message_that_cannot_be_sent_is_tried_again_and_then_said(
    app: Flask, given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        asked(employee_id)
    start = clock.now()
    gateway = Gateway(*[TextUnreachable("TimeoutError")] * 3)
    for number in range(3):
        with clock.frozen(start + timedelta(seconds=30 * number)):
            _work(app, folder, gateway)
    with given():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        assert codes.standing(pack).failed
        assert asked(employee_id, can_text=False).channel is CodeChannel.SAME_MAIL  # at once


def test_a_gateway_that_says_no_is_not_asked_again(
    app: Flask, given: Given, employee_id: int, folder: Path
) -> None:
    with given():
        asked(employee_id)
    gateway = Gateway(TextRefused("http-400"))
    _work(app, folder, gateway)
    _work(app, folder, gateway)
    with given():
        pack = queries.pack_of(employee_id)
        assert pack is not None
        assert codes.standing(pack).failed
        assert actions().count("agreements.code_not_sent") == 1


def _work(app: Flask, folder: Path, gateway: Gateway) -> None:
    with app.app_context():
        work_off({codes.SEND_CODE: handlers(Store(folder), book(), gateway)[codes.SEND_CODE]})


def test_a_gateway_that_fails_after_handing_over_floods_nobody(
    given: Given, employee_id: int
) -> None:
    with given():
        start = clock.now()
        for number in range(codes.MOST_A_DAY):
            with clock.frozen(start + timedelta(seconds=number)):
                codes.not_sent(asked(employee_id).id)
        with (
            clock.frozen(start + timedelta(minutes=1)),
            pytest.raises(Refused, match="Wait a little"),
        ):
            asked(employee_id)


def test_papers_sent_without_codes_ask_for_none(given: Given, folder: Path) -> None:
    with given():
        employee = makers.employee("Marek Kowalczyk")
        pack = sent(employee, folder)
        assert not codes.is_asked(pack)
        with pytest.raises(Refused, match="No code is needed"):
            asked(employee.id)
        assert sign(employee.id, folder, code_id=None).papers[0].kind is PaperKind.ADDENDUM
