"""From the outbox to a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from hoffice.accounts import links
from hoffice.accounts.links import LinkBook
from hoffice.db import db
from hoffice.jobs import worker
from hoffice.jobs.models import Job
from hoffice.notices import queries, service
from hoffice.notices.jobs import deliver
from hoffice.notices.mail import MailboxOnly, NoServer, SmtpMailer
from hoffice.notices.models import Notice
from hoffice.notices.rules import LINK_PLACE, LinkKind, Mailer, NoticeState
from hoffice.settings import Smtp
from hoffice.units import Actor
from tests.conftest import Given
from tests.makers import MONDAY
from tests.postbox import Postbox, served
from tests.races import Meeting, at_once, meet_after

HR = Actor.staff(2)


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, Smtp]]:
    """A server on loopback with the settings that lead to it."""
    with served() as both:
        yield both


def queue(given: Given, book: LinkBook) -> int:
    with given():
        link = links.new_link("employee:7", book=book, by=HR, employee_id=7)
        return service.send(
            "reset",
            to="ayse@spreeruf.example",
            language="de",
            by=HR,
            facts={"name": "Ayşe Kaya"},
            employee_id=7,
            link=(LinkKind.PERSONAL, link.id),
        ).id


def work_off(app: Flask, mailer: Mailer, book: LinkBook) -> None:
    with app.app_context(), app.test_request_context():
        worker.work_off({service.DELIVER: deliver(mailer, book.address)})


@pytest.fixture
def link_book() -> LinkBook:
    return LinkBook("k" * 40, (), "https://hoffice.example", timedelta(days=30))


def test_a_mail_carries_the_link_that_the_outbox_never_shows(
    app: Flask, given: Given, postbox: tuple[Postbox, Smtp], link_book: LinkBook
) -> None:
    box, server = postbox
    notice_id = queue(given, link_book)

    work_off(app, SmtpMailer(server, sender="hr@spreeruf.example", name="Spreeruf"), link_book)

    [mail] = box.mails
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert "https://hoffice.example/l/" in text
    assert "https://hoffice.example/l/" in html
    assert LINK_PLACE not in text + html
    with app.app_context():
        notice = queries.notice(notice_id)
        assert notice.state is NoticeState.SENT
        assert "/l/" not in str({c.name: getattr(notice, c.name) for c in Notice.__table__.c})
        assert mail["Message-ID"] == f"<{notice.message_id}>"


def test_a_server_that_says_later_is_asked_again(
    app: Flask, given: Given, postbox: tuple[Postbox, Smtp], link_book: LinkBook
) -> None:
    box, server = postbox
    box.answer = "451 try again"
    notice_id = queue(given, link_book)

    work_off(app, SmtpMailer(server, sender="hr@spreeruf.example", name="S"), link_book)

    with app.app_context():
        notice = queries.notice(notice_id)
        assert (notice.state, notice.note) == (NoticeState.QUEUED, "smtp-451")
        assert notice.run_at > MONDAY


def test_a_server_that_says_never_ends_the_mail(
    app: Flask, given: Given, postbox: tuple[Postbox, Smtp], link_book: LinkBook
) -> None:
    box, server = postbox
    box.answer = "550 no such person"
    notice_id = queue(given, link_book)

    work_off(app, SmtpMailer(server, sender="hr@spreeruf.example", name="S"), link_book)

    with app.app_context():
        notice = queries.notice(notice_id)
        assert (notice.state, notice.note) == (NoticeState.FAILED, "smtp-550")


def test_without_a_mail_server_mails_wait_visibly(
    app: Flask, given: Given, link_book: LinkBook
) -> None:
    notice_id = queue(given, link_book)

    work_off(app, NoServer(), link_book)

    with app.app_context():
        assert queries.notice(notice_id).note == "NoMailServer"


@pytest.mark.parametrize(("is_on", "state"), [(True, "sent"), (False, "queued")])
def test_only_in_the_demo_a_mail_counts_as_sent_when_nothing_left_the_house(
    app: Flask, given: Given, link_book: LinkBook, *, is_on: bool, state: str
) -> None:
    notice_id = queue(given, link_book)

    work_off(app, MailboxOnly(lambda: is_on), link_book)

    with app.app_context():
        assert queries.notice(notice_id).state == state


def test_a_mail_sent_again_by_two_people_at_once_is_handed_over_once(
    app: Flask, given: Given, link_book: LinkBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice_id = queue(given, link_book)
    with given():
        service.begin(notice_id)
        service.failed(notice_id, "smtp-550")
        db.session.query(Job).delete()
    meet_after(monkeypatch, queries, "notice", Meeting())

    said = at_once(app, *[partial(service.again, notice_id, by=HR)] * 2)

    assert sorted(answer == "done" for answer in said) == [False, True]
    with app.app_context():
        assert db.session.query(Job).count() == 1


def test_a_mail_to_an_address_that_is_none_fails_visibly(
    app: Flask,
    given: Given,
    postbox: tuple[Postbox, Smtp],
    link_book: LinkBook,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _box, server = postbox
    notice_id = queue(given, link_book)
    with given():
        queries.notice(notice_id).to = "ayse kaya@@spreeruf"

    work_off(app, SmtpMailer(server, sender="hr@spreeruf.example", name="Spreeruf"), link_book)

    with app.app_context():
        assert queries.notice(notice_id).state is NoticeState.FAILED
        assert queries.notice(notice_id).note == "no-address"
    assert "spreeruf" not in caplog.text
