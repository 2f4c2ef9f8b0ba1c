"""Forces for :mod:`compiled`: time alone in scalars, lanes innermost in every array.

The same forces as :mod:`dynamics`, which documents them. States of ``n`` lanes lie in one line, row after row.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import njit

from lunarchain.trajectory.ephemeris import Array

# Sums may be taken in any order: that lets the compiler work on several lanes at once.
_FAST = {"reassoc", "contract", "nsz", "arcp"}

# The lunar field: degree, radius, weights, ladder, squares of reaches, as in ``Pulls``.
Lunar: TypeAlias = tuple[int, float, Array, Array, Array]


@njit(error_model="numpy", fastmath=_FAST)
def mark_near(near2: float, y: Array, n: int, where: Array, s: int, near: Array) -> bool:
    """Set ``near`` to 1 for lanes close enough to the Moon for its field to act, else 0; whether there is any."""
    some = False
    for lane in range(n):
        a, b, c = y[lane] - where[s, 0, 0], y[n + lane] - where[s, 0, 1], y[2 * n + lane] - where[s, 0, 2]
        close = a * a + b * b + c * c < near2
        near[lane] = 1.0 if close else 0.0
        some = some or close
    return some


@njit(error_model="numpy", fastmath=_FAST)
def _scale(gm: float, bx: float, by: float, bz: float, y: Array, n: int, scale: Array) -> None:
    """GM over the cube of the distance to a point, per lane."""
    for lane in range(n):
        dx, dy, dz = bx - y[lane], by - y[n + lane], bz - y[2 * n + lane]
        square = dx * dx + dy * dy + dz * dz
        scale[lane] = gm / (square * np.sqrt(square))


@njit(error_model="numpy", fastmath=_FAST)
def points(direct: Array, y: Array, n: int, where: Array, s: int, scale: Array, out: Array) -> None:
    """Pull of Earth, Moon and Sun as points, with the Earth's own fall.

    One array is written a loop: with more, the compiler cannot tell that they do not overlap, and goes lane by lane.
    """
    _scale(direct[0], 0.0, 0.0, 0.0, y, n, scale[0])
    _scale(direct[1], where[s, 0, 0], where[s, 0, 1], where[s, 0, 2], y, n, scale[1])
    _scale(direct[2], where[s, 1, 0], where[s, 1, 1], where[s, 1, 2], y, n, scale[2])
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


@njit(error_model="numpy", fastmath=_FAST)
def more_point(gm: float, bx: float, by: float, bz: float, y: Array, n: int, out: Array) -> None:
    """Add the pull of one more point."""
    for lane in range(n):
        dx, dy, dz = bx - y[lane], by - y[n + lane], bz - y[2 * n + lane]
        square = dx * dx + dy * dy + dz * dz
        gain = gm / (square * np.sqrt(square))
        out[3 * n + lane] += gain * dx
        out[4 * n + lane] += gain * dy
        out[5 * n + lane] += gain * dz


@njit(error_model="numpy", fastmath=_FAST)
def oblateness(
    flat: float, u: float, v: float, w: float, y: Array, n: int, out: Array, grad: Array, full: bool,
) -> None:  # fmt: skip
    """Add the pull of the Earth's bulge about the pole (u, v, w) and, if ``full``, its gradient."""
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


@njit(error_model="numpy", fastmath=_FAST)
def _tide(gm: float, bx: float, by: float, bz: float, y: Array, n: int, grad: Array) -> None:
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


@njit(error_model="numpy", fastmath=_FAST)
def _solid(radius: float, ladder: Array, size: int, x: float, y: float, z: float, solid: Array) -> None:
    """Fill the solid harmonics below degree ``size`` (degree, part, order) at a place on the body axes."""
    square = x * x + y * y + z * z
    scale, shrink = radius / square, radius ** 2 / square
    x, y, z = x * scale, y * scale, z * scale
    solid[0, 0, 0], solid[0, 1, 0] = radius / np.sqrt(square), 0.0
    for n in range(1, size):
        gain, loss, last, first = ladder[0, n], ladder[1, n], solid[n - 1], solid[max(n - 2, 0)]
        for part in range(2):
            row, one, two = solid[n, part], last[part], first[part]
            for m in range(n):
                row[m] = gain[m] * z * one[m] - loss[m] * shrink * two[m]
        v, w = solid[n - 1, 0, n - 1], solid[n - 1, 1, n - 1]
        solid[n, 0, n], solid[n, 1, n] = (2 * n - 1) * (x * v - y * w), (2 * n - 1) * (x * w + y * v)


@njit(error_model="numpy", fastmath=_FAST)
def field(
    lunar: Lunar, where: Array, s: int, turn: Array, near: Array, y: Array, n: int, solid: Array, out: Array,
    grad: Array, full: bool,
) -> None:  # fmt: skip
    """Add the lunar field's pull on lanes with ``near`` 1 and, if ``full``, its gradient; ``solid`` is scratch."""
    highest, radius, weights, ladder, reach2 = lunar
    sums, flat = np.empty(9), solid.ravel()
    for lane in range(n):
        if near[lane] == 0.0:
            continue
        dx, dy, dz = y[lane] - where[s, 0, 0], y[n + lane] - where[s, 0, 1], y[2 * n + lane] - where[s, 0, 2]
        degree, gap2 = highest, dx * dx + dy * dy + dz * dz
        while degree > 2 and gap2 > reach2[degree]:
            degree -= 1
        size = degree + (3 if full else 2)
        _solid(
            radius, ladder, size, turn[s, 0, 0] * dx + turn[s, 0, 1] * dy + turn[s, 0, 2] * dz,
            turn[s, 1, 0] * dx + turn[s, 1, 1] * dy + turn[s, 1, 2] * dz,
            turn[s, 2, 0] * dx + turn[s, 2, 1] * dy + turn[s, 2, 2] * dz, solid,
        )  # fmt: skip
        for each in range(9 if full else 3):
            total, row = 0.0, weights[each]
            for j in range(2 * size * len(solid)):
                total += row[j] * flat[j]
            sums[each] = total
        for axis in range(3):
            out[(3 + axis) * n + lane] += (
                turn[s, 0, axis] * sums[0] + turn[s, 1, axis] * sums[1] + turn[s, 2, axis] * sums[2]
            )
        if full:
            _turned_gradient(turn[s], sums, n, lane, grad)


@njit(error_model="numpy")
def _turned_gradient(turn: Array, sums: Array, n: int, lane: int, grad: Array) -> None:
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


@njit(error_model="numpy", fastmath=_FAST)
def ride_along(y: Array, n: int, grad: Array, out: Array) -> None:
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


@njit(error_model="numpy", fastmath=_FAST)
def tides(direct: Array, many: int, where: Array, s: int, y: Array, n: int, grad: Array) -> None:
    """Gradient of the pull of all points, ``many`` besides the Earth."""
    grad[: 6 * n] = 0.0
    _tide(direct[0], 0.0, 0.0, 0.0, y, n, grad)
    for body in range(many):
        _tide(direct[body + 1], where[s, body, 0], where[s, body, 1], where[s, body, 2], y, n, grad)
