"""Everything the subsystems share while one model is built: the case, its calendar, its names, its ledgers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lunarchain.driver.design import LauncherDesign
from lunarchain.driver.stands import Stand
from lunarchain.industry.network import Process
from lunarchain.industry.satellites import SatellitePair
from lunarchain.model.algebra import Line, Number, Term, Vector
from lunarchain.model.arcs import Arc
from lunarchain.model.calendar import Calendar
from lunarchain.model.ledger import Ledger
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.schema import Scenario

COMPUTE = ("imp_compute", "imp_package")  # imports whose price is per GW: chips, on boards or bare
ALL = ""  # the key of a ledger that holds one balance
HOURS_PER_YEAR = 8766.0  # Julian year: the calendar's own unit, so GW x HOURS_PER_YEAR is GWh/yr


@dataclass(frozen=True)
class Site:
    """A lunar site: its kind, soil network and the two slices of its year."""

    id: str
    kind: str
    network: dict[str, Process]
    lit_share: float
    dark_spell_h: float
    earliest_landing_yr: float

    def share(self, slice_: str) -> float:
        """Share of the year (0 to 1) in a slice, ``lit`` or ``dark``."""
        return self.lit_share if slice_ == "lit" else 1.0 - self.lit_share


@dataclass(frozen=True)
class Inputs:
    """The case turned into what the model computes with: plain numbers in kt, GW, GWh, G$ and years."""

    scenario: Scenario
    facts: Facts
    calendar: Calendar
    sites: dict[str, Site]
    pair: SatellitePair
    arcs: tuple[Arc, ...]
    stands: dict[str, Stand]
    menu: dict[str, tuple[LauncherDesign, ...]]  # by stand

    def number(self, key: str, unit: str) -> float:
        """A fact in the wanted unit."""
        return self.facts.number(key, unit)

    @property
    def bought_per_flown(self) -> float:
        """What is bought for each that arrives: what a failed launch carried is bought again.

        Cargo flies on the most reliable vehicle of the case.
        """
        vehicles = self.scenario.launch.vehicles
        return 1 / (
            1 - min(self.number(f"vehicles.{v}.failure_probability", "dimensionless") for v in vehicles)
        )

    def annuity_factor(self, actor: str, life_yr: float) -> float:
        """How much more a year's capital costs an actor at its own rate than at that of the case (1 without one)."""
        fact = getattr(self.scenario.economics.actors, actor)
        if fact is None:
            return 1.0
        own, common = self.number(fact, "1/yr"), self.calendar.discount_rate
        return _annuity(own, life_yr) / _annuity(common, life_yr)

    @property
    def most_gw_per_yr(self) -> float:
        """Physical cap on what can be added in a year [GW/yr]: all of the demand at its highest, at once."""
        demand = self.scenario.demand
        return demand.ceiling_gw * max(len(demand.by_class), 1) * demand.tiers[-1]

    @property
    def flow_cap_kt(self) -> float:
        """Physical cap on any mass flow [kt/yr]: every column of the model is finite, so its bound is a proof.

        Nothing here handles more than the soil for the heaviest satellites at the highest demand.
        """
        return 50.0 * self.pair.moon_mass_kt * self.most_gw_per_yr

    @property
    def most_power_gw(self) -> float:
        """Physical cap on nameplate power [GW]: twice what melting all the soil of ``flow_cap_kt`` would draw.

        By the thirstiest reactor, from the power option that gives least of its nameplate.
        """
        melts = [
            p.electricity_gwh for s in self.sites.values() for p in s.network.values() if "feed" in p.inputs
        ]
        outputs = [
            sum(
                self.number(f"power.{k}.{s}_output", "dimensionless") * site.share(s) for s in ("lit", "dark")
            )
            for site in self.sites.values()
            for k in self.facts.children("power")
            if f"power.{k}.lit_output" in self.facts
        ]
        return 2 * self.flow_cap_kt * max(melts, default=0.0) / HOURS_PER_YEAR / min(outputs, default=1.0)


