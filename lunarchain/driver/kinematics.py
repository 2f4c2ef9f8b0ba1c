"""Motion on the track at constant acceleration: lengths, times, forces. Plain floats in SI units."""

from __future__ import annotations

import math


def track_length_m(exit_speed_m_s: float, acceleration_m_s2: float) -> float:
    """Length L = v²/(2a) in m over which constant acceleration reaches the exit speed (or stops from it)."""
    return exit_speed_m_s**2 / (2 * acceleration_m_s2)


def time_on_track_s(exit_speed_m_s: float, acceleration_m_s2: float) -> float:
    """Time t = v/a in s that one shot spends accelerating."""
    return exit_speed_m_s / acceleration_m_s2


def kinetic_energy_j(moving_mass_kg: float, speed_m_s: float) -> float:
    """Kinetic energy of payload and sled together, in J."""
    return moving_mass_kg * speed_m_s**2 / 2


def thrust_n(moving_mass_kg: float, acceleration_m_s2: float) -> float:
    """Force of the linear motor on payload and sled, in N."""
    return moving_mass_kg * acceleration_m_s2


def hold_down_m_s2(speed_m_s: float, gm_m3_s2: float, radius_m: float) -> float:
    """Net acceleration v²/R - g in m/s² on a track that follows the surface.

    Positive values pull the sled off the track, so the guideway must hold it down: beyond circular speed.
    """
    return speed_m_s**2 / radius_m - gm_m3_s2 / radius_m**2


def chord_sag_m(track_m: float, radius_m: float) -> float:
    """Depth L²/(8R) in m of a straight track below the curved surface at its middle."""
    return track_m**2 / (8 * radius_m)


def circular_speed_m_s(gm_m3_s2: float, radius_m: float) -> float:
    """Speed in m/s of a circular orbit at the surface: slower shots fall back wherever they are aimed."""
    return math.sqrt(gm_m3_s2 / radius_m)


def shots_in_flight(time_on_track_s: float, interval_s: float) -> float:
    """Mean number of shots accelerating at once, n = t/τ; above one the pulses overlap."""
    return time_on_track_s / interval_s


def sleds_in_circulation(cycle_s: float, interval_s: float) -> int:
    """Sleds needed so that one is ready every interval when each is away for ``cycle_s``."""
    return math.ceil(cycle_s / interval_s)
