"""The batch propagation of :mod:`lanes`, compiled with numba, pack by pack.

Lanes lie innermost in every array, so that the compiler works on several at once. Method, step control, splitting
of packs, forces and events are those of :mod:`plain`; a test ties the two together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np
from numba import njit

from lunarchain.trajectory import lanes
from lunarchain.trajectory.compiled_sky import Pulls, Sky, flatten, series_rate
from lunarchain.trajectory.compiled_step import LAST, STAGES, Desk, desk_for, judge, step
from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import Array, Index

_REFINEMENTS, _LEAST = 12, lanes.LEAST_GROWTH
_ARRIVED_S = 1e-6  # closer to its end than this, a lane has arrived
_WATCHED_STEPS = 600
_PACKS_AT_ONCE = 64
# numba compiles a function once for plain numbers, and once more for every literal it is given.
_ZERO, _ONE = cast(int, np.int64(0)), cast(int, np.int64(1))
_COMPILED_FROM = ("compiled_step.py", "compiled_forces.py", "compiled_sky.py", "lanes.py")

# Kinds, radii and least distances of the events; the Moon's velocity.
Stops: TypeAlias = tuple[Index, Array, Array, Array]
# Of the lanes in the pack: states, event values, distances from the Moon, numbers, growth of the step.
Here: TypeAlias = tuple[Array, Array, Array, Index, Array]
# Of waiting lanes: states, slopes, event values, distances from the Moon, times, steps, numbers of their packs.
Wait: TypeAlias = tuple[Array, Array, Array, Array, Array, Array, Index]
# Of lanes that have arrived: seconds flown, states, stopping events.
Done: TypeAlias = tuple[Array, Array, Index]


def propagate_compiled(
    model: ForceModel, t_s: Array, state: Array, until_s: Array, events: Sequence[lanes.Event] = (),
    rtol: float = 1e-10, watch: lanes.Watcher | None = None, transition: bool = False,
) -> lanes.Arcs:  # fmt: skip
    """The same as :func:`lanes.propagate`, compiled."""
    count, (sky, pulls) = len(t_s), flatten(model)
    y = lanes.with_identity(state) if transition else state
    kinds = np.array([event.kind for event in events], dtype=np.intp)
    radii = np.array([event.radius_m for event in events], dtype=float)
    beyond2 = np.array([event.beyond_moon_m for event in events], dtype=float) ** 2
    end_s, end = np.empty(count), np.empty((len(y), count))
    stopped, steps = np.full(count, lanes.ENDED, dtype=np.intp), 0
    order, starts = lanes.packs(t_s, until_s)
    for first in range(0, len(starts), _PACKS_AT_ONCE):
        bounds = np.append(starts, count)[first : first + _PACKS_AT_ONCE + 1]
        part = order[bounds[0] : bounds[-1]]
        tracks = np.zeros((len(part), _WATCHED_STEPS if watch else 0, 7))
        lot = np.ascontiguousarray(y[:, part])
        end_s[part], stopped[part], used = _fly_packs(
            sky, pulls, t_s[part], lot, until_s[part], bounds - bounds[0], kinds, radii, beyond2, rtol,
            lanes.SPREAD, tracks,
        )  # fmt: skip
        end[:, part] = lot
        steps += used
        if watch is not None:
            lane, step = np.nonzero(tracks[:, :, 0])
            seen = tracks[lane, step]
            _replay(model, watch, part[lane], seen[:, 0], seen[:, 1:].T)
    matrix = end[6:].reshape(6, 6, count) if transition else None
    return lanes.Arcs(end_s, end[:6], stopped, steps, matrix)


def _replay(model: ForceModel, watch: lanes.Watcher, lane: Index, t_s: Array, state: Array) -> None:
    """Show recorded steps to the watcher, no lane twice in one call."""
    if not len(lane):
        return
    moon = model.ephemeris.moon.value(t_s)
    begun = np.flatnonzero(np.diff(lane, prepend=-1))  # recorded lane by lane
    rank = np.arange(len(lane)) - np.repeat(begun, np.diff(begun, append=len(lane)))
    order = np.argsort(rank, kind="stable")
    for now in np.split(order, np.flatnonzero(np.diff(rank[order])) + 1):
        watch(lane[now], t_s[now], state[:, now], moon[:, now])


@njit(error_model="numpy")
def _event(kind: int, radius: float, y: Array, n: int, lane: int, where: Array, drift: Array) -> float:
    """Value of an event, negative before it happens; ``drift`` is the Moon's velocity."""
    a, b, c = y[lane], y[n + lane], y[2 * n + lane]
    if kind == 2:
        return a * a + b * b + c * c - radius * radius
    u, v, w = y[3 * n + lane], y[4 * n + lane], y[5 * n + lane]
    if kind == 0:
        return a * u + b * v + c * w
    a, b, c = a - where[LAST, 0, 0], b - where[LAST, 0, 1], c - where[LAST, 0, 2]
    if kind == 1:
        return radius * radius - (a * a + b * b + c * c)
    return -(a * (u - drift[0]) + b * (v - drift[1]) + c * (w - drift[2]))


