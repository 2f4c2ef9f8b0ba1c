"""HiGHS, called with arrays. Every call says what was asked, what came back and whether it can be trusted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lunarchain.errors import LunarchainError
from lunarchain.model.terms import numbers
from lunarchain.solve.arrays import Arrays, Vector, linear
from lunarchain.solve.bounds import keeps, near_limits
from lunarchain.solve.scaling import in_units_of

Progress = Callable[[float, float], None]  # incumbent, bound


# Rows of a plan hold to this (kt/yr, GW): the solver's default of 1e-7 leaves tenths of a kilogram a year, which the
# audit sees.
PLAN_TOLERANCE = 1e-9
KEPT = 1e-12  # coefficients from this size on are no rounding errors in a model whose units were changed
TIE_SHARE, TIE = 1e-6, 1e-7  # by which costs that tie are set apart: of the cost, and per unit [G$]


class SolverMistrustError(LunarchainError):
    """The solver holds another model than the one it was given."""


@dataclass(frozen=True)
class Outcome:
    """What one solve gave. ``bound`` is the solver's own; certificates recompute theirs."""

    status: str
    values: Vector | None
    row_duals: Vector | None
    objective: float
    bound: float
    seconds: float


def solve_lp(
    arrays: Arrays,
    time_limit_s: float = 600.0,
    crossover: bool = False,
    stop: Event | None = None,
    tolerance: float | None = None,
    serves: Callable[[Outcome], bool] | None = None,
    near: Vector | None = None,
) -> Outcome:
    """The linear relaxation, by interior point asked for by name (``ipm`` may mean another code).

    Without crossover it is several times faster and its bound, recomputed from the duals, just as valid; with
    crossover the plan is a vertex, so that what is zero is zero. ``stop`` ends it early when set; ``tolerance`` is
    the relative gap between its primal and dual objectives at which it may end. One that ends unsure of
    itself is asked a second time, unless what it gave ``serves``: multipliers prove something whatever it says.
    ``near`` are columns of a plan that the optimum is thought to be like: limits far from it are left out at first,
    for good if the answer keeps them all, and columns are counted in what it has of them.
    """
    relaxed = linear(arrays)
    options = _interior_point(time_limit_s, crossover, tolerance)
    if near is not None:
        outcome = solve_near(relaxed, near, time_limit_s, crossover, stop, tolerance)
        good = outcome.status == "optimal" or (serves is not None and serves(outcome))
        if good and outcome.values is not None and keeps(relaxed, outcome.values):
            return outcome
        options["time_limit"] = max(time_limit_s - outcome.seconds, 0.0)
    outcome = _run(relaxed, options, stop=stop)
    if outcome.status == "infeasible" or (outcome.status == "unknown" and not (serves and serves(outcome))):
        # presolve has called feasible models infeasible, and left others that interior point cannot finish: ask twice
        options["time_limit"] = max(options["time_limit"] - outcome.seconds, 0.0)
        outcome = _run(relaxed, options | {"presolve": "off"}, stop=stop)
    return outcome


def solve_near(
    arrays: Arrays,
    near: Vector,
    time_limit_s: float = 600.0,
    crossover: bool = False,
    stop: Event | None = None,
    tolerance: float | None = None,
) -> Outcome:
    """The linear relaxation without the limits far from a plan, whether or not its answer keeps them, sought in units
    of that plan and given in those of the model. What its multipliers prove, they prove of the model."""
    near = np.pad(near, (0, arrays.cost.size - near.size))
    model = near_limits(linear(arrays), near)
    options = _interior_point(time_limit_s, crossover, tolerance)
    if crossover:  # a vertex is the more exact, and the sooner found, in the units that rows are held to
        return _run(model, options, stop=stop)
    model, units = in_units_of(model, near)
    outcome = _run(model, options | {"small_matrix_value": KEPT}, stop=stop)
    values, duals = outcome.values, outcome.row_duals
    return replace(
        outcome,
        values=None if values is None else values * units.columns,
        row_duals=None if duals is None else duals * units.rows,
    )


def _interior_point(time_limit_s: float, crossover: bool, tolerance: float | None) -> dict[str, Any]:
    options: dict[str, Any] = {
        "solver": "ipx",
        "run_crossover": "on" if crossover else "off",
        "time_limit": time_limit_s,
    }
    if tolerance is not None:
        options["ipm_optimality_tolerance"] = tolerance
    if crossover:
        options["primal_feasibility_tolerance"] = PLAN_TOLERANCE
    return options


def proves(outcome: Outcome) -> bool:
    """Whether there are multipliers: what they prove is recomputed, whatever the solver says of them."""
    return outcome.row_duals is not None


