import pytest

from lunarchain.errors import InputError
from lunarchain.industry.ledger import mass_residual, masses_kt
from lunarchain.industry.satellites import assembly, pair, pair_names

# kg per kW: Earth-built and Moon-built whole, as the literature survey prints them.
PRINTED = {"claim": (10.0, 10.0), "nominal": (18.25, 37.01), "low": (9.02, 25.0), "high": (52.99, 60.0)}


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_each_pair_has_the_printed_masses(facts, name):
    found = pair(facts, name)
    assert (found.earth_mass_kt, found.moon_mass_kt) == pytest.approx(PRINTED[name], rel=1e-4)
    assert found.hull_mass_kt + found.import_mass_kt == pytest.approx(found.moon_mass_kt)


def test_the_reference_satellite_consumes_the_printed_amounts_with_rejects(facts):
    streams = pair(facts, "claim").lunar | pair(facts, "claim").imports
    printed = {  # per 100 kW satellite
        "pv": 507.5,
        "al_parts": 213.15,
        "radiator": 203.0,
        "ceramic": 20.3,
        "wire": 60.9,
        "imp_compute": 111.65,
        "imp_avionics": 60.9,
        "imp_prop": 40.6,
        "imp_propellant": 30.45,
        "imp_battery": 30.45,
        "imp_misc": 10.15,
    }
    assert {name: 100 * amount for name, amount in streams.items()} == pytest.approx(printed)


def test_every_pair_is_listed(facts):
    assert set(pair_names(facts)) == set(PRINTED)


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_assembly_closes_in_mass(facts, name):
    satellite = pair(facts, name)
    shop = assembly(facts, satellite)
    masses = masses_kt(facts, {"P13": shop}) | {"satellite": satellite.moon_mass_kt}
    assert abs(mass_residual(shop, masses)) < 1e-9


def test_a_mixed_pair_is_refused(facts):
    with pytest.raises(InputError, match="one design philosophy"):
        pair(facts, "claim", moon="nominal")


def test_an_unknown_pair_names_the_nearest(facts):
    with pytest.raises(InputError) as caught:
        pair(facts, "nominl")
    assert caught.value.issues[0].nearest == "nominal"


def test_a_heavier_slot_makes_a_heavier_satellite(facts):
    heavier = pair(facts.override({"satellites.claim.moon.import.imp_compute": "high"}), "claim")
    gained = heavier.moon_mass_kt - pair(facts, "claim").moon_mass_kt
    assert gained == pytest.approx(1.98 - 1.10)
