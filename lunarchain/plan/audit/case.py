"""The plan and the case it answers, read for the audit: tables as series over the periods, facts as plain numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lunarchain.industry.network import Process, processes
from lunarchain.industry.plant import Grade, grades, plant_kit
from lunarchain.industry.satellites import SatellitePair, assembly, pair
from lunarchain.plan.audit.certificate import Vector
from lunarchain.plan.audit.years import Years, years_of
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.schema import Scenario
from lunarchain.units import factor

HOURS_PER_YEAR = factor("yr", "hour")
SLICES = ("lit", "dark")
GROUND = "ground"
BUILDS = ("earth", "hybrid", "moon")

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Site:
    """A lunar site with the processes it may run and the two slices of its year."""

    id: str
    kind: str
    soil: str
    network: dict[str, Process]
    lit_share: float
    dark_spell_h: float

    def share(self, slice_: str) -> float:
        """Share of the year in a slice."""
        return self.lit_share if slice_ == "lit" else 1 - self.lit_share

    def hours(self, slice_: str) -> float:
        """Hours a year in a slice."""
        return HOURS_PER_YEAR * self.share(slice_)


@dataclass(frozen=True)
class Case:
    """Everything the audit reads. ``series`` holds every table as (node, item, detail) -> one number per period."""

    scenario: Scenario
    facts: Facts
    departures: pd.DataFrame
    years: Years
    sites: dict[str, Site]
    pair: SatellitePair
    grades: dict[str, Grade]
    series: Mapping[str, Mapping[Key, Vector]]

    def of(self, table: str, node: str, item: str, detail: str = "") -> Vector:
        """One row of a table over the periods; zero where the table is silent."""
        return self.series.get(table, {}).get((node, item, detail), self.zero)

    def rows(self, table: str) -> Iterator[tuple[str, str, str, Vector]]:
        """Every (node, item, detail) a table names, with its numbers over the periods."""
        for (node, item, detail), values in self.series.get(table, {}).items():
            yield node, item, detail, values

    @property
    def zero(self) -> Vector:
        """Nothing, in every period."""
        return np.zeros(self.years.count)

    @property
    def ones(self) -> Vector:
        """One, in every period."""
        return np.ones(self.years.count)

    def number(self, key: str, unit: str = "dimensionless") -> float:
        """A fact in the wanted unit."""
        return self.facts.number(key, unit)

    def total(self, table: str, node: str, item: str, details: tuple[str, ...]) -> Vector:
        """Sum of some rows of a table over the periods."""
        return np.sum([self.of(table, node, item, detail) for detail in details], axis=0)

    def activity(self, site: str, process: str) -> Vector:
        """Yearly activity of a process, lit and dark together [unit/yr]."""
        return self.total("activity", site, process, SLICES)


def read_case(
    tables: Mapping[str, pd.DataFrame], scenario: Scenario, facts: Facts, departures: pd.DataFrame
) -> Case:
    """The case behind a plan. Raises ``InputError`` where a name of the scenario is unknown to the facts."""
    rate = facts.number(scenario.economics.discount_rate, "1/yr")
    years = years_of(scenario.calendar, rate, scenario.economics.remaining_life_value)
    names = scenario.moon.sites if scenario.moon.allowed else ()
    satellites = pair(facts, scenario.satellites.pair)
    return Case(
        scenario=scenario,
        facts=facts,
        departures=departures,
        years=years,
        sites={name: _site(scenario, facts, satellites, name) for name in names},
        pair=satellites,
        grades={name: g for name, g in grades(facts).items() if not np.isnan(g.import_factor)},
        series={name: _series(table, years.count) for name, table in tables.items()},
    )


def _series(table: pd.DataFrame, count: int) -> dict[Key, Vector]:
    """Rows of periods the calendar does not have are left to the check on names."""
    found: dict[Key, Vector] = {}
    columns = (table[name].tolist() for name in ("period", "node", "item", "detail", "value"))
    for period, node, item, detail, value in zip(*columns, strict=True):
        if 0 <= period < count:
            found.setdefault((node, item, detail), np.zeros(count))[period] += value
    return found


def _site(scenario: Scenario, facts: Facts, satellites: SatellitePair, site: str) -> Site:
    soil, kind = facts.text(f"sites.{site}.soil"), facts.text(f"sites.{site}.kind")
    chosen = {p.id: p for p in processes(facts, soil).values() if _wanted(scenario, facts, p) and _stands(p, kind)}
    chosen["P13"] = assembly(facts, satellites)
    chosen["kit"] = _kit_making(facts)
    return Site(
        site, kind, soil, chosen,
        facts.number(f"sites.{site}.lit_fraction", "dimensionless"), facts.number(f"sites.{site}.dark_spell", "hour"),
    )  # fmt: skip


def _stands(process: Process, kind: str) -> bool:
    return process.site_kind in (kind, "any")


def _wanted(scenario: Scenario, facts: Facts, process: Process) -> bool:
    """A process takes part when it is not optional, or when the scenario names it or the reactor that feeds it."""
    names = {process.id, process.base}
    if process.mode:
        names.add(facts.text(f"extraction.mode.{process.mode}.process"))
    return not process.optional or not names.isdisjoint(scenario.moon.processes)


def _kit_making(facts: Facts) -> Process:
    kit = plant_kit(facts)
    return Process(
        id="kit", name="Plant kits", unit="kt", inputs=kit.lunar, outputs={"kit": 1.0},
        electricity_gwh=kit.electricity_gwh, plant_kt=kit.plant_kt, life_yr=kit.life_yr,
        spares_per_yr=kit.spares_per_yr, import_share=kit.import_share, heat_class=kit.heat_class,
        hot_idle=0.0, optional=False, base="kit",
    )  # fmt: skip
