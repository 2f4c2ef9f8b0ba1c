"""Aiming at the Earth: perigee radius with the exit speed, inclination with the azimuth; and aiming past it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lunarchain.trajectory import arrival, lanes, newton, sensitivity
from lunarchain.trajectory.ephemeris import DAY_S, Array, Flags, Index
from lunarchain.trajectory.inputs import AEROBRAKE, ELECTRIC, EarthOrbit, Escape
from lunarchain.trajectory.scan import PERIGEE, SPHERE, Grid, along, first_crossing
from lunarchain.trajectory.shots import Aim, Case, by_aim, impact_event, launch, perigee_event, sphere_event
from lunarchain.trajectory.solution import Departures, departures, filled, nothing, spread_over

NO_PERIGEE = "no such perigee within the limits of speed and flight time"
LOCAL_TIME = "local time of the node outside the window"
# Controls are exit speed in m/s and azimuth in degrees.
_CAPS, _UNITS = np.array([15.0, 4.0]), np.array([1.0, np.pi / 180.0])
_PERIGEE_TOLERANCE_M = 50.0
_ANGLE_TOLERANCE_DEG = 1e-3
_NEAR_PLANE = 1.0
_C3_TOLERANCE_M2_S2 = 10.0


def to_perigee(case: Case, t_s: Array, state: Array, limit_s: float, transition: bool = False) -> lanes.Arcs:
    """Fly states (6, n) on to the first perigee; lanes that come down or run out of time say so in ``stopped_by``."""
    events = (perigee_event(case.search.clear_of_moon_m), impact_event(case.eph))
    until = np.minimum(t_s + limit_s, case.eph.last_s - DAY_S)
    return lanes.propagate(case.model, t_s, state, until, events, case.rtol, transition=transition)


def aim_earth_orbit(case: Case, grid: Grid) -> Departures:
    """The slowest shot at each epoch whose first perigee (and inclination, if aimed) is the wanted one."""
    orbit = case.destination
    assert isinstance(orbit, EarthOrbit)
    target = arrival.perigee_radius(orbit, case.mode, case.braking, case.eph)
    perigee = np.linalg.norm(grid.state[:3], axis=0)
    valid = grid.stopped_by == PERIGEE
    place, found = _crossings(case, grid, perigee, valid, target)
    if not found.any():
        return nothing(grid.t_s, _lowest(perigee, valid, grid))
    speed = along(np.broadcast_to(grid.speed_m_s, perigee.shape), place)
    starts, steered, reason = _starts(case, orbit, grid, place, found, speed)
    best = nothing(grid.t_s, reason)
    for start in starts:
        some = np.flatnonzero(~best.feasible & np.isfinite(start).all(axis=0))
        if len(some):
            part = refine_earth_orbit(case, orbit, grid.t_s[some], start[:, some], steered)
            best = filled(best, some, part)
    return best


def _crossings(case: Case, grid: Grid, perigee: Array, valid: Flags, target: float) -> tuple[Array, Flags]:
    """Where along the speeds the wanted perigee lies, and whether: going with the Moon, else against it.

    The square root of the perigee radius, negative where the payload comes round against the Moon's motion, grows
    like signed angular momentum: nearly straight in exit speed, also through the fall straight down.
    """
    flat = grid.state.reshape(6, -1)
    moon, rate = case.eph.moon.value(grid.end_s.ravel()), case.eph.moon.rate(grid.end_s.ravel())
    along = np.einsum("an,an->n", arrival.momentum(flat), np.cross(moon, rate, axis=0)).reshape(perigee.shape)
    signed = np.sqrt(perigee) * np.where(along < 0.0, -1.0, 1.0)
    place, found = first_crossing(signed - np.sqrt(target), valid, rising=False)
    other, again = first_crossing(signed + np.sqrt(target), valid, rising=False)
    return np.where(found, place, other), found | again


def _lowest(perigee: Array, valid: Flags, grid: Grid) -> str:
    span = f"{grid.speed_m_s[0] / 1e3:.2f}-{grid.speed_m_s[-1] / 1e3:.2f} km/s"
    if not valid.any():
        return f"no perigee at {span}"
    return f"lowest perigee radius {perigee[valid].min() / 1e3:.0f} km at {span}"


def _starts(
    case: Case, orbit: EarthOrbit, grid: Grid, place: Array, found: Flags, speed: Array
) -> tuple[Array, bool, str]:
    """First guesses (tries, 2, n) of speed and azimuth, whether the azimuth is free, the reason where there is none.

    A crossing in the scan may be one of chance, between shots that swing by the Moon: then the next azimuth is tried.
    """
    if orbit.aimed and case.mode != ELECTRIC:
        start, steered, reason = _nearest_plane(case, orbit, grid)
        return start[None], steered, reason
    price = speed + _turning(case, orbit, grid, place) if orbit.inclination_deg else speed
    price = np.where(found, price, np.inf)
    order = np.argsort(price, axis=1, kind="stable")
    ranked = np.take_along_axis(np.where(found, speed, np.nan), order, axis=1)
    return np.stack([ranked, grid.azimuth_deg[order]], axis=1).transpose(2, 1, 0), False, NO_PERIGEE


def _turning(case: Case, orbit: EarthOrbit, grid: Grid, place: Array) -> Array:
    """Braking delta-v (epoch, azimuth) where the plane is turned by burning, from the scanned arrivals nearest by.

    The scanned state is carried along its own line to the wanted perigee with its energy kept.
    """
    target = arrival.perigee_radius(orbit, case.mode, case.braking, case.eph)
    index = np.nan_to_num(np.round(place)).astype(np.intp)
    state = np.take_along_axis(grid.state, index[None, :, :, None], -1)[..., 0].reshape(6, -1)
    end = np.take_along_axis(grid.end_s, index[..., None], -1)[..., 0].ravel()
    radius, pace = arrival.norm(state[:3]), arrival.norm(state[3:])
    wanted = np.sqrt(np.maximum(pace**2 + 2 * case.eph.gm_earth * (1 / target - 1 / radius), 1.0))
    moved = np.concatenate([state[:3] * target / radius, state[3:] * wanted / pace])
    return arrival.braking_delta_v(orbit, case.mode, case.braking, case.eph, end, moved).reshape(place.shape)


def _nearest_plane(case: Case, orbit: EarthOrbit, grid: Grid) -> tuple[Array, bool, str]:
    """Per epoch the scanned shot whose angular momentum is nearest to the wanted size and inclination."""
    target = arrival.perigee_radius(orbit, case.mode, case.braking, case.eph)
    flat = grid.state.reshape(6, -1)
    size = np.sqrt(np.linalg.norm(flat[:3], axis=0) / target)
    tilt = np.radians(arrival.inclination_deg(case.eph, grid.end_s.ravel(), flat))
    wanted = np.radians(orbit.inclination_deg[0])
    miss = np.hypot(size * np.cos(tilt) - np.cos(wanted), size * np.sin(tilt) - np.sin(wanted))
    miss = np.where(grid.stopped_by.ravel() == PERIGEE, miss, np.inf).reshape(len(grid.t_s), -1)
    where, fast = np.unravel_index(miss.argmin(axis=1), grid.end_s.shape[1:])
    start = np.stack([grid.speed_m_s[fast], grid.azimuth_deg[where]])
    near = miss.min(axis=1) < _NEAR_PLANE
    seen = np.degrees(tilt[grid.stopped_by.ravel() == PERIGEE])
    reason = f"inclination {seen.min():.0f}-{seen.max():.0f} degree within the steering range"
    return np.where(near, start, np.nan), True, reason


def refine_earth_orbit(case: Case, orbit: EarthOrbit, t_s: Array, start: Array, steered: bool) -> Departures:
    """Newton from first guesses (2, n) to the wanted perigee (and inclination) under the full force model."""
    free = 2 if steered else 1
    end_s, end = t_s.copy(), np.full((6, len(t_s)), np.nan)
    target = arrival.perigee_radius(orbit, case.mode, case.braking, case.eph)

    def system(controls: Array, which: Index) -> tuple[Array, Array]:
        aim = Aim(controls[0], controls[1] if steered else start[1, which])
        state = launch(case, t_s[which], aim)
        arcs = to_perigee(case, t_s[which], state, orbit.flight_limit_s, transition=True)
        end_s[which], end[:, which] = arcs.t_s, arcs.state
        change = sensitivity.carried(arcs, by_aim(case, t_s[which], aim)[:, :free] * _UNITS[:free, None])
        change = sensitivity.at_perigee(case.model, arcs, change)
        radius = np.where(arcs.stopped_by == PERIGEE, np.linalg.norm(arcs.state[:3], axis=0), np.nan)
        misses, slopes = [radius - target], [sensitivity.of_distance(arcs.state[:3], change)]
        if steered:
            tilt = arrival.inclination_deg(case.eph, arcs.t_s, arcs.state)
            misses.append(tilt - orbit.inclination_deg[0])
            slopes.append(sensitivity.of_inclination_deg(case.eph, arcs.t_s, arcs.state, change))
        return np.stack(misses), np.stack(slopes)

    tolerance = np.array([_PERIGEE_TOLERANCE_M, _ANGLE_TOLERANCE_DEG])[:free]
    roots = newton.solve(system, start[:free], _CAPS[:free], tolerance)
    # A converged lane was last flown with the controls it converged to.
    azimuth = roots.controls[1] if steered else start[1]
    burn = arrival.braking_delta_v(orbit, case.mode, case.braking, case.eph, end_s, end)
    found = departures(t_s, roots.converged, roots.controls[0], azimuth, end_s - t_s, end, burn, NO_PERIGEE)
    off = np.abs(azimuth - case.track.azimuth_deg) > case.track.azimuth_range_deg + 1e-9
    return _in_local_time(case, orbit, found.refuse(off, "azimuth outside the steering range"))


def _in_local_time(case: Case, orbit: EarthOrbit, found: Departures) -> Departures:
    """Refuse epochs whose node misses the wanted local time, counted at the end of aerobraking."""
    if not orbit.local_times_h or case.mode == ELECTRIC:
        return found
    known = np.flatnonzero(found.feasible)
    wait = case.braking.aerobrake_days * DAY_S if case.mode == AEROBRAKE else 0.0
    at = found.t_s[known] + found.flight_s[known]
    late = np.minimum(at + wait, case.eph.last_s)
    hours = np.full(len(found.t_s), np.nan)
    hours[known] = arrival.node_local_time_h(case.eph, at, found.arrival[:, known], late)
    found = replace(found, local_time_h=hours)
    miss = arrival.local_time_miss_h(hours, orbit.local_times_h)
    return found.refuse(~(miss <= orbit.local_time_tolerance_h), LOCAL_TIME)


def aim_escape(case: Case, grid: Grid) -> Departures:
    """The slowest shot at each epoch that leaves the Earth with the wanted C3, and the burn that stops the drift."""
    goal = case.destination
    assert isinstance(goal, Escape)
    energy = c3(case, grid.state.reshape(6, -1)).reshape(grid.end_s.shape)
    valid = grid.stopped_by == SPHERE
    place, found = first_crossing(energy - goal.c3_m2_s2, valid, rising=True)
    span = f"{grid.speed_m_s[0] / 1e3:.2f}-{grid.speed_m_s[-1] / 1e3:.2f} km/s"
    best = f"highest C3 {energy[valid].max() / 1e6:.2f} km2/s2" if valid.any() else "no escape"
    reason = f"{best} at {span}"
    speed = along(np.broadcast_to(grid.speed_m_s, energy.shape), place)
    slowest = np.where(found, speed, np.inf).argmin(axis=1)
    some = np.flatnonzero(found.any(axis=1))
    if not len(some):
        return nothing(grid.t_s, reason)
    start, azimuth = speed[some, slowest[some]], grid.azimuth_deg[slowest[some]]
    return spread_over(grid.t_s, some, refine_escape(case, goal, grid.t_s[some], start, azimuth), reason)


def refine_escape(case: Case, goal: Escape, t_s: Array, start: Array, azimuth: Array) -> Departures:
    """Newton on the exit speed from first guesses ``start`` (n) to the wanted C3."""
    events = (sphere_event(goal.exit_radius_m), impact_event(case.eph))

    def fly(speed: Array, which: Index, transition: bool = False) -> lanes.Arcs:
        state = launch(case, t_s[which], Aim(speed, azimuth[which]))
        until = np.minimum(t_s[which] + goal.flight_limit_s, case.eph.last_s - DAY_S)
        return lanes.propagate(case.model, t_s[which], state, until, events, case.rtol, transition=transition)

    def system(controls: Array, which: Index) -> tuple[Array, Array]:
        arcs = fly(controls[0], which, transition=True)
        faster = by_aim(case, t_s[which], Aim(controls[0], azimuth[which]))[:, :1]
        change = sensitivity.at_sphere(case.model, arcs, sensitivity.carried(arcs, faster))
        miss = np.where(arcs.stopped_by == 0, c3(case, arcs.state), np.nan) - goal.c3_m2_s2
        return miss[None], sensitivity.of_energy(case.eph.gm_earth, arcs.state, change)[None]

    roots = newton.solve(system, start[None], _CAPS[:1], np.array([_C3_TOLERANCE_M2_S2]))
    arcs = fly(roots.controls[0], np.arange(len(t_s)))
    burn = drift_delta_v(case, goal, arcs)
    words = "no escape with the wanted C3"
    return departures(
        t_s, roots.converged, roots.controls[0], azimuth, arcs.t_s - t_s, arcs.state, burn, words
    )


def c3(case: Case, state: Array) -> Array:
    """Twice the energy per mass about the Earth (n), m**2/s**2."""
    return arrival.norm(state[3:]) ** 2 - 2 * case.eph.gm_earth / arrival.norm(state[:3])


def drift_delta_v(case: Case, goal: Escape, arcs: lanes.Arcs) -> Array:
    """Burn along the path (m/s, n) that gives the Earth's own year, made at ``station_radius_m`` from the Earth.

    The year is that of the osculating orbit of the Earth-Moon barycentre at the same moment, so the lag stays fixed.
    """
    eph = case.eph
    until = np.minimum(arcs.t_s + goal.station_limit_s, eph.last_s - DAY_S)
    events = (sphere_event(goal.station_radius_m),)
    far = lanes.propagate(case.model, arcs.t_s, arcs.state, until, events, case.rtol)
    sun, sun_rate = eph.sun(far.t_s), eph.sun_velocity(far.t_s)
    place, pace = far.state[:3] - sun, far.state[3:] - sun_rate
    home, home_rate = eph.sun_from_barycentre.value(far.t_s), eph.sun_from_barycentre.rate(far.t_s)
    earth_energy = arrival.norm(home_rate) ** 2 / 2 - eph.gm_sun / arrival.norm(home)
    wanted = np.sqrt(2 * (earth_energy + eph.gm_sun / arrival.norm(place)))
    result: Array = np.abs(arrival.norm(pace) - wanted)
    return result
