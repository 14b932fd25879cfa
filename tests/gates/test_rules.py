"""The gates: each opens for its own reason, says whose turn it is, and never opens by a loss."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from hoffice.agreements.approving import Standing
from hoffice.agreements.rules import IN_FORCE, PaperKind, PaperState
from hoffice.gates import rules
from hoffice.gates.rules import Answer, Facts, Gate, PaperFacts, ProjectFacts, Turn
from hoffice.places.rules import EXACT, Precision

MONDAY = datetime(2020, 3, 23, 8, 0, tzinfo=UTC)
TUESDAY = datetime(2020, 3, 24, 8, 0, tzinfo=UTC)
SIGNED = PaperFacts(PaperState.SIGNED, TUESDAY, is_in_force=True)
WHOLE = Facts(
    precision=Precision.HOUSE,
    is_question=False,
    is_confirmed=True,
    confirmed_at=MONDAY,
    papers={PaperKind.ADDENDUM: SIGNED, PaperKind.DATA_PROTECTION: SIGNED},
    has_kit=True,
    missing_items=0,
    boxes=2,
    packed_boxes=2,
    packed_at=MONDAY,
    promised_at=TUESDAY,
    has_stop=True,
)


def answer(facts: Facts, gate: Gate) -> Answer:
    """What this gate says."""
    return next(one for one in rules.answers(facts) if one.gate is gate)


def with_paper(kind: PaperKind, paper: PaperFacts | None) -> Facts:
    """Everything in order, but for this paper."""
    others = {key: value for key, value in WHOLE.papers.items() if key is not kind}
    return replace(WHOLE, papers={**others, **({kind: paper} if paper else {})})


def test_every_gate_is_open_for_a_person_with_everything_and_says_since_when() -> None:
    said = rules.answers(WHOLE)

    assert [one.gate for one in said] == list(Gate)
    assert all(one.is_open and one.turn is None for one in said)
    assert [one.reason for one in said] == [
        *("Confirmed", "Promised", "Signed", "Signed", "Not needed", "Packed")
    ]
    assert [one.since for one in said] == [MONDAY, TUESDAY, TUESDAY, TUESDAY, None, MONDAY]
    assert rules.closed(said) == ()


@pytest.mark.parametrize(
    ("facts", "reason", "turn"),
    [
        (replace(WHOLE, precision=Precision.NONE), "not found", Turn.IT),
        (replace(WHOLE, precision=Precision.NONE, is_confirmed=False), "not found", Turn.IT),
        (replace(WHOLE, is_confirmed=False), "not confirmed yet", Turn.EMPLOYEE),
        (replace(WHOLE, is_question=True), "not clear which address is meant", Turn.EMPLOYEE),
        (
            replace(WHOLE, precision=Precision.POSTCODE, is_confirmed=False),
            "not confirmed yet",
            Turn.EMPLOYEE,
        ),
        (replace(WHOLE, precision=Precision.POSTCODE), "only known approximately", Turn.IT),
        (replace(WHOLE, precision=Precision.STREET), "only known approximately", Turn.IT),
    ],
)
def test_the_address_gate_says_what_is_wrong_with_the_address(
    facts: Facts, reason: str, turn: Turn
) -> None:
    said = answer(facts, Gate.ADDRESS)

    assert not said.is_open
    assert reason in said.reason
    assert said.turn is turn


@pytest.mark.parametrize("precision", sorted(EXACT))
def test_an_exact_confirmed_address_opens_its_gate(precision: Precision) -> None:
    assert answer(replace(WHOLE, precision=precision), Gate.ADDRESS).is_open


@pytest.mark.parametrize(
    ("has_stop", "reason"), [(False, "Not planned yet."), (True, "Planned, but not promised yet.")]
)
def test_the_appointment_only_informs(*, has_stop: bool, reason: str) -> None:
    facts = replace(WHOLE, promised_at=None, has_stop=has_stop)
    said = answer(facts, Gate.SLOT)

    assert (said.is_open, said.reason, said.turn) == (False, reason, Turn.IT)
    assert rules.closed(rules.answers(facts)) == ()


ALSO = [(PaperKind.LOAN, Gate.ADDENDUM), (PaperKind.CONDUCT, Gate.DATA_PROTECTION)]
PAPER_GATES = [
    (PaperKind.ADDENDUM, Gate.ADDENDUM),
    (PaperKind.DATA_PROTECTION, Gate.DATA_PROTECTION),
]


@pytest.mark.parametrize(("kind", "gate"), PAPER_GATES)
def test_a_paper_never_sent_is_the_turn_of_hr(kind: PaperKind, gate: Gate) -> None:
    facts = with_paper(kind, None)

    assert answer(facts, gate) == Answer(gate, False, "Not sent yet.", Turn.HR, None)
    assert [one.gate for one in rules.closed(rules.answers(facts))] == [gate]


@pytest.mark.parametrize(("kind", "gate"), PAPER_GATES)
@pytest.mark.parametrize("state", list(PaperState))
def test_a_paper_not_in_force_is_closed_in_every_state_with_a_reason_and_a_turn(
    kind: PaperKind, gate: Gate, state: PaperState
) -> None:
    said = answer(with_paper(kind, PaperFacts(state, MONDAY, is_in_force=False)), gate)

    waits_for_the_person = state in {PaperState.SENT, PaperState.OPENED}
    assert not said.is_open
    assert said.turn is (Turn.EMPLOYEE if waits_for_the_person else Turn.HR)
    assert said.reason
    assert said.since == MONDAY


def test_an_addendum_that_names_another_address_closes_its_gate_although_it_is_signed() -> None:
    elsewhere = replace(SIGNED, is_for_this_home=False)
    said = answer(with_paper(PaperKind.ADDENDUM, elsewhere), Gate.ADDENDUM)

    assert not said.is_open
    assert "another address" in said.reason
    assert said.turn is Turn.HR


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(WHOLE, has_kit=False, boxes=0, packed_boxes=0), "No kit yet."),
        (replace(WHOLE, missing_items=2), "2 items are missing in the kit."),
        (replace(WHOLE, packed_boxes=1), "1 of 2 boxes are packed."),
        (replace(WHOLE, packed_boxes=0), "0 of 2 boxes are packed."),
    ],
)
def test_the_kit_gate_counts_what_is_missing_and_packed(facts: Facts, reason: str) -> None:
    said = answer(facts, Gate.KIT)

    assert not said.is_open
    assert said.reason % said.facts == reason
    assert said.turn is Turn.IT


def test_the_binding_gates_are_all_but_the_appointment() -> None:
    assert set(Gate) - {Gate.SLOT} == rules.BINDING_FOR_DELIVERY


def test_closed_keeps_the_order_of_the_board_and_asks_only_the_gates_named() -> None:
    nothing = replace(
        WHOLE, precision=Precision.NONE, papers={}, has_kit=False, promised_at=None, has_stop=False
    )
    said = rules.answers(nothing)

    assert [one.gate for one in rules.closed(said)] == [
        Gate.ADDRESS,
        Gate.ADDENDUM,
        Gate.DATA_PROTECTION,
        Gate.KIT,
    ]
    assert [one.gate for one in rules.closed(said, binding=frozenset({Gate.SLOT}))] == [Gate.SLOT]


papers = st.builds(
    lambda state, at, is_here: PaperFacts(state, at, state in IN_FORCE, is_here),
    st.sampled_from(PaperState),
    st.sampled_from([MONDAY, TUESDAY, None]),
    st.booleans(),
)
people = st.builds(
    Facts,
    precision=st.sampled_from(Precision),
    is_question=st.booleans(),
    is_confirmed=st.booleans(),
    confirmed_at=st.sampled_from([MONDAY, None]),
    papers=st.dictionaries(st.sampled_from(PaperKind), papers),
    has_kit=st.booleans(),
    missing_items=st.integers(0, 3),
    boxes=st.just(2),
    packed_boxes=st.integers(0, 2),
    packed_at=st.sampled_from([MONDAY, None]),
    promised_at=st.sampled_from([TUESDAY, None]),
    has_stop=st.booleans(),
)


def losses(facts: Facts) -> list[Facts]:
    """The same person with one thing lost, in every way the house knows."""
    lost = [
        replace(facts, precision=Precision.NONE),
        replace(facts, precision=Precision.POSTCODE) if facts.precision in EXACT else facts,
        replace(facts, is_confirmed=False),
        replace(facts, has_kit=False),
        replace(facts, missing_items=facts.missing_items + 1),
        replace(facts, packed_boxes=max(0, facts.packed_boxes - 1)),
        replace(facts, promised_at=None),
        replace(facts, has_stop=False),
    ]
    for kind, paper in facts.papers.items():
        others = {key: value for key, value in facts.papers.items() if key is not kind}
        if kind not in {also for also, _gate in ALSO}:  # never sent: then it is not asked for
            lost.append(replace(facts, papers=others))
        lost.extend(
            replace(facts, papers={**others, kind: changed})
            for changed in (
                replace(paper, is_in_force=False, state=PaperState.VOID),
                replace(paper, is_for_this_home=False),
            )
        )
    return lost


@drawn(people)
def test_losing_one_thing_never_opens_a_gate(facts: Facts) -> None:
    before = {one.gate for one in rules.answers(facts) if one.is_open}

    for lost in losses(facts):
        assert {one.gate for one in rules.answers(lost) if one.is_open} <= before


@drawn(people)
def test_whoever_is_waited_for_is_named_exactly_at_the_closed_gates(facts: Facts) -> None:
    for said in rules.answers(facts):
        assert (said.turn is None) == said.is_open
        assert said.reason % said.facts


def test_mobile_work_opens_the_gate_of_the_addendum() -> None:
    facts = with_paper(PaperKind.ADDENDUM, None)
    mobile = replace(facts, papers={**facts.papers, PaperKind.MOBILE: SIGNED})

    assert answer(mobile, Gate.ADDENDUM).is_open


@pytest.mark.parametrize(("kind", "gate"), ALSO)
def test_a_paper_that_was_sent_too_has_to_count_too(kind: PaperKind, gate: Gate) -> None:
    waiting = PaperFacts(PaperState.SENT, MONDAY, is_in_force=False)
    later = PaperFacts(PaperState.SIGNED, datetime(2020, 3, 25, tzinfo=UTC), is_in_force=True)

    shut = answer(with_paper(kind, waiting), gate)
    assert (shut.is_open, shut.reason, shut.turn) == (
        False,
        "Sent, not opened yet.",
        Turn.EMPLOYEE,
    )
    assert answer(with_paper(kind, later), gate).since == later.since


@pytest.mark.parametrize(
    ("outside", "reason", "turn"),
    [
        (rules.Outside.INK_WANTED, "Wanted with ink", Turn.HR),
        (rules.Outside.FILE_NEEDED, "signed elsewhere", Turn.EMPLOYEE),
        (rules.Outside.FILE_TO_LOOK_AT, "waits to be looked at", Turn.HR),
    ],
)
def test_a_paper_that_is_signed_elsewhere_says_whose_turn_it_is(
    outside: rules.Outside, reason: str, turn: Turn
) -> None:
    paper = PaperFacts(PaperState.OPENED, MONDAY, is_in_force=False, outside=outside)
    said = answer(with_paper(PaperKind.ADDENDUM, paper), Gate.ADDENDUM)

    assert not said.is_open
    assert reason in said.reason
    assert said.turn is turn


def test_an_addendum_for_a_former_home_gives_way_to_one_that_was_sent_since() -> None:
    former = replace(SIGNED, is_for_this_home=False)
    sent = PaperFacts(PaperState.SENT, TUESDAY, is_in_force=False)
    facts = with_paper(PaperKind.ADDENDUM, former)
    both = replace(facts, papers={**facts.papers, PaperKind.MOBILE: sent})

    assert "another address" in answer(facts, Gate.ADDENDUM).reason
    assert answer(both, Gate.ADDENDUM).reason == "Sent, not opened yet."


# What the start of work at home waits for

READY = replace(
    WHOLE,
    papers={
        **WHOLE.papers,
        PaperKind.WORKPLACE: SIGNED,
        PaperKind.INSTRUCTION: SIGNED,
    },
    projects=(ProjectFacts("Havelkraft", Standing.APPROVED, MONDAY, "Störungsannahme"),),
)


def before(facts: Facts) -> dict[PaperKind | str, Turn | None]:
    """Whose turn each thing is, by paper or project; None where nothing is missing."""
    said = rules.before_work(facts)
    assert all(one.is_open == (one.turn is None) for one in said)
    return {one.paper or one.project: one.turn for one in said}


def test_work_at_home_waits_for_four_papers_and_for_each_project() -> None:
    assert before(READY) == {
        PaperKind.ADDENDUM: None,
        PaperKind.DATA_PROTECTION: None,
        PaperKind.WORKPLACE: None,
        PaperKind.INSTRUCTION: None,
        "Störungsannahme": None,
    }


def test_each_missing_thing_says_whose_turn_it_is() -> None:
    facts = replace(
        READY,
        papers={
            PaperKind.DATA_PROTECTION: PaperFacts(PaperState.DECLINED, MONDAY, is_in_force=False),
            PaperKind.WORKPLACE: PaperFacts(PaperState.OPENED, MONDAY, is_in_force=False),
            PaperKind.INSTRUCTION: PaperFacts(
                PaperState.OPENED, MONDAY, is_in_force=False, is_signed_by_employee=True
            ),
        },
        projects=(
            ProjectFacts("Havelkraft", Standing.WAITING, None, "Störungsannahme"),
            ProjectFacts("Spreebank", Standing.ENDED, None, "Rückfragen"),
            ProjectFacts("Wir selbst", Standing.NOT_NEEDED, None, "Empfang"),
        ),
    )

    assert before(facts) == {
        PaperKind.ADDENDUM: Turn.HR,
        PaperKind.DATA_PROTECTION: Turn.HR,
        PaperKind.WORKPLACE: Turn.EMPLOYEE,
        PaperKind.INSTRUCTION: Turn.HR,
        "Störungsannahme": Turn.CLIENT,
        "Rückfragen": Turn.HR,
        "Empfang": None,
    }


def test_mobile_work_needs_no_self_assessment_unless_one_was_sent() -> None:
    papers = {PaperKind.MOBILE: SIGNED, PaperKind.DATA_PROTECTION: SIGNED}
    mobile = replace(READY, papers=papers, projects=())
    assert before(mobile) == {
        PaperKind.MOBILE: None,
        PaperKind.DATA_PROTECTION: None,
        PaperKind.INSTRUCTION: Turn.HR,
    }

    sent = PaperFacts(PaperState.SENT, MONDAY, is_in_force=False)
    asked = replace(mobile, papers={**papers, PaperKind.WORKPLACE: sent})
    assert before(asked)[PaperKind.WORKPLACE] is Turn.EMPLOYEE


def test_what_the_start_of_work_waits_for_holds_no_box_back() -> None:
    assert before(WHOLE)[PaperKind.INSTRUCTION] is Turn.HR
    assert rules.closed(rules.answers(WHOLE)) == ()
