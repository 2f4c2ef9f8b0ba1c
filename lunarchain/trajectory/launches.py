"""A sample of a departure's launches, each aimed anew at its own moment, and how shots follow one another.

A plan at terawatt scale holds millions of shots a year. Every distinct departure is flown exactly; of the launches in
between, a seeded sample is drawn evenly from the hours the way is open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from lunarchain.trajectory import dispersion, lanes, points, search
from lunarchain.trajectory.departure_table import open_hours
from lunarchain.trajectory.ephemeris import Array, Flags, Index
from lunarchain.trajectory.inputs import DepartureInputs, LibrationPoint, ThreeBodyOrbit
from lunarchain.trajectory.shots import Aim, Case, launch
from lunarchain.trajectory.solution import Departures

_HOUR_S = 3600.0
_CONFIDENCE = 0.95
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

    @property
    def lost_at_most(self) -> float:
        """The share of all launches that find none, at most, at 95 % confidence (Clopper and Pearson 1934)."""
        if self.failed == self.launches:
            return 1.0
        return float(beta.ppf(_CONFIDENCE, self.failed + 1, self.launches - self.failed))


@dataclass(frozen=True)
class Launches:
    """Launches flown, in the order drawn: whether each found a departure, its speed, its delta-v, or the reason."""

    found: Flags
    speed_m_s: Array
    delta_v_m_s: Array
    reason: NDArray[np.object_]

    def summary(self, count: int) -> Sampled:
        """What the first ``count`` of them say."""
        good = self.found[:count]
        drawn, lost = len(good), int((~good).sum())
        why = str(self.reason[:count][~good][0]) if lost else ""
        if drawn == lost:
            return Sampled(drawn, lost, why, np.nan, np.nan, np.nan, np.nan)
        speed, burn = self.speed_m_s[:count][good], self.delta_v_m_s[:count][good]
        return Sampled(
            drawn, lost, why, float(speed.min()), float(speed.max()), float(burn.mean()), float(burn.max())
        )


def sample_epochs(case: Case, months: Array, found: Departures, drawn: slice, seed: int) -> Array:
    """Launch times number ``drawn`` of an endless seeded draw from the open hours of the flown months."""
    step = months[0, 1] - months[0, 0]
    hours = []
    for number, month in enumerate(months):
        part = slice(number * months.shape[1], (number + 1) * months.shape[1])
        fine = np.arange(month[0], month[-1] + step / 2, _HOUR_S)
        hours.append(fine[open_hours(case.destination, month, found, part, fine)])
    every = np.concatenate(hours)
    if not len(every):
        return every
    # Two numbers a launch, so that a longer draw begins like a shorter one.
    share, shift = np.random.default_rng(seed).random((drawn.stop, 2))[drawn].T
    picked: Array = every[(share * len(every)).astype(np.intp)]
    return np.minimum(picked + (shift - 0.5) * _HOUR_S, case.eph.last_s)


def fly_sample(
    case: Case, inputs: DepartureInputs, months: Array, found: Departures, count: int, seed: int,
    before: Launches | None = None,
) -> Launches:  # fmt: skip
    """Aim ``count`` launches anew, each from the nearest exact departure; what fails is searched from scratch.

    Those of ``before``, drawn of the same departures with the same seed, are not flown again.
    """
    flown = len(before.found) if before else 0
    if before is not None and flown >= count:
        return before
    t_s = sample_epochs(case, months, found, slice(flown, count), seed)
    known = np.flatnonzero(np.isfinite(found.speed_m_s))
    if not len(t_s) or not len(known):
        nothing = np.empty(0)
        return Launches(nothing.astype(bool), nothing, nothing, nothing.astype(object))
    new = _aimed(case, inputs, t_s, found.take(known[_nearest(found.t_s[known], t_s)]))
    return new if before is None else _joined(before, new)


def _nearest(known_s: Array, t_s: Array) -> Index:
    """Which of some times is nearest to each of others."""
    return np.asarray(np.abs(known_s[None] - t_s[:, None]).argmin(axis=1), dtype=np.intp)


def _aimed(case: Case, inputs: DepartureInputs, t_s: Array, near: Departures) -> Launches:
    flown = search.refine(case, t_s, near)
    speed, burn, reasons = flown.speed_m_s.copy(), flown.delta_v_m_s.copy(), flown.reason.copy()
    good = flown.feasible.copy()
    again = np.flatnonzero(~good)
    if len(again):
        ready = search.prepare(inputs, case.eph, case.track, case.destination, t_s[again])
        new = search.find(case, t_s[again], ready)
        good[again], speed[again], burn[again] = new.feasible, new.speed_m_s, new.delta_v_m_s
        reasons[again] = new.reason
    return Launches(good, speed, burn, reasons)


def _joined(first: Launches, second: Launches) -> Launches:
    return Launches(
        np.concatenate([first.found, second.found]),
        np.concatenate([first.speed_m_s, second.speed_m_s]),
        np.concatenate([first.delta_v_m_s, second.delta_v_m_s]),
        np.concatenate([first.reason, second.reason]),
    )


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
