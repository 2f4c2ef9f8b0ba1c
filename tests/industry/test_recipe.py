import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.errors import InfeasibleError, InputError
from lunarchain.industry.recipe import recipe
from lunarchain.scenario.facts import load_facts


def test_the_reference_satellite_on_highland_soil(facts):
    found = recipe(facts, "satellite", "highland")
    assert found.electricity_kwh == pytest.approx(127_041, rel=0.01)
    assert found.regolith_kg == pytest.approx(16_837, rel=0.01)
    assert found.imports_kg == pytest.approx(309, rel=0.01)
    assert found.plant_kg_per_unit_per_yr == pytest.approx(914, rel=0.01)


def test_the_reference_satellite_with_upkeep(facts):
    found = recipe(facts, "satellite", "highland", with_upkeep=True)
    assert found.electricity_kwh == pytest.approx(148_000, rel=0.01)
    assert found.regolith_kg == pytest.approx(20_800, rel=0.01)
    assert found.imports_kg == pytest.approx(370, rel=0.01)
    assert found.plant_kg_per_unit_per_yr == pytest.approx(1_392, rel=0.01)
    assert found.power_kw_per_unit_per_yr == pytest.approx(19.9, rel=0.01)


@pytest.mark.parametrize(
    ("process", "activity", "kwh", "plant"),
    [
        ("P03a", 15_330, 74_884, 306.6),
        ("P04_sequential", 98.7, 4_441, 9.9),
        ("P09", 507.5, 40_600, 507.5),
        ("P13", 100, 2_000, 33.0),
    ],
)
def test_the_tally_of_the_reference_satellite_by_process(facts, process, activity, kwh, plant):
    share = recipe(facts, "satellite", "highland").processes[process]
    assert share.activity == pytest.approx(activity, rel=0.001)
    assert share.electricity_kwh == pytest.approx(kwh, rel=0.001)
    assert share.plant_kg == pytest.approx(plant, rel=0.005)


def test_by_products_of_the_reference_satellite(facts):
    out = recipe(facts, "satellite", "highland").by_products_kg
    assert out["slag_sequential"] == pytest.approx(9_044, rel=0.001)
    assert out["oxygen"] == pytest.approx(2_906, rel=0.001)
    assert out["fe_tap_sequential"] == pytest.approx(759, rel=0.001)
    assert out["si_tap_sequential"] + out["si_scrap"] == pytest.approx(1_802, rel=0.001)


@pytest.mark.parametrize("pair", ["claim", "nominal"])
@pytest.mark.parametrize("soil", ["highland", "mare_high_ti", "mare_low_ti"])
def test_what_goes_in_comes_out(facts, pair, soil):
    found = recipe(facts, f"satellite:{pair}", soil)
    satellite_kg = {"claim": 1000.0, "nominal": 3701.0}[pair]
    taken = found.regolith_kg + found.imports_kg
    assert satellite_kg + sum(found.by_products_kg.values()) == pytest.approx(taken, rel=1e-7)


@settings(max_examples=12, deadline=None)
@given(
    product=st.sampled_from(["lox", "pv", "radiator", "steel_parts", "wire", "glass", "power"]),
    soil=st.sampled_from(["highland", "mare_high_ti", "mare_low_ti"]),
    allow=st.sets(st.sampled_from(["high_al", "ffc", "carbothermal", "h2_reduction", "P19", "P21"])),
    alumina=st.floats(0.02, 0.5),
)
def test_no_recipe_makes_mass_whatever_is_allowed(product, soil, allow, alumina):
    facts = load_facts()
    facts = facts.override({"extraction.mode.sequential.extent.Al2O3": alumina})
    found = recipe(facts, product, soil, allow=sorted(allow))
    unit_kg = {"pv": 0.46, "power": 26.0}.get(product, 1.0)
    taken = found.regolith_kg + found.imports_kg
    assert unit_kg + sum(found.by_products_kg.values()) == pytest.approx(taken, rel=1e-6)


def test_other_soils_are_poorer_in_aluminium_and_cost_more(facts):
    kwh = {soil: recipe(facts, "satellite", soil).electricity_kwh for soil in ("highland", "mare_high_ti")}
    assert kwh["mare_high_ti"] == pytest.approx(202_343, rel=0.03)
    assert kwh["mare_high_ti"] > 1.4 * kwh["highland"]


