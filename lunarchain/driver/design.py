"""A launcher design: the choices, everything that follows from them, and the sheet that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from lunarchain.driver import accuracy, energy, heat, kinematics, masses, operations
from lunarchain.driver.basis import LauncherBasis, Technology
from lunarchain.driver.failures import failed_shots
from lunarchain.driver.sizing import STANDARD_G_M_S2, Sizing, size
from lunarchain.units import factor

BOTH_WAYS = "_both"  # ends the name of a design that fires from either end


@dataclass(frozen=True)
class LauncherDesign:
    """One mass driver track in the units of the plan (kt, GW, G$, yr). Rates are while shooting."""

    id: str
    payload_class: str
    exit_speed_m_s: float
    acceleration_g: float
    two_way: bool
    shot_mass_t: float  # cargo with its launch structure, propellant and kick stage
    structure_fraction: float  # launch structure per unit of cargo, part of the shot mass
    orbital_assembly: bool
    sled_ratio: float
    interval_s: float
    track_m: float
    braking_m: float
    time_on_track_s: float
    shots_in_flight: float
    sleds: int
    kinetic_energy_gj: float
    shot_energy_gj: float  # electrical, at the stator
    peak_kinetic_power_gw: float  # one shot, mechanical
    peak_power_gw: float  # all shots on the track, electrical
    mean_power_mw: float  # wall plug
    wall_energy_kwh_per_kg: float
    cycled_gj: float  # swing of the store every interval
    store_gj: float  # installed store
    store_t: float
    store_cost_g_usd: float
    least_interval_s: float
    stator_heat_kw_per_m: float  # accelerating section
    stator_heat_mw: float  # the same over its length
    braking_heat_kw_per_m: float
    conversion_heat_mw: float  # lost between wall and store, shed by the same radiators
    radiator_m2_per_m: float
    stator_rise_k: float  # by one shot, before cooling
    hold_down_m_s2: float
    chord_sag_m: float  # of a straight track below the curved surface
    azimuth_yard_m: float  # curved exit to one end of the azimuth range; every exit has two
    throughput_kt_per_yr: float  # at 100 % availability
    availability: float
    failures_per_yr: float  # shots that fail, at the design's availability; each is lost
    fallen_share: float  # of failed shots: back onto the Moon within a short arc
    fallen_median_km: float  # how far downrange half of those come down at most
    fallen_far_km: float  # and nine tenths
    returned_share: float  # of failed shots: once round the Moon, onto the ground behind the track
    escaped_share: float  # of failed shots: away from the Moon
    life_shots: float
    life_yr: float
    wear_kt_per_yr: float  # stator replaced at full availability
    stator_lunar_mass_kt: Mapping[str, float]  # one stator, part of the track's bill
    stator_imported_mass_kt: float
    build_time_yr: float
    lunar_mass_kt: Mapping[str, float]
    imported_mass_kt: float
    capital_g_usd: float
    capital_range_g_usd: tuple[float, float]
    exit_speed_error_m_s: float
    aim_error_mrad: float

    @property
    def cargo_kt_per_yr(self) -> float:
        """Cargo launched a year at the design's availability, launch structure taken off."""
        return self.throughput_kt_per_yr * self.availability / (1 + self.structure_fraction)

    @property
    def stator_mass_kt(self) -> float:
        """Mass of one stator, replaced after ``life_shots``."""
        return sum(self.stator_lunar_mass_kt.values()) + self.stator_imported_mass_kt

    @property
    def stator_life_kt(self) -> float:
        """Mass one stator throws in its life."""
        return self.life_shots * self.shot_mass_t * factor("t", "kt")

    @property
    def stator_life_yr(self) -> float:
        """Years until the stator has fired its life, at the design's availability."""
        return self.life_shots / operations.shots_per_yr(self.interval_s, self.availability)

    @property
    def total_mass_kt(self) -> float:
        """Lunar-made and imported mass of the track together."""
        return sum(self.lunar_mass_kt.values()) + self.imported_mass_kt


