"""Failed shots: shares by what becomes of them, against shots drawn at random along a track."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lunarchain.driver import operations
from lunarchain.driver.failures import failed_shots

GM_M3_S2, RADIUS_M = 4.9028e12, 1.7374e6


@pytest.mark.parametrize("exit_speed_m_s", [2340.0, 2500.0, 2900.0])
def test_shares_and_distances_are_those_of_shots_failing_anywhere(exit_speed_m_s: float) -> None:
    elevation = math.radians(0.5)
    fate = failed_shots(exit_speed_m_s, elevation, GM_M3_S2, RADIUS_M)
    length_m, acceleration = 1000.0, exit_speed_m_s**2 / 2000
    passed_m = np.random.default_rng(7).uniform(0, length_m, 40_000)
    speeds = np.sqrt(2 * acceleration * passed_m)
    energy = speeds**2 / 2 - GM_M3_S2 / RADIUS_M
    circular = math.sqrt(GM_M3_S2 / RADIUS_M)
    assert fate.escaped_share == pytest.approx((energy > 0).mean(), abs=0.01)
    assert fate.fallen_share == pytest.approx((speeds < circular).mean(), abs=0.01)
    assert fate.returned_share == pytest.approx(((energy <= 0) & (speeds >= circular)).mean(), abs=0.01)
    ranges = [operations.impact_range_m(v, elevation, GM_M3_S2, RADIUS_M) for v in speeds[speeds < circular][:4000]]
    assert fate.median_m == pytest.approx(np.median(ranges), rel=0.1)
    assert fate.far_m == pytest.approx(np.quantile(ranges, 0.9), rel=0.1)


@given(st.floats(1700, 4000), st.floats(0.0005, 0.05))
def test_every_failed_shot_goes_one_way(exit_speed_m_s: float, elevation_rad: float) -> None:
    fate = failed_shots(exit_speed_m_s, elevation_rad, GM_M3_S2, RADIUS_M)
    shares = (fate.fallen_share, fate.returned_share, fate.escaped_share)
    assert sum(shares) == pytest.approx(1) and min(shares) >= 0
    assert 0 < fate.median_m < fate.far_m


@given(st.floats(0.1, 0.95), st.floats(100, 1e9), st.floats(0, 1e6), st.floats(0.1, 300))
def test_repairs_bind_only_when_they_take_more_than_is_planned_for(
    planned: float, between: float, repair_s: float, interval_s: float
) -> None:
    share = operations.availability_with_failures(planned, between, repair_s, interval_s)
    year_s = 3.15576e7
    failures = share * year_s / interval_s / between
    assert share <= planned
    assert failures * repair_s <= (1 - share) * year_s * (1 + 1e-9)
