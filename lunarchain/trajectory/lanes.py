"""Batch propagation: many trajectories at once, each with its own epoch, end and step.

The method is the eighth-order Runge-Kutta pair DOP853 with scipy's coefficients and error norm. Lanes that have
finished drop out, so long arcs do not hold up short ones. Events are located by re-stepping inside the step.
The code here needs numpy only; when numba is installed, :mod:`compiled` does the same some thirty times faster.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from scipy.integrate import DOP853

from lunarchain.errors import InputError, Issue
from lunarchain.trajectory.dynamics import Bodies, ForceModel, bodies, derivative, near_moon
from lunarchain.trajectory.ephemeris import Array, Flags, Index

Watcher = Callable[[Index, Array, Array, Array], None]

RUNNING, ENDED = -2, -1
PERIGEE, IMPACT, SPHERE, APOLUNE = 0, 1, 2, 3
_STAGES = DOP853.n_stages
_EVENT_ITERATIONS = 12
_CHUNK = 2000
_WATCHED_STEPS = 600


@dataclass(frozen=True)
class Event:
    """Stops a lane: PERIGEE of the Earth, IMPACT within ``radius_m`` of the Moon's centre, leaving a SPHERE of
    ``radius_m`` about the Earth, or APOLUNE. Ignored while the lane is closer to the Moon than ``beyond_moon_m``.
    """

    kind: int
    radius_m: float = 0.0
    beyond_moon_m: float = 0.0


@dataclass(frozen=True)
class Arcs:
    """Where each lane ended: time (n), state (6, n) and the index of the event that stopped it (-1: the end time)."""

    t_s: Array
    state: Array
    stopped_by: Index
    steps: int = 0


@dataclass
class _Lanes:
    """Working set of the lanes still running; ``t`` and ``until`` count from each lane's ``epoch``."""

    index: Index
    epoch: Array
    t: Array
    y: Array
    until: Array
    h: Array
    slope: Array
    values: Array
    distance: Array
    bodies: Bodies

    def keep(self, mask: Flags) -> _Lanes:
        """The lanes chosen by ``mask``."""
        if mask.all():
            return self
        chosen = np.flatnonzero(mask)
        return _Lanes(
            self.index[chosen], self.epoch[chosen], self.t[chosen], self.y[:, chosen], self.until[chosen],
            self.h[chosen], self.slope[:, chosen], self.values[:, chosen], self.distance[chosen],
            self.bodies.at(chosen),
        )  # fmt: skip


@dataclass
class _Stops:
    """Steps in which an event stopped a lane, kept until all can be refined together."""

    index: list[Array] = field(default_factory=list)
    epoch: list[Array] = field(default_factory=list)
    t: list[Array] = field(default_factory=list)
    y: list[Array] = field(default_factory=list)
    h: list[Array] = field(default_factory=list)
    event: list[Index] = field(default_factory=list)


def propagate(
    model: ForceModel,
    t_s: Array,
    state: Array,
    until_s: Array,
    events: Sequence[Event] = (),
    rtol: float = 1e-10,
    watch: Watcher | None = None,
) -> Arcs:
    """Propagate states (6, n) from times ``t_s`` to ``until_s`` (n), forwards or back, or to the first event.

    ``rtol`` bounds the error of one step relative to geocentric distance and speed. ``watch`` sees the lane
    indices, times, states and Moon positions after every accepted step. Raises ``InputError`` for states that
    are not finite or times outside the ephemeris.
    """
    check_states(model, t_s, state, until_s)
    if compiled_available():
        return _compiled(model, t_s, state, until_s, events, rtol, watch)
    return propagate_plain(model, t_s, state, until_s, events, rtol, watch)


@lru_cache(maxsize=1)
def compiled_available() -> bool:
    """Whether numba is there to compile with (switched off by LUNARCHAIN_PLAIN=1)."""
    return os.environ.get("LUNARCHAIN_PLAIN") != "1" and importlib.util.find_spec("numba") is not None


