"""One deed for one person or for hundreds: reminding, a new link, taking back, renewing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import svcs
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # new in 3.3

from hoffice import clock
from hoffice.accounts.access import current_account, current_actor, demo_is_on, open_to
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.agreements import queries, service
from hoffice.agreements.chasing import ANEW_LABELS, Anew
from hoffice.agreements.forms import RenewForm, VoidManyForm
from hoffice.agreements.queries import desk
from hoffice.agreements.rules import PAPER_LABELS, PaperKind
from hoffice.agreements.service import bulk, resending, superseding
from hoffice.agreements.service.bulk import Deed, Left, Order
from hoffice.agreements.views.blueprint import bp, code
from hoffice.agreements.views.selection import Selection
from hoffice.errors import Refused
from hoffice.files.service import Store
from hoffice.jobs import queries as jobs
from hoffice.jobs.models import Job
from hoffice.web.pages import translated

NAMES_SHOWN = 12


@bp.post("/erinnern")
@open_to(Role.HR)
def remind() -> ResponseReturnValue:
    """Write to everybody meant who still has to sign."""
    return _done(Selection.read(request.form), Order(deed=Deed.REMIND))


@bp.post("/neuer-link")
@open_to(Role.HR)
def resend() -> ResponseReturnValue:
    """End the links of everybody meant and send new ones."""
    return _done(Selection.read(request.form), Order(deed=Deed.RESEND))


def _done(selection: Selection, order: Order) -> ResponseReturnValue:
    """Do it at once for a few, by a job for many; then say what came of it."""
    ids = selection.people()
    if not ids:
        flash(_("Nobody is selected."), "error")
        return redirect(url_for(".index"))
    if len(ids) > bulk.AT_ONCE:
        job = bulk.prepare(ids, order, by=current_actor())
        return redirect(url_for("desk.job", job_id=job.id))
    left = bulk.do_now(
        ids,
        order,
        store=svcs.flask.get(Store),
        book=svcs.flask.get(LinkBook),
        by=current_actor(),
    )
    _tell(order.deed, len(ids) - len(left), left)
    if len(ids) == 1:
        return redirect(url_for(".pack", employee_id=ids[0]))
    group = selection.group.value if selection.group is not None else None
    return redirect(url_for(".index", state=group))


def _tell(deed: Deed, done: int, left: Sequence[Left]) -> None:
    """Say for how many it worked, and for whom not and why."""
    if done:
        flash(done_words(deed, done))
    whose = {one.id: one.name for one in queries.people_with(one.id for one in left)}
    for one in left:
        why = str(_(one.why, **one.facts))
        alone = not done and len(left) == 1
        flash(
            why if alone else _("%(name)s: %(why)s", name=whose.get(one.id, "?"), why=why),
            "error",
        )


def done_words(deed: Deed, done: int) -> str:
    """How many it worked for, in a sentence."""
    match deed:
        case Deed.REMIND:
            words = ngettext(
                "One reminder is on its way.", "%(num)s reminders are on their way.", done
            )
        case Deed.RESEND:
            words = ngettext(
                "A new link is on its way, the old one has ended.",
                "%(num)s new links are on their way, the old ones have ended.",
                done,
            )
        case Deed.VOID:
            words = ngettext(
                "The papers of one person are taken back.",
                "The papers of %(num)s people are taken back.",
                done,
            )
        case Deed.RESTORE:
            words = ngettext(
                "The papers of one person count again as before.",
                "The papers of %(num)s people count again as before.",
                done,
            )
        case Deed.SUPERSEDE:
            words = ngettext(
                "One person has got new papers.", "%(num)s people have got new papers.", done
            )
        case Deed.BACK_TO_OFFICE:
            words = ngettext(
                "One person gets the return to the office to read and sign.",
                "%(num)s people get the return to the office to read and sign.",
                done,
            )
        case Deed.COUNTERSIGN:
            words = ngettext("One paper is signed.", "%(num)s papers are signed.", done)
    return str(words)


# Taking back


@bp.route("/zurueckziehen", methods=["GET", "POST"])
@open_to(Role.HR)
def void_many() -> ResponseReturnValue:
    """Take the papers of many people back, with one reason for all."""
    selection = Selection.read(request.values)
    packs = queries.packs_of(selection.people())
    form = VoidManyForm(data=selection.arguments())
    if not packs:
        flash(_("Nobody of them has papers."), "error")
        return redirect(url_for(".index"))
    if form.validate_on_submit():
        order = Order(deed=Deed.VOID, reason=form.reason.data or "")
        job = bulk.prepare(list(packs), order, by=current_actor())
        return redirect(url_for("desk.job", job_id=job.id))
    page = render_template(
        "agreements/void_many.html",
        form=form,
        packs=packs,
        shown=queries.people_with(list(packs)[:NAMES_SHOWN]),
        signed=sum(any(paper.signed_at for paper in pack.papers) for pack in packs.values()),
    )
    return page, code(has_failed=request.method == "POST")


@bp.post("/mappen/<int:employee_id>/zurueckgeben")
@open_to(Role.HR)
def restore(employee_id: int) -> ResponseReturnValue:
    """Undo the taking back of one person's papers."""
    resending.restore_pack(employee_id, by=current_actor())
    flash(done_words(Deed.RESTORE, 1))
    return redirect(url_for(".pack", employee_id=employee_id))


