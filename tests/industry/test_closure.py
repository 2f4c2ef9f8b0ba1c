import pytest

from lunarchain.industry.closure import closure
from lunarchain.industry.network import IMPORT_PREFIX, processes
from lunarchain.industry.recipe import recipe


def test_every_import_of_every_process_has_a_line(facts):
    listed = {(line.user, line.commodity) for line in closure(facts, "highland").processes}
    taken = {
        (p.base, name)
        for p in processes(facts, "highland").values()
        for name in p.inputs
        if name.startswith(IMPORT_PREFIX)
    }
    assert taken == listed


def test_slots_add_up_to_the_imported_mass_of_the_satellite(facts):
    slots = closure(facts, "highland", "claim").slots
    bought = recipe(facts, "satellite", "highland").imports
    reject = 1 + facts.number("satellites.reject", "dimensionless")
    for slot in slots:  # a satellite is 100 kW
        assert 100 * slot.amount_kg * reject == pytest.approx(bought[slot.commodity])


# what each option to buy closure makes on the Moon, and what it still takes from Earth for it
BOUGHT = [("P19", "imp_compute", "imp_package"), ("P21", "imp_battery", "imp_cell_material")]


@pytest.mark.parametrize(("process", "replaced", "still_needed"), BOUGHT)
def test_an_option_lowers_imports_of_what_it_makes_and_only_when_it_is_built(
    facts, process, replaced, still_needed
):
    without = recipe(facts, "satellite", "highland", minimise="imports")
    having = recipe(facts, "satellite", "highland", allow=(process,), minimise="imports")
    assert process not in {key.partition("_")[0] for key in without.processes}
    assert process in {key.partition("_")[0] for key in having.processes}
    assert replaced in without.imports and replaced not in having.imports
    assert 0 < having.imports[still_needed] < without.imports[replaced]
    assert having.imports_kg < without.imports_kg
    assert having.electricity_kwh > without.electricity_kwh


def test_chips_made_on_the_moon_still_take_material_from_earth(facts):
    boards = recipe(facts, "satellite", "highland", allow=("P19",), minimise="imports")
    chips = recipe(facts, "satellite", "highland", allow=("P19", "P20"), minimise="imports")
    assert "imp_package" not in chips.imports
    assert 0 < chips.imports["imp_chip_material"] < boards.imports["imp_package"]


def test_the_makers_of_an_import_are_named(facts):
    lines = {line.commodity: line.replaced_by for line in closure(facts, "highland").slots}
    assert lines["imp_compute"] == ("P19",) and lines["imp_battery"] == ("P21",)
    assert lines["imp_avionics"] == ()
