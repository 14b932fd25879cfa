"""Pages across domains for staff: today, search, a person, jobs, mails, the log."""

from __future__ import annotations

from datetime import date
from operator import attrgetter

import svcs.flask
from flask import (
    Blueprint,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from hoffice import clock
from hoffice.accounts.access import STAFF, current_account, current_actor, open_to, settings
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Audience, Role
from hoffice.agreements import queries as agreements
from hoffice.agreements.queries import approvals
from hoffice.agreements.queries import today as papers_today
from hoffice.agreements.rules import PAPER_LABELS, PAPER_STATE_LABELS
from hoffice.agreements.service import reminders
from hoffice.agreements.service.seals import SEAL
from hoffice.audit import queries as audit
from hoffice.audit.models import AuditLine
from hoffice.desk import queries, service, timeline, turns
from hoffice.desk.mails import about
from hoffice.errors import N_
from hoffice.gates import rules as gate_rules
from hoffice.gates import service as gates
from hoffice.handover import queries as handovers
from hoffice.handover.rules import VISIT_LABELS
from hoffice.jobs import queries as jobs
from hoffice.jobs import service as job_deeds
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.kits import queries as kits
from hoffice.kits import service as kit_deeds
from hoffice.kits.models import Box, Location
from hoffice.kits.rules import BOX_STATE_LABELS, KIND_LABELS, LOCATION_LABELS
from hoffice.notices import queries as notices
from hoffice.notices import service as notice_deeds
from hoffice.notices.models import Notice
from hoffice.people import queries as people
from hoffice.people.views.answers import told
from hoffice.runs import queries as runs
from hoffice.runs.rules import WAY_LABELS, RunState, carrier_name
from hoffice.web import formats, lists
from hoffice.web.language import safe_target

bp = Blueprint("desk", __name__)

SEARCHERS = (Role.IT, Role.HR, Role.LEAD, Role.DPO, Role.AUDITOR)
PERSON_ROLES = (Role.IT, Role.HR, Role.LEAD, Role.DPO, Role.AUDITOR)
SEES_EVERYBODY = frozenset(PERSON_ROLES) - {Role.LEAD}
RECENT = 8
JOB_TITLES: dict[str, str] = {
    "runs.plan": N_("Planning the runs"),
    "runs.tidy": N_("Tidying the runs up"),
    "agreements.send_pack": N_("Sending the papers"),
    "agreements.bulk": N_("Papers of many people"),
    SEAL: N_("Sealing the papers"),
    "agreements.file_scan": N_("Reading a scanned stack"),
    "agreements.daily": N_("Reminders and ends of papers"),
    "kits.daily": N_("Reminders of checks at home"),
    "kits.erasing": N_("Removed photos are erased"),
    "agreements.send_code": N_("Sending a one-time code"),
    "people.import": N_("Taking over the staff list"),
    "kits.import": N_("Taking over a list of devices"),
    "kits.import_undo": N_("Undoing a list of devices"),
    "kits.decide": N_("Deciding about the differences of a stock-take"),
    "people.relocate": N_("Finding the homes again"),
    notice_deeds.DELIVER: N_("Sending a mail"),
    "demo.history": N_("Telling the demo’s first days"),
}


@bp.get("/")
@open_to(*STAFF)
def index() -> ResponseReturnValue:
    """How things stand today, and whose turn it is."""
    account = current_account()
    if account.roles == {Role.DRIVER}:
        return redirect(url_for("doorstep.index"))
    counts = queries.counts()
    today = clock.today()
    lines = audit.newest(limit=40)
    recent = timeline.events(((line, None) for line in lines), with_notes=False)[:RECENT]
    names = queries.employee_names(
        line.employee_id for line in lines if line.employee_id is not None
    )
    by_seq = [
        line for line in lines if line.action in timeline.SENTENCES and line.employee_id is not None
    ][:RECENT]
    todays = runs.runs_on(today) if account.roles & {Role.IT, Role.DRIVER} else []
    return render_template(
        "desk/index.html",
        account=account,
        counts=counts,
        now=clock.now(),
        todays=todays,
        under_way=[run for run in todays if run.state is RunState.UNDER_WAY],
        turns=turns.for_roles(
            account.roles,
            counts,
            approvals.counts(today),
            _papers_waiting(today) if Role.HR in account.roles else None,
            failed_mails=notices.count_failed(),
        ),
        stock=kits.stock() if Role.IT in account.roles else {},
        kinds=KIND_LABELS,
        recent=[
            (event, names.get(line.employee_id or 0, ""), line.employee_id)
            for event, line in zip(recent, by_seq, strict=False)
        ],
    )


def _papers_waiting(today: date) -> papers_today.Waiting:
    return papers_today.waiting(today, reminders.last_reminder_before(today))


@bp.get("/suche")
@open_to(*SEARCHERS)
def search() -> ResponseReturnValue:
    """One field finds person, tag, serial, box, place and paper; a single hit opens at once.

    So does what is meant exactly, whatever else carries it too; ``alle`` shows everything.
    """
    account = current_account()
    text = request.args.get("q", "").replace("\0", "").strip()[:200]
    words = text.split()[:8]
    found = None
    with_things = bool(account.roles & {Role.IT, Role.AUDITOR})
    if words:
        found = queries.find(
            words,
            with_papers=Role.HR in account.roles,
            with_things=with_things,
            with_addresses=bool(account.roles & {Role.IT, Role.HR}),
            within=None if account.roles & SEES_EVERYBODY else people.led_by(account.id),
        )
        if "alle" not in request.args:
            only = _only_hit(found) or (_exact_hit(text) if with_things else None)
            if only is not None:
                return redirect(only)
    return render_template(
        "desk/search.html",
        text=text,
        found=found,
        kinds=KIND_LABELS,
        places=LOCATION_LABELS,
        papers=PAPER_LABELS,
        with_things=with_things,
    )


def _exact_hit(text: str) -> str | None:
    """Where the device, box or place is that was meant exactly, and a way to all the others."""
    exact = queries.exactly(text)
    if exact is None:
        return None
    others = Markup('<a href="{}">{}</a>').format(  # its places are escaped
        url_for(".search", q=text, alle=1), _("Show everything that is found")
    )
    flash(Markup("{} {}").format(_("“%(text)s” is exactly this one.", text=text), others))
    if isinstance(exact, Box):
        return url_for("kits.box", code=exact.code)
    if isinstance(exact, Location):
        return url_for("kits.location", code=exact.code)
    return url_for("kits.item", item_id=exact.id)


def _only_hit(found: queries.Found) -> str | None:
    hits = [
        *(url_for(".person", employee_id=one.id) for one in found.people),
        *(url_for("kits.item", item_id=one.id) for one in found.items),
        *(url_for("kits.box", code=one.code) for one in found.boxes),
        *(url_for("kits.location", code=one.code) for one in found.locations),
        *(url_for("agreements.paper_pdf", paper_id=one.id) for one in found.papers),
    ]
    return hits[0] if len(hits) == 1 else None


def _require_may_see(employee_id: int) -> None:
    """A team lead sees her own people only; for others the person does not exist."""
    account = current_account()
    if account.roles & SEES_EVERYBODY:
        return
    if not queries.is_led_by(employee_id, account.id):
        abort(404)


@bp.get("/personen/<int:employee_id>")
@open_to(*PERSON_ROLES)
def person(employee_id: int) -> ResponseReturnValue:
    """Everything about one person: conditions, kit, papers, visits, address and history."""
    _require_may_see(employee_id)
    account = current_account()
    employee = people.employee(employee_id)
    sees_home = bool(account.roles & {Role.IT, Role.HR})
    events = timeline.events(
        audit.about_employee(employee_id),
        with_notes=sees_home,
        with_paper_notes=Role.HR in account.roles,
    )
    events.sort(key=attrgetter("at"), reverse=True)  # what was written down later may be older
    answers, before = gates.whole_standing_of(employee_id)
    kit = kits.kit_of(employee_id)
    closed = gate_rules.closed(answers)
    return render_template(
        "desk/person.html",
        employee=employee,
        home=employee.home if sees_home else None,
        told=told(employee.home) if sees_home and employee.home else None,
        answers=answers,
        closed=closed,
        before=before,
        labels=gate_rules.GATE_LABELS,
        turns=gate_rules.TURN_LABELS,
        icons=gate_rules.GATE_ICONS,
        kit=kit,
        missing=kit_deeds.lacking_of(kit).said(_) if kit else "",
        kinds=KIND_LABELS,
        box_states=BOX_STATE_LABELS,
        papers=agreements.papers_of(employee_id),
        paper_labels=PAPER_LABELS,
        paper_states=PAPER_STATE_LABELS,
        visits=handovers.handovers_of(employee_id),
        visit_labels=VISIT_LABELS,
        stop=runs.open_stop_of(employee_id),
        ways=WAY_LABELS,
        carrier_name=carrier_name,
        at_home=people.at_home(employee_id, clock.today()) if sees_home else [],
        since=handovers.working_from_home_since([employee_id]).get(employee_id),
        events=events,
        names=queries.account_names(event.actor for event in events),
        account=account,
    )


@bp.post("/personen/<int:employee_id>/link")
@open_to(Role.IT, Role.HR)
def send_link(employee_id: int) -> ResponseReturnValue:
    """Send a fresh personal link."""
    service.send_link(employee_id, book=svcs.flask.get(LinkBook), by=current_actor())
    flash(_("A fresh personal link is on its way."))
    return redirect(url_for(".person", employee_id=employee_id), 303)


@bp.post("/personen/<int:employee_id>/links-sperren")
@open_to(Role.IT, Role.HR)
def revoke_links(employee_id: int) -> ResponseReturnValue:
    """End all links of this person."""
    count = service.revoke_links(employee_id, by=current_actor())
    flash(_("All personal links have ended.") if count else _("There was no personal link to end."))
    return redirect(url_for(".person", employee_id=employee_id), 303)


def _own_job(job_id: int) -> Job:
    """A job its owner may look at; the administration and IT see all (they keep it running)."""
    job = jobs.job(job_id)
    account = current_account()
    if job.owner != str(current_actor()) and not account.roles & {Role.IT, Role.ADMIN}:
        abort(404)
    return job


@bp.get("/auftraege/")
@open_to(Role.IT, Role.ADMIN)
def job_list() -> ResponseReturnValue:
    """The last jobs, so that one that rests is seen."""
    return render_template(
        "desk/jobs.html", jobs=jobs.newest(without=(notice_deeds.DELIVER, SEAL)), titles=JOB_TITLES
    )


@bp.get("/auftraege/<int:job_id>")
@open_to(Role.IT, Role.HR, Role.ADMIN)
def job(job_id: int) -> ResponseReturnValue:
    """How far a job has come."""
    found = _own_job(job_id)
    return render_template(
        "desk/job.html",
        job=found,
        title=_(JOB_TITLES.get(found.kind, found.kind)),
        result_url=_result_of(found),
        error=_error_of(found),
    )


@bp.get("/auftraege/<int:job_id>/stand")
@open_to(Role.IT, Role.HR, Role.ADMIN)
def job_state(job_id: int) -> ResponseReturnValue:
    """The same for the script on the page."""
    found = _own_job(job_id)
    return jsonify(
        state=found.state.value,
        done=found.done,
        total=found.total or None,
        words=_words_of(found),
        result=_result_of(found),
        error=_error_of(found),
    )


def _words_of(job: Job) -> str | None:
    """What a running job says of itself."""
    told = job.result or {}
    if job.state is not JobState.RUNNING or "words" not in told:
        return None
    facts = {
        name: formats.number(fact) if isinstance(fact, int) else fact
        for name, fact in told["facts"].items()
    }
    said = str(told["words"])
    return str(_(said, **facts))


def _error_of(job: Job) -> str | None:
    return str(_(job.error, **(job.error_facts or {}))) if job.error else None


def _result_of(job: Job) -> str | None:
    url = (job.result or {}).get("url")
    return safe_target(url) if isinstance(url, str) else None


@bp.post("/auftraege/<int:job_id>/abbrechen")
@open_to(Role.IT, Role.HR, Role.ADMIN)
def cancel_job(job_id: int) -> ResponseReturnValue:
    """Stop a job after its present step."""
    _own_job(job_id)
    job_deeds.cancel(job_id, by=current_actor())
    return redirect(url_for(".job", job_id=job_id), 303)


@bp.post("/auftraege/<int:job_id>/wiederholen")
@open_to(Role.IT, Role.HR, Role.ADMIN)
def retry_job(job_id: int) -> ResponseReturnValue:
    """Try a failed job again."""
    _own_job(job_id)
    job_deeds.retry(job_id, by=current_actor())
    return redirect(url_for(".job", job_id=job_id), 303)


@bp.get("/post", endpoint="notices")
@open_to(Role.ADMIN, Role.HR, Role.IT)
def notices_list() -> ResponseReturnValue:
    """Every mail and what became of it; never its secret link."""
    listing = lists.listed(
        notices.notices(),
        name=N_("Mail"),
        columns=(
            lists.Column("at", N_("When"), sort=Notice.created_at, text=lambda row: row.created_at),
            lists.Column("to", N_("To"), sort=Notice.to, text=lambda row: row.to),
            lists.Column(
                "what", N_("What"), sort=Notice.template, text=lambda row: about(row.template)
            ),
            lists.Column("state", N_("State"), sort=Notice.state, text=lambda row: row.state.value),
        ),
        key=Notice.id,
        search=notices.search,
        sort="at",
        down=True,
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "desk/mails.html", listing=listing, about=about, has_server=settings().smtp is not None
    )


@bp.post("/post/<int:notice_id>/nochmal")
@open_to(Role.ADMIN, Role.HR, Role.IT)
def send_again(notice_id: int) -> ResponseReturnValue:
    """Try a failed mail once more."""
    notice_deeds.again(notice_id, by=current_actor())
    flash(_("The mail is on its way again."))
    return redirect(url_for(".notices"), 303)


@bp.post("/post/<int:notice_id>/kam-zurueck")
@open_to(Role.ADMIN, Role.HR, Role.IT)
def note_bounce(notice_id: int) -> ResponseReturnValue:
    """Note that a mail came back, so that somebody corrects the address."""
    notice_deeds.bounced(notice_id, "noted by hand", by=current_actor())
    flash(_("Noted: this mail came back."))
    return redirect(url_for(".notices"), 303)


@bp.get("/protokoll", endpoint="audit")
@open_to(Role.ADMIN, Role.DPO, Role.AUDITOR)
def log() -> ResponseReturnValue:
    """The log, line by line; ids and codes, no personal values."""
    listing = lists.listed(
        audit.lines(),
        name=N_("Log"),
        columns=(
            lists.Column("seq", N_("Line"), sort=AuditLine.seq, text=lambda row: row.seq, end=True),
            lists.Column("at", N_("When"), sort=AuditLine.at, text=lambda row: row.at),
            lists.Column("actor", N_("Who"), sort=AuditLine.actor, text=lambda row: row.actor),
            lists.Column("action", N_("Deed"), sort=AuditLine.action, text=lambda row: row.action),
            lists.Column(
                "subject", N_("On what"), sort=AuditLine.subject, text=lambda row: row.subject
            ),
        ),
        key=AuditLine.seq,
        search=audit.search,
        sort="seq",
        down=True,
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    names = queries.account_names(row.actor for row in listing.rows)
    return render_template("desk/log.html", listing=listing, names=names, head=audit.head())


@bp.post("/protokoll/pruefen")
@open_to(Role.ADMIN, Role.DPO, Role.AUDITOR)
def check_log() -> ResponseReturnValue:
    """Walk the whole chain and say whether it holds."""
    fault = audit.first_break()
    if fault is None:
        flash(_("The log is whole: every line follows the one before it."))
    else:
        flash(
            _("The log breaks at line %(line)s. Tell the administration.", line=fault.seq),
            "problem",
        )
    return redirect(url_for(".audit"), 303)


@bp.get("/tastenkuerzel")
@open_to(Audience.PUBLIC)
def shortcuts() -> ResponseReturnValue:
    """Which keys do what."""
    return render_template("desk/shortcuts.html")
