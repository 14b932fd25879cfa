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
from hoffice.accounts.rules import CODE_VALID, Audience, Role, Visitor, needs_second_factor
from hoffice.settings import Settings
from hoffice.units import Actor, ActorKind
from hoffice.web.transaction import SAFE_METHODS

P = ParamSpec("P")
R = TypeVar("R")

Who = Role | Audience
STAFF: tuple[Role, ...] = tuple(Role)
"""Everybody with an account."""

BY_LINK: dict[Audience, ActorKind] = {
    Audience.EMPLOYEE: ActorKind.EMPLOYEE,
    Audience.CLIENT: ActorKind.CLIENT,
}
"""Who has a link instead of an account, and whose links these are."""

FIRST_STEPS = frozenset({"accounts.second_factor_setup", "accounts.sign_out"})
"""What is open to somebody who must set up the second step before anything else."""


def settings() -> Settings:
    """The settings of the running house."""
    return cast("Settings", current_app.extensions["hoffice.settings"])


def house_keys() -> tuple[str, ...]:
    """The house's keys, the present one first."""
    return (settings().secret_key, *settings().old_secret_keys)


def visitor() -> Visitor:
    """Who knocks, as guesses are counted: behind a proxy only if the proxy is trusted."""
    return Visitor(network=request.remote_addr or "", secret_key=settings().secret_key)


def demo_is_on() -> bool:
    """Whether this house is the demo, by its settings and its database; asked once per request."""
    if "demo_is_on" not in g:
        g.demo_is_on = bool(current_app.extensions.get("hoffice.demo_is_on", bool)())
    return bool(g.demo_is_on)


def open_to(*who: Who) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Say who may open a page. Every route carries this; a test walks all of them.

    Strangers are led to the sign-in (staff pages) or to the page that explains the personal link
    (employees' and clients' pages); somebody signed in without the role gets 403.
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
        return None if demo_is_on() else abort(404)
    by_link = [kind for audience, kind in BY_LINK.items() if audience in allowed]
    if by_link and link_kind() in by_link:
        return None
    account = account_or_none()
    if account is None:
        return _to_the_door(allowed)
    if Audience.SIGNED_IN not in allowed and not account.roles & allowed:
        abort(403)
    if request.endpoint not in FIRST_STEPS and owes_second_factor(account):
        return redirect(url_for("accounts.second_factor_setup"))
    return None


def _to_the_door(allowed: frozenset[Who]) -> ResponseReturnValue:
    """Where a stranger is led: to the sign-in, or to the page about personal links."""
    if allowed <= BY_LINK.keys():
        return redirect(url_for("accounts.link_needed"))
    if request.method not in SAFE_METHODS:
        abort(403)
    return redirect(url_for("accounts.sign_in", weiter=request.full_path.rstrip("?")))


def owes_second_factor(account: Account) -> bool:
    """Whether somebody must set up the second step first; the demo asks nobody."""
    return (
        account.totp_secret is None
        and needs_second_factor(account.roles, demo=False)
        and not demo_is_on()
    )


def account_or_none() -> Account | None:
    """Who is signed in, if anybody; asked once per request."""
    if "account" not in g:
        g.account = None  # should the database not answer, its error page does not ask again
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
    link, language = session.get("link"), session.get("language")
    session.clear()
    if link is not None:
        session["link"] = link  # somebody on staff may be an employee too
    if language is not None and account.language is None:
        session["language"] = language
    session["account"], session["epoch"] = account.id, account.session_epoch
    session["since"] = int(clock.now().timestamp())
    session.permanent = True
    g.pop("account", None)


def owe_code_session(account: Account, weiter: str) -> None:
    """Remember for a while that this browser gave the right password and still owes the code."""
    session["half"] = [account.id, account.session_epoch, int(clock.now().timestamp()), weiter]


def half_in() -> tuple[Account, str] | None:
    """Who still owes the code here, and where they wanted to go; None when nobody does."""
    half = session.get("half")
    if half is None:
        return None
    account_id, epoch, since, weiter = half
    account = queries.account_or_none(account_id)
    late = clock.now() - datetime.fromtimestamp(since, UTC) > CODE_VALID
    if account is None or account.session_epoch != epoch or late:
        session.pop("half")
        return None
    return account, weiter


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
        g.link = None  # should the database not answer, its error page does not ask again
        link_id = session.get("link")
        link = None if link_id is None else queries.personal_link(link_id)
        g.link = link if link is not None and links.is_open(link, clock.now()) else None
    return cast("PersonalLink | None", g.link)


def link_kind() -> ActorKind | None:
    """Whose open link this browser holds: an employee's, a client's, nobody's."""
    link = link_or_none()
    return None if link is None else links.holder_actor(link.holder).kind


def current_client_link() -> PersonalLink:
    """The client's link that this browser holds; 404 for anybody else."""
    link = link_or_none()
    if link is None or link_kind() is not ActorKind.CLIENT:
        abort(404)
    return link


def current_employee_id() -> int:
    """Whose personal link this browser holds; 404 for somebody without one."""
    link = link_or_none()
    if link is None:
        abort(404)
    holder = links.holder_actor(link.holder)
    if holder.kind is not ActorKind.EMPLOYEE:
        abort(404)
    return holder.id
