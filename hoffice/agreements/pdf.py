"""The papers of an agreement: frozen for reading and signing, and signed with their certificate.

What is signed here is a simple electronic signature with evidence; the paper says so, and never
claims to be more (eIDAS Art. 3 No. 10; only a qualified one replaces ink, § 126a BGB).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak

from hoffice.errors import N_
from hoffice.paper import draw, flow, look, signing
from hoffice.paper.blocks import story_of
from hoffice.paper.sheet import Letterhead, Sheet, write
from hoffice.paper.text import safe
from hoffice.paper.words import Speak, moment, speaks
from hoffice.wording.blocks import Block, Heading, SignaturePlace
from hoffice.wording.plain import one_line

LOG_LINES = 60


class Way(StrEnum):
    """How somebody signed."""

    DRAWN = "drawn"
    TYPED = "typed"


class Proof(StrEnum):
    """How the house knew who signed."""

    LINK = "link"
    CODE = "code"
    ACCOUNT = "account"
    IN_PERSON = "in_person"


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who has a place to sign: `[[signature:role]]` in the text."""

    role: str
    name: str
    title: str
    """What stands under the line, such as `Arbeitgeber`."""


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """Everything a paper shows; ``made_at`` is also the file's date, so it never changes."""

    title: str
    language: str
    letterhead: Letterhead
    blocks: tuple[Block, ...]
    signers: tuple[Signer, ...]
    made_at: datetime
    reference: str = ""
    text_version: str = ""
    is_sample: bool = False
    """Prints a note that a lawyer has to approve the text before it is used."""
    is_reading_version: bool = False
    """Prints a note that the German version binds; such a paper has no places to sign."""


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """One signature: strokes with points from 0 to 1 (a pad three times as wide as high)."""

    role: str
    name: str
    signed_at: datetime
    way: Way
    strokes: tuple[tuple[tuple[float, float], ...], ...] = ()
    typed: str = ""
    proofs: tuple[Proof, ...] = ()

    def mark(self) -> signing.Mark:
        """What is drawn on paper; a typed signature never shows strokes."""
        strokes = self.strokes if self.way is Way.DRAWN else ()
        return signing.Mark(self.name, strokes, self.typed)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log, in the paper's language."""

    at: datetime
    by: str
    deed: str


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What proves the signatures: the frozen file's hash and the log with its head."""

    frozen_sha256: str
    log: tuple[LogLine, ...] = ()
    log_head: str = ""
    completed_at: datetime | None = None
    check_url: str = ""
    will_be_sealed: bool = True


def paper(facts: PaperFacts) -> bytes:
    """The frozen paper, before anybody signs: this file is shown, hashed and kept."""
    sheet = _sheet(facts)
    return write(sheet, _content(facts, sheet, {}))


def signed(
    facts: PaperFacts, signatures: tuple[SignatureFacts, ...], certificate: CertificateFacts
) -> bytes:
    """The paper with its signatures in their places and the certificate as last page."""
    sheet = _sheet(facts)
    by_role = {signature.role: signature for signature in signatures}
    story = _content(facts, sheet, by_role)
    story.append(PageBreak())
    story += _certificate(facts, sheet, signatures, certificate)
    return write(sheet, story)


def _sheet(facts: PaperFacts) -> Sheet:
    reference = " · ".join(part for part in (facts.reference, facts.text_version) if part)
    return Sheet(
        title=facts.title,
        language=facts.language,
        letterhead=facts.letterhead,
        made_at=facts.made_at,
        reference=reference,
    )


def _content(
    facts: PaperFacts, sheet: Sheet, signatures: dict[str, SignatureFacts]
) -> list[Flowable]:
    _ = speaks(facts.language)
    story: list[Flowable] = []
    if not any(isinstance(block, Heading) and block.level == 1 for block in facts.blocks):
        story.append(flow.heading(safe(facts.title), 1))
    if facts.is_sample:
        story.append(
            flow.words(
                _(N_("Sample text. A lawyer has to approve it before it is used.")), look.NOTE
            )
        )
    if facts.is_reading_version:
        story.append(
            flow.words(_(N_("Reading version. Only the German version is binding.")), look.NOTE)
        )
    signers = {signer.role: signer for signer in facts.signers}

    def places(wheres: Sequence[SignaturePlace]) -> Sequence[Flowable]:
        if facts.is_reading_version:
            return ()
        return signing.beside(
            [
                _field(signers[where.role], signatures.get(where.role), facts.language)
                for where in wheres
                if where.role in signers
            ],
            sheet.width,
        )

    return story + story_of(facts.blocks, sheet.width, places=places)


def _field(signer: Signer, signature: SignatureFacts | None, language: str) -> list[Flowable]:
    _ = speaks(language)
    if signature is None:
        below = _(N_("Place, date, signature"))
    else:
        told = _(N_("signed electronically on %(at)s, see the last page"))
        below = told % {"at": moment(signature.signed_at, language)}
    mark = signature.mark() if signature is not None else None
    return signing.field(mark, signer.name, signer.title, below, language)


