"""The words of the demo story: who and what appears in it, as frozen facts without a database.

Every ``…_day`` counts working days from the day the demo is looked at: 0 is today, the third
day of the move; -2 is the day of the first run, 1 is the next working day. ``None`` means that
it has not happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Language = Literal["de", "en"]
Role = Literal["admin", "it", "hr", "lead", "driver", "works_council", "dpo", "auditor"]


class Stage(StrEnum):
    """How far a person has come on the morning of the third day."""

    RECEIVED = "received"  # everything handed over and signed for
    PARTLY = "partly"  # handed over, but something is missing or broken
    ON_THE_WAY = (
        "on-the-way"  # on one of today's runs: in the van, or at the ramp for the second load
    )
    PLANNED = "planned"  # signed, packed, with a promised window for the next working day
    READY = "ready"  # signed and packed, no window yet
    SIGNED = "signed"  # signed, the desk is only half torn down
    PACKED = "packed"  # packed, signature still missing
    INVITED = "invited"  # has the link, has not answered; the boxes stand packed
    DECLINED = "declined"  # declined, or waits for an answer to a question
    NEW = "new"  # on the list with a packed kit, not invited yet


class Way(StrEnum):
    """How the boxes reach the person."""

    VAN = "van"
    PICK_UP = "pick-up"
    PARCEL = "parcel"


class AddressCase(StrEnum):
    """Why IT must look at an address before a run can be planned."""

    AMBIGUOUS = "ambiguous"  # no postcode, and the street runs through several
    WRONG_POSTCODE = "wrong-postcode"  # the street does not exist in the postcode given


class ItemKind(StrEnum):
    """What a desk is made of."""

    PC = "pc"
    LAPTOP = "laptop"
    DOCK = "dock"
    MONITOR = "monitor"
    LARGE_MONITOR = "large-monitor"
    KEYBOARD = "keyboard"
    LARGE_KEYBOARD = "large-keyboard"
    MOUSE = "mouse"
    HEADSET = "headset"


class Condition(StrEnum):
    """What one sees when an item is taken off the desk."""

    GOOD = "good"
    USED = "used"
    DAMAGED = "damaged"


class ApprovalState(StrEnum):
    """What the client has done with the link that asks for approval."""

    APPROVED = "approved"
    OPENED = "opened"
    SENT = "sent"


class RunState(StrEnum):
    """How far a run is this morning."""

    CLOSED = "closed"
    UNDER_WAY = "under-way"
    PROMISED = "promised"  # every window agreed; today's second load stands released at the ramp


class AnswerKind(StrEnum):
    """What stands in the way of a signature."""

    DECLINED = "declined"
    QUESTION = "question"


class Lack(StrEnum):
    """What was wrong with an item at the door."""

    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Point:
    """A place in WGS84 degrees, rounded to about ten metres."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Access:
    """What the crew must know at the door; ``None`` and empty mean that nobody has said."""

    floor: int | None
    has_lift: bool | None
    bell: str
    parking: str
    notes: str


