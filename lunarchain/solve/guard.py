r"""A linear solve judged without the solver: what its plan breaks and what its duals break, recomputed from the arrays.

With $d = c - A^T y$, a plan $x$ and duals $y$ are optimal when $x$ keeps every row and bound (primal), when $d_j$ is
zero for every column between its bounds, not negative at the lower and not positive at the upper one, and $y$ leans on
no side that is not there or not reached (dual), and when both reach the same objective (gap).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.bounds import dual_bound

# a side counts as reached when this close, relative to the size of what it limits
REACHED = 1e-6


@dataclass(frozen=True)
class Residuals:
    """Largest violations: ``primal`` in the unit of the row or column ``primal_at``, ``dual`` in G$ per its unit.

    The ``_share`` of each is relative: to the sum of the absolute terms it is the remainder of. ``gap`` is the cost
    less what the duals prove, as a share of the cost.
    """

    primal: float
    primal_at: str
    primal_share: float
    dual: float
    dual_at: str
    dual_share: float
    gap: float

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def residuals_of(arrays: Arrays, values: Vector, row_duals: Vector) -> Residuals:
    """Recompute what a solve of a linear program (no whole numbers left free) says of itself."""
    activity = arrays.matrix @ values
    row_size = 1 + abs(arrays.matrix) @ np.abs(values)
    rows = np.maximum(np.maximum(arrays.row_lower - activity, activity - arrays.row_upper), 0)
    columns = np.maximum(np.maximum(arrays.lower - values, values - arrays.upper), 0)
    primal = _worst(arrays, rows, columns)
    primal_share = max((rows / row_size).max(initial=0.0), (columns / (1 + np.abs(values))).max(initial=0.0))

    reduced = arrays.cost - arrays.matrix.T @ row_duals
    cost_size = 1 + np.abs(arrays.cost) + abs(arrays.matrix).T @ np.abs(row_duals)
    held = _wrong(reduced, values, (arrays.lower, arrays.upper), 1 + np.abs(values))
    leaned = _wrong(row_duals, activity, (arrays.row_lower, arrays.row_upper), row_size)
    dual = _worst(arrays, leaned, held)
    dual_share = max(
        (held / cost_size).max(initial=0.0),
        leaned.max(initial=0.0) / (1 + np.abs(row_duals).max(initial=0.0)),
    )
    cost = float(arrays.cost @ values + arrays.offset)
    gap = (cost - dual_bound(arrays, row_duals)) / max(abs(cost), 1.0)
    return Residuals(*primal, float(primal_share), *dual, float(dual_share), float(gap))


def _wrong(price: Vector, level: Vector, sides: tuple[Vector, Vector], size: Vector) -> Vector:
    """How far a price leans on a side that its level does not reach: up on the lower one, down on the upper one."""
    lower, upper = sides
    at_lower, at_upper = level <= lower + REACHED * size, level >= upper - REACHED * size
    return np.where(at_lower, 0.0, np.maximum(price, 0.0)) + np.where(at_upper, 0.0, np.maximum(-price, 0.0))


def _worst(arrays: Arrays, rows: Vector, columns: Vector) -> tuple[float, str]:
    """The largest of both kinds and the name of its row or column; no name where nothing is broken."""
    k, j = (int(np.argmax(part)) if part.size else -1 for part in (rows, columns))
    row, column = (float(part[n]) if n >= 0 else 0.0 for part, n in ((rows, k), (columns, j)))
    if max(row, column) == 0:
        return 0.0, ""
    return (row, arrays.rows[k][0].name) if row >= column else (column, arrays.columns[j].name)
