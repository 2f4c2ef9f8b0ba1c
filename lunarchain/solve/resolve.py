"""One model kept in the solver, changed a little, and solved again: for curves, sweeps, fronts and alternatives.

Rebuilding is what makes a sweep slow, and a solve that begins where the last one ended is what makes it fast. The
caller hands over whole arrays; what differs from those the solver holds is patched, nothing else. Then:

- costs alone changed: the last vertex is still feasible, so primal simplex goes on from it;
- anything else changed by a small step: dual simplex goes on from it;
- a far jump, or a warm solve that takes as long as a cold one did: interior point from nothing, with crossover.

Only relaxed models (or ones whose whole numbers are fixed) can be solved again: a vertex is what is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from lunarchain.errors import LunarchainError
from lunarchain.solve.arrays import Arrays, Vector, linear
from lunarchain.solve.highs import (
    Outcome,
    SolverMistrustError,
    new_solver,
    outcome_of,
    pass_model,
)

# A relative change of costs, limits or coefficients beyond this is a far jump. Measured on a case of 4,900 columns,
# jumps of one factor: at 0.09 warm took 0.7 of the time of cold (3,900 pivots), at 0.26 it took 2.5 times.
FAR = 0.1

WAYS = {"primal": 4, "dual": 1}  # the solver's numbers of its simplex strategies

# Simplex moves bounds and costs a little before it starts, against ties, and back at the end. From a vertex that is
# nearly right most of the pivots are then spent on the way back: without it curves of costs take 3 to 15 times fewer.
# Now and then it then stalls among ties: along `prices.plant` of 02, 7 steps of 140 came to no end in four minutes.
_UNMOVED = ("primal_simplex_bound_perturbation_multiplier", "dual_simplex_cost_perturbation_multiplier")

# So a warm solve may take as long as the quickest cold one did before it is given up for another cold one. Half of that
# gives up some that are about to end: along `compute.value` of 03 a level then takes 1.5 times as long.
PATIENCE = 1.0
# A cold solve may stall too, on its way from the interior point to a vertex; after this many times as long as the
# quickest took, the interior point is the answer, and the next solve starts from nothing.
STALLED = 5.0
LEAST_S = 0.5  # a cold solve may have been lucky, and a clock is coarse


class ShapeError(LunarchainError):
    """The arrays are of another model than the one the solver holds."""


@dataclass(frozen=True)
class Step:
    """How one solve went: which way, seconds inside the solver and outside it, pivots."""

    way: str
    solver_s: float
    outside_s: float
    pivots: int


@dataclass(frozen=True)
class Change:
    """What differs between two models: entry numbers by kind, and the largest relative size of a kind's change."""

    costs: np.ndarray
    bounds: np.ndarray
    rows: np.ndarray
    coefficients: np.ndarray
    size: float

    @property
    def way(self) -> str:
        """The way to solve that fits it."""
        if self.size > FAR:
            return "cold"
        only_costs = not (self.bounds.size or self.rows.size or self.coefficients.size)
        return "primal" if only_costs else "dual"


