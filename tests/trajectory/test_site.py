"""Launch states and what the site sees."""

from __future__ import annotations

import numpy as np
import pytest

from lunarchain.errors import InputError
from lunarchain.trajectory import site
from lunarchain.trajectory.ephemeris import DAY_S, Ephemeris, tdb_seconds


def test_a_shot_leaves_from_the_surface_in_its_direction(eph: Ephemeris) -> None:
    t_s = tdb_seconds("2033-03-03")
    still = site.launch_state(eph, 20.0, 10.0, t_s, np.zeros(1), np.zeros(1), np.zeros(1))
    north = site.launch_state(eph, 20.0, 10.0, t_s, np.array([2000.0]), np.zeros(1), np.zeros(1))
    assert np.linalg.norm(still[:3] - eph.moon.value(t_s)) == pytest.approx(eph.moon_radius, abs=1e-3)
    # The ground itself moves at the Moon's equatorial speed of 4.62 m/s (one turn in 27.32 days) times cos(latitude).
    assert np.linalg.norm(still[3:] - eph.moon.rate(t_s)) == pytest.approx(
        4.62 * np.cos(np.radians(10.0)), rel=0.02
    )
    push = (north - still)[3:, 0]
    further = site.launch_state(eph, 20.0, 10.1, t_s, np.zeros(1), np.zeros(1), np.zeros(1))
    toward = (further - still)[:3, 0]
    assert np.dot(push, toward) / np.linalg.norm(push) / np.linalg.norm(toward) == pytest.approx(
        1.0, abs=1e-5
    )


def test_the_ground_is_carried_along(eph: Ephemeris) -> None:
    t_s = tdb_seconds("2041-07-01")
    zero = np.zeros(1)
    before, now, after = (
        site.launch_state(eph, 120.0, -40.0, t_s + d, zero, zero, zero) for d in (-50.0, 0.0, 50.0)
    )
    assert (after - before)[:3, 0] / 100.0 == pytest.approx(now[3:, 0], abs=1e-3)


def test_half_the_time_is_day_on_the_equator(eph: Ephemeris) -> None:
    t_s = np.arange(eph.first_s, eph.first_s + 20 * 29.530589 * DAY_S, 3600.0 * 6)
    height = site.sun_elevation_deg(eph, -55.0, 0.0, t_s)
    assert np.mean(height > 0.0) == pytest.approx(0.5, abs=0.01)
    assert height.max() > 85.0


def test_the_sun_stays_low_at_the_pole(eph: Ephemeris) -> None:
    # The Moon's equator is tilted 1.54 degrees to the ecliptic.
    t_s = np.arange(eph.first_s, eph.first_s + 365 * DAY_S, DAY_S)
    assert np.abs(site.sun_elevation_deg(eph, 0.0, -90.0, t_s)).max() == pytest.approx(1.54, abs=0.06)


@pytest.mark.parametrize(("longitude", "latitude"), [(400.0, 0.0), (0.0, 91.0), (float("nan"), 0.0)])
def test_a_place_on_no_body_is_refused(longitude: float, latitude: float) -> None:
    with pytest.raises(InputError, match="degree"):
        site.check_site(longitude, latitude)
