"""A person's history, read from the log: which deed becomes which sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hoffice.audit.models import AuditLine, AuditPersonal
from hoffice.errors import N_
from hoffice.web.formats import distance


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline: a sentence with its facts, an icon, and how it feels."""

    at: datetime
    text: str
    """A message id."""
    facts: Mapping[str, Any]
    icon: str
    state: str
    actor: str
    note: str = ""


SENTENCES: dict[str, tuple[str, str, str]] = {
    "people.added": (N_("Added to the list of people"), "person", "open"),
    "people.imported": (N_("Taken over from the staff list"), "person", "open"),
    "people.changed": (N_("Details changed"), "person", "open"),
    "people.home_changed": (N_("Address changed"), "geo-alt", "open"),
    "people.access_changed": (N_("Way to the door changed"), "signpost-2", "open"),
    "people.home_confirmed": (N_("Address confirmed"), "geo-alt", "done"),
    "people.address_chosen": (N_("Chosen which address is meant"), "geo-alt", "done"),
    "people.address_kept": (N_("Address left as it was written"), "geo-alt", "open"),
    "people.address_repaired": (N_("Address corrected as it was found"), "geo-alt", "done"),
    "people.home_relocated": (N_("Found again, with a better register"), "geo-alt", "open"),
    "people.home_pinned": (N_("Point set on the map by hand"), "geo-alt", "done"),
    "people.home_unpinned": (N_("Point set by hand taken back"), "geo-alt", "open"),
    "people.at_home_said": (N_("Said when somebody is at home"), "calendar-event", "done"),
    "accounts.link_made": (N_("Personal link made"), "key", "open"),
    "accounts.link_opened": (N_("Personal link opened"), "key", "done"),
    "accounts.links_revoked": (N_("Personal links revoked"), "key", "problem"),
    "notices.sent": (N_("Mail sent"), "send", "done"),
    "notices.failed": (N_("Mail did not arrive"), "exclamation-triangle-fill", "problem"),
    "notices.bounced": (N_("Mail came back"), "exclamation-triangle-fill", "problem"),
    "kits.given": (N_("Kit put together"), "box-seam", "open"),
    "kits.teardown_begun": (N_("The desk is being torn down"), "box-seam", "open"),
    "kits.teardown_done": (N_("Desk torn down"), "box-seam", "done"),
    "kits.teardown_reopened": (N_("Desk opened again"), "box-seam", "waiting"),
    "kits.item_put_in": (N_("Item added to the kit"), "box-seam", "open"),
    "kits.item_taken_out": (N_("Item taken out of the kit"), "box-seam", "open"),
    "kits.goods_put_in": (N_("Small parts added to the kit"), "box-seam", "open"),
    "kits.goods_taken_out": (N_("Small parts taken out of the kit"), "box-seam", "open"),
    "kits.goods_given": (N_("Small parts given out: %(count)s"), "plug", "done"),
    "kits.goods_taken_back": (N_("Small parts brought back: %(count)s"), "plug", "done"),
    "kits.brought_up_to_date": (
        N_("Kit brought up to version %(version)s of its type"),
        "box-seam",
        "open",
    ),
    "kits.packed": (N_("Box %(box)s packed"), "box-seam", "done"),
    "kits.unpacked": (N_("Box %(box)s opened again"), "box-seam", "waiting"),
    "kits.released": (N_("All conditions met: boxes released"), "unlock-fill", "done"),
    "kits.box_loaded": (N_("Box %(box)s loaded"), "truck", "open"),
    "kits.box_handed_over": (N_("Box %(box)s handed over"), "house-check", "done"),
    "kits.packed_again": (N_("Box %(box)s packed for another try"), "box-seam", "open"),
    "kits.box_released": (N_("Box %(box)s taken off the van"), "truck", "open"),
    "kits.box_returned": (N_("Box %(box)s came back"), "arrow-return-left", "waiting"),
    "kits.dissolved": (N_("Kit taken apart"), "box-seam", "open"),
    "kits.return_begun": (N_("Devices asked back"), "arrow-return-left", "waiting"),
    "kits.return_called_off": (N_("Devices no longer asked back"), "dash-circle", "open"),
    "kits.return_closed": (
        N_("Return closed: %(back)s back, %(missing)s missing"),
        "arrow-return-left",
        "done",
    ),
    "kits.lost": (N_("Device reported lost"), "dash-circle", "problem"),
    "kits.damaged": (N_("Device reported damaged"), "tools", "problem"),
    "kits.damage_decided": (N_("Decided who bears a loss or a damage"), "pen", "done"),
    "kits.damage_reopened": (
        N_("Decision about a loss or a damage opened again"),
        "pen",
        "waiting",
    ),
    "kits.goods_found": (N_("Missing small parts found again"), "search", "done"),
    "kits.return_undone": (N_("Not taken back after all"), "arrow-return-left", "waiting"),
    "kits.reserved": (N_("Replacement kept"), "bookmark", "open"),
    "kits.handed_out": (N_("One more device handed out at the counter"), "plus-lg", "done"),
    "kits.not_handed_out": (
        N_("A device was not handed out after all"),
        "arrow-counterclockwise",
        "waiting",
    ),
    "kits.exchanged": (N_("Device swapped at the counter"), "arrow-left-right", "done"),
    "kits.home_check_asked": (N_("Asked what is still there at home"), "send", "open"),
    "kits.home_check_reminded": (N_("Reminded of the check at home"), "send", "open"),
    "kits.home_check_answered": (
        N_("Check at home: %(yes)s of %(items)s devices are there"),
        "list-check",
        "done",
    ),
    "kits.told_of_device": (N_("Said that something is wrong with a device"), "tools", "waiting"),
    "kits.list_doubted": (N_("Said that the list of devices is wrong"), "list-check", "waiting"),
    "kits.item_changed": (N_("Kind of a device at home put right"), "pencil", "open"),
    "kits.corrected": (N_("Who had a device was corrected"), "pencil", "waiting"),
    "kits.transfer_proposed": (N_("Asked to pass devices on"), "arrow-left-right", "waiting"),
    "kits.transfer_given": (N_("Said that devices were handed on"), "arrow-left-right", "open"),
    "kits.transfer_taken": (N_("Said that devices have come"), "arrow-left-right", "open"),
    "kits.transfer_done": (N_("Devices passed on"), "arrow-left-right", "done"),
    "kits.transfer_declined": (N_("Devices were not passed on"), "arrow-left-right", "problem"),
    "kits.transfer_withdrawn": (N_("Passing on withdrawn"), "arrow-left-right", "open"),
    "gates.held_back": (N_("Box held back at the van"), "lock-fill", "waiting"),
    "agreements.sent": (N_("Papers sent"), "file-earmark-text", "open"),
    "agreements.countersigned": (N_("Signed by the employer"), "pen", "done"),
    "agreements.opened": (N_("Paper opened"), "file-earmark-text", "open"),
    "agreements.signed": (N_("Paper signed"), "pen", "done"),
    "agreements.completed": (N_("Paper complete"), "file-earmark-check", "done"),
    "agreements.sealed": (N_("Paper sealed"), "shield-check", "done"),
    "agreements.seal_put_off": (N_("Seal put off"), "hourglass-split", "waiting"),
    "agreements.declined": (N_("Paper declined"), "exclamation-triangle-fill", "problem"),
    "agreements.reminded": (N_("Reminded of the papers"), "send", "open"),
    "agreements.voided": (N_("Papers made void"), "file-earmark-text", "waiting"),
    "agreements.resent": (N_("New link for the papers"), "key", "open"),
    "agreements.called": (N_("Called about the papers"), "telephone", "open"),
    "agreements.restored": (N_("Papers given back"), "arrow-counterclockwise", "open"),
    "agreements.superseding": (N_("New versions of papers sent"), "file-earmark-text", "open"),
    "agreements.superseded": (N_("Replaced by a newer paper"), "file-earmark-check", "done"),
    "agreements.expired": (N_("Paper expired"), "exclamation-triangle-fill", "problem"),
    "agreements.exported": (N_("All files of papers taken"), "download", "open"),
    "agreements.added": (N_("One more paper sent"), "file-earmark-text", "open"),
    "agreements.household_declined": (N_("The household does not agree"), "house-door", "waiting"),
    "agreements.acknowledged": (N_("Paper taken note of"), "file-earmark-check", "done"),
    "agreements.code_made": (N_("One-time code made"), "key", "open"),
    "agreements.code_sent": (N_("One-time code sent as a text message"), "phone", "open"),
    "agreements.code_not_sent": (N_("One-time code could not be sent"), "phone", "problem"),
    "agreements.code_entered": (N_("One-time code entered"), "key", "done"),
    "agreements.code_wrong": (N_("Wrong one-time code entered"), "key", "waiting"),
    "agreements.receipt_confirmed": (N_("Confirmed that the copies came"), "check-lg", "done"),
    "agreements.question_asked": (N_("Asked about a paper"), "question-circle", "waiting"),
    "agreements.question_answered": (N_("Question answered"), "chat", "done"),
    "agreements.paper_wanted": (N_("Wants a paper with ink"), "printer", "waiting"),
    "agreements.paper_not_wanted": (N_("Signs here after all"), "pen", "open"),
    "agreements.printed": (N_("Paper printed"), "printer", "open"),
    "agreements.uploaded": (N_("Signed file brought"), "upload", "open"),
    "agreements.upload_sent_back": (N_("Signed file sent back"), "arrow-return-left", "waiting"),
    "agreements.scan_assigned": (N_("Scanned page filed by hand"), "qr-code-scan", "open"),
    "agreements.scan_whole": (N_("Scanned paper is whole"), "qr-code-scan", "done"),
    "runs.proposed": (N_("Visit waits for a run"), "calendar-event", "open"),
    "runs.invited": (N_("Asked to choose a window"), "send", "open"),
    "runs.invited_again": (N_("Asked once more to choose a window"), "send", "open"),
    "runs.windows_refused": (N_("None of the offered windows suited"), "calendar-event", "waiting"),
    "runs.wish_said": (N_("Insists on a time"), "calendar-event", "waiting"),
    "runs.wish_withdrawn": (N_("Wish for a time taken back"), "calendar-event", "open"),
    "runs.wish_granted": (N_("Wish for a time granted"), "calendar-event", "done"),
    "runs.wish_declined": (N_("Wish for a time declined"), "calendar-event", "problem"),
    "runs.move_asked": (N_("Asked whether we may come at another time"), "send", "waiting"),
    "runs.move_refused": (N_("Said no to another time"), "calendar-event", "open"),
    "runs.slot_called_off": (N_("Appointment called off by us"), "calendar-event", "problem"),
    "runs.slot_promised": (N_("Appointment promised"), "calendar-event", "done"),
    "runs.way_van": (N_("Comes by van"), "truck", "open"),
    "runs.way_office": (N_("Picks up at the office"), "house-door", "open"),
    "runs.way_parcel": (N_("Goes by parcel"), "box-seam", "open"),
    "runs.pickup_booked": (N_("Pick-up booked"), "calendar-event", "done"),
    "runs.pickup_cancelled": (N_("Pick-up cancelled"), "calendar-event", "waiting"),
    "runs.parcel_posted": (N_("Parcel posted"), "send", "ready"),
    "runs.parcel_corrected": (N_("Number of the parcel corrected"), "send", "open"),
    "handover.arrived": (N_("Parcel arrived"), "house-check", "done"),
    "runs.under_way": (N_("The van is on its way"), "truck", "ready"),
    "runs.left_behind": (N_("Stayed behind when the van left"), "truck", "waiting"),
    "handover.delivered": (N_("All items handed over"), "house-check", "done"),
    "handover.partly": (N_("%(given)s of %(items)s items handed over"), "house-check", "waiting"),
    "handover.failed": (N_("Visit failed"), "exclamation-triangle-fill", "problem"),
    "handover.received": (N_("Receipt confirmed: %(yes)s of %(items)s items"), "check-lg", "done"),
    "audit.erased": (N_("Personal values erased"), "dash-circle", "open"),
}
"""Deeds that belong into a person's history; others (a job queued, a row copied) are left out."""

