"""The batch propagation of :mod:`lanes`, compiled lane by lane; used when numba is installed.

Same method, step control, forces and events as the numpy path; a test ties the two together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.integrate import DOP853

from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import Array, Series

_A, _B, _C = np.ascontiguousarray(DOP853.A), np.ascontiguousarray(DOP853.B), np.ascontiguousarray(DOP853.C)
_E3, _E5 = np.ascontiguousarray(DOP853.E3), np.ascontiguousarray(DOP853.E5)
_STAGES = DOP853.n_stages
_REFINEMENTS = 12


class Pack(NamedTuple):
    """Everything the compiled code needs to know of a force model, as plain arrays and numbers."""

    moon: Array
    sun: Array
    venus: Array
    jupiter: Array
    angles: Array
    grids: Array
    gm: Array
    switches: NDArray[np.int64]
    earth: Array
    pole: Array
    push: float
    reach2: float
    moon_radius2: float
    field_radius: float
    weights: Array
    ladder: Array


def pack(model: ForceModel) -> Pack:
    """Flatten a force model for the compiled code."""
    eph = model.ephemeris

    def grid(series: Series) -> list[float]:
        return [series.start_s, series.granule_s]

    degree = model.lunar_degree if model.field is not None else 0
    weights = np.zeros((3, 2, 1, 1))
    if model.field is not None:
        weights = np.ascontiguousarray(model.field.weights.reshape(3, 2, degree + 2, degree + 2))
    share = eph.gm_moon / (eph.gm_earth + eph.gm_moon)
    return Pack(
        eph.moon.coefficients,
        eph.sun_from_barycentre.coefficients,
        eph.venus_from_barycentre.coefficients,
        eph.jupiter_from_barycentre.coefficients,
        eph.angles.coefficients,
        np.array([grid(eph.moon), grid(eph.sun_from_barycentre), grid(eph.angles)]),
        np.array([eph.gm_earth, eph.gm_moon, eph.gm_sun, eph.gm_venus, eph.gm_jupiter, share]),
        np.array([model.moon, model.sun, model.planets, model.earth_j2, degree], dtype=np.int64),
        np.array([eph.earth_radius, eph.earth_j2]),
        np.stack([eph.pole_x_rad, eph.pole_y_rad]),
        model.pressure_m_s2 * eph.astronomical_unit**2,
        model.field_reach_m**2 if model.field is not None else 0.0,
        eph.moon_radius**2,
        eph.field_radius,
        weights,
        _ladder(degree + 2),
    )


def _ladder(size: int) -> Array:
    """Factors of the recursion up the degrees: of the last degree and of the one before."""
    n, m = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
    gap = np.maximum(n - m, 1)
    return np.stack([(2 * n - 1) / gap, (n + m - 1) / gap])


@njit(cache=True, error_model="numpy")
def _series(coefficients, start, length, epoch, t):  # type: ignore[no-untyped-def]
    """Clenshaw's rule for the three axes side by side."""
    index = min(max(int((epoch - start + t) / length), 0), coefficients.shape[0] - 1)
    x = 2.0 * ((epoch - (start + index * length)) + t) / length - 1.0
    c = coefficients[index]
    a1 = a2 = b1 = b2 = c1 = c2 = 0.0
    for k in range(c.shape[0] - 1, 0, -1):
        a1, a2 = 2.0 * x * a1 - a2 + c[k, 0], a1
        b1, b2 = 2.0 * x * b1 - b2 + c[k, 1], b1
        c1, c2 = 2.0 * x * c1 - c2 + c[k, 2], c1
    return x * a1 - a2 + c[0, 0], x * b1 - b2 + c[0, 1], x * c1 - c2 + c[0, 2]


@njit(cache=True, error_model="numpy")
def _series_rate(coefficients, start, length, t, axis):  # type: ignore[no-untyped-def]
    place = (t - start) / length
    index = min(max(int(place), 0), coefficients.shape[0] - 1)
    x = 2.0 * (place - index) - 1.0
    total, low, high = 0.0, 0.0, 1.0  # U_(-1), U_0
    for k in range(1, coefficients.shape[1]):
        total += coefficients[index, k, axis] * k * high
        low, high = high, 2.0 * x * high - low
    return total * 2.0 / length


