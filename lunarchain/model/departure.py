r"""Departure arcs: what a thrown kilogram becomes at its destination.

An arc is (track, destination, braking mode). Its delta-v, speed range, window and losses come from the departure
table that the trajectory room computed; this file only applies the rocket equation to them.

With mass ratio $R = e^{\Delta v / (I_{sp} g_0)}$, shell share $a$, stage dry share $k$ of the propellant, one kilogram
of product needs propellant $m_p = (1 + a)(R - 1) / (1 - k (R - 1))$ and is thrown as $(1 + a) + (1 + k) m_p$.

Variables: thrown mass $y_{a c t s}$ [kt/yr of loaded shots] per arc, payload class and slice.
Constraints: what is delivered of hulls, satellites and oxygen follows; the site gives product, propellant and shell.
"""

from __future__ import annotations

from lunarchain.model import algebra
from lunarchain.model.arcs import SLICES, Arc
from lunarchain.model.context import Context

# what each payload class may carry: the class is a limit on acceleration, the goods are what tolerates it
GOODS = {"satellite": "satellite", "parts": "hull", "bulk": "oxygen"}


def add(context: Context) -> None:
    """Add flows on arcs and what they draw from the site; landing and product rows follow in ``close``."""
    m, cap = context.model, context.inputs.flow_cap_kt
    index = [(*arc.key, ..., s) for arc in context.inputs.arcs for s in SLICES if arc.open_share[s] > 0]
    m.thrown = algebra.Var(index, bounds=(0, cap), doc="loaded mass thrown along a departure arc [kt/yr]")
    for arc in context.inputs.arcs:
        _post_arc(context, arc)


def flows(context: Context, arc: Arc) -> list[algebra.Line]:
    """The thrown-mass variables of an arc, a line for each open slice."""
    return [context.model.thrown[(*arc.key, ..., s)] for s in SLICES if arc.open_share[s] > 0]


def _post_arc(context: Context, arc: Arc) -> None:
    books, number = context.ledgers, context.inputs.number
    fuel_price, parts_price = number("prices.fuel", "GUSD/kt"), number("prices.parts", "GUSD/kt")
    for variable in flows(context, arc):
        product = 1 / arc.loaded
        books.commodity.post((arc.site, "lox"), -arc.oxygen * product, variable)
        books.commodity.post((arc.site, "ceramic"), -arc.shell * product, variable)
        books.commodity.post((arc.site, "al_parts"), -arc.stage * product, variable)
        books.landed.post((arc.site, "parts"), arc.fuel * product, variable)
        context.buy("imported propellant", fuel_price * arc.fuel * product, variable)
        good = GOODS[arc.payload_class]
        books.sent.post((arc.site, good), product, variable)
        books.delivered.post((arc.destination, good), product * (1 - arc.loss), variable)
        if arc.catcher:
            books.lifted.post((arc.destination, "plant"), arc.catcher * product, variable)
            context.buy("catchers", parts_price * arc.catcher * product, variable)


def close(context: Context) -> None:
    """Oxygen thrown comes from the site and reaches the depots; hulls and satellites are balanced by the fleet."""
    for site in context.inputs.sites:
        for coefficient, variable in context.ledgers.sent.pairs((site, "oxygen")):
            context.ledgers.commodity.post((site, "lox"), -coefficient, variable)
