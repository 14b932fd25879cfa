"""The employee's way in six steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hoffice.portal import rules
from hoffice.portal.rules import Delivery, Facts, StepKey, StepState

FRESH = Facts(
    address_confirmed=False,
    has_times=False,
    has_pack=True,
    papers_waiting=2,
    papers_declined=0,
    delivery=Delivery.NONE,
    receipt_is_open=False,
    receipt_is_done=False,
)


def now(facts: Facts) -> StepKey | None:
    """Which step is open and framed."""
    return next((step.key for step in rules.steps(facts) if step.state is StepState.NOW), None)


def test_the_address_comes_first() -> None:
    assert now(FRESH) is StepKey.ADDRESS
    assert rules.left(rules.steps(FRESH)) == 5


def test_each_step_done_leads_to_the_next() -> None:
    at_home = replace(FRESH, address_confirmed=True)
    signing = replace(at_home, has_times=True)
    signed = replace(signing, papers_waiting=0, copy_is_asked=True)
    waiting = replace(signed, copy_is_asked=False)
    received = replace(waiting, delivery=Delivery.DELIVERED, receipt_is_open=True)
    done = replace(received, receipt_is_open=False, receipt_is_done=True)

    assert [now(facts) for facts in (at_home, signing, signed, waiting, received, done)] == [
        StepKey.TIMES,
        StepKey.PAPERS,
        StepKey.COPY,
        None,
        StepKey.RECEIPT,
        None,
    ]
    assert rules.left(rules.steps(done)) == 0


def test_papers_that_are_not_sent_yet_hold_nobody_up() -> None:
    facts = replace(FRESH, address_confirmed=True, has_times=True, has_pack=False, papers_waiting=0)

    assert now(facts) is None
    assert rules.left(rules.steps(facts)) == 3


def test_a_paper_that_waits_for_ink_is_not_done_and_holds_nobody_up() -> None:
    facts = replace(FRESH, address_confirmed=True, has_times=True, papers_waiting=0)
    inked = replace(facts, papers_elsewhere=1)

    papers = next(step for step in rules.steps(inked) if step.key is StepKey.PAPERS)
    assert papers.state is StepState.LATER
    assert now(inked) is None


def test_a_declined_paper_is_not_done() -> None:
    facts = replace(FRESH, papers_waiting=0, papers_declined=1)
    papers = next(step for step in rules.steps(facts) if step.key is StepKey.PAPERS)

    assert papers.state is StepState.LATER


@pytest.mark.parametrize("today", [date(2020, 3, day) for day in range(16, 23)])
def test_ten_working_days_are_offered_from_tomorrow_on(today: date) -> None:
    days = rules.days_offered(today)

    assert len(days) == 10
    assert days[0] > today
    assert all(day.weekday() < 5 for day in days)


def test_only_offered_times_can_be_ticked() -> None:
    days = rules.days_offered(date(2020, 3, 23))

    spans = rules.spans_in(
        ["2020-03-24 480-720", "2020-03-24 480-720", "1999-01-01 480-720", "nonsense"], days
    )

    assert spans == [(date(2020, 3, 24), 480, 720)]


def test_times_that_were_stored_as_one_are_ticked_again() -> None:
    day = date(2020, 3, 24)
    said = [(day, 480, 960)]

    assert rules.is_ticked((day, 480, 720), said)
    assert rules.is_ticked((day, 720, 960), said)
    assert not rules.is_ticked((day, 960, 1200), said)
