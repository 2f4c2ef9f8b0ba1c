"""What binds, in words: grouped by limit and place, tail left out, ranked by worth, priced for reading."""

from __future__ import annotations

import pandas as pd
import pytest

from lunarchain.pipeline import store
from lunarchain.plan.tables import PRICE_COLUMNS
from lunarchain.report.binding import explanation, place_words, price_text, rows
from lunarchain.report.page import build_page
from lunarchain.report.view import view
from lunarchain.scenario.facts import Facts

from .conftest import MakeRun

ROWS = [
    (1, "limit", "policy", "launch licences", "licences", 2e6, "USD/licence", 100.0, "licence/yr", 5.0, -1.0),
    (2, "limit", "policy", "launch licences", "licences", 3e6, "USD/licence", 100.0, "licence/yr", 8.0, -1.0),
    (
        4,
        "limit",
        "policy",
        "launch licences",
        "licences",
        9e6,
        "USD/licence",
        100.0,
        "licence/yr",
        900.0,
        -1.0,
    ),
    (3, "limit", "slots", "orbital slots", "leo", 4.0, "USD/(kW*yr)", 7.0, "GW", 40.0, -1.0),
    (3, "price", "lift", "lift to low Earth orbit", "", 4e5, "USD/t", 7.0, "kt/yr", 3.0, 1.0),
    (3, "marginal", "lifted_so_far", "next lift of a vehicle", "starship", 1e5, "USD/t", 7.0, "kt", 0.0, 0.0),
    (3, "marginal", "parts_so_far", "next satellite parts", "next satellite parts", 4e5, "USD/t", 9.0, "kt", 0.0, 0.0),
]


@pytest.fixture
def run(make_run: MakeRun) -> store.Run:
    made = make_run()
    pd.DataFrame(ROWS, columns=list(PRICE_COLUMNS)).to_parquet(made.path / store.DUALS, index=False)
    return store.Run(made.path)


def test_limits_are_ranked_by_worth_without_the_tail(run: store.Run) -> None:
    found = explanation(view(run))["limits"]
    assert [entry["limit"] for entry in found] == ["orbital slots", "launch licences"]
    licences = found[1]
    assert licences["worth_g_usd"] == pytest.approx(5.0 + 8.0)  # period 4 is tail
    assert (licences["price"], licences["price_year"], licences["years"]) == (3e6, 2032, [2031, 2032])


def test_prices_and_the_margin_they_rest_on_are_told_apart(run: store.Run) -> None:
    found = explanation(view(run))
    assert [entry["limit"] for entry in found["prices"]] == ["lift to low Earth orbit"]
    assert found["lift_priced_at"] == [
        {"year": 2034, "vehicle": "starship", "price": 1e5, "price_unit": "USD/t"}
    ]
    assert found["satellites_priced_at"] == [
        {"year": 2034, "what": "next satellite parts", "price": 4e5, "price_unit": "USD/t"}
    ]


@pytest.mark.parametrize(
    ("price", "unit", "text"),
    [
        (14_700.0, "USD/(kW*yr)", "14.7 k$/kW-yr"),
        (950.0, "USD/t", "950 $/t"),
        (2.5e6, "USD/licence", "2.5 M$/licence"),
        (-0.25, "GUSD/track", "-250 M$/track"),
    ],
)
def test_prices_read_as_people_write_them(price: float, unit: str, text: str) -> None:
    assert price_text(price, unit) == text


def test_places_are_named(facts: Facts) -> None:
    assert place_words(facts, "slots", "leo").lower().startswith("low")
    assert place_words(facts, "tier", "batch|1").endswith("price tier 2")
    assert place_words(facts, "lift", "") == ""


def test_ids_of_commodities_and_processes_become_words(facts: Facts) -> None:
    assert place_words(facts, "balance", "south_pole|pv") == "South pole, Photovoltaic blanket"
    aluminium = place_words(facts, "balance", "south_pole|al_tap_high_al")
    assert aluminium == "South pole, Aluminium-rich tap (from high-aluminium tapping)"
    assert "P04" not in place_words(facts, "capacity", "south_pole|P04_sequential")


def test_a_price_is_that_of_a_year_in_which_there_is_some(make_run: MakeRun) -> None:
    """Rows of next to nothing at a price of the other sign do not stand for a good that is worth billions."""
    made = make_run()
    hulls = ("price", "hull_balance", "lunar hulls at a site", "south_pole")
    rows_ = [(1, *hulls, -8.7e6, "USD/t", 1e-6, "kt/yr", -1e-4, 1.0),
             (2, *hulls, 2e6, "USD/t", 90.0, "kt/yr", 500.0, 1.0),
             (3, *hulls, 1e6, "USD/t", 900.0, "kt/yr", 700.0, 1.0)]  # fmt: skip
    pd.DataFrame(rows_, columns=list(PRICE_COLUMNS)).to_parquet(made.path / store.DUALS, index=False)
    (entry,) = rows(explanation(view(store.Run(made.path)))["prices"])
    assert (entry["at most"], entry["in"], entry["worth"]) == ("2 M$/t", "2032", "1,200 G$")


def test_more_demand_stands_apart_from_limits_with_the_value_of_its_tier(make_run: MakeRun) -> None:
    made = make_run()
    wished = (2, "limit", "tier", "compute wanted at this price", "batch|1", 4.0, "USD/(kW*yr)", 7.0, "GW", 40.0, -1.0)
    pd.DataFrame([wished, ROWS[0]], columns=list(PRICE_COLUMNS)).to_parquet(made.path / store.DUALS, index=False)
    seen = view(store.Run(made.path))
    found = explanation(seen)
    assert [entry["limit"] for entry in found["limits"]] == ["launch licences"]
    edge, elasticity = seen.scenario.demand.tiers[1], seen.facts["compute.elasticity"].value
    each = seen.number("compute.value", "GUSD/GW/yr") * edge ** (-1 / elasticity)
    assert found["demand"][0]["where"] == f"batch inference, price tier 2, valued at {each:.3g} k$/kW-yr"
    assert "What more demand would be worth (no limit that can be relaxed)" in build_page([store.Run(made.path)])


def test_the_page_shows_what_limits_are_worth(run: store.Run) -> None:
    page = build_page([run])
    assert "What relaxing a limit would be worth" in page and "launch licences" in page
    assert rows(explanation(view(run))["limits"])[1]["at most"] in page


def test_a_run_without_prices_has_nothing_to_explain(make_run: MakeRun) -> None:
    assert explanation(view(make_run()))["limits"] == []
