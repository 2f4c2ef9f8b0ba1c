"""Checks of a case before any solve: each kind of bad input is found, with file, key, what was found and expected."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lunarchain.errors import InputError, Issue
from lunarchain.pipeline.check import check
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.pipeline.screen_facts import idle_changes
from lunarchain.scenario.facts import COLUMNS, Facts, load_facts
from lunarchain.scenario.load import Case, load
from tests.model.small import case, departures


def with_facts(chosen: Case, **fields: Any) -> Case:
    """The case with fields of one fact replaced; ``key`` says which."""
    key = fields.pop("key")
    return replace(chosen, facts=Facts({**chosen.facts, key: replace(chosen.facts[key], **fields)}))


def without(chosen: Case, *keys: str) -> Case:
    return replace(chosen, facts=Facts({key: fact for key, fact in chosen.facts.items() if key not in keys}))


def found(chosen: Case, **table: float) -> dict[str, Issue]:
    issues = check(chosen, departures(**table))
    for issue in issues:
        assert issue.file and issue.key and issue.got and issue.expected, issue
    return {issue.key: issue for issue in issues}


def test_an_orbit_in_the_air_is_refused_by_name() -> None:
    found = check(load("01_earth_only", ["data.orbits.leo.altitude=90"]), departures())
    assert any("orbits.leo.altitude" in issue.key and "inside the atmosphere" in issue.got for issue in found)


@pytest.mark.parametrize(
    "key",
    ["compute.satellite_life", "satellites.power", "vehicles.starship.reference_lift", "routes.leo_direct.lift",
     "compute.satellite_experience", "links.cluster_members", "compute.chip_life", "vehicles.starship.ship_life"],
)  # fmt: skip
def test_zero_where_something_is_divided_is_refused_by_name(key: str) -> None:
    issues = found(load("01_earth_only", [f"data.{key}=0"]))
    assert issues[f"data.{key}"].expected == "more than zero"


def test_owners_and_classes_that_do_not_exist_are_named() -> None:
    issues = found(
        load("01_earth_only", ["economics.actors.orbital=economics.wacc_orbitl",
                               "demand.by_class.trainig=[{year=2030,gw=5}]"])
    )  # fmt: skip
    assert "economics.wacc_orbital" in str(issues["economics.actors.orbital"])
    assert "training" in str(issues["demand.by_class"])


def test_a_sound_case_has_no_issues() -> None:
    assert check(case(), departures()) == []


@pytest.mark.parametrize(
    ("table", "key", "wrong", "nearest"),
    [
        ("moon", "sites", ["mare_33"], "mare_33e"),
        ("moon", "processes", ["P03bb"], "P03b"),
        ("moon", "haulage", ["rovers"], "rover"),
        ("moon", "power", ["fision"], "fission"),
        ("launcher", "tracks", ["mare_33e_eas"], "mare_33e_east"),
        ("launcher", "payload_classes", ["part"], "parts"),
        ("launch", "vehicles", ["starshp"], "starship"),
        ("launch", "routes", ["leo_dirct"], "leo_direct"),
        ("satellites", "orbits", ["lep"], "leo"),
        ("satellites", "pair", "clam", "claim"),
        ("economics", "discount_rate", "economics.wacc_grond", "economics.wacc_ground"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(table: str, key: str, wrong: object, nearest: str) -> None:
    issue = found(case(**{table: {key: wrong}}))[f"{table}.{key}"]
    assert issue.nearest == nearest
    assert issue.file == "small.toml"


def test_an_unknown_braking_mode_is_told() -> None:
    assert "launcher.modes" in found(case(launcher={"modes": ["aerobreak"]}))


def test_unknown_names_of_several_tables_come_together() -> None:
    issues = found(
        case(moon={"sites": ["mare_33"]}, launch={"vehicles": ["starshp"]}, satellites={"pair": "clam"})
    )
    assert set(issues) == {"moon.sites", "launch.vehicles", "satellites.pair"}


def test_an_unknown_key_is_refused_on_loading(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('title = "t"\n[moon]\nsits = []\n')
    with pytest.raises(InputError, match=r"moon\.sits.*did you mean 'sites'"):
        load(tmp_path / "bad.toml")


def test_years_out_of_order_are_refused_on_loading(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        'title = "t"\n[calendar]\nsteps = [{until=2040, years=1}, {until=2035, years=1}]\n'
    )
    with pytest.raises(InputError, match=r"bad\.toml: calendar.*years out of order"):
        load(tmp_path / "bad.toml")


def test_a_negative_number_is_told() -> None:
    issue = found(case(data={"routes.eml2_tug.lift": -1.5}))["data.routes.eml2_tug.lift"]
    assert "-1.5" in issue.got and "zero or more" in issue.expected


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_none_is_told(value: float) -> None:
    assert (
        "finite"
        in found(with_facts(case(), key="compute.chip_price", value=value))[
            "data.compute.chip_price"
        ].expected
    )


@pytest.mark.parametrize(
    "key", ["links.relay_price", "routes.eml2_tug.price", "vehicles.starship.first_price"]
)
def test_a_missing_number_is_told(key: str) -> None:
    assert key in str(found(without(case(), key)))


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("sites.mare_33e.dark_spell", "kg"),
        ("processes.P09.electricity", "W"),
        ("orbits.leo.latency_one_way", "m"),
    ],
)
def test_a_unit_of_another_dimension_is_told(key: str, unit: str) -> None:
    assert key in str(found(with_facts(case(), key=key, unit=unit)))


def test_a_unit_nobody_knows_and_a_missing_source_fail_on_loading(tmp_path: Path) -> None:
    rows = [
        "pumps.p1.mass,Pump,1,,,furlong-ish,,Handbook,2020,seen,",
        "pumps.p2.mass,Pump,1,,,kg,,,2020,seen,",
    ]
    (tmp_path / "pumps.csv").write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    with pytest.raises(InputError) as caught:
        load_facts(tmp_path)
    told = {issue.key: issue.expected for issue in caught.value.issues}
    assert told == {"pumps.p1.mass": "a unit pint can parse", "pumps.p2.mass": "where the number comes from"}


def test_a_process_that_does_not_close_is_told() -> None:
    key = "processes.P10a.out.al_parts"
    chosen = case()
    shipped = chosen.facts[key].value
    issues = found(with_facts(chosen, key=key, value=2 * shipped, high=math.nan))
    assert any("P10a" in name for name in issues)


def test_a_good_nobody_can_make_is_told() -> None:
    """Without the shop that makes the blanket, nothing that holds a blanket can be made either."""
    chosen = case()
    lost = [key for key in chosen.facts if key.startswith(("processes.P09.out.", "processes.P09.in."))]
    issues = check(without(chosen, *lost), departures())
    assert {issue.key for issue in issues} == {"moon.processes at mare_33e"}
    told = " ".join(issue.got for issue in issues)
    assert "'pv' cannot be made" in told and "'power' cannot be made" in told


def test_an_orbit_nothing_reaches_is_told() -> None:
    issues = found(case(satellites={"orbits": ["leo", "sso"]}, launcher={"tracks": ["mare_33e_east"]}))
    assert "'sso'" in issues["satellites.orbits"].got


def test_a_track_without_departures_is_told_with_the_reason() -> None:
    table = departures()
    table.loc[table["track"] == "mare_33e_west", ["feasible", "reason"]] = [0, "meets the ground"]
    issues = {issue.key: issue for issue in check(case(), table)}
    assert "mare_33e_west" in issues["launcher.tracks"].got
    assert "meets the ground" in issues["launcher.tracks"].hint


def test_no_way_to_the_moon_is_told() -> None:
    routes = ["leo_direct", "eml2_tug", "helio_self"]
    assert "lands" in found(case(launch={"routes": routes}))["launch.routes"].expected
    assert found(case(launch={"routes": routes}, moon={"allowed": False})) == {}


def test_demand_nobody_can_serve_is_told() -> None:
    chosen = case(satellites={"orbits": ["eml2", "helio"]}, ground={"allowed": False})
    issue = found(chosen)["services.interactive"]
    assert "latency" in issue.got and "ground" in issue.hint
    assert "services.training" not in found(chosen)


def test_shares_of_demand_must_sum_to_one() -> None:
    assert "1.2" in found(case(data={"services.interactive.share": 0.5}))["data.services.*.share"].got


@pytest.mark.parametrize(
    ("key", "value"),
    [("sites.mare_33e.dark_spell", 0.0), ("labour.handled_per_robot", 0.0), ("sites.mare_33e.lit_fraction", 1.0),
     ("sites.mare_33e.lit_fraction", 0.0), ("haulage.rail.capacity", 0.0), ("maintenance.availability", 0.0)],
)  # fmt: skip
def test_what_lunar_industry_divides_by_is_never_zero(key: str, value: float) -> None:
    given = case()
    issues = check(replace(given, facts=given.facts.override({key: value})), departures())
    assert [issue.key.removeprefix("data.") for issue in issues] == [key]


def test_a_fault_of_a_process_on_every_soil_is_said_once() -> None:
    given = case(moon={"sites": ["south_pole", "mare_33e"]})
    broken = replace(given, facts=given.facts.override({"processes.P01.out.regolith": 900.0}))
    assert len([issue for issue in check(broken, departures()) if issue.key == "P01"]) == 1


def test_numbers_that_change_nothing_in_the_model_are_named_and_others_not() -> None:
    case = load("01_earth_only", ["data.prices.plant=300", "data.vehicles.starship.payload_leo=150",
                                  "data.prices.parts=nominal", "scale.vehicles.new_glenn.*=1.01"])  # fmt: skip
    assert idle_changes(case, shipped_departures()) == ["prices.plant", "vehicles.new_glenn.*"]
    assert idle_changes(load("01_earth_only"), shipped_departures()) == []


def test_a_price_that_halves_with_every_doubling_is_refused() -> None:
    key = "vehicles.starship.learning_rate"
    assert "below 0.5" in found(case(data={key: 0.5}))[f"data.{key}"].expected
    assert found(case(data={key: 0.45})) == {}
