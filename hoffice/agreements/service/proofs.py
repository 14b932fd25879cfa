"""What a paper's own log says: the same events today and in ten years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from hoffice.agreements import rules
from hoffice.agreements.models import Paper, Signature, SignatureCode
from hoffice.agreements.queries import seals as queries
from hoffice.agreements.rules import SignerRole
from hoffice.agreements.sealing.protocol import COMPLETED, SIGNED, Event, Facts, Protocol, Subject
from hoffice.agreements.service import contents


def protocol_of(paper: Paper, *, completed_at: datetime) -> Protocol:
    """The log of a paper up to the last signature, without the lines of the house's log.

    Made twice: its head is printed when the paper is completed, the whole goes into the file when
    that is sealed. So it is made only from what no longer changes after the last signature.
    """
    employer = paper.facts["terms"]["company"]
    employee = paper.facts["fields"][rules.BINDING_LANGUAGE]["name"]
    made_at = contents.made_at(paper)
    found = [(made_at, "made", employer, _nothing())]
    if paper.opened_at is not None:
        found.append((paper.opened_at, "opened", employee, _nothing()))
    found += [
        (code.used_at, "code_entered", employee, {"channel": code.channel.value})
        for code in _codes_of(paper, completed_at)
        if code.used_at is not None and code.used_at >= made_at
    ]
    found += [
        (
            signature.signed_at,
            SIGNED,
            signature.name,
            {
                "role": signature.role.value,
                "method": signature.method.value,
                "code": None if signature.code_channel is None else signature.code_channel.value,
                "frozen_sha256": signature.frozen_sha256,
                **_whose_link(signature),
            },
        )
        for signature in paper.signatures
    ]
    if rules.is_for_reading(paper.kind):
        found.append((completed_at, "acknowledged", employee, _nothing()))
    found.sort(key=lambda event: event[0])
    found.append((completed_at, COMPLETED, employer, {"signatures": len(paper.signatures)}))
    return Protocol(
        subject=_subject(paper),
        events=tuple(Event(_utc(at), deed, by, facts) for at, deed, by, facts in found),
    )


def _codes_of(paper: Paper, until: datetime) -> Sequence[SignatureCode]:
    """The employee's codes, for papers that the employee signs."""
    if not rules.waits_for(paper.kind, SignerRole.EMPLOYEE):
        return ()
    return queries.codes_entered(paper.pack_id, until)


def _whose_link(signature: Signature) -> Facts:
    name = contents.link_of(signature)
    return {} if name is None else {"on_link_of": name}


def _nothing() -> Facts:
    return {}


def _subject(paper: Paper) -> Subject:
    text = paper.text_version
    if paper.frozen_file is None:
        msg = f"paper {paper.id} is not frozen"
        raise ValueError(msg)
    return Subject(
        reference=contents.reference(paper),
        title=contents.title_of(paper),
        kind=paper.kind.value,
        text_version=f"{text.kind} v{text.number}",
        text_sha256=text.sha256,
        language=text.language,
        made_at=_utc(datetime.fromisoformat(paper.facts["made_at"])),
        frozen_sha256=paper.frozen_file.sha256,
    )


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
