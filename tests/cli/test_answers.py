"""The verbs that ask about an answer, as a person types them: exit codes, one document, pages that load nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from lunarchain.cli.cases import refuse_undecided
from lunarchain.plan.decision import moon

Typed = Callable[..., Any]
QUICK = ("--set", "calendar.steps=[{until=2044,years=8},{until=2060,years=8}]")


def loads_nothing(page: Path) -> bool:
    text = page.read_text(encoding="utf-8")
    return not re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=", text)


def test_explain_a_case_then_its_run_then_compare_two(typed: Typed, tmp_path: Path) -> None:
    common = (*QUICK, "--out", str(tmp_path), "--json")
    first = typed("explain", "01_earth_only", *common).content
    assert first["limits"][0]["worth_g_usd"] >= first["limits"][-1]["worth_g_usd"] > 0
    again = typed("explain", first["path"])
    assert again.code == 0 and "What holds the plan back" in again.out
    assert max(map(len, again.out.splitlines())) <= 80
    second = typed("explain", "01_earth_only", "--set", "policy.launch_licences_per_yr=500", *common).content
    assert "launch licences" in {entry["limit"] for entry in second["limits"]}
    page = tmp_path / "compare.html"
    found = typed("compare", first["path"], second["path"], "--out", str(page), "--json").content
    assert [row["key"] for row in found["inputs"]] == ["policy.launch_licences_per_yr"]
    assert loads_nothing(page)
    screen = typed("compare", first["path"], second["path"]).out
    assert "launch_licences_per_yr" in screen and max(map(len, screen.splitlines())) <= 80


def test_a_case_without_a_plan_says_why_and_what_to_type(typed: Typed, tmp_path: Path) -> None:
    goal = ("--with", "goals/terawatt_by_2050")
    said = typed("run", "01_earth_only", *QUICK, *goal, "--out", str(tmp_path))
    assert said.code == 3 and "What cannot be reached" in said.err and "--set " in said.err
    content = typed("explain", "01_earth_only", *QUICK, *goal, "--out", str(tmp_path), "--json")
    assert content.code == 3 and content.content["status"] == "infeasible"
    relief = next(r for r in content.content["why"]["reliefs"] if r["plan_found"])
    mended = typed(
        "run", "01_earth_only", *QUICK, *goal, *relief["set"].split(), "--out", str(tmp_path), "--json"
    )
    assert mended.code == 0 and mended.content["audit"]["passed"]


def test_pareto_and_alternatives_store_their_pages(typed: Typed, tmp_path: Path) -> None:
    common = (*QUICK, "--out", str(tmp_path), "--json")
    front = typed("pareto", "01_earth_only", "--objectives", "cost,soot", "--points", "3", *common).content
    assert len(front["points"]) == 3 and loads_nothing(Path(front["page"]))
    others = typed("alternatives", "01_earth_only", "--within", "2%", *common).content
    assert others["within"] == 0.02 and len(others["plans"]) >= 2 and loads_nothing(Path(others["page"]))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("pareto", "01_earth_only", "--objectives", "cost,lift"), 2, "earth_lift"),
        (("pareto", "01_earth_only", "--objectives", "cost,cost"), 2, "twice"),
        (("pareto", "01_earth_only", "--objectives", "earth_lift,soot", *QUICK), 2, "no range"),
        (("alternatives", "01_earth_only", "--within", "much"), 2, "such as 2%"),
        (("alternatives", "01_earth_only", "--within", "0.00001%", *QUICK), 2, "proven gap"),
        (("alternatives", "01_earth_only", "--within", "2%", "--time", "0.000001", *QUICK), 4, "time"),
        (("pareto", "01_earth_only", "--objectives", "cost,soot", "--time", "0.000001", *QUICK), 4, "time"),
        (("math", "--format", "word"), 2, "markdown"),
        (("math", "--case", "04_terrawatt"), 2, "04_terawatt"),
        (("compare", "nothing", "here"), 2, "here: RUN: got no finished run"),
        (("pareto", "01_earth_only", "--objectives", "cost,soot", "--time", "-1"), 2, "--time: got -1"),
        (("alternatives", "01_earth_only", "--within", "200%"), 2, "got 200%"),
        (("explain", "nothing"), 2, "nothing"),
    ],
)
def test_bad_input_is_said_with_its_exit_code(
    typed: Typed, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    out = () if words[0] in ("math", "compare") else ("--out", str(tmp_path))
    found = typed(*words, *out)
    assert (found.code, said in found.err, found.out) == (code, True, "")


def test_math_prints_the_model_and_writes_pages(typed: Typed, tmp_path: Path) -> None:
    said = typed("math", "--case", "01_earth_only", *QUICK)
    assert said.code == 0 and "cadence_used[v,t]: flights[v,t] - cadence[v,t] <= 0" in said.out
    file = tmp_path / "math.tex"
    assert typed("math", "--case", "01_earth_only", "--format", "latex", "--out", str(file)).code == 0
    assert file.read_text().startswith(r"\documentclass")
    content = typed("math", "--case", "01_earth_only", "--json").content
    assert {"sets", "subsystems", "costs"} <= set(content)


def test_a_run_that_only_moves_things_is_refused_in_words(typed: Typed, tmp_path: Path) -> None:
    moved = "models/logistics/returning_ship"
    for words in (("explain", moved), ("pareto", moved, "--objectives", "cost,soot"), ("alternatives", moved)):
        said = typed(*words, "--out", str(tmp_path))
        assert said.code == 2 and "only moves things" in said.err


def test_prices_of_a_plan_that_is_not_proven_say_so(typed: Typed, tmp_path: Path) -> None:
    run = Path(typed("explain", "01_earth_only", *QUICK, "--out", str(tmp_path), "--json").content["path"])
    assert "not proven" not in typed("explain", str(run)).out
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(record | {"status": "gap not reached", "gap": 0.25}))
    assert "This plan is not proven: one up to 25 % better" in typed("explain", str(run)).out


def test_a_gap_of_all_there_is_is_refused(typed: Typed, tmp_path: Path) -> None:
    said = typed("run", "01_earth_only", "--gap", "5", "--out", str(tmp_path))
    assert said.code == 2 and "--gap" in said.err


@pytest.mark.parametrize(
    ("status", "bound", "code"),
    [("interrupted", 0.0, 4), ("gap not reached", 0.0, 4), ("interrupted", 99.99, 0), ("optimal", 99.0, 0)],
)
def test_a_search_cut_off_before_it_could_say_whether_the_moon_pays_is_no_answer(
    status: str, bound: float, code: int
) -> None:
    """The plan makes nothing on the Moon; only a bound close to it says that nothing could be gained there."""
    record = {"status": status, "objective": 100.0, "bound": bound, "objective_without_moon": 100.0,
              "bound_without_moon": 100.0, "decision_value": 0.0}  # fmt: skip
    record["moon"] = moon(record, whole=True)
    ended = 0
    try:
        refuse_undecided(record)
    except typer.Exit as exit_:
        ended = exit_.exit_code
    assert ended == code
