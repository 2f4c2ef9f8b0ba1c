"""What a launcher design rests on besides its own choices: technology, mass bill, payload class.

Plain numbers in SI units or dimensionless; `lunarchain.driver.inputs` fills them from the sourced facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LUNAR_MATERIALS = ("al_parts", "steel_parts", "wire", "ceramic", "radiator")
IMPORTED = "imported"


@dataclass(frozen=True)
class PayloadClass:
    """What is thrown: how hard it may be accelerated and what that costs it."""

    name: str
    acceleration_limit_g: float
    structure_per_g: float  # launch structure per kg of cargo and g
    sled_ratio: float  # sled over shot mass
    orbital_assembly: bool


@dataclass(frozen=True)
class Technology:
    """Physics of track, power and service."""

    wall_efficiency: float  # wall to kinetic energy of payload and sled
    motor_efficiency: float  # store to kinetic energy: the rest is stator heat
    sled_recovery: float
    braking_acceleration_g: float
    sled_return_speed_m_s: float
    sled_loading_s: float
    store_j_per_kg: float
    store_reserve: float  # least installed store, in whole shots
    store_dead_time_s: float
    store_charge_time_s: float
    store_usd_per_j: float
    radiator_temperature_k: float
    radiator_emissivity: float
    stator_specific_heat_j_per_kg_k: float
    speed_error_m_s: float
    aim_error_mrad: float
    error_acceleration_g: float
    error_speed_m_s: float
    lateral_share: float  # sideways over lengthwise acceleration in a curved exit
    azimuth_range_rad: float  # to either side of the straight exit
    exit_elevation_rad: float
    availability: float  # planned: maintenance and faults together
    shots_between_failures: float
    repair_time_s: float
    stator_life_shots: float
    life_yr: float
    build_time_yr: float
    build_time_yr_per_km: float
    moon_gm_m3_s2: float
    moon_radius_m: float


@dataclass(frozen=True)
class MassBill:
    """Masses scaled from a published launcher, their materials, and what the imported knowledge costs."""

    reference_shot_kg: float
    reference_sled_ratio: float
    reference_acceleration_m_s2: float
    reference_exit_speed_m_s: float
    stator_kg_per_m: float  # windings and feeders of the reference launcher
    stator_exponent: float
    switch_kg_per_w: float  # per watt of peak electrical power
    kinetic_system_kg_per_w: float  # per watt of mean kinetic power, sled included
    guideway_kg_per_m: float
    radiator_kg_per_m2: float
    shares: Mapping[str, Mapping[str, float]]  # component -> material -> share of its mass
    capital_usd: tuple[float, float, float]  # low, chosen, high regime for the reference throughput
    capital_kt_per_yr: float
    capital_exponent: float


@dataclass(frozen=True)
class LauncherBasis:
    """Everything a design needs beyond speed, acceleration, shot mass and interval."""

    payload: PayloadClass
    technology: Technology
    bill: MassBill
