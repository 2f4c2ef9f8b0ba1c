"""From the Pyomo model to plain arrays, in one hand-over, with nothing lost on the way.

Pyomo stays the only place where the math is written; its own standard-form compiler makes the matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy import sparse

from lunarchain.errors import LunarchainError
from lunarchain.model.build import collector_paused

# Outside this range a double-precision simplex drops or blurs coefficients without saying so.
SAFE_RANGE = (1e-6, 1e6)
# A coefficient this much smaller than the largest of its row cannot move it beyond feasibility tolerance.
NEGLIGIBLE_IN_ROW = 1e-9

Vector = NDArray[np.float64]


class UnsafeModelError(LunarchainError):
    """The matrix cannot be solved safely in double precision."""


@dataclass(frozen=True)
class Arrays:
    """``min cost @ x + offset`` subject to ``row_lower <= matrix @ x <= row_upper`` and column bounds."""

    matrix: sparse.csc_matrix
    row_lower: Vector
    row_upper: Vector
    cost: Vector
    offset: float
    lower: Vector
    upper: Vector
    integer: NDArray[np.bool_]
    columns: tuple[Any, ...]
    rows: tuple[Any, ...]

    @property
    def coefficient_range(self) -> tuple[float, float]:
        """Smallest and largest absolute coefficient."""
        values = np.abs(self.matrix.data)
        return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)


def to_arrays(model: pyo.ConcreteModel) -> Arrays:
    """Compile a model. Raises ``UnsafeModelError`` for a column without finite bounds or an unsafe coefficient."""
    with collector_paused():
        arrays = _compiled(model)
    _refuse_unsafe(arrays)
    return arrays


def _compiled(model: pyo.ConcreteModel) -> Arrays:
    form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)
    columns = tuple(form.columns)
    lower = np.array([-np.inf if c.lb is None else c.lb for c in columns], dtype=float)
    upper = np.array([np.inf if c.ub is None else c.ub for c in columns], dtype=float)
    tags = np.array([row.bound_type for row in form.rows])
    rhs = np.asarray(form.rhs, dtype=float)
    cost = (
        np.zeros(len(columns)) if form.c.shape[0] == 0 else np.asarray(form.c.todense(), dtype=float).ravel()
    )
    return Arrays(
        matrix=sparse.csc_matrix(form.A),
        row_lower=np.where(tags == 1, -np.inf, rhs),
        row_upper=np.where(tags == -1, np.inf, rhs),
        cost=cost,
        offset=float(form.c_offset[0]),
        lower=lower,
        upper=upper,
        integer=np.array([not c.is_continuous() for c in columns]),
        columns=columns,
        rows=tuple((row.constraint, row.bound_type) for row in form.rows),
    )


def _refuse_unsafe(arrays: Arrays) -> None:
    loose = [
        c.name
        for c, lo, up in zip(arrays.columns, arrays.lower, arrays.upper, strict=True)
        if not np.isfinite(lo + up)
    ]
    if loose:
        raise UnsafeModelError(f"{len(loose)} columns without finite bounds, for example {loose[0]}")
    least, largest = arrays.coefficient_range
    if least < SAFE_RANGE[0] or largest > SAFE_RANGE[1]:
        raise UnsafeModelError(
            f"coefficients from {least:.1e} to {largest:.1e}, safe range {SAFE_RANGE[0]:.0e} to {SAFE_RANGE[1]:.0e}: "
            + "; ".join(_extremes(arrays))
        )


def _extremes(arrays: Arrays, count: int = 3) -> list[str]:
    """The entries furthest outside the safe range, by name, so that the table behind them can be found."""
    coo = arrays.matrix.tocoo()
    distance = np.abs(np.log10(np.abs(coo.data)))
    worst = np.argsort(distance)[::-1][:count]
    return [
        f"{arrays.columns[coo.col[k]].name} in {arrays.rows[coo.row[k]][0].name} ({coo.data[k]:.2e})"
        for k in worst
    ]
