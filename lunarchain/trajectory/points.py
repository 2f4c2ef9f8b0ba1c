"""Aiming at places that turn with the Moon: libration points and closed orbits, any phase of which will do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial import cKDTree

from lunarchain.trajectory import lanes, newton, rotating, sensitivity
from lunarchain.trajectory.arrival import norm
from lunarchain.trajectory.cr3bp import orbit_table
from lunarchain.trajectory.ephemeris import Array, Ephemeris, Index
from lunarchain.trajectory.inputs import CATCHER, LibrationPoint, ThreeBodyOrbit
from lunarchain.trajectory.scan import SCAN_RTOL
from lunarchain.trajectory.shots import Aim, Case, by_aim, impact_event, launch
from lunarchain.trajectory.solution import Departures, departures, nothing, spread_over

_TABLE = 8000
# A first guess must pass the goal within this share of its distance from the Moon.
_NEAR = 0.25
# ... and higher than this many lunar radii, so that a slightly different shot does not come down first.
_CLEAR = 1.5
# A shot that comes back to the Moon, nearer than this many radii, is given up: hills stand there, and its errors have
# grown.
_RETURN = 1.2
_SEEDS = 4
# Controls: speed, azimuth, flight time, phase, and a burn (3) at the trim time that makes up what they cannot.
# Weights decide who moves: a metre per second burned counts like that of exit speed; times count in shares of
# the flight. Caps bound a single move.
_PHASE_STEP = 1e-6
_CAPS = np.array([5.0, 10.0, 0.1, 0.1, 100.0, 100.0, 100.0])
_WEIGHTS = np.array([2.0, 1.0, 0.12, 0.12, 5.0, 5.0, 5.0])
# Two kilometres: a thousandth of the least miss that a trim burn makes up anyway.
_TOLERANCE_M = np.full(3, 2000.0)

Place = Callable[[Array, Array], Array]


@lru_cache(maxsize=16)
def _orbit_spline(start: tuple[float, float, float], period: float, mu: float) -> CubicSpline:
    table, _ = orbit_table(start, period, mu, _TABLE)
    closed = np.concatenate([table, table[:, :1]], axis=1)
    return CubicSpline(np.linspace(0.0, 1.0, _TABLE + 1), closed, axis=1, bc_type="periodic")


@lru_cache(maxsize=16)
def _orbit_tree(start: tuple[float, float, float], period: float, mu: float) -> cKDTree:
    """Positions of the closed orbit at ``_TABLE`` equal phases, to find the nearest."""
    return cKDTree(orbit_table(start, period, mu, _TABLE)[0][:3].T)


def place_of(eph: Ephemeris, goal: LibrationPoint | ThreeBodyOrbit) -> Place:
    """Geocentric state (6, n) of the goal at times (n) and phases (n, 0..1; without meaning for a point)."""
    if isinstance(goal, LibrationPoint):
        ratio = rotating.libration_ratio(eph, goal.point)
        return lambda t, _phase: ratio * np.concatenate([eph.moon.value(t), eph.moon.rate(t)])
    spline = _orbit_spline(goal.start, goal.period, rotating.mass_ratio(eph))
    return lambda t, phase: rotating.to_inertial(eph, t, spline(phase % 1.0))


def first_guesses(case: Case, t_s: Array) -> Array:
    """Best controls (seeds, 4, n) of speed, azimuth, flight time and phase from a scan of speeds at every epoch."""
    goal = case.destination
    assert isinstance(goal, LibrationPoint | ThreeBodyOrbit)
    quick = replace(case, model=replace(case.model, lunar_degree=0, earth_j2=False))
    speed = scan_speeds(case)
    when, fast = (part.ravel() for part in np.meshgrid(t_s, speed, indexing="ij"))
    best = np.full((3, len(when)), np.inf)  # score, time of flight, phase
    place = place_of(case.eph, goal)

    def watch(which: Index, t: Array, y: Array, moon: Array) -> None:
        phase = _nearest_phase(case.eph, goal, t, y)
        there = place(t, phase)
        miss = norm(y[:3] - there[:3])
        score = norm(y[3:] - there[3:]) + miss / case.trim_after_s
        height = norm(y[:3] - moon)
        mask = (score < best[0, which]) & (miss < _NEAR * height) & (height > _CLEAR * case.eph.moon_radius)
        best[:, which[mask]] = np.stack([score, t - when[which], phase])[:, mask]

    state = launch(quick, when, Aim(fast, np.full(len(when), case.track.azimuth_deg)))
    # An event strikes on the way down only: the launch is not a return.
    events = (impact_event(case.eph), lanes.Event(lanes.IMPACT, _RETURN * case.eph.moon_radius))
    until = np.minimum(when + goal.flight_limit_s, case.eph.last_s)
    lanes.propagate(quick.model, when, state, until, events, SCAN_RTOL, watch)
    by_epoch = best.reshape(3, len(t_s), len(speed))
    seeds = [_spread(by_epoch[:, k], speed, case.track.azimuth_deg) for k in range(len(t_s))]
    return np.stack(seeds, axis=-1)


def scan_speeds(case: Case) -> Array:
    """Exit speeds worth scanning: libration points ask for more than orbits near the Moon."""
    search, goal = case.search, case.destination
    low = search.near_moon_speed_min_m_s if isinstance(goal, ThreeBodyOrbit) else search.speed_min_m_s
    scan = (low, search.near_moon_speed_max_m_s, search.near_moon_speed_step_m_s)
    if isinstance(goal, ThreeBodyOrbit) and goal.speeds_m_s:
        low, high, step = goal.speeds_m_s
        scan = (low, high, step)
    return np.arange(scan[0], scan[1] + scan[2] / 2, scan[2])


def _spread(scored: Array, speed: Array, azimuth_deg: float) -> Array:
    """The best few of scored shots (3, speeds), no two with flight times within a quarter; (seeds, 4)."""
    kept = np.full((_SEEDS, 4), np.nan)
    count = 0
    for k in np.argsort(scored[0]):
        score, flight, phase = scored[:, k]
        near = np.abs(kept[:count, 2] - flight) < 0.25 * flight
        if np.isfinite(score) and not near.any():
            kept[count] = speed[k], azimuth_deg, flight, phase
            count += 1
        if count == _SEEDS:
            break
    return kept


def _nearest_phase(eph: Ephemeris, goal: LibrationPoint | ThreeBodyOrbit, t: Array, y: Array) -> Array:
    if isinstance(goal, LibrationPoint):
        return np.zeros(len(t))
    tree = _orbit_tree(goal.start, goal.period, rotating.mass_ratio(eph))
    place = rotating.from_inertial_position(eph, t, y[:3])
    moon = np.array([[1.0 - rotating.mass_ratio(eph)], [0.0], [0.0]])
    # What passes farther off is no first guess, whatever its phase.
    _, index = tree.query(place.T, distance_upper_bound=_NEAR * float(norm(place - moon).max()))
    return index / _TABLE


def aim_moving_place(case: Case, t_s: Array, guesses: Array) -> Departures:
    """The cheapest shot at each epoch that meets the goal: speed, azimuth, time (and phase) by Newton.

    ``guesses`` (seeds, 4, n) from :func:`first_guesses` of the same track, destination and epochs.
    """
    goal = case.destination
    assert isinstance(goal, LibrationPoint | ThreeBodyOrbit)
    found = [_from_guess(case, goal, t_s, guess) for guess in guesses if np.isfinite(guess).any()]
    if not found:
        return nothing(t_s, "no shot passes near it within the limits of speed and steering")
    return _cheapest(found)


def _from_guess(case: Case, goal: LibrationPoint | ThreeBodyOrbit, all_s: Array, guess: Array) -> Departures:
    some = np.flatnonzero(np.isfinite(guess[0]))
    part = refine_place(case, goal, all_s[some], guess[:, some])
    return spread_over(all_s, some, part, "no shot passes near it within the limits of speed and steering")


def refine_place(case: Case, goal: LibrationPoint | ThreeBodyOrbit, t_s: Array, guess: Array) -> Departures:
    """Newton from first guesses (4, n) of speed, azimuth, flight time and phase to meeting the goal."""
    place = place_of(case.eph, goal)
    free = np.array([0, 1, 2, 4, 5, 6]) if isinstance(goal, LibrationPoint) else np.arange(7)
    start = np.zeros((7, len(t_s)))
    start[:4] = guess
    scale = np.ones((7, len(t_s)))
    scale[2], scale[3] = guess[2], guess[2] / _period_s(case.eph, goal)

    def full(controls: Array, which: Index) -> Array:
        every = start[:, which].copy()
        every[free] = controls
        return every

    def system(controls: Array, which: Index) -> tuple[Array, Array]:
        every, epochs = full(controls, which), t_s[which]
        arcs = coast(case, goal, epochs, every)
        assert arcs.transition is not None
        change = arcs.transition[:3].copy()
        there = place(epochs + every[2], every[3])
        # The phase is held: the place moves with the Moon, not along its orbit.
        change[:, 2] -= _slope(lambda step: place(epochs + every[2] + step, every[3]), 1.0)
        change[:, 3] = -_slope(lambda step: place(epochs + every[2], every[3] + step), _PHASE_STEP)
        return np.where(arcs.stopped_by == lanes.ENDED, arcs.state[:3] - there[:3], np.nan), change[:, free]

    roots = newton.solve(
        system,
        start[free],
        (_CAPS[:, None] * scale)[free],
        _TOLERANCE_M,
        20,
        (_WEIGHTS[:, None] * scale)[free],
    )
    controls = full(roots.controls, np.arange(len(t_s)))
    arcs, there = coast(case, goal, t_s, controls), place(t_s + controls[2], controls[3])
    burn = norm(controls[4:])
    if case.mode != CATCHER:
        burn = burn + norm(arcs.state[3:] - there[3:])
    out = departures(
        t_s, roots.converged, controls[0], controls[1], controls[2], arcs.state, burn,
        "no shot found that meets it", controls[3] % 1.0, controls[4:],
    )  # fmt: skip
    return _within_limits(case, goal, out)


def _slope(place: Callable[[float], Array], step: float) -> Array:
    """Change of a position (3, n) by central difference."""
    return (place(step)[:3] - place(-step)[:3]) / (2 * step)


def _period_s(eph: Ephemeris, goal: LibrationPoint | ThreeBodyOrbit) -> float:
    """Period of a closed orbit, with the Moon's mean motion at the first epoch as unit of time."""
    if isinstance(goal, LibrationPoint):
        return 1.0
    now = np.array([eph.first_s])
    moon, rate = eph.moon.value(now), eph.moon.rate(now)
    turn = norm(np.cross(moon, rate, axis=0)) / norm(moon) ** 2
    return float(goal.period / turn[0])


