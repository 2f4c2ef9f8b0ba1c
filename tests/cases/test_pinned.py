"""Shipped cases answer what they answered before. A new pin needs a line on its cause in ``docs/findings.md``."""

from __future__ import annotations

import tomllib

import pytest

from lunarchain.paths import shipped
from lunarchain.pipeline.check import check
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.pipeline.solve_case import solve_case
from lunarchain.scenario.load import load

CASES = sorted(path.parent.name for path in shipped("models").glob("*/scenario.toml"))


@pytest.mark.parametrize("name", CASES)
def test_a_shipped_case_has_nothing_wrong_with_it_and_says_what_it_teaches(name: str) -> None:
    assert check(load(name), shipped_departures()) == []
    assert len((shipped("models") / name / "README.md").read_text().split()) > 60


@pytest.mark.parametrize(
    "name", [n if n == "01_earth_only" else pytest.param(n, marks=pytest.mark.slow) for n in CASES]
)
def test_a_shipped_case_keeps_its_pinned_objective(name: str) -> None:
    pinned = tomllib.loads((shipped("models") / name / "pinned.toml").read_text())
    record = solve_case(load(name), shipped_departures(), lambda *_: None).record()
    # plans within the gap are equally good: the pin is as wide as the gap, on both sides
    assert record["objective"] == pytest.approx(pinned["objective_g_usd"], rel=pinned["tolerance"])
    assert record["objective_without_moon"] == pytest.approx(
        pinned["objective_without_moon_g_usd"], rel=pinned["tolerance"]
    )
    assert record["gap"] <= pinned["tolerance"]
