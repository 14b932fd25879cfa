"""The blueprint that the pages of this domain hang on, and who may open them."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, url_for
from flask_babel import gettext as _

from hoffice.accounts.access import account_or_none
from hoffice.accounts.navigation import may_open
from hoffice.accounts.rules import Role
from hoffice.errors import N_
from hoffice.kits import words

bp = Blueprint("kits", __name__, url_prefix="/geraete")

READERS: Final = (Role.IT, Role.AUDITOR)
"""Who may see devices; only IT changes them."""

SECTIONS: Final = (
    ("items", "kits.items", N_("Devices")),
    ("kits", "kits.kits", N_("Kits")),
    ("boxes", "kits.boxes", N_("Boxes")),
    ("teardown", "kits.teardowns", N_("Tear down")),
    ("ledger", "kits.ledger", N_("Who has what")),
    ("counts", "kits.counts", N_("Stock-takes")),
    ("returns", "kits.returns", N_("Returns")),
    ("types", "kits.types", N_("Catalogue")),
)
"""The parts of this domain, in the order of the row above its pages."""


def may_change() -> bool:
    """Whether who is here may change anything on these pages."""
    account = account_or_none()
    return account is not None and Role.IT in account.roles


def elsewhere(endpoint: str, **values: Any) -> str | None:
    """The address of a page of another domain; None when it is not there or not for this reader."""
    return url_for(endpoint, **values) if may_open(endpoint, account_or_none()) else None


def person_url(employee_id: int) -> str | None:
    """Where everything about a person stands."""
    return elsewhere("desk.person", employee_id=employee_id)


@bp.app_template_global()
def kit_sections(current: str) -> list[tuple[str, str, bool]]:
    """Label, address and whether it is the present one, of every part for this reader."""
    found = [(key, label, elsewhere(endpoint)) for key, endpoint, label in SECTIONS]
    return [(str(_(label)), url, key == current) for key, label, url in found if url is not None]


@bp.context_processor
def common() -> dict[str, Any]:
    """What all templates of this domain know."""
    return {
        "may_change": may_change(),
        "person_url": person_url,
        "words": words,
    }
