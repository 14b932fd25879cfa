"""The demo may be made at any hour of any day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from hoffice import clock
from hoffice.audit.models import AuditLine
from hoffice.db import db
from hoffice.runs.models import Run
from hoffice.runs.rules import RunState
from tests.conftest import Given
from tests.demo import stage


@pytest.mark.parametrize(
    "made_at",
    [
        datetime(2026, 11, 21, 23, 30, tzinfo=UTC),  # half past midnight on a Sunday in Berlin
        datetime(2026, 11, 23, 5, 0, tzinfo=UTC),  # Monday, before the van leaves
        datetime(2026, 3, 29, 18, 0, tzinfo=UTC),  # the evening of the day the clocks went forward
    ],
)
def test_at_any_hour_nothing_of_the_story_lies_in_the_future(
    app: Flask, given: Given, tmp_path: Path, made_at: datetime
) -> None:
    who = (stage.RECEIVED, stage.UNDER_WAY, stage.UNSIGNED)
    with given():
        refused = stage.play(stage.furnished(tmp_path, made_at, who))
    assert refused == []

    with app.app_context():
        latest = db.session.scalar(select(func.max(AuditLine.at)))
        assert latest is not None
        assert latest <= made_at
        under_way = db.session.scalars(select(Run).where(Run.state == RunState.UNDER_WAY)).one()
        assert under_way.shift.on_date == made_at.astimezone(clock.BERLIN).date()
