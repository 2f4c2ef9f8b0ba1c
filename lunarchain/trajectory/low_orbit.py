"""Aiming at a low lunar orbit: apolune at the wanted height half a turn after launch."""

from __future__ import annotations

import numpy as np

from lunarchain.trajectory import lanes, newton, sensitivity
from lunarchain.trajectory.arrival import norm
from lunarchain.trajectory.ephemeris import Array, Index
from lunarchain.trajectory.inputs import CATCHER, LunarOrbit
from lunarchain.trajectory.shots import Aim, Case, apolune_event, by_aim, impact_event, launch
from lunarchain.trajectory.solution import Departures, departures

_CAP, _TOLERANCE_M = np.array([20.0]), np.array([5.0])


def aim_low_orbit(case: Case, t_s: Array) -> Departures:
    """Exit speed whose apolune is at the orbit's height, and the burn that makes it round there."""
    goal, eph = case.destination, case.eph
    assert isinstance(goal, LunarOrbit)
    radius = eph.moon_radius + goal.altitude_m
    guess = np.sqrt(2 * eph.gm_moon * radius / (eph.moon_radius * (eph.moon_radius + radius)))
    azimuth = np.full(len(t_s), case.track.azimuth_deg)
    events = (apolune_event(), impact_event(eph))

    def fly(speed: Array, which: Index, transition: bool = False) -> lanes.Arcs:
        state, until = launch(case, t_s[which], Aim(speed, azimuth[which])), t_s[which] + goal.flight_limit_s
        return lanes.propagate(case.model, t_s[which], state, until, events, case.rtol, transition=transition)

    def system(controls: Array, which: Index) -> tuple[Array, Array]:
        arcs = fly(controls[0], which, transition=True)
        off = arcs.state[:3] - eph.moon.value(arcs.t_s)
        miss = np.where(arcs.stopped_by == 0, norm(off), np.nan) - radius
        faster = by_aim(case, t_s[which], Aim(controls[0], azimuth[which]))[:, :1]
        # At apolune the distance does not change with time: the end time may be held.
        return miss[None], sensitivity.of_distance(off, sensitivity.carried(arcs, faster))[None]

    roots = newton.solve(system, np.full((1, len(t_s)), guess), _CAP, _TOLERANCE_M)
    arcs = fly(roots.controls[0], np.arange(len(t_s)))
    pace = norm(arcs.state[3:] - eph.moon.rate(arcs.t_s))
    burn = np.abs(np.sqrt(eph.gm_moon / radius) - pace) if case.mode != CATCHER else np.zeros(len(t_s))
    speed = roots.controls[0]
    return departures(
        t_s, roots.converged, speed, azimuth, arcs.t_s - t_s, arcs.state, burn, "no such apolune"
    )
