r"""A model in the units of a plan: where a column is thousands there it is counted in thousands.

What grows by itself spans ten orders of magnitude from the first years to the last. An interior point begins with all
columns alike, and spends a fifth of its steps on the way from there to such a plan; counted in what a plan has of each
they begin near it. Rows are then divided by their largest coefficient. All factors are powers of two, so that nothing
is rounded: $A' = R A S$, $x = S x'$, and the multipliers of $A$ are $R$ times those of $A'$.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from lunarchain.solve.arrays import Arrays, Vector

# The least that a column is counted in (kt, GW); where coefficients would become too small for the solver, the next.
LEAST = (0.01, 0.1, 1.0)
SMALLEST = 1e-11  # coefficient that the solver, told to, does not drop


@dataclass(frozen=True)
class Units:
    """What one of each column, and one of each row's multipliers, counts for in the model as it was."""

    columns: Vector
    rows: Vector


def in_units_of(arrays: Arrays, values: Vector) -> tuple[Arrays, Units]:
    """The model counted in what a plan has of each column; as it is where that would make a coefficient vanish."""
    for least in LEAST:
        columns = _power_of_two(np.maximum(np.abs(values), least))
        matrix = arrays.matrix @ sparse.diags(columns)
        largest = abs(matrix).max(axis=1).toarray().ravel()
        rows = 1 / _power_of_two(np.where(largest > 0, largest, 1.0))
        matrix = sparse.csc_matrix(sparse.diags(rows) @ matrix)
        if np.abs(matrix.data).min(initial=1.0) >= SMALLEST:
            return _counted(arrays, matrix, columns, rows), Units(columns, rows)
    return arrays, Units(np.ones(arrays.cost.size), np.ones(arrays.row_lower.size))


def _counted(arrays: Arrays, matrix: sparse.csc_matrix, columns: Vector, rows: Vector) -> Arrays:
    return replace(
        arrays,
        matrix=matrix,
        cost=arrays.cost * columns,
        lower=arrays.lower / columns,
        upper=arrays.upper / columns,
        row_lower=arrays.row_lower * rows,
        row_upper=arrays.row_upper * rows,
    )


def _power_of_two(size: Vector) -> Vector:
    return np.asarray(2.0 ** np.round(np.log2(size)))
