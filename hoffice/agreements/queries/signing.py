"""Reading what one sitting needs: papers that wait, codes, questions, papers in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hoffice.agreements.models import Pack, Paper, Question, SignatureCode
from hoffice.agreements.rules import (
    IN_FORCE,
    WAITING,
    Form,
    PaperKind,
    SignerRole,
    is_for_reading,
    signer_behind_link,
    waits_for,
)
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.files.models import StoredFile
from hoffice.people.models import Employee


def is_open(paper: Paper, role: SignerRole = SignerRole.EMPLOYEE) -> bool:
    """Whether this paper still waits for this role, here or with ink."""
    return (
        paper.state in WAITING
        and waits_for(paper.kind, role)
        and all(one.role is not role for one in paper.signatures)
    )


def is_open_behind_link(paper: Paper) -> bool:
    """Whether this paper still waits for whoever decides on it behind the employee's link."""
    return is_open(paper, signer_behind_link(paper.kind))


def waits_for_upload(paper: Paper) -> bool:
    """Whether only a file signed elsewhere closes this paper: by its text, or as she wishes."""
    asked = paper.paper_wanted_at is not None or paper.text_version.form is not Form.TEXTFORM
    return paper.state in WAITING and asked and not is_for_reading(paper.kind)


def lacks_signature(paper: Paper, role: SignerRole = SignerRole.EMPLOYEE) -> bool:
    """Whether this paper still waits for this role to sign it here."""
    return is_open(paper, role) and not waits_for_upload(paper)


def file_that_counts(paper: Paper) -> StoredFile | None:
    """What somebody gets who asks for this paper: sealed, signed, brought and taken, else as sent.

    A file that was brought and that nobody has looked at is not the paper.
    """
    brought = paper.uploaded_file if paper.signed_at is not None else None
    return paper.sealed_file or paper.signed_file or brought or paper.frozen_file


def papers_to_change(paper_ids: Iterable[int]) -> Sequence[Paper]:
    """These papers in the order of their numbers, their packs locked before."""
    ids = list(paper_ids)
    db.session.scalars(
        select(Pack)
        .where(Pack.id.in_(select(Paper.pack_id).where(Paper.id.in_(ids))))
        .order_by(Pack.id)
        .with_for_update()
    ).all()
    return db.session.scalars(
        select(Paper)
        .where(Paper.id.in_(ids))
        .options(
            selectinload(Paper.signatures),
            joinedload(Paper.text_version),
            joinedload(Paper.frozen_file),
            joinedload(Paper.pack),
        )
        .order_by(Paper.id)
        .execution_options(populate_existing=True)
    ).all()


def superseded_by(paper: Paper) -> Paper | None:
    """The paper that this one replaces, if it replaces one."""
    return None if paper.supersedes_id is None else db.session.get(Paper, paper.supersedes_id)


def newest_in_force(employee_ids: Iterable[int], today: date) -> dict[int, dict[PaperKind, Paper]]:
    """For each person the newest paper of each kind that counts on this day, of whatever pack."""
    found: dict[int, dict[PaperKind, Paper]] = {}
    rows = db.session.scalars(
        select(Paper)
        .where(
            Paper.employee_id.in_(list(employee_ids)),
            Paper.state.in_(sorted(IN_FORCE)),
            or_(Paper.expires_on.is_(None), Paper.expires_on > today),
        )
        .order_by(Paper.id)
    )
    for paper in rows:
        found.setdefault(paper.employee_id, {})[paper.kind] = paper
    return found


# Codes


def newest_code(pack_id: int, *, lock: bool = False) -> SignatureCode | None:
    """The code that was made last for a pack; earlier ones no longer count."""
    wanted = (
        select(SignatureCode)
        .where(SignatureCode.pack_id == pack_id)
        .order_by(SignatureCode.id.desc())
        .limit(1)
    )
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(wanted).one_or_none()


def code(code_id: int) -> SignatureCode:
    """The code with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(SignatureCode, code_id)
    if found is None:
        raise NotFound(N_("There is no such code."))
    return found


def codes_since(pack_id: int, moment: datetime) -> int:
    """How many codes were made for a pack since then."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(SignatureCode)
            .where(SignatureCode.pack_id == pack_id, SignatureCode.created_at >= moment)
        )
        or 0
    )


# Questions


def questions_of(employee_id: int) -> Sequence[Question]:
    """What a person has asked about her papers, oldest first."""
    return db.session.scalars(
        select(Question).where(Question.employee_id == employee_id).order_by(Question.id)
    ).all()


def question(question_id: int, *, lock: bool = False) -> Question:
    """The question with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.get(
        Question, question_id, with_for_update={"of": Question} if lock else None
    )
    if found is None:
        raise NotFound(N_("There is no such question."))
    return found


def questions(*, limit: int) -> Sequence[Question]:
    """Questions with their people: those without an answer first, the longest waiting on top."""
    return db.session.scalars(
        select(Question)
        .options(joinedload(Question.employee), joinedload(Question.paper))
        .order_by(Question.answered_at.is_not(None), Question.answered_at.desc(), Question.id)
        .limit(limit)
    ).all()


def open_questions() -> int:
    """How many questions wait for an answer."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Question).where(Question.answered_at.is_(None))
        )
        or 0
    )


# What waits for the house


def with_paper_work() -> Sequence[Paper]:
    """Papers that wait for a file: wanted with ink, asked for by their text, or to be looked at."""
    rows = db.session.scalars(
        select(Paper)
        .join(Paper.pack)
        .join(Paper.employee)
        .join(Paper.text_version)
        .where(
            Pack.ended_at.is_(None),
            Paper.state.in_(sorted(WAITING)),
            or_(
                Paper.paper_wanted_at.is_not(None),
                Paper.uploaded_file_id.is_not(None),
                Paper.text_version.has(form=Form.ADVANCED),
                Paper.text_version.has(form=Form.QUALIFIED),
                Paper.text_version.has(form=Form.PAPER),
            ),
        )
        .options(
            joinedload(Paper.employee),
            joinedload(Paper.text_version),
            joinedload(Paper.uploaded_file),
            selectinload(Paper.signatures),
        )
        .order_by(
            Paper.uploaded_file_id.is_(None), Employee.last_name, Employee.first_name, Paper.id
        )
    ).all()
    return [paper for paper in rows if waits_for_upload(paper)]


def waiting_for_trainer() -> Sequence[Paper]:
    """Records of the instruction that the employee has signed and the trainer has not."""
    rows = db.session.scalars(
        select(Paper)
        .join(Paper.pack)
        .join(Paper.employee)
        .where(
            Pack.ended_at.is_(None),
            Paper.state.in_(sorted(WAITING)),
            Paper.kind == PaperKind.INSTRUCTION,
        )
        .options(
            joinedload(Paper.employee),
            joinedload(Paper.text_version),
            selectinload(Paper.signatures),
        )
        .order_by(Employee.last_name, Employee.first_name, Paper.id)
    ).all()
    return [
        paper
        for paper in rows
        if lacks_signature(paper, SignerRole.TRAINER) and not lacks_signature(paper)
    ]
