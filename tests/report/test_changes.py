"""Two runs compared: only what differs, with both values and their sources, costs re-added by hand."""

from __future__ import annotations

import copy
from typing import Any

import pandas as pd
import pytest

from lunarchain.pipeline import store
from lunarchain.plan.tables import PRICE_COLUMNS
from lunarchain.report.changes import changes, page, tables

from .conftest import MakeRun
from .small_run import ROWS

LICENCES = (
    1,
    "limit",
    "policy",
    "launch licences",
    "licences",
    2e6,
    "USD/licence",
    100.0,
    "licence/yr",
    5.0,
    -1.0,
)


@pytest.fixture
def pair(make_run: MakeRun) -> tuple[store.Run, store.Run]:
    """A run, and the same with a licence cap, dearer plant, one more driver and ten G$ a year more for chips."""
    rows: dict[str, Any] = copy.deepcopy(ROWS)
    rows["costs"] = [(t, n, i, d, 310.0 if i == "chips" else v) for t, n, i, d, v in rows["costs"]]
    rows["tracks"] = [(t, n, i, d, v + 1) for t, n, i, d, v in rows["tracks"]]
    first = make_run()
    second = make_run(
        rows=rows, case={"policy": {"launch_licences_per_yr": 145}}, objective=1000.0, bound=999.0
    )
    facts = pd.read_parquet(second.path / store.FACTS)
    dearer = facts["id"] == "prices.plant"
    facts.loc[dearer, ["value", "source"]] = [2222.0, "a newer quotation"]
    facts.to_parquet(second.path / store.FACTS, index=False)
    pd.DataFrame([LICENCES], columns=list(PRICE_COLUMNS)).to_parquet(second.path / store.DUALS, index=False)
    return first, store.Run(second.path)


def test_inputs_that_differ_come_with_both_values_and_sources(pair: tuple[store.Run, store.Run]) -> None:
    inputs = {row["key"]: row for row in changes(*pair)["inputs"]}
    assert set(inputs) == {"policy.launch_licences_per_yr", "prices.plant"}
    assert (
        inputs["policy.launch_licences_per_yr"]["from"],
        inputs["policy.launch_licences_per_yr"]["to"],
    ) == (None, 145)
    assert inputs["prices.plant"]["from"] == 1000 and inputs["prices.plant"]["to"] == 2222
    assert inputs["prices.plant"]["source"].endswith("-> a newer quotation")


def test_costs_are_discounted_by_item(pair: tuple[store.Run, store.Run]) -> None:
    """Ten G$ a year more for chips through six reported years, discounted continuously by hand."""
    import math

    (row,) = changes(*pair)["costs"]
    rate = pair[0].facts.number(pair[0].scenario.economics.discount_rate, "1/yr")
    assert row["item"] == "chips"
    assert row["change"] == pytest.approx(10 * (1 - math.exp(-6 * rate)) / rate, rel=1e-9)


def test_decisions_limits_and_figures_that_differ_are_named(pair: tuple[store.Run, store.Run]) -> None:
    found = changes(*pair)
    decisions = {row["what"]: (row["from"], row["to"]) for row in found["decisions"]}
    assert decisions == {"Tracks at Mare 33°E east": (2, 3)} or decisions["Tracks at Mare 33°E east"] == (
        2,
        3,
    )
    assert [(row["limit"], row["from"], row["to"]) for row in found["limits"]] == [
        ("launch licences", 0.0, 5.0)
    ]
    assert "discounted_cost_g_usd" in {row["figure"] for row in found["figures"]}


def test_the_words_say_what_and_why(pair: tuple[store.Run, store.Run]) -> None:
    text = " ".join(changes(*pair)["words"])
    assert "launch_licences_per_yr (not set to 145)" in text and "prices.plant (1000 to 2222)" in text
    assert "100 G$ more" in text and "chips" in text and "holds more" in text


def test_a_run_against_itself_differs_in_nothing(make_run: MakeRun) -> None:
    run = make_run()
    found = changes(run, run)
    assert not any(found[key] for key in ("inputs", "decisions", "costs", "limits", "figures"))
    assert "same inputs" in found["words"][0]


def test_a_difference_within_the_proofs_is_said_to_be_maybe_nothing(make_run: MakeRun) -> None:
    words = changes(make_run(), make_run(objective=900.4, bound=899.6))["words"]
    assert any("may be nothing" in text for text in words)


def test_the_page_and_the_tables_show_it(pair: tuple[store.Run, store.Run]) -> None:
    found = changes(*pair)
    html = page(found)
    assert (
        "prices.plant" in html and "a newer quotation" in html and "http" not in html.split("</script>")[-1]
    )
    assert all(set(row) == set(rows[0]) for rows in tables(found).values() for row in rows)


def test_costs_of_other_demand_are_not_set_side_by_side(make_run: MakeRun) -> None:
    first = make_run()
    second = make_run(case={"demand": {"first_gw": 20}})
    assert any(
        "Demand differs" in said and "cannot be compared" in said for said in changes(first, second)["words"]
    )
    assert not any("Demand differs" in said for said in changes(first, first)["words"])


def test_what_is_built_at_all_comes_before_where_whatever_moved_most_in_proportion(make_run: MakeRun) -> None:
    rows: dict[str, Any] = copy.deepcopy(ROWS)
    rows["satellites"] = [(t, n, i, d, 1.01 * v) for t, n, i, d, v in rows["satellites"]]
    rows["tracks"] = [(t, n, i, d, v + 5) for t, n, i, d, v in rows["tracks"]]
    decisions = [row["what"] for row in changes(make_run(), make_run(rows=rows))["decisions"]]
    assert "Earth-built satellites [GW]" in decisions
    assert decisions.index("Earth-built satellites [GW]") < min(
        k for k, w in enumerate(decisions) if "Tracks" in w
    )


def test_settings_are_shown_as_they_are_typed(make_run: MakeRun) -> None:
    second = make_run(case={"moon": {"orbital_yards": False}, "calendar": {"tail_periods": 1}})
    shown = {row["input"]: row for row in tables(changes(make_run(), second))["Inputs"]}
    assert shown["moon.orbital_yards"]["to"] == "false"
