"""Forces on a payload between the Moon and the Earth's neighbourhood, geocentric on the ICRF axes.

Every function works on lanes: the last axis counts trajectories, each with its own time. Forces that depend on
time alone (where the bodies are) are evaluated apart, so an integrator can do it once for all its stages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lunarchain.trajectory import gravity
from lunarchain.trajectory.ephemeris import Array, Ephemeris, Index

_DIAGONAL = (np.arange(3), np.arange(3))


@dataclass(frozen=True)
class ForceModel:
    """Which forces act. ``pressure_m_s2`` is the push of sunlight at one astronomical unit (0: none).

    The lunar field acts within ``field_reach_m`` of the Moon, to ``lunar_degree`` (below 2: point mass).
    """

    ephemeris: Ephemeris
    lunar_degree: int = 0
    field_reach_m: float = 0.0
    earth_j2: bool = False
    sun: bool = True
    moon: bool = True
    planets: bool = False
    pressure_m_s2: float = 0.0

    @cached_property
    def field(self) -> gravity.Field | None:
        """The lunar harmonics, or nothing when the Moon is a point."""
        return gravity.field(self.ephemeris, self.lunar_degree) if self.lunar_degree >= 2 else None


@dataclass(frozen=True)
class Bodies:
    """Bodies at the lanes' times: attracting positions (3, n) with their GM, and the Earth's own fall towards them."""

    t_s: Array
    moon: Array
    sun: Array
    attractors: tuple[tuple[float, Array], ...]
    indirect: Array

    def at(self, index: slice | Index) -> Bodies:
        """The same for a part of the lanes."""
        return Bodies(
            self.t_s[index],
            self.moon[:, index],
            self.sun[:, index],
            tuple((gm, where[:, index]) for gm, where in self.attractors),
            self.indirect[:, index],
        )


def bodies(model: ForceModel, t_s: Array, after_s: Array | float = 0.0) -> Bodies:
    """Evaluate the ephemeris once for all forces at times ``t_s + after_s`` (n), see :class:`Series`."""
    eph = model.ephemeris
    moon, sun = eph.moon.value(t_s, after_s), eph.sun(t_s, after_s)
    attractors: list[tuple[float, Array]] = []
    if model.moon:
        attractors.append((eph.gm_moon, moon))
    if model.sun:
        attractors.append((eph.gm_sun, sun))
    if model.planets:
        attractors += [(eph.gm_venus, eph.venus(t_s, after_s)), (eph.gm_jupiter, eph.jupiter(t_s, after_s))]
    indirect = np.zeros_like(moon)
    for gm, where in attractors:
        indirect -= gm * where / _cube(where)
    return Bodies(t_s + after_s, moon, sun, tuple(attractors), indirect)


def _cube(vector: Array) -> Array:
    square = np.einsum("an,an->n", vector, vector)
    return square * np.sqrt(square)


def near_moon(model: ForceModel, where: Bodies, position: Array) -> Index:
    """Indices of the lanes close enough to the Moon for its harmonics to act."""
    if model.field is None:
        return np.empty(0, dtype=np.intp)
    off = position - where.moon
    return np.flatnonzero(np.einsum("an,an->n", off, off) < model.field_reach_m**2)


def acceleration(model: ForceModel, where: Bodies, position: Array, near: Index) -> Array:
    """Acceleration (3, n) in m/s**2 at geocentric positions (3, n) in m; ``near`` from :func:`near_moon`."""
    eph = model.ephemeris
    total = where.indirect - eph.gm_earth * position / _cube(position)
    for gm, body in where.attractors:
        off = body - position
        total += gm * off / _cube(off)
    if model.earth_j2:
        total += _oblateness(eph, position, where.t_s)
    if model.pressure_m_s2:
        away = position - where.sun
        total += model.pressure_m_s2 * eph.astronomical_unit**2 * away / _cube(away)
    if model.field is not None and len(near):
        total[:, near] += _harmonics(model, where.at(near), position[:, near])
    return total


def _oblateness(eph: Ephemeris, position: Array, t_s: Array) -> Array:
    """Earth's J2 about the mean pole of date (Vallado 2013, eq. 8-30 in vector form)."""
    square = np.einsum("an,an->n", position, position)
    pole = eph.earth_pole(t_s)
    height = np.einsum("an,an->n", position, pole)
    scale = -1.5 * eph.earth_j2 * eph.gm_earth * eph.earth_radius**2 / (square * square * np.sqrt(square))
    return scale * ((1.0 - 5.0 * height * height / square) * position + 2.0 * height * pole)


def _harmonics(model: ForceModel, where: Bodies, position: Array) -> Array:
    turn = model.ephemeris.principal_axes(where.t_s)
    body = np.einsum("nij,jn->in", turn, position - where.moon)
    assert model.field is not None
    return np.einsum("nji,jn->in", turn, gravity.acceleration(model.field, body))


def gradient(model: ForceModel, where: Bodies, position: Array, near: Index) -> Array:
    """Derivative of the acceleration by position (3, 3, n) in 1/s**2, of the same forces."""
    eph = model.ephemeris
    total = _tide(eph.gm_earth, position)
    for gm, body in where.attractors:
        total += _tide(gm, position - body)
    if model.earth_j2:
        total += _oblateness_gradient(eph, position, where.t_s)
    if model.pressure_m_s2:
        total -= _tide(model.pressure_m_s2 * eph.astronomical_unit**2, position - where.sun)
    if model.field is not None and len(near):
        turn = eph.principal_axes(where.t_s[near])
        body = np.einsum("nij,jn->in", turn, position[:, near] - where.moon[:, near])
        total[:, :, near] += np.einsum(
            "nki,kln,nlj->ijn", turn, gravity.gradient(model.field, body), turn, optimize=True
        )
    return total


def _tide(gm: float, off: Array) -> Array:
    """Gradient of the pull of a point, at ``off`` (3, n) from it."""
    square = np.einsum("an,an->n", off, off)
    scale = gm / (square * np.sqrt(square))
    result: Array = 3.0 * scale / square * off[:, None] * off[None]
    result[_DIAGONAL] -= scale
    return result


def _oblateness_gradient(eph: Ephemeris, position: Array, t_s: Array) -> Array:
    """Derivative of :func:`_oblateness` by position."""
    square = np.einsum("an,an->n", position, position)
    pole = eph.earth_pole(t_s)
    height = np.einsum("an,an->n", position, pole)
    scale = -1.5 * eph.earth_j2 * eph.gm_earth * eph.earth_radius**2 / (square * square * np.sqrt(square))
    side = 1.0 - 5.0 * height * height / square
    push = side * position + 2.0 * height * pole
    bend = 10.0 * height / square * (height / square * position - pole)
    result: Array = -5.0 / square * push[:, None] * position[None] + position[:, None] * bend[None]
    result += 2.0 * pole[:, None] * pole[None]
    result[_DIAGONAL] += side
    return scale * result


def derivative(model: ForceModel, where: Bodies, state: Array, near: Index) -> Array:
    """Time derivative of states (6, n): velocity and acceleration; of (42, n) with the transition matrices too.

    Rows 6 to 41 are the state-transition matrix, row by row: the change of the state now per change at the start.
    """
    pull = acceleration(model, where, state[:3], near)
    if len(state) == 6:
        return np.concatenate([state[3:], pull])
    matrix = state[6:].reshape(6, 6, -1)
    bent = np.einsum("abn,bcn->acn", gradient(model, where, state[:3], near), matrix[:3])
    count = state.shape[1]
    return np.concatenate([state[3:6], pull, matrix[3:].reshape(18, count), bent.reshape(18, count)])
