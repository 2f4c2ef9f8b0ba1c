"""Growth: kits, grades, robots."""

from __future__ import annotations

import pytest

from lunarchain.scenario.facts import load_facts

from .small import Plan, base, changed


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


GRADES = ("crude", "improved", "mature")


def half_closed() -> dict[str, float]:
    """Half of all plant comes from Earth whatever the grade; cheap landing, a small seed, and no chip line."""
    shares = [key for key in load_facts() if key.startswith("processes.") and key.endswith(".import_share")]
    halves = dict.fromkeys([*shares, "labour.robot_import_share"], 0.5)
    ones = {f"closure.grade.{g}.{name}": 1.0 for g in GRADES for name in ("import_factor", "crudeness")}
    return halves | ones


CHEAP_LANDING = {
    "prices.plant": 10.0, "routes.lander_lh2_lox.lift": 1.0, "routes.lander_lh2.lift": 1.0,
    "operations.commissioning_seed": 0.2, "operations.commissioning_rate": 0.5,
}  # fmt: skip


def sent_and_made(plan: Plan) -> tuple[list[float], list[float]]:
    """Parts for lunar-made plant sent from Earth, and plant parts made on the Moon, by period [kt/yr]."""
    number, lengths = plan.context.inputs.number, plan.context.inputs.calendar.lengths
    sent, made = [], []
    for t in range(plan.context.inputs.calendar.reported):
        factors = {g: number(f"closure.grade.{g}.import_factor", "dimensionless") for g in GRADES}
        served = {g: plan.of("precision", g, t) / lengths[t] for g in GRADES}
        sent.append(sum(factors[g] * served[g] for g in GRADES))
        local = sum(max(1 - factors[g], 0.0) * served[g] for g in GRADES)
        made.append(plan.of("structure", t) / lengths[t] + local)
    return sent, made


def test_with_half_closure_and_no_chip_line_growth_is_exponential_in_imports() -> None:
    """Each kilogram made takes one from Earth, and what is made grows by half a year: so do the imports."""
    plan = changed({**half_closed(), **CHEAP_LANDING}, moon={"processes": ["P03b", "P16"]})
    sent, made = sent_and_made(plan)
    years = plan.context.inputs.calendar.lengths[0]
    assert made[0] > 0
    for t in range(len(made)):
        assert sent[t] >= made[t] * (1 - 1e-6)
        assert made[t] >= made[0] * 1.5 ** (years * t) * (1 - 1e-6)


def test_closure_bought_by_output_makes_imports_fall_behind_growth() -> None:
    half, bought = (
        changed({**halves, **CHEAP_LANDING}, moon={"processes": ["P03b", "P16"]})
        for halves in (half_closed(), {})
    )
    for plan, least, most in ((half, 0.5, 1.0), (bought, 0.0, 0.25)):
        sent, made = sent_and_made(plan)
        assert least * (1 - 1e-6) <= sent[-1] / (sent[-1] + made[-1]) <= most
