"""One more device for a kit at home: the page at the counter, its receipt, and a slip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hoffice.accounts.access import current_actor, open_to, settings
from hoffice.accounts.rules import Role
from hoffice.errors import N_, NotFound
from hoffice.kits import queries, records, words
from hoffice.kits.models import Item, Kit
from hoffice.kits.pdf.receipts import counter_receipt
from hoffice.kits.queries import ledger
from hoffice.kits.service import handing_out
from hoffice.kits.views.blueprint import READERS, bp, elsewhere
from hoffice.web.deeds import after


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A device that came to a kit over the counter, and is still with its person."""

    item: Item
    entry_id: int
    may_be_slip: bool
    """It was handed out today: a slip can be taken back."""


@bp.context_processor
def counter() -> dict[str, Any]:
    """What the page of a kit asks about the counter."""
    return {"handed_out_later": handed_out_later, "is_at_home": handing_out.is_at_home}


def handed_out_later(kit: Kit) -> Sequence[HandedOut]:
    """What was handed out for this kit at the counter, the newest first."""
    return [
        HandedOut(item, entry.id, handing_out.slip_of(kit, item) is not None)
        for entry, item in ledger.still_there_by(handing_out.paper_of(kit.id))
    ]


@bp.get("/kits/<int:kit_id>/ausgeben")
@open_to(Role.IT)
def hand_out(kit_id: int) -> ResponseReturnValue:
    """Scan what goes out; what the kit lacks is named."""
    kit = queries.kit(kit_id)
    return render_template(
        "kits/hand_out.html",
        kit=kit,
        missing=words.missing(kit),
        goes_out=elsewhere("ways.hand_out", kit_id=kit_id),
        typed=request.args.get("geraet", "")[:80],
    )


@bp.get("/kits/<int:kit_id>/ausgeben/<int:entry_id>/beleg.pdf")
@open_to(*READERS, Role.HR)
def counter_receipt_pdf(kit_id: int, entry_id: int) -> ResponseReturnValue:
    """The receipt for one device that was handed out, to be signed by both."""
    entry = ledger.entry(entry_id)
    if entry.because != handing_out.paper_of(kit_id):
        raise NotFound(N_("There is no such receipt."))
    facts = records.receipt_facts(
        entry, queries.item(entry.item_id), queries.kit(kit_id), company=settings().company
    )
    response = Response(counter_receipt(facts), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"{facts.reference}.pdf")
    response.headers.set("Cache-Control", "no-store")
    return response


@bp.post("/kits/<int:kit_id>/ausgeben/<int:item_id>/doch-nicht")
@open_to(Role.IT)
def not_handed_out(kit_id: int, item_id: int) -> ResponseReturnValue:
    """It was not handed out after all."""
    return after(
        lambda: handing_out.not_handed_out(kit_id, item_id, by=current_actor()),
        _("Written down: it is where it was before. With storage it waits for a check."),
        url_for(".kit", kit_id=kit_id),
    )
