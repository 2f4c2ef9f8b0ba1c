"""Speed of five-day arcs in the ephemeris model, all in the same run: ``pytest -m bench tests/bench -s``.

heyoka at its cheapest accurate setting (tolerance 1e-12) is the yardstick where it is installed: one lane at a time,
and eight side by side. 512 departures share eight epochs, as those of a scan do. Times are the least of several, in
processor seconds; ratios are printed, never asserted, errors are against heyoka at machine tolerance.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from lunarchain.model.departure_inputs import shipped_ephemeris
from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import DAY_S, Ephemeris, tdb_seconds
from lunarchain.trajectory.plain import propagate_plain
from lunarchain.trajectory.proof import fly_reference
from lunarchain.trajectory.site import launch_state

TRUTH = Path(__file__).parents[1] / "reference" / "trajectory_truth"
SPAN_S, EPOCHS, LANES, REPEATS = 5 * DAY_S, 8, 64, 5

Flight = Callable[[np.ndarray, np.ndarray], np.ndarray]


def truth_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_truth", TRUTH / "make_truth.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_truth"] = module
    spec.loader.exec_module(module)
    return module


def heyoka_flights(eph: Ephemeris) -> dict[str, Flight]:
    truth = truth_module()

    def fly(integrator: object, width: int, t_s: np.ndarray, start: np.ndarray) -> np.ndarray:
        ends = [
            truth.fly(integrator, eph, t_s[k], 0.0, start[:, k : k + width], SPAN_S)
            for k in range(0, len(t_s), width)
        ]
        return np.concatenate(ends, axis=1)

    return {
        "heyoka, eight lanes": partial(fly, truth.integrator(eph, 1e-12, 8), 8),
        "heyoka, one lane": partial(fly, truth.integrator(eph, 1e-12, 1), 1),
        "truth": partial(fly, truth.integrator(eph, 1e-18, 8), 8),
    }


def departures(eph: Ephemeris) -> tuple[np.ndarray, np.ndarray]:
    t_s = np.repeat(tdb_seconds("2030-01-01") + 3.3 * DAY_S * np.arange(EPOCHS), LANES)
    speed = np.tile(np.linspace(2450.0, 2650.0, LANES), EPOCHS)
    many = np.ones(len(t_s))
    return t_s, launch_state(eph, 33.0, 0.0, t_s, speed, 90.0 * many, 0.5 * many)


def seconds_each(fly: Flight, t_s: np.ndarray, start: np.ndarray) -> float:
    best = np.inf
    for _ in range(REPEATS):
        began = time.process_time()
        fly(t_s, start)
        best = min(best, time.process_time() - began)
    return best / len(t_s)


@pytest.mark.bench
def test_five_day_arcs() -> None:
    pytest.importorskip("heyoka")
    eph = shipped_ephemeris()
    model, (t_s, start) = ForceModel(eph), departures(eph)
    ways = heyoka_flights(eph)
    truth = ways.pop("truth")(t_s, start)
    paths = {"numpy batch": propagate_plain}
    if importlib.util.find_spec("numba") is not None:
        from lunarchain.trajectory.compiled import propagate_compiled

        paths["compiled batch"] = propagate_compiled
    for name, path in paths.items():
        for rtol in (1e-9, 1e-10, 1e-11):
            ways[f"{name}, {rtol:.0e}"] = lambda t, y, path=path, rtol=rtol: (
                path(model, t, y, t + SPAN_S, rtol=rtol).state
            )
    ways["scipy, all lanes at once, 1e-12"] = lambda t, y: fly_reference(model, t, y, np.full(len(t), SPAN_S))
    yardstick = 0.0
    for name, fly in ways.items():
        miss = np.median(np.linalg.norm(fly(t_s, start)[:3] - truth[:3], axis=0))
        each = seconds_each(fly, t_s, start)
        yardstick = yardstick or each
        print(
            f"{name:32s} {each * 1e6:8.1f} us an arc, median error {miss:.1e} m, {yardstick / each:6.2f} x heyoka"
        )
        assert miss < 1.0
