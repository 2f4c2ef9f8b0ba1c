"""Sunlight on a circular Earth orbit through a year.

The shadow is a cylinder of the equatorial radius and the Sun moves evenly along the ecliptic. The eccentric
year of the real Sun shifts the mean of a dawn-dusk orbit by up to 0.001; penumbra and flattening are absent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lunarchain.orbits.earth import Earth, orbital_period_s, sun_synchronous_inclination_rad

Angles = NDArray[np.float64]

# sampled every hour, so that eclipse seasons come out to a fraction of a day
_DAYS = 365
_SAMPLES_PER_DAY = 24
_NODES = 360


@dataclass(frozen=True)
class Sunlight:
    """Sunlight of one orbit over a year: shares are of one revolution."""

    mean_share: float
    worst_share: float
    eclipse_days: float
    longest_eclipse_min: float


def shadow_share(body: Earth, altitude_km: float, beta_rad: Angles) -> Angles:
    """Share of a revolution in the shadow cylinder when the Sun stands ``beta_rad`` off the orbit plane."""
    radius = body.radius_km + altitude_km
    beyond_limb = math.sqrt(radius**2 - body.radius_km**2)
    cosine = beyond_limb / (radius * np.maximum(np.cos(beta_rad), 1e-12))
    return np.arccos(np.minimum(cosine, 1.0)) / np.pi


def sun_elevation_rad(body: Earth, longitude_rad: Angles, node_rad: Angles, inclination_rad: float) -> Angles:
    """Angle [rad] of the Sun above the orbit plane (longitude in the ecliptic, node in right ascension).

    ``longitude_rad`` and ``node_rad`` broadcast against each other.
    """
    sun_x = np.cos(longitude_rad)
    sun_y = np.cos(body.obliquity_rad) * np.sin(longitude_rad)
    sun_z = np.sin(body.obliquity_rad) * np.sin(longitude_rad)
    in_equator = np.sin(node_rad) * sun_x - np.cos(node_rad) * sun_y
    return np.arcsin(np.sin(inclination_rad) * in_equator + np.cos(inclination_rad) * sun_z)


def sun_synchronous_sunlight(body: Earth, altitude_km: float, node_local_time_h: float = 18.0) -> Sunlight:
    """Sunlight of a sun-synchronous orbit, ascending node at ``node_local_time_h`` (6 or 18: dawn-dusk)."""
    longitude = _year()
    node = longitude + (node_local_time_h - 12) * math.tau / 24
    inclination = sun_synchronous_inclination_rad(body, altitude_km)
    return _summary(body, altitude_km, sun_elevation_rad(body, longitude, node, inclination))


def drifting_sunlight(body: Earth, altitude_km: float, inclination_rad: float) -> Sunlight:
    """Sunlight of an orbit whose node drifts through all local times: a mean over nodes and the whole year.

    ``eclipse_days`` then counts the share of (node, day) pairs with an eclipse, in days a year.
    """
    longitude = _year()[::_SAMPLES_PER_DAY, None]
    node = np.linspace(0, math.tau, _NODES, endpoint=False)[None, :]
    return _summary(body, altitude_km, sun_elevation_rad(body, longitude, node, inclination_rad))


def eclipse_free_altitude_km(body: Earth, lowest_km: float = 300.0, highest_km: float = 3000.0) -> float:
    """Lowest altitude [km] at which a dawn-dusk sun-synchronous orbit meets no eclipse in the year.

    The least Sun elevation is ``pi - i - obliquity``; the shadow ends where it equals ``asin(R / r)``.
    """
    from scipy.optimize import brentq  # heavy, and most commands never ask for it

    def clearance(altitude_km: float) -> float:
        least = math.pi - sun_synchronous_inclination_rad(body, altitude_km) - body.obliquity_rad
        return least - math.asin(body.radius_km / (body.radius_km + altitude_km))

    return float(brentq(clearance, lowest_km, highest_km, xtol=1e-6))


def _year() -> Angles:
    return np.linspace(0, math.tau, _DAYS * _SAMPLES_PER_DAY, endpoint=False)


def _summary(body: Earth, altitude_km: float, beta_rad: Angles) -> Sunlight:
    shadow = shadow_share(body, altitude_km, beta_rad)
    return Sunlight(
        mean_share=float(1 - shadow.mean()),
        worst_share=float(1 - shadow.max()),
        eclipse_days=float((shadow > 0).mean() * _DAYS),
        longest_eclipse_min=float(shadow.max()) * orbital_period_s(body, altitude_km) / 60,
    )
