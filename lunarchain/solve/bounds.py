r"""Bounds that a reader can follow: the dual objective, recomputed from the duals alone.

For any row multipliers $y$, $\min_x c^T x \ge \sum_i \min(y_i b^-_i, y_i b^+_i) + \sum_j \min(d_j l_j, d_j u_j)$ with
$d = c - A^T y$ over finite column bounds. It holds whatever the solver says of itself, converged or not.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lunarchain.solve.arrays import Arrays, Vector, linear

FEASIBLE = 1e-6  # residuals above this are not a plan: they would fail the audit
EMPTY = 1e-6  # rows broken by less than this are within what a solver calls feasible
# A limit is far where it leaves room for this many times what a plan has of it, and for one unit (kt, GW) besides.
FAR, UNIT = 10.0, 1.0


def dual_bound(arrays: Arrays, row_duals: Vector) -> float:
    """A proven lower bound on the relaxed model from any row multipliers (those of the wrong sign count as zero)."""
    y = _signed(arrays, row_duals)
    reduced = arrays.cost - arrays.matrix.T @ y
    rows = np.where(
        y > 0,
        y * np.nan_to_num(arrays.row_lower, neginf=0.0),
        y * np.nan_to_num(arrays.row_upper, posinf=0.0),
    )
    columns = np.where(reduced > 0, reduced * arrays.lower, reduced * arrays.upper)
    return float(rows.sum() + columns.sum() + arrays.offset)


def proves_empty(arrays: Arrays, multipliers: Vector) -> bool:
    """Whether row multipliers prove that a model holds no point at all (Farkas): at no cost, a bound above zero."""
    free = replace(arrays, cost=np.zeros_like(arrays.cost), offset=0.0)
    size = np.abs(multipliers).max(initial=0.0)
    return bool(size > 0 and dual_bound(free, multipliers / size) > EMPTY)


def reduced_costs(arrays: Arrays, row_duals: Vector) -> Vector:
    """What one more of each column adds to the cost once the rows have made room for it (at first)."""
    return arrays.cost - arrays.matrix.T @ _signed(arrays, row_duals)


def _signed(arrays: Arrays, row_duals: Vector) -> Vector:
    """Multipliers with those of the wrong sign set to zero: a side that is not there cannot be leaned on."""
    y = np.where(np.isneginf(arrays.row_lower), np.minimum(row_duals, 0.0), row_duals)
    return np.where(np.isposinf(arrays.row_upper), np.maximum(y, 0.0), y)


def without_forced(arrays: Arrays) -> Arrays:
    """The same model with a bound of zero on every column that its rows leave no other value.

    Nothing can be made where nothing has landed yet: no column of such a row has the other sign. Left to the solver,
    the multipliers of those rows grow without limit, and their rounding errors undo the bound.
    """
    if (arrays.lower < 0).any():
        return arrays
    by_rows = arrays.matrix.tocsr()
    gives, takes = (by_rows > 0).astype(float), (by_rows < 0).astype(float)
    upper = arrays.upper.copy()
    for _ in range(arrays.matrix.shape[0]):
        live = (upper > 0).astype(float)
        none_over = (arrays.row_upper <= 0) & (takes @ live == 0)
        none_under = (arrays.row_lower >= 0) & (gives @ live == 0)
        forced = (gives.T @ none_over.astype(float) + takes.T @ none_under.astype(float) > 0) & (upper > 0)
        if not forced.any():
            break
        upper[forced] = 0.0
    return replace(arrays, upper=np.maximum(upper, arrays.lower))


def near_limits(arrays: Arrays, values: Vector) -> Arrays:
    """The same model without the limits that a plan stays far from: of columns above, and of rows.

    They are there so that every number is finite, or for other plans. An interior point begins in the middle of all
    limits, and with those it spends a third of its steps on the way from there. What its multipliers prove of this
    model they prove of the other: a limit that is not leaned on costs nothing.
    """
    values = np.maximum(np.pad(values, (0, arrays.lower.size - values.size)), arrays.lower)
    used = arrays.matrix @ values
    room = FAR * (abs(arrays.matrix) @ np.abs(values)) + UNIT
    return replace(
        arrays,
        upper=np.where(arrays.upper > FAR * np.abs(values) + UNIT, np.inf, arrays.upper),
        row_lower=np.where(used - arrays.row_lower > room, -np.inf, arrays.row_lower),
        row_upper=np.where(arrays.row_upper - used > room, np.inf, arrays.row_upper),
    )


def keeps(arrays: Arrays, values: Vector) -> bool:
    """Whether a plan keeps the rows and limits of a model, whole numbers apart."""
    return residuals(linear(arrays), values) <= FEASIBLE


def residuals(arrays: Arrays, values: Vector) -> float:
    """Largest violation of a row, a column bound or integrality, relative to the size of what it limits."""
    activity = arrays.matrix @ values
    size = 1 + abs(arrays.matrix) @ np.abs(values)
    below = np.maximum(arrays.row_lower - activity, 0) / size
    above = np.maximum(activity - arrays.row_upper, 0) / size
    outside = np.maximum(np.maximum(arrays.lower - values, values - arrays.upper), 0) / (1 + np.abs(values))
    broken = np.abs(values - np.round(values))[arrays.integer]
    return float(max(part.max(initial=0.0) for part in (below, above, outside, broken)))
