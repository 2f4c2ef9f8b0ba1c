"""Every (node, item, detail) a table may have a row for: what the case has and the scenario allows."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

from lunarchain.plan.audit.case import BUILDS, GROUND, SLICES, Case, Key
from lunarchain.plan.audit.power import BROUGHT, SOURCES, made_on_moon
from lunarchain.plan.launchers import LAUNCHERS, UNITS

CARGOES = ("plant", "parts", "chips", "satellite")
GOODS = ("hull", "kit", "vehicles", "line")
LAUNCHES = (("flights", ""), ("cadence", ""), ("pads", "added"), ("ships", "added"), ("lifted so far", ""))

Places = dict[str, set[Key]]


def known_places(case: Case) -> Places:
    """Places by table; the cost table is compared item by item elsewhere."""
    return _factory(case) | _power(case) | _thrown(case) | _hauled(case) | _carried(case) | _served(case)


def within(case: Case, known: Places) -> Case:
    """The case without rows that have no place in it, so that the rest of the plan can still be judged."""
    kept = {
        table: {key: values for key, values in found.items() if table not in known or key in known[table]}
        for table, found in case.series.items()
    }
    return replace(case, series=kept)


def _factory(case: Case) -> Places:
    runs = [(site.id, process) for site in case.sites.values() for process in site.network.values()]
    melts = {(i, p.id, "kept hot") for i, p in runs if p.hot_idle > 0}
    robots = {(i, "robots", k) for i in case.sites for k in ("landed", "local")}
    pools = {*product(("structure", "precision"), case.grades), ("structure", "landed")}
    opened = {(i, "opened", "") for i in case.sites}
    plant = {(i, pool, grade) for i in case.sites for pool, grade in pools}
    imports = [c for c in case.facts.children("commodities") if f"commodities.{c}.class" in case.facts]
    return {
        "activity": {(i, p.id, s) for i, p in runs for s in SLICES} | melts,
        "capacity": {(i, p.id, "") for i, p in runs},
        "builds": {(i, p.id, k) for i, p in runs for k in ("landed", "local")} | robots,
        "plant": plant | {("moon", "made so far", "")} if case.sites else set(),
        "imports": {(i, c, "") for i in case.sites for c in imports if c.startswith("imp_")},
        "openings": opened | {("moon", "programme", "")} if case.sites else set(),
    }


def _power(case: Case) -> Places:
    store = {("storage", "given to the dark"), *product(("storage", "radiators"), SOURCES)}
    places = {(i, item, detail) for i in case.sites for item, detail in store}
    for site in case.sites.values():
        for option in site.power_options:
            sources = SOURCES if made_on_moon(case, option) else SOURCES[:1]
            places |= {(site.id, option, detail) for detail in ("standing", BROUGHT, *sources)}
    return {"power": places}


def _thrown(case: Case) -> Places:
    chosen = case.scenario.launcher
    fit = [
        (stand, name)
        for stand, named in case.launchers.items()
        for name, found in named.items()
        if found.design.payload_class in chosen.payload_classes
    ]
    flows = [(t, s) for t in case.throws.values() for s in SLICES if t.open_share[s] > 0]
    return {
        "tracks": {(stand, name, what) for stand, name in fit for what in ("built", "standing")},
        LAUNCHERS: {(stand, name, what) for stand, name in fit for what in UNITS},
        "stators": {(stand, "stators", what) for stand, _ in fit for what in ("renewed", "left")},
        "shots": {(j, name, s) for stand, name in fit for j in case.stands[stand] for s in SLICES},
        "thrown": {(t.track, t.destination, f"{t.payload_class}|{t.mode}|{s}") for t, s in flows},
    }


def _hauled(case: Case) -> Places:
    ends = [f"{start}>{end}" for start, end in permutations(case.sites, 2)]
    made = product(case.sites, (("hull", "made"), ("satellite", "shipped")))
    return {
        "haulage": set(product(ends, GOODS, case.scenario.moon.haulage)),
        "lunar_goods": {(i, good, what) for i, (good, what) in made},
    }


def _carried(case: Case) -> Places:
    routes = [r for r in case.facts.children("routes") if f"routes.{r}.to" in case.facts]
    orbits = {*case.scenario.satellites.orbits, *(t.destination for t in case.throws.values())}
    launches = product(case.scenario.launch.vehicles, LAUNCHES)
    return {
        "transport": set(product({*case.sites, *orbits}, routes, CARGOES)),
        "launches": {(vehicle, item, detail) for vehicle, (item, detail) in launches},
    }


def _served(case: Case) -> Places:
    orbits, moon = case.scenario.satellites.orbits, case.scenario.moon
    allowed = {"earth": True, "hybrid": moon.orbital_yards, "moon": moon.assembly}
    builds = [build for build in BUILDS if allowed[build] and (case.sites or build == "earth")]
    tiers = [f"tier {j}" for j in range(len(case.scenario.demand.tiers))]
    stocks = {(o, "all", "in service") for o in orbits} | {(o, "yard", "added") for o in orbits}
    stocks |= {(o, "clusters", "added in clusters") for o in orbits}
    stocks |= {("all", item, "bought so far") for item in ("parts", "bodies")}
    demand = {("demand", q, tier) for q in case.services for tier in tiers}
    return {
        "satellites": {(o, build, "added") for o in orbits for build in builds} | stocks,
        "compute": {(o, q, "served") for o in (*orbits, GROUND) for q in case.services} | demand,
        "ground": {(GROUND, "halls", "added"), (GROUND, "chips", "added")},
        "links": {("relay", "capacity", "added")},
    }
