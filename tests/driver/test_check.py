"""Every fault of a launcher's choices is named, and a sound launcher has none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lunarchain.driver.basis import LauncherBasis
from lunarchain.driver.check import check_design, check_menu, check_technology
from lunarchain.driver.inputs import launcher_basis
from lunarchain.scenario.facts import Facts

SOUND = {"exit_speed_m_s": 2500.0, "acceleration_g": 30.0, "shot_mass_t": 1.0, "interval_s": 2.68}


def keys(basis: LauncherBasis, **changed: float) -> list[str]:
    return [issue.key for issue in check_design(**(SOUND | changed), basis=basis)]


def test_a_sound_launcher_has_no_issue(parts: LauncherBasis) -> None:
    assert keys(parts) == []


@pytest.mark.parametrize("bad", [0.0, -3.0, float("nan"), float("inf")])
@pytest.mark.parametrize(
    ("argument", "key"),
    [
        ("exit_speed_m_s", "exit_speed"),
        ("acceleration_g", "acceleration"),
        ("shot_mass_t", "shot_mass"),
        ("interval_s", "interval"),
        ("feed_mw", "feed"),
    ],
)
def test_nothing_may_be_zero_negative_or_unbounded(
    parts: LauncherBasis, argument: str, key: str, bad: float
) -> None:
    assert keys(parts, **{argument: bad}) == [key]


def test_all_signs_are_reported_at_once(parts: LauncherBasis) -> None:
    assert keys(parts, exit_speed_m_s=-1, shot_mass_t=0) == ["exit_speed", "shot_mass"]


@pytest.mark.parametrize(("speed_m_s", "expected"), [(1679, ["exit_speed"]), (1681, [])])
def test_speed_below_lunar_orbit(parts: LauncherBasis, speed_m_s: float, expected: list[str]) -> None:
    assert keys(parts, exit_speed_m_s=speed_m_s) == expected


@pytest.mark.parametrize(
    ("payload_class", "g", "expected"),
    [
        ("satellite", 30, []),
        ("satellite", 31, ["acceleration"]),
        ("parts", 301, ["acceleration"]),
        ("bulk", 999, []),
    ],
)
def test_acceleration_against_the_payload(
    facts: Facts, payload_class: str, g: float, expected: list[str]
) -> None:
    basis = launcher_basis(facts, payload_class)
    assert keys(basis, acceleration_g=g) == expected


def test_interval_shorter_than_recharge(facts: Facts) -> None:
    """EMALS-like flywheels that take 45 s to charge cannot follow one shot per 30 s; capacitors can."""
    slow = launcher_basis(facts.override({"driver.store.charge_time": "high"}), "parts")
    assert keys(slow, interval_s=30, acceleration_g=300) == ["interval"]
    assert keys(launcher_basis(facts, "parts"), interval_s=30, acceleration_g=300) == []


def test_switching_time_binds_short_intervals(parts: LauncherBasis) -> None:
    quick = replace(parts, technology=replace(parts.technology, store_dead_time_s=1.0))
    assert keys(quick, interval_s=0.9) == ["interval"]


def test_a_store_that_cannot_be_charged(parts: LauncherBasis) -> None:
    """A shot of 4.69 GJ every 2.68 s needs 1749 MW at the stator."""
    assert keys(parts, feed_mw=1740) == ["feed"]
    assert keys(parts, feed_mw=1760) == []


def test_efficiencies_must_nest(parts: LauncherBasis) -> None:
    upside_down = replace(parts, technology=replace(parts.technology, wall_efficiency=0.9))
    assert keys(upside_down) == ["efficiency"]


def test_issues_say_what_to_do(parts: LauncherBasis) -> None:
    (issue,) = check_design(1500, 30, 1, 2.68, parts, file="launcher.toml")
    assert str(issue).startswith("launcher.toml: exit_speed: got 1500 m/s, expected at least 1680 m/s")
    assert issue.hint


def test_faults_of_every_kind_come_at_once_with_the_nearest_valid_choice(parts: LauncherBasis) -> None:
    issues = check_design(1500, 400, 0, -1, parts)
    assert [issue.key for issue in issues] == ["shot_mass", "interval", "exit_speed", "acceleration"]
    assert [issue.nearest for issue in issues] == ["", "", "1680 m/s", "300 g"]


def menu_keys(facts: Facts, **changes: float) -> list[str]:
    moved = facts.override({f"driver.{key}": value for key, value in changes.items()})
    return [issue.key for issue in check_menu(moved, facts, ("satellite", "parts", "bulk"), "case")]


def test_the_shipped_menu_has_no_fault(facts: Facts) -> None:
    assert menu_keys(facts) == []


def test_a_candidate_no_launcher_can_use_is_named(facts: Facts) -> None:
    changed = {"menu.parts.acceleration.2": 5000.0, "menu.bulk.interval.3": 0.001}
    assert menu_keys(facts, **changed) == [f"data.driver.{key}" for key in changed]


def test_a_limit_below_some_candidates_is_a_choice_below_all_a_fault(facts: Facts) -> None:
    limit = "class.parts.acceleration_limit"
    assert menu_keys(facts, **{limit: 150.0}) == []
    assert menu_keys(facts, **{limit: 50.0}) == [f"data.driver.menu.parts.acceleration.{k}" for k in (1, 2)]


def test_a_store_too_slow_for_every_interval_is_named(facts: Facts) -> None:
    keys = menu_keys(facts, **{"store.charge_time": 4000.0})
    assert {key for key in keys if "interval" in key} and all("interval" in key for key in keys)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
@pytest.mark.parametrize(
    "key",
    ["operations.availability", "operations.stator_life", "efficiency.motor", "class.parts.sled_ratio",
     "menu.parts.interval.1", "radiator.temperature", "operations.shots_between_failures"],
)  # fmt: skip
def test_a_machine_that_cannot_be_is_named_by_its_fact(facts: Facts, key: str, value: float) -> None:
    moved = facts.override({f"driver.{key}": value})
    assert [issue.key for issue in check_technology(moved, "case")] == [f"data.driver.{key}"]
    assert check_technology(facts, "case") == []


def test_shares_above_one_are_no_shares(facts: Facts) -> None:
    moved = facts.override({"driver.operations.availability": 1.5})
    assert [issue.key for issue in check_technology(moved, "case")] == ["data.driver.operations.availability"]
