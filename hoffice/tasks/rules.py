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
