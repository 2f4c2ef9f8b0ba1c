r"""Haulage between lunar sites: hulls and plant kits by rover, rail or ballistic hop.

Each way has vehicles, energy and losses; rail has track, hops have propellant (lunar oxygen, imported fuel).

Variables: mass hauled $u_{w g i j t}$ [kt/yr loaded] by way $w$, good $g$, from site $i$ to site $j$; vehicles added
[kt/yr]; rail lines laid (integer, per pair of sites).
Constraints: hauled $\le$ vehicles standing over fleet per throughput; by rail $\le$ lines times what one carries.
"""

from __future__ import annotations

import math
from itertools import permutations

from lunarchain.model import algebra
from lunarchain.model.arcs import SLICES
from lunarchain.model.context import Context
from lunarchain.model.ledger import linear

GOODS = ("hull", "kit")


def add(context: Context) -> None:
    """Add haulage between every pair of unlike sites."""
    m, inputs = context.model, context.inputs
    pairs = [(i, j) for i, j in permutations(inputs.sites, 2) if inputs.sites[i].kind != inputs.sites[j].kind]
    ways, cap = inputs.scenario.moon.haulage, inputs.flow_cap_kt
    m.hauled = algebra.Var(
        [(w, g, i, j, ...) for w in ways for g in GOODS for i, j in pairs],
        bounds=(0, cap),
        doc="goods hauled between lunar sites [kt/yr]",
    )
    m.vehicles_added = algebra.Var(
        [(w, i, j, ...) for w in ways for i, j in pairs],
        bounds=(0, cap),
        doc="haulage vehicles added [kt/yr]",
    )
    _fleet_rows(context)
    for key in m.hauled.declared():
        _post_haul(context, *algebra.parts(key))
    for key in m.vehicles_added.declared():
        _post_vehicles(context, *algebra.parts(key))


def _fleet_rows(context: Context) -> None:
    m, number = context.model, context.inputs.number

    def fleet(_: algebra.Model, w: str, i: str, j: str) -> object:
        per_throughput, life = number(f"haulage.{w}.fleet", "yr"), number(f"haulage.{w}.life", "yr")
        moving = [(per_throughput, m.hauled[w, g, i, j, ...]) for g in GOODS]
        return linear([*moving, (-1, context.stock(m.vehicles_added[w, i, j, ...], life))]) <= 0

    m.vehicle_fleet = algebra.Constraint(
        m.vehicles_added.declared(), rule=fleet, doc="price: haulage vehicles [kt]"
    )
    _track_rows(context)


def _track_rows(context: Context) -> None:
    m, number = context.model, context.inputs.number
    railed = [key for key in m.vehicles_added.declared() if number(f"haulage.{key[0]}.track_mass", "kt") > 0]
    most = context.inputs.most_gw_per_yr * context.inputs.pair.hull_mass_kt
    m.lines_laid = algebra.Var(
        railed,
        bounds=lambda _, w, i, j: (0, math.ceil(most / number(f"haulage.{w}.capacity", "kt/yr"))),
        domain=algebra.NonNegativeIntegers,
        doc="rail lines laid between two sites [line, once]",
    )

    def laid(_: algebra.Model, w: str, i: str, j: str) -> object:
        cap = number(f"haulage.{w}.capacity", "kt/yr")
        life, lag = number(f"haulage.{w}.life", "yr"), number("operations.line_build_time", "yr")
        standing = context.stock(m.lines_laid[w, i, j, ...], life, lag, once=True)
        return linear([*((1, m.hauled[w, g, i, j, ...]) for g in GOODS), (-cap, standing)]) <= 0

    m.line_standing = algebra.Constraint(railed, rule=laid, doc="price: rail lines between two sites [kt/yr]")
    for w, i, j, _ in railed:
        mass = number(f"haulage.{w}.track_mass", "kt") / context.years
        context.ledgers.commodity.post((i, "steel_parts"), -mass, m.lines_laid[w, i, j, ...])
        context.ledgers.labour.post(i, mass, m.lines_laid[w, i, j, ...])


def _post_haul(context: Context, way: str, good: str, i: str, j: str) -> None:
    books, variable = context.ledgers, context.model.hauled[way, good, i, j, ...]
    kept = 1 - context.inputs.number(f"haulage.{way}.loss", "dimensionless")
    ledger = books.hauled if good == "hull" else books.commodity
    ledger.post((i, good), -1, variable)
    ledger.post((j, good), kept, variable)
    energy = context.inputs.number(f"haulage.{way}.energy", "GWh/kt")
    for s in SLICES:  # vehicles charge at the site they leave, all year
        books.energy.post((i, s), energy * context.inputs.sites[i].share(s), variable)
    if f"haulage.{way}.oxygen" in context.inputs.facts:
        _post_propellant(context, way, i, variable)


def _post_propellant(context: Context, way: str, i: str, variable: algebra.Line) -> None:
    """Oxygen for there and back is drawn where the cargo starts; the fuel is landed there."""
    number = context.inputs.number
    oxygen, fuel = (number(f"haulage.{way}.{what}", "dimensionless") for what in ("oxygen", "fuel"))
    context.ledgers.commodity.post((i, "lox"), -oxygen, variable)
    context.ledgers.landed.post((i, "parts"), fuel, variable)
    context.buy("imported propellant", number("prices.fuel", "GUSD/kt") * fuel, variable)


def _post_vehicles(context: Context, way: str, i: str, j: str) -> None:
    """Vehicles are machines: structure and precision parts from the site's pools, at the plant's import share."""
    books, variable = context.ledgers, context.model.vehicles_added[way, i, j, ...]
    imported = context.inputs.number("closure.grade.reference.import_share", "dimensionless")
    books.structure.post(i, 1 - imported, variable)
    books.precision.post(i, imported, variable)
