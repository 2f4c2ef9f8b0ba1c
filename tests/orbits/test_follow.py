"""What is known of an orbit follows where a case puts it."""

from __future__ import annotations

import pytest

from lunarchain.orbits.follow import following
from lunarchain.scenario.facts import load_facts

FACTS = load_facts()


def sun(orbit: str, **places: float) -> float:
    moved = FACTS.override({f"orbits.{orbit}.{name}": value for name, value in places.items()})
    return following(moved).number(f"orbits.{orbit}.sun_fraction", "dimensionless")


def test_orbits_where_the_tables_have_them_are_left_alone() -> None:
    assert dict(following(FACTS).items()) == dict(FACTS.items())


@pytest.mark.parametrize("orbit", ["leo", "sso", "sso_high", "geo", "heo"])
def test_the_tables_hold_what_geometry_gives(orbit: str) -> None:
    """Moved by a millimetre, an orbit has the sunlight and light time of its row."""
    place = "radius" if f"orbits.{orbit}.radius" in FACTS else "altitude"
    key = f"orbits.{orbit}.{place}"
    moved = following(FACTS.override({key: FACTS[key].value + 1e-6}))
    for name in ("sun_fraction", "latency_one_way"):
        fact = f"orbits.{orbit}.{name}"
        assert moved[fact].value == pytest.approx(FACTS[fact].value, rel=1e-5)
        assert moved[fact].source != FACTS[fact].source


def test_a_dawn_dusk_orbit_loses_its_eclipses_as_it_rises() -> None:
    assert sun("sso", altitude=600.0) < sun("sso", altitude=800.0) < sun("sso", altitude=1400.0) == 1.0


def test_an_inclined_orbit_sees_more_sun_the_more_it_is_inclined() -> None:
    assert sun("leo", inclination=10.0) < sun("leo", inclination=53.0)


def test_what_the_case_sets_itself_stays() -> None:
    moved = FACTS.override({"orbits.sso.altitude": 800.0, "orbits.sso.sun_fraction": 0.9})
    assert following(moved).number("orbits.sso.sun_fraction", "dimensionless") == 0.9
    assert following(moved)["orbits.sso.latency_one_way"].value == pytest.approx(800 / 299792.458)


def test_the_model_and_the_audit_read_the_same_sunlight() -> None:
    from lunarchain.plan.audit import read_case
    from tests.model.small import case, departures, inputs

    changes = {"data": {"orbits.leo.altitude": 900.0}}
    given = case(**changes)
    premises = read_case(given.scenario, given.facts, departures())
    modelled = inputs(**changes).number("orbits.leo.sun_fraction", "dimensionless")
    assert modelled == premises.number("orbits.leo.sun_fraction")
    assert modelled > FACTS["orbits.leo.sun_fraction"].value
