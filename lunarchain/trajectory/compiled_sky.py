"""A force model laid out for :mod:`compiled`, and what depends on time alone: bodies and the Moon's axes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import Array

_GRADIENT_PARTS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))


class Sky(NamedTuple):
    """Chebyshev series of what moves with time alone, with their starts and granules, and the Earth's pole."""

    moon: Array
    sun: Array
    venus: Array
    jupiter: Array
    angles: Array
    grids: Array
    pole: Array


class Pulls(NamedTuple):
    """Strengths of the forces; what is switched off has none.

    ``direct``: GM of Earth, Moon, Sun (less the push of its light, which falls off alike), Venus, Jupiter.
    ``falls``: GM of what the Earth itself falls towards, from the Moon on, ``many`` of them. ``share``: the Moon's
    of both masses. ``flat``: of the Earth's bulge. The lunar field has a ``degree`` and a ``radius`` and acts nearer
    than the square root of ``near2``; ``weights``: nine rows, of which three make its acceleration and six the
    gradient, each laid out like the harmonics: degree, part, order; ``ladder``: factors of their recursion.
    ``reach2``: squares of the distances to which each degree counts.
    """

    direct: Array
    falls: Array
    many: int
    share: float
    flat: float
    degree: int
    radius: float
    near2: float
    weights: Array
    ladder: Array
    reach2: Array


def flatten(model: ForceModel) -> tuple[Sky, Pulls]:
    """A force model for the compiled code."""
    eph = model.ephemeris
    degree = model.lunar_degree if model.field is not None else 0
    grids = [(s.start_s, s.granule_s) for s in (eph.moon, eph.sun_from_barycentre, eph.angles)]
    sky = Sky(
        eph.moon.coefficients, eph.sun_from_barycentre.coefficients, eph.venus_from_barycentre.coefficients,
        eph.jupiter_from_barycentre.coefficients, eph.angles.coefficients, np.array(grids),
        np.stack([eph.pole_x_rad, eph.pole_y_rad]),
    )  # fmt: skip
    on = np.array([model.moon, model.sun, model.planets, model.planets])
    falls = on * np.array([eph.gm_moon, eph.gm_sun, eph.gm_venus, eph.gm_jupiter])
    push = model.pressure_m_s2 * eph.astronomical_unit**2
    reach = model.field_reach_m if model.field is not None else 0.0
    pulls = Pulls(
        np.append(eph.gm_earth, falls - np.array([0.0, push, 0.0, 0.0])), falls, 4 if model.planets else 2,
        eph.gm_moon / (eph.gm_earth + eph.gm_moon),
        -1.5 * eph.earth_j2 * eph.gm_earth * eph.earth_radius**2 if model.earth_j2 else 0.0,
        degree, eph.field_radius, reach**2, _weights(model, degree), _ladder(degree + 3),
        np.zeros(1) if model.field is None else model.field.reach_m**2,
    )  # fmt: skip
    return sky, pulls


def _weights(model: ForceModel, degree: int) -> Array:
    out = np.zeros((9, 2, degree + 3, degree + 3))
    if model.field is not None:
        out[:3, :, :-1, :-1] = model.field.weights
        slopes = model.field.gradient_weights.reshape(3, 3, 2, degree + 3, degree + 3)
        out[3:] = [slopes[part] for part in _GRADIENT_PARTS]
    return np.ascontiguousarray(out.transpose(0, 2, 1, 3)).reshape(9, -1)


def _ladder(size: int) -> Array:
    """Factors of the recursion up the degrees: of the last degree and of the one before."""
    n, m = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
    gap = np.maximum(n - m, 1)
    return np.stack([(2 * n - 1) / gap, (n + m - 1) / gap])


@njit(error_model="numpy", fastmath={"contract"})
def _series(
    coefficients: Array, start: float, length: float, epoch: float, t: float,
) -> tuple[float, float, float]:  # fmt: skip
    """Clenshaw's rule for the three axes side by side."""
    index = min(max(int((epoch - start + t) / length), 0), coefficients.shape[0] - 1)
    twice = 4.0 * ((epoch - (start + index * length)) + t) / length - 2.0
    g = np.uint64(index)  # unsigned numbers need no test for counting from the end
    a1 = a2 = b1 = b2 = c1 = c2 = 0.0
    for left in range(1, coefficients.shape[1]):
        k = np.uint64(coefficients.shape[1] - left)
        a1, a2 = twice * a1 + (coefficients[g, k, 0] - a2), a1
        b1, b2 = twice * b1 + (coefficients[g, k, 1] - b2), b1
        c1, c2 = twice * c1 + (coefficients[g, k, 2] - c2), c1
    x = 0.5 * twice
    return (
        x * a1 + (coefficients[g, 0, 0] - a2),
        x * b1 + (coefficients[g, 0, 1] - b2),
        x * c1 + (coefficients[g, 0, 2] - c2),
    )


