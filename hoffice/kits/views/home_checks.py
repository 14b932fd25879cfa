"""Checks at home for IT: begun, who has answered, what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, TypedDict

import svcs
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hoffice import clock
from hoffice.accounts.access import current_actor, open_to
from hoffice.accounts.links import LinkBook
from hoffice.accounts.rules import Role
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.kits import queries as kits
from hoffice.kits import words
from hoffice.kits.models import HomeCheck, HomeCheckLine, HomeCheckPerson, Item
from hoffice.kits.queries import home_checks as queries
from hoffice.kits.rules import HOME_ANSWER_LABELS, HomeAnswer
from hoffice.kits.rules.counting import (
    BROKEN_AT_HOME,
    NOT_AT_HOME,
    NOT_AT_HOME_LABELS,
    NotAtHome,
)
from hoffice.kits.service import differences
from hoffice.kits.service import home_checks as service
from hoffice.kits.views.blueprint import READERS, bp
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.tasks import queries as tasks
from hoffice.tasks.models import Task
from hoffice.tasks.rules import FROM
from hoffice.web import lists
from hoffice.web.deeds import after, tried
from hoffice.web.numbers import row_number
from hoffice.web.pages import translated

DAYS = 10
"""So long people have, unless another day is chosen."""
ALL, SELECTED = "all", "selected"
SILENT = "silent"


class CheckForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Who is asked, and until when; what was typed stays while somebody looks for people."""

    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=service.NAME_CHARS)])
    due_on = DateField(_l("Until"), validators=[DataRequired()])
    wants_photo = BooleanField(
        _l("With a photo of the serial number"),
        description=_l("Who cannot take one writes a few words instead."),
    )
    who = RadioField(_l("Who is asked?"))

    def __init__(self) -> None:
        super().__init__(data=_typed_before())
        teams = [(str(number), name) for number, name in people.team_names()]
        self.who.choices = [
            (ALL, str(_("everybody who has devices"))),
            *teams,
            (SELECTED, str(_("the people ticked below"))),
        ]


def _typed_before() -> dict[str, Any]:
    """What the form said before somebody looked for people; its usual start where it was empty."""
    known = request.args
    try:
        due_on = date.fromisoformat(known.get("due_on", ""))
    except ValueError:
        due_on = clock.today() + timedelta(days=DAYS)
    return {
        "name": known.get("name", ""),
        "due_on": due_on,
        "who": known.get("who", ALL),
        "wants_photo": "wants_photo" in known,
    }


@bp.context_processor
def confirmations() -> dict[str, Any]:
    """What the page of a device asks about the last check at home."""
    return {"home_confirmed": home_confirmed}


def home_confirmed(item_id: int) -> tuple[queries.Confirmed, str, str] | None:
    """What was said about a device last, by whom, in words; None when nobody ever said anything."""
    found = queries.last_confirmed(item_id)
    if found is None:
        return None
    name = kits.names_of([found.employee_id]).get(found.employee_id, "")
    return found, name, str(_(HOME_ANSWER_LABELS[found.answer]))


