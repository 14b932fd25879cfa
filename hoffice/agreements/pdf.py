"""The papers of an agreement: frozen for reading and signing, and signed with their certificate.

What is signed here is a simple electronic signature with evidence; the paper says so, and never
claims to be more (eIDAS Art. 3 No. 10; only a qualified one replaces ink, § 126a BGB).

The signed file begins with the very pages that were shown; signatures and certificate follow on
pages of their own, which count by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from hoffice.agreements.rules import CodeChannel
from hoffice.errors import N_
from hoffice.paper import draw, flow, look, scripts, signing
from hoffice.paper.archive import Conformance
from hoffice.paper.blocks import story_of
from hoffice.paper.page_code import can_be_coded
from hoffice.paper.sheet import Letterhead, Sheet, write, write_behind
from hoffice.paper.text import PARAGRAPH_CHARS, safe
from hoffice.paper.words import Speak, moment, speaks
from hoffice.wording.blocks import (
    Block,
    Heading,
    ListBlock,
    Paragraph,
    Runs,
    SignaturePlace,
    TableBlock,
)
from hoffice.wording.plain import one_line

LOG_LINES = 60

CODE_WAYS: dict[CodeChannel | None, str] = {
    None: N_("one-time code on a second way"),
    CodeChannel.SMS: N_("one-time code by text message"),
    CodeChannel.LETTER: N_("one-time code by letter"),
    CodeChannel.CALL: N_("one-time code by a call from the firm"),
    CodeChannel.OTHER_MAIL: N_("one-time code to another e-mail address than the link's"),
    CodeChannel.SAME_MAIL: N_("one-time code to the link's own address"),
}


class Way(StrEnum):
    """How somebody signed."""

    DRAWN = "drawn"
    TYPED = "typed"


class Proof(StrEnum):
    """How the house knew who signed."""

    LINK = "link"
    CODE = "code"
    """A one-time code; which way it came says the signature's ``code_channel``."""
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
    """Such as `P000017`: then each page says in a QR code which one of this paper it is."""
    text_version: str = ""
    is_sample: bool = False
    """Prints a note that a lawyer has to approve the text before it is used."""
    is_reading_version: bool = False
    """Prints a note that the German version binds; such a paper has no places to sign."""
    house: str = ""
    """Letters in that code by which a scan knows a page of another house."""
    is_signed_outside: bool = False
    """Only ink or a qualified signature closes it, so its places do not speak of a screen."""


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
    code_channel: CodeChannel | None = None
    link_of: str = ""
    """Whose personal link it was, where it is not the signer's own."""

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


def paper(facts: PaperFacts, *, conformance: Conformance = Conformance.A_3U) -> bytes:
    """The frozen paper, before anybody signs: this file is shown, hashed and kept."""
    sheet = _sheet(facts)
    return write(sheet, _content(facts, sheet), conformance=conformance)


def signed(
    facts: PaperFacts,
    signatures: tuple[SignatureFacts, ...],
    certificate: CertificateFacts,
    *,
    frozen: bytes | None = None,
    conformance: Conformance = Conformance.A_3U,
) -> bytes:
    """The frozen paper with the sheet of signatures and the certificate behind it.

    Without the frozen file it is made again from its facts, which gives the same bytes.
    """
    _ = speaks(facts.language)
    sheet = replace(
        _sheet(facts),
        code_reference="",
        part=_(N_("Signature sheet")),
        has_letterhead=False,
        made_at=certificate.completed_at or facts.made_at,
    )
    story = _certificate(facts, sheet, signatures, certificate)
    before = frozen if frozen is not None else paper(facts, conformance=conformance)
    return write_behind(before, sheet, story, conformance=conformance)


def _sheet(facts: PaperFacts) -> Sheet:
    reference = " · ".join(part for part in (facts.reference, facts.text_version) if part)
    code = facts.reference + facts.house if can_be_coded(facts.reference) else ""
    return Sheet(
        title=facts.title,
        language=facts.language,
        letterhead=facts.letterhead,
        made_at=facts.made_at,
        reference=reference,
        code_reference=code,
    )


def _content(facts: PaperFacts, sheet: Sheet) -> list[Flowable]:
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
            [_place(facts, signers[where.role]) for where in wheres if where.role in signers],
            sheet.width,
        )

    story += story_of(facts.blocks, sheet.width, places=places)
    return story + _note_on_signs(_, _words_of(facts))


def _place(facts: PaperFacts, signer: Signer) -> list[Flowable]:
    """Room for ink; who signs on the screen finds the signature on the sheet behind."""
    _ = speaks(facts.language)
    below = _(N_("Place, date, signature"))
    if not facts.is_signed_outside:
        on_screen = _(N_("signed on the screen: see the signature sheet"))
        below = f"{below} – {on_screen}"
    return signing.field(None, signer.name, signer.title, below, facts.language)


