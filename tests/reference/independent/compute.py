"""Demand for compute, ground data centres, satellites in their orbits, links and chips."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

from lunarchain.scenario.schema import Demand, Wanted
from tests.reference.independent.earth import cadence_limits
from tests.reference.independent.periods import compounded
from tests.reference.independent.problem import INF, Terms, scaled
from tests.reference.independent.setting import HOURS, Setting

KINDS = ("earth", "hybrid", "moon")


def wanted(s: Setting, t: int) -> float:
    """GW wanted in service; the tail keeps what is wanted at the horizon."""
    demand = s.scenario.demand
    years = s.p.years_in(t) if t < s.p.reported else s.p.edges[s.p.reported] - s.p.edges[0]
    if demand.by_class:
        return sum(_of_class(s, q, years) for q in demand.by_class)
    if demand.curve:
        return min(_drawn(demand, demand.curve, s.p.edges[0] + years), demand.ceiling_gw)
    return min(compounded(demand.first_gw, demand.growth, years), demand.ceiling_gw)


def _of_class(s: Setting, q: str, years: float) -> float:
    demand = s.scenario.demand
    return min(_drawn(demand, demand.by_class[q], s.p.edges[0] + years), demand.ceiling_gw)


def _part(s: Setting, q: str, t: int) -> float:
    """Share of what is wanted that a class has."""
    if not s.scenario.demand.by_class:
        return s.number(f"services.{q}.share")
    years = s.p.years_in(t) if t < s.p.reported else s.p.edges[s.p.reported] - s.p.edges[0]
    return _of_class(s, q, years) / wanted(s, t)


def _drawn(demand: Demand, curve: tuple[Wanted, ...], year: float) -> float:
    """A straight line between points on logarithmic paper, and beyond them the slope of the growth rate."""
    points = [(p.year, math.log(float(p.gw))) for p in curve]
    slope = math.log1p(demand.growth)
    knots = [
        (points[0][0] - 1e3, points[0][1] - 1e3 * slope),
        *points,
        (points[-1][0] + 1e3, points[-1][1] + 1e3 * slope),
    ]
    for (y0, a), (y1, b) in itertools.pairwise(knots):
        if y0 <= year <= y1:
            return math.exp(a + (b - a) * (year - y0) / (y1 - y0))
    raise AssertionError(year)


def add_demand(s: Setting) -> None:
    """Classes, price tiers and who may serve them."""
    value, elasticity = s.number("compute.value", "GUSD/GW/yr"), s.number("compute.elasticity")
    edges = s.scenario.demand.tiers
    for t in s.p.all:
        for q in s.facts.children("services"):
            share = _part(s, q, t)
            supply = [(1.0, s.problem.column("served", o, q, t)) for o in places(s, q)]
            for j, (low, high) in enumerate(zip((0.0, *edges), edges, strict=False)):
                width = (high - low) * wanted(s, t) * share
                tier = s.problem.column("tier", q, j, t, upper=width)
                reference = s.scenario.demand.reference_gw or wanted(s, t)
                price = value * max(high * wanted(s, t) / reference, edges[0]) ** (-1 / elasticity)
                s.pay(t, -price, tier)
                s.problem.offset += s.p.present(t) * price * width
                supply.append((-1.0, tier))
            s.problem.row("demand", supply, 0.0, 0.0)


def places(s: Setting, q: str) -> list[str]:
    """Orbits near enough for a class, and the ground."""
    limit = s.number(f"services.{q}.max_latency", "s")
    near = [
        o for o in s.scenario.satellites.orbits if 2 * s.number(f"orbits.{o}.latency_one_way", "s") <= limit
    ]
    if together(s, q):
        near = [o for o in near if s.facts.text(f"orbits.{o}.clusters") == "yes"]
    return [*near, "ground"]


def together(s: Setting, q: str) -> bool:
    """Whether a class runs on several satellites at once."""
    big = s.number("satellites.power", "kW/satellite") >= s.number("links.cluster_alone", "kW/satellite")
    return s.facts.text(f"services.{q}.cluster") == "yes" and not big


def add_clusters(s: Setting) -> None:
    """Who trains flies close together: terminals to neighbours, and one place in the shell for all."""
    n = s.number
    fading = yearly_loss(s, "compute.array_degradation") + yearly_loss(s, "compute.gpu_failure")
    wired = n("links.cluster_terminals") * n("links.cluster_terminal_mass", "t")
    wired *= 1e-3 / n("satellites.power", "GW/satellite")
    for o in s.scenario.satellites.orbits:
        for t in s.p.all:
            work = [
                y
                for q in s.facts.children("services")
                if together(s, q)
                for y in s.problem.get("served", o, q, t)
            ]
            if not work:
                continue
            column = s.problem.column("clustered_added", o, t)
            sun = n(f"orbits.{o}.sun_fraction")
            flying = s.stock(("clustered_added", o), t, n("compute.satellite_life", "yr"), 0.0, fading)
            s.problem.row("clusters", work + scaled(-sun, flying), upper=0.0)
            added = [(-1.0, s.problem["added", o, k, t]) for k in KINDS]
            s.problem.row("members", [(1.0, column), *added], upper=0.0)
            s.need("carry", "orbit", o, "satellite", t, terms=[(wired, column)])
            s.need("parts bought", t, terms=[(s.bought * wired, column)])


def _served(s: Setting, place: str, t: int) -> Terms:
    return [term for q in s.facts.children("services") for term in s.problem.get("served", place, q, t)]


def add_ground(s: Setting) -> None:
    """Halls wait for the grid and for building, chips fail; what runs pays electricity, carbon and staff."""
    n, policy = s.number, s.scenario.policy
    capex, chip = n("ground.capex_facility", "GUSD/GW"), n("compute.chip_price", "GUSD/GW")
    life, chip_life = n("ground.life", "yr"), n("compute.chip_life", "yr")
    drawn = HOURS * n("ground.pue")
    carbon = n("ground.carbon", "kt/GWh") * (policy.ground_carbon_price_usd_t or 0.0) * 1e-6
    running = drawn * (n("ground.electricity", "GUSD/GWh") + carbon) + n("ground.overhead", "1/yr") * capex
    for t in s.p.all:
        most = compounded(n("ground.grid_first", "GW/yr"), n("ground.grid_growth", "1/yr"), s.p.years_in(t))
        if policy.ground_grid_cap_gw is not None:
            most = min(most, policy.ground_grid_cap_gw)
        halls = s.problem.column("halls_added", t, upper=most if s.scenario.ground.allowed else 0.0)
        chips = s.problem.column("ground_chips_added", t)
        s.pay(t, capex, halls, life, "ground")
        s.pay(t, chip, chips, chip_life, "ground")
        s.need("chips", t, terms=[(1.0, chips)])
        standing_halls = s.stock(("halls_added",), t, life, n("ground.build_time", "yr"))
        standing_chips = s.stock(
            ("ground_chips_added",), t, chip_life, 0.0, yearly_loss(s, "compute.gpu_failure")
        )
        served = _served(s, "ground", t)
        for _, column in served:
            s.pay(t, running, column)
        s.problem.row("halls", served + scaled(-1, standing_halls), upper=0.0)
        s.problem.row("ground chips", served + scaled(-1, standing_chips), upper=0.0)


def add_satellites(s: Setting) -> None:
    """Three ways to add a GW, what each takes from Earth, and how long it serves."""
    n, pair = s.number, s.pair
    life = n("compute.satellite_life", "yr")
    compute = pair.imports["imp_compute"]
    parts, bought = sum(pair.imports.values()), s.bought
    inside = contents(s)
    for t in s.p.all:
        for o in s.scenario.satellites.orbits:
            added = {
                k: s.problem.column("added", o, k, t, upper=INF if _allowed(s, k) else 0.0) for k in KINDS
            }
            s.problem.column("in_service", o, t)
            s.problem.column("yard_added", o, t)
            for column in added.values():
                s.pay(t, bought * n("compute.chip_price", "GUSD/GW"), column, life, "orbital")
                s.need("chips", t, terms=[(bought, column)])
            s.need("bodies bought", t, terms=[(bought, added["earth"])])
            s.need("parts bought", t, terms=[(bought * inside, added["earth"])])
            s.need("parts bought", t, terms=[(bought * (parts - compute), added["hybrid"])])
            s.need("carry", "orbit", o, "satellite", t, terms=[(pair.earth_mass_kt, added["earth"])])
            s.need("carry", "orbit", o, "parts", t, terms=[(parts, added["hybrid"])])
            _fleet(s, o, t)
            _yard(s, o, t)
            _shell(s, o, t)


def contents(s: Setting) -> float:
    """Parts in a GW of Earth-built satellites [kt]: those of the lunar twin, while its price pays for them."""
    twin = sum(s.pair.imports.values()) - s.pair.imports["imp_compute"]
    return min(twin, s.number("compute.satellite_price", "GUSD/GW") / s.number("prices.parts", "GUSD/kt"))


def close_satellite_prices(s: Setting) -> None:
    """The bills of parts and of bodies, each replaced by its chord from nothing to the most there can be."""
    n, inside = s.number, contents(s)
    part_price = n("prices.parts", "GUSD/kt")
    body_price = n("compute.satellite_price", "GUSD/GW") - inside * part_price
    most_parts, most_bodies = _most(s, inside)
    for name, price, per_gw, most in (
        ("parts", part_price, inside, most_parts), ("bodies", body_price, 1.0, most_bodies),
    ):  # fmt: skip
        cost, reach = _wright(s, price, per_gw), 0.0
        due = [
            s.p.present(t) / s.p.length(t) * s.due(t, n("compute.satellite_life", "yr"), "orbital")
            for t in s.p.all
        ]
        for t in s.p.all:
            reach += most[t] * s.p.length(t)
            column = s.problem.column(f"{name}_so_far", t, upper=reach)
            before = scaled(-1, s.problem.get(f"{name}_so_far", t - 1))
            now = scaled(-s.p.length(t), s.problem.sums[f"{name} bought", t])
            s.problem.row(f"{name} so far", [(1.0, column), *before, *now], 0.0, 0.0)
            later = due[t + 1] if t + 1 < len(due) else 0.0
            s.problem.pay((due[t] - later) * (cost(reach) / reach if reach else 0.0), column)


def _wright(s: Setting, price: float, per_gw: float) -> Callable[[float], float]:
    """Cost of the first so many units at a price that held after ``satellite_price_at`` GW, falling to its floor."""
    n = s.number
    b = -math.log2(1 - n("compute.satellite_learning"))
    start, whole = n("compute.satellite_experience", "GW"), n("compute.satellite_price", "GUSD/GW")
    first = price * (n("compute.satellite_price_at", "GW") / start) ** b
    least = price * min(1.0, n("compute.satellite_price_floor", "GUSD/GW") / whole)
    x0 = start * per_gw
    knee = x0 * ((first / least) ** (1 / b) - 1)

    def falling(x: float) -> float:
        return first * x0 / (1 - b) * ((1 + x / x0) ** (1 - b) - 1)

    return lambda x: falling(x) if x <= knee else falling(knee) + least * (x - knee)


def _most(s: Setting, inside: float) -> tuple[list[float], list[float]]:
    """Most parts [kt/yr] and bodies [GW/yr] that flights can lift and chips can fill."""
    pair, n = s.pair, s.number
    routes = s.scenario.launch.routes or tuple(s.facts.children("routes"))

    def lean(ends: tuple[str, ...]) -> float:
        return min(n(f"routes.{r}.lift") for r in routes if s.facts.text(f"routes.{r}.to") in ends)

    up = lean(s.scenario.satellites.orbits)
    imports = sum(pair.imports.values())
    wired = n("links.cluster_terminals") * n("links.cluster_terminal_mass", "kt")
    wired /= n("satellites.power", "GW/satellite")
    per_kt = [(inside + wired) / (pair.earth_mass_kt + wired) / up]
    if s.sites:
        hybrid = (imports - pair.imports["imp_compute"] + wired) / (imports + wired) / up
        per_kt += [hybrid, 1 / lean(("moon",))]
    cap, parts, bodies = s.scenario.policy.chip_supply_cap_gw, [], []
    for t in s.p.all:
        lift = sum(
            cadence_limits(s, v)[t]
            * n(f"vehicles.{v}.payload_leo", "kt/flight")
            * (1 - n(f"vehicles.{v}.failure_probability"))
            for v in s.scenario.launch.vehicles
        )
        chips = compounded(
            n("compute.chip_supply_first", "GW/yr"), n("compute.chip_supply_growth", "1/yr"), s.p.years_in(t)
        )
        parts.append(s.bought * lift * max(per_kt))
        bodies.append(
            min(s.bought * lift / pair.earth_mass_kt / up, chips if cap is None else min(chips, cap))
        )
    return parts, bodies


def yearly_loss(s: Setting, key: str) -> float:
    """Rate at which a share lost each year is lost in continuous time."""
    return -math.log1p(-s.number(key, "1/yr"))


def _allowed(s: Setting, kind: str) -> bool:
    moon = s.scenario.moon
    return kind == "earth" or (bool(s.sites) and (moon.assembly if kind == "moon" else moon.orbital_yards))


def _fleet(s: Setting, o: str, t: int) -> None:
    n = s.number
    loss = yearly_loss(s, "compute.array_degradation") + yearly_loss(s, "compute.gpu_failure")
    alive = [
        x for k in KINDS for x in s.stock(("added", o, k), t, n("compute.satellite_life", "yr"), 0.0, loss)
    ]
    s.problem.row("in service", [*s.problem.get("in_service", o, t), *scaled(-1, alive)], 0.0, 0.0)
    sun = n(f"orbits.{o}.sun_fraction")
    s.problem.row("sunlit", _served(s, o, t) + scaled(-sun, s.problem.get("in_service", o, t)), upper=0.0)


def _yard(s: Setting, o: str, t: int) -> None:
    """Yards are assembly plant (P13) brought from Earth to the orbit."""
    n, column = s.number, s.problem["yard_added", o, t]
    plant = n("processes.P13.plant", "kt/(kt/yr)") * s.pair.moon_mass_kt
    life = n("processes.P13.life", "yr")
    s.pay(t, s.bought * n("prices.plant", "GUSD/kt") * plant, column, life, "orbital")
    s.need("carry", "orbit", o, "plant", t, terms=[(plant, column)])
    worn = n("processes.P13.spares", "1/yr") * plant
    s.need("carry", "orbit", o, "plant", t, terms=scaled(worn, s.problem.get("added", o, "hybrid", t)))
    s.pay(t, s.bought * s.number("prices.plant", "GUSD/kt") * worn, s.problem["added", o, "hybrid", t])
    ready = s.stock(("yard_added", o), t, life, n("operations.commissioning_lag", "yr"))
    s.problem.row("yard", s.problem.get("added", o, "hybrid", t) + scaled(-1, ready), upper=0.0)


def _shell(s: Setting, o: str, t: int) -> None:
    """Places in a shell are held in life and by what failed until it decays; ash falls in the year after life."""
    n, life = s.number, s.number("compute.satellite_life", "yr")
    failed, residence = 1 - n(f"orbits.{o}.disposal_success"), n(f"orbits.{o}.debris_residence", "yr")
    held: Terms = []
    for k in KINDS:
        held += s.stock(("added", o, k), t, life)
        held += scaled(failed, s.stock(("added", o, k), t, residence, life)) if residence else []
    fact = s.facts[f"orbits.{o}.slots"]
    slots = {"low": fact.low, "nominal": fact.value, "high": fact.high}[s.scenario.satellites.slots]
    apart = 1 / n("links.cluster_members", "satellite")
    for q in s.facts.children("services"):
        if together(s, q):
            held += scaled((apart - 1) / n(f"orbits.{o}.sun_fraction"), s.problem.get("served", o, q, t))
    s.problem.row("slots", held, upper=slots * n("satellites.power", "GW/satellite"))
    if s.facts.text(f"orbits.{o}.reenters") == "yes":
        for k, mass in zip(KINDS, (s.pair.earth_mass_kt, *[s.pair.moon_mass_kt] * 2), strict=True):
            last_year = s.stock(("added", o, k), t, 1.0, life)
            s.need("alumina", t, terms=scaled(n("emissions.alumina_per_sat") * mass, last_year))


def add_links(s: Setting) -> None:
    """Every served GW talks through its own terminals and a shared relay network."""
    n = s.number
    rate = n("links.terminal_rate", "Tbit/s/satellite") / n("satellites.power", "GW/satellite")
    first, life = n("links.relay_first", "Tbit/s"), n("links.relay_life", "yr")
    up = n("links.ground_availability")
    for t in s.p.all:
        s.pay(t, n("links.relay_price", "GUSD/(Tbit/s)"), s.problem.column("relay_added", t), life, "orbital")
        everything: Terms = []
        for o in s.scenario.satellites.orbits:
            sent = [
                (n(f"services.{q}.traffic", "Tbit/s/GW"), column)
                for q in s.facts.children("services")
                for _, column in s.problem.get("served", o, q, t)
            ]
            everything += sent
            s.problem.row("terminals", sent + scaled(-rate, s.problem.get("in_service", o, t)), upper=0.0)
        relays = s.stock(("relay_added",), t, life)
        s.problem.row("relay", everything + scaled(-up, relays), upper=up * first)
        grown = compounded(first, n("links.relay_growth", "1/yr"), s.p.years_in(t))
        s.problem.row("relay growth", relays, upper=grown - first)


def close_chips(s: Setting) -> None:
    """All chips come from one supply."""
    cap = s.scenario.policy.chip_supply_cap_gw
    first, growth = (
        s.number("compute.chip_supply_first", "GW/yr"),
        s.number("compute.chip_supply_growth", "1/yr"),
    )
    for t in s.p.all:
        supply = compounded(first, growth, s.p.years_in(t))
        s.problem.row("chips", s.problem.sums["chips", t], upper=supply if cap is None else min(supply, cap))


def close_goals(s: Setting) -> None:
    """What the scenario asks to be reached, in reported periods only."""
    goals, x = s.scenario.goals, s.problem
    begin = s.p.edges[0] if goals.served_from is None else goals.served_from
    for t in range(s.p.reported):
        if goals.least_share_served is not None and s.p.middle(t) >= begin:
            least = goals.least_share_served * wanted(s, t) * s.scenario.demand.tiers[-1]
            everywhere = [
                y for place in (*s.scenario.satellites.orbits, "ground") for y in _served(s, place, t)
            ]
            x.row("share served", everywhere, lower=least)
        if goals.satellites_in is not None and s.p.edges[t] <= goals.satellites_in < s.p.edges[t + 1]:
            made = [(1.0, x["added", o, k, t]) for o in s.scenario.satellites.orbits for k in KINDS]
            x.row("satellites a year", made, lower=goals.satellites_gw_per_yr)
