"""What an approval allows on a day, what an answer has to say, and when somebody is warned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from hoffice.agreements import approving
from hoffice.agreements.approving import Answer, Asked, Standing, Verdict
from hoffice.agreements.rules import ApprovalState
from hoffice.errors import Refused

TODAY = date(2027, 2, 1)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
PEOPLE = frozenset({1, 2, 3})


def asked(
    state: ApprovalState, *, valid_to: date | None = None, is_approved: bool | None = None
) -> Asked:
    return Asked(state, valid_to, is_approved)


@pytest.mark.parametrize(
    ("history", "stands"),
    [
        ([], Standing.NOT_ASKED),
        ([asked(ApprovalState.DRAFT)], Standing.NOT_ASKED),
        ([asked(ApprovalState.ASKED)], Standing.WAITING),
        ([asked(ApprovalState.OPENED)], Standing.WAITING),
        ([asked(ApprovalState.GIVEN, is_approved=True)], Standing.APPROVED),
        ([asked(ApprovalState.GIVEN, valid_to=TODAY, is_approved=True)], Standing.APPROVED),
        ([asked(ApprovalState.GIVEN, valid_to=YESTERDAY, is_approved=True)], Standing.ENDED),
        ([asked(ApprovalState.PARTLY, is_approved=False)], Standing.LEFT_OUT),
        ([asked(ApprovalState.PARTLY)], Standing.LEFT_OUT),
        ([asked(ApprovalState.REFUSED, is_approved=False)], Standing.REFUSED),
        ([asked(ApprovalState.EXPIRED, is_approved=True)], Standing.ENDED),
        ([asked(ApprovalState.WITHDRAWN, is_approved=True)], Standing.NOT_ASKED),
        ([asked(ApprovalState.SUPERSEDED, is_approved=True)], Standing.NOT_ASKED),
        (
            [asked(ApprovalState.GIVEN, is_approved=True), asked(ApprovalState.ASKED)],
            Standing.APPROVED,
        ),
        ([asked(ApprovalState.GIVEN), asked(ApprovalState.ASKED)], Standing.WAITING),
        (
            [asked(ApprovalState.SUPERSEDED, is_approved=True), asked(ApprovalState.REFUSED)],
            Standing.REFUSED,
        ),
        (
            [asked(ApprovalState.GIVEN, is_approved=True), asked(ApprovalState.WITHDRAWN)],
            Standing.APPROVED,
        ),
    ],
)
def test_how_a_project_stands_for_a_person(history: list[Asked], stands: Standing) -> None:
    assert approving.standing(history, TODAY, needs_approval=True) is stands


@for_any(
    st.lists(st.builds(Asked, st.sampled_from(ApprovalState), st.none(), st.none() | st.booleans()))
)
def test_a_project_that_needs_no_approval_is_always_open(history: list[Asked]) -> None:
    assert approving.standing(history, TODAY, needs_approval=False) is Standing.NOT_NEEDED


def test_every_state_has_a_word() -> None:
    assert set(approving.STATE_LABELS) == set(ApprovalState)


@pytest.mark.parametrize(
    ("left", "warned", "due"),
    [
        (61, None, None),
        (60, None, 60),
        (60, 60, None),
        (31, 60, None),
        (30, 60, 30),
        (25, None, 30),
        (25, 30, None),
        (7, 30, 7),
        (3, None, 7),
        (0, 30, 7),
        (0, 7, None),
        (-1, None, None),
    ],
)
def test_a_warning_is_due_60_30_and_7_days_before_the_end(
    left: int, warned: int | None, due: int | None
) -> None:
    valid_to = TODAY + timedelta(days=left)

    assert approving.warning_due(valid_to, TODAY, warned_days=warned) == due


def test_an_approval_without_an_end_is_never_warned_of() -> None:
    assert approving.warning_due(None, TODAY, warned_days=None) is None


@for_any(st.integers(0, 90))
def test_whoever_is_warned_every_morning_gets_each_warning_once(days: int) -> None:
    warned: int | None = None
    sent = []
    for left in range(days, -1, -1):
        due = approving.warning_due(TODAY, TODAY - timedelta(days=left), warned_days=warned)
        if due is not None:
            warned = due
            sent.append(due)

    assert len(sent) == len(set(sent))
    assert sent == sorted(sent, reverse=True)
    assert sent[-1] == 7


def test_all_are_approved_at_one_tap() -> None:
    found = approving.decision(Answer(verdict=Verdict.ALL, name="Petra Reinke"), PEOPLE, TODAY)

    assert found.state is ApprovalState.GIVEN
    assert found.approved == PEOPLE


def test_all_but_some_and_conditions_are_an_approval_in_part() -> None:
    some = Answer(verdict=Verdict.SOME, name="Petra Reinke", ticked=frozenset({1, 3}))
    strict = Answer(verdict=Verdict.ALL, name="Petra Reinke", conditions=" Tür zu. ")

    assert approving.decision(some, PEOPLE, TODAY).approved == {1, 3}
    assert approving.decision(some, PEOPLE, TODAY).state is ApprovalState.PARTLY
    assert approving.decision(strict, PEOPLE, TODAY).conditions == "Tür zu."
    assert approving.decision(strict, PEOPLE, TODAY).state is ApprovalState.PARTLY


def test_a_refusal_approves_nobody_and_says_why() -> None:
    no = Answer(verdict=Verdict.NONE, name="Petra Reinke", reason="Zu heikel", valid_to=TOMORROW)

    found = approving.decision(no, PEOPLE, TODAY)

    assert (found.state, found.approved, found.valid_to) == (
        ApprovalState.REFUSED,
        frozenset(),
        None,
    )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(verdict=Verdict.ALL, name="  "), "first and last"),
        (Answer(verdict=Verdict.ALL, name="x" * 201), "first and last"),
        (Answer(verdict=Verdict.NONE, name="Petra Reinke"), "why you do not"),
        (
            Answer(verdict=Verdict.NONE, name="Petra Reinke", reason="so", ticked=frozenset({1})),
            "Which is it",
        ),
        (Answer(verdict=Verdict.ALL, name="Petra Reinke", ticked=frozenset({1})), "Which is it"),
        (Answer(verdict=Verdict.SOME, name="Petra Reinke"), "at least one"),
        (Answer(verdict=Verdict.SOME, name="Petra Reinke", ticked=frozenset({9})), "not asked"),
        (Answer(verdict=Verdict.ALL, name="Petra Reinke", valid_to=YESTERDAY), "before today"),
        (Answer(verdict=Verdict.ALL, name="Petra Reinke", conditions="x" * 2001), "2000"),
    ],
)
def test_an_answer_that_is_none_gets_a_sentence(answer: Answer, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        approving.decision(answer, PEOPLE, TODAY)
