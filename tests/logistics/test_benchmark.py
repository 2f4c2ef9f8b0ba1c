"""The published campaign, exactly, through the whole pipeline; and variants of it that must follow without tuning."""

from __future__ import annotations

from pathlib import Path

import pytest

from lunarchain.pipeline.logistics import solve_logistics
from lunarchain.pipeline.run import run
from lunarchain.report.choose import answer, build_page, write_page
from lunarchain.scenario.facts import load_facts
from lunarchain.scenario.load import load
from lunarchain.units import factor

CASE = "benchmarks/isaji2022"


def quiet(*_: object) -> None:
    """No progress."""


def published(name: str) -> float:
    return load_facts().number(f"benchmark_isaji2022.result.{name}", "kg")


def test_the_published_mass_comes_out_of_an_ordinary_run(tmp_path: Path) -> None:
    stored = run(load(CASE), tmp_path, quiet, write_page).run
    assert stored.record["figures"]["imleo_kg"] == pytest.approx(published("imleo_fixed"), rel=1e-6)
    assert stored.record["status"] == "optimal" and stored.record["gap"] <= 1e-8
    assert stored.record["audit"]["passed"] and stored.record["audit"]["max_residual"] < 1e-9
    assert "694,264.4 kg" in answer(stored, 80) and max(map(len, answer(stored, 80).splitlines()[:-1])) <= 80
    page = build_page([stored])
    assert "694,264.4 kg" in page and "llo to surface" in page
    assert run(load(CASE), tmp_path, quiet, write_page).reused


def test_waiting_in_low_orbit_changes_nothing() -> None:
    case = load(CASE, ["logistics.stays.leo.time=benchmark_isaji2022.holdover.leo"])
    assert solve_logistics(case, quiet).objective_kg == pytest.approx(published("imleo_fixed"), rel=1e-6)


@pytest.mark.parametrize(("sets", "share"), [(["logistics.repeats=1"], 0.5), (["logistics.repeats=4"], 2.0)])
def test_missions_do_not_help_each_other(sets: list[str], share: float) -> None:
    """Without anything worth leaving behind, the cost is that of one mission, times their number."""
    answered = solve_logistics(load(CASE, sets), quiet)
    assert answered.objective_kg == pytest.approx(share * published("imleo_fixed"), rel=1e-6)


def test_more_craft_to_choose_from_cost_no_more() -> None:
    case = load(CASE, ["logistics.most_vehicles=8", "data.benchmark_isaji2022.craft.copies=8"])
    assert solve_logistics(case, quiet).objective_kg == pytest.approx(published("imleo_fixed"), rel=1e-6)


def test_the_best_size_is_within_a_thousandth_of_the_published_one() -> None:
    found = solve_logistics(load("benchmarks/isaji2022_free_design"), quiet)
    assert found.objective_kg == pytest.approx(published("imleo_pwl"), rel=1e-3)
    assert found.objective_kg < published("imleo_fixed")


RATIOS = [
    "returning_ship",
    "surface_oxygen",
    "lander_surface_oxygen",
    "lander_orbital_oxygen",
    "electric_tug",
    "self_propelled",
]


@pytest.mark.parametrize("name", RATIOS)
def test_mass_in_low_orbit_per_mass_delivered_comes_out_as_published(name: str, tmp_path: Path) -> None:
    stored = run(load(f"logistics/{name}"), tmp_path, quiet, lambda _: None).run
    wanted = load_facts().number(f"logistics.published.{name}", "kg/kg")
    assert stored.record["figures"]["leo_kg_per_kg_delivered"] == pytest.approx(wanted, rel=0.15)
    assert stored.record["audit"]["passed"]


def test_tankers_are_counted_and_no_more_of_them_fly_than_are_needed() -> None:
    answered = solve_logistics(load("logistics/returning_ship"), quiet)
    flown = answered.tables["vehicles"].set_index("item")["value"]
    tank = load_facts().number("vehicles.starship.payload_leo", "t/flight")
    leaving = answered.objective_kg * factor("kg", "t")
    assert flown["tanker"] == -(-leaving // tank)


def test_sharing_thrown_oxygen_with_tugs_halves_the_ratio() -> None:
    landers, all_of_them = (
        solve_logistics(load(f"logistics/{n}"), quiet).objective_kg
        for n in ("lander_orbital_oxygen", "thrown_oxygen_for_all")
    )
    assert all_of_them < 0.6 * landers
