"""Arrays behind the pictures of a design sheet: power of a shot, store over an interval, heat by position."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lunarchain.driver.basis import Technology
from lunarchain.driver.design import LauncherDesign
from lunarchain.driver.operations import impact_range_m
from lunarchain.units import factor

Profile = dict[str, NDArray[np.float64]]


def power_over_shot(launcher: LauncherDesign, points: int = 201) -> Profile:
    """``time_s``, ``speed_m_s`` and ``kinetic_power_gw`` of one shot from rest to exit, ``points`` each."""
    share = np.linspace(0, 1, points)
    return {
        "time_s": share * launcher.time_on_track_s,
        "speed_m_s": share * launcher.exit_speed_m_s,
        "kinetic_power_gw": share * launcher.peak_kinetic_power_gw,
    }


def store_over_interval(launcher: LauncherDesign, points: int = 2001) -> Profile:
    """``time_s``, ``drawn_gw``, ``feed_gw`` and ``stored_gj`` over one interval of steady shooting.

    Time zero is the start of a shot; powers are electrical, at the stator, of all shots on the track. The
    feed is constant, and the store moves between full and the depth it is drawn down to.
    """
    time_s = np.linspace(0, launcher.interval_s, points)
    started_s = launcher.interval_s * np.arange(int(launcher.shots_in_flight) + 1)
    ages_s = time_s[:, None] + started_s
    on_track = launcher.time_on_track_s
    progress = np.minimum(ages_s, on_track) / on_track
    pulse_gj, feed_gw = launcher.shot_energy_gj, launcher.shot_energy_gj / launcher.interval_s
    # A shot at share p of its time on the track has drawn p² of its energy.
    drawn_gj = pulse_gj * (progress**2 - progress[0] ** 2).sum(axis=1)
    balance_gj = feed_gw * time_s - drawn_gj
    return {
        "time_s": time_s,
        "drawn_gw": 2 * pulse_gj / on_track * np.where(ages_s < on_track, progress, 0).sum(axis=1),
        "feed_gw": np.full(points, feed_gw),
        "stored_gj": launcher.store_gj + balance_gj - balance_gj.max(),
    }


def heat_along_track(launcher: LauncherDesign, points: int = 401) -> Profile:
    """``position_m`` from the breech and ``heat_kw_per_m`` of stator and, beyond the exit, sled braking."""
    position_m = np.linspace(0, launcher.track_m + launcher.braking_m, points)
    accelerating = position_m <= launcher.track_m
    heat = np.where(accelerating, launcher.stator_heat_kw_per_m, launcher.braking_heat_kw_per_m)
    return {"position_m": position_m, "heat_kw_per_m": heat}


def impact_of_slow_shots(
    launcher: LauncherDesign, elevation_deg: float, technology: Technology, points: int = 201
) -> Profile:
    """``speed_m_s`` and ``range_km`` downrange at which a shot that leaves too slowly comes down.

    Up to the exit speed; ``inf`` for shots that escape. Beyond circular speed they come back from behind,
    after a revolution, which is why a failed shot is a hazard to its own track.
    """
    speeds = np.linspace(0, launcher.exit_speed_m_s, points)
    elevation = elevation_deg * factor("degree", "radian")
    gm, radius = technology.moon_gm_m3_s2, technology.moon_radius_m
    ranges = [impact_range_m(float(speed), elevation, gm, radius) for speed in speeds]
    return {"speed_m_s": speeds, "range_km": np.array(ranges) * factor("m", "km")}
