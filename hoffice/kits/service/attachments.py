"""Photos and papers about items, kits and locations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Final

from hoffice import clock
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.files import pictures
from hoffice.files import service as files
from hoffice.files.pictures import Picture
from hoffice.files.service import Store, keep
from hoffice.kits import queries
from hoffice.kits.models import Attachment, Location
from hoffice.kits.queries import attachments as reading
from hoffice.kits.rules import AttachmentKind
from hoffice.units import Actor

PDF: Final = "application/pdf"
PDF_MARK: Final = b"%PDF-"
MOST_PDF_BYTES: Final = 15_000_000
TAKES_PDF: Final = frozenset({AttachmentKind.INVOICE, AttachmentKind.OTHER})
"""What may come as a PDF; all else is a photo."""
UNDO: Final = timedelta(days=7)
"""For so long what was removed can be brought back; then it is erased."""
NAME_CHARS: Final = 80
NOTE_CHARS: Final = 500
ENDING: Final = {pictures.JPEG: ".jpg", PDF: ".pdf"}

Sent = Picture | bytes
"""What somebody sent: a photo that was looked at already, or bytes as they came."""


def looked_at(content: bytes, kind: AttachmentKind) -> Sent:
    """A photo cleaned, or a PDF as it is; slow, so views call it while they hold no transaction.

    :raises Refused: with a sentence for what is neither, or too large.
    """
    if not content.startswith(PDF_MARK):
        return pictures.cleaned(content)
    if kind not in TAKES_PDF:
        raise Refused(N_("This is a PDF. Send a photo, or say that it is an invoice."))
    if len(content) > MOST_PDF_BYTES:
        raise Refused(
            N_("The PDF has %(size)s MB; at most %(most)s MB can be kept. Save it smaller."),
            size=-(-len(content) // pictures.MEGA),
            most=MOST_PDF_BYTES // pictures.MEGA,
        )
    return content


def attach(  # noqa: PLR0913  # what is sent has these facts
    subject: str,
    kind: AttachmentKind,
    content: Sent,
    *,
    store: Store,
    by: Actor,
    name: str = "",
    note: str = "",
) -> Attachment:
    """Keep a photo or a PDF with an item, a kit or another thing (``item:12``).

    A photo is kept without what it tells about where and by what it was taken.

    :raises Refused: for what is no photo or too large; see :func:`looked_at`.
    """
    _require_thing(subject)
    sent = looked_at(content, kind) if isinstance(content, bytes) else content
    kept, media_type = (sent.content, sent.media_type) if isinstance(sent, Picture) else (sent, PDF)
    file = keep(store, kept, name=file_name(name, kind, media_type), media_type=media_type)
    made = Attachment(
        subject=subject,
        kind=kind,
        file_id=file.id,
        note=" ".join(note.split())[:NOTE_CHARS],
        at=clock.now(),
        by=str(by),
    )
    db.session.add(made)
    db.session.flush()
    record(by, "kits.attached", made, to=subject, kind=kind.value)
    return made


def remove(attachment_id: int, *, by: Actor) -> Attachment:
    """Take a photo or paper out of sight; it can be brought back until it is erased."""
    found = reading.attachment(attachment_id, lock=True)
    if found.removed_at is not None:
        raise Refused(N_("It was removed already."))
    found.removed_at = clock.now()
    record(by, "kits.attachment_removed", found, to=found.subject)
    return found


def bring_back(attachment_id: int, *, by: Actor) -> Attachment:
    """Show a removed photo or paper again."""
    found = reading.attachment(attachment_id, lock=True)
    if found.removed_at is None:
        raise Refused(N_("It is there already."))
    if found.removed_at <= clock.now() - UNDO:
        raise Refused(
            N_("It was removed %(days)s days ago or longer and is being erased."), days=UNDO.days
        )
    found.removed_at = None
    record(by, "kits.attachment_brought_back", found, to=found.subject)
    return found


def due_to_erase() -> Sequence[int]:
    """What was removed so long ago that nobody can bring it back."""
    return reading.removed_until(clock.now() - UNDO)


def erase(attachment_id: int, *, store: Store, by: Actor) -> bool:
    """Erase what was removed for good: its row, and its bytes unless something else has them too.

    What was brought back meanwhile stays; then False.
    """
    found = reading.attachment_or_none(attachment_id, lock=True)
    if found is None or found.removed_at is None or found.removed_at > clock.now() - UNDO:
        return False
    subject, file_id = found.subject, found.file_id
    for line in reading.check_lines_with(file_id):
        line.photo_file_id = None
    record(by, "kits.attachment_erased", f"attachment:{attachment_id}", to=subject)
    db.session.delete(found)
    db.session.flush()
    files.erase(store, file_id)
    return True


def file_name(name: str, kind: AttachmentKind, media_type: str) -> str:
    """A name to save it by: without folders and odd signs, with the ending of what it is."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    kept = "".join(sign for sign in stem if sign.isalnum() or sign in " -_.").strip(" .")
    return f"{kept[:NAME_CHARS] or kind.value}{ENDING[media_type]}"


def _require_thing(subject: str) -> None:
    """Nothing is attached to what is not there; what other deeds write of their own is let be."""
    kind, _colon, text = subject.partition(":")
    if not text.isdecimal():
        raise NotFound(N_("There is no such thing to attach it to."))
    if kind == "item":
        queries.item(int(text))
    elif kind == "kit":
        queries.kit(int(text))
    elif kind == "location" and db.session.get(Location, int(text)) is None:
        raise NotFound(N_("There is no such thing to attach it to."))
