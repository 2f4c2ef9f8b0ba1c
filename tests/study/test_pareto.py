"""Fronts of small cases: ends, caps, order, resuming, and objectives that cannot be traded."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lunarchain.errors import InfeasibleError, InputError, NoAnswerError
from lunarchain.pipeline.solve_case import solve_case
from lunarchain.report.front import rows, sentences
from lunarchain.scenario.load import Case
from lunarchain.study import pareto as room
from lunarchain.study.pareto import Front, objective_issues, pareto, undominated
from lunarchain.study.plans import InterruptedStudyError
from tests.model.small import SETTINGS, case, departures


def silent(*_: object) -> None:
    """No progress line."""


def earth(**changes: Any) -> Case:
    """The small case without a Moon: a linear program, solved in a blink."""
    return case(moon={"allowed": False}, **changes)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fronts")


@pytest.fixture(scope="module")
def front(out: Path) -> Front:
    return pareto(earth(), departures(), ["cost", "earth_lift"], out, silent, 5, 1e-4)


def test_the_front_falls_from_the_cheapest_plan_to_no_lift_at_all(front: Front) -> None:
    table = front.rows
    assert table["on_front"].all() and len(table) == 5 and table["audit"].all()
    assert np.all(np.diff(table["cost"]) > 0) and np.all(np.diff(table["earth_lift"]) < 0)
    assert table["earth_lift"].iloc[-1] == pytest.approx(0, abs=1e-6)
    alone = solve_case(earth(), departures(), silent).plan.answer.objective
    assert table["cost"].iloc[0] == pytest.approx(alone, rel=1e-3)


def test_lift_is_what_the_plan_s_own_tables_lift(front: Front) -> None:
    import pandas as pd

    given = earth()
    lengths = [4.0] * 5 + [5.0]
    payload = given.facts.number("vehicles.starship.payload_leo", "kt/flight")
    for point in front.points:
        launches = pd.read_parquet(point.folder / "launches.parquet")
        flown = launches[launches["item"] == "flights"]
        lifted = sum(lengths[t] * payload * n for t, n in zip(flown["period"], flown["value"], strict=True))
        assert point.record["objectives"]["earth_lift"] == pytest.approx(lifted, rel=1e-6, abs=1e-6)


def test_costs_along_the_front_are_convex_as_a_linear_program_s_must_be(front: Front) -> None:
    """Each tonne less costs more than the one before: slopes of the front only steepen (within the gap)."""
    table = front.rows
    slopes = np.diff(table["cost"]) / -np.diff(table["earth_lift"])
    assert np.all(np.diff(slopes) > -1e-4 * slopes[:-1])


def test_the_same_front_is_read_back_and_goes_on_where_it_stopped(
    front: Front, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "search", lambda *_: pytest.fail("solved again"))
    again = pareto(earth(), departures(), ["cost", "earth_lift"], out, silent, 5, 1e-4)
    assert again.rows.equals(front.rows)
    monkeypatch.undo()

    solved, honest = [], room.search

    def stopping(*args: Any) -> Any:
        if len(solved) == 2:
            raise KeyboardInterrupt
        solved.append(1)
        return honest(*args)

    monkeypatch.setattr(room, "search", stopping)
    with pytest.raises(InterruptedStudyError, match="2 points are stored"):
        pareto(earth(), departures(), ["cost", "earth_lift"], tmp_path, silent, 5, 1e-4)
    monkeypatch.undo()
    counted: list[int] = []
    monkeypatch.setattr(room, "search", lambda *args: (counted.append(1), honest(*args))[1])
    whole = pareto(earth(), departures(), ["cost", "earth_lift"], tmp_path, silent, 5, 1e-4)
    assert (
        len(counted) == len(whole.points) + 1 - 2
    )  # the end of least lift is solved twice: alone, and under its cap
    assert np.allclose(whole.rows["cost"], front.rows["cost"], rtol=1e-4)


def test_a_point_that_the_user_cut_short_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first Ctrl-C ends a solve early; what it gave by then is dropped, and the study ends."""
    honest, asked = room.search, []

    def cut_short(*args: Any) -> Any:
        asked.append(1)
        answer = honest(*args)
        if len(asked) == 2:
            signal.raise_signal(signal.SIGINT)
        return answer

    monkeypatch.setattr(room, "search", cut_short)
    with pytest.raises(InterruptedStudyError, match="1 points are stored"):
        pareto(earth(), departures(), ["cost", "earth_lift"], tmp_path, silent, 3, 1e-4)
    assert len(asked) == 2


def test_a_point_without_an_answer_in_time_is_left_for_another_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, asked = room.search, []

    def tired(*args: Any) -> Any:
        asked.append(1)
        if len(asked) == 3:
            raise NoAnswerError("no whole-number plan was found within the time limit")
        return honest(*args)

    monkeypatch.setattr(room, "search", tired)
    first = pareto(earth(), departures(), ["cost", "soot"], tmp_path, silent, 3, 1e-3)
    monkeypatch.setattr(room, "search", honest)
    again = pareto(earth(), departures(), ["cost", "soot"], tmp_path, silent, 3, 1e-3)
    assert len(again.points) == len(first.points) + 1
    assert first.missed == {"no answer": 1} and not again.missed
    assert "1 of the caps asked for brought no plan in time" in " ".join(sentences(first))
    turned = pareto(earth(), departures(), ["soot", "cost"], tmp_path, silent, 3, 1e-3)
    assert turned.objectives == ("cost", "soot")  # the one minimised stands first, whatever was typed first