def propagate_plain(
    model: ForceModel, t_s: Array, state: Array, until_s: Array, events: Sequence[Event] = (),
    rtol: float = 1e-10, watch: Watcher | None = None,
) -> Arcs:  # fmt: skip
    """The same as :func:`propagate` with numpy alone."""
    count = len(t_s)
    out = Arcs(np.array(until_s, dtype=float), np.empty((6, count)), np.full(count, ENDED, dtype=np.intp))
    steps = 0
    for first in range(0, count, _CHUNK):
        part = np.arange(first, min(first + _CHUNK, count))
        steps += _run_chunk(model, part, t_s, state, until_s, events, rtol, watch, out)
    return Arcs(out.t_s, out.state, out.stopped_by, steps)


def _compiled(
    model: ForceModel, t_s: Array, state: Array, until_s: Array, events: Sequence[Event], rtol: float,
    watch: Watcher | None,
) -> Arcs:  # fmt: skip
    from lunarchain.trajectory import compiled

    packed = compiled.pack(model)
    kinds = np.array([event.kind for event in events], dtype=np.intp)
    radii = np.array([event.radius_m for event in events], dtype=float)
    beyond = np.array([event.beyond_moon_m for event in events], dtype=float)
    ends, states, stopped, steps = (
        np.empty(len(t_s)),
        np.empty((6, len(t_s))),
        np.empty(len(t_s), dtype=np.intp),
        0,
    )
    for first in range(0, len(t_s), _CHUNK):
        part = slice(first, min(first + _CHUNK, len(t_s)))
        tracks = np.zeros((part.stop - first, _WATCHED_STEPS if watch else 0, 7))
        lot = np.ascontiguousarray(state[:, part])
        ends[part], states[:, part], stopped[part], used = compiled.fly_lanes(
            packed, t_s[part], lot, until_s[part], kinds, radii, beyond, rtol, tracks
        )
        steps += used
        if watch is not None:
            lane, step = np.nonzero(tracks[:, :, 0])
            seen = tracks[lane, step]
            _replay(model, watch, lane + first, seen[:, 0], seen[:, 1:].T)
    return Arcs(ends, states, stopped, steps)


def _replay(model: ForceModel, watch: Watcher, lane: Index, t_s: Array, state: Array) -> None:
    """Show recorded steps to the watcher, no lane twice in one call."""
    order = np.argsort(lane, kind="stable")
    lane, t_s, state = lane[order], t_s[order], state[:, order]
    rank = np.arange(len(lane)) - np.searchsorted(lane, lane)
    for number in range(int(rank.max(initial=-1)) + 1):
        now = rank == number
        watch(lane[now], t_s[now], state[:, now], model.ephemeris.moon.value(t_s[now]))


def check_states(model: ForceModel, t_s: Array, state: Array, until_s: Array) -> None:
    """Raise ``InputError`` for a state that is not finite or a time outside the ephemeris."""
    if not np.isfinite(state).all():
        lane = int(np.flatnonzero(~np.isfinite(state).all(axis=0))[0])
        raise InputError(
            [Issue("trajectory", f"state of lane {lane}", "not finite", "metres and metres per second")]
        )
    model.ephemeris.check_span(t_s)
    model.ephemeris.check_span(until_s)


def _run_chunk(
    model: ForceModel, part: Index, t_s: Array, state: Array, until_s: Array,
    events: Sequence[Event], rtol: float, watch: Watcher | None, out: Arcs,
) -> int:  # fmt: skip
    lanes = _begin(model, part, t_s[part], state[:, part], until_s[part], events, rtol)
    stops, steps = _Stops(), 0
    while len(lanes.index):
        steps += len(lanes.index)
        stage = _step(model, lanes.epoch, lanes.t, lanes.y, lanes.h, lanes.slope)
        accepted, growth = _judge(stage, lanes.y, lanes.h, rtol)
        ended = _advance(model, lanes, stage, accepted, events, stops, out)
        if watch is not None:
            # A lane stopped by an event is past it until the event has been placed.
            seen = np.flatnonzero(accepted & (~ended | (np.abs(lanes.until - lanes.t) <= 1e-6)))
            watch(
                lanes.index[seen], (lanes.epoch + lanes.t)[seen], lanes.y[:, seen], lanes.bodies.moon[:, seen]
            )
        left = lanes.until - lanes.t
        lanes.h = np.clip(lanes.h * growth, -np.abs(left), np.abs(left))
        lanes = lanes.keep(~ended)
    _refine(model, stops, events, out)
    return steps