def untied(cost: Vector) -> Vector:
    """Costs without ties: of many plans as good as each other one is the best by next to nothing, and its vertex is
    near the interior point. Between ties the way to a vertex can take longer than the search."""
    apart = np.random.default_rng(0).random(cost.size)
    return np.asarray(cost * (1 + TIE_SHARE * apart) + TIE * apart)


def least_violation(arrays: Arrays, time_limit_s: float, stop: Event | None = None) -> Vector | None:
    """Row multipliers of the least sum of violations of the rows: where that is above zero they say why no point
    satisfies all of them. ``None`` where time ran out."""
    rows = arrays.matrix.shape[0]
    below, above = sparse.identity(rows, format="csc"), -sparse.identity(rows, format="csc")
    broken = replace(
        arrays,
        matrix=sparse.hstack([arrays.matrix, below, above], format="csc"),
        cost=np.append(np.zeros_like(arrays.cost), np.ones(2 * rows)),
        offset=0.0,
        lower=np.append(arrays.lower, np.zeros(2 * rows)),
        upper=np.append(arrays.upper, np.full(2 * rows, np.inf)),
        integer=np.zeros(arrays.cost.size + 2 * rows, dtype=bool),
    )
    return solve_lp(broken, time_limit_s, stop=stop).row_duals


def solve_mip(
    arrays: Arrays, start: Vector | None, gap: float, time_limit_s: float, progress: Progress | None = None
) -> Outcome:
    """The integer model from a known plan, to a relative gap or a time limit, whichever first."""
    options = {"mip_rel_gap": gap, "time_limit": time_limit_s, "mip_lp_solver": "ipx"}
    return _run(arrays, options, start, progress)


def _run(
    arrays: Arrays,
    options: dict[str, Any],
    start: Vector | None = None,
    progress: Progress | None = None,
    stop: Event | None = None,
) -> Outcome:
    highs = new_solver(options)
    pass_model(highs, arrays)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start)
        highs.setSolution(solution)
    if progress is not None:
        _listen(highs, progress)
    if stop is not None:
        _obey(highs, stop)
    begun = time.perf_counter()
    highs.run()
    return outcome_of(highs, arrays, time.perf_counter() - begun)


def new_solver(options: dict[str, Any]) -> highspy.Highs:
    """A silent solver with these options. Raises ``SolverMistrustError`` for an option it does not know."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    # one thread a solve, always the same number: the scheduler is shared by the process and cannot be resized;
    # the other cores run other candidates
    for name, value in {"threads": 1, **options}.items():
        if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverMistrustError(f"the solver does not know option {name}={value}")
    return highs


def pass_model(highs: highspy.Highs, arrays: Arrays) -> None:
    """Hand a model over in one call. Raises ``SolverMistrustError`` if fewer coefficients arrive than were sent."""
    matrix, rows = arrays.matrix, arrays.matrix.shape[0]
    infinity = highs.getInfinity()
    lower, upper = (np.clip(side, -infinity, infinity) for side in (arrays.row_lower, arrays.row_upper))
    kinds = arrays.integer.astype(np.int32)
    highs.passModel(
        matrix.shape[1], rows, matrix.nnz, int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize),
        arrays.offset, arrays.cost, arrays.lower, arrays.upper, lower, upper,
        matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data, kinds,
    )  # fmt: skip
    held = highs.getNumNz()
    if held != matrix.nnz:
        raise SolverMistrustError(
            f"the solver holds {held} coefficients of {matrix.nnz}: the rest were dropped as too small"
        )


def _listen(highs: highspy.Highs, progress: Progress) -> None:
    def report(event: object) -> None:
        data = event.data_out  # type: ignore[attr-defined]
        progress(float(data.mip_primal_bound), float(data.mip_dual_bound))

    highs.cbMipLogging += report


def _obey(highs: highspy.Highs, stop: Event) -> None:
    def look(event: object) -> None:
        if stop.is_set():
            event.interrupt()  # type: ignore[attr-defined]

    highs.cbIpmInterrupt += look
    highs.cbSimplexInterrupt += look


_STATUS = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
    highspy.HighsModelStatus.kTimeLimit: "time limit",
    highspy.HighsModelStatus.kInterrupt: "interrupted",
}


def outcome_of(highs: highspy.Highs, arrays: Arrays, seconds: float) -> Outcome:
    """What the last run of a solver gave."""
    info, solution = highs.getInfo(), highs.getSolution()
    status = _STATUS.get(highs.getModelStatus(), "unknown")
    integral = bool(arrays.integer.any())
    values = numbers(solution.col_value) if solution.value_valid else None
    duals: NDArray[np.float64] | None = (
        numbers(solution.row_dual) if solution.dual_valid and not integral else None
    )
    bound = float(info.mip_dual_bound) if integral else float(info.objective_function_value)
    return Outcome(status, values, duals, float(info.objective_function_value), bound, seconds)