# Renewing


@bp.route("/erneuern", methods=["GET", "POST"])
@open_to(Role.HR)
def supersede() -> ResponseReturnValue:
    """Show who would sign what anew and why, then order it; without a choice it is everybody."""
    selection = Selection.read(request.values)
    ids = selection.people() if selection else desk.with_papers(clock.today())
    form = RenewForm()
    offered = superseding.renewals(ids, allow_unapproved=demo_is_on())
    possible = _kinds_in(offered)
    form.kinds.choices = [SelectChoice(kind.value, _(PAPER_LABELS[kind])) for kind in possible]
    error = ""
    if form.validate_on_submit():
        only = tuple(map(PaperKind, form.kinds.data or ()))
        wanted = [one for one in offered if not one.why_not and set(one.kinds) & set(only)]
        order = Order(
            deed=Deed.SUPERSEDE,
            signer=form.signer_name.data or "",
            kinds=only,
            ends_on=form.ends_on.data,
            allow_unapproved=demo_is_on(),
        )
        try:
            job = bulk.prepare([one.employee.id for one in wanted], order, by=current_actor())
        except Refused as refusal:
            error = translated(refusal)
        else:
            return redirect(url_for("desk.job", job_id=job.id))
    if request.method == "GET":
        form.kinds.data = [kind.value for kind in possible]
        form.signer_name.data = current_account().name
        for name, value in selection.arguments().items():
            form[name].data = value
    page = render_template(
        "agreements/supersede.html",
        form=form,
        ready=[one for one in offered if not one.why_not],
        lacking=_lacking(offered, named=bool(selection)),
        possible=possible,
        labels=PAPER_LABELS,
        whys=ANEW_LABELS,
        shown=NAMES_SHOWN,
        error=error,
    )
    return page, code(has_failed=request.method == "POST")


def _kinds_in(offered: Sequence[superseding.Renewal]) -> dict[PaperKind, int]:
    """For which kinds there is a reason, and for how many people; what is only open has none."""
    counted = Counter(
        kind
        for one in offered
        if not one.why_not
        for kind, why in one.kinds.items()
        if why is not Anew.OPEN
    )
    return {kind: counted[kind] for kind in PaperKind if kind in counted}


def _lacking(offered: Sequence[superseding.Renewal], *, named: bool) -> list[superseding.Renewal]:
    """Who gets nothing and why; of everybody, only where somebody can do something about it."""
    return [
        one for one in offered if one.why_not and (named or one.why_not != superseding.NOTHING_NEW)
    ]


@bp.post("/mappen/<int:employee_id>/erneuern")
@open_to(Role.HR)
def renew(employee_id: int) -> ResponseReturnValue:
    """Send one person what has to be signed anew, such as after a move."""
    terms = desk.newest_terms(employee_id)
    superseding.supersede(
        employee_id,
        store=svcs.flask.get(Store),
        book=svcs.flask.get(LinkBook),
        by=current_actor(),
        signer_name=str(terms.get("represented_by") or current_account().name),
        allow_unapproved=demo_is_on(),
    )
    flash(_("New papers are on their way. What is signed counts until they are signed."))
    return redirect(url_for(".pack", employee_id=employee_id))


# What came of it


@bp.get("/ergebnis/<int:job_id>")
@open_to(Role.HR)
def outcome(job_id: int) -> ResponseReturnValue:
    """For whom a deed for many worked, and for whom not and why."""
    job = _ended_job(job_id, bulk.BULK, service.SEND_PACK)
    deed, left = Deed(job.args.get("deed", Deed.SUPERSEDE)), bulk.left_of(job)
    names = _names(deed, left)
    return render_template(
        "agreements/outcome.html",
        job=job,
        words=done_words(deed, (job.result or {}).get("done", 0)),
        done=(job.result or {}).get("done", 0),
        left=[(one, names.get(one.id)) for one in left],
        may_undo=deed is Deed.VOID and _is_fresh(job),
    )


def _names(deed: Deed, left: Sequence[Left]) -> dict[int, tuple[int, str]]:
    """Number and name of the person behind each number that is left."""
    if deed is Deed.COUNTERSIGN:
        return desk.signers_of([one.id for one in left])
    return {one.id: (one.id, one.name) for one in queries.people_with(one.id for one in left)}


def _ended_job(job_id: int, *kinds: str) -> Job:
    job = jobs.job(job_id)
    if job.kind not in kinds or job.finished_at is None:
        abort(404)
    return job


def _is_fresh(job: Job) -> bool:
    """Whether what a job took back can still be given back."""
    ended = job.finished_at
    return ended is not None and clock.now() - ended < resending.UNDO_WITHIN


@bp.post("/ergebnis/<int:job_id>/rueckgaengig")
@open_to(Role.HR)
def undo(job_id: int) -> ResponseReturnValue:
    """Give back the papers that a job has taken back."""
    job = _ended_job(job_id, bulk.BULK)
    if Deed(job.args["deed"]) is not Deed.VOID:
        abort(404)
    left = {one.id for one in bulk.left_of(job)}
    ids = [one for one in job.args["ids"] if one not in left]
    undoing = bulk.prepare(ids, Order(deed=Deed.RESTORE), by=current_actor())
    return redirect(url_for("desk.job", job_id=undoing.id))
