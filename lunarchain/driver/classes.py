"""What each payload class costs: gentle throws of finished satellites against hard throws of parts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lunarchain.driver.design import LauncherDesign
from lunarchain.driver.inputs import payload_classes
from lunarchain.driver.menu import menu
from lunarchain.scenario.facts import Facts
from lunarchain.units import factor


@dataclass(frozen=True)
class Fleet:
    """Whole tracks of one design that throw a yearly cargo, and what they take."""

    launcher: LauncherDesign
    tracks: int
    track_km: float  # accelerating length of one
    thrown_kt_per_yr: float  # cargo with its launch structure
    structure_kt_per_yr: float
    mean_power_mw: float  # averaged over the year
    stator_heat_mw: float  # averaged over the year
    capital_g_usd: float
    imported_mass_kt: float
    lunar_mass_kt: float
    orbital_assembly: bool


def fleet_for(launcher: LauncherDesign, cargo_kt_per_yr: float) -> Fleet:
    """The tracks of a design needed for a yearly cargo; energy and heat follow the shots, not the tracks."""
    thrown = cargo_kt_per_yr * (1 + launcher.structure_fraction)
    duty = thrown / launcher.throughput_kt_per_yr  # tracks firing without a pause
    tracks = math.ceil(cargo_kt_per_yr / launcher.cargo_kt_per_yr)
    return Fleet(
        launcher=launcher,
        tracks=tracks,
        track_km=launcher.track_m * factor("m", "km"),
        thrown_kt_per_yr=thrown,
        structure_kt_per_yr=thrown - cargo_kt_per_yr,
        mean_power_mw=launcher.mean_power_mw * duty,
        stator_heat_mw=launcher.stator_heat_mw * duty,
        capital_g_usd=launcher.capital_g_usd * tracks,
        imported_mass_kt=launcher.imported_mass_kt * tracks,
        lunar_mass_kt=sum(launcher.lunar_mass_kt.values()) * tracks,
        orbital_assembly=launcher.orbital_assembly,
    )


def cheapest_fleets(facts: Facts, exit_speed_m_s: float, cargo_kt_per_yr: float) -> dict[str, Fleet]:
    """For every payload class, the fleet of least capital for a yearly cargo, from that class's menu."""
    return {
        name: min(
            (fleet_for(launcher, cargo_kt_per_yr) for launcher in menu(facts, name, exit_speed_m_s)),
            key=lambda fleet: fleet.capital_g_usd,
        )
        for name in payload_classes(facts)
    }
