"""From a track on the Moon to the state of the payload as it leaves, and back to what the site sees."""

from __future__ import annotations

import numpy as np

from lunarchain.errors import InputError, Issue
from lunarchain.trajectory.ephemeris import Array, Ephemeris

_RATE_STEP_S = 30.0


def check_site(longitude_deg: float, latitude_deg: float) -> None:
    """Raise ``InputError`` for a longitude or latitude that is on no body."""
    issues = []
    if not -180.0 <= longitude_deg <= 360.0:
        issues.append(Issue("site", "longitude", f"{longitude_deg} degree", "-180 to 360 degree"))
    if not -90.0 <= latitude_deg <= 90.0:
        issues.append(Issue("site", "latitude", f"{latitude_deg} degree", "-90 to 90 degree"))
    if issues:
        raise InputError(issues)


def local_axes(longitude_deg: float, latitude_deg: float) -> Array:
    """Columns east, north, up on the mean-Earth axes, shape (3, 3)."""
    lon, lat = np.radians(longitude_deg), np.radians(latitude_deg)
    up = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    east = np.array([-np.sin(lon), np.cos(lon), 0.0])
    return np.stack([east, np.cross(up, east), up], axis=1)


def inertial_axes(eph: Ephemeris, t_s: Array) -> Array:
    """Rotation from the mean-Earth lunar axes to ICRF, shape (n, 3, 3)."""
    return np.transpose(eph.principal_axes(t_s), (0, 2, 1)) @ eph.mean_earth_to_principal


def launch_state(
    eph: Ephemeris, longitude_deg: float, latitude_deg: float, t_s: Array,
    speed_m_s: Array, azimuth_deg: Array, elevation_deg: Array,
) -> Array:  # fmt: skip
    """Geocentric states (6, n) at the end of the track.

    Speed is relative to the ground (what a track gives), azimuth clockwise from north, on a sphere of the
    mean radius.
    """
    local = local_axes(longitude_deg, latitude_deg)
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    flat = np.cos(elevation)
    aim = np.stack([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation)])
    up = local[:, 2]
    turn = inertial_axes(eph, t_s)
    rate = (inertial_axes(eph, t_s + _RATE_STEP_S) - inertial_axes(eph, t_s - _RATE_STEP_S)) / (
        2 * _RATE_STEP_S
    )
    position = eph.moon.value(t_s) + eph.moon_radius * np.einsum("nij,j->in", turn, up)
    carried = eph.moon.rate(t_s) + eph.moon_radius * np.einsum("nij,j->in", rate, up)
    velocity = carried + np.einsum("nij,jn->in", turn @ local, aim * speed_m_s)
    return np.concatenate([position, velocity])


def launch_partials(
    eph: Ephemeris, longitude_deg: float, latitude_deg: float, t_s: Array,
    speed_m_s: Array, azimuth_deg: Array, elevation_deg: Array,
) -> Array:  # fmt: skip
    """Change of :func:`launch_state` (6, 3, n) per m/s of speed and per radian of azimuth and of elevation."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    sa, ca, se, ce = np.sin(azimuth), np.cos(azimuth), np.sin(elevation), np.cos(elevation)
    none = np.zeros(len(t_s))
    faster = np.stack([ce * sa, ce * ca, se])
    sideways = speed_m_s * np.stack([ce * ca, -ce * sa, none])
    upwards = speed_m_s * np.stack([-se * sa, -se * ca, ce])
    turn = inertial_axes(eph, t_s) @ local_axes(longitude_deg, latitude_deg)
    velocity = np.einsum("nij,jkn->ikn", turn, np.stack([faster, sideways, upwards], axis=1))
    return np.concatenate([np.zeros_like(velocity), velocity])


def sun_elevation_deg(eph: Ephemeris, longitude_deg: float, latitude_deg: float, t_s: Array) -> Array:
    """Height of the Sun's centre above the site's horizontal, in degrees (n)."""
    up = np.einsum("nij,j->in", inertial_axes(eph, t_s), local_axes(longitude_deg, latitude_deg)[:, 2])
    ray = eph.sun(t_s) - eph.moon.value(t_s) - eph.moon_radius * up
    return np.degrees(np.arcsin(np.einsum("an,an->n", ray, up) / np.linalg.norm(ray, axis=0)))
