"""From the sourced facts to the plain numbers a launcher design rests on."""

from __future__ import annotations

from dataclasses import replace

from lunarchain.driver.basis import (
    IMPORTED,
    LUNAR_MATERIALS,
    LauncherBasis,
    MassBill,
    PayloadClass,
    Technology,
)
from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.scenario.facts import Facts
from lunarchain.units import factor

COMPONENTS = ("stator", "guideway", "kinetic_system", "store", "switches", "radiators", "sleds")


def payload_classes(facts: Facts) -> list[str]:
    """Names of the payload classes the facts define."""
    return facts.children("driver.class")


def launcher_basis(
    facts: Facts, payload_class: str, sled_ratio: float | None = None, azimuth_range_rad: float | None = None
) -> LauncherBasis:
    """Technology, mass bill and payload class for designing; ``InputError`` for an unknown class.

    ``sled_ratio`` (sled over shot mass) replaces that of the class when given, ``azimuth_range_rad`` (steering to
    either side) the general one: each track of the plan has its own.
    """
    carried, machine = payload(facts, payload_class), technology(facts)
    if sled_ratio is not None:
        carried = replace(carried, sled_ratio=sled_ratio)
    if azimuth_range_rad is not None:
        machine = replace(machine, azimuth_range_rad=azimuth_range_rad)
    return LauncherBasis(carried, machine, mass_bill(facts))


def payload(facts: Facts, name: str) -> PayloadClass:
    """One payload class; ``InputError`` names the nearest one that exists."""
    names = payload_classes(facts)
    if name not in names:
        issue = Issue("driver", "payload_class", repr(name), " | ".join(names), nearest_name(name, names))
        raise InputError([issue])
    start = f"driver.class.{name}"
    return PayloadClass(
        name=name,
        acceleration_limit_g=facts.number(f"{start}.acceleration_limit", "standard_g"),
        structure_per_g=facts.number(f"{start}.structure_per_g", "1/standard_g"),
        sled_ratio=facts.number(f"{start}.sled_ratio", "dimensionless"),
        orbital_assembly=facts.text(f"{start}.orbital_assembly") == "yes",
    )


def technology(facts: Facts) -> Technology:
    """Track, power and service figures in SI units."""

    def number(key: str, unit: str = "dimensionless") -> float:
        return facts.number(f"driver.{key}", unit)

    return Technology(
        wall_efficiency=number("efficiency.wall_to_kinetic"),
        motor_efficiency=number("efficiency.motor"),
        sled_recovery=number("efficiency.sled_recovery"),
        braking_acceleration_g=number("sled.braking_acceleration", "standard_g"),
        sled_return_speed_m_s=number("sled.return_speed", "m/s"),
        sled_loading_s=number("sled.loading_time", "s"),
        store_j_per_kg=number("store.capacitor_energy", "J/kg"),
        store_reserve=number("store.reserve"),
        store_dead_time_s=number("store.dead_time", "s"),
        store_charge_time_s=number("store.charge_time", "s"),
        store_usd_per_j=number("store.capacitor_cost", "USD/J"),
        radiator_temperature_k=number("radiator.temperature", "kelvin"),
        radiator_emissivity=number("radiator.emissivity"),
        stator_specific_heat_j_per_kg_k=number("efficiency.stator_specific_heat", "J/(kg*K)"),
        speed_error_m_s=number("accuracy.exit_speed", "m/s"),
        aim_error_mrad=number("accuracy.aim", "mrad"),
        error_acceleration_g=number("accuracy.reference_acceleration", "standard_g"),
        error_speed_m_s=number("accuracy.reference_speed", "m/s"),
        lateral_share=number("operations.lateral_share"),
        azimuth_range_rad=number("operations.azimuth_range", "radian"),
        exit_elevation_rad=number("operations.exit_elevation", "radian"),
        availability=number("operations.availability"),
        shots_between_failures=number("operations.shots_between_failures", "shot"),
        repair_time_s=number("operations.repair_time", "s"),
        stator_life_shots=number("operations.stator_life", "shot"),
        life_yr=number("operations.life", "yr"),
        build_time_yr=number("operations.build_time", "yr"),
        build_time_yr_per_km=number("operations.build_time_per_length", "yr/km"),
        moon_gm_m3_s2=number("physics.moon_gm", "m**3/s**2"),
        moon_radius_m=number("physics.moon_radius", "m"),
    )


def mass_bill(facts: Facts) -> MassBill:
    """Masses of the SP-428 launcher as scaling anchors, material shares, and the published capital regimes.

    ``InputError`` when the shares of a component do not add up to one.
    """

    def sp428(key: str, unit: str) -> float:
        return facts.number(f"driver.published.sp428.{key}", unit)

    sled_ratio = facts.number("driver.sled.mass_ratio", "dimensionless")
    moving_kg = sp428("shot_mass", "kg") * (1 + sled_ratio)
    peak_w = moving_kg * sp428("acceleration", "m/s**2") * sp428("exit_speed", "m/s")
    peak_w /= facts.number("driver.efficiency.motor", "dimensionless")  # electrical, as the switches carry it
    moving_w = sp428("kinetic_power", "W") * (1 + sled_ratio)  # the published power is the payload's alone
    stator_kg = sp428("winding_mass", "kg") + sp428("feeder_mass", "kg")
    return MassBill(
        reference_shot_kg=sp428("shot_mass", "kg"),
        reference_sled_ratio=sled_ratio,
        reference_acceleration_m_s2=sp428("acceleration", "m/s**2"),
        reference_exit_speed_m_s=sp428("exit_speed", "m/s"),
        stator_kg_per_m=stator_kg / sp428("total_length", "m"),
        stator_exponent=facts.number("driver.bill.stator_exponent", "dimensionless"),
        switch_kg_per_w=sp428("switch_mass", "kg") / peak_w,
        kinetic_system_kg_per_w=sp428("kinetic_system_mass", "kg") / moving_w,
        guideway_kg_per_m=facts.number("driver.bill.guideway_mass", "kg/m"),
        radiator_kg_per_m2=facts.number("industry.fabrication.radiator_areal", "kg/m**2"),
        shares=_material_shares(facts),
        capital_usd=_regimes(facts),
        capital_kt_per_yr=facts.number("driver.capital.regime_throughput", "kt/yr"),
        capital_exponent=facts.number("driver.capital.scale_exponent", "dimensionless"),
    )


def _regimes(facts: Facts) -> tuple[float, float, float]:
    regime = facts["driver.capital.regime"]
    scale = factor(regime.unit, "USD")
    return regime.low * scale, regime.value * scale, regime.high * scale


def _material_shares(facts: Facts) -> dict[str, dict[str, float]]:
    known = (*LUNAR_MATERIALS, IMPORTED)
    shares: dict[str, dict[str, float]] = {}
    issues = []
    for component in COMPONENTS:
        rows = facts.below(f"driver.bill.{component}")
        shares[component] = {material: fact.to("dimensionless") for material, fact in rows.items()}
        total = sum(shares[component].values())
        if abs(total - 1) > 1e-9:
            issues.append(
                Issue("driver.csv", f"driver.bill.{component}", f"shares adding up to {total:g}", "1")
            )
        issues += [
            Issue("driver.csv", f"driver.bill.{component}.{material}", material, " | ".join(known))
            for material in shares[component]
            if material not in known
        ]
    if issues:
        raise InputError(issues)
    return shares
