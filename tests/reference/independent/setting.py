"""What every part of the second formulation reads: the case, its facts in model units, the problem being written."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd

from lunarchain.driver.design import LauncherDesign
from lunarchain.industry.satellites import SatellitePair, pair
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.schema import Scenario
from tests.reference.independent.periods import Periods, periods, standing
from tests.reference.independent.problem import Problem, Terms

HOURS = 8766.0
SLICES = ("lit", "dark")
# Below this a stock weight is the rounding of an integral over nothing.
TINY = 1e-12


@dataclass
class Setting:
    """A case under translation."""

    scenario: Scenario
    facts: Facts
    departures: pd.DataFrame
    p: Periods
    pair: SatellitePair
    sites: tuple[str, ...]
    problem: Problem = field(default_factory=Problem)
    menus: dict[str, list[LauncherDesign]] = field(default_factory=dict)

    def number(self, key: str, unit: str = "dimensionless") -> float:
        return self.facts.number(key, unit)

    def share(self, site: str, slice_: str) -> float:
        """Share of the year a site spends in a slice."""
        lit = self.number(f"sites.{site}.lit_fraction")
        return lit if slice_ == "lit" else 1 - lit

    def stock(self, name: tuple, t: int, life: float, lag: float = 0.0, loss: float = 0.0) -> Terms:
        """What stands in ``t`` of all that the column family ``(*name, period)`` built."""
        weights = ((standing(self.p, b, t, life, lag, loss), b) for b in range(t + 1))
        return [(w, self.problem[(*name, b)]) for w, b in weights if w > TINY]

    def pay(self, t: int, price: float, column: int, life: float | None = None, owner: str = "lunar") -> None:
        """Cost of ``price`` per unit a year; of an asset only the years it serves within the model."""
        share = 1.0 if life is None else self.due(t, life, owner)
        self.problem.pay(self.p.present(t) * price * share, column)

    def due(self, t: int, life: float, owner: str) -> float:
        """Share of a price due within the model: less the credit, at the cost of its owner's capital."""
        kept = 1 - (self.scenario.policy.investment_tax_credit or 0.0)
        lender = {
            "orbital": self.scenario.economics.actors.orbital,
            "ground": self.scenario.economics.actors.ground,
            "lunar": self.scenario.economics.actors.lunar,
        }[owner]
        dearer = 1.0
        if lender is not None:
            dearer = per_year(self.number(lender, "1/yr"), life) / per_year(self.p.rate, life)
        return self.p.charged(t, life) * kept * dearer

    @property
    def bought(self) -> float:
        """Goods bought for each that survives its launch."""
        safest = min(self.number(f"vehicles.{v}.failure_probability") for v in self.scenario.launch.vehicles)
        return 1 / (1 - safest)

    def need(self, *key: object, terms: Terms) -> None:
        """Add to a shared sum."""
        self.problem.sums[key] += terms


def per_year(rate: float, years: float) -> float:
    """What one lent today asks back in every year."""
    return 1 / years if rate == 0 else rate / (1 - math.exp(-rate * years))


def setting(scenario: Scenario, facts: Facts, departures: pd.DataFrame) -> Setting:
    """Start a translation."""
    p = periods(scenario, facts.number(scenario.economics.discount_rate, "1/yr"))
    sites = scenario.moon.sites if scenario.moon.allowed else ()
    return Setting(scenario, facts, departures, p, pair(facts, scenario.satellites.pair), sites)
