"""What keeping (and multiplying) plant and power adds to every process's own streams.

Installed plant is plant at full use / availability; installed power is electricity / (hours of a year x
sunlight). Both are renewed each year by spares + 1 / life and, in balanced growth, enlarged by the growth
rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lunarchain.errors import InputError, Issue
from lunarchain.industry.network import Process
from lunarchain.industry.plant import Grade, PlantKit, grade, plant_bill, plant_kit
from lunarchain.scenario.facts import Facts
from lunarchain.units import factor

KIT = "kit"
POWER = "P15"
REFERENCE_GRADE = "reference"


@dataclass(frozen=True)
class Upkeep:
    """How plant is kept up: kit and grade, share of time plant runs and arrays are lit, renewal of power."""

    kit: PlantKit
    stage: Grade
    availability: float
    sunlight: float
    power_renewal_per_yr: float


def upkeep_rules(facts: Facts, site_kind: str = "polar", grade_name: str = REFERENCE_GRADE) -> Upkeep:
    """The rules for one kind of site (polar, equatorial) and one grade of lunar-made plant.

    Raises ``InputError`` when plant never runs or arrays are never lit.
    """
    life = facts.number(f"processes.{POWER}.life", "yr")
    availability = facts[_availability_key(facts, site_kind)]
    sunlight = facts[f"growth.sunlight.{site_kind}"]
    dark = [
        Issue(
            fact.file,
            fact.id,
            f"{fact.value:g}",
            "a share above 0 and at most 1",
            hint="nothing runs without it",
        )
        for fact in (availability, sunlight)
        if not 0 < fact.value <= 1
    ]
    if dark:
        raise InputError(dark)
    return Upkeep(
        kit=plant_kit(facts),
        stage=grade(facts, grade_name),
        availability=availability.value,
        sunlight=sunlight.value,
        power_renewal_per_yr=facts.number(f"processes.{POWER}.spares", "1/yr") + 1 / life,
    )


def _availability_key(facts: Facts, site_kind: str) -> str:
    """Where the share of the time plant runs stands: a row of the kind of site, else the common one."""
    own = f"growth.availability.{site_kind}"
    return own if own in facts else "maintenance.availability"


def installed_plant_kt(process: Process, rules: Upkeep) -> float:
    """Plant standing per unit of yearly activity, kt (Earth-made equivalent)."""
    return process.plant_kt / rules.availability


def installed_power_gw(process: Process, rules: Upkeep) -> float:
    """Nameplate power standing per unit of yearly activity, GW."""
    return process.electricity_gwh / (factor("yr", "hour") * rules.sunlight)


def renewal_per_yr(process: Process) -> float:
    """Share of a process's plant replaced in a year by spares and at the end of life."""
    return process.spares_per_yr + 1 / process.life_yr


def with_upkeep(process: Process, rules: Upkeep, growth_per_yr: float = 0.0) -> Process:
    """The process with the renewal of its plant and power (and their growth) among its inputs."""
    made_kt = installed_plant_kt(process, rules) * (renewal_per_yr(process) + growth_per_yr)
    inputs = dict(process.inputs)
    for name, amount in plant_bill(rules.kit, rules.stage, process).items():
        inputs[name] = inputs.get(name, 0.0) + made_kt * amount
    made_gw = installed_power_gw(process, rules) * (rules.power_renewal_per_yr + growth_per_yr)
    inputs["power"] = inputs.get("power", 0.0) + made_gw
    return replace(process, inputs=inputs)


def kit_shop(facts: Facts, kit: PlantKit) -> Process:
    """The kit shop as a process: its one product is the work of putting 1 kt of plant together."""
    return Process(
        id=KIT,
        name=facts.text(f"processes.{KIT}.name"),
        unit="kt",
        inputs={},
        outputs={"kit_work": 1.0},
        electricity_gwh=kit.electricity_gwh,
        plant_kt=kit.plant_kt,
        life_yr=kit.life_yr,
        spares_per_yr=kit.spares_per_yr,
        import_share=kit.import_share,
        heat_class=kit.heat_class,
        hot_idle=0.0,
        optional=False,
        base=KIT,
    )


def renewed(
    facts: Facts, network: Mapping[str, Process], rules: Upkeep, growth_per_yr: float = 0.0
) -> dict[str, Process]:
    """The network with a kit shop, every process carrying the renewal (and growth) of its plant and power."""
    shop = kit_shop(facts, rules.kit)
    everyone = {**network, shop.id: shop}
    return {name: with_upkeep(process, rules, growth_per_yr) for name, process in everyone.items()}
