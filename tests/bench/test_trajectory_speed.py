"""Speed of the trajectory room, all in the same run: ``pytest -m bench tests/bench -s``. Printed, never asserted.

Five-day arcs in the ephemeris model: heyoka, where it is installed, is the yardstick, eight lanes side by side. Each
way flies at the cheapest of its tolerances whose median error against heyoka at machine tolerance is 5 cm or less. 512
departures share eight epochs, as those of a scan do. Then the time to aim one shot, from the guesses that the scan
gives; and a year of the departure table. Times are of the processor, the least of several.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from lunarchain.model.departure_inputs import departure_inputs, shipped_ephemeris
from lunarchain.scenario.facts import load_facts
from lunarchain.trajectory import points, search
from lunarchain.trajectory.departure_table import build_departures
from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import DAY_S, Ephemeris, tdb_seconds
from lunarchain.trajectory.inputs import DepartureInputs
from lunarchain.trajectory.plain import propagate_plain
from lunarchain.trajectory.site import launch_state

TRUTH = Path(__file__).parents[1] / "reference" / "trajectory_truth"
SPAN_S, EPOCHS, LANES, REPEATS = 5 * DAY_S, 8, 64, 25
GOOD_M = 0.05
SHOTS = 120
# Every day of the year; to libration points and orbits every third.
YEARS = (("procellarum_55w_east", "leo"), ("mare_33e_east", "eml2"), ("mare_33e_west", "nrho"))

Flight = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Speed:
    """Seconds an arc of a way to fly, its tolerance, its median error in metres, and heyoka's seconds over its own."""

    name: str
    tolerance: float
    seconds: float
    error_m: float
    ratio: float


def truth_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_truth", TRUTH / "make_truth.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_truth"] = module
    spec.loader.exec_module(module)
    return module


def heyoka_flight(eph: Ephemeris, tolerance: float, width: int) -> Flight:
    truth = truth_module()
    integrator = truth.integrator(eph, tolerance, width)

    def fly(t_s: np.ndarray, start: np.ndarray) -> np.ndarray:
        ends = [
            truth.fly(integrator, eph, t_s[k], 0.0, start[:, k : k + width], SPAN_S)
            for k in range(0, len(t_s), width)
        ]
        return np.concatenate(ends, axis=1)

    return fly


def our_flight(model: ForceModel, path: Callable[..., object], rtol: float) -> Flight:
    return lambda t_s, start: path(model, t_s, start, t_s + SPAN_S, rtol=rtol).state  # type: ignore[attr-defined]


def departures(eph: Ephemeris) -> tuple[np.ndarray, np.ndarray]:
    t_s = np.repeat(tdb_seconds("2030-01-01") + 3.3 * DAY_S * np.arange(EPOCHS), LANES)
    speed = np.tile(np.linspace(2450.0, 2650.0, LANES), EPOCHS)
    many = np.ones(len(t_s))
    return t_s, launch_state(eph, 33.0, 0.0, t_s, speed, 90.0 * many, 0.5 * many)


def seconds_each(flights: dict[str, Flight], t_s: np.ndarray, start: np.ndarray) -> dict[str, float]:
    """Least processor time an arc, the ways taking turns: a busy moment of the machine strikes all alike."""
    best = dict.fromkeys(flights, np.inf)
    for _ in range(REPEATS):
        for name, fly in flights.items():
            began = time.process_time()
            fly(t_s, start)
            best[name] = min(best[name], time.process_time() - began)
    return {name: seconds / len(t_s) for name, seconds in best.items()}


def five_day_arcs(eph: Ephemeris) -> Iterator[Speed]:
    """Every way at its cheapest tolerance that is good enough, heyoka's eight lanes first; needs heyoka."""
    model, (t_s, start) = ForceModel(eph), departures(eph)
    truth = heyoka_flight(eph, 1e-18, 8)(t_s, start)
    taylor, runge_kutta = (2e-12, 1e-12, 5e-13, 2e-13), (1e-9, 7e-10, 5e-10, 2e-10, 1e-10)
    ways: dict[str, tuple[tuple[float, ...], Callable[[float], Flight]]] = {
        "heyoka, eight lanes": (taylor, lambda tol: heyoka_flight(eph, tol, 8)),
        "heyoka, one lane": (taylor, lambda tol: heyoka_flight(eph, tol, 1)),
        "numpy batch": (runge_kutta, partial(our_flight, model, propagate_plain)),
    }
    if importlib.util.find_spec("numba") is not None:
        from lunarchain.trajectory.compiled import propagate_compiled

        ways["compiled batch"] = runge_kutta, partial(our_flight, model, propagate_compiled)
    flights: dict[str, Flight] = {}
    chosen: dict[str, tuple[float, float]] = {}
    for name, (tolerances, way) in ways.items():
        for tolerance in tolerances:
            flights[name] = way(tolerance)
            miss = float(np.median(np.linalg.norm(flights[name](t_s, start)[:3] - truth[:3], axis=0)))
            chosen[name] = tolerance, miss
            if miss <= GOOD_M:
                break
    seconds = seconds_each(flights, t_s, start)
    for name, (tolerance, miss) in chosen.items():
        yield Speed(name, tolerance, seconds[name], miss, seconds["heyoka, eight lanes"] / seconds[name])


