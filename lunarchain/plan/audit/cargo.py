"""What must be brought from Earth, to which place, as which kind of cargo, and the routes that brought it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from lunarchain.industry.satellites import assembly
from lunarchain.plan.audit.case import Case, Site
from lunarchain.plan.audit.certificate import Line, Statement, Vector
from lunarchain.plan.audit.deliveries import reached_kt_per_yr, thrown
from lunarchain.plan.audit.plant import robot_mass_kt
from lunarchain.plan.audit.power import BROUGHT, SOURCES, STORE_MATERIALS, figure
from lunarchain.plan.audit.service import terminals_kt
from lunarchain.plan.audit.tracks import built_at, stators_at

CARGO = Statement("cargo", "mass a place needs from Earth, by kind of cargo <= mass carried to it [kt/yr]")
ROUTE = Statement(
    "route open", "mass carried by a route that is not open, or not for this cargo <= none [kt/yr]"
)
LANDING = Statement("earliest landing", "mass landed at a site before it can be reached <= none [kt/yr]")
OPENED = Statement("opened before landing", "mass landed at a site that is not opened <= none [kt/yr]")
FIRST = Statement(
    "first landing", "least first landing of a site <= mass landed in the period that opens it [kt]"
)
ONCE = Statement(
    "opened once", "times a site is opened <= times the programme is started so far, at most one [count]"
)
DEPOT = Statement(
    "depot oxygen", "oxygen routes draw in orbit <= oxygen thrown from the Moon that arrives [kt/yr]"
)

CHIPS = ("imp_compute", "imp_package")  # compute, whole or before packaging
DEPOTS = ("nrho", "eml1", "eml2")  # where landers wait for oxygen

Needs = dict[tuple[str, str], Vector]


def landed_needs(case: Case) -> Needs:
    """Mass needed on the Moon [kt/yr] by (site, kind of cargo)."""
    needs: Needs = defaultdict(lambda: case.zero)
    for site in case.sites.values():
        for cargo, mass in (*_machines(case, site), *_parts(case, site)):
            needs[site.id, cargo] = needs[site.id, cargo] + mass
    return dict(needs)


def _machines(case: Case, site: Site) -> Iterator[tuple[str, Vector]]:
    i = site.id
    for process in site.network.values():
        yield "plant", process.plant_kt * case.of("builds", i, process.id, "landed")
    yield "plant", case.of("plant", i, "structure", "landed")
    for name, grade in case.grades.items():
        yield "plant", grade.import_factor * case.of("plant", i, "precision", name)
    for option in site.power_options:
        mass = figure(case, option, "imported_mass_earth", "kt/GW")
        yield "plant", mass * case.total("power", i, option, ("added from earth", BROUGHT))
    yield "plant", storage_from_earth_kt(case, i)
    yield "plant", case.of("power", i, "radiators", "added from earth")
    yield "plant", robot_mass_kt(case) * case.of("builds", i, "robots", "landed")
    for launcher, built in built_at(case, i):
        yield "plant", launcher.imported_mass_kt * built
    yield "plant", stators_at(case, i)[1]


def storage_from_earth_kt(case: Case, site: str) -> Vector:
    """Storage a site takes from Earth [kt/yr]: all of what is brought, and what of the rest is not lunar."""
    lunar = sum(case.number(f"power.storage.lunar_{name}") for name in STORE_MATERIALS)
    earth, moon = (case.of("power", site, "storage", source) for source in SOURCES)
    return (earth + (1 - lunar) * moon) / case.number("power.storage.specific_energy", "GWh/kt")


def hop_fuel_kt(case: Case, site: str) -> Vector:
    """Fuel landed for what leaves a site by ballistic hop [kt/yr]."""
    fuel = case.zero
    for pair_, item, way, mass in case.rows("haulage"):
        if item in ("hull", "kit") and pair_.split(">")[0] == site and f"haulage.{way}.fuel" in case.facts:
            fuel = fuel + case.number(f"haulage.{way}.fuel") * mass
    return fuel


def _parts(case: Case, site: Site) -> Iterator[tuple[str, Vector]]:
    yield "parts", hop_fuel_kt(case, site.id)
    for throw, _, mass in thrown(case):
        if throw.site == site.id:
            yield "parts", throw.fuel * mass
    for node, name, _, mass in case.rows("imports"):
        if node == site.id:
            yield "chips" if name in CHIPS else "parts", mass


def lifted_needs(case: Case) -> Needs:
    """Mass needed in orbits [kt/yr] by (orbit, kind of cargo)."""
    needs: Needs = defaultdict(lambda: case.zero)
    yard = assembly(case.facts, case.pair)
    for orbit in case.scenario.satellites.orbits:
        joined = case.of("satellites", orbit, "hybrid", "added")
        wired = case.of("satellites", orbit, "clusters", "added in clusters")
        whole = case.pair.earth_mass_kt * case.of("satellites", orbit, "earth", "added")
        needs[orbit, "satellite"] = whole + terminals_kt(case) * wired
        needs[orbit, "parts"] = sum(case.pair.imports.values()) * joined
        spares = yard.spares_per_yr * joined
        needs[orbit, "plant"] = yard.plant_kt * (case.of("satellites", orbit, "yard", "added") + spares)
    for throw, _, mass in thrown(case):
        if throw.catcher_kt_per_kt_yr:
            place = throw.destination, "plant"
            needs[place] = needs[place] + throw.catcher_kt_per_kt_yr * throw.product * mass
    return dict(needs)


def lines(case: Case) -> Iterator[Line]:
    """Every statement about cargo, routes and openings."""
    landed = landed_needs(case)
    for (place, cargo), needed in (landed | lifted_needs(case)).items():
        carried = [mass for node, _, kind, mass in case.rows("transport") if (node, kind) == (place, cargo)]
        yield CARGO.within(f"{cargo} to {place}", needed, sum(carried, case.zero))
    for place, route, cargo, mass in case.rows("transport"):
        yield ROUTE.within(
            f"{cargo} to {place} by {route}", mass * ~_open(case, place, route, cargo), case.zero
        )
    for site in case.sites:
        yield from _openings(
            case, site, sum((mass for (i, _), mass in landed.items() if i == site), case.zero)
        )
    yield from _depots(case)


def _open(case: Case, place: str, route: str, cargo: str) -> np.ndarray:
    """Periods in which a route runs to a place with a kind of cargo."""
    key, chosen = f"routes.{route}", case.scenario.launch.routes
    goal = "moon" if place in case.sites else place
    kind = case.facts.text(f"{key}.cargo")
    fits = kind in ("any", cargo) or (
        kind == "plant" and cargo == "parts"
    )  # a slow route bears parts as well
    if not fits or case.facts.text(f"{key}.to") != goal or (chosen and route not in chosen):
        return np.zeros(case.years.count, dtype=bool)
    return case.years.middles >= case.number(f"{key}.available_from", "yr")


def _openings(case: Case, site: str, needed: Vector) -> Iterator[Line]:
    carried = sum((mass for node, _, _, mass in case.rows("transport") if node == site), case.zero)
    early = case.years.middles < case.number(f"sites.{site}.earliest_landing", "yr")
    opened = np.cumsum(case.of("openings", site, "opened"))
    begun = np.cumsum(case.of("openings", "moon", "programme"))
    yield LANDING.within(site, carried * early, carried * ~early)
    yield OPENED.within(site, needed * (opened < 1), needed * (opened >= 1))
    opening = case.of("openings", site, "opened")
    least = case.number("operations.first_landing", "kt") * opening
    yield FIRST.within(site, least, carried * case.years.lengths * (opening > 0))
    yield ONCE.within(site, opened, np.minimum(begun, 1.0))


def _depots(case: Case) -> Iterator[Line]:
    drawn = case.zero
    for _, route, _, mass in case.rows("transport"):
        drawn = drawn + case.number(f"routes.{route}.orbital_oxygen") * mass
    yield DEPOT.within(
        "depots", drawn, sum((reached_kt_per_yr(case, o, "oxygen") for o in DEPOTS), case.zero)
    )
