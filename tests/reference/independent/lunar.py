"""Lunar industry: processes and their plant, grades of lunar-made plant, robots, haulage, commodity balances."""

from __future__ import annotations

import math
from itertools import permutations

from lunarchain.industry.network import IMPORT_PREFIX, Process, mass_kt, processes, resources
from lunarchain.industry.plant import plant_kit
from lunarchain.industry.satellites import assembly
from tests.reference.independent.periods import seeds
from tests.reference.independent.problem import INF, Terms, scaled
from tests.reference.independent.setting import HOURS, SLICES, Setting


def network(s: Setting, site: str) -> dict[str, Process]:
    """Processes that may stand at a site: the regular ones and those the scenario names, with their taps."""
    kind = s.facts.text(f"sites.{site}.kind")
    everyone = processes(s.facts, s.facts.text(f"sites.{site}.soil"))
    chosen = {k: v for k, v in everyone.items() if v.site_kind in ("any", kind) and _asked(s, v)}
    kit = plant_kit(s.facts)
    shop = Process("kit", "", "kt", dict(kit.lunar), {"kit": 1.0}, kit.electricity_gwh, kit.plant_kt, kit.life_yr,
                   kit.spares_per_yr, kit.import_share, kit.heat_class, 0.0, False, "kit")  # fmt: skip
    extra = {"kit": shop} | ({"P13": assembly(s.facts, s.pair)} if s.scenario.moon.assembly else {})
    return chosen | extra


def _asked(s: Setting, process: Process) -> bool:
    asked = s.scenario.moon.processes
    rows = s.facts.below(f"processes.{process.base}")
    own = rows if "optional" in rows else s.facts.below(f"processes.{rows['like'].text}")
    if own["optional"].text != "no" and process.base not in asked:
        return False
    if not process.mode:
        return True
    reactor = s.facts.text(f"extraction.mode.{process.mode}.process")
    return s.facts.text(f"processes.{reactor}.optional") == "no" or reactor in asked


def add_industry(s: Setting) -> None:
    """Every process of every site: capacity, activity, plant, spares, power, heat, streams."""
    free = set(resources(s.facts))
    for i in s.sites:
        for process in network(s, i).values():
            for t in s.p.all:
                _capacity(s, i, process, t)
                _run(s, i, process, t, free)
                if process.hot_idle > 0:
                    _night(s, i, process, t)


def _capacity(s: Setting, i: str, process: Process, t: int) -> None:
    x, p = s.problem, process.id
    capacity = x.column("capacity", i, p, t)
    landed, local = x.column("build", i, p, "landed", t), x.column("build", i, p, "local", t)
    lag = s.number("operations.commissioning_lag", "yr")
    built = [y for k in ("landed", "local") for y in s.stock(("build", i, p, k), t, process.life_yr, lag)]
    x.row("capacity", [(1.0, capacity), *scaled(-1, built)], 0.0, 0.0)
    s.need("carry", "moon", i, "plant", t, terms=[(process.plant_kt, landed)])
    s.pay(t, s.bought * s.number("prices.plant", "GUSD/kt") * process.plant_kt, landed, process.life_yr)
    machines(s, i, t, process.import_share, [(process.plant_kt, local)])
    machines(s, i, t, process.import_share, [(process.spares_per_yr * process.plant_kt, capacity)])


def machines(s: Setting, i: str, t: int, import_share: float, terms: Terms) -> None:
    """Ask for plant [kt/yr], part of it structure and the rest precision parts."""
    s.need("structure", i, t, terms=scaled(1 - import_share, terms))
    s.need("precision", i, t, terms=scaled(import_share, terms))


def _run(s: Setting, i: str, process: Process, t: int, free: set[str]) -> None:
    x, p = s.problem, process.id
    up = s.number("maintenance.availability")
    radiator = s.number(f"heat.{process.heat_class}.radiator", "kt/GW")
    for sl in SLICES:
        share, run = s.share(i, sl), x.column("activity", i, p, t, sl)
        x.row("run", [(1.0, run), (-up * share, x["capacity", i, p, t])], upper=0.0)
        s.need("energy", i, t, sl, terms=[(process.electricity_gwh, run)])
        heat = process.electricity_gwh / (HOURS * share) * radiator
        s.need("heat", i, t, sl, terms=[(heat, run)])
        for c, amount in process.inputs.items():
            if c not in free:
                s.need("goods", i, c, t, terms=[(-amount, run)])
        for c, amount in process.outputs.items():
            s.need("goods", i, c, t, terms=[(amount, run)])