@njit(error_model="numpy")
def series_rate(coefficients: Array, start: float, length: float, t: float, axis: int) -> float:
    """Time derivative of one axis of a series."""
    place = (t - start) / length
    index = min(max(int(place), 0), coefficients.shape[0] - 1)
    x = 2.0 * (place - index) - 1.0
    total, low, high = 0.0, 0.0, 1.0  # U_(-1), U_0
    for k in range(1, coefficients.shape[1]):
        total += coefficients[index, k, axis] * k * high
        low, high = high, 2.0 * x * high - low
    return total * 2.0 / length


@njit(error_model="numpy", fastmath={"contract"})
def _granule(coefficients: Array, start: float, length: float, moment: float) -> int:
    """Which granule holds a moment."""
    return min(max(int((moment - start) / length), 0), coefficients.shape[0] - 1)


@njit(error_model="numpy", fastmath={"contract"})
def _series_over(
    coefficients: Array, start: float, length: float, epoch: float, times: Array, basis: Array, where: Array,
    body: int,
) -> None:  # fmt: skip
    """A series at all stages of a step at once, into ``where[:, body]``; ``basis`` is scratch for polynomials."""
    count, orders = len(times), coefficients.shape[1]
    # The last stage lies at the end of the step, the first half-stage at its beginning.
    index = _granule(coefficients, start, length, epoch + times[0])
    if _granule(coefficients, start, length, epoch + times[count - 1]) != index:
        for s in range(count):
            x, y, z = _series(coefficients, start, length, epoch, times[s])
            where[s, body, 0], where[s, body, 1], where[s, body, 2] = x, y, z
        return
    begun, sums = epoch - (start + index * length), basis[orders]
    for s in range(count):
        basis[0, s], basis[1, s] = 1.0, 2.0 * (begun + times[s]) / length - 1.0
    for k in range(2, orders):
        for s in range(count):
            basis[k, s] = 2.0 * basis[1, s] * basis[k - 1, s] - basis[k - 2, s]
    for axis in range(3):
        sums[:] = 0.0
        for k in range(orders - 1, -1, -1):  # the small terms first
            factor = coefficients[index, k, axis]
            for s in range(count):
                sums[s] += factor * basis[k, s]
        for s in range(count):
            where[s, body, axis] = sums[s]


@njit(error_model="numpy", fastmath={"contract"})
def bodies_at(sky: Sky, pulls: Pulls, epoch: float, times: Array, basis: Array, where: Array) -> None:
    """Fill ``where`` (times, 6, 3): Moon, Sun, Venus, Jupiter, the Earth's fall towards them, the Earth's pole."""
    grids, pole, series = sky.grids, sky.pole, (sky.moon, sky.sun, sky.venus, sky.jupiter)
    for body in range(pulls.many):
        grid = min(body, 1)
        _series_over(series[body], grids[grid, 0], grids[grid, 1], epoch, times, basis, where, body)
    for s in range(len(times)):
        fx = fy = fz = 0.0
        for body in range(pulls.many):
            if body > 0:  # series of the others are about the barycentre of Earth and Moon
                for axis in range(3):
                    where[s, body, axis] += pulls.share * where[s, 0, axis]
            a, b, c = where[s, body, 0], where[s, body, 1], where[s, body, 2]
            square = a * a + b * b + c * c
            scale = pulls.falls[body] / (square * np.sqrt(square))
            fx, fy, fz = fx - scale * a, fy - scale * b, fz - scale * c
        where[s, 4, 0], where[s, 4, 1], where[s, 4, 2] = fx, fy, fz
        if pulls.flat != 0.0:
            century = (epoch + times[s]) / (36_525.0 * 86_400.0)
            u = pole[0, 0] + century * (pole[0, 1] + century * pole[0, 2])
            v = pole[1, 0] + century * (pole[1, 1] + century * pole[1, 2])
            where[s, 5, 0], where[s, 5, 1], where[s, 5, 2] = u, v, np.sqrt(1.0 - u * u - v * v)


@njit(error_model="numpy")
def axes_at(sky: Sky, epoch: float, times: Array, turn: Array) -> None:
    """Fill ``turn`` (times, 3, 3): rotations from ICRF to the principal axes by the 3-1-3 angles."""
    angles, grids = sky.angles, sky.grids
    for s in range(len(times)):
        first, tilt, spin = _series(angles, grids[2, 0], grids[2, 1], epoch, times[s])
        ca, sa, cb, sb = np.cos(first), np.sin(first), np.cos(tilt), np.sin(tilt)
        cc, sc = np.cos(spin), np.sin(spin)
        turn[s, 0, 0], turn[s, 0, 1], turn[s, 0, 2] = cc * ca - sc * cb * sa, cc * sa + sc * cb * ca, sc * sb
        turn[s, 1, 0], turn[s, 1, 1], turn[s, 1, 2] = (
            -sc * ca - cc * cb * sa,
            -sc * sa + cc * cb * ca,
            cc * sb,
        )
        turn[s, 2, 0], turn[s, 2, 1], turn[s, 2, 2] = sb * sa, -sb * ca, cb
