"""Personal links: made, opened, revoked; their address is derived and never stored.

This is a part of the service room: links have deeds of their own, and all domains above use them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from hoffice import clock
from hoffice.accounts import queries
from hoffice.accounts.models import PersonalLink
from hoffice.accounts.rules import TokenKind, is_token, number_in, token_of
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, NotFound, Refused
from hoffice.notices.rules import LinkKind
from hoffice.units import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class LinkBook:
    """Knows the house's keys and public address; turns a link's number into its address."""

    secret_key: str
    old_secret_keys: tuple[str, ...]
    url: str
    valid: timedelta

    @property
    def _keys(self) -> tuple[str, ...]:
        return (self.secret_key, *self.old_secret_keys)

    def address(self, kind: LinkKind, number: int) -> str:
        """The whole address of a link; only for the moment in which a mail is handed over."""
        if kind is LinkKind.PERSONAL:
            link = queries.personal_link(number)
            if link is None:
                raise NotFound(N_("This link is no longer there."))
            return f"{self.url}/l/{self.token(TokenKind.PERSONAL, link.id, link.nonce)}"
        key = queries.mailed_key(number)
        if key is None:
            raise NotFound(N_("This link is no longer there."))
        return f"{self.url}/schluessel/{self.token(TokenKind.MAILED_KEY, key.id, key.nonce)}"

    def token(self, kind: TokenKind, number: int, nonce: str) -> str:
        """The secret part of an address, under the present key."""
        return token_of(self.secret_key, kind, number, nonce)

    def is_genuine(self, token: str, kind: TokenKind, number: int, nonce: str) -> bool:
        """Whether one of our keys made this token."""
        return is_token(token, self._keys, kind, number, nonce)


def link_for(holder: str, *, book: LinkBook, by: Actor, employee_id: int | None) -> PersonalLink:
    """The holder's link: the open one, or a new one when there is none or it ends within a day."""
    now = clock.now()
    link = queries.open_link_of(holder, now + timedelta(days=1))
    return link or new_link(holder, book=book, by=by, employee_id=employee_id)


def new_link(holder: str, *, book: LinkBook, by: Actor, employee_id: int | None) -> PersonalLink:
    """Make a fresh link; the ones before it still open until they expire or are revoked."""
    now = clock.now()
    link = PersonalLink(
        holder=holder,
        nonce=secrets.token_hex(16),
        created_at=now,
        expires_at=now + book.valid,
    )
    db.session.add(link)
    db.session.flush()
    record(by, "accounts.link_made", link, employee_id=employee_id)
    return link


def find(token: str, *, book: LinkBook) -> PersonalLink:
    """The link a token opens. Looking changes nothing, so a preview robot uses nothing up.

    Raises :class:`NotFound` for a token that is not ours, :class:`Refused` for an ended link.
    """
    number = number_in(token)
    link = None if number is None else queries.personal_link(number)
    if link is None or not book.is_genuine(token, TokenKind.PERSONAL, link.id, link.nonce):
        raise NotFound(N_("This link is not valid. Copy it from the mail as a whole."))
    if not is_open(link, clock.now()):
        raise Refused(N_("This link has ended. Ask HR to send you a new one."))
    return link


def is_open(link: PersonalLink, now: datetime) -> bool:
    """Whether the link still opens."""
    return link.revoked_at is None and link.expires_at > now


def open_link(token: str, *, book: LinkBook) -> PersonalLink:
    """Open a link: a person pressed the button. Written to the log once per hour at most."""
    link = find(token, book=book)
    now = clock.now()
    if link.last_opened_at is None or now - link.last_opened_at > timedelta(hours=1):
        holder = holder_actor(link.holder)
        employee_id = holder.id if holder.kind is ActorKind.EMPLOYEE else None
        record(holder, "accounts.link_opened", link, employee_id=employee_id)
    link.first_opened_at = link.first_opened_at or now
    link.last_opened_at = now
    return link


def revoke_all(holder: str, *, by: Actor, employee_id: int | None) -> int:
    """End all links of this holder at once, and every session opened by them."""
    links = queries.open_links_of(holder)
    now = clock.now()
    for link in links:
        link.revoked_at = now
    if links:
        record(by, "accounts.links_revoked", holder, employee_id=employee_id, count=len(links))
    return len(links)


def holder_actor(holder: str) -> Actor:
    """Who the holder of a link is, as the log names people."""
    return Actor.read(holder)
