"""What the launchers of a plan do in a year: shots, seconds of their tracks, mean power, heat."""

from __future__ import annotations

from collections.abc import Iterator

from lunarchain.driver.design import LauncherDesign
from lunarchain.units import factor

LAUNCHERS = "launchers"
SHOTS, BUSY, POWER, HEAT = "shots", "tracks kept busy", "mean power", "stator heat"
UNITS = {SHOTS: "shot/yr", BUSY: "track", POWER: "GW", HEAT: "GW"}

Row = tuple[int, str, str, str, float, str]


def launcher_rows(period: int, stand: str, design: LauncherDesign, shot_kt_per_yr: float) -> Iterator[Row]:
    """Rows of the launchers table for the mass a design shoots from a stand in a period.

    ``tracks kept busy`` is how many tracks would shoot without a pause, availability taken off; power is from the
    wall and heat is what the stator loses, both means over the year.
    """
    duty = shot_kt_per_yr / design.throughput_kt_per_yr
    hours = factor("yr", "hour")
    values = {
        SHOTS: shot_kt_per_yr / (design.shot_mass_t * factor("t", "kt")),
        BUSY: duty / design.availability,
        POWER: shot_kt_per_yr * design.wall_energy_kwh_per_kg / hours,
        HEAT: duty * design.stator_heat_mw * factor("MW", "GW"),
    }
    for what, value in values.items():
        yield period, stand, design.id, what, value, UNITS[what]
