"""The plan and the case it answers: tables as series over the periods, facts as plain numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from lunarchain.industry.ledger import fixed_compositions
from lunarchain.industry.network import Process, processes
from lunarchain.industry.plant import Grade, grades, plant_kit
from lunarchain.industry.satellites import SatellitePair, assembly, pair
from lunarchain.orbits.follow import following
from lunarchain.plan.audit.arcs import Throw, throws
from lunarchain.plan.audit.certificate import Vector
from lunarchain.plan.audit.launchers import BOTH_WAYS, Launchers, launchers
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
    """A lunar site with the processes it may run and the two slices of its year.

    ``substances`` are the element fractions of what has the same composition wherever it comes from.
    """

    id: str
    kind: str
    network: dict[str, Process]
    substances: dict[str, Vector]
    power_options: tuple[str, ...]
    lit_share: float
    dark_spell_h: float

    def share(self, slice_: str) -> float:
        """Share of the year (0 to 1) in a slice, ``lit`` or ``dark``."""
        return self.lit_share if slice_ == "lit" else 1 - self.lit_share

    def hours(self, slice_: str) -> float:
        """Hours of the year in a slice; those of both slices make a whole year."""
        return HOURS_PER_YEAR * self.share(slice_)


@dataclass(frozen=True)
class Case:
    """Everything the audit reads. ``series`` holds each table as (node, item, detail): a number per period.

    ``stands`` holds the directions that one track of a stand fires in. ``silent`` is the number read where a table
    says nothing.
    """

    scenario: Scenario
    facts: Facts
    years: Years
    sites: dict[str, Site]
    pair: SatellitePair
    grades: dict[str, Grade]
    services: tuple[str, ...]
    throws: dict[tuple[str, str, str, str], Throw]
    track_sites: dict[str, str]
    track_speeds_m_s: dict[str, tuple[float, ...]]
    stands: dict[str, tuple[str, ...]]
    launchers: Launchers = field(default_factory=dict)
    series: Mapping[str, Mapping[Key, Vector]] = field(default_factory=dict)
    silent: float = 0.0

    def of(self, table: str, node: str, item: str, detail: str = "") -> Vector:
        """One row of a table over the periods."""
        found = self.series.get(table, {}).get((node, item, detail))
        return self.zero + self.silent if found is None else found

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

    def spoken(self, amount: float) -> Case:
        """The same case with every number the tables leave out read as ``amount``."""
        tables = self.series.items()
        filled = {t: {key: np.where(v == 0, amount, v) for key, v in rows.items()} for t, rows in tables}
        return replace(self, series=filled, silent=amount)

    def activity(self, site: str, process: str) -> Vector:
        """Yearly activity of a process, lit and dark together [unit/yr]."""
        return self.total("activity", site, process, SLICES)


def read_case(scenario: Scenario, facts: Facts, departures: pd.DataFrame) -> Case:
    """The case a plan answers, without the plan. Raises ``InputError`` where the scenario names what is unknown."""
    facts = following(facts)
    rate = facts.number(scenario.economics.discount_rate, "1/yr")
    years = years_of(
        scenario.calendar,
        rate,
        scenario.economics.remaining_life_value,
        scenario.policy.investment_tax_credit or 0.0,
    )
    names = scenario.moon.sites if scenario.moon.allowed else ()
    satellites = pair(facts, scenario.satellites.pair)
    return Case(
        scenario=scenario,
        facts=facts,
        years=years,
        sites={name: _site(scenario, facts, satellites, name) for name in names},
        pair=satellites,
        grades={name: g for name, g in grades(facts).items() if not np.isnan(g.import_factor)},
        services=tuple(facts.children("services")),
        throws=throws(scenario, facts, names, departures),
        track_sites=dict(zip(departures["track"], departures["site"], strict=True)),
        track_speeds_m_s=_speeds_m_s(departures),
        stands=_track_stands(scenario, facts, names),
    )


def with_tables(case: Case, tables: Mapping[str, pd.DataFrame]) -> Case:
    """The case with a plan: every table as series, and the launchers the plan names."""
    series = {name: _series(table, case.years.count) for name, table in tables.items()}
    named = {(node, item) for node, item, _ in series.get("tracks", {})}
    named |= {(stand_of(case, node, item), item) for node, item, _ in series.get("shots", {})}
    found = launchers(named, case.facts, case.stands, case.track_speeds_m_s)
    return replace(case, series=series, launchers=found)


def stand_of(case: Case, direction: str, name: str) -> str:
    """The stand from which a design of that name fires in a direction; the direction's own where there is none."""
    for stand, directions in case.stands.items():
        if direction in directions and (len(directions) > 1) == name.endswith(BOTH_WAYS):
            return stand
    return direction


def _track_stands(scenario: Scenario, facts: Facts, sites: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Directions of every stand the case may build on."""
    open_ = [track for track in scenario.launcher.tracks if facts.text(f"tracks.{track}.site") in sites]
    found: dict[str, tuple[str, ...]] = {track: (track,) for track in open_}
    for name in facts.children("stands") if scenario.launcher.two_way else ():
        both = tuple(facts.text(f"stands.{name}.directions").split())
        if all(direction in open_ for direction in both):
            found[name] = both
    return found


def _speeds_m_s(departures: pd.DataFrame) -> dict[str, tuple[float, ...]]:
    """Highest exit speeds of the departures of each track."""
    found = departures.groupby("track")["exit_speed_max_m_s"].unique()
    return {str(track): tuple(float(speed) for speed in speeds) for track, speeds in found.items()}


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
    chosen = {
        p.id: p for p in processes(facts, soil).values() if _wanted(scenario, facts, p) and _stands(p, kind)
    }
    chosen["P13"] = assembly(facts, satellites)
    chosen["kit"] = _kit_making(facts)
    return Site(
        site, kind, chosen, fixed_compositions(facts, soil), _power_options(scenario, facts, kind),
        facts.number(f"sites.{site}.lit_fraction", "dimensionless"),
        facts.number(f"sites.{site}.dark_spell", "hour"),
    )  # fmt: skip


def _power_options(scenario: Scenario, facts: Facts, kind: str) -> tuple[str, ...]:
    """Power options allowed at a kind of site by the scenario and the policy."""
    chosen = scenario.moon.power or [k for k in facts.children("power") if f"power.{k}.sites" in facts]
    fits = (k for k in chosen if facts.text(f"power.{k}.sites") in (kind, "any"))
    return tuple(k for k in fits if scenario.policy.lunar_nuclear or facts.text(f"power.{k}.nuclear") == "no")


def _stands(process: Process, kind: str) -> bool:
    return process.site_kind in (kind, "any")


def _wanted(scenario: Scenario, facts: Facts, process: Process) -> bool:
    """Whether a process takes part: always, or when it or the reactor that feeds it is asked for."""
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
