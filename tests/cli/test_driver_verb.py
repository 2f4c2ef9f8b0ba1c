"""The verb about mass drivers, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lunarchain.cli import app
from lunarchain.errors import InputError
from lunarchain.model.inputs import make_inputs
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.scenario.facts import load_facts
from lunarchain.scenario.schema import Scenario

WORKED = ["--speed", "2.5", "--accel", "30", "--mass", "1", "--interval", "2.68"]


def typed(*words: str) -> Any:
    """The JSON document of the verb."""
    outcome = CliRunner().invoke(app, ["driver", *words, "--json"], catch_exceptions=False)
    return json.loads(outcome.stdout)


def test_the_worked_launcher_of_the_study() -> None:
    """1 t at 30 g and 2.5 km/s with a sled of a fifth: 10,622 m, 8.50 s, 3.75 GJ, 0.88 GW, 2,340 t of store."""
    sheet = typed(*WORKED)
    assert sheet["track_m"] == pytest.approx(10_622, abs=0.51)
    assert sheet["time_on_track_s"] == pytest.approx(8.50, abs=0.005)
    assert sheet["kinetic_energy_gj"] == pytest.approx(3.75)
    assert sheet["peak_kinetic_power_gw"] == pytest.approx(0.88, abs=0.005)
    assert sheet["store_t"] == pytest.approx(2_340, abs=5)


def test_the_worked_heat_is_that_of_a_heavier_sled() -> None:
    """The study's 36 kW/m and 25 m2/m are for a sled of 0.3; at 0.2 the same shot leaves twelve thirteenths of it."""
    heavy, light = typed(*WORKED, "--sled-ratio", "0.3"), typed(*WORKED)
    assert heavy["stator_heat_kw_per_m"] == pytest.approx(36, abs=0.5)
    assert heavy["radiator_m2_per_m"] == pytest.approx(25, abs=0.5)
    assert light["stator_heat_kw_per_m"] / heavy["stator_heat_kw_per_m"] == pytest.approx(12 / 13)


def test_a_menu_for_a_site_and_destinations_has_the_tracks_that_reach_them() -> None:
    both = typed("--menu", "--site", "mare_33e", "--to", "eml2", "--to", "helio")["rows"]
    assert {row["stand"] for row in both} == {"mare_33e_east", "mare_33e_west", "mare_33e_both"}
    assert {row["payload_class"] for row in both} == {"parts"}
    near = typed("--menu", "--site", "procellarum_55w", "--to", "leo", "--payload", "bulk")["rows"]
    assert {row["stand"] for row in near} == {"procellarum_55w_east"}


def test_classes_compared_at_one_cargo() -> None:
    """Gentle throws take the longer track and work as they arrive; hard ones take crates and a yard in orbit."""
    rows = {row["payload_class"]: row for row in typed("--cargo", "10000", "--speed", "2.54")["rows"]}
    assert rows["satellite"]["track_km"] > 9 * rows["parts"]["track_km"]
    assert rows["satellite"]["structure_kt_per_yr"] == pytest.approx(10_000 * 30 * 0.002)
    assert [row["orbital_assembly"] for row in rows.values()] == [False, True, True]
    assert rows["satellite"]["capital_g_usd"] > rows["parts"]["capital_g_usd"]


def test_the_menu_is_the_optimisers_own() -> None:
    """The same designs, of every class, as the model of a case with that site and those destinations."""
    scenario = Scenario.model_validate(
        {
            "title": "menu",
            "moon": {"sites": ["south_pole"]},
            "launcher": {"tracks": ["south_pole_ridge"], "payload_classes": ["parts", "bulk"]},
            "satellites": {"orbits": ["helio"]},
        }
    )
    model = make_inputs(scenario, load_facts(), shipped_departures()).menu
    shown = [
        row
        for name in ("parts", "bulk")
        for row in typed(
            "--menu", "--site", "south_pole", "--to", "helio", "--to", "nrho", "--payload", name
        )["rows"]
    ]
    assert [(row["stand"], row["id"]) for row in shown] == [(k, d.id) for k, v in model.items() for d in v]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["--speed", "1.5", "--accel", "400"], ["exit_speed", "acceleration"]),
        (["--mass", "0", "--interval", "-1"], ["shot_mass", "interval"]),
        (["--interval", "0.05"], ["interval"]),
        (["--feed", "1"], ["feed"]),
        (["--sled-ratio", "0"], ["sled_ratio"]),
        (["--payload", "part"], ["payload_class"]),
        (["--speed", "2500"], ["exit_speed"]),
        (["--accel", "0.0001"], ["acceleration"]),
        (
            ["--menu", "--accel", "3", "--sled-ratio", "-4", "--to", "leo"],
            ["--accel", "--sled-ratio", "--to"],
        ),
        (["--menu", "--site", "mare_33e", "--speed", "3", "--both-ways"], ["--both-ways", "--speed"]),
        (["--site", "mare_33e", "--to", "eml2"], ["--site", "--to"]),
        (["--cargo", "5", "--menu", "--payload", "bulk", "--mass", "1"], ["--mass", "--menu", "--payload"]),
        (["--cargo", "-5", "--speed", "0"], ["--speed", "--cargo"]),
        (
            ["--menu", "--site", "mare_33", "--to", "eml3", "--payload", "part"],
            ["--payload", "--site", "--to"],
        ),
        (["--menu", "--site", "mare_33e", "--to", "sso"], ["--to"]),
    ],
)
def test_bad_choices_are_named_all_at_once(words: list[str], keys: list[str]) -> None:
    with pytest.raises(InputError) as error:
        CliRunner().invoke(app, ["driver", *words], catch_exceptions=False)
    assert [issue.key for issue in error.value.issues] == keys


def test_the_sheet_and_the_menu_fit_a_terminal_of_80_columns() -> None:
    for words in (WORKED, ["--menu", "--site", "mare_33e", "--payload", "satellite"], ["--cargo", "10000"]):
        shown = (
            CliRunner(env={"COLUMNS": "80"}).invoke(app, ["driver", *words], catch_exceptions=False).stdout
        )
        assert shown and max(map(len, shown.splitlines())) <= 80


def test_the_help_names_the_unit_of_every_number() -> None:
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["driver", "--help"]).stdout
    for unit in ("km/s", "standard g", "shot in t", "Seconds", "in MW", "in kt a year"):
        assert unit in shown, unit


def test_a_picture_of_a_menu_shows_no_more_than_can_be_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "menu.html"
    typed("--menu", "--site", "procellarum_55w", "--picture", str(file))
    words = file.read_text(encoding="utf-8").rsplit("<table>", 1)[1]
    assert 1 < words.split("</tr>")[0].count("<th>") - 1 <= 4


def test_the_picture_is_one_file_that_loads_nothing(tmp_path: Path) -> None:
    file = tmp_path / "driver.html"
    assert typed(*WORKED, "--picture", str(file))["picture"] == str(file)
    page = file.read_text(encoding="utf-8")
    assert page.count("Plotly.newPlot") == 1
    assert "1,000 kg parts at 30 g" in page
    assert "<script src" not in page and "<link" not in page
