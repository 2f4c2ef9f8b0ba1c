"""What an arrival at the Earth is worth: perigee, plane, local time, and the delta-v of the braking modes.

Two-body formulas about the Earth at the moment of perigee (Vallado 2013, chapters 2 and 6; Edelbaum 1961).
"""

from __future__ import annotations

import numpy as np

from lunarchain.trajectory.ephemeris import Array, Ephemeris
from lunarchain.trajectory.inputs import AEROBRAKE, ELECTRIC, Braking, EarthOrbit


def norm(vector: Array) -> Array:
    """Length of vectors (3, n)."""
    length: Array = np.sqrt(np.einsum("an,an->n", vector, vector))
    return length


def momentum(state: Array) -> Array:
    """Angular momentum per mass about the Earth (3, n)."""
    return np.cross(state[:3], state[3:], axis=0)


def inclination_deg(eph: Ephemeris, t_s: Array, state: Array) -> Array:
    """Inclination to the Earth's equator of date, 0 to 180 degrees (n)."""
    h = momentum(state)
    return np.degrees(np.arccos(np.einsum("an,an->n", h, eph.earth_pole(t_s)) / norm(h)))


def node_local_time_h(eph: Ephemeris, t_s: Array, state: Array, at_s: Array) -> Array:
    """Apparent solar time of the ascending node in hours (n), of the plane at ``t_s`` seen at ``at_s``.

    The plane is held in inertial space between the two times; the true Sun is used.
    """
    pole = eph.earth_pole(t_s)
    node = np.cross(pole, momentum(state), axis=0)
    sun = eph.sun(at_s)
    sine = np.einsum("an,an->n", np.cross(sun, node, axis=0), pole)
    cosine = np.einsum("an,an->n", sun, node) - np.einsum("an,an->n", sun, pole) * np.einsum(
        "an,an->n", node, pole
    )
    return (12.0 + np.degrees(np.arctan2(sine, cosine)) / 15.0) % 24.0


def local_time_miss_h(local_time_h: Array, wanted: tuple[float, ...]) -> Array:
    """Hours from the nearest wanted local time (n)."""
    gaps = [np.abs((local_time_h - hour + 12.0) % 24.0 - 12.0) for hour in wanted]
    miss: Array = np.min(gaps, axis=0)
    return miss


def perigee_radius(orbit: EarthOrbit, mode: str, braking: Braking, eph: Ephemeris) -> float:
    """Perigee to aim at: the orbit itself, the aerobraking corridor, or the start of a spiral."""
    if mode == AEROBRAKE:
        return eph.earth_radius + braking.corridor_altitude_m
    return braking.electric_perigee_m if mode == ELECTRIC else orbit.radius_m


def braking_delta_v(
    orbit: EarthOrbit, mode: str, braking: Braking, eph: Ephemeris, t_s: Array, state: Array
) -> Array:
    """Delta-v after launch (m/s, n) from the arrival perigee into the orbit, trim apart."""
    circular = np.sqrt(eph.gm_earth / orbit.radius_m)
    if mode == AEROBRAKE:
        low = eph.earth_radius + braking.aerobraking.last_perigee_altitude_m
        apogee = np.sqrt(2 * eph.gm_earth * low / (orbit.radius_m * (orbit.radius_m + low)))
        return np.full(len(t_s), circular - apogee + braking.aerobrake_allowance_m_s)
    if mode == ELECTRIC:
        return spiral_delta_v(orbit, eph, t_s, state, circular)
    if orbit.aimed or not orbit.inclination_deg:
        return np.abs(norm(state[3:]) - circular)
    return equatorial_delta_v(eph, t_s, state, orbit.radius_m, braking.node_limit_m)


def spiral_delta_v(orbit: EarthOrbit, eph: Ephemeris, t_s: Array, state: Array, circular: float) -> Array:
    """Edelbaum's low-thrust delta-v, from the circle with the energy of the arrival ellipse, with the plane turned."""
    energy = norm(state[3:]) ** 2 / 2 - eph.gm_earth / norm(state[:3])
    start = np.sqrt(np.maximum(-2 * energy, 0.0))  # a barely unbound arrival counts as parabolic
    turn = plane_turn_rad(orbit, eph, t_s, state)
    result: Array = np.sqrt(start**2 + circular**2 - 2 * start * circular * np.cos(np.pi / 2 * turn))
    return result


