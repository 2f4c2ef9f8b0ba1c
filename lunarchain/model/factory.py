r"""Lunar factory: processes run within their capacity, and every commodity balances at every site.

Sets: sites $i$, processes $p$, commodities $c$, periods $t$, slices $s$ (lit, dark).

Variables: activity $x_{ipts}$ [unit/yr, the part of a year's activity done in slice $s$], capacity $K_{ipt}$
[unit/yr at full use], builds $b_{ipkt}$ [unit/yr per yr], $k$ being landed (whole plant from Earth) or local,
capacity kept hot in the dark $h_{ipt}$.

Constraints
$K_{ipt} = \sum_{t'} w_{t't} \sum_k b_{ipkt'}$ with continuous-time weights $w$ (lag and life in years);
$x_{ipts} \le a\,\phi_{is} K_{ipt}$: availability $a$ and slice share $\phi_{is}$, each applied once;
$\sum_{ps} (o_{pc} - q_{pc})\,x_{ipts} + \ldots \ge 0$ per commodity, the surplus being disposed of without credit;
in the dark a melt either runs, is kept hot (idle power) or is left to freeze and remelted (restart energy).
"""

from __future__ import annotations

import numpy as np

from lunarchain.industry.network import Process, commodity_class
from lunarchain.model import algebra
from lunarchain.model.arcs import SLICES
from lunarchain.model.context import HOURS_PER_YEAR, Context, Site
from lunarchain.model.ledger import linear

SOURCES = ("landed", "local")


def add(context: Context) -> None:
    """Add processes, their capacity and what they take and give; the balances follow in ``close``."""
    _variables(context)
    _capacity_rows(context)
    for site in context.inputs.sites.values():
        for process in site.network.values():
            _post_flows(context, site, process)
            _post_builds(context, site, process)
    _dark_rows(context)


def close(context: Context) -> None:
    """One balance per site, commodity and period, once every subsystem has posted its flows."""
    ledger, m = context.ledgers.commodity, context.model
    # what nobody wants needs no row
    drawn = [(i, c, ...) for i, c in ledger if any(np.any(a < 0) for a, _ in ledger.pairs((i, c)))]
    m.commodity_balance = algebra.Constraint(
        drawn,
        rule=lambda _, i, c: ledger.total((i, c)) >= 0,
        doc="price: a commodity at a lunar site [kt/yr]",
    )


def _variables(context: Context) -> None:
    m, cap = context.model, context.inputs.flow_cap_kt
    plants = [(s.id, p) for s in context.inputs.sites.values() for p in s.network]
    m.activity = algebra.Var(
        [(i, p, ..., s) for i, p in plants for s in SLICES],
        bounds=(0, cap),
        doc="activity of a process in a slice [unit/yr]",
    )
    m.capacity = algebra.Var(
        [(i, p, ...) for i, p in plants],
        bounds=(0, cap),
        doc="capacity of a process at full use [unit/yr]",
    )
    m.build = algebra.Var(
        [(i, p, k, ...) for i, p in plants for k in SOURCES],
        bounds=(0, cap),
        doc="capacity of a process added [unit/yr/yr]",
    )
    m.kept_hot = algebra.Var(
        [(i, p, ...) for i, p in _melts(context)],
        bounds=(0, cap),
        doc="melt capacity kept hot through the dark [unit/yr]",
    )


def _melts(context: Context) -> list[tuple[str, str]]:
    sites = context.inputs.sites.values()
    return [(s.id, p.id) for s in sites for p in s.network.values() if p.hot_idle > 0]


