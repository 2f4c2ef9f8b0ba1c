"""Service of a launcher: shared tracks, windows, wear, steering, and where failed shots come down."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lunarchain.driver import operations
from lunarchain.driver.kinematics import sleds_in_circulation

GM_M3_S2, RADIUS_M = 4.9028e12, 1.7374e6


def flown_range_m(speed_m_s: float, elevation_rad: float) -> float:
    """Surface distance to impact of an integrated two-body arc."""

    def motion(_: float, state: np.ndarray) -> np.ndarray:
        pull = -GM_M3_S2 * state[:2] / np.hypot(*state[:2]) ** 3
        return np.concatenate([state[2:], pull])

    def ground(_: float, state: np.ndarray) -> float:
        return float(np.hypot(*state[:2])) - RADIUS_M

    ground.terminal = True  # type: ignore[attr-defined]
    ground.direction = -1  # type: ignore[attr-defined]
    start = [RADIUS_M + 1e-3, 0, speed_m_s * math.sin(elevation_rad), speed_m_s * math.cos(elevation_rad)]
    arc = solve_ivp(motion, (0, 1e6), start, method="DOP853", rtol=1e-10, atol=1e-3, events=ground)
    x, y = arc.y_events[0][0][:2]
    return math.atan2(y, x) % (2 * math.pi) * RADIUS_M


FAILED = [(300, 45), (900, 20), (1500, 5), (1600, 60), (2000, 30)]


@pytest.mark.parametrize(("speed_m_s", "elevation_deg"), FAILED)
def test_failed_shots_come_down_where_an_integrated_arc_does(speed_m_s: float, elevation_deg: float) -> None:
    elevation = math.radians(elevation_deg)
    ours = operations.impact_range_m(speed_m_s, elevation, GM_M3_S2, RADIUS_M)
    assert ours == pytest.approx(flown_range_m(speed_m_s, elevation), rel=1e-5)


def test_level_shots_fall_at_once_or_come_back_or_escape() -> None:
    around = 2 * math.pi * RADIUS_M
    assert operations.impact_range_m(1600, 0, GM_M3_S2, RADIUS_M) == 0
    assert operations.impact_range_m(1800, 0, GM_M3_S2, RADIUS_M) == pytest.approx(around)
    assert operations.impact_range_m(2400, 0, GM_M3_S2, RADIUS_M) == math.inf


def test_interval_and_throughput_invert_each_other() -> None:
    interval_s = operations.interval_for_s(730, 0.4, 0.6, 0.3)
    assert operations.throughput_kt_per_yr(0.4, interval_s, 0.6, 0.3) == pytest.approx(730)


def test_destinations_share_one_track() -> None:
    """Two destinations at 2 s and 3 s: 7 of 0.7 · 31.5576 million seconds are taken."""
    share = operations.track_time_used([2e6, 1e6], [2, 3], availability=0.7)
    assert share == pytest.approx(7 / (0.7 * 31.5576))


def test_wear_and_steering() -> None:
    assert operations.worn_share_per_yr(1.2e7, 1e8) == pytest.approx(0.12)
    turn_m = operations.azimuth_yard_m(2500, 147.1, math.radians(10))
    assert turn_m == pytest.approx(42488 * 0.174533, rel=1e-4)


@pytest.mark.parametrize(("cycle_s", "interval_s", "sleds"), [(10, 3, 4), (9, 3, 3), (0.5, 3, 1)])
def test_sleds_in_circulation(cycle_s: float, interval_s: float, sleds: int) -> None:
    assert sleds_in_circulation(cycle_s, interval_s) == sleds
