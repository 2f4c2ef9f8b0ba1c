"""Solving again: the same answers as from nothing, whatever was changed and whichever way was taken."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.solve import resolve
from lunarchain.solve.arrays import Arrays
from lunarchain.solve.bounds import dual_bound, residuals
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.learning import with_chords
from lunarchain.solve.resolve import FAR, Resolver, ShapeError, compare, straight
from tests.model.small import assemble, inputs


def chords(**changes: float) -> Arrays:
    """The small case, relaxed, with the given facts multiplied."""
    _, arrays, terms = assemble(inputs(scale=changes))
    chords = with_chords(arrays, terms, np.zeros(len(terms.columns)), arrays.upper[terms.columns])
    return replace(chords, integer=np.zeros_like(chords.integer))


@cache
def plain() -> Arrays:
    return chords()


def some(count: int, factor: float, seed: int) -> np.ndarray:
    """Multipliers: a third of the entries by ``factor``."""
    return np.where(np.random.default_rng(seed).random(count) < 1 / 3, factor, 1.0)


def varied(kind: str, factor: float, seed: int) -> Arrays:
    base = plain()
    if kind == "costs":
        return replace(base, cost=base.cost * some(base.cost.size, factor, seed))
    if kind == "bounds":
        return replace(base, upper=base.upper * some(base.upper.size, factor, seed))
    if kind == "rows":
        by = some(base.row_upper.size, factor, seed)
        equal = base.row_lower == base.row_upper
        return replace(
            base,
            row_upper=base.row_upper * by,
            row_lower=np.where(equal, base.row_upper * by, base.row_lower),
        )
    matrix = base.matrix.copy()
    matrix.data = matrix.data * some(matrix.nnz, factor, seed)
    return replace(base, matrix=matrix)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.sampled_from(["costs", "bounds", "rows", "coefficients"]), st.floats(0.7, 1.4), st.integers(0, 9))
def test_any_change_gives_what_a_solve_from_nothing_gives(kind: str, factor: float, seed: int) -> None:
    engine, other = Resolver(plain()), varied(kind, factor, seed)
    engine.solve(plain())
    again, anew = engine.solve(other), solve_lp(other, crossover=True)
    assert again.status == anew.status
    if anew.status == "optimal":
        assert again.objective == pytest.approx(anew.objective, rel=1e-8)
        assert again.values is not None and residuals(other, again.values) <= 1e-6
        assert again.row_duals is not None
        assert dual_bound(other, again.row_duals) == pytest.approx(anew.objective, rel=1e-6)


@pytest.mark.parametrize("kind, way", [("costs", "primal"), ("bounds", "dual"), ("rows", "dual")])
def test_small_steps_go_on_from_the_last_vertex(kind: str, way: str) -> None:
    engine = Resolver(plain())
    engine.solve(plain())
    engine.solve(varied(kind, 1.01, 1))
    assert [step.way for step in engine.steps] == ["cold", way]


def test_far_jumps_start_from_nothing() -> None:
    engine = Resolver(plain())
    engine.solve(plain())
    engine.solve(replace(plain(), cost=plain().cost * (1 + 2 * FAR)))
    assert engine.steps[-1].way == "cold"


def test_a_warm_solve_without_end_is_given_up_for_a_cold_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "LEAST_S", 0.0)
    monkeypatch.setattr(resolve, "PATIENCE", 1e-9)
    engine, other = Resolver(plain()), varied("costs", 1.05, 1)
    engine.solve(plain())
    again = engine.solve(other)
    assert [step.way for step in engine.steps] == ["cold", "cold"]
    assert again.objective == pytest.approx(solve_lp(other, crossover=True).objective, rel=1e-8)


def test_a_way_to_a_vertex_without_end_leaves_the_interior_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "LEAST_S", 0.0)
    monkeypatch.setattr(resolve, "STALLED", 1e-9)
    engine, other = Resolver(plain()), replace(plain(), cost=plain().cost * (1 + 2 * FAR))
    engine.solve(plain())
    again = engine.solve(other)
    anew = solve_lp(other, crossover=True).objective
    assert again.status == "optimal" and again.objective == pytest.approx(anew, rel=1e-6)
    assert again.row_duals is not None
    assert dual_bound(other, again.row_duals) == pytest.approx(anew, rel=1e-6)
    engine.solve(plain())
    assert [step.way for step in engine.steps] == ["cold", "cold", "cold"]


def test_back_again_is_the_same_answer() -> None:
    engine = Resolver(plain())
    first = engine.solve(plain()).objective
    engine.solve(varied("coefficients", 1.05, 3))
    assert engine.solve(plain()).objective == pytest.approx(first, rel=1e-9)


def test_after_a_model_without_a_plan_the_next_one_is_solved() -> None:
    engine, base = Resolver(plain()), plain()
    first = engine.solve(base).objective
    row = int(np.flatnonzero((base.row_lower == base.row_upper) & (base.row_upper == 0))[0])
    low, high = base.row_lower.copy(), base.row_upper.copy()
    low[row] = high[row] = -1e9
    assert engine.solve(replace(base, row_lower=low, row_upper=high)).status == "infeasible"
    assert engine.solve(base).objective == pytest.approx(first, rel=1e-9)


def test_another_model_is_refused() -> None:
    matrix = plain().matrix.copy()
    matrix.data[0] = 0.0
    matrix.eliminate_zeros()
    with pytest.raises(ShapeError, match="is not the one held"):
        Resolver(plain()).solve(replace(plain(), matrix=matrix))


def test_nothing_changed_is_nothing_to_patch() -> None:
    change = compare(plain(), replace(plain()))
    assert change.size == 0 and not change.costs.size and not change.coefficients.size


def test_a_price_enters_on_a_line_and_needs_no_build_in_between() -> None:
    low, middle, high = (chords(**{"prices.plant": s}) for s in (0.5, 1.0, 1.5))
    line = straight(low, middle, high)
    assert line is not None
    built, drawn = chords(**{"prices.plant": 1.3}), line(0.8)
    assert np.allclose(built.cost, drawn.cost, rtol=1e-9) and built.offset == pytest.approx(drawn.offset)
    assert np.allclose(built.matrix.data, drawn.matrix.data, rtol=1e-12)


def test_a_life_does_not_enter_on_a_line() -> None:
    low, middle, high = (chords(**{"compute.satellite_life": s}) for s in (0.8, 1.0, 1.2))
    assert straight(low, middle, high) is None
