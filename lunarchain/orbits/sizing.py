r"""A satellite from its power: array, radiator, boards and the rest, in areas and masses.

Array: $A = P\,o\,m / p$ with compute power $P$, overhead $o$, margin $m$ for ageing, areal power $p$ of a new array.
Radiator: $R = P\,o / \phi$, flux $\phi$ given or from a temperature, $\phi = s\,\varepsilon\sigma T^4$ over $s$ sides.
Everything else is a mass per compute power; structure and margin are a share of all of it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from lunarchain.scenario.facts import Facts

LEVELS = ("light", "nominal", "heavy")
PER_POWER = ("boards", "conditioning", "battery", "communication", "bus")
# quantities of which more makes a satellite lighter
_LIGHTER_WHEN_HIGH = ("array_areal_power", "radiator_flux")


@dataclass(frozen=True)
class Assumptions:
    """What a satellite is sized from: W, m2, kg and kW."""

    overhead: float
    degradation_margin: float
    array_areal_power_w_m2: float
    array_areal_mass_kg_m2: float
    radiator_flux_w_m2: float
    radiator_areal_mass_kg_m2: float
    boards_kg_kw: float
    conditioning_kg_kw: float
    battery_kg_kw: float
    communication_kg_kw: float
    bus_kg_kw: float
    structure: float


@dataclass(frozen=True)
class Sizing:
    """Areas [m2] and masses [kg] of one satellite."""

    power_kw: float
    array_area_m2: float
    radiator_area_m2: float
    array_kg: float
    radiator_kg: float
    boards_kg: float
    conditioning_kg: float
    battery_kg: float
    communication_kg: float
    bus_kg: float
    structure_kg: float

    @property
    def mass_kg(self) -> float:
        """Mass of the whole satellite [kg]: the sum of all its parts, structure included."""
        return sum(value for name, value in asdict(self).items() if name.endswith("_kg"))

    @property
    def specific_power_w_kg(self) -> float:
        """Compute power over mass."""
        return self.power_kw * 1e3 / self.mass_kg


def assumptions(facts: Facts, level: str = "nominal") -> Assumptions:
    """The assumptions of ``data/sizing.csv``, all nominal or all at the end that makes it light or heavy."""

    def number(name: str, unit: str) -> float:
        fact = facts[f"sizing.{name}"]
        light_end = "high" if name in _LIGHTER_WHEN_HIGH else "low"
        heavy_end = "low" if name in _LIGHTER_WHEN_HIGH else "high"
        end = {"light": light_end, "heavy": heavy_end, "nominal": "value"}[level]
        return replace(fact, value=getattr(fact, end)).to(unit)

    boards, conditioning, battery, communication, bus = (number(name, "kg/kW") for name in PER_POWER)
    return Assumptions(
        number("overhead", "dimensionless"), number("degradation_margin", "dimensionless"),
        number("array_areal_power", "W/m**2"), number("array_areal_mass", "kg/m**2"),
        number("radiator_flux", "W/m**2"), number("radiator_areal_mass", "kg/m**2"),
        boards, conditioning, battery, communication, bus, number("structure", "dimensionless"),
    )  # fmt: skip


def size(power_kw: float, given: Assumptions) -> Sizing:
    """One satellite of a compute power [kW]."""
    drawn_w = power_kw * 1e3 * given.overhead
    array = drawn_w * given.degradation_margin / given.array_areal_power_w_m2
    radiator = drawn_w / given.radiator_flux_w_m2
    array_kg, radiator_kg = array * given.array_areal_mass_kg_m2, radiator * given.radiator_areal_mass_kg_m2
    boards, conditioning, battery, communication, bus = (
        power_kw * float(getattr(given, f"{name}_kg_kw")) for name in PER_POWER
    )
    parts = array_kg + radiator_kg + boards + conditioning + battery + communication + bus
    return Sizing(
        power_kw, array, radiator, array_kg, radiator_kg, boards, conditioning, battery, communication, bus,
        given.structure * parts,
    )  # fmt: skip


def radiated_w_m2(temperature_k: float, emissivity: float, sides: int, facts: Facts) -> float:
    """Heat [W] a square metre of radiator (planform) gives off to black space."""
    sigma = facts.number("constants.stefan_boltzmann", "W/m**2/K**4")
    return sides * emissivity * sigma * temperature_k**4
