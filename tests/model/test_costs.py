"""The objective: what is paid, what is left, what is not served."""

from __future__ import annotations

import math

import pytest

from .small import base, changed, inputs, relaxed


def test_dear_chips_end_everything() -> None:
    plan = changed({"compute.chip_price": 150.0})
    assert plan.of("served") == pytest.approx(0, abs=1e-6)


def test_serving_nothing_costs_the_value_of_all_demand() -> None:
    """With nothing served the objective is the sum of demand times value, tier by tier, discounted."""
    import numpy as np

    plan = changed({"compute.chip_price": 150.0})
    calendar, number = plan.context.inputs.calendar, plan.context.inputs.number
    demand = plan.context.inputs.scenario.demand
    value, elasticity = number("compute.value", "GUSD/GW/yr"), number("compute.elasticity", "dimensionless")
    per_gw = sum(0.5 * value * edge ** (-1 / elasticity) for edge in (0.5, 1.0))
    total = 0.0
    for t in plan.context.periods:
        instants = np.linspace(calendar.edges[t], calendar.edges[t + 1], 20001) - calendar.edges[0]
        year = calendar.midpoint(min(t, calendar.reported - 1)) - calendar.edges[0]
        wanted = min(demand.first_gw * (1 + demand.growth) ** year, demand.ceiling_gw)
        flow = np.exp(-calendar.discount_rate * instants)
        total += per_gw * wanted * float(((flow[1:] + flow[:-1]) / 2).mean()) * calendar.lengths[t]
    assert plan.objective == pytest.approx(total, rel=1e-6)


def test_a_higher_discount_rate_makes_the_plan_cheaper_today() -> None:
    patient = changed(economics={"discount_rate": "economics.social_discount"})
    assert patient.objective > base().objective


def test_lunar_plant_price_decides_the_moon() -> None:
    assert changed({"prices.plant": 1e5}).of("carried", "moon") == pytest.approx(0, abs=1e-6)


def test_every_cost_item_is_posted_with_a_price_not_below_zero() -> None:
    context = base().context
    items = set(context.ledgers.cost)
    assert {
        "chips",
        "mass drivers",
        "lunar power",
        "relays",
        "launch pads",
    } <= items
    cost = context.ledgers.cost
    assert min(price for item in cost for t in context.periods for price in cost.terms(item, t)[0]) >= 0


def test_allowing_the_moon_never_costs() -> None:
    assert base().objective <= relaxed(inputs(moon={"allowed": False})).objective * (1 + 1e-9)


def charged(item: str, **actors: str) -> list[float]:
    """Coefficients of a cost item in the first period when owners borrow at their own rates."""
    return list(changed(economics={"actors": actors}).context.ledgers.cost.terms(item, 0)[0])


def test_an_owner_pays_its_own_rate_and_nobody_else_does() -> None:
    """By hand: chips that live five years, lent at 10 % and not at 8 %, ask 5.3 % more every year."""
    plain, dear = charged("ground halls"), charged("ground halls", orbital="economics.wacc_orbital")
    assert plain == dear
    halls = {
        q / p for q, p in zip(charged("ground halls", ground="economics.wacc_orbital"), plain, strict=True)
    }
    life = base().context.inputs.number("ground.life", "yr")
    assert max(halls) == pytest.approx(
        0.10 / (1 - math.exp(-0.10 * life)) * (1 - math.exp(-0.08 * life)) / 0.08
    )
    chips = charged("chips", orbital="economics.wacc_orbital")
    ratios = sorted({round(q / p, 9) for q, p in zip(chips, charged("chips"), strict=True)})
    by_hand = (0.10 / (1 - math.exp(-0.5))) / (0.08 / (1 - math.exp(-0.4)))
    assert ratios == pytest.approx(
        [1.0, by_hand], rel=1e-8
    )  # those of halls as before, those in orbit dearer


def test_the_rate_of_the_case_given_to_all_owners_changes_nothing() -> None:
    same = "economics.wacc_ground"
    plan = changed(economics={"actors": {"orbital": same, "ground": same, "lunar": same}})
    assert plan.objective == pytest.approx(base().objective, rel=1e-12)


def test_dearer_orbital_capital_serves_less_from_orbit() -> None:
    dear = changed(
        {"economics.wacc_orbital": "high"}, economics={"actors": {"orbital": "economics.wacc_orbital"}}
    )
    assert dear.of("added") < 0.95 * base().of("added")
