"""What people ask about their papers, and the answers."""

from __future__ import annotations

import svcs
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_account, current_actor, open_to
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.agreements.forms import AnswerForm
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import PAPER_LABELS
from hoffice.agreements.service import questions as deeds
from hoffice.agreements.views.blueprint import bp, code
from hoffice.web.deeds import why_not

SHOWN = 200


@bp.get("/fragen")
@open_to(Role.HR)
def questions() -> ResponseReturnValue:
    """All questions: those without an answer first."""
    asked = sittings.questions(limit=SHOWN)
    return render_template(
        "agreements/questions.html",
        waiting=[one for one in asked if one.answered_at is None],
        answered=[one for one in asked if one.answered_at is not None],
        labels=PAPER_LABELS,
    )


@bp.route("/fragen/<int:question_id>", methods=["GET", "POST"])
@open_to(Role.HR)
def question(question_id: int) -> ResponseReturnValue:
    """One question, and the answer that goes out by mail."""
    form = AnswerForm()
    if form.validate_on_submit():
        refusal = why_not(
            lambda: deeds.answer(
                question_id,
                form.text.data or "",
                name=current_account().name,
                book=svcs.flask.get(LinkBook),
                by=current_actor(),
            )
        )
        if not refusal:
            flash(_("The answer is on its way."))
            return redirect(url_for(".questions"))
        form.form_errors.append(refusal)
    page = render_template(
        "agreements/question.html",
        question=sittings.question(question_id),
        form=form,
        labels=PAPER_LABELS,
    )
    return page, code(has_failed=bool(form.errors))
