"""One-time codes: six digits that reach the signer on another way than the link.

A code is derived from a random number and the house's key, as links are: the database alone gives
none away. Wrong tries are stored with the answer that tells of them, so they come back as answers,
never as errors: an error would undo the count.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hoffice import clock
from hoffice.accounts.links import LinkBook
from hoffice.agreements import queries
from hoffice.agreements.models import Pack, SignatureCode
from hoffice.agreements.queries import signing as sittings
from hoffice.agreements.rules import CodeChannel, is_for_reading
from hoffice.audit.service import record
from hoffice.db import db
from hoffice.errors import N_, Refused
from hoffice.jobs.service import enqueue
from hoffice.notices.rules import LinkKind, mobile_of
from hoffice.notices.service import send as send_mail
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.units import Actor

SEND_CODE = "agreements.send_code"
"""The kind of job that hands one text message over."""
DIGITS = 6
TRIES = 5
REST = timedelta(minutes=15)
"""After so many wrong tries no new code is made for a while, except by HR."""
PAUSE = timedelta(minutes=1)
"""Between two codes that somebody asks for."""
MOST_A_DAY = 10
GOOD_FOR = timedelta(minutes=30)
"""So long after it was entered a code lets sign, in the browser that entered it."""
NO_DIGITS = frozenset({"Pd", "Cf"})
"""Kinds of signs that may stand between digits: dashes, and what is not seen at all."""
_MINUTES = timedelta(minutes=10)
VALID: Mapping[CodeChannel, timedelta] = {
    CodeChannel.SMS: _MINUTES,
    CodeChannel.CALL: _MINUTES,
    CodeChannel.OTHER_MAIL: _MINUTES,
    CodeChannel.SAME_MAIL: _MINUTES,
    CodeChannel.LETTER: timedelta(days=14),
}

CHANNEL_LABELS: Mapping[CodeChannel, str] = {
    CodeChannel.SMS: N_("text message"),
    CodeChannel.LETTER: N_("letter"),
    CodeChannel.CALL: N_("call"),
    CodeChannel.OTHER_MAIL: N_("another mail address"),
    CodeChannel.SAME_MAIL: N_("the mail address that has the link"),
}


class Entered(StrEnum):
    """What came of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    USED_UP = "used_up"
    """That was the last try; a new code is needed."""
    OVER = "over"
    """There is no code that could be entered: none was made, or its time is over."""
    UNFIT = "unfit"
    """What was typed is no code of six digits; it is no try and counts nothing."""


@dataclass(frozen=True, slots=True)
class Try:
    """The answer to one try; ``code_id`` is what lets sign when it was right."""

    entered: Entered
    code_id: int | None = None
    tries_left: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How things are with a pack's code, for the page that asks for it."""

    code: SignatureCode | None
    """The code that can be entered now."""
    failed: bool
    """The last message could not be sent."""
    again_at: datetime | None
    """When the next one may be asked for; None: at once."""


def code_of(code: SignatureCode, *, secret: str) -> str:
    """The six digits, under one of the house's keys."""
    message = f"code:{code.id}:{code.nonce}".encode()
    number = int.from_bytes(hmac.digest(secret.encode(), message, hashlib.sha256)[:8])
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def is_asked(pack: Pack) -> bool:
    """Whether a code is needed before the papers that wait can be signed here."""
    return pack.needs_code and any(
        sittings.lacks_signature(paper) and not is_for_reading(paper.kind) for paper in pack.papers
    )


def channel_for(employee: Employee, *, can_text: bool) -> CodeChannel:
    """The way on which this person's code goes by itself: a second one where there is one."""
    if can_text and mobile_of(employee.phone) is not None:
        return CodeChannel.SMS
    return CodeChannel.SAME_MAIL


def standing(pack: Pack) -> Standing:
    """How things are with this pack's code."""
    newest = sittings.newest_code(pack.id)
    is_live = newest is not None and _is_live(newest)
    return Standing(
        code=newest if is_live else None,
        failed=newest is not None and newest.failed_at is not None and newest.used_at is None,
        again_at=_again_at(pack, newest),
    )


def _is_live(code: SignatureCode) -> bool:
    return (
        code.used_at is None
        and code.failed_at is None
        and code.tries < TRIES
        and code.expires_at > clock.now()
    )


def _again_at(pack: Pack, newest: SignatureCode | None) -> datetime | None:
    if newest is None:
        return None
    now = clock.now()
    pause = PAUSE if newest.failed_at is None else timedelta()
    moment = newest.created_at + (REST if newest.tries >= TRIES else pause)
    if sittings.codes_since(pack.id, now - timedelta(days=1)) >= MOST_A_DAY:
        moment = max(moment, newest.created_at + timedelta(hours=12))
    return moment if moment > now else None


# Making and sending


def send(employee_id: int, *, can_text: bool, by: Actor) -> SignatureCode:
    """Make a code and let it go its way: as a text message, else to the address of the link."""
    pack = queries.pack_to_change(employee_id)
    if not is_asked(pack):
        raise Refused(N_("No code is needed."))
    if _again_at(pack, sittings.newest_code(pack.id)) is not None:
        raise Refused(N_("A code is on its way already. Wait a little before you ask for another."))
    employee = people.employee(employee_id)
    channel = channel_for(employee, can_text=can_text)
    if channel is CodeChannel.SMS:
        number = mobile_of(employee.phone) or ""
        code = _made(pack, channel, sent_to=f"…{number[-4:-2]} {number[-2:]}", by=by)
        enqueue(SEND_CODE, {"code": code.id}, by=by)
        return code
    code = _made(pack, channel, sent_to=covered(employee.email), by=by)
    _mail(code, employee, to=employee.email, by=by)
    return code


