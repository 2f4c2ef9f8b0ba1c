"""Fact tables: reading them, everything wrong with them at once, replacing values."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.errors import InputError
from lunarchain.scenario.facts import COLUMNS, Facts, load_facts

GOOD = "pumps.p1.mass,Pump mass,20,10,30,kg,,Handbook 2020,2020,seen,"
WORD = "pumps.p1.kind,Pump kind,,,,,gear,Handbook 2020,2020,seen,"


def write(folder: Path, *rows: str, name: str = "pumps.csv", header: str = ",".join(COLUMNS)) -> Path:
    (folder / name).write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return folder


def issues_of(folder: Path) -> dict[str, str]:
    with pytest.raises(InputError) as caught:
        load_facts(folder)
    return {issue.key: str(issue) for issue in caught.value.issues}


@pytest.fixture
def pumps(tmp_path: Path) -> Facts:
    return load_facts(write(tmp_path, GOOD, WORD))


def test_numbers_words_and_branches(pumps: Facts) -> None:
    assert pumps.number("pumps.p1.mass", "t") == pytest.approx(0.02)
    assert pumps.text("pumps.p1.kind") == "gear"
    assert pumps.children("pumps") == ["p1"]
    assert list(pumps.below("pumps.p1")) == ["mass", "kind"]
    assert pumps["pumps.p1.mass"].table == "pumps"
    assert pumps["pumps.p1.mass"].file == "pumps.csv"


def test_every_fault_of_every_row_is_reported_at_once(tmp_path: Path) -> None:
    found = issues_of(
        write(
            tmp_path,
            GOOD,
            GOOD,
            "valves.v1.mass,Of another table,1,,,kg,,Handbook,2020,seen,",
            "pumps.p2.mass,No source,1,,,kg,, ,2020,seen,",
            "pumps.p3.mass,Unknown kind,1,,,kg,,Handbook,2020,sen,",
            "pumps.p4.mass,Unknown unit,1,,,kilo pond cubits,,Handbook,2020,seen,",
            "pumps.p5.mass,Out of order,1,2,3,kg,,Handbook,2020,seen,",
            "pumps.p6.mass,Nothing in it,,,,kg,,Handbook,2020,seen,",
            "pumps.p7.mass,Not a number,many,,,kg,,Handbook,2020,seen,",
        )
    )
    expected = {
        "pumps.p1.mass": "a second row",
        "valves.v1.mass": "an id of another table",
        "pumps.p2.mass": "no source",
        "pumps.p3.mass": "did you mean 'seen'",
        "pumps.p4.mass": "a unit pint can parse",
        "pumps.p5.mass": "low <= value <= high",
        "pumps.p6.mass": "neither value nor text",
        "pumps.p7.mass.value": "'many'",
    }
    assert expected.keys() <= found.keys()
    for key, words in expected.items():
        assert words in found[key]


def test_a_wrong_header_is_reported_with_the_right_one(tmp_path: Path) -> None:
    assert ",".join(COLUMNS) in issues_of(write(tmp_path, header="id,value"))["header"]


def test_a_number_without_source_fails(tmp_path: Path) -> None:
    assert (
        "where the number comes from"
        in issues_of(write(tmp_path, GOOD.replace("Handbook 2020", "")))["pumps.p1.mass"]
    )


def test_faults_of_several_tables_come_together(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("seen", "guess"))
    write(tmp_path, "fans.f1.mass,Fan,1,,,furlong-ish,,Handbook,2020,seen,", name="fans.csv")
    assert {"pumps.p1.mass", "fans.f1.mass"} <= issues_of(tmp_path).keys()


@pytest.mark.parametrize("wanted, value", [(25, 25), ("low", 10), ("high", 30), ("nominal", 20)])
def test_override_by_number_or_by_bound(pumps: Facts, wanted: float | str, value: float) -> None:
    changed = pumps.override({"pumps.p1.mass": wanted})
    assert changed.number("pumps.p1.mass", "kg") == value
    assert pumps.number("pumps.p1.mass", "kg") == 20, "the original must not change"


def test_an_overridden_number_no_longer_claims_its_source(pumps: Facts) -> None:
    changed = pumps.override({"pumps.p1.mass": 25, "pumps.p1.kind": "vane"})
    assert changed["pumps.p1.mass"].kind == "estimate"
    assert "Handbook" not in changed["pumps.p1.mass"].source
    assert changed.text("pumps.p1.kind") == "vane"


def test_every_fault_of_an_override_is_reported_at_once(tmp_path: Path) -> None:
    facts = load_facts(write(tmp_path, GOOD.replace(",10,30,", ",,,"), WORD))
    wrong: dict[str, float | str] = {
        "pumps.p1.mas": 1,
        "pumps.p1.mass": "low",
        "pumps.p1.kind": 3,
    }
    with pytest.raises(InputError) as caught:
        facts.override(wrong)
    assert len(caught.value.issues) == 3
    assert "pumps.p1.mass" in str(caught.value.issues[0]), "the nearest id must be offered"


def test_a_word_for_a_number_is_refused(pumps: Facts) -> None:
    with pytest.raises(InputError, match="low, nominal, high"):
        pumps.override({"pumps.p1.mass": "heavy"})


def test_an_unlike_unit_names_both_units(pumps: Facts) -> None:
    with pytest.raises(
        InputError, match=r"pumps\.p1\.mass: got a number in 'kg', expected a unit like 'meter'"
    ):
        pumps.number("pumps.p1.mass", "meter")


def test_an_unknown_fact_offers_the_nearest(pumps: Facts) -> None:
    with pytest.raises(InputError, match=r"did you mean 'pumps.p1.mass'"):
        pumps.number("pumps.p1.maas", "kg")
    assert "pumps.p1.maas" not in pumps


@given(st.floats(1e-6, 1e6))
@settings(deadline=None)  # the first example reads the tables
def test_units_go_there_and_back(mass_kg: float) -> None:
    changed = load_facts().override({"labour.robot_mass": mass_kg})
    there = changed.number("labour.robot_mass", "kt/robot")
    assert math.isclose(there * 1e6, mass_kg, rel_tol=1e-12)
