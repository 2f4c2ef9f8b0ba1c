"""When chips are worth landing: ``imports x (1 + tankers) < Earth-built mass``, found again by the optimiser.

Lift is the one thing that costs. A GW built on Earth lifts its mass times the route to its orbit. A GW assembled on the
Moon lifts all that is landed for it times the lift per kilogram landed: its own imports, those of its upkeep, and the
seed its industry grew from. Orbital yards and the ground are switched off, plant needs no parts from Earth.
"""

from __future__ import annotations

import pytest

from lunarchain.industry.recipe import recipe
from lunarchain.scenario.facts import load_facts

from .small import Plan, changed

FACTS = load_facts()
SLOTS = [key for key in FACTS if key.startswith("satellites.claim.moon.import.")]
FREE = (
    "compute.satellite_price", "prices.plant", "prices.parts", "prices.programme", "prices.lunar_operations",
    "prices.robot_year", "labour.robot_price", "sites.mare_33e.opening_cost", "operations.first_landing",
    "routes.lander_lh2.price", "routes.helio_self.price", "power.day_pv.price_earth", "power.fission.price_earth",
    *(f"closure.grade.{grade}.import_factor" for grade in ("crude", "improved", "mature")),
)  # fmt: skip
ONLY_LIFT = dict.fromkeys(FREE, 0.0) | {
    "vehicles.starship.first_price": 1e4,
    "vehicles.starship.floor_price": 1e4,
    "vehicles.starship.learning_rate": 0.0,
    "closure.grade.crude.crudeness": 1.0,
    "operations.commissioning_seed": 1e5,
    "compute.value": 1e3,
    "economics.wacc_ground": 0.001,
}


def plan(gear: float, slots: float = 1.0) -> Plan:
    """The least-lift plan when ``gear`` kilograms are lifted per kilogram landed and imported slots weigh ``slots``."""
    heavier = {key: slots * FACTS[key].value for key in SLOTS}
    return changed(
        {**ONLY_LIFT, **heavier, "routes.lander_lh2.lift": gear},
        moon={"sites": ["mare_33e"], "orbital_yards": False},
        launcher={"tracks": ["mare_33e_west"], "payload_classes": ["satellite"]},
        launch={"routes": ["helio_self", "lander_lh2"]},
        satellites={"orbits": ["helio"]},
        ground={"allowed": False},
    )


def lands_chips(found: Plan) -> bool:
    last = found.context.inputs.calendar.reported - 1
    moon, earth = (found.at("added", "helio", build, last) for build in ("moon", "earth"))
    return moon > earth


def earth_lift_kt_per_gw() -> float:
    """Lift of an Earth-built GW on its way to the orbit."""
    return FACTS.number("satellites.claim.earth.mass", "kt/GW") * FACTS["routes.helio_self.lift"].value


def closed_rule(slots: float, with_upkeep: bool) -> float:
    """The gear at which a GW made on the Moon lifts what an Earth-built one does, seed and growth left out."""
    facts = FACTS.override(
        {key: slots * FACTS[key].value for key in SLOTS} | {"closure.grade.reference.import_share": 0.0}
    )
    made = recipe(facts, "satellite", "mare_high_ti", ("P03b",), with_upkeep, site_kind="equatorial")
    power_kw = FACTS.number("satellites.power", "kW/satellite")
    return earth_lift_kt_per_gw() / (made.imports_kg / power_kw)


def switch(slots: float) -> float:
    """The largest gear at which chips are landed, by bisection."""
    low, high = 1.0, 12.0
    while high - low > 0.02:
        middle = (low + high) / 2
        low, high = (middle, high) if lands_chips(plan(middle, slots)) else (low, middle)
    return low


def test_chips_are_landed_well_below_the_rule_and_never_above_it() -> None:
    assert lands_chips(plan(0.8 * closed_rule(1.0, with_upkeep=True)))
    assert not lands_chips(plan(closed_rule(1.0, with_upkeep=False)))


@pytest.mark.slow
@pytest.mark.parametrize("slots", [0.5, 1.0, 2.0])
def test_the_switch_is_where_the_rule_puts_it(slots: float) -> None:
    """Seed and growth are landed too, so the switch lies below the rule, by a fifth at most; the lift breaks even."""
    gear = switch(slots)
    assert 0.8 * closed_rule(slots, with_upkeep=True) < gear < closed_rule(slots, with_upkeep=True)
    found = plan(gear, slots)
    landed_kt_per_gw = found.of("carried", "moon") / found.of("added", "moon")
    assert gear * landed_kt_per_gw == pytest.approx(earth_lift_kt_per_gw(), rel=0.03)
