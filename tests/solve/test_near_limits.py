"""Relaxations without the limits a plan is far from: the same optimum, and proofs that hold for all limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from lunarchain.solve.arrays import Arrays
from lunarchain.solve.bounds import dual_bound, near_limits
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.learning import with_chords
from lunarchain.solve.rounding import COVERS, hastened, layout_of, whole_decisions
from tests.model.small import base, base_whole

numbers = st.floats(0.5, 5).map(lambda x: round(x, 2))


@st.composite
def programs(draw: st.DrawFn) -> Arrays:
    """Cheapest ways of meeting some needs, with limits from tight ones to ones that never matter."""
    columns, rows = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    matrix = np.array([[draw(numbers) for _ in range(columns)] for _ in range(rows)])
    upper = np.array([draw(st.sampled_from([1.0, 3.0, 50.0, 1e6])) for _ in range(columns)])
    need = matrix @ np.minimum(upper, 1.0)
    most = np.array([draw(st.sampled_from([1.5, 20.0, 1e5])) for _ in range(rows)])
    cost = np.array([draw(numbers) for _ in range(columns)])
    return Arrays(
        sparse.csc_matrix(matrix), need, need * most, cost, 0.0, np.zeros(columns), upper,
        np.zeros(columns, dtype=bool), tuple(f"x{k}" for k in range(columns)), (),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(arrays=programs(), scale=st.sampled_from([0.0, 0.01, 1.0, 30.0]))
def test_any_plan_may_be_thought_near(arrays: Arrays, scale: float) -> None:
    full = solve_lp(arrays)
    guess = scale * np.minimum(arrays.upper, 1.0)
    nearby = solve_lp(arrays, near=guess)
    assert nearby.objective == pytest.approx(full.objective, rel=1e-6)
    # multipliers found without the far limits never prove more than all limits allow
    loose = solve_lp(near_limits(arrays, guess))
    if loose.row_duals is not None:
        assert dual_bound(arrays, loose.row_duals) <= full.objective * (1 + 1e-6)


def test_a_limit_that_binds_far_from_the_plan_is_seen() -> None:
    """As much as possible of two columns: with no limit near the plan there would be no end to it."""
    most = Arrays(
        sparse.csc_matrix(np.array([[1.0, 1.0]])), np.array([-np.inf]), np.array([70.0]), np.array([-2.0, -1.0]), 0.0,
        np.zeros(2), np.array([50.0, 50.0]), np.zeros(2, dtype=bool), ("x0", "x1"), (),
    )  # fmt: skip
    nothing = np.zeros(2)
    assert np.isinf(near_limits(most, nothing).upper).all()
    assert solve_lp(most, near=nothing).objective == pytest.approx(-120.0)


def test_columns_that_are_fixed_stay_fixed_and_those_after_the_plan_count_as_unused() -> None:
    plan = base()
    held = replace(plan.arrays, lower=np.where(plan.arrays.integer, 5.0, plan.arrays.lower))
    near = near_limits(held, plan.values[:-1])
    whole = held.integer & (held.upper <= 50)
    assert whole.any() and (near.upper[whole] == held.upper[whole]).all()


def test_a_shipped_shape_of_model_keeps_its_bound_with_a_third_of_its_limits() -> None:
    plan = base()
    at = plan.terms.columns
    chords = with_chords(plan.arrays, plan.terms, plan.arrays.lower[at], plan.arrays.upper[at])
    full = solve_lp(chords)
    assert full.values is not None and full.row_duals is not None
    near = near_limits(chords, full.values)
    assert np.isfinite(near.upper).sum() < np.isfinite(chords.upper).sum() / 3
    left = solve_lp(near)
    assert left.row_duals is not None
    proven = dual_bound(chords, full.row_duals)
    assert dual_bound(chords, left.row_duals) == pytest.approx(proven, rel=1e-6)


def test_a_site_opens_when_a_load_worth_it_lands() -> None:
    """Of a first load half opens a site; a fraction of an opening long before that does not."""
    arrays, values = base_whole().arrays, base().values.copy()
    layout = layout_of(arrays)
    opened, rows = layout.columns["opened"], layout.rows["first_landing"]
    site = next(s for s, _ in opened)
    periods = sorted(t for s, t in rows if s == site)
    for t in periods:
        columns, coefficients = layout.row("first_landing", (site, t))
        values[columns[coefficients > 0]] = 0.0
        values[opened[site, t]] = 0.1  # open by more and more all the time
    whole = whole_decisions(arrays, layout, values, COVERS[0])
    assert sum(whole[opened[site, t]] for t in periods) == 0
    for t, share in zip(periods[-3:], (0.1, 0.7, 2.0), strict=True):
        columns, coefficients = layout.row("first_landing", (site, t))
        load = -coefficients[coefficients < 0].sum()
        first = int(np.argmax(coefficients > 0))
        values[columns[first]] = share * load / coefficients[first]
    whole = whole_decisions(arrays, layout, values, COVERS[0])
    assert [t for t in periods if whole[opened[site, t]]] == [periods[-2]]


def test_the_moon_is_opened_as_soon_as_the_relaxed_plan_begins_to() -> None:
    """The programme and the sites opened with it are brought forward to then, and halfway; other sites stay."""
    arrays, values = base_whole().arrays, np.zeros_like(base().values)
    layout = layout_of(arrays)
    opened, programme = layout.columns["opened"], layout.columns["programme"]
    periods = sorted(t for (t,) in programme)
    first, last = periods[1], periods[-1]
    site = next(s for s, _ in opened)
    decided = dict.fromkeys([*opened.values(), *programme.values()], 0.0)
    decided |= {opened[site, last]: 1.0, programme[(last,)]: 1.0}
    assert hastened(layout, values, decided) == []  # nothing is begun earlier
    values[programme[(first,)]] = 0.02
    earlier = hastened(layout, values, decided)
    stands = [[k for k, whole in decisions.items() if whole] for decisions in earlier]
    assert set(stands[0]) == {programme[(first,)], opened[site, first]}
    assert all(sum(decisions.values()) == 2 for decisions in earlier)
    values[programme[(last,)]], values[programme[(first,)]] = 0.02, 0.0
    assert hastened(layout, values, decided) == []