def _begin(
    model: ForceModel,
    part: Index,
    t: Array,
    y: Array,
    until: Array,
    events: Sequence[Event],
    rtol: float,
) -> _Lanes:
    where = bodies(model, t)
    slope = derivative(model, where, y, near_moon(model, where, y[:3]))
    # First step: a fraction of the local dynamical time, so that speed over acceleration sets the scale.
    pace = np.linalg.norm(slope[:3], axis=0) / np.linalg.norm(slope[3:], axis=0)
    h = np.minimum(pace * rtol ** (1 / 8), np.abs(until - t)) * np.sign(until - t)
    return _Lanes(
        part,
        t,
        np.zeros(len(t)),
        y.copy(),
        until - t,
        h,
        slope,
        _values(model, events, t, y, where.moon),
        _from_moon(y, where.moon),
        where,
    )


def _from_moon(y: Array, moon: Array) -> Array:
    return np.linalg.norm(y[:3] - moon, axis=0)


def _values(model: ForceModel, events: Sequence[Event], t: Array, y: Array, moon: Array) -> Array:
    """Value of every event (events, n), negative before it happens."""
    return np.array([_value(model, event, t, y, moon) for event in events]).reshape(len(events), len(t))


def _value(model: ForceModel, event: Event, t: Array, y: Array, moon: Array) -> Array:
    if event.kind == PERIGEE:
        return np.einsum("an,an->n", y[:3], y[3:])
    if event.kind == SPHERE:
        return np.einsum("an,an->n", y[:3], y[:3]) - event.radius_m**2
    off = y[:3] - moon
    if event.kind == IMPACT:
        return event.radius_m**2 - np.einsum("an,an->n", off, off)
    return -np.einsum("an,an->n", off, y[3:] - model.ephemeris.moon.rate(t))


@dataclass(frozen=True)
class _Stage:
    """One attempted step of every lane: end time and state, all slopes, bodies at the end."""

    t: Array
    y: Array
    slopes: Array
    end: Bodies


def _step(model: ForceModel, epoch: Array, t: Array, y: Array, h: Array, slope: Array) -> _Stage:
    """One DOP853 step of size ``h`` (n) for every lane, ``t`` after its epoch."""
    count = len(t)
    stage_times = t + DOP853.C[:_STAGES, None] * h
    where = bodies(model, np.tile(epoch, _STAGES - 1), stage_times[1:].ravel())
    slopes = np.empty((_STAGES + 1, 6, count))
    slopes[0] = slope
    near = np.empty(0, dtype=np.intp)
    for s in range(1, _STAGES):
        here = where.at(slice((s - 1) * count, s * count))
        if s == 1:
            near = near_moon(model, here, y[:3])
        move = np.tensordot(DOP853.A[s, :s], slopes[:s], axes=1)
        slopes[s] = derivative(model, here, y + h * move, near)
    end = where.at(slice((_STAGES - 2) * count, (_STAGES - 1) * count))
    y_end = y + h * np.tensordot(DOP853.B, slopes[:_STAGES], axes=1)
    slopes[_STAGES] = derivative(model, end, y_end, near)
    return _Stage(t + h, y_end, slopes, end)


