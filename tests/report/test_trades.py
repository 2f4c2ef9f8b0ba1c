"""Fronts and alternatives in words: what is minimised is not called cost alone, and what is paid stands beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lunarchain.report import choices, front
from lunarchain.study.alternatives import Alternatives
from lunarchain.study.pareto import Front
from lunarchain.study.plans import Point

MEASURES = {"joined_in_orbit": 5.0, "made_on_moon": 0.0, "made_on_earth": 5.0, "on_the_ground": 10.0, "drivers": 2.0}


def point(cost: float, paid: float, gap: float, lift_kt: float = 0.0, **more: Any) -> Point:
    figures = {"share_of_demand_served": 0.4, "discounted_cost_g_usd": paid}
    record = {"cost": cost, "objectives": {"cost": cost, "earth_lift": lift_kt}, "figures": figures, "gap": gap,
              "measures": MEASURES, "status": "optimal", "audit": {"passed": True}, "question": {}}  # fmt: skip
    return Point(Path("."), record | more)


def traded() -> Front:
    points = (point(72_900, 26_300, 4e-3, 90.0), point(107_000, 8_000, 7e-11, 0.0))
    return Front("small", ("cost", "earth_lift"), points, Path("."), 1e-3, {})


def test_a_front_tells_what_is_paid_from_what_is_not_served() -> None:
    text = " ".join(front.sentences(traded()))
    assert "Least cost with value not served: 72.9 T$" in text and "26.3 T$ is paid within the reported years" in text
    assert "100 % less for 47 % more cost with value not served (8 T$ paid)" in text
    assert "at the value the case assumes for it" in text and "drivers are mass-driver tracks built" in text
    assert " more cost;" not in text and " more cost." not in text


def test_the_table_of_a_front_has_a_column_for_what_is_paid_and_no_gaps_of_dust() -> None:
    first, second = front.rows(traded())
    assert (first["paid"], second["paid"]) == ("26.3 T$", "8 T$")
    assert (first["gap"], second["gap"]) == ("0.4 %", "proven")
    assert "cost" not in first and "cost with value not served" in first


def test_alternatives_tell_what_is_paid() -> None:
    found = Alternatives("small", 0.02, 1e-3, (point(72_900, 26_300, 1e-3, pushed="least cost"),), Path("."))
    said = choices.sentences(found)[0]
    assert "The least cost with value not served found is 72.9 T$" in said
    assert "26.3 T$ is paid within the reported years" in said
    assert choices.rows(found)[0]["paid"] == "26.3 T$"


def test_a_column_that_says_the_same_of_every_plan_is_left_out_and_a_failure_never() -> None:
    on_earth = {**MEASURES, "joined_in_orbit": 0.0, "drivers": 0.0}
    best = point(9.0, 3.0, 1e-3, pushed="least cost", measures=on_earth)
    plain = Alternatives("small", 0.02, 1e-3, (best,), Path("."))
    assert set(choices.rows(plain)[0]) == {"above", "paid", "Earth", "ground", "pushed"}
    failed = point(9.1, 3.0, 1e-3, pushed="most", measures=MEASURES, audit={"passed": False})
    both = Alternatives("small", 0.02, 1e-3, (best, failed), Path("."))
    assert [row["audit"] for row in choices.rows(both)] == ["passed", "FAILED"]
    assert {"Moon", "drivers"} <= set(choices.rows(both)[0])