def _note_on_signs(_: Speak, words: Iterable[str]) -> list[Flowable]:
    """What a number such as `[U+5F20]` means, where one stands on the paper."""
    if all(map(scripts.is_shown_whole, words)):
        return []
    told = N_(
        "A number in square brackets that begins with U+ stands for a sign that cannot be printed "
        "here; it is the sign's number in Unicode."
    )
    return [flow.said(_(told), look.SMALL)]


def _words_of(facts: PaperFacts) -> Iterator[str]:
    yield from (facts.title, facts.reference, facts.text_version)
    yield from (facts.letterhead.name, *facts.letterhead.lines)
    yield from (signer.name for signer in facts.signers)
    yield from _words_in(facts.blocks)


def _words_in(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(_, runs) | Paragraph(runs):
                yield _plain(runs)
            case ListBlock():
                for item in block.items:
                    yield from _words_in(item)
            case TableBlock(head, rows):
                yield from (_plain(cell) for row in (head, *rows) for cell in row)
            case SignaturePlace():
                pass


def _plain(runs: Runs) -> str:
    return one_line(" ".join(run.text for run in runs), chars=20_000)


def _certificate(
    facts: PaperFacts,
    sheet: Sheet,
    signatures: Sequence[SignatureFacts],
    certificate: CertificateFacts,
) -> list[Flowable]:
    _ = speaks(facts.language)
    heading = N_("Signatures and certificate") if signatures else N_("Certificate")
    story: list[Flowable] = [flow.heading(_(heading), 1)]
    story.append(flow.said(_(N_("Paper: %(title)s")) % {"title": facts.title}))
    titles = {signer.role: signer.title for signer in facts.signers}
    signed_by = [
        _signature(signature, titles.get(signature.role, ""), facts.language, sheet.width / 2)
        for signature in signatures
    ]
    story += signing.beside(signed_by, sheet.width)
    if signatures:
        story.append(flow.heading(_(N_("What these signatures are")), 2))
    story.append(flow.said(_statement(_, signatures, certificate)))
    story.append(
        flow.heading(_(N_("What was signed") if signatures else N_("What was handed over")), 2)
    )
    story.append(flow.pairs(_proof(_, facts, certificate), (48 * mm, sheet.width - 48 * mm)))
    if certificate.log:
        story.append(flow.heading(_(N_("Log of this paper")), 2))
        story.append(_log(_, facts.language, certificate.log, sheet.width))
    if certificate.check_url:
        story.append(_check(_, certificate.check_url, sheet.width))
    names = [word for signature in signatures for word in (signature.name, signature.typed)]
    logged = [word for line in certificate.log for word in (line.by, line.deed)]
    return story + _note_on_signs(_, [facts.title, facts.text_version, *names, *logged])


def _signature(
    signature: SignatureFacts, title: str, language: str, width: float
) -> list[Flowable]:
    _ = speaks(language)
    ways = {Way.DRAWN: _(N_("drawn by hand")), Way.TYPED: _(N_("name typed"))}
    known = {
        Proof.LINK: _link(_, signature.link_of),
        Proof.CODE: _(CODE_WAYS[signature.code_channel]),
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
    if signature.code_channel is CodeChannel.SAME_MAIL:
        told = N_("Link and code came over the same channel: they prove one mailbox, not two.")
        rows.append((_(N_("Please note")), safe(_(told))))
    return [
        signing.line(signature.mark(), language),
        flow.pairs(rows, (24 * mm, width - 24 * mm - 10)),
    ]


def _link(_: Speak, whose: str) -> str:
    if not whose:
        return _(N_("personal link"))
    return _(N_("on the personal link of %(name)s")) % {"name": one_line(whose)}


def _statement(
    _: Speak, signatures: Sequence[SignatureFacts], certificate: CertificateFacts
) -> str:
    if not signatures:
        told = _(
            N_(
                "Nobody has to sign this paper. The log below says when it was handed over and "
                "whether it was opened."
            )
        )
    else:
        told = _simple(_)
    if not certificate.will_be_sealed:
        return told
    seal = _(
        N_(
            "The employer closes the file with an electronic seal. Any later change to the file "
            "breaks the seal."
        )
    )
    return f"{told} {seal}"


def _simple(_: Speak) -> str:
    return _(
        N_(
            "The signatures above are simple electronic signatures in the sense of the eIDAS "
            "Regulation. They are not qualified electronic signatures and do not replace the "
            "written form where the law demands it. What they prove is weighed freely by a court, "
            "together with the log below."
        )
    )


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
        [
            safe(moment(line.at, language)),
            safe(line.by),
            safe(line.deed, chars=PARAGRAPH_CHARS),  # a client's conditions stand here as a whole
        ]
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
