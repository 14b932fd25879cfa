"""Papers: their kinds, their states, and what is still missing.

Pure: standard library only.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from hoffice.errors import N_, Refused


class PaperKind(StrEnum):
    """The document types; the value is the key of the sample text."""

    ADDENDUM = "zusatz_telearbeit"
    MOBILE = "zusatz_mobil"
    LOAN = "ueberlassung"
    DATA_PROTECTION = "datenschutz"
    CONDUCT = "verhaltensregeln"
    WORKPLACE = "selbstauskunft"
    INSTRUCTION = "unterweisung"
    PRIVACY_NOTICE = "art13_hinweis"
    HOUSEHOLD = "haushalt_zutritt"
    CLIENT_APPROVAL = "auftraggeber_freigabe"
    WORKS_COUNCIL = "br_beteiligung"
    HANDOVER = "uebergabeprotokoll"
    RETURN = "rueckgabeprotokoll"
    BACK_TO_OFFICE = "rueckkehr"


PAPER_LABELS: dict[PaperKind, str] = {
    PaperKind.ADDENDUM: N_("Home-office addendum"),
    PaperKind.MOBILE: N_("Addendum on mobile work"),
    PaperKind.LOAN: N_("Loan of equipment"),
    PaperKind.DATA_PROTECTION: N_("Data protection and confidentiality"),
    PaperKind.CONDUCT: N_("Rules for working from home"),
    PaperKind.WORKPLACE: N_("Self-assessment of the workplace"),
    PaperKind.INSTRUCTION: N_("Record of the safety instruction"),
    PaperKind.PRIVACY_NOTICE: N_("Information on data processing (Art. 13 GDPR)"),
    PaperKind.HOUSEHOLD: N_("Consent of the household to visits"),
    PaperKind.CLIENT_APPROVAL: N_("Client's approval"),
    PaperKind.WORKS_COUNCIL: N_("Notice to the works council"),
    PaperKind.HANDOVER: N_("Handover record"),
    PaperKind.RETURN: N_("Return record"),
    PaperKind.BACK_TO_OFFICE: N_("Return to the office"),
}


class Form(StrEnum):
    """Which form a text asks for: `textform` needs no ink and no qualified signature."""

    TEXTFORM = "textform"
    ADVANCED = "advanced"
    QUALIFIED = "qualified"
    PAPER = "paper"


FORM_LABELS: dict[Form, str] = {
    Form.TEXTFORM: N_("text form: signed here"),
    Form.ADVANCED: N_("advanced electronic signature: uploaded"),
    Form.QUALIFIED: N_("qualified electronic signature: uploaded"),
    Form.PAPER: N_("written form: paper with ink, or a qualified signature"),
}


class PaperState(StrEnum):
    """Where a paper stands."""

    DRAFT = "draft"
    SENT = "sent"
    OPENED = "opened"
    SIGNED = "signed"
    SEALED = "sealed"
    DECLINED = "declined"
    VOID = "void"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


PAPER_STATE_LABELS: dict[PaperState, str] = {
    PaperState.DRAFT: N_("draft"),
    PaperState.SENT: N_("sent"),
    PaperState.OPENED: N_("opened"),
    PaperState.SIGNED: N_("signed"),
    PaperState.SEALED: N_("sealed"),
    PaperState.DECLINED: N_("declined"),
    PaperState.VOID: N_("void"),
    PaperState.SUPERSEDED: N_("superseded"),
    PaperState.EXPIRED: N_("expired"),
}

WAITING = frozenset({PaperState.SENT, PaperState.OPENED})
"""The employee has not decided yet."""
IN_FORCE = frozenset({PaperState.SIGNED, PaperState.SEALED})
"""Signed by everybody who has to."""


class SignerRole(StrEnum):
    """Who signs a paper."""

    EMPLOYEE = "employee"
    EMPLOYER = "employer"
    TRAINER = "trainer"
    HOUSEHOLD = "household"
    CLIENT = "client"
    WORKS_COUNCIL = "works_council"
    DRIVER = "driver"


class SignatureMethod(StrEnum):
    """How somebody signed."""

    DRAWN = "drawn"
    TYPED = "typed"


class WorkModel(StrEnum):
    """How somebody works outside the office; it decides which papers are needed."""

    TELEWORK = "telework"
    """A fixed workplace at home, with devices of the firm (§ 2 (7) ArbStättV)."""
    MOBILE = "mobile"
    """No fixed place and no kit."""


WORK_MODEL_LABELS: dict[WorkModel, str] = {
    WorkModel.TELEWORK: N_("workplace at home (telework)"),
    WorkModel.MOBILE: N_("mobile work"),
}

_PACKS: dict[WorkModel, tuple[PaperKind, ...]] = {
    WorkModel.TELEWORK: (
        PaperKind.ADDENDUM,
        PaperKind.LOAN,
        PaperKind.DATA_PROTECTION,
        PaperKind.CONDUCT,
        PaperKind.WORKPLACE,
        PaperKind.INSTRUCTION,
        PaperKind.PRIVACY_NOTICE,
    ),
    WorkModel.MOBILE: (
        PaperKind.MOBILE,
        PaperKind.DATA_PROTECTION,
        PaperKind.CONDUCT,
        PaperKind.INSTRUCTION,
        PaperKind.PRIVACY_NOTICE,
    ),
}


def packs_of(model: WorkModel) -> tuple[PaperKind, ...]:
    """What somebody who works like this reads and signs, in this order."""
    return _PACKS[model]


SIGNERS: dict[PaperKind, tuple[SignerRole, ...]] = {
    PaperKind.ADDENDUM: (SignerRole.EMPLOYEE, SignerRole.EMPLOYER),
    PaperKind.MOBILE: (SignerRole.EMPLOYEE, SignerRole.EMPLOYER),
    PaperKind.LOAN: (SignerRole.EMPLOYEE,),
    PaperKind.DATA_PROTECTION: (SignerRole.EMPLOYEE,),
    PaperKind.CONDUCT: (SignerRole.EMPLOYEE,),
    PaperKind.WORKPLACE: (SignerRole.EMPLOYEE,),
    PaperKind.INSTRUCTION: (SignerRole.EMPLOYEE, SignerRole.TRAINER),
    PaperKind.PRIVACY_NOTICE: (),
    PaperKind.HOUSEHOLD: (SignerRole.HOUSEHOLD,),
    PaperKind.CLIENT_APPROVAL: (SignerRole.CLIENT,),
    PaperKind.WORKS_COUNCIL: (SignerRole.WORKS_COUNCIL,),
    PaperKind.HANDOVER: (SignerRole.EMPLOYEE, SignerRole.DRIVER),
    PaperKind.RETURN: (SignerRole.DRIVER, SignerRole.EMPLOYEE),
    PaperKind.BACK_TO_OFFICE: (SignerRole.EMPLOYER, SignerRole.EMPLOYEE),
}


ADDED_ONE_BY_ONE = frozenset({PaperKind.HOUSEHOLD, PaperKind.BACK_TO_OFFICE})
"""Kinds that HR adds for one person outside of what a model of work asks for."""


def signer_behind_link(kind: PaperKind) -> SignerRole:
    """Who decides on this kind of paper behind the employee's link."""
    return SignerRole.HOUSEHOLD if kind is PaperKind.HOUSEHOLD else SignerRole.EMPLOYEE


