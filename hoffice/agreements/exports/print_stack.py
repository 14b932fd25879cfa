"""Papers of several people as one file for the printer: facts in, bytes out.

Everything begins on an odd page, so that nothing of one paper lands on the back of another when
both sides of a sheet are printed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

import pikepdf

from hoffice.paper import flow
from hoffice.paper.sheet import Letterhead, Sheet, pages
from hoffice.paper.text import safe

A4 = (595.28, 841.89)


@dataclass(frozen=True, slots=True)
class Printed:
    """One frozen paper of somebody: what it is, and its file."""

    title: str
    reference: str
    sha256: str
    sheets: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Whose papers lie behind a cover sheet."""

    name: str
    note: str
    """Number and team."""
    code: str
    """What the code on the cover says, so that a scan leaves it out by itself."""
    papers: Sequence[Printed]


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the cover, in the reader's language."""

    language: str
    title: str
    told: str
    header: tuple[str, str, str]


def print_stack(
    people: Sequence[Person],
    words: Words,
    *,
    company: str,
    made_at: datetime,
    read: Callable[[str], bytes],
) -> bytes:
    """A cover sheet and the papers of each person, each from an odd page on."""
    target = io.BytesIO()
    with ExitStack() as opened:
        stack = opened.enter_context(pikepdf.new())
        for person in people:
            for content in _parts(person, words, company, made_at, read):
                if len(stack.pages) % 2:
                    stack.add_blank_page(page_size=A4)
                part = opened.enter_context(pikepdf.open(io.BytesIO(content)))
                stack.pages.extend(part.pages)  # what is in them is taken over when it is saved
        stack.save(target)
    return target.getvalue()


def _parts(
    person: Person,
    words: Words,
    company: str,
    made_at: datetime,
    read: Callable[[str], bytes],
) -> Iterator[bytes]:
    yield _cover(person, words, company, made_at)
    for paper in person.papers:
        yield read(paper.sha256)


def _cover(person: Person, words: Words, company: str, made_at: datetime) -> bytes:
    sheet = Sheet(
        title=words.title,
        language=words.language,
        letterhead=Letterhead(company),
        made_at=made_at,
        code_reference=person.code,
    )
    rows = [
        [safe(paper.title), safe(paper.reference), str(paper.sheets or "")]
        for paper in person.papers
    ]
    width = sheet.width
    story = [
        flow.heading(safe(person.name), 1),
        flow.said(person.note),
        flow.table(
            [safe(head) for head in words.header], rows, (width * 0.6, width * 0.25, width * 0.15)
        ),
        flow.said(words.told),
    ]
    return pages(sheet, story)
