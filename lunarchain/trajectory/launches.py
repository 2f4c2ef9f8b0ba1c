"""A sample of a departure's launches, each aimed anew at its own moment, and how shots follow one another.

A plan at terawatt scale holds millions of shots a year. Every distinct departure is flown exactly; of the launches in
between, a seeded sample is drawn evenly from the hours the way is open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lunarchain.trajectory import dispersion, lanes, points, search
from lunarchain.trajectory.departure_table import open_hours
from lunarchain.trajectory.ephemeris import Array, Ephemeris
from lunarchain.trajectory.inputs import DepartureInputs, LibrationPoint, ThreeBodyOrbit, Track
from lunarchain.trajectory.shots import Aim, Case, launch
from lunarchain.trajectory.solution import Departures

_HOUR_S = 3600.0
_MOMENTS = 60  # times along the flight at which two shots are compared


@dataclass(frozen=True)
class Sampled:
    """Launches flown: how many, how many found no departure, and the ranges over the others."""

    launches: int
    failed: int
    reason: str
    exit_speed_min_m_s: float
    exit_speed_max_m_s: float
    delta_v_m_s: float
    delta_v_max_m_s: float

    @property
    def found_share(self) -> float:
        """Share of the launches that found a departure; 1 where none was drawn."""
        return 1.0 - self.failed / self.launches if self.launches else 1.0


def sample_epochs(
    case: Case, months: Array, found: Departures, count: int, rng: np.random.Generator
) -> Array:
    """``count`` launch times drawn evenly from the open hours of the flown months."""
    step = months[0, 1] - months[0, 0]
    hours = []
    for number, month in enumerate(months):
        part = slice(number * months.shape[1], (number + 1) * months.shape[1])
        fine = np.arange(month[0], month[-1] + step / 2, _HOUR_S)
        hours.append(fine[open_hours(case.destination, month, found, part, fine)])
    every = np.concatenate(hours)
    if not len(every):
        return every
    picked: Array = every[rng.integers(0, len(every), count)]
    return np.minimum(picked + rng.uniform(-0.5, 0.5, count) * _HOUR_S, case.eph.last_s)


def fly_sample(
    case: Case, inputs: DepartureInputs, eph: Ephemeris, track: Track, months: Array, found: Departures,
    count: int, seed: int,
) -> Sampled:  # fmt: skip
    """Aim ``count`` launches anew, each from the nearest exact departure; what fails is searched from scratch."""
    rng = np.random.default_rng(seed)
    t_s = np.sort(sample_epochs(case, months, found, count, rng))
    known = np.flatnonzero(np.isfinite(found.speed_m_s))
    if not len(t_s) or not len(known):
        return Sampled(0, 0, "", np.nan, np.nan, np.nan, np.nan)
    nearest = known[np.abs(found.t_s[known][None] - t_s[:, None]).argmin(axis=1)]
    flown = search.refine(case, t_s, found.take(nearest))
    again = np.flatnonzero(~flown.feasible)
    speed, burn, reasons = flown.speed_m_s.copy(), flown.delta_v_m_s.copy(), flown.reason.copy()
    good = flown.feasible.copy()
    if len(again):
        ready = search.prepare(inputs, eph, track, case.destination, t_s[again])
        new = search.find(case, t_s[again], ready)
        good[again], speed[again], burn[again] = new.feasible, new.speed_m_s, new.delta_v_m_s
        reasons[again] = new.reason
    if not good.any():
        return Sampled(len(t_s), len(t_s), str(reasons[0]), np.nan, np.nan, np.nan, np.nan)
    why = str(reasons[~good][0]) if not good.all() else ""
    return Sampled(
        len(t_s), int((~good).sum()), why, float(speed[good].min()), float(speed[good].max()),
        float(burn[good].mean()), float(burn[good].max()),
    )  # fmt: skip


def spacing_m(case: Case, inputs: DepartureInputs, found: Departures, which: int, interval_s: float) -> float:
    """Least distance between a shot and the next, aimed alike, from the second's launch to the first's arrival."""
    pick = np.full(_MOMENTS, which)
    flight = found.flight_s[which]
    ahead, behind = (found.t_s[pick] + shift for shift in (0.0, interval_s))
    # Not to the very end: there both are braked, and what was aimed at is one place.
    moments = np.linspace(interval_s, 0.98 * flight, _MOMENTS) if flight > 2 * interval_s else pick * 0.0
    ends = [_coast(case, inputs, found, pick, start, found.t_s[pick] + moments) for start in (ahead, behind)]
    return float(np.linalg.norm(ends[0] - ends[1], axis=0).min())


def _coast(
    case: Case, inputs: DepartureInputs, found: Departures, pick: Array, t_s: Array, until_s: Array
) -> Array:
    """Positions (3, n) at times of shots launched at ``t_s`` with the aim of departures ``pick``, burn included."""
    start = launch(case, t_s, Aim(found.speed_m_s[pick], found.azimuth_deg[pick]))
    if not found.burn[:, pick].any():
        return lanes.propagate(case.model, t_s, start, until_s, (), case.rtol).state[:3]
    pause = t_s + dispersion.trim_time(inputs.errors, found.flight_s[pick])
    middle = lanes.propagate(case.model, t_s, start, np.minimum(pause, until_s), (), case.rtol).state
    middle[3:] += np.where(until_s > pause, found.burn[:, pick], 0.0)
    return lanes.propagate(case.model, np.minimum(pause, until_s), middle, until_s, (), case.rtol).state[:3]


def arrival_spread_s(case: Case, inputs: DepartureInputs, found: Departures, which: int) -> float:
    """How much earlier or later than planned untrimmed shots reach a place that waits for them (1 sigma)."""
    goal, one = case.destination, np.array([which])
    if not isinstance(goal, LibrationPoint | ThreeBodyOrbit):
        return float("nan")
    end = found.t_s[one] + found.flight_s[one]
    approach = found.arrival[3:, one] - points.place_of(case.eph, goal)(end, found.phase[one])[3:]
    change = dispersion.arrival_change(case, inputs.errors, found, one)[:3, :, 0]
    late = np.einsum("a,ak->k", approach[:, 0], change) / np.einsum("an,an->n", approach, approach)[0]
    return float(np.linalg.norm(late * dispersion.sigma(inputs.errors, case.track.elevation_deg)))