def is_complete(kind: PaperKind, signed: Iterable[SignerRole]) -> bool:
    """Whether everybody who has to sign this kind of paper has signed."""
    return set(SIGNERS[kind]) <= set(signed)


def is_for_reading(kind: PaperKind) -> bool:
    """Whether nobody signs this kind of paper: the employee says that it was read."""
    return not SIGNERS[kind]


def waits_for(kind: PaperKind, role: SignerRole) -> bool:
    """Whether this kind of paper needs a deed of this role; what is only read, the employee's."""
    return role in SIGNERS[kind] or (role is SignerRole.EMPLOYEE and is_for_reading(kind))


def closes(asked: Form, given: Form) -> bool:
    """Whether a file signed elsewhere in one form satisfies what a text asks for.

    Ink and a qualified signature may stand for one another (§ 126a BGB), and for all others.
    """
    if given in {Form.QUALIFIED, Form.PAPER}:
        return True
    return given is Form.ADVANCED and asked in {Form.TEXTFORM, Form.ADVANCED}


class SealState(StrEnum):
    """Where a signed paper stands on its way to the employer's seal."""

    NONE = "none"
    """Not signed by all yet, or the house had no seal key when it was."""
    PENDING = "pending"
    """Signed by all; the seal failed (the time-stamp service does not answer) and is retried."""
    SEALED = "sealed"


