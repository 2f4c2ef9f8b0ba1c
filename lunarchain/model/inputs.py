"""From a case and a departure table to the inputs of the model. Reads no file: tables are handed in."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from lunarchain.driver.design import LauncherDesign
from lunarchain.driver.menu import menu
from lunarchain.industry.network import Process, processes
from lunarchain.industry.plant import plant_kit
from lunarchain.industry.satellites import assembly, pair
from lunarchain.industry.selection import participants
from lunarchain.industry.upkeep import kit_shop
from lunarchain.model.arcs import Arc, make_arcs
from lunarchain.model.calendar import make_calendar
from lunarchain.model.context import Inputs, Site
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.schema import Scenario

# Designs per payload class and track: enough to trade throughput against cost, few enough to stay whole numbers.
DESIGNS_PER_CLASS = 2
# Arcs whose exit speeds lie this close share designs sized for the fastest of them: 5 % of the speed, 10 % of the
# energy. Further apart, a track may be sized for the slower ones alone.
SPEED_STEP_M_S = 120.0


def make_inputs(scenario: Scenario, facts: Facts, departures: pd.DataFrame) -> Inputs:
    """Everything the model needs. ``departures`` is the departure table, one row per track, destination and mode."""
    rate = facts.number(scenario.economics.discount_rate, "1/yr")
    calendar = make_calendar(scenario.calendar, rate, scenario.economics.remaining_life_value)
    sites = {s: _site(scenario, facts, s) for s in scenario.moon.sites} if scenario.moon.allowed else {}
    arcs = _arcs(scenario, facts, departures, tuple(sites))
    return Inputs(
        scenario=scenario,
        facts=facts,
        calendar=calendar,
        sites=sites,
        pair=pair(facts, scenario.satellites.pair),
        arcs=arcs,
        menu={track: _menu(facts, arcs, track) for track in dict.fromkeys(arc.track for arc in arcs)},
    )


def without_moon(inputs: Inputs) -> Inputs:
    """The counterfactual: the same case with nothing on the Moon."""
    scenario = inputs.scenario.model_copy(
        update={"moon": inputs.scenario.moon.model_copy(update={"allowed": False})}
    )
    return replace(inputs, scenario=scenario, sites={}, arcs=(), menu={})


def _site(scenario: Scenario, facts: Facts, site: str) -> Site:
    key, soil = f"sites.{site}", facts.text(f"sites.{site}.soil")
    kind = facts.text(f"{key}.kind")
    network = participants(processes(facts, soil), kind, scenario.moon.processes)
    product = assembly(facts, pair(facts, scenario.satellites.pair))
    network |= {"P13": product, "kit": _kit_shop(facts)}
    return Site(
        id=site,
        kind=kind,
        network=network,
        lit_share=facts.number(f"{key}.lit_fraction", "dimensionless"),
        dark_spell_h=facts.number(f"{key}.dark_spell", "hour"),
        earliest_landing_yr=facts.number(f"{key}.earliest_landing", "yr"),
    )


def _kit_shop(facts: Facts) -> Process:
    """The kit shop with its parts: 1 kt of lunar-made plant parts put together."""
    kit = plant_kit(facts)
    return replace(kit_shop(facts, kit), inputs=kit.lunar, outputs={"kit": 1.0})


def _arcs(
    scenario: Scenario, facts: Facts, departures: pd.DataFrame, sites: tuple[str, ...]
) -> tuple[Arc, ...]:
    launcher, modes = scenario.launcher, scenario.launcher.modes or tuple(departures["mode"].unique())
    chosen = departures[
        departures["track"].isin(launcher.tracks)
        & departures["site"].isin(sites)
        & departures["destination"].isin((*scenario.satellites.orbits, "nrho"))
        & departures["mode"].isin(modes)
    ]
    return make_arcs(chosen, facts, launcher.payload_classes)


def _menu(facts: Facts, arcs: tuple[Arc, ...], track: str) -> tuple[LauncherDesign, ...]:
    designs: list[LauncherDesign] = []
    for payload_class in dict.fromkeys(arc.payload_class for arc in arcs if arc.track == track):
        speeds = [a.exit_speed_max_m_s for a in arcs if a.track == track and a.payload_class == payload_class]
        for speed in speed_levels(speeds):
            designs += menu(facts, payload_class, speed, DESIGNS_PER_CLASS)
    return tuple(designs)


def speed_levels(exit_speeds_m_s: list[float]) -> list[float]:
    """The exit speeds tracks are sized for: the fastest of each group of speeds that lie close together."""
    levels: list[float] = []
    slowest = -math.inf
    for speed in sorted(exit_speeds_m_s):
        if speed - slowest > SPEED_STEP_M_S:
            slowest = speed
            levels.append(speed)
        levels[-1] = speed
    return levels
