"""The rows themselves: known tables, names, units and periods, each once, finite and not negative, whole where counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from lunarchain.driver.inputs import payload_classes
from lunarchain.plan.audit.arcs import throws
from lunarchain.plan.audit.case import BUILDS, GROUND, SLICES, Case
from lunarchain.plan.audit.certificate import Line, Statement
from lunarchain.plan.audit.launch import highest_cadence
from lunarchain.plan.audit.power import SOURCES, options
from lunarchain.plan.audit.service import services
from lunarchain.plan.audit.tracks import site_of
from lunarchain.plan.tables import COLUMNS, LAYOUT

TABLES = Statement("tables", "tables missing, or without their columns <= none [count]")
CALENDAR = Statement("calendar", "rows of a period the calendar does not have <= none [count]")
NAMES = Statement("names", "rows of a node, item or detail the case does not have or allow <= none [count]")
UNITS = Statement("units", "rows in another unit than their table's <= none [count]")
REPEATED = Statement("repeated rows", "rows that say the same thing again <= none [count]")
NUMBERS = Statement("numbers", "rows that are not a finite number, or below zero <= none [count]")
WHOLE = Statement("whole numbers", "distance of what is counted from a whole number = none [count]")

COSTS = "costs"
CARGOES = ("plant", "parts", "chips", "satellite")
COUNTED = (("tracks", "built"), ("openings", ""), ("haulage", "line"))


def table_lines(tables: Mapping[str, pd.DataFrame]) -> Iterator[Line]:
    """Whether every table is there at all; nothing else can be read if not."""
    for name in sorted({layout.table for layout in LAYOUT.values()} | {COSTS}):
        missing = name not in tables or not set(COLUMNS) <= set(tables[name].columns)
        yield TABLES.within(name, np.array([float(missing)]), np.zeros(1))


def lines(case: Case, tables: Mapping[str, pd.DataFrame]) -> Iterator[Line]:
    """Every statement about rows."""
    units = {name: {y.unit for y in LAYOUT.values() if y.table == name} for name in tables}
    units[COSTS] = {"GUSD/yr"}
    known = _known(case)
    for name, table in tables.items():
        period, value = table["period"].to_numpy(), table["value"].to_numpy(dtype=float)
        yield _none(CALENDAR, name, table, (period < 0) | (period >= case.years.count))
        yield _none(UNITS, name, table, ~table["unit"].isin(units.get(name, set())).to_numpy())
        yield _none(REPEATED, name, table, table.duplicated(list(COLUMNS[:4])).to_numpy())
        yield _none(NUMBERS, name, table, ~np.isfinite(value) | (value < 0) & (name != COSTS))
        if name in known:
            wanted = known[name]
            places = zip(table["node"], table["item"], table["detail"], strict=True)
            yield _none(NAMES, name, table, np.array([not wanted(*place) for place in places], dtype=bool))
    yield from _whole(case)


def _none(statement: Statement, name: str, table: pd.DataFrame, wrong: np.ndarray) -> Line:
    first = table.loc[wrong].iloc[:1].to_dict("records")
    place = f"{name}: {first[0]}" if first else name
    return statement.within(place, np.array([float(np.count_nonzero(wrong))]), np.zeros(1))


Known = Callable[[str, str, str], bool]


def _known(case: Case) -> dict[str, Known]:
    """For each table, whether a (node, item, detail) is one the case has and allows."""
    sites, orbits, moon = case.sites, case.scenario.satellites.orbits, case.scenario.moon
    vehicles, ways = case.scenario.launch.vehicles, moon.haulage
    pools = {("structure", "landed"), *((p, g) for p in ("structure", "precision") for g in case.grades)}
    tier_names = [f"tier {j}" for j in range(len(case.scenario.demand.tiers))]
    destinations = {*orbits, *(destination for _, destination, _, _ in throws(case))}
    launches = {("flights", ""), ("cadence", ""), ("pads", "added"), ("ships", "added"), ("lifted so far", "")}
    allowed = {"earth": True, "hybrid": bool(sites) and moon.orbital_yards, "moon": bool(sites) and moon.assembly}
    added = {(build, "added") for build in BUILDS if allowed[build]}
    return {
        "activity": lambda i, p, s: _runs(case, i, p) and (s in SLICES or s == "kept hot" and sites[i].network[p].hot_idle > 0),
        "capacity": lambda i, p, d: _runs(case, i, p) and d == "",
        "builds": lambda i, p, k: (_runs(case, i, p) and k in ("landed", "local")) or (i in sites and (p, k) == ("robots", "landed")),
        "plant": lambda i, p, g: (i in sites and (p, g) in pools) or (i, p, g) == ("moon", "made so far", ""),
        "power": lambda i, k, d: i in sites and _power(case, i, k, d),
        "tracks": lambda j, d, what: _buildable(case, j, d) and what == "built",
        "shots": lambda j, d, s: _buildable(case, j, d) and s in SLICES,
        "thrown": lambda j, o, d: _throwable(case, j, o, d),
        "satellites": lambda o, k, d: o in orbits and (k, d) in {*added, ("all", "in service"), ("yard", "added")},
        "lunar_goods": lambda i, g, d: i in sites and (g, d) in {("hull", "made"), ("satellite", "shipped")},
        "haulage": lambda p, g, w: _haul(case, p) and g in ("hull", "kit", "vehicles", "line") and w in ways,
        "imports": lambda i, c, d: i in sites and c.startswith("imp_") and f"commodities.{c}.class" in case.facts and d == "",
        "transport": lambda n, r, c: (n in sites or n in destinations) and f"routes.{r}.to" in case.facts and c in CARGOES,
        "launches": lambda v, item, d: v in vehicles and (item, d) in launches,
        "compute": lambda o, q, d: (o in (*orbits, GROUND) and q in services(case) and d == "served")
        or (o == "demand" and q in services(case) and d in tier_names),
        "ground": lambda n, item, d: n == GROUND and item in ("halls", "chips") and d == "added",
        "links": lambda *place: place == ("relay", "capacity", "added"),
        "openings": lambda i, item, d: (i in sites and (item, d) == ("opened", "")) or (i, item, d) == ("moon", "programme", ""),
    }  # fmt: skip


def _runs(case: Case, site: str, process: str) -> bool:
    return site in case.sites and process in case.sites[site].network


def _power(case: Case, site: str, item: str, detail: str) -> bool:
    if item == "storage":
        return detail in ("added", "given to the dark")
    if item == "radiators":
        return detail in SOURCES
    if item not in options(case, case.sites[site]):
        return False
    made = case.facts.text(f"power.{item}.lunar_made") != "no"
    return detail in ("standing", SOURCES[0]) or (detail == SOURCES[1] and made)


def _buildable(case: Case, track: str, design: str) -> bool:
    """Whether a track is one of the case and a design's name is one that could have been sized for it."""
    if track not in case.scenario.launcher.tracks or track not in set(case.departures["track"]):
        return False
    payload_class = design.split("_", 1)[0]
    fits = payload_class in case.scenario.launcher.payload_classes and payload_class in payload_classes(case.facts)
    return fits and site_of(case, track) in case.sites


def _throwable(case: Case, track: str, destination: str, detail: str) -> bool:
    parts = detail.split("|")
    if len(parts) != 3 or parts[2] not in SLICES:
        return False
    throw = throws(case).get((track, destination, parts[0], parts[1]))
    return throw is not None and throw.open_share[parts[2]] > 0


def _haul(case: Case, pair_: str) -> bool:
    ends = pair_.split(">")
    return len(ends) == 2 and ends[0] != ends[1] and set(ends) <= set(case.sites)


def _whole(case: Case) -> Iterator[Line]:
    for table, what in COUNTED:
        for node, item, detail, values in case.rows(table):
            if what in ("", item, detail):
                yield WHOLE.equal(f"{table}: {node} {item} {detail}", np.abs(values - np.round(values)), case.zero)
    for vehicle in case.scenario.launch.vehicles:
        few = highest_cadence(case, vehicle) <= case.scenario.launch.integer_flights_below
        flown = case.of("launches", vehicle, "flights")
        yield WHOLE.equal(f"launches: {vehicle} flights", few * np.abs(flown - np.round(flown)), case.zero)
