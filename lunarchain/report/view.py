"""A run as the report reads it: tables with and without the Moon, periods, facts, names for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from lunarchain.driver.design import BOTH_WAYS, LauncherDesign, design
from lunarchain.driver.inputs import launcher_basis
from lunarchain.errors import InputError, Issue
from lunarchain.industry.network import Process, processes
from lunarchain.industry.satellites import SatellitePair, assembly, pair
from lunarchain.pipeline.store import Run
from lunarchain.plan.merit import Figure, added_gw, figures
from lunarchain.plan.periods import Periods, Series, periods
from lunarchain.plan.tables import Tables
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.schema import Scenario
from lunarchain.units import factor

_DESIGN = re.compile(r"(?P<kind>\w+?)_(?P<kg>[\d.e+]+)kg_(?P<g>[\d.]+)g_(?P<s>[\d.]+)s_(?P<speed>[\d.e+]+)")
_LONGITUDE = re.compile(r"\b(\d+)([ew])\b")


@dataclass(frozen=True)
class View:
    """Everything the words and the charts of one run are made from."""

    tables: Tables
    baseline: Tables
    scenario: Scenario
    facts: Facts
    record: dict[str, Any]
    certificate: dict[str, Any]
    verdict: pd.DataFrame
    duals: pd.DataFrame
    departures: pd.DataFrame
    span: Periods
    figures: dict[str, Figure]

    @cached_property
    def track_sites(self) -> dict[str, str]:
        """The site of every track of the departure table."""
        table = self.departures
        return dict(zip(table["track"], table["site"], strict=True)) if len(table) else {}

    @cached_property
    def bill(self) -> SatellitePair:
        """The pair of satellites of the case."""
        return pair(self.facts, self.scenario.satellites.pair)

    @cached_property
    def added(self) -> dict[str, Series]:
        """New compute by source [GW/yr] in each reported period."""
        return added_gw(self.tables, self.span)

    @cached_property
    def lunar(self) -> Series:
        """Moon-made satellites added [GW/yr] in each reported period, wherever joined."""
        added = self.added
        return added["hybrid"] + added["moon"]

    @cached_property
    def uses_moon(self) -> bool:
        """Whether at least one satellite a year is ever made on the Moon."""
        return bool(self.lunar.max() >= self.facts.number("satellites.power", "GW/satellite"))

    @cached_property
    def networks(self) -> dict[str, dict[str, Process]]:
        """The processes of each site of the case by id, with satellite assembly."""
        product, sites = assembly(self.facts, self.bill), self.scenario.moon.sites
        by_soil = {soil: processes(self.facts, soil) for soil in {self.soil(site) for site in sites}}
        return {site: by_soil[self.soil(site)] | {"P13": product} for site in sites}

    def soil(self, site: str) -> str:
        """Id of the soil a site digs, such as ``highland``."""
        return self.facts.text(f"sites.{site}.soil")

    def number(self, key: str, unit: str) -> float:
        """A fact in the wanted unit."""
        return self.facts.number(key, unit)

    def figure(self, key: str) -> float:
        """A figure of merit as a number (zero where it has no meaning)."""
        return float(self.figures[key] or 0.0)


def view(run: Run) -> View:
    """The run opened for reporting. Raises ``InputError`` for a run about moving things only."""
    span = periods(run.scenario, run.facts)
    departures = run.departures
    if run.scenario.logistics is not None:
        what = "a run that only moves things: it places no compute and prices nothing"
        wanted, hint = "a run of a case with compute", "`lunarchain report` writes its page"
        raise InputError([Issue("command line", "RUN", what, wanted, "", hint)])
    found = figures(run.tables, run.baseline, run.scenario, run.facts)
    return View(
        run.tables,
        run.baseline,
        run.scenario,
        run.facts,
        run.record,
        run.certificate,
        run.verdict,
        run.duals,
        departures,
        span,
        found,
    )


def launcher(facts: Facts, design_id: str) -> LauncherDesign:
    """The launcher a track table names, rebuilt from its id: class, shot, acceleration, interval, speed."""
    found = _DESIGN.fullmatch(design_id.removesuffix(BOTH_WAYS))
    if found is None:
        raise InputError(
            [Issue("tracks", "item", repr(design_id), "a launcher like 'parts_100kg_300g_2.7s_2540'")]
        )
    mass_t = float(found["kg"]) * factor("kg", "t")
    basis = launcher_basis(facts, found["kind"])
    both = design_id.endswith(BOTH_WAYS)
    return design(
        float(found["speed"]), float(found["g"]), mass_t, float(found["s"]), basis, both, id=design_id
    )


def spoken(name: str) -> str:
    """An id as a person would write it: ``mare_33e_east`` becomes ``Mare 33°E east``."""
    words = name.replace("_", " ")
    words = _LONGITUDE.sub(lambda found: f"{found[1]}°{found[2].upper()}", words)
    return words[:1].upper() + words[1:]


def named(facts: Facts, table: str, name: str) -> str:
    """What the fact table calls a thing: the part of its descriptions before the colon, else its id."""
    described = (fact.description for fact in facts.below(f"{table}.{name}").values())
    return next((text.split(":")[0] for text in described if ":" in text), spoken(name))


def orbit_name(facts: Facts, orbit: str) -> str:
    """Short name of an orbit or of the ground."""
    return "Ground" if orbit == "ground" else named(facts, "orbits", orbit).split(",")[0]
