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
from lunarchain.model.context import ALL, Context
from lunarchain.model.ledger import linear, negated
from lunarchain.model.satellite_prices import satellite_prices

BUILDS = ("earth", "hybrid", "moon")


def add(context: Context) -> None:
    """Add satellites and what they take from sites, Earth and each other's orbits."""
    m, inputs = context.model, context.inputs
    orbits, most = inputs.scenario.satellites.orbits, inputs.most_gw_per_yr
    m.added = algebra.Var(
        [(o, k, ...) for o in orbits for k in BUILDS],
        bounds=(0, most),
        doc="power of satellites that begin service [GW/yr]",
    )
    m.in_service = algebra.Var(
        [(o, ...) for o in orbits],
        bounds=(0, 20 * most),
        doc="power of satellites in service [GW]",
    )
    at_sites = [(i, ...) for i in inputs.sites]
    m.hulls = algebra.Var(at_sites, bounds=(0, most), doc="lunar hulls made [GW/yr]")
    m.shipped = algebra.Var(at_sites, bounds=(0, most), doc="whole satellites made on the Moon [GW/yr]")
    m.yard_added = algebra.Var(
        [(o, ...) for o in orbits],
        bounds=(0, most),
        doc="assembly capacity of orbital yards added [GW/yr/yr]",
    )
    _forbid(context)
    for i in inputs.sites:
        _post_lunar_goods(context, i)
    for o in orbits:
        _post_satellites(context, o)
    _yard_rows(context)


def _forbid(context: Context) -> None:
    m, moon = context.model, context.inputs.scenario.moon
    for o, k, _ in m.added.declared():
        if (
            (not context.inputs.sites and k != "earth")
            or (k == "hybrid" and not moon.orbital_yards)
            or (k == "moon" and not moon.assembly)
        ):
            algebra.fix(m.added, (o, k, ...), 0)


def _post_lunar_goods(context: Context, i: str) -> None:
    """A hull takes the lunar slots of the bill; a whole satellite comes from the assembly process (P13)."""
    m, books, pair = context.model, context.ledgers, context.inputs.pair
    for commodity, amount in pair.lunar.items():
        books.commodity.post((i, commodity), -amount, m.hulls[i, ...])
    books.commodity.post((i, "satellite"), -1, m.shipped[i, ...])
    running = context.inputs.number("prices.lunar_operations", "GUSD/kt")
    for mass, variable in ((pair.hull_mass_kt, m.hulls[i, ...]), (pair.moon_mass_kt, m.shipped[i, ...])):
        books.labour.post(i, mass, variable)
        context.pay("lunar operations", running * mass, variable)


def _post_satellites(context: Context, o: str) -> None:
    """What satellites take from Earth: chips, and parts and bodies, whose price falls with numbers."""
    m, books, inputs = context.model, context.ledgers, context.inputs
    pair, number, again = inputs.pair, inputs.number, inputs.bought_per_flown
    prices, life = satellite_prices(inputs), number("compute.satellite_life", "yr")
    for k in BUILDS:
        books.chips.post(ALL, again, m.added[o, k, ...])
        context.buy("chips", number("compute.chip_price", "GUSD/GW"), m.added[o, k, ...], life, "orbital")
        _post_reentry(context, o, k)
    earth, hybrid = m.added[o, "earth", ...], m.added[o, "hybrid", ...]
    books.lifted.post((o, "satellite"), pair.earth_mass_kt, earth)
    books.bodies.post(ALL, again, earth)
    books.parts.post(ALL, again * prices.parts_earth_kt, earth)
    books.lifted.post((o, "parts"), sum(pair.imports.values()), hybrid)
    books.parts.post(ALL, again * prices.parts_moon_kt, hybrid)


def _post_reentry(context: Context, o: str, k: str) -> None:
    """Alumina from satellites that end their life in the air, counted in the year they end it."""
    inputs = context.inputs
    if inputs.facts.text(f"orbits.{o}.reenters") != "yes":
        return
    mass = inputs.pair.earth_mass_kt if k == "earth" else inputs.pair.moon_mass_kt
    life, share = (
        inputs.number("compute.satellite_life", "yr"),
        inputs.number("emissions.alumina_per_sat", "dimensionless"),
    )
    # entering in the year after life ends: a one-year residence, lagged by the life
    entering = context.stock(context.model.added[o, k, ...], 1.0, life)
    context.ledgers.alumina.post(ALL, mass * share, entering)


