"""A line of models answered from few solves: each answer is a plan, and is proven, wherever it came from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.errors import InfeasibleError
from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.between import WITHIN, Between, Point, Proven
from lunarchain.solve.bounds import residuals, without_forced
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.resolve import straight
from lunarchain.solve.search import Limits, relaxed_point
from tests.solve.test_resolve import chords, plain

Model = Callable[[float], Arrays]


def solve(arrays: Arrays, near: Vector | None) -> Point:
    return relaxed_point(arrays, Limits(WITHIN, np.inf, time.perf_counter() + 60, 1), near)


def counted(model: Model) -> tuple[Between, list[Arrays]]:
    """A line, and the models it had solved so far."""
    asked: list[Arrays] = []

    def noted(arrays: Arrays, near: Vector | None) -> Point:
        if not asked or asked[-1] is not arrays:  # one asked again, of all its limits, is the same level
            asked.append(arrays)
        return solve(arrays, near)

    return Between(model, noted), asked


def price() -> Model:
    """Plant from a tenth of its price to ten times: costs alone move."""
    low, middle, high = (without_forced(chords(**{"prices.plant": by})) for by in (0.1, 5.05, 10.0))
    line = straight(low, middle, high)
    assert line is not None
    return line


def limits(last: float) -> Model:
    """Every limit of a row that is not nothing, from as it is to ``last`` times: limits alone move."""
    base = without_forced(plain())

    def at(share: float) -> Arrays:
        by = 1 + share * (last - 1)
        return replace(base, row_upper=base.row_upper * by, row_lower=base.row_lower * by)

    return at


def is_proven(model: Model, share: float, found: Proven) -> None:
    """Against a solve from nothing to a vertex, by rows, by cost and by bound."""
    arrays = model(share)
    best = solve_lp(arrays, crossover=True).objective
    assert residuals(replace(arrays, integer=np.zeros_like(arrays.integer)), found.values) <= 1e-6
    assert found.cost == pytest.approx(float(arrays.cost @ found.values) + arrays.offset, rel=1e-12)
    assert found.bound <= best * (1 + 1e-9) and best * (1 - 1e-9) <= found.cost
    assert found.cost - found.bound <= WITHIN * found.cost


@pytest.mark.parametrize("model", [price(), limits(0.8)], ids=["costs", "limits"])
def test_most_levels_of_a_fine_line_need_no_solve_and_are_proven_as_well(model: Model) -> None:
    line, asked = counted(model)
    shares = np.linspace(0, 1, 61)
    answers = [line.at(float(share)) for share in shares]
    assert len(asked) < len(shares) / 2
    assert {step.way for step in line.steps} == {"between", "cold"}
    for k in np.flatnonzero([step.way == "between" for step in line.steps])[::15]:
        is_proven(model, float(shares[k]), answers[k])


@settings(max_examples=3, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=4))
def test_in_any_order_each_answer_is_proven_and_costs_two_solves_at_most(shares: list[float]) -> None:
    model = price()
    line, asked = counted(model)
    for share in shares:
        before = len(asked)
        is_proven(model, share, line.at(share))
        assert len(asked) <= before + 2
        again = line.at(share)
        assert line.steps[-1].way == "between" and again.cost - again.bound <= WITHIN * again.cost


def test_where_coefficients_move_no_level_is_solved_that_was_not_asked_for() -> None:
    base = plain()

    def model(share: float) -> Arrays:
        matrix = base.matrix.copy()
        matrix.data = matrix.data * np.where(np.arange(matrix.nnz) % 3, 1.0, 1 + 0.01 * share)
        return without_forced(replace(base, matrix=matrix))

    line, asked = counted(model)
    for share in (0.0, 0.5, 1.0):
        is_proven(model, share, line.at(share))
    assert len(asked) == 3


def test_an_end_of_the_line_without_a_plan_is_said_there_and_nowhere_else() -> None:
    """A look ahead may find that there is no plan: the level that was asked for has its answer all the same."""
    base = without_forced(plain())
    row = int(np.flatnonzero((base.row_lower == base.row_upper) & (base.row_upper == 0))[0])

    def model(share: float) -> Arrays:
        lower, upper = base.row_lower.copy(), base.row_upper.copy()
        lower[row] = upper[row] = -1e9 * max(share - 0.5, 0.0)
        return replace(base, row_lower=lower, row_upper=upper)

    line = Between(model, solve)
    for share in (0.0, 0.1, 0.2, 0.3):
        is_proven(model, share, line.at(share))
    with pytest.raises(InfeasibleError):
        line.at(1.0)
    is_proven(model, 0.4, line.at(0.4))
