"""The grid scan of a track: every exit speed and steering angle, flown to perigee, escape, impact or the limit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lunarchain.trajectory import lanes
from lunarchain.trajectory.ephemeris import DAY_S, Array, Flags, Index
from lunarchain.trajectory.inputs import Search, Track
from lunarchain.trajectory.shots import Aim, Case, impact_event, launch, perigee_event, sphere_event

PERIGEE, IMPACT, SPHERE = 0, 1, 2
SCAN_RTOL = 1e-8


@dataclass(frozen=True)
class Grid:
    """Ends of the scanned shots; axes epoch, azimuth, speed (states with 6 in front)."""

    t_s: Array
    azimuth_deg: Array
    speed_m_s: Array
    stopped_by: Index
    end_s: Array
    state: Array


def steering(track: Track, search: Search) -> Array:
    """Azimuths to scan: the track's own direction first in the middle of its steering range."""
    half = track.azimuth_range_deg
    if half == 0.0 or search.azimuths == 1:
        return np.array([track.azimuth_deg])
    return track.azimuth_deg + np.linspace(-half, half, search.azimuths)


def speeds(search: Search) -> Array:
    """Exit speeds to scan, in m/s."""
    return np.arange(
        search.speed_min_m_s, search.speed_max_m_s + search.speed_step_m_s / 2, search.speed_step_m_s
    )


def scan(case: Case, t_s: Array, sphere_m: float, limit_s: float) -> Grid:
    """Fly every (epoch, azimuth, speed) with point masses: good to a few m/s of exit speed, refined afterwards."""
    quick = replace(case, model=replace(case.model, lunar_degree=0, earth_j2=False))
    azimuth, speed = steering(case.track, case.search), speeds(case.search)
    when, where, fast = (part.ravel() for part in np.meshgrid(t_s, azimuth, speed, indexing="ij"))
    events = (perigee_event(case.search.clear_of_moon_m), impact_event(case.eph), sphere_event(sphere_m))
    until = np.minimum(when + limit_s, case.eph.last_s - DAY_S)
    arcs = lanes.propagate(quick.model, when, launch(quick, when, Aim(fast, where)), until, events, SCAN_RTOL)
    shape = (len(t_s), len(azimuth), len(speed))
    return Grid(
        t_s,
        azimuth,
        speed,
        arcs.stopped_by.reshape(shape),
        arcs.t_s.reshape(shape),
        arcs.state.reshape(6, *shape),
    )


def first_crossing(value: Array, valid: Flags, rising: bool) -> tuple[Array, Flags]:
    """Along the last axis, the fractional index of the first sign change between valid neighbours, and if any."""
    sign = value if rising else -value
    both = valid[..., :-1] & valid[..., 1:]
    change = both & (sign[..., :-1] < 0.0) & (sign[..., 1:] >= 0.0)
    found: Flags = np.any(change, axis=-1)
    index = change.argmax(axis=-1)
    low = np.take_along_axis(sign, index[..., None], -1)[..., 0]
    high = np.take_along_axis(sign, index[..., None] + 1, -1)[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(found, index - low / (high - low), np.nan), found


def along(values: Array, place: Array) -> Array:
    """Linear interpolation along the last axis at fractional indices (NaN stays NaN)."""
    index = np.clip(np.nan_to_num(place).astype(np.int64), 0, values.shape[-1] - 2)
    low = np.take_along_axis(values, index[..., None], -1)[..., 0]
    high = np.take_along_axis(values, index[..., None] + 1, -1)[..., 0]
    return low + (place - index) * (high - low)
