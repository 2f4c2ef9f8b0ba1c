"""Exit errors scale as those of a track whose sections err independently."""

from __future__ import annotations

import numpy as np
import pytest

from lunarchain.driver import accuracy

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
