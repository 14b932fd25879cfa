"""Errors as pages people can act on, and what every template knows."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import (
    Flask,
    current_app,
    flash,
    get_flashed_messages,
    redirect,
    render_template,
    request,
)
from flask_babel import format_decimal, gettext, ngettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import MapAdapter, RequestRedirect

from hoffice.db import db
from hoffice.errors import N_, Counted, NotFound, Refused
from hoffice.settings import Settings
from hoffice.web.formats import day_full
from hoffice.web.language import language, theme
from hoffice.web.transaction import SAFE_METHODS

log = logging.getLogger(__name__)

Page = tuple[str, int]

HEADLINES: dict[int, tuple[str, str]] = {
    400: (
        N_("That could not be read."),
        N_("The page sent something the house does not understand. Go back and try again."),
    ),
    403: (
        N_("This page is not for you."),
        N_("Your role does not open it. If you need it, ask the administration."),
    ),
    404: (
        N_("There is nothing here."),
        N_("The address is wrong, or the thing is gone."),
    ),
    405: (
        N_("That does not work this way."),
        N_("The page was opened in a way it does not know. Go back and use its button."),
    ),
    409: (
        N_("Somebody was faster."),
        N_("The thing has changed in the meantime. Look at it again and repeat what you wanted."),
    ),
    413: (
        N_("This is too large."),
        N_("The file or the form is larger than the house accepts. Send a smaller one."),
    ),
    429: (
        N_("Too many tries."),
        N_("Wait a little, then try again."),
    ),
    500: (
        N_("Something broke on our side."),
        N_("Nothing was changed. Try again; if it stays so, tell IT the reference."),
    ),
    503: (
        N_("The house is busy."),
        N_("Nothing was changed. Try again in a moment."),
    ),
}


NO_WAY_BACK = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
"""What stands above is not open to this reader either, or would count as one more try."""

SAID_AT_ONCE = 5
"""So many refusals stand on the next page; a cookie holds no more than 4 KB."""


def say_refusals(refusals: Iterable[Refused]) -> None:
    """Say on the next page what was refused: the first few, and how many more there are."""
    every = [translated(refusal) for refusal in refusals]
    for words in every[:SAID_AT_ONCE]:
        flash(words, "problem")
    more = len(every) - SAID_AT_ONCE
    if more > 0:
        flash(ngettext("One more was refused.", "%(num)s more were refused.", more), "problem")


def translated(refusal: Refused) -> str:
    """A refusal in the reader's language, with its facts filled in."""
    text = str(gettext(refusal.reason))
    facts = {name: _said(fact) for name, fact in refusal.facts.items()}
    return text % facts if facts else text


def _said(fact: object) -> object:
    if isinstance(fact, Counted):
        return fact.said(gettext)
    return day_full(fact) if isinstance(fact, date) else fact


def error_page(
    code: int, *, headline: str = "", text: str = "", reference: str = "", back: str = ""
) -> Page:
    """One page for every error: what happened, what to do next, and that nothing was changed.

    Without ``back`` the way back is the page that the address belongs to.
    """
    known = HEADLINES.get(code, HEADLINES[500 if code >= HTTPStatus.INTERNAL_SERVER_ERROR else 400])
    page = render_template(
        "errors/error.html",
        code=code,
        headline=headline or gettext(known[0]),
        text=text or gettext(known[1]),
        reference=reference,
        back=back or ("" if code in NO_WAY_BACK else _nearest_page()),
    )
    return page, code


def _nearest_page() -> str:
    """Where the form stands that was sent, or the nearest page above this address; else empty.

    Our pages send no referrer, so the address alone tells.
    """
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return ""
    path = request.path.rstrip("/")
    if request.method == "POST" and _opens(adapter, request.path):
        return request.full_path.rstrip("?")
    while path := path.rpartition("/")[0]:
        if _opens(adapter, path):
            return path
    return ""


def _opens(adapter: MapAdapter, path: str) -> bool:
    try:
        endpoint, _values = adapter.match(path, "GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return bool(endpoint != "static")


def init_app(app: Flask, settings: Settings) -> None:
    """Register the error pages and the templates' common knowledge."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(StaleDataError, _conflict)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _broken)

    @app.context_processor
    def common() -> dict[str, Any]:
        return {
            "locale": language(),
            "theme": theme(),
            "company": settings.company,
            "office_phone": settings.office_phone,
            "demo": settings.demo,
            "get_flashed_messages": get_flashed_messages,
        }


def _refused(error: Refused) -> Page:
    db.session.rollback()
    if isinstance(error, NotFound):
        return error_page(HTTPStatus.NOT_FOUND, text=translated(error))
    return error_page(HTTPStatus.CONFLICT, headline=gettext("Not yet."), text=translated(error))


def _forged(_error: CSRFError) -> Page:
    return error_page(
        HTTPStatus.BAD_REQUEST,
        headline=gettext("This form is too old."),
        text=gettext("Load the page again and repeat the last step. Nothing was changed."),
    )


def _http(error: HTTPException) -> Any:
    """What Flask refuses by itself, as a page.

    A form sent in and refused leaves its own address behind; a phone that opens its tab again asks
    for that, and comes to the page on which the form stands.
    """
    is_opened = isinstance(error, MethodNotAllowed) and request.method in SAFE_METHODS
    if is_opened and (nearest := _nearest_page()):
        return redirect(nearest, HTTPStatus.SEE_OTHER)
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return error if code < HTTPStatus.BAD_REQUEST else error_page(code)


def _too_large(_error: RequestEntityTooLarge) -> Page:
    """How much would be taken, where that is what was passed."""
    most, size = request.max_content_length, request.content_length
    text = ""
    if most and size and size > most:
        text = gettext("At most %(mb)s MB go through at once. Choose a smaller file.", mb=_mb(most))
    return error_page(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text=text)


def _mb(size: int) -> str:
    return str(format_decimal(size / 1024**2, format="0.#"))


def _conflict(error: Exception) -> Page:
    db.session.rollback()
    log.warning("%s on %s: a constraint said no", type(error).__name__, request.endpoint)
    return error_page(HTTPStatus.CONFLICT)


def _unfit(_error: DataError) -> Page:
    """A value that no column can hold, such as a text with a NUL: the request was nonsense."""
    db.session.rollback()
    log.warning("DataError on %s: a value that cannot be stored", request.endpoint)
    return error_page(HTTPStatus.BAD_REQUEST)


def _busy(error: OperationalError) -> Page:
    db.session.rollback()
    reference = secrets.token_hex(4)
    log.error("%s on %s (%s)", type(error.orig).__name__, request.endpoint, reference)
    return error_page(HTTPStatus.SERVICE_UNAVAILABLE, reference=reference)


def _broken(error: Exception) -> Page:
    """The last net: a bug becomes a page with a reference, and a trace in the log."""
    if current_app.testing or current_app.debug:
        raise error
    db.session.rollback()
    reference = secrets.token_hex(4)
    log.error("bug on %s (%s)", request.endpoint, reference, exc_info=error)
    return error_page(HTTPStatus.INTERNAL_SERVER_ERROR, reference=reference)
