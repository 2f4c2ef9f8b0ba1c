"""A whole design: the sheet's keys and worked figures, conservation of energy and mass, scaling of cost."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lunarchain.driver.basis import LauncherBasis
from lunarchain.driver.design import LauncherDesign, design, design_sheet
from lunarchain.driver.inputs import launcher_basis
from lunarchain.driver.masses import component_masses_kg
from lunarchain.driver.sizing import size
from lunarchain.errors import InputError
from lunarchain.scenario.facts import Facts

YEAR_S = 365.25 * 86400


def test_sheet_of_the_worked_launcher(one_tonne: LauncherDesign) -> None:
    sheet = design_sheet(one_tonne)
    worked = {
        "track_m": 10622,
        "time_on_track_s": 8.50,
        "kinetic_energy_gj": 3.75,
        "peak_kinetic_power_gw": 0.88,
        "store_t": 2340,
        "hold_down_m_s2": 1.97,
    }
    assert {key: sheet[key] for key in worked} == pytest.approx(worked, rel=5e-3)
    assert 1500 < one_tonne.mean_power_mw < 2000, "a near-steady motor of 1.5 to 2 GW"
    assert json.loads(json.dumps(sheet)) == sheet | {
        "capital_range_g_usd": list(one_tonne.capital_range_g_usd)
    }


def test_sheet_with_the_heavier_sled(facts: Facts) -> None:
    heavy = design(2500, 30, 1, 2.68, launcher_basis(facts, "parts", sled_ratio=0.3))
    assert heavy.stator_heat_kw_per_m == pytest.approx(36, rel=0.01)
    assert heavy.radiator_m2_per_m == pytest.approx(25, rel=0.015)
    assert heavy.stator_heat_mw == pytest.approx(379, rel=2e-3)


def test_wall_power_is_conserved(one_tonne: LauncherDesign, parts: LauncherBasis) -> None:
    """Wall power leaves as payload motion, stator heat, braking heat and conversion loss, nothing else."""
    launcher, technology = one_tonne, parts.technology
    kinetic_mw = launcher.kinetic_energy_gj * 1e3 / launcher.interval_s
    cargo_mw = kinetic_mw / (1 + launcher.sled_ratio)
    braking_mw = launcher.braking_heat_kw_per_m * launcher.braking_m / 1e3
    conversion_mw = kinetic_mw * (1 / technology.wall_efficiency - 1 / technology.motor_efficiency)
    leaving = cargo_mw + launcher.stator_heat_mw + braking_mw + conversion_mw
    assert leaving == pytest.approx(launcher.mean_power_mw, rel=1e-12)


def test_a_year_of_shots_takes_the_energy_per_kilogram(one_tonne: LauncherDesign) -> None:
    gwh = one_tonne.mean_power_mw * YEAR_S / 3600 / 1e3
    assert gwh / one_tonne.throughput_kt_per_yr == pytest.approx(one_tonne.wall_energy_kwh_per_kg, rel=1e-12)
    assert one_tonne.throughput_kt_per_yr == pytest.approx(YEAR_S / 2.68 / 1e3)


def test_materials_are_the_components(one_tonne: LauncherDesign, parts: LauncherBasis) -> None:
    sizing = size(2500, 30 * 9.80665, 1000, 2.68, parts.payload.sled_ratio, parts.technology)
    components = component_masses_kg(sizing, parts.bill, parts.technology)
    assert one_tonne.total_mass_kt == pytest.approx(sum(components.values()) / 1e6, rel=1e-12)
    assert set(one_tonne.lunar_mass_kt) == {"al_parts", "steel_parts", "wire", "ceramic", "radiator"}
    assert one_tonne.imported_mass_kt > components["switches"] / 1e6


def test_the_machine_of_the_bill_gets_its_own_masses_back(facts: Facts) -> None:
    """SP-428 through the scaling: components as published, whatever they were scaled by."""
    read = {key: facts.number(f"driver.published.sp428.{key}", unit) for key, unit in (
        ("exit_speed", "m/s"), ("acceleration", "m/s**2"), ("shot_mass", "kg"), ("rate", "shot/s"),
        ("kinetic_system_mass", "kg"), ("switch_mass", "kg"), ("winding_mass", "kg"), ("feeder_mass", "kg"),
        ("total_length", "m"),
    )}  # fmt: skip
    basis = launcher_basis(facts, "bulk", facts.number("driver.sled.mass_ratio", ""), azimuth_range_rad=0.0)
    sizing = size(
        read["exit_speed"], read["acceleration"], read["shot_mass"], 1 / read["rate"], basis.payload.sled_ratio,
        basis.technology,
    )  # fmt: skip
    mass = component_masses_kg(sizing, basis.bill, basis.technology)
    assert mass["kinetic_system"] == pytest.approx(read["kinetic_system_mass"], rel=0.02)
    assert mass["switches"] == pytest.approx(read["switch_mass"], rel=0.02)
    windings = (read["winding_mass"] + read["feeder_mass"]) / read["total_length"] * sizing.track_m
    assert 1 < mass["stator"] / windings < 1.5  # ours brakes with stator too, but only the sled


def test_bill_of_the_worked_launcher_by_hand(parts: LauncherBasis) -> None:
    """Anchors: 151.3 t of windings and feeders over 488 m at 13.65 kg and 10,000 m/s², 50.3 t of switches at
    409.5 MW electrical, 1690 t of kinetic system at 157.3 MW with the sleds; power conversion sheds 403.6 MW."""
    sizing = size(2500, 30 * 9.80665, 1000, 2.68, parts.payload.sled_ratio, parts.technology)
    tonnes = {
        name: kg / 1e3 for name, kg in component_masses_kg(sizing, parts.bill, parts.technology).items()
    }
    by_hand = {
        "stator": 10622 * 0.18031 + 1062.2 * 0.54617,
        "guideway": 0.3 * (10622 + 1062.2 + 2 * 7415.5),  # a curve of 10 degrees to either side at 15 g
        "kinetic_system": 1690 / 157.3 * 1399.25,
        "store": 2343.75,
        "switches": 50.3 / 409.5 * 2325.3,
        "radiators": 1.6e-3 * (349.81e6 + 69.96e6 + 403.63e6) / 1446.5,
        "sleds": 194 * 0.2,
    }
    assert tonnes == pytest.approx(by_hand, rel=1e-3)


def test_service_of_the_worked_launcher_by_hand(one_tonne: LauncherDesign) -> None:
    assert one_tonne.build_time_yr == pytest.approx(1.5 + 0.05 * 11.684, rel=1e-4)
    assert one_tonne.wear_kt_per_yr == pytest.approx(2.4954 * 0.117752, rel=1e-3)
    assert one_tonne.store_cost_g_usd == pytest.approx(0.046875)
    assert one_tonne.azimuth_yard_m == pytest.approx(2500**2 / 147.1 * 0.174533, rel=1e-4)
    assert one_tonne.sleds * 2.68 > 8.50 + 0.85 + 11684 / 30 + 120


def test_stator_mass_does_not_depend_on_acceleration(parts: LauncherBasis) -> None:
    """Twice the thrust per metre over half the metres: the accelerating stator follows kinetic energy."""
    gentle, hard = (
        size(2500, g * 9.80665, 1000, 27, 0.2, replace(parts.technology, braking_acceleration_g=1000))
        for g in (30, 300)
    )
    stators = [component_masses_kg(item, parts.bill, parts.technology)["stator"] for item in (gentle, hard)]
    assert stators[0] == pytest.approx(stators[1])
    guideways = [
        component_masses_kg(item, parts.bill, parts.technology)["guideway"] for item in (gentle, hard)
    ]
    assert guideways[0] > 5 * guideways[1]


def test_a_two_way_track_brakes_at_both_ends(parts: LauncherBasis, one_tonne: LauncherDesign) -> None:
    both = design(2500, 30, 1, 2.68, parts, two_way=True)
    assert both.braking_m == one_tonne.braking_m
    assert both.total_mass_kt > one_tonne.total_mass_kt
    assert both.capital_g_usd > one_tonne.capital_g_usd
    assert both.wall_energy_kwh_per_kg == one_tonne.wall_energy_kwh_per_kg


def test_regimes_of_capital_keep_their_spread(one_tonne: LauncherDesign) -> None:
    low, high = one_tonne.capital_range_g_usd
    assert one_tonne.capital_g_usd / low == pytest.approx(127 / 13)
    assert high / low == pytest.approx(1242 / 13)


def test_choosing_a_regime_moves_the_capital(facts: Facts, one_tonne: LauncherDesign) -> None:
    dear = launcher_basis(facts.override({"driver.capital.regime": "high"}), "parts")
    assert design(2500, 30, 1, 2.68, dear).capital_g_usd == pytest.approx(one_tonne.capital_range_g_usd[1])


def test_capital_follows_mass_below_proportion(facts: Facts) -> None:
    heavier = facts.override({"driver.bill.guideway_mass": 1100})
    light, heavy = (design(2500, 30, 1, 300, launcher_basis(f, "parts")) for f in (facts, heavier))
    grown = heavy.total_mass_kt / light.total_mass_kt
    # The machine the regime prices has a track too, so it grows as well and takes part of the rise away.
    assert 1 < heavy.capital_g_usd / light.capital_g_usd < grown**0.7


def test_a_store_without_reserve_holds_what_it_cycles(facts: Facts, one_tonne: LauncherDesign) -> None:
    bare = design(2500, 30, 1, 2.68, launcher_basis(facts.override({"driver.store.reserve": 0.0}), "parts"))
    assert bare.store_gj == pytest.approx(one_tonne.cycled_gj)
    assert bare.store_t < one_tonne.store_t / 10
    assert bare.imported_mass_kt < one_tonne.imported_mass_kt


def test_wear_replaces_the_stator_over_its_life(facts: Facts, one_tonne: LauncherDesign) -> None:
    frail = launcher_basis(facts.override({"driver.operations.stator_life": 1e6}), "parts")
    worn = design(2500, 30, 1, 2.68, frail)
    assert worn.wear_kt_per_yr == pytest.approx(100 * one_tonne.wear_kt_per_yr)
    assert worn.stator_life_yr == pytest.approx(1e6 * 2.68 / (YEAR_S * one_tonne.availability))


def test_structure_flies_along(facts: Facts) -> None:
    gentle, hard = (design(2500, g, 1, 10, launcher_basis(facts, "satellite")) for g in (10, 30))
    assert gentle.throughput_kt_per_yr == hard.throughput_kt_per_yr
    assert gentle.cargo_kt_per_yr > hard.cargo_kt_per_yr


def test_faults_of_the_tables_are_named(facts: Facts) -> None:
    broken = facts.override({"driver.bill.store.wire": 0.5, "driver.bill.sleds.al_parts": 0.5})
    with pytest.raises(InputError) as caught:
        launcher_basis(broken, "parts")
    assert [issue.key for issue in caught.value.issues] == ["driver.bill.store", "driver.bill.sleds"]
    with pytest.raises(InputError) as caught:
        launcher_basis(facts, "satelite")
    assert caught.value.issues[0].nearest == "satellite"
