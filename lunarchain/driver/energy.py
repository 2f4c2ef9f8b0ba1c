"""Energy and power of a train of shots: wall energy, power pulses, the store that evens them out. SI units.

Each shot draws a triangular pulse (constant force, rising speed). The feed is constant, so the store
swings by the difference; where shots overlap on the track the pulses add and the swing shrinks.
"""

from __future__ import annotations

import math


def wall_energy_j_per_kg(
    exit_speed_m_s: float, sled_ratio: float, wall_efficiency: float, sled_recovery: float
) -> float:
    """Wall-plug energy in J per kg of shot: v²/2 · ((1 + s)/η - s·r).

    ``sled_ratio`` s is sled over shot mass; ``sled_recovery`` r the share of the sled's kinetic energy won
    back when it is braked.
    """
    return exit_speed_m_s**2 / 2 * ((1 + sled_ratio) / wall_efficiency - sled_ratio * sled_recovery)


def mean_power_w(wall_energy_j_per_kg: float, shot_mass_kg: float, interval_s: float) -> float:
    """Mean wall power in W while shooting. Windows raise the power while open, never the energy of a shot."""
    return wall_energy_j_per_kg * shot_mass_kg / interval_s


def peak_kinetic_power_w(moving_mass_kg: float, acceleration_m_s2: float, exit_speed_m_s: float) -> float:
    """Mechanical power M·a·v in W of one shot at the end of the track."""
    return moving_mass_kg * acceleration_m_s2 * exit_speed_m_s


def overlap_peak(time_on_track_s: float, interval_s: float) -> float:
    """Peak of the summed pulses over the peak of one: the sum of (1 - jτ/t) over the shots on the track."""
    behind = math.floor(time_on_track_s / interval_s)
    return sum(1 - j * interval_s / time_on_track_s for j in range(behind + 1))


def cycled_fraction(time_on_track_s: float, interval_s: float) -> float:
    """Energy the store must swing every interval over the energy of one shot.

    Exact for a constant feed: (1 - t/2τ)² when shots do not overlap, and with n = t/τ of them on the track
    the area of the summed sawtooth above its mean, which falls as 1/(4n) for whole n and never to zero.
    """
    n = time_on_track_s / interval_s
    whole, part = math.floor(n), n - math.floor(n)
    # Time in intervals, power in units of one pulse's slope: from the moment a shot leaves, `whole` ramps
    # run until the next one starts, then `whole + 1`; the sum rises all the way, so it swings once.
    mean = n**2 / 2
    before = _area_above(mean, whole * part + whole * (whole - 1) / 2, whole, 1 - part)
    after = _area_above(mean, whole * (whole + 1) / 2, whole + 1, part)
    return (before + after) / mean


def _area_above(level: float, start: float, slope: float, duration: float) -> float:
    """Area above ``level`` under a line that rises from ``start`` with ``slope`` for ``duration``."""
    end = start + slope * duration
    if end <= level:
        return 0.0
    if start >= level:
        return ((start + end) / 2 - level) * duration
    return (end - level) ** 2 / (2 * slope)


def store_mass_kg(store_j: float, specific_energy_j_per_kg: float) -> float:
    """Mass in kg of an energy store of the given capacity."""
    return store_j / specific_energy_j_per_kg


def least_interval_s(
    cycled_j: float, installed_j: float, feed_w: float, charge_time_s: float, dead_time_s: float
) -> float:
    """Shortest interval in s in which the store can be charged again, switching time included.

    Limited by the feed and by the store itself, which fills from empty in ``charge_time_s`` at best.
    """
    charging = min(feed_w, installed_j / charge_time_s)
    return cycled_j / charging + dead_time_s
