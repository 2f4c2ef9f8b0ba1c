"""Money: every cost item from the plan's physical tables, and the objective they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from lunarchain.industry.satellites import assembly
from lunarchain.plan.audit.cargo import CHIPS, hop_fuel_kt, storage_from_earth_kt
from lunarchain.plan.audit.case import GROUND, HOURS_PER_YEAR, Case, Site
from lunarchain.plan.audit.certificate import Line, Statement, Vector
from lunarchain.plan.audit.deliveries import thrown
from lunarchain.plan.audit.goods import handled_kt_per_yr
from lunarchain.plan.audit.policy import emitted_kt
from lunarchain.plan.audit.power import BROUGHT, figure
from lunarchain.plan.audit.service import launched_again, satellites_added_gw_per_yr, terminals_kt, tiers
from lunarchain.plan.audit.tracks import built_at
from lunarchain.plan.audit.years import integral
from lunarchain.units import factor

COST = Statement("cost", "cost item as stated = recomputed from the physical tables [G$/yr]")
OBJECTIVE = Statement("objective", "discounted sum of the cost table = that of the recomputed items [G$]")
BOUGHT = Statement(
    "bought so far", "satellite parts [kt] and bodies [GW] bought so far = those of all satellites added"
)
LAUNCH = "Earth launch"
UNSERVED = "value of compute not served"

Items = dict[str, Vector]


def objective_g_usd(case: Case) -> float:
    """Discounted cost of the plan and of the compute it leaves unserved, from the physical tables alone."""
    return _present_value(case, items(case))


def _present_value(case: Case, paid: Items) -> float:
    return float(case.years.worth() @ sum(paid.values(), case.zero))


def lines(case: Case) -> Iterator[Line]:
    """Every cost item, and the objective."""
    _, parts, bodies = bought_so_far(case)
    for item, found in (("parts", parts), ("bodies", bodies)):
        yield BOUGHT.equal(item, case.of("satellites", "all", item, "bought so far"), found)
    computed = items(case)
    stated: Items = defaultdict(lambda: case.zero)
    for _, item, _, paid in case.rows("costs"):
        stated[item] = stated[item] + paid
    for item in sorted(computed.keys() | stated.keys()):
        yield COST.equal(item, stated[item], computed.get(item, case.zero), item)
    told, owed = (np.array([_present_value(case, side)]) for side in (stated, computed))
    yield OBJECTIVE.equal("plan", told, owed)


def items(case: Case) -> Items:
    """Every cost item [G$/yr]; assets are charged for the years that fall inside the model."""
    found: Items = defaultdict(lambda: case.zero)
    subjects = (_compute, _ground, _launch, _orbits, _arcs, _openings)
    for item, paid in (entry for subject in subjects for entry in subject(case)):
        found[item] = found[item] + paid
    for site in case.sites.values():
        for item, paid in (*_plant(case, site), *_site_power(case, site)):
            found[item] = found[item] + paid
    return dict(found)


def _compute(case: Case) -> Iterator[tuple[str, Vector]]:
    charged = owned(case, "orbital", case.number("compute.satellite_life", "yr"))
    chip_charged = owned(case, "ground", case.number("compute.chip_life", "yr"))
    chip = case.number("compute.chip_price", "GUSD/GW")
    # a satellite's chips live as long as it does, a hall's as long as chips do
    again = launched_again(case)
    yield "chips", again * chip * charged * satellites_added_gw_per_yr(case)
    yield "chips", chip * chip_charged * case.of("ground", GROUND, "chips", "added")
    for item, bill in satellite_bills(case).items():
        yield item, charged * np.diff(bill, prepend=0.0) / case.years.lengths
    for q in case.services:
        for name, width, value in tiers(case, q):
            yield UNSERVED, value * (width - case.of("compute", "demand", q, name))


def _ground(case: Case) -> Iterator[tuple[str, Vector]]:
    price, life = case.number("ground.capex_facility", "GUSD/GW"), case.number("ground.life", "yr")
    yield "ground halls", price * owned(case, "ground", life) * case.of("ground", GROUND, "halls", "added")
    served = sum((case.of("compute", GROUND, q, "served") for q in case.services), case.zero)
    energy_gwh = HOURS_PER_YEAR * case.number("ground.pue") * served
    carbon_t = case.number("ground.carbon", "t/GWh") * energy_gwh
    yield "ground operation", case.number("ground.electricity", "GUSD/GWh") * energy_gwh
    yield (
        "ground operation",
        carbon_t * (case.scenario.policy.ground_carbon_price_usd_t or 0.0) * factor("USD", "GUSD"),
    )
    yield "ground operation", case.number("ground.overhead", "1/yr") * price * served
    relay, relay_life = (
        case.number("links.relay_price", "GUSD/(Tbit/s)"),
        case.number("links.relay_life", "yr"),
    )
    yield (
        "relays",
        relay * owned(case, "orbital", relay_life) * case.of("links", "relay", "capacity", "added"),
    )


def _launch(case: Case) -> Iterator[tuple[str, Vector]]:
    for vehicle in case.scenario.launch.vehicles:
        lifted = case.of("launches", vehicle, "lifted so far")
        bill = np.array([lift_bill_g_usd(case, vehicle, mass) for mass in lifted])
        yield LAUNCH, np.diff(bill, prepend=0.0) / case.years.lengths
        charged = owned(case, "orbital", case.number("pads.life", "yr"))
        pads = case.of("launches", vehicle, "pads", "added") * charged
        yield "launch pads", case.number("pads.capex", "GUSD/pad") * pads
    for _, route, _, mass in case.rows("transport"):
        yield "onward transport", case.number(f"routes.{route}.price", "GUSD/kt") * mass
    policy, per_kt = case.scenario.policy, factor("kt", "t") * factor("USD", "GUSD")
    prices = (
        ("launch carbon price", "co2", policy.launch_co2_price_usd_t),
        ("launch nitrogen oxides price", "nox_reentry", policy.launch_nox_price_usd_t),
        ("launch water price", "h2o", policy.launch_h2o_price_usd_t),
    )
    for item, what, price in prices:
        if price is not None:
            yield item, emitted_kt(case, what) * per_kt * price


def owned(case: Case, owner: str, life_yr: float) -> Vector:
    """Share of an asset's price charged in each period: its owner's yearly payments, worth what they are to all.

    A dearer lender asks for a higher yearly payment over the life; what of it falls inside the model counts at the
    rate of the case.
    """
    charged, fact = case.years.charged(life_yr), getattr(case.scenario.economics.actors, owner)
    if fact is None:
        return charged
    own, common = (_lent(rate, life_yr) for rate in (case.number(fact, "1/yr"), case.years.rate))
    return charged * common / own


def _lent(rate: float, years: float) -> float:
    """What one a year, paid back all through so many years, is worth at the start [yr]."""
    return integral(lambda age: np.exp(-rate * age), 0.0, years)


def bought_so_far(case: Case) -> tuple[float, Vector, Vector]:
    """Parts inside a GW of Earth-built satellites [kt]; parts [kt] and bodies [GW] bought by the end of each period.

    An Earth-built satellite of the same GW holds the parts of its twin, at most as many as its price pays for.
    """
    again, lengths, orbits = launched_again(case), case.years.lengths, case.scenario.satellites.orbits
    price, per_kt = case.number("compute.satellite_price", "GUSD/GW"), case.number("prices.parts", "GUSD/kt")
    twin_kt = sum(mass for name, mass in case.pair.imports.items() if name not in CHIPS)
    inside_kt = twin_kt if per_kt * twin_kt <= price else price / per_kt
    built, joined, wired = (
        sum((case.of("satellites", o, *row) for o in orbits), case.zero)
        for row in (("earth", "added"), ("hybrid", "added"), ("clusters", "added in clusters"))
    )
    landed = sum(
        (m for _, name, _, m in case.rows("imports") if name in case.pair.imports and name not in CHIPS),
        case.zero,
    )
    parts = again * (inside_kt * built + twin_kt * joined + terminals_kt(case) * wired + landed)
    return inside_kt, np.cumsum(parts * lengths), np.cumsum(again * built * lengths)


def satellite_bills(case: Case) -> dict[str, Vector]:
    """What has been spent on bodies of Earth-built satellites and on parts of all by the end of each period [G$]."""
    inside_kt, parts, bodies = bought_so_far(case)
    price, per_kt = case.number("compute.satellite_price", "GUSD/GW"), case.number("prices.parts", "GUSD/kt")
    return {
        "Earth-built satellites, bodies": _wright(case, price - inside_kt * per_kt, 1.0, bodies),
        "satellite parts": _wright(case, per_kt, inside_kt, parts),
    }


def _wright(case: Case, price: float, per_gw: float, bought: Vector) -> Vector:
    """Cost of everything bought so far: a price given after so many GW, and a floor of the same share as a whole's."""
    whole, at = (
        case.number("compute.satellite_price", "GUSD/GW"),
        case.number("compute.satellite_price_at", "GW"),
    )
    slope = np.log2(1 - case.number("compute.satellite_learning"))
    before = case.number("compute.satellite_experience", "GW")
    first = max(price, 1e-9) * (before / at) ** slope
    floor = max(price, 1e-9) * min(case.number("compute.satellite_price_floor", "GUSD/GW") / whole, 1.0)
    reference = before * max(per_gw, 1e-6)
    return np.array([bill_g_usd(first, floor, reference, float(slope), amount) for amount in bought])


