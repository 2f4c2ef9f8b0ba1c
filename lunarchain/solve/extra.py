"""Arrays with a row or another objective put beside what the model wrote: for fronts and alternatives."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from lunarchain.model.algebra import Term, apart
from lunarchain.solve.arrays import Arrays, Vector

LEAST = 1e-9  # the solver drops smaller coefficients


@dataclass(frozen=True)
class ExtraRow:
    """A row that no component of the model wrote; it answers by name like one that did."""

    name: str

    def parent_component(self) -> ExtraRow:
        """Itself: it is a family of one."""
        return self

    def index(self) -> None:
        """It has none."""


def coefficients(arrays: Arrays, terms: list[Term]) -> Vector:
    """Terms over model variables as one number per column; variables fixed away are left out."""
    weights, variables = apart(terms)
    place = arrays.place[variables]
    kept = place >= 0
    return np.bincount(place[kept], weights=weights[kept], minlength=len(arrays.columns)).astype(float)


def with_row(arrays: Arrays, name: str, row: Vector, lower: float = -np.inf, upper: float = np.inf) -> Arrays:
    """The model with ``lower <= row @ x <= upper`` as its last row, scaled so that its largest coefficient is one.

    Coefficients that scaling brings below ``LEAST`` are left out, as the solver would do without saying so.
    """
    size = float(np.abs(row).max(initial=0.0)) or 1.0
    scaled = np.where(np.abs(row) > LEAST * size, row / size, 0.0)
    return replace(
        arrays,
        matrix=sparse.vstack([arrays.matrix, sparse.csr_matrix(scaled)]).tocsc(),
        row_lower=np.append(arrays.row_lower, lower / size),
        row_upper=np.append(arrays.row_upper, upper / size),
        rows=(*arrays.rows, (ExtraRow(name), 1 if np.isfinite(upper) else -1)),
    )


def with_added_cost(arrays: Arrays, row: Vector) -> Arrays:
    """The model with ``row @ x`` added to what is minimised."""
    return replace(arrays, cost=arrays.cost + row)
