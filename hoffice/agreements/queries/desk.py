"""What HR's desk asks: who has to be chased and why, what ends, what is to be renewed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from hoffice.agreements.chasing import REMINDED_BY_MAIL, REMINDER_DAYS, WARN_DAYS, Group
from hoffice.agreements.models import Approval, Pack, Paper, Signature, TextVersion
from hoffice.agreements.rules import (
    ADDED_ONE_BY_ONE,
    BINDING_LANGUAGE,
    IN_FORCE,
    WAITING,
    Form,
    PaperKind,
    PaperState,
    SealState,
    SignerRole,
    waits_for,
)
from hoffice.db import db
from hoffice.people.models import Employee, Home, Project

ALIVE = IN_FORCE | WAITING
"""A paper in one of these states counts now, or will as soon as it is signed."""
OF_THE_EMPLOYEE = sorted(kind for kind in PaperKind if waits_for(kind, SignerRole.EMPLOYEE))
BY_ORDER = tuple(Group)


def _in_pack(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Paper.pack_id == Pack.id, *where)


def waits_for_employee() -> ColumnElement[bool]:
    """A paper that is with the employee, here or with ink."""
    signed = exists().where(Signature.paper_id == Paper.id, Signature.role == SignerRole.EMPLOYEE)
    return and_(Paper.state.in_(sorted(WAITING)), Paper.kind.in_(OF_THE_EMPLOYEE), ~signed)


def _home_line() -> ColumnElement[str]:
    """``Home.line`` as an expression."""
    street = func.trim(Home.street + " " + Home.housenumber)
    town = func.trim(Home.postcode + " " + Home.city)
    return case((street == "", town), (town == "", street), else_=street + ", " + town)


def lines_of(employee_ids: Iterable[int]) -> Select[str]:
    """The present addresses of these people in one line each, as the database writes them."""
    return select(_home_line()).where(
        Home.employee_id.in_(list(employee_ids)), Home.valid_to.is_(None)
    )


def _names_former_address() -> ColumnElement[bool]:
    """The newest addendum that counts or waits names another address than the present home."""
    newer = aliased(Paper)
    named = Paper.facts["fields", BINDING_LANGUAGE, "anschrift"].as_string()
    return exists().where(
        Paper.employee_id == Employee.id,
        Paper.kind == PaperKind.ADDENDUM,
        Paper.state.in_(sorted(ALIVE)),
        Home.employee_id == Employee.id,
        Home.employee_id == Paper.employee_id,  # said again, or PostgreSQL pairs all with all
        Home.valid_to.is_(None),
        named != _home_line(),
        ~exists().where(
            newer.employee_id == Paper.employee_id,
            newer.kind == Paper.kind,
            newer.id > Paper.id,
            newer.state.in_(sorted(ALIVE)),
        ),
    )


def _is_replaced() -> ColumnElement[bool]:
    """A later paper of the same kind waits, counts or was declined."""
    newer = aliased(Paper)
    return exists().where(
        newer.employee_id == Paper.employee_id,
        newer.kind == Paper.kind,
        newer.id > Paper.id,
        newer.state.in_(sorted(ALIVE | {PaperState.DECLINED})),
    )


def _has_expired() -> ColumnElement[bool]:
    return exists().where(
        Paper.employee_id == Employee.id,
        Paper.state == PaperState.EXPIRED,
        Paper.kind.not_in(sorted(ADDED_ONE_BY_ONE)),
        ~_is_replaced(),
    )


def _cannot_be_reached() -> ColumnElement[bool]:
    """``service.cannot_be_sent`` as an expression."""
    homeless = ~exists().where(Home.employee_id == Employee.id, Home.valid_to.is_(None))
    return or_(homeless, ~Employee.email.contains("@"))


def _group() -> ColumnElement[str]:
    """What is missing, the most urgent first; each person has exactly one group.

    A consent of the household is voluntary: while it waits nobody is chased. A pack of nothing but
    papers added one by one stands in for none, unless the employee has something to sign.
    """
    waiting = Paper.state.in_(sorted(WAITING))
    alive = [*sorted(ALIVE), PaperState.DECLINED, PaperState.EXPIRED]
    usual = Paper.kind.not_in(sorted(ADDED_ONE_BY_ONE))
    has_nothing = or_(
        Pack.id.is_(None),
        and_(~_in_pack(Paper.state.in_(alive), usual), ~_in_pack(waits_for_employee())),
    )
    return case(
        (_in_pack(Paper.state == PaperState.DECLINED), literal(Group.DECLINED.value)),
        (_names_former_address(), literal(Group.OUTDATED.value)),
        (_has_expired(), literal(Group.EXPIRED.value)),
        (and_(has_nothing, _cannot_be_reached()), literal(Group.UNREACHABLE.value)),
        (has_nothing, literal(Group.NONE.value)),
        (
            _in_pack(waiting, Paper.paper_wanted_at.is_not(None), Paper.uploaded_file_id.is_(None)),
            literal(Group.WANTS_PAPER.value),
        ),
        (
            and_(
                _in_pack(waits_for_employee()),
                ~_in_pack(Paper.state.not_in([PaperState.SENT, PaperState.VOID])),
            ),
            literal(Group.SENT.value),
        ),
        (_in_pack(waits_for_employee()), literal(Group.OPENED.value)),
        (_in_pack(waiting, Paper.kind != PaperKind.HOUSEHOLD), literal(Group.COUNTERSIGN.value)),
        (_in_pack(Paper.seal_state == SealState.PENDING), literal(Group.SEAL_PENDING.value)),
        else_=literal(Group.SIGNED.value),
    )


def _everybody(today: date) -> Select[*tuple[Employee, Pack | None, str]]:
    return (
        select(Employee, Pack, _group().label("missing"))
        .outerjoin(Pack, and_(Pack.employee_id == Employee.id, Pack.ended_at.is_(None)))
        .where(or_(Employee.ends_on.is_(None), Employee.ends_on >= today))
    )


def people(today: date) -> Select[*tuple[Employee, Pack | None, str]]:
    """Everybody employed on this day, with the present pack and what is missing, for the list."""
    return _everybody(today).options(
        joinedload(Employee.team), joinedload(Employee.home), selectinload(Pack.papers)
    )


def in_group(group: str) -> ColumnElement[bool]:
    """People in this group."""
    return _group() == group


def group_order() -> ColumnElement[int]:
    """Orders people by what needs somebody first."""
    order = {group.value: place for place, group in enumerate(BY_ORDER)}
    return case(order, value=_group())


def counts(today: date) -> dict[Group, int]:
    """How many people are in each group; every group is there, also with 0."""
    inner = _everybody(today).with_only_columns(_group().label("missing")).subquery()
    rows = db.session.execute(select(inner.c.missing, func.count()).group_by(inner.c.missing))
    found = {Group(group): count for group, count in rows}
    return {group: found.get(group, 0) for group in Group}


def group_of(employee_id: int, today: date) -> Group:
    """What is missing for one person; :attr:`Group.NONE` for somebody unknown or gone."""
    row = db.session.execute(_everybody(today).where(Employee.id == employee_id)).one_or_none()
    return Group(row[2]) if row is not None else Group.NONE


# Reminders and calls


@dataclass(frozen=True, slots=True)
class Slow:
    """Somebody whose papers wait, and what was written so far."""

    employee_id: int
    sent_at: datetime
    reminders: int
    reminded_at: datetime | None


def slow(today: date) -> list[Slow]:
    """Everybody who may be reminded by mail: papers are out, and only the person is missing."""
    rows = db.session.execute(
        _everybody(today)
        .with_only_columns(Employee.id, Pack.sent_at, Pack.reminders, Pack.reminded_at)
        .where(
            _group().in_(sorted(REMINDED_BY_MAIL)),
            Pack.sent_at.is_not(None),
            Pack.reminders < len(REMINDER_DAYS),
        )
        .order_by(Employee.id)
    )
    return [Slow(who, sent, count, last) for who, sent, count, last in rows if sent is not None]


def to_call(today: date, reminded_before: datetime) -> Select[*tuple[Employee, Pack | None, str]]:
    """Who has not signed after the last reminder, with papers, for the call list."""
    return people(today).where(
        _group().in_(sorted(REMINDED_BY_MAIL)),
        Pack.reminders >= len(REMINDER_DAYS),
        Pack.reminded_at < reminded_before,
    )


def was_called(value: str) -> ColumnElement[bool]:
    """People who were called since their last reminder, or who were not."""
    called = and_(Pack.called_at.is_not(None), Pack.called_at >= Pack.reminded_at)
    return called if value == "yes" else or_(Pack.called_at.is_(None), ~called)


def uncalled(today: date, reminded_before: datetime) -> Select[int]:
    """The numbers of everybody who waits for a call."""
    waiting = to_call(today, reminded_before).where(was_called("no"))
    return waiting.options().with_only_columns(Employee.id)


def count_to_call(today: date, reminded_before: datetime) -> int:
    """How many people wait for a call."""
    inner = uncalled(today, reminded_before).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


# What ends


def _ending(until: date) -> Select[Paper]:
    return (
        select(Paper)
        .join(Paper.employee)
        .where(
            Paper.state.in_(sorted(IN_FORCE)),
            Paper.kind.not_in(sorted(ADDED_ONE_BY_ONE)),
            Paper.expires_on <= until,
            ~_is_replaced(),
        )
    )


def ending_soon(today: date) -> Select[Paper]:
    """Papers in force that end within the longest warning, and that nothing replaces yet."""
    until = today + timedelta(days=max(WARN_DAYS))
    return _ending(until).where(or_(Employee.ends_on.is_(None), Employee.ends_on >= today))


def expired(today: date) -> Select[Paper]:
    """Papers of people employed that have ended, and that none has replaced."""
    return (
        select(Paper)
        .join(Paper.employee)
        .where(
            Paper.state == PaperState.EXPIRED,
            Paper.kind.not_in(sorted(ADDED_ONE_BY_ONE)),
            or_(Employee.ends_on.is_(None), Employee.ends_on >= today),
            ~_is_replaced(),
        )
    )


def ending(today: date) -> list[tuple[int, PaperKind, date]]:
    """Papers in force that end within the longest warning: person, kind and first day without."""
    rows = db.session.execute(
        ending_soon(today)
        .with_only_columns(Paper.employee_id, Paper.kind, Paper.expires_on)
        .order_by(Paper.expires_on, Paper.id)
    )
    return [(who, kind, day) for who, kind, day in rows if day is not None]


def ends_within(days: str, today: date) -> ColumnElement[bool]:
    """People with a paper that ends within so many days and that nothing replaces yet."""
    return exists().where(
        Paper.employee_id == Employee.id,
        Paper.state.in_(sorted(IN_FORCE)),
        Paper.kind.not_in(sorted(ADDED_ONE_BY_ONE)),
        Paper.expires_on <= today + timedelta(days=int(days)),
        ~_is_replaced(),
    )


def expired_by(today: date, *, limit: int) -> Sequence[Paper]:
    """Papers whose last day is over and that still count as in force, locked."""
    return db.session.scalars(
        select(Paper)
        .where(Paper.state.in_(sorted(IN_FORCE)), Paper.expires_on <= today)
        .order_by(Paper.id)
        .limit(limit)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


# The signature of the house


def for_house() -> Select[Paper]:
    """Papers that the employee has signed and for which only the house's signature is missing.

    What is closed by an uploaded file does not wait for anybody to sign here.
    """
    signed = exists().where(Signature.paper_id == Paper.id, Signature.role == SignerRole.EMPLOYEE)
    return (
        select(Paper)
        .join(Paper.pack)
        .join(Paper.employee)
        .join(Paper.text_version)
        .where(
            Pack.ended_at.is_(None),
            Paper.state.in_(sorted(WAITING)),
            Paper.paper_wanted_at.is_(None),
            TextVersion.form == Form.TEXTFORM,
            signed,
            or_(_lacks(SignerRole.EMPLOYER), _lacks(SignerRole.TRAINER)),
        )
        .options(
            contains_eager(Paper.employee).joinedload(Employee.team),
            contains_eager(Paper.text_version),
            selectinload(Paper.signatures),
        )
    )


def _lacks(role: SignerRole) -> ColumnElement[bool]:
    signed = exists().where(Signature.paper_id == Paper.id, Signature.role == role)
    return and_(Paper.kind.in_([kind for kind in PaperKind if waits_for(kind, role)]), ~signed)


def count_for_house() -> int:
    """How many papers wait for the signature of the house."""
    inner = for_house().options().with_only_columns(Paper.id).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def signers_of(paper_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """For each of these papers the number and the name of its person."""
    rows = db.session.execute(
        select(Paper.id, Employee.id, Employee.first_name, Employee.last_name)
        .join(Paper.employee)
        .where(Paper.id.in_(list(paper_ids)))
    )
    return {paper: (person, f"{first} {last}") for paper, person, first, last in rows}


def of_kind(kind: str) -> ColumnElement[bool]:
    """Papers of this kind."""
    return Paper.kind == kind


# Renewing


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the newest paper of one kind stands; no more than deciding what to renew needs."""

    kind: PaperKind
    state: PaperState
    version: int
    expires_on: date | None
    address: str | None
    """The place of work it names, if it names one."""
    work_model: str | None
    is_signed_by_employee: bool
    has_upload: bool

    @property
    def is_with_employee(self) -> bool:
        """Whether it waits for the person, here or with ink."""
        waits = self.state in WAITING and waits_for(self.kind, SignerRole.EMPLOYEE)
        return waits and not self.is_signed_by_employee


