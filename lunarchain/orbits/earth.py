"""The Earth as orbit geometry needs it: constants of the fact tables, period, J2 inclination, light time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lunarchain.scenario.facts import Facts


@dataclass(frozen=True)
class Earth:
    """Constants of ``data/constants.csv`` in kilometres, seconds and radians."""

    radius_km: float
    gm_km3_s2: float
    j2: float
    obliquity_rad: float
    tropical_year_s: float
    speed_of_light_km_s: float


def earth(facts: Facts) -> Earth:
    """The Earth of the fact tables; ``InputError`` when a constant is missing."""
    wanted = (
        ("earth_radius", "km"),
        ("earth_gm", "km**3/s**2"),
        ("earth_j2", "dimensionless"),
        ("obliquity", "radian"),
        ("tropical_year", "s"),
        ("speed_of_light", "km/s"),
    )
    return Earth(*(facts.number(f"constants.{name}", unit) for name, unit in wanted))


def orbital_period_s(body: Earth, altitude_km: float) -> float:
    """Two-body period [s] of a circular orbit at ``altitude_km`` above the equatorial radius."""
    return math.tau * math.sqrt((body.radius_km + altitude_km) ** 3 / body.gm_km3_s2)


def sun_synchronous_inclination_rad(body: Earth, altitude_km: float) -> float:
    """Inclination [rad] at which J2 turns the node of a circular orbit once per tropical year.

    First-order secular rate, ``cos i = -2 a^2 w / (3 n J2 R^2)``. ``ValueError`` where no inclination turns
    the node fast enough (about 6,000 km up).
    """
    radius = body.radius_km + altitude_km
    mean_motion = math.tau / orbital_period_s(body, altitude_km)
    node_rate = math.tau / body.tropical_year_s
    cosine = -2 * radius**2 * node_rate / (3 * mean_motion * body.j2 * body.radius_km**2)
    if cosine < -1:
        raise ValueError(f"no sun-synchronous circular orbit at {altitude_km:.0f} km: J2 is too weak there")
    return math.acos(cosine)


def light_time_s(body: Earth, distance_km: float) -> float:
    """One-way light time [s] over ``distance_km``; from a satellite to the point below it, its altitude."""
    return distance_km / body.speed_of_light_km_s
