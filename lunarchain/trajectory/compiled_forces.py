"""Ephemeris and forces for :mod:`compiled`: time alone in scalars, lanes innermost in every array.

The same forces as :mod:`dynamics`, which documents them. States of ``n`` lanes lie in one line, row after row.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import Array

# Sums may be taken in any order: that lets the compiler work on several lanes at once.
_FAST = {"reassoc", "contract", "nsz", "arcp"}
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
    """Strengths and switches of the forces.

    ``gm``: Earth, Moon, Sun, Venus, Jupiter, the Moon's share of Earth and Moon. ``numbers``: see ``_numbers``.
    ``weights``: nine rows, of which three make the acceleration by the lunar field and six its gradient, each laid out
    like the harmonics: degree, part, order. ``reach2``: squares of the distances to which each degree counts.
    """

    gm: Array
    switches: NDArray[np.int64]
    numbers: Array
    weights: Array
    ladder: Array
    reach2: Array


# Places in ``Pulls.switches`` and ``Pulls.numbers``.
MOON, SUN, PLANETS, OBLATE, DEGREE = 0, 1, 2, 3, 4
EARTH_RADIUS, EARTH_J2, PUSH, REACH2, FIELD_RADIUS = 0, 1, 2, 3, 4


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
    share = eph.gm_moon / (eph.gm_earth + eph.gm_moon)
    reach = model.field_reach_m if model.field is not None else 0.0
    push = model.pressure_m_s2 * eph.astronomical_unit**2
    pulls = Pulls(
        np.array([eph.gm_earth, eph.gm_moon, eph.gm_sun, eph.gm_venus, eph.gm_jupiter, share]),
        np.array([model.moon, model.sun, model.planets, model.earth_j2, degree], dtype=np.int64),
        np.array([eph.earth_radius, eph.earth_j2, push, reach**2, eph.field_radius]),
        _weights(model, degree), _ladder(degree + 3),
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


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _series(coefficients, start, length, epoch, t):  # type: ignore[no-untyped-def]
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


@njit(cache=True, error_model="numpy")
def series_rate(coefficients, start, length, t, axis):  # type: ignore[no-untyped-def]
    """Time derivative of one axis of a series."""
    place = (t - start) / length
    index = min(max(int(place), 0), coefficients.shape[0] - 1)
    x = 2.0 * (place - index) - 1.0
    total, low, high = 0.0, 0.0, 1.0  # U_(-1), U_0
    for k in range(1, coefficients.shape[1]):
        total += coefficients[index, k, axis] * k * high
        low, high = high, 2.0 * x * high - low
    return total * 2.0 / length


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _granule(coefficients, start, length, moment):  # type: ignore[no-untyped-def]
    """Which granule holds a moment."""
    return min(max(int((moment - start) / length), 0), coefficients.shape[0] - 1)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _series_over(coefficients, start, length, epoch, times, basis, where, body):  # type: ignore[no-untyped-def]
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


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def bodies_at(sky, pulls, epoch, times, basis, where):  # type: ignore[no-untyped-def]
    """Fill ``where`` (times, 6, 3): Moon, Sun, Venus, Jupiter, the Earth's fall towards them, the Earth's pole."""
    gm, on, share = pulls.gm, pulls.switches, pulls.gm[5]
    grids, pole, many = sky.grids, sky.pole, 4 if pulls.switches[PLANETS] else 2
    _series_over(sky.moon, grids[0, 0], grids[0, 1], epoch, times, basis, where, 0)
    _series_over(sky.sun, grids[1, 0], grids[1, 1], epoch, times, basis, where, 1)
    if on[PLANETS]:
        _series_over(sky.venus, grids[1, 0], grids[1, 1], epoch, times, basis, where, 2)
        _series_over(sky.jupiter, grids[1, 0], grids[1, 1], epoch, times, basis, where, 3)
    for s in range(len(times)):
        fx = fy = fz = 0.0
        for body in range(many):
            if body > 0:  # series of the others are about the barycentre of Earth and Moon
                for axis in range(3):
                    where[s, body, axis] += share * where[s, 0, axis]
            if on[min(body, PLANETS)]:
                a, b, c = where[s, body, 0], where[s, body, 1], where[s, body, 2]
                square = a * a + b * b + c * c
                scale = gm[body + 1] / (square * np.sqrt(square))
                fx, fy, fz = fx - scale * a, fy - scale * b, fz - scale * c
        where[s, 4, 0], where[s, 4, 1], where[s, 4, 2] = fx, fy, fz
        if on[OBLATE]:
            century = (epoch + times[s]) / (36_525.0 * 86_400.0)
            u = pole[0, 0] + century * (pole[0, 1] + century * pole[0, 2])
            v = pole[1, 0] + century * (pole[1, 1] + century * pole[1, 2])
            where[s, 5, 0], where[s, 5, 1], where[s, 5, 2] = u, v, np.sqrt(1.0 - u * u - v * v)


@njit(cache=True, error_model="numpy")
def axes_at(sky, epoch, times, turn):  # type: ignore[no-untyped-def]
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


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def mark_near(p, y, n, where, s, near):  # type: ignore[no-untyped-def]
    """Set ``near`` to 1 for lanes close enough to the Moon for its field to act, else 0; whether there is any."""
    some = False
    for lane in range(n):
        a, b, c = y[lane] - where[s, 0, 0], y[n + lane] - where[s, 0, 1], y[2 * n + lane] - where[s, 0, 2]
        close = a * a + b * b + c * c < p.numbers[REACH2]
        near[lane] = 1.0 if close else 0.0
        some = some or close
    return some


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _scale(gm, bx, by, bz, y, n, scale):  # type: ignore[no-untyped-def]
    """GM over the cube of the distance to a point, per lane."""
    for lane in range(n):
        dx, dy, dz = bx - y[lane], by - y[n + lane], bz - y[2 * n + lane]
        square = dx * dx + dy * dy + dz * dz
        scale[lane] = gm / (square * np.sqrt(square))


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def points(earth, moon, sun, y, n, where, s, scale, out):  # type: ignore[no-untyped-def]
    """Pull of Earth, Moon and Sun as points, with the Earth's own fall.

    One array is written a loop: with more, the compiler cannot tell that they do not overlap, and goes lane by lane.
    """
    _scale(earth, 0.0, 0.0, 0.0, y, n, scale[0])
    _scale(moon, where[s, 0, 0], where[s, 0, 1], where[s, 0, 2], y, n, scale[1])
    _scale(sun, where[s, 1, 0], where[s, 1, 1], where[s, 1, 2], y, n, scale[2])
    for j in range(3 * n):
        out[j] = y[3 * n + j]
    for axis in range(3):
        m, far, fall, row, to = (
            where[s, 0, axis],
            where[s, 1, axis],
            where[s, 4, axis],
            axis * n,
            (3 + axis) * n,
        )
        for lane in range(n):
            a = y[row + lane]
            out[to + lane] = fall - scale[0, lane] * a + scale[1, lane] * (m - a) + scale[2, lane] * (far - a)


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _point(gm, where, s, body, y, n, out):  # type: ignore[no-untyped-def]
    """Add the pull of one more point; a negative ``gm`` pushes."""
    bx, by, bz = where[s, body, 0], where[s, body, 1], where[s, body, 2]
    for lane in range(n):
        dx, dy, dz = bx - y[lane], by - y[n + lane], bz - y[2 * n + lane]
        square = dx * dx + dy * dy + dz * dz
        gain = gm / (square * np.sqrt(square))
        out[3 * n + lane] += gain * dx
        out[4 * n + lane] += gain * dy
        out[5 * n + lane] += gain * dz


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _oblateness(p, where, s, y, n, out, grad, full):  # type: ignore[no-untyped-def]
    """Add the pull of the Earth's bulge and, if ``full``, its gradient."""
    u, v, w = where[s, 5, 0], where[s, 5, 1], where[s, 5, 2]
    flat = -1.5 * p.numbers[EARTH_J2] * p.gm[0] * p.numbers[EARTH_RADIUS] ** 2
    for lane in range(n):
        a, b, c = y[lane], y[n + lane], y[2 * n + lane]
        square = a * a + b * b + c * c
        scale = flat / (square * square * np.sqrt(square))
        z = a * u + b * v + c * w
        side = 1.0 - 5.0 * z * z / square
        px, py, pz = side * a + 2.0 * z * u, side * b + 2.0 * z * v, side * c + 2.0 * z * w
        out[3 * n + lane] += scale * px
        out[4 * n + lane] += scale * py
        out[5 * n + lane] += scale * pz
        if full:
            five, ten, q = -5.0 / square, 10.0 * z / square, z / square
            bx, by, bz = ten * (q * a - u), ten * (q * b - v), ten * (q * c - w)
            grad[lane] += scale * (five * px * a + a * bx + 2.0 * u * u + side)
            grad[n + lane] += scale * (five * px * b + a * by + 2.0 * u * v)
            grad[2 * n + lane] += scale * (five * px * c + a * bz + 2.0 * u * w)
            grad[3 * n + lane] += scale * (five * py * b + b * by + 2.0 * v * v + side)
            grad[4 * n + lane] += scale * (five * py * c + b * bz + 2.0 * v * w)
            grad[5 * n + lane] += scale * (five * pz * c + c * bz + 2.0 * w * w + side)


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _tide(gm, bx, by, bz, y, n, grad):  # type: ignore[no-untyped-def]
    """Add the gradient of the pull of a point."""
    for lane in range(n):
        dx, dy, dz = y[lane] - bx, y[n + lane] - by, y[2 * n + lane] - bz
        square = dx * dx + dy * dy + dz * dz
        scale = gm / (square * np.sqrt(square))
        three = 3.0 * scale / square
        grad[lane] += three * dx * dx - scale
        grad[n + lane] += three * dx * dy
        grad[2 * n + lane] += three * dx * dz
        grad[3 * n + lane] += three * dy * dy - scale
        grad[4 * n + lane] += three * dy * dz
        grad[5 * n + lane] += three * dz * dz - scale


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _solid(p, size, x, y, z, solid):  # type: ignore[no-untyped-def]
    """Fill the solid harmonics below degree ``size`` (degree, part, order) at a place on the body axes."""
    square = x * x + y * y + z * z
    scale, shrink = p.numbers[FIELD_RADIUS] / square, p.numbers[FIELD_RADIUS] ** 2 / square
    x, y, z = x * scale, y * scale, z * scale
    solid[0, 0, 0], solid[0, 1, 0] = p.numbers[FIELD_RADIUS] / np.sqrt(square), 0.0
    for n in range(1, size):
        gain, loss, last, first = p.ladder[0, n], p.ladder[1, n], solid[n - 1], solid[max(n - 2, 0)]
        for part in range(2):
            row, one, two = solid[n, part], last[part], first[part]
            for m in range(n):
                row[m] = gain[m] * z * one[m] - loss[m] * shrink * two[m]
        v, w = solid[n - 1, 0, n - 1], solid[n - 1, 1, n - 1]
        solid[n, 0, n], solid[n, 1, n] = (2 * n - 1) * (x * v - y * w), (2 * n - 1) * (x * w + y * v)


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _field(p, where, s, turn, near, y, n, solid, out, grad, full):  # type: ignore[no-untyped-def]
    """Add the lunar field's pull on lanes with ``near`` 1 and, if ``full``, its gradient; ``solid`` is scratch."""
    sums, flat = np.empty(9), solid.ravel()
    for lane in range(n):
        if near[lane] == 0.0:
            continue
        dx, dy, dz = y[lane] - where[s, 0, 0], y[n + lane] - where[s, 0, 1], y[2 * n + lane] - where[s, 0, 2]
        degree, gap2 = p.switches[DEGREE], dx * dx + dy * dy + dz * dz
        while degree > 2 and gap2 > p.reach2[degree]:
            degree -= 1
        size = degree + (3 if full else 2)
        _solid(
            p, size, turn[s, 0, 0] * dx + turn[s, 0, 1] * dy + turn[s, 0, 2] * dz,
            turn[s, 1, 0] * dx + turn[s, 1, 1] * dy + turn[s, 1, 2] * dz,
            turn[s, 2, 0] * dx + turn[s, 2, 1] * dy + turn[s, 2, 2] * dz, solid,
        )  # fmt: skip
        for each in range(9 if full else 3):
            total, weights = 0.0, p.weights[each]
            for j in range(2 * size * len(solid)):
                total += weights[j] * flat[j]
            sums[each] = total
        for axis in range(3):
            out[(3 + axis) * n + lane] += (
                turn[s, 0, axis] * sums[0] + turn[s, 1, axis] * sums[1] + turn[s, 2, axis] * sums[2]
            )
        if full:
            _turned_gradient(turn[s], sums, n, lane, grad)


