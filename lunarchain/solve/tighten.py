"""How much can have been bought at all, in any plan no dearer than the best one known: narrower intervals for chords.

A chord over all that could be lifted or bought lies far below its curve. The relaxed model with the cost of the best
plan as a limit says how little and how much any plan worth looking for buys by some period; over that interval the
chord is close. One period is asked after the other, the one that promises most first, for what is known of one says
something of its neighbours.

Each limit is a dual objective recomputed from the duals, like every other bound. The same multipliers prove more once
the chords are closer or a cheaper plan is known, at the price of one multiplication. What is cut off costs more than
the plan in hand, so the bound of what is left, or that plan's cost where it is lower, still holds for all.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from scipy import sparse

from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.bounds import dual_bound
from lunarchain.solve.highs import proves, solve_lp
from lunarchain.solve.learning import LearningTerms, narrowed
from lunarchain.solve.limits import Limits

Interval = tuple[Vector, Vector]  # lower and upper bounds of all columns

# Intervals are narrowed again while what chords lose is at least this share of the gap asked for.
WORTHWHILE = 0.5
ROUND = 0.4  # a round of questions ends when chords lose no more than this share of what they lost before it
CUT = 0.6  # what a question is taken to cut off of an interval, on either side of the plan, to rank the questions
LITTLE = 0.04  # of what chords lose: a question that promises less is not worth a relaxation
NEGLIGIBLE = 1e-6  # [G$ per unit]
ROUGH = 1e-5  # relative, of a limit: a little less is a limit too


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


class Narrowing:
    """Narrows the intervals of what learns, and remembers the multipliers that proved each limit.

    ``model_over`` gives the relaxation over column bounds, priced on chords; it may hold rows and columns of its own
    beyond those of the plan, the same for all bounds.
    """

    def __init__(
        self, model_over: Callable[[Vector, Vector], Arrays], terms: LearningTerms, limits: Limits
    ) -> None:
        self._model_over, self._terms, self._limits = model_over, terms, limits
        self._proofs: dict[tuple[int, float], Vector] = {}
        self._open_when_asked: dict[int, float] = {}

    def round(self, lower: Vector, upper: Vector, values: Vector, bound: float, cost: float) -> Interval:
        """Column bounds narrowed to plans that cost at most ``cost``, until a relaxed plan is worth seeking there.

        ``values`` and ``bound`` are a relaxed plan and what is proven over the bounds given.
        """
        before = slack(self._terms, lower, upper, values)
        lower, upper = self._proven_again(lower, upper, cost)
        while (
            loose := slack(self._terms, lower, upper, values)
        ) > ROUND * before and self._limits.seconds_left > 0:
            left_open = (
                cost - bound - (before - loose)
            )  # what a relaxation of the narrower model would leave open
            column = self._most_promising(lower, upper, values, left_open)
            if column is None:
                break
            self._ask(column, self._model_over(lower, upper), cost)
            self._open_when_asked[column] = left_open
            lower, upper = self._proven_again(lower, upper, cost)
        return lower, upper

    def _most_promising(self, lower: Vector, upper: Vector, values: Vector, left_open: float) -> int | None:
        """The column whose interval, cut on both sides of the plan, would bring the chords closest to their curves."""
        loose = slack(self._terms, lower, upper, values)
        left = {}
        for k in map(int, self._terms.columns):
            # asked again it gives about as much more as there is less left open
            news = 1 - left_open / self._open_when_asked[k] if k in self._open_when_asked else 1.0
            if lower[k] < values[k] < upper[k] and news > 0:
                less, more = lower.copy(), upper.copy()
                less[k] += CUT * news * (values[k] - lower[k])
                more[k] -= CUT * news * (upper[k] - values[k])
                left[k] = slack(self._terms, *narrowed(self._terms, less, more), values)
        best = min(left, key=lambda k: left[k], default=None)
        return best if best is not None and left[best] < (1 - LITTLE) * loose else None

    def _ask(self, column: int, model: Arrays, cost: float) -> None:
        """Seek the least and the most of one column in plans within the cost, side by side, and keep the proofs."""
        within = _no_dearer(model, cost)
        ways = (1.0, -1.0)
        with ThreadPoolExecutor(self._limits.threads) as pool:
            found = list(pool.map(lambda sign: _multipliers(within, column, sign, self._limits), ways))
        self._proofs |= {(column, sign): y for sign, y in zip(ways, found, strict=True) if y is not None}

    def _proven_again(self, lower: Vector, upper: Vector, cost: float) -> Interval:
        """Column bounds with what all multipliers prove together, over these bounds and for this cost."""
        within = _no_dearer(self._model_over(lower, upper), cost)
        lower, upper = lower.copy(), upper.copy()
        for (k, sign), duals in self._proofs.items():
            least = dual_bound(_seeking(within, k, sign), duals)
            if sign > 0:
                lower[k] = min(max(lower[k], least), upper[k])
            else:
                upper[k] = max(min(upper[k], -least), lower[k])
        lower, upper = narrowed(self._terms, lower, upper)
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


def _seeking(model: Arrays, column: int, sign: float) -> Arrays:
    """The model asked for the least of a column (of its negative, for ``sign`` -1)."""
    objective = np.zeros_like(model.cost)
    objective[column] = sign
    return replace(model, cost=objective)


def _multipliers(model: Arrays, column: int, sign: float, limits: Limits) -> Vector | None:
    """Row multipliers that prove a least value of a column in plans within the cost."""
    asked = _seeking(model, column, sign)
    return solve_lp(asked, limits.seconds_left, stop=limits.stop, tolerance=ROUGH, serves=proves).row_duals
