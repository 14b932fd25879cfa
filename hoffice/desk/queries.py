"""Counting across domains for the start page, and finding anything by one search field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, distinct, func, select, true

from hoffice import clock
from hoffice.accounts.models import Account
from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.queries.desk import waits_for_employee
from hoffice.agreements.rules import PaperState
from hoffice.db import db
from hoffice.handover.models import Handover, Receipt
from hoffice.handover.rules import VisitOutcome
from hoffice.kits import queries as kits
from hoffice.kits.models import Box, DamageCase, Item, Kit, Location
from hoffice.kits.queries import damage_cases, things_due
from hoffice.kits.rules import BoxState, ItemState
from hoffice.kits.rules.returning import DUE_AHEAD
from hoffice.people import queries as people_queries
from hoffice.people.models import Employee, Home, Team
from hoffice.places.rules import Precision
from hoffice.runs.models import Run, Stop
from hoffice.runs.rules import RunState, StopState, Way

FOUND_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Counts:
    """How things stand, in numbers."""

    people: int
    at_home: int
    """People whose kit was handed over completely."""
    received: int
    """People who have confirmed the receipt."""
    vague_addresses: int
    asking_addresses: int
    """Addresses of which a human has to say which one is meant."""
    without_kit: int
    open_boxes: int
    without_pack: int
    waiting_packs: int
    """People whose own signature is missing under a paper."""
    declined_papers: int
    unplanned_stops: int
    unpromised_runs: int
    open_receipts: int
    undecided_damages: int
    """Losses and damages of which nobody has said who bears them."""
    to_check: int
    """Devices that came back and that nobody has looked at."""
    due_back: int
    """People who leave soon and have something that nobody has asked for."""


def counts() -> Counts:
    """All counts of the start page, in one statement each; none depends on how many people."""
    current_home = Home.valid_to.is_(None)
    current_pack = Pack.ended_at.is_(None)
    with_kit = select(Kit.employee_id).where(Kit.dissolved_at.is_(None))
    with_pack = select(Pack.employee_id).where(current_pack)
    delivered = Handover.outcome == VisitOutcome.DELIVERED
    brought = Handover.outcome != VisitOutcome.FAILED
    leavers = things_due.leavers_with_things(clock.today() + DUE_AHEAD).subquery()
    parts = [
        select(func.count()).select_from(Employee),
        select(func.count(distinct(Handover.employee_id))).where(delivered),
        select(func.count(distinct(Receipt.employee_id))),
        select(func.count()).where(
            current_home, Home.precision.in_([Precision.NONE, Precision.POSTCODE, Precision.STREET])
        ),
        select(func.count()).where(current_home, people_queries.IS_ASKING),
        select(func.count()).where(Employee.id.not_in(with_kit)),
        select(func.count())
        .select_from(Box)
        .join(Kit)
        .where(Box.state == BoxState.OPEN, Kit.dissolved_at.is_(None)),
        select(func.count()).where(Employee.id.not_in(with_pack)),
        select(func.count(distinct(Paper.employee_id)))
        .join(Pack, Pack.id == Paper.pack_id)
        .where(current_pack, waits_for_employee()),
        select(func.count())
        .select_from(Paper)
        .join(Pack, Pack.id == Paper.pack_id)
        .where(current_pack, Paper.state == PaperState.DECLINED),
        select(func.count()).where(
            Stop.state == StopState.PROPOSED,
            Stop.run_id.is_(None),
            Stop.way == Way.VAN,
            Stop.kit.has(Kit.dissolved_at.is_(None)),
        ),
        select(func.count()).where(Run.state == RunState.PLANNED),
        select(func.count())
        .select_from(Handover)
        .outerjoin(Receipt, Receipt.handover_id == Handover.id)
        .where(brought, Receipt.id.is_(None)),
        select(func.count()).select_from(DamageCase).where(damage_cases.is_undecided()),
        select(func.count()).where(Item.state == ItemState.TO_CHECK),
        select(func.count()).select_from(leavers),
    ]
    row = db.session.execute(select(*(part.scalar_subquery() for part in parts))).one()
    return Counts(*row)


@dataclass(frozen=True, slots=True)
class Found:
    """What one search field finds: people, items, boxes, places in the house and papers."""

    people: Sequence[Employee]
    items: Sequence[Item]
    boxes: Sequence[Box]
    locations: Sequence[Location]
    papers: Sequence[Paper]

    def __bool__(self) -> bool:
        return any((self.people, self.items, self.boxes, self.locations, self.papers))


def find(
    words: Sequence[str],
    *,
    with_papers: bool,
    with_things: bool,
    with_addresses: bool,
    within: ColumnElement[bool] | None = None,
) -> Found:
    """Anything with all of these words: a name, a street, a tag, a serial, a box, a desk, a paper.

    ``within`` says which people may be found at all; None means everybody.
    """
    people = db.session.scalars(
        select(Employee)
        .where(
            people_queries.search(words) if with_addresses else people_queries.search_names(words),
            true() if within is None else within,
        )
        .order_by(Employee.last_name, Employee.first_name)
        .limit(FOUND_AT_MOST)
    ).all()
    return Found(
        people=people,
        items=_items(words) if with_things else (),
        boxes=_boxes(words) if with_things else (),
        locations=kits.search_location(words, limit=FOUND_AT_MOST) if with_things else (),
        papers=_papers(words) if with_papers else (),
    )


def _items(words: Sequence[str]) -> Sequence[Item]:
    return db.session.scalars(
        select(Item)
        .where(kits.search_item_texts(words))
        .order_by(Item.asset_tag)
        .limit(FOUND_AT_MOST)
    ).all()


def _boxes(words: Sequence[str]) -> Sequence[Box]:
    return db.session.scalars(
        select(Box)
        .join(Kit)
        .where(Kit.dissolved_at.is_(None), kits.search_box_codes(words))
        .order_by(Box.code)
        .limit(FOUND_AT_MOST)
    ).all()


def exactly(text: str) -> Item | Box | Location | None:
    """The one device, box or place whose tag, serial, code or name is just this; None for two.

    Answered by indexes alone: a scanner need not wait.
    """
    items = kits.items_exactly(text)
    box = kits.box_exactly(text)
    place = kits.location_exactly(text)
    found: list[Item | Box | Location] = [*items, *(one for one in (box, place) if one is not None)]
    return found[0] if len(found) == 1 else None


def _papers(words: Sequence[str]) -> Sequence[Paper]:
    """Papers by their number, such as ``17`` or ``P00017``."""
    numbers = [word.lower().removeprefix("p").lstrip("0") for word in words]
    wanted = [int(number) for number in numbers if number.isascii() and number.isdecimal()]
    wanted = [number for number in wanted if number < 2**31]
    if not wanted:
        return ()
    return db.session.scalars(
        select(Paper).where(Paper.id.in_(wanted)).order_by(Paper.id).limit(FOUND_AT_MOST)
    ).all()


def account_names(actors: Iterable[str]) -> dict[str, str]:
    """The names behind ``staff:7``; one statement for all of them."""
    numbers = {int(actor.removeprefix("staff:")) for actor in actors if actor.startswith("staff:")}
    rows = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(numbers)))
    return {f"staff:{row.id}": row.name for row in rows}


def employee_names(ids: Iterable[int]) -> dict[int, str]:
    """The names of these people."""
    rows = db.session.execute(
        select(Employee.id, Employee.first_name, Employee.last_name).where(
            Employee.id.in_(set(ids))
        )
    )
    return {row.id: f"{row.first_name} {row.last_name}" for row in rows}


def is_led_by(employee_id: int, account_id: int) -> bool:
    """Whether this person is in a team led by this account."""
    return (
        db.session.scalar(
            select(Employee.id)
            .join(Team, Team.id == Employee.team_id)
            .where(Employee.id == employee_id, Team.lead_account_id == account_id)
        )
        is not None
    )
