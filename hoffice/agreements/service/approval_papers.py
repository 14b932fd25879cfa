"""What stands in the paper that asks a client for approval, and on the sheet behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from hoffice import clock
from hoffice.agreements import pdf, queries, rules
from hoffice.agreements.models import Approval, TextVersion
from hoffice.agreements.rules import BINDING_LANGUAGE, SignerRole, Terms
from hoffice.agreements.service import contents, letterhead
from hoffice.agreements.service.fields import without_person
from hoffice.errors import N_
from hoffice.files.service import Store
from hoffice.paper.words import day, speaks
from hoffice.people.models import Employee, Project
from hoffice.wording.blocks import Block, TableBlock, blocks
from hoffice.wording.fields import Value
from hoffice.wording.html import to_html
from hoffice.wording.plain import one_line

NAMES_ON_SHEET = 40
"""More names than these are counted on the sheet of the answer; the house keeps them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client is asked, as HR has put it together."""

    people: tuple[int, ...]
    """The employees' numbers."""
    measures: str
    """One measure a line."""
    data_kinds: str = ""
    role: str = ""
    """What all of them do; empty: each person's team."""
    shows_names: bool = False
    needs_file: bool = False
    wanted_to: date | None = None
    language: str = BINDING_LANGUAGE
    """In which the client's contact is written to."""


def lines_of(text: str) -> list[str]:
    """One entry a line, without bullets and empty lines."""
    return [plain for line in text.splitlines() if (plain := one_line(line).lstrip("-*• ").strip())]


def label_of(employee: Employee, *, shows_names: bool) -> str:
    """How the client sees a person: by name only if the request says so."""
    number = employee.personnel_number
    return one_line(f"{employee.name}, {number}") if shows_names else number


def role_of(employee: Employee, request: Request) -> str:
    """What the client reads of a person's work."""
    return one_line(request.role or (employee.team.name if employee.team else "")) or "–"


def frozen_facts(  # noqa: PLR0913  # everything the paper is made from
    request: Request,
    project: Project,
    people: Sequence[Employee],
    text: TextVersion,
    *,
    terms: Terms,
    made_at: datetime,
    number: str,
) -> dict[str, Any]:
    """Everything the paper is made from, as plain JSON that never changes again."""
    listed = [
        {
            "id": one.id,
            "person": label_of(one, shows_names=request.shows_names),
            "role": role_of(one, request),
        }
        for one in people
    ]
    return {
        "made_at": made_at.isoformat(),
        "reference": number,
        "is_sample": text.approved_at is None,
        "letterhead": letterhead.noted(),
        "terms": asdict(terms),
        "fields": {
            language: _fields(request, project, listed, terms, language, made_at)
            for language in (BINDING_LANGUAGE, "en")
        },
        "signers": [[role, ""] for role in rules.SIGNERS[text.kind]],
        "people": listed,
        "measures": lines_of(request.measures),
        "data_kinds": one_line(request.data_kinds),
        "role": one_line(request.role),
        "wanted_to": request.wanted_to.isoformat() if request.wanted_to else "",
        "language": request.language,
    }


def _fields(  # noqa: PLR0913, PLR0917  # as above
    request: Request,
    project: Project,
    listed: Iterable[Mapping[str, Any]],
    terms: Terms,
    language: str,
    made_at: datetime,
) -> dict[str, Value]:
    """The fields of all texts, those about one person without a value."""
    today = made_at.astimezone(clock.BERLIN).date()
    return {
        **without_person(terms, today=today, language=language),
        "auftraggeber": project.client.name,
        "projekt": project.name,
        "ansprechpartner": project.client.contact_name or project.client.name,
        "personen": [{"person": one["person"], "aufgabe": one["role"]} for one in listed],
        "massnahmen": lines_of(request.measures),
        "datenarten": one_line(request.data_kinds) or None,
        "gewuenscht_bis": day(request.wanted_to, language) if request.wanted_to else None,
        "schriftform": request.needs_file,
    }


