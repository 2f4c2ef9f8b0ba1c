"""What the launcher's errors cost: the trim that brings a dispersed shot back, and what misses the corridor.

Linear theory: differences of the arrival on perturbed lanes, a burn of least length at the trim time.
"""

from __future__ import annotations

import math

import numpy as np

from lunarchain.trajectory import lanes, points
from lunarchain.trajectory.arrival import norm
from lunarchain.trajectory.earth import c3, to_perigee
from lunarchain.trajectory.ephemeris import Array, Index
from lunarchain.trajectory.inputs import AEROBRAKE, CATCHER, EarthOrbit, Errors, Escape, LunarOrbit
from lunarchain.trajectory.shots import Aim, Case, apolune_event, launch, sphere_event
from lunarchain.trajectory.solution import Departures

_SPEED_STEP_M_S, _ANGLE_STEP_RAD, _BURN_STEP_M_S = 0.05, 2e-5, 0.05
_SAMPLES = 4000
_SEED = 20260101


def trim_time(errors: Errors, flight_s: Array) -> Array:
    """Seconds from launch to the trim burn: the set time, or half way on a short flight."""
    return np.minimum(errors.trim_after_s, flight_s / 2)


def arrival_quantity(case: Case, found: Departures, which: Index, t_s: Array, state: Array) -> Array:
    """The quantities (m, n) a trim must restore, of states (6, n) on the way of departures ``which``.

    Perigee or apolune radius, escape energy, or the miss of a moving place; a catcher waits for the payload, so
    only the miss across the line of approach counts for it.
    """
    goal = case.destination
    if isinstance(goal, EarthOrbit):
        return norm(to_perigee(case, t_s, state, goal.flight_limit_s).state[:3])[None]
    if isinstance(goal, LunarOrbit):
        ends = lanes.propagate(
            case.model, t_s, state, t_s + goal.flight_limit_s, (apolune_event(),), case.rtol
        )
        return norm(ends.state[:3] - case.eph.moon.value(ends.t_s))[None]
    if isinstance(goal, Escape):
        events = (sphere_event(goal.exit_radius_m),)
        return c3(
            case, lanes.propagate(case.model, t_s, state, t_s + goal.flight_limit_s, events, case.rtol).state
        )[None]
    end = found.t_s[which] + found.flight_s[which]
    miss = lanes.propagate(case.model, t_s, state, end, (), case.rtol).state[:3]
    if case.mode != CATCHER:
        return miss
    there = points.place_of(case.eph, goal)(end, found.phase[which])
    return np.einsum("amn,an->mn", _across(found.arrival[3:, which] - there[3:]), miss - there[:3])


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
    n, t_s = len(which), found.t_s[which]
    pause = trim_time(errors, found.flight_s[which])
    step = np.degrees(_ANGLE_STEP_RAD)
    shift = np.zeros((3, 4 * n))
    for k, size in enumerate((_SPEED_STEP_M_S, step, step)):
        shift[k, (k + 1) * n : (k + 2) * n] = size
    times = np.tile(t_s, 4)
    aim = Aim(np.tile(found.speed_m_s[which], 4) + shift[0], np.tile(found.azimuth_deg[which], 4) + shift[1])
    start = launch(case, times, aim, case.track.elevation_deg + shift[2])
    at_trim = lanes.propagate(case.model, times, start, times + np.tile(pause, 4), (), case.rtol).state
    at_trim[3:] += np.tile(found.burn[:, which], 4)
    burned = np.tile(at_trim[:, :n], 3)
    for k in range(3):
        burned[3 + k, k * n : (k + 1) * n] += _BURN_STEP_M_S
    lots = np.concatenate([at_trim, burned], axis=1)
    ends = arrival_quantity(case, found, np.tile(which, 7), np.tile(t_s + pause, 7), lots)
    parts = ends.reshape(len(ends), 7, n).transpose(2, 0, 1)
    base = parts[:, :, :1]
    by_error = (parts[:, :, 1:4] - base) / np.array([_SPEED_STEP_M_S, _ANGLE_STEP_RAD, _ANGLE_STEP_RAD])
    return by_error, (parts[:, :, 4:] - base) / _BURN_STEP_M_S


def trim_delta_v(errors: Errors, azimuth_scale: float, by_error: Array, by_burn: Array) -> Array:
    """Length of the trim burn (m/s, n) that covers the wanted share of shots; errors are independent and normal."""
    sigma = np.array([errors.exit_speed_m_s, errors.aim_rad / azimuth_scale, errors.aim_rad])
    burn_per_error = -np.linalg.pinv(by_burn) @ by_error * sigma
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
    trim[which] = trim_delta_v(errors, math.cos(math.radians(case.track.elevation_deg)), by_error, by_burn)
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
