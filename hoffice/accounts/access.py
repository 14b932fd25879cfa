"""Who may open a page, and who is here now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from hoffice import clock
from hoffice.accounts import links, queries
from hoffice.accounts.models import Account, PersonalLink
from hoffice.accounts.rules import Audience, Role
from hoffice.settings import Settings
from hoffice.units import Actor, ActorKind

P = ParamSpec("P")
R = TypeVar("R")

Who = Role | Audience
STAFF: tuple[Role, ...] = tuple(Role)
"""Everybody with an account."""


def settings() -> Settings:
    """The settings of the running house."""
    return cast("Settings", current_app.extensions["hoffice.settings"])


def open_to(*who: Who) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Say who may open a page. Every route carries this; a test walks all of them.

    Strangers are led to the sign-in (staff pages) or to the page that explains the personal link
    (employees' pages); somebody signed in without the role gets 403.
    """
    allowed = frozenset(who)

    def guard(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
            refusal = _refusal(allowed)
            return view(*args, **kwargs) if refusal is None else refusal

        guarded.open_to = allowed  # type: ignore[attr-defined]  # read by the access test
        return guarded

    return guard


def _refusal(allowed: frozenset[Who]) -> ResponseReturnValue | None:
    if Audience.PUBLIC in allowed:
        return None
    if Audience.DEMO in allowed:
        return None if current_app.extensions.get("hoffice.demo_is_on", bool)() else abort(404)
    if Audience.EMPLOYEE in allowed and link_or_none() is not None:
        return None
    account = account_or_none()
    if account is not None and (Audience.SIGNED_IN in allowed or account.roles & allowed):
        return None
    if account is not None:
        abort(403)
    if allowed == {Audience.EMPLOYEE}:
        return redirect(url_for("accounts.link_needed"))
    if request.method != "GET":
        abort(403)
    return redirect(url_for("accounts.sign_in", weiter=request.full_path.rstrip("?")))


def account_or_none() -> Account | None:
    """Who is signed in, if anybody; asked once per request."""
    if "account" not in g:
        g.account = _account_of_session()
    return cast("Account | None", g.account)


def _account_of_session() -> Account | None:
    account_id, epoch = session.get("account"), session.get("epoch")
    since = session.get("since")
    if account_id is None or since is None:
        return None
    if clock.now() - datetime.fromtimestamp(since, UTC) > timedelta(hours=settings().session_hours):
        return None
    account = queries.account_or_none(account_id)
    if account is None or account.session_epoch != epoch:
        return None
    return account


def current_account() -> Account:
    """Who is signed in; only for pages that are open to accounts."""
    account = account_or_none()
    if account is None:
        abort(403)
    return account


def current_actor() -> Actor:
    """Who is signed in, as the log names people."""
    return Actor.staff(current_account().id)


def sign_in_session(account: Account) -> None:
    """Let this browser be this person from now on; everything it held before is dropped."""
    link = session.get("link")
    session.clear()
    if link is not None:
        session["link"] = link  # somebody on staff may be an employee too
    session["account"], session["epoch"] = account.id, account.session_epoch
    session["since"] = int(clock.now().timestamp())
    session.permanent = True
    g.pop("account", None)


def sign_out_session() -> None:
    """Forget who is here."""
    session.clear()
    g.pop("account", None)
    g.pop("link", None)


def open_link_session(link: PersonalLink) -> None:
    """Let this browser act for the holder of the link."""
    session["link"] = link.id
    session.permanent = True
    g.pop("link", None)


def link_or_none() -> PersonalLink | None:
    """The open personal link of this browser, if any; asked once per request."""
    if "link" not in g:
        link_id = session.get("link")
        link = None if link_id is None else queries.personal_link(link_id)
        g.link = link if link is not None and links.is_open(link, clock.now()) else None
    return cast("PersonalLink | None", g.link)


def current_employee_id() -> int:
    """Whose personal link this browser holds; 404 for somebody without one."""
    link = link_or_none()
    if link is None:
        abort(404)
    holder = links.holder_actor(link.holder)
    if holder.kind is not ActorKind.EMPLOYEE:
        abort(404)
    return holder.id
