"""The papers that are measured: the sample texts, cut to pages, with the longest values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import cycle, islice
from typing import Final

from pikepdf import Pdf

from hoffice.agreements import pdf, samples
from hoffice.agreements.rules import Terms
from hoffice.agreements.service.fields import longest
from hoffice.paper.sheet import Letterhead
from hoffice.wording.blocks import Block, Heading, SignaturePlace, blocks

TERMS: Final = Terms(
    company="Spreeruf Kundendialog GmbH",
    company_address="Spittelmarkt 7, 10117 Berlin",
    represented_by="Svenja Adler",
    hotline="030 23125 000",
    data_protection_contact="datenschutz@spreeruf.example",
)
AT: Final = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
STROKES: Final = tuple(
    tuple((0.1 + 0.02 * step, 0.5 + 0.3 * (-1) ** step / (line + 1)) for step in range(30))
    for line in range(3)
)
PACK: Final = 6
PAGES: Final = 12
MOST_BLOCKS: Final = 600


def pages_of(content: bytes) -> int:
    """How many pages a file has."""
    with Pdf.open(BytesIO(content)) as file:
        return len(file.pages)


def texts() -> list[tuple[Block, ...]]:
    """All German samples, without their places to sign."""
    values = longest(TERMS)
    return [
        tuple(
            block
            for block in blocks(sample.source("de"), values)
            if not isinstance(block, SignaturePlace)
        )
        for sample in samples.SAMPLES
    ]


def facts(body: Sequence[Block], number: int, name: str = "Ayşe Şahin") -> pdf.PaperFacts:
    """One paper of somebody, with two places to sign."""
    title = next(
        ("".join(run.text for run in block.runs) for block in body if isinstance(block, Heading)),
        "Unterlage",
    )
    return pdf.PaperFacts(
        title=title,
        language="de",
        letterhead=Letterhead(TERMS.company, (TERMS.company_address, TERMS.hotline)),
        blocks=(*body, SignaturePlace("employee"), SignaturePlace("employer")),
        signers=(
            pdf.Signer("employee", name, "beschäftigte Person"),
            pdf.Signer("employer", TERMS.represented_by, "Arbeitgeber"),
        ),
        made_at=AT,
        reference=f"P{number:06d}",
        text_version="Fassung 3",
    )


def of_pages(body: Sequence[Block], count: int) -> tuple[Block, ...]:
    """So much of a text, over and over, that it fills this many pages."""
    many = tuple(islice(cycle(body), MOST_BLOCKS))
    low, high = 1, len(many)
    while low < high:  # the most blocks that still stand on so many pages
        middle = (low + high + 1) // 2
        if pages_of(pdf.paper(facts(many[:middle], 1))) <= count:
            low = middle
        else:
            high = middle - 1
    return many[:low]


def long_paper() -> tuple[Block, ...]:
    """The blocks of one paper of twelve pages."""
    return of_pages(texts()[0], PAGES)


def pack() -> list[tuple[Block, ...]]:
    """The blocks of six papers, which have twelve pages together."""
    there = texts()
    return [of_pages(there[place % len(there)], PAGES // PACK) for place in range(PACK)]


def signatures(name: str = "Ayşe Şahin") -> tuple[pdf.SignatureFacts, ...]:
    """One drawn, one typed."""
    return (
        pdf.SignatureFacts(
            "employee",
            name,
            AT + timedelta(minutes=9),
            pdf.Way.DRAWN,
            STROKES,
            proofs=(pdf.Proof.LINK, pdf.Proof.CODE),
        ),
        pdf.SignatureFacts(
            "employer",
            TERMS.represented_by,
            AT,
            pdf.Way.TYPED,
            typed=TERMS.represented_by,
            proofs=(pdf.Proof.ACCOUNT,),
        ),
    )
