r"""Earth launch: flights lift to low orbit, routes carry on from there; cadence grows with pads, price falls with lift.

Variables: flights $f_{vt}$ [1/yr] (whole while few), cadence that ships and pads can sustain $g_{vt}$ [1/yr], pads and
ships added [1/yr], mass on each route $r_{rdct}$ [kt/yr delivered at place $d$ of cargo $c$], mass lifted so
far $X_{vt}$ [kt].

Constraints
lift: $\sum_{rdc} \lambda_r r_{rdct} \le \sum_v p_v (1 - \varepsilon_v) f_{vt}$, with $\lambda$ kg in low orbit
per kg delivered;
cadence: $f \le g$, $g_{vt} \le$ seed $+ (1 + \gamma) g_{v,t-1}$ compounded yearly, $g \le$ pads $\times$ rate, pads
added grow likewise, $g \le$
ships $\times$ rate, $g \le$ supply;
$X_{vt} = X_{v,t-1} + \ell_t p_v f_{vt}$.
The price of a learning vehicle is the cumulative cost curve $C_v(X)$, concave; its discounted sum is kept apart
(``model.learning``) because the solving room treats it exactly instead of by pieces.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lunarchain.model import algebra
from lunarchain.model.context import Context, Inputs
from lunarchain.model.learning import LearningCurve, learning
from lunarchain.model.ledger import linear
from lunarchain.scenario.facts import Facts
from lunarchain.units import factor

LUNAR = "moon"
BILL = "Earth launch"
DEPOTS = ("nrho", "eml1", "eml2")  # where landers on oxygen thrown from the Moon refill


def learning_curve(facts: Facts, vehicle: str, subsidy_usd_kg: float = 0.0) -> LearningCurve:
    """The cost curve of a vehicle from its facts; a subsidy lowers every price but not below zero."""
    name = f"vehicles.{vehicle}"
    rate = facts.number(f"{name}.learning_rate", "dimensionless")
    subsidy = subsidy_usd_kg * factor("USD/kg", "GUSD/kt")
    first = facts.number(f"{name}.first_price", "GUSD/kt") - subsidy
    floor = facts.number(f"{name}.floor_price", "GUSD/kt") - subsidy
    exponent = float(-np.log2(1 - rate))
    return LearningCurve(
        max(first, 1e-9), facts.number(f"{name}.reference_lift", "kt"), exponent, max(floor, 1e-9)
    )


def routes_to(facts: Facts, place: str, allowed: tuple[str, ...]) -> list[str]:
    """Routes that end at an orbit or on the Moon."""
    wanted = allowed or tuple(r for r in facts.children("routes") if f"routes.{r}.to" in facts)
    return [r for r in wanted if facts.text(f"routes.{r}.to") == place]


def carries(facts: Facts, route: str, cargo: str) -> bool:
    """Whether a route may carry a cargo: slow routes take plant only, self-propelled ones only satellites."""
    kind = facts.text(f"routes.{route}.cargo")
    return kind == "any" or kind == cargo or (kind == "plant" and cargo == "parts")


def add(context: Context) -> None:
    """Add vehicles; routes follow in ``close`` once all cargo is known."""
    m, inputs = context.model, context.inputs
    index = [(v, t) for v in inputs.scenario.launch.vehicles for t in context.periods]
    limit = {
        v: inputs.number(f"vehicles.{v}.flights_limit", "flight/yr") for v in inputs.scenario.launch.vehicles
    }
    highest = cadence_bounds(inputs)
    few = inputs.scenario.launch.integer_flights_below
    m.flights = algebra.Var(
        index,
        bounds=lambda _, v, t: (0, highest[v][t]),
        domain=lambda _, v, t: algebra.NonNegativeIntegers if highest[v][t] <= few else algebra.Reals,
        doc="flights of a launch vehicle [flight/yr]",
    )
    m.cadence = algebra.Var(
        index,
        bounds=lambda _, v, t: (0, limit[v]),
        doc="flights a year that ships and pads can sustain [flight/yr]; limit: ceiling of launch cadence;"
        " set by: vehicles.{0}.flights_limit",
    )
    m.pads_added = algebra.Var(index, bounds=(0, 1e3), doc="launch pads added [pad/yr]")
    # the price of ships is in the price of lift; the shipyard's rate is what they add
    m.ships_added = algebra.Var(
        index,
        bounds=lambda _, v, t: (0, inputs.number(f"vehicles.{v}.ship_build_rate", "ship/yr")),
        doc="ships added [ship/yr]; limit: rate of the shipyard; set by: vehicles.{0}.ship_build_rate",
    )
    m.lifted_so_far = algebra.Var(
        index,
        bounds=lambda _, v, t: (0, lift_bound(context, v, t, highest[v])),
        doc="mass lifted to low orbit since the start [kt, once]",
    )
    _cadence_rows(context)
    _lift_rows(context)
    subsidy = inputs.scenario.policy.launch_subsidy_usd_kg or 0.0
    m.learning = [
        learning(inputs.calendar, BILL, v, m.lifted_so_far, (v,), learning_curve(inputs.facts, v, subsidy))
        for v in inputs.scenario.launch.vehicles
    ]


def cadence_bounds(inputs: Inputs) -> dict[str, list[float]]:
    """Most flights per year of each vehicle in each period: growth from the first year, supply and licences."""
    bounds: dict[str, list[float]] = {}
    licences = inputs.scenario.policy.launch_licences_per_yr
    for v in inputs.scenario.launch.vehicles:
        supply = inputs.number(f"vehicles.{v}.flights_limit", "flight/yr")
        seed, growth = (
            inputs.number(f"vehicles.{v}.{n}", u)
            for n, u in (("cadence_seed", "flight/yr"), ("cadence_growth", "1/yr"))
        )
        sustained, out = inputs.number(f"vehicles.{v}.first_flights", "flight/yr"), []
        for t in inputs.calendar.periods:
            factor, seeds = inputs.calendar.allowance(t, growth)
            sustained = min(sustained if t == 0 else seed * seeds + factor * sustained, supply)
            out.append(min(sustained, licences if licences is not None else sustained))
        bounds[v] = out
    return bounds


def lift_bound(context: Context, vehicle: str, t: int, highest: list[float]) -> float:
    """Most mass [kt] a vehicle can have lifted by the end of a period."""
    payload = context.inputs.number(f"vehicles.{vehicle}.payload_leo", "kt/flight")
    return sum(payload * highest[k] * context.inputs.calendar.lengths[k] for k in range(t + 1))


def _cadence_rows(context: Context) -> None:
    m, inputs = context.model, context.inputs
    number, index = inputs.number, list(m.flights)
    lag, pad_life = number("pads.build_time", "yr"), number("pads.life", "yr")
    first_pads = number("pads.first", "pad")

    def growth(_: algebra.Model, v: str, t: int) -> object:
        if t == 0:
            return m.cadence[v, 0] <= number(f"vehicles.{v}.first_flights", "flight/yr")
        factor, seeds = inputs.calendar.allowance(t, number(f"vehicles.{v}.cadence_growth", "1/yr"))
        seed = number(f"vehicles.{v}.cadence_seed", "flight/yr")
        return m.cadence[v, t] - factor * m.cadence[v, t - 1] <= seed * seeds

    def pads(_: algebra.Model, v: str, t: int) -> object:
        rate = number("pads.flights_per_pad", "flight/pad/yr")
        standing = context.stock_terms(m.pads_added, (v,), t, pad_life, lag)
        return linear([(1, m.cadence[v, t]), *((-rate * w, x) for w, x in standing)]) <= rate * first_pads

    def builders(_: algebra.Model, v: str, t: int) -> object:
        factor, seeds = inputs.calendar.allowance(t, number("pads.build_rate_growth", "1/yr"))
        before = [(-factor, m.pads_added[v, t - 1])] if t else []
        return linear([(1, m.pads_added[v, t]), *before]) <= number("pads.build_rate_seed", "pad/yr") * (
            seeds if t else 1
        )

    def ships(_: algebra.Model, v: str, t: int) -> object:
        per_ship, life = (
            number(f"vehicles.{v}.flights_per_ship", "flight/ship/yr"),
            number(f"vehicles.{v}.ship_life", "yr"),
        )
        flying = context.stock_terms(m.ships_added, (v,), t, life)
        return linear([(1, m.flights[v, t]), *((-per_ship * w, x) for w, x in flying)]) <= 0

    m.cadence_growth = algebra.Constraint(
        index,
        rule=growth,
        doc="limit: growth of launch cadence [flight/yr]; set by: vehicles.{0}.cadence_growth,"
        " vehicles.{0}.cadence_seed, vehicles.{0}.first_flights",
    )
    m.cadence_used = algebra.Constraint(
        index,
        rule=lambda _, v, t: m.flights[v, t] - m.cadence[v, t] <= 0,
        doc="price: launch cadence [flight/yr]",
    )
    m.cadence_pads = algebra.Constraint(
        index, rule=pads, doc="limit: flights from the launch pads standing [flight/yr]; set by: pads.first"
    )
    m.pad_building = algebra.Constraint(
        index,
        rule=builders,
        doc="limit: growth of pad building [pad/yr]; set by: pads.build_rate_growth, pads.build_rate_seed",
    )
    m.ship_fleet = algebra.Constraint(index, rule=ships, doc="price: flights of ships [flight/yr]")
    for v, t in index:
        context.pay(
            "launch pads", t, number("pads.capex", "GUSD/pad"), m.pads_added[v, t], pad_life, "orbital"
        )


def _lift_rows(context: Context) -> None:
    m, lengths = context.model, context.inputs.calendar.lengths

    def lifted(_: algebra.Model, v: str, t: int) -> object:
        payload = context.inputs.number(f"vehicles.{v}.payload_leo", "kt/flight")
        before = [(-1, m.lifted_so_far[v, t - 1])] if t else []
        return linear([(1, m.lifted_so_far[v, t]), (-payload * lengths[t], m.flights[v, t]), *before]) == 0

    m.lift_so_far = algebra.Constraint(
        list(m.flights), rule=lifted, doc="definition: lift adds up [kt, once]"
    )


def close(context: Context) -> None:
    """Routes, their lift and what they draw, once every subsystem has posted its cargo."""
    m, inputs, books = context.model, context.inputs, context.ledgers
    demands = [(LUNAR, *key) for key in books.landed] + [("orbit", *key) for key in books.lifted]
    index = [
        (r, kind, place, cargo, t)
        for kind, place, cargo, t in demands
        for r in _open_routes(context, kind, place, cargo, t)
    ]
    m.carried = algebra.Var(index, bounds=(0, inputs.flow_cap_kt), doc="mass delivered by a route [kt/yr]")
    by_demand: dict[tuple[object, ...], list[tuple[float, Any]]] = {key: [] for key in demands}
    by_period: dict[int, list[tuple[float, Any]]] = {t: [] for t in context.periods}
    for r, kind, place, cargo, t in index:
        variable = m.carried[r, kind, place, cargo, t]
        by_demand[kind, place, cargo, t].append((1, variable))
        by_period[t].append((inputs.number(f"routes.{r}.lift", "dimensionless"), variable))
        _post_route(context, r, place, t, variable)

    def served(_: algebra.Model, kind: str, place: str, cargo: str, t: int) -> object:
        ledger = books.landed if kind == LUNAR else books.lifted
        wanted = [(-c, v) for c, v in ledger.pairs((place, cargo, t))]
        return linear(by_demand[kind, place, cargo, t] + wanted) >= 0

    def lift(_: algebra.Model, t: int) -> object:
        flights = [
            (-delivered_per_flight(inputs, v), m.flights[v, t]) for v in inputs.scenario.launch.vehicles
        ]
        return linear(by_period[t] + flights) <= 0

    def depots(_: algebra.Model, t: int) -> object:
        reached = [x for o in DEPOTS for x in books.delivered.pairs((o, "oxygen", t))]
        drawn = [(-c, v) for c, v in books.orbital_oxygen.pairs(t)]
        return linear(reached + drawn) >= 0 if drawn else algebra.Constraint.Skip

    m.depot_oxygen = algebra.Constraint(
        list(context.periods), rule=depots, doc="price: lunar oxygen at the depots [kt/yr]"
    )
    m.cargo = algebra.Constraint(demands, rule=served, doc="price: cargo brought to its destination [kt/yr]")
    m.lift = algebra.Constraint(
        list(context.periods),
        rule=lift,
        doc="price: lift to low Earth orbit [kt/yr]; priced at: "
        f"vehicles.{inputs.scenario.launch.vehicles[0]}.first_price",
    )


def _open_routes(context: Context, kind: str, place: str, cargo: str, t: int) -> list[str]:
    inputs = context.inputs
    goal = LUNAR if kind == LUNAR else place
    if kind == LUNAR and inputs.calendar.midpoint(t) < inputs.sites[place].earliest_landing_yr:
        return []
    open_ = routes_to(inputs.facts, goal, inputs.scenario.launch.routes)
    begun = [
        r for r in open_ if inputs.number(f"routes.{r}.available_from", "yr") <= inputs.calendar.midpoint(t)
    ]
    return [r for r in begun if carries(inputs.facts, r, cargo)]


def delivered_per_flight(inputs: Inputs, vehicle: str) -> float:
    """Mass a flight brings to low orbit on the average [kt], failures taken off."""
    payload = inputs.number(f"vehicles.{vehicle}.payload_leo", "kt/flight")
    return payload * (1 - inputs.number(f"vehicles.{vehicle}.failure_probability", "dimensionless"))


def _post_route(context: Context, route: str, place: str, t: int, variable: algebra.Column) -> None:
    books, number = context.ledgers, context.inputs.number
    context.pay("onward transport", t, number(f"routes.{route}.price", "GUSD/kt"), variable)
    if place in context.inputs.sites:
        books.commodity.post(
            (place, "lox", t), -number(f"routes.{route}.lunar_oxygen", "dimensionless"), variable
        )
    books.orbital_oxygen.post(t, number(f"routes.{route}.orbital_oxygen", "dimensionless"), variable)
