"""What stands in a paper: its fields, its blocks, its facts for the file and for the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from hoffice import clock
from hoffice.agreements import pdf, queries, rules
from hoffice.agreements.models import Paper, Signature, TextVersion
from hoffice.agreements.rules import BINDING_LANGUAGE, SignatureMethod, SignerRole, Terms
from hoffice.agreements.service import letterhead
from hoffice.agreements.service.fields import Case, fields_of, longest
from hoffice.audit.rules import canonical
from hoffice.errors import N_
from hoffice.paper.page_code import house_letters
from hoffice.paper.sheet import Letterhead
from hoffice.paper.words import speaks
from hoffice.people.models import Employee
from hoffice.wording.blocks import Block, Heading, blocks
from hoffice.wording.fields import Value

SIGNER_TITLES: dict[SignerRole, str] = {
    SignerRole.EMPLOYEE: N_("employee"),
    SignerRole.EMPLOYER: N_("for the employer"),
    SignerRole.TRAINER: N_("who gave the instruction"),
    SignerRole.HOUSEHOLD: N_("adult of the household"),
    SignerRole.CLIENT: N_("for the client"),
    SignerRole.WORKS_COUNCIL: N_("for the works council"),
    SignerRole.DRIVER: N_("for the employer, at the door"),
}


BEHIND_LINK = frozenset({SignerRole.EMPLOYEE, SignerRole.HOUSEHOLD})
"""Who signs in the employee's portal."""


def terms_in(said: Mapping[str, object]) -> Terms:
    """The terms of an earlier sending; words that terms no longer know are left out."""
    known = {one.name for one in fields(Terms)}
    kept = {name: value for name, value in said.items() if name in known}
    return Terms(**kept)  # type: ignore[arg-type]  # what a job or a paper has kept of them


def reference(paper: Paper) -> str:
    """What stands at the foot of each page, such as ``P000017``."""
    return f"P{paper.id:06d}"


def frozen_facts(  # noqa: PLR0913  # everything a paper is made from
    employee: Employee,
    text: TextVersion,
    *,
    terms: Terms,
    signer: str,
    made_at: datetime,
    number: str,
    more: Callable[[str], Mapping[str, Value]] | None = None,
) -> dict[str, Any]:
    """Everything a paper is made from besides its text, as plain JSON that never changes again.

    ``more`` gives the fields that only this kind of paper has, see ``fields.given``, in the words
    of a language.
    """
    today = made_at.astimezone(clock.BERLIN).date()
    facts: dict[str, Any] = {
        "made_at": made_at.isoformat(),
        "reference": number,
        "is_sample": text.approved_at is None,
        "letterhead": letterhead.noted(),
        "terms": asdict(terms),
        "fields": {
            language: fields_of(
                Case(
                    employee=employee,
                    terms=terms,
                    signer=signer,
                    language=language,
                    today=today,
                    more=more(language) if more is not None else {},
                )
            )
            for language in (BINDING_LANGUAGE, "en")
        },
        "signers": [
            [role, _signer(role, employee, terms, signer)] for role in rules.SIGNERS[text.kind]
        ],
    }
    return {**facts, "house": house_letters(canonical(facts))}


def _signer(role: SignerRole, employee: Employee, terms: Terms, signer: str) -> str:
    """The name below the line; of people whom the house does not know, there is none."""
    match role:
        case SignerRole.EMPLOYEE:
            return employee.name
        case SignerRole.EMPLOYER:
            return signer
        case SignerRole.TRAINER:
            return terms.trainer or signer
        case _:
            return ""


def made_at(paper: Paper) -> datetime:
    """When a paper was frozen; its pack may be older, or younger where it moved along."""
    return datetime.fromisoformat(paper.facts["made_at"])


def title_of(paper: Paper, language: str = BINDING_LANGUAGE) -> str:
    """The paper's own heading, as printed, or that of its reading version."""
    return _title(paper.text_version, reading(paper, language))


def without_title(parts: tuple[Block, ...]) -> tuple[Block, ...]:
    """The parts below the heading, for a page that has its own; the others move up by one."""
    first = parts[0] if parts else None
    if not isinstance(first, Heading) or first.level != 1:
        return parts
    return tuple(
        replace(part, level=max(1, part.level - 1)) if isinstance(part, Heading) else part
        for part in parts[1:]
    )


