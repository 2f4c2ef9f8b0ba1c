"""Limits that give way for a price: the linear program that says how much is missing where no plan exists.

Costs are left out. Each row named gets one more column that makes up for what it lacks; the solver finds the least
priced sum of those. A result of zero says that the other rows can all be kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.duals import to_a_vertex
from lunarchain.solve.highs import Outcome, solve_lp


@dataclass(frozen=True)
class Shortfall:
    """Missing amounts by row [unit of the row], their priced sum, and the plan and the duals of every row there."""

    missing: Vector
    priced: float
    values: Vector
    duals: Vector


def bare(arrays: Arrays, limited: np.ndarray, keep: np.ndarray) -> Arrays:
    """What can be done at all: no costs, fractions allowed, upper bounds of ``limited`` columns as rows at the end.

    The other continuous columns lose their upper bounds, which only keep them finite or repeat what rows say. Rows
    not in ``keep`` are left out.
    """
    columns = np.flatnonzero(limited)
    size = (columns.size, arrays.matrix.shape[1])
    ones = sparse.csc_matrix((np.ones(columns.size), (np.arange(columns.size), columns)), shape=size)
    free = limited | (~arrays.integer & (arrays.upper > arrays.lower))
    kept = np.flatnonzero(keep)
    return replace(
        arrays,
        matrix=sparse.vstack([arrays.matrix.tocsr()[kept], ones]).tocsc(),
        row_lower=np.append(arrays.row_lower[kept], np.full(columns.size, -np.inf)),
        row_upper=np.append(arrays.row_upper[kept], arrays.upper[columns]),
        rows=(*(arrays.rows[k] for k in kept), *((arrays.columns[k], 1) for k in columns)),
        upper=np.where(free, np.inf, arrays.upper),
        cost=np.zeros_like(arrays.cost),
        offset=0.0,
        integer=np.zeros_like(arrays.integer),
    )


def elastic(arrays: Arrays, rows: np.ndarray, prices: Vector, most: Vector) -> Arrays:
    """The model with rows that give way, ``prices`` a unit, by at most ``most``; one column a row, after the others."""
    signs = np.where(np.isfinite(arrays.row_upper[rows]), -1.0, 1.0)
    shape = (arrays.matrix.shape[0], rows.size)
    slack = sparse.csc_matrix((signs, (rows, np.arange(rows.size))), shape=shape)
    return replace(
        arrays,
        matrix=sparse.hstack([arrays.matrix, slack]).tocsc(),
        cost=np.append(arrays.cost, prices),
        lower=np.append(arrays.lower, np.zeros(rows.size)),
        upper=np.append(arrays.upper, most),
        integer=np.append(arrays.integer, np.zeros(rows.size, dtype=bool)),
        columns=(*arrays.columns, *(arrays.rows[k][0] for k in rows)),
    )


def shortfall(
    arrays: Arrays, rows: np.ndarray, prices: Vector, most: Vector, limit_s: float
) -> Shortfall | None:
    """Least priced sum of what the named rows lack; nothing when giving way there alone does not help (or in time)."""
    model = elastic(arrays, rows, prices, most)
    return read(solve_lp(model, limit_s, crossover=to_a_vertex(model)), rows.size)


def read(outcome: Outcome, count: int) -> Shortfall | None:
    """What a solve of an elastic model with ``count`` giving rows says."""
    if outcome.status != "optimal" or outcome.values is None or outcome.row_duals is None:
        return None
    return Shortfall(outcome.values[-count:], outcome.objective, outcome.values[:-count], outcome.row_duals)
