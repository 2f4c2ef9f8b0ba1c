r"""Demand, ground data centres and chips: the compute that is wanted, and the rest of the world that may serve it.

Variables: served $c_{oqt}$ [GW in service] by orbit or ground and class $q$, tiers $d_{qjt}$ [GW], ground halls and
chips added [GW/yr].

Constraints
$\sum_q c_{oqt} \le$ sunlit power in service of orbit $o$; an orbit serves a class only within its latency;
$\sum_o c_{oqt} = \sum_j d_{qjt}$, tiers no wider than demand makes them; the objective adds the value of what
is not served;
ground $\le$ halls standing and $\le$ chips standing; halls added $\le$ grid connections; all chips $\le$ chip supply.
The price of a tier falls with quantity, $V q^{-1/e}$ at its upper edge: terawatts meet a falling price.
"""

from __future__ import annotations

import math

import numpy as np

from lunarchain.model import algebra
from lunarchain.model.clusters import clustered
from lunarchain.model.context import ALL, HOURS_PER_YEAR, Context
from lunarchain.model.ledger import linear
from lunarchain.model.satellite_prices import chip_limit
from lunarchain.scenario.schema import Demand, Wanted
from lunarchain.units import factor

GROUND = "ground"


def wanted_gw(context: Context, period: int) -> float:
    """Compute wanted in service [GW] in the middle of a period; in the tail that of the horizon, whatever the step."""
    demand, year = context.inputs.scenario.demand, _asked_in(context, period)
    if demand.by_class:
        return sum(_drawn(demand, curve, year) for curve in demand.by_class.values())
    if demand.curve:
        return _drawn(demand, demand.curve, year)
    years = year - context.inputs.calendar.edges[0]
    return min(demand.first_gw * (1 + demand.growth) ** years, demand.ceiling_gw)


def _asked_in(context: Context, period: int) -> float:
    calendar = context.inputs.calendar
    return min(calendar.midpoint(period), calendar.edges[calendar.reported])


def _drawn(demand: Demand, curve: tuple[Wanted, ...], year: float) -> float:
    """A curve in a year: steady growth between its points, and beyond them that of the scenario [GW]."""
    years, logs = [point.year for point in curve], [math.log(float(point.gw)) for point in curve]
    outside = min(year - years[0], 0.0) + max(year - years[-1], 0.0)
    grown = float(np.interp(year, years, logs)) + outside * math.log(1 + demand.growth)
    return min(math.exp(grown), demand.ceiling_gw)


def tier_widths(context: Context, period: int) -> list[tuple[float, float]]:
    """(width in GW, value in G$/GW-yr) of each price tier, all classes together.

    With a reference, compute is worth its value at that many GW in service in any year and less beyond, but never more
    than the first tier would be worth if what is wanted were the reference.
    """
    edges, value = context.inputs.scenario.demand.tiers, context.inputs.number("compute.value", "GUSD/GW/yr")
    exponent = -1 / context.inputs.number("compute.elasticity", "dimensionless")
    wanted, reference = wanted_gw(context, period), context.inputs.scenario.demand.reference_gw
    times = 1.0 if reference is None else wanted / reference
    low, out = 0.0, []
    for high in edges:
        out.append(((high - low) * wanted, value * max(high * times, edges[0]) ** exponent))
        low = high
    return out


def serves(context: Context, orbit: str, service: str) -> bool:
    """Whether an orbit may serve a class: there and back within the latency it bears, in formation if it needs one."""
    if clustered(context.inputs, service) and context.inputs.facts.text(f"orbits.{orbit}.clusters") == "no":
        return False
    latency = context.inputs.number(f"orbits.{orbit}.latency_one_way", "s")
    return 2 * latency <= context.inputs.number(f"services.{service}.max_latency", "s")


def add(context: Context) -> None:
    """Add demand by class and tier, ground halls and chips."""
    m, inputs = context.model, context.inputs
    services = inputs.facts.children("services")
    places = [(o, q) for o in inputs.scenario.satellites.orbits for q in services if serves(context, o, q)]
    places += [(GROUND, q) for q in services]
    tiers = range(len(inputs.scenario.demand.tiers))
    m.served = algebra.Var(
        [(o, q, ...) for o, q in places],
        bounds=(0, inputs.most_gw_per_yr),
        doc="compute of a service class served from a place [GW]",
    )
    m.tier = algebra.Var(
        [(q, j, ...) for q in services for j in tiers],
        bounds=lambda _, q, j: (
            0,
            context.over(lambda t: tier_widths(context, t)[j][0] * share(context, q, t)),
        ),
        doc="compute served at a price tier [GW]; limit: compute wanted at this price",
    )
    m.halls_added = algebra.Var(
        [...],
        bounds=lambda _: (0, context.over(lambda t: grid_limit(context, t))),
        doc="ground data halls added [GW/yr]; limit: grid connections on the ground;"
        " set by: policy.ground_grid_cap_gw, ground.grid_first; priced at: ground.capex_facility",
    )
    m.ground_chips_added = algebra.Var(
        [...], bounds=(0, inputs.most_gw_per_yr), doc="chips put into ground halls [GW/yr]"
    )
    _demand_rows(context, places)
    _ground_rows(context)


