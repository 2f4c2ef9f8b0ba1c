r"""Satellites: made on Earth, on the Moon, or as lunar hulls joined with compute in an orbital yard; served
until they fail.

Builds $k$: earth (whole, launched from Earth), hybrid (lunar hull thrown as packed parts, compute and other imports
lifted from Earth to the yard), moon (imports landed, whole satellite thrown gently).

Variables: power added $A_{okt}$ [GW/yr], hulls made $H_{it}$ and whole satellites shipped from the Moon
$M_{it}$ [GW/yr],
yard capacity added [GW/yr per yr].

Constraints
hulls: made + hauled in - hauled out = thrown; delivered to an orbit $\ge \mu_{hull} A_{o,hybrid,t}$;
yards: $A_{o,hybrid,t} \le$ yard capacity standing; in service: $S_{ot} = \sum_{kt'} w_{t't} A_{okt'}$ where
$w$ carries life,
array degradation and failures; slots: satellites in life plus failed ones not yet gone $\le$ slots of the shell.
"""

from __future__ import annotations

import math

from lunarchain.model import algebra, clusters
from lunarchain.model.context import Context
from lunarchain.model.ledger import linear
from lunarchain.model.satellite_prices import satellite_prices

BUILDS = ("earth", "hybrid", "moon")


def add(context: Context) -> None:
    """Add satellites and what they take from sites, Earth and each other's orbits."""
    m, inputs, periods = context.model, context.inputs, context.periods
    orbits, most = inputs.scenario.satellites.orbits, inputs.most_gw_per_yr
    m.added = algebra.Var(
        [(o, k, t) for o in orbits for k in BUILDS for t in periods],
        bounds=(0, most),
        doc="power of satellites that begin service [GW/yr]",
    )
    m.in_service = algebra.Var(
        [(o, t) for o in orbits for t in periods],
        bounds=(0, 20 * most),
        doc="power of satellites in service [GW]",
    )
    at_sites = [(i, t) for i in inputs.sites for t in periods]
    m.hulls = algebra.Var(at_sites, bounds=(0, most), doc="lunar hulls made [GW/yr]")
    m.shipped = algebra.Var(at_sites, bounds=(0, most), doc="whole satellites made on the Moon [GW/yr]")
    m.yard_added = algebra.Var(
        [(o, t) for o in orbits for t in periods],
        bounds=(0, most),
        doc="assembly capacity of orbital yards added [GW/yr/yr]",
    )
    _forbid(context)
    for i, t in at_sites:
        _post_lunar_goods(context, i, t)
    for o in orbits:
        for t in periods:
            _post_satellites(context, o, t)
    _yard_rows(context)


def _forbid(context: Context) -> None:
    m, moon = context.model, context.inputs.scenario.moon
    for o, k, t in m.added:
        if (
            (not context.inputs.sites and k != "earth")
            or (k == "hybrid" and not moon.orbital_yards)
            or (k == "moon" and not moon.assembly)
        ):
            algebra.fix(m.added, (o, k, t), 0)


def _post_lunar_goods(context: Context, i: str, t: int) -> None:
    """A hull takes the lunar slots of the bill; a whole satellite comes from the assembly process (P13)."""
    m, books, pair = context.model, context.ledgers, context.inputs.pair
    for commodity, amount in pair.lunar.items():
        books.commodity.post((i, commodity, t), -amount, m.hulls[i, t])
    books.commodity.post((i, "satellite", t), -1, m.shipped[i, t])
    running = context.inputs.number("prices.lunar_operations", "GUSD/kt")
    for mass, variable in ((pair.hull_mass_kt, m.hulls[i, t]), (pair.moon_mass_kt, m.shipped[i, t])):
        books.labour.post((i, t), mass, variable)
        context.pay("lunar operations", t, running * mass, variable)


def _post_satellites(context: Context, o: str, t: int) -> None:
    """What satellites take from Earth: chips, and parts and bodies, whose price falls with numbers."""
    m, books, inputs = context.model, context.ledgers, context.inputs
    pair, number, again = inputs.pair, inputs.number, inputs.bought_per_flown
    prices, life = satellite_prices(inputs), number("compute.satellite_life", "yr")
    for k in BUILDS:
        books.chips.post(t, again, m.added[o, k, t])
        context.buy("chips", t, number("compute.chip_price", "GUSD/GW"), m.added[o, k, t], life, "orbital")
        _post_reentry(context, o, k, t)
    books.lifted.post((o, "satellite", t), pair.earth_mass_kt, m.added[o, "earth", t])
    books.bodies.post(t, again, m.added[o, "earth", t])
    books.parts.post(t, again * prices.parts_earth_kt, m.added[o, "earth", t])
    books.lifted.post((o, "parts", t), sum(pair.imports.values()), m.added[o, "hybrid", t])
    books.parts.post(t, again * prices.parts_moon_kt, m.added[o, "hybrid", t])


def _post_reentry(context: Context, o: str, k: str, t: int) -> None:
    """Alumina from satellites that end their life in the air, counted in the year they end it."""
    inputs = context.inputs
    if inputs.facts.text(f"orbits.{o}.reenters") != "yes":
        return
    mass = inputs.pair.earth_mass_kt if k == "earth" else inputs.pair.moon_mass_kt
    life, share = (
        inputs.number("compute.satellite_life", "yr"),
        inputs.number("emissions.alumina_per_sat", "dimensionless"),
    )
    for later in range(t, inputs.calendar.count):
        # entering in the year after life ends: a one-year residence, lagged by the life
        rate = inputs.calendar.stock(t, later, 1.0, life)
        context.ledgers.alumina.post(later, mass * share * rate, context.model.added[o, k, t])


