import pytest

from lunarchain.errors import InputError
from lunarchain.industry.growth import bottlenecks, doubling_time


@pytest.mark.parametrize(("factor", "years"), [(1 / 3, 0.32), (1, 0.56), (3, 1.41)])
def test_the_network_doubles_itself_as_an_independent_programme_found(facts, factor, years):
    found = doubling_time(facts, "highland", plant_mass_factor=factor)
    assert found.doubling_time_yr == pytest.approx(years, rel=0.05)


def test_an_equatorial_plant_that_works_by_day_doubles_half_as_fast(facts):
    found = doubling_time(facts, "highland", "equatorial")
    assert found.doubling_time_yr == pytest.approx(1.19, rel=0.05)


def test_the_growing_plant_is_mostly_electrolysis_and_blanket_making(facts):
    found = doubling_time(facts, "highland")
    assert sum(found.plant_shares.values()) == pytest.approx(1.0)
    assert list(found.plant_shares)[:2] == ["P03a", "P09"]


def test_imports_grow_with_the_plant_when_closure_is_half(facts):
    half = facts.override({"closure.grade.reference.import_share": 0.5})
    open_, closed = doubling_time(half, "highland"), doubling_time(facts, "highland")
    # Imports per standing plant are a constant above zero, so in balanced growth they are exponential too,
    # and at half closure they are at least half of the plant added each year.
    assert open_.imports_kg_per_yr_per_plant_kg > 0.5 * open_.rate_per_yr
    assert open_.imports_kg_per_yr_per_plant_kg > 3 * closed.imports_kg_per_yr_per_plant_kg


def test_cruder_plant_doubles_more_slowly(facts):
    crude, mature = (doubling_time(facts, "highland", grade=name).rate_per_yr for name in ("crude", "mature"))
    assert crude < 0.7 * mature


def test_plant_that_wears_out_faster_than_it_copies_itself_never_doubles(facts):
    found = doubling_time(facts, "highland", plant_mass_factor=50)
    assert found.rate_per_yr == 0
    assert found.doubling_time_yr == float("inf")


def test_an_unknown_kind_of_site_names_the_nearest(facts):
    with pytest.raises(InputError) as caught:
        doubling_time(facts, "highland", "poler")
    assert caught.value.issues[0].nearest == "polar"


def test_what_holds_growth_back_is_relieved_by_making_it_lighter(facts):
    found = bottlenecks(facts, "highland")
    assert list(found)[:2] == ["electricity", "P03a"]
    lighter = doubling_time(facts.override({"processes.P03a.plant": 0.9 * 20}), "highland").rate_per_yr
    gained = lighter / doubling_time(facts, "highland").rate_per_yr - 1
    assert found["P03a"] == pytest.approx(gained, rel=1e-3)
    assert "P08" not in list(found)[:5]


@pytest.mark.parametrize("times", [-1.0, 0.0, float("nan"), float("inf")])
def test_a_plant_mass_that_is_no_positive_number_is_refused(facts, times):
    for asked in (doubling_time, bottlenecks):
        with pytest.raises(InputError, match="plant mass"):
            asked(facts, "highland", plant_mass_factor=times)
