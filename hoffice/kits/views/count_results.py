"""How a stock-take ends: closed or discarded, read, settled line by line or many at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import DateField, Field, SelectField, StringField
from wtforms.validators import DataRequired, Optional, ValidationError

from hoffice import clock
from hoffice.accounts.access import current_account, current_actor, open_to
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.jobs import queries as jobs
from hoffice.jobs.models import Job
from hoffice.kits import words
from hoffice.kits.models import Item, StockTake, StockTakeLine
from hoffice.kits.queries import counting as queries
from hoffice.kits.rules import Holder
from hoffice.kits.rules.counting import (
    DECISIONS,
    DIFFERENCES,
    FEW,
    FOUND_LABELS,
    MISSING,
    SETTLED_LABELS,
    TASK_DAYS,
    UNEXPECTED,
    UNSETTLED,
    Decision,
    Found,
    Settled,
    line_says,
    looks_like_a_mistake,
)
from hoffice.kits.service import counting as service
from hoffice.kits.service import differences
from hoffice.kits.views.blueprint import READERS, bp, may_change
from hoffice.kits.views.counting import back_after, seen_text, staff_names
from hoffice.kits.views.naming import Names
from hoffice.tasks import queries as tasks
from hoffice.tasks.forms import owner_choices
from hoffice.tasks.models import Task
from hoffice.tasks.rules import FROM
from hoffice.web import lists
from hoffice.web.formats import number
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated
from hoffice.workdays import next_working_day

LIST_ARGUMENTS: Final = ("q", "result", "sort", "dir", "page", "per")
MOST_REASONS: Final = 3
"""So many sentences say why something could not be decided; the rest is counted."""

OFFERED: Final[dict[str, tuple[Decision, ...]]] = {
    "": (Decision.LATER, Decision.HERE, Decision.LOST),
    UNSETTLED: (Decision.LATER, Decision.HERE, Decision.LOST),
    Found.MISSING.value: (Decision.LATER, Decision.LOST),
    Found.UNEXPECTED.value: (Decision.HERE,),
    Settled.LATER.value: (Decision.AGAIN,),
    Settled.LOST.value: (Decision.NOT_LOST,),
    Settled.HERE.value: (Decision.NOT_HERE,),
}
"""What can be decided about chosen lines, by the filter in force."""


class CloseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Who settles the differences, until when, and how many somebody agreed to."""

    owner = SelectField(_l("Who settles the differences?"), coerce=int)
    due_on = DateField(_l("Until"), validators=[DataRequired()])
    agreed = StringField(_l("How many differences are there?"), validators=[Optional()])

    def __init__(self) -> None:
        due_on = next_working_day(clock.today() + timedelta(days=TASK_DAYS))
        super().__init__(data={"owner": current_account().id, "due_on": due_on})
        self.owner.choices = owner_choices()

    def validate_due_on(self, field: Field) -> None:
        """Nobody has until yesterday."""
        if isinstance(field.data, date) and field.data < clock.today():
            raise ValidationError(_("This day has passed. Choose today or a later one."))


def typed_number(text: str | None) -> int | None:
    """A number as people type it, with dots or blanks; None where there is none."""
    digits = "".join(sign for sign in text or "" if sign.isdecimal())
    return row_number(digits) if digits else None


