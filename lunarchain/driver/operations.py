"""A launcher in service: throughput, windows, shared tracks, wear, steering, failed shots. Plain floats."""

from __future__ import annotations

import math
from collections.abc import Iterable

from lunarchain.units import factor

SECONDS_PER_YEAR = factor("yr", "s")


def shots_per_yr(interval_s: float, *shares: float) -> float:
    """Shots a year at one per interval, times shares of the year (availability, window, power)."""
    return SECONDS_PER_YEAR / interval_s * math.prod(shares)


def throughput_kt_per_yr(shot_mass_t: float, interval_s: float, *shares: float) -> float:
    """Mass launched a year in kt, at one shot per interval for the given shares of the year."""
    return shot_mass_t * factor("t", "kt") * shots_per_yr(interval_s, *shares)


def interval_for_s(throughput_kt_per_yr: float, shot_mass_t: float, *shares: float) -> float:
    """Shot interval in s that launches the wanted kt a year on one track within the given shares."""
    return shot_mass_t * factor("t", "kt") * SECONDS_PER_YEAR * math.prod(shares) / throughput_kt_per_yr


def track_time_used(shots: Iterable[float], intervals_s: Iterable[float], availability: float) -> float:
    """Share of a track's available time that yearly shots to several destinations take; at most one fits."""
    used = sum(count * interval for count, interval in zip(shots, intervals_s, strict=True))
    return used / (SECONDS_PER_YEAR * availability)


def availability_with_failures(
    planned: float, shots_between_failures: float, repair_time_s: float, interval_s: float
) -> float:
    """Share of the time a track can shoot: what is planned for, or less where repairs take more than that leaves.

    Shooting for ``shots_between_failures`` intervals is followed by one repair. The planned share counts faults
    already, so the two are not multiplied.
    """
    shooting_s = shots_between_failures * interval_s
    return min(planned, shooting_s / (shooting_s + repair_time_s))


def worn_share_per_yr(shots_per_yr: float, life_shots: float) -> float:
    """Share of the stator replaced per year when every section lasts ``life_shots``."""
    return shots_per_yr / life_shots


def azimuth_yard_m(exit_speed_m_s: float, lateral_limit_m_s2: float, azimuth_rad: float) -> float:
    """Length in m of the curved exit that turns a shot by ``azimuth_rad`` at a lateral acceleration limit."""
    return exit_speed_m_s**2 / lateral_limit_m_s2 * azimuth_rad


def impact_range_m(exit_speed_m_s: float, elevation_rad: float, gm_m3_s2: float, radius_m: float) -> float:
    """Downrange distance in m along the surface at which a failed shot comes down; ``inf`` when it escapes.

    The ballistic range on a sphere, tan(φ/2) = q sinγ cosγ / (1 - q cos²γ) with q the square of speed over
    circular speed. A shot between circular and escape speed comes back after a revolution, near its track.
    """
    q = exit_speed_m_s**2 * radius_m / gm_m3_s2
    if q >= 2:
        return math.inf
    half = math.atan2(
        q * math.sin(elevation_rad) * math.cos(elevation_rad), 1 - q * math.cos(elevation_rad) ** 2
    )
    return 2 * half * radius_m
