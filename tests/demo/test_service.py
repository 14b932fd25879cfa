"""March 2020 in an empty house: complete, in order, and never twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice import clock
from hoffice.accounts.models import PersonalLink
from hoffice.accounts.rules import Role
from hoffice.agreements import queries as agreements
from hoffice.agreements.models import Pack, Paper
from hoffice.agreements.rules import PaperState
from hoffice.audit import queries as audit
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.demo import service
from hoffice.demo.service import Switch
from hoffice.files.service import Store
from hoffice.handover import queries as visits
from hoffice.handover.models import Handover
from hoffice.handover.rules import VisitOutcome
from hoffice.jobs.models import Job
from hoffice.jobs.rules import JobState
from hoffice.kits.models import CustodyEntry, Holding, Item, Kit
from hoffice.kits.rules import HolderKind
from hoffice.notices.models import Notice
from hoffice.notices.rules import NoticeState
from hoffice.people import queries as people
from hoffice.people.models import Employee
from hoffice.runs import queries as runs
from hoffice.runs.models import Run, Slot
from hoffice.runs.rules import RunState, StopState
from tests import makers
from tests.conftest import Given
from tests.demo import stage
from tests.postcodes import embedded
from tests.told import Told


def count(model: type[object]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def employee_id(number: str) -> int:
    found = people.by_number(number)
    assert found is not None
    return found.id


def load(folder: Path) -> None:
    service.load(book=stage.scene(folder).book, store=Store(folder), geocoder=embedded())


def test_an_empty_house_is_filled_and_marked_in_one_transaction(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with app.app_context():
        assert service.is_empty()

    with given():
        load(tmp_path)

    with app.app_context():
        assert not service.is_empty()
        assert service.mark() is not None
        assert (count(Employee), count(Item), count(Holding)) == (140, 1092, 1092)
        assert audit.first_break() is None
        assert all(service.host_of(role) is not None for role in Role)
        waiting = db.session.scalars(select(Job.kind).where(Job.state == JobState.QUEUED)).all()
        assert waiting == [service.HISTORY]


@pytest.mark.parametrize("thing", [makers.employee, makers.account])
def test_a_house_with_anything_in_it_is_not_empty(
    app: Flask, given: Given, thing: type[object]
) -> None:
    with given():
        thing()

    with app.app_context():
        assert not service.is_empty()


def test_the_demo_is_on_only_when_asked_for_and_marked(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    asked, not_asked = Switch(asked=True), Switch(asked=False)
    with app.app_context():
        assert not asked.is_on()

    with given():
        stage.furnished(tmp_path)

    with app.app_context():
        assert asked.is_on()
        assert not not_asked.is_on()


def test_everybody_is_where_the_story_says(app: Flask, told: Told) -> None:
    assert stage.happened(app, told) == []

    with app.app_context(), clock.frozen(stage.NOON):
        states = {
            number: {paper.state for paper in pack.papers}
            for number in stage.SOME
            if (pack := agreements.pack_of(employee_id(number))) is not None
        }
        assert states[stage.RECEIVED] == {PaperState.SIGNED}
        assert PaperState.DECLINED in states[stage.DECLINED]
        assert states[stage.INVITED] == {PaperState.SENT}
        assert states[stage.UNSIGNED] == {PaperState.OPENED}

        whole = visits.handovers_of(employee_id(stage.RECEIVED))[0]
        assert whole.outcome is VisitOutcome.DELIVERED
        assert whole.receipt is not None
        partly = visits.handovers_of(employee_id(stage.PARTLY))[0]
        assert partly.outcome is VisitOutcome.PARTLY
        assert partly.receipt is None

        under_way = runs.open_stop_of(employee_id(stage.UNDER_WAY))
        assert under_way is not None
        assert under_way.state is StopState.UNDER_WAY
        promised = runs.open_stop_of(employee_id(stage.TOMORROW))
        assert promised is not None
        assert promised.slot is not None
        assert promised.slot.shift.on_date > stage.NOON.date()
        states_of_runs = db.session.scalars(select(Run.state).order_by(Run.id)).all()
        assert set(states_of_runs) == {RunState.CLOSED, RunState.UNDER_WAY, RunState.PROMISED}


def test_devices_came_went_and_were_repaired_while_somebody_was_in_the_house(
    app: Flask, given: Given, tmp_path: Path
) -> None:
    with given():
        stage.furnished(tmp_path)

    with app.app_context():
        lines = db.session.scalars(select(CustodyEntry).order_by(CustodyEntry.id)).all()
        moments = [line.at.astimezone(clock.BERLIN) for line in lines]
        assert len(moments) > 50
        assert {moment.weekday() for moment in moments} <= {0, 1, 2, 3, 4}
        assert {moment.hour for moment in moments} <= set(range(8, 16))


def test_log_ledger_and_mails_tell_the_days_as_they_were_and_no_link_has_expired(
    app: Flask, told: Told
) -> None:
    stage.happened(app, told)

    with app.app_context():
        assert audit.first_break() is None
        moments = db.session.scalars(select(AuditLine.at).order_by(AuditLine.seq)).all()
        assert moments == sorted(moments)
        assert moments[-1] <= stage.NOON
        assert moments[0] < stage.NOON - timedelta(days=4)

        newest = select(func.max(CustodyEntry.id)).group_by(CustodyEntry.item_id)
        last = {
            entry.item_id: (entry.id, entry.to_kind, entry.to_id)
            for entry in db.session.scalars(select(CustodyEntry).where(CustodyEntry.id.in_(newest)))
        }
        held = {
            row.item_id: (row.entry_id, row.holder_kind, row.holder_id)
            for row in db.session.scalars(select(Holding))
        }
        assert held == last
        mouse = next(
            line.item_id
            for line in visits.handovers_of(employee_id(stage.MISSING_MOUSE))[0].lines
            if line.outcome == "missing"
        )
        assert held[mouse][1] is HolderKind.LOST

        assert all(
            link.expires_at > stage.NOON + timedelta(days=14)
            for link in db.session.scalars(select(PersonalLink))
        )
        assert {notice.state for notice in db.session.scalars(select(Notice))} == {NoticeState.SENT}
        assert all(
            notice.sent_at == notice.created_at for notice in db.session.scalars(select(Notice))
        )


def test_told_twice_it_has_happened_once(app: Flask, given: Given, tmp_path: Path) -> None:
    with given():
        made = stage.furnished(tmp_path, who=(stage.PARTLY, stage.TOMORROW))
        stage.play(made)
    kinds = (Pack, Paper, Kit, Run, Slot, Handover, CustodyEntry)
    with app.app_context():
        once = [count(kind) for kind in kinds]

    with given():
        stage.play(made)

    with app.app_context():
        assert [count(kind) for kind in kinds] == once