def design(
    exit_speed_m_s: float,
    acceleration_g: float,
    shot_mass_t: float,
    interval_s: float,
    basis: LauncherBasis,
    two_way: bool = False,
    id: str = "",
) -> LauncherDesign:
    """The launcher that follows from exit speed, acceleration (standard g), shot mass and shot interval.

    Inputs must be positive; ``check_design`` says what else a buildable launcher needs.
    """
    sizing = size(
        exit_speed_m_s,
        acceleration_g * STANDARD_G_M_S2,
        shot_mass_t * factor("t", "kg"),
        interval_s,
        basis.payload.sled_ratio,
        basis.technology,
        two_way,
    )
    choices: dict[str, object] = {
        "id": id
        or design_id(basis.payload.name, exit_speed_m_s, acceleration_g, shot_mass_t, interval_s, two_way),
        "payload_class": basis.payload.name,
        "exit_speed_m_s": exit_speed_m_s,
        "acceleration_g": acceleration_g,
        "two_way": two_way,
        "shot_mass_t": shot_mass_t,
        "structure_fraction": basis.payload.structure_per_g * acceleration_g,
        "orbital_assembly": basis.payload.orbital_assembly,
        "sled_ratio": basis.payload.sled_ratio,
        "interval_s": interval_s,
    }
    parts = (_motion(sizing, basis), _power(sizing, basis), _service(sizing, basis), _masses(sizing, basis))
    values = choices | _errors(acceleration_g, exit_speed_m_s, basis)
    for part in parts:
        values |= part
    return LauncherDesign(**values)  # type: ignore[arg-type]


def design_sheet(launcher: LauncherDesign) -> dict[str, object]:
    """Every figure of a design under its own name, with the totals a reader asks for next.

    Plain numbers, words, and one dictionary of masses: ready for a table or for JSON.
    """
    sheet = {field.name: getattr(launcher, field.name) for field in fields(launcher)}
    sheet["lunar_mass_kt"] = dict(launcher.lunar_mass_kt)
    sheet["total_mass_kt"] = launcher.total_mass_kt
    sheet["cargo_kt_per_yr"] = launcher.cargo_kt_per_yr
    sheet["stator_lunar_mass_kt"] = dict(launcher.stator_lunar_mass_kt)
    sheet["stator_mass_kt"] = launcher.stator_mass_kt
    sheet["stator_life_yr"] = launcher.stator_life_yr
    return sheet


def design_id(
    payload_class: str,
    exit_speed_m_s: float,
    acceleration_g: float,
    shot_mass_t: float,
    interval_s: float,
    two_way: bool = False,
) -> str:
    """A readable name, distinct for distinct choices: ``parts_100kg_300g_2.7s_2540``, or ``..._2540_both``."""
    shot_kg = shot_mass_t * factor("t", "kg")
    name = f"{payload_class}_{shot_kg:g}kg_{acceleration_g:g}g_{interval_s:g}s_{exit_speed_m_s:.6g}"
    return name + BOTH_WAYS * two_way


def _motion(sizing: Sizing, basis: LauncherBasis) -> dict[str, object]:
    technology = basis.technology
    return {
        "track_m": sizing.track_m,
        "braking_m": sizing.braking_m,
        "time_on_track_s": sizing.time_on_track_s,
        "shots_in_flight": kinematics.shots_in_flight(sizing.time_on_track_s, sizing.interval_s),
        "sleds": sizing.sleds,
        "kinetic_energy_gj": sizing.kinetic_j * factor("J", "GJ"),
        "hold_down_m_s2": kinematics.hold_down_m_s2(
            sizing.exit_speed_m_s, technology.moon_gm_m3_s2, technology.moon_radius_m
        ),
        "chord_sag_m": kinematics.chord_sag_m(sizing.track_m, technology.moon_radius_m),
        "azimuth_yard_m": sizing.yard_m,
    }


