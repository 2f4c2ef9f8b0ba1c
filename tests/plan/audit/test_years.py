"""Stock, discounting and charges against conservation and against the same years cut into other periods."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.plan.audit.years import Years, years_of
from lunarchain.scenario.schema import Calendar, Step

lives = st.floats(0.3, 12.0)
lags = st.floats(0.0, 4.0)
losses = st.just(0.0) | st.floats(1e-6, 0.4)


def years(edges: list[float], rate: float = 0.08, credit: bool = True) -> Years:
    return Years(np.array(edges), len(edges) - 1, rate, credit)


def test_calendar_follows_steps_then_tail() -> None:
    calendar = Calendar(
        start=2030, steps=(Step(until=2032, years=1), Step(until=2038, years=3)), tail_periods=2, tail_years=5
    )
    found = years_of(calendar, 0.05, True)
    assert found.edges.tolist() == [2030, 2031, 2032, 2035, 2038, 2043, 2048]
    assert found.reported == 4


@settings(max_examples=40, deadline=None)
@given(lives, lags, losses)
def test_all_service_is_counted_once(life: float, lag: float, loss: float) -> None:
    """Over a long calendar the stock adds up to what was built times the service one unit gives."""
    found = years([0.0, 2.0, 3.0, 7.0, 30.0])
    built = np.array([1.5, 0.0, 0.25, 0.0])
    service = life if loss == 0 else -np.expm1(-loss * life) / loss
    total = found.standing(built, life, lag, loss) @ found.lengths
    assert total == pytest.approx((built @ found.lengths) * service, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(lives, lags, losses)
def test_the_step_does_not_matter(life: float, lag: float, loss: float) -> None:
    coarse, fine = years([0.0, 4.0, 10.0]), years([0.0, 1.0, 2.5, 4.0, 5.0, 7.0, 10.0])
    whole = coarse.standing(np.array([2.0, 0.7]), life, lag, loss)
    parts = fine.standing(np.array([2.0] * 3 + [0.7] * 3), life, lag, loss) * fine.lengths
    assert whole * coarse.lengths == pytest.approx([parts[:3].sum(), parts[3:].sum()], rel=1e-9, abs=1e-12)


def test_nothing_stands_before_the_lag_is_over() -> None:
    assert years([0.0, 1.0, 2.0]).standing(np.array([5.0, 0.0]), 10.0, 2.0).tolist() == [0.0, 0.0]


@settings(deadline=None)
@given(st.floats(0.0, 0.2))
def test_present_value_of_every_year_is_one_annuity(rate: float) -> None:
    found = years([2028.0, 2029.0, 2032.0, 2040.0], rate)
    annuity = 12.0 if rate < 1e-9 else -np.expm1(-12 * rate) / rate
    assert found.worth().sum() == pytest.approx(annuity, rel=1e-6)


def test_a_life_inside_the_calendar_is_charged_in_full() -> None:
    found = years([0.0, 1.0, 11.0])
    assert found.charged(10.5).tolist() == [1.0, pytest.approx(found.charged(10.5)[1])]
    assert found.charged(10.5)[1] < 1


def test_without_discounting_a_charge_is_the_share_of_the_life() -> None:
    assert years([0.0, 4.0, 10.0], rate=0.0).charged(16.0) == pytest.approx([0.5, 3 / 16])


def test_without_credit_everything_is_charged() -> None:
    assert years([0.0, 4.0], credit=False).charged(40.0).tolist() == [1.0]
