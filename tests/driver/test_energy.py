"""The store and the power of overlapping shots, against a train of pulses summed step by step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.driver import energy


def simulated(time_on_track_s: float, interval_s: float, steps: int = 4000) -> tuple[float, float]:
    """Swing of the store over one shot's energy, and peak power over one shot's peak, by brute force."""
    step = interval_s / steps
    times = (np.arange(steps) + 0.5) * step
    ages = times[:, None] + interval_s * np.arange(int(time_on_track_s / interval_s) + 2)
    power = np.where(ages < time_on_track_s, ages, 0).sum(axis=1)
    one_shot = time_on_track_s**2 / 2
    stored = np.concatenate([[0], np.cumsum(one_shot / interval_s - power)]) * step
    return float(np.ptp(stored)) / one_shot, float(power.max()) / time_on_track_s


@given(overlap=st.floats(0.01, 12))
@settings(max_examples=60, deadline=None)
def test_swing_and_peak_match_a_simulated_train(overlap: float) -> None:
    swing, peak = simulated(overlap, 1.0)
    assert energy.cycled_fraction(overlap, 1.0) == pytest.approx(swing, abs=3e-3)
    assert energy.overlap_peak(overlap, 1.0) == pytest.approx(peak, abs=0.02 * (1 + overlap))


@pytest.mark.parametrize("whole", [1, 2, 5, 40])
def test_whole_overlaps_swing_a_quarter_over_n(whole: int) -> None:
    assert energy.cycled_fraction(whole, 1.0) == pytest.approx(1 / (4 * whole))


@given(on_track_s=st.floats(0.1, 10), share=st.floats(0.01, 1))
def test_single_shots_follow_the_triangular_pulse(on_track_s: float, share: float) -> None:
    interval_s = on_track_s / share
    assert energy.cycled_fraction(on_track_s, interval_s) == pytest.approx((1 - share / 2) ** 2)


@given(overlap=st.floats(0.01, 50), scale=st.floats(0.01, 100))
def test_only_the_ratio_of_times_matters(overlap: float, scale: float) -> None:
    ours = energy.cycled_fraction(overlap * scale, scale)
    assert ours == pytest.approx(energy.cycled_fraction(overlap, 1.0), rel=1e-6, abs=1e-6)
    assert 0 < ours < 1


def test_recovery_saves_exactly_the_sled_share() -> None:
    without = energy.wall_energy_j_per_kg(2000, 0.5, 0.6, 0)
    assert without - energy.wall_energy_j_per_kg(2000, 0.5, 0.6, 0.8) == pytest.approx(2e6 * 0.4)


def test_recharge_is_bound_by_the_feed_or_by_the_store() -> None:
    by_feed = energy.least_interval_s(6e9, 8e9, feed_w=1e9, charge_time_s=0.5, dead_time_s=0.1)
    by_store = energy.least_interval_s(6e9, 8e9, feed_w=1e9, charge_time_s=40, dead_time_s=0.1)
    assert by_feed == pytest.approx(6.1)
    assert by_store == pytest.approx(30.1)
