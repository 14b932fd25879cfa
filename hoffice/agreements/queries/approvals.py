"""Reading clients' approvals: one, those of a project, how projects stand for people, the list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from hoffice.agreements import approving
from hoffice.agreements.approving import GIVEN, WAITING, WARN_DAYS, Asked, Standing
from hoffice.agreements.models import Approval, ApprovedPerson
from hoffice.agreements.rules import ApprovalState
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.people.models import Client, Employee, Project, employee_project

_GONE = N_("There is no such approval.")


def _whole() -> tuple[ORMOption, ...]:
    return (
        joinedload(Approval.project).joinedload(Project.client),
        joinedload(Approval.text_version),
        joinedload(Approval.frozen_file),
        joinedload(Approval.answer_file),
        selectinload(Approval.people).joinedload(ApprovedPerson.employee),
    )


def approval(approval_id: int) -> Approval:
    """The approval with this number, whole, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.scalars(
        select(Approval).where(Approval.id == approval_id).options(*_whole())
    ).one_or_none()
    if found is None:
        raise NotFound(_GONE)
    return found


def approval_to_change(approval_id: int) -> Approval:
    """The same, locked, so that two browsers take their turns."""
    found = db.session.get(Approval, approval_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(_GONE)
    return found


def approval_of_link(link_id: int) -> Approval:
    """The one approval that a client's link opens; another link's is not there."""
    found = db.session.scalars(
        select(Approval).where(Approval.link_id == link_id).options(*_whole())
    ).one_or_none()
    if found is None:
        raise NotFound(_GONE)
    return found


def language_of(link_id: int) -> str | None:
    """The language in which the contact behind a client's link is written to."""
    facts = db.session.scalars(
        select(Approval.facts).where(Approval.link_id == link_id)
    ).one_or_none()
    return None if facts is None else facts.get("language")


def project_to_change(project_id: int) -> Project:
    """A project, locked: whoever asks its client is alone with it."""
    found = db.session.get(Project, project_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(N_("There is no such project."))
    return found


def approvals_of_project(project_id: int) -> Sequence[Approval]:
    """Everything its client was ever asked, the newest first."""
    return db.session.scalars(
        select(Approval)
        .where(Approval.project_id == project_id, Approval.state != ApprovalState.DRAFT)
        .order_by(Approval.id.desc())
        .options(selectinload(Approval.people))
    ).all()


def waiting_of(project_id: int) -> Approval | None:
    """The request that this project's client has not answered yet."""
    return db.session.scalars(
        select(Approval).where(
            Approval.project_id == project_id, Approval.state.in_(sorted(WAITING))
        )
    ).one_or_none()


def given_of(project_id: int) -> Approval | None:
    """The answer that counts, or would count had it not ended today."""
    return db.session.scalars(
        select(Approval)
        .where(Approval.project_id == project_id, Approval.state.in_(sorted(GIVEN)))
        .order_by(Approval.id.desc())
        .limit(1)
    ).one_or_none()


def people_of_project(project_id: int, today: date) -> Sequence[Employee]:
    """Everybody who works on a project and is employed on this day, by name."""
    return db.session.scalars(
        select(Employee)
        .join(employee_project, employee_project.c.employee_id == Employee.id)
        .where(
            employee_project.c.project_id == project_id,
            or_(Employee.ends_on.is_(None), Employee.ends_on >= today),
        )
        .options(joinedload(Employee.team))
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
    ).all()


@dataclass(frozen=True, slots=True)
class OnProject:
    """How one project stands for one person."""

    project_id: int
    project: str
    client: str
    standing: Standing
    since: datetime | None
    """Since when it stands like this, as far as the client has anything to do with it."""


def approvals_of(employee_ids: Iterable[int], today: date) -> dict[int, tuple[OnProject, ...]]:
    """How each project of each of these people stands today; a fixed number of statements.

    People without a project have an empty entry.
    """
    found: dict[int, list[OnProject]] = {number: [] for number in employee_ids}
    rows = db.session.execute(
        select(employee_project.c.employee_id, Project, Client.name)
        .join(Project, Project.id == employee_project.c.project_id)
        .join(Client, Client.id == Project.client_id)
        .where(employee_project.c.employee_id.in_(list(found)))
        .order_by(Client.name, Project.name, Project.id)
    ).all()
    needed = {project.id for _number, project, _client in rows if project.needs_approval}
    histories = _histories(needed, found) if needed else {}
    for number, project, client in rows:
        asked = histories.get((project.id, number), ())
        stands = approving.standing(asked, today, needs_approval=project.needs_approval)
        one = approving.deciding(asked, today)
        since = one.since if one is not None and project.needs_approval else None
        found[number].append(OnProject(project.id, project.name, client, stands, since))
    return {number: tuple(projects) for number, projects in found.items()}


def _histories(
    project_ids: Iterable[int], employee_ids: Iterable[int]
) -> dict[tuple[int, int], list[Asked]]:
    """Every approval of these projects as it concerns each person, oldest first."""
    people = list(employee_ids)
    approvals = db.session.execute(
        select(
            Approval.id,
            Approval.project_id,
            Approval.state,
            Approval.valid_to,
            Approval.answered_at,
            Approval.asked_at,
        )
        .where(Approval.project_id.in_(sorted(project_ids)))
        .order_by(Approval.id)
    ).all()
    told = {
        (one.approval_id, one.employee_id): one.is_approved
        for one in db.session.execute(
            select(
                ApprovedPerson.approval_id, ApprovedPerson.employee_id, ApprovedPerson.is_approved
            )
            .join(ApprovedPerson.approval)
            .where(
                Approval.project_id.in_(sorted(project_ids)),
                ApprovedPerson.employee_id.in_(people),
            )
        )
    }
    found: dict[tuple[int, int], list[Asked]] = defaultdict(list)
    for one in approvals:
        for number in people:
            found[one.project_id, number].append(
                Asked(
                    one.state,
                    one.valid_to,
                    told.get((one.id, number)),
                    one.answered_at or one.asked_at,
                )
            )
    return found


# What comes back every morning


def ended_by(today: date, *, limit: int) -> Sequence[Approval]:
    """Approvals whose last day is over and that are still called given, locked."""
    return db.session.scalars(
        select(Approval)
        .where(Approval.state.in_(sorted(GIVEN)), Approval.valid_to < today)
        .order_by(Approval.id)
        .limit(limit)
        .with_for_update()
    ).all()


def ending_soon(today: date) -> Sequence[Approval]:
    """Approvals in force that end within the first warning's days, the next one first, locked."""
    return db.session.scalars(
        select(Approval)
        .where(*_ends_soon(today))
        .order_by(Approval.valid_to, Approval.id)
        .with_for_update()
    ).all()


def _ends_soon(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Approval.state.in_(sorted(GIVEN)),
        Approval.valid_to >= today,
        Approval.valid_to <= today + timedelta(days=max(WARN_DAYS)),
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many projects need somebody of HR or data protection."""

    ending: int
    """In force, but for less than sixty days, and nobody has asked anew."""
    not_given: int
    """Needed, and not in force: not asked, refused, ended, taken back."""
    waiting: int


def counts(today: date) -> Counts:
    """What the desk says about approvals; one statement."""
    newer = aliased(Approval)
    renewed = exists().where(
        newer.project_id == Approval.project_id, newer.state.in_(sorted(WAITING))
    )
    ending = select(func.count()).select_from(Approval).where(*_ends_soon(today), ~renewed)
    waiting = select(func.count()).select_from(Approval).where(Approval.state.in_(sorted(WAITING)))
    lacking = (
        select(func.count())
        .select_from(Project)
        .where(Project.needs_approval, ~_has_given(today), ~_has_waiting())
    )
    row = db.session.execute(
        select(
            ending.scalar_subquery().label("ending"),
            lacking.scalar_subquery().label("lacking"),
            waiting.scalar_subquery().label("waiting"),
        )
    ).one()
    return Counts(ending=row.ending, not_given=row.lacking, waiting=row.waiting)


# The list by project


def _has_given(today: date) -> ColumnElement[bool]:
    return exists().where(
        Approval.project_id == Project.id,
        Approval.state.in_(sorted(GIVEN)),
        or_(Approval.valid_to.is_(None), Approval.valid_to >= today),
    )


def _has_waiting() -> ColumnElement[bool]:
    return exists().where(Approval.project_id == Project.id, Approval.state.in_(sorted(WAITING)))


Shown = aliased(Approval, name="shown")
"""The approval of a project that the list shows: the one given, else the newest."""


def _shown() -> ColumnElement[bool]:
    rank = case((Approval.state.in_(sorted(GIVEN)), 0), else_=1)
    first = (
        select(Approval.id)
        .where(Approval.project_id == Project.id, Approval.state != ApprovalState.DRAFT)
        .order_by(rank, Approval.id.desc())
        .limit(1)
        .correlate(Project)
        .scalar_subquery()
    )
    return Shown.id == first


def _people(of: ColumnElement[bool]) -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(ApprovedPerson)
        .where(ApprovedPerson.approval_id == Shown.id, of)
        .correlate(Shown)
        .scalar_subquery()
    )


def _members() -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(employee_project)
        .where(employee_project.c.project_id == Project.id)
        .correlate(Project)
        .scalar_subquery()
    )


def projects() -> Select[*tuple[Project, Approval | None, int, int, int, bool]]:
    """Every project with the approval that is shown for it, for the list page.

    People on the project, people asked about, people approved, and whether the client was asked
    anew and has not answered yet.
    """
    return (
        select(
            Project,
            Shown,
            _members().label("members"),
            _people(ApprovedPerson.id.is_not(None)).label("asked"),
            _people(ApprovedPerson.is_approved.is_(True)).label("approved"),
            _has_waiting().label("is_asked_anew"),
        )
        .join(Project.client)
        .outerjoin(Shown, _shown())
        .options(joinedload(Project.client))
    )


def search_projects(words: Sequence[str]) -> ColumnElement[bool]:
    """Projects with all these words in their name, their client's, or its contact's."""
    return and_(
        *(
            or_(
                *(
                    func.lower(column).contains(word.lower(), autoescape=True)
                    for column in (Project.name, Client.name, Client.contact_name)
                )
            )
            for word in words
        )
    )


class Which:
    """The values of the list's filters."""

    NEEDED = "needed"
    ALL = "all"
    ENDING = "ending"
    NOT_ASKED = "none"


def in_scope(scope: str) -> ColumnElement[bool] | None:
    """Only projects that need an approval or were asked about; or all of them."""
    if scope == Which.ALL:
        return None
    return or_(Project.needs_approval, Shown.id.is_not(None))


def in_state(state: str, today: date) -> ColumnElement[bool]:
    """Projects whose shown approval is in this state, ends soon, or was never asked for."""
    if state == Which.NOT_ASKED:
        return Shown.id.is_(None)
    if state == Which.ENDING:
        return and_(
            Shown.state.in_(sorted(GIVEN)),
            Shown.valid_to >= today,
            Shown.valid_to <= today + timedelta(days=max(WARN_DAYS)),
        )
    return Shown.state == ApprovalState(state)


def urgency(today: date) -> ColumnElement[int]:
    """Orders projects by what needs somebody first: ended, ending, refused, not asked, waiting."""
    soon = today + timedelta(days=max(WARN_DAYS))
    is_given = Shown.state.in_(sorted(GIVEN))
    return case(
        (and_(Project.needs_approval.is_(False), Shown.id.is_(None)), 9),
        (or_(Shown.state == ApprovalState.EXPIRED, and_(is_given, Shown.valid_to < today)), 0),
        (and_(is_given, Shown.valid_to <= soon), 1),
        (Shown.state.in_([ApprovalState.REFUSED, ApprovalState.WITHDRAWN]), 2),
        (Shown.id.is_(None), 3),
        (Shown.state.in_(sorted(WAITING)), 4),
        else_=5,
    )
