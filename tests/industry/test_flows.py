import pytest

from lunarchain.industry.flows import DISPOSED, EARTH, GROUND, PRODUCT
from lunarchain.industry.recipe import recipe


@pytest.fixture(scope="module", params=["highland", "mare_high_ti", "mare_low_ti"])
def found(facts, request):
    return recipe(facts, "satellite", request.param)


def total(found, **ends: str) -> float:
    return sum(f["kg"] for f in found.flows_kg if all(f[key] == value for key, value in ends.items()))


def test_every_process_hands_on_the_mass_it_takes(found):
    for process in found.processes:
        assert total(found, to=process) == pytest.approx(total(found, **{"from": process}), rel=1e-9)


def test_ground_and_earth_give_what_becomes_product_and_left_overs(found):
    given = total(found, **{"from": GROUND}) + total(found, **{"from": EARTH})
    assert given == pytest.approx(total(found, to=PRODUCT) + total(found, to=DISPOSED), rel=1e-9)
    assert total(found, **{"from": GROUND}) == pytest.approx(found.regolith_kg)
    assert total(found, **{"from": EARTH}) == pytest.approx(found.imports_kg)


def test_a_satellite_weighs_what_its_bill_says(found):
    assert total(found, to=PRODUCT) == pytest.approx(1000.0, rel=1e-9)