def _certificate(
    facts: PaperFacts,
    sheet: Sheet,
    signatures: Sequence[SignatureFacts],
    certificate: CertificateFacts,
) -> list[Flowable]:
    _ = speaks(facts.language)
    story: list[Flowable] = [flow.heading(_(N_("Signatures and certificate")), 1)]
    story.append(flow.said(_(N_("Paper: %(title)s")) % {"title": facts.title}))
    titles = {signer.role: signer.title for signer in facts.signers}
    signed_by = [
        _signature(signature, titles.get(signature.role, ""), facts.language, sheet.width / 2)
        for signature in signatures
    ]
    story += signing.beside(signed_by, sheet.width)
    story.append(flow.heading(_(N_("What these signatures are")), 2))
    story.append(flow.said(_statement(_, certificate)))
    story.append(flow.heading(_(N_("What was signed")), 2))
    story.append(flow.pairs(_proof(_, facts, certificate), (48 * mm, sheet.width - 48 * mm)))
    if certificate.log:
        story.append(flow.heading(_(N_("Log of this paper")), 2))
        story.append(_log(_, facts.language, certificate.log, sheet.width))
    if certificate.check_url:
        story.append(_check(_, certificate.check_url, sheet.width))
    return story


def _signature(
    signature: SignatureFacts, title: str, language: str, width: float
) -> list[Flowable]:
    _ = speaks(language)
    ways = {Way.DRAWN: _(N_("drawn by hand")), Way.TYPED: _(N_("name typed"))}
    known = {
        Proof.LINK: _(N_("personal link")),
        Proof.CODE: _(N_("one-time code on a second way")),
        Proof.ACCOUNT: _(N_("log-in with own account")),
        Proof.IN_PERSON: _(N_("in person, in front of staff")),
    }
    rows = [
        (_(N_("Name")), f"<b>{safe(signature.name)}</b>"),
        (_(N_("Signed as")), safe(title)),
        (_(N_("Signed at")), safe(moment(signature.signed_at, language))),
        (_(N_("Way of signing")), safe(ways[signature.way])),
        (
            _(N_("Recognised by")),
            safe(", ".join(known[proof] for proof in signature.proofs) or "–"),
        ),
    ]
    return [
        signing.line(signature.mark(), language),
        flow.pairs(rows, (24 * mm, width - 24 * mm - 10)),
    ]


def _statement(_: Speak, certificate: CertificateFacts) -> str:
    told = _(
        N_(
            "The signatures above are simple electronic signatures in the sense of the eIDAS "
            "Regulation. They are not qualified electronic signatures and do not replace the "
            "written form where the law demands it. What they prove is weighed freely by a court, "
            "together with the log below."
        )
    )
    if not certificate.will_be_sealed:
        return told
    seal = _(
        N_(
            "The employer closes the file with an electronic seal. Any later change to the file "
            "breaks the seal."
        )
    )
    return f"{told} {seal}"


def _proof(_: Speak, facts: PaperFacts, certificate: CertificateFacts) -> list[tuple[str, str]]:
    rows = [
        (_(N_("SHA-256 of the paper as it was shown")), _grouped(certificate.frozen_sha256)),
        (_(N_("Paper made at")), safe(moment(facts.made_at, facts.language))),
    ]
    if facts.text_version:
        rows.append((_(N_("Version of the text")), safe(facts.text_version)))
    if certificate.completed_at is not None:
        completed = moment(certificate.completed_at, facts.language)
        rows.append((_(N_("All signatures given at")), safe(completed)))
    if certificate.log_head:
        rows.append((_(N_("Head of the log")), _grouped(certificate.log_head)))
    return rows


def _grouped(digest: str) -> str:
    """A long number in groups of eight, so that people can compare it."""
    plain = one_line(digest, word=200)
    return safe(" ".join(plain[start : start + 8] for start in range(0, len(plain), 8)))


def _log(_: Speak, language: str, log: Sequence[LogLine], width: float) -> Flowable:
    rows = [
        [safe(moment(line.at, language)), safe(line.by), safe(line.deed)]
        for line in log[-LOG_LINES:]
    ]
    head = [_(N_("When")), _(N_("Who")), _(N_("What"))]
    return flow.table(head, rows, (width * 0.27, width * 0.25, width * 0.48))


def _check(_: Speak, url: str, width: float) -> Flowable:
    size = 20 * mm
    code = flow.Picture(
        size,
        size,
        lambda canvas: draw.qr(canvas, url, 0, 0, size),
        _(N_("QR code with the address where this paper can be checked")),
    )
    told = _(N_("Check this paper: %(url)s")) % {"url": one_line(url)}
    return flow.side_by_side(
        ([code], [flow.said(told, look.SMALL)]), (size + 3 * mm, width - size - 3 * mm)
    )
