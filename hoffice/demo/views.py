"""The demo's own pages: who one can be, what can be tried, and the mailbox."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlsplit

import svcs.flask
from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from hoffice.accounts.access import open_link_session, open_to, settings, sign_in_session
from hoffice.accounts.links import LinkBook
from hoffice.accounts.navigation import portal_address, role_labels
from hoffice.accounts.rules import Audience, Role
from hoffice.agreements.jobs import secret_of
from hoffice.demo import service
from hoffice.demo.guide import PEOPLE, ROLES
from hoffice.errors import N_
from hoffice.notices import queries as notices
from hoffice.notices.jobs import write
from hoffice.notices.models import Notice
from hoffice.notices.rules import LINK_PLACE, LinkKind, TextMessages
from hoffice.notices.texts import ToFile
from hoffice.people import queries as people
from hoffice.settings import is_loopback
from hoffice.web import lists

bp = Blueprint("demo", __name__, url_prefix="/demo")


@bp.before_request
def only_at_home() -> None:
    """A page from elsewhere that gives its own name to this computer does not get in."""
    if not is_loopback(urlsplit(request.host_url).hostname or ""):
        abort(404)


@bp.app_context_processor
def telling() -> dict[str, Any]:
    """What the ribbon asks on every page of the demo, and on none of another house."""
    return {"demo_untold": _untold}


def _untold() -> tuple[int, int] | None:
    try:
        found: tuple[int, int] | None = current_app.extensions["hoffice.demo_untold"]()
    except SQLAlchemyError:  # the page that says so has this ribbon too
        return None
    return found


@bp.get("/")
@open_to(Audience.DEMO)
def index() -> ResponseReturnValue:
    """Who one can be here, and what can be tried."""
    hosts = [(role, role_labels([role])[0], service.host_of(role), text) for role, text in ROLES]
    persons = [(people.by_number(number), text) for number, text in PEOPLE]
    return render_template(
        "demo/index.html",
        hosts=[row for row in hosts if row[2] is not None],
        persons=[(person, text) for person, text in persons if person is not None],
        untold=service.untold(),
    )


@bp.get("/anmelden/<word>/<key>")
@open_to(Audience.DEMO)
def sign_in(word: str, key: str) -> ResponseReturnValue:
    """Sign in with one click, by an address that only the terminal has shown.

    A GET that signs in is for the demo alone: it stands on this computer, with invented people.
    """
    role = _role(word)
    expected = service.sign_in_key(settings().secret_key, role)
    if not hmac.compare_digest(key.encode(), expected.encode()):
        abort(404)
    return _let_in(role)


@bp.post("/anmelden/<word>")
@open_to(Audience.DEMO)
def be(word: str) -> ResponseReturnValue:
    """Sign in by the button on the demo's page."""
    return _let_in(_role(word))


def _role(word: str) -> Role:
    if word not in set(Role):
        abort(404)
    return Role(word)


def _let_in(role: Role) -> ResponseReturnValue:
    account = service.host_of(role)
    if account is None:
        abort(404)
    sign_in_session(account)
    return redirect(url_for("desk.index"), 303)


@bp.post("/person/<int:employee_id>")
@open_to(Audience.DEMO)
def be_employee(employee_id: int) -> ResponseReturnValue:
    """Open the page of one of the people, as her personal link would."""
    link = service.open_as(employee_id, book=svcs.flask.get(LinkBook))
    open_link_session(link)
    return redirect(portal_address(), 303)


@bp.get("/postfach/")
@open_to(Audience.DEMO)
def mailbox() -> ResponseReturnValue:
    """Every mail the demo has written; none of them has left this computer."""
    listing = lists.listed(
        notices.notices(),
        name=N_("Mailbox"),
        columns=(
            lists.Column("at", N_("Written"), sort=Notice.created_at),
            lists.Column("to", N_("To"), sort=Notice.to),
            lists.Column("subject", N_("Subject")),
        ),
        key=Notice.id,
        search=notices.search,
        sort="at",
        down=True,
    )
    subjects = {row.id: write(row).subject for row in listing.rows}
    door = svcs.flask.get(TextMessages)
    texts = door.newest() if isinstance(door, ToFile) else ()
    return render_template("demo/mailbox.html", listing=listing, subjects=subjects, texts=texts)


@bp.get("/postfach/<int:notice_id>")
@open_to(Audience.DEMO)
def mail(notice_id: int) -> ResponseReturnValue:
    """One mail, as its reader would see it; where the secret link stood there is a button."""
    notice = notices.notice(notice_id)
    written = write(notice)
    before, _place, after = written.text.partition(LINK_PLACE)
    is_code = notice.link_kind is LinkKind.CODE and notice.link_id is not None
    code = (
        secret_of(svcs.flask.get(LinkBook))(LinkKind.CODE, notice.link_id or 0) if is_code else ""
    )
    return render_template(
        "demo/mail.html",
        notice=notice,
        subject=written.subject,
        before=before.strip(),
        after=after.strip(),
        has_link=notice.link_id is not None and not is_code,
        code=code,
    )


@bp.post("/postfach/<int:notice_id>/oeffnen")
@open_to(Audience.DEMO)
def open_link(notice_id: int) -> ResponseReturnValue:
    """Press the button of a mail: its link is derived and opened here, and shown nowhere."""
    notice = notices.notice(notice_id)
    book = svcs.flask.get(LinkBook)
    if notice.link_kind in {None, LinkKind.CODE} or notice.link_id is None:
        abort(404)
    if notice.link_kind is LinkKind.MAILED_KEY:
        return redirect(urlsplit(book.address(notice.link_kind, notice.link_id)).path, 303)
    open_link_session(service.open_mailed(notice.link_id, book=book))
    return redirect(portal_address(), 303)
