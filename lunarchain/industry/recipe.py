"""The footprint of one product made on one soil, by a small linear programme over the process network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lunarchain.errors import InfeasibleError, InputError, Issue, nearest_name
from lunarchain.industry.balance import BUY, least_price, net_flows
from lunarchain.industry.check import checked_processes
from lunarchain.industry.flows import mass_flows
from lunarchain.industry.network import IMPORT_PREFIX, Process, commodity_unit, mass_kt, resources
from lunarchain.industry.satellites import assembly, pair
from lunarchain.industry.selection import participants
from lunarchain.industry.upkeep import Upkeep, installed_plant_kt, installed_power_gw, renewed, upkeep_rules
from lunarchain.scenario.facts import Facts
from lunarchain.units import factor

SATELLITE = "satellite"
REFERENCE_PAIR = "claim"
_REPORT_UNIT = {"kt": "kg", "km**2": "m**2", "GW": "kW"}
_TIE_BREAK = 1e-6  # kt of imports given for a GWh: chooses among plans of equal imports, too little to trade
_DUST = 1e-9  # flows below this share of the largest are rounding of the solver


@dataclass(frozen=True)
class ProcessShare:
    """One process's part: activity in ``unit``, kWh, kg of plant on the recipe's own basis, and kW to install.

    ``imports_kg`` is what it takes straight from Earth.
    """

    name: str
    activity: float
    unit: str
    electricity_kwh: float
    plant_kg: float
    power_kw: float
    imports_kg: float


@dataclass(frozen=True)
class Recipe:
    """The footprint of one ``unit`` of ``product``; masses in kg, electricity in kWh.

    ``plant_kg_per_unit_per_yr`` is plant at full use or, with upkeep, plant standing (divided by
    availability); ``power_kw_per_unit_per_yr`` is nameplate power at the site's sunlight. ``flows_kg`` says
    which process hands how much of what to which.
    """

    product: str
    unit: str
    soil: str
    with_upkeep: bool
    electricity_kwh: float
    regolith_kg: float
    imports_kg: float
    imports: dict[str, float]
    by_products_kg: dict[str, float]
    plant_kg_per_unit_per_yr: float
    power_kw_per_unit_per_yr: float
    processes: dict[str, ProcessShare]
    flows_kg: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Plain nested dictionaries, for ``--json``."""
        return asdict(self)


def recipe(
    facts: Facts,
    product: str,
    soil: str,
    allow: Sequence[str] = (),
    with_upkeep: bool = False,
    site_kind: str = "polar",
    minimise: str = "electricity",
) -> Recipe:
    """Footprint of one unit of ``product`` (a commodity, ``satellite`` or ``satellite:<pair>``) on ``soil``.

    The regular processes with sequential electrolysis take part; ``allow`` adds optional processes, or whole
    extraction modes, by name. The plan of least ``electricity`` (or ``imports``) is reported. With upkeep,
    spares and replacements of plant and power are made too. Raises ``InputError`` for an unknown name and
    ``InfeasibleError`` when the allowed processes cannot make the product.
    """
    everyone = checked_processes(facts, soil)
    name, _, pair_name = product.partition(":")
    if name == SATELLITE:
        everyone["P13"] = assembly(facts, pair(facts, pair_name or REFERENCE_PAIR))
    goal = _goal_name(everyone, name)
    network = participants(everyone, site_kind, allow, goal)
    rules = upkeep_rules(facts, site_kind)
    if with_upkeep:
        network = renewed(facts, network, rules)
    activity = least_price(network, {goal: 1.0}, _price(network, minimise), resources(facts))
    if activity is None:
        raise InfeasibleError(_cannot(goal, soil, network, everyone))
    return _report(facts, goal, soil, network, activity, PlantBasis(rules, with_upkeep))


@dataclass(frozen=True)
class PlantBasis:
    """How plant is counted: at full use, or ``standing`` at the rules' availability."""

    rules: Upkeep
    standing: bool


def _goal_name(everyone: Mapping[str, Process], product: str) -> str:
    """The commodity meant: as named, or the first mode's tap or alloy of that name."""
    made = [name for process in everyone.values() for name in process.outputs]
    for name in made:
        if name == product:
            return name
    for process in everyone.values():
        if process.mode and f"{product}_{process.mode}" in process.outputs:
            return f"{product}_{process.mode}"
    nearest = nearest_name(product, [*made, SATELLITE])
    raise InputError([Issue("recipe", "product", repr(product), "something the network makes", nearest)])


