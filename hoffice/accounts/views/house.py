"""Small pages of the whole house: language, theme, data protection, health."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from hoffice.accounts import queries, service
from hoffice.accounts.access import account_or_none, open_to, settings
from hoffice.accounts.rules import Audience
from hoffice.accounts.views.blueprint import bp
from hoffice.web import language

BUSY = 503


@bp.post("/sprache")
@open_to(Audience.PUBLIC)
def choose_language() -> ResponseReturnValue:
    """Read in another language from now on; an account remembers it on every device."""
    wanted = request.form.get("to", "")
    account = account_or_none()
    if account is not None and wanted in language.LANGUAGES:
        service.choose_language(account.id, wanted)
    return language.choose_language()


@bp.post("/thema")
@open_to(Audience.PUBLIC)
def choose_theme() -> ResponseReturnValue:
    """Light, dark or as the device has it."""
    wanted = request.form.get("to", "")
    account = account_or_none()
    if account is not None and wanted in language.THEMES:
        service.choose_theme(account.id, wanted)
    return language.choose_theme()


@bp.get("/datenschutz")
@open_to(Audience.PUBLIC)
def privacy() -> ResponseReturnValue:
    """What the house stores about people, and for how long."""
    return render_template("accounts/privacy.html", link_days=settings().link_valid_days)


@bp.get("/gesund")
@open_to(Audience.PUBLIC)
def health() -> ResponseReturnValue:
    """Whether the house and its database answer, for a watchdog: 200 or 503, plain text."""
    try:
        fine = queries.is_answering()
    except SQLAlchemyError:
        fine = False
    word, code = ("ok", 200) if fine else ("the database does not answer", BUSY)
    return Response(f"{word}\n", status=code, mimetype="text/plain")
