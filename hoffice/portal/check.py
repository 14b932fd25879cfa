"""The employee's check at home: what do you still have? Three minutes, with one hand."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus

import svcs
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_employee_id, open_to, settings
from hoffice.accounts.rules import Audience
from hoffice.errors import NotFound, Refused
from hoffice.files import pictures
from hoffice.files.service import Store
from hoffice.kits.models import HomeCheckLine, HomeCheckPerson
from hoffice.kits.queries import home_checks as queries
from hoffice.kits.rules import HOME_ANSWER_LABELS, KIND_LABELS, HomeAnswer
from hoffice.kits.service import home_checks as service
from hoffice.portal.journey import journey_of
from hoffice.web.deeds import why_not
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside

bp = Blueprint("belongings", __name__, url_prefix="/mein/bestand")

SEND = "senden"
"""The part of the page where everything is handed in."""


@bp.app_template_global("open_home_check")
def open_check() -> HomeCheckPerson | None:
    """What this employee is asked and has not answered, for the overview."""
    asked = queries.newest_of(current_employee_id())
    if asked is None or asked.answered_at is not None or asked.check.closed_at is not None:
        return None
    return asked


@bp.get("/")
@open_to(Audience.EMPLOYEE)
def index() -> ResponseReturnValue:
    """My devices with three buttons each; what was said is kept, and I go on where I stopped."""
    return _page()


def _page(wrong: Mapping[int, str] | None = None) -> ResponseReturnValue:
    """The page; what is wrong stands beside each device it is about."""
    asked = queries.newest_of(current_employee_id())
    if asked is None:
        raise NotFound(service.NOTHING_ASKED)
    lines = service.still_hers(asked)
    known = {
        "asked": asked,
        "journey": journey_of(asked.employee_id),
        "helper": service.looks_after(asked.check),
        "kinds": KIND_LABELS,
        "answers": HOME_ANSWER_LABELS,
    }
    if asked.answered_at is not None or asked.check.closed_at is not None:
        said = [line for line in asked.lines if line.answer is not None]
        return render_template("portal/check_over.html", lines=said, **known)
    lacking = service.lacking(asked)
    page = render_template(
        "portal/check.html",
        lines=lines,
        lacking=[line.item_id for line in lacking],
        photos=sum(line.answer is not None for line in lacking),
        said=sum(line.answer is not None for line in lines),
        wrong=wrong or {},
        max_mb=settings().upload_max_mb,
        typed=_notes(),
        **known,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def _to(anchor: str) -> ResponseReturnValue:
    return redirect(url_for(".index", _anchor=anchor), HTTPStatus.SEE_OTHER)


def _over(refusal: str) -> ResponseReturnValue:
    """It is too late, or it was sent: the page says so, in place of an error."""
    flash(refusal, "problem")
    return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)


def _require_asked(item_id: int) -> None:
    """Things of others, and those that nobody asks about, are not there for anybody here."""
    if not service.is_asked_about(current_employee_id(), item_id):
        raise NotFound(service.NOT_ASKED_ABOUT)


@bp.post("/<int:item_id>")
@open_to(Audience.EMPLOYEE)
def say(item_id: int) -> ResponseReturnValue:
    """Yes, no or broken, about one of my things; then on to the next one."""
    employee_id = current_employee_id()
    _require_asked(item_id)
    word = request.form.get("answer", "")
    if word not in set(HomeAnswer):
        return _page({item_id: _("Say yes, no or broken.")})
    answer = HomeAnswer(word)

    def deed() -> None:
        service.note(employee_id, _notes())
        service.say(employee_id, item_id, answer)

    if refusal := why_not(deed):
        return _over(refusal)
    asked = queries.newest_of(employee_id)
    lacking = [line.item_id for line in service.lacking(asked)] if asked is not None else []
    if item_id in lacking or answer is not HomeAnswer.YES:
        return _to(f"item-{item_id}")  # a photo or a few words are wanted about this one
    return _to(f"item-{lacking[0]}" if lacking else SEND)


def _notes() -> dict[int, str]:
    """What was typed about my things, and comes along with whatever is sent."""
    found = {}
    for name, text in request.form.items():
        field, _dash, number = name.partition("-")
        if field == "note":
            with suppress(ValueError):  # no number of a device
                found[row_number(number)] = text
    return found


@bp.post("/<int:item_id>/notiz")
@open_to(Audience.EMPLOYEE)
def note(item_id: int) -> ResponseReturnValue:
    """A few words about one of my things; what was typed about others is kept as well."""
    _require_asked(item_id)
    if refusal := why_not(lambda: service.note(current_employee_id(), _notes())):
        return _over(refusal)
    return _to(f"item-{item_id}")


@bp.route("/<int:item_id>/foto", methods=["GET", "POST"])
@open_to(Audience.EMPLOYEE)
def photo(item_id: int) -> ResponseReturnValue:
    """A photo of one of my things; opened by itself it leads back to the page.

    A form of its own: whatever becomes of a photo, what was said before is kept.
    """
    if request.method == "GET":
        return redirect(url_for(".index", _anchor=f"item-{item_id}"))
    _require_asked(item_id)
    sent = request.files.get("photo")
    content = sent.read() if sent is not None else b""
    if not content:
        return _page({item_id: _("Take a photo first.")})
    try:
        with set_aside():
            picture = pictures.cleaned(content)
    except Refused as no_picture:
        return _page({item_id: translated(no_picture)})

    def deed() -> None:
        service.note(current_employee_id(), _notes())
        service.photograph(current_employee_id(), item_id, picture, store=svcs.flask.get(Store))

    if refusal := why_not(deed):
        return _over(refusal)
    flash(_("The photo is kept."))
    return _to(f"item-{item_id}")


def _what_lacks(line: HomeCheckLine) -> str:
    if line.answer is None:
        return str(_("This one still has no answer."))
    return str(_("Add a photo of its serial number, or a few words why there is none."))


@bp.post("/senden")
@open_to(Audience.EMPLOYEE)
def send() -> ResponseReturnValue:
    """Hand everything in, once."""
    employee_id = current_employee_id()
    asked = queries.newest_of(employee_id)
    if asked is not None and asked.answered_at is None and asked.check.closed_at is None:
        service.note(employee_id, _notes())
        lacking = service.lacking(asked)
        if lacking:
            return _page({line.item_id: _what_lacks(line) for line in lacking})
    if refusal := why_not(lambda: service.send(employee_id)):
        return _over(refusal)
    return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)
