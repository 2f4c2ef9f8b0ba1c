"""Mass bill of a launcher, lunar-made and imported, and its Earth-paid capital.

The anchor is the SP-428 launcher, whose bill was published by component. Thrust per metre of stator follows
acceleration times moving mass to the power 2/3 (the sled lengthens with the cube root of its mass), switches
follow peak power, the kinetic system mean kinetic power, guideway the length.
"""

from __future__ import annotations

from dataclasses import replace

from lunarchain.driver.basis import IMPORTED, MassBill, Technology
from lunarchain.driver.energy import store_mass_kg
from lunarchain.driver.operations import interval_for_s
from lunarchain.driver.sizing import Sizing, size
from lunarchain.units import factor


def stator_kg_per_m(moving_kg: float, acceleration_m_s2: float, bill: MassBill) -> float:
    """Windings and feeders per metre of stator, in kg/m, for a moving mass and its acceleration."""
    reference_kg = bill.reference_shot_kg * (1 + bill.reference_sled_ratio)
    mass_ratio = (moving_kg / reference_kg) ** bill.stator_exponent
    return bill.stator_kg_per_m * mass_ratio * acceleration_m_s2 / bill.reference_acceleration_m_s2


def component_masses_kg(sizing: Sizing, bill: MassBill, technology: Technology) -> dict[str, float]:
    """Mass of each component of one launcher in kg; the keys are those of the bill's material shares."""
    braking_m = sizing.braking_m * sizing.braking_sections
    yards_m = 2 * sizing.yard_m * sizing.braking_sections  # a curve to either side of every exit
    return {
        "stator": stator_kg_per_m(sizing.moving_kg, sizing.acceleration_m_s2, bill) * sizing.track_m
        + stator_kg_per_m(sizing.sled_kg, sizing.braking_m_s2, bill) * braking_m,
        "guideway": bill.guideway_kg_per_m * (sizing.track_m + braking_m + yards_m),
        "kinetic_system": bill.kinetic_system_kg_per_w * sizing.mean_kinetic_w,
        "store": store_mass_kg(sizing.store_j, technology.store_j_per_kg),
        "switches": bill.switch_kg_per_w * sizing.peak_electric_w,
        "radiators": bill.radiator_kg_per_m2 * sizing.radiator_m2,
        "sleds": sizing.sled_kg * sizing.sleds,
    }


def materials_kg(components_kg: dict[str, float], bill: MassBill) -> dict[str, float]:
    """The same mass by material, imported parts under their own key."""
    totals: dict[str, float] = {}
    for component, mass_kg in components_kg.items():
        for material, share in bill.shares[component].items():
            totals[material] = totals.get(material, 0.0) + mass_kg * share
    return totals


def split_imported(by_material_kg: dict[str, float]) -> tuple[dict[str, float], float]:
    """Lunar-made mass by material and the imported mass, both in kg."""
    lunar = {material: mass for material, mass in by_material_kg.items() if material != IMPORTED}
    return lunar, by_material_kg.get(IMPORTED, 0.0)


def capital_usd(total_kg: float, bill: MassBill, technology: Technology) -> tuple[float, float, float]:
    """Earth-paid capital in USD for the low, chosen and high published regime.

    A regime prices one launcher of the reference throughput; that launcher is the SP-428 machine at that rate
    through this same mass bill, and other launchers scale by mass to a power below one.
    """
    scale = (total_kg / reference_mass_kg(bill, technology)) ** bill.capital_exponent
    low, chosen, high = bill.capital_usd
    return low * scale, chosen * scale, high * scale


def reference_mass_kg(bill: MassBill, technology: Technology) -> float:
    """Mass in kg of the launcher that the capital regimes price, by this bill."""
    straight = replace(technology, azimuth_range_rad=0.0)
    sizing = size(
        bill.reference_exit_speed_m_s,
        bill.reference_acceleration_m_s2,
        bill.reference_shot_kg,
        interval_for_s(bill.capital_kt_per_yr, bill.reference_shot_kg * factor("kg", "t")),
        bill.reference_sled_ratio,
        straight,
    )
    return sum(component_masses_kg(sizing, bill, straight).values())
