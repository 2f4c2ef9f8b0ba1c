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

import numpy as np
from numpy.typing import NDArray

from lunarchain.model import algebra
from lunarchain.model.context import ALL, Context, Inputs
from lunarchain.model.learning import LearningCurve, learning
from lunarchain.model.ledger import linear, negated
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
    index = [(v, ...) for v in inputs.scenario.launch.vehicles]
    limit = {
        v: inputs.number(f"vehicles.{v}.flights_limit", "flight/yr") for v in inputs.scenario.launch.vehicles
    }
    highest = {v: np.array(most) for v, most in cadence_bounds(inputs).items()}
    few = inputs.scenario.launch.integer_flights_below
    m.flights = algebra.Var(
        index,
        bounds=lambda _, v: (0, highest[v]),
        domain=lambda _, v: np.where(highest[v] <= few, algebra.NonNegativeIntegers, algebra.Reals),
        doc="flights of a launch vehicle [flight/yr]",
    )
    m.cadence = algebra.Var(
        index,
        bounds=lambda _, v: (0, limit[v]),
        doc="flights a year that ships and pads can sustain [flight/yr]; limit: ceiling of launch cadence;"
        " set by: vehicles.{0}.flights_limit",
    )
    m.pads_added = algebra.Var(index, bounds=(0, 1e3), doc="launch pads added [pad/yr]")
    # the price of ships is in the price of lift; the shipyard's rate is what they add
    m.ships_added = algebra.Var(
        index,
        bounds=lambda _, v: (0, inputs.number(f"vehicles.{v}.ship_build_rate", "ship/yr")),
        doc="ships added [ship/yr]; limit: rate of the shipyard; set by: vehicles.{0}.ship_build_rate",
    )
    m.lifted_so_far = algebra.Var(
        index,
        bounds=lambda _, v: (0, lift_bound(context, v, highest[v])),
        doc="mass lifted to low orbit since the start [kt, once]",
    )
    _cadence_rows(context)
    _lift_rows(context)
    subsidy = inputs.scenario.policy.launch_subsidy_usd_kg or 0.0
    m.learning = [
        learning(context, BILL, v, m.lifted_so_far[v, ...], learning_curve(inputs.facts, v, subsidy))
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


def lift_bound(context: Context, vehicle: str, highest: algebra.Vector) -> algebra.Vector:
    """Most mass [kt] a vehicle can have lifted by the end of every period."""
    payload = context.inputs.number(f"vehicles.{vehicle}.payload_leo", "kt/flight")
    return np.cumsum(payload * highest * context.years)


def _cadence_rows(context: Context) -> None:
    m, inputs = context.model, context.inputs
    number, index = inputs.number, m.flights.declared()
    lag, pad_life = number("pads.build_time", "yr"), number("pads.life", "yr")
    first_pads = number("pads.first", "pad")

    def growth(_: algebra.Model, v: str) -> object:
        factor, seeds = context.allowance(number(f"vehicles.{v}.cadence_growth", "1/yr"))
        seed, first = (number(f"vehicles.{v}.{n}", "flight/yr") for n in ("cadence_seed", "first_flights"))
        cadence = m.cadence[v, ...]
        return linear([(1, cadence), (-factor, cadence.before())]) <= context.at_first(first, seed * seeds)

    def pads(_: algebra.Model, v: str) -> object:
        rate = number("pads.flights_per_pad", "flight/pad/yr")
        standing = context.stock(m.pads_added[v, ...], pad_life, lag)
        return linear([(1, m.cadence[v, ...]), (-rate, standing)]) <= rate * first_pads

    def builders(_: algebra.Model, v: str) -> object:
        factor, seeds = context.allowance(number("pads.build_rate_growth", "1/yr"))
        seed, added = number("pads.build_rate_seed", "pad/yr"), m.pads_added[v, ...]
        return linear([(1, added), (-factor, added.before())]) <= context.at_first(seed, seed * seeds)

    def ships(_: algebra.Model, v: str) -> object:
        per_ship, life = (
            number(f"vehicles.{v}.flights_per_ship", "flight/ship/yr"),
            number(f"vehicles.{v}.ship_life", "yr"),
        )
        return linear([(1, m.flights[v, ...]), (-per_ship, context.stock(m.ships_added[v, ...], life))]) <= 0

    m.cadence_growth = algebra.Constraint(
        index,
        rule=growth,
        doc="limit: growth of launch cadence [flight/yr]; set by: vehicles.{0}.cadence_growth,"
        " vehicles.{0}.cadence_seed, vehicles.{0}.first_flights",
    )
    m.cadence_used = algebra.Constraint(
        index,
        rule=lambda _, v: linear([(1, m.flights[v, ...]), (-1, m.cadence[v, ...])]) <= 0,
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
    for v in inputs.scenario.launch.vehicles:
        price = number("pads.capex", "GUSD/pad")
        context.pay("launch pads", price, m.pads_added[v, ...], pad_life, "orbital")


def _lift_rows(context: Context) -> None:
    m = context.model

    def lifted(_: algebra.Model, v: str) -> object:
        payload, so_far = (
            context.inputs.number(f"vehicles.{v}.payload_leo", "kt/flight"),
            m.lifted_so_far[v, ...],
        )
        return (
            linear([(1, so_far), (-payload * context.years, m.flights[v, ...]), (-1, so_far.before())]) == 0
        )

    m.lift_so_far = algebra.Constraint(
        m.flights.declared(), rule=lifted, doc="definition: lift adds up [kt, once]"
    )


def close(context: Context) -> None:
    """Routes, their lift and what they draw, once every subsystem has posted its cargo."""
    m, inputs, books = context.model, context.inputs, context.ledgers
    wanted = {(LUNAR, *key): books.landed.pairs(key) for key in books.landed}
    wanted |= {("orbit", *key): books.lifted.pairs(key) for key in books.lifted}
    opened = {(r, *key): since for key in wanted for r, since in _open_routes(context, *key).items()}
    # before a route opens its variable stands in no row
    m.carried = algebra.Var(
        [(*key, ...) for key in opened],
        bounds=(0, inputs.flow_cap_kt),
        doc="mass delivered by a route [kt/yr]",
    )
    lines = {key: m.carried[(*key, ...)].only(since) for key, since in opened.items()}
    for (r, _, place, _), line in lines.items():
        _post_route(context, r, place, line)

    def served(_: algebra.Model, *demand: str) -> object:
        brought = [(1, line) for (_, *key), line in lines.items() if tuple(key) == demand]
        return linear([*brought, *negated(wanted[demand])]) >= 0

    def lift(_: algebra.Model) -> object:
        flown = [
            (-delivered_per_flight(inputs, v), m.flights[v, ...]) for v in inputs.scenario.launch.vehicles
        ]
        lifted = [
            (inputs.number(f"routes.{r}.lift", "dimensionless"), line) for (r, *_), line in lines.items()
        ]
        return linear([*lifted, *flown]) <= 0

    def depots(_: algebra.Model) -> object:
        reached = [term for o in DEPOTS for term in books.delivered.pairs((o, "oxygen"))]
        return linear([*reached, *negated(books.orbital_oxygen.pairs(ALL))]) >= 0

    m.depot_oxygen = algebra.Constraint(
        [...], rule=depots, doc="price: lunar oxygen at the depots [kt/yr]",
        periods=context.named(books.orbital_oxygen.pairs(ALL)),
    )  # fmt: skip
    m.cargo = algebra.Constraint(
        [(*key, ...) for key in wanted], rule=served, doc="price: cargo brought to its destination [kt/yr]"
    )
    m.lift = algebra.Constraint(
        [...],
        rule=lift,
        doc="price: lift to low Earth orbit [kt/yr]; priced at: "
        f"vehicles.{inputs.scenario.launch.vehicles[0]}.first_price",
    )


def _open_routes(context: Context, kind: str, place: str, cargo: str) -> dict[str, NDArray[np.bool_]]:
    """Routes that may bring a cargo to a place, and the periods in which they do."""
    inputs, middle = context.inputs, context.over(context.inputs.calendar.midpoint)
    first = inputs.sites[place].earliest_landing_yr if kind == LUNAR else -np.inf
    ending = routes_to(inputs.facts, LUNAR if kind == LUNAR else place, inputs.scenario.launch.routes)
    since = {r: max(inputs.number(f"routes.{r}.available_from", "yr"), first) for r in ending}
    return {
        r: middle >= since[r] for r in ending if carries(inputs.facts, r, cargo) and middle[-1] >= since[r]
    }


def delivered_per_flight(inputs: Inputs, vehicle: str) -> float:
    """Mass a flight brings to low orbit on the average [kt], failures taken off."""
    payload = inputs.number(f"vehicles.{vehicle}.payload_leo", "kt/flight")
    return payload * (1 - inputs.number(f"vehicles.{vehicle}.failure_probability", "dimensionless"))


def _post_route(context: Context, route: str, place: str, line: algebra.Line) -> None:
    books, number = context.ledgers, context.inputs.number
    context.pay("onward transport", number(f"routes.{route}.price", "GUSD/kt"), line)
    if place in context.inputs.sites:
        books.commodity.post((place, "lox"), -number(f"routes.{route}.lunar_oxygen", "dimensionless"), line)
    books.orbital_oxygen.post(ALL, number(f"routes.{route}.orbital_oxygen", "dimensionless"), line)
