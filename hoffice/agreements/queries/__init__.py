"""Reading texts, packs, papers and signatures. Every ``select`` of this domain is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from hoffice.agreements.models import Pack, Paper, TextVersion
from hoffice.agreements.queries.signing import lacks_signature as lacks_signature
from hoffice.agreements.rules import (
    ADDED_ONE_BY_ONE,
    IN_FORCE,
    WAITING,
    PaperKind,
    PaperState,
)
from hoffice.db import db
from hoffice.errors import N_, NotFound
from hoffice.people.models import Employee

BINDING = "de"
"""The language of the text that is signed; others are for reading."""


def current_text(
    kind: PaperKind, language: str = BINDING, *, only_approved: bool
) -> TextVersion | None:
    """The newest version of a text, among the approved ones if only those may be used."""
    wanted = select(TextVersion).where(TextVersion.kind == kind, TextVersion.language == language)
    if only_approved:
        wanted = wanted.where(TextVersion.approved_at.is_not(None))
    return db.session.scalars(wanted.order_by(TextVersion.number.desc()).limit(1)).one_or_none()


def reading_text(text: TextVersion, language: str) -> TextVersion | None:
    """What puts this version into another language: the newest approved, if the text is approved.

    Nobody reads a draft beside a text that counts.
    """
    wanted = select(TextVersion).where(
        TextVersion.reads_id == text.id, TextVersion.language == language
    )
    if text.approved_at is not None:
        wanted = wanted.where(TextVersion.approved_at.is_not(None))
    return db.session.scalars(wanted.order_by(TextVersion.number.desc()).limit(1)).one_or_none()


def text(text_id: int, *, lock: bool = False) -> TextVersion:
    """The version of a text with this number, or :class:`~hoffice.errors.NotFound`.

    With ``lock`` it is kept from other writers until the transaction ends.
    """
    found = db.session.get(TextVersion, text_id, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise NotFound(N_("There is no such text."))
    return found


def texts() -> Sequence[TextVersion]:
    """All versions of all texts, the newest of each first."""
    order = case(
        {kind.value: place for place, kind in enumerate(PaperKind)}, value=TextVersion.kind
    )
    return db.session.scalars(
        select(TextVersion).order_by(order, TextVersion.language, TextVersion.number.desc())
    ).all()


def _whole_pack() -> tuple[ORMOption, ...]:
    return (
        joinedload(Pack.employee),
        selectinload(Pack.papers).options(
            joinedload(Paper.text_version),
            joinedload(Paper.frozen_file),
            joinedload(Paper.signed_file),
            selectinload(Paper.signatures),
        ),
    )


def packs_of(employee_ids: Iterable[int]) -> dict[int, Pack]:
    """The present packs of these people, whole; a fixed number of statements.

    A pack that holds nothing but papers added one by one is left out: it stands in for none.
    """
    found = db.session.scalars(
        select(Pack)
        .where(
            Pack.employee_id.in_(list(employee_ids)),
            Pack.ended_at.is_(None),
            exists().where(Paper.pack_id == Pack.id, Paper.kind.not_in(sorted(ADDED_ONE_BY_ONE))),
        )
        .options(*_whole_pack())
    )
    return {pack.employee_id: pack for pack in found}


def pack_of(employee_id: int) -> Pack | None:
    """The person's present pack, whatever it holds, if there is one."""
    return db.session.scalars(
        select(Pack)
        .where(Pack.employee_id == employee_id, Pack.ended_at.is_(None))
        .options(*_whole_pack())
    ).one_or_none()


def unsettled_added(employee_id: int) -> Sequence[Paper]:
    """Papers added one by one that somebody still has to decide on, of whatever pack."""
    return db.session.scalars(
        select(Paper)
        .where(
            Paper.employee_id == employee_id,
            Paper.kind.in_(sorted(ADDED_ONE_BY_ONE)),
            Paper.state.in_(sorted(WAITING | {PaperState.DECLINED})),
        )
        .order_by(Paper.id)
    ).all()


