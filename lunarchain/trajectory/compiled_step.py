"""One DOP853 step of a pack of lanes and its error, for :mod:`compiled`."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import njit
from scipy.integrate import DOP853

from lunarchain.trajectory.compiled_forces import (
    field,
    mark_near,
    more_point,
    oblateness,
    points,
    ride_along,
    tides,
)
from lunarchain.trajectory.compiled_sky import Pulls, Sky, axes_at, bodies_at
from lunarchain.trajectory.ephemeris import Array, Index
from lunarchain.trajectory.lanes import LEAST_GROWTH

STAGES, LAST = DOP853.n_stages, DOP853.n_stages - 1
_FAST = {"reassoc", "contract", "nsz", "arcp"}


def _sums() -> tuple[Index, Array]:
    """The terms of every stage's sum, those of the error's two sums last: stage and weight, four at a time."""
    rows = [*DOP853.A[:STAGES], DOP853.B, DOP853.E5, DOP853.E3]
    most = max(-(-np.count_nonzero(row) // 4) * 4 for row in rows)
    stage, weight = np.zeros((len(rows), most), dtype=np.intp), np.zeros((len(rows), most))
    for number, row in enumerate(rows):
        used = np.flatnonzero(row)
        stage[number, : len(used)], weight[number, : len(used)] = used, row[used]
    return stage, weight


_STAGE, _WEIGHT = _sums()
_TERMS = np.array([-(-np.count_nonzero(row) // 4) * 4 for row in _WEIGHT])
_C = np.ascontiguousarray(DOP853.C[:STAGES])
_E5, _E3 = STAGES + 1, STAGES + 2
_ORDERS = 16  # most coefficients of a series that scratch has room for

# Scratch of a pack: slopes, end state, gradient, nearness, harmonics, bodies, axes, pulls, times, series.
Desk: TypeAlias = tuple[Array, Array, Array, Array, Array, Array, Array, Array, Array, Array]
# Scratch of a step's judgement: both error sums, and their squares per lane.
Sums: TypeAlias = tuple[Array, Array, Array, Array]


@njit(error_model="numpy", fastmath=_FAST)
def _sum_into(number: int, k: Array, count: int, total: Array) -> None:
    """Weighted sum of the slopes' first ``count`` numbers, by row ``number`` of the table, into ``total``."""
    for q in range(0, _TERMS[number], 4):
        # Unsigned numbers need no test for counting from the end.
        a, b = np.uint64(_STAGE[number, q]), np.uint64(_STAGE[number, q + 1])
        c, d = np.uint64(_STAGE[number, q + 2]), np.uint64(_STAGE[number, q + 3])
        wa, wb = _WEIGHT[number, q], _WEIGHT[number, q + 1]
        wc, wd = _WEIGHT[number, q + 2], _WEIGHT[number, q + 3]
        if q == 0:
            for j in range(count):
                total[j] = wa * k[a, j] + wb * k[b, j] + wc * k[c, j] + wd * k[d, j]
        else:
            for j in range(count):
                total[j] += wa * k[a, j] + wb * k[b, j] + wc * k[c, j] + wd * k[d, j]


@njit(error_model="numpy", fastmath=_FAST)
def _stage_into(number: int, k: Array, count: int, y: Array, h: float, total: Array) -> None:
    """The state ``y`` moved on by ``h`` along the weighted sum of the slopes, by row ``number`` of the table."""
    for q in range(0, _TERMS[number], 4):
        a, b = np.uint64(_STAGE[number, q]), np.uint64(_STAGE[number, q + 1])
        c, d = np.uint64(_STAGE[number, q + 2]), np.uint64(_STAGE[number, q + 3])
        wa, wb = h * _WEIGHT[number, q], h * _WEIGHT[number, q + 1]
        wc, wd = h * _WEIGHT[number, q + 2], h * _WEIGHT[number, q + 3]
        if q == 0:
            for j in range(count):
                total[j] = y[j] + (wa * k[a, j] + wb * k[b, j] + wc * k[c, j] + wd * k[d, j])
        else:
            for j in range(count):
                total[j] += wa * k[a, j] + wb * k[b, j] + wc * k[c, j] + wd * k[d, j]


