"""Published trajectory figures: libration points, closed orbits, thresholds, the achromatic shot, an independent
integrator."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from lunarchain.model.departure_inputs import shipped_ephemeris
from lunarchain.scenario.facts import Facts, load_facts
from lunarchain.trajectory import cr3bp
from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import DAY_S
from lunarchain.trajectory.plain import propagate_plain
from lunarchain.trajectory.proof import fly_reference

MOON_RADIUS_KM = 1737.4


@pytest.fixture(scope="module")
def facts() -> Facts:
    return load_facts()


@pytest.fixture(scope="module")
def mu(facts: Facts) -> float:
    return facts["test_vectors.cr3bp_mu"].value


@pytest.fixture(scope="module")
def speed_unit(facts: Facts) -> float:
    return facts["test_vectors.cr3bp_LU"].value / facts["test_vectors.cr3bp_TU"].value


@pytest.mark.parametrize("number", [1, 2, 3])
def test_libration_points(facts: Facts, mu: float, number: int) -> None:
    published = facts[f"test_vectors.cr3bp_L{number}"].value
    assert cr3bp.collinear_point(mu, number) == pytest.approx(published, abs=1e-12)


@pytest.mark.parametrize(
    ("point", "published"), [(1, 3.1883411177), (2, 3.1721604610), (3, 3.0121471507), (4, 2.9879970511)]
)
def test_jacobi_constants(mu: float, point: int, published: float) -> None:
    x, y = (0.5 - mu, np.sqrt(3) / 2) if point == 4 else (cr3bp.collinear_point(mu, point), 0.0)
    assert cr3bp.jacobi(np.array([x, y, 0, 0, 0, 0]), mu) == pytest.approx(published, abs=1e-9)


ORBITS = {
    "southern L2 halo": (
        (1.0809931218390707, -0.20235953267405354, -0.19895001215078018),
        2.3538670417546639,
    ),
    "NRHO 9:2": ((1.021325, -0.181619, -0.101736), 1.5),
    "DRO 30,000 km": ((0.9108677653, 0.0, 0.4873208220), 1.06846535),
    "DRO 50,000 km": ((0.8595466658, 0.0, 0.4742278744), 2.09815416),
    "DRO 70,000 km": ((0.8082255664, 0.0, 0.5164575170), 3.15564345),
    "L1 Lyapunov": ((0.8169151258, 0.0, 0.1965748569), 2.82724973),
    "L2 Lyapunov": ((1.1156821654, 0.0, 0.1983368649), 3.42722475),
}


def in_legs(state: np.ndarray, duration: float, mu: float, legs: int = 16) -> np.ndarray:
    """States at the ends of equal legs: integrated, not interpolated, so that the drift is the integrator's own."""
    path = [state]
    for _ in range(legs):
        path.append(cr3bp.fly(path[-1], duration / legs, mu, 1e-13)[:, -1])
    return np.array(path).T


@pytest.mark.parametrize("name", ORBITS)
def test_closed_orbits_close(mu: float, name: str) -> None:
    start, period = ORBITS[name]
    state, exact = cr3bp.close_orbit(start, period, mu)
    assert np.abs(state[[0, 2, 4]] - start).max() < 1e-4  # still the published orbit
    assert exact == pytest.approx(period, rel=2e-3)
    path = in_legs(state, exact, mu)
    assert np.abs(path[:, -1] - path[:, 0]).max() < 1e-9
    assert np.ptp(cr3bp.jacobi(path, mu)) < 1e-12


@pytest.mark.parametrize(
    ("name", "published", "digits"),
    [
        ("southern L2 halo", 3.0152142709, 1e-9),
        ("NRHO 9:2", 3.04719, 5e-6),
        ("DRO 70,000 km", 2.93007351, 1e-8),
    ],
)
def test_jacobi_of_the_closed_orbits(mu: float, name: str, published: float, digits: float) -> None:
    state, _ = cr3bp.close_orbit(*ORBITS[name], mu)
    assert cr3bp.jacobi(state, mu) == pytest.approx(published, abs=digits)


