"""Exit errors scale as those of a track whose sections err independently."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lunarchain.driver import accuracy
from lunarchain.model.departure_inputs import departure_inputs
from lunarchain.scenario.facts import load_facts
from lunarchain.trajectory.dispersion import trim_delta_v

SECTION_M, THRUST_ERROR, LATERAL_ERROR = 3.0, 0.02, 0.01


def thrown(exit_speed_m_s: float, acceleration_m_s2: float) -> tuple[float, float]:
    """One-sigma exit-speed error and aim error of 3000 shots over independently erring sections."""
    random = np.random.default_rng(7)
    sections = int(exit_speed_m_s**2 / (2 * acceleration_m_s2) / SECTION_M)
    times = np.diff(np.sqrt(np.arange(sections + 1))) * np.sqrt(2 * SECTION_M / acceleration_m_s2)
    thrust = random.normal(0, THRUST_ERROR, (3000, sections)).sum(axis=1)
    speeds = np.sqrt(2 * acceleration_m_s2 * SECTION_M * (sections + thrust))
    sideways = random.normal(0, LATERAL_ERROR, (3000, sections)) * acceleration_m_s2 * times
    return float(speeds.std()), float(sideways.sum(axis=1).std() / exit_speed_m_s)


def test_speed_error_grows_with_the_root_of_acceleration_alone() -> None:
    anchor, _ = thrown(2500, 1000)
    for speed, acceleration in [(2500, 4000), (1700, 1000), (2500, 300)]:
        ours = accuracy.exit_speed_error_m_s(acceleration, anchor, 1000)
        assert ours == pytest.approx(thrown(speed, acceleration)[0], rel=0.06)


def test_aim_error_also_falls_with_exit_speed() -> None:
    """To the logarithm of track length, which the scaling leaves out."""
    _, anchor = thrown(2500, 1000)
    for speed, acceleration in [(2500, 4000), (1700, 1000), (2500, 300)]:
        ours = accuracy.aim_error_mrad(acceleration, speed, anchor, 1000, 2500)
        assert ours == pytest.approx(thrown(speed, acceleration)[1], rel=0.13)


@given(st.floats(1, 5000), st.floats(1700, 4000))
def test_error_scale_is_the_worse_of_the_two_errors(acceleration_g: float, speed_m_s: float) -> None:
    scale = accuracy.error_scale(acceleration_g, speed_m_s, 100, 2500)
    speed = accuracy.exit_speed_error_m_s(acceleration_g, 0.1, 100) / 0.1
    aim = accuracy.aim_error_mrad(acceleration_g, speed_m_s, 0.1, 100, 2500) / 0.1
    assert scale == pytest.approx(max(speed, aim))


@pytest.mark.parametrize("acceleration_g", [30, 300, 1000])
def test_trims_of_the_departures_grow_with_the_error_scale(acceleration_g: float) -> None:
    """A trim is linear in the launch errors: the table's times the scale is that of the design."""
    draw = np.random.default_rng(3)
    by_error, by_burn = draw.normal(size=(4, 2, 3)), draw.normal(size=(4, 2, 3))
    stated = departure_inputs(load_facts()).errors
    scale = accuracy.error_scale(acceleration_g, 2500, 100, 2500)
    worse = replace(stated, exit_speed_m_s=scale * stated.exit_speed_m_s, aim_rad=scale * stated.aim_rad)
    trims = [trim_delta_v(errors, 0.0, by_error, by_burn) for errors in (stated, worse)]
    assert trims[1] == pytest.approx(scale * trims[0])