@njit(cache=True, error_model="numpy")
def _bodies(p, epoch, t, where):  # type: ignore[no-untyped-def]
    """Fill ``where``: rows Moon, Sun, Venus, Jupiter, the Earth's fall towards them, the Earth's pole."""
    x, y, z = _series(p.moon, p.grids[0, 0], p.grids[0, 1], epoch, t)
    where[0, 0], where[0, 1], where[0, 2] = x, y, z
    share = p.gm[5]
    count = 4 if p.switches[2] else 2
    where[4, 0] = where[4, 1] = where[4, 2] = 0.0
    for body in range(count):
        if body == 1:
            a, b, c = _series(p.sun, p.grids[1, 0], p.grids[1, 1], epoch, t)
        elif body == 2:
            a, b, c = _series(p.venus, p.grids[1, 0], p.grids[1, 1], epoch, t)
        elif body == 3:
            a, b, c = _series(p.jupiter, p.grids[1, 0], p.grids[1, 1], epoch, t)
        else:
            a, b, c = (1.0 - share) * x, (1.0 - share) * y, (1.0 - share) * z
        a, b, c = a + share * x, b + share * y, c + share * z
        where[body, 0], where[body, 1], where[body, 2] = a, b, c
        if p.switches[min(body, 2)]:
            square = a * a + b * b + c * c
            scale = p.gm[body + 1] / (square * np.sqrt(square))
            where[4, 0] -= scale * a
            where[4, 1] -= scale * b
            where[4, 2] -= scale * c
    if p.switches[3]:
        century = (epoch + t) / (36_525.0 * 86_400.0)
        for axis in range(2):
            where[5, axis] = p.pole[axis, 0] + century * (p.pole[axis, 1] + century * p.pole[axis, 2])
        where[5, 2] = np.sqrt(1.0 - where[5, 0] ** 2 - where[5, 1] ** 2)


@njit(cache=True, error_model="numpy")
def _axes(p, epoch, t, turn):  # type: ignore[no-untyped-def]
    """Rotation from ICRF to the principal axes by the 3-1-3 angles."""
    first, tilt, spin = _series(p.angles, p.grids[2, 0], p.grids[2, 1], epoch, t)
    ca, sa, cb, sb = np.cos(first), np.sin(first), np.cos(tilt), np.sin(tilt)
    cc, sc = np.cos(spin), np.sin(spin)
    turn[0, 0], turn[0, 1], turn[0, 2] = cc * ca - sc * cb * sa, cc * sa + sc * cb * ca, sc * sb
    turn[1, 0], turn[1, 1], turn[1, 2] = -sc * ca - cc * cb * sa, -sc * sa + cc * cb * ca, cc * sb
    turn[2, 0], turn[2, 1], turn[2, 2] = sb * sa, -sb * ca, cb


@njit(cache=True, error_model="numpy")
def _harmonics(p, turn, x, y, z, scratch):  # type: ignore[no-untyped-def]
    """The lunar field's pull at (x, y, z) from the Moon on ICRF axes; ``scratch`` (2, size, size)."""
    size = p.switches[4] + 2
    a = turn[0, 0] * x + turn[0, 1] * y + turn[0, 2] * z
    b = turn[1, 0] * x + turn[1, 1] * y + turn[1, 2] * z
    c = turn[2, 0] * x + turn[2, 1] * y + turn[2, 2] * z
    square = a * a + b * b + c * c
    scale, shrink = p.field_radius / square, p.field_radius**2 / square
    a, b, c = a * scale, b * scale, c * scale
    v, w = scratch[0], scratch[1]
    v[0, 0], w[0, 0] = p.field_radius / np.sqrt(square), 0.0
    px = py = pz = 0.0
    for m in range(size):
        if m > 0:
            v[m, m] = (2 * m - 1) * (a * v[m - 1, m - 1] - b * w[m - 1, m - 1])
            w[m, m] = (2 * m - 1) * (a * w[m - 1, m - 1] + b * v[m - 1, m - 1])
        for n in range(m, size):
            if n > m:
                gain = p.ladder[0, n, m] * c
                v[n, m] = gain * v[n - 1, m]
                w[n, m] = gain * w[n - 1, m]
            if n > m + 1:
                back = p.ladder[1, n, m] * shrink
                v[n, m] -= back * v[n - 2, m]
                w[n, m] -= back * w[n - 2, m]
            px += p.weights[0, 0, n, m] * v[n, m] + p.weights[0, 1, n, m] * w[n, m]
            py += p.weights[1, 0, n, m] * v[n, m] + p.weights[1, 1, n, m] * w[n, m]
            pz += p.weights[2, 0, n, m] * v[n, m] + p.weights[2, 1, n, m] * w[n, m]
    return (
        turn[0, 0] * px + turn[1, 0] * py + turn[2, 0] * pz,
        turn[0, 1] * px + turn[1, 1] * py + turn[2, 1] * pz,
        turn[0, 2] * px + turn[1, 2] * py + turn[2, 2] * pz,
    )


