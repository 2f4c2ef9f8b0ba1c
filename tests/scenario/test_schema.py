"""The scenario: what it refuses, and that every refusal says what to do."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from lunarchain.scenario.schema import Scenario


def make(**tables: Any) -> Scenario:
    return Scenario.model_validate({"title": "t", **tables})


def test_a_title_is_all_that_is_needed() -> None:
    assert make().moon.allowed and make().ground.allowed and make().policy.launch_licences_per_yr is None


def test_a_scenario_cannot_change_once_made() -> None:
    scenario = make()
    with pytest.raises(ValidationError):
        scenario.title = "other"
    with pytest.raises(ValidationError):
        scenario.demand.growth = 1.0


def tables(model: type[BaseModel]) -> list[str]:
    return [name for name, field in model.model_fields.items() if isinstance(field.default, BaseModel)]


@pytest.mark.parametrize("table", tables(Scenario))
def test_unknown_keys_are_refused_in_every_table(table: str) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        make(**{table: {"no_such_key": 1}})


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"until": 2028, "years": 1}],
        [{"until": 2040, "years": 1}, {"until": 2035, "years": 1}],
        [{"until": 2040, "years": 1}, {"until": 2040, "years": 1}],
    ],
)
def test_years_out_of_order_are_refused(steps: list[dict[str, float]]) -> None:
    with pytest.raises(ValidationError, match="years out of order"):
        make(calendar={"start": 2028, "steps": steps})


def test_steps_must_fill_their_span() -> None:
    with pytest.raises(ValidationError, match="not a whole number of 3-year steps"):
        make(calendar={"start": 2028, "steps": [{"until": 2032, "years": 3}]})
    assert (
        make(calendar={"start": 2028, "steps": [{"until": 2029, "years": 0.25}]}).calendar.steps[0].years
        == 0.25
    )


@pytest.mark.parametrize("edges", [[], [1.0, 0.5], [0.5, 0.5], [-0.5, 1.0], [0.0, 1.0]])
def test_price_tiers_must_rise(edges: list[float]) -> None:
    with pytest.raises(ValidationError):
        make(demand={"tiers": edges})


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("demand", "first_gw", -1), ("demand", "ceiling_gw", 0), ("demand", "growth", -0.9),
        ("calendar", "tail_periods", -1), ("calendar", "tail_years", 0), ("solve", "gap", 0), ("solve", "threads", 0),
        ("solve", "time_limit_s", -5), ("policy", "launch_licences_per_yr", -1), ("satellites", "slots", "many"),
        ("moon", "allowed", "perhaps"), ("launch", "integer_flights_below", -1), ("demand", "first_gw", "lots"),
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused(table: str, key: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        make(**{table: {key: value}})
    assert caught.value.errors()[0]["loc"] == (table, key)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize(
    ("table", "key"), [("demand", "first_gw"), ("demand", "ceiling_gw"), ("policy", "alumina_cap_kt")]
)
def test_numbers_that_are_not_finite_are_refused(table: str, key: str, value: float) -> None:
    with pytest.raises(ValidationError):
        make(**{table: {key: value}})


def test_every_fault_is_reported_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        make(demand={"first_gw": -1, "grwth": 0.2}, moon={"sits": []}, solve={"gap": -1})
    assert caught.value.error_count() == 4