def pack_to_change(employee_id: int) -> Pack:
    """The person's present pack, locked, so that two browsers take their turns."""
    found = db.session.scalars(
        select(Pack)
        .where(Pack.employee_id == employee_id, Pack.ended_at.is_(None))
        .options(
            selectinload(Pack.papers).options(
                joinedload(Paper.text_version), selectinload(Paper.signatures)
            )
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There are no papers for you at the moment."))
    return found


def paper(paper_id: int) -> Paper:
    """The paper with this number, or :class:`~hoffice.errors.NotFound`."""
    found = db.session.scalars(
        select(Paper)
        .where(Paper.id == paper_id)
        .options(
            joinedload(Paper.employee),
            joinedload(Paper.pack),
            joinedload(Paper.text_version),
            joinedload(Paper.frozen_file),
            joinedload(Paper.signed_file),
            selectinload(Paper.signatures),
        )
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such paper."))
    return found


def own_paper(paper_id: int, *, employee_id: int) -> Paper:
    """A person's own paper; another person's, or one that was taken back, is not there."""
    found = paper(paper_id)
    if found.employee_id != employee_id or found.state in {PaperState.DRAFT, PaperState.VOID}:
        raise NotFound(N_("There is no such paper."))
    return found


def papers_of(employee_id: int) -> Sequence[Paper]:
    """All papers a person has ever been sent and that count, the newest first."""
    return db.session.scalars(
        select(Paper)
        .where(
            Paper.employee_id == employee_id,
            Paper.state.not_in([PaperState.DRAFT, PaperState.VOID]),
        )
        .options(joinedload(Paper.frozen_file), joinedload(Paper.signed_file))
        .order_by(Paper.id.desc())
    ).all()


def search_papers(words: Sequence[str] | str) -> ColumnElement[bool]:
    """Papers of a person with all these words, or with this number (``P000017``)."""
    several = words.split() if isinstance(words, str) else list(words)
    found = [Employee.search_text.contains(word.lower(), autoescape=True) for word in several]
    number = _paper_number(several)
    of_person = and_(*found) if found else Paper.id.is_not(None)
    return of_person if number is None else or_(of_person, Paper.id == number)


def _paper_number(words: Sequence[str]) -> int | None:
    """The number of a paper, from its reference as printed at the foot of each page."""
    if len(words) != 1 or words[0][:1].upper() != "P":
        return None
    digits = words[0][1:]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None  # noqa: PLR2004  # more than any table holds


def search_people(words: Sequence[str]) -> ColumnElement[bool]:
    """People with all these words in name, number, mail, team, street or town."""
    return and_(*(Employee.search_text.contains(word.lower(), autoescape=True) for word in words))


def without_pack(today: date) -> Sequence[int]:
    """The numbers of everybody employed on this day who has no pack, or none that counts.

    Papers added one by one have a way of their own and make no pack.
    """
    counts = exists().where(
        Paper.pack_id == Pack.id,
        Paper.kind.not_in(sorted(ADDED_ONE_BY_ONE)),
        Paper.state.in_(sorted({*IN_FORCE, *WAITING, PaperState.DECLINED})),
    )
    return db.session.scalars(
        select(Employee.id)
        .outerjoin(Pack, and_(Pack.employee_id == Employee.id, Pack.ended_at.is_(None)))
        .where(or_(Employee.ends_on.is_(None), Employee.ends_on >= today))
        .where(or_(Pack.id.is_(None), ~counts))
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
    ).all()


def people_with(employee_ids: Iterable[int]) -> Sequence[Employee]:
    """These people with home and team, by name."""
    return db.session.scalars(
        select(Employee)
        .where(Employee.id.in_(list(employee_ids)))
        .options(joinedload(Employee.home), joinedload(Employee.team))
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
    ).all()


def last_terms() -> dict[str, Any]:
    """What the firm said in the newest addendum, to start the next sending from."""
    facts = db.session.scalars(
        select(Paper.facts)
        .where(Paper.kind == PaperKind.ADDENDUM)
        .order_by(Paper.id.desc())
        .limit(1)
    ).one_or_none()
    terms = (facts or {}).get("terms")
    return terms if isinstance(terms, dict) else {}
