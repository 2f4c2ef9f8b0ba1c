r"""What a small change of a solved linear model does to its optimum, without solving it again.

With a plan $x$ and row multipliers $y$ of the old model, its Lagrangian moves by
$\Delta c^T x - y^T \Delta A\, x + y^T \Delta b + d^T \Delta\text{bounds}$ with $d = c - A^T y$.
That is exact to first order and an estimate beyond: good enough to say which of many numbers are worth a solve.
"""

from __future__ import annotations

import numpy as np

from lunarchain.solve.arrays import Arrays, Vector


def first_order(old: Arrays, new: Arrays, values: Vector, row_duals: Vector) -> float | None:
    """Estimated change of the optimum from ``old`` to ``new``; ``None`` when they differ in shape."""
    if old.matrix.shape != new.matrix.shape:
        return None
    reduced = old.cost - old.matrix.T @ row_duals
    moved = (new.cost - old.cost) @ values + new.offset - old.offset
    moved -= row_duals @ ((new.matrix - old.matrix) @ values)
    with np.errstate(invalid="ignore"):  # a side that is infinite before and after does not move
        moved += _sides(row_duals, new.row_lower - old.row_lower, new.row_upper - old.row_upper)
        moved += _sides(reduced, new.lower - old.lower, new.upper - old.upper)
    return float(moved)


def _sides(prices: Vector, lower: Vector, upper: Vector) -> float:
    """Prices times the change of the side each holds."""
    change = np.where(prices > 0, lower, upper)
    return float(prices @ np.nan_to_num(change, nan=0.0, posinf=0.0, neginf=0.0))


def same(old: Arrays, new: Arrays) -> bool:
    """Whether two models of one shape hold the same numbers."""
    if old.matrix.shape != new.matrix.shape or (old.matrix != new.matrix).nnz:
        return False
    names = ("cost", "lower", "upper", "row_lower", "row_upper")
    return old.offset == new.offset and all(np.array_equal(getattr(old, n), getattr(new, n)) for n in names)
