"""The flip command's parts: first-order effects against real solves, thresholds against a model with a known one."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest

from lunarchain.pipeline.departures import shipped_departures
from lunarchain.pipeline.relax_case import build_arms, relax_case
from lunarchain.pipeline.screen_facts import in_long_steps, ranged_facts, screen
from lunarchain.report import flips_page
from lunarchain.scenario.load import load
from lunarchain.solve.first_order import first_order, same
from lunarchain.solve.highs import solve_lp
from lunarchain.study import flip
from lunarchain.study.schema import Base

CASE = "03_one_driver"
SETS = {"calendar.steps": [{"until": 2056, "years": 7}]}


@pytest.fixture(scope="module")
def case():
    return load(
        CASE, [f"calendar.steps={json.dumps(SETS['calendar.steps']).replace(':', '=').replace(chr(34), '')}"]
    )


def test_the_first_order_effect_is_the_slope_of_the_optimum(case):
    departures, fact = shipped_departures(), "compute.satellite_price"
    old = build_arms(case, departures)[1]
    outcome = solve_lp(old.chords, crossover=True)
    price = case.facts[fact].value
    nudged = {sign: case.facts.override({fact: price * (1 + sign * 1e-4)}) for sign in (-1, 1)}
    new = {
        s: build_arms(type(case)(case.name, case.scenario, f, case.file), departures)[1]
        for s, f in nudged.items()
    }
    estimate = first_order(old.chords, new[1].chords, outcome.values, outcome.row_duals)
    measured = (
        solve_lp(new[1].chords, crossover=True).objective - solve_lp(new[-1].chords, crossover=True).objective
    ) / 2
    assert estimate == pytest.approx(measured, rel=1e-3)
    assert same(old.chords, build_arms(case, departures)[1].chords) and not same(old.chords, new[1].chords)


def test_screening_ranks_what_matters_and_knows_what_is_not_in_the_model(case):
    facts = ["emissions.starship.h2o", "compute.value", "heat.low.temperature", "compute.chip_price"]
    table = screen(case, facts, shipped_departures(), lambda k, n: None).set_index("fact")
    assert not table.loc["emissions.starship.h2o", "in_model"]
    assert table["in_model"][["compute.value", "compute.chip_price"]].all()
    assert table.loc["compute.value", "effect"] > 100
    assert len(ranged_facts(case)) > 100
    assert in_long_steps(case).scenario.calendar.steps[-1].until == case.scenario.calendar.steps[-1].until


def test_a_threshold_is_found_where_the_answer_changes(case, tmp_path, monkeypatch):
    """The worker is replaced by one whose Moon is worth it below a known price of plant."""
    worker = tmp_path / "worker.py"
    worker.write_text(
        "from lunarchain.study.child import serve\n"
        "def answer(task):\n"
        "    price = task['settings']['data'].get('prices.plant', 1000.0)\n"
        "    moon = 'yes' if price < 4321.0 else 'no'\n"
        "    return {'id': task['id'], 'status': 'relaxed', 'reason': '', 'objective': 1.0,\n"
        "            'decision_value': 5000.0 - price, 'moon': moon, 'assembled': 'Earth', 'driver': 'none'}\n"
        "serve(answer)\n"
    )
    real = flip.sweep
    command = (sys.executable, str(worker))
    monkeypatch.setattr(flip, "sweep", lambda *a, **k: real(*a, command=command, **k))
    question = flip.Question(Base(case=CASE, set=SETS), "t", "relaxed", tmp_path, 1, lambda state: None)
    found = flip.find_flips(question, case, ["prices.plant", "compute.value"], 2)
    fact = case.facts["prices.plant"]
    assert len(found.flips) == 1
    row = found.flips.iloc[0]
    assert row["threshold"] == pytest.approx(4321.0, abs=(fact.high - fact.value) / 2**flip.HALVINGS)
    assert (row["word"], row["before"], row["after"], row["estimate"]) == ("moon", "yes", "no", True)
    assert row["distance"] == pytest.approx(abs(row["threshold"] - fact.value) / fact.value)
    assert np.isclose(found.ends["change"].abs().max(), fact.high - fact.value)
    effects = pd.DataFrame({"fact": ["prices.plant", "x"], "effect": [9.0, 3.0], "in_model": [True, True]})
    content = flips_page.flips_content(case, "relaxed", effects, found)
    assert content["first_order_effect_of_the_rest"] == 3.0  # only x was not looked at
    said = " ".join(flips_page.sentences(case, content))
    assert "One number solved" in said and "changes whether the Moon pays (1 of them an estimate" in said
    shown = flips_page.tables(case, content)[flips_page.CHANGES][0]
    assert shown["Range"] == "100 to 10,000" and "USD/kg" in shown["At"] and "of 1,000 USD/kg" in shown["From nominal"]
    page = flips_page.write_flips_page(case, content, tmp_path).read_text(encoding="utf-8")
    assert "prices.plant" in page and json.loads((tmp_path / flips_page.ANSWER).read_text())["case"] == CASE


def test_of_many_numbers_those_that_change_a_word_in_long_steps_are_solved_first():
    facts = ["a", "b", "c", "d", "e"]
    rows = [{"id": "0", "moved": "", "decision_value": 100.0, "moon": "yes", "assembled": "x", "driver": "p"}]
    worth = {"a": 900.0, "b": 99.0, "c": 101.0, "d": 800.0, "e": 100.5}
    words = {"b": {"moon": "no"}, "c": {"driver": "q"}, "d": {"moon": "open"}}
    rows += [
        {**rows[0], "id": f, "moved": f"data.{f}", "decision_value": worth[f], **words.get(f, {})}
        for f in facts
    ]
    table = pd.DataFrame(rows).assign(status="relaxed")
    assert flip._by_change(table) == ["b", "c", "a", "d", "e"]
    inside = [True, True, False, True, True]
    effects = pd.DataFrame({"fact": facts, "effect": [0.1, np.inf, 9.0, 8.0, 7.0], "in_model": inside})
    assert flip.to_try(effects, 1) == ["b", "a", "d", "e"]


def test_an_undecided_middle_narrows_nothing():
    bracket = flip._Bracket("prices.plant", "moon", "yes", "no", 1.0, 2.0)
    rows = pd.DataFrame({"moon": ["open"]})
    assert flip._narrowed(bracket, 1.5, rows) == bracket == flip._narrowed(bracket, 1.5, rows.head(0))
    assert flip._narrowed(bracket, 1.5, rows.assign(moon="no")).outside == 1.5


@pytest.mark.slow
def test_the_words_of_the_relaxed_case_are_those_of_its_plan(case):
    solved = relax_case(case, shipped_departures())
    assert solved.decision()["decision_value"] > 0