def plane_turn_rad(orbit: EarthOrbit, eph: Ephemeris, t_s: Array, state: Array) -> Array:
    """Least angle between the arrival plane and a wanted one (n)."""
    if not orbit.inclination_deg:
        return np.zeros(len(t_s))
    h = momentum(state) / norm(momentum(state))
    wanted = np.radians(orbit.inclination_deg[0])
    if not orbit.local_times_h:
        tilt: Array = np.abs(np.arccos(np.einsum("an,an->n", h, eph.earth_pole(t_s))) - wanted)
        return tilt
    turns = [
        np.arccos(np.einsum("an,an->n", h, _normal(eph, t_s, wanted, hour))) for hour in orbit.local_times_h
    ]
    least: Array = np.min(turns, axis=0)
    return least


def _normal(eph: Ephemeris, t_s: Array, inclination: float, hour: float) -> Array:
    """Orbit normal with the ascending node at an apparent solar time."""
    pole, sun = eph.earth_pole(t_s), eph.sun(t_s)
    noon = sun - np.einsum("an,an->n", sun, pole) * pole
    noon /= norm(noon)
    east = np.cross(pole, noon, axis=0)
    angle = np.radians((hour - 12.0) * 15.0)
    node = np.cos(angle) * noon + np.sin(angle) * east
    result: Array = np.cos(inclination) * pole + np.sin(inclination) * np.cross(node, pole, axis=0)
    return result


def equatorial_delta_v(
    eph: Ephemeris, t_s: Array, state: Array, radius_m: float, node_limit_m: float
) -> Array:
    """Cheapest of three ways from a perigee state into the equatorial circle (m/s, n).

    Turn the plane at the inbound node and circularise at perigee; circularise first and turn at the next node;
    or one burn at the node nearest to perigee, then a Hohmann transfer to the radius. A node farther from the
    Earth than ``node_limit_m`` is too near the Moon to be reckoned with two bodies, and is not used.
    """
    gm, pole = eph.gm_earth, eph.earth_pole(t_s)
    h, speed, perigee = momentum(state), norm(state[3:]), norm(state[:3])
    tilt = np.arccos(np.einsum("an,an->n", h, pole) / norm(h))
    circular = np.sqrt(gm / perigee)
    stop = np.abs(speed - circular)
    after = stop + 2 * circular * np.sin(tilt / 2)
    node = np.cross(pole, h, axis=0)
    cosine = np.einsum("an,an->n", node, state[:3]) / (norm(node) * perigee)
    semi_latus = norm(h) ** 2 / gm
    eccentricity = semi_latus / perigee - 1
    ways = [after]
    for side in (cosine, -cosine):
        distance = semi_latus / np.maximum(1 + eccentricity * side, 1e-3)
        across = norm(h) / distance
        ways.append(np.where(distance < node_limit_m, stop + 2 * across * np.sin(tilt / 2), np.inf))
        radial = np.sqrt(gm / semi_latus) * eccentricity * np.sqrt(np.maximum(1 - side**2, 0))
        round_ = np.sqrt(gm / distance)
        turn = across**2 + round_**2 - 2 * across * round_ * np.cos(tilt)
        ways.append(np.sqrt(radial**2 + turn) + hohmann_delta_v(gm, distance, radius_m))
    least: Array = np.min(ways, axis=0)
    return least


def hohmann_delta_v(gm: float, start_m: Array, end_m: float) -> Array:
    """Delta-v of the two burns between circles (m/s, n)."""
    away = np.sqrt(gm / start_m) * np.abs(np.sqrt(2 * end_m / (start_m + end_m)) - 1)
    home = np.sqrt(gm / end_m) * np.abs(1 - np.sqrt(2 * start_m / (start_m + end_m)))
    result: Array = away + home
    return result
