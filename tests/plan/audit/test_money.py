"""The launch bill on its learning curve."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from lunarchain.plan.audit.money import lift_bill_g_usd

STEP_KT = 1e-4


def price(case: Any, vehicle: str, lifted_kt: float) -> float:
    """Price of the next bit of lift [G$/kt]."""
    ends = (lift_bill_g_usd(case, vehicle, lifted_kt + side * STEP_KT) for side in (1, -1))
    return float((next(ends) - next(ends)) / (2 * STEP_KT))


def test_price_falls_by_the_learning_rate_with_every_doubling(premises: Any) -> None:
    before = premises.number("vehicles.starship.reference_lift", "kt")
    rate = premises.number("vehicles.starship.learning_rate")
    prices = [price(premises, "starship", before * (2**doublings - 1) + STEP_KT) for doublings in (1, 2, 3)]
    ratios = [late / early for early, late in pairwise(prices)]
    assert ratios == pytest.approx([1 - rate] * 2, rel=1e-3)


def test_price_stops_at_the_floor_less_the_subsidy(premises: Any) -> None:
    floor = premises.number("vehicles.starship.floor_price", "USD/kg")
    subsidy = premises.scenario.policy.launch_subsidy_usd_kg
    assert price(premises, "starship", 1e5) * 1e3 == pytest.approx(floor - subsidy, rel=1e-4)


def test_a_vehicle_that_does_not_learn_has_one_price(premises: Any) -> None:
    flat = (
        premises.number("vehicles.new_glenn.first_price", "USD/kg")
        - premises.scenario.policy.launch_subsidy_usd_kg
    )
    assert lift_bill_g_usd(premises, "new_glenn", 2.0) == pytest.approx(2 * flat * 1e-3)


def test_nothing_lifted_costs_nothing(premises: Any) -> None:
    assert lift_bill_g_usd(premises, "starship", 0.0) == 0.0
