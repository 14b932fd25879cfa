"""The letterhead: three lines and a logo, for all papers that are made from now on."""

from __future__ import annotations

import svcs
from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length, Optional

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.agreements import pdf
from hoffice.agreements.models import Letterhead
from hoffice.agreements.queries import letterhead as queries
from hoffice.agreements.service import letterhead as deeds
from hoffice.agreements.views.blueprint import bp, code, pdf_answer
from hoffice.agreements.views.writing import preview_terms
from hoffice.errors import N_, NotFound, Refused
from hoffice.files.service import Store
from hoffice.paper.sheet import Letterhead as Head
from hoffice.web.pages import translated
from hoffice.wording.blocks import parsed


class LetterheadForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The head of all papers; the picture is looked through by the deed."""

    lines = TextAreaField(
        _l("Address and contact"),
        validators=[
            Optional(),
            Length(max=500, message=_l("A letterhead has at most three lines.")),
        ],
        description=_l("At most three lines; empty: as the terms of the sending say."),
    )
    logo = FileField(
        _l("Logo"),
        validators=[Optional()],
        description=_l("PNG or JPEG, at most 5 MB; it stands in the place of the firm's name."),
    )
    without_logo = BooleanField(_l("Without a logo"))


@bp.route("/briefkopf", methods=["GET", "POST"])
@open_to(Role.HR)
def letterhead() -> ResponseReturnValue:
    """Write the lines and upload a logo; papers that are out keep what they were made with."""
    form = LetterheadForm()
    now = queries.current()
    if form.validate_on_submit():
        try:
            deeds.write(
                (form.lines.data or "").splitlines(),
                logo=form.logo.data.read() if form.logo.data else None,
                without_logo=form.without_logo.data,
                store=svcs.flask.get(Store),
                by=current_actor(),
            )
        except Refused as refusal:
            form.form_errors.append(translated(refusal))
        else:
            flash(_("The next papers carry this letterhead."))
            return redirect(url_for(".letterhead"))
    elif not form.is_submitted() and now is not None:
        form.lines.data = "\n".join(now.lines)
    page = render_template("agreements/letterhead.html", form=form, now=now)
    return page, code(has_failed=bool(form.errors))


@bp.get("/briefkopf/logo.png")
@open_to(Role.HR)
def logo() -> Response:
    """The logo as it was taken in."""
    now = queries.current()
    if now is None or now.logo_file is None:
        raise NotFound(N_("There is no logo yet."))
    content = svcs.flask.get(Store).get(now.logo_file.sha256)
    response = Response(content, mimetype="image/png")
    response.headers.set("Cache-Control", "no-store")
    return response


@bp.get("/briefkopf.pdf")
@open_to(Role.HR)
def letterhead_pdf() -> Response:
    """A page with the letterhead and nothing to sign, to look at or to print."""
    made = _page(queries.current())
    return pdf_answer(
        pdf.paper(deeds.dressed(made, deeds.noted(), svcs.flask.get(Store))), "kopf.pdf"
    )


def _page(now: Letterhead | None) -> pdf.PaperFacts:
    terms = preview_terms()
    title = str(_("Letterhead"))
    return pdf.PaperFacts(
        title=title,
        language="de",
        letterhead=Head(terms.company, tuple(filter(None, [terms.company_address]))),
        blocks=parsed(f"# {title}"),
        signers=(),
        made_at=now.created_at if now is not None else clock.now(),
    )