def _night(s: Setting, i: str, process: Process, t: int) -> None:
    """A melt runs, is kept hot, or freezes and is remelted after each dark spell, as far as it is available."""
    x, p = s.problem, process.id
    up, share = s.number("maintenance.availability"), s.share(i, "dark")
    hot, capacity = x.column("kept_hot", i, p, t), x["capacity", i, p, t]
    running = x["activity", i, p, t, "dark"]
    frozen = [(up * share, capacity), (-1.0, running), (-1.0, hot)]
    x.row("night", frozen, lower=0.0)
    s.need("energy", i, t, "dark", terms=[(process.hot_idle * process.electricity_gwh, hot)])
    radiator = s.number(f"heat.{process.heat_class}.radiator", "kt/GW") / HOURS
    warm = radiator * process.hot_idle * process.electricity_gwh / share
    s.need("heat", i, t, "dark", terms=[(warm, hot)])
    spells = HOURS * share / s.number(f"sites.{i}.dark_spell", "hour")
    remelt = process.electricity_gwh / HOURS * s.number("operations.melt_restart", "hour") * spells
    s.need("energy", i, t, "lit", terms=scaled(remelt / share, frozen))
    s.need("heat", i, t, "lit", terms=scaled(remelt / share * radiator / s.share(i, "lit"), frozen))


def _grades(s: Setting) -> dict[str, tuple[float, float, float]]:
    """Crudeness, imported share of the precision parts, and experience limit of each grade."""
    table = s.facts
    names = [g for g in table.children("closure.grade") if f"closure.grade.{g}.import_factor" in table]
    found = {}
    for g in names:
        limit = f"closure.grade.{g}.experience"
        imported = s.number(f"closure.grade.{g}.import_factor")
        found[g] = (
            s.number(f"closure.grade.{g}.crudeness"),
            imported,
            s.number(limit, "1/yr") if limit in table else INF,
        )
    return found


def close_growth(s: Setting) -> None:
    """Plant asked for is served by grades, bought with experience, and commissioned at a limited pace."""
    x, grades, price = s.problem, _grades(s), s.bought * s.number("prices.plant", "GUSD/kt")
    if not s.sites:
        return
    for t in s.p.all:
        made: Terms = []
        for i in s.sites:
            for g, (crude, imported, _) in grades.items():
                k, q = x.column("structure", i, g, t), x.column("precision", i, g, t)
                kits = [(crude, k), (max(1 - imported, 0.0) * crude, q)]
                made += kits
                s.need("goods", i, "kit", t, terms=scaled(-1, kits))
                s.need("labour", i, t, terms=kits)
                s.need("carry", "moon", i, "plant", t, terms=[(imported, q)])
                s.pay(t, price * imported, q)
            e = x.column("landed_structure", i, t)
            s.need("carry", "moon", i, "plant", t, terms=[(1.0, e)])
            s.pay(t, price, e)
            # what crude plant imports beyond its precision parts is structure
            spare = [(max(grades[g][1] - 1, 0.0), x["precision", i, g, t]) for g in grades]
            for kind, landed in (("structure", [(1.0, e), *spare]), ("precision", [])):
                served = [(1.0, x[kind, i, g, t]) for g in grades]
                x.row(kind, served + landed + scaled(-1, x.sums[kind, i, t]), lower=0.0)
        _experience(s, t, grades, made)


def _experience(s: Setting, t: int, grades: dict[str, tuple[float, float, float]], made: Terms) -> None:
    x = s.problem
    x.sums["made", t] = made
    sofar = x.column("lunar_plant_made", t)
    before = x.get("lunar_plant_made", t - 1) + scaled(s.p.length(t - 1), x.sums["made", t - 1]) if t else []
    x.row("made so far", [(1.0, sofar), *scaled(-1, before)], 0.0, 0.0)
    for g, (_, _, limit) in grades.items():
        if limit < INF:
            served = [(1.0, x[kind, i, g, t]) for i in s.sites for kind in ("structure", "precision")]
            x.row("experience", [*served, (-limit, sofar)], upper=0.0)
    rate = s.number("operations.commissioning_rate", "1/yr")
    ratio = (1 + rate) ** s.p.since_last(t) if t else 0.0
    last = scaled(-ratio, x.sums["made", t - 1]) if t else []
    years = s.p.since_last(t) if t else s.p.length(0)
    x.row(
        "commissioning",
        made + last,
        upper=seeds(s.number("operations.commissioning_seed", "kt/yr"), rate, years),
    )


def add_robots(s: Setting) -> None:
    """Robots are brought whole, or made like plant with their electronics as the precision parts."""
    mass = s.number("labour.robot_mass", "kt/robot") / s.number("labour.handled_per_robot", "kt/robot/yr")
    for i in s.sites:
        for t in s.p.all:
            landed = s.problem.column("robots_added", i, "landed", t)
            s.need("carry", "moon", i, "plant", t, terms=[(mass, landed)])
            local = s.problem.column("robots_added", i, "local", t)
            machines(s, i, t, s.number("labour.robot_import_share"), [(mass, local)])


