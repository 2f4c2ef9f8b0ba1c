"""From a case and a departure table to the inputs of the model. Reads no file: tables are handed in."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from lunarchain.driver.design import LauncherDesign
from lunarchain.driver.menu import speeds_asked, stand_menu
from lunarchain.driver.stands import Stand, stands
from lunarchain.industry.network import Process, processes
from lunarchain.industry.plant import plant_kit
from lunarchain.industry.satellites import assembly, pair
from lunarchain.industry.selection import participants
from lunarchain.industry.upkeep import kit_shop
from lunarchain.model.arcs import Arc, make_arcs
from lunarchain.model.calendar import make_calendar
from lunarchain.model.context import Inputs, Site
from lunarchain.orbits.follow import following
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.schema import Scenario


def make_inputs(scenario: Scenario, facts: Facts, departures: pd.DataFrame) -> Inputs:
    """Everything the model needs. ``departures`` is the departure table, one row per track, destination and mode."""
    facts = following(facts)
    rate = facts.number(scenario.economics.discount_rate, "1/yr")
    calendar = make_calendar(scenario.calendar, rate, scenario.economics.remaining_life_value)
    sites = {s: _site(scenario, facts, s) for s in scenario.moon.sites} if scenario.moon.allowed else {}
    arcs = _arcs(scenario, facts, departures, tuple(sites))
    found, menus = launcher_menus(facts, arcs, scenario.launcher.two_way)
    return Inputs(
        scenario=scenario,
        facts=facts,
        calendar=calendar,
        sites=sites,
        pair=pair(facts, scenario.satellites.pair),
        arcs=arcs,
        stands=found,
        menu=menus,
    )


def launcher_menus(
    facts: Facts, arcs: tuple[Arc, ...], two_way: bool
) -> tuple[dict[str, Stand], dict[str, tuple[LauncherDesign, ...]]]:
    """Stands for the directions of the arcs, and what may be built on each: a few designs per payload class and
    level of exit speed. The only menu there is."""
    most = int(facts.number("driver.menu.designs_per_level", "dimensionless"))
    found = stands(facts, tuple(dict.fromkeys(arc.track for arc in arcs)), two_way)
    asked = speeds_asked((arc.payload_class, arc.track, arc.exit_speed_max_m_s) for arc in arcs)
    menus = {k: tuple(stand_menu(facts, stand, asked, most)) for k, stand in found.items()}
    offered = {k: designs for k, designs in menus.items() if designs}
    return {k: found[k] for k in offered}, offered


def without_moon(inputs: Inputs) -> Inputs:
    """The counterfactual: the same case with nothing on the Moon."""
    scenario = inputs.scenario.model_copy(
        update={"moon": inputs.scenario.moon.model_copy(update={"allowed": False})}
    )
    return replace(inputs, scenario=scenario, sites={}, arcs=(), stands={}, menu={})


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
