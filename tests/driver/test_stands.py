"""Where tracks stand, which ways they fire, and what may be built there."""

from __future__ import annotations

import pytest

from lunarchain.driver.menu import speed_levels, speeds_asked, stand_menu
from lunarchain.driver.stands import stands
from lunarchain.scenario.facts import Facts

EAST, WEST = "mare_33e_east", "mare_33e_west"


def test_a_two_way_stand_needs_both_its_directions(facts: Facts) -> None:
    assert set(stands(facts, (EAST, WEST), True)) == {EAST, WEST, "mare_33e_both"}
    assert set(stands(facts, (EAST, WEST), False)) == {EAST, WEST}
    assert set(stands(facts, (EAST,), True)) == {EAST}


def test_every_stand_of_the_table_is_one_place(facts: Facts) -> None:
    for name in facts.children("stands"):
        directions = facts.text(f"stands.{name}.directions").split()
        assert len({facts.text(f"tracks.{direction}.site") for direction in directions}) == 1


def test_a_two_way_track_is_fast_enough_for_either_way(facts: Facts) -> None:
    asked = speeds_asked([("parts", EAST, 2350.0), ("parts", EAST, 2900.0), ("parts", WEST, 2446.0)])
    assert asked == {"parts": {EAST: [2350.0, 2900.0], WEST: [2446.0]}}
    places = stands(facts, (EAST, WEST), True)

    def speeds(stand: str) -> set[float]:
        return {item.exit_speed_m_s for item in stand_menu(facts, places[stand], asked, 2)}

    assert speeds(EAST) == {2350.0, 2900.0}
    assert speeds("mare_33e_both") == {2446.0, 2900.0}


def test_a_class_that_one_direction_cannot_use_is_not_offered_both_ways(facts: Facts) -> None:
    both = stands(facts, (EAST, WEST), True)["mare_33e_both"]
    assert stand_menu(facts, both, {"bulk": {EAST: [2300.0]}}, 2) == []


def test_a_two_way_track_brakes_and_steers_at_both_ends(facts: Facts) -> None:
    places = stands(facts, (EAST, WEST), True)
    asked = {"parts": {EAST: [2446.0], WEST: [2446.0]}}
    one, both = (stand_menu(facts, places[name], asked, 1)[0] for name in (EAST, "mare_33e_both"))
    assert both.id == one.id + "_both"
    guideway = facts.number("driver.bill.guideway_mass", "kt/m")
    extra = one.braking_m + 2 * one.azimuth_yard_m
    more_guideway = guideway * extra * facts.number("driver.bill.guideway.steel_parts", "")
    assert both.total_mass_kt > one.total_mass_kt + guideway * extra
    assert both.lunar_mass_kt["ceramic"] - one.lunar_mass_kt["ceramic"] == pytest.approx(
        more_guideway * 0.39 / 0.6
    )
    assert (both.mean_power_mw, both.cargo_kt_per_yr) == (one.mean_power_mw, one.cargo_kt_per_yr)


@pytest.mark.parametrize(
    ("speeds", "levels"), [([2300, 2400], [2400]), ([2300, 2450], [2300, 2450]), ([2400, 2300, 2500], [2400, 2500])]
)
def test_speed_levels(speeds: list[float], levels: list[float]) -> None:
    assert speed_levels(speeds) == levels