@njit(cache=True, error_model="numpy")
def _slope(p, y, where, near, turn, scratch, out):  # type: ignore[no-untyped-def]
    a, b, c = y[0], y[1], y[2]
    square = a * a + b * b + c * c
    scale = p.gm[0] / (square * np.sqrt(square))
    fx, fy, fz = where[4, 0] - scale * a, where[4, 1] - scale * b, where[4, 2] - scale * c
    for body in range(4 if p.switches[2] else 2):
        if p.switches[min(body, 2)]:
            dx, dy, dz = where[body, 0] - a, where[body, 1] - b, where[body, 2] - c
            distance2 = dx * dx + dy * dy + dz * dz
            gain = p.gm[body + 1] / (distance2 * np.sqrt(distance2))
            fx, fy, fz = fx + gain * dx, fy + gain * dy, fz + gain * dz
    if p.switches[3]:
        height = a * where[5, 0] + b * where[5, 1] + c * where[5, 2]
        flat = -1.5 * p.earth[1] * p.gm[0] * p.earth[0] ** 2 / (square * square * np.sqrt(square))
        side, up = flat * (1.0 - 5.0 * height * height / square), 2.0 * flat * height
        fx, fy, fz = (
            fx + side * a + up * where[5, 0],
            fy + side * b + up * where[5, 1],
            fz + side * c + up * where[5, 2],
        )
    if p.push != 0.0:
        dx, dy, dz = a - where[1, 0], b - where[1, 1], c - where[1, 2]
        away2 = dx * dx + dy * dy + dz * dz
        gain = p.push / (away2 * np.sqrt(away2))
        fx, fy, fz = fx + gain * dx, fy + gain * dy, fz + gain * dz
    if near:
        dx, dy, dz = _harmonics(p, turn, a - where[0, 0], b - where[0, 1], c - where[0, 2], scratch)
        fx, fy, fz = fx + dx, fy + dy, fz + dz
    out[0], out[1], out[2] = y[3], y[4], y[5]
    out[3], out[4], out[5] = fx, fy, fz


@njit(cache=True, error_model="numpy")
def _step(p, epoch, t, y, h, k, where, turn, scratch, y_end):  # type: ignore[no-untyped-def]
    """One DOP853 step; ``k[0]`` holds the slope at the start, ``where`` ends with the bodies at the end."""
    near = False
    for s in range(1, _STAGES + 1):
        row = _A[s] if s < _STAGES else _B
        for i in range(6):
            total = 0.0
            for j in range(s):
                total += row[j] * k[j, i]
            y_end[i] = y[i] + h * total
        at = _C[s] if s < _STAGES else 1.0
        if s < _STAGES and (s == 1 or at != _C[s - 1]):
            _bodies(p, epoch, t + at * h, where)
            if s == 1 and p.reach2 > 0.0:
                gap = (y[0] - where[0, 0]) ** 2 + (y[1] - where[0, 1]) ** 2 + (y[2] - where[0, 2]) ** 2
                near = gap < p.reach2
            if near:
                _axes(p, epoch, t + at * h, turn)
        _slope(p, y_end, where, near, turn, scratch, k[s])


@njit(cache=True, error_model="numpy")
def _error(k, y, y_end, h, rtol):  # type: ignore[no-untyped-def]
    five, three = 0.0, 0.0
    for block in (0, 3):
        size = max(
            np.sqrt(y[block] ** 2 + y[block + 1] ** 2 + y[block + 2] ** 2),
            np.sqrt(y_end[block] ** 2 + y_end[block + 1] ** 2 + y_end[block + 2] ** 2),
        )
        for i in range(block, block + 3):
            fifth, third = 0.0, 0.0
            for j in range(_STAGES + 1):
                fifth += _E5[j] * k[j, i]
                third += _E3[j] * k[j, i]
            five += (fifth / (rtol * size)) ** 2
            three += (third / (rtol * size)) ** 2
    return abs(h) * five / np.sqrt(max((five + 0.01 * three) * 6, 1e-300))


@njit(cache=True, error_model="numpy")
def _event(p, kind, radius, t, y, moon):  # type: ignore[no-untyped-def]
    if kind == 0:
        return y[0] * y[3] + y[1] * y[4] + y[2] * y[5]
    if kind == 1:
        gap = (y[0] - moon[0]) ** 2 + (y[1] - moon[1]) ** 2 + (y[2] - moon[2]) ** 2
        return radius * radius - gap
    if kind == 2:
        return y[0] ** 2 + y[1] ** 2 + y[2] ** 2 - radius * radius
    total = 0.0
    for axis in range(3):
        total -= (y[axis] - moon[axis]) * (
            y[3 + axis] - _series_rate(p.moon, p.grids[0, 0], p.grids[0, 1], t, axis)
        )
    return total


