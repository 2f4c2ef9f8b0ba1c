"""Batch propagation: many trajectories at once, each to its own end or to the first event.

Lanes that share an epoch fly in packs with one common step, so that the ephemeris is evaluated once per stage for
all of them. The method is the eighth-order Runge-Kutta pair DOP853 with scipy's coefficients and error norm. Lanes
that have finished drop out, so long arcs do not hold up short ones. On request the state-transition matrix rides
along: it does not take part in the choice of the step, so the flight is the same with and without it.

:mod:`plain` needs numpy only; when numba is installed, :mod:`compiled` takes the very same steps many times faster.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lunarchain.errors import InputError, Issue
from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import Array, Index

Watcher = Callable[[Index, Array, Array, Array], None]

RUNNING, ENDED = -2, -1
PERIGEE, IMPACT, SPHERE, APOLUNE = 0, 1, 2, 3
# Most lanes in a pack, and how many times longer than its hardest lane's step another lane's may become before the
# two are flown apart.
PACK, SPREAD = 64, 2.0
# A step is at least this share of the one before. It is also no longer than the trend of the last two foresees
# (Gustafsson 1994): a fall towards a body would else have every second step refused.
LEAST_GROWTH = 0.2
# A lane shorter than this has arrived.
STILL_S = 1e-6


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
    """Where each lane ended: time (n), state (6, n) and the index of the event that stopped it (-1: the end time).

    ``transition`` (6, 6, n), where it was asked for, is the change of the state at the end time, the time held, per
    change of the state at the start.
    """

    t_s: Array
    state: Array
    stopped_by: Index
    steps: int = 0
    transition: Array | None = None


def propagate(
    model: ForceModel,
    t_s: Array,
    state: Array,
    until_s: Array,
    events: Sequence[Event] = (),
    rtol: float = 1e-10,
    watch: Watcher | None = None,
    transition: bool = False,
) -> Arcs:
    """Propagate states (6, n) from times ``t_s`` to ``until_s`` (n), forwards or back, or to the first event.

    ``rtol`` bounds the error of one step relative to geocentric distance and speed. ``watch`` sees the lane
    indices, times, states and Moon positions after every accepted step. ``transition`` adds the state-transition
    matrix. Raises ``InputError`` for states that are not finite or times outside the ephemeris.
    """
    check_states(model, t_s, state, until_s)
    going = np.abs(until_s - t_s) > STILL_S
    if not going.all():
        return _with_still(model, t_s, state, until_s, events, rtol, watch, transition, np.flatnonzero(going))
    if compiled_available():
        from lunarchain.trajectory.compiled import propagate_compiled as fly
    else:
        from lunarchain.trajectory.plain import propagate_plain as fly
    return fly(model, t_s, state, until_s, events, rtol, watch, transition)


def _with_still(
    model: ForceModel, t_s: Array, state: Array, until_s: Array, events: Sequence[Event], rtol: float,
    watch: Watcher | None, transition: bool, going: Index,
) -> Arcs:  # fmt: skip
    """Lanes of no length end where they are; the others fly."""

    def seen(which: Index, t: Array, y: Array, moon: Array) -> None:
        assert watch is not None
        watch(going[which], t, y, moon)

    if not len(going):
        matrix = np.repeat(np.eye(6)[:, :, None], len(t_s), axis=2) if transition else None
        return Arcs(until_s.copy(), state.copy(), np.full(len(t_s), ENDED, dtype=np.intp), 0, matrix)
    flown = propagate(
        model, t_s[going], state[:, going], until_s[going], events, rtol, seen if watch else None, transition
    )
    end_s, end, stopped = until_s.copy(), state.copy(), np.full(len(t_s), ENDED, dtype=np.intp)
    end_s[going], end[:, going], stopped[going] = flown.t_s, flown.state, flown.stopped_by
    matrix = None
    if flown.transition is not None:
        matrix = np.repeat(np.eye(6)[:, :, None], len(t_s), axis=2)
        matrix[:, :, going] = flown.transition
    return Arcs(end_s, end, stopped, flown.steps, matrix)


@lru_cache(maxsize=1)
def compiled_available() -> bool:
    """Whether numba is there to compile with (switched off by LUNARCHAIN_PLAIN=1)."""
    return os.environ.get("LUNARCHAIN_PLAIN") != "1" and importlib.util.find_spec("numba") is not None


def check_states(model: ForceModel, t_s: Array, state: Array, until_s: Array) -> None:
    """Raise ``InputError`` for a state that is not finite or a time outside the ephemeris."""
    if not np.isfinite(state).all():
        lane = int(np.flatnonzero(~np.isfinite(state).all(axis=0))[0])
        raise InputError(
            [Issue("trajectory", f"state of lane {lane}", "not finite", "metres and metres per second")]
        )
    model.ephemeris.check_span(t_s)
    model.ephemeris.check_span(until_s)


def packs(t_s: Array, until_s: Array) -> tuple[Index, Index]:
    """Lane indices in flying order, and where in it each pack begins: one epoch and direction, ``PACK`` at most."""
    back = until_s < t_s
    order = np.lexsort((back, t_s))
    number = np.arange(len(order))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(t_s[order]) != 0.0) | (back[order][1:] != back[order][:-1])
    first = np.maximum.accumulate(np.where(new, number, 0))
    return order, np.flatnonzero((number - first) % PACK == 0)


def with_identity(state: Array) -> Array:
    """States (6, n) with the transition matrix at the start behind them (42, n)."""
    unit = np.repeat(np.eye(6).reshape(36, 1), state.shape[1], axis=1)
    return np.concatenate([state, unit])
