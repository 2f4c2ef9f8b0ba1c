"""Earth launch: cadence, pads, ships, routes, learning."""

from __future__ import annotations

import numpy as np
import pytest

from lunarchain.model.earth_launch import carries, learning_curve, routes_to
from lunarchain.model.learning import LearningCurve
from lunarchain.scenario.facts import load_facts

from .small import base, changed


def test_a_poor_route_sends_satellites_elsewhere() -> None:
    poor = changed({"routes.eml2_tug.lift": 3.0})
    assert base().of("served", "eml2") > base().of("served", "helio")
    assert poor.of("served", "helio") > 2 * base().of("served", "helio")


def test_slow_first_cadence_flies_less() -> None:
    assert changed({"vehicles.starship.first_flights": 10.0}).of("flights") < 0.2 * base().of("flights")


def test_dear_pads_limit_cadence() -> None:
    dear = changed({"pads.first": 0.0, "pads.capex": 100.0})
    assert dear.of("flights") < 0.8 * base().of("flights")


def test_pads_carry_no_more_than_their_rate() -> None:
    plan = base()
    number, calendar = plan.context.inputs.number, plan.context.inputs.calendar
    life, lag = number("pads.life", "yr"), number("pads.build_time", "yr")
    for t in plan.context.periods:
        weights = [calendar.stock(k, t, life, lag) for k in range(t + 1)]
        pads = number("pads.first", "pad") + sum(
            w * plan.at("pads_added", "starship", k) for k, w in enumerate(weights)
        )
        rate = number("pads.flights_per_pad", "flight/pad/yr")
        assert plan.at("flights", "starship", t) <= pads * rate * (1 + 1e-6)


def test_pads_are_built_no_faster_than_builders_grow() -> None:
    slow = changed({"pads.build_rate_seed": 1.0, "pads.build_rate_growth": 0.0, "pads.first": 1.0})
    calendar = slow.context.inputs.calendar
    for t in slow.context.periods:
        before = slow.at("pads_added", "starship", t - 1) if t else 0.0
        years = calendar.gap(t) if t else 1.0
        assert slow.at("pads_added", "starship", t) <= before + years + 1e-6
    assert slow.of("flights") < 0.9 * base().of("flights")


def test_a_slow_shipyard_limits_flights() -> None:
    slow = changed({"vehicles.starship.ship_build_rate": "low", "vehicles.starship.flights_per_ship": "low"})
    assert slow.of("flights") < 0.99 * base().of("flights")


def test_a_cheap_second_vehicle_is_flown() -> None:
    both = {"vehicles": ["starship", "new_glenn"]}
    cheap = {"vehicles.new_glenn.first_price": 50.0, "vehicles.new_glenn.floor_price": 50.0}
    flown = [changed(data, launch=both).of("flights", "new_glenn") for data in ({}, cheap)]
    assert flown[1] > 2 * flown[0]


def test_lift_covers_every_route() -> None:
    plan = base()
    number = plan.context.inputs.number
    lift = sum(
        plan.of("carried", r) * number(f"routes.{r}.lift", "dimensionless")
        for r in plan.context.inputs.scenario.launch.routes
    )
    sound = 1 - number("vehicles.starship.failure_probability", "dimensionless")
    flown = plan.of("flights") * number("vehicles.starship.payload_leo", "kt/flight") * sound
    assert 0 < lift <= flown * (1 + 1e-6)


def test_a_route_not_yet_open_carries_nothing() -> None:
    late = changed(
        {"routes.lander_lh2_lox.available_from": 2047.0, "routes.lander_lh2.available_from": 2047.0}
    )
    midpoint = late.context.inputs.calendar.midpoint
    landing = [key for key in late.keys("carried") if key[1] == "moon"]
    assert landing and all(midpoint(key[-1]) >= 2047 for key in landing)


def test_what_a_route_may_carry() -> None:
    facts = load_facts()
    assert carries(facts, "tug_electric_lox", "plant") and carries(facts, "tug_electric_lox", "parts")
    assert not carries(facts, "tug_electric_lox", "chips")
    assert carries(facts, "eml2_self", "satellite") and not carries(facts, "eml2_self", "parts")
    assert (
        "tug_electric_lox" in routes_to(facts, "moon", ()) and routes_to(facts, "moon", ("leo_direct",)) == []
    )


@pytest.mark.parametrize("floor", [0.01, 0.4])
def test_cumulative_cost_is_the_integral_of_the_price(floor: float) -> None:
    curve = LearningCurve(1.5, 0.7, 0.32, floor)
    lifted = np.linspace(0.0, 500.0, 2_000_001)
    prices = np.maximum(1.5 * ((0.7 + lifted) / 0.7) ** -0.32, floor)
    summed = float(((prices[1:] + prices[:-1]) / 2).sum() * lifted[1])
    assert curve.cost(500.0) == pytest.approx(summed, rel=1e-6)


def test_every_doubling_lowers_the_price_by_the_learning_rate() -> None:
    facts = load_facts()
    curve = learning_curve(facts, "starship")
    first, rate = (
        facts.number("vehicles.starship.reference_lift", "kt"),
        facts.number("vehicles.starship.learning_rate", "dimensionless"),
    )
    assert curve.price(first) / curve.price(0.0) == pytest.approx(1 - rate, rel=1e-12)
    assert curve.price(1e9) == facts.number("vehicles.starship.floor_price", "GUSD/kt")


def test_a_price_that_halves_with_every_doubling_is_a_logarithm() -> None:
    """At a learning rate of one half the exponent is 1: the integral is a logarithm, between its neighbours."""
    costs = [LearningCurve(2.0, 3.0, b, 1e-6).cost(40.0) for b in (1 - 1e-6, 1.0, 1 + 1e-6)]
    assert costs[1] == pytest.approx(2.0 * 3.0 * np.log(43.0 / 3.0), rel=1e-12)
    assert costs[0] > costs[1] > costs[2] and costs[0] == pytest.approx(costs[2], rel=1e-4)
