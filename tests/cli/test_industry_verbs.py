"""The verbs of the lunar industry: one JSON document, a screen of 80 columns, a picture, refusals."""

import json

import pytest
from typer.testing import CliRunner

from lunarchain.cli import app
from lunarchain.errors import InputError

RUN = CliRunner()


def said(*words: str) -> str:
    outcome = RUN.invoke(app, list(words), catch_exceptions=False, env={"COLUMNS": "80"})
    assert outcome.exit_code == 0
    return outcome.stdout


def test_the_recipe_of_the_reference_satellite_as_json():
    found = json.loads(said("recipe", "satellite", "--soil", "highland", "--json"))
    assert found["electricity_kwh"] == pytest.approx(127_041, rel=0.01)
    assert found["processes"]["P03a"]["plant_kg"] > 0 and found["flows_kg"]


def test_growth_says_what_binds_first():
    found = json.loads(said("growth", "--json"))
    assert next(iter(found["bottlenecks"])) == "electricity"
    assert "what binds first" in said("growth")


@pytest.mark.parametrize("verb", [("recipe", "satellite"), ("growth",)])
def test_a_picture_is_one_file(verb, tmp_path):
    path = tmp_path / "picture.html"
    found = json.loads(said(*verb, "--picture", str(path), "--json"))
    assert found["picture"] == str(path) and path.stat().st_size > 1e6


@pytest.mark.parametrize("verb", [("recipe", "satellite"), ("growth",), ("imports",)])
def test_a_screen_fits_eighty_columns(verb):
    assert max(map(len, said(*verb).splitlines())) <= 80


def test_imports_list_slots_processes_and_plant():
    found = json.loads(said("imports", "--site", "mare_33e", "--pair", "nominal", "--json"))
    assert found["soil"] == "mare_high_ti"
    assert found["slots"] and found["processes"] and found["plant"]


def test_a_soil_and_a_site_that_disagree_are_refused():
    with pytest.raises(InputError, match="--site alone"):
        RUN.invoke(
            app, ["recipe", "satellite", "--site", "mare_33e", "--soil", "highland"], catch_exceptions=False
        )


def test_validation_counts_and_writes_its_page(tmp_path):
    path = tmp_path / "validation.md"
    found = json.loads(said("validation", "--write", str(path), "--json"))
    assert found["counts"]["miss"] > 0 and path.read_text().startswith("# Validation")