def stands(employee_ids: Iterable[int]) -> dict[int, dict[PaperKind, Stand]]:
    """For each person the newest paper of each kind that is more than a draft or void."""
    signed = exists().where(Signature.paper_id == Paper.id, Signature.role == SignerRole.EMPLOYEE)
    rows = db.session.execute(
        select(
            Paper.employee_id,
            Paper.kind,
            Paper.state,
            TextVersion.number,
            Paper.expires_on,
            Paper.facts["fields", BINDING_LANGUAGE, "anschrift"].as_string(),
            Paper.facts["terms", "work_model"].as_string(),
            signed,
            Paper.uploaded_file_id.is_not(None),
        )
        .join(Paper.text_version)
        .where(
            Paper.employee_id.in_(list(employee_ids)),
            Paper.state.not_in([PaperState.DRAFT, PaperState.VOID]),
        )
        .order_by(Paper.id)
    )
    found: dict[int, dict[PaperKind, Stand]] = {}
    for employee_id, *known in rows:
        stand = Stand(*known)
        mine = found.setdefault(employee_id, {})
        mine.pop(stand.kind, None)  # so that the newest paper is the last one
        mine[stand.kind] = stand
    return found


def ids_in_group(group: Group, today: date) -> Sequence[int]:
    """The numbers of everybody in this group, by name."""
    return db.session.scalars(
        _everybody(today)
        .with_only_columns(Employee.id)
        .where(in_group(group))
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
    ).all()


