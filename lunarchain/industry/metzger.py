"""The scheme of Metzger et al. 2013 (J. Aerosp. Eng. 26(1):18-29): statics exact, growth re-derived.

A set of assets is landed. For one generation it makes parts, its robots put the next generation's sets
together, and the electronics that the Moon cannot make yet are launched. Each generation's other assets then
retire; robots stay. The paper's own spreadsheet is not published, so this is the simplest recursion over its
published inputs, with one calibrated rate (``growth.metzger.electronics_rate``); it is a check of order and
sign, not a replica.
"""

from __future__ import annotations

from dataclasses import dataclass

from lunarchain.scenario.facts import Facts
from lunarchain.units import factor

_PREFIX = "growth.metzger"


@dataclass(frozen=True)
class AssetSet:
    """One set of first-generation assets: masses kg, power kW, rates kg/h at full duty."""

    assets: float
    mass_kg: float
    electronics_kg: float
    power_kw: float
    parts_kg_per_h: float
    robots: float
    robot_kg: float
    robot_electronics_kg: float


@dataclass(frozen=True)
class Generation:
    """State after one generation: sets and robots at work, mass standing (t) and launched so far (t)."""

    name: str
    sets: float
    robots: float
    mass_t: float
    launched_t: float


@dataclass(frozen=True)
class Campaign:
    """One run: share of the time at work, and multipliers on printing rate and local electronics."""

    duty: float
    printer_factor: float = 1.0
    electronics_factor: float = 1.0


def asset_set(facts: Facts) -> AssetSet:
    """The landed set, summed from the published list of assets (printers make the parts)."""
    totals = dict.fromkeys(("quantity", "mass", "electronics", "power"), 0.0)
    printed = 0.0
    for asset in facts.children(f"{_PREFIX}.asset"):
        rows = {key: fact.value for key, fact in facts.below(f"{_PREFIX}.asset.{asset}").items()}
        for key in totals:
            totals[key] += rows[key] * (1 if key == "quantity" else rows["quantity"])
        printed += rows["quantity"] * rows["product"] if asset.startswith("3d_printer") else 0.0
    robot = facts.below(f"{_PREFIX}.asset.robonaut_assembler")
    return AssetSet(
        assets=totals["quantity"],
        mass_kg=totals["mass"],
        electronics_kg=totals["electronics"],
        power_kw=totals["power"],
        parts_kg_per_h=printed,
        robots=robot["quantity"].value,
        robot_kg=robot["mass"].to("kg"),
        robot_electronics_kg=robot["electronics"].to("kg"),
    )


def grow(facts: Facts, campaign: Campaign) -> list[Generation]:
    """All generations from the landed set on.

    Sets made are the least of what parts and (where the Moon makes some) electronics allow; robots beyond
    those of the sets are made until the next generation can be put together in time.
    """
    first = asset_set(facts)
    landed_t = first.mass_kg * factor("kg", "t")
    history = [Generation("g1", 1.0, first.robots, landed_t, landed_t)]
    for name in facts.children(f"{_PREFIX}.generation"):
        history.append(_next(facts, first, campaign, name, history[-1]))
    return history


def _next(facts: Facts, first: AssetSet, campaign: Campaign, name: str, now: Generation) -> Generation:
    rows = {key: fact.value for key, fact in facts.below(f"{_PREFIX}.generation.{name}").items()}
    worked_h = campaign.duty * facts.number(f"{_PREFIX}.generation_time", "hour")
    local = rows["local_electronics"] * campaign.electronics_factor
    crude = rows["crudeness"]
    parts_kg = now.sets * first.parts_kg_per_h * campaign.printer_factor * worked_h
    weeks = campaign.duty * facts.number(f"{_PREFIX}.generation_time", "week")
    robots_per_set = first.assets * rows["robot_weeks"] / weeks
    set_kg = crude * (first.mass_kg - first.electronics_kg)
    robot_kg = crude * (first.robot_kg - first.robot_electronics_kg)
    made = _sets_from_parts(parts_kg, set_kg, robot_kg, robots_per_set, now.robots)
    made_kg = facts.number(f"{_PREFIX}.electronics_rate", "kg/hour") * now.sets * worked_h
    if local > 0:
        made = min(made, made_kg / (local * first.electronics_kg))
    extra = max(0.0, made * robots_per_set - now.robots)
    electronics_kg = made * first.electronics_kg + extra * first.robot_electronics_kg
    robots = now.robots + extra + made * first.robots
    mass_kg = made * (set_kg + first.electronics_kg) + (robots - made * first.robots) * first.robot_kg
    launched_kg = (1 - local) * electronics_kg
    to_t = factor("kg", "t")
    return Generation(name, made, robots, mass_kg * to_t, now.launched_t + launched_kg * to_t)


def _sets_from_parts(
    parts_kg: float, set_kg: float, robot_kg: float, robots_per_set: float, robots: float
) -> float:
    """Sets that ``parts_kg`` can become when robots short of ``robots_per_set`` are printed first."""
    without_robots = parts_kg / set_kg
    if without_robots * robots_per_set <= robots:
        return without_robots
    return (parts_kg + robots * robot_kg) / (set_kg + robots_per_set * robot_kg)