class Resolver:
    """A model held by the solver. ``steps`` records how each solve went."""

    def __init__(self, arrays: Arrays, time_limit_s: float = 600.0) -> None:
        self._held = linear(arrays)
        self._limit_s = time_limit_s
        self._highs = new_solver({})
        pass_model(self._highs, self._held)
        self._basis: highspy.HighsBasis | None = None
        self._lost = True
        self._cold_s = np.inf
        self.steps: list[Step] = []

    def solve(self, arrays: Arrays) -> Outcome:
        """The optimum of ``arrays``, a model of the same shape as the one held.

        Raises ``ShapeError`` for a model of another shape and ``SolverMistrustError`` if a patch was not taken.
        """
        begun = time.perf_counter()
        arrays = linear(arrays)
        change = compare(self._held, arrays)
        _patch(self._highs, arrays, change)
        self._held = arrays
        before = self._highs.getRunTime()
        if self._basis is None or change.way == "cold":
            outcome, way = self._cold()
        else:
            outcome, way = self._warm(self._basis, change.way)
        inside = self._highs.getRunTime() - before
        pivots = int(self._highs.getInfo().simplex_iteration_count)
        self.steps.append(Step(way, inside, time.perf_counter() - begun - inside, pivots))
        return outcome

    def _warm(self, basis: highspy.HighsBasis, way: str) -> tuple[Outcome, str]:
        """Simplex from the last vertex; cold if that takes as long as a cold solve or says there is no plan."""
        if self._lost:  # else the solver still holds it, factorised and with its pricing weights
            self._highs.setBasis(basis)
        unmoved = dict.fromkeys(_UNMOVED, 0.0)
        patience = min(max(PATIENCE * self._cold_s, LEAST_S), self._limit_s)
        outcome = self._run({"solver": "simplex", "simplex_strategy": WAYS[way]} | unmoved, patience)
        return (outcome, way) if outcome.status == "optimal" else self._cold()

    def _cold(self) -> tuple[Outcome, str]:
        """Interior point with crossover, from nothing; a model called infeasible is asked again without presolve, and
        where the way to a vertex stalls the interior point itself is taken."""
        self._highs.clearSolver()
        # the clean-up after crossover is a simplex too: a warm solve before may have left the primal one chosen
        options: dict[str, Any] = {
            "solver": "ipx", "run_crossover": "on", "presolve": "choose", "simplex_strategy": WAYS["dual"],
            **dict.fromkeys(_UNMOVED, 1.0),
        }  # fmt: skip
        outcome = self._run(options, min(max(STALLED * self._cold_s, LEAST_S), self._limit_s))
        if outcome.status == "infeasible":
            outcome = self._run(options | {"presolve": "off"}, self._limit_s)
        if outcome.status == "optimal":
            self._cold_s = min(self._cold_s, outcome.seconds)
        elif outcome.status != "infeasible":
            self._highs.clearSolver()
            outcome = self._run(options | {"run_crossover": "off"}, self._limit_s)
            self._basis = None
        return outcome, "cold"

    def _run(self, options: dict[str, Any], limit_s: float) -> Outcome:
        highs = self._highs
        # the solver's clock runs on from solve to solve
        for name, value in {**options, "time_limit": highs.getRunTime() + limit_s}.items():
            highs.setOptionValue(name, value)
        begun = time.perf_counter()
        highs.run()
        outcome = outcome_of(highs, self._held, time.perf_counter() - begun)
        self._lost = outcome.status != "optimal"
        if not self._lost:
            self._basis = highs.getBasis()
        return outcome


def compare(held: Arrays, arrays: Arrays) -> Change:
    """What differs between two models of one shape. Raises ``ShapeError`` for any other."""
    ours, theirs = held.matrix, arrays.matrix
    if ours is not theirs and not (
        ours.shape == theirs.shape
        and (ours.indptr is theirs.indptr or np.array_equal(ours.indptr, theirs.indptr))
        and (ours.indices is theirs.indices or np.array_equal(ours.indices, theirs.indices))
    ):
        raise ShapeError(
            f"a model of {theirs.shape} with {theirs.nnz} nonzeros is not the one held: {ours.shape}, {ours.nnz}"
        )
    pairs = {
        "costs": [(held.cost, arrays.cost)],
        "bounds": [(held.lower, arrays.lower), (held.upper, arrays.upper)],
        "rows": [(held.row_lower, arrays.row_lower), (held.row_upper, arrays.row_upper)],
        "coefficients": [(ours.data, theirs.data)],
    }
    moved = {kind: _moved(sides) for kind, sides in pairs.items()}
    size = max(_relative(a, b, moved[kind]) for kind, sides in pairs.items() for a, b in sides)
    return Change(**moved, size=size)