def _service_rows(context: Context) -> None:
    m, inputs = context.model, context.inputs
    life = inputs.number("compute.satellite_life", "yr")
    kept = 1 - inputs.number("compute.array_degradation", "1/yr")
    kept *= 1 - inputs.number("compute.gpu_failure", "1/yr")
    loss = -math.log(kept)

    def service(_: algebra.Model, o: str, t: int) -> object:
        terms = [term for k in BUILDS for term in context.stock_terms(m.added, (o, k), t, life, 0.0, loss)]
        return linear([*terms, (-1, m.in_service[o, t])]) == 0

    def slots(_: algebra.Model, o: str, t: int) -> object:
        failed = 1 - inputs.number(f"orbits.{o}.disposal_success", "dimensionless")
        residence = inputs.number(f"orbits.{o}.debris_residence", "yr")
        alive = [term for k in BUILDS for term in context.stock_terms(m.added, (o, k), t, life)]
        dead = (
            [
                (failed * w, v)
                for k in BUILDS
                for w, v in context.stock_terms(m.added, (o, k), t, residence, life)
            ]
            if residence
            else []
        )
        # satellites of a cluster share one place
        shared = [(-clusters.shared_share(context, o), v) for v in clusters.trained(context, o, t)]
        return linear(alive + dead + shared) <= slots_gw(context, o)

    m.service_stock = algebra.Constraint(
        list(m.in_service),
        rule=service,
        doc="definition: power in service is what was added and has not failed [GW]",
    )
    limited = [key for key in m.in_service if slots_gw(context, key[0]) < inputs.most_gw_per_yr * life]
    m.slots = algebra.Constraint(
        limited,
        rule=slots,
        doc="limit: orbital slots [GW]; set by: orbits.{0}.slots",
    )


def slots_gw(context: Context, orbit: str) -> float:
    """Power [GW] the slots of a shell hold at the satellite's size, at the scenario's level of the estimate."""
    fact = context.inputs.facts[f"orbits.{orbit}.slots"]
    level = context.inputs.scenario.satellites.slots
    slots = {"low": fact.low, "nominal": fact.value, "high": fact.high}[level]
    slots = fact.value if math.isnan(slots) else slots
    return slots * context.inputs.number("satellites.power", "GW/satellite")


def _yard_rows(context: Context) -> None:
    m, inputs, books = context.model, context.inputs, context.ledgers
    if not inputs.sites:
        return
    process = next(iter(inputs.sites.values())).network["P13"]
    price = inputs.number("prices.plant", "GUSD/kt") * process.plant_kt
    lag = inputs.number("operations.commissioning_lag", "yr")

    def yard(_: algebra.Model, o: str, t: int) -> object:
        standing = context.stock_terms(m.yard_added, (o,), t, process.life_yr, lag)
        return linear([(1, m.added[o, "hybrid", t]), *((-w, v) for w, v in standing)]) <= 0

    m.yard_capacity = algebra.Constraint(
        list(m.yard_added), rule=yard, doc="price: assembly in orbital yards [GW/yr]"
    )
    for o, t in m.yard_added:
        context.buy("orbital yards", t, price, m.yard_added[o, t], process.life_yr, "orbital")
        books.lifted.post((o, "plant", t), process.plant_kt, m.yard_added[o, t])
        worn = process.plant_kt * process.spares_per_yr
        books.lifted.post((o, "plant", t), worn, m.added[o, "hybrid", t])
        context.buy("orbital yards", t, price * process.spares_per_yr, m.added[o, "hybrid", t])


def close(context: Context) -> None:
    """What sites throw is what they made or were brought; what orbits join is what reached them."""
    m, pair, books = context.model, context.inputs.pair, context.ledgers
    index = list(m.hulls)
    _service_rows(context)

    def hulls(_: algebra.Model, i: str, t: int) -> object:
        sent = [(-c, v) for c, v in books.sent.pairs((i, "hull", t))]
        hauled = books.hauled.pairs((i, "hull", t))
        return linear([(pair.hull_mass_kt, m.hulls[i, t]), *sent, *hauled]) == 0

    def satellites(_: algebra.Model, i: str, t: int) -> object:
        sent = [(-c, v) for c, v in books.sent.pairs((i, "satellite", t))]
        return linear([(pair.moon_mass_kt, m.shipped[i, t]), *sent]) == 0

    def joined(_: algebra.Model, o: str, k: str, t: int) -> object:
        good, mass = ("hull", pair.hull_mass_kt) if k == "hybrid" else ("satellite", pair.moon_mass_kt)
        reached = [(-c, v) for c, v in books.delivered.pairs((o, good, t))]
        return linear([(mass, m.added[o, k, t]), *reached]) <= 0

    m.hull_balance = algebra.Constraint(index, rule=hulls, doc="price: lunar hulls at a site [kt/yr]")
    m.satellite_balance = algebra.Constraint(
        index, rule=satellites, doc="price: Moon-made satellites at a site [kt/yr]"
    )
    m.delivered = algebra.Constraint(
        [key for key in m.added if key[1] != "earth"],
        rule=joined,
        doc="price: lunar goods arrived in orbit [kt/yr]",
    )
