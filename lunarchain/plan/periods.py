"""The periods of a case as its tables count them, worked out from the scenario alone.

Shares no code with the model, so that what is reported does not repeat a mistake made there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import pandas as pd

from lunarchain.scenario.facts import Facts
from lunarchain.scenario.schema import Scenario

Series = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Periods:
    """Periods of a case: ``edges`` are instants [yr], tail included; the first ``count`` are reported."""

    edges: tuple[float, ...]
    count: int
    discount_rate: float

    @property
    def lengths(self) -> Series:
        """Length of each reported period [yr]."""
        return np.diff(self.edges)[: self.count]

    @property
    def midpoints(self) -> Series:
        """Middle of each reported period [calendar yr]."""
        return np.asarray(self.edges[: self.count]) + self.lengths / 2

    @property
    def discounted_years(self) -> Series:
        """Present value, at the first instant, of 1/yr paid through each reported period [yr]."""
        return self.all_discounted_years[: self.count]

    @property
    def all_discounted_years(self) -> Series:
        """The same with the tail periods, whose rates count though they are not reported [yr]."""
        since = np.asarray(self.edges) - self.edges[0]
        rate = self.discount_rate
        return np.diff(since if rate == 0 else -np.exp(-rate * since) / rate)

    def year(self, period: int) -> int:
        """Calendar year in which a period begins."""
        return math.floor(self.edges[period] + 1e-9)

    def series(self, rows: pd.DataFrame) -> Series:
        """The rows' values summed by period, one entry per reported period, zero where there is no row."""
        by_period = rows.groupby("period")["value"].sum()
        return by_period.reindex(range(self.count), fill_value=0.0).to_numpy(float)

    def average_stock(self, built: Series, life_yr: float, lag_yr: float = 0.0) -> Series:
        """Mean stock in each reported period of what is built at ``built`` [unit/yr] and serves ``life_yr``.

        Service begins ``lag_yr`` after the build. Exact for rates that are constant within a period: the
        build rate integrated twice.
        """
        edges, count = np.asarray(self.edges), self.count

        def twice(instants: Series) -> Series:
            ramp = np.maximum(instants[:, None] - edges[None, :], 0.0) ** 2 / 2
            return np.asarray((ramp[:, :count] - ramp[:, 1 : count + 1]) @ built)

        served = twice(edges - lag_yr) - twice(edges - lag_yr - life_yr)
        return np.diff(served)[:count] / self.lengths

    def best_mean(self, rates: Series, years: float) -> float:
        """Largest mean of a yearly rate over ``years`` in a row, or over all reported years if they are fewer."""
        edges = np.asarray(self.edges[: self.count + 1])
        window = min(years, edges[-1] - edges[0])
        so_far = np.concatenate([[0.0], np.cumsum(rates * self.lengths)])
        # the mean is piecewise linear in where the window stands: it is largest with an end on an edge
        starts = np.clip(np.concatenate([edges, edges - window]), edges[0], edges[-1] - window)
        gained = np.interp(starts + window, edges, so_far) - np.interp(starts, edges, so_far)
        return float(gained.max() / window)

    def total(self, rates: Series) -> float:
        """Rates [1/yr] summed over the reported years."""
        return float(rates @ self.lengths)

    def first_year(self, holds: npt.NDArray[np.bool_]) -> int | None:
        """Year the first period for which ``holds`` begins."""
        return self.year(int(np.argmax(holds))) if holds.any() else None


def periods(scenario: Scenario, facts: Facts) -> Periods:
    """The case's periods: its steps, then its tail."""
    lengths = []
    since = float(scenario.calendar.start)
    for step in scenario.calendar.steps:
        lengths += [step.years] * round((step.until - since) / step.years)
        since = float(step.until)
    tail = [scenario.calendar.tail_years] * scenario.calendar.tail_periods
    edges = accumulate([*lengths, *tail], initial=float(scenario.calendar.start))
    return Periods(tuple(edges), len(lengths), facts.number(scenario.economics.discount_rate, "1/yr"))
