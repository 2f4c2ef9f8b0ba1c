"""Cases without a plan: what is short, by arithmetic of our own, and changes that really mend them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import sparse

from lunarchain.errors import InfeasibleError
from lunarchain.industry.satellites import pair
from lunarchain.model.calendar import make_calendar
from lunarchain.model.meaning import Meaning
from lunarchain.pipeline.bare_problem import Bare, Label, blocking
from lunarchain.pipeline.change import changed, path_of, value_of
from lunarchain.pipeline.check import check
from lunarchain.pipeline.infeasible import diagnose, explained
from lunarchain.pipeline.relief import has_plan, smallest_factor, with_moves
from lunarchain.pipeline.solve_case import solve_case
from lunarchain.plan.audit import audit
from lunarchain.report.infeasible import headline, relief_rows, short_rows
from lunarchain.scenario.load import Case
from lunarchain.solve import duals
from lunarchain.solve.arrays import Arrays
from lunarchain.solve.elastic import Shortfall
from tests.model.small import SETTINGS, case, departures

Progress = Any


def silent(*_: object) -> None:
    """No progress line."""


def short_of_lift(moon: bool = False) -> Case:
    """Most of all compute from 2044 on, with four thousand launch licences a year: far out of reach."""
    return case(
        goals={"least_share_served": 0.6, "served_from": 2044},
        policy={"launch_licences_per_yr": 4000},
        moon={"allowed": moon},
    )


@pytest.fixture(scope="module")
def why() -> dict[str, Any]:
    return diagnose(short_of_lift(), departures(), silent)


def test_without_goals_there_is_always_a_plan() -> None:
    free = case(
        moon={"allowed": False},
        policy={"launch_licences_per_yr": 0, "chip_supply_cap_gw": 0, "ground_grid_cap_gw": 0},
    )
    assert has_plan(free, departures())


def test_what_is_asked_and_what_stands_in_the_way(why: dict[str, Any]) -> None:
    assert [entry["goal"] for entry in why["asked"]] == ["compute that must be served"] * len(why["asked"])
    assert all(entry["year"] >= 2044 and entry["reachable"] < entry["asked"] for entry in why["asked"])
    assert {"launch licences", "growth of launch cadence"} <= set(why["held_by"])
    lift = next(short for short in why["short"] if short["what"] == "lift to low Earth orbit")
    assert lift["unit"] == "kt/yr" and "launch licences" in lift["held_by"] and lift["priced_g_usd"] > 0
    assert lift["priced_at"] == "vehicles.starship.first_price"


@pytest.mark.parametrize("moon", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_smallest_change_makes_a_plan_possible_and_less_does_not(moon: bool) -> None:
    """Each relief, applied as the command line would, gives a case with a plan; a little less of it does not."""
    given = short_of_lift(moon)
    why = diagnose(given, departures(), silent)
    kinds = {relief["key"].startswith("goals.") for relief in why["reliefs"]}
    assert kinds == {True, False}
    for relief in why["reliefs"]:
        if relief["plan_found"]:
            mended = with_moves(given, relief["to"])
            solved = solve_case(mended, departures(), silent)
            assert audit(solved.plan.tables, mended.scenario, mended.facts, departures()).passed
        less = {key: old + 0.97 * (relief["to"][key] - old) for key, old in relief["from"].items()}
        assert not has_plan(with_moves(given, less), departures())
    assert any(relief["plan_found"] for relief in why["reliefs"])


def test_the_error_carries_the_reason_and_the_words_name_it(why: dict[str, Any]) -> None:
    given = short_of_lift()
    with pytest.raises(InfeasibleError) as caught, explained(given, departures(), silent):
        solve_case(given, departures(), silent)
    assert caught.value.exit_code == 3 and caught.value.why is not None
    text = headline(caught.value.why)
    assert "launch licences" in text and "cheapest relief" in text and "served" in text
    assert {row["whole plan"] for row in relief_rows(why)} >= {"found"}
    assert any("lift" in row["what"] for row in short_rows(why))


def test_missing_lift_by_hand() -> None:
    """One period, no Moon, one orbit: satellites asked for times their mass, less what the first flights lift."""
    asked_gw = 400.0
    given = case(
        calendar={"start": 2036, "steps": [{"until": 2040, "years": 4}], "tail_periods": 0},
        moon={"allowed": False},
        satellites={"orbits": ["leo"], "slots": "high"},
        goals={"satellites_gw_per_yr": asked_gw, "satellites_in": 2037},
        data={**SETTINGS["data"], "compute.chip_supply_first": 1e4, "vehicles.starship.first_flights": 200.0,
              "orbits.leo.slots": 1e9, "links.relay_first": 1e6, "pads.first": 1e4,
              "vehicles.starship.ship_build_rate": 1e4, "vehicles.starship.flights_limit": 1e6},
    )  # fmt: skip
    found = diagnose(given, departures(), silent)
    number = given.facts.number
    needed = asked_gw * pair(given.facts, given.scenario.satellites.pair).earth_mass_kt
    needed *= number("routes.leo_direct.lift", "dimensionless")
    kept = 1 - number("vehicles.starship.failure_probability", "dimensionless")
    lifted = 200 * number("vehicles.starship.payload_leo", "kt/flight") * kept
    lift = next(short for short in found["short"] if short["what"] == "lift to low Earth orbit")
    assert lift["missing"] == pytest.approx(needed - lifted, rel=1e-6)
    assert (found["asked"][0]["year"], found["asked"][0]["until"]) == (2037, 2037)  # the goal's, not the period's
    assert (lift["worst_year"], lift["worst_until"]) == (2036, 2039)
    assert found["asked"][0]["reachable"] == pytest.approx(asked_gw * lifted / needed, rel=1e-5)
    flights = next(
        relief for relief in found["reliefs"] if relief["key"] == "vehicles.starship.first_flights"
    )
    first_flights = flights["to"]["vehicles.starship.first_flights"]
    assert 200 * needed / lifted <= first_flights == pytest.approx(200 * needed / lifted, rel=0.02)


def test_limits_that_only_help_together_are_moved_together() -> None:
    """Flights and chips both too few by far: neither alone is enough, both together are."""
    given = case(
        calendar={"start": 2036, "steps": [{"until": 2040, "years": 4}], "tail_periods": 0},
        moon={"allowed": False},
        satellites={"orbits": ["leo"], "slots": "high"},
        goals={"satellites_gw_per_yr": 50.0, "satellites_in": 2037},
        policy={"launch_licences_per_yr": 200, "chip_supply_cap_gw": 2},
        data={**SETTINGS["data"], "orbits.leo.slots": 1e9, "links.relay_first": 1e6, "compute.chip_supply_first": 1e4},
    )  # fmt: skip
    why = diagnose(given, departures(), silent)
    joint = why["reliefs"][-1]
    assert "No single limit will do" in headline(why) and "moved together" in headline(why)
    assert set(why["together"]) == set(joint["to"]) and "policy.chip_supply_cap_gw" in why["alone"]
    assert set(joint["to"]) >= {"policy.launch_licences_per_yr", "policy.chip_supply_cap_gw"}
    assert joint["plan_found"] and has_plan(with_moves(given, joint["to"]), departures())
    for key in ("policy.launch_licences_per_yr", "policy.chip_supply_cap_gw"):
        assert not has_plan(changed(given, key, joint["to"][key]), departures())


def test_what_stands_in_the_way_weighs_what_hangs_on_it_not_its_dual() -> None:
    """A cap reached, a growth row where next to nothing grew yet, a cap at nothing, and noise on a wide row."""
    rows = [(1.0, 10.0, 1.0), (-1e-8, 0.0, 1e4), (0.0, 0.0, 0.5), (1.0, 1e9, 1e-16)]  # largest term, limit, dual
    terms, sides, prices = (np.array(part) for part in zip(*rows, strict=True))
    matrix = sparse.diags(np.where(terms == 0, 1.0, np.sign(terms))).tocsc()
    values, free = np.abs(terms) * [10, 1, 1, 1], np.full(4, np.inf)
    arrays = Arrays(matrix, -free, sides, np.zeros(4), 0.0, np.zeros(4), free, np.zeros(4, bool), ("x",) * 4, ())
    means = Meaning("limit", "", "kt", False, "")
    labels = tuple(Label(means, name, (), 0) for name in ("cap", "growth", "forbidden", "noise"))
    given = case()
    problem = Bare(given, make_calendar(given.scenario.calendar, 0.0, True), arrays, labels)
    found = blocking(problem, Shortfall(np.array([1.0]), 12.0, values, -prices))
    assert [label.words for label in found] == ["cap", "forbidden"]
    closer = blocking(problem, Shortfall(np.array([1.0]), 12.0, values * [1, 100, 1, 1], -prices))
    assert [label.words for label in closer] == ["cap", "forbidden", "growth"]


def test_a_goal_of_one_row_is_lowered_to_what_can_be_reached() -> None:
    """Then no factor is sought for it, and what would be found is the same."""
    given = case(
        moon={"allowed": False}, goals={"satellites_gw_per_yr": 200.0, "satellites_in": 2050},
        policy={"launch_licences_per_yr": 500},
    )  # fmt: skip
    sought = smallest_factor(given, departures(), {"goals.satellites_gw_per_yr": 1000.0})
    why = diagnose(given, departures(), silent)
    goal = next(relief for relief in why["reliefs"] if relief["key"] == "goals.satellites_gw_per_yr")
    lowered = goal["to"]["goals.satellites_gw_per_yr"]
    assert lowered == pytest.approx(200.0 / sought, rel=0.02) and goal["plan_found"]
    assert lowered <= why["asked"][0]["reachable"] * (1 + 1e-4)


@pytest.mark.slow
def test_a_goal_that_only_the_moon_reaches_is_planned_with_the_moon_alone() -> None:
    """Where the arm without the Moon has no plan, the arm with it still answers, and says there is no rival."""
    base = case(policy={"launch_licences_per_yr": 4000})
    key = {"goals.least_share_served": 1000.0}
    factors = [smallest_factor(_asking(arm, 0.9), departures(), key) for arm in (base, _moonless(base))]
    with_moon, without = (0.9 / factor for factor in factors if factor is not None)
    assert with_moon > 1.02 * without
    between = _asking(base, 0.9 * with_moon + 0.1 * without)
    solved = solve_case(between, departures(), silent)
    assert solved.baseline is None and solved.decision()["decision_value"] is None
    assert solved.record()["plan_without_moon_exists"] is False


def _asking(given: Case, share: float) -> Case:
    tree = given.scenario.model_dump(mode="json", exclude_none=True)
    tree["goals"] = {"least_share_served": share, "served_from": 2048}
    return Case(given.name, type(given.scenario).model_validate(tree), given.facts, given.file)


def _moonless(given: Case) -> Case:
    tree = given.scenario.model_dump(mode="json", exclude_none=True)
    tree["moon"] = {**tree["moon"], "allowed": False}
    return Case(given.name, type(given.scenario).model_validate(tree), given.facts, given.file)


def test_keys_are_told_apart_where_a_setting_and_a_table_share_a_name() -> None:
    given = case()
    assert path_of("ground.allowed") == "ground.allowed"
    assert path_of("ground.grid_first") == "data.ground.grid_first"
    assert value_of(given, "policy.launch_licences_per_yr") is None
    assert value_of(changed(given, "ground.grid_first", 77.0), "ground.grid_first") == 77.0


def test_what_will_not_do_even_together_is_said() -> None:
    why = {
        "asked": [{"goal": "rate", "year": 2050, "until": 2050, "asked": 9.0, "reachable": 1.0, "unit": "GW/yr"}],
        "held_by": [], "short": [], "reliefs": [], "alone": ["policy.a", "goals.b"], "together": ["policy.a", "c"],
    }  # fmt: skip
    said = headline(why)
    assert "2050 asks for 9 GW a year" in said and "Nor will all of them together" in said and "goals.b" not in said


def test_the_audit_sees_a_goal_that_is_missed() -> None:
    """The plan of a case without goals, judged as if it had them: both statements fail, and only those."""
    free = case(moon={"allowed": False})
    tables = solve_case(free, departures(), silent).plan.tables
    asked = case(
        moon={"allowed": False},
        goals={"least_share_served": 0.99, "satellites_gw_per_yr": 5000.0, "satellites_in": 2050},
    )
    certificate = audit(tables, asked.scenario, asked.facts, departures())
    failed = {check.name for check in certificate.checks if not check.passed}
    assert failed == {"goal: share served", "goal: satellites a year"}
    assert audit(tables, free.scenario, free.facts, departures()).passed


def test_goals_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValidationError, match="belong together"):
        case(goals={"satellites_gw_per_yr": 10.0})
    with pytest.raises(ValidationError, match="least_share_served too"):
        case(goals={"served_from": 2044})
    issues = check(case(goals={"satellites_gw_per_yr": 10.0, "satellites_in": 2090}), departures())
    assert [issue.key for issue in issues] == ["goals.satellites_in"]
    assert "2036 to 2056" in issues[0].expected


def test_large_models_are_explained_from_interior_points_and_say_the_same(
    why: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duals, "VERTEX_NONZEROS", 0)
    again = diagnose(short_of_lift(), departures(), silent)
    assert set(again["held_by"]) == set(why["held_by"])
    before, after = ({r["key"]: r["to"] for r in found["reliefs"]} for found in (why, again))
    assert before.keys() == after.keys()
    for key, moved in before.items():
        assert after[key] == pytest.approx(moved, rel=0.02)
    for short in why["short"]:
        same = next(other for other in again["short"] if other["what"] == short["what"])
        assert same["missing"] == pytest.approx(short["missing"], rel=0.05)
