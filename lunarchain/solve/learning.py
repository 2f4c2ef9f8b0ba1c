r"""Bills on learning curves (lift, Earth-built satellites, their parts), treated exactly instead of by pieces.

A bill is $\sum_t \omega_t C(X_t)$ with $C$ concave, one variable per term, and no feasibility
depends on it. So
any plan priced on the true curve is a valid upper bound, and the chord of $C$ over $[L_t, U_t]$ is the tightest
linear function below it there: a valid lower bound without a single binary. Where cadence binds, $X_t = U_t$ and the
chord is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lunarchain.model.learning import Curves, Learning, LearningCurve
from lunarchain.solve.arrays import Arrays, Vector


@dataclass(frozen=True)
class LearningTerms:
    """The learning terms of one model in column numbers: ``weights @ C(x[columns])``, one curve per entry."""

    columns: np.ndarray
    weights: Vector
    curves: tuple[LearningCurve, ...]
    chains: tuple[
        int, ...
    ] = ()  # the bill each entry belongs to; its columns never fall from one to the next
    reach: tuple[
        float, ...
    ] = ()  # the most each column could be at the fastest, before anything was narrowed

    def cost(self, values: Vector) -> float:
        """True cost of all that learns in a plan [G$]."""
        return float(sum(self.weights * self.side_by_side.cost(np.maximum(values[self.columns], 0.0))))

    @cached_property
    def side_by_side(self) -> Curves:
        """The curves as one, which takes an array of quantities."""
        return Curves(self.curves)

    @cached_property
    def in_order(self) -> list[tuple[np.ndarray, list[float]]]:
        """The columns of each bill, early to late, and the most that could be bought between one and the next."""
        bills = np.array(self.chains, dtype=int)
        of_bills = [np.flatnonzero(bills == bill) for bill in sorted(set(self.chains))]
        reach = np.array(self.reach)
        return [(self.columns[which], np.diff(reach[which]).tolist()) for which in of_bills]


def learning_terms(arrays: Arrays, learning: list[Learning]) -> LearningTerms:
    """Column numbers and weights of every bill that learns."""
    entries = [
        (place, weight, bill.curve, chain)
        for chain, bill in enumerate(learning)
        for number, weight in zip(bill.amounts.columns, bill.weights, strict=True)
        if (place := int(arrays.place[number])) >= 0
    ]
    columns, weights, curves, chains = zip(*entries, strict=True) if entries else ((), (), (), ())
    reach = tuple(float(arrays.upper[k]) for k in columns)
    return LearningTerms(np.array(columns, dtype=int), np.array(weights, dtype=float), curves, chains, reach)


def narrowed(terms: LearningTerms, lower: Vector, upper: Vector) -> tuple[Vector, Vector]:
    """Column bounds with what a limit on one cumulative quantity says of the others of its bill.

    It never falls from one period to the next, and never rises by more than what could be bought between them.
    """
    lower, upper = lower.copy(), upper.copy()
    for columns, steps in terms.in_order:
        least, most = lower[columns].tolist(), upper[columns].tolist()  # floats of Python's own are the quicker ones
        for late, step in enumerate(steps, 1):
            least[late] = max(least[late], least[late - 1])
            most[late] = min(most[late], most[late - 1] + step)
        for late, step in zip(range(len(steps), 0, -1), reversed(steps), strict=True):
            most[late - 1] = min(most[late - 1], most[late])
            least[late - 1] = max(least[late - 1], least[late] - step)
        lower[columns], upper[columns] = least, most
    return lower, upper


def with_chords(arrays: Arrays, terms: LearningTerms, lower: Vector, upper: Vector) -> Arrays:
    """The model with each learning term replaced by its chord over ``[lower, upper]``: costs never above the truth."""
    cost, wide = terms.side_by_side.cost, upper > lower
    at_lower = cost(lower)
    prices = np.array([curve.price(low) for curve, low in zip(terms.curves, lower, strict=True)])
    slopes = np.divide(cost(upper) - at_lower, upper - lower, out=prices, where=wide)
    return _priced(arrays, terms, slopes, float(terms.weights @ (at_lower - slopes * lower)))


def short_of_curve(terms: LearningTerms, lower: Vector, upper: Vector, values: Vector) -> Vector:
    """What the chord of each term over ``[lower, upper]`` lies below its curve at a plan [G$]."""
    low, high = lower[terms.columns], upper[terms.columns]
    at = np.minimum(np.maximum(values[terms.columns], low), high)
    between = (low < at) & (at < high)
    share = np.divide(at - low, high - low, out=np.zeros_like(at), where=between)
    cost = terms.side_by_side.cost
    return np.where(between, terms.weights * (cost(at) - (1 - share) * cost(low) - share * cost(high)), 0.0)


def with_tangents(arrays: Arrays, terms: LearningTerms, values: Vector) -> Arrays:
    """The model with each learning term replaced by its tangent at a plan: improving on it improves the true cost."""
    lifted = np.maximum(values[terms.columns], 0.0)
    slopes = np.array([curve.price(x) for curve, x in zip(terms.curves, lifted, strict=True)])
    constants = terms.side_by_side.cost(lifted) - slopes * lifted
    return _priced(arrays, terms, slopes, float(terms.weights @ constants))


def _priced(arrays: Arrays, terms: LearningTerms, slopes: Vector, constant: float) -> Arrays:
    cost = arrays.cost.copy()
    np.add.at(cost, terms.columns, terms.weights * slopes)
    return replace(arrays, cost=cost, offset=arrays.offset + constant)


def true_cost(arrays: Arrays, terms: LearningTerms, values: Vector) -> float:
    """Objective of a plan with its lift priced on the true curve [G$]."""
    return float(arrays.cost @ values + arrays.offset + terms.cost(values))
