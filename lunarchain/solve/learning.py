r"""Bills on learning curves (lift, Earth-built satellites, their parts), treated exactly instead of by pieces.

A bill is $\sum_t \omega_t C(X_t)$ with $C$ concave, one variable per term, and no feasibility
depends on it. So
any plan priced on the true curve is a valid upper bound, and the chord of $C$ over $[L_t, U_t]$ is the tightest
linear function below it there: a valid lower bound without a single binary. Where cadence binds, $X_t = U_t$ and the
chord is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from lunarchain.model.learning import Learning, LearningCurve
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
        lifted = np.maximum(values[self.columns], 0.0)
        return float(sum(w * c.cost(x) for w, c, x in zip(self.weights, self.curves, lifted, strict=True)))


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
    most = dict(zip(terms.columns, terms.reach, strict=True)) if terms.chains else {}
    for chain in set(terms.chains):
        columns = terms.columns[np.array(terms.chains) == chain]
        for early, late in pairwise(columns):
            step = most[late] - most[early]
            lower[late] = max(lower[late], lower[early])
            upper[late] = min(upper[late], upper[early] + step)
        for early, late in reversed(list(pairwise(columns))):
            step = most[late] - most[early]
            upper[early] = min(upper[early], upper[late])
            lower[early] = max(lower[early], lower[late] - step)
    return lower, upper


def with_chords(arrays: Arrays, terms: LearningTerms, lower: Vector, upper: Vector) -> Arrays:
    """The model with each learning term replaced by its chord over ``[lower, upper]``: costs never above the truth."""
    slopes = np.zeros(len(terms.columns))
    intercepts = np.zeros(len(terms.columns))
    for k, (curve, low, high) in enumerate(zip(terms.curves, lower, upper, strict=True)):
        at_low = curve.cost(low)
        slopes[k] = (curve.cost(high) - at_low) / (high - low) if high > low else curve.price(low)
        intercepts[k] = at_low - slopes[k] * low
    return _priced(arrays, terms, slopes, float(terms.weights @ intercepts))


def short_of_curve(terms: LearningTerms, lower: Vector, upper: Vector, values: Vector) -> Vector:
    """What the chord of each term over ``[lower, upper]`` lies below its curve at a plan [G$]."""
    found = np.zeros(len(terms.columns))
    for n, (k, curve, weight) in enumerate(zip(terms.columns, terms.curves, terms.weights, strict=True)):
        low, high = lower[k], upper[k]
        at = min(max(float(values[k]), low), high)
        if low < at < high:
            share = (at - low) / (high - low)
            found[n] = weight * (curve.cost(at) - (1 - share) * curve.cost(low) - share * curve.cost(high))
    return found


def with_tangents(arrays: Arrays, terms: LearningTerms, values: Vector) -> Arrays:
    """The model with each learning term replaced by its tangent at a plan: improving on it improves the true cost."""
    lifted = np.maximum(values[terms.columns], 0.0)
    slopes = np.array([curve.price(x) for curve, x in zip(terms.curves, lifted, strict=True)])
    constants = np.array([c.cost(x) - s * x for c, s, x in zip(terms.curves, slopes, lifted, strict=True)])
    return _priced(arrays, terms, slopes, float(terms.weights @ constants))


def _priced(arrays: Arrays, terms: LearningTerms, slopes: Vector, constant: float) -> Arrays:
    cost = arrays.cost.copy()
    np.add.at(cost, terms.columns, terms.weights * slopes)
    return replace(arrays, cost=cost, offset=arrays.offset + constant)


def true_cost(arrays: Arrays, terms: LearningTerms, values: Vector) -> float:
    """Objective of a plan with its lift priced on the true curve [G$]."""
    return float(arrays.cost @ values + arrays.offset + terms.cost(values))
