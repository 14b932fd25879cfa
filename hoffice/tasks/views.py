"""Tasks in the browser: one's own, everybody's, and one by itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice import clock
from hoffice.accounts import queries as accounts
from hoffice.accounts.access import (
    STAFF,
    account_or_none,
    current_account,
    current_actor,
    open_to,
)
from hoffice.accounts.models import Account
from hoffice.accounts.navigation import may_open
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.tasks import queries, rules, service
from hoffice.tasks.forms import OutcomeForm, OwnerForm, owner_choices
from hoffice.tasks.models import Task
from hoffice.tasks.rules import STATE_LABELS, TaskState
from hoffice.units import ActorKind
from hoffice.web import lists
from hoffice.web.pages import translated

bp = Blueprint("tasks", __name__, url_prefix="/aufgaben")

MINE = "mine"
ON_START_PAGE = 5


def title_of(task: Task) -> str:
    """What is to be done, in the reader's language."""
    return str(_(task.title, **task.facts))


def url_of(subject: str) -> str | None:
    """The page of a subject, for whoever may open it."""
    page = rules.page_of(subject)
    if page is None or not may_open(page[0], account_or_none()):
        return None
    endpoint, arguments = page
    return str(current_app.url_for(endpoint, **arguments))


def links_of(task: Task) -> list[tuple[str, str]]:
    """Where more about a task stands: its subject, and where it comes from."""
    places = [task.subject, str(task.facts.get(rules.FROM, ""))]
    return [
        (str(_(rules.label_of(place))), url)
        for place in dict.fromkeys(places)
        if (url := url_of(place)) is not None
    ]


def decision_of(task: Task) -> tuple[bool, str | None]:
    """Whether a deed ends this task, and where it is done, for whoever may open that page."""
    page = rules.decided_at(task.kind, task.subject, task.facts)
    if page is None:
        return False, None
    endpoint, arguments = page
    if not may_open(endpoint, account_or_none()):
        return True, None
    return True, str(current_app.url_for(endpoint, **arguments))


def state_of(task: Task) -> TaskState:
    """Where a task stands today."""
    if task.done_at is not None:
        return TaskState.DONE
    return TaskState.OVERDUE if task.due_on < clock.today() else TaskState.OPEN


@bp.app_template_global("task_outcome")
def outcome_of(task: Task) -> str:
    """What came of a task: somebody's words, or those of the deed that ended it."""
    return str(_(task.outcome)) if task.outcome else ""


def _state_text(task: Task) -> str:
    return str(_(STATE_LABELS[state_of(task)]))


@bp.app_template_global()
def tasks_of_reader() -> dict[str, Any] | None:
    """The block "Your tasks" of the start page; None for whom there is nothing to show."""
    account = current_account()
    count = queries.count_open_of(account.id)
    if not count and not rules.sees_all(account.roles):
        return None
    return {"count": count, "next": _told(queries.next_of(account.id, limit=ON_START_PAGE))}


@bp.app_template_global()
def tasks_about(subject: str) -> list[tuple[Task, str, TaskState]]:
    """The tasks about a thing that this reader may see, for the page of that thing."""
    account = account_or_none()
    if account is None:
        return []
    found = queries.tasks_about(subject)
    return _told([one for one in found if _may_see(one, account)])


def _told(tasks: Any) -> list[tuple[Task, str, TaskState]]:
    return [(one, title_of(one), state_of(one)) for one in tasks]


def _may_see(task: Task, account: Account) -> bool:
    return task.owner_id == account.id or rules.sees_all(account.roles)


def _task(task_id: int) -> Task:
    """A task of one's own, or any for those who see all; another one does not exist here (404)."""
    account = current_account()
    return queries.task(task_id, owner_id=None if rules.sees_all(account.roles) else account.id)