def _judge(stage: _Stage, y: Array, h: Array, rtol: float) -> tuple[Flags, Array]:
    """Which lanes' steps are good enough, and by what factor to change each step."""
    fifth = np.tensordot(DOP853.E5, stage.slopes, axes=1)
    third = np.tensordot(DOP853.E3, stage.slopes, axes=1)
    scale = np.empty_like(y)
    for block in (slice(0, 3), slice(3, 6)):
        size = np.maximum(np.linalg.norm(y[block], axis=0), np.linalg.norm(stage.y[block], axis=0))
        scale[block] = rtol * size
    five, three = ((fifth / scale) ** 2).sum(axis=0), ((third / scale) ** 2).sum(axis=0)
    error = np.abs(h) * five / np.sqrt(np.maximum((five + 0.01 * three) * 6, 1e-300))
    accepted = error < 1.0
    growth = np.clip(0.9 * np.maximum(error, 1e-30) ** (-1 / 8), 0.2, np.where(accepted, 10.0, 1.0))
    return accepted, growth


def _advance(
    model: ForceModel,
    lanes: _Lanes,
    stage: _Stage,
    accepted: Flags,
    events: Sequence[Event],
    stops: _Stops,
    out: Arcs,
) -> Flags:
    """Move the accepted lanes on, note those stopped by an event or their end time; returns who is done."""
    values = _values(model, events, stage.end.t_s, stage.y, stage.end.moon)
    distance = _from_moon(stage.y, stage.end.moon)
    done = np.zeros(len(lanes.index), dtype=bool)
    for number, event in enumerate(events):
        armed = lanes.distance >= event.beyond_moon_m
        hit = accepted & armed & ~done & (lanes.values[number] < 0.0) & (values[number] >= 0.0)
        if hit.any():
            stops.index.append(lanes.index[hit])
            stops.epoch.append(lanes.epoch[hit])
            stops.t.append(lanes.t[hit])
            stops.y.append(lanes.y[:, hit])
            stops.h.append(lanes.h[hit])
            stops.event.append(np.full(int(hit.sum()), number))
            done |= hit
    move = accepted
    lanes.t = np.where(move, stage.t, lanes.t)
    lanes.y = np.where(move, stage.y, lanes.y)
    lanes.slope = np.where(move, stage.slopes[_STAGES], lanes.slope)
    lanes.values = np.where(move, values, lanes.values)
    lanes.distance = np.where(move, distance, lanes.distance)
    lanes.bodies = stage.end
    arrived = accepted & ~done & (np.abs(lanes.until - lanes.t) <= 1e-6)
    out.state[:, lanes.index[arrived]] = lanes.y[:, arrived]
    return done | arrived


def _refine(model: ForceModel, stops: _Stops, events: Sequence[Event], out: Arcs) -> None:
    """Place every event inside its step by the Illinois method on the step's length."""
    if not stops.index:
        return
    index, epoch, t, h = (np.concatenate(part) for part in (stops.index, stops.epoch, stops.t, stops.h))
    y, event = np.concatenate(stops.y, axis=1), np.concatenate(stops.event)
    where = bodies(model, epoch, t)
    slope = derivative(model, where, y, near_moon(model, where, y[:3]))

    def value(share: Array) -> tuple[Array, _Stage]:
        stage = _step(model, epoch, t, y, h * share, slope)
        every = _values(model, events, stage.end.t_s, stage.y, stage.end.moon)
        return every[event, np.arange(len(t))], stage

    share = illinois(lambda s: value(s)[0], np.full(len(t), 1e-9), np.ones(len(t)), _EVENT_ITERATIONS)
    stage = value(share)[1]
    out.t_s[index], out.state[:, index], out.stopped_by[index] = epoch + stage.t, stage.y, event


def illinois(function: Callable[[Array], Array], low: Array, high: Array, iterations: int) -> Array:
    """Roots of ``function`` between ``low`` and ``high`` (n), by false position with the Illinois rule."""
    a, b = low.copy(), high.copy()
    fa, fb = function(a), function(b)
    root = b
    for _ in range(iterations):
        gap = np.where(fb == fa, 1.0, fb - fa)
        root = np.where(fb == fa, b, b - fb * (b - a) / gap)
        value = function(root)
        crossed = np.sign(value) != np.sign(fb)
        a, fa = np.where(crossed, b, a), np.where(crossed, fb, fa / 2)
        b, fb = root, value
    return root
