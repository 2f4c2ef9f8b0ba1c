"""Ratios of routes from their logistics cases: the shipped table is what the command makes, and the rows hold it."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from lunarchain.paths import data_file
from lunarchain.pipeline.routes import route_ratios
from lunarchain.scenario.facts import load_facts


@cache
def made() -> pd.DataFrame:
    return route_ratios(load_facts())


def test_the_shipped_table_is_what_the_command_makes() -> None:
    shipped = pd.read_csv(data_file("computed/routes.csv"))
    pd.testing.assert_frame_equal(shipped, made(), rtol=1e-5)


def test_every_ratio_lies_within_the_range_of_its_row() -> None:
    assert made()["within_range"].all()
    assert made()["ratio"].between(0.93, 1.07).all()


def test_a_worse_engine_asks_for_more() -> None:
    """The ratio comes from legs and engines, not from the row: a poorer thruster needs more in low orbit."""
    facts = load_facts()
    poorer = facts.override({"logistics.self.isp": 0.8 * facts["logistics.self.isp"].value})
    found = route_ratios(poorer).set_index("route")["computed"]
    before = made().set_index("route")["computed"]
    assert found["eml2_self"] > 1.02 * before["eml2_self"]
    assert dict(poorer.below("routes")) == dict(facts.below("routes"))


def test_routes_named_end_where_the_table_says() -> None:
    facts = load_facts()
    assert all(f"routes.{route}.lift" in facts for route in made()["route"])
    assert made()["in_table"].to_list() == pytest.approx(
        [facts.number(f"routes.{r}.lift", "dimensionless") for r in made()["route"]]
    )