def ids_ending_within(days: int, today: date) -> Sequence[int]:
    """The numbers of everybody with a paper that ends so soon, by name."""
    return db.session.scalars(
        _everybody(today)
        .with_only_columns(Employee.id)
        .where(ends_within(str(days), today))
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
    ).all()


def with_papers(today: date) -> Sequence[int]:
    """The numbers of everybody employed who has a pack, by name."""
    return db.session.scalars(
        _everybody(today)
        .with_only_columns(Employee.id)
        .where(Pack.id.is_not(None))
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
    ).all()


def newest_terms(employee_id: int) -> dict[str, object]:
    """What the firm said in the newest paper of this person."""
    facts = db.session.scalars(
        select(Paper.facts)
        .where(Paper.employee_id == employee_id, Paper.state != PaperState.DRAFT)
        .order_by(Paper.id.desc())
        .limit(1)
    ).one_or_none()
    terms = (facts or {}).get("terms")
    return terms if isinstance(terms, dict) else {}


def current_texts(*, only_approved: bool) -> dict[PaperKind, TextVersion]:
    """The newest binding text of every kind that has one, in one statement."""
    wanted = select(TextVersion).where(TextVersion.language == BINDING_LANGUAGE)
    if only_approved:
        wanted = wanted.where(TextVersion.approved_at.is_not(None))
    return {text.kind: text for text in db.session.scalars(wanted.order_by(TextVersion.number))}


