"""People whose boxes may go, runs that stand at the depot, and drivers who say what they saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import select

from hoffice import clock
from hoffice.accounts.models import Account
from hoffice.accounts.rules import Role
from hoffice.agreements.models import Pack, Paper, Signature, TextVersion
from hoffice.agreements.rules import (
    SIGNERS,
    PaperKind,
    PaperState,
    SignatureMethod,
    SignerRole,
)
from hoffice.db import db
from hoffice.files.models import StoredFile
from hoffice.files.service import Store
from hoffice.handover import service
from hoffice.handover.models import Handover
from hoffice.handover.rules import ItemOutcome
from hoffice.handover.service import Said
from hoffice.kits.models import Box, Holding, Kit, KitItem
from hoffice.kits.rules import HolderKind
from hoffice.people import service as people
from hoffice.people.models import Employee
from hoffice.people.rules import HomeFields
from hoffice.places.rules import Precision
from hoffice.runs import service as runs
from hoffice.runs.models import Run, Shift, Slot, Stop
from hoffice.runs.rules import RunState, StopState
from hoffice.units import Actor
from tests import makers
from tests.kits import scene as kit_scene
from tests.postcodes import embedded

DRIVER = Actor.staff(9)
COMPANY = "Spreeruf Kundendialog GmbH"
STROKES = [[[0.1, 0.5], [0.3, 0.2], [0.5, 0.8]]]


def signed_papers(
    employee: Employee, *, roles: Mapping[PaperKind, Sequence[SignerRole]] = SIGNERS
) -> Pack:
    """A pack signed by these roles, without making its files: the gates look at rows only."""
    home = employee.homes[-1]
    pack = Pack(
        employee=employee,
        created_at=makers.MONDAY,
        created_by=str(makers.IT),
        sent_at=makers.MONDAY,
        reminders=0,
    )
    frozen = StoredFile(
        sha256=f"{makers.number():064d}",
        size=1,
        media_type="application/pdf",
        name="papier.pdf",
        created_at=makers.MONDAY,
    )
    db.session.add(frozen)
    db.session.flush()
    for kind in (PaperKind.ADDENDUM, PaperKind.DATA_PROTECTION):
        whole = set(roles[kind]) >= set(SIGNERS[kind])
        paper = Paper(
            employee=employee,
            kind=kind,
            text_version=_text_of(kind),
            facts={"fields": {"de": {"anschrift": home.line}}},
            state=PaperState.SIGNED if whole else PaperState.SENT,
            frozen_file=frozen,
            signed_at=makers.MONDAY if whole else None,
        )
        paper.signatures = [
            Signature(
                role=role,
                name=employee.name,
                method=SignatureMethod.TYPED,
                strokes=[],
                frozen_sha256=frozen.sha256,
                by=str(Actor.employee(employee.id)),
                signed_at=makers.MONDAY,
            )
            for role in roles[kind]
        ]
        pack.papers.append(paper)
    db.session.add(pack)
    db.session.flush()
    return pack


def _text_of(kind: PaperKind) -> TextVersion:
    found = db.session.scalars(select(TextVersion).where(TextVersion.kind == kind)).first()
    return found or TextVersion(
        kind=kind,
        language="de",
        number=1,
        source="# Text",
        sha256="0" * 64,
        created_at=makers.MONDAY,
        created_by=str(makers.IT),
    )


def ready(name: str = "Ayşe Kaya", *, signed: bool = True) -> Kit:
    """Somebody for whom every gate is open, with two packed boxes."""
    kit = kit_scene.kit(name, packed=True)
    confirmed_home(kit.employee)
    if signed:
        signed_papers(kit.employee)
    db.session.flush()
    return kit


def confirmed_home(employee: Employee) -> None:
    """She has said herself where she works."""
    home = employee.homes[-1]
    home.confirmed_at, home.confirmed_by = makers.MONDAY, str(Actor.employee(employee.id))


def move(employee_id: int) -> None:
    """The person says from where she works now, and the pin is put there."""
    home = people.change_home(
        employee_id,
        HomeFields(street="Müllerstraße", housenumber="904", postcode="13349", city="Berlin"),
        geocoder=embedded(),
        by=Actor.employee(employee_id),
        confirmed=True,
    )
    home.lat, home.lon, home.precision = 52.556, 13.349, Precision.PINNED


def run_of(kits: Iterable[Kit], *, trips: Sequence[int] = (), driver: Account | None = None) -> Run:
    """A promised run to these people, in their order; each on the trip named, else the first."""
    shift: Shift = makers.shift(of=makers.van(), on=clock.today(), driver=driver)
    run = Run(
        shift=shift,
        state=RunState.PROMISED,
        start_min=480,
        end_min=900,
        distance_m=30_000,
        work_min=420,
        breaks=[],
    )
    db.session.add(run)
    db.session.flush()
    for number, kit in enumerate(kits):
        stop = runs.propose_stop(kit.employee_id, by=makers.IT)
        stop.run, stop.position, stop.state = run, number + 1, StopState.PROMISED
        stop.trip = trips[number] if trips else 1
        stop.arrive_min = stop.start_min = 540 + 30 * number
        stop.leave_min = stop.start_min + 20
        db.session.add(
            Slot(
                stop_id=stop.id,
                shift_id=shift.id,
                seat=number + 1,
                start_min=480,
                end_min=600,
                promised_at=makers.MONDAY,
            )
        )
    db.session.flush()
    db.session.expire_all()
    return run


def codes(kit_id: int) -> list[str]:
    """What stands on the labels of a kit."""
    return list(
        db.session.scalars(select(Box.code).where(Box.kit_id == kit_id).order_by(Box.number))
    )


def load(kit_id: int, run_id: int) -> None:
    """Every box of a kit onto the van."""
    for code in codes(kit_id):
        service.load_box(code, run_id=run_id, by=DRIVER)


def under_way(kits: Sequence[Kit]) -> Run:
    """A run that has left with everything for these people."""
    run = run_of(kits)
    for kit in kits:
        load(kit.id, run.id)
    return service.start(run.id, by=DRIVER)


def stop_id_of(kit_id: int) -> int:
    """The newest stop of a kit."""
    found = db.session.scalars(
        select(Stop.id).where(Stop.kit_id == kit_id).order_by(Stop.id.desc())
    ).first()
    assert found is not None
    return found


def items_of(kit_id: int) -> list[int]:
    """The items of a kit, in their order."""
    return list(
        db.session.scalars(
            select(KitItem.item_id).where(KitItem.kit_id == kit_id).order_by(KitItem.item_id)
        )
    )


def holders(kit_id: int) -> list[tuple[HolderKind, int]]:
    """Who has each item of a kit now, in the order of the items."""
    rows = db.session.scalars(
        select(Holding).where(Holding.item_id.in_(items_of(kit_id))).order_by(Holding.item_id)
    )
    return [(row.holder_kind, row.holder_id) for row in rows]


def all_given(kit_id: int) -> dict[int, Said]:
    """The driver's word when everything arrived unharmed."""
    return {item_id: Said(ItemOutcome.GIVEN) for item_id in items_of(kit_id)}


def deliver(kit_id: int, folder: Path, lines: Mapping[int, Said] | None = None) -> Handover:
    """A visit to this kit's person; everything is given unless the driver says otherwise."""
    return service.deliver(
        stop_id_of(kit_id),
        all_given(kit_id) if lines is None else lines,
        received_by="Ayşe Kaya",
        strokes=STROKES,
        note="",
        by=Actor.staff(makers.account(Role.DRIVER, name="Can Demir").id),
        store=Store(folder),
        company=COMPANY,
    )
