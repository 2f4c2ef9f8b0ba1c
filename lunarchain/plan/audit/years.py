"""Time for the audit: periods, discounting and what of a build still stands, all by quadrature.

The model integrates survival curves in closed form. Here the same averages are taken numerically, over pieces
on which the integrand is smooth, so that an error of algebra there cannot repeat itself here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from lunarchain.plan.audit.certificate import Vector
from lunarchain.scenario.schema import Calendar

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


def integral(function: Callable[[Vector], Vector], start: float, end: float) -> float:
    """Integral of a smooth function by Gauss-Legendre quadrature."""
    half = (end - start) / 2
    return float(half * (_WEIGHTS @ function(start + half * (_NODES + 1))))


@dataclass(frozen=True)
class Years:
    """The periods of a case. Arrays have one entry per period; ``edges`` has one more."""

    edges: Vector
    reported: int
    rate: float
    remaining_life_value: bool
    tax_credit: float = 0.0
    _seen: dict[tuple[float, float, float], Vector] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of periods, tail included."""
        return self.edges.size - 1

    @property
    def lengths(self) -> Vector:
        """Years in each period."""
        return np.diff(self.edges)

    @property
    def middles(self) -> Vector:
        """Calendar year in the middle of each period."""
        return (self.edges[1:] + self.edges[:-1]) / 2

    @property
    def since_start(self) -> Vector:
        """Years from the first instant to the middle of each period."""
        return self.middles - self.edges[0]

    @property
    def steps(self) -> Vector:
        """Years from the middle of the period before to that of this one; the first counts its length."""
        return np.concatenate([self.lengths[:1], np.diff(self.middles)])

    def grown(self, before: Vector, rate: float, seed: float) -> Vector:
        """What growth from ``before`` reaches in the steps: a seed a year and its own increase, year upon year."""
        increase = np.expm1(self.steps * np.log1p(rate))
        return before * (1 + increase) + seed * (increase / rate if rate else self.steps)

    def worth(self) -> Vector:
        """Present value [yr] of one a year paid all through each period."""
        return np.array([self._annuity(start, end) for start, end in pairwise(self.edges)])

    def charged(self, life_yr: float) -> Vector:
        """Share of a price that falls inside the model: annuity of the years left over that of the life.

        Less the tax credit, which returns a share of whatever is charged.
        """
        if not self.remaining_life_value:
            return np.full(self.count, 1 - self.tax_credit)
        first = self.edges[0]
        left = np.minimum(self.edges[-1] - self.middles, life_yr)
        whole = self._annuity(first, first + life_yr)
        kept = 1 - self.tax_credit
        return kept * np.array([self._annuity(first, first + years) for years in left]) / whole

    def _annuity(self, start: float, end: float) -> float:
        return integral(lambda instant: np.exp(-self.rate * (instant - self.edges[0])), start, end)

    def standing(
        self, built_per_yr: Vector, life_yr: float, lag_yr: float = 0.0, loss_per_yr: float = 0.0
    ) -> Vector:
        """Average stock through each period of what is built at ``built_per_yr`` through each period.

        A unit serves from ``lag_yr`` after it was built for ``life_yr``, fading by ``loss_per_yr``.
        """
        key = (life_yr, lag_yr, loss_per_yr)
        if key not in self._seen:
            self._seen[key] = self._weights(*key)
        return self._seen[key] @ built_per_yr

    def _weights(self, life: float, lag: float, loss: float) -> Vector:
        weights = np.zeros((self.count, self.count))
        for built in range(self.count):
            for period in range(built, self.count):
                weights[period, built] = self._average(built, period, life, lag, loss)
        return weights

    def _average(self, built: int, period: int, life: float, lag: float, loss: float) -> float:
        """Mean over the period's instants of the years of building that serve at that instant."""
        first, last = self.edges[built : built + 2]
        start, end = self.edges[period : period + 2]

        def serving(instant: Vector) -> Vector:
            youngest = np.maximum(instant - last - lag, 0.0)
            oldest = np.clip(instant - first - lag, 0.0, life)
            span = np.maximum(oldest - youngest, 0.0)
            if loss == 0:
                return span
            return np.where(span > 0, -np.exp(-loss * youngest) * np.expm1(-loss * span) / loss, 0.0)

        kinks = [first + lag, last + lag, first + lag + life, last + lag + life]
        cuts = np.unique([start, *(kink for kink in kinks if start < kink < end), end])
        total = sum(integral(serving, a, b) for a, b in pairwise(cuts))
        return total / (end - start)


def years_of(
    calendar: Calendar, rate_per_yr: float, remaining_life_value: bool, tax_credit: float = 0.0
) -> Years:
    """The periods a scenario asks for: its steps, then its tail."""
    parts, start = [np.array([float(calendar.start)])], float(calendar.start)
    for step in calendar.steps:
        count = round((step.until - start) / step.years)
        parts.append(np.linspace(start, step.until, count + 1)[1:])
        start = float(step.until)
    reported = sum(part.size for part in parts) - 1
    parts.append(start + calendar.tail_years * np.arange(1, calendar.tail_periods + 1))
    return Years(np.concatenate(parts), reported, rate_per_yr, remaining_life_value, tax_credit)