def paper_facts(
    text: TextVersion, facts: Mapping[str, Any], *, needs_file: bool, store: Store
) -> pdf.PaperFacts:
    """The paper's facts for ReportLab; the same today and in ten years."""
    made = contents.paper_facts(text, facts)
    dressed = letterhead.dressed(made, facts.get("letterhead"), store)
    return replace(dressed, is_signed_outside=needs_file)


def reading(approval: Approval, language: str = BINDING_LANGUAGE) -> tuple[Block, ...]:
    """What the paper says, in its words or in those of its reading version."""
    text = approval.text_version
    if language != BINDING_LANGUAGE:
        text = queries.reading_text(text, language) or text
    return blocks(text.source, approval.facts["fields"][text.language])


def draft(text: TextVersion, facts: Mapping[str, Any]) -> tuple[Block, ...]:
    """What the paper would say; for the preview before it is sent."""
    return blocks(text.source, facts["fields"][text.language])


def on_page(parts: Iterable[Block], *, table: str) -> Markup:
    """The text as a piece of a page; each of several tables has a name of its own."""
    pieces, tables = [], 0
    for part in parts:
        tables += isinstance(part, TableBlock)
        name = table if tables == 1 else f"{table} {tables}"
        pieces.append(to_html([part], table=name, signature=lambda _at: Markup()))
    return Markup("\n").join(pieces)


def answer_sheet(approval: Approval, frozen: bytes, *, at: datetime, store: Store) -> bytes:
    """The paper as it was shown, and behind it who answered what, and when."""
    facts = approval.facts
    made = paper_facts(approval.text_version, facts, needs_file=approval.needs_file, store=store)
    signature = pdf.SignatureFacts(
        role=SignerRole.CLIENT,
        name=approval.answered_by_name,
        signed_at=at,
        way=pdf.Way.TYPED,
        typed=approval.answered_by_name,
        proofs=(pdf.Proof.LINK,),
    )
    certificate = pdf.CertificateFacts(
        frozen_sha256=approval.frozen_file.sha256 if approval.frozen_file else "",
        log=_log(approval, at),
        completed_at=at,
        will_be_sealed=False,  # so it names no page either that would only find no seal
    )
    return pdf.signed(made, (signature,), certificate, frozen=frozen)


def _log(approval: Approval, at: datetime) -> tuple[pdf.LogLine, ...]:
    _ = speaks(BINDING_LANGUAGE)
    house, name = approval.facts["terms"]["company"], approval.answered_by_name
    lines = []
    if approval.asked_at is not None:
        lines.append(pdf.LogLine(approval.asked_at, house, _(N_("client asked"))))
    if approval.opened_at is not None:
        client = approval.project.client.name
        lines.append(pdf.LogLine(approval.opened_at, client, _(N_("opened for reading"))))
    lines += [pdf.LogLine(at, name, deed) for deed in _answered(approval)]
    return tuple(lines)


def _answered(approval: Approval) -> Iterable[str]:
    _ = speaks(BINDING_LANGUAGE)
    said = {one.employee_id: one.is_approved for one in approval.people}
    yes = [one["person"] for one in approval.facts["people"] if said.get(one["id"])]
    no = [one["person"] for one in approval.facts["people"] if not said.get(one["id"])]
    yield _(N_("approved: %(number)s of %(all)s people")) % {
        "number": len(yes),
        "all": len(yes) + len(no),
    }
    if no:
        shown = "; ".join(no[:NAMES_ON_SHEET]) + (" …" if len(no) > NAMES_ON_SHEET else "")
        yield _(N_("not approved: %(people)s")) % {"people": shown}
    if approval.valid_to is not None:
        yield _(N_("valid to %(day)s")) % {"day": day(approval.valid_to, BINDING_LANGUAGE)}
    if approval.conditions:
        yield _(N_("conditions: %(text)s")) % {"text": one_line(approval.conditions, chars=2000)}
