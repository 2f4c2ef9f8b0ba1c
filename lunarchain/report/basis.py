"""What the headline rests on: the numbers that decide the answer and that nobody has measured yet.

Which numbers decide is a judgement from sweeps of the model: mass and imports of lunar plant, lift per mass
landed, growth rates, the satellite pair and its price, chips, and the price of compute. Of these, the ones
that a run used are listed.
"""

from __future__ import annotations

import fnmatch
import math

from lunarchain.plan.merit import lifted_kt, lunar_power_gw, select
from lunarchain.report.view import View
from lunarchain.scenario.facts import Fact

UNSURE = ("estimate", "unchecked")
# What decides with or without a Moon; the order is the order of importance.
ALWAYS = (
    "compute.value", "compute.elasticity", "compute.chip_price", "compute.satellite_price",
    "compute.satellite_life", "compute.chip_supply_*", "ground.grid_*", "ground.capex_facility",
    "services.*.share", "orbits.*.slots",
)  # fmt: skip
VEHICLE = ("cadence_growth", "cadence_seed", "flights_limit", "floor_price", "payload_leo", "first_flights")
GROWTH = (
    "operations.commissioning_rate",
    "operations.commissioning_*",
    "closure.grade.mature.*",
    "closure.grade.improved.*",
)
LUNAR = (
    "prices.plant", "prices.programme", "prices.parts", "kick_stage.dry_share", "labour.robot_*",
    "labour.handled_per_robot", "maintenance.availability",
)  # fmt: skip


def decisive(view: View) -> list[Fact]:
    """Every number that decides the run's answer and that its plan used: the Moon's first, then Earth's."""
    pair, vehicles = f"satellites.{view.scenario.satellites.pair}", view.scenario.launch.vehicles
    patterns = [*_used_by_moon(view), *LUNAR, f"{pair}.moon.*"] if view.uses_moon else []
    patterns += [f"vehicles.{vehicle}.{name}" for vehicle in vehicles for name in VEHICLE]
    patterns += [f"{pair}.earth.mass", *ALWAYS]
    orbits = {f"orbits.{orbit}.slots" for orbit in view.scenario.satellites.orbits}
    found = (key for pattern in patterns for key in fnmatch.filter(view.facts, pattern))
    kept = (key for key in found if not key.startswith("orbits.") or key in orbits)
    return [view.facts[key] for key in dict.fromkeys(kept) if not math.isnan(view.facts[key].value)]


def unsure(view: View) -> list[Fact]:
    """The decisive numbers that are estimates or were not checked against their source."""
    return [fact for fact in decisive(view) if fact.kind in UNSURE and not _is_bound(fact)]


def _is_bound(fact: Fact) -> bool:
    """A number that stands for 'no limit': it says so by having no range at all."""
    return fact.low == fact.high == fact.value


def _used_by_moon(view: View) -> list[str]:
    """Routes, processes, growth, power and haulage that carry most of the lunar plan."""
    sites = tuple(view.facts.children("sites"))
    lift = select(lifted_kt(view.tables, view.facts), node=sites).groupby("item")["value"].sum()
    options = lunar_power_gw(view.tables, view.facts).groupby("item")["value"].sum()
    ways = {f"haulage.{way}" for way in select(view.tables["haulage"], item=("hull", "kit"))["detail"]}
    patterns = [f"routes.{lift.idxmax()}.lift"] if len(lift) else []
    patterns += [f"processes.{base}.plant" for base in _heaviest(view)]
    patterns += GROWTH
    if len(options):
        names = ("land", "lit_output", "dark_output", "imported_mass_earth")
        patterns += [f"power.{options.idxmax()}.{name}" for name in names]
    return patterns + [f"{way}.{name}" for way in sorted(ways) for name in ("fleet", "energy", "loss")]


def _heaviest(view: View) -> list[str]:
    """The three processes with the most plant standing at the end, by row set."""
    capacity = view.tables["capacity"]
    standing: dict[str, float] = {}
    for site, rows in capacity[capacity["period"] == view.span.count - 1].groupby("node"):
        running = view.networks[str(site)]
        for item, value in zip(rows["item"], rows["value"], strict=True):
            if item in running:
                base = running[item].base
                standing[base] = standing.get(base, 0.0) + value * running[item].plant_kt
    return sorted(standing, key=lambda base: -standing[base])[:3]
