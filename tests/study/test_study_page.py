"""The page of a study, by design: the right charts, honest words about what is missing, every case in the table."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lunarchain.report import headlines, study_figures, study_words
from lunarchain.report.study_page import build_study_page, measure_issues
from lunarchain.study.collect import collect
from lunarchain.study.store import Store
from lunarchain.study.study import load_study
from tests.study.conftest import study_of

FACTORS = [{"path": "data.prices.plant"}, {"path": "data.compute.value"}]


def answered(study, tmp_path, lost: int = 0) -> pd.DataFrame:
    """The study's table with made-up answers: worth falls with the price of plant."""
    store = Store(tmp_path / "s")
    for number, case in enumerate(study.cases):
        numbers = [v for v in case.point.values() if isinstance(v, float)]
        worth = 900.0 - 0.5 * sum(numbers) + 100 * len(case.policy)
        row = {"id": case.id, "status": "relaxed", "reason": "", "objective": 5000.0 - worth, "gap": 1e-4,
               "decision_value": worth, "moon": "yes" if worth > 0 else "no", "gw_hybrid": max(worth, 0.0),
               "gw_moon_built": 0.0, "peak_flights_per_yr": 100.0 + number, "earth_lift_kt_per_gw": 9.0,
               "import_share_moon_made": 0.3, "peak_black_carbon_kt_per_yr": 2.0 + number}  # fmt: skip
        store.write(
            row if number >= lost else row | {"status": "timed out", "reason": "not answered within 5 s"}
        )
    return collect(study, store)


@pytest.mark.parametrize(
    ("design", "heading"),
    [
        ({"method": "tornado"}, "What moves what the Moon is worth"),
        ({"method": "sobol", "samples": 8}, "Shares of the variance"),
        ({"method": "morris", "trajectories": 4}, "Screening of"),
        ({"method": "grid", "levels": 3}, "there the decision flips"),
        ({"method": "lhs", "samples": 30}, "Every case as a line"),
    ],
)
def test_each_design_has_its_chart_and_says_what_is_missing(tmp_path, design, heading):
    study = study_of(uncertainties=FACTORS, design=design)
    page = build_study_page(study, answered(study, tmp_path, lost=1), tmp_path)
    assert heading in page and "Cases without an answer" in page and "not answered within 5 s" in page
    listed = json.loads(re.search(r"const cases = (\[.*?\]);\nlet order", page, re.S)[1])
    assert {row["_id"] for row in listed} == {case.id for case in study.cases}


def test_policies_bring_regret_goals_a_front_and_a_rule_a_box(tmp_path):
    study = study_of(
        uncertainties=FACTORS, design={"method": "lhs", "samples": 30},
        policies=[{"name": "a"}, {"name": "capped", "set": {"policy.launch_licences_per_yr": 900}}],
        measures={"pareto": {"objective": "min", "peak_black_carbon_kt_per_yr": "min"},
                  "interest": "decision_value > 0"},
    )  # fmt: skip
    page = build_study_page(study, answered(study, tmp_path), tmp_path)
    assert "Regret of each policy" in page and ">Front<" in page and "PRIM" in page


def test_nothing_answered_is_still_a_page(tmp_path):
    study = study_of(uncertainties=FACTORS)
    page = build_study_page(study, collect(study, Store(tmp_path / "s")), tmp_path)
    assert "Cases without an answer" in page and "not run" in page


def test_a_title_cannot_become_markup(tmp_path):
    study = study_of("<b>x</b>", uncertainties=FACTORS)
    assert "<b>x</b>" not in build_study_page(study, answered(study, tmp_path), tmp_path)


def test_the_pictures_show_the_numbers_of_their_studies(tmp_path):
    assembly, tornado = load_study(headlines.ASSEMBLY), load_study(headlines.TORNADO)
    table = answered(assembly, tmp_path / "a")
    drawn = headlines.chips_on_the_moon(table, 2.8)
    assert sum(len(trace.y) for trace in drawn.data) == len(table)
    assert set(np.concatenate([t.x for t in drawn.data])) == set(table[headlines.IMPORTS] * 2.8)
    swings = answered(tornado, tmp_path / "t")
    bars = headlines.what_makes_the_moon_win(tornado, swings)
    widest = max(float(max(trace.x)) for trace in bars.data)
    assert widest == pytest.approx(swings["decision_value"].max() - swings["decision_value"].min())
    assert {"lift", "price"} <= {trace.name for trace in bars.data}
    needs = headlines.what_it_needs(tornado, swings)
    assert needs.data[0].x == (swings["peak_flights_per_yr"].min(), swings["peak_flights_per_yr"].max())


def _seen(page: str) -> str:
    """What a reader sees before the scripts run: text between tags."""
    body = page[page.index("<main>") :]
    return re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", "", body, flags=re.S))


