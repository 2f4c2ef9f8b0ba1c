"""A model as plain arrays, ready for one hand-over to the solver, with nothing lost on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lunarchain.errors import LunarchainError
from lunarchain.model.algebra import Model
from lunarchain.model.build import collector_paused

if TYPE_CHECKING:
    from lunarchain.solve.record import Members

Vector = NDArray[np.float64]
Numbers = NDArray[np.int32]
# Outside this range a double-precision simplex drops or blurs coefficients without saying so.
SAFE_RANGE = (1e-6, 1e6)


class UnsafeModelError(LunarchainError):
    """The matrix cannot be solved safely in double precision."""


@dataclass(frozen=True)
class Arrays:
    """``min cost @ x + offset`` subject to ``row_lower <= matrix @ x <= row_upper`` and column bounds.

    ``columns`` are the variables and ``rows`` pairs of a row and which of its sides is the limit (0 for both); of a
    recorded model ``place`` says which column a variable is, -1 for one that takes part in nothing.
    """

    matrix: sparse.csc_matrix
    row_lower: Vector
    row_upper: Vector
    cost: Vector
    offset: float
    lower: Vector
    upper: Vector
    integer: NDArray[np.bool_]
    columns: tuple[Any, ...] | Members
    rows: tuple[Any, ...] | Members
    place: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int32))

    @property
    def coefficient_range(self) -> tuple[float, float]:
        """Smallest and largest absolute coefficient."""
        values = np.abs(self.matrix.data)
        return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)


def to_arrays(model: Any) -> Arrays:
    """A model as arrays: one recorded as it was declared (``algebra.Model``), or a Pyomo model.

    Raises ``UnsafeModelError`` for a column without finite bounds or an unsafe coefficient.
    """
    # both ways know what arrays are, so they are imported here; Pyomo is heavy besides, and only its own way needs it
    with collector_paused():
        if isinstance(model, Model):
            from lunarchain.solve.record import compiled

            arrays = compiled(model)
        else:
            from lunarchain.solve.from_pyomo import from_pyomo

            arrays = from_pyomo(model)
    _refuse_unsafe(arrays)
    return arrays


def by_variable(arrays: Arrays, values: Vector) -> Vector:
    """Values of columns by the number of the variable in a recorded model; 0 for one that takes part in nothing."""
    return np.append(values, 0.0)[arrays.place]


def linear(arrays: Arrays) -> Arrays:
    """The model without its whole numbers."""
    return replace(arrays, integer=np.zeros_like(arrays.integer)) if arrays.integer.any() else arrays


def _refuse_unsafe(arrays: Arrays) -> None:
    loose = np.flatnonzero(~(np.isfinite(arrays.lower) & np.isfinite(arrays.upper)))
    if loose.size:
        example = arrays.columns[int(loose[0])].name
        raise UnsafeModelError(f"{loose.size} columns without finite bounds, for example {example}")
    _refuse_no_numbers(arrays)
    least, largest = arrays.coefficient_range
    if arrays.matrix.nnz and (least < SAFE_RANGE[0] or largest > SAFE_RANGE[1]):
        raise UnsafeModelError(
            f"coefficients from {least:.1e} to {largest:.1e}, safe range {SAFE_RANGE[0]:.0e} to {SAFE_RANGE[1]:.0e}: "
            + "; ".join(_extremes(arrays))
        )


def _refuse_no_numbers(arrays: Arrays) -> None:
    """A cost or coefficient that is not finite, or a limit of a row that is no number, is a model of nothing."""
    costs = np.flatnonzero(~np.isfinite(arrays.cost))
    sides = np.flatnonzero(np.isnan(arrays.row_lower) | np.isnan(arrays.row_upper))
    entries = np.flatnonzero(~np.isfinite(arrays.matrix.data))
    if costs.size:
        raise UnsafeModelError(
            f"{costs.size} costs are not finite, for example of {arrays.columns[int(costs[0])].name}"
        )
    if sides.size:
        raise UnsafeModelError(
            f"{sides.size} rows have no number as a limit, for example {_row_name(arrays, sides[0])}"
        )
    if entries.size:
        row = _row_name(arrays, arrays.matrix.indices[entries[0]])
        raise UnsafeModelError(f"{entries.size} coefficients are not finite, for example in {row}")


def _row_name(arrays: Arrays, row: int) -> str:
    return str(arrays.rows[int(row)][0].name)


def _extremes(arrays: Arrays, count: int = 3) -> list[str]:
    """The entries furthest outside the safe range, by name, so that the table behind them can be found."""
    coo = arrays.matrix.tocoo()
    distance = np.abs(np.log10(np.abs(coo.data)))
    worst = np.argsort(distance)[::-1][:count]
    return [
        f"{arrays.columns[coo.col[k]].name} in {arrays.rows[coo.row[k]][0].name} ({coo.data[k]:.2e})"
        for k in worst
    ]