@njit(cache=True, error_model="numpy")
def _turned_gradient(turn, sums, n, lane, grad):  # type: ignore[no-untyped-def]
    """Add the field's gradient, turned from the body's axes (items 3 to 8 of ``sums``) to ICRF."""
    body = ((sums[3], sums[4], sums[5]), (sums[4], sums[6], sums[7]), (sums[5], sums[7], sums[8]))
    part = 0
    for i in range(3):
        for j in range(i, 3):
            total = 0.0
            for a in range(3):
                b = body[a]
                total += turn[a, i] * (b[0] * turn[0, j] + b[1] * turn[1, j] + b[2] * turn[2, j])
            grad[part * n + lane] += total
            part += 1


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _ride_along(y, n, grad, out):  # type: ignore[no-untyped-def]
    """Rate of the transition matrices, rows 6 to 41 of ``y``."""
    for j in range(18 * n):
        out[6 * n + j] = y[24 * n + j]
    for i in range(3):
        first, second, third = (0, 1, 2) if i == 0 else ((1, 3, 4) if i == 1 else (2, 4, 5))
        for c in range(6):
            row = (24 + 6 * i + c) * n
            for lane in range(n):
                out[row + lane] = (
                    grad[first * n + lane] * y[(6 + c) * n + lane]
                    + grad[second * n + lane] * y[(12 + c) * n + lane]
                    + grad[third * n + lane] * y[(18 + c) * n + lane]
                )