@njit(error_model="numpy")
def _gap2(y: Array, n: int, lane: int, where: Array) -> float:
    a, b, c = (
        y[lane] - where[LAST, 0, 0],
        y[n + lane] - where[LAST, 0, 1],
        y[2 * n + lane] - where[LAST, 0, 2],
    )
    return a * a + b * b + c * c


@njit(error_model="numpy")
def _drift(sky: Sky, t_s: float, kinds: Index, drift: Array) -> None:
    """The Moon's velocity at ``t_s``, if an event asks for it."""
    for kind in kinds:
        if kind == 3:
            for axis in range(3):
                drift[axis] = series_rate(sky.moon, sky.grids[0, 0], sky.grids[0, 1], t_s, axis)


@njit(error_model="numpy", inline="always")
def _refine(
    sky: Sky, p: Pulls, kind: int, radius: float, kinds: Index, epoch: float, t: float, y: Array, h: float,
    desk: Desk, drift: Array,
) -> float:  # fmt: skip
    """Length of one lane's step at which its event happens (Illinois rule); leaves the state there on the desk."""
    a, b, fa, fb, root = 0.0, 1e-9, 0.0, 0.0, 1e-9
    for pass_ in range(_REFINEMENTS + 2):
        step(sky, p, epoch, t, y, len(y), _ONE, root * h, desk, _ONE)
        _drift(sky, epoch + t + root * h, kinds, drift)
        value = _event(kind, radius, desk[1], 1, 0, desk[5], drift)
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


@njit(error_model="numpy", inline="always")
def _begin(
    sky: Sky, p: Pulls, epoch: float, rows: int, n: int, until: Array, stops: Stops, here: Here, desk: Desk,
    rtol: float,
) -> float:  # fmt: skip
    """Slopes, event values and distances at the start; the first step."""
    k, where = desk[0], desk[5]
    kinds, radii, _, drift = stops
    y, values, gap2, _, _ = here
    step(sky, p, epoch, 0.0, y, rows, n, 0.0, desk, _ZERO)
    _drift(sky, epoch, kinds, drift)
    first = np.inf
    for lane in range(n):
        for e in range(len(kinds)):
            values[e * n + lane] = _event(kinds[e], radii[e], y, n, lane, where, drift)
        gap2[lane] = _gap2(y, n, lane, where)
        pace, pull = 0.0, 0.0
        for i in range(3):
            pace += k[0, i * n + lane] ** 2
            pull += k[0, (3 + i) * n + lane] ** 2
        first = min(first, np.sqrt(pace / pull))
    return first * rtol ** (1 / 8) * np.sign(until[0])


@njit(error_model="numpy")
def _gather(chosen: Index, kept: int, n: int, rows: int, source: Array, target: Array) -> None:
    """Keep the chosen of ``n`` columns, closing up; ``target`` may be the same array."""
    if kept == n:
        for j in range(rows * n):
            target[j] = source[j]
        return
    for i in range(rows):
        for place in range(kept):
            target[i * kept + place] = source[i * n + chosen[place]]


@njit(error_model="numpy")
def _front(chosen: Index, kept: int, n: int, here: Here, events: int) -> None:
    """Close up what belongs to the chosen lanes, other than states and slopes."""
    _, values, gap2, index, growth = here
    if kept == n:
        return
    _gather(chosen, kept, n, events, values, values)
    for place in range(kept):
        lane = chosen[place]
        gap2[place], index[place], growth[place] = gap2[lane], index[lane], growth[lane]


