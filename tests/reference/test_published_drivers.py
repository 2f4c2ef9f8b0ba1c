"""Published launchers recomputed from their own inputs; misses and contradictions are stated, not hidden."""

from __future__ import annotations

import pytest

from lunarchain.driver.published import Comparison, published_comparisons
from lunarchain.scenario.facts import load_facts


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], Comparison]:
    return {(row.design, row.quantity): row for row in published_comparisons(load_facts())}


REPRODUCED = [  # design, quantity: what our closed form gives, to the digits worth printing
    ("sp428", "kinetic_power", 120.96, 0.01),
    ("sp428", "throughput", 1325.4, 0.1),
    ("sp428", "efficiency", 0.9677, 1e-4),
    ("sp413", "acceleration", 288, 0.01),
    ("handmer", "track_length", 130.5, 0.1),
    ("handmer", "throughput", 9862, 1),
    ("handmer", "peak_power", 15.69, 0.01),
    ("leml", "longitude", 33.03, 0.01),
    ("sp428", "accelerating_length", 288, 0.01),
    ("mass_driver_3", "acceleration", 1835, 1),
    ("emals", "launch_energy", 100.7, 0.1),
    ("emals", "acceleration", 2.508, 1e-3),
    ("startram", "track_length", 131.6, 0.1),
    ("capital", "regime", 128, 0.01),
]


@pytest.mark.parametrize(("design", "quantity", "ours", "tolerance"), REPRODUCED)
def test_reproduced(
    rows: dict[tuple[str, str], Comparison], design: str, quantity: str, ours: float, tolerance: float
) -> None:
    row = rows[design, quantity]
    assert row.ours == pytest.approx(ours, abs=tolerance)
    assert row.verdict == "reproduced"
    assert abs(row.ratio - 1) <= 0.05


def test_sp428_accelerates_over_288_m_and_brakes_over_200(rows: dict[tuple[str, str], Comparison]) -> None:
    """Our sleds brake no harder than the launch, the published ones 1.44 times as hard: ours is longer."""
    row = rows["sp428", "total_length"]
    assert row.ours == pytest.approx(2 * 288)
    assert row.note.startswith("288 m accelerate; stopping in the rest takes 1.44 times")
    assert row.verdict == "differs"


def test_sp428_bill_misses_the_power_plant_and_the_capital_its_rate(
    rows: dict[tuple[str, str], Comparison],
) -> None:
    bill, capital = rows["sp428", "system_mass"], rows["sp428", "capital_today"]
    assert (bill.verdict, capital.verdict) == ("differs", "differs")
    assert 0.65 < bill.ratio < 0.75
    assert 1 < capital.ratio < 1.2


def test_sp413_power_is_missed_at_our_efficiency(rows: dict[tuple[str, str], Comparison]) -> None:
    row = rows["sp413", "power"]
    assert row.verdict == "differs"
    assert row.ratio == pytest.approx(0.817, abs=1e-3)


def test_handmer_contradicts_itself(rows: dict[tuple[str, str], Comparison]) -> None:
    power, speed = rows["handmer", "mean_kinetic_power"], rows["handmer", "exit_speed"]
    assert (power.verdict, speed.verdict) == ("contradiction", "contradiction")
    assert power.ours == pytest.approx(400, abs=0.1)
    assert "1685 m/s" in power.note
    assert speed.ours > speed.published, "slower than a circular orbit at the surface"


def test_leml_speed_is_a_contradiction(rows: dict[tuple[str, str], Comparison]) -> None:
    row = rows["leml", "exit_speed"]
    assert row.verdict == "contradiction"
    assert row.published - row.ours > 150


@pytest.mark.parametrize("design", ["quenchgun", "janhunen"])
def test_low_orbit_launchers_reach_orbit(rows: dict[tuple[str, str], Comparison], design: str) -> None:
    assert rows[design, "exit_speed"].verdict == "consistent"


def test_nothing_is_left_unsaid(rows: dict[tuple[str, str], Comparison]) -> None:
    assert {row.verdict for row in rows.values()} <= {"reproduced", "consistent", "differs", "contradiction"}
    silent = [key for key, row in rows.items() if row.verdict != "reproduced" and not row.note]
    assert silent == []
    assert all(row.kind for row in rows.values())


def test_the_quenchguns_power_covers_its_shots(rows: dict[tuple[str, str], Comparison]) -> None:
    """1.5 t at 1.7 km/s every two hours is 301 kW of motion: 350 kW leaves an efficiency of 0.86."""
    row = rows["quenchgun", "mean_power"]
    assert row.ours == pytest.approx(1500 * 1700**2 / 2 / 7200 / 1e3)
    assert row.verdict == "consistent" and "0.86" in row.note
