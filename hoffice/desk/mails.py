"""What each mail of the house is about, in a few words for the list that staff reads."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from hoffice.errors import N_

ABOUT: Mapping[str, str] = {
    "address_changed": N_("mail address changed"),
    "answer": N_("answer to a question"),
    "approval": N_("approval asked of a client"),
    "approval_answered": N_("answer of a client"),
    "approval_ending": N_("approval ends soon"),
    "approval_over": N_("approval has ended"),
    "approval_reminder": N_("reminder of an approval"),
    "back_to_office": N_("back to the office"),
    "code": N_("one-time code"),
    "home_check": N_("check at home"),
    "household": N_("consent of the household"),
    "invitation": N_("invitation"),
    "link": N_("personal link"),
    "pack": N_("papers to sign"),
    "parcel": N_("workplace sent by parcel"),
    "pickup": N_("pick-up at the office"),
    "pickup_choose": N_("choice of a time for the pick-up"),
    "pickup_off": N_("pick-up called off"),
    "question": N_("question about papers"),
    "reminder": N_("reminder"),
    "renewal": N_("new versions to sign"),
    "reset": N_("password"),
    "slot": N_("appointment"),
    "slot_choice": N_("choice of a window"),
    "slot_move": N_("question about another window"),
    "slot_moved": N_("window moved a little"),
    "slot_off": N_("window called off"),
    "transfer": N_("devices passed on"),
    "visit_failed": N_("visit that failed"),
    "wish_declined": N_("wish that cannot be met"),
}
"""By the name of its template."""


def about(template: str) -> str:
    """What a mail made from this template is about."""
    return str(_(ABOUT[template])) if template in ABOUT else template
