"""The record of a transfer: made when somebody asks for it, of what the tables say."""

from __future__ import annotations

from hoffice import clock
from hoffice.errors import N_, NotFound
from hoffice.kits.models import Transfer
from hoffice.kits.pdf import transfers as pdf
from hoffice.kits.pdf.returns import Thing
from hoffice.kits.rules import KIND_LABELS
from hoffice.paper.sheet import Letterhead
from hoffice.paper.words import speaks

NAME = "Weitergabeprotokoll-{number}.pdf"


def record_of(made: Transfer, *, company: str, language: str) -> tuple[str, bytes]:
    """The name of the file and the record; NotFound before both have said that it has happened."""
    if made.given_at is None or made.taken_at is None or made.ended_at is None:
        raise NotFound(N_("There is no record of this transfer yet: both have to confirm it."))
    speak = speaks(language)
    facts = pdf.TransferFacts(
        reference=f"W{made.id:05d}",
        letterhead=Letterhead(company),
        made_at=clock.now(),
        proposed_at=made.proposed_at,
        giver=pdf.Party(made.giver.name, made.giver.personnel_number, made.given_at),
        receiver=pdf.Party(made.receiver.name, made.receiver.personnel_number, made.taken_at),
        things=tuple(
            Thing(
                kind=speak(KIND_LABELS[line.item.kind]),
                tag=line.item.asset_tag,
                model=line.item.model,
                serial_number=line.item.serial,
            )
            for line in made.lines
        ),
        note=made.note,
        language=language,
    )
    return NAME.format(number=made.id), pdf.transfer_record(facts)
