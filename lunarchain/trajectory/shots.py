"""Shots of one track: launch, coast, and the quantity each kind of destination is aimed by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lunarchain.trajectory import lanes
from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import Array, Ephemeris
from lunarchain.trajectory.inputs import Braking, Destination, Search, Track
from lunarchain.trajectory.site import launch_partials, launch_state


@dataclass(frozen=True)
class Case:
    """One (track, destination, mode) with everything needed to aim for it."""

    model: ForceModel
    track: Track
    destination: Destination
    mode: str
    braking: Braking
    search: Search
    trim_after_s: float
    rtol: float

    @property
    def eph(self) -> Ephemeris:
        """The ephemeris of the force model."""
        return self.model.ephemeris


@dataclass(frozen=True)
class Aim:
    """Controls of shots (n): exit speed in m/s, azimuth in degrees."""

    speed_m_s: Array
    azimuth_deg: Array


def launch(case: Case, t_s: Array, aim: Aim, elevation_deg: Array | None = None) -> Array:
    """Geocentric states (6, n) at the end of the track."""
    track = case.track
    up = np.full(len(t_s), track.elevation_deg) if elevation_deg is None else elevation_deg
    return launch_state(
        case.eph, track.longitude_deg, track.latitude_deg, t_s, aim.speed_m_s, aim.azimuth_deg, up
    )


def by_aim(case: Case, t_s: Array, aim: Aim) -> Array:
    """Change of the launch state (6, 3, n) per m/s of exit speed and per radian of azimuth and of elevation."""
    track, up = case.track, np.full(len(t_s), case.track.elevation_deg)
    return launch_partials(
        case.eph, track.longitude_deg, track.latitude_deg, t_s, aim.speed_m_s, aim.azimuth_deg, up
    )


def perigee_event(clear_of_moon_m: float) -> lanes.Event:
    """Distance from the Earth stops shrinking; ignored near the Moon, where it is the Moon's pull that turns it."""
    return lanes.Event(lanes.PERIGEE, beyond_moon_m=clear_of_moon_m)


def impact_event(eph: Ephemeris) -> lanes.Event:
    """The shot comes down on the Moon."""
    return lanes.Event(lanes.IMPACT, eph.moon_radius)


def sphere_event(radius_m: float) -> lanes.Event:
    """The shot leaves a sphere about the Earth."""
    return lanes.Event(lanes.SPHERE, radius_m)


def apolune_event() -> lanes.Event:
    """Distance from the Moon stops growing."""
    return lanes.Event(lanes.APOLUNE)
