"""The letterhead of papers: written by HR, noted in each paper that is frozen, kept for ever.

A paper notes the lines and the hash of the logo it was made with, so that it can be made again the
same, whatever the letterhead is by then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from hoffice import clock
from hoffice.agreements import pdf
from hoffice.agreements.models import Letterhead
from hoffice.agreements.queries import letterhead as queries
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.files.service import Store, keep
from hoffice.paper.logo import Logo, taken_in
from hoffice.paper.sheet import Letterhead as Head
from hoffice.units import Actor
from hoffice.wording.plain import one_line

MOST_LINES: Final = 3
LINE_CHARS: Final = 80


def write(  # a letterhead has these parts
    lines: Sequence[str], *, logo: bytes | None, without_logo: bool = False, store: Store, by: Actor
) -> Letterhead:
    """A new letterhead; without a new ``logo`` the present one stays, unless it shall go."""
    now = queries.current()
    made = Letterhead(
        lines=_checked(lines),
        logo_file=None if now is None or without_logo else now.logo_file,
        created_at=clock.now(),
        created_by=str(by),
    )
    if logo:
        made.logo_file = keep(store, taken_in(logo), name="logo.png", media_type="image/png")
    db.session.add(made)
    db.session.flush()
    sha256 = made.logo_file.sha256 if made.logo_file is not None else None
    record(by, "agreements.letterhead_written", made, lines=len(made.lines), logo_sha256=sha256)
    return made


def _checked(lines: Sequence[str]) -> list[str]:
    plain = [text for line in lines if (text := one_line(line))]
    if len(plain) > MOST_LINES:
        raise Refused(N_("A letterhead has at most three lines."))
    if any(len(line) > LINE_CHARS for line in plain):
        raise Refused(N_("A line of the letterhead has at most 80 signs."))
    return plain


def noted() -> dict[str, Any] | None:
    """What a paper that is frozen now notes of the letterhead; None: it takes the terms' lines."""
    now = queries.current()
    if now is None:
        return None
    return {
        "lines": list(now.lines),
        "logo_sha256": now.logo_file.sha256 if now.logo_file is not None else None,
    }


def dressed(made: pdf.PaperFacts, note: Mapping[str, Any] | None, store: Store) -> pdf.PaperFacts:
    """The paper with the letterhead that was noted when it was frozen."""
    if note is None:
        return made
    return replace(made, letterhead=_head(made.letterhead, note, store))


def _head(head: Head, note: Mapping[str, Any], store: Store) -> Head:
    sha256 = note["logo_sha256"]
    logo = Logo(store.get(sha256)) if sha256 is not None else None
    return replace(head, lines=tuple(note["lines"]) or head.lines, logo=logo)
