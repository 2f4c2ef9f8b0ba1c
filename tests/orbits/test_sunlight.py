"""Sunlight shares: published dawn-dusk rows, an independent ray count, limits and properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.orbits.earth import Earth, earth, sun_synchronous_inclination_rad
from lunarchain.orbits.sunlight import (
    drifting_sunlight,
    eclipse_free_altitude_km,
    shadow_share,
    sun_synchronous_sunlight,
)
from lunarchain.scenario.facts import load_facts

BODY = earth(load_facts())


@pytest.mark.parametrize("altitude", [600, 800, 1000, 1400])
def test_dawn_dusk_orbits_match_the_published_rows(altitude: int) -> None:
    facts, sunlight = load_facts(), sun_synchronous_sunlight(BODY, altitude)
    row = facts[f"orbit_figures.sso_{altitude}_sun_fraction"]
    assert sunlight.mean_share == pytest.approx(row.value, abs=1e-4)
    longest = facts.number(f"orbit_figures.sso_{altitude}_longest_eclipse", "minute")
    rounding = 0.05 / facts.number(f"orbit_figures.sso_{altitude}_period", "minute")
    assert sunlight.worst_share == pytest.approx(row.low, abs=rounding)  # minutes to one decimal
    assert sunlight.longest_eclipse_min == pytest.approx(longest, abs=0.05)
    days = facts.number(f"orbit_figures.sso_{altitude}_eclipse_days", "day")
    assert sunlight.eclipse_days == pytest.approx(days, abs=0.3)


def test_dawn_dusk_at_650_km() -> None:
    """Published for this orbit: 96.1 % mean sun, 88 eclipse days a year, 19.7 minutes at most."""
    sunlight = sun_synchronous_sunlight(BODY, 650)
    assert sunlight.mean_share == pytest.approx(0.961, abs=5e-4)
    assert sunlight.eclipse_days == pytest.approx(88, abs=1)
    assert sunlight.longest_eclipse_min == pytest.approx(19.7, abs=0.1)


def test_eclipse_free_altitude() -> None:
    published = load_facts().number("orbit_figures.sso_eclipse_free_altitude", "km")
    altitude = eclipse_free_altitude_km(BODY)
    assert altitude == pytest.approx(published, abs=1)
    assert sun_synchronous_sunlight(BODY, altitude + 1).worst_share == 1
    assert sun_synchronous_sunlight(BODY, altitude - 5).worst_share < 1


def test_closed_form_agrees_with_counting_rays_through_the_earth() -> None:
    """Positions round the orbit, each tested for the Earth's cylinder: nothing shared with the formula."""
    altitude, beta = 650.0, np.radians([0.0, 30.0, 55.0, 80.0])
    radius, anomaly = BODY.radius_km + altitude, np.linspace(0, 2 * np.pi, 200_000, endpoint=False)
    for angle, share in zip(beta, shadow_share(BODY, altitude, beta), strict=True):
        along_sun = radius * np.cos(anomaly) * np.cos(angle)
        off_axis = np.sqrt(radius**2 - along_sun**2)
        counted = np.mean((along_sun < 0) & (off_axis < BODY.radius_km))
        assert share == pytest.approx(counted, abs=2e-5)


def test_noon_orbit_has_the_least_sun_and_dawn_dusk_the_most() -> None:
    noon, dawn, dusk = (sun_synchronous_sunlight(BODY, 650, hour).mean_share for hour in (12.0, 6.0, 18.0))
    assert dawn == pytest.approx(dusk, abs=1e-6)
    assert noon < 0.68 < dawn


@given(altitude=st.floats(300, 1300), inclination=st.floats(0, math.pi / 2))
@settings(max_examples=30, deadline=None)
def test_drifting_orbits_lie_between_worst_plane_and_full_light(altitude: float, inclination: float) -> None:
    sunlight = drifting_sunlight(BODY, altitude, inclination)
    in_plane = 1 - math.asin(BODY.radius_km / (BODY.radius_km + altitude)) / math.pi
    assert in_plane - 1e-9 <= sunlight.worst_share <= sunlight.mean_share <= 1


@given(st.floats(300, 1300))
@settings(max_examples=20, deadline=None)
def test_higher_dawn_dusk_orbits_see_more_sun(altitude: float) -> None:
    lower, higher = (sun_synchronous_sunlight(BODY, h).mean_share for h in (altitude, altitude + 50))
    assert lower <= higher + 1e-9


def test_orbit_table_states_what_the_geometry_gives() -> None:
    facts = load_facts()
    inclination = facts.number("orbits.leo.inclination", "radian")
    computed = {
        "leo": drifting_sunlight(BODY, facts.number("orbits.leo.altitude", "km"), inclination),
        "sso": sun_synchronous_sunlight(BODY, facts.number("orbits.sso.altitude", "km")),
        "sso_high": sun_synchronous_sunlight(BODY, facts.number("orbits.sso_high.altitude", "km")),
        "geo": drifting_sunlight(BODY, facts.number("orbits.geo.altitude", "km"), 0.0),
        "heo": drifting_sunlight(BODY, facts.number("orbits.heo.radius", "km") - BODY.radius_km, 0.0),
    }
    for orbit, sunlight in computed.items():
        row = facts[f"orbits.{orbit}.sun_fraction"]
        assert row.value == pytest.approx(sunlight.mean_share, abs=2e-4), orbit
        assert row.low == pytest.approx(sunlight.worst_share, abs=5e-4), orbit


def test_body_is_the_earth_and_its_sun_synchronous_orbits_are_retrograde() -> None:
    assert isinstance(BODY, Earth)
    assert math.degrees(sun_synchronous_inclination_rad(BODY, 500)) > 90
