"""Aerobraking: drag of a pass against flown quadrature, and whole campaigns against the published order of things."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lunarchain.errors import InputError
from lunarchain.model.departure_inputs import aerobraking
from lunarchain.scenario.facts import load_facts
from lunarchain.trajectory.aerobrake import Atmosphere, Payload, campaign, equilibrium_c, path_m

GM, RADIUS = 3.986004418e14, 6.378137e6
AIR = Atmosphere((1.0e5, 1.2e5, 1.5e5, 2.0e5), (5.6e-7, 2.2e-8, 2.1e-9, 2.5e-10))
ARRAY = Payload(0.5, 2.2, 2000.0)


def brake(payload: Payload, orbit_m: float = RADIUS + 6e5):
    return campaign(AIR, payload, GM, RADIUS, 3.85e8, orbit_m, 1.5)


@pytest.mark.parametrize("height_m", [9.0e4, 1.1e5, 1.35e5, 1.8e5, 2.2e5])
def test_heights_and_densities_undo_each_other(height_m: float) -> None:
    assert AIR.height_of(AIR.density(height_m)) == pytest.approx(height_m, abs=0.1)


@pytest.mark.parametrize("apogee_m", [1e7, 4e7, 3.85e8])
def test_a_pass_brakes_as_an_integral_along_the_orbit(apogee_m: float) -> None:
    # One layer only, so that the scale height is the same all along the pass.
    one = Atmosphere((1.0e5, 2.0e5), (5e-7, 5e-7 * np.exp(-12.5)))
    perigee = RADIUS + 1.3e5
    eccentricity = (apogee_m - perigee) / (apogee_m + perigee)
    anomaly = np.linspace(-0.8, 0.8, 20_001)
    radius = perigee * (1 + eccentricity) / (1 + eccentricity * np.cos(anomaly))
    slope = radius**2 * eccentricity * np.sin(anomaly) / (perigee * (1 + eccentricity))
    along = np.hypot(radius, slope)
    thin = np.exp(-(radius - perigee) / one.scale_height_m(1.3e5))
    exact = np.trapezoid(thin * along, anomaly)
    assert path_m(one.scale_height_m(1.3e5), perigee, eccentricity) == pytest.approx(exact, rel=0.02)


def test_energy_taken_is_the_energy_to_take() -> None:
    found = brake(ARRAY)
    low = RADIUS + found.last_perigee_altitude_m
    first = np.sqrt(2 * GM * 3.85e8 / (low * (low + 3.85e8)))
    last = np.sqrt(2 * GM * 6.978e6 / (low * (low + 6.978e6)))
    # The perigee sinks on the way, so a little less than the difference at the lowest one.
    assert found.delta_v_m_s == pytest.approx(first - last, rel=0.02)


def test_twice_the_area_halves_the_passes() -> None:
    once, twice = brake(ARRAY), brake(replace(ARRAY, area_per_mass=1.0))
    assert once.passes == pytest.approx(2 * twice.passes, abs=2)
    assert twice.days < once.days
    assert twice.perigee_altitude_m == once.perigee_altitude_m  # heating does not ask for the area


def test_published_order_of_things() -> None:
    # Published: 0.7-1.9 kg/m2, 30 m/s a pass, about 101 passes and 48 days at 1-2 kW/m2 and under 0.2 Pa.
    facts = load_facts()
    light, heavy = aerobraking(facts, 1 / 0.7), aerobraking(facts, 1 / 1.9)
    assert light.days < 48.0 < heavy.days
    assert light.first_pass_m_s > 30.0 > heavy.first_pass_m_s
    assert aerobraking(facts).peak_pressure_pa == pytest.approx(0.2, rel=0.5)


def test_a_sheet_in_sunlight_is_as_warm_as_known() -> None:
    # 1361 W/m2 on one side of a black sheet that radiates from both: 331 K.
    assert equilibrium_c(1361.0, 1.0) + 273.15 == pytest.approx(331.0, abs=0.5)


def test_too_little_area_never_ends() -> None:
    with pytest.raises(InputError, match="more area"):
        brake(replace(ARRAY, area_per_mass=1e-4))