@njit(error_model="numpy", inline="always")
def _settle(
    sky: Sky, p: Pulls, epoch: float, t: float, h: float, rows: int, n: int, until: Array, stops: Stops,
    here: Here, chosen: Index, desk: Desk, alone: Desk, tracks: Array, shown: Index, done: Done,
) -> int:  # fmt: skip
    """After a good step: place events, record, note who has arrived; fill ``chosen`` with the lanes that fly on."""
    kinds, radii, beyond2, drift = stops
    y, values, gap2, index, _ = here
    end, out, stopped = done
    k, y_end, where = desk[0], desk[1], desk[5]
    _drift(sky, epoch + t + h, kinds, drift)
    kept = 0
    for lane in range(n):
        number, hit = index[lane], -1
        for e in range(len(kinds)):
            value = _event(kinds[e], radii[e], y_end, n, lane, where, drift)
            if hit < 0 and values[e * n + lane] < 0.0 and value >= 0.0 and gap2[lane] >= beyond2[e]:
                hit = e
            values[e * n + lane] = value
        if hit >= 0:
            start = np.empty(rows)
            for i in range(rows):
                start[i], alone[0][0, i] = y[i * n + lane], k[0, i * n + lane]
            end[number] = t + _refine(sky, p, kinds[hit], radii[hit], kinds, epoch, t, start, h, alone, drift)
            _drift(sky, epoch + t + h, kinds, drift)
            out[:, number], stopped[number] = alone[1], hit
            continue
        gap2[lane] = _gap2(y_end, n, lane, where)
        if shown[number] < tracks.shape[1]:
            tracks[number, shown[number], 0] = epoch + t + h
            for i in range(6):
                tracks[number, shown[number], 1 + i] = y_end[i * n + lane]
            shown[number] += 1
        if abs(until[number] - (t + h)) <= _ARRIVED_S:
            end[number] = t + h
            for i in range(rows):
                out[i, number] = y_end[i * n + lane]
            continue
        chosen[kept] = lane
        kept += 1
    return kept


@njit(error_model="numpy")
def _part(
    t: float, h: float, rows: int, n: int, slowest: float, spread: float, here: Here, events: int,
    slopes: Array, wait: Wait, chosen: Index,
) -> int:  # fmt: skip
    """Send lanes that could step much farther to wait as a pack of their own; how many stay."""
    y, values, gap2, index, growth = here
    state, slopes_, values_, gap2_, time, pace, owner = wait
    kept, farther, newest = 0, np.inf, owner.max() + 1
    for lane in range(n):
        if growth[lane] > spread * slowest:
            number = index[lane]
            for i in range(rows):
                state[i, number], slopes_[i, number] = y[i * n + lane], slopes[i * n + lane]
            for e in range(events):
                values_[e, number] = values[e * n + lane]
            gap2_[number], time[number], owner[number] = gap2[lane], t, newest
            farther = min(farther, growth[lane])
        else:
            chosen[kept] = lane
            kept += 1
    for number in range(len(owner)):
        if owner[number] == newest:
            pace[number] = h * farther
    _gather(chosen, kept, n, rows, y, y)
    _gather(chosen, kept, n, rows, slopes, slopes)
    _front(chosen, kept, n, here, events)
    return kept


@njit(error_model="numpy")
def _resume(rows: int, here: Here, events: int, slopes: Array, wait: Wait) -> tuple[int, float, float]:
    """Take up the pack that began to wait last: how many lanes, its time and step."""
    y, values, gap2, index, _ = here
    state, slopes_, values_, gap2_, time, pace, owner = wait
    last, t, h = owner.max(), 0.0, 0.0
    n = (owner == last).sum() if last >= 0 else 0
    lane = 0
    for number in range(len(owner) if n else 0):
        if owner[number] == last:
            for i in range(rows):
                y[i * n + lane], slopes[i * n + lane] = state[i, number], slopes_[i, number]
            for e in range(events):
                values[e * n + lane] = values_[e, number]
            gap2[lane], index[lane], owner[number] = gap2_[number], number, -1
            t, h = time[number], pace[number]
            lane += 1
    return n, t, h


@njit(error_model="numpy")
def _nearest_end(n: int, until: Array, index: Index) -> float:
    """The end time, of those of the pack's lanes, that comes first."""
    first = np.inf
    for lane in range(n):
        if abs(until[index[lane]]) < abs(first):
            first = until[index[lane]]
    return first


