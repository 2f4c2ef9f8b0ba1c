"""The shipped fact tables: every row is complete, plain and consistent with its neighbours."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from pathlib import Path

import pytest

from lunarchain.paths import shipped
from lunarchain.scenario.facts import COLUMNS, KINDS, Facts, load_facts
from lunarchain.units import factor, is_known, registry

TABLES = sorted(shipped("data").glob("*.csv"))


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def facts() -> Facts:
    return load_facts()


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_rows_are_complete(table: Path) -> None:
    for row in rows_of(table):
        key = row["id"]
        assert tuple(row) == COLUMNS, key
        assert key.startswith(table.stem + "."), key
        assert row["description"].strip(), key
        assert row["source"].strip(), key
        assert row["kind"] in KINDS, key
        assert is_known(row["unit"]), key
        assert bool(row["value"]) != bool(row["text"]), f"{key}: a number or a word, not both"
        assert row["text"] or row["unit"], f"{key}: a number needs a unit, 'dimensionless' at least"


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_ranges_enclose_their_value(table: Path) -> None:
    for row in rows_of(table):
        bounds = [float(row[name]) for name in ("low", "value", "high") if row[name]]
        assert bounds == sorted(bounds), row["id"]
        assert all(map(math.isfinite, bounds)), row["id"]


def test_ids_are_unique_across_tables() -> None:
    counts = Counter(row["id"] for table in TABLES for row in rows_of(table))
    assert [key for key, count in counts.items() if count > 1] == []


def test_ids_have_one_spelling() -> None:
    """Letters, digits and underscores between dots, so that an id can stand in a scenario file unquoted."""
    wrong = [
        row["id"] for table in TABLES for row in rows_of(table) if not re.fullmatch(r"[\w.]+", row["id"])
    ]
    assert wrong == []


VEHICLE_UNITS = {
    "payload_leo": "kt/flight", "first_price": "USD/kg", "reference_lift": "kt",
    "learning_rate": "", "floor_price": "USD/kg", "failure_probability": "", "first_flights": "flight/yr",
    "cadence_growth": "1/yr", "cadence_seed": "flight/yr", "flights_limit": "flight/yr",
    "flights_per_ship": "flight/ship/yr", "ship_build_rate": "ship/yr", "ship_life": "yr",
    "propellant": "kt/flight",
}  # fmt: skip
ROUTE_UNITS = {"lift": "", "lunar_oxygen": "", "orbital_oxygen": "", "lunar_fuel": "", "price": "USD/kg",
               "duration": "yr", "available_from": "yr"}  # fmt: skip
ORBIT_UNITS = {"sun_fraction": "", "slots": "satellite", "latency_one_way": "s", "disposal_success": "",
               "debris_residence": "yr"}  # fmt: skip
POWER_UNITS = {"land": "GW", "lit_output": "", "dark_output": "", "imported_mass_earth": "kt/GW",
               "life": "yr", "spares": "1/yr", "price_earth": "GUSD/GW", "build_time": "yr"}  # fmt: skip


@pytest.mark.parametrize(
    "table, units",
    [("vehicles", VEHICLE_UNITS), ("routes", ROUTE_UNITS), ("orbits", ORBIT_UNITS), ("power", POWER_UNITS)],
)
def test_members_of_a_table_carry_the_same_facts_in_the_units_of_the_model(
    facts: Facts, table: str, units: dict[str, str]
) -> None:
    for member in facts.children(table):
        if member == "storage":  # stands beside the power options and has facts of its own
            continue
        for name, unit in units.items():
            assert math.isfinite(facts.number(f"{table}.{member}.{name}", unit)), f"{table}.{member}.{name}"


def test_routes_end_where_something_is(facts: Facts) -> None:
    places = {*facts.children("orbits"), "moon"}
    ends = {facts.text(f"routes.{route}.to") for route in facts.children("routes")}
    assert ends == places
    assert {facts.text(f"routes.{route}.cargo") for route in facts.children("routes")} <= {
        "any",
        "satellite",
        "plant",
    }


def test_lift_is_never_free_and_oxygen_from_the_moon_saves_lift(facts: Facts) -> None:
    for route in facts.children("routes"):
        assert facts[f"routes.{route}.lift"].low >= 1, route
    lift = {route: facts.number(f"routes.{route}.lift", "") for route in facts.children("routes")}
    assert lift["ship_return_lox"] < lift["ship_return"]
    assert lift["lander_lh2_lox"] < lift["lander_lh2"]
    assert lift["lander_ch4_lox"] < lift["lander_ch4"]


@pytest.mark.parametrize("vehicle", ["starship", "new_glenn", "falcon_heavy", "falcon9"])
def test_black_carbon_follows_from_propellant_share_and_index(facts: Facts, vehicle: str) -> None:
    index = "black_carbon_index" if vehicle in ("starship", "new_glenn") else "black_carbon_index_kerosene"
    burned = facts.number(f"vehicles.{vehicle}.propellant", "g/flight")
    if vehicle == "new_glenn":  # the upper stage burns hydrogen
        burned = sum(facts.number(f"vehicles.{vehicle}.{part}", "g/flight") for part in ("methane", "oxygen"))
    above = facts.number("emissions.fraction_above_15km", "")
    expected = burned * above * facts.number(f"emissions.{index}", "")
    assert facts.number(f"emissions.{vehicle}.black_carbon", "g/flight") == pytest.approx(expected, rel=0.01)


def test_exhaust_of_a_full_load_follows_from_combustion(facts: Facts) -> None:
    """CH4 + 2 O2 -> CO2 + 2 H2O with molar masses 16.04, 44.01 and 18.02."""
    methane = facts.number("vehicles.starship.methane", "t/flight")
    assert facts.number("emissions.starship.co2", "t/flight") == pytest.approx(
        methane * 44.01 / 16.04, rel=0.01
    )
    assert facts.number("emissions.starship.h2o", "t/flight") == pytest.approx(
        methane * 36.03 / 16.04, rel=0.01
    )
    oxygen = facts.number("vehicles.starship.oxygen", "t/flight")
    assert methane + oxygen == pytest.approx(facts["vehicles.starship.propellant"].high, rel=1e-3)


def test_learning_from_the_first_price_reaches_the_published_forecast(facts: Facts) -> None:
    """370,000 t at 20 % per doubling is published as 200 USD/kg."""
    doublings = math.log2(370 / facts.number("vehicles.starship.reference_lift", "kt"))
    remaining = (1 - facts.number("vehicles.starship.learning_rate", "")) ** doublings
    price = facts.number("vehicles.starship.first_price", "USD/kg") * remaining
    assert price == pytest.approx(facts.number("launch.launch_price_2035_suncatcher", "USD/kg"), rel=0.02)


def test_launch_price_never_starts_below_its_floor(facts: Facts) -> None:
    for vehicle in facts.children("vehicles"):
        first, floor = (
            facts.number(f"vehicles.{vehicle}.{name}", "USD/kg") for name in ("first_price", "floor_price")
        )
        assert floor <= first, vehicle


def test_sites_know_their_soil_and_their_night(facts: Facts) -> None:
    for site in facts.children("sites"):
        assert facts.text(f"sites.{site}.soil") in facts.children("soils")
        assert facts.text(f"sites.{site}.kind") in ("polar", "equatorial")
        lit, dark_h = (
            facts.number(f"sites.{site}.lit_fraction", ""),
            facts.number(f"sites.{site}.dark_spell", "hour"),
        )
        assert 0 < dark_h <= (1 - lit) * 8766, "one dark spell cannot be longer than the dark of a whole year"


def test_power_options_fit_a_kind_of_site_and_give_no_more_than_their_nameplate(facts: Facts) -> None:
    options = [option for option in facts.children("power") if option != "storage"]
    for option in options:
        assert facts.text(f"power.{option}.sites") in ("polar", "equatorial", "any")
        assert facts.text(f"power.{option}.nuclear") in ("yes", "no")
        lit, dark = (facts.number(f"power.{option}.{name}", "") for name in ("lit_output", "dark_output"))
        assert 0 <= dark <= lit <= 1, option
    ridges = sum(facts.number(f"power.pv_ridge_{share}.land", "GW") for share in (70, 90))
    assert ridges == pytest.approx(0.055), "the published limit for masts up to 20 m, counted once"
    towers = sum(facts.number(f"power.pv_tower_{height}.land", "GW") for height in ("1km", "2km"))
    assert towers == pytest.approx(facts.number("polar.limit_2km_70", "GW")), "towers share the same ground"


def test_hotter_heat_needs_less_radiator(facts: Facts) -> None:
    """Stefan-Boltzmann by hand: two sides, emissivity 0.85, 200 K surroundings."""
    areal = facts.number("industry.fabrication.radiator_areal", "kg/m**2")
    sigma = facts.number("constants.stefan_boltzmann", "kW/m**2/K**4")
    for grade in ("low", "medium", "high"):
        kelvin = facts.number(f"heat.{grade}.temperature", "K")
        expected = areal / (2 * 0.85 * sigma * (kelvin**4 - 200**4))
        assert facts.number(f"heat.{grade}.radiator", "kg/kW") == pytest.approx(expected, rel=1e-3)


def test_service_shares_make_one_whole_and_licences_their_total(facts: Facts) -> None:
    shares = [facts.number(f"services.{service}.share", "") for service in facts.children("services")]
    assert sum(shares) == pytest.approx(1)
    sites = ("starbase", "lc39a", "slc37")
    assessed = sum(facts.number(f"policy.licences.{site}", "flight/yr") for site in sites)
    assert assessed == facts.number("policy.licences.total", "flight/yr")


def test_the_sun_and_its_constant_agree(facts: Facts) -> None:
    """Luminosity over the sphere of one astronomical unit gives the solar constant."""
    au_m = registry().Quantity(1, "astronomical_unit").to("meter").magnitude
    flux = facts.number("constants.solar_luminosity", "W") / (4 * math.pi * au_m**2)
    assert flux == pytest.approx(facts.number("constants.solar_constant", "W/m**2"), rel=1e-3)


def test_launched_power_price_of_the_published_satellites(facts: Facts) -> None:
    """Mass x price / (power x life) gives the published table within its rounding of power."""
    for satellite in facts.children("benchmark_orbital_compute.suncatcher"):
        name = f"benchmark_orbital_compute.suncatcher.{satellite}"
        kg, kw, years = (
            facts.number(f"{name}.{n}", u) for n, u in (("mass", "kg"), ("power", "kW"), ("life", "yr"))
        )
        published = facts.number(f"{name}.price_at_3600", "USD/kW/yr")
        assert kg * 3600 / (kw * years) == pytest.approx(published, rel=0.015), satellite


def test_money_and_mass_units_of_the_model_are_within_reach(facts: Facts) -> None:
    assert factor("USD/kg", "GUSD/kt") == pytest.approx(1e-3)
    assert factor("kWh/kg", "GWh/kt") == pytest.approx(1)
    assert facts.number("prices.plant", "GUSD/kt") == pytest.approx(
        facts.number("prices.plant", "USD/kg") / 1e3
    )