def test_allowing_the_high_aluminium_melt_saves_a_quarter_of_the_electricity(facts):
    found = recipe(facts, "satellite", "highland", allow=["high_al"], with_upkeep=True)
    assert found.electricity_kwh == pytest.approx(112_257, rel=0.01)
    assert recipe(facts, "satellite", "highland", allow=["P03b"], with_upkeep=True) == found


def test_upkeep_is_a_fifth_of_imports_and_a_sixth_of_electricity(facts):
    alone, kept = (recipe(facts, "satellite", "highland", with_upkeep=flag) for flag in (False, True))
    assert 1.15 < kept.imports_kg / alone.imports_kg < 1.25
    assert 1.12 < kept.electricity_kwh / alone.electricity_kwh < 1.22


def test_closure_rises_only_by_adding_a_process(facts):
    bought = recipe(facts, "satellite", "highland", minimise="imports")
    made = recipe(facts, "satellite", "highland", minimise="imports", allow=["P19"])
    assert bought.imports["imp_compute"] == pytest.approx(111.65, rel=1e-6)
    assert "imp_compute" not in made.imports
    assert made.imports["imp_package"] == pytest.approx(0.083 * 111.65, rel=1e-6)
    assert made.imports_kg < bought.imports_kg
    assert made.electricity_kwh > bought.electricity_kwh


def test_liquid_oxygen_needs_electrolysis_and_liquefaction(facts):
    found = recipe(facts, "lox", "highland")
    assert found.electricity_kwh == pytest.approx(25 / 0.97 + 1.5, rel=0.01)
    assert set(found.processes) == {"P01", "P02", "P03a", "P16"}


def test_polar_water_is_not_made_at_the_equator(facts):
    assert recipe(facts, "water", "highland").electricity_kwh == pytest.approx(2.8)
    with pytest.raises((InfeasibleError, InputError)):
        recipe(facts, "water", "highland", site_kind="equatorial")


def test_a_product_its_allowed_processes_cannot_make_is_said_to_be_so(facts):
    with pytest.raises(InfeasibleError, match="P17"):
        recipe(facts, "hydrogen", "highland")
    assert recipe(facts, "hydrogen", "highland", allow=["P17"]).electricity_kwh > 0


@pytest.mark.parametrize(
    ("change", "nearest"),
    [
        ({"product": "satelite"}, "satellite"),
        ({"allow": ["P03z"]}, "P03"),
        ({"soil": "mare_low"}, "mare_low_ti"),
    ],
)
def test_bad_words_are_answered_with_the_nearest_good_one(facts, change, nearest):
    with pytest.raises(InputError) as caught:
        recipe(facts, **{"product": "satellite", "soil": "highland"} | change)
    assert caught.value.issues[0].nearest.startswith(nearest)


def test_nothing_runs_in_the_dark(facts):
    with pytest.raises(InputError, match="nothing runs without it"):
        recipe(facts.override({"growth.sunlight.polar": 0.0}), "satellite", "highland")


def test_the_answer_is_plain_data(facts):
    keys = recipe(facts, "pv", "highland").as_dict()
    wanted = {
        "electricity_kwh",
        "regolith_kg",
        "imports_kg",
        "by_products_kg",
        "plant_kg_per_unit_per_yr",
        "processes",
    }
    assert wanted <= set(keys)


def test_what_is_asked_for_is_made_and_not_bought(facts):
    boards = recipe(facts, "imp_compute", "highland", allow=("P19",))
    assert boards.electricity_kwh > 0 and boards.regolith_kg > 0
    assert boards.imports_kg < 0.2
    with pytest.raises(InputError, match="imp_avionics"):
        recipe(facts, "imp_avionics", "highland")


def test_an_unknown_process_is_answered_with_those_there_are(facts):
    with pytest.raises(InputError, match=r"h2_reduction.*P19"):
        recipe(facts, "satellite", "highland", allow=("hydrogen",))


def test_power_and_imports_add_up_by_process(facts):
    found = recipe(facts, "satellite", "highland", with_upkeep=True)
    assert sum(p.power_kw for p in found.processes.values()) == pytest.approx(found.power_kw_per_unit_per_yr)
    assert sum(p.imports_kg for p in found.processes.values()) == pytest.approx(found.imports_kg)
    reactor, year_h = found.processes["P03a"], 8766
    sunlight = facts.number("growth.sunlight.polar", "dimensionless")
    assert reactor.power_kw == pytest.approx(reactor.electricity_kwh / (year_h * sunlight))
