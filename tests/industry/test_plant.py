import pytest

from lunarchain.errors import InputError
from lunarchain.industry.check import industry_issues
from lunarchain.industry.network import processes
from lunarchain.industry.plant import grade, grades, plant_bill, plant_kit
from lunarchain.industry.recipe import recipe


def test_the_kit_is_shared_out_as_steel_aluminium_ceramic_wire(facts):
    lunar = plant_kit(facts).lunar
    assert sum(lunar.values()) == pytest.approx(1.0)
    assert lunar["steel_parts"] / lunar["wire"] == pytest.approx(450 / 50)
    assert lunar["al_parts"] / lunar["ceramic"] == pytest.approx(200 / 150)


@pytest.mark.parametrize(("name", "closure"), [("crude", 0.60), ("improved", 0.85), ("mature", 0.96)])
def test_each_grade_gives_the_printed_closure_of_the_reference_plant(facts, name, closure):
    shares = recipe(facts, "satellite", "highland").processes
    network, stage = processes(facts, "highland"), grade(facts, name)
    imported, total = 0.0, 0.0
    for process_id, share in shares.items():
        own = network[process_id].import_share if process_id in network else 0.5
        imported += share.plant_kg * stage.import_share(own)
        total += share.plant_kg
    assert 1 - imported / total == pytest.approx(closure, abs=0.01)


def test_better_grades_are_lighter_need_less_import_and_more_experience(facts):
    crude, improved, mature = (grades(facts)[name] for name in ("crude", "improved", "mature"))
    assert crude.crudeness > improved.crudeness > mature.crudeness == 1.0
    assert crude.import_factor > improved.import_factor > mature.import_factor
    assert crude.experience_per_yr > improved.experience_per_yr > mature.experience_per_yr


def test_a_plant_bill_weighs_what_the_kit_shop_puts_together(facts):
    process, stage = processes(facts, "highland")["P09"], grade(facts, "crude")
    bill = plant_bill(plant_kit(facts), stage, process)
    work = bill.pop("kit_work")
    assert sum(bill.values()) == pytest.approx(work)
    assert bill["imp_plant"] == pytest.approx(0.448)  # 0.40 of it early, times 1.12
    assert work == pytest.approx(0.448 + 2.5 * 0.552)  # only the lunar part is crude


def test_imports_never_exceed_the_plant(facts):
    process = processes(facts, "highland")["P20"]
    assert plant_bill(plant_kit(facts), grade(facts, "crude"), process)["imp_plant"] == 1.0


def test_an_unknown_grade_names_the_nearest(facts):
    with pytest.raises(InputError) as caught:
        grade(facts, "matur")
    assert caught.value.issues[0].nearest == "mature"


@pytest.mark.parametrize("share", [0.0, -0.5, 1.5])
def test_an_availability_that_is_no_share_is_named(facts, share):
    found = industry_issues(facts.override({"maintenance.availability": share}), ["highland"])
    assert [issue.key for issue in found] == ["maintenance.availability"]