NOT_SHOWN = frozenset(
    {
        "agreements.moved_along",  # into another pack; whose papers were sent is told
        "agreements.read",  # the tick before signing
        "kits.box_open",  # a box is packed and unpacked, which is told
        "kits.box_packed",
        "kits.damage_valued",  # the decision is told
        "kits.goods_returned",  # the end of a return is told, with its sum
        "kits.item_returned",
        "kits.return_due",
        "kits.return_line_off",
        "kits.unreserved",
        "notices.queued",  # told as soon as it has left the house
        "notices.repeated",
        "runs.move_lapsed",  # a question that nobody answered in time
        "runs.stop_done",  # the handover is told
        "runs.stop_failed",
        "runs.stop_partly_done",
        "runs.stop_fixed",  # IT's own arranging
        "runs.stop_needs",
        "runs.stop_released",
    }
)
"""Deeds about a person that are written down, and of which her history says nothing."""

NOTE_KEYS = ("reason", "note", "received_by", "address", "question", "text")
"""Personal values that are worth reading in the timeline, the first one found."""


MOVED = {
    "people.home_pinned": N_("Point on the map moved by %(distance)s"),
    "people.home_unpinned": N_("Point set by hand taken back, %(distance)s away"),
}
"""How far it was is a personal value; erased, the plain sentence is left."""