class CertificateUse(StrEnum):
    """What a certificate that the house knows is good for."""

    SEAL = "seal"
    TIME = "time"
    """A time-stamp service's."""


class CodeChannel(StrEnum):
    """On which way a one-time code reached somebody."""

    SMS = "sms"
    LETTER = "letter"
    CALL = "call"
    OTHER_MAIL = "other_mail"
    SAME_MAIL = "same_mail"
    """The address that has the link, too: the certificate says so."""


class ApprovalState(StrEnum):
    """Where a client's approval stands."""

    DRAFT = "draft"
    ASKED = "asked"
    OPENED = "opened"
    GIVEN = "given"
    PARTLY = "partly"
    """Some of the people, or with conditions."""
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class ScanState(StrEnum):
    """Where one scanned page stands."""

    FILED = "filed"
    OPEN = "open"
    """Nothing on it could be read; somebody has to say what it is."""
    DROPPED = "dropped"


MOST_REMINDERS = 3
"""After the third one somebody calls."""
REMINDER_PAUSE = timedelta(hours=12)
"""Two reminders on one day annoy more than they help, and a form sent twice is one reminder."""


def check_reminder(*, count: int, last_at: datetime | None, now: datetime) -> None:
    """Whether one more reminder may go out."""
    if count >= MOST_REMINDERS:
        raise Refused(N_("Three reminders have gone out. A call helps more now."))
    if last_at is not None and now - last_at < REMINDER_PAUSE:
        raise Refused(N_("A reminder has gone out already today."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the firm says in all papers of one sending; the rest comes from each person's records.

    Dates are ISO texts, so that a job can carry them; an empty text means "not agreed".
    """

    company: str
    company_address: str
    represented_by: str
    hotline: str
    data_protection_contact: str
    model: str = "alternierende Telearbeit"
    starts_on: str = ""
    """Empty: the day of sending."""
    ends_on: str = ""
    days: str = ""
    reachable_from: str = "9:00"
    reachable_to: str = "16:00"
    allowance: str = ""
    visit_notice_days: str = "5"
    notice_period: str = "vier Wochen"
    works_agreement: str = ""
    professional_secrecy: bool = False
    telecommunications: bool = False
    work_model: str = WorkModel.TELEWORK
    needs_code: bool = True
    """A one-time code is asked for before the papers are signed."""
    home_hours: str = ""
    """Hours a week at home; empty: those of each person's contract."""
    internet_mbit: str = "16"
    """The least speed that a workplace at home needs."""
    it_hotline: str = ""
    """Where a lost device is reported at any hour; empty: the hotline."""
    trainer: str = ""
    """Who gives the safety instruction; empty: who signs for the employer."""
    safety_contact: str = ""
    doctor_contact: str = ""
    works_council: str = ""
    accident_insurer: str = ""
    authority: str = ""
    """The data protection authority to which people may complain."""


def is_over(terms: Terms, today: date) -> bool:
    """Whether what is agreed on these terms would have ended before anybody can sign it."""
    return bool(terms.ends_on) and date.fromisoformat(terms.ends_on) <= today


PLACES_OF_WORK = frozenset({PaperKind.ADDENDUM, PaperKind.MOBILE})
"""Addenda: what is agreed about the place of work, and how long."""


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = first_of_next - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


BINDING_LANGUAGE = "de"
"""The language that counts when a reading version says something else."""

NAME_CHARS = 200


def names_address(kind: PaperKind, facts: Mapping[str, Any], line: str) -> bool:
    """Whether a paper names this address as the place of work; other kinds name none."""
    if kind is not PaperKind.ADDENDUM:
        return True
    named = facts.get("fields", {}).get(BINDING_LANGUAGE, {}).get("anschrift")
    return named is None or named == line


def names_household_of(kind: PaperKind, facts: Mapping[str, Any], line: str) -> bool:
    """Whether a consent to visits is about this home; other kinds are about none."""
    if kind is not PaperKind.HOUSEHOLD:
        return True
    named = facts.get("fields", {}).get(BINDING_LANGUAGE, {}).get("anschrift")
    return bool(line) and named == line


Strokes = tuple[tuple[tuple[float, float], ...], ...]
"""Lines of points from 0 to 1 on a pad three times as wide as high."""

MOST_STROKES = 200
MOST_POINTS = 20_000
STROKES_CHARS = 1_000_000
LEAST_POINTS = 5
LEAST_INK = 0.15
"""Length of all lines, in widths of the pad: a dot or a slip of the finger is shorter."""
PAD_RATIO = 3

_NOT_READABLE = N_("The drawing could not be read. Draw it again, or type your name.")
_NO_INK = N_("That is too little for a signature. Draw it again, or type your name.")


def strokes_in(text: str) -> Strokes:
    """The drawing that a form has sent as JSON, checked."""
    if len(text) > STROKES_CHARS:
        raise Refused(_NOT_READABLE)
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(_NOT_READABLE) from None
    return checked_strokes(sent)


def checked_strokes(drawn: object) -> Strokes:
    """A drawing as the house keeps it: lists of points between 0 and 1, with enough ink.

    Refused when it is anything else; a place is rounded to a ten-thousandth of the pad.
    """
    if not isinstance(drawn, list | tuple) or len(drawn) > MOST_STROKES:
        raise Refused(_NOT_READABLE)
    if sum(len(line) if isinstance(line, list | tuple) else 0 for line in drawn) > MOST_POINTS:
        raise Refused(_NOT_READABLE)
    strokes = tuple(_line(line) for line in drawn)
    if sum(map(len, strokes)) < LEAST_POINTS or _ink(strokes) < LEAST_INK:
        raise Refused(_NO_INK)
    return strokes


def _line(line: object) -> tuple[tuple[float, float], ...]:
    if not isinstance(line, list | tuple):
        raise Refused(_NOT_READABLE)
    return tuple(map(_place, line))


def _place(point: object) -> tuple[float, float]:
    match point:
        case [int() | float() as across, int() | float() as down] if (
            not isinstance(across, bool)
            and not isinstance(down, bool)
            and 0 <= across <= 1
            and 0 <= down <= 1
        ):
            return round(float(across), 4), round(float(down), 4)
    raise Refused(_NOT_READABLE)


def _ink(strokes: Strokes) -> float:
    return sum(
        math.hypot(there[0] - here[0], (there[1] - here[1]) / PAD_RATIO)
        for line in strokes
        for here, there in pairwise(line)
    )


def checked_name(name: str) -> str:
    """The name somebody signs with: at least two letters, on one line, not endless."""
    plain = " ".join(name.split())
    if sum(sign.isalpha() for sign in plain) < 2 or len(plain) > NAME_CHARS:  # noqa: PLR2004  # the shortest name
        raise Refused(N_("Type your full name."))
    return plain