def share(context: Context, service: str, period: int) -> float:
    """Share of demand a class has in a period."""
    demand = context.inputs.scenario.demand
    if demand.by_class:
        mine = _drawn(demand, demand.by_class[service], _asked_in(context, period))
        return mine / wanted_gw(context, period)
    return context.inputs.number(f"services.{service}.share", "dimensionless")


def grid_limit(context: Context, period: int) -> float:
    """Ground halls that can be connected [GW/yr] in a period."""
    inputs, number = context.inputs, context.inputs.number
    if not inputs.scenario.ground.allowed:
        return 0.0
    years = inputs.calendar.midpoint(period) - inputs.calendar.edges[0]
    limit = number("ground.grid_first", "GW/yr") * (1 + number("ground.grid_growth", "1/yr")) ** years
    cap = inputs.scenario.policy.ground_grid_cap_gw
    return limit if cap is None else min(limit, cap)


def _demand_rows(context: Context, places: list[tuple[str, str]]) -> None:
    m, inputs = context.model, context.inputs
    by_service: dict[str, list[str]] = {}
    by_orbit: dict[str, list[str]] = {}
    for o, q in places:
        by_service.setdefault(q, []).append(o)
        by_orbit.setdefault(o, []).append(q)
    tiers = range(len(inputs.scenario.demand.tiers))

    def met(_: algebra.Model, q: str) -> object:
        served = [(1, m.served[o, q, ...]) for o in by_service[q]]
        return linear(served + [(-1, m.tier[q, j, ...]) for j in tiers]) == 0

    def lit(_: algebra.Model, o: str) -> object:
        sun = inputs.number(f"orbits.{o}.sun_fraction", "dimensionless")
        served = [(1, m.served[o, q, ...]) for q in by_orbit.get(o, [])]
        return linear([*served, (-sun, m.in_service[o, ...])]) <= 0

    m.demand_met = algebra.Constraint(
        [(q, ...) for q in by_service], rule=met, doc="price: compute in service [GW]"
    )
    m.orbit_output = algebra.Constraint(
        m.in_service.declared(), rule=lit, doc="price: sunlit satellite power [GW]"
    )


def _ground_rows(context: Context) -> None:
    m, inputs, number = context.model, context.inputs, context.inputs.number
    services, life = inputs.facts.children("services"), number("compute.chip_life", "yr")
    hall_life, loss = number("ground.life", "yr"), -math.log(1 - number("compute.gpu_failure", "1/yr"))

    def within(standing: algebra.Line) -> object:
        return linear([*((1, m.served[GROUND, q, ...]) for q in services), (-1, standing)]) <= 0

    def halls(_: algebra.Model) -> object:
        return within(context.stock(m.halls_added[...], hall_life, number("ground.build_time", "yr")))

    def chips(_: algebra.Model) -> object:
        return within(context.stock(m.ground_chips_added[...], life, 0.0, loss))

    m.hall_limit = algebra.Constraint([...], rule=halls, doc="price: ground data halls [GW]")
    m.ground_chip_limit = algebra.Constraint([...], rule=chips, doc="price: chips in ground halls [GW]")
    bought = m.ground_chips_added[...]
    context.ledgers.chips.post(ALL, 1, bought)
    context.pay("chips", number("compute.chip_price", "GUSD/GW"), bought, life, "ground")
    price = number("ground.capex_facility", "GUSD/GW")
    context.pay("ground halls", price, m.halls_added[...], hall_life, "ground")
    for q in services:
        context.pay("ground operation", _running_cost(context), m.served[GROUND, q, ...])


def _running_cost(context: Context) -> float:
    """Electricity, carbon and overhead of one GW of ground compute [G$/yr]."""
    number, price = context.inputs.number, context.inputs.scenario.policy.ground_carbon_price_usd_t or 0.0
    energy_gwh = HOURS_PER_YEAR * number("ground.pue", "dimensionless")
    carbon_g_usd = energy_gwh * number("ground.carbon", "kt/GWh") * price * factor("USD/t", "GUSD/kt")
    overhead = number("ground.overhead", "1/yr") * number("ground.capex_facility", "GUSD/GW")
    return energy_gwh * number("ground.electricity", "GUSD/GWh") + carbon_g_usd + overhead


def close(context: Context) -> None:
    """Chip supply, once every use has been posted."""
    m, inputs = context.model, context.inputs

    def supply(_: algebra.Model) -> object:
        return context.ledgers.chips.total(ALL) <= context.over(lambda t: chip_limit(inputs, t))

    m.chip_supply = algebra.Constraint(
        [...],
        rule=supply,
        doc="limit: supply of chips [GW/yr]; set by: policy.chip_supply_cap_gw, compute.chip_supply_first;"
        " priced at: compute.chip_price",
    )
