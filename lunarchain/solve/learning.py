r"""The launch bill on its learning curve, treated exactly instead of by pieces.

The cost of lift is $\sum_t \omega_t C(X_t)$ with $C$ concave, one variable per term, and no feasibility
depends on it. So
any plan priced on the true curve is a valid upper bound, and the chord of $C$ over $[L_t, U_t]$ is the tightest
linear function below it there: a valid lower bound without a single binary. Where cadence binds, $X_t = U_t$ and the
chord is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lunarchain.model.earth_launch import Learning, LearningCurve
from lunarchain.solve.arrays import Arrays, Vector


@dataclass(frozen=True)
class LearningTerms:
    """The learning terms of one model in column numbers: ``weights @ C(x[columns])``, one curve per entry."""

    columns: np.ndarray
    weights: Vector
    curves: tuple[LearningCurve, ...]

    def cost(self, values: Vector) -> float:
        """True cost of the lift in a plan [G$]."""
        lifted = np.maximum(values[self.columns], 0.0)
        return float(sum(w * c.cost(x) for w, c, x in zip(self.weights, self.curves, lifted, strict=True)))


def learning_terms(arrays: Arrays, learning: list[Learning]) -> LearningTerms:
    """Column numbers and weights of every learning vehicle."""
    entries = [
        (place, weight, vehicle.curve)
        for vehicle in learning
        for variable, weight in zip(vehicle.lifted, vehicle.weights, strict=True)
        if (place := int(arrays.place[variable.number])) >= 0
    ]
    columns, weights, curves = zip(*entries, strict=True) if entries else ((), (), ())
    return LearningTerms(np.array(columns, dtype=int), np.array(weights, dtype=float), tuple(curves))


def with_chords(arrays: Arrays, terms: LearningTerms, lower: Vector, upper: Vector) -> Arrays:
    """The model with each learning term replaced by its chord over ``[lower, upper]``: costs never above the truth."""
    slopes = np.zeros(len(terms.columns))
    intercepts = np.zeros(len(terms.columns))
    for k, (curve, low, high) in enumerate(zip(terms.curves, lower, upper, strict=True)):
        at_low = curve.cost(low)
        slopes[k] = (curve.cost(high) - at_low) / (high - low) if high > low else curve.price(low)
        intercepts[k] = at_low - slopes[k] * low
    return _priced(arrays, terms, slopes, float(terms.weights @ intercepts))


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
