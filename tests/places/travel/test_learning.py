"""One factor from one's own drives: not too early, not too far."""

from __future__ import annotations

import random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoffice.places.travel.learning import LEAST, Learnt, learn
from hoffice.places.travel.straight import UNCERTAINTY, StraightLine


def test_nothing_is_learnt_before_thirty_legs() -> None:
    learnt = learn([2.0] * (LEAST - 1))

    assert learnt == Learnt(1.0, UNCERTAINTY, LEAST - 1)
    assert not learnt.is_own
    assert learnt.model().factor == 1.0


@pytest.mark.parametrize(("share", "factor"), [(1.1, 1.1), (0.2, 0.7), (3.5, 1.6)])
def test_the_factor_is_the_median_within_bounds(share: float, factor: float) -> None:
    assert learn([share] * 40).factor == pytest.approx(factor)


def test_a_few_wild_legs_do_not_move_it() -> None:
    assert learn([1.1] * 40 + [3.9] * 15).factor == pytest.approx(1.1)


def test_nine_in_ten_of_the_legs_lie_within_the_uncertainty_that_is_said() -> None:
    dice = random.Random(1)  # noqa: S311  # drives, no secret
    ratios = [dice.gauss(1.15, 0.15) for _ in range(300)]

    learnt = learn(ratios)

    within = [abs(one / learnt.factor - 1) <= learnt.uncertainty for one in ratios]
    assert sum(within) == 270
    assert learnt.factor == median(ratios)


@given(st.lists(st.floats(0.01, 4.0), min_size=LEAST, max_size=60))
def test_whatever_was_driven_the_model_stays_sane(ratios: list[float]) -> None:
    learnt = learn(ratios)

    assert 0.7 <= learnt.factor <= 1.6
    assert sum(abs(one / learnt.factor - 1) <= learnt.uncertainty for one in ratios) >= (
        0.9 * len(ratios)
    )


@given(factor=st.floats(0.7, 1.6), km=st.floats(0, 0.3))
def test_a_factor_never_makes_a_way_shorter_than_getting_in_and_parking(
    factor: float, km: float
) -> None:
    spots = [(52.5, 13.4), (52.5, 13.4 + km)]

    model = StraightLine(factor)

    assert model.matrix(spots).minutes[0][1] == pytest.approx(model.leg(*spots)[0])
    assert model.leg(*spots)[0] >= 2.0