def _capacity_rows(context: Context) -> None:
    m, sites = context.model, context.inputs.sites
    lag = context.inputs.number("operations.commissioning_lag", "yr")
    available = context.inputs.number("maintenance.availability", "dimensionless")

    def stock(_: algebra.Model, i: str, p: str) -> object:
        life = sites[i].network[p].life_yr
        standing = [(1, context.stock(m.build[i, p, k, ...], life, lag)) for k in SOURCES]
        return linear([*standing, (-1, m.capacity[i, p, ...])]) == 0

    def limit(_: algebra.Model, i: str, p: str, s: str) -> object:
        usable = available * sites[i].share(s)
        return linear([(1, m.activity[i, p, ..., s]), (-usable, m.capacity[i, p, ...])]) <= 0

    m.capacity_stock = algebra.Constraint(
        m.capacity.declared(),
        rule=stock,
        doc="definition: capacity of a process is what was built and still stands [unit/yr]",
    )
    m.capacity_limit = algebra.Constraint(
        m.activity.declared(), rule=limit, doc="price: use of the plant of a process [unit/yr]"
    )


def _post_flows(context: Context, site: Site, process: Process) -> None:
    facts, post = context.inputs.facts, context.ledgers.commodity.post
    # soil lies there for the taking
    taken = [(c, -a) for c, a in process.inputs.items() if commodity_class(facts, c) != "resource"]
    for s in SLICES:
        x = context.model.activity[site.id, process.id, ..., s]
        for commodity, amount in (*process.outputs.items(), *taken):
            post((site.id, commodity), amount, x)
        _draw(context, site, process, s, process.electricity_gwh, x)


def _draw(
    context: Context, site: Site, process: Process, slice_: str, gwh: float, variable: algebra.Line
) -> None:
    """Electricity a process draws per unit of a variable, and the radiators that its heat asks for."""
    key, hours = (site.id, slice_), HOURS_PER_YEAR * site.share(slice_)
    context.ledgers.energy.post(key, gwh, variable)
    radiator = context.inputs.number(f"heat.{process.heat_class}.radiator", "t/GW")
    context.ledgers.heat.post(key, gwh / hours * radiator, variable)


def _post_builds(context: Context, site: Site, process: Process) -> None:
    m, books = context.model, context.ledgers
    landed, local = (m.build[site.id, process.id, k, ...] for k in SOURCES)
    books.landed.post((site.id, "plant"), process.plant_kt, landed)
    price = context.inputs.number("prices.plant", "GUSD/kt") * process.plant_kt
    context.buy("imported plant", price, landed, process.life_yr)
    spares = process.plant_kt * process.spares_per_yr
    for ledger, share in (
        (books.structure, 1 - process.import_share),
        (books.precision, process.import_share),
    ):
        ledger.post(site.id, process.plant_kt * share, local)
        ledger.post(site.id, spares * share, m.capacity[site.id, process.id, ...])


def _dark_rows(context: Context) -> None:
    m, sites = context.model, context.inputs.sites
    available = context.inputs.number("maintenance.availability", "dimensionless")
    restart_h = context.inputs.number("operations.melt_restart", "hour")

    def dark(_: algebra.Model, i: str, p: str) -> object:
        usable = available * sites[i].share("dark")
        melted = [(1, m.activity[i, p, ..., "dark"]), (1, m.kept_hot[i, p, ...])]
        return linear([*melted, (-usable, m.capacity[i, p, ...])]) <= 0

    m.dark_capacity = algebra.Constraint(
        m.kept_hot.declared(), rule=dark, doc="price: melt capacity in the dark [unit/yr]"
    )
    for i, p in _melts(context):
        process, site = sites[i].network[p], sites[i]
        idle = process.hot_idle * process.electricity_gwh
        _draw(context, site, process, "dark", idle, m.kept_hot[i, p, ...])
        # Whatever neither runs nor is kept hot freezes once a night and draws full power, without output,
        # until it is molten again. Posted as: all of it, less what ran or was kept hot.
        remelt = process.electricity_gwh * restart_h / site.dark_spell_h
        usable = available * site.share("dark")
        _draw(context, site, process, "lit", remelt * usable, m.capacity[i, p, ...])
        for unfrozen in (m.activity[i, p, ..., "dark"], m.kept_hot[i, p, ...]):
            _draw(context, site, process, "lit", -remelt, unfrozen)
