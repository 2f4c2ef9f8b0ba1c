"""Periods of unequal length, discounting, and how builds become stock in continuous time.

A build is a rate [unit/yr] held through a period. What stands later follows from the time between, not from the
number of periods between, so halving the step does not change what a one-year lag means.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lunarchain.scenario.schema import Calendar as CalendarInput

StockWeights = tuple[NDArray[np.int_], NDArray[np.int_], NDArray[np.float64]]


@dataclass(frozen=True)
class Calendar:
    """Model periods. ``edges[t]`` and ``edges[t + 1]`` are the first and last instant of period ``t`` [yr]."""

    edges: tuple[float, ...]
    reported: int
    discount_rate: float
    remaining_life_value: bool = True

    @property
    def count(self) -> int:
        """Number of periods, tail included."""
        return len(self.edges) - 1

    @property
    def periods(self) -> range:
        """All period numbers, in order."""
        return range(self.count)

    @cached_property
    def lengths(self) -> tuple[float, ...]:
        """Length of each period [yr]."""
        return tuple(late - early for early, late in pairwise(self.edges))

    def is_tail(self, period: int) -> bool:
        """Whether a period lies after the horizon and is left out of reports."""
        return period >= self.reported

    def midpoint(self, period: int) -> float:
        """Middle of a period [calendar yr]."""
        return (self.edges[period] + self.edges[period + 1]) / 2

    def gap(self, period: int) -> float:
        """Years between the middles of the previous period and this one (this length for the first)."""
        return self.midpoint(period) - self.midpoint(period - 1) if period else self.lengths[0]

    def allowance(self, period: int, rate: float) -> tuple[float, float]:
        """Growth limits of the form ``seed + (1 + rate) * last``, compounded yearly over the gap between periods.

        Returns the factors of what was there before and of the seed, so that the limit does not depend on the step.
        """
        years = self.gap(period)
        factor = (1 + rate) ** years
        return factor, (factor - 1) / rate if rate else years

    def discounted_years(self, period: int) -> float:
        """Present value of 1/yr flowing through the period [yr], seen from the first instant."""
        return self._discounted[period]

    @cached_property
    def _discounted(self) -> tuple[float, ...]:
        rate, since = self.discount_rate, [edge - self.edges[0] for edge in self.edges]
        return tuple(
            late - early if rate == 0 else float((np.exp(-rate * early) - np.exp(-rate * late)) / rate)
            for early, late in pairwise(since)
        )

    def used_share(self, period: int, life_yr: float) -> float:
        """Share of an asset's price charged to the model: the annuity years that fall before the last instant.

        The rest is the remaining-life value; it never exceeds what was paid.
        """
        left = self.edges[-1] - self.midpoint(period)
        if not self.remaining_life_value or life_yr <= left:
            return 1.0
        rate = self.discount_rate
        return left / life_yr if rate == 0 else float(np.expm1(-rate * left) / np.expm1(-rate * life_yr))

    @cached_property
    def _spans(self) -> tuple[list[float], NDArray[np.int_]]:
        """The distinct spans [yr] between instants of the calendar, and which lies from an instant (row) to another."""
        edges = np.array(self.edges)
        spans, which = np.unique(edges[:, None] - edges, return_inverse=True)
        return spans.tolist(), which.reshape(edges.size, edges.size)

    @cached_property
    def _known_stocks(self) -> dict[tuple[float, ...], NDArray[np.float64]]:
        return {}

    def stocks(self, life_yr: float, lag_yr: float = 0.0, loss_per_yr: float = 0.0) -> NDArray[np.float64]:
        """Average stock through every period (row) per unit/yr built through every period (column) [yr].

        An asset serves from ``lag_yr`` after its build until ``life_yr`` later, shrinking by ``loss_per_yr``.
        Exact: the survival curve integrated twice (build instant and service instant). Worked out once for each life.
        """
        key = (life_yr, lag_yr, loss_per_yr)
        if key not in self._known_stocks:
            spans, which = self._spans
            twice = np.array(
                [_survival_integrated_twice(span - lag_yr, life_yr, loss_per_yr) for span in spans]
            )[which]
            area = twice[1:, :-1] - twice[:-1, :-1] - twice[1:, 1:] + twice[:-1, 1:]
            self._known_stocks[key] = np.tril(np.maximum(area, 0.0) / np.array(self.lengths)[:, None])
        return self._known_stocks[key]

    def stock(
        self, built: int, period: int, life_yr: float, lag_yr: float = 0.0, loss_per_yr: float = 0.0
    ) -> float:
        """Average stock through one period per unit/yr built through another [yr]."""
        return float(self.stocks(life_yr, lag_yr, loss_per_yr)[period, built])

    def stock_weights(
        self, life_yr: float, lag_yr: float = 0.0, loss_per_yr: float = 0.0, once: bool = False
    ) -> StockWeights:
        """Where builds still stand: the period looked at, the period built in, and the stock [yr] per unit/yr built.

        ``once``: per unit built.
        """
        stocks = self.stocks(life_yr, lag_yr, loss_per_yr)
        at, made = np.nonzero(stocks > 1e-9)
        weights = stocks[at, made]
        return at, made, weights / np.array(self.lengths)[made] if once else weights


def _survival_integrated_twice(age: float, life_yr: float, loss_per_yr: float) -> float:
    if age <= 0:
        return 0.0
    served = min(age, life_yr)
    k = loss_per_yr
    once = served if k == 0 else -np.expm1(-k * served) / k
    twice = served**2 / 2 if k == 0 else (served - once) / k
    return float(twice + once * (age - served))


def make_calendar(given: CalendarInput, discount_rate: float, remaining_life_value: bool = True) -> Calendar:
    """Periods from the scenario's steps, followed by its flat tail."""
    edges = [float(given.start)]
    for step in given.steps:
        while edges[-1] < step.until - 1e-9:
            edges.append(edges[-1] + step.years)
    reported = len(edges) - 1
    for _ in range(given.tail_periods):
        edges.append(edges[-1] + given.tail_years)
    return Calendar(tuple(edges), reported, discount_rate, remaining_life_value)