def _moved(sides: list[tuple[Vector, Vector]]) -> np.ndarray:
    """Entries that differ on any side; what is the same array on both is not looked at."""
    differ = [a != b for a, b in sides if a is not b]
    return np.flatnonzero(np.logical_or.reduce(differ)) if differ else np.empty(0, dtype=int)


def _relative(old: Vector, new: Vector, moved: np.ndarray) -> float:
    """Size of the change of the entries that moved, relative to what they were (1 if they were nothing)."""
    if not moved.size:
        return 0.0
    before, after = old[moved], new[moved]
    differ = before != after  # a limit that stays infinite does not move
    gone = float(np.abs(after[differ] - before[differ]).sum())
    if not np.isfinite(gone):
        return 1.0
    return gone / max(float(np.abs(before[differ]).sum()), gone) if gone else 0.0


def _patch(highs: highspy.Highs, arrays: Arrays, change: Change) -> None:
    def entries(which: np.ndarray) -> np.ndarray:
        return which.astype(np.int32)

    matrix, infinity = arrays.matrix, highs.getInfinity()
    answers = [highs.changeObjectiveOffset(arrays.offset)]
    if change.costs.size:
        k = change.costs
        answers.append(highs.changeColsCost(k.size, entries(k), arrays.cost[k]))
    if change.bounds.size:
        k = change.bounds
        answers.append(highs.changeColsBounds(k.size, entries(k), arrays.lower[k], arrays.upper[k]))
    if change.rows.size:
        k = change.rows
        low, high = (np.clip(side[k], -infinity, infinity) for side in (arrays.row_lower, arrays.row_upper))
        answers.append(highs.changeRowsBounds(k.size, entries(k), low, high))  # type: ignore[attr-defined]
    columns = np.searchsorted(matrix.indptr, change.coefficients, side="right") - 1
    for n, column in zip(change.coefficients, columns, strict=True):
        answers.append(highs.changeCoeff(int(matrix.indices[n]), int(column), float(matrix.data[n])))
    if any(answer == highspy.HighsStatus.kError for answer in answers) or highs.getNumNz() != matrix.nnz:
        raise SolverMistrustError("the solver did not take a change to its model")


def straight(
    low: Arrays, middle: Arrays, high: Arrays, tolerance: float = 1e-9
) -> Callable[[float], Arrays] | None:
    """Every model between two, without building any, if the one in the middle lies half way in every number.

    ``low``, ``middle`` and ``high`` are builds at the ends and the middle of one factor; the function given back maps
    the share of the way (0 to 1) to a model. ``None`` if the factor does not enter linearly: then build each level.
    """
    try:
        compare(low, high), compare(low, middle)
    except ShapeError:
        return None
    ends = [_numbers(low), _numbers(middle), _numbers(high)]
    still = [np.array_equal(first, last) for first, _, last in zip(*ends, strict=True)]
    for first, half, last in zip(*ends, strict=True):
        same = first == last  # infinite sides among them
        between = np.where(same, first, (first + last) / 2)
        if not np.allclose(between, half, rtol=tolerance, atol=0):
            return None

    def at(share: float) -> Arrays:
        with np.errstate(invalid="ignore"):  # an infinite side times nothing: it is the same at both ends
            blend = [
                a if same else np.where(a == b, a, (1 - share) * a + share * b)
                for a, b, same in zip(ends[0], ends[2], still, strict=True)
            ]
        data, cost, offset, lower, upper, row_lower, row_upper = blend
        matrix = sparse.csc_matrix(
            (data, low.matrix.indices, low.matrix.indptr), low.matrix.shape, copy=False
        )
        return replace(
            low, matrix=matrix, cost=cost, offset=float(offset[0]), lower=lower, upper=upper,
            row_lower=row_lower, row_upper=row_upper,
        )  # fmt: skip

    return at


def _numbers(arrays: Arrays) -> list[Vector]:
    return [
        arrays.matrix.data, arrays.cost, np.array([arrays.offset]), arrays.lower, arrays.upper,
        arrays.row_lower, arrays.row_upper,
    ]  # fmt: skip
