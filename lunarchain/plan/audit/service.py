"""Compute in service: satellites until they fail, slots, sunlight, links, ground halls, demand in tiers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from lunarchain.plan.audit.case import BUILDS, GROUND, Case
from lunarchain.plan.audit.certificate import Line, Statement, Vector
from lunarchain.scenario.schema import Wanted

STOCK = Statement(
    "service stock", "power in service = satellites added within their life, faded and failed [GW]"
)
SLOTS = Statement("slots", "satellites alive + dead ones still in the way <= slots of the orbit [GW]")
SUN = Statement("orbit output", "compute served from an orbit <= sunlit share x power in service [GW]")
CLUSTERS = Statement(
    "training clusters", "training served from an orbit <= sunlit share x members of clusters in service [GW]"
)
MEMBERS = Statement("cluster members", "members of clusters added <= satellites added [GW/yr]")
FORMATION = Statement("formation", "training served where no formation holds <= none [GW]")
LATENCY = Statement("latency", "compute served from where it is too far away <= none [GW]")
MET = Statement("demand met", "compute served, all places = all price tiers [GW]")
TIERS = Statement("tier width", "compute in a price tier <= its width [GW]")
HALLS = Statement("ground halls", "compute served on the ground <= halls standing [GW]")
GRID = Statement("grid connections", "halls added <= connections the grid can make [GW/yr]")
GROUND_CHIPS = Statement(
    "ground chips", "compute served on the ground <= chips standing, failures taken off [GW]"
)
CHIPS = Statement("chip supply", "chips for satellites and halls <= chips made [GW/yr]")
RELAY = Statement("relay capacity", "traffic of all orbits <= ground availability x relay capacity [Tbit/s]")
RELAY_GROWTH = Statement("relay growth", "relay capacity beyond the first <= its growth since [Tbit/s]")
TERMINALS = Statement("terminals", "traffic of an orbit <= rate of its satellites' terminals [Tbit/s]")


def lines(case: Case) -> Iterator[Line]:
    """Every statement about service."""
    for orbit in case.scenario.satellites.orbits:
        yield from _orbit(case, orbit)
    yield from _demand(case)
    yield from _ground(case)
    yield from _relay(case)


def _orbit(case: Case, orbit: str) -> Iterator[Line]:
    in_service = case.of("satellites", orbit, "all", "in service")
    added = np.sum([case.of("satellites", orbit, build, "added") for build in BUILDS], axis=0)
    life = case.number("compute.satellite_life", "yr")
    fade = -math.log1p(-case.number("compute.array_degradation", "1/yr"))
    fade -= math.log1p(-case.number("compute.gpu_failure", "1/yr"))
    yield STOCK.equal(orbit, in_service, case.years.standing(added, life, 0.0, fade))
    failed = 1 - case.number(f"orbits.{orbit}.disposal_success")
    residence = case.number(f"orbits.{orbit}.debris_residence", "yr")
    dead = failed * case.years.standing(added, residence, life) if residence > 0 else case.zero
    sun = case.number(f"orbits.{orbit}.sun_fraction")
    training = trained(case, orbit)
    shared = (1 - 1 / case.number("links.cluster_members", "satellite")) * training / sun
    taken = case.years.standing(added, life) + dead - shared
    yield SLOTS.within(orbit, taken, slots_gw(case, orbit) * case.ones, orbit)
    members = case.of("satellites", orbit, "clusters", "added in clusters")
    yield CLUSTERS.within(orbit, training, sun * case.years.standing(members, life, 0.0, fade))
    yield MEMBERS.within(orbit, members, added)
    torn = case.facts.text(f"orbits.{orbit}.clusters") == "no"
    yield FORMATION.within(orbit, training * torn, training * (not torn))
    served = {q: case.of("compute", orbit, q, "served") for q in case.services}
    yield SUN.within(
        orbit, np.sum(list(served.values()), axis=0), case.number(f"orbits.{orbit}.sun_fraction") * in_service
    )
    there_and_back = 2 * case.number(f"orbits.{orbit}.latency_one_way", "s")
    for q, amount in served.items():
        near = there_and_back <= case.number(f"services.{q}.max_latency", "s")
        yield LATENCY.within(f"{q} from {orbit}", amount * (not near), amount * near)
    rate = case.number("links.terminal_rate", "Tbit/s/satellite") / case.number(
        "satellites.power", "GW/satellite"
    )
    yield TERMINALS.within(orbit, traffic(case, orbit), rate * in_service)


def slots_gw(case: Case, orbit: str) -> float:
    """Power the slots of an orbit hold, at the level of the estimate the scenario chose."""
    fact = case.facts[f"orbits.{orbit}.slots"]
    chosen = {"low": fact.low, "high": fact.high}.get(case.scenario.satellites.slots, fact.value)
    return (fact.value if math.isnan(chosen) else chosen) * case.number("satellites.power", "GW/satellite")


def trained(case: Case, orbit: str) -> Vector:
    """Compute of classes that need satellites working as one, served from an orbit whose satellites are small [GW]."""
    if case.number("satellites.power", "MW/satellite") >= case.number("links.cluster_alone", "MW/satellite"):
        return case.zero
    together = (q for q in case.services if case.facts.text(f"services.{q}.cluster") == "yes")
    return sum((case.of("compute", orbit, q, "served") for q in together), case.zero)


def terminals_kt(case: Case) -> float:
    """Laser terminals to neighbours on a GW of cluster members [kt]."""
    each = case.number("links.cluster_terminals") * case.number("links.cluster_terminal_mass", "kt")
    return each / case.number("satellites.power", "GW/satellite")


def traffic(case: Case, orbit: str) -> Vector:
    """Traffic of what an orbit serves [Tbit/s]."""
    parts = [
        case.number(f"services.{q}.traffic", "Tbit/s/GW") * case.of("compute", orbit, q, "served")
        for q in case.services
    ]
    return np.asarray(np.sum(parts, axis=0))


def launched_again(case: Case) -> float:
    """Chips and satellites bought for each that arrives, lost flights of the most reliable vehicle made good."""
    vehicles = case.scenario.launch.vehicles
    arriving = max(1 - case.number(f"vehicles.{v}.failure_probability") for v in vehicles)
    return 1 / arriving


def wanted_gw(case: Case) -> Vector:
    """Compute wanted in service; after the horizon it stays what it is there."""
    demand, years = case.scenario.demand, case.years
    age = np.minimum(years.since_start, years.edges[years.reported] - years.edges[0])
    if demand.by_class:
        return np.sum([class_gw(case, q) for q in demand.by_class], axis=0)
    if demand.curve:
        return _on_curve(case, demand.curve)
    return np.minimum(demand.first_gw * (1 + demand.growth) ** age, demand.ceiling_gw)


def class_gw(case: Case, service: str) -> Vector:
    """Compute of a class wanted in service [GW]: its own curve, or its share of all."""
    demand = case.scenario.demand
    if demand.by_class:
        return _on_curve(case, demand.by_class[service])
    return case.number(f"services.{service}.share") * wanted_gw(case)


def _on_curve(case: Case, points: tuple[Wanted, ...]) -> Vector:
    """A curve over the periods, held at the horizon and under the ceiling."""
    years, growth = case.years, 1 + case.scenario.demand.growth
    asked = np.minimum(years.middles, years.edges[years.reported])
    drawn = [_between(points, growth, float(year)) for year in asked]
    return np.minimum(drawn, case.scenario.demand.ceiling_gw)


def _between(points: tuple[Wanted, ...], growth: float, year: float) -> float:
    """Between two points the same growth every year; before and after them that of the scenario."""
    if year <= points[0].year:
        return float(points[0].gw) * growth ** (year - points[0].year)
    for early, late in pairwise(points):
        if year <= late.year:
            past = (year - early.year) / (late.year - early.year)
            return float(early.gw) ** (1 - past) * float(late.gw) ** past
    return float(points[-1].gw) * growth ** (year - points[-1].year)


def tiers(case: Case, service: str) -> list[tuple[str, Vector, Vector]]:
    """(name, width [GW], value [G$/GW/yr]) of each price tier of a class, by constant elasticity."""
    value, elasticity = case.number("compute.value", "GUSD/GW/yr"), case.number("compute.elasticity")
    mine = class_gw(case, service)
    edges = (0.0, *case.scenario.demand.tiers)
    reference, wanted = case.scenario.demand.reference_gw, wanted_gw(case)
    scale = case.ones if reference is None else wanted / reference
    return [
        (
            f"tier {j}",
            (high - low) * mine,
            value * np.maximum(high * scale, edges[1]) ** (-1 / elasticity),
        )
        for j, (low, high) in enumerate(pairwise(edges))
    ]


def _demand(case: Case) -> Iterator[Line]:
    places = (*case.scenario.satellites.orbits, GROUND)
    for q in case.services:
        served = np.sum([case.of("compute", place, q, "served") for place in places], axis=0)
        steps = tiers(case, q)
        yield MET.equal(
            q, served, np.sum([case.of("compute", "demand", q, name) for name, _, _ in steps], axis=0)
        )
        for name, width, _ in steps:
            yield TIERS.within(f"{q}, {name}", case.of("compute", "demand", q, name), width)


def _ground(case: Case) -> Iterator[Line]:
    years, policy = case.years, case.scenario.policy
    served = np.sum([case.of("compute", GROUND, q, "served") for q in case.services], axis=0)
    halls, chips = (case.of("ground", GROUND, item, "added") for item in ("halls", "chips"))
    standing = years.standing(halls, case.number("ground.life", "yr"), case.number("ground.build_time", "yr"))
    yield HALLS.within(GROUND, served, standing)
    failing = -math.log1p(-case.number("compute.gpu_failure", "1/yr"))
    yield GROUND_CHIPS.within(
        GROUND, served, years.standing(chips, case.number("compute.chip_life", "yr"), 0.0, failing)
    )
    grid = _growing(case, "ground.grid")
    grid = grid if policy.ground_grid_cap_gw is None else np.minimum(grid, policy.ground_grid_cap_gw)
    yield GRID.within(GROUND, halls, grid if case.scenario.ground.allowed else case.zero)
    made = _growing(case, "compute.chip_supply")
    made = made if policy.chip_supply_cap_gw is None else np.minimum(made, policy.chip_supply_cap_gw)
    yield CHIPS.within("all", chips + launched_again(case) * satellites_added_gw_per_yr(case), made)


def _growing(case: Case, key: str) -> Vector:
    """A limit [GW/yr] that grows at a steady rate from the first instant."""
    first, rate = case.number(f"{key}_first", "GW/yr"), case.number(f"{key}_growth", "1/yr")
    return np.asarray(first * (1 + rate) ** case.years.since_start)


def satellites_added_gw_per_yr(case: Case) -> Vector:
    """Satellites added a year, all orbits and builds."""
    orbits = case.scenario.satellites.orbits
    return sum((case.of("satellites", o, build, "added") for o in orbits for build in BUILDS), case.zero)


def _relay(case: Case) -> Iterator[Line]:
    first, growth = case.number("links.relay_first", "Tbit/s"), case.number("links.relay_growth", "1/yr")
    added = case.of("links", "relay", "capacity", "added")
    standing = case.years.standing(added, case.number("links.relay_life", "yr"))
    sent = sum((traffic(case, orbit) for orbit in case.scenario.satellites.orbits), case.zero)
    yield RELAY.within("relays", sent, case.number("links.ground_availability") * (first + standing))
    yield RELAY_GROWTH.within("relays", first + standing, first * (1 + growth) ** case.years.since_start)