def _power(sizing: Sizing, basis: LauncherBasis) -> dict[str, object]:
    technology = basis.technology
    mean_w = energy.mean_power_w(sizing.wall_j_per_kg, sizing.shot_kg, sizing.interval_s)
    shot_j = sizing.kinetic_j / technology.motor_efficiency
    stator = masses.stator_kg_per_m(sizing.moving_kg, sizing.acceleration_m_s2, basis.bill)
    return {
        "shot_energy_gj": shot_j * factor("J", "GJ"),
        "peak_kinetic_power_gw": sizing.peak_kinetic_w * factor("W", "GW"),
        "peak_power_gw": sizing.peak_electric_w * factor("W", "GW"),
        "mean_power_mw": mean_w * factor("W", "MW"),
        "wall_energy_kwh_per_kg": sizing.wall_j_per_kg * factor("J/kg", "kWh/kg"),
        "cycled_gj": sizing.cycled_j * factor("J", "GJ"),
        "store_gj": sizing.store_j * factor("J", "GJ"),
        "store_t": energy.store_mass_kg(sizing.store_j, technology.store_j_per_kg) * factor("kg", "t"),
        "store_cost_g_usd": sizing.store_j * technology.store_usd_per_j * factor("USD", "GUSD"),
        "least_interval_s": energy.least_interval_s(
            sizing.cycled_j,
            sizing.store_j,
            shot_j / sizing.interval_s,
            technology.store_charge_time_s,
            technology.store_dead_time_s,
        ),
        "stator_heat_kw_per_m": sizing.stator_heat_w_per_m * factor("W", "kW"),
        "stator_heat_mw": sizing.stator_heat_w_per_m * sizing.track_m * factor("W", "MW"),
        "conversion_heat_mw": sizing.conversion_heat_w * factor("W", "MW"),
        "braking_heat_kw_per_m": sizing.braking_heat_w_per_m * factor("W", "kW"),
        "radiator_m2_per_m": sizing.radiator_m2_per_m,
        "stator_rise_k": heat.adiabatic_rise_k(
            sizing.stator_heat_w_per_m * sizing.interval_s, stator, technology.stator_specific_heat_j_per_kg_k
        ),
    }


def _service(sizing: Sizing, basis: LauncherBasis) -> dict[str, object]:
    technology = basis.technology
    length_km = (sizing.track_m + sizing.braking_m * sizing.braking_sections) * factor("m", "km")
    available = operations.availability_with_failures(
        technology.availability,
        technology.shots_between_failures,
        technology.repair_time_s,
        sizing.interval_s,
    )
    return _failures(sizing, technology, available) | {
        "throughput_kt_per_yr": operations.throughput_kt_per_yr(
            sizing.shot_kg * factor("kg", "t"), sizing.interval_s
        ),
        "availability": available,
        "life_shots": technology.stator_life_shots,
        "life_yr": technology.life_yr,
        "build_time_yr": technology.build_time_yr + technology.build_time_yr_per_km * length_km,
    }


def _failures(sizing: Sizing, technology: Technology, available: float) -> dict[str, object]:
    fate = failed_shots(
        sizing.exit_speed_m_s,
        technology.exit_elevation_rad,
        technology.moon_gm_m3_s2,
        technology.moon_radius_m,
    )
    return {
        "failures_per_yr": operations.shots_per_yr(sizing.interval_s, available)
        / technology.shots_between_failures,
        "fallen_share": fate.fallen_share,
        "fallen_median_km": fate.median_m * factor("m", "km"),
        "fallen_far_km": fate.far_m * factor("m", "km"),
        "returned_share": fate.returned_share,
        "escaped_share": fate.escaped_share,
    }


def _masses(sizing: Sizing, basis: LauncherBasis) -> dict[str, object]:
    components = masses.component_masses_kg(sizing, basis.bill, basis.technology)
    lunar, imported = masses.split_imported(masses.materials_kg(components, basis.bill))
    low, chosen, high = masses.capital_usd(sum(components.values()), basis.bill, basis.technology)
    worn = operations.worn_share_per_yr(
        operations.shots_per_yr(sizing.interval_s), basis.technology.stator_life_shots
    )
    stator, stator_imported = masses.split_imported(
        masses.materials_kg({"stator": components["stator"]}, basis.bill)
    )
    to_kt, to_g_usd = factor("kg", "kt"), factor("USD", "GUSD")
    return {
        "lunar_mass_kt": {material: mass * to_kt for material, mass in lunar.items()},
        "imported_mass_kt": imported * to_kt,
        "stator_lunar_mass_kt": {material: mass * to_kt for material, mass in stator.items()},
        "stator_imported_mass_kt": stator_imported * to_kt,
        "wear_kt_per_yr": components["stator"] * worn * to_kt,
        "capital_g_usd": chosen * to_g_usd,
        "capital_range_g_usd": (low * to_g_usd, high * to_g_usd),
    }


def _errors(acceleration_g: float, exit_speed_m_s: float, basis: LauncherBasis) -> dict[str, object]:
    technology = basis.technology
    anchor_g = technology.error_acceleration_g
    return {
        "exit_speed_error_m_s": accuracy.exit_speed_error_m_s(
            acceleration_g, technology.speed_error_m_s, anchor_g
        ),
        "aim_error_mrad": accuracy.aim_error_mrad(
            acceleration_g, exit_speed_m_s, technology.aim_error_mrad, anchor_g, technology.error_speed_m_s
        ),
    }
