"""The words of locations, counts at home, returns, damages and what is attached.

Pure: standard library only.
"""

from __future__ import annotations

from enum import StrEnum

from hoffice.errors import N_


class LocationKind(StrEnum):
    """What kind of place in the house a location is."""

    DESK = "desk"
    SHELF = "shelf"
    ROOM = "room"
    REPAIR = "repair"


LOCATION_LABELS: dict[LocationKind, str] = {
    LocationKind.DESK: N_("Desk"),
    LocationKind.SHELF: N_("Shelf"),
    LocationKind.ROOM: N_("Room"),
    LocationKind.REPAIR: N_("Repair shop"),
}


class HomeAnswer(StrEnum):
    """What somebody at home says about an item she was handed."""

    YES = "yes"
    NO = "no"
    BROKEN = "broken"


HOME_ANSWER_LABELS: dict[HomeAnswer, str] = {
    HomeAnswer.YES: N_("still there"),
    HomeAnswer.NO: N_("no longer there"),
    HomeAnswer.BROKEN: N_("broken"),
}


class ReturnReason(StrEnum):
    """Why something is due back."""

    LEAVER = "leaver"
    OFFICE = "office"
    DEFECT = "defect"
    SWAP = "swap"
    OTHER = "other"


RETURN_REASON_LABELS: dict[ReturnReason, str] = {
    ReturnReason.LEAVER: N_("leaves the company"),
    ReturnReason.OFFICE: N_("comes back to the office"),
    ReturnReason.DEFECT: N_("a defect"),
    ReturnReason.SWAP: N_("a swap"),
    ReturnReason.OTHER: N_("another reason"),
}


class ReturnOutcome(StrEnum):
    """How one thing came back."""

    BACK = "back"
    DAMAGED = "damaged"
    MISSING = "missing"
    NOT_DUE = "not_due"


RETURN_OUTCOME_LABELS: dict[ReturnOutcome, str] = {
    ReturnOutcome.BACK: N_("back"),
    ReturnOutcome.DAMAGED: N_("back, damaged"),
    ReturnOutcome.MISSING: N_("missing"),
    ReturnOutcome.NOT_DUE: N_("no longer due"),
}


class WipeMethod(StrEnum):
    """How the data on a device was erased; the first three after NIST SP 800-88."""

    CLEAR = "clear"
    PURGE = "purge"
    DESTROY = "destroy"
    NO_DATA = "no_data"


WIPE_LABELS: dict[WipeMethod, str] = {
    WipeMethod.CLEAR: N_("overwritten (Clear)"),
    WipeMethod.PURGE: N_("erased by the device itself or by its key (Purge)"),
    WipeMethod.DESTROY: N_("storage destroyed (Destroy)"),
    WipeMethod.NO_DATA: N_("no storage in it"),
}


class AfterCheck(StrEnum):
    """What becomes of a thing that came back."""

    STOCK = "stock"
    REPAIR = "repair"
    RETIRED = "retired"


AFTER_CHECK_LABELS: dict[AfterCheck, str] = {
    AfterCheck.STOCK: N_("back into stock"),
    AfterCheck.REPAIR: N_("to repair"),
    AfterCheck.RETIRED: N_("retired"),
}


class DamageKind(StrEnum):
    """Whether a thing is gone or broken."""

    LOSS = "loss"
    DAMAGE = "damage"


DAMAGE_LABELS: dict[DamageKind, str] = {
    DamageKind.LOSS: N_("Loss"),
    DamageKind.DAMAGE: N_("Damage"),
}


class WhoPays(StrEnum):
    """Who bears a loss or a damage."""

    COMPANY = "company"
    PERSON = "person"
    INSURANCE = "insurance"
    CARRIER = "carrier"


WHO_PAYS_LABELS: dict[WhoPays, str] = {
    WhoPays.COMPANY: N_("the company"),
    WhoPays.PERSON: N_("the person, in part or in full"),
    WhoPays.INSURANCE: N_("an insurance"),
    WhoPays.CARRIER: N_("the carrier"),
}


class AttachmentKind(StrEnum):
    """What an attached photo or paper shows."""

    WIRING = "wiring"
    SERIAL = "serial"
    DAMAGE = "damage"
    INVOICE = "invoice"
    OTHER = "other"


ATTACHMENT_LABELS: dict[AttachmentKind, str] = {
    AttachmentKind.WIRING: N_("Wiring"),
    AttachmentKind.SERIAL: N_("Serial number"),
    AttachmentKind.DAMAGE: N_("Damage"),
    AttachmentKind.INVOICE: N_("Invoice"),
    AttachmentKind.OTHER: N_("Other"),
}
