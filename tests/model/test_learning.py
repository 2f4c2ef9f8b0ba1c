"""Learning curves: the bill is the integral of the price, for one curve and for many side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from lunarchain.model.learning import Curves, LearningCurve

positive = st.floats(0.1, 100.0)
curves = st.builds(
    lambda first, reference, exponent, share: LearningCurve(first, reference, exponent, first * share),
    positive, positive, st.one_of(st.just(1.0), st.floats(0.05, 1.5)), st.floats(0.05, 0.9),
)  # fmt: skip


@given(curves, st.floats(0.0, 500.0))
def test_the_bill_is_the_integral_of_the_price(curve: LearningCurve, bought: float) -> None:
    kink = min(curve.floor_reached(), bought)
    integral = quad(curve.price, 0, kink)[0] + quad(curve.price, kink, bought)[0]
    assert curve.cost(bought) == pytest.approx(integral, rel=1e-6, abs=1e-9)


@given(st.lists(st.tuples(curves, st.floats(0.0, 500.0)), min_size=1, max_size=6))
def test_curves_side_by_side_say_what_each_says(asked: list[tuple[LearningCurve, float]]) -> None:
    many, amounts = zip(*asked, strict=True)
    alone = [curve.cost(amount) for curve, amount in asked]
    assert np.array_equal(Curves(many).cost(np.array(amounts)), alone)
