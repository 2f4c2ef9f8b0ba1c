r"""Opening the Moon: nothing lands at a site before it is opened, and the programme is paid once.

Variables: programme started $P_t$ and site opened $o_{it}$ (binary), imported commodities landed $l_{ict}$ [kt/yr].
Constraints: everything landed at a site in $t$ $\le M_t \sum_{t' \le t} o_{it'}$ with $M_t$ what could be
landed in that period, and at least a first landing $F\,o_{it}$ in the period that opens it;
$\sum_{t' \le t} o_{it'} \le \sum_{t' \le t} P_{t'}$; each at most once;
of a commodity with a yearly cap, what lands and what is joined with hulls in orbit $\le$ the cap.
"""

from __future__ import annotations

import numpy as np

from lunarchain.model import algebra
from lunarchain.model.context import ALL, COMPUTE, Context
from lunarchain.model.earth_launch import LUNAR, cadence_bounds, routes_to
from lunarchain.model.ledger import linear

MACHINES = "imp_plant"  # the id under which all machines landed are capped


def add(context: Context) -> None:
    """Add imports of commodities for every site; opening rows follow in ``close``."""
    m, inputs = context.model, context.inputs
    wanted = sorted((i, c) for i, c in context.ledgers.commodity if c.startswith("imp_"))
    m.imported = algebra.Var(
        [(*key, ...) for key in wanted],
        bounds=(0, inputs.flow_cap_kt),
        doc="imported commodity landed at a lunar site [kt/yr]",
    )
    price = inputs.number("prices.parts", "GUSD/kt")
    for i, c in wanted:
        chips, line = c in COMPUTE, m.imported[i, c, ...]
        context.ledgers.commodity.post((i, c), 1, line)
        context.ledgers.landed.post((i, "chips" if chips else "parts"), 1, line)
        if chips:
            context.ledgers.landed_chips.post(ALL, 1, line)  # their price is per GW, paid by the fleet
        elif c in inputs.pair.imports:  # their price falls with all satellites built
            context.ledgers.parts.post(ALL, inputs.bought_per_flown, line)
        else:
            context.buy("imported parts for lunar goods", price, line)


def close(context: Context) -> None:
    """Openings, once everything that lands is known."""
    m, inputs = context.model, context.inputs
    index = [(i, ...) for i in inputs.sites]
    m.opened = algebra.Var(index, domain=algebra.Binary, doc="a lunar site is opened [site, once]")
    m.programme = algebra.Var(
        [...], domain=algebra.Binary, doc="the lunar programme is started [programme, once]"
    )
    cargoes, years = ("plant", "parts", "chips"), context.years

    def landed(i: str) -> list[algebra.Term]:
        return [term for cargo in cargoes for term in context.ledgers.landed.pairs((i, cargo))]

    def open_before_landing(_: algebra.Model, i: str) -> object:
        most = most_landed_kt_per_yr(context)
        return linear([*landed(i), (-most, m.opened[i, ...].so_far())]) <= 0

    first_kt = inputs.number("operations.first_landing", "kt")

    def first_landing(_: algebra.Model, i: str) -> object:
        return linear([*landed(i), (-first_kt / years, m.opened[i, ...])]) >= 0

    def programme_first(_: algebra.Model, i: str) -> object:
        return linear([(1, m.opened[i, ...].so_far()), (-1, m.programme[...].so_far())]) <= 0

    _import_caps(context)
    m.open_before_landing = algebra.Constraint(
        index, rule=open_before_landing, doc="definition: nothing lands before a site is opened [kt/yr]"
    )
    m.first_landing = algebra.Constraint(
        index, rule=first_landing, doc="definition: a site opens with a first landing of some size [kt/yr]"
    )
    m.programme_first = algebra.Constraint(
        index,
        rule=programme_first,
        doc="definition: no site is opened before the programme is started [site, once]",
    )
    for i in inputs.sites:
        context.pay(
            "opening sites", inputs.number(f"sites.{i}.opening_cost", "GUSD") / years, m.opened[i, ...]
        )
    context.pay("lunar programme", inputs.number("prices.programme", "GUSD") / years, m.programme[...])


def _import_caps(context: Context) -> None:
    """Yearly supply of single commodities: what lands, and what is joined with lunar hulls in orbit."""
    m, inputs, caps = context.model, context.inputs, context.inputs.scenario.moon.import_caps_kt

    def supply(_: algebra.Model, c: str) -> object:
        if c == MACHINES:
            used = [term for i in inputs.sites for term in context.ledgers.landed.pairs((i, "plant"))]
        else:
            used = [(1.0, m.imported[i, c, ...]) for i in inputs.sites if (i, c, ...) in m.imported]
            joined = inputs.pair.imports.get(c, 0.0)
            used += [(joined, m.added[o, "hybrid", ...]) for o in inputs.scenario.satellites.orbits if joined]
        return linear(used) <= caps[c] if used else algebra.Constraint.Skip

    m.import_supply = algebra.Constraint(
        [(c, ...) for c in caps if inputs.sites],
        rule=supply,
        doc="limit: yearly supply from Earth of a commodity for lunar-made goods [kt/yr]; set by: moon.import_caps_kt",
    )


def most_landed_kt_per_yr(context: Context) -> algebra.Vector:
    """What could be landed in every period if every flight flew for the Moon by the leanest route."""
    inputs = context.inputs
    highest = cadence_bounds(inputs)
    payloads = [
        inputs.number(f"vehicles.{v}.payload_leo", "kt/flight") * np.array(highest[v]) for v in highest
    ]
    routes = routes_to(inputs.facts, LUNAR, inputs.scenario.launch.routes)
    leanest = min(inputs.number(f"routes.{r}.lift", "dimensionless") for r in routes)
    return sum(payloads, start=np.zeros(len(context.periods))) / leanest