def _title(text: TextVersion, parts: tuple[Block, ...]) -> str:
    for block in parts:
        if isinstance(block, Heading) and block.level == 1:
            return "".join(run.text for run in block.runs)
    return rules.PAPER_LABELS[text.kind]


def reading(paper: Paper, language: str = BINDING_LANGUAGE) -> tuple[Block, ...]:
    """What the paper says: the very parts the frozen file is made of, or their reading version.

    Another language than the binding one is for reading only; where it does not exist, the
    binding text is given.
    """
    text = paper.text_version
    if language != BINDING_LANGUAGE:
        text = queries.reading_text(text, language) or text
    return blocks(text.source, paper.facts["fields"][text.language])


def preview(text: TextVersion, *, terms: Terms) -> tuple[pdf.PaperFacts, dict[str, Value]]:
    """A text with the longest names one can think of: its paper without blocks, and its values.

    The blocks are made by ``previews``, in a process that may take little time and room.
    """
    _ = speaks(text.language)
    facts = pdf.PaperFacts(
        title=_(rules.PAPER_LABELS[text.kind]),
        language=text.language,
        letterhead=Letterhead(terms.company, tuple(filter(None, [terms.company_address]))),
        blocks=(),
        signers=tuple(
            pdf.Signer(role, "…", _(SIGNER_TITLES[role])) for role in rules.SIGNERS[text.kind]
        ),
        made_at=text.created_at,
        reference="",
        text_version=_version(text),
        is_sample=text.approved_at is None,
        is_reading_version=text.language != BINDING_LANGUAGE,
    )
    return facts, longest(terms)


def _version(text: TextVersion) -> str:
    return f"{text.kind} v{text.number}"


def paper_facts(text: TextVersion, facts: Mapping[str, Any]) -> pdf.PaperFacts:
    """The paper's facts for ReportLab; the same today and in ten years."""
    terms = facts["terms"]
    parts = blocks(text.source, facts["fields"][BINDING_LANGUAGE])
    return pdf.PaperFacts(
        title=_title(text, parts),
        language=BINDING_LANGUAGE,
        letterhead=Letterhead(
            terms["company"], tuple(filter(None, [terms["company_address"], terms["hotline"]]))
        ),
        blocks=parts,
        signers=tuple(
            pdf.Signer(role, name, speaks(BINDING_LANGUAGE)(SIGNER_TITLES[SignerRole(role)]))
            for role, name in facts["signers"]
        ),
        made_at=datetime.fromisoformat(facts["made_at"]),
        reference=facts["reference"],
        text_version=_version(text),
        is_sample=facts["is_sample"],
        house=facts.get("house", ""),
    )


def signature_facts(signature: Signature) -> pdf.SignatureFacts:
    """One signature for the file; how the house knew who signed follows from the role."""
    known_by = [pdf.Proof.LINK if signature.role in BEHIND_LINK else pdf.Proof.ACCOUNT]
    if signature.code_channel is not None:
        known_by.append(pdf.Proof.CODE)
    return pdf.SignatureFacts(
        role=signature.role,
        name=signature.name,
        signed_at=signature.signed_at,
        way=pdf.Way(signature.method),
        strokes=tuple(tuple((x, y) for x, y in line) for line in signature.strokes),
        typed=signature.name if signature.method is SignatureMethod.TYPED else "",
        proofs=tuple(known_by),
        code_channel=signature.code_channel,
        link_of=link_of(signature) or "",
    )


def link_of(signature: Signature) -> str | None:
    """On whose personal link somebody signed who has none: a member of the household."""
    if signature.role is not SignerRole.HOUSEHOLD:
        return None
    return str(signature.paper.facts["fields"][BINDING_LANGUAGE]["name"])


def log_of(paper: Paper) -> tuple[pdf.LogLine, ...]:
    """What happened to this paper, in the paper's language."""
    _ = speaks(BINDING_LANGUAGE)
    employer, employee = paper.facts["terms"]["company"], paper.facts["fields"]["de"]["name"]
    lines = [
        pdf.LogLine(made_at(paper), employer, _(N_("paper made and sent"))),
        *(
            pdf.LogLine(signature.signed_at, signature.name, _(N_("signed")))
            for signature in paper.signatures
        ),
    ]
    if paper.opened_at is not None:
        lines.append(pdf.LogLine(paper.opened_at, employee, _(N_("opened for reading"))))
    if paper.read_at is not None:
        lines.append(pdf.LogLine(paper.read_at, employee, _(N_("read to the end"))))
    return tuple(sorted(lines, key=lambda line: line.at))