@njit(cache=True, error_model="numpy")
def _refine(p, kind, radius, epoch, t, y, h, k, where, turn, scratch, y_end):  # type: ignore[no-untyped-def]
    """Length of the step at which the event happens (Illinois rule); leaves the state there in ``y_end``."""
    a, b, fa, fb, root = 0.0, 1e-9, 0.0, 0.0, 1e-9
    for pass_ in range(_REFINEMENTS + 2):
        _step(p, epoch, t, y, root * h, k, where, turn, scratch, y_end)
        value = _event(p, kind, radius, epoch + t + root * h, y_end, where[0])
        if pass_ < 2 or (value > 0.0) != (fb > 0.0):
            a, fa = b, fb
        else:
            fa = fa / 2.0
        b, fb = root, value
        if pass_ == 0:
            root = 1.0
        elif fb == fa or fb == 0.0 or pass_ == _REFINEMENTS + 1:
            break
        else:
            root = b - fb * (b - a) / (fb - fa)
    return b * h


@njit(cache=True, error_model="numpy")
def _lane(p, epoch, y, until, kinds, radii, beyond2, rtol, track, y_out):  # type: ignore[no-untyped-def]
    """Fly one lane for ``until`` seconds: end time, index of the stopping event (-1: the end time), steps taken."""
    k = np.empty((_STAGES + 1, 6))
    where, turn = np.zeros((6, 3)), np.zeros((3, 3))
    scratch = np.zeros((2, p.switches[4] + 2, p.switches[4] + 2))
    y_end = np.empty(6)
    values = np.empty(len(kinds))
    t = 0.0
    _bodies(p, epoch, t, where)
    gap2 = (y[0] - where[0, 0]) ** 2 + (y[1] - where[0, 1]) ** 2 + (y[2] - where[0, 2]) ** 2
    _axes(p, epoch, t, turn)
    _slope(p, y, where, gap2 < p.reach2, turn, scratch, k[0])
    for e in range(len(kinds)):
        values[e] = _event(p, kinds[e], radii[e], epoch, y, where[0])
    pace = np.sqrt(k[0, 0] ** 2 + k[0, 1] ** 2 + k[0, 2] ** 2)
    pull = np.sqrt(k[0, 3] ** 2 + k[0, 4] ** 2 + k[0, 5] ** 2)
    left = until - t
    h = min(pace / pull * rtol ** (1 / 8), abs(left)) * np.sign(left)
    steps = 0
    while abs(until - t) > 1e-6:
        _step(p, epoch, t, y, h, k, where, turn, scratch, y_end)
        steps += 1
        error = _error(k, y, y_end, h, rtol)
        growth = max(0.2, 0.9 * max(error, 1e-30) ** (-1 / 8))
        if error >= 1.0:
            h *= min(growth, 1.0)
            continue
        for e in range(len(kinds)):
            value = _event(p, kinds[e], radii[e], epoch + t + h, y_end, where[0])
            if values[e] < 0.0 and value >= 0.0 and gap2 >= beyond2[e]:
                length = _refine(p, kinds[e], radii[e], epoch, t, y, h, k, where, turn, scratch, y_end)
                y_out[:] = y_end
                return epoch + t + length, e, steps
            values[e] = value
        t += h
        y[:] = y_end
        k[0] = k[_STAGES]
        gap2 = (y[0] - where[0, 0]) ** 2 + (y[1] - where[0, 1]) ** 2 + (y[2] - where[0, 2]) ** 2
        if steps <= len(track):
            track[steps - 1, 0] = epoch + t
            track[steps - 1, 1:] = y
        left = until - t
        h = min(abs(h) * min(growth, 10.0), abs(left)) * np.sign(left)
    y_out[:] = y
    return epoch + t, -1, steps


@njit(cache=True, error_model="numpy")
def fly_lanes(p, t, state, until, kinds, radii, beyond, rtol, tracks):  # type: ignore[no-untyped-def]
    """Fly lanes one after the other: end times (n), states (6, n), stopping events (n), steps in all.

    ``tracks`` (n, steps, 7) is filled with time and state after accepted steps (zeros where there was none).
    """
    count = len(t)
    end, stopped = np.empty(count), np.empty(count, dtype=np.int64)
    out, steps = np.empty((6, count)), 0
    for lane in range(count):
        y, last = state[:, lane].copy(), np.empty(6)
        end[lane], stopped[lane], used = _lane(
            p, t[lane], y, until[lane] - t[lane], kinds, radii, beyond * beyond, rtol, tracks[lane], last
        )
        out[:, lane] = last
        steps += used
    return end, out, stopped, steps
