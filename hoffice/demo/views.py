"""The demo's own pages: who one can be, what can be tried, and the mailbox."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hoffice.accounts.access import open_to, settings, sign_in_session
from hoffice.accounts.navigation import role_labels
from hoffice.accounts.rules import Audience, Role
from hoffice.demo import service
from hoffice.settings import is_loopback

bp = Blueprint("demo", __name__, url_prefix="/demo")


@bp.before_request
def only_at_home() -> None:
    """A page from elsewhere that gives its own name to this computer does not get in."""
    if not is_loopback(urlsplit(request.host_url).hostname or ""):
        abort(404)


@bp.get("/")
@open_to(Audience.DEMO)
def index() -> ResponseReturnValue:
    """Who one can be here, and what can be tried."""
    hosts = [(role, role_labels([role])[0], service.host_of(role)) for role in Role]
    return render_template(
        "demo/index.html", hosts=[(r, label, host) for r, label, host in hosts if host is not None]
    )


@bp.get("/anmelden/<word>/<key>")
@open_to(Audience.DEMO)
def sign_in(word: str, key: str) -> ResponseReturnValue:
    """Sign in with one click, by an address that only the terminal has shown.

    A GET that signs in is for the demo alone: it stands on this computer, with invented people.
    """
    role = _role(word)
    if not hmac.compare_digest(key.encode(), service.sign_in_key(_secret(), role).encode()):
        abort(404)
    return _let_in(role)


@bp.post("/anmelden/<word>")
@open_to(Audience.DEMO)
def be(word: str) -> ResponseReturnValue:
    """Sign in by the button on the demo's page."""
    return _let_in(_role(word))


def _role(word: str) -> Role:
    if word not in set(Role):
        abort(404)
    return Role(word)


def _secret() -> str:
    return settings().secret_key


def _let_in(role: Role) -> ResponseReturnValue:
    account = service.host_of(role)
    if account is None:
        abort(404)
    sign_in_session(account)
    return redirect(url_for("desk.index"), 303)