def test_the_page_says_what_every_case_is_a_change_of_and_in_which_units(tmp_path):
    levers = [{"path": "policy.launch_licences_per_yr", "low": 1000, "high": 20000}]
    study = study_of(uncertainties=FACTORS, levers=levers,
                     policies=[{"name": "no fission", "overlays": ["policies/no_lunar_nuclear"]}])  # fmt: skip
    seen = _seen(build_study_page(study, answered(study, tmp_path), tmp_path))
    assert "03_one_driver" in seen and "2028 to 2056, in steps of 7 years" in seen
    assert "Every case is under “no fission”; the base without any of them is not among the cases" in seen
    assert "Licensed flights a year" in seen and "1,000 to 20,000 1/yr" in seen and "USD/kg" in seen
    assert not re.search(r"\d[eE][+-]\d", seen), "no number in powers of ten"


def test_a_mix_that_changes_nothing_is_said_to_be_the_base():
    study = study_of(
        uncertainties=FACTORS,
        policies=[{"name": "as it is"}, {"name": "b", "set": {"ground.allowed": False}}],
    )
    assert "“as it is” changes nothing and is the base" in " ".join(study_words.base_words(study))


def test_words_of_an_answer_name_places_and_launchers_as_people_do():
    facts = study_of(uncertainties=FACTORS).base.facts
    assert study_words.answer_text(facts, "driver", "mare_33e_west parts_100kg_300g_0.9s") == (
        "Mare 33°E west: 100 kg parts at 300 g every 0.9 s"
    )
    assert "eml2" not in study_words.answer_text(facts, "assembled", "yard at eml2")
    assert study_words.answer_text(facts, "assembled", "Earth") == "nothing Moon-made"


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6), st.floats(1.0, 1e9))
def test_numbers_of_a_map_stand_to_one_place_and_the_largest_keeps_three_digits(values, largest):
    texts = study_figures.even(np.array([[*values, largest]]))[0]
    assert len({len(text.partition(".")[2]) for text in texts if text != "0"}) == 1
    assert all(float(text.replace(",", "")) == pytest.approx(value, abs=0.006 * max(largest, *map(abs, values)))
               for text, value in zip(texts, [*values, largest], strict=True))  # fmt: skip


def test_a_rule_without_a_box_is_said_and_a_kept_run_is_linked(tmp_path):
    study = study_of(uncertainties=FACTORS, measures={"interest": "decision_value > 1e9"})
    table = answered(study, tmp_path)
    kept = tmp_path / "runs" / "x"
    kept.mkdir(parents=True)
    (kept / "report.html").write_text("x")
    table["run"] = ["x"] + ["gone"] * (len(table) - 1)
    page = build_study_page(study, table, tmp_path)
    assert "No box" in page
    listed = json.loads(re.search(r"const cases = (\[.*?\]);\nlet order", page, re.S)[1])
    assert [row["_link"] for row in listed][:2] == ["runs/x/report.html", ""]


@pytest.mark.parametrize(
    ("rule", "said"),
    [("decision_val > 0", "decision_value"), ("__import__(1) > 0", "condition"), ("objective >", "condition"),
     ("`data.prices.plnt` > 3", "data.prices.plant"), ("moon == 'no' and `data.prices.plant` > 3", "")],
)  # fmt: skip
def test_a_rule_that_cannot_be_judged_is_refused_before_anything_runs(rule, said):
    study = study_of(uncertainties=FACTORS, measures={"interest": rule})
    issues = measure_issues(study)
    assert bool(issues) == bool(said) and all(said in str(issue) for issue in issues)


def test_a_study_without_a_moon_says_nothing_of_its_worth(tmp_path):
    study = study_of(uncertainties=FACTORS, base={"case": "03_one_driver", "set": {"moon.allowed": False}},
                     measures={"main": "objective"})  # fmt: skip
    table = answered(study, tmp_path).assign(moon="not asked")
    page = build_study_page(study, table, tmp_path)
    assert "The Moon is worth it in" not in page and "undecided" not in _seen(page) and "may not be used" not in page


def test_maps_of_one_study_share_their_colours_and_say_where_nothing_flips(tmp_path):
    mixes = [{"name": "a"}, {"name": "much longer, thus worth more", "set": {"ground.allowed": False}}]
    study = study_of(uncertainties=FACTORS, design={"method": "grid", "levels": 3}, policies=mixes,
                     measures={"flips_at": -1e7})  # fmt: skip
    page = build_study_page(study, answered(study, tmp_path), tmp_path)
    assert "It passes -10,000,000 nowhere here" in page
    assert len(set(re.findall(r'"zmax":([\d.eE+-]+)', page))) == 1
