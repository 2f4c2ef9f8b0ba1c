"""Period, J2 inclination and light time of circular Earth orbits."""

from __future__ import annotations

import math

import pytest

from lunarchain.orbits.earth import (
    Earth,
    earth,
    light_time_s,
    orbital_period_s,
    sun_synchronous_inclination_rad,
)
from lunarchain.scenario.facts import load_facts


@pytest.fixture(scope="module")
def body() -> Earth:
    return earth(load_facts())


@pytest.mark.parametrize("altitude", [600, 800, 1000, 1400])
def test_inclination_and_period_match_the_published_rows(body: Earth, altitude: int) -> None:
    facts = load_facts()
    inclination = math.degrees(sun_synchronous_inclination_rad(body, altitude))
    published = facts.number(f"orbit_figures.sso_{altitude}_inclination", "degree")
    assert inclination == pytest.approx(published, abs=1e-3)
    period = facts.number(f"orbit_figures.sso_{altitude}_period", "s")
    assert orbital_period_s(body, altitude) == pytest.approx(period, abs=0.5)


def test_period_of_the_geostationary_orbit_is_a_sidereal_day(body: Earth) -> None:
    assert orbital_period_s(body, 35786.0) == pytest.approx(86164.1, abs=5)


def test_sun_synchronous_orbits_end_at_a_radius_of_12352_km(body: Earth) -> None:
    """The textbook limit, where the plane would have to be exactly retrograde."""
    highest = 12352 - body.radius_km
    assert math.degrees(sun_synchronous_inclination_rad(body, highest - 5)) > 175
    with pytest.raises(ValueError, match="J2 is too weak"):
        sun_synchronous_inclination_rad(body, highest + 5)


def test_node_turns_by_the_secular_rate_once_a_year(body: Earth) -> None:
    """The inclination put back into the J2 node rate in degrees per day gives 360 degrees a year."""
    altitude = 650.0
    radius_ratio = body.radius_km / (body.radius_km + altitude)
    revolutions_per_day = 86400 / orbital_period_s(body, altitude)
    inclination = sun_synchronous_inclination_rad(body, altitude)
    degrees_per_day = -540 * body.j2 * radius_ratio**2 * revolutions_per_day * math.cos(inclination)
    assert degrees_per_day == pytest.approx(0.98565, abs=1e-4)


@pytest.mark.parametrize("orbit", ["leo", "sso", "sso_high", "geo", "heo", "eml1", "eml2", "nrho", "helio"])
def test_latency_rows_follow_from_the_distance_rows(body: Earth, orbit: str) -> None:
    facts = load_facts()
    if f"orbits.{orbit}.altitude" in facts:
        distance = facts.number(f"orbits.{orbit}.altitude", "km")
    else:
        distance = facts.number(f"orbits.{orbit}.radius", "km") - body.radius_km
    stated = facts.number(f"orbits.{orbit}.latency_one_way", "s")
    assert stated == pytest.approx(light_time_s(body, distance), rel=1e-4)


def test_low_orbit_light_time_is_two_milliseconds(body: Earth) -> None:
    published = load_facts().number("orbit_figures.latency_600km", "s")
    assert light_time_s(body, 600) == pytest.approx(published, rel=2e-3)
