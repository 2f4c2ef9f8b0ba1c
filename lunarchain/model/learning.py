r"""Prices that fall with what was bought so far (Wright): lift by vehicle, Earth-built satellites, satellite parts.

The bill of everything bought is $C(X) = \int_0^X p_1 ((X_0 + x) / X_0)^{-b} dx$ above a floor: concave in one
cumulative column $X_t$. No feasibility depends on it, so the solving room prices plans on the true curve and bounds
them by chords, without a binary (``solve/learning.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lunarchain.model import algebra
from lunarchain.model.context import Context


@dataclass(frozen=True)
class LearningCurve:
    """Cumulative cost of a cumulative quantity: price $p_1 ((X_0 + x)/X_0)^{-b}$ above a floor, from 0 to $x$.

    Prices in G$ per unit, ``reference`` ($X_0$: what was bought before the start) and quantities in the same unit.
    """

    first_price: float
    reference: float
    exponent: float
    floor: float

    def price(self, bought: float) -> float:
        """Price of the next unit [G$ per unit]."""
        learned = self.first_price * ((self.reference + bought) / self.reference) ** -self.exponent
        return max(learned, self.floor)

    def floor_reached(self) -> float:
        """Quantity at which the price reaches its floor (infinite if it never does)."""
        if self.exponent == 0:
            return np.inf
        ratio = self.first_price / self.floor
        return max(self.reference * (ratio ** (1 / self.exponent) - 1), 0.0)

    def cost(self, bought: float) -> float:
        """Cost of everything bought so far [G$]."""
        return float(Curves((self,)).cost(np.array([bought]))[0])


class Curves:
    """Many curves side by side, so that each is given its own quantity in one pass over arrays."""

    def __init__(self, curves: Sequence[LearningCurve]) -> None:
        self._numbers = tuple(
            np.array([getattr(curve, name) for curve in curves], dtype=float)
            for name in ("first_price", "reference", "exponent", "floor")
        )
        self._floor_reached = np.array([curve.floor_reached() for curve in curves])

    def cost(self, bought: algebra.Vector) -> algebra.Vector:
        """Cost of everything bought so far on each curve [G$]."""
        first_price, x0, b, floor = self._numbers
        on_curve = np.minimum(bought, self._floor_reached)
        stretch = np.log1p(on_curve / x0)
        # (e^{(1-b)s} - 1) / (1-b), which is s where the price halves with every doubling (b = 1)
        halving = b == 1
        stretched = np.where(halving, stretch, np.expm1((1 - b) * stretch) / np.where(halving, 1.0, 1 - b))
        return np.asarray(first_price * x0 * stretched + floor * (bought - on_curve))


@dataclass(frozen=True)
class Learning:
    """One bill on a learning curve: the line of its cumulative quantity, and what it weighs in every period.

    The bill of period $t$ is ``charged[t] * (C(X[t]) - C(X[t-1]))``; the objective holds
    ``sum(weights[t] * C(X[t]))``. ``item`` and ``place`` name it in the table of costs.
    """

    item: str
    place: str
    amounts: algebra.Line
    charged: tuple[float, ...]
    weights: tuple[float, ...]
    curve: LearningCurve


def learning(
    context: Context, item: str, place: str, amounts: algebra.Line, curve: LearningCurve,
    charged: algebra.Vector | None = None,
) -> Learning:  # fmt: skip
    """A bill on a line of cumulative amounts; ``charged`` is the share of each period's purchases that is paid (all).

    The weights are not negative, and chords therefore lie below the bill, because neither what a later year is worth
    nor the share charged of what is bought later is ever higher.
    """
    calendar = context.inputs.calendar
    shares = (1.0,) * calendar.count if charged is None else tuple(charged.tolist())
    per_year = [calendar.discounted_years(t) / calendar.lengths[t] * shares[t] for t in calendar.periods] + [
        0.0
    ]
    weights = tuple(early - late for early, late in pairwise(per_year))
    return Learning(item, place, amounts, shares, weights, curve)
