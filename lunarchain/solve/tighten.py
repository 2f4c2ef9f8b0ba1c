"""How much can have been bought at all, in any plan no dearer than the best one known: narrower intervals for chords.

A chord over all that could be lifted or bought lies far below its curve. The relaxed model with the cost of the best
plan as a limit says how little and how much any plan worth looking for buys; over that interval the chord is close.
Each limit is a dual objective recomputed from the duals, like every other bound. What it cuts off costs more than the
plan in hand, so the bound of what is left, or that plan's cost where it is lower, still holds for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from scipy import sparse

from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.bounds import dual_bound
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.learning import LearningTerms, narrowed
from lunarchain.solve.limits import Limits

# Periods of each bill whose total is bounded: the rest follows, for totals neither fall nor leap.
PROBES = 2
# Intervals are narrowed again while what chords lose is at least this share of the gap asked for.
WORTHWHILE = 0.5
NEGLIGIBLE = 1e-6  # [G$ per unit]


def slack(terms: LearningTerms, lower: Vector, upper: Vector, values: Vector) -> float:
    """What the chords over ``[lower, upper]`` lie below the curves at a plan [G$]."""
    total = 0.0
    for k, curve, weight in zip(terms.columns, terms.curves, terms.weights, strict=True):
        low, high = lower[k], upper[k]
        if high > low:
            at = min(max(float(values[k]), low), high)
            share = (at - low) / (high - low)
            total += weight * (curve.cost(at) - (1 - share) * curve.cost(low) - share * curve.cost(high))
    return float(total)


def tightened(
    model: Arrays, terms: LearningTerms, lower: Vector, upper: Vector, cost: float, limits: Limits
) -> tuple[Vector, Vector]:
    """Column bounds with the intervals of what learns narrowed to plans that cost at most ``cost``.

    ``model`` is the relaxation over ``lower`` and ``upper``, priced on chords; it may hold rows and columns of its own
    beyond those of the plan.
    """
    at_most = _no_dearer(model, cost)
    asked = [(int(k), sign) for k in _probed(terms) for sign in (1.0, -1.0)]
    with ThreadPoolExecutor(limits.threads) as pool:
        found = list(pool.map(lambda ask: _least(at_most, ask[0], ask[1], limits), asked))
    lower, upper = lower.copy(), upper.copy()
    for (k, sign), bound in zip(asked, found, strict=True):
        if sign > 0:
            lower[k] = min(max(lower[k], bound), upper[k])
        else:
            upper[k] = max(min(upper[k], -bound), lower[k])
    lower, upper = narrowed(terms, lower, upper)
    return lower, np.maximum(upper, lower)


def _no_dearer(model: Arrays, cost: float) -> Arrays:
    """The relaxed model with its chord cost as a row; its own objective is left to whoever asks."""
    # what costs next to nothing is left out: no column is negative, so the row only becomes easier to hold
    counted = np.where((model.cost > 0) & (model.cost < NEGLIGIBLE), 0.0, model.cost)
    row = sparse.csr_matrix(counted[None, :])
    return replace(
        model,
        matrix=sparse.vstack([model.matrix, row], format="csc"),
        row_lower=np.append(model.row_lower, -np.inf),
        row_upper=np.append(model.row_upper, cost - model.offset),
        offset=0.0,
    )


def _probed(terms: LearningTerms) -> Iterator[int]:
    """The last column of every bill and some before it, evenly."""
    chains = np.array(terms.chains)
    for chain in sorted(set(terms.chains)):
        columns = terms.columns[chains == chain]
        yield from columns[np.unique(np.linspace(len(columns) - 1, 0, PROBES + 1, dtype=int)[:-1])]


def _least(model: Arrays, column: int, sign: float, limits: Limits) -> float:
    """A proven least value of a column (of its negative, for ``sign`` -1) in plans within the cost."""
    objective = np.zeros_like(model.cost)
    objective[column] = sign
    asked = replace(model, cost=objective)
    outcome = solve_lp(asked, limits.seconds_left, stop=limits.stop)
    return -np.inf if outcome.row_duals is None else dual_bound(asked, outcome.row_duals)
