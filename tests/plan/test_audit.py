"""The audit passes a sound plan, agrees with the solving room on its cost, and names what is wrong with a bad one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lunarchain.plan.audit import Certificate, audit, audit_tables, rows
from lunarchain.plan.audit.case import with_tables
from lunarchain.plan.audit.places import known_places

UP, DOWN = 1.001, 0.999

# table; words that pick rows by node, item or detail, the largest of them is spoilt; by what; the check that says so
CHANGED = (
    ("activity", "P01 lit", UP, "activity"),
    ("satellites", "parts bought so far", UP, "bought so far"),
    ("satellites", "added in clusters", 1000.0, "cluster members"),
    ("satellites", "added in clusters", DOWN, "training clusters"),
    ("activity", "P01 lit", DOWN, "commodity balance"),
    ("activity", "P09 dark", UP, "energy"),
    ("capacity", "P01", UP, "capacity"),
    ("builds", "landed", UP, "cargo"),
    ("builds", "P03b local", DOWN, "capacity"),
    ("builds", "robots", DOWN, "robots"),
    ("plant", "structure improved", UP, "plant experience"),
    ("plant", "structure mature", UP, "robots"),
    ("plant", "structure crude", DOWN, "plant experience"),
    ("plant", "precision mature", UP, "commodity balance"),
    ("plant", "made", DOWN, "plant experience"),
    ("power", "fission standing", DOWN, "energy"),
    ("power", "added from earth", UP, "power standing"),
    ("power", "pv_ridge_70 standing", UP, "power land"),
    ("power", "storage added from earth", DOWN, "storage size"),
    ("power", "day_pv spares from earth", 50.0, "power spares"),
    ("power", "radiators added from moon", DOWN, "heat rejection"),
    ("tracks", "mare_33e_east built", UP, "whole numbers"),
    ("tracks", "mare_33e_east standing", UP, "tracks standing"),
    ("stators", "left", UP, "stators left"),
    ("launchers", "shots", UP, "driver shots"),
    ("launchers", "busy", UP, "driver tracks"),
    ("launchers", "power", UP, "driver power"),
    ("launchers", "heat", UP, "driver heat"),
    ("shots", "parts_100kg_300g_0.9s_2380.43", UP, "track load"),
    ("shots", "bulk_100kg_1000g_0.9s_2380.43", DOWN, "site mass"),
    ("thrown", "parts|catcher|lit", UP, "hull balance"),
    ("thrown", "satellite|catcher|lit", DOWN, "satellite balance"),
    ("thrown", "parts|catcher|lit", DOWN, "delivered"),
    ("thrown", "bulk|catcher|lit", DOWN, "depot oxygen"),
    ("satellites", "in service", UP, "service stock"),
    ("satellites", "yard", DOWN, "orbital yards"),
    ("satellites", "earth", UP, "cost"),
    ("lunar_goods", "hull", UP, "hull balance"),
    ("lunar_goods", "satellite", DOWN, "satellite balance"),
    ("haulage", "hull rail", DOWN, "hull balance"),
    ("haulage", "kit", UP, "commodity balance"),
    ("imports", "imp_fluid", DOWN, "commodity balance"),
    ("transport", "satellite", DOWN, "cargo"),
    ("transport", "plant", UP, "lift"),
    ("launches", "cadence", DOWN, "cadence used"),
    ("launches", "cadence", UP, "launch pads"),
    ("launches", "flights", DOWN, "lift"),
    ("launches", "lifted so far", UP, "lifted so far"),
    ("compute", "tier 1", DOWN, "demand met"),
    ("compute", "eml2 batch", UP, "orbit output"),
    ("compute", "ground interactive", UP, "ground halls"),
    ("ground", "chips", DOWN, "ground chips"),
    ("ground", "halls", UP, "grid connections"),
    ("links", "relay", DOWN, "relay capacity"),
    ("openings", "programme", DOWN, "opened once"),
    ("costs", "chips", UP, "cost"),
    ("costs", "Earth launch", UP, "objective"),
)

DROPPED = (
    ("capacity", "P01", "activity"),
    ("haulage", "line", "haulage line"),
    ("haulage", "vehicles rail", "haulage vehicles"),
    ("launches", "ships new_glenn", "ship fleet"),
    ("openings", "south_pole", "opened before landing"),
    ("plant", "precision", "precision parts"),
    ("plant", "structure", "plant structure"),
    ("satellites", "in service", "terminals"),
    ("tracks", "parts_100kg_300g_0.9s_2380.43", "track rate"),
    ("tracks", "bulk_100kg_1000g_0.9s_2380.43", "track window"),
    ("tracks", "satellite_1000kg_30g_10s_2380.43", "driver seconds"),
)

# a row that the case cannot have, for every table
ADDED = {
    "activity": ("mare_33e", "P17", "lit"),
    "builds": ("mare_33e", "P01", "given"),
    "capacity": ("procellarum_55w", "P01", ""),
    "compute": ("moon", "batch", "served"),
    "ground": ("ground", "halls", "standing"),
    "haulage": ("mare_33e>mare_33e", "hull", "rover"),
    "imports": ("mare_33e", "hull", ""),
    "launches": ("falcon9", "flights", ""),
    "links": ("relay", "capacity", "standing"),
    "lunar_goods": ("leo", "hull", "made"),
    "openings": ("leo", "opened", ""),
    "plant": ("mare_33e", "structure", "reference"),
    "power": ("mare_33e", "fission", "added from moon"),
    "satellites": ("sso", "earth", "added"),
    "shots": ("mare_33e_west", "parts_100kg_300g_0.9s_2380.43", "lit"),
    "stators": ("mare_33e_west", "stators", "renewed"),
    "launchers": ("mare_33e_east", "parts_of_something", "shots"),
    "thrown": ("mare_33e_east", "leo", "parts|electric|lit"),
    "tracks": ("mare_33e_east", "parts_of_something", "built"),
    "transport": ("mare_33e", "lander_ch5", "plant"),
}

# facts that make the same plan break a limit it kept, several at once; what each must be found by
TIGHTER: tuple[tuple[dict[str, float | str], str], ...] = (
    ({"sites.mare_33e.earliest_landing": 2047.0}, "earliest landing"),
    ({"operations.first_landing": 1e9}, "first landing"),
    ({"routes.lander_lh2.available_from": 2047.0}, "route open"),
    ({"driver.operations.stator_life": 1e3}, "stator life"),
    ({"orbits.eml2.latency_one_way": 500.0}, "latency"),
    ({"orbits.eml2.clusters": "no"}, "formation"),
    ({"orbits.eml2.slots": 100.0}, "slots"),
    ({"operations.commissioning_seed": 0.0001}, "commissioning"),
    ({"closure.grade.mature.experience": 0.0001}, "plant grade"),
    ({"operations.melt_restart": 0.0, "maintenance.availability": 0.5}, "dark capacity"),
    ({"vehicles.starship.cadence_growth": 0.01}, "cadence growth"),
    ({"vehicles.starship.flights_limit": 1000.0}, "cadence limit"),
    ({"vehicles.starship.ship_build_rate": 0.001}, "shipyard"),
    ({"pads.build_rate_seed": 1e-4, "pads.build_rate_growth": 0.0}, "pad building"),
    ({"compute.chip_supply_first": 1.0}, "chip supply"),
    ({"links.relay_growth": 0.001}, "relay growth"),
    ({"driver.class.parts.acceleration_limit": 100.0}, "track design"),
    ({"commodities.sog_si.element.Si": 0.5}, "site element"),
)

CAPS = {
    "launch_licences_per_yr": "launch licences",
    "black_carbon_cap_kt": "black carbon cap",
    "launch_co2_cap_mt": "launch CO2 cap",
    "alumina_cap_kt": "alumina cap",
    "moon_chip_export_cap_kt": "chip export cap",
    "moon_import_cap_kt": "lunar import cap",
    "lunar_mining_cap_mt": "mining cap",
    "ground_grid_cap_gw": "grid connections",
    "chip_supply_cap_gw": "chip supply",
}


def largest(table: pd.DataFrame, words: str) -> Any:
    """Label of the largest row whose node, item or detail holds the words."""
    text = " " + table["node"] + " " + table["item"] + " " + table["detail"] + " "
    found = table[[all(f" {word} " in row for word in _phrases(words)) for row in text]]
    assert len(found), f"no row of {words}"
    return found["value"].idxmax()


def _phrases(words: str) -> list[str]:
    for phrase in (
        "added from moon",
        "added from earth",
        "in service",
        "lifted so far",
        "tier 1",
        "Earth launch",
    ):
        if phrase in words:
            return [phrase, *words.replace(phrase, "").split()]
    return words.split()


def spoilt(solved: Any, premises: Any, name: str, table: pd.DataFrame) -> Certificate:
    return audit_tables(premises, {**solved.tables, name: table})


def test_a_sound_plan_passes(solved: Any) -> None:
    certificate = audit(solved.tables, solved.scenario, solved.facts, solved.departures)
    assert certificate.failed == ()
    assert certificate.passed and certificate.max_residual <= 1e-6
    assert all(check.rows > 0 for check in certificate.checks)


def test_the_objective_is_what_was_solved_for(solved: Any, premises: Any) -> None:
    assert audit_tables(premises, solved.tables).objective_g_usd == pytest.approx(solved.objective, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "words", "by", "check"), CHANGED, ids=lambda part: str(part).replace(" ", "_")
)
def test_a_changed_number_is_found(
    solved: Any, premises: Any, name: str, words: str, by: float, check: str
) -> None:
    table = solved.tables[name].copy()
    table.loc[largest(table, words), "value"] *= by
    assert check in spoilt(solved, premises, name, table).failed


@pytest.mark.parametrize(("name", "words", "check"), DROPPED, ids=lambda part: str(part).replace(" ", "_"))
def test_dropped_rows_are_found(solved: Any, premises: Any, name: str, words: str, check: str) -> None:
    table = solved.tables[name]
    chosen = table.loc[largest(table, words)]
    gone = (table["node"] == chosen["node"]) & (table["item"] == chosen["item"])
    assert check in spoilt(solved, premises, name, table[~gone]).failed


def test_added_rows_are_found_in_every_table(solved: Any, premises: Any) -> None:
    tables = {}
    for name, table in solved.tables.items():
        extra = table.iloc[[0]].copy()
        extra[["node", "item", "detail"]] = ADDED.get(name, ("all", "bribes", "charged"))
        tables[name] = pd.concat([table, extra], ignore_index=True)
    certificate = audit_tables(premises, tables)
    assert {"names", "cost"} <= set(certificate.failed)
    strange = [line.place for line in _row_lines(premises, tables) if line.left.any()]
    assert {place.split(":")[0] for place in strange} == set(ADDED)


def _row_lines(premises: Any, tables: dict[str, pd.DataFrame]) -> Any:
    case = with_tables(premises, tables)
    return rows.lines(case, tables, known_places(case))


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"period": 99}, "calendar"),
        ({"unit": "t/yr"}, "units"),
        ({"value": float("nan")}, "numbers"),
        ({"value": -1.0}, "numbers"),
        ({}, "repeated rows"),
    ],
)
def test_a_malformed_row_is_found(solved: Any, premises: Any, change: Mapping[str, Any], check: str) -> None:
    table = solved.tables["imports"]
    extra = table.iloc[[0]].assign(**change)
    assert check in spoilt(solved, premises, "imports", pd.concat([table, extra], ignore_index=True)).failed


def test_a_missing_table_is_found(solved: Any, premises: Any) -> None:
    kept = {name: table for name, table in solved.tables.items() if name != "shots"}
    assert audit_tables(premises, kept).failed == ("tables",)


def test_every_cap_the_scenario_sets_is_checked(solved: Any) -> None:
    tight = solved.scenario.policy.model_copy(update=dict.fromkeys(CAPS, 1e-3))
    moon = solved.scenario.moon.model_copy(update={"import_caps_kt": {"imp_battery": 1e-3}})
    scenario = solved.scenario.model_copy(update={"policy": tight, "moon": moon})
    failed = audit(solved.tables, scenario, solved.facts, solved.departures).failed
    assert {*CAPS.values(), "import supply"} - set(failed) == set()


@pytest.mark.parametrize("half", [0, 1])
def test_every_limit_in_the_facts_is_checked(solved: Any, half: int) -> None:
    chosen = TIGHTER[half::2]
    facts = solved.facts.override({key: value for tighter, _ in chosen for key, value in tighter.items()})
    failed = audit(solved.tables, solved.scenario, facts, solved.departures).failed
    assert {check for _, check in chosen} - set(failed) == set()


def test_smaller_demand_and_slower_tracks_are_found(solved: Any) -> None:
    demand = solved.scenario.demand.model_copy(update={"first_gw": 1.0})
    faster = solved.departures.assign(exit_speed_max_m_s=2900.0)
    scenario = solved.scenario.model_copy(update={"demand": demand})
    assert {"tier width", "track speed"} <= set(audit(solved.tables, scenario, solved.facts, faster).failed)


def test_a_slow_track_cannot_throw_fast(solved: Any, premises: Any) -> None:
    fast, slow = (f"parts_100kg_300g_0.9s_{speed}" for speed in ("2380.43", "2200.5"))
    tables = {
        name: solved.tables[name].replace({"item": {fast: slow}}) for name in ("tracks", "shots", "launchers")
    }
    failed = audit_tables(premises, {**solved.tables, **tables}).failed
    assert {"track speed", "track window"} <= set(failed)
    assert not {"track rate", "track load", "names"} & set(failed)


def test_every_check_is_shown_to_fail(solved: Any, premises: Any) -> None:
    named = {check for *_, check in (*CHANGED, *DROPPED, *TIGHTER)} | {*CAPS.values(), "import supply"}
    named |= {"names", "calendar", "units", "numbers", "repeated rows", "tables", "tier width", "track speed"}
    assert {check.name for check in audit_tables(premises, solved.tables).checks} <= named


def test_the_worst_place_is_named_with_both_numbers(solved: Any, premises: Any) -> None:
    table = solved.tables["capacity"].copy()
    row = largest(table, "P01")
    table.loc[row, "value"] *= 2
    found = {check.name: check for check in spoilt(solved, premises, "capacity", table).checks}["capacity"]
    place, value = table.loc[row], table.loc[row, "value"]
    assert all(
        part in found.worst for part in (f"period {place['period']}", place["node"], "P01", f"{value:.10g}")
    )
    assert found.max_residual == pytest.approx(0.5)


def test_the_certificate_is_plain_data(solved: Any, premises: Any) -> None:
    content = audit_tables(premises, solved.tables).as_dict()
    assert set(content) == {"passed", "max_residual", "objective_g_usd", "checks"}
    assert np.isfinite(content["objective_g_usd"])
    assert all(
        set(check) == {"name", "subject", "passed", "max_residual", "rows", "worst"}
        for check in content["checks"]
    )
