r"""What satellites cost: bodies of Earth-built ones and the parts all of them take from Earth, cheaper with numbers.

Variables: parts bought so far $P_t$ [kt] and bodies of Earth-built satellites bought so far $B_t$ [GW].

Constraints
$P_t = P_{t-1} + \ell_t \sum_{ok} \mu_k A_{okt} / (1 - \varepsilon) + \ell_t \sum l_{ict}$ (parts landed on the Moon)
$+ \ell_t \sum_o \tau C_{ot} / (1 - \varepsilon)$ (terminals of what flies in clusters),
$B_t = B_{t-1} + \ell_t \sum_o A_{o,earth,t} / (1 - \varepsilon)$; $\varepsilon$ what failed flights lose.

The table gives the price of a whole Earth-built satellite after so many GW, by anyone (`compute.satellite_price` at
`compute.satellite_price_at`), its fall per doubling and its floor. Part of that price is the parts that a Moon-made
hull takes from Earth as well: those learn from every satellite built, wherever its hull came from; the rest learns
from Earth-built ones. Where nothing is built on the Moon, both together follow the table's curve, but for the terminals
of clusters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lunarchain.model import algebra
from lunarchain.model.clusters import terminals_kt_per_gw
from lunarchain.model.context import ALL, COMPUTE, Context, Inputs
from lunarchain.model.earth_launch import LUNAR, cadence_bounds, delivered_per_flight, routes_to
from lunarchain.model.learning import LearningCurve, learning
from lunarchain.model.ledger import linear

BODIES, PARTS = "Earth-built satellites, bodies", "satellite parts"


@dataclass(frozen=True)
class SatellitePrices:
    """Curves of bodies [G$/GW] and parts [G$/kt], and the parts in one GW of either build [kt]."""

    bodies: LearningCurve
    parts: LearningCurve
    parts_earth_kt: float
    parts_moon_kt: float


def satellite_prices(inputs: Inputs) -> SatellitePrices:
    """Prices from the facts; an Earth-built satellite holds the parts of its twin, but no more than its price pays."""
    number = inputs.number
    whole, parts = number("compute.satellite_price", "GUSD/GW"), number("prices.parts", "GUSD/kt")
    moon_kt = sum(mass for c, mass in inputs.pair.imports.items() if c not in COMPUTE)
    earth_kt = min(moon_kt, whole / parts) if parts else moon_kt
    exponent = float(-np.log2(1 - number("compute.satellite_learning", "dimensionless")))
    before = number("compute.satellite_experience", "GW")
    times = (before / number("compute.satellite_price_at", "GW")) ** -exponent
    floor = min(number("compute.satellite_price_floor", "GUSD/GW") / whole, 1.0) if whole else 1.0

    def curve(price: float, per_gw: float) -> LearningCurve:
        price = max(price, 1e-9)
        return LearningCurve(price * times, before * max(per_gw, 1e-6), exponent, price * floor)

    return SatellitePrices(curve(whole - earth_kt * parts, 1.0), curve(parts, earth_kt), earth_kt, moon_kt)


def close(context: Context) -> None:
    """Totals bought and their bills, once every subsystem has posted its parts and bodies."""
    m, inputs = context.model, context.inputs
    most_parts, most_bodies = map(np.array, most_bought(inputs))
    m.parts_so_far = algebra.Var(
        [...],
        bounds=(0, most_parts),
        doc="satellite parts bought since the start [kt, once]",
    )
    m.bodies_so_far = algebra.Var(
        [...],
        bounds=(0, most_bodies),
        doc="bodies of Earth-built satellites bought since the start [GW, once]",
    )

    def adds_up(total: algebra.Line, bought: list[algebra.Term]) -> object:
        in_period = [(-context.years * amount, line) for amount, line in bought]
        return linear([(1, total), (-1, total.before()), *in_period]) == 0

    m.parts_bought = algebra.Constraint(
        [...],
        rule=lambda _: adds_up(m.parts_so_far[...], context.ledgers.parts.pairs(ALL)),
        doc="definition: satellite parts add up [kt, once]",
    )
    m.bodies_bought = algebra.Constraint(
        [...],
        rule=lambda _: adds_up(m.bodies_so_far[...], context.ledgers.bodies.pairs(ALL)),
        doc="definition: bodies of Earth-built satellites add up [GW, once]",
    )
    prices, charged = satellite_prices(inputs), context.charged_share(number_life(inputs), "orbital")
    m.learning += [
        learning(context, PARTS, "all", m.parts_so_far[...], prices.parts, charged),
        learning(context, BODIES, "all", m.bodies_so_far[...], prices.bodies, charged),
    ]


def number_life(inputs: Inputs) -> float:
    """Years a satellite serves."""
    return inputs.number("compute.satellite_life", "yr")


def most_bought(inputs: Inputs) -> tuple[list[float], list[float]]:
    """Most parts [kt] and bodies [GW] that can have been bought by the end of each period: all must be lifted, and
    every satellite needs chips."""
    prices, pair, scenario = satellite_prices(inputs), inputs.pair, inputs.scenario
    again, lengths = inputs.bought_per_flown, inputs.calendar.lengths
    up = min((_leanest(inputs, o) for o in scenario.satellites.orbits), default=np.inf)
    terminals = terminals_kt_per_gw(inputs)  # parts as well, where all satellites are members of clusters
    per_lift = [(prices.parts_earth_kt + terminals) / (pair.earth_mass_kt + terminals) / up]
    if inputs.sites:
        hybrid = (prices.parts_moon_kt + terminals) / (sum(pair.imports.values()) + terminals) / up
        per_lift += [hybrid, 1 / _leanest(inputs, LUNAR)]
    highest = cadence_bounds(inputs)
    lift = [
        sum(delivered_per_flight(inputs, v) * highest[v][t] for v in highest) for t in inputs.calendar.periods
    ]
    bodies = [min(kt / pair.earth_mass_kt / up * again, chip_limit(inputs, t)) for t, kt in enumerate(lift)]
    return (
        list(
            np.cumsum([again * max(per_lift) * kt * years for kt, years in zip(lift, lengths, strict=True)])
        ),
        list(np.cumsum([gw * years for gw, years in zip(bodies, lengths, strict=True)])),
    )


def _leanest(inputs: Inputs, place: str) -> float:
    """Least mass in low orbit per mass delivered to an orbit or the Moon (infinite where no route goes)."""
    routes = routes_to(inputs.facts, place, inputs.scenario.launch.routes)
    return min((inputs.number(f"routes.{r}.lift", "dimensionless") for r in routes), default=np.inf)


def chip_limit(inputs: Inputs, period: int) -> float:
    """Compute that chip makers can deliver [GW/yr] in a period."""
    years = inputs.calendar.midpoint(period) - inputs.calendar.edges[0]
    first, growth = (
        inputs.number("compute.chip_supply_first", "GW/yr"),
        inputs.number("compute.chip_supply_growth", "1/yr"),
    )
    cap, limit = inputs.scenario.policy.chip_supply_cap_gw, first * (1 + growth) ** years
    return limit if cap is None else min(limit, cap)