def close_robots(s: Setting) -> None:
    """Robots handle what sites make; they are run and replaced."""
    n, x = s.number, s.problem
    handled, life = n("labour.handled_per_robot", "kt/robot/yr"), n("labour.robot_life", "yr")
    lag = n("operations.commissioning_lag", "yr")
    for i in s.sites:
        for t in s.p.all:
            added = x["robots_added", i, "landed", t]
            s.pay(t, s.bought * n("labour.robot_price", "GUSD/robot") / handled, added, life)
            working = [y for k in ("landed", "local") for y in s.stock(("robots_added", i, k), t, life, lag)]
            for handled_now, column in x.sums["labour", i, t]:
                s.pay(t, n("prices.robot_year", "GUSD/robot/yr") / handled * handled_now, column)
            x.row("robots", x.sums["labour", i, t] + scaled(-1, working), upper=0.0)


def add_imports(s: Setting) -> None:
    """Parts that Earth sells; chips are priced with the satellite they serve in."""
    taken = {key[1:3] for key in s.problem.sums if key[0] == "goods"}
    for i, c in sorted(pair for pair in taken if pair[1].startswith(IMPORT_PREFIX)):
        for t in s.p.all:
            column = s.problem.column("imported", i, c, t)
            s.need("goods", i, c, t, terms=[(1.0, column)])
            chips = c == "imp_compute"
            s.need("carry", "moon", i, "chips" if chips else "parts", t, terms=[(1.0, column)])
            if c in s.pair.imports and not chips:
                s.need("parts bought", t, terms=[(s.bought, column)])
            elif not chips:
                s.pay(t, s.bought * s.number("prices.parts", "GUSD/kt"), column)


def add_haulage(s: Setting) -> None:
    """Rovers and rail between sites."""
    n, x = s.number, s.problem
    for way in s.scenario.moon.haulage if s.sites else ():
        name = f"haulage.{way}"
        life, fleet = n(f"{name}.life", "yr"), n(f"{name}.fleet", "yr")
        imported = n("closure.grade.reference.import_share")
        for i, j in permutations(s.sites, 2):
            for t in s.p.all:
                vehicles = x.column("vehicles_added", way, i, j, t)
                machines(s, i, t, imported, [(1.0, vehicles)])
                load = [(1.0, x.column("hauled", way, good, i, j, t)) for good in ("hull", "kit")]
                for good, (_, column) in zip(("hull", "kit"), load, strict=True):
                    s.need("goods", i, good, t, terms=[(-1.0, column)])
                    s.need("goods", j, good, t, terms=[(1 - n(f"{name}.loss"), column)])
                for sl in SLICES:
                    drawn = n(f"{name}.energy", "GWh/kt") * s.share(i, sl)
                    s.need("energy", i, t, sl, terms=scaled(drawn, load))
                if f"{name}.oxygen" in s.facts:
                    _hop(s, name, i, t, load)
                standing = s.stock(("vehicles_added", way, i, j), t, life)
                x.row("vehicles", load + scaled(-1 / fleet, standing), upper=0.0)
                if n(f"{name}.track_mass", "kt") > 0:
                    _rail(s, way, i, j, t, load)


def _hop(s: Setting, name: str, i: str, t: int, load: Terms) -> None:
    """Propellant there and back, loaded where the cargo starts."""
    fuel = s.number(f"{name}.fuel")
    s.need("goods", i, "lox", t, terms=scaled(-s.number(f"{name}.oxygen"), load))
    s.need("carry", "moon", i, "parts", t, terms=scaled(fuel, load))
    for _, column in load:
        s.pay(t, s.bought * fuel * s.number("prices.fuel", "GUSD/kt"), column)


def _rail(s: Setting, way: str, i: str, j: str, t: int, load: Terms) -> None:
    x, mass = s.problem, s.number(f"haulage.{way}.track_mass", "kt")
    carries = s.number(f"haulage.{way}.capacity", "kt/yr")
    most = s.scenario.demand.ceiling_gw * s.scenario.demand.tiers[-1] * s.pair.hull_mass_kt
    line = x.column("lines_laid", way, i, j, t, upper=math.ceil(most / carries), whole=True)
    steel = mass / s.p.length(t) / mass_kt(s.facts, "steel_parts")
    s.need("goods", i, "steel_parts", t, terms=[(-steel, line)])
    s.need("labour", i, t, terms=[(mass / s.p.length(t), line)])
    wait = s.number("operations.line_build_time", "yr")
    ready = [u for u in range(t) if s.p.middle(t) - s.p.middle(u) >= wait]
    laid = [(-carries, x["lines_laid", way, i, j, u]) for u in ready]
    x.row("line", load + laid, upper=0.0)


def close_goods(s: Setting) -> None:
    """Nothing is used that is not made or brought; what is left over is dumped."""
    for key in [k for k in s.problem.sums if k[0] == "goods"]:
        s.problem.row("goods", s.problem.sums[key], lower=0.0)
