"""Profiles agree with the totals of the design they picture."""

from __future__ import annotations

import numpy as np
import pytest

from lunarchain.driver.basis import LauncherBasis
from lunarchain.driver.design import LauncherDesign, design
from lunarchain.driver.profiles import (
    heat_along_track,
    impact_of_slow_shots,
    power_over_shot,
    store_over_interval,
)


def test_power_of_a_shot_adds_up_to_its_energy(one_tonne: LauncherDesign) -> None:
    profile = power_over_shot(one_tonne)
    assert np.trapezoid(profile["kinetic_power_gw"], profile["time_s"]) == pytest.approx(
        one_tonne.kinetic_energy_gj
    )
    assert np.trapezoid(profile["speed_m_s"], profile["time_s"]) == pytest.approx(one_tonne.track_m)


@pytest.mark.parametrize("interval_s", [2.0, 2.68, 8.0, 27.0])
def test_store_swings_by_what_it_cycles(parts: LauncherBasis, interval_s: float) -> None:
    launcher = design(2500, 30, 1, interval_s, parts)
    profile = store_over_interval(launcher, points=20001)
    assert np.ptp(profile["stored_gj"]) == pytest.approx(launcher.cycled_gj, rel=1e-3)
    assert profile["stored_gj"].max() == launcher.store_gj
    assert profile["stored_gj"].min() >= -1e-9
    assert profile["stored_gj"][0] == pytest.approx(profile["stored_gj"][-1])
    drawn = np.trapezoid(profile["drawn_gw"], profile["time_s"])
    assert drawn == pytest.approx(profile["feed_gw"][0] * interval_s, rel=1e-3)
    assert profile["drawn_gw"].max() == pytest.approx(launcher.peak_power_gw, rel=1e-3)


def test_heat_along_the_track(one_tonne: LauncherDesign) -> None:
    profile = heat_along_track(one_tonne, points=40001)
    total_mw = np.trapezoid(profile["heat_kw_per_m"], profile["position_m"]) / 1e3
    braking_mw = one_tonne.braking_heat_kw_per_m * one_tonne.braking_m / 1e3
    assert total_mw == pytest.approx(one_tonne.stator_heat_mw + braking_mw, rel=1e-3)
    assert profile["position_m"][-1] == pytest.approx(one_tonne.track_m + one_tonne.braking_m)


def test_slow_shots_come_down_ever_farther(one_tonne: LauncherDesign, parts: LauncherBasis) -> None:
    """At half a degree: v² sin 2γ / g over 1 - (v/v_circular)², then all the way round, then escape."""
    profile = impact_of_slow_shots(one_tonne, 0.5, parts.technology, points=2501)
    ranges = dict(zip(profile["speed_m_s"].round().astype(int), profile["range_km"], strict=True))
    assert ranges[500] == pytest.approx(2.686 / (1 - 0.0886), rel=2e-3)
    assert 0.9 * 10916 < ranges[1800] < 10916
    assert np.isinf(ranges[2400])
    assert (np.diff(profile["range_km"][:2370]) >= 0).all()
