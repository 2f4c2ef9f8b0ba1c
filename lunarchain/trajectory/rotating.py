"""Points and orbits that turn and breathe with the Moon, carried from the circular problem into the ephemeris."""

from __future__ import annotations

import numpy as np

from lunarchain.trajectory.cr3bp import collinear_point
from lunarchain.trajectory.ephemeris import Array, Ephemeris


def mass_ratio(eph: Ephemeris) -> float:
    """The Moon's share of the two masses."""
    return eph.gm_moon / (eph.gm_earth + eph.gm_moon)


def libration_ratio(eph: Ephemeris, number: int) -> float:
    """Distance of the collinear point from the Earth over that of the Moon."""
    mu = mass_ratio(eph)
    return collinear_point(mu, number) + mu


def to_inertial(eph: Ephemeris, t_s: Array, rotating: Array) -> Array:
    """Geocentric states (6, n) of states (6, n) given in the units and axes of the circular problem.

    Axes and unit of length follow the true Moon, so the carried orbit pulsates with its distance.
    """
    moon, rate = eph.moon.value(t_s), eph.moon.rate(t_s)
    distance = np.linalg.norm(moon, axis=0)
    along = moon / distance
    spin = np.cross(moon, rate, axis=0)
    turn = np.linalg.norm(spin, axis=0) / distance**2
    normal = spin / np.linalg.norm(spin, axis=0)
    axes = np.stack([along, np.cross(normal, along, axis=0), normal], axis=1)
    place = rotating[:3].copy()
    place[0] += mass_ratio(eph)
    spread = np.einsum("akn,kn->an", axes, place)
    drift = np.einsum("akn,kn->an", axes, rotating[3:])
    breathing = np.einsum("an,an->n", along, rate)
    velocity = breathing * spread + distance * turn * (drift + np.cross(normal, spread, axis=0))
    return np.concatenate([distance * spread, velocity])


def from_inertial_position(eph: Ephemeris, t_s: Array, position: Array) -> Array:
    """Positions (3, n) in the units and axes of the circular problem of geocentric positions (3, n)."""
    moon, rate = eph.moon.value(t_s), eph.moon.rate(t_s)
    distance = np.linalg.norm(moon, axis=0)
    along = moon / distance
    normal = np.cross(moon, rate, axis=0)
    normal /= np.linalg.norm(normal, axis=0)
    axes = np.stack([along, np.cross(normal, along, axis=0), normal], axis=1)
    out: Array = np.einsum("akn,an->kn", axes, position) / distance
    out[0] -= mass_ratio(eph)
    return out
