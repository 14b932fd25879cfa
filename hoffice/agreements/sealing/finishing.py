"""The file that is sealed: the signed paper, with its log and the frozen file inside.

So everything that proves a paper travels in one file: who has nothing else can take out the frozen
file, hash it, and compare the hash with the log's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

import pikepdf
from pikepdf import Array, AttachedFileSpec, Name, Pdf

LOG_NAME: Final = "protokoll.json"
FROZEN_NAME: Final = "vorgelegt.pdf"
"""The file as it was shown; its SHA-256 stands in the log and on the certificate."""
MOST_ATTACHED_BYTES: Final = 50_000_000


class UnfitFile(ValueError):
    """The file holds something else than a finished paper does."""


@dataclass(frozen=True, slots=True)
class Attached:
    """What a finished file carries besides its pages."""

    log: bytes
    frozen: bytes


def finished(signed: bytes, *, frozen: bytes, log: bytes, at: datetime) -> bytes:
    """The signed file with log and frozen file attached, packed, and still PDF/A where it was.

    The same facts give the same bytes. The frozen file goes in unchanged.
    """
    with Pdf.open(BytesIO(signed)) as pdf:
        parts = (
            (LOG_NAME, log, "application/json", Name.Data, "Protokoll des Dokuments"),
            (FROZEN_NAME, frozen, "application/pdf", Name.Source, "Dokument, wie es vorgelegt war"),
        )
        specs = []
        for name, content, media_type, relationship, description in parts:
            spec = AttachedFileSpec(
                pdf,
                content,
                description=description,
                filename=name,
                mime_type=media_type,
                creation_date=_pdf_date(at),
                mod_date=_pdf_date(at),
            )
            spec.obj.AFRelationship = relationship
            pdf.attachments[name] = spec
            specs.append(spec.obj)
        pdf.Root.AF = Array(specs)
        target = BytesIO()
        pdf.save(
            target,
            preserve_pdfa=True,  # among others a line end before each `endstream`
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
    return target.getvalue()


def attached(content: bytes) -> Attached:
    """Log and frozen file of a finished file; :class:`UnfitFile` when it has not exactly these."""
    with Pdf.open(BytesIO(content)) as pdf:
        found = pdf.attachments
        if sorted(found) != sorted((LOG_NAME, FROZEN_NAME)):
            raise UnfitFile("other attachments than ours")
        log, frozen = (_content(found[name]) for name in (LOG_NAME, FROZEN_NAME))
    return Attached(log, frozen)


def _content(spec: AttachedFileSpec) -> bytes:
    content = spec.get_file().read_bytes()
    if len(content) > MOST_ATTACHED_BYTES:
        raise UnfitFile("an attachment is too large")
    return content


def _pdf_date(at: datetime) -> str:
    return at.strftime("D:%Y%m%d%H%M%SZ")
