"""The public page where anybody who holds a sealed file can have it checked."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from hoffice.accounts.access import open_to, visitor
from hoffice.accounts.rules import Audience, Door
from hoffice.agreements.access import Turnstile
from hoffice.agreements.queries import seals as queries
from hoffice.agreements.rules import PAPER_LABELS, PaperKind
from hoffice.agreements.service import checking
from hoffice.agreements.service.contents import SIGNER_TITLES
from hoffice.web.transaction import set_aside

bp = Blueprint("check", __name__)

MOST_CHECKS = 20
"""For one network within the pause: enough for a whole pack, far too few to guess with."""
PAUSE = timedelta(minutes=10)


class CheckForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """One file."""

    file = FileField(
        _l("The sealed file"),
        [FileRequired(_l("Choose a file first."))],
        description=_l("The PDF as you got it. It is read once and not kept."),
    )


def _version_named(text_version: str) -> str:
    """``zusatz_telearbeit v1`` as people say it; a kind that is not known stays as it is."""
    kind, _space, number = text_version.rpartition(" v")
    if kind not in set(PaperKind):
        return text_version
    return f"{_(PAPER_LABELS[PaperKind(kind)])} · {_('version %(number)s', number=number)}"


def turnstile() -> Turnstile:
    """Who has asked how often, in this process."""
    found: Turnstile = current_app.extensions.setdefault(
        "hoffice.checks", Turnstile(MOST_CHECKS, PAUSE)
    )
    return found


@bp.route("/pruefen", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
def page() -> ResponseReturnValue:
    """Say whether a file is a paper that this house has sealed, and unchanged.

    Told is only what stands in the file itself, and of a file that is not valid nothing but why.
    """
    form = CheckForm()
    checked = None
    has_failed = False
    if form.is_submitted():
        has_failed = not form.validate()
        if not has_failed:
            if not turnstile().passes(visitor().at(Door.LINK)):
                abort(HTTPStatus.TOO_MANY_REQUESTS)
            content, known = form.file.data.read(), checking.known()
            with set_aside():
                verdict = checking.judged(content, known)
            checked = checking.compared(verdict, content)
    return (
        render_template(
            "agreements/check.html",
            form=form,
            checked=checked,
            version=_version_named(checked.verdict.text_version) if checked else "",
            titles=SIGNER_TITLES,
            certificate=queries.current_certificate(),
        ),
        HTTPStatus.UNPROCESSABLE_ENTITY if has_failed else HTTPStatus.OK,
    )


@bp.get("/pruefen/siegel.pem")
@open_to(Audience.PUBLIC)
def certificates() -> ResponseReturnValue:
    """The public certificate of the house's seal and those above it, for programs that check."""
    current = queries.current_certificate()
    if current is None:
        abort(HTTPStatus.NOT_FOUND)
    answer = Response(current.pem, mimetype="application/x-pem-file")
    answer.headers.set("Content-Disposition", "attachment", filename="siegel.pem")
    return answer
