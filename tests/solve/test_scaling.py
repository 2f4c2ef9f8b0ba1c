"""A model counted in a plan's units is the same model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from lunarchain.solve.arrays import Arrays
from lunarchain.solve.bounds import dual_bound
from lunarchain.solve.highs import solve_lp, solve_near
from lunarchain.solve.scaling import SMALLEST, in_units_of
from tests.model.small import base
from tests.solve.test_near_limits import programs


@settings(max_examples=60, deadline=None)
@given(arrays=programs(), sizes=st.lists(st.floats(0, 1e5), min_size=6, max_size=6))
def test_nothing_is_rounded_and_what_is_proven_holds(arrays: Arrays, sizes: list[float]) -> None:
    plan = np.array(sizes[: arrays.cost.size])
    model, units = in_units_of(arrays, plan)
    back = sparse.diags(1 / units.rows) @ model.matrix @ sparse.diags(1 / units.columns)
    assert (back.toarray() == arrays.matrix.toarray()).all()
    assert (model.upper * units.columns == arrays.upper).all()
    assert (model.row_lower / units.rows == arrays.row_lower).all()
    full, counted = solve_lp(arrays), solve_lp(model)
    assert counted.objective == pytest.approx(full.objective, rel=1e-6)
    assert counted.row_duals is not None
    proven = dual_bound(arrays, counted.row_duals * units.rows)
    assert proven == pytest.approx(full.objective, rel=1e-6) and proven <= full.objective * (1 + 1e-6)


def test_columns_of_a_plan_are_about_one_in_its_units() -> None:
    plan = base()
    model, units = in_units_of(plan.arrays, plan.values)
    used = plan.values > 1
    assert ((plan.values / units.columns)[used] >= 0.7).all() and ((plan.values / units.columns)[used] <= 1.5).all()
    assert abs(model.matrix).max() <= 1.5


def test_what_is_found_near_a_plan_is_given_in_the_units_of_the_model() -> None:
    plan = base()
    full = solve_lp(plan.arrays)
    assert full.values is not None
    found = solve_near(plan.arrays, full.values)
    assert found.values is not None and found.row_duals is not None
    assert plan.arrays.cost @ found.values + plan.arrays.offset == pytest.approx(full.objective, rel=1e-6)
    assert dual_bound(plan.arrays, found.row_duals) == pytest.approx(full.objective, rel=1e-5)


def test_columns_are_counted_in_more_where_that_keeps_a_coefficient() -> None:
    small = Arrays(
        sparse.csc_matrix(np.array([[1.0, SMALLEST * 20]])), np.array([1.0]), np.array([np.inf]), np.ones(2), 0.0,
        np.zeros(2), np.full(2, 1e3), np.zeros(2, dtype=bool), ("x0", "x1"), (),
    )  # fmt: skip
    model, units = in_units_of(small, np.array([1.0, 0.0]))
    assert units.columns[0] == 1 and 0.05 < units.columns[1] < 0.2 and model.matrix.nnz == 2


def test_coefficients_that_would_vanish_leave_the_model_as_it_is() -> None:
    tiny = Arrays(
        sparse.csc_matrix(np.array([[1.0, SMALLEST / 10]])), np.array([1.0]), np.array([np.inf]), np.ones(2), 0.0,
        np.zeros(2), np.full(2, 1e3), np.zeros(2, dtype=bool), ("x0", "x1"), (),
    )  # fmt: skip
    model, units = in_units_of(tiny, np.zeros(2))
    assert model is tiny and (units.columns == 1).all() and (units.rows == 1).all()