def coast(case: Case, goal: LibrationPoint | ThreeBodyOrbit, t_s: Array, controls: Array) -> lanes.Arcs:
    """Launch, coast to the trim time, burn, coast to arrival; ``controls`` (7, n) as listed above.

    ``transition`` (6, 7, n) is the change of the arrival state per change of each control; nothing for the phase.
    """
    flight = np.clip(controls[2], 60.0, 2 * goal.flight_limit_s)
    pause = np.minimum(case.trim_after_s, flight / 2)
    impact = (impact_event(case.eph),)
    aim = Aim(controls[0], controls[1])
    first = lanes.propagate(
        case.model, t_s, launch(case, t_s, aim), t_s + pause, impact, case.rtol, transition=True
    )
    state = first.state.copy()
    state[3:] += controls[4:]
    last = lanes.propagate(case.model, first.t_s, state, t_s + flight, impact, case.rtol, transition=True)
    change = np.zeros((6, 7, len(t_s)))
    launched = by_aim(case, t_s, aim)[:, :2] * np.array([1.0, np.pi / 180.0])[:, None]
    change[:, :2] = sensitivity.carried(last, sensitivity.carried(first, launched))
    assert last.transition is not None
    # A longer flight ends later and, where the burn is made half way, moves the burn later too.
    delay = np.where(case.trim_after_s < flight / 2, 0.0, 0.5)
    change[:, 2] = sensitivity.flow(case.model, last)
    change[:, 2] -= delay * np.einsum("abn,bn->an", last.transition[:, :3], controls[4:])
    change[:, 4:] = last.transition[:, 3:]
    crashed = np.where(first.stopped_by == lanes.ENDED, last.stopped_by, first.stopped_by)
    return lanes.Arcs(last.t_s, last.state, crashed, first.steps + last.steps, change)


