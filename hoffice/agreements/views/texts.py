"""The texts with their versions: reading, comparing, previewing, approving."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from hoffice.accounts import queries as accounts
from hoffice.accounts.access import current_account, current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.agreements import previews, queries, service
from hoffice.agreements.models import TextVersion
from hoffice.agreements.queries import versions
from hoffice.agreements.rules import FORM_LABELS, PAPER_LABELS, PaperKind
from hoffice.agreements.samples import SAMPLES
from hoffice.agreements.service import texts as deeds
from hoffice.agreements.views.blueprint import READERS, TEXT_READERS, bp, pdf_answer
from hoffice.agreements.views.writing import findings_shown, preview_terms
from hoffice.errors import Refused
from hoffice.units import Actor, ActorKind
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated
from hoffice.web.transaction import set_aside
from hoffice.wording.diff import stretches, word_diff


def who(actor: str | None) -> str:
    """The name of whoever wrote or approved a version."""
    if actor is None:
        return ""
    found = Actor.read(actor)
    if found.kind is not ActorKind.STAFF or not found.id:
        return str(_("hoffice (samples)"))
    account = accounts.account_or_none(found.id)
    return account.name if account is not None else str(_("a former account"))


def _is_hr() -> bool:
    return Role.HR in current_account().roles


def _home() -> str | None:
    """The page of all papers, for those who may open it; the others read texts only."""
    return url_for(".index") if current_account().roles & set(READERS) else None


@bp.get("/texte")
@open_to(*TEXT_READERS)
def texts() -> ResponseReturnValue:
    """All texts: which version counts, and which drafts wait for somebody."""
    shelves = versions.shelves()
    there = {(shelf.kind, shelf.language) for shelf in shelves}
    return render_template(
        "agreements/texts.html",
        shelves=shelves,
        waiting=[shelf for shelf in shelves if shelf.waiting is not None],
        lacking=sum((PaperKind(one.key), it) not in there for one in SAMPLES for it in one.titles),
        missing=[kind for kind in PaperKind if (kind, "de") not in there],
        home=_home(),
        labels=PAPER_LABELS,
        forms=FORM_LABELS,
        who=who,
        me=str(current_actor()),
        is_hr=_is_hr(),
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
    """One version: where it stands, what is found in it, how it reads with the longest names."""
    found = queries.text(text_id)
    all_of_it = versions.all_of(found.kind, found.language)
    body, error = _shown(found)
    is_mine = found.created_by == str(current_actor())
    return render_template(
        "agreements/text.html",
        text=found,
        versions=all_of_it,
        counts=next((one for one in all_of_it if one.approved_at is not None), None),
        before=next((one for one in all_of_it if one.number < found.number), None),
        binding=versions.binding_of(found),
        body=body,
        error=error,
        findings=findings_shown(deeds.findings_of(found)),
        home=_home(),
        labels=PAPER_LABELS,
        forms=FORM_LABELS,
        who=who,
        is_hr=_is_hr(),
        is_mine=is_mine,
    )


def _shown(found: TextVersion) -> tuple[Markup, str]:
    """The text with the longest names, or why it cannot be shown."""
    try:
        draft = deeds.draft(found, terms=preview_terms())
        return previews.on_page(draft, table=str(_("Table"))), ""
    except Refused as refusal:
        return Markup(""), translated(refusal)


@bp.get("/texte/<int:text_id>.pdf")
@open_to(*TEXT_READERS)
def text_pdf(text_id: int) -> ResponseReturnValue:
    """One version of a text as it would be printed, with the longest names."""
    found = queries.text(text_id)
    content = previews.on_paper(deeds.draft(found, terms=preview_terms()))
    return pdf_answer(content, f"{found.kind}-{found.language}-v{found.number}.pdf")


@bp.get("/texte/<int:text_id>/vergleich")
@open_to(*TEXT_READERS)
def compare(text_id: int) -> ResponseReturnValue:
    """What has changed between this version and another of the same text, word by word."""
    found = queries.text(text_id)
    all_of_it = versions.all_of(found.kind, found.language)
    asked = request.args.get("mit", type=row_number)
    other = next((one for one in all_of_it if one.id == asked), None) or _before(found, all_of_it)
    old, new = sorted((other, found), key=lambda one: one.number)
    lines = word_diff(old.source, new.source)
    return render_template(
        "agreements/text_compare.html",
        text=found,
        old=old,
        new=new,
        versions=all_of_it,
        stretches=stretches(lines),
        changed=sum(line.has_changed for line in lines),
        home=_home(),
        labels=PAPER_LABELS,
        forms=FORM_LABELS,
        who=who,
    )


def _before(found: TextVersion, all_of_it: Sequence[TextVersion]) -> TextVersion:
    """The version before this one; the first is compared with itself."""
    return next((one for one in all_of_it if one.number < found.number), found)


@bp.post("/texte/<int:text_id>/freigeben")
@open_to(Role.HR)
def approve_text(text_id: int) -> ResponseReturnValue:
    """Say that a text may be used, once it was seen that a paper can be made from it."""
    draft = deeds.draft(queries.text(text_id), terms=preview_terms())
    actor = current_actor()
    with set_aside():
        previews.on_paper(draft)
    service.approve_text(text_id, by=actor)
    flash(_("Approved. The text can be sent now."))
    return redirect(url_for(".text", text_id=text_id))