@dataclass(frozen=True, slots=True)
class Home:
    """An address as the staff list spells it: a real street, a house number nobody lives at."""

    street: str
    house_number: str
    postcode: str
    city: str
    point: Point | None
    case: AddressCase | None
    access: Access


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person wrote instead of signing."""

    kind: AnswerKind
    day: int
    text: str


@dataclass(frozen=True, slots=True)
class Window:
    """A promised window on one day."""

    day: int
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Journey:
    """The days on which a person took each step."""

    invited_day: int | None = None
    answered_day: int | None = None
    opened_day: int | None = None
    signed_day: int | None = None
    packed_day: int | None = None
    promised_day: int | None = None
    window: Window | None = None
    handed_over_day: int | None = None
    received_day: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One of the 140 who go home."""

    number: str
    first_name: str
    last_name: str
    email: str
    phone: str
    team: str
    language: Language
    weekly_hours: Decimal
    with_us_months: int
    projects: tuple[str, ...]
    kit_type: str
    home: Home
    has_car: bool
    stage: Stage
    way: Way
    journey: Journey
    answer: Answer | None

    @property
    def name(self) -> str:
        """First and last name, as on a label."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Team:
    """A team and the personnel number of its lead."""

    code: str
    name: str
    lead: str


@dataclass(frozen=True, slots=True)
class Approval:
    """How a client has answered so far."""

    state: ApprovalState
    asked_day: int
    decided_day: int | None = None
    until_day: int | None = None
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """Work for one client."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Client:
    """A firm whose calls are answered here, and the person who may say yes for it."""

    code: str
    name: str
    contact: str
    email: str
    projects: tuple[Project, ...]
    approval: Approval


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody with an account; a lead is also one of the people."""

    first_name: str
    last_name: str
    email: str
    phone: str
    role: Role
    is_crew: bool = False
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """The firm and the place where every run begins and ends."""

    firm: str
    street: str
    house_number: str
    postcode: str
    city: str
    point: Point
    phone: str


@dataclass(frozen=True, slots=True)
class Van:
    """A rented bus without seats; monitors are not stacked, so boxes limit it before litres do."""

    name: str
    boxes: int
    volume_l: int
    payload_kg: int
    seats: int
    day_cents: int
    km_cents: int


@dataclass(frozen=True, slots=True)
class Campaign:
    """The rollout everybody is in."""

    name: str
    started_day: int
    deadline_day: int
    works_council_asked_day: int
    works_council_consented_day: int


@dataclass(frozen=True, slots=True)
class Model:
    """A make of an item; ``volume_l`` is its room in the box, padding included."""

    code: str
    kind: ItemKind
    name: str
    volume_l: Decimal
    mass_kg: Decimal
    is_fragile: bool
    value_cents: int


@dataclass(frozen=True, slots=True)
class BoxShape:
    """A size of cardboard box."""

    code: str
    name: str
    volume_l: Decimal
    tare_kg: Decimal
    max_kg: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """So many items of one kind, in the box of this number."""

    kind: ItemKind
    quantity: int
    box: int


@dataclass(frozen=True, slots=True)
class SmallPart:
    """Something that is only counted; ``in_store`` of it lie in the store on the first day."""

    name: str
    volume_l: Decimal
    mass_kg: Decimal
    value_cents: int
    in_store: int


@dataclass(frozen=True, slots=True)
class Row:
    """So many desks or shelves in a row, their names counted up from the first one."""

    first: str
    count: int
    is_desk: bool


@dataclass(frozen=True, slots=True)
class KitType:
    """A catalogue entry: which kinds, how many, and how they are packed."""

    code: str
    name: str
    name_en: str
    boxes: tuple[BoxShape, ...]
    parts: tuple[Part, ...]
    role: str = ""
    """For whom it is."""


@dataclass(frozen=True, slots=True)
class Item:
    """One device with its own number, taken from the desk ``desk``."""

    asset_tag: str
    serial_number: str
    model: Model
    condition: Condition
    bought_months_ago: int
    warranty_months: int
    desk: int


@dataclass(frozen=True, slots=True)
class PackedBox:
    """Box ``number`` of a kit and what lies in it."""

    number: int
    shape: BoxShape
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class PackedKit:
    """The devices of one person, and the boxes they go into."""

    person: str
    kit_type: str
    boxes: tuple[PackedBox, ...]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An item that was missing or broken at the door."""

    person: str
    asset_tag: str
    lack: Lack
    note: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """Boxes that a carrier took; ``sent_day`` is the day they left the office."""

    person: str
    carrier: str
    tracking_number: str
    sent_day: int


@dataclass(frozen=True, slots=True)
class Stop:
    """One door of a run, in driving order."""

    person: str
    boxes: int
    start: time
    end: time
    is_done: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One load of the van; ``crew`` are the e-mail addresses of driver and helper."""

    number: int
    day: int
    departs: time
    state: RunState
    crew: tuple[str, str]
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody and everything in the story."""

    office: Office
    campaign: Campaign
    van: Van
    staff: tuple[StaffMember, ...]
    teams: tuple[Team, ...]
    clients: tuple[Client, ...]
    people: tuple[Person, ...]
    models: tuple[Model, ...]
    kit_types: tuple[KitType, ...]
    items: tuple[Item, ...]
    kits: tuple[PackedKit, ...]
    shortfalls: tuple[Shortfall, ...]
    parcels: tuple[Parcel, ...]
    runs: tuple[Run, ...]
