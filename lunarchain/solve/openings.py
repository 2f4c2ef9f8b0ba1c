r"""Limits that count only once the programme is open: rows that make the relaxation pay for what it uses.

A plan may commission so much a year, from the day its programme starts. The relaxation starts a fiftieth of a
programme and commissions all of it. Take a row $\sum_j a_j x_j \le b$, $b > 0$, all of whose columns with $a_j > 0$
are zero in every plan that has opened nothing by then (rows force them: ``without_forced``). Then
$\sum_j a_j x_j \le b e$ with $e \le 1$, $e \le \sum_{t' \le t} P_{t'}$ holds for every whole-number plan: before the
opening the left side is at most zero, afterwards $e = 1$ is allowed. Only relaxations carry these rows and columns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lunarchain.solve.arrays import Arrays
from lunarchain.solve.bounds import without_forced

OPENING = "programme"  # the whole column that everything on the Moon waits for, once per period


@dataclass(frozen=True)
class Waiting:
    """Rows that wait for an opening: by row, how many of the openings, in order of time, are early enough."""

    openings: NDArray[np.int64]
    rows: NDArray[np.int64]
    early: NDArray[np.int64]


def waiting_rows(arrays: Arrays) -> Waiting:
    """The rows of a model that wait for its programme; none where it has no programme."""
    whole = ((k, arrays.columns[k]) for k in map(int, np.flatnonzero(arrays.integer)))
    order = sorted((c.index(), k) for k, c in whole if c.parent_component().name == OPENING)
    openings = np.array([k for _, k in order], dtype=np.int64)
    capped = np.flatnonzero(
        np.isneginf(arrays.row_lower) & np.isfinite(arrays.row_upper) & (arrays.row_upper > 0)
    )
    if not openings.size or not capped.size or (arrays.lower < 0).any():
        return Waiting(openings, np.array([], dtype=np.int64), np.array([], dtype=np.int64))
    uses = (arrays.matrix.tocsr()[capped] > 0).astype(float)
    used_at_all = uses @ (arrays.upper > 0).astype(float) > 0
    early = np.zeros(capped.size, dtype=np.int64)
    closed = arrays
    for count, k in enumerate(openings, start=1):
        upper = closed.upper.copy()
        upper[k] = 0.0
        closed = without_forced(replace(closed, upper=upper))
        nothing = uses @ (closed.upper > 0).astype(float) == 0
        early[(early == 0) & nothing & used_at_all] = count
    found = np.flatnonzero(early)
    return Waiting(openings, capped[found], early[found])


def with_waiting(arrays: Arrays, waiting: Waiting) -> Arrays:
    """A relaxation with its waiting rows; one column more, at the end, for each number of openings they wait for."""
    if not waiting.rows.size:
        return arrays
    counts, which = np.unique(waiting.early, return_inverse=True)
    rows, columns = arrays.matrix.shape
    limits = arrays.row_upper[waiting.rows]
    scaled = sparse.csc_matrix((-limits, (waiting.rows, which)), shape=(rows, counts.size))
    prefix = np.concatenate([waiting.openings[:n] for n in counts])
    at = np.repeat(np.arange(counts.size), counts)
    bought = sparse.csc_matrix((-np.ones(prefix.size), (at, prefix)), shape=(counts.size, columns))
    row_upper = arrays.row_upper.copy()
    row_upper[waiting.rows] = 0.0
    return replace(
        arrays,
        matrix=sparse.bmat([[arrays.matrix, scaled], [bought, sparse.identity(counts.size)]], format="csc"),
        row_lower=np.append(arrays.row_lower, np.full(counts.size, -np.inf)),
        row_upper=np.append(row_upper, np.zeros(counts.size)),
        cost=np.append(arrays.cost, np.zeros(counts.size)),
        lower=np.append(arrays.lower, np.zeros(counts.size)),
        upper=np.append(arrays.upper, np.ones(counts.size)),
        integer=np.append(arrays.integer, np.zeros(counts.size, dtype=bool)),
    )
