"""Mass drivers from their shots alone: seconds, tracks, power and heat by the laws of motion and the sourced facts.

Uses nothing of the launcher room: a design's name says what is shot, how hard, how fast and how often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lunarchain.driver.design import LauncherDesign
from lunarchain.plan.audit.case import SLICES, Case
from lunarchain.plan.audit.certificate import Line, Statement, Vector
from lunarchain.plan.audit.tracks import designs, shot_kt_per_yr, site_of, standing, stands_of
from lunarchain.plan.launchers import BUSY, HEAT, LAUNCHERS, POWER, SHOTS
from lunarchain.units import factor

SHOT = Statement("driver shots", "shots a year of the table = mass shot / mass of a shot [shot/yr]")
SECONDS = Statement(
    "driver seconds", "seconds the shots of a slice take <= seconds its tracks can shoot in it [s/yr]"
)
COUNT = Statement(
    "driver tracks", "tracks the shots of the table keep busy = seconds of all shots / a track's"
)
DRAWN = Statement("driver power", "mean power of the table = energy of all shots / year [GW]")
LOST = Statement("driver heat", "stator heat of the table = what the motor loses in all shots / year [GW]")

SECONDS_PER_YEAR = factor("yr", "s")


@dataclass(frozen=True)
class Shot:
    """One shot: SI units."""

    kg: float
    interval_s: float
    wall_j: float
    heat_j: float


def shot_of(case: Case, launcher: LauncherDesign) -> Shot:
    """A shot from the choices in a design's name: sled from the payload class, losses from the efficiencies."""
    sled = case.number(f"driver.class.{launcher.payload_class}.sled_ratio")
    wall, motor = (case.number(f"driver.efficiency.{name}") for name in ("wall_to_kinetic", "motor"))
    won_back = case.number("driver.efficiency.sled_recovery")
    kg = launcher.shot_mass_t * factor("t", "kg")
    payload_j, sled_j = (mass * launcher.exit_speed_m_s**2 / 2 for mass in (kg, kg * sled))
    return Shot(
        kg=kg,
        interval_s=launcher.interval_s,
        wall_j=(payload_j + sled_j) / wall - won_back * sled_j,
        heat_j=(payload_j + sled_j) / motor - (payload_j + sled_j),
    )


def lines(case: Case) -> Iterator[Line]:
    """Every statement about launchers that follows from their shots."""
    for stand in stands_of(case):
        for launcher in designs(case, stand):
            yield from _of_design(case, stand, launcher)


def _of_design(case: Case, stand: str, launcher: LauncherDesign) -> Iterator[Line]:
    place, one = f"{launcher.id} on {stand}", shot_of(case, launcher)
    can_s = available_share(case, launcher) * SECONDS_PER_YEAR
    total = case.zero
    for slice_ in SLICES:
        shots = shot_kt_per_yr(case, stand, launcher.id, slice_) * factor("kt", "kg") / one.kg
        share = case.sites[site_of(case, stand)].share(slice_)
        able_s = standing(case, stand, launcher) * share * can_s
        yield SECONDS.within(f"{place}, {slice_}", shots * one.interval_s, able_s)
        total = total + shots

    def said(what: str) -> Vector:
        return case.of(LAUNCHERS, stand, launcher.id, what)

    to_gw = factor("W", "GW") / SECONDS_PER_YEAR
    yield SHOT.equal(place, said(SHOTS), total)
    yield COUNT.equal(place, said(BUSY), total * one.interval_s / can_s)
    yield DRAWN.equal(place, said(POWER), total * one.wall_j * to_gw)
    yield LOST.equal(place, said(HEAT), total * one.heat_j * to_gw)


def available_share(case: Case, launcher: LauncherDesign) -> float:
    """Share of its life a track can shoot: what is planned for, unless repairs after failed shots take more."""
    planned = case.number("driver.operations.availability")
    run_s = case.number("driver.operations.shots_between_failures", "shot") * launcher.interval_s
    return min(planned, run_s / (run_s + case.number("driver.operations.repair_time", "s")))
