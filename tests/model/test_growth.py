"""Growth: kits, grades, robots."""

from __future__ import annotations

import pytest

from .small import base, changed


def test_crude_plant_forever_ends_the_lunar_plan() -> None:
    never = {"closure.grade.improved.experience": 0.0, "closure.grade.mature.experience": 0.0}
    assert base().of("hulls") > 0
    assert changed(never).of("hulls") == pytest.approx(0, abs=1e-6)


def test_dear_robots_are_made_on_the_moon() -> None:
    dear = changed({"labour.robot_price": 5e7})
    cheap = changed({"labour.robot_price": 5e3})
    assert cheap.of("robots_added", "landed") > 0
    assert dear.of("robots_added", "landed") == pytest.approx(0, abs=1e-6)
    assert dear.of("robots_added", "local") > 0


def test_robots_that_weigh_too_much_end_the_lunar_plan() -> None:
    assert changed({"labour.robot_mass": 1e5}).of("robots_added") == pytest.approx(0, abs=1e-6)


def test_slower_experience_shifts_plant_to_worse_grades() -> None:
    slower = changed({"closure.grade.mature.experience": 0.2})  # nominal 0.25; at the low end nothing is made
    share = [p.of("structure", "mature") / p.of("structure") for p in (base(), slower)]
    assert 0 < share[1] < share[0]


def test_lunar_plant_made_adds_up_to_the_kits_used() -> None:
    plan = base()
    facts, lengths = plan.context.inputs.facts, plan.context.inputs.calendar.lengths
    so_far = 0.0
    for t in plan.context.periods:
        assert plan.at("lunar_plant_made", t) == pytest.approx(so_far, rel=1e-6, abs=1e-4)
        for grade in ("crude", "improved", "mature"):
            crude = facts.number(f"closure.grade.{grade}.crudeness", "dimensionless")
            local = max(1 - facts.number(f"closure.grade.{grade}.import_factor", "dimensionless"), 0.0)
            made = plan.at("structure", "mare_33e", grade, t) + local * plan.at(
                "precision", "mare_33e", grade, t
            )
            so_far += lengths[t] * crude * made
    assert so_far > 0