@dataclass(frozen=True)
class Aiming:
    """What is aimed, by how many controls, seconds a shot, and shares of first guesses and of epochs that succeed."""

    name: str
    controls: int
    seconds: float
    guesses: float
    epochs: float


def targeting(eph: Ephemeris, inputs: DepartureInputs) -> Iterator[Aiming]:
    """Newton under the full force model from the scan's first guesses, every twelve hours of two months."""
    t_s = tdb_seconds("2030-01-01") + np.arange(SHOTS) * 0.5 * DAY_S
    west = inputs.track("procellarum_55w_east")
    for name, mode, controls in (("leo", "aerobrake", 1), ("sso", "propulsive", 2)):
        goal = replace(inputs.destination(name), local_times_h=())
        case = search.case_for(inputs, eph, west, goal, mode)
        ready = search.prepare(inputs, eph, west, goal, t_s)
        found, seconds = _timed(lambda case=case, ready=ready: search.find(case, t_s, ready))
        share = float(found.feasible.mean())
        yield Aiming(f"{name} by {mode}", controls, seconds / SHOTS, share, share)
    for track, name in (("mare_33e_east", "eml2"), ("mare_33e_west", "eml2"), ("mare_33e_west", "dro")):
        yield _moving_place(eph, inputs, track, name, t_s)


def _moving_place(eph: Ephemeris, inputs: DepartureInputs, track: str, name: str, t_s: np.ndarray) -> Aiming:
    goal = inputs.destination(name)
    case = search.case_for(inputs, eph, inputs.track(track), goal, "catcher")
    good, tried, spent, met = 0, 0, 0.0, np.zeros(len(t_s), dtype=bool)
    for guess in points.first_guesses(case, t_s):
        some = np.flatnonzero(np.isfinite(guess[0]))
        found, seconds = _timed(
            lambda guess=guess, some=some: points.refine_place(case, goal, t_s[some], guess[:, some])
        )
        good, tried, spent = good + int(found.feasible.sum()), tried + len(some), spent + seconds
        met[some] |= found.feasible
    controls = 3 if name == "eml2" else 4
    return Aiming(f"{name} from {track}", controls, spent / tried, good / tried, float(met.mean()))


def _timed(work: Callable[[], search.Departures]) -> tuple[search.Departures, float]:
    work()
    began = time.process_time()
    found = work()
    return found, time.process_time() - began


def year_of_table(eph: Ephemeris, inputs: DepartureInputs, track: str, name: str) -> float:
    """Processor seconds for a year of days of one site and direction: every mode of a destination."""
    year = replace(
        inputs.sample, months=12, window_months=12, from_s=float(tdb_seconds("2030-01-01")[0]),
        until_s=float(tdb_seconds("2031-01-01")[0]),
    )  # fmt: skip
    some = replace(inputs, sample=year, destinations=(inputs.destination(name),))
    began = time.process_time()
    build_departures(some, eph, tracks=(track,))
    return time.process_time() - began


@pytest.mark.bench
def test_five_day_arcs() -> None:
    pytest.importorskip("heyoka")
    for way in five_day_arcs(shipped_ephemeris()):
        print(
            f"{way.name:20s} {way.tolerance:.0e} {way.seconds * 1e6:8.1f} us an arc, median error {way.error_m:.1e} m, "
            f"{way.ratio:6.2f} x heyoka"
        )
        assert way.error_m <= GOOD_M


@pytest.mark.bench
def test_targeting() -> None:
    for aim in targeting(shipped_ephemeris(), departure_inputs(load_facts())):
        print(
            f"{aim.name:28s} {aim.controls} controls {aim.seconds * 1e3:6.2f} ms a shot, "
            f"{aim.guesses:.0%} of guesses, {aim.epochs:.0%} of epochs"
        )
        assert aim.epochs > 0.9


@pytest.mark.bench
def test_a_year_of_the_table() -> None:
    inputs = departure_inputs(load_facts())
    for track, name in YEARS:
        seconds = year_of_table(shipped_ephemeris(), inputs, track, name)
        print(f"a year from {track} to {name}, every mode: {seconds:.1f} s")
        assert seconds > 0.0