@njit(error_model="numpy")
def desk_for(rows: int, width: int, size: int) -> Desk:
    """Scratch for ``width`` lanes of ``rows`` numbers each and harmonics below degree ``size``."""
    return (
        np.zeros((STAGES + 1, rows * width)), np.empty(rows * width), np.empty(6 * width), np.zeros(width),
        np.zeros((size, 2, size)), np.zeros((STAGES, 6, 3)), np.zeros((STAGES, 3, 3)), np.empty((3, width)),
        np.zeros(STAGES), np.empty((_ORDERS + 1, STAGES)),
    )  # fmt: skip


@njit(error_model="numpy", fastmath=_FAST)
def step(
    sky: Sky, p: Pulls, epoch: float, t: float, y: Array, rows: int, n: int, h: float, desk: Desk, first: int,
) -> None:  # fmt: skip
    """One DOP853 step of a pack from slope number ``first`` on: 1 when slope 0 is known, 0 for slope 0 alone.

    The desk ends with state, last slope and bodies at the end of the step. What the loop needs is taken out of the
    tuples before it: every reference to an array that is taken inside costs as much as a force.
    """
    k, y_end, grad, near, solid, where, turn, scale, times, basis = desk
    direct, many, flat = p.direct, p.many, p.flat
    lunar = (p.degree, p.radius, p.weights, p.ladder, p.reach2)
    for s in range(STAGES):
        times[s] = t + _C[s] * h
    bodies_at(sky, p, epoch, times[first:], basis, where[first:])
    some = p.near2 > 0.0 and mark_near(p.near2, y, n, where, first, near)
    if some:
        axes_at(sky, epoch, times, turn)
    count, full = rows * n, rows > 6
    for s in range(first, STAGES + 1 if first else 1):
        if s > 0:
            _stage_into(s, k, count, y, h, y_end)
        else:
            y_end[:count] = y[:count]
        at, out = min(s, LAST), k[s]
        points(direct, y_end, n, where, at, scale, out)
        if full:
            tides(direct, many, where, at, y_end, n, grad)
        for body in range(2, many):
            more_point(direct[body + 1], where[at, body, 0], where[at, body, 1], where[at, body, 2], y_end, n, out)
        if flat != 0.0:
            oblateness(flat, where[at, 5, 0], where[at, 5, 1], where[at, 5, 2], y_end, n, out, grad, full)
        if some:
            field(lunar, where, at, turn, near, y_end, n, solid, out, grad, full)
        if full:
            ride_along(y_end, n, grad, out)


@njit(error_model="numpy", fastmath=_FAST)
def _misses(
    y: Array, y_end: Array, rtol: float, n: int, fifth: Array, third: Array, five: Array, three: Array,
) -> None:  # fmt: skip
    """Squares of both error estimates per lane, in units of what is allowed."""
    unit = np.empty(n)
    five[:n] = 0.0
    three[:n] = 0.0
    for block in (0, 3 * n):
        for lane in range(n):
            i, j, k = block + lane, block + n + lane, block + 2 * n + lane
            before = y[i] * y[i] + y[j] * y[j] + y[k] * y[k]
            after = y_end[i] * y_end[i] + y_end[j] * y_end[j] + y_end[k] * y_end[k]
            unit[lane] = 1.0 / (rtol * rtol * max(before, after))
        for row in range(3):
            for lane in range(n):
                five[lane] += fifth[block + row * n + lane] ** 2 * unit[lane]
            for lane in range(n):
                three[lane] += third[block + row * n + lane] ** 2 * unit[lane]


@njit(error_model="numpy", fastmath=_FAST)
def judge(y: Array, n: int, h: float, rtol: float, desk: Desk, sums: Sums, growth: Array) -> bool:
    """Fill the factor by which each lane would change its step; whether the step is good enough for all."""
    k, y_end = desk[0], desk[1]
    fifth, third, five, three = sums
    _sum_into(_E5, k, 6 * n, fifth)
    _sum_into(_E3, k, 6 * n, third)
    _misses(y, y_end, rtol, n, fifth, third, five, three)
    size, worst = abs(h), 0.0
    for lane in range(n):
        growth[lane] = size * five[lane] / np.sqrt(max((five[lane] + 0.01 * three[lane]) * 6, 1e-300))
    for lane in range(n):
        worst = max(worst, growth[lane])
    most = 10.0 if worst < 1.0 else 1.0
    for lane in range(n):
        eighth = np.sqrt(np.sqrt(np.sqrt(max(growth[lane], 1e-30))))
        growth[lane] = min(max(0.9 / eighth, LEAST_GROWTH), most)
    return worst < 1.0
