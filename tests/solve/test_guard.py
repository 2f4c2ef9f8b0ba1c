"""What a solve breaks, recomputed: nothing at an optimum, and exactly what was moved when something is moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.model.algebra import Constraint, Model, Objective, Var
from lunarchain.model.ledger import linear
from lunarchain.solve.arrays import Arrays, to_arrays
from lunarchain.solve.guard import residuals_of
from lunarchain.solve.highs import solve_lp


def knapsack() -> Arrays:
    """Bring 12 units from two sources, the cheap one holding 10: x[cheap] = 10, x[dear] = 2, a unit worth 5."""
    model, costs = Model(), {"cheap": 2.0, "dear": 5.0}
    model.x = Var(costs, bounds=(0, 10))
    model.need = Constraint([0], rule=lambda m, _: m.x["cheap"] + m.x["dear"] >= 12.0)
    model.cost = Objective(expr=linear([(c, model.x[k]) for k, c in costs.items()], 7.0))
    return to_arrays(model)


def test_an_optimum_breaks_nothing() -> None:
    found = residuals_of(knapsack(), np.array([10.0, 2.0]), np.array([5.0]))
    assert (found.primal, found.dual, found.primal_at, found.dual_at) == (0.0, 0.0, "", "")
    assert found.gap == pytest.approx(0.0, abs=1e-15)


def test_what_is_missing_is_said_in_the_unit_of_its_row() -> None:
    found = residuals_of(knapsack(), np.array([10.0, 1.5]), np.array([5.0]))
    assert (found.primal, found.primal_at) == (0.5, "need[0]")
    assert found.primal_share == pytest.approx(0.5 / 12.5)


def test_a_wrong_price_is_said_in_money_per_unit_by_the_column_that_shows_it() -> None:
    """At 4 a unit the dear source, which is used, would cost 1 more than it is worth."""
    found = residuals_of(knapsack(), np.array([10.0, 2.0]), np.array([4.0]))
    assert (found.dual, found.dual_at) == (pytest.approx(1.0), "x[dear]")
    # the duals prove 7 + 4 * 12 - 2 * 10 = 35 of a cost of 7 + 20 + 10 = 37
    assert found.gap == pytest.approx(2 / 37)


def test_a_price_on_a_row_with_room_is_refused() -> None:
    found = residuals_of(knapsack(), np.array([10.0, 5.0]), np.array([5.0]))
    assert (found.dual, found.dual_at) == (5.0, "need[0]")


numbers = st.floats(0.5, 5).map(lambda x: round(x, 2))


@settings(max_examples=40, deadline=None)
@given(data=st.data(), columns=st.integers(2, 6), rows=st.integers(1, 4))
def test_every_solved_program_keeps_its_word(data: st.DataObject, columns: int, rows: int) -> None:
    draw = [[data.draw(numbers) for _ in range(columns)] for _ in range(rows + 1)]
    model = Model()
    model.x = Var(range(columns), bounds=(0, 3))
    model.need = Constraint(
        range(rows), rule=lambda m, r: linear([(a, m.x[k]) for k, a in enumerate(draw[r])]) >= sum(draw[r])
    )
    model.cost = Objective(expr=linear([(c, model.x[k]) for k, c in enumerate(draw[rows])]))
    arrays = to_arrays(model)
    outcome = solve_lp(arrays, crossover=True)
    assert outcome.values is not None and outcome.row_duals is not None
    found = residuals_of(arrays, outcome.values, outcome.row_duals)
    assert max(found.primal_share, found.dual_share, abs(found.gap)) < 1e-6
    # the same answer for other costs is no optimum any more, or proves less
    dearer = replace(arrays, cost=arrays.cost * np.linspace(1.0, 2.0, columns))
    again = residuals_of(dearer, outcome.values, outcome.row_duals)
    best = solve_lp(dearer, crossover=True)
    lost = float(dearer.cost @ outcome.values) - best.objective
    assert again.gap * max(abs(float(dearer.cost @ outcome.values)), 1.0) >= lost - 1e-6
