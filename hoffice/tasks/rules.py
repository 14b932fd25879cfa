"""The decisions about tasks: who may see and change one, where its subject has a page.

Pure: standard library and the roles of accounts only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final

from hoffice.accounts.rules import Role
from hoffice.errors import N_

SEE_ALL: Final = frozenset({Role.IT, Role.HR})
"""Who sees and arranges everybody's tasks; all others see their own."""

MAY_OWN: Final = frozenset({Role.IT, Role.HR, Role.LEAD})
"""Who can be given a task; the others drive, read or keep the settings."""

OUTCOME_CHARS: Final = 500
FROM: Final = "from"
"""The fact that names where a task comes from, such as ``stock_take:3``; it is linked."""
NOTE: Final = "note"
"""The fact with what somebody said about it, in her words."""
NOTE_CHARS = 2000
BETWEEN_WORDS: Final = " · "
"""Stands between what was said at first and what was said later."""


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"


STATE_LABELS: dict[TaskState, str] = {
    TaskState.OPEN: N_("open"),
    TaskState.OVERDUE: N_("overdue"),
    TaskState.DONE: N_("done"),
}

PAGES: Mapping[str, tuple[str, str]] = {
    "item": ("kits.item", "item_id"),
    "kit": ("kits.kit", "kit_id"),
    "stock_take": ("kits.count", "count_id"),
    "home_check": ("kits.home_check", "check_id"),
    "kit_return": ("kits.return_page", "return_id"),
    "damage_case": ("kits.damage", "case_id"),
    "transfer": ("kits.transfer", "transfer_id"),
    "employee": ("desk.person", "employee_id"),
}
"""The page of a subject: its endpoint and the name of its number. Tasks stand below the domains
they are about and know them by these names only; a page that is not there is not linked."""

DECIDED_AT_ORIGIN: Final = frozenset({"kits.missing", "kits.unexpected"})
DECIDED_AT_SUBJECT: Final = frozenset({"kits.differences"})
DECIDED_AT: Mapping[str, str] = {"kits.not_at_home": "kits.not_at_home"}
"""Where tasks of a kind are decided: where they come from, what they are about, a page of theirs.
These kinds end with a deed, not with words."""

SUBJECT_LABELS: Mapping[str, str] = {
    "item": N_("The device"),
    "kit": N_("The kit"),
    "stock_take": N_("The stock-take"),
    "home_check": N_("The check at home"),
    "kit_return": N_("The return"),
    "damage_case": N_("The damage"),
    "transfer": N_("The transfer"),
    "employee": N_("The person"),
}
"""What a link to a subject says."""


def sees_all(roles: Collection[Role]) -> bool:
    """Whether somebody with these roles sees the tasks of others, and arranges them."""
    return bool(SEE_ALL & frozenset(roles))


def may_own(roles: Collection[Role]) -> bool:
    """Whether somebody with these roles can be given a task."""
    return bool(MAY_OWN & frozenset(roles))


def page_of(subject: str) -> tuple[str, dict[str, Any]] | None:
    """Endpoint and arguments of a subject's page; None for a subject without one."""
    kind, _colon, number = subject.partition(":")
    page = PAGES.get(kind)
    if page is None or not number.isdecimal():
        return None
    endpoint, argument = page
    return endpoint, {argument: int(number)}


def label_of(subject: str) -> str:
    """What a link to a subject says, as a message id."""
    return SUBJECT_LABELS.get(subject.partition(":")[0], "")


def decided_at(
    kind: str, subject: str, facts: Mapping[str, Any]
) -> tuple[str, dict[str, Any]] | None:
    """The page where the deed is done that ends a task; None for one that ends with words.

    Whether a device is there, lost or elsewhere stands in the ledger: free words would end the
    task and leave nobody to look for it.
    """
    if kind in DECIDED_AT_ORIGIN:
        return page_of(str(facts.get(FROM, "")))
    if kind in DECIDED_AT_SUBJECT:
        return page_of(subject)
    endpoint = DECIDED_AT.get(kind)
    thing, _colon, number = subject.partition(":")
    if endpoint is None or thing != "item" or not number.isdecimal():
        return None
    return endpoint, {"item_id": int(number)}
