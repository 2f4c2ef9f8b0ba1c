"""The menu: sound, non-dominated, spread over throughput, and moved by the data behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lunarchain.driver.check import check_design
from lunarchain.driver.classes import cheapest_fleets, fleet_for
from lunarchain.driver.design import LauncherDesign
from lunarchain.driver.inputs import launcher_basis, payload_classes
from lunarchain.driver.menu import menu, non_dominated, spread
from lunarchain.errors import InputError
from lunarchain.scenario.facts import Facts

CLASSES = ("satellite", "parts", "bulk")


def test_classes_are_the_facts(facts: Facts) -> None:
    assert set(payload_classes(facts)) == set(CLASSES)


@pytest.mark.parametrize("payload_class", CLASSES)
def test_menu_is_small_sound_and_spread(facts: Facts, payload_class: str) -> None:
    designs = menu(facts, payload_class, 2600)
    basis = launcher_basis(facts, payload_class)
    assert 2 <= len(designs) <= 4
    assert len({item.id for item in designs}) == len(designs)
    rates = [item.throughput_kt_per_yr for item in designs]
    assert rates == sorted(rates)
    assert rates[0] >= 50 and rates[-1] <= 6000 and rates[-1] / rates[0] >= 10
    for item in designs:
        choices = (item.exit_speed_m_s, item.acceleration_g, item.shot_mass_t, item.interval_s)
        assert item.exit_speed_m_s == 2600 and item.payload_class == payload_class
        assert check_design(*choices, basis) == []


def test_the_single_launcher_of_the_one_driver_case_is_offered(facts: Facts) -> None:
    """100 kg at 300 g every 2.7 s, 0.7 of the time: 818 kt a year."""
    (found,) = [d for d in menu(facts, "parts", 2540) if d.shot_mass_t == 0.1 and d.interval_s == 2.7]
    assert found.throughput_kt_per_yr * found.availability == pytest.approx(818, abs=0.5)


def test_dominated_designs_are_left_out(one_tonne: LauncherDesign) -> None:
    worse = replace(one_tonne, id="worse", capital_g_usd=2 * one_tonne.capital_g_usd)
    other = replace(worse, id="other", imported_mass_kt=one_tonne.imported_mass_kt / 2)
    assert [item.id for item in non_dominated([worse, one_tonne, other])] == [one_tonne.id, "other"]


def test_twins_do_not_dominate_each_other(one_tonne: LauncherDesign) -> None:
    assert len(non_dominated([one_tonne, replace(one_tonne, id="twin")])) == 2


def test_spread_takes_the_cheapest_of_each_band(one_tonne: LauncherDesign) -> None:
    def at(rate: float, capital: float) -> LauncherDesign:
        return replace(one_tonne, id=f"{rate}", throughput_kt_per_yr=rate, capital_g_usd=capital)

    chosen = spread([at(100, 5), at(110, 4), at(1000, 50), at(1100, 70)], most=2)
    assert [item.id for item in chosen] == ["110", "1000"]
    assert spread([], 3) == []
    assert len(spread([one_tonne], 3)) == 1


def test_an_unknown_class_names_the_nearest(facts: Facts) -> None:
    with pytest.raises(InputError) as caught:
        menu(facts, "part", 2500)
    assert caught.value.issues[0].nearest == "parts"


def test_no_design_survives_a_speed_below_orbit(facts: Facts) -> None:
    assert menu(facts, "bulk", 1500) == []


def test_a_tougher_payload_gets_harder_throws(facts: Facts) -> None:
    soft = facts.override({"driver.class.parts.acceleration_limit": "low"})
    assert {item.acceleration_g for item in menu(soft, "parts", 2500)} == {100}
    assert {item.acceleration_g for item in menu(facts, "parts", 2500)} == {300}


@pytest.mark.parametrize(("structure_per_g", "expected_g"), [(0.0005, 100), (0.03, 10)])
def test_launch_structure_flips_gentle_and_hard(
    facts: Facts, structure_per_g: float, expected_g: float
) -> None:
    """A satellite that stands 100 g is thrown hard only while that costs it little structure."""
    choice = facts.override(
        {
            "driver.class.satellite.acceleration_limit": 100,
            "driver.menu.satellite.acceleration.2": 100,
            "driver.class.satellite.structure_per_g": structure_per_g,
        }
    )
    fleet = cheapest_fleets(choice, 2500, cargo_kt_per_yr=2000)["satellite"]
    assert fleet.launcher.acceleration_g == expected_g


def test_a_terawatt_year_of_hulls(facts: Facts) -> None:
    """10 Mt a year at 2.5 km/s: whole tracks, and energy that follows the mass thrown, near 110 MW per Mt at
    best and 200 MW with sleds and losses."""
    fleets = cheapest_fleets(facts, 2500, cargo_kt_per_yr=10_000)
    for fleet in fleets.values():
        assert fleet.tracks * fleet.launcher.cargo_kt_per_yr >= 10_000
        assert (fleet.tracks - 1) * fleet.launcher.cargo_kt_per_yr < 10_000
        assert 1100 < fleet.mean_power_mw < 2000
    assert fleets["satellite"].track_km > 5 * fleets["parts"].track_km
    assert fleets["satellite"].structure_kt_per_yr > fleets["parts"].structure_kt_per_yr
    assert [fleet.orbital_assembly for fleet in fleets.values()] == [False, True, True]


def test_power_and_heat_follow_the_shots(one_tonne: LauncherDesign) -> None:
    half, whole = (fleet_for(one_tonne, cargo) for cargo in (2000, 4000))
    assert whole.mean_power_mw == pytest.approx(2 * half.mean_power_mw)
    assert whole.tracks == half.tracks == 1
    assert whole.capital_g_usd == half.capital_g_usd
