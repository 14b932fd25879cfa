"""Reading the versions of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import defer

from hoffice.agreements.models import TextVersion
from hoffice.agreements.rules import PaperKind
from hoffice.db import db


@dataclass(frozen=True, slots=True)
class Shelf:
    """One text in one language: what counts, and what waits."""

    kind: PaperKind
    language: str
    counts: TextVersion | None
    """The version in use: the newest approved one."""
    waiting: TextVersion | None
    """The newest draft, if it is newer than what counts."""
    versions: int

    @property
    def newest(self) -> TextVersion:
        """What a click on the text opens."""
        return self.waiting or self.counts  # type: ignore[return-value]  # a shelf is never empty


def shelves() -> Sequence[Shelf]:
    """Every text that is there, by kind and language; one statement, without the texts' words."""
    rows = db.session.scalars(
        select(TextVersion).options(defer(TextVersion.source)).order_by(TextVersion.number.desc())
    ).all()
    found: dict[tuple[PaperKind, str], list[TextVersion]] = {}
    for row in rows:
        found.setdefault((row.kind, row.language), []).append(row)
    order = list(PaperKind)
    return [
        _shelf(kind, language, found[kind, language])
        for kind, language in sorted(found, key=lambda key: (order.index(key[0]), key[1]))
    ]


def _shelf(kind: PaperKind, language: str, rows: Sequence[TextVersion]) -> Shelf:
    counts = next((row for row in rows if row.approved_at is not None), None)
    newest = rows[0]
    return Shelf(kind, language, counts, None if newest is counts else newest, len(rows))


def all_of(kind: PaperKind, language: str) -> Sequence[TextVersion]:
    """All versions of one text, the newest first, without their words."""
    return db.session.scalars(
        select(TextVersion)
        .where(TextVersion.kind == kind, TextVersion.language == language)
        .options(defer(TextVersion.source))
        .order_by(TextVersion.number.desc())
    ).all()


def one(kind: PaperKind, language: str, number: int) -> TextVersion | None:
    """One version by its number, if there is one."""
    return db.session.scalars(
        select(TextVersion).where(
            TextVersion.kind == kind,
            TextVersion.language == language,
            TextVersion.number == number,
        )
    ).one_or_none()


def binding_of(text: TextVersion) -> TextVersion | None:
    """The version that a reading version puts into other words; None for a binding one."""
    return db.session.get(TextVersion, text.reads_id) if text.reads_id is not None else None
