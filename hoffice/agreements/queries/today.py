"""What waits for HR this morning: one number for each page of the papers, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from hoffice.agreements.models import Pack, Paper, Question, ScanPage
from hoffice.agreements.queries import desk
from hoffice.agreements.rules import WAITING, ScanState, SealState
from hoffice.db import db


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of each wait for somebody of HR."""

    calls: int
    """People who have not signed after the last reminder."""
    for_house: int
    """Papers that only lack the signature of employer or trainer."""
    expired: int
    ending: int
    questions: int
    uploads: int
    """Files that people brought and that nobody has looked at."""
    ink: int
    """Papers that somebody wants with ink, and for which no file has come."""
    pages: int
    """Scanned pages that could not be filed by themselves."""
    seals: int


def waiting(today: date, reminded_before: datetime) -> Waiting:
    """What waits on this day; one statement, however many people there are."""
    brought = _with_file().where(Paper.uploaded_file_id.is_not(None))
    wanted = _with_file().where(
        Paper.uploaded_file_id.is_(None), Paper.paper_wanted_at.is_not(None)
    )
    parts = [
        desk.uncalled(today, reminded_before),
        _ids(desk.for_house()),
        _ids(desk.expired(today)),
        _ids(desk.ending_soon(today)),
        select(Question.id).where(Question.answered_at.is_(None)),
        brought,
        wanted,
        select(ScanPage.id).where(ScanPage.state == ScanState.OPEN),
        select(Paper.id).where(Paper.seal_state == SealState.PENDING),
    ]
    row = db.session.execute(select(*(_count(part).scalar_subquery() for part in parts))).one()
    return Waiting(*row)


def _with_file() -> Select[int]:
    return (
        select(Paper.id)
        .join(Paper.pack)
        .where(Pack.ended_at.is_(None), Paper.state.in_(sorted(WAITING)))
    )


def _ids(papers: Select[Any]) -> Select[int]:
    return papers.options().with_only_columns(Paper.id)


def _count(ids: Select[int]) -> Select[int]:
    return select(func.count()).select_from(ids.subquery())
