"""Gathering the facts the gates look at, for many people with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hoffice import clock
from hoffice.agreements.models import Pack, Paper, Signature, TextVersion
from hoffice.agreements.queries.approvals import OnProject, approvals_of
from hoffice.agreements.queries.signing import waits_for_upload
from hoffice.agreements.rules import (
    IN_FORCE,
    PaperKind,
    PaperState,
    SignerRole,
    is_complete,
    names_address,
)
from hoffice.db import Moment, db
from hoffice.gates.rules import Facts, Outside, PaperFacts, ProjectFacts
from hoffice.kits import queries as kits
from hoffice.kits import rules as kits_rules
from hoffice.kits.models import Kit
from hoffice.kits.rules import BoxState
from hoffice.people.models import Home
from hoffice.places.rules import Precision
from hoffice.runs.models import Booking, Counter, Slot, Stop
from hoffice.runs.rules import StopState, Way

PACKED = frozenset({BoxState.PACKED, BoxState.RELEASED, BoxState.LOADED, BoxState.HANDED_OVER})


def facts_of(employee_ids: Iterable[int]) -> dict[int, Facts]:
    """What is known of these people; people without a home are there too."""
    ids = list(employee_ids)
    homes = _homes(ids)
    papers = _papers(ids, homes)
    whole_kits = kits.kits_of(ids)
    stops = _stops(ids)
    projects = approvals_of(ids, clock.today())
    is_counter_open = _is_counter_open() if _some_pick_up(stops) else False
    return {
        employee_id: _facts(
            homes.get(employee_id),
            papers.get(employee_id, {}),
            whole_kits.get(employee_id),
            stops.get(employee_id),
            projects[employee_id],
            is_counter_open=is_counter_open,
        )
        for employee_id in ids
    }


def _facts(  # noqa: PLR0913  # one for each thing the gates look at
    home: Home | None,
    papers: dict[PaperKind, PaperFacts],
    kit: Kit | None,
    stop: tuple[Stop, datetime | None] | None,
    projects: tuple[OnProject, ...],
    *,
    is_counter_open: bool,
) -> Facts:
    packed = [box for box in kit.boxes if box.state in PACKED] if kit else []
    return Facts(
        precision=home.precision if home else Precision.NONE,
        is_question=bool(home and home.candidates),
        is_confirmed=home is not None and home.confirmed_at is not None,
        confirmed_at=home.confirmed_at if home else None,
        papers=papers,
        has_kit=kit is not None,
        missing_items=_missing(kit),
        boxes=len(kit.boxes) if kit else 0,
        packed_boxes=len(packed),
        packed_at=max((box.packed_at for box in packed if box.packed_at), default=None),
        promised_at=stop[1] if stop else None,
        has_stop=stop is not None and stop[0].run_id is not None,
        way=stop[0].way if stop else Way.VAN,
        is_counter_open=is_counter_open,
        projects=tuple(
            ProjectFacts(one.client, one.standing, one.since, one.project) for one in projects
        ),
    )


def _missing(kit: Kit | None) -> int:
    if kit is None:
        return 0
    wanted = [kits_rules.Wanted(line.kind, line.count, line.box_no) for line in kit.kit_type.lines]
    goods = [kits_rules.Goods(row.good_id, row.count, row.box_no) for row in kit.kit_type.goods]
    there_are = [item.kind for item in kit.items if item.state not in kits_rules.GONE]
    there = [kits_rules.Goods(row.good_id, row.count, row.box.number) for row in kit.goods]
    return sum(kits_rules.missing(wanted, there_are).values()) + sum(
        kits_rules.goods_missing(goods, there).values()
    )


def _homes(ids: list[int]) -> dict[int, Home]:
    found = db.session.scalars(
        select(Home).where(Home.employee_id.in_(ids), Home.valid_to.is_(None))
    )
    return {home.employee_id: home for home in found}


def _papers(ids: list[int], homes: dict[int, Home]) -> dict[int, dict[PaperKind, PaperFacts]]:
    """The paper of each kind that counts, of whatever pack; else that of the present pack.

    A kind without one has no entry.
    """
    today = clock.today()
    rows = db.session.execute(
        select(Paper, Pack.sent_at)
        .join(Paper.pack)
        .where(
            Paper.employee_id.in_(ids),
            or_(Pack.ended_at.is_(None), Paper.state.in_(sorted(IN_FORCE))),
        )
        .order_by(Paper.id)
        .options(
            joinedload(Paper.text_version).load_only(TextVersion.form),
            selectinload(Paper.signatures).load_only(Signature.role),
        )
    )
    found: dict[int, dict[PaperKind, PaperFacts]] = {}
    for paper, sent_at in rows:
        home = homes.get(paper.employee_id)
        is_over = paper.expires_on is not None and paper.expires_on <= today
        facts = PaperFacts(
            state=PaperState.EXPIRED if is_over else paper.state,
            is_for_this_home=home is None or names_address(paper.kind, paper.facts, home.line),
            since=paper.signed_at or paper.declined_at or paper.opened_at or sent_at,
            is_in_force=not is_over and _is_in_force(paper),
            outside=_outside(paper),
            is_signed_by_employee=any(one.role is SignerRole.EMPLOYEE for one in paper.signatures),
        )
        own = found.setdefault(paper.employee_id, {})
        if paper.kind not in own or facts.counts or not own[paper.kind].counts:
            own[paper.kind] = facts
    return found


def _is_in_force(paper: Paper) -> bool:
    """Signed by everybody who has to, here or in a file that was brought."""
    roles = [signature.role for signature in paper.signatures]
    is_whole = paper.uploaded_file_id is not None or is_complete(paper.kind, roles)
    return paper.state in IN_FORCE and is_whole


def _outside(paper: Paper) -> Outside | None:
    if not waits_for_upload(paper):
        return None
    if paper.uploaded_file_id is not None:
        return Outside.FILE_TO_LOOK_AT
    return Outside.INK_WANTED if paper.paper_wanted_at is not None else Outside.FILE_NEEDED


def _stops(ids: list[int]) -> dict[int, tuple[Stop, datetime | None]]:
    """The newest stop that did not fail, with the moment its slot or pick-up was agreed."""
    rows = db.session.execute(
        select(Stop, func.coalesce(Slot.promised_at, Booking.booked_at, type_=Moment()))
        .outerjoin(Slot, (Slot.stop_id == Stop.id) & Slot.withdrawn_at.is_(None))
        .outerjoin(Booking, (Booking.stop_id == Stop.id) & Booking.withdrawn_at.is_(None))
        .where(Stop.employee_id.in_(ids), Stop.state != StopState.FAILED)
        .order_by(Stop.id)
    )
    return {stop.employee_id: (stop, promised_at) for stop, promised_at in rows}


def _some_pick_up(stops: Mapping[int, tuple[Stop, datetime | None]]) -> bool:
    return any(stop.way is Way.OFFICE and agreed is None for stop, agreed in stops.values())


def _is_counter_open() -> bool:
    """Whether the counter opens today or later; asked only for people who have to choose."""
    return bool(db.session.scalar(select(exists().where(Counter.on_date >= clock.today()))))
