"""What the launcher's errors cost: the trim that brings a dispersed shot back, and what misses the corridor.

Linear theory with the state-transition matrix: how the arrival changes with the errors of the shot and with a burn of
least length at the trim time. :func:`spread` sets samples flown in full beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lunarchain.trajectory import lanes, points, sensitivity
from lunarchain.trajectory.arrival import norm
from lunarchain.trajectory.earth import c3, to_perigee
from lunarchain.trajectory.ephemeris import DAY_S, Array, Index
from lunarchain.trajectory.inputs import AEROBRAKE, CATCHER, EarthOrbit, Errors, Escape, LunarOrbit
from lunarchain.trajectory.shots import Aim, Case, apolune_event, by_aim, launch, sphere_event
from lunarchain.trajectory.solution import Departures

_SAMPLES = 4000
_SEED = 20260101


def trim_time(errors: Errors, flight_s: Array) -> Array:
    """Seconds from launch to the trim burn: the set time, or half way on a short flight."""
    return np.minimum(errors.trim_after_s, flight_s / 2)


def to_arrival(
    case: Case, found: Departures, which: Index, t_s: Array, state: Array, transition: bool = False
) -> lanes.Arcs:
    """Fly states (6, n) on the way of departures ``which`` to where their arrival is judged.

    Perigee, apolune or the exit sphere; the set time at a place that moves, as a catcher or an insertion waits there.
    """
    goal, until = case.destination, found.t_s[which] + found.flight_s[which]
    events: tuple[lanes.Event, ...] = ()
    if isinstance(goal, EarthOrbit):
        return to_perigee(case, t_s, state, goal.flight_limit_s, transition)
    if isinstance(goal, LunarOrbit):
        until, events = t_s + goal.flight_limit_s, (apolune_event(),)
    if isinstance(goal, Escape):
        until, events = t_s + goal.flight_limit_s, (sphere_event(goal.exit_radius_m),)
    until = np.minimum(until, case.eph.last_s - DAY_S)
    return lanes.propagate(case.model, t_s, state, until, events, case.rtol, transition=transition)


def arrival_quantity(case: Case, found: Departures, which: Index, arcs: lanes.Arcs) -> Array:
    """The quantities (m, n) a trim must restore, of arcs flown by :func:`to_arrival`.

    Perigee or apolune radius, escape energy, or the miss of a moving place; a catcher waits for the payload, so
    only the miss across the line of approach counts for it.
    """
    goal = case.destination
    if isinstance(goal, EarthOrbit):
        return norm(arcs.state[:3])[None]
    if isinstance(goal, LunarOrbit):
        return norm(arcs.state[:3] - case.eph.moon.value(arcs.t_s))[None]
    if isinstance(goal, Escape):
        return c3(case, arcs.state)[None]
    there = points.place_of(case.eph, goal)(arcs.t_s, found.phase[which])
    miss = arcs.state[:3] - there[:3]
    if case.mode != CATCHER:
        return miss
    return np.einsum("amn,an->mn", _across(found.arrival[3:, which] - there[3:]), miss)


def quantity_change(case: Case, found: Departures, which: Index, arcs: lanes.Arcs, start: Array) -> Array:
    """Changes (m, k, n) of :func:`arrival_quantity` with changes (6, k, n) of the state the arcs started from."""
    goal, change = case.destination, sensitivity.carried(arcs, start)
    if isinstance(goal, EarthOrbit):
        return sensitivity.of_distance(arcs.state[:3], sensitivity.at_perigee(case.model, arcs, change))[None]
    if isinstance(goal, LunarOrbit):
        # At apolune the distance does not change with time: the end time may be held.
        return sensitivity.of_distance(arcs.state[:3] - case.eph.moon.value(arcs.t_s), change)[None]
    if isinstance(goal, Escape):
        there = sensitivity.at_sphere(case.model, arcs, change)
        return sensitivity.of_energy(case.eph.gm_earth, arcs.state, there)[None]
    if case.mode != CATCHER:
        return change[:3]
    moving = points.place_of(case.eph, goal)(arcs.t_s, found.phase[which])[3:]
    return np.einsum("amn,akn->mkn", _across(found.arrival[3:, which] - moving), change[:3])


def _across(line: Array) -> Array:
    """Two unit vectors across each direction (3, n): shape (3, 2, n)."""
    along = line / norm(line)
    helper = np.where(
        np.abs(along[2]) < 0.9, np.array([[0.0], [0.0], [1.0]]), np.array([[1.0], [0.0], [0.0]])
    )
    first = np.cross(along, helper, axis=0)
    first = first / norm(first)
    return np.stack([first, np.cross(along, first, axis=0)], axis=1)


def partials(case: Case, errors: Errors, found: Departures, which: Index) -> tuple[Array, Array]:
    """Change of the arrival per unit of (speed, azimuth, elevation) error and per m/s burned at the trim time.

    Shapes (n, m, 3) each; angles in radians.
    """
    t_s, pause = found.t_s[which], trim_time(errors, found.flight_s[which])
    aim = Aim(found.speed_m_s[which], found.azimuth_deg[which])
    first = lanes.propagate(
        case.model, t_s, launch(case, t_s, aim), t_s + pause, (), case.rtol, transition=True
    )
    state = first.state.copy()
    state[3:] += found.burn[:, which]
    burned = np.zeros((6, 3, len(which)))
    burned[3:] = np.eye(3)[:, :, None]
    launched = sensitivity.carried(first, by_aim(case, t_s, aim))
    arcs = to_arrival(case, found, which, first.t_s, state, transition=True)
    change = quantity_change(case, found, which, arcs, np.concatenate([launched, burned], axis=1))
    change = np.transpose(change, (2, 0, 1))
    return change[:, :, :3], change[:, :, 3:]


def arrival_change(case: Case, errors: Errors, found: Departures, which: Index) -> Array:
    """Change of the state at the planned arrival time (6, 3, n) per unit of speed, azimuth and elevation error."""
    t_s, aim = found.t_s[which], Aim(found.speed_m_s[which], found.azimuth_deg[which])
    end, pause = t_s + found.flight_s[which], trim_time(errors, found.flight_s[which])
    first = lanes.propagate(
        case.model, t_s, launch(case, t_s, aim), t_s + pause, (), case.rtol, transition=True
    )
    state = first.state.copy()
    state[3:] += found.burn[:, which]
    last = lanes.propagate(case.model, first.t_s, state, end, (), case.rtol, transition=True)
    return sensitivity.carried(last, sensitivity.carried(first, by_aim(case, t_s, aim)))


@dataclass(frozen=True)
class Spread:
    """Arrival errors (1 sigma) of untrimmed shots: by the transition matrix, and of samples flown in full (m, n).

    ``bias`` is by how much the samples' mean lies off the aim.
    """

    linear: Array
    sampled: Array
    bias: Array


def spread(case: Case, errors: Errors, found: Departures, which: Index, samples: int = _SAMPLES) -> Spread:
    """The dispersion of departures ``which`` at arrival, both ways; ``samples`` shots of each are flown."""
    scatter = sigma(errors, case.track.elevation_deg)
    by_error, _ = partials(case, errors, found, which)
    linear = np.sqrt(((by_error * scatter) ** 2).sum(axis=2)).T
    draws = np.random.default_rng(_SEED).standard_normal((3, samples)) * scatter[:, None]
    lots, off = np.repeat(which, samples), np.tile(draws, len(which))
    aim = Aim(found.speed_m_s[lots] + off[0], found.azimuth_deg[lots] + np.degrees(off[1]))
    t_s, pause = found.t_s[lots], trim_time(errors, found.flight_s[lots])
    start = launch(case, t_s, aim, case.track.elevation_deg + np.degrees(off[2]))
    middle = lanes.propagate(case.model, t_s, start, t_s + pause, (), case.rtol)
    state = middle.state.copy()
    state[3:] += found.burn[:, lots]
    flown = arrival_quantity(case, found, lots, to_arrival(case, found, lots, middle.t_s, state))
    aimed = arrival_quantity(case, found, which, _undisturbed(case, errors, found, which))
    by_departure = flown.reshape(len(flown), len(which), samples)
    return Spread(linear, by_departure.std(axis=2), by_departure.mean(axis=2) - aimed)


def _undisturbed(case: Case, errors: Errors, found: Departures, which: Index) -> lanes.Arcs:
    t_s, pause = found.t_s[which], trim_time(errors, found.flight_s[which])
    start = launch(case, t_s, Aim(found.speed_m_s[which], found.azimuth_deg[which]))
    state = lanes.propagate(case.model, t_s, start, t_s + pause, (), case.rtol).state
    state[3:] += found.burn[:, which]
    return to_arrival(case, found, which, t_s + pause, state)


def sigma(errors: Errors, elevation_deg: float) -> Array:
    """Errors (1 sigma) of speed, azimuth and elevation; across the shot, azimuth turns by more than the aim errs."""
    flat = math.cos(math.radians(elevation_deg))
    return np.array([errors.exit_speed_m_s, errors.aim_rad / flat, errors.aim_rad])


def trim_delta_v(errors: Errors, elevation_deg: float, by_error: Array, by_burn: Array) -> Array:
    """Length of the trim burn (m/s, n) that covers the wanted share of shots; errors are independent and normal."""
    scatter = sigma(errors, elevation_deg)
    burn_per_error = -np.linalg.pinv(by_burn) @ by_error * scatter
    draws = np.random.default_rng(_SEED).standard_normal((3, _SAMPLES))
    return np.quantile(np.linalg.norm(burn_per_error @ draws, axis=1), errors.quantile, axis=1)


def trims_and_losses(case: Case, errors: Errors, corridor_m: float, found: Departures) -> tuple[Array, Array]:
    """Trim delta-v (m/s, n) and share of payloads lost (n) at the feasible epochs; not numbers elsewhere."""
    trim, loss = np.full(len(found.t_s), np.nan), np.full(len(found.t_s), np.nan)
    which = np.flatnonzero(found.feasible)
    if not len(which):
        return trim, loss
    by_error, by_burn = partials(case, errors, found, which)
    usable = np.isfinite(by_error).all(axis=(1, 2)) & np.isfinite(by_burn).all(axis=(1, 2))
    which, by_error, by_burn = which[usable], by_error[usable], by_burn[usable]
    trim[which] = trim_delta_v(errors, case.track.elevation_deg, by_error, by_burn)
    loss[which] = errors.loss(case.mode)
    if case.mode == AEROBRAKE:
        spread = errors.knowledge_m_s * np.linalg.norm(by_burn[:, 0, :], axis=1)
        loss[which] += np.array([math.erfc(corridor_m / (math.sqrt(2) * s)) for s in spread])
    return trim, loss


def with_trims(
    case: Case, errors: Errors, corridor_m: float, found: Departures
) -> tuple[Departures, Array, Array]:
    """Departures without those too sensitive to trim, with trim delta-v (m/s, n) and share lost (n) of the rest."""
    trim, loss = trims_and_losses(case, errors, corridor_m, found)
    sensitive = found.feasible & ~(trim <= errors.trim_limit_m_s)
    kept = found.refuse(sensitive, "too sensitive: its trim exceeds the payload's kit")
    return kept, np.where(kept.feasible, trim, np.nan), np.where(kept.feasible, loss, np.nan)