def test_arenstorf_orbit_closes() -> None:
    # Hairer, Norsett & Wanner, Solving Ordinary Differential Equations I, section II.0.
    mu, state = 0.012277471, np.array([0.994, 0.0, 0.0, 0.0, -2.00158510637908252240537862224, 0.0])
    path = in_legs(state, 17.0652165601579625588917206249, mu)
    assert np.abs(path[:, -1] - path[:, 0]).max() < 1e-9
    assert np.ptp(cr3bp.jacobi(path, mu)) < 1e-12


def test_the_achromatic_shot_is_found(facts: Facts, mu: float, speed_unit: float) -> None:
    # Heppenheimer 1977; published 33.03 E (33.10 E in print), 2.3423 km/s, 1.871 d, arrival 266.6 m/s.
    length, time = facts["test_vectors.cr3bp_LU"].value, facts["test_vectors.cr3bp_TU"].value
    guess = (np.radians(30.0), 2.35 / speed_unit, 1.8 * DAY_S / time)
    longitude, speed, flight, arrival = cr3bp.achromatic_shot(mu, MOON_RADIUS_KM / length, guess)
    assert np.degrees(longitude) == pytest.approx(33.0306, abs=1e-3)
    assert speed * speed_unit == pytest.approx(2.342329, abs=1e-5)
    assert flight * time / DAY_S == pytest.approx(1.8709, abs=1e-4)
    assert arrival * speed_unit * 1e3 == pytest.approx(266.56, abs=0.02)


@pytest.mark.parametrize(("point", "published_m_s"), [(1, 2323.5), (2, 2327.1), (3, 2362.4)])
def test_necks_open_at_the_published_speeds(
    facts: Facts, mu: float, speed_unit: float, point: int, published_m_s: float
) -> None:
    radius = MOON_RADIUS_KM / facts["test_vectors.cr3bp_LU"].value
    lowest = min(cr3bp.neck_speed(mu, radius, point, angle) for angle in np.linspace(0, 2 * np.pi, 73))
    assert lowest * speed_unit * 1e3 == pytest.approx(published_m_s, abs=0.06)


def test_surface_escape_speed() -> None:
    eph = shipped_ephemeris()
    assert np.sqrt(2 * eph.gm_moon / eph.moon_radius) == pytest.approx(2375.7, abs=0.05)
    assert np.sqrt(eph.gm_moon / eph.moon_radius) == pytest.approx(1679.9, abs=0.05)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).parent / "trajectory_truth" / "departures.csv")


def states(truth: pd.DataFrame, day: int) -> np.ndarray:
    return np.stack([truth[f"{axis}_{day}"] for axis in ("x", "y", "z", "vx", "vy", "vz")])


@pytest.mark.parametrize(("day", "allowed_m"), [(5, 0.1), (30, 1.0)])
def test_batch_path_against_an_independent_integrator(
    truth: pd.DataFrame, day: int, allowed_m: float
) -> None:
    model, t_s = ForceModel(shipped_ephemeris()), truth["t_s"].to_numpy()
    flown = propagate_plain(model, t_s, states(truth, 0), t_s + day * DAY_S, rtol=1e-11).state
    miss = np.linalg.norm(flown[:3] - states(truth, day)[:3], axis=0)
    assert np.quantile(miss, 0.9) <= allowed_m


def test_reference_path_against_an_independent_integrator(truth: pd.DataFrame) -> None:
    model, t_s = ForceModel(shipped_ephemeris()), truth["t_s"].to_numpy()
    flown = fly_reference(model, t_s, states(truth, 0), np.full(len(t_s), 5 * DAY_S))
    miss = np.linalg.norm(flown[:3] - states(truth, 5)[:3], axis=0)
    assert np.quantile(miss, 0.9) <= 0.01


@pytest.mark.slow
def test_orekit_agrees_with_points_and_with_every_force() -> None:
    """The rows of docs/accuracy.md: Orekit's own forces, integrator and reader of DE440, to its targets."""
    rows = list(accuracy_script().orekit_rows(shipped_ephemeris()))
    assert len(rows) == 4
    assert [row.measured for row in rows if not row.met] == []


def accuracy_script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "measure_accuracy.py"
    spec = importlib.util.spec_from_file_location("measure_accuracy", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["measure_accuracy"] = module
    spec.loader.exec_module(module)
    return module
