"""Bad logistics input is named before any solve, all at once, with what to do."""

from __future__ import annotations

import pytest

from lunarchain.errors import InputError
from lunarchain.pipeline.check import check
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.scenario.load import load

CASE = "benchmarks/isaji2022"


def issues(*sets: str, case: str = CASE) -> str:
    return "\n".join(str(issue) for issue in check(load(case, list(sets)), shipped_departures()))


def test_shipped_logistics_cases_have_nothing_wrong() -> None:
    for case in (
        CASE,
        "benchmarks/isaji2022_free_design",
        "logistics/electric_tug",
        "logistics/self_propelled",
    ):
        assert issues(case=case) == ""


def test_a_vehicle_without_payload_cannot_serve_a_place_that_wants_goods() -> None:
    found = issues("logistics.vehicles.craft.payload=0")
    assert "demands at surface" in found and "'habitat' wanted" in found


def test_a_leg_beyond_what_tanks_can_give_is_named_with_both_numbers() -> None:
    found = issues("logistics.vehicles.craft.propellant=5000")
    assert "legs leo>llo" in found and "4,040 m/s" in found and "refuel on the way" in found


def test_a_vehicle_without_an_engine_flies_no_leg_that_needs_one() -> None:
    found = issues(
        "logistics.vehicles.ship.isp=350",
        "logistics.vehicles.ship.propellant=0",
        case="logistics/returning_ship",
    )
    assert "legs leo>surface" in found and "'ship' has 0 m/s" in found


@pytest.mark.parametrize(
    ("setting", "nearest"),
    [
        ("logistics.count_from=erth", "earth"),
        ("logistics.stays.lla.time=3", "llo"),
        ('logistics.goods.crew.uses.consumpton="1"', "consumption"),
    ],
)
def test_a_name_that_does_not_exist_gets_the_nearest_one(setting: str, nearest: str) -> None:
    assert f"did you mean '{nearest}'" in issues(setting)


def test_amounts_that_cannot_be_read_are_all_named() -> None:
    found = issues(
        "logistics.vehicles.craft.dry_mass=heavy",
        "logistics.vehicles.craft.isp=-3",
        'logistics.gravity="9.8 kg"',
    )
    assert "craft.dry_mass" in found and "craft.isp" in found and "logistics.gravity" in found


def test_an_unknown_key_is_refused_when_loading() -> None:
    with pytest.raises(InputError, match="payloda"):
        load(CASE, ["logistics.vehicles.craft.payloda=3"])
