"""Time: periods, discounting, and what stands of what was built, by numerical integration over instants."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from lunarchain.scenario.schema import Scenario

NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)


@dataclass(frozen=True)
class Periods:
    """Edges of the periods [yr], how many count as reported, and the yearly rate of discount."""

    edges: tuple[float, ...]
    reported: int
    rate: float
    credit: bool

    @property
    def all(self) -> range:
        return range(len(self.edges) - 1)

    def length(self, t: int) -> float:
        return self.edges[t + 1] - self.edges[t]

    def middle(self, t: int) -> float:
        return (self.edges[t + 1] + self.edges[t]) / 2

    def since_last(self, t: int) -> float:
        """Years between the middles of this period and the one before."""
        return self.middle(t) - self.middle(t - 1)

    def years_in(self, t: int) -> float:
        """Years from the first instant to the middle of the period."""
        return self.middle(t) - self.edges[0]

    def present(self, t: int) -> float:
        """Present value of one per year paid evenly through the period."""
        return _piecewise(
            lambda u: np.exp(self.rate * (self.edges[0] - u)), [self.edges[t], self.edges[t + 1]]
        )

    def charged(self, t: int, life: float) -> float:
        """Share of an asset's annuity that falls before the last instant."""
        if not self.credit:
            return 1.0
        years = min(life, self.edges[-1] - self.middle(t))
        if self.rate == 0:
            return years / life
        return math.expm1(-self.rate * years) / math.expm1(-self.rate * life)


def periods(scenario: Scenario, rate: float) -> Periods:
    """The scenario's steps one after another, then its tail."""
    edges = [float(scenario.calendar.start)]
    for step in scenario.calendar.steps:
        while edges[-1] < step.until - 1e-9:
            edges.append(edges[-1] + step.years)
    reported = len(edges) - 1
    for _ in range(scenario.calendar.tail_periods):
        edges.append(edges[-1] + scenario.calendar.tail_years)
    return Periods(tuple(edges), reported, rate, scenario.economics.remaining_life_value)


def _piecewise(curve: Callable[[np.ndarray], np.ndarray], breaks: list[float]) -> float:
    """Integral of a curve smooth between the breaks."""
    total = 0.0
    for low, high in pairwise(breaks):
        middle, half = (low + high) / 2, (high - low) / 2
        total += half * float(WEIGHTS @ curve(middle + half * NODES))
    return total


@cache
def standing(p: Periods, built: int, t: int, life: float, lag: float = 0.0, loss: float = 0.0) -> float:
    """Average over period ``t`` of what stands of one a year built through ``built``."""
    start, end = p.edges[t], p.edges[t + 1]

    def seen(instant: np.ndarray) -> np.ndarray:
        first = np.clip(start - instant - lag, 0, life)
        last = np.clip(end - instant - lag, 0, life)
        return last - first if loss == 0 else (np.exp(-loss * first) - np.exp(-loss * last)) / loss

    low, high = p.edges[built], p.edges[built + 1]
    kinks = {edge - lag - age for edge in (start, end) for age in (0.0, life)}
    breaks = sorted({low, high} | {kink for kink in kinks if low < kink < high})
    return _piecewise(seen, breaks) / (end - start)


def compounded(first: float, growth: float, years: float) -> float:
    """A quantity growing by a constant yearly share."""
    return first * math.exp(years * math.log1p(growth))


def seeds(seed: float, growth: float, years: float) -> float:
    """What a seed sown every year has become after some years of growth: a geometric sum."""
    return seed * years if growth == 0 else seed * (compounded(1.0, growth, years) - 1) / growth
