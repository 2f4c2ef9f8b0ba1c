"""Satellites get cheaper with numbers: the table's curve, by hand, in bills, bounds and both kinds of build."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lunarchain.model.context import ALL
from lunarchain.model.satellite_prices import satellite_prices
from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.learning import true_cost, with_chords
from lunarchain.solve.tighten import Narrowing, slack

from .small import SETTINGS, Plan, assemble, inputs, limits, relaxed

LEARNS = {**SETTINGS["data"], "compute.satellite_learning": "nominal"}
EARTH = {"moon": {"allowed": False}, "data": LEARNS}


@pytest.fixture(scope="module")
def earth() -> Plan:
    return relaxed(inputs(**EARTH))


def whole_price(bought_gw: float) -> float:
    """Price of a whole Earth-built satellite when all were built on Earth [G$/GW]."""
    prices = satellite_prices(inputs(**EARTH))
    parts = prices.parts.price(prices.parts_earth_kt * bought_gw)
    return prices.bodies.price(bought_gw) + prices.parts_earth_kt * parts


@pytest.mark.parametrize(("gw", "row"), [(100.0, "satellite_price"), (1000.0, "satellite_price_1000")])
def test_both_rows_of_the_table_lie_on_the_curve(gw: float, row: str) -> None:
    """The second row is never read by the model: 7.5 $/W after 100 GW must fall to 4.4 after 1,000."""
    published = inputs(**EARTH).number(f"compute.{row}", "GUSD/GW")
    built_before = inputs(**EARTH).number("compute.satellite_experience", "GW")
    assert whole_price(gw - built_before) == pytest.approx(published, rel=0.01)


def test_the_first_gigawatt_costs_what_the_table_starts_from() -> None:
    assert whole_price(0.0) == pytest.approx(22.0, rel=0.01)


def test_the_price_never_falls_below_its_floor() -> None:
    floor = inputs(**EARTH).number("compute.satellite_price_floor", "GUSD/GW")
    assert whole_price(1e7) == pytest.approx(floor)


def test_the_bill_is_the_price_of_each_next_satellite_added_up(earth: Plan) -> None:
    """By hand: 22 $/W at the first GW, 15 % less with every doubling, summed gigawatt by gigawatt."""
    lost = earth.context.inputs.number("vehicles.starship.failure_probability", "dimensionless")
    bought = earth.of("added", "earth")
    instants = np.linspace(0.0, bought / (1 - lost), 400_001)
    prices = np.maximum(7.5 * ((1.0 + instants) / 100.0) ** np.log2(0.85), 2.0)
    by_hand = float(((prices[1:] + prices[:-1]) / 2).sum() * instants[1])
    curves, last = satellite_prices(earth.context.inputs), earth.context.inputs.calendar.count - 1
    terminals = 0.4 * earth.of("clustered_added")  # kt: four of 10 kg on each 100 kW
    parts = earth.at("parts_so_far", last) - terminals / (1 - lost)
    assert curves.bodies.cost(earth.at("bodies_so_far", last)) + curves.parts.cost(parts) == pytest.approx(
        by_hand, rel=1e-3
    )


def test_chords_stay_below_the_curve_and_intervals_keep_the_plan(earth: Plan) -> None:
    """The bound of the narrowed model stays below a plan's true cost, is better, and the plan stays inside."""
    arrays, terms = earth.arrays, earth.terms
    cost = true_cost(arrays, terms, earth.values)
    assert earth.objective < cost
    columns, bought = terms.columns, earth.values[terms.columns]

    def chords_over(lower: Vector, upper: Vector) -> Arrays:
        bounded = replace(arrays, lower=lower, upper=upper)
        return with_chords(bounded, terms, lower[columns], upper[columns])

    narrowing = Narrowing(chords_over, terms, limits())
    lower, upper = narrowing.round(arrays.lower, arrays.upper, earth.values, earth.objective, cost)
    assert (lower[columns] <= bought * (1 + 1e-6) + 1e-6).all()
    assert (bought <= upper[columns] * (1 + 1e-6)).all()
    before, after = (
        slack(terms, *bounds, earth.values) for bounds in ((arrays.lower, arrays.upper), (lower, upper))
    )
    assert after < 0.5 * before
    chords = chords_over(lower, upper)
    assert chords.cost @ earth.values + chords.offset <= cost * (1 + 1e-9)
    # the same proofs say more of a lower cost
    closer = narrowing.round(lower, upper, earth.values, earth.objective, cost * (1 - 1e-4))
    assert slack(terms, *closer, earth.values) < after


def test_no_plan_can_buy_more_parts_than_the_bound_allows() -> None:
    """As many parts as can be bought by each year at all, were they free and their own bound ten times as wide."""
    scarce = {"moon": {"allowed": False}, "data": LEARNS | {"vehicles.starship.first_flights": 300.0}}
    context, arrays, _ = assemble(inputs(**scarce, satellites={"orbits": ["leo"]}))
    columns = [arrays.place[context.model.parts_so_far[t].number] for t in context.periods]
    upper = arrays.upper.copy()
    upper[columns] *= 10
    shares = []
    for column in columns:
        cost = np.zeros(arrays.cost.size)
        cost[column] = -1
        most = -solve_lp(replace(arrays, upper=upper, cost=cost, offset=0.0)).objective
        shares.append(most / arrays.upper[column])
    assert 0.9 < max(shares) <= 1 + 1e-6


def test_hulls_made_on_the_moon_make_parts_cheaper_for_all() -> None:
    """Parts learn from every satellite: one hybrid GW counts as much as the parts in it."""
    context, _, _ = assemble(inputs(data=LEARNS))
    prices = satellite_prices(context.inputs)
    lost = context.inputs.number("vehicles.starship.failure_probability", "dimensionless")
    posted = {round(c * (1 - lost), 9) for c in context.ledgers.parts.terms(ALL, 0)[0]}
    assert {round(prices.parts_earth_kt, 9), round(prices.parts_moon_kt, 9)} <= posted
    assert prices.parts_earth_kt == pytest.approx(prices.parts_moon_kt)