def newest_pack_of(employee_id: int) -> Pack | None:
    """The pack made last for a person, ended or not, with its papers; locked."""
    return db.session.scalars(
        select(Pack)
        .where(Pack.employee_id == employee_id)
        .options(selectinload(Pack.papers).selectinload(Paper.signatures))
        .order_by(Pack.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


# Whole files


def everything_of(employee_id: int) -> Sequence[Paper]:
    """All papers of a person that were ever frozen, taken back ones too, oldest first."""
    return db.session.scalars(
        select(Paper)
        .where(Paper.employee_id == employee_id, Paper.frozen_file_id.is_not(None))
        .options(
            joinedload(Paper.text_version),
            joinedload(Paper.frozen_file),
            joinedload(Paper.signed_file),
            joinedload(Paper.uploaded_file),
            joinedload(Paper.sealed_file),
        )
        .order_by(Paper.id)
    ).all()


def approvals_of(client_id: int) -> Sequence[Approval]:
    """All that a client was asked and has answered, oldest first."""
    return db.session.scalars(
        select(Approval)
        .join(Approval.project)
        .where(Project.client_id == client_id)
        .options(
            joinedload(Approval.project),
            joinedload(Approval.text_version),
            joinedload(Approval.frozen_file),
            joinedload(Approval.answer_file),
        )
        .order_by(Approval.id)
    ).all()
