"""Single devices of the story: counted, lost, exchanged, repaired, lent, checked, coming back."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from hoffice.db import db
from hoffice.demo.loading.custody import COUNTED, COUNTING, RIGHT_DESK
from hoffice.demo.loading.timetable import (
    CHECKED,
    COMES_BACK,
    CRACKED,
    EXCHANGED,
    FAR_AWAY,
    HAVE_SAID,
    LOST_MOUSE,
    PASSED_ON,
)
from hoffice.kits import queries as kits
from hoffice.kits.models import (
    BulkEntry,
    BulkHolding,
    CustodyEntry,
    DamageCase,
    HomeCheckLine,
    HomeCheckPerson,
    Item,
    Reservation,
    Return,
    ReturnLine,
    StockTake,
    StockTakeLine,
    StockTakeStranger,
    Teardown,
    Transfer,
)
from hoffice.kits.queries import damage_cases
from hoffice.kits.queries import returning as returns
from hoffice.kits.rules import (
    Holder,
    HolderKind,
    HomeAnswer,
    ItemKind,
    ItemState,
    ReturnOutcome,
    ReturnReason,
    WhoPays,
)
from hoffice.people import queries as people
from hoffice.tasks.models import Task
from tests.conftest import Given
from tests.demo import stage
from tests.pageclient import PageClient
from tests.told import Told

BEGUN = "4226"
AT_WORK = {COMES_BACK, CRACKED, EXCHANGED, FAR_AWAY, LOST_MOUSE, BEGUN}
WHO = tuple(sorted({*CHECKED, *PASSED_ON, *AT_WORK}))
SPARE = (109, *stage.IN_STORE, 173, 175, 185)
"""Desks that are nobody's: the one of the wrong line, one whose devices lie in the store, and those
that are counted."""


def id_of(number: str) -> int:
    found = people.by_number(number)
    assert found is not None
    return found.id


def return_of(number: str) -> Return:
    return db.session.scalars(select(Return).where(Return.employee_id == id_of(number))).one()


def played(app: Flask, told: Told) -> list[str]:
    refused = stage.happened(app, told, WHO, SPARE)
    return [one for one in refused if not one.startswith("plan")]


def test_devices_in_the_house_are_counted_corrected_lost_and_repaired(
    app: Flask, told: Told
) -> None:
    assert played(app, told) == []

    with app.app_context():
        closed, count = db.session.scalars(select(StockTake).order_by(StockTake.id)).all()
        assert COUNTED in closed.name
        assert closed.closed_at is not None
        assert (COUNTING in count.name, count.closed_at) == (True, None)
        lines = db.session.scalars(
            select(StockTakeLine).where(StockTakeLine.stock_take_id == count.id)
        ).all()
        seen = [line.is_expected for line in lines if line.seen_at is not None]
        assert (len(lines), sorted(seen)) == (6, [False, True, True])
        assert db.session.scalars(select(StockTakeStranger.stock_take_id)).all() == [count.id]
        [missing] = db.session.scalars(select(Task).where(Task.kind == "kits.missing"))
        assert missing.done_at is None

        wrong = db.session.scalars(
            select(CustodyEntry).where(CustodyEntry.corrects_id.is_not(None))
        ).one()
        place = kits.item(wrong.item_id).holding
        assert place is not None
        assert kits.location_names([place.holder_id])[place.holder_id] == RIGHT_DESK

        [lost] = kits.held_by(Holder(HolderKind.LOST))
        [case] = damage_cases.cases_of(lost.id)
        assert (lost.kind, case.who_pays) == (ItemKind.MOUSE, WhoPays.COMPANY)

        repaired = db.session.scalars(select(Item).where(Item.state == ItemState.REPAIR)).one()
        [line] = return_of(EXCHANGED).lines
        assert line.item_id == repaired.id


def test_devices_at_home_are_exchanged_swapped_lent_checked_and_given_back(
    app: Flask, told: Told
) -> None:
    assert played(app, told) == []

    with app.app_context():
        exchange = return_of(EXCHANGED)
        assert exchange.closed_at is not None
        assert returns.record_of(exchange.id) is not None
        kit = kits.kit_of(id_of(EXCHANGED))
        assert kit is not None
        assert sum(item.kind is ItemKind.HEADSET for item in kit.items) == 1

        swap = return_of(CRACKED)
        assert (swap.reason, swap.closed_at) == (ReturnReason.DEFECT, None)
        kept = db.session.scalars(select(Reservation)).one()
        assert kept.replaces_id == swap.lines[0].item_id

        lent = db.session.scalars(select(Transfer)).one()
        assert lent.to_id == id_of(PASSED_ON[1])
        assert (lent.given_at is None, lent.taken_at, lent.ended_at) == (False, None, None)

        asked = db.session.scalars(select(HomeCheckPerson)).all()
        said = {one.employee_id for one in asked if one.answered_at is not None}
        assert len(asked) == len(CHECKED)
        assert said == {id_of(number) for number in HAVE_SAID}
        broken = db.session.scalars(
            select(HomeCheckLine).where(HomeCheckLine.answer == HomeAnswer.BROKEN)
        ).one()
        assert broken.item.kind is ItemKind.HEADSET

        more = select(BulkHolding.count).where(
            BulkHolding.holder_kind == HolderKind.EMPLOYEE,
            BulkHolding.holder_id == id_of(FAR_AWAY),
        )
        assert sorted(db.session.scalars(more)) == [1, 3]

        back = return_of(COMES_BACK)
        assert (back.reason, back.closed_at) == (ReturnReason.OFFICE, None)
        waiting = [line.item.kind for line in back.lines if line.item and not line.came]
        assert waiting == [ItemKind.MOUSE]
        assert {line.outcome for line in back.lines if line.came} == {ReturnOutcome.BACK}

        check = f"/geraete/inventuren/zuhause/{asked[0].check_id}"
    visitor = PageClient(app)
    visitor.post("/demo/anmelden/it")
    page = visitor.get(check, headers={"Accept-Language": "de"}).text
    assert "noch nicht erinnert; die Demo erinnert niemanden von selbst" in page


def test_a_desk_is_left_half_torn_down(app: Flask, told: Told) -> None:
    assert played(app, told) == []

    with app.app_context():
        begun = db.session.scalars(select(Teardown).where(Teardown.done_at.is_(None))).one()
        assert begun.kit.employee_id == id_of(BEGUN)
        assert begun.location_id is not None


def test_these_deeds_told_twice_have_happened_once(app: Flask, given: Given, told: Told) -> None:
    kinds = (
        *(BulkEntry, CustodyEntry, DamageCase, HomeCheckLine, Reservation, ReturnLine),
        *(StockTake, StockTakeLine, StockTakeStranger, Transfer),
    )

    def counts() -> list[int | None]:
        return [db.session.scalar(select(func.count()).select_from(kind)) for kind in kinds]

    stage.happened(app, told, WHO, SPARE)
    with app.app_context():
        once = counts()

    with given():
        stage.play(stage.scene(stage.files_of(app), who=WHO, desks=SPARE))

    with app.app_context():
        assert counts() == once