def lift_bill_g_usd(case: Case, vehicle: str, lifted_kt: float) -> float:
    """What lifting the first ``lifted_kt`` costs: the price of each next kt, added up."""
    key, per_kt = f"vehicles.{vehicle}", factor("USD/kg", "GUSD/kt")
    subsidy = (case.scenario.policy.launch_subsidy_usd_kg or 0.0) * per_kt
    first, floor = (
        max(case.number(f"{key}.{n}_price", "GUSD/kt") - subsidy, 1e-9) for n in ("first", "floor")
    )
    before = case.number(f"{key}.reference_lift", "kt")
    slope = np.log2(1 - case.number(f"{key}.learning_rate"))
    return bill_g_usd(first, floor, before, float(slope), float(lifted_kt))


def bill_g_usd(first: float, floor: float, before: float, slope: float, bought: float) -> float:
    """What everything bought costs at a price that falls with all bought so far, ``before`` included (Wright).

    Integrated over the logarithm of the amount, where it is smooth, up to the floor and from there on.
    """
    if first <= floor:
        return floor * bought
    span = np.log1p(max(bought, 0.0) / before)
    to_floor = np.log(floor / first) / slope if slope else np.inf
    learning = min(span, to_floor)
    cuts = np.linspace(0.0, learning, 9)
    curve = sum(integral(lambda u: first * before * np.exp((1 + slope) * u), a, b) for a, b in pairwise(cuts))
    return float(curve + floor * (bought - before * np.expm1(learning)))