@njit(cache=True, error_model="numpy")
def only_points(p, rows):  # type: ignore[no-untyped-def]
    """Whether :func:`points` is all there is to a slope away from the Moon."""
    return rows == 6 and not (p.switches[PLANETS] or p.switches[OBLATE] or p.numbers[PUSH] != 0.0)


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def besides_points(p, y, n, full, where, s, some, near, turn, solid, grad, out):  # type: ignore[no-untyped-def]
    """Add everything else to the rate of the states of ``n`` lanes: 6 rows in one line, or 42 if ``full``.

    ``where`` and ``turn`` count at time number ``s``; ``some``: whether any lane is ``near`` the Moon.
    """
    if full:
        grad[: 6 * n] = 0.0
        _tide(p.gm[0], 0.0, 0.0, 0.0, y, n, grad)
        for body in range(4 if p.switches[PLANETS] else 2):
            if p.switches[min(body, PLANETS)]:
                _tide(p.gm[body + 1], where[s, body, 0], where[s, body, 1], where[s, body, 2], y, n, grad)
    if p.switches[PLANETS]:
        _point(p.gm[3], where, s, 2, y, n, out)
        _point(p.gm[4], where, s, 3, y, n, out)
    if p.switches[OBLATE]:
        _oblateness(p, where, s, y, n, out, grad, full)
    if p.numbers[PUSH] != 0.0:
        _point(-p.numbers[PUSH], where, s, 1, y, n, out)
        if full:
            _tide(-p.numbers[PUSH], where[s, 1, 0], where[s, 1, 1], where[s, 1, 2], y, n, grad)
    if some:
        _field(p, where, s, turn, near, y, n, solid, out, grad, full)
    if full:
        _ride_along(y, n, grad, out)
