"""How fast the network could double itself if nothing but its own output bound it.

A ceiling, not a forecast: imports are unlimited here and there is no commissioning lag, robot or landing
limit; the planner adds each of those.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.industry.balance import BUY, least_price
from lunarchain.industry.check import checked_processes
from lunarchain.industry.network import Process, resources
from lunarchain.industry.selection import participants
from lunarchain.industry.upkeep import (
    REFERENCE_GRADE,
    Upkeep,
    installed_plant_kt,
    installed_power_gw,
    renewed,
    upkeep_rules,
)
from lunarchain.scenario.facts import Facts
from lunarchain.units import factor

# Open beside the regular mode: growth takes whichever melt electrolysis copies itself faster.
MELT_MODES = ("high_al",)
_ADDED = {"power": 1.0}  # growth has no scale; any positive addition asks the same question
_RATE_DIGITS = 1e-6
_RELIEF = 0.9  # a tenth off: small enough for a gradient, large enough to rise above the digits of the rate


@dataclass(frozen=True)
class Growth:
    """Balanced growth of plant and power: continuous rate (1/yr), doubling time (yr), and what it leans on.

    ``plant_shares`` is each process's part of standing plant; power is kW of nameplate, imports kg a year,
    both per kg of standing plant.
    """

    soil: str
    site_kind: str
    rate_per_yr: float
    doubling_time_yr: float
    plant_shares: dict[str, float]
    power_kw_per_plant_kg: float
    imports_kg_per_yr_per_plant_kg: float

    def as_dict(self) -> dict[str, Any]:
        """Plain nested dictionaries, for ``--json``."""
        return asdict(self)


def doubling_time(
    facts: Facts,
    soil: str,
    site_kind: str = "polar",
    plant_mass_factor: float = 1.0,
    grade: str = REFERENCE_GRADE,
    allow: Sequence[str] = MELT_MODES,
) -> Growth:
    """The largest balanced growth of the network, by bisection on the feasibility of a linear programme.

    Every process's plant and power are renewed and enlarged at one rate from the network's own output; the
    doubling time is ``ln 2 / rate``. ``plant_mass_factor`` multiplies every process's plant, not the kit
    shop's: that one is written per mass of plant and so already has that much more to do. Raises
    ``InputError`` for an unknown soil, kind of site, grade or process, or a factor that is no positive number.
    """
    heavier = _heavier(_network(facts, soil, site_kind, allow), plant_mass_factor)
    rules, ground = upkeep_rules(facts, site_kind, grade), resources(facts)
    rate = _largest(lambda tried: _activity(facts, heavier, rules, tried, ground) is not None)
    activity = _activity(facts, heavier, rules, rate, ground) or {}
    return _report(soil, site_kind, rate, renewed(facts, heavier, rules, rate), activity, rules)


def bottlenecks(
    facts: Facts,
    soil: str,
    site_kind: str = "polar",
    plant_mass_factor: float = 1.0,
    grade: str = REFERENCE_GRADE,
    allow: Sequence[str] = MELT_MODES,
) -> dict[str, float]:
    """What holds growth back, worst first: gain of the rate (as a share) when a block is relieved.

    A block is the plant of one row set, or ``electricity`` of every process together; relief makes it a tenth
    lighter (or thriftier). Blocks that growth does not lean on are left out.
    """
    network = _heavier(_network(facts, soil, site_kind, allow), plant_mass_factor)
    rules, ground = upkeep_rules(facts, site_kind, grade), resources(facts)

    def rate(relieved: Mapping[str, Process]) -> float:
        return _largest(lambda tried: _activity(facts, relieved, rules, tried, ground) is not None)

    base = rate(network)
    if base == 0:
        return {}
    thrifty = {n: replace(p, electricity_gwh=p.electricity_gwh * _RELIEF) for n, p in network.items()}
    gains = {"electricity": rate(thrifty) / base - 1}
    for block in dict.fromkeys(p.base for p in network.values()):
        lighter = {
            n: replace(p, plant_kt=p.plant_kt * _RELIEF) if p.base == block else p for n, p in network.items()
        }
        gains[block] = rate(lighter) / base - 1
    leaned_on = {block: gain for block, gain in gains.items() if gain > 10 * _RATE_DIGITS}
    return dict(sorted(leaned_on.items(), key=lambda item: -item[1]))


def _heavier(network: Mapping[str, Process], times: float) -> dict[str, Process]:
    """The network with every process's plant so many times as heavy."""
    if not (math.isfinite(times) and times > 0):
        hint = "1 is as tabled, 3 three times as heavy"
        raise InputError(
            [Issue("growth", "plant mass", f"{times:g}", "a finite number above zero", hint=hint)]
        )
    return {name: replace(p, plant_kt=p.plant_kt * times) for name, p in network.items()}


def _network(facts: Facts, soil: str, site_kind: str, allow: Sequence[str]) -> dict[str, Process]:
    kinds = facts.children("growth.sunlight")
    if site_kind not in kinds:
        nearest = nearest_name(site_kind, kinds)
        raise InputError([Issue("growth.csv", "site kind", repr(site_kind), " | ".join(kinds), nearest)])
    return participants(checked_processes(facts, soil), site_kind, allow)


def _activity(
    facts: Facts, network: Mapping[str, Process], rules: Upkeep, rate: float, ground: Collection[str]
) -> dict[str, float] | None:
    """Activities that renew and enlarge everything at ``rate`` and add some power; ``None`` if none do."""
    growing = renewed(facts, network, rules, rate)
    return least_price(growing, _ADDED, dict.fromkeys(growing, 1.0), ground)


def _largest(holds: Callable[[float], bool]) -> float:
    """The largest rate for which ``holds``, by doubling and bisection; 0 when none does."""
    low, high = 0.0, 1.0
    while holds(high):
        low, high = high, 2 * high
    while high - low > _RATE_DIGITS:
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _report(
    soil: str,
    site_kind: str,
    rate: float,
    network: Mapping[str, Process],
    activity: Mapping[str, float],
    rules: Upkeep,
) -> Growth:
    plant = {n: activity.get(n, 0.0) * installed_plant_kt(p, rules) for n, p in network.items()}
    power = sum(activity.get(n, 0.0) * installed_power_gw(p, rules) for n, p in network.items())
    imports = sum(amount for name, amount in activity.items() if name.startswith(BUY))
    total = sum(plant.values()) or math.inf
    ranked = sorted(plant.items(), key=lambda item: -item[1])
    return Growth(
        soil=soil,
        site_kind=site_kind,
        rate_per_yr=rate,
        doubling_time_yr=math.log(2) / rate if rate > 0 else math.inf,
        plant_shares={name: mass / total for name, mass in ranked if mass > 0},
        power_kw_per_plant_kg=power / total * factor("GW/kt", "kW/kg"),
        imports_kg_per_yr_per_plant_kg=imports / total,
    )