PAPER_DEEDS = "agreements."
"""What somebody said about a paper is read by whoever may read the papers."""


def events(
    lines: Iterable[tuple[AuditLine, AuditPersonal | None]],
    *,
    with_notes: bool,
    with_paper_notes: bool = False,
) -> list[Event]:
    """The timeline of these log lines, in their order; notes are personal values.

    Why somebody declined a paper is told only ``with_paper_notes``.
    """
    found = []
    for line, personal in lines:
        known = SENTENCES.get(line.action)
        if known is None:
            continue
        text, icon, state = known
        facts: Mapping[str, Any] = line.details
        moved = _moved(personal) if with_notes and line.action in MOVED else None
        if moved is not None:
            text, facts = MOVED[line.action], {**facts, "distance": distance(moved)}
        tells = with_paper_notes if line.action.startswith(PAPER_DEEDS) else with_notes
        found.append(
            Event(
                at=line.at,
                text=text,
                facts=facts,
                icon=icon,
                state=state,
                actor=line.actor,
                note=_note(personal) if tells and personal is not None else "",
            )
        )
    return found


def _moved(personal: AuditPersonal | None) -> int | None:
    metres = None if personal is None else json.loads(personal.values).get("moved_m")
    return metres if isinstance(metres, int) else None


def _note(personal: AuditPersonal) -> str:
    values = json.loads(personal.values)
    for key in NOTE_KEYS:
        value = values.get(key)
        if isinstance(value, str) and value:
            return value
    return ""
