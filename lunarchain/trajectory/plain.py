"""The batch propagation of :mod:`lanes` in numpy alone: all packs march side by side, one step of each at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.integrate import DOP853

from lunarchain.trajectory.dynamics import Bodies, ForceModel, bodies, derivative, near_moon
from lunarchain.trajectory.ephemeris import Array, Flags, Index
from lunarchain.trajectory.lanes import (
    ENDED,
    IMPACT,
    LEAST_GROWTH,
    PERIGEE,
    SPHERE,
    SPREAD,
    Arcs,
    Event,
    Watcher,
    packs,
    with_identity,
)

_STAGES = DOP853.n_stages
_EVENT_ITERATIONS = 12
_LANES_AT_ONCE = 2000


@dataclass
class _Lanes:
    """Working set of the lanes still running.

    ``epoch``, ``t``, ``h``, ``before_h``, ``before`` (the last accepted step and its growth; no step: 0) and
    ``bodies`` belong to packs, the rest to lanes; ``pack`` says whose each lane is. ``t`` and ``until`` count from
    the epoch.
    """

    index: Index
    pack: Index
    epoch: Array
    t: Array
    h: Array
    before_h: Array
    before: Array
    bodies: Bodies
    y: Array
    until: Array
    slope: Array
    values: Array
    distance: Array

    @property
    def starts(self) -> Index:
        """First lane of each pack."""
        return np.searchsorted(self.pack, np.arange(len(self.t)))

    def chosen(self, lanes: Index, key: Index) -> _Lanes:
        """Some lanes in new packs: ``key``, in rising order, is twice the old pack plus 0 or 1."""
        new, pack = np.unique(key, return_inverse=True)
        old = new // 2
        return _Lanes(
            self.index[lanes], pack, self.epoch[old], self.t[old], self.h[old],
            np.where(new % 2, 0.0, self.before_h[old]), self.before[old], self.bodies.at(old),
            self.y[:, lanes], self.until[lanes], self.slope[:, lanes], self.values[:, lanes], self.distance[lanes],
        )  # fmt: skip


@dataclass
class _Stops:
    """Steps in which an event stopped a lane, kept until all can be refined together."""

    index: list[Index] = field(default_factory=list)
    epoch: list[Array] = field(default_factory=list)
    t: list[Array] = field(default_factory=list)
    y: list[Array] = field(default_factory=list)
    h: list[Array] = field(default_factory=list)
    event: list[Index] = field(default_factory=list)


def propagate_plain(
    model: ForceModel, t_s: Array, state: Array, until_s: Array, events: Sequence[Event] = (),
    rtol: float = 1e-10, watch: Watcher | None = None, transition: bool = False,
) -> Arcs:  # fmt: skip
    """The same as :func:`lanes.propagate` with numpy alone."""
    count = len(t_s)
    y = with_identity(state) if transition else state
    end_s, end = np.array(until_s, dtype=float), np.empty((len(y), count))
    stopped = np.full(count, ENDED, dtype=np.intp)
    out = Arcs(end_s, end, stopped)
    order, starts = packs(t_s, until_s)
    pack = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, count)))
    lot = pack if not count else starts[pack] // _LANES_AT_ONCE
    steps = 0
    for number in np.unique(lot):
        part = order[lot == number]
        steps += _run(model, part, pack[lot == number], t_s, y, until_s, events, rtol, watch, out)
    matrix = end[6:].reshape(6, 6, count) if transition else None
    return Arcs(end_s, end[:6], stopped, steps, matrix)


def _run(
    model: ForceModel, part: Index, pack: Index, t_s: Array, state: Array, until_s: Array,
    events: Sequence[Event], rtol: float, watch: Watcher | None, out: Arcs,
) -> int:  # fmt: skip
    lanes = _begin(model, part, pack - pack[0], t_s[part], state[:, part], until_s[part], events, rtol)
    stops, steps = _Stops(), 0
    while len(lanes.index):
        steps += len(lanes.index)
        stage = _step(model, lanes)
        accepted, growth = _judge(stage, lanes, rtol)
        ended = _advance(model, lanes, stage, accepted, events, stops, out)
        if watch is not None:
            # A lane stopped by an event is past it until the event has been placed.
            arrived = np.abs(lanes.until - lanes.t[lanes.pack]) <= 1e-6
            seen = np.flatnonzero(accepted[lanes.pack] & (~ended | arrived))
            of = lanes.pack[seen]
            if len(seen):
                watch(
                    lanes.index[seen],
                    (lanes.epoch + lanes.t)[of],
                    lanes.y[:6, seen],
                    lanes.bodies.moon[:, of],
                )
        lanes = _next(lanes, accepted, growth, ended)
    _refine(model, stops, events, out)
    return steps


def _next(lanes: _Lanes, accepted: Flags, growth: Array, ended: Flags) -> _Lanes:
    """The lanes still running with their packs' next steps; those that could step much farther leave their pack."""
    if ended.any():
        stay = np.flatnonzero(~ended)
        accepted = accepted[np.unique(lanes.pack[stay])]
        lanes, growth = lanes.chosen(stay, 2 * lanes.pack[stay]), growth[stay]
    if not len(lanes.index):
        return lanes
    slowest = np.minimum.reduceat(growth, lanes.starts)
    fast = accepted[lanes.pack] & (growth > SPREAD * slowest[lanes.pack])
    if fast.any():
        key = 2 * lanes.pack + fast
        order = np.argsort(key, kind="stable")
        lanes, growth = lanes.chosen(order, key[order]), growth[order]
        slowest = np.minimum.reduceat(growth, lanes.starts)
        parted = np.unique(key)
        accepted, kept = accepted[parted // 2], parted % 2 == 0
    else:
        kept = np.ones(len(slowest), dtype=bool)
    _grow(lanes, slowest, accepted & kept)
    return _shortened(lanes)


def _grow(lanes: _Lanes, slowest: Array, accepted: Flags) -> None:
    """The packs' next steps: as long as the error allows, and no longer than the trend foresees."""
    known = accepted & (lanes.before_h != 0.0)
    ratio = np.divide(lanes.h, lanes.before_h, out=np.ones_like(lanes.h), where=known)
    trend = np.where(known, np.maximum(slowest * slowest / lanes.before * ratio, LEAST_GROWTH), slowest)
    lanes.before_h = np.where(accepted, lanes.h, lanes.before_h)
    lanes.before = np.where(accepted, slowest, lanes.before)
    lanes.h = lanes.h * np.minimum(slowest, trend)


def _shortened(lanes: _Lanes) -> _Lanes:
    """No pack steps past the end of the lane that ends first."""
    left = np.minimum.reduceat(np.abs(lanes.until - lanes.t[lanes.pack]), lanes.starts)
    lanes.h = np.clip(lanes.h, -left, left)
    return lanes


def _begin(
    model: ForceModel, part: Index, pack: Index, t_s: Array, y: Array, until_s: Array,
    events: Sequence[Event], rtol: float,
) -> _Lanes:  # fmt: skip
    starts = np.searchsorted(pack, np.arange(pack[-1] + 1))
    epoch = t_s[starts]
    where = bodies(model, epoch)
    here = where.at(pack)
    slope = derivative(model, here, y, near_moon(model, here, y[:3]))
    # First step: a fraction of the local dynamical time, so that speed over acceleration sets the scale.
    pace = np.linalg.norm(slope[:3], axis=0) / np.linalg.norm(slope[3:6], axis=0)
    h = np.minimum.reduceat(pace, starts) * rtol ** (1 / 8) * np.sign(until_s - t_s)[starts]
    lanes = _Lanes(
        part, pack, epoch, np.zeros(len(epoch)), h, np.zeros(len(epoch)), np.ones(len(epoch)), where,
        y.copy(), until_s - t_s, slope,
        _values(model, events, here, y), _from_moon(y, here.moon),
    )  # fmt: skip
    return _shortened(lanes)


def _from_moon(y: Array, moon: Array) -> Array:
    return np.linalg.norm(y[:3] - moon, axis=0)


def _values(model: ForceModel, events: Sequence[Event], where: Bodies, y: Array) -> Array:
    """Value of every event (events, n), negative before it happens."""
    return np.array([_value(model, event, where, y) for event in events]).reshape(len(events), y.shape[1])


def _value(model: ForceModel, event: Event, where: Bodies, y: Array) -> Array:
    if event.kind == PERIGEE:
        return np.einsum("an,an->n", y[:3], y[3:6])
    if event.kind == SPHERE:
        return np.einsum("an,an->n", y[:3], y[:3]) - event.radius_m**2
    off = y[:3] - where.moon
    if event.kind == IMPACT:
        return event.radius_m**2 - np.einsum("an,an->n", off, off)
    return -np.einsum("an,an->n", off, y[3:6] - model.ephemeris.moon.rate(where.t_s))


@dataclass(frozen=True)
class _Stage:
    """One attempted step of every lane: state at its end, all slopes, bodies of the packs at the end."""

    y: Array
    slopes: Array
    end: Bodies


def _step(model: ForceModel, lanes: _Lanes) -> _Stage:
    """One DOP853 step of every lane, of the size and at the time of its pack."""
    count, pack = len(lanes.t), lanes.pack
    stage_times = lanes.t + DOP853.C[:_STAGES, None] * lanes.h
    where = bodies(model, np.tile(lanes.epoch, _STAGES - 1), stage_times[1:].ravel())
    h, single = lanes.h[pack], count == len(pack)
    slopes = np.empty((_STAGES + 1, *lanes.y.shape))
    flat = slopes.reshape(_STAGES + 1, -1)
    slopes[0] = lanes.slope
    near = np.empty(0, dtype=np.intp)
    for s in range(1, _STAGES):
        here = where.at(slice((s - 1) * count, s * count))
        here = here if single else here.at(pack)
        if s == 1:
            near = near_moon(model, here, lanes.y[:3])
        move = (DOP853.A[s, :s] @ flat[:s]).reshape(lanes.y.shape)
        slopes[s] = derivative(model, here, lanes.y + h * move, near)
    end = where.at(slice((_STAGES - 2) * count, (_STAGES - 1) * count))
    y_end = lanes.y + h * (DOP853.B @ flat[:_STAGES]).reshape(lanes.y.shape)
    slopes[_STAGES] = derivative(model, end if single else end.at(pack), y_end, near)
    return _Stage(y_end, slopes, end)


def _judge(stage: _Stage, lanes: _Lanes, rtol: float) -> tuple[Flags, Array]:
    """Which packs' steps are good enough for all their lanes, and by what factor each lane would change its step."""
    slopes = stage.slopes[:, :6].reshape(_STAGES + 1, -1)
    fifth, third = ((row @ slopes).reshape(6, -1) for row in (DOP853.E5, DOP853.E3))
    scale = np.empty_like(fifth)
    for block in (slice(0, 3), slice(3, 6)):
        size = np.maximum(np.linalg.norm(lanes.y[block], axis=0), np.linalg.norm(stage.y[block], axis=0))
        scale[block] = rtol * size
    five, three = ((fifth / scale) ** 2).sum(axis=0), ((third / scale) ** 2).sum(axis=0)
    error = np.abs(lanes.h)[lanes.pack] * five / np.sqrt(np.maximum((five + 0.01 * three) * 6, 1e-300))
    accepted = np.maximum.reduceat(error, lanes.starts) < 1.0
    most = np.where(accepted, 10.0, 1.0)[lanes.pack]
    return accepted, np.clip(0.9 * np.maximum(error, 1e-30) ** (-1 / 8), LEAST_GROWTH, most)


def _advance(
    model: ForceModel,
    lanes: _Lanes,
    stage: _Stage,
    accepted: Flags,
    events: Sequence[Event],
    stops: _Stops,
    out: Arcs,
) -> Flags:
    """Move the accepted packs on, note lanes stopped by an event or their end time; returns who is done."""
    end, move = stage.end.at(lanes.pack), accepted[lanes.pack]
    values = _values(model, events, end, stage.y)
    done = np.zeros(len(lanes.index), dtype=bool)
    for number, event in enumerate(events):
        armed = lanes.distance >= event.beyond_moon_m
        hit = move & armed & ~done & (lanes.values[number] < 0.0) & (values[number] >= 0.0)
        if hit.any():
            of = lanes.pack[hit]
            stops.index.append(lanes.index[hit])
            stops.epoch.append(lanes.epoch[of])
            stops.t.append(lanes.t[of])
            stops.y.append(lanes.y[:, hit])
            stops.h.append(lanes.h[of])
            stops.event.append(np.full(int(hit.sum()), number))
            done |= hit
    lanes.t = np.where(accepted, lanes.t + lanes.h, lanes.t)
    lanes.y = np.where(move, stage.y, lanes.y)
    lanes.slope = np.where(move, stage.slopes[_STAGES], lanes.slope)
    lanes.values = np.where(move, values, lanes.values)
    lanes.distance = np.where(move, _from_moon(stage.y, end.moon), lanes.distance)
    lanes.bodies = stage.end
    arrived = move & ~done & (np.abs(lanes.until - lanes.t[lanes.pack]) <= 1e-6)
    out.state[:, lanes.index[arrived]] = lanes.y[:, arrived]
    return done | arrived


def _refine(model: ForceModel, stops: _Stops, events: Sequence[Event], out: Arcs) -> None:
    """Place every event inside its step by the Illinois method on the step's length."""
    if not stops.index:
        return
    epoch, t, h = (np.concatenate(part) for part in (stops.epoch, stops.t, stops.h))
    index = np.concatenate(stops.index)
    y, event = np.concatenate(stops.y, axis=1), np.concatenate(stops.event)
    where = bodies(model, epoch, t)
    slope = derivative(model, where, y, near_moon(model, where, y[:3]))
    alone, none = np.arange(len(t)), np.empty((0, len(t)))

    def value(share: Array) -> tuple[Array, Array]:
        lanes = _Lanes(index, alone, epoch, t, h * share, h, h, where, y, h, slope, none, h)
        stage = _step(model, lanes)
        return _values(model, events, stage.end, stage.y)[event, alone], stage.y

    share = illinois(lambda s: value(s)[0], np.full(len(t), 1e-9), np.ones(len(t)), _EVENT_ITERATIONS)
    out.t_s[index], out.state[:, index], out.stopped_by[index] = (
        epoch + (t + h * share),
        value(share)[1],
        event,
    )


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
