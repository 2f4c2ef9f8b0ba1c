"""Speed of a 5-day arc in the ephemeris model, all in the same run: ``pytest -m bench tests/bench -s``.

heyoka (scalar, tolerance 1e-12) is the yardstick where it is installed. Ratios are printed, never asserted.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lunarchain.model.departure_inputs import shipped_ephemeris
from lunarchain.trajectory import lanes
from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import DAY_S
from lunarchain.trajectory.proof import fly_reference

TRUTH = Path(__file__).parents[1] / "reference" / "trajectory_truth"
SPAN_S = 5 * DAY_S
COPIES = 20

Flight = Callable[[np.ndarray, np.ndarray], np.ndarray]


def heyoka_flight() -> Flight | None:
    if importlib.util.find_spec("heyoka") is None:
        return None
    spec = importlib.util.spec_from_file_location("make_truth", TRUTH / "make_truth.py")
    assert spec is not None and spec.loader is not None
    truth = importlib.util.module_from_spec(spec)
    sys.modules["make_truth"] = truth
    spec.loader.exec_module(truth)
    eph = shipped_ephemeris()
    equations, parameters = truth.system(eph)
    integrator = truth.hy.taylor_adaptive(equations, [1.0] * 6, tol=1e-12, pars=[0.0] * parameters)

    def fly(t_s: np.ndarray, start: np.ndarray) -> np.ndarray:
        return np.stack(
            [truth.fly(integrator, eph, t, 0.0, y, SPAN_S) for t, y in zip(t_s, start.T, strict=True)], 1
        )

    return fly


@pytest.mark.bench
def test_five_day_arcs() -> None:
    table, model = pd.read_csv(TRUTH / "departures.csv"), ForceModel(shipped_ephemeris())
    axes = ("x", "y", "z", "vx", "vy", "vz")
    start, end = (np.stack([table[f"{axis}_{day}"] for axis in axes]) for day in (0, 5))
    t_s = table["t_s"].to_numpy()
    many_t, many = np.tile(t_s, COPIES), np.tile(start, COPIES)
    ways: dict[str, tuple[Flight, bool]] = {
        "numpy batch, rtol 1e-10": (
            lambda t, y: lanes.propagate_plain(model, t, y, t + SPAN_S, rtol=1e-10).state,
            True,
        ),
        "scipy, all lanes at once, 1e-12": (
            lambda t, y: fly_reference(model, t, y, np.full(len(t), SPAN_S)),
            False,
        ),
    }
    if importlib.util.find_spec("numba") is not None:
        ways["compiled, rtol 1e-10"] = (
            lambda t, y: lanes._compiled(model, t, y, t + SPAN_S, (), 1e-10, None).state,
            True,
        )
    yardstick = heyoka_flight()
    if yardstick is not None:
        ways["heyoka scalar, 1e-12"] = (yardstick, False)
    for name, (fly, wide) in ways.items():
        miss = np.linalg.norm(fly(t_s, start)[:3] - end[:3], axis=0)
        began = time.process_time()
        fly(many_t, many) if wide else fly(t_s, start)
        each = (time.process_time() - began) / (len(many_t) if wide else len(t_s))
        print(f"{name:34s} {each * 1e6:9.0f} us per arc, median error {np.median(miss):.1e} m")
        assert np.median(miss) < 1.0