def _within_limits(case: Case, goal: LibrationPoint | ThreeBodyOrbit, found: Departures) -> Departures:
    speed, track = found.speed_m_s, case.track
    off = np.abs(found.azimuth_deg - track.azimuth_deg) > track.azimuth_range_deg
    found = found.refuse(off, "azimuth outside the steering range")
    outside = (speed < case.search.near_moon_speed_min_m_s) | (speed > case.search.near_moon_speed_max_m_s)
    found = found.refuse(outside, "exit speed outside the track's range")
    return found.refuse(found.flight_s > goal.flight_limit_s, "flight longer than the limit")


def _cheapest(found: list[Departures]) -> Departures:
    """Per epoch the feasible departure with the least delta-v (then the slowest); else the first one's reason."""
    price = np.stack([np.where(d.feasible, d.delta_v_m_s + 1e-3 * d.speed_m_s, np.inf) for d in found])
    best = price.argmin(axis=0)
    pick = np.arange(len(best))

    def choose(name: str) -> Any:
        values = np.stack([getattr(d, name) for d in found])
        return values[best, ..., pick].T if values.ndim == 3 else values[best, pick]

    names = (
        "feasible",
        "speed_m_s",
        "azimuth_deg",
        "flight_s",
        "arrival",
        "delta_v_m_s",
        "reason",
        "phase",
        "burn",
    )
    return replace(found[0], **{name: choose(name) for name in names})
