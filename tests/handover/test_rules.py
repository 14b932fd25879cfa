"""How a visit ends, from what was said about each item."""

from __future__ import annotations

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from hoffice.handover import rules
from hoffice.handover.rules import ItemOutcome, VisitOutcome

GIVEN, MISSING, DAMAGED = ItemOutcome.GIVEN, ItemOutcome.MISSING, ItemOutcome.DAMAGED


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ([GIVEN, GIVEN], VisitOutcome.DELIVERED),
        ([GIVEN, MISSING], VisitOutcome.PARTLY),
        ([GIVEN, DAMAGED], VisitOutcome.PARTLY),
        ([DAMAGED], VisitOutcome.PARTLY),
        ([MISSING, DAMAGED], VisitOutcome.PARTLY),
        ([MISSING, MISSING], VisitOutcome.FAILED),
        ([], VisitOutcome.FAILED),
    ],
)
def test_a_visit_is_delivered_only_when_every_item_was_given_unharmed(
    said: list[ItemOutcome], outcome: VisitOutcome
) -> None:
    assert rules.outcome_of(said) is outcome


@drawn(st.lists(st.sampled_from(ItemOutcome), min_size=1))
def test_the_order_in_which_items_are_named_changes_nothing(said: list[ItemOutcome]) -> None:
    assert rules.outcome_of(said) is rules.outcome_of(reversed(said))
    assert rules.outcome_of([*said, MISSING]) is not VisitOutcome.DELIVERED
    assert rules.outcome_of([*said, GIVEN]) is not VisitOutcome.FAILED


def test_every_word_of_a_visit_has_a_label() -> None:
    assert set(rules.OUTCOME_LABELS) == set(ItemOutcome)
    assert set(rules.VISIT_LABELS) == set(VisitOutcome)
    assert set(rules.FAILURE_LABELS) == set(rules.FailureReason)


def test_the_ink_of_a_signature_is_counted_over_all_its_lines() -> None:
    assert rules.ink_of([]) == 0
    assert rules.ink_of([[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6]]]) == 3