@bp.get("/")
@open_to(*STAFF)
def index() -> ResponseReturnValue:
    """What is to be done: by me, and for some roles by everybody."""
    account = current_account()
    sees_all = rules.sees_all(account.roles)
    today = clock.today()
    owners = [(MINE, str(_("my tasks"))), *((str(one), name) for one, name in owner_choices())]
    filters = [
        lists.Filter(
            "state",
            N_("State"),
            [(state.value, str(_(STATE_LABELS[state]))) for state in TaskState],
            lambda word: queries.in_state(TaskState(word), today),
            default=TaskState.OPEN.value,
            all_text=str(_("all")),
        )
    ]
    if sees_all:
        filters.append(
            lists.Filter(
                "owner",
                N_("Whose"),
                owners,
                lambda word: queries.owned_by(account.id if word == MINE else int(word)),
                default=MINE,
                all_text=str(_("everybody’s")),
            )
        )
    listing = lists.listed(
        queries.tasks(owner_id=None if sees_all else account.id),
        name=N_("Tasks"),
        columns=(
            lists.Column[Task]("title", N_("Task"), Task.kind, title_of),
            lists.Column("owner", N_("Owner"), Account.name, lambda row: row.owner.name),
            lists.Column("due", N_("Due on"), Task.due_on, lambda row: row.due_on),
            lists.Column("state", N_("State"), Task.done_at, _state_text),
            lists.Column(
                "made", N_("Since"), Task.created_at, lambda row: row.created_at, hidden=True
            ),
            lists.Column("outcome", N_("What came of it"), text=outcome_of, hidden=True),
        ),
        key=Task.id,
        search=queries.search,
        filters=filters,
        sort="due",
    )
    if listing.export:
        return lists.exported(listing, listing.export)
    return render_template(
        "tasks/index.html",
        listing=listing,
        title_of=title_of,
        state_of=state_of,
        state_text=_state_text,
        sees_all=sees_all,
    )


@bp.get("/<int:task_id>")
@open_to(*STAFF)
def task(task_id: int) -> ResponseReturnValue:
    """One task: what it is about, whose it is, and what came of it."""
    return _page(_task(task_id))


def _page(
    found: Task, outcome: OutcomeForm | None = None, owner: OwnerForm | None = None
) -> ResponseReturnValue:
    known = outcome or owner
    page = render_template(
        "tasks/task.html",
        task=found,
        title=title_of(found),
        state=state_of(found),
        state_text=_state_text(found),
        links=links_of(found),
        decision=decision_of(found),
        created_by=_name_of(found.created_by),
        done_by=_name_of(found.done_by),
        outcome_form=outcome or OutcomeForm(formdata=None),
        owner_form=owner
        or OwnerForm(
            found.owner, formdata=None, data={"owner": found.owner_id, "due_on": found.due_on}
        ),
    )
    is_wrong = known is not None and known.errors
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK


def _name_of(actor: str) -> str:
    kind, _colon, number = actor.partition(":")
    if kind != ActorKind.STAFF.value or not number.isdecimal():
        return str(_("the house itself"))
    found = accounts.account_or_none(int(number))
    return found.name if found is not None else str(_("somebody who has left"))


@bp.post("/<int:task_id>/erledigt")
@open_to(*STAFF)
def finish(task_id: int) -> ResponseReturnValue:
    """Say that it is done, and what came of it."""
    found = _task(task_id)
    form = OutcomeForm()
    if not form.validate_on_submit():
        return _page(found, outcome=form)
    service.finish(found.id, form.outcome.data or "", by=current_actor())
    flash(_("Done. The task is off your list."))
    return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)


@bp.post("/<int:task_id>/zuweisen")
@open_to(*STAFF)
def reassign(task_id: int) -> ResponseReturnValue:
    """Give it to somebody, by another day if need be."""
    found = _task(task_id)
    form = OwnerForm(found.owner)
    due_on = form.due_on.data
    if not form.validate_on_submit() or due_on is None:
        return _page(found, owner=form)
    try:
        changed = service.reassign(
            found.id, owner_id=form.owner.data, due_on=due_on, by=current_actor()
        )
    except Refused as refusal:
        db.session.rollback()
        form.form_errors.append(translated(refusal))
        return _page(_task(task_id), owner=form)
    flash(_("The task is now with %(name)s.", name=changed.owner.name))
    if not _may_see(changed, current_account()):
        return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)
    return redirect(url_for(".task", task_id=found.id), HTTPStatus.SEE_OTHER)


@bp.post("/<int:task_id>/wieder")
@open_to(*STAFF)
def reopen(task_id: int) -> ResponseReturnValue:
    """Open it again: it was not done after all."""
    found = _task(task_id)
    service.reopen(found.id, by=current_actor())
    flash(_("The task is open again."))
    return redirect(url_for(".task", task_id=found.id), HTTPStatus.SEE_OTHER)
