"""What the frame of every page knows: who is here, what the menu offers, where things are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, has_request_context, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from hoffice.accounts.access import account_or_none, link_kind, link_or_none, owes_second_factor
from hoffice.accounts.models import Account
from hoffice.accounts.rules import ROLE_LABELS, Audience, Role
from hoffice.errors import N_
from hoffice.units import ActorKind


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, as templates know people."""

    id: int
    name: str
    initials: str
    email: str
    roles: frozenset[Role]
    role_labels: tuple[str, ...]

    def has(self, *words: str) -> bool:
        """Whether this person has one of these roles."""
        return any(word in self.roles for word in words)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the main menu."""

    label: str
    url: str
    icon: str
    current: bool


MENU: tuple[tuple[str, str, str], ...] = (
    ("desk.index", N_("Today"), "house-door"),
    ("people.index", N_("People"), "people"),
    ("runs.index", N_("Runs"), "truck"),
    ("agreements.index", N_("Papers"), "file-earmark-text"),
    ("kits.items", N_("Devices"), "pc-display-horizontal"),
    ("register.index", N_("Addresses"), "geo-alt"),
    ("doorstep.index", N_("On the way"), "signpost-2"),
    ("accounts.index", N_("Accounts"), "person-check"),
    ("desk.audit", N_("Log"), "clock-history"),
    ("desk.notices", N_("Outbox"), "envelope"),
)
"""Endpoint, label, icon. Who sees an entry is not said here: whoever may open the page does."""

SIDE_DOORS: Mapping[str, str] = {
    "runs.index": "runs.windows",
    "kits.items": "kits.damages",
    "agreements.index": "agreements.texts",
}
"""Who may not open the first page of a part, but one inside it, comes in there."""

URLS: Mapping[str, str] = {
    "language": "accounts.choose_language",
    "theme": "accounts.choose_theme",
    "privacy": "accounts.privacy",
    "imprint": "desk.imprint",
    "accessibility": "desk.accessibility",
    "shortcuts": "desk.shortcuts",
    "check": "check.page",
}
"""Addresses for everybody, by the name that the layouts use; what is not built is left out."""


def role_labels(roles: Collection[Role]) -> tuple[str, ...]:
    """The roles in the reader's language, always in the same order."""
    return tuple(str(_(ROLE_LABELS[role])) for role in Role if role in roles)


def frame() -> dict[str, Any]:
    """What every template knows: ``current_account``, ``nav`` and ``urls``; asked once a request.

    A page about a database that does not answer must stand too: it is shown as to a stranger.
    """
    if not has_request_context():
        return {"current_account": None, "nav": [], "urls": {}}
    if "frame" not in g:
        g.frame = {"current_account": None, "nav": [], "urls": _urls(None)}
        try:
            account = account_or_none()
            g.frame = {
                "current_account": None if account is None else _person(account),
                "nav": navigation(account),
                "urls": _urls(account),
            }
        except SQLAlchemyError:
            current_app.logger.warning("the frame of the page is shown as to a stranger")
    return dict(g.frame)


def _person(account: Account) -> Person:
    words = account.name.split() or ["?"]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return Person(
        id=account.id,
        name=account.name,
        initials=letters.upper(),
        email=account.email,
        roles=account.roles,
        role_labels=role_labels(account.roles),
    )


def navigation(account: Account | None) -> list[Entry]:
    """The main menu: exactly the pages that this person may open, as the pages themselves say."""
    if account is None or owes_second_factor(account):
        return []
    shown = [
        (url_for(endpoint), url_for(door), label, icon)
        for endpoint, label, icon in MENU
        if (door := _door(endpoint, account)) is not None
    ]
    inside = [part for part, _url, _label, _icon in shown if _is_inside(request.path, part)]
    here = max(inside, key=len, default=None)
    return [Entry(str(_(label)), url, icon, part == here) for part, url, label, icon in shown]


def _door(endpoint: str, account: Account) -> str | None:
    """Through which page this person enters a part of the house; None when through none."""
    doors = (endpoint, SIDE_DOORS.get(endpoint, endpoint))
    return next((door for door in doors if may_open(door, account)), None)


def _is_inside(path: str, url: str) -> bool:
    """Whether a page lies under a menu entry; under the start page lies only itself."""
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


def may_open(endpoint: str, account: Account | None) -> bool:
    """Whether this person may open the page; False for one that does not exist."""
    view = current_app.view_functions.get(endpoint)
    if view is None:
        return False
    allowed: frozenset[Role | Audience] = getattr(view, "open_to", frozenset())
    if Audience.PUBLIC in allowed:
        return True
    if account is None:
        return False
    return Audience.SIGNED_IN in allowed or bool(account.roles & allowed)


def _urls(account: Account | None) -> dict[str, str]:
    urls = {
        name: url_for(endpoint)
        for name, endpoint in URLS.items()
        if endpoint in current_app.view_functions
    }
    urls["home"] = _home(account)
    if "demo.index" in current_app.view_functions:
        urls["demo"] = url_for("demo.index")
    if account is not None:
        urls["sign_out"] = url_for("accounts.sign_out")
        urls["account"] = url_for("accounts.own")
        if may_open("desk.search", account) and not owes_second_factor(account):
            urls["search"] = url_for("desk.search")
    return urls


def _home(account: Account | None) -> str:
    """Where the name of the house leads: whoever came by a personal link has no sign-in."""
    if account is not None:
        return "/"
    if "link" not in session:
        return url_for("accounts.sign_in")
    try:
        return portal_address()
    except SQLAlchemyError:  # the page about a database that does not answer must stand too
        return url_for("portal.index")


def portal_address() -> str:
    """Where somebody with a personal link starts: at the desk at home, or at a client's request."""
    endpoint = "client.index" if is_for_client() else "portal.index"
    known = endpoint in current_app.view_functions
    return url_for(endpoint) if known else url_for("accounts.privacy")


def is_for_client() -> bool:
    """Whether the open link of this browser is a client's."""
    return link_kind() is ActorKind.CLIENT


def holds_link() -> bool:
    """Whether this browser has an open personal link."""
    return link_or_none() is not None