def test_a_point_that_failed_its_audit_is_sought_again(tmp_path: Path) -> None:
    first = pareto(earth(), departures(), ["cost", "soot"], tmp_path, silent, 3, 1e-3)
    file = first.points[0].folder / "point.json"
    record = json.loads(file.read_text())
    record["audit"]["passed"] = False
    file.write_text(json.dumps(record))
    assert pareto(earth(), departures(), ["cost", "soot"], tmp_path, silent, 3, 1e-3).rows["audit"].all()


PLENTY = {**SETTINGS["data"], "vehicles.starship.first_flights": 3e4, "compute.chip_supply_first": 2e3,
          "vehicles.starship.flights_limit": 3e5, "orbits.leo.slots": 1e9}  # fmt: skip


def test_years_to_a_terawatt_cost_what_the_goal_costs(out: Path) -> None:
    """The plan for a year is the plan of the case with that year as its goal, found through the model instead."""
    found = pareto(earth(data=PLENTY), departures(), ["cost", "years"], out, silent, gap=1e-4)
    reached = list(found.points[1:])
    assert reached
    for point in reached:
        year = 2036 + int(point.record["objectives"]["years"])
        goals = {"satellites_in": year, "satellites_gw_per_yr": 1000.0}
        asked = earth(data=PLENTY, goals=goals)
        goal = solve_case(asked, departures(), silent).plan.answer
        assert point.record["objectives"]["cost"] == pytest.approx(goal.objective, rel=1e-3)


def test_years_with_two_others_are_a_front_for_every_year_chosen(out: Path) -> None:
    """By each year less soot costs more, and by an earlier year no less than by a later one."""
    found = pareto(earth(data=PLENTY), departures(), ["cost", "soot", "years"], out, silent, 3, 1e-3)
    table = found.rows.dropna(subset="years")
    by_year = {year: plans.sort_values("soot") for year, plans in table.groupby("years")}
    assert len(by_year) >= 2 and max(map(len, by_year.values())) >= 3
    for plans in by_year.values():
        assert (np.diff(plans["cost"]) <= 1e-3 * plans["cost"].iloc[1:]).all()
    cheapest = [plans["cost"].min() for _, plans in sorted(by_year.items())]
    least = [plans["soot"].min() for _, plans in sorted(by_year.items())]
    assert (np.diff(cheapest) <= 1e-3 * max(cheapest)).all() and (np.diff(least) <= 1e-6 * max(least)).all()
    said = " ".join(sentences(found))
    assert "A terawatt a year: in" in said and " yr" not in said and "for 0 %" not in said


def test_caps_that_ask_for_the_same_plan_show_it_once(out: Path) -> None:
    """Soot comes of lift alone where one vehicle flies: a cap on one caps the other."""
    found = pareto(earth(), departures(), ["cost", "earth_lift", "soot"], out, silent, 3, 1e-4)
    values = found.rows[["cost", "earth_lift", "soot"]].round(3)
    assert len(values) == len(values.drop_duplicates()) == 3
    shown = rows(found)
    heads = {"cost with value not served", "Earth lift", "soot", "paid", "gap", "served"}
    assert all(set(row) == heads for row in shown)


def test_three_objectives_give_a_front_of_three_columns(out: Path) -> None:
    found = pareto(earth(), departures(), ["cost", "earth_lift", "co2"], out, silent, 3, 1e-3)
    table = found.rows
    assert {"cost", "earth_lift", "co2"} <= set(table.columns) and table["on_front"].sum() >= 4
    assert table["co2"].nunique() >= 3


@pytest.mark.parametrize(
    ("objectives", "said"),
    [
        (["cost", "cost"], "twice"),
        (["cost", "lift"], "earth_lift"),
        (["cost"], "two or three"),
        (["cost", "co2", "soot", "earth_lift"], "two or three"),
    ],
)
def test_objectives_that_make_no_front_are_refused(objectives: list[str], said: str) -> None:
    issues = objective_issues(objectives, earth())
    assert issues and said in " ".join(map(str, issues))


def test_objectives_that_do_not_conflict_are_refused(tmp_path: Path) -> None:
    """Least lift and least soot are one plan, the one that flies nothing: there is nothing to trade."""
    with pytest.raises(InputError, match="no range"):
        pareto(earth(), departures(), ["earth_lift", "soot"], tmp_path, silent, 3)
    with pytest.raises(InputError, match="3 or more"):
        pareto(earth(), departures(), ["cost", "soot"], tmp_path, silent, 2)
    for gap in (0.0, -1.0, float("nan")):
        with pytest.raises(InputError, match="above 0 and below 1"):
            pareto(earth(), departures(), ["cost", "soot"], tmp_path, silent, 3, gap)


def test_a_case_without_a_plan_has_no_front(tmp_path: Path) -> None:
    nothing = earth(goals={"least_share_served": 1.0}, policy={"launch_licences_per_yr": 1})
    with pytest.raises(InfeasibleError):
        pareto(nothing, departures(), ["cost", "soot"], tmp_path, silent, 3)


def test_undominated_rows_by_hand() -> None:
    values = np.array([[1, 5], [2, 3], [2, 4], [4, 1], [4, 1], [5, np.nan]])
    assert undominated(values).tolist() == [True, True, False, True, True, False]