def _price(network: Mapping[str, Process], minimise: str) -> dict[str, float]:
    if minimise == "electricity":
        return {name: process.electricity_gwh for name, process in network.items()}
    if minimise == "imports":
        taken = {name for process in network.values() for name in process.inputs}
        bought = {f"{BUY}{name}": 1.0 for name in taken if name.startswith(IMPORT_PREFIX)}
        return bought | {name: _TIE_BREAK * process.electricity_gwh for name, process in network.items()}
    raise InputError([Issue("recipe", "minimise", repr(minimise), "electricity | imports")])


def _cannot(goal: str, soil: str, network: Mapping[str, Process], everyone: Mapping[str, Process]) -> str:
    left_out = ", ".join(name for name in everyone if name not in network)
    return f"the processes allowed cannot make '{goal}' on {soil}; optional ones left out: {left_out}"


def _report(
    facts: Facts,
    goal: str,
    soil: str,
    network: Mapping[str, Process],
    activity: Mapping[str, float],
    plant: PlantBasis,
) -> Recipe:
    """Scale from one model unit to one unit of product and put everything in kg, kWh and kW."""
    unit, one = _product_unit(facts, goal)
    scaled = {name: one * amount for name, amount in activity.items()}
    dust = _DUST * max(scaled.values())
    used = {name: network[name] for name in network if scaled[name] > dust}
    shares = {name: _share(process, scaled[name], plant, used) for name, process in used.items()}
    flows = net_flows(used, scaled)
    kg = factor("kt", "kg")
    bought = {name.removeprefix(BUY): amount * kg for name, amount in scaled.items() if name.startswith(BUY)}
    imports = {name: amount for name, amount in bought.items() if amount > dust * kg}
    return Recipe(
        product=goal,
        unit=unit,
        soil=soil,
        with_upkeep=plant.standing,
        electricity_kwh=sum(share.electricity_kwh for share in shares.values()),
        regolith_kg=sum(-flows.get(name, 0.0) for name in resources(facts)) * kg,
        imports_kg=sum(imports.values()),
        imports=imports,
        by_products_kg={
            name: amount * mass_kt(facts, name) * kg
            for name, amount in flows.items()
            if amount > dust and name != goal
        },
        plant_kg_per_unit_per_yr=sum(share.plant_kg for share in shares.values()),
        power_kw_per_unit_per_yr=sum(share.power_kw for share in shares.values()),
        processes=shares,
        flows_kg=[
            {"from": flow.source, "to": flow.target, "commodity": flow.commodity, "kg": flow.mass_kt * kg}
            for flow in mass_flows(facts, used, scaled, goal)
            if flow.mass_kt > dust
        ],
    )


def _product_unit(facts: Facts, goal: str) -> tuple[str, float]:
    """The unit a product is reported per, and how many model units it is."""
    if goal == SATELLITE:
        return SATELLITE, facts.number("satellites.power", "GW/satellite")
    model_unit = commodity_unit(facts, goal)
    return _REPORT_UNIT[model_unit], factor(_REPORT_UNIT[model_unit], model_unit)


def _share(
    process: Process, activity: float, plant: PlantBasis, network: Mapping[str, Process]
) -> ProcessShare:
    unit = _REPORT_UNIT[process.unit]
    standing = installed_plant_kt(process, plant.rules) if plant.standing else process.plant_kt
    made = set().union(*(other.outputs for other in network.values()))
    bought = (n for n in process.inputs if n.startswith(IMPORT_PREFIX) and n not in made)
    imported = sum(process.inputs[name] for name in bought)
    return ProcessShare(
        name=process.name,
        activity=activity * factor(process.unit, unit),
        unit=unit,
        electricity_kwh=activity * process.electricity_gwh * factor("GWh", "kWh"),
        plant_kg=activity * standing * factor("kt", "kg"),
        power_kw=activity * installed_power_gw(process, plant.rules) * factor("GW", "kW"),
        imports_kg=activity * imported * factor("kt", "kg"),
    )
