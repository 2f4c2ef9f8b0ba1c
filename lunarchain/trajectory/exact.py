"""The exact flights of a claim's months: every epoch aimed under the full force model, then flown again with scipy."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from lunarchain.trajectory import arrival, points, search
from lunarchain.trajectory.departure_table import open_shares
from lunarchain.trajectory.dispersion import trim_time, with_trims
from lunarchain.trajectory.earth import c3
from lunarchain.trajectory.ephemeris import DAY_S, Array, Ephemeris, Index
from lunarchain.trajectory.inputs import (
    DepartureInputs,
    Destination,
    EarthOrbit,
    Escape,
    LunarOrbit,
    Proof,
    Track,
)
from lunarchain.trajectory.launches import Launches
from lunarchain.trajectory.proof import fly_reference, height_profile
from lunarchain.trajectory.shots import Aim, Case, launch
from lunarchain.trajectory.solution import Departures

Key: TypeAlias = tuple[Hashable, ...]
# Where the ground is looked at, in shares of the distance at which it has risen.
_DOWNRANGE = (0.1, 0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Exact:
    """Departures of all epochs, those that count as flown, their numbers, and two standard errors of the open share."""

    found: Departures
    flown: Departures
    numbers: dict[str, float]
    open_doubt: float


@dataclass(frozen=True)
class Memory:
    """What has been flown, by what made it, so that no shot is flown twice: searches of tracks, exact flights, samples.

    Good for one ephemeris.
    """

    searches: dict[Key, search.Prepared] = field(default_factory=dict)
    exact: dict[Key, Exact] = field(default_factory=dict)
    launches: dict[Key, Launches] = field(default_factory=dict)


def fly_exact(case: Case, inputs: DepartureInputs, eph: Ephemeris, months: Array, memory: Memory) -> Exact:
    """Aim and fly the case at every epoch of ``months`` (months, epochs), unless the memory holds it."""
    key = flight_key(case, inputs, months)
    if key not in memory.exact:
        memory.exact[key] = _fly(case, inputs, eph, months, memory)
    return memory.exact[key]


def flight_key(case: Case, inputs: DepartureInputs, months: Array) -> Key:
    """All that decides the flights of a case in some months."""
    return inputs, case.track, case.destination, case.mode, months.tobytes()


def _fly(case: Case, inputs: DepartureInputs, eph: Ephemeris, months: Array, memory: Memory) -> Exact:
    track, goal, t_s = case.track, case.destination, months.ravel()
    # Destinations about and beyond the Earth share the grid of the track, the modes of the others a search.
    of: Key = (inputs, track, months.tobytes(), None if search.needs_grid(goal) else goal)
    if of not in memory.searches:
        memory.searches[of] = search.prepare(inputs, eph, track, goal, t_s)
    found = search.find(case, t_s, memory.searches[of])
    found, trim, _ = with_trims(case, inputs.errors, inputs.braking.corridor_half_width_m, found)
    shares = open_shares(eph, track, goal, months, found)
    numbers = {"open_flown": shares["open_fraction"]}
    numbers |= {
        "open_lit_flown": shares["open_lit_fraction"],
        "open_dark_flown": shares["open_dark_fraction"],
    }
    flown = _flown_epochs(goal, found)
    if flown.feasible.any():
        numbers |= _flown_numbers(case, inputs, flown, trim)
    return Exact(found, flown, numbers, _between_months(eph, track, goal, months, found))


def _between_months(
    eph: Ephemeris, track: Track, goal: Destination, months: Array, found: Departures
) -> float:
    """Two standard errors of the open share, from its scatter between the flown months."""
    single = []
    for number, month in enumerate(months):
        part = np.arange(number * months.shape[1], (number + 1) * months.shape[1])
        single.append(open_shares(eph, track, goal, month[None], found.take(part))["open_fraction"])
    return float(2 * np.std(single, ddof=1) / np.sqrt(len(months))) if len(single) > 1 else 0.0


def _flown_epochs(goal: Destination, found: Departures) -> Departures:
    """The epochs to fly: the open ones or, where a window is shorter than the sampling, those nearest to it."""
    if found.feasible.any() or not isinstance(goal, EarthOrbit):
        return found
    known = np.isfinite(found.local_time_h)
    if not known.any():
        return found
    miss = arrival.local_time_miss_h(found.local_time_h, goal.local_times_h)
    return replace(found, feasible=known & (miss <= np.nanmin(miss) + goal.local_time_tolerance_h))


def _flown_numbers(case: Case, inputs: DepartureInputs, found: Departures, trim: Array) -> dict[str, float]:
    which = np.flatnonzero(found.feasible)
    t_s = found.t_s[which]
    start = launch(case, t_s, Aim(found.speed_m_s[which], found.azimuth_deg[which]))
    end = _reference_end(case, inputs, found, which, start)
    miss = float(np.linalg.norm(end[:3] - found.arrival[:3, which], axis=0).max())
    burn = insertion_delta_v(case, found, which, end)
    carried = burn + np.nan_to_num(trim[which])
    return {
        "flown_delta_v_m_s": float(carried.mean()), "flown_delta_v_max_m_s": float(carried.max()),
        "flown_exit_speed_max_m_s": float(found.speed_m_s[which].max()),
        "flown_exit_speed_min_m_s": float(found.speed_m_s[which].min()),
        "clearance_m": _clearance_m(case, inputs.proof, found, which, start),
        "flight_time_d": float(found.flight_s[which].mean() / DAY_S), "trim_m_s": float(np.nanmax(trim[which])),
        "reference_miss_m": miss, "spread_m_s": float(carried.std() / np.sqrt(len(which))),
    }  # fmt: skip


def _clearance_m(case: Case, proof: Proof, found: Departures, which: Index, start: Array) -> float:
    """Least height over ground that rises evenly to the assumed rise and stays there, at points down the range."""
    clear = []
    for share in _DOWNRANGE:
        distance = share * proof.terrain_distance_m
        height = height_profile(case.model, found.t_s[which], start, found.speed_m_s[which], distance)
        clear.append(height.min() - proof.terrain_rise_m * min(share, 1.0))
    return float(min(clear))


def _reference_end(
    case: Case, inputs: DepartureInputs, found: Departures, which: Index, start: Array
) -> Array:
    """Fly to arrival with scipy, with the planned burn on the way where there is one."""
    t_s, flight = found.t_s[which], found.flight_s[which]
    if not found.burn[:, which].any():
        return fly_reference(case.model, t_s, start, flight)
    pause = trim_time(inputs.errors, flight)
    middle = fly_reference(case.model, t_s, start, pause)
    middle[3:] += found.burn[:, which]
    return fly_reference(case.model, t_s + pause, middle, flight - pause)


def insertion_delta_v(case: Case, found: Departures, which: Index, end: Array) -> Array:
    """Delta-v after launch (m/s, n) recomputed from independently flown arrival states (6, n)."""
    goal, eph, t_s = case.destination, case.eph, found.t_s[which] + found.flight_s[which]
    planned = arrival.norm(found.burn[:, which])
    if case.mode == "catcher":
        return planned
    if isinstance(goal, EarthOrbit):
        return arrival.braking_delta_v(goal, case.mode, case.braking, eph, t_s, end)
    if isinstance(goal, LunarOrbit):
        radius = eph.moon_radius + goal.altitude_m
        return np.abs(np.sqrt(eph.gm_moon / radius) - arrival.norm(end[3:] - eph.moon.rate(t_s)))
    if isinstance(goal, Escape):
        # The drift burn lies far beyond the sphere; the energy it rests on is what was flown.
        scale = np.sqrt(np.maximum(c3(case, end), 0.0) / goal.c3_m2_s2)
        return found.delta_v_m_s[which] * np.maximum(scale, 1.0)
    there = points.place_of(eph, goal)(t_s, found.phase[which])
    return planned + arrival.norm(end[3:] - there[3:])