def _orbits(case: Case) -> Iterator[tuple[str, Vector]]:
    yard, again = assembly(case.facts, case.pair), launched_again(case)
    price = case.number("prices.plant", "GUSD/kt") * yard.plant_kt
    for orbit in case.scenario.satellites.orbits:
        added = case.of("satellites", orbit, "yard", "added")
        yield "orbital yards", again * price * owned(case, "orbital", yard.life_yr) * added
        joined = case.of("satellites", orbit, "hybrid", "added")
        yield "orbital yards", again * price * yard.spares_per_yr * joined


def _arcs(case: Case) -> Iterator[tuple[str, Vector]]:
    again = launched_again(case)
    fuel, parts = (
        again * case.number("prices.fuel", "GUSD/kt"),
        again * case.number("prices.parts", "GUSD/kt"),
    )
    for throw, _, mass in thrown(case):
        yield "imported propellant", fuel * throw.fuel * mass
        if throw.catcher_kt_per_kt_yr:
            yield "catchers", parts * throw.catcher_kt_per_kt_yr * throw.product * mass


def _openings(case: Case) -> Iterator[tuple[str, Vector]]:
    lengths = case.years.lengths
    for site in case.sites:
        cost = case.number(f"sites.{site}.opening_cost", "GUSD")
        yield "opening sites", cost * case.of("openings", site, "opened") / lengths
    yield (
        "lunar programme",
        case.number("prices.programme", "GUSD") * case.of("openings", "moon", "programme") / lengths,
    )


def _plant(case: Case, site: Site) -> Iterator[tuple[str, Vector]]:
    i, again = site.id, launched_again(case)
    price = again * case.number("prices.plant", "GUSD/kt")
    for process in site.network.values():
        landed = process.plant_kt * case.of("builds", i, process.id, "landed")
        yield "imported plant", price * owned(case, "lunar", process.life_yr) * landed
    yield "imported spares and parts", price * case.of("plant", i, "structure", "landed")
    for name, grade in case.grades.items():
        yield (
            "imported spares and parts",
            price * grade.import_factor * case.of("plant", i, "precision", name),
        )
    for node, name, _, mass in case.rows("imports"):
        if node == i and name not in CHIPS and name not in case.pair.imports:
            yield "imported parts for lunar goods", again * case.number("prices.parts", "GUSD/kt") * mass
    yield "imported propellant", again * case.number("prices.fuel", "GUSD/kt") * hop_fuel_kt(case, i)
    for launcher, built in built_at(case, i):
        charged = owned(case, "lunar", launcher.life_yr)
        yield "mass drivers", again * launcher.capital_g_usd * charged * built
    handles = case.number("labour.handled_per_robot", "kt/robot/yr")
    robots = case.of("builds", i, "robots", "landed") / handles
    life = case.number("labour.robot_life", "yr")
    charged = owned(case, "lunar", life)
    yield "robots", again * case.number("labour.robot_price", "GUSD/robot") * charged * robots
    working = handled_kt_per_yr(case, site) / handles
    yield "robot operation", case.number("prices.robot_year", "GUSD/robot/yr") * working
    hulls, whole = (case.of("lunar_goods", i, *good) for good in (("hull", "made"), ("satellite", "shipped")))
    product = case.pair.hull_mass_kt * hulls + case.pair.moon_mass_kt * whole
    yield "lunar operations", case.number("prices.lunar_operations", "GUSD/kt") * product


def _site_power(case: Case, site: Site) -> Iterator[tuple[str, Vector]]:
    i, again = site.id, launched_again(case)
    for option in site.power_options:
        price, life = (
            again * figure(case, option, "price_earth", "GUSD/GW"),
            figure(case, option, "life", "yr"),
        )
        yield (
            "lunar power",
            price * owned(case, "lunar", life) * case.of("power", i, option, "added from earth"),
        )
        yield "lunar power", price * case.of("power", i, option, BROUGHT)
    mass = storage_from_earth_kt(case, i)
    charged = owned(case, "lunar", case.number("power.storage.life", "yr"))
    yield "lunar power", again * case.number("power.storage.price", "GUSD/kt") * charged * mass
    radiators = case.of("power", i, "radiators", "added from earth")
    charged = owned(case, "lunar", case.number("operations.radiator_life", "yr"))
    yield "imported plant", again * case.number("prices.plant", "GUSD/kt") * charged * radiators
