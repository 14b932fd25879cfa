"""The texts with their versions: reading, previewing, approving."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import (
    current_account,
    current_actor,
    open_to,
    settings,
)
from hoffice.accounts.rules import Role
from hoffice.agreements import previews, queries, service
from hoffice.agreements.rules import (
    PAPER_LABELS,
    Terms,
)
from hoffice.agreements.service import texts as texts_of
from hoffice.agreements.views.blueprint import TEXT_READERS, bp, pdf_answer


@bp.get("/texte")
@open_to(*TEXT_READERS)
def texts() -> ResponseReturnValue:
    """All texts with their versions."""
    return render_template(
        "agreements/texts.html",
        texts=queries.texts(),
        labels=PAPER_LABELS,
        is_hr=Role.HR in current_account().roles,
    )


@bp.post("/texte/muster")
@open_to(Role.HR)
def load_samples() -> ResponseReturnValue:
    """Write the sample texts where there is none."""
    service.load_samples(by=current_actor())
    flash(_("The sample texts are there. A lawyer has to approve each before it is used."))
    return redirect(url_for(".texts"))


@bp.get("/texte/<int:text_id>")
@open_to(*TEXT_READERS)
def text(text_id: int) -> ResponseReturnValue:
    """One version of a text as a page, filled with the longest names."""
    found = queries.text(text_id)
    return render_template(
        "agreements/text.html",
        text=found,
        body=previews.on_page(texts_of.draft(found, terms=_sample_terms()), table=_("Table")),
        labels=PAPER_LABELS,
        may_approve=Role.HR in current_account().roles
        and found.approved_at is None
        and found.created_by != str(current_actor()),
    )


@bp.get("/texte/<int:text_id>.pdf")
@open_to(*TEXT_READERS)
def text_pdf(text_id: int) -> ResponseReturnValue:
    """One version of a text as it would be printed, with the longest names."""
    found = queries.text(text_id)
    content = previews.on_paper(texts_of.draft(found, terms=_sample_terms()))
    return pdf_answer(content, f"{found.kind}-{found.language}-v{found.number}.pdf")


def _sample_terms() -> Terms:
    """The terms of the last sending, else gaps that can be seen."""
    last = queries.last_terms()
    return (
        Terms(**last)
        if last
        else Terms(
            company=settings().company,
            company_address="…",
            represented_by="…",
            hotline="…",
            data_protection_contact="…",
        )
    )


@bp.post("/texte/<int:text_id>/freigeben")
@open_to(Role.HR)
def approve_text(text_id: int) -> ResponseReturnValue:
    """Say that a text may be used."""
    service.approve_text(text_id, by=current_actor())
    flash(_("Approved. The text can be sent now."))
    return redirect(url_for(".text", text_id=text_id))