@bp.route("/inventuren/zuhause/neu", methods=["GET", "POST"])
@open_to(Role.IT)
def new_home_check() -> ResponseReturnValue:
    """Ask people what they still have: first it says who gets a mail, then it asks them."""
    form = CheckForm()
    source = request.form if request.method == "POST" else request.args
    chosen = source.getlist("ids", type=row_number)
    found: service.Whom | None = None
    if form.validate_on_submit() and form.due_on.data is not None:
        try:
            group = _group(form.who.data, chosen)
            found = service.whom(**group)
            if request.form.get("agreed", type=row_number) == len(found.employees):
                asked = service.begin(
                    form.name.data or "",
                    due_on=form.due_on.data,
                    wants_photo=bool(form.wants_photo.data),
                    by=current_actor(),
                    book=svcs.flask.get(LinkBook),
                    **group,
                )
                _tell(asked)
                url = url_for(".home_check", check_id=asked.check.id)
                return redirect(url, HTTPStatus.SEE_OTHER)
        except Refused as refusal:
            db.session.rollback()
            found = None
            form.form_errors.append(translated(refusal))
    listing = _people()
    shown = {row.id for row in listing.rows}
    page = render_template(
        "kits/home_check_new.html",
        form=form,
        listing=listing,
        chosen=chosen,
        elsewhere=kits.names_of([one for one in chosen if one not in shown]),
        found=found,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


class _Group(TypedDict):
    """Who is asked, as the service wants to know it."""

    employee_ids: list[int] | None
    team_id: int | None


def _group(who: str, chosen: list[int]) -> _Group:
    """Whom the form means; one that says two things is asked back."""
    if who == SELECTED:
        if not chosen:
            raise Refused(N_("Tick at least one person."))
        return _Group(employee_ids=chosen, team_id=None)
    if chosen:
        raise Refused(
            N_("You have ticked single people and chosen something else above. Which is it?")
        )
    return _Group(employee_ids=None, team_id=None if who == ALL else row_number(who))


def _tell(asked: service.Asked) -> None:
    flash(ngettext("%(num)s person is asked.", "%(num)s people are asked.", asked.people))
    if asked.already:
        flash(
            ngettext(
                "%(num)s person is asked in an open check already.",
                "%(num)s people are asked in an open check already.",
                asked.already,
            )
        )
    if asked.to_call:
        flash(_("Without a mail address, please call: %(names)s", names=", ".join(asked.to_call)))


def _people() -> lists.Listing[Employee]:
    teams = [(str(number), name) for number, name in people.team_names()]
    return lists.listed(
        queries.people_with_items(),
        name=N_("People with devices"),
        columns=(
            lists.Column[Employee]("name", N_("Name"), (Employee.last_name, Employee.first_name)),
            lists.Column("number", N_("Personnel number"), Employee.personnel_number),
            lists.Column("team", N_("Team")),
        ),
        key=Employee.id,
        search=people.search,
        filters=(lists.Filter("team", N_("Team"), teams, lambda word: people.in_team(int(word))),),
        sort="name",
    )


@bp.get("/inventuren/zuhause/<int:check_id>")
@open_to(*READERS)
def home_check(check_id: int) -> ResponseReturnValue:
    """One check: device by device what was said, and who has not answered."""
    found = queries.check(check_id)
    listing = lists.listed(
        queries.lines(check_id),
        name=N_("Check at home"),
        columns=(
            lists.Column[HomeCheckLine](
                "name",
                N_("Person"),
                (Employee.last_name, Employee.first_name),
                lambda row: row.person.employee.name,
            ),
            lists.Column("tag", N_("Asset tag"), Item.asset_tag, lambda row: row.item.asset_tag),
            lists.Column("kind", N_("Kind"), Item.kind, lambda row: words.kind(row.item.kind)),
            lists.Column("model", N_("Model"), Item.model, lambda row: row.item.model),
            lists.Column(
                "serial", N_("Serial number"), text=lambda row: row.item.serial, hidden=True
            ),
            lists.Column("answer", N_("Answer"), HomeCheckLine.answer, answer_text),
            lists.Column("note", N_("Note"), text=_note),
            lists.Column(
                "at",
                N_("Answered on"),
                HomeCheckPerson.answered_at,
                lambda row: row.person.answered_at,
            ),
        ),
        key=HomeCheckLine.item_id,
        search=queries.search,
        filters=(
            lists.Filter(
                "answer",
                N_("Answer"),
                [
                    *((one.value, str(_(HOME_ANSWER_LABELS[one]))) for one in HomeAnswer),
                    (SILENT, str(_("no answer yet"))),
                ],
                lambda word: (
                    queries.is_silent() if word == SILENT else queries.says(HomeAnswer(word))
                ),
            ),
        ),
        sort="name",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "kits/home_check.html",
        check=found,
        listing=listing,
        standing=queries.standing([check_id]).get(check_id, queries.Standing()),
        silent=queries.silent(check_id),
        answer_text=answer_text,
        note=_note,
        task_of=_tasks_of(found, listing.rows),
    )


def _tasks_of(
    check: HomeCheck, rows: Iterable[HomeCheckLine]
) -> Callable[[HomeCheckLine], Task | None]:
    """The open task that an answer became: of this check, or one that was there already then."""
    subjects = [differences.about(row.item_id) for row in rows]
    known = {
        (answer, subject): task
        for answer, kind in ((HomeAnswer.NO, NOT_AT_HOME), (HomeAnswer.BROKEN, BROKEN_AT_HOME))
        for subject, task in tasks.open_tasks_about(subjects, (kind,)).items()
    }

    def task_of(row: HomeCheckLine) -> Task | None:
        sent = row.person.answered_at
        if row.answer is None or sent is None:
            return None
        task = known.get((row.answer, differences.about(row.item_id)))
        if task is None or task.facts.get(FROM) == f"home_check:{check.id}":
            return task
        return task if task.created_at <= sent else None

    return task_of


def answer_text(row: HomeCheckLine) -> str:
    """What was said, once it was sent in; before that it is nobody's business."""
    if row.answer is None or row.person.answered_at is None:
        return ""
    return str(_(HOME_ANSWER_LABELS[row.answer]))


def _note(row: HomeCheckLine) -> str:
    return row.note if row.person.answered_at is not None else ""


@bp.post("/inventuren/zuhause/<int:check_id>/erinnern")
@open_to(Role.IT)
def remind_home_check(check_id: int) -> ResponseReturnValue:
    """Remind now whoever has not answered and was not reminded."""
    book = svcs.flask.get(LinkBook)

    def deed() -> None:
        count = service.remind_all(check_id, by=current_actor(), book=book)
        flash(
            ngettext("%(num)s person is reminded.", "%(num)s people are reminded.", count)
            if count
            else _("Everybody has answered or was reminded already.")
        )

    return after(deed, "", url_for(".home_check", check_id=check_id))


@bp.post("/inventuren/zuhause/<int:check_id>/beenden")
@open_to(Role.IT)
def end_home_check(check_id: int) -> ResponseReturnValue:
    """End the check."""
    return after(
        lambda: service.end(check_id, by=current_actor()),
        _("The check has ended. Nobody answers it any more."),
        url_for(".home_check", check_id=check_id),
    )


class NotAtHomeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What became of a device that somebody no longer has."""

    outcome = RadioField(_l("What became of it?"), validators=[InputRequired()])
    words = StringField(_l("In a few words"), validators=[Optional(), Length(max=500)])

    def __init__(self) -> None:
        super().__init__()
        self.outcome.choices = [(one.value, str(_(NOT_AT_HOME_LABELS[one]))) for one in NotAtHome]


@bp.route("/inventuren/zuhause/nicht-da/<int:item_id>", methods=["GET", "POST"])
@open_to(Role.IT)
def not_at_home(item_id: int) -> ResponseReturnValue:
    """Decide what became of a device of which somebody said that she no longer has it."""
    item = kits.item(item_id)
    task = tasks.open_task(NOT_AT_HOME, differences.about(item_id))
    if task is None:
        return redirect(url_for(".item", item_id=item_id), HTTPStatus.SEE_OTHER)
    form = NotAtHomeForm()
    if form.validate_on_submit():
        outcome = NotAtHome(form.outcome.data)
        words, by = form.words.data or "", current_actor()
        told = tried(partial(service.settle_not_at_home, item_id, outcome, words=words, by=by))
        if not isinstance(told, Refused):
            flash(_("Done. The task is off your list."))
            return redirect(url_for("tasks.index"), HTTPStatus.SEE_OTHER)
        form.form_errors.append(translated(told))
        item = kits.item(item_id)
    page = render_template(
        "kits/not_at_home.html", item=item, form=form, title=_(task.title, **task.facts), task=task
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