@njit(error_model="numpy", inline="always")
def _fly_pack(
    sky: Sky, p: Pulls, epoch: float, state: Array, until: Array, kinds: Index, radii: Array, beyond2: Array,
    rtol: float, spread: float, tracks: Array,
) -> tuple[Array, Array, Index, int]:  # fmt: skip
    """Fly lanes of one epoch and direction: seconds flown (n), states, stopping events (n), steps in all.

    Lanes that leave the pack wait, under the number of their new pack, until this one has ended.
    """
    rows, n = state.shape
    events = len(kinds)
    desk, alone = desk_for(rows, n, p.degree + 3), desk_for(rows, 1, p.degree + 3)
    stops = (kinds, radii, beyond2, np.zeros(3))
    here = (state.copy().ravel(), np.zeros(events * n), np.zeros(n), np.arange(n), np.empty(n))
    wait = (
        state, np.empty((rows, n)), np.zeros((events, n)), np.zeros(n), np.zeros(n), np.zeros(n), np.full(n, -1),
    )  # fmt: skip
    done = (np.empty(n), np.empty((rows, n)), np.full(n, -1))
    sums = (np.empty(6 * n), np.empty(6 * n), np.empty(n), np.empty(n))
    chosen, shown = np.arange(n), np.zeros(n, np.int64)
    y, index, growth = here[0], here[3], here[4]
    k, y_end = desk[0], desk[1]
    h = _begin(sky, p, epoch, rows, n, until, stops, here, desk, rtol)
    t, steps, nearest = 0.0, 0, _nearest_end(n, until, index)
    before_h, before = 0.0, 1.0
    eventful = events > 0 or tracks.shape[1] > 0
    while n > 0:
        left = abs(nearest - t)
        h = min(max(h, -left), left)
        step(sky, p, epoch, t, y, rows, n, h, desk, _ONE)
        steps += n
        accepted = judge(y, n, h, rtol, desk, sums, growth)
        if accepted:
            kept = n
            if eventful or abs(nearest - (t + h)) <= _ARRIVED_S:
                kept = _settle(
                    sky, p, epoch, t, h, rows, n, until, stops, here, chosen, desk, alone, tracks, shown, done
                )
            _gather(chosen, kept, n, rows, y_end, y)
            _gather(chosen, kept, n, rows, k[STAGES], k[0])
            _front(chosen, kept, n, here, events)
            nearest = nearest if kept == n else _nearest_end(kept, until, index)
            n, t = kept, t + h
        slowest, fastest = np.inf, 0.0
        for lane in range(n):
            slowest, fastest = min(slowest, growth[lane]), max(fastest, growth[lane])
        if accepted and fastest > spread * slowest:
            n = _part(t, h, rows, n, slowest, spread, here, events, k[0], wait, chosen)
            nearest = _nearest_end(n, until, index)
        trend = slowest
        if accepted:
            if before_h != 0.0:
                trend = max(slowest * slowest / before * h / before_h, _LEAST)
            before_h, before = h, slowest
        h *= min(slowest, trend)
        if n == 0:
            n, t, h = _resume(rows, here, events, k[0], wait)
            before_h = 0.0
            nearest = _nearest_end(n, until, index)
    return done[0], done[1], done[2], steps


def _entry(stamp: int) -> Callable[..., tuple[Array, Index, int]]:
    """The one function that Python calls, stored as machine code with everything it calls.

    numba looks for changes in the file of a stored function only. Variables of a closure are part of its key, so
    ``stamp`` makes it compile anew when any of the other files has changed.
    """

    @njit(cache=True, error_model="numpy")
    def fly_packs(
        sky: Sky, p: Pulls, t_s: Array, state: Array, until_s: Array, bounds: Index, kinds: Index, radii: Array,
        beyond2: Array, rtol: float, spread: float, tracks: Array,
    ) -> tuple[Array, Index, int]:  # fmt: skip
        """Fly packs one after the other: end times (n), stopping events (n), steps in all; end states in ``state``."""
        end, stopped, steps = np.empty(len(t_s)), np.empty(len(t_s), np.int64), 0 * stamp
        for number in range(len(bounds) - 1):
            part = slice(bounds[number], bounds[number + 1])
            epoch = t_s[bounds[number]]
            after, states, stops, used = _fly_pack(
                sky, p, epoch, state[:, part].copy(), until_s[part] - epoch, kinds, radii, beyond2, rtol, spread,
                tracks[part],
            )  # fmt: skip
            end[part], stopped[part], state[:, part] = epoch + after, stops, states
            steps += used
        return end, stopped, steps

    compiled: Callable[..., tuple[Array, Index, int]] = fly_packs
    return compiled


def _stamp() -> int:
    """A number that stands for the content of the other files that are compiled."""
    content = b"".join(Path(__file__).with_name(name).read_bytes() for name in _COMPILED_FROM)
    return int.from_bytes(hashlib.sha256(content).digest()[:6])


_fly_packs = _entry(_stamp())
