"""The verb about one satellite: against the component table of the literature, by orbit, and its refusals."""

import json

import pytest
from typer.testing import CliRunner

from lunarchain.cli import app
from lunarchain.errors import InputError

RUN = CliRunner()


def said(*words: str) -> str:
    outcome = RUN.invoke(app, ["satellite", *words], catch_exceptions=False, env={"COLUMNS": "80"})
    assert outcome.exit_code == 0
    return outcome.stdout


@pytest.mark.parametrize(
    ("level", "mass_kg", "array_m2", "radiator_m2"),
    [("light", 902, 308, 59), ("nominal", 1825, 493, 80), ("heavy", 5299, 560, 149)],
)
def test_the_component_table_of_the_literature(level, mass_kg, array_m2, radiator_m2):
    found = json.loads(said("100", "--level", level, "--json"))
    assert found["mass_kg"] == pytest.approx(mass_kg, rel=2e-3)
    assert found["array_area_m2"] == pytest.approx(array_m2, rel=5e-3)
    assert found["radiator_area_m2"] == pytest.approx(radiator_m2, rel=1e-2)


def test_the_orbit_says_what_may_be_served():
    far, near, torn = (
        json.loads(said("100", "--orbit", o, "--json"))["services"] for o in ("eml2", "sso", "nrho")
    )
    assert far["interactive"].startswith("no: light takes 2.95 s") and near["interactive"] == "yes"
    assert near["training"].startswith("yes, in a cluster of 81") and "no formation" in torn["training"]
    assert json.loads(said("1000", "--orbit", "nrho", "--json"))["services"]["training"] == "yes"


def test_a_moved_orbit_has_its_own_sunlight():
    low, high = (
        json.loads(said("100", "--orbit", "sso", "--set", f"orbits.sso.altitude={h}", "--json"))["sun_share"]
        for h in (650, 1000)
    )
    assert low == pytest.approx(0.961, abs=5e-4) and low < high < 1


def test_the_screen_fits_eighty_columns():
    shown = said("120", "--orbit", "sso")
    assert "satellites fit" in shown and max(map(len, shown.splitlines())) <= 80


def test_what_makes_no_sense_is_refused_all_at_once():
    with pytest.raises(InputError) as error:
        RUN.invoke(app, ["satellite", "0", "--orbit", "ssso", "--level", "huge"], catch_exceptions=False)
    assert {issue.key for issue in error.value.issues} == {"POWER_KW", "--orbit", "--level"}
