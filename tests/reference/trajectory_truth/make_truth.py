"""Make ``departures.csv``: end states of random departures by heyoka's Taylor integrator at machine tolerance.

Run with ``pip install heyoka``: ``python tests/reference/trajectory_truth/make_truth.py``. The forces are the
point masses of Earth, Moon and Sun; the ephemeris granules go in as parameters and the integration restarts at
every granule edge, so no series is used outside its span. Time counts from each launch, as the seconds since
2000 would be rounded to 2e-7 s. Only shots that stay clear of the Moon are kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import heyoka as hy
import numpy as np
import pandas as pd

from lunarchain.model.departure_inputs import shipped_ephemeris
from lunarchain.trajectory.ephemeris import DAY_S, Ephemeris, Series
from lunarchain.trajectory.site import launch_state

COUNT, SEED, TOLERANCE = 30, 20300101, 1e-18
SPANS_D = (5, 30)
CLEAR_M = 2.5e6


def chebyshev_sum(first: int, orders: int, tau: hy.expression) -> hy.expression:
    """Clenshaw's rule on parameters ``first`` .. ``first + orders``."""
    one, two = hy.expression(0.0), hy.expression(0.0)
    for k in range(orders - 1, 0, -1):
        one, two = 2.0 * tau * one - two + hy.par[first + k], one
    return tau * one - two + hy.par[first]


def system(eph: Ephemeris) -> tuple[list[tuple[hy.expression, hy.expression]], int]:
    """Geocentric equations of motion in metres and seconds; parameters: Moon 3 x n, Sun 3 x n, two starts."""
    x, y, z, vx, vy, vz = hy.make_vars("x", "y", "z", "vx", "vy", "vz")
    orders = eph.moon.coefficients.shape[1]
    starts = 6 * orders
    tau_moon = 2.0 * (hy.time - hy.par[starts]) / eph.moon.granule_s - 1.0
    tau_sun = 2.0 * (hy.time - hy.par[starts + 1]) / eph.sun_from_barycentre.granule_s - 1.0
    share = eph.gm_moon / (eph.gm_earth + eph.gm_moon)
    moon = [chebyshev_sum(axis * orders, orders, tau_moon) for axis in range(3)]
    sun = [chebyshev_sum((3 + axis) * orders, orders, tau_sun) + share * moon[axis] for axis in range(3)]
    place = [x, y, z]
    pull = [-eph.gm_earth * c / hy.sum([p * p for p in place]) ** 1.5 for c in place]
    for gm, body in ((eph.gm_moon, moon), (eph.gm_sun, sun)):
        off = [b - p for b, p in zip(body, place, strict=True)]
        gap, far = hy.sum([o * o for o in off]) ** -1.5, hy.sum([b * b for b in body]) ** -1.5
        pull = [a + gm * (o * gap - b * far) for a, o, b in zip(pull, off, body, strict=True)]
    return list(zip([x, y, z, vx, vy, vz], [vx, vy, vz, *pull], strict=True)), starts + 2


def granule(series: Series, t_s: float) -> tuple[int, float, float]:
    """Index, start and end of the granule that holds ``t_s``."""
    index = int((t_s - series.start_s) // series.granule_s)
    start = series.start_s + index * series.granule_s
    return index, start, start + series.granule_s


def integrator(eph: Ephemeris, tolerance: float, width: int = 1) -> Any:
    """heyoka's integrator of one state (6,), or of ``width`` states (6, width) side by side."""
    equations, parameters = system(eph)
    if width == 1:
        return hy.taylor_adaptive(equations, [1.0] * 6, tol=tolerance, pars=[0.0] * parameters)
    return hy.taylor_adaptive_batch(
        equations, np.ones((6, width)), tol=tolerance, pars=np.zeros((parameters, width))
    )


def fly(
    machine: Any, eph: Ephemeris, epoch_s: float, after_s: float, state: np.ndarray, until_s: float
) -> np.ndarray:
    """Propagate granule by granule from ``after_s`` to ``until_s``, both counted from the epoch.

    States are (6,), or (6, width) of lanes that share the epoch.
    """
    wide = machine.state.ndim == 2
    if wide:
        machine.set_time(after_s)
        machine.state[:] = state
    else:
        machine.time, machine.state[:] = after_s, np.reshape(state, 6)
    reached = after_s
    while reached < until_s:
        now = epoch_s + reached + 1e-3
        edges = []
        for place, (series, slot) in enumerate(((eph.moon, 0), (eph.sun_from_barycentre, 1))):
            index, start, end = granule(series, now)
            orders = series.coefficients.shape[1]
            row = series.coefficients[index].T.ravel()
            machine.pars[3 * orders * place : 3 * orders * (place + 1)] = row[:, None] if wide else row
            machine.pars[6 * orders + slot] = start - epoch_s
            edges.append(end - epoch_s)
        reached = min(*edges, until_s)
        machine.propagate_until(reached)
    return np.array(machine.state).reshape(np.shape(state))


def main() -> None:
    """Draw departures, fly them, keep those that stay away from the Moon."""
    eph, rng = shipped_ephemeris(), np.random.default_rng(SEED)
    machine = integrator(eph, TOLERANCE)
    rows: list[list[float]] = []
    while len(rows) < COUNT:
        t_s = rng.uniform(eph.first_s, eph.last_s - 60 * DAY_S)
        lon, lat = rng.uniform(-180, 180), np.degrees(np.arcsin(rng.uniform(-1, 1)))
        speed, azimuth = rng.uniform(2380, 2780), rng.uniform(0, 360)
        start = launch_state(
            eph, lon, lat, np.array([t_s]), np.array([speed]), np.array([azimuth]), np.array([0.5])
        )
        state, ends, clear = start[:, 0], [], True
        for day in np.arange(0.5, max(SPANS_D) + 0.25, 0.5):
            state = fly(machine, eph, t_s, (day - 0.5) * DAY_S, state, day * DAY_S)
            gap = np.linalg.norm(state[:3] - eph.moon.value(np.array([t_s + day * DAY_S]))[:, 0])
            clear &= bool(gap > CLEAR_M)
            if day in SPANS_D:
                ends.append(state.copy())
        if clear:
            rows.append([t_s, *start[:, 0], *ends[0], *ends[1]])
    axes = ("x", "y", "z", "vx", "vy", "vz")
    names = ["t_s"] + [f"{axis}_{span}" for span in ("0", *map(str, SPANS_D)) for axis in axes]
    out = Path(__file__).with_name("departures.csv")
    pd.DataFrame(rows, columns=names).to_csv(out, index=False, float_format="%.17g")
    print(f"{out}: {len(rows)} departures, heyoka {hy.__version__}")


if __name__ == "__main__":
    main()