@bp.route("/inventuren/<int:count_id>/schliessen", methods=["GET", "POST"])
@open_to(Role.IT)
def count_close(count_id: int) -> ResponseReturnValue:
    """End the count: what that will do is said before, in numbers, and has to be agreed to."""
    found = queries.count(count_id)
    if found.closed_at is not None:
        return redirect(url_for(".count_lines", count_id=count_id), HTTPStatus.SEE_OTHER)
    form = CloseForm()
    told = service.differences_of(found)
    if form.validate_on_submit() and form.due_on.data is not None:
        agreed = typed_number(form.agreed.data)
        is_odd = looks_like_a_mistake(queries.counters([count_id])[count_id])
        if agreed is None:
            said = _("Type %(count)s to close it all the same.", count=number(len(told)))
            form.agreed.errors = [said]
        elif is_odd and agreed != len(told):
            form.agreed.errors = [_typed_wrong(agreed, len(told))]
        else:
            try:
                service.close(
                    count_id,
                    owner_id=form.owner.data,
                    due_on=form.due_on.data,
                    by=current_actor(),
                    agreed=agreed,
                )
            except Refused as refusal:
                db.session.rollback()
                form.form_errors.append(translated(refusal))
                found = queries.count(count_id)
                told = service.differences_of(found)
            else:
                flash(_said_at_the_end(len(told)))
                return redirect(url_for(".count_lines", count_id=count_id), HTTPStatus.SEE_OTHER)
    counters = queries.counters([count_id])[count_id]
    page = render_template(
        "kits/count_close.html",
        count=found,
        form=form,
        counters=counters,
        told=told,
        is_odd=len(told) > 0 and looks_like_a_mistake(counters),
        is_one_task=len(told) > FEW,
        strangers=queries.strangers(count_id),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _typed_wrong(agreed: int, count: int) -> str:
    text: str = ngettext(
        "You typed %(agreed)s; there is %(count)s difference.",
        "You typed %(agreed)s; there are %(count)s differences.",
        count,
        agreed=number(agreed),
        count=number(count),
    )
    return text


def _said_at_the_end(count: int) -> str:
    if not count:
        return str(_("The stock-take is closed. There are no differences."))
    if count > FEW:
        return str(_("The stock-take is closed. Its differences are one task now."))
    text: str = ngettext(
        "The stock-take is closed. Its difference is a task now.",
        "The stock-take is closed. Its %(num)s differences are tasks now.",
        count,
    )
    return text


@bp.app_template_global()
def may_discard(count: StockTake) -> bool:
    """Whether a count can be discarded: no decision of it stands in the ledger."""
    return not queries.has_changed_ledger(count)


@bp.post("/inventuren/<int:count_id>/verwerfen")
@open_to(Role.IT)
def count_discard(count_id: int) -> ResponseReturnValue:
    """End a count that was begun by mistake; nothing of it is a difference."""
    return back_after(
        count_id,
        lambda: service.discard(count_id, by=current_actor()),
        lambda _count: str(_("The stock-take is discarded. Nothing of it is a difference.")),
    )


@bp.post("/inventuren/<int:count_id>/weiter")
@open_to(Role.IT)
def count_resume(count_id: int) -> ResponseReturnValue:
    """Go on with a count that was closed or discarded too early."""
    return back_after(
        count_id,
        lambda: service.resume(count_id, by=current_actor()),
        lambda _count: str(_("The stock-take goes on: scans count again.")),
    )


class Wording:
    """How the lines of one count are said: who had it, what it says, whose task it is."""

    def __init__(self, count: StockTake, rows: Collection[StockTakeLine]) -> None:
        """Learn all names at once: of a closed count as the ledger was then, else as it is."""
        self.count = count
        self.staff = staff_names()
        then = (
            queries.holders_then(count.id, [row.item_id for row in rows])
            if count.closed_at is not None
            else {row.item_id: _held(row) for row in rows}
        )
        self._holders = {item_id: one for item_id, one in then.items() if one is not None}
        self._names = Names()
        self._names.learn((one.kind, one.id) for one in self._holders.values())

    def who(self, row: StockTakeLine) -> str:
        """Who has it by the ledger, or had it then."""
        holder = self._holders.get(row.item_id)
        return self._names.of(holder.kind, holder.id) if holder is not None else ""

    def seen(self, row: StockTakeLine) -> str:
        """When and by whom it was seen."""
        return seen_text(row, self.staff)

    def name(self, actor: str) -> str:
        """Somebody of the staff."""
        return self.staff.get(actor, "–")


def _held(row: StockTakeLine) -> Holder | None:
    holding = row.item.holding
    return Holder(holding.holder_kind, holding.holder_id) if holding is not None else None


@bp.get("/inventuren/<int:count_id>/liste")
@open_to(*READERS)
def count_lines(count_id: int) -> ResponseReturnValue:
    """Line by line: found, missing, not expected; of a closed count what becomes of it."""
    found = queries.count(count_id)
    wording: Wording | None = None

    def said(method: Callable[[Wording, StockTakeLine], str]) -> Callable[[StockTakeLine], str]:
        return lambda row: method(wording, row) if wording is not None else ""

    listing = _listing(found, said(Wording.who), lambda row: _by(row, wording))
    wording = Wording(found, listing.rows)
    if listing.export:
        return lists.exported(listing, listing.export)
    is_open_to_decide = found.closed_at is not None and found.discarded_at is None
    waiting = queries.unsettled(count_id) if is_open_to_decide else {}
    offered = OFFERED.get(listing.asked.filters["result"], ()) if is_open_to_decide else ()
    return render_template(
        "kits/count_lines.html",
        count=found,
        listing=listing,
        counters=queries.counters([count_id])[count_id],
        strangers=queries.strangers(count_id),
        says=_says,
        says_text=_says_text,
        settled_text=_settled_text,
        wording=wording,
        waiting=waiting,
        offered=offered if may_change() else (),
        kept=_kept(),
        task_of=_tasks_of(found, listing.rows),
        passed=_passed_over(count_id),
        opened_by=wording.name(found.opened_by),
        closed_by=wording.name(found.closed_by),
    )


def _passed_over(count_id: int) -> tuple[list[tuple[Item, str]], int]:
    """What the job that leads here passed over, with the reason, and how many more it were."""
    try:
        job = jobs.job(request.args.get("job", 0, type=row_number))
    except NotFound:
        return [], 0
    if job.kind != differences.DECIDE or job.args.get("count_id") != count_id:
        return [], 0
    told = (job.result or {}).get("passed", [])
    items = {one.id: one for one in queries.items_by_id([one["item"] for one in told])}
    said = []
    for one in told:
        why: str = one["say"]
        if one["item"] in items:
            said.append((items[one["item"]], str(_(why, **one["facts"]))))
    return said, (job.result or {}).get("more", 0)


def _listing(
    count: StockTake, who: Callable[[StockTakeLine], str], by: Callable[[StockTakeLine], str]
) -> lists.Listing[StockTakeLine]:
    who_label = N_("By the ledger") if count.closed_at is None else N_("By the ledger then")
    return lists.listed(
        queries.lines(count.id),
        name=N_("Stock-take"),
        columns=(
            lists.Column[StockTakeLine](
                "tag", N_("Asset tag"), Item.asset_tag, lambda row: row.item.asset_tag
            ),
            lists.Column("kind", N_("Kind"), Item.kind, lambda row: words.kind(row.item.kind)),
            lists.Column("model", N_("Model"), Item.model, lambda row: row.item.model),
            lists.Column(
                "serial", N_("Serial number"), text=lambda row: row.item.serial, hidden=True
            ),
            lists.Column("who", who_label, text=who),
            lists.Column("says", N_("Result"), StockTakeLine.seen_at, _says_text),
            lists.Column(
                "seen", N_("Seen"), StockTakeLine.seen_at, lambda row: row.seen_at, hidden=True
            ),
            lists.Column("by", N_("By"), text=by, hidden=True),
            lists.Column("settled", N_("What becomes of it"), text=_settled_text),
        ),
        key=StockTakeLine.item_id,
        search=queries.search,
        filters=(
            lists.Filter(
                "result",
                N_("Result"),
                [
                    *((one.value, str(_(FOUND_LABELS[one]))) for one in Found),
                    (UNSETTLED, str(_("waits for a decision"))),
                    *((one.value, str(_(SETTLED_LABELS[one]))) for one in Settled),
                ],
                _result,
            ),
        ),
        sort="tag",
    )


def _by(row: StockTakeLine, wording: Wording | None) -> str:
    return wording.staff.get(row.seen_by, "") if wording is not None else ""


def _result(word: str) -> Any:
    """The lines that this choice of the filter leaves."""
    if word == UNSETTLED:
        return queries.is_unsettled()
    return queries.says(Found(word)) if word in set(Found) else queries.settled_as(word)


def _tasks_of(
    count: StockTake, rows: Iterable[StockTakeLine]
) -> Callable[[StockTakeLine], Task | None]:
    """The open task that a line became: of this count, or one that was there when it closed.

    What another count wrote later about the same thing is no business of this one.
    """
    subjects = [differences.about(row.item_id) for row in rows]
    origin, closed = service.subject_of(count.id), count.closed_at
    known = {
        (found, subject): task
        for found, kind in ((Found.MISSING, MISSING), (Found.UNEXPECTED, UNEXPECTED))
        for subject, task in tasks.open_tasks_about(subjects, (kind,)).items()
        if closed is not None and (task.facts.get(FROM) == origin or task.created_at <= closed)
    }
    whole = tasks.open_task(DIFFERENCES, origin)

    def task_of(row: StockTakeLine) -> Task | None:
        says = _says(row)
        if row.note or says is Found.FOUND:
            return None
        return known.get((says, differences.about(row.item_id)), whole)

    return task_of


@bp.get("/inventuren/<int:count_id>/protokoll")
@open_to(*READERS)
def count_record(count_id: int) -> ResponseReturnValue:
    """The result to print and sign: the figures and every difference, however many there are."""
    found = queries.count(count_id)
    missing, unexpected = queries.missing_lines(count_id), queries.unexpected_lines(count_id)
    wording = Wording(found, [*missing, *unexpected])
    return render_template(
        "kits/count_record.html",
        count=found,
        counters=queries.counters([count_id])[count_id],
        parts=[(Found.MISSING, missing), (Found.UNEXPECTED, unexpected)],
        labels=FOUND_LABELS,
        strangers=queries.strangers(count_id),
        settled_text=_settled_text,
        wording=wording,
        now=clock.now(),
        opened_by=wording.name(found.opened_by),
        closed_by=wording.name(found.closed_by),
    )


def _says(row: StockTakeLine) -> Found:
    return line_says(is_expected=row.is_expected, is_seen=row.seen_at is not None)


def _says_text(row: StockTakeLine) -> str:
    return str(_(FOUND_LABELS[_says(row)]))


def _settled_text(row: StockTakeLine) -> str:
    return str(_(SETTLED_LABELS[Settled(row.note)])) if row.note in set(Settled) else row.note


@bp.route("/inventuren/<int:count_id>/entscheiden", methods=["GET", "POST"])
@open_to(Role.IT)
def count_decide(count_id: int) -> ResponseReturnValue:
    """Decide the same about chosen lines, or about all of a kind; many become a job."""
    found = queries.count(count_id)
    if found.closed_at is None or found.discarded_at is not None:
        return redirect(url_for(".count_lines", count_id=count_id), HTTPStatus.SEE_OTHER)
    if request.method == "GET":
        return _decide_page(found)
    try:
        decision = Decision(request.form.get("decision", ""))
    except ValueError:
        return _decide_page(found, _("Choose what is to become of them."))
    try:
        done = _decide(count_id, decision)
    except NotFound:
        raise
    except Refused as refusal:
        db.session.rollback()
        return _decide_page(queries.count(count_id), translated(refusal))
    if isinstance(done, Job):
        return redirect(url_for("desk.job", job_id=done.id), HTTPStatus.SEE_OTHER)
    _tell(done)
    return redirect(url_for(".count_lines", count_id=count_id, **_kept()), HTTPStatus.SEE_OTHER)


def _kept() -> dict[str, Any]:
    """What the list shows, so that whoever decided sees the same again."""
    return {key: request.args[key] for key in LIST_ARGUMENTS if key in request.args}


def _decide(count_id: int, decision: Decision) -> differences.Decided | Job:
    if "all" not in request.form:
        chosen = request.form.getlist("ids", type=row_number)
        return differences.decide_chosen(count_id, chosen, decision, by=current_actor())
    agreed = typed_number(request.form.get("agreed"))
    if agreed is None:
        raise Refused(N_("Type the number, so that nothing happens by mistake."))
    return differences.decide_all(count_id, decision, by=current_actor(), agreed=agreed)


def _decide_page(count: StockTake, wrong: str = "") -> ResponseReturnValue:
    unsettled, settled = queries.unsettled(count.id), queries.settled(count.id)
    waiting = {
        decision: settled.get(note, 0) if note else unsettled.get(found, 0)
        for decision, (found, note) in DECISIONS.items()
    }
    page = render_template(
        "kits/count_decide.html", count=count, waiting=waiting, wrong=wrong, few=FEW
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def _tell(done: differences.Decided) -> None:
    if done.done:
        flash(ngettext("One line is decided.", "%(num)s lines are decided.", done.done))
    said = list(dict.fromkeys(translated(one) for one in done.refused))
    for sentence in said[:MOST_REASONS]:
        flash(sentence, "problem")
    if len(said) > MOST_REASONS:
        more = ngettext(
            "One more could not be.", "%(num)s more could not be.", len(said) - MOST_REASONS
        )
        flash(more, "problem")


@bp.post("/inventuren/<int:count_id>/<int:item_id>/verloren")
@open_to(Role.IT)
def count_lost(count_id: int, item_id: int) -> ResponseReturnValue:
    """Give a missing device up as lost."""
    return back_after(
        count_id,
        lambda: differences.give_up(count_id, item_id, by=current_actor()),
        lambda item: str(_("%(tag)s is lost, and the ledger says so.", tag=item.asset_tag)),
    )


@bp.post("/inventuren/<int:count_id>/<int:item_id>/gefunden")
@open_to(Role.IT)
def count_found(count_id: int, item_id: int) -> ResponseReturnValue:
    """A missing device has turned up."""
    return back_after(
        count_id,
        lambda: differences.find_after_all(count_id, item_id, by=current_actor()),
        lambda item: str(_("%(tag)s was found after all.", tag=item.asset_tag)),
    )


@bp.post("/inventuren/<int:count_id>/<int:item_id>/fehlt")
@open_to(Role.IT)
def count_missing(count_id: int, item_id: int) -> ResponseReturnValue:
    """It was not found after all: it waits for a decision again."""
    return back_after(
        count_id,
        lambda: differences.miss_again(count_id, item_id, by=current_actor()),
        lambda item: str(_("%(tag)s is missing again.", tag=item.asset_tag)),
    )


@bp.post("/inventuren/<int:count_id>/<int:item_id>/hier")
@open_to(Role.IT)
def count_here(count_id: int, item_id: int) -> ResponseReturnValue:
    """A device that nobody expected is here from now on."""
    return back_after(
        count_id,
        lambda: differences.put_right(count_id, item_id, by=current_actor()),
        lambda item: str(_("The ledger says now where %(tag)s is.", tag=item.asset_tag)),
    )


@bp.post("/inventuren/<int:count_id>/<int:item_id>/nicht-hier")
@open_to(Role.IT)
def count_not_here(count_id: int, item_id: int) -> ResponseReturnValue:
    """It is not here after all: the ledger is corrected, and it waits for a decision again."""
    return back_after(
        count_id,
        lambda: differences.take_back_here(count_id, item_id, by=current_actor()),
        lambda item: str(
            _("%(tag)s is where it was before; the ledger says so.", tag=item.asset_tag)
        ),
    )