@dataclass
class Ledgers:
    """The balances of the model, each in every period. Keys: see each subsystem that posts."""

    commodity: Ledger = field(default_factory=Ledger)  # (site, commodity) [kt/yr]
    energy: Ledger = field(default_factory=Ledger)  # (site, slice) [GWh/yr], demand positive
    heat: Ledger = field(default_factory=Ledger)  # (site, slice) [t of radiator]
    labour: Ledger = field(default_factory=Ledger)  # site [kt handled/yr]
    structure: Ledger = field(default_factory=Ledger)  # site [kt/yr of plant structure wanted]
    precision: Ledger = field(default_factory=Ledger)  # site [kt/yr of precision parts wanted]
    landed: Ledger = field(default_factory=Ledger)  # (site, cargo) [kt/yr]
    lifted: Ledger = field(default_factory=Ledger)  # (orbit, cargo) [kt/yr]
    sent: Ledger = field(default_factory=Ledger)  # (site, good) [kt/yr of product thrown]
    delivered: Ledger = field(default_factory=Ledger)  # (orbit, good) [kt/yr of product that arrives]
    hauled: Ledger = field(default_factory=Ledger)  # (site, good) [kt/yr, arrivals positive]
    orbital_oxygen: Ledger = field(default_factory=Ledger)  # ALL [kt/yr drawn at depots]
    chips: Ledger = field(default_factory=Ledger)  # ALL [GW/yr]
    parts: Ledger = field(default_factory=Ledger)  # ALL [kt/yr of satellite parts bought on Earth]
    bodies: Ledger = field(default_factory=Ledger)  # ALL [GW/yr of Earth-built satellites bought]
    landed_chips: Ledger = field(default_factory=Ledger)  # ALL [kt/yr]
    alumina: Ledger = field(default_factory=Ledger)  # ALL [kt/yr]
    cost: Ledger = field(default_factory=Ledger)  # item [G$/yr, present value factors not applied]


@dataclass
class Context:
    """One model under construction."""

    inputs: Inputs
    model: Any  # what the subsystems declare to: ``algebra.Model``, or a Pyomo model
    ledgers: Ledgers = field(default_factory=Ledgers)
    subsystems: dict[str, str] = field(default_factory=dict)  # component name -> module that wrote it
    _shares: dict[tuple[float, str], Vector] = field(default_factory=dict)

    @property
    def periods(self) -> range:
        """All period numbers."""
        return self.inputs.calendar.periods

    def over(self, of: Callable[[int], float]) -> Vector:
        """A number for every period."""
        return np.array([of(t) for t in self.periods], dtype=float)

    @cached_property
    def years(self) -> Vector:
        """Length of every period [yr]."""
        return np.array(self.inputs.calendar.lengths)

    def at_first(self, first: float, then: Number) -> Vector:
        """One number in the first period, others after it."""
        return np.where(np.arange(len(self.periods)) == 0, first, then)

    def named(self, terms: list[Term]) -> NDArray[np.bool_]:
        """The periods in which a sum has any term."""
        found = np.zeros(len(self.periods), dtype=bool)
        for _, line in terms:
            found[line.at] = True
        return found

    def allowance(self, rate: float) -> tuple[Vector, Vector]:
        """Growth from one period to the next in every period: see ``Calendar.allowance``."""
        factors, seeds = zip(*(self.inputs.calendar.allowance(t, rate) for t in self.periods), strict=True)
        return np.array(factors), np.array(seeds)

    def stock(
        self, built: Line, life_yr: float, lag_yr: float = 0.0, loss_per_yr: float = 0.0, once: bool = False
    ) -> Line:
        """The average stock in every period of all that was built.

        ``once``: what is built is counted when it is built, not per year.
        """
        at, made, weights = self.inputs.calendar.stock_weights(life_yr, lag_yr, loss_per_yr, once)
        return Line(at, built.columns[made], weights)

    def charged_share(self, life_yr: float, actor: str) -> Vector:
        """Share of an asset's price that is charged in every period: the years used, less any tax credit, at its
        owner's rate."""
        if (life_yr, actor) not in self._shares:
            credit = self.inputs.scenario.policy.investment_tax_credit or 0.0
            annuity = self.inputs.annuity_factor(actor, life_yr)
            used = self.inputs.calendar.used_share
            self._shares[life_yr, actor] = self.over(lambda t: (1 - credit) * used(t, life_yr) * annuity)
        return self._shares[life_yr, actor]

    def pay(
        self, item: str, price: Number, line: Line, life_yr: float | None = None, actor: str = "lunar"
    ) -> None:
        """Post a cost of ``price`` [G$ per unit/yr]; with a life, what is charged of an asset that ``actor`` owns."""
        share = 1.0 if life_yr is None else self.charged_share(life_yr, actor)
        self.ledgers.cost.post(item, price * share, line)

    def buy(
        self, item: str, price: Number, line: Line, life_yr: float | None = None, actor: str = "lunar"
    ) -> None:
        """Pay for what is flown from Earth: what failed launches carried is bought again."""
        self.pay(item, price * self.inputs.bought_per_flown, line, life_yr, actor)


def _annuity(rate: float, years: float) -> float:
    """Yearly payment, all through the years, that is worth one today."""
    return 1 / years if rate == 0 else rate / -math.expm1(-rate * years)