def _service_rows(context: Context) -> None:
    m, inputs = context.model, context.inputs
    life = inputs.number("compute.satellite_life", "yr")
    kept = 1 - inputs.number("compute.array_degradation", "1/yr")
    kept *= 1 - inputs.number("compute.gpu_failure", "1/yr")
    loss = -math.log(kept)

    def service(_: algebra.Model, o: str) -> object:
        standing = [(1, context.stock(m.added[o, k, ...], life, 0.0, loss)) for k in BUILDS]
        return linear([*standing, (-1, m.in_service[o, ...])]) == 0

    def slots(_: algebra.Model, o: str) -> object:
        failed = 1 - inputs.number(f"orbits.{o}.disposal_success", "dimensionless")
        residence = inputs.number(f"orbits.{o}.debris_residence", "yr")
        added = [m.added[o, k, ...] for k in BUILDS]
        alive = [(1, context.stock(each, life)) for each in added]
        dead = [(failed, context.stock(each, residence, life)) for each in added] if residence else []
        # satellites of a cluster share one place
        shared = [(-clusters.shared_share(context, o), v) for v in clusters.trained(context, o)]
        return linear(alive + dead + shared) <= slots_gw(context, o)

    m.service_stock = algebra.Constraint(
        m.in_service.declared(),
        rule=service,
        doc="definition: power in service is what was added and has not failed [GW]",
    )
    limited = [
        key for key in m.in_service.declared() if slots_gw(context, key[0]) < inputs.most_gw_per_yr * life
    ]
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

    def yard(_: algebra.Model, o: str) -> object:
        standing = context.stock(m.yard_added[o, ...], process.life_yr, lag)
        return linear([(1, m.added[o, "hybrid", ...]), (-1, standing)]) <= 0

    m.yard_capacity = algebra.Constraint(
        m.yard_added.declared(), rule=yard, doc="price: assembly in orbital yards [GW/yr]"
    )
    for o in inputs.scenario.satellites.orbits:
        yards, joined = m.yard_added[o, ...], m.added[o, "hybrid", ...]
        context.buy("orbital yards", price, yards, process.life_yr, "orbital")
        books.lifted.post((o, "plant"), process.plant_kt, yards)
        books.lifted.post((o, "plant"), process.plant_kt * process.spares_per_yr, joined)
        context.buy("orbital yards", price * process.spares_per_yr, joined)


def close(context: Context) -> None:
    """What sites throw is what they made or were brought; what orbits join is what reached them."""
    m, pair, books = context.model, context.inputs.pair, context.ledgers
    index = m.hulls.declared()
    _service_rows(context)

    def hulls(_: algebra.Model, i: str) -> object:
        sent, hauled = negated(books.sent.pairs((i, "hull"))), books.hauled.pairs((i, "hull"))
        return linear([(pair.hull_mass_kt, m.hulls[i, ...]), *sent, *hauled]) == 0

    def satellites(_: algebra.Model, i: str) -> object:
        sent = negated(books.sent.pairs((i, "satellite")))
        return linear([(pair.moon_mass_kt, m.shipped[i, ...]), *sent]) == 0

    def joined(_: algebra.Model, o: str, k: str) -> object:
        good, mass = ("hull", pair.hull_mass_kt) if k == "hybrid" else ("satellite", pair.moon_mass_kt)
        reached = negated(books.delivered.pairs((o, good)))
        return linear([(mass, m.added[o, k, ...]), *reached]) <= 0

    m.hull_balance = algebra.Constraint(index, rule=hulls, doc="price: lunar hulls at a site [kt/yr]")
    m.satellite_balance = algebra.Constraint(
        index, rule=satellites, doc="price: Moon-made satellites at a site [kt/yr]"
    )
    m.delivered = algebra.Constraint(
        [key for key in m.added.declared() if key[1] != "earth"],
        rule=joined,
        doc="price: lunar goods arrived in orbit [kt/yr]",
    )
