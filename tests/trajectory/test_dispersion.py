"""Errors of a shot: linear theory against flown samples, and against the published sensitivities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lunarchain.trajectory import dispersion, search
from lunarchain.trajectory.earth import to_perigee
from lunarchain.trajectory.ephemeris import Ephemeris, tdb_seconds
from lunarchain.trajectory.inputs import DepartureInputs
from lunarchain.trajectory.shots import Aim, Case, launch
from lunarchain.trajectory.solution import Departures


@pytest.fixture(scope="module")
def low_orbit(inputs: DepartureInputs, eph: Ephemeris) -> tuple[Case, Departures]:
    track = inputs.track("mare_33e_east")
    case = search.case_for(inputs, eph, track, inputs.destination("llo"), "propulsive")
    return case, search.find(case, tdb_seconds("2033-02-02"), None)


def test_apolune_sensitivity_is_keplers(
    inputs: DepartureInputs, eph: Ephemeris, low_orbit: tuple[Case, Departures]
) -> None:
    case, found = low_orbit
    by_error, _ = dispersion.partials(case, inputs.errors, found, np.array([0]))
    # From 1/a = 2/r - v^2/mu: d(apolune)/dv = 4 v a^2 / mu for a shot along the horizontal.
    speed, axis = found.speed_m_s[0] - 4.6, eph.moon_radius + 50e3
    assert by_error[0, 0, 0] == pytest.approx(4 * speed * axis**2 / eph.gm_moon, rel=0.02)
    assert abs(by_error[0, 0, 1]) < 0.02 * abs(by_error[0, 0, 0]) * speed


def test_linear_spread_is_the_flown_spread(
    inputs: DepartureInputs, eph: Ephemeris, low_orbit: tuple[Case, Departures]
) -> None:
    case, found = low_orbit
    n = 1500
    spread = dispersion.spread(case, inputs.errors, found, np.array([0]), n)
    # A standard deviation of n samples is known to 1 / sqrt(2 n); four of those.
    assert spread.linear[0, 0] == pytest.approx(spread.sampled[0, 0], rel=4 / np.sqrt(2 * n))
    assert abs(spread.bias[0, 0]) < 4 * spread.linear[0, 0] / np.sqrt(n)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("track", "goal", "mode", "allowed"),
    [
        ("procellarum_55w_east", "leo", "aerobrake", 0.05),
        ("mare_33e_west", "helio", "propulsive", 0.05),
        ("mare_33e_east", "eml2", "propulsive", 0.05),
    ],
)
def test_linear_spread_far_from_the_moon(
    inputs: DepartureInputs, eph: Ephemeris, track: str, goal: str, mode: str, allowed: float
) -> None:
    where, what, t_s = inputs.track(track), inputs.destination(goal), tdb_seconds("2030-01-10")
    case = search.case_for(inputs, eph, where, what, mode)
    found = search.find(case, t_s, search.prepare(inputs, eph, where, what, t_s))
    small = replace(inputs.errors, exit_speed_m_s=0.01, aim_rad=1e-5)
    spread = dispersion.spread(case, small, found, np.array([0]), 4000)
    assert spread.linear[:, 0] == pytest.approx(spread.sampled[:, 0], rel=allowed)


def test_partials_are_those_of_differences(
    inputs: DepartureInputs, eph: Ephemeris, low_orbit: tuple[Case, Departures]
) -> None:
    case, found = low_orbit
    by_error, _ = dispersion.partials(case, inputs.errors, found, np.array([0]))
    for part, (speed, azimuth, elevation) in enumerate(((0.05, 0, 0), (0, 1e-4, 0), (0, 0, 1e-4))):
        ends = []
        for sign in (1.0, -1.0):
            aim = Aim(found.speed_m_s + sign * speed, found.azimuth_deg + sign * np.degrees(azimuth))
            start = launch(
                case, found.t_s, aim, case.track.elevation_deg + np.degrees(np.array([sign * elevation]))
            )
            arcs = dispersion.to_arrival(case, found, np.array([0]), found.t_s, start)
            ends.append(dispersion.arrival_quantity(case, found, np.array([0]), arcs)[0, 0])
        change = (ends[0] - ends[1]) / 2 / (speed + azimuth + elevation)
        assert by_error[0, 0, part] == pytest.approx(change, rel=1e-4, abs=1.0)


def test_trim_grows_with_the_error(inputs: DepartureInputs, low_orbit: tuple[Case, Departures]) -> None:
    case, found = low_orbit
    half_width = inputs.braking.corridor_half_width_m
    trim, loss = dispersion.trims_and_losses(case, inputs.errors, half_width, found)
    worse = replace(inputs.errors, exit_speed_m_s=10 * inputs.errors.exit_speed_m_s)
    more, _ = dispersion.trims_and_losses(case, worse, half_width, found)
    assert 0.0 < trim[0] < more[0] < 12 * trim[0]
    assert loss[0] == inputs.errors.loss("propulsive")


def test_a_shot_too_sensitive_to_trim_is_not_fired(
    inputs: DepartureInputs, low_orbit: tuple[Case, Departures]
) -> None:
    case, found = low_orbit
    strict = replace(inputs.errors, trim_limit_m_s=0.1)
    kept, trim, loss = dispersion.with_trims(case, strict, inputs.braking.corridor_half_width_m, found)
    assert not kept.feasible[0]
    assert "sensitive" in kept.reason[0]
    assert np.isnan(trim[0]) and np.isnan(loss[0])


@pytest.mark.slow
def test_perigee_sensitivity_is_the_published_one(inputs: DepartureInputs, eph: Ephemeris) -> None:
    # Published for 55 W, perigee at 120 km: 216 km per m/s, 5.2 km per mrad of elevation; trim at +6 h 2.54 m/s
    # per m/s of exit speed.
    track = replace(inputs.track("procellarum_55w_east"), azimuth_deg=90.0, azimuth_range_deg=0.0)
    goal, t_s = inputs.destination("leo"), tdb_seconds("2030-01-10")
    case = search.case_for(inputs, eph, track, goal, "aerobrake")
    found = search.find(case, t_s, search.prepare(inputs, eph, track, goal, t_s))
    by_error, by_burn = dispersion.partials(case, inputs.errors, found, np.array([0]))
    trim_per_speed = abs(by_error[0, 0, 0]) / np.linalg.norm(by_burn[0, 0])
    assert -by_error[0, 0, 0] / 1e3 == pytest.approx(216.0, rel=0.25)
    assert trim_per_speed == pytest.approx(2.54, rel=0.15)
    ends = to_perigee(
        case, t_s, launch(case, t_s, Aim(found.speed_m_s, found.azimuth_deg)), goal.flight_limit_s
    )
    assert np.linalg.norm(ends.state[:3, 0]) - eph.earth_radius == pytest.approx(
        inputs.braking.corridor_altitude_m, abs=100.0
    )