def send_to(employee_id: int, address: str, *, by: Actor) -> SignatureCode:
    """HR has a code mailed to another address of this person, such as a private one."""
    pack, employee = queries.pack_to_change(employee_id), people.employee(employee_id)
    to = address.strip()
    if to.count("@") != 1 or to.startswith("@") or to.endswith("@") or len(to) > 200:  # noqa: PLR2004  # as in forms
        raise Refused(N_("This is no mail address."))
    if to.lower() == employee.email.strip().lower():
        raise Refused(N_("This is the address that has the link. Take another one, or call."))
    code = _made(pack, CodeChannel.OTHER_MAIL, sent_to=covered(to), by=by)
    _mail(code, employee, to=to, by=by)
    return code


def hand_out(employee_id: int, channel: CodeChannel, *, book: LinkBook, by: Actor) -> str:
    """Make a code that HR reads out on the phone or prints into a letter; shown this once."""
    if channel not in {CodeChannel.CALL, CodeChannel.LETTER}:
        raise Refused(N_("Only a code for a call or a letter is shown."))
    pack = queries.pack_to_change(employee_id)
    code = _made(pack, channel, sent_to="", by=by)
    return code_of(code, secret=book.secret_key)


def _made(pack: Pack, channel: CodeChannel, *, sent_to: str, by: Actor) -> SignatureCode:
    now = clock.now()
    code = SignatureCode(
        pack_id=pack.id,
        channel=channel,
        sent_to=sent_to,
        nonce=secrets.token_hex(16),
        tries=0,
        created_at=now,
        created_by=str(by),
        expires_at=now + VALID[channel],
    )
    db.session.add(code)
    db.session.flush()
    record(by, "agreements.code_made", code, employee_id=pack.employee_id, channel=channel)
    return code


def _mail(code: SignatureCode, employee: Employee, *, to: str, by: Actor) -> None:
    """The outbox holds a placeholder where the code goes, as it does for links."""
    send_mail(
        "code",
        to=to,
        language=employee.language,
        by=by,
        facts={"first_name": employee.first_name},
        employee_id=employee.id,
        link=(LinkKind.CODE, code.id),
    )


def covered(address: str) -> str:
    """A mail address of which only so much is shown that its owner knows it: ``a…@example.org``."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}…@{host}"


def was_sent(code_id: int) -> None:
    """The gateway has taken the message."""
    code = sittings.code(code_id)
    record(Actor.system(), "agreements.code_sent", code, employee_id=code.pack.employee_id)


def not_sent(code_id: int) -> None:
    """The message could not be sent; the page says so and lets ask again."""
    code = sittings.code(code_id)
    code.failed_at = clock.now()
    employee_id = code.pack.employee_id
    record(Actor.system(), "agreements.code_not_sent", code, employee_id=employee_id)


# Entering


def plain_digits(typed: str) -> str:
    """The six digits in what was typed, however wide or spaced; empty when it is no code."""
    wide = unicodedata.normalize("NFKC", typed)
    digits = "".join(
        sign for sign in wide if not sign.isspace() and unicodedata.category(sign) not in NO_DIGITS
    )
    return digits if re.fullmatch(f"[0-9]{{{DIGITS}}}", digits) else ""


def enter(employee_id: int, typed: str, *, book: LinkBook) -> Try:
    """Try a code; wrong ones are counted, and the fifth ends it.

    What cannot be a code at all is no try: a slip of the keyboard costs nobody a code.
    """
    pack = queries.pack_to_change(employee_id)
    code = sittings.newest_code(pack.id, lock=True)
    if code is None or not _is_live(code):
        return Try(Entered.OVER)
    digits = plain_digits(typed)
    if not digits:
        return Try(Entered.UNFIT, tries_left=TRIES - code.tries)
    me = Actor.employee(employee_id)
    keys = (book.secret_key, *book.old_secret_keys)
    fits = [
        hmac.compare_digest(digits.encode(), code_of(code, secret=key).encode()) for key in keys
    ]
    if any(fits):
        code.used_at = clock.now()
        record(me, "agreements.code_entered", code, employee_id=employee_id, channel=code.channel)
        return Try(Entered.RIGHT, code.id)
    code.tries += 1
    record(me, "agreements.code_wrong", code, employee_id=employee_id, tries=code.tries)
    left = TRIES - code.tries
    return Try(Entered.WRONG if left else Entered.USED_UP, tries_left=left)


def has_entered(pack: Pack, code_id: int | None) -> bool:
    """Whether this code was entered for this pack a short while ago."""
    if code_id is None:
        return False
    found = db.session.get(SignatureCode, code_id)
    return (
        found is not None
        and found.pack_id == pack.id
        and found.used_at is not None
        and clock.now() - found.used_at <= GOOD_FOR
    )


def channel_entered(pack: Pack, code_id: int | None) -> CodeChannel | None:
    """On which way the code came that lets sign; None where no code is asked for."""
    if not is_asked(pack):
        return None
    if code_id is None or not has_entered(pack, code_id):
        raise Refused(N_("First enter the code that we send you."))
    return sittings.code(code_id).channel
