import pytest

from lunarchain.errors import InputError
from lunarchain.industry.check import checked_processes
from lunarchain.industry.floors import extraction_floor_kwh_per_kg


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("extraction.mode.sequential.energy", 9.0),
        ("extraction.mode.ffc.energy", 5.0),
        ("processes.P18.electricity", 4.5),
        ("processes.P17.electricity", 1.0),
    ],
)
def test_electricity_below_the_thermodynamic_floor_is_refused_when_data_are_loaded(facts, key, value):
    with pytest.raises(InputError) as caught:
        checked_processes(facts.override({key: value}), "highland")
    assert key in [issue.key for issue in caught.value.issues]
    assert "at least" in caught.value.issues[0].expected


def test_a_melt_cannot_give_up_alumina_before_silica(facts):
    with pytest.raises(InputError) as caught:
        checked_processes(facts.override({"extraction.mode.sequential.extent.Al2O3": 0.7}), "highland")
    assert [i.key for i in caught.value.issues] == ["extraction.mode.sequential.extent.Al2O3"]


def test_the_floor_lies_in_the_published_span(facts):
    assert 10.2 <= extraction_floor_kwh_per_kg(facts, "highland", "sequential") <= 11.6


def test_a_mode_that_does_not_melt_pays_no_melt_heat(facts):
    # Iron oxide alone, solid: the published splitting enthalpy and nothing else.
    assert extraction_floor_kwh_per_kg(facts, "highland", "h2_reduction") == pytest.approx(4.72)
