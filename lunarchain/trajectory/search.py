"""One call for every kind of destination: departures of a case at given epochs."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.trajectory import scan
from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.earth import aim_earth_orbit, aim_escape, refine_earth_orbit, refine_escape
from lunarchain.trajectory.ephemeris import Array, Ephemeris
from lunarchain.trajectory.inputs import (
    ELECTRIC,
    DepartureInputs,
    Destination,
    EarthOrbit,
    Escape,
    LunarOrbit,
    Track,
)
from lunarchain.trajectory.low_orbit import aim_low_orbit
from lunarchain.trajectory.points import aim_moving_place, first_guesses, refine_place
from lunarchain.trajectory.shots import Case
from lunarchain.trajectory.solution import Departures

TABLE_RTOL = 1e-10
Prepared: TypeAlias = scan.Grid | Array | None


def force_model(inputs: DepartureInputs, eph: Ephemeris, flight_limit_s: float = 0.0) -> ForceModel:
    """The full force model of the facts; planets only where flights may be long."""
    forces = inputs.forces
    return ForceModel(
        eph, forces.lunar_degree, forces.lunar_reach_m, forces.earth_j2,
        planets=flight_limit_s > forces.planets_after_s, pressure_m_s2=forces.pressure_m_s2,
    )  # fmt: skip


def case_for(
    inputs: DepartureInputs, eph: Ephemeris, track: Track, destination: Destination, mode: str
) -> Case:
    """Everything needed to aim one (track, destination, mode); ``InputError`` for a mode it does not have."""
    if mode not in destination.modes:
        near = nearest_name(mode, destination.modes)
        raise InputError(
            [Issue("trajectory", f"mode to {destination.name}", mode, " | ".join(destination.modes), near)]
        )
    model = force_model(inputs, eph, destination.flight_limit_s if isinstance(destination, Escape) else 0.0)
    errors = inputs.errors
    return Case(
        model, track, destination, mode, inputs.braking, inputs.search, errors.trim_after_s, TABLE_RTOL
    )


def needs_grid(destination: Destination) -> bool:
    """Whether the kind of destination is aimed from the grid scan of the track."""
    return isinstance(destination, EarthOrbit | Escape)


def track_grid(inputs: DepartureInputs, eph: Ephemeris, track: Track, t_s: Array) -> scan.Grid:
    """The grid scan of a track that serves all destinations about and beyond the Earth."""
    wide = [d for d in inputs.destinations if needs_grid(d)]
    exits = [d.exit_radius_m for d in wide if isinstance(d, Escape)]
    beyond = [4 * d.radius_m for d in wide if isinstance(d, EarthOrbit)]
    case = case_for(inputs, eph, track, wide[0], wide[0].modes[0])
    return scan.scan(case, t_s, max(exits or beyond), max(d.flight_limit_s for d in wide))


def prepare(
    inputs: DepartureInputs, eph: Ephemeris, track: Track, destination: Destination, t_s: Array
) -> Prepared:
    """What the search of a (track, destination) needs before the mode is chosen: a grid scan or first guesses."""
    if isinstance(destination, LunarOrbit):
        return None
    if needs_grid(destination):
        return track_grid(inputs, eph, track, t_s)
    return first_guesses(case_for(inputs, eph, track, destination, destination.modes[0]), t_s)


def find(case: Case, t_s: Array, prepared: Prepared) -> Departures:
    """Departures of the case at epochs ``t_s``; ``prepared`` by :func:`prepare` for the same track and epochs."""
    if isinstance(case.destination, LunarOrbit):
        return aim_low_orbit(case, t_s)
    if isinstance(prepared, scan.Grid):
        escapes = isinstance(case.destination, Escape)
        return aim_escape(case, prepared) if escapes else aim_earth_orbit(case, prepared)
    if prepared is None:
        raise ValueError(f"{case.destination.name} needs a prepared search")
    return aim_moving_place(case, t_s, prepared)


def refine(case: Case, t_s: Array, near: Departures) -> Departures:
    """Departures at epochs ``t_s`` (n) from those of epochs nearby (n), without a search: the same shot, aimed anew."""
    goal = case.destination
    if isinstance(goal, LunarOrbit):
        return aim_low_orbit(case, t_s)
    if isinstance(goal, EarthOrbit):
        steered = goal.aimed and case.mode != ELECTRIC
        return refine_earth_orbit(case, goal, t_s, np.stack([near.speed_m_s, near.azimuth_deg]), steered)
    if isinstance(goal, Escape):
        return refine_escape(case, goal, t_s, near.speed_m_s, near.azimuth_deg)
    guess = np.stack([near.speed_m_s, near.azimuth_deg, near.flight_s, near.phase])
    return refine_place(case, goal, t_s, guess)
