r"""Opening the Moon: nothing lands at a site before it is opened, and the programme is paid once.

Variables: programme started $P_t$ and site opened $o_{it}$ (binary), imported commodities landed $l_{ict}$ [kt/yr].
Constraints: everything landed at a site in $t$ $\le M_t \sum_{t' \le t} o_{it'}$ with $M_t$ what could be
landed in that period, and at least a first landing $F\,o_{it}$ in the period that opens it;
$\sum_{t' \le t} o_{it'} \le \sum_{t' \le t} P_{t'}$; each at most once;
of a commodity with a yearly cap, what lands and what is joined with hulls in orbit $\le$ the cap.
"""

from __future__ import annotations

from lunarchain.model import algebra
from lunarchain.model.context import COMPUTE, Context
from lunarchain.model.earth_launch import LUNAR, cadence_bounds, routes_to
from lunarchain.model.ledger import linear

MACHINES = "imp_plant"  # the id under which all machines landed are capped


def add(context: Context) -> None:
    """Add imports of commodities for every site; opening rows follow in ``close``."""
    m, inputs = context.model, context.inputs
    wanted = {(i, c) for i, c, _ in context.ledgers.commodity if c.startswith("imp_")}
    index = [(i, c, t) for i, c in sorted(wanted) for t in context.periods]
    m.imported = algebra.Var(
        index, bounds=(0, inputs.flow_cap_kt), doc="imported commodity landed at a lunar site [kt/yr]"
    )
    price = inputs.number("prices.parts", "GUSD/kt")
    for i, c, t in index:
        chips = c in COMPUTE
        context.ledgers.commodity.post((i, c, t), 1, m.imported[i, c, t])
        context.ledgers.landed.post((i, "chips" if chips else "parts", t), 1, m.imported[i, c, t])
        if chips:
            context.ledgers.landed_chips.post(
                t, 1, m.imported[i, c, t]
            )  # their price is per GW, paid by the fleet
        elif c in inputs.pair.imports:  # their price falls with all satellites built
            context.ledgers.parts.post(t, inputs.bought_per_flown, m.imported[i, c, t])
        else:
            context.buy("imported parts for lunar goods", t, price, m.imported[i, c, t])


def close(context: Context) -> None:
    """Openings, once everything that lands is known."""
    m, inputs = context.model, context.inputs
    index = [(i, t) for i in inputs.sites for t in context.periods]
    m.opened = algebra.Var(index, domain=algebra.Binary, doc="a lunar site is opened [site, once]")
    m.programme = algebra.Var(
        list(context.periods), domain=algebra.Binary, doc="the lunar programme is started [programme, once]"
    )
    lengths = inputs.calendar.lengths
    cargoes = ("plant", "parts", "chips")

    def open_before_landing(_: algebra.Model, i: str, t: int) -> object:
        landed = [x for cargo in cargoes for x in context.ledgers.landed.pairs((i, cargo, t))]
        most = most_landed_kt_per_yr(context, t)
        return linear(landed + [(-most, m.opened[i, k]) for k in range(t + 1)]) <= 0

    first_kt = inputs.number("operations.first_landing", "kt")

    def first_landing(_: algebra.Model, i: str, t: int) -> object:
        landed = [x for cargo in cargoes for x in context.ledgers.landed.pairs((i, cargo, t))]
        return linear([*landed, (-first_kt / lengths[t], m.opened[i, t])]) >= 0

    def programme_first(_: algebra.Model, i: str, t: int) -> object:
        return (
            linear([(1, m.opened[i, k]) for k in range(t + 1)] + [(-1, m.programme[k]) for k in range(t + 1)])
            <= 0
        )

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
    for i, t in index:
        context.pay(
            "opening sites", t, inputs.number(f"sites.{i}.opening_cost", "GUSD") / lengths[t], m.opened[i, t]
        )
    for t in context.periods:
        context.pay(
            "lunar programme", t, inputs.number("prices.programme", "GUSD") / lengths[t], m.programme[t]
        )


def _import_caps(context: Context) -> None:
    """Yearly supply of single commodities: what lands, and what is joined with lunar hulls in orbit."""
    m, inputs, caps = context.model, context.inputs, context.inputs.scenario.moon.import_caps_kt

    def supply(_: algebra.Model, c: str, t: int) -> object:
        if c == MACHINES:
            used = [x for i in inputs.sites for x in context.ledgers.landed.pairs((i, "plant", t))]
        else:
            used = [(1.0, m.imported[i, c, t]) for i in inputs.sites if (i, c, t) in m.imported]
            joined = inputs.pair.imports.get(c, 0.0)
            used += [(joined, m.added[o, "hybrid", t]) for o in inputs.scenario.satellites.orbits if joined]
        return linear(used) <= caps[c] if used else algebra.Constraint.Skip

    m.import_supply = algebra.Constraint(
        [(c, t) for c in caps for t in context.periods if inputs.sites],
        rule=supply,
        doc="limit: yearly supply from Earth of a commodity for lunar-made goods [kt/yr]; set by: moon.import_caps_kt",
    )


def most_landed_kt_per_yr(context: Context, period: int) -> float:
    """What could be landed in a period if every flight flew for the Moon by the leanest route."""
    inputs = context.inputs
    highest = cadence_bounds(inputs)
    lift = sum(inputs.number(f"vehicles.{v}.payload_leo", "kt/flight") * highest[v][period] for v in highest)
    routes = routes_to(inputs.facts, LUNAR, inputs.scenario.launch.routes)
    return lift / min(inputs.number(f"routes.{r}.lift", "dimensionless") for r in routes)
