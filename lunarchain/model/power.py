r"""Power, storage and heat at lunar sites.

Options $k$ (masts, towers, ring grid, day-only arrays, lines, fission) differ in land, in what a GW of nameplate
gives in the lit and the dark slice, and in the bill of materials. None is assumed; each may lose.

Variables: nameplate added $B_{ikjt}$ [GW/yr] ($j$ earth or moon), nameplate standing $P_{ikt}$ [GW], nameplate of
spares from Earth $r_{ikt}$ [GW/yr], storage added [GWh/yr] ($j$ likewise) and standing $E_{it}$ [GWh], energy given to
the dark $d_{it}$ [GWh/yr], radiators added and standing [kt].

Constraints
lit: demand $+ d_{it} / \eta \le \sum_k o^{lit}_k P_{ikt}\,h\,\phi_i$; dark: demand
$- d_{it} \le \sum_k o^{dark}_k P_{ikt}\,h\,(1-\phi_i)$;
storage: $E_{it} \ge d_{it} \times$ longest dark spell over dark hours a year;
spares: $r_{ikt} \le \sigma_k P_{ikt}$, the rest lunar-made; an option not made on the Moon takes all from Earth;
land: mean output of an option $\le$ what its land gives; heat: radiators standing $\ge$ radiators the load asks for,
losses of storage (half of them each way) included.
"""

from __future__ import annotations

from lunarchain.model import algebra
from lunarchain.model.arcs import SLICES
from lunarchain.model.context import HOURS_PER_YEAR, Context
from lunarchain.model.ledger import linear
from lunarchain.units import factor

SOURCES = ("earth", "moon")
MATERIALS = ("al_parts", "steel_parts", "wire", "ceramic")
STORAGE_MATERIALS = ("al_parts", "lox")


def options(context: Context, site: str) -> list[str]:
    """Power options that may stand at a site, after the scenario's and the policy's say."""
    facts, scenario = context.inputs.facts, context.inputs.scenario
    wanted = scenario.moon.power or [k for k in facts.children("power") if f"power.{k}.sites" in facts]
    fits = [k for k in wanted if facts.text(f"power.{k}.sites") in ("any", context.inputs.sites[site].kind)]
    return [k for k in fits if scenario.policy.lunar_nuclear or facts.text(f"power.{k}.nuclear") == "no"]


def add(context: Context) -> None:
    """Add power options, storage and radiators with their bills; balances follow in ``close``."""
    m, cap, most = context.model, context.inputs.flow_cap_kt, context.inputs.most_power_gw
    places = [(i, k) for i in context.inputs.sites for k in options(context, i)]
    periods = context.periods
    m.power_added = algebra.Var(
        [(i, k, j, t) for i, k in places for j in SOURCES for t in periods],
        bounds=(0, most),
        doc="nameplate of a power option added [GW/yr]",
    )
    m.power = algebra.Var(
        [(i, k, t) for i, k in places for t in periods],
        bounds=(0, most),
        doc="nameplate of a power option standing [GW]",
    )
    m.power_renewed = algebra.Var(
        list(m.power), bounds=(0, most), doc="spares of a power option brought from Earth, nameplate [GW/yr]"
    )
    at_sites = [(i, t) for i in context.inputs.sites for t in periods]
    m.storage_added = algebra.Var(
        [(i, j, t) for i, t in at_sites for j in SOURCES],
        bounds=(0, cap),
        doc="storage for the dark added [GWh/yr]",
    )
    m.stored_for_dark = algebra.Var(at_sites, bounds=(0, cap), doc="energy given to the dark slice [GWh/yr]")
    m.radiators_added = algebra.Var(
        [(i, j, t) for i, t in at_sites for j in SOURCES], bounds=(0, cap), doc="radiators added [kt/yr]"
    )
    _power_stock(context)
    for i, k, t in m.power:
        _post_option(context, i, k, t)
    for i, t in at_sites:
        _post_storage(context, i, t)
        _post_radiators(context, i, t)


def close(context: Context) -> None:
    """Energy, storage and heat rows, once every subsystem has posted its demand."""
    m = context.model
    m.energy_balance = algebra.Constraint(
        list(context.ledgers.energy),
        rule=lambda _, i, t, s: _energy(context, i, t, s),
        doc="price: electricity at a lunar site [GWh/yr]",
    )
    m.storage_size = algebra.Constraint(
        list(m.stored_for_dark),
        rule=lambda _, i, t: _storage(context, i, t),
        doc="price: storage for the longest dark spell [GWh]",
    )
    m.heat_rejection = algebra.Constraint(
        list(context.ledgers.heat),
        rule=lambda _, i, t, s: _heat(context, i, t, s),
        doc="price: radiators standing [t]",
    )


def _option(context: Context, option: str, name: str, unit: str) -> float:
    key = f"power.{option}.{name}"
    return context.inputs.number(key, unit) if key in context.inputs.facts else 0.0


def _power_stock(context: Context) -> None:
    m = context.model

    def stock(_: algebra.Model, i: str, k: str, t: int) -> object:
        life, lag = _option(context, k, "life", "yr"), _option(context, k, "build_time", "yr")
        terms = [
            term for j in SOURCES for term in context.stock_terms(m.power_added, (i, k, j), t, life, lag)
        ]
        return linear([*terms, (-1, m.power[i, k, t])]) == 0

    def land(_: algebra.Model, i: str, k: str, t: int) -> object:
        site = context.inputs.sites[i]
        mean = sum(_option(context, k, f"{s}_output", "dimensionless") * site.share(s) for s in SLICES)
        return mean * m.power[i, k, t] <= _option(context, k, "land", "GW")

    limited = [key for key in m.power if _option(context, key[1], "land", "GW") < 1e5]

    def renewed(_: algebra.Model, i: str, k: str, t: int) -> object:
        spares = _option(context, k, "spares", "1/yr")
        beyond = linear([(1, m.power_renewed[i, k, t]), (-spares, m.power[i, k, t])])
        return beyond <= 0 if _lunar_made(context, k) else beyond == 0

    m.power_spares = algebra.Constraint(
        list(m.power), rule=renewed, doc="price: spares of a power option from Earth [GW/yr]"
    )
    m.power_stock = algebra.Constraint(
        list(m.power), rule=stock, doc="definition: power standing is what was built and still stands [GW]"
    )
    m.power_land = algebra.Constraint(
        limited, rule=land, doc="limit: land for a power option [GW]; set by: power.{1}.land"
    )


def _post_option(context: Context, i: str, k: str, t: int) -> None:
    m, books = context.model, context.ledgers
    earth, moon = (m.power_added[i, k, j, t] for j in SOURCES)
    renewed = m.power_renewed[i, k, t]
    imported, spares = (
        _option(context, k, "imported_mass_earth", "kt/GW"),
        _option(context, k, "spares", "1/yr"),
    )
    price = _option(context, k, "price_earth", "GUSD/GW")
    context.buy("lunar power", t, price, earth, _option(context, k, "life", "yr"))
    context.buy("lunar power", t, price, renewed)
    for whole in (earth, renewed):
        books.landed.post((i, "plant", t), imported, whole)
    if not _lunar_made(context, k):
        algebra.fix(m.power_added, (i, k, "moon", t), 0)
        return
    # one GW of nameplate is one GW of the standard lunar array plus what the option needs beyond it
    bill = {"power": 1.0} | {c: _option(context, k, f"extra_{c}", "kt/GW") for c in MATERIALS}
    for commodity, amount in bill.items():
        books.commodity.post((i, commodity, t), -amount, moon)
        books.commodity.post((i, commodity, t), -amount * spares, m.power[i, k, t])
        books.commodity.post((i, commodity, t), amount, renewed)
    books.labour.post((i, t), imported, moon)


def _lunar_made(context: Context, option: str) -> bool:
    """Whether an option can be made on the Moon from the standard lunar array; if not, Earth sends its spares."""
    return context.inputs.facts.text(f"power.{option}.lunar_made") != "no"


def _post_storage(context: Context, i: str, t: int) -> None:
    """Storage comes whole from Earth, or its tanks and oxygen are lunar and the rest from Earth."""
    m, books, number = context.model, context.ledgers, context.inputs.number
    mass = 1 / number("power.storage.specific_energy", "GWh/kt")
    price, life = number("power.storage.price", "GUSD/kt"), number("power.storage.life", "yr")
    lunar = {c: number(f"power.storage.lunar_{c}", "dimensionless") for c in STORAGE_MATERIALS}
    for j, from_earth in (("earth", 1.0), ("moon", 1 - sum(lunar.values()))):
        books.landed.post((i, "plant", t), mass * from_earth, m.storage_added[i, j, t])
        context.buy("lunar power", t, price * mass * from_earth, m.storage_added[i, j, t], life)
    made = m.storage_added[i, "moon", t]
    for commodity, share in lunar.items():
        books.commodity.post((i, commodity, t), -mass * share, made)
        books.labour.post((i, t), mass * share, made)
    _post_storage_heat(context, i, t)


def _post_storage_heat(context: Context, i: str, t: int) -> None:
    """Losses per energy given to the dark: half of them (in ratio) while charging, half while discharging."""
    number, site = context.inputs.number, context.inputs.sites[i]
    one_way = number("power.storage.round_trip", "dimensionless") ** 0.5
    radiator = number(f"heat.{context.inputs.facts.text('power.storage.heat_class')}.radiator", "t/GW")
    for s, lost in (("lit", (1 / one_way - 1) / one_way), ("dark", 1 / one_way - 1)):
        share = lost / (HOURS_PER_YEAR * site.share(s))
        context.ledgers.heat.post((i, t, s), share * radiator, context.model.stored_for_dark[i, t])


def _post_radiators(context: Context, i: str, t: int) -> None:
    m, books, inputs = context.model, context.ledgers, context.inputs
    books.landed.post((i, "plant", t), 1, m.radiators_added[i, "earth", t])
    life = inputs.number("operations.radiator_life", "yr")
    context.buy(
        "imported plant", t, inputs.number("prices.plant", "GUSD/kt"), m.radiators_added[i, "earth", t], life
    )
    books.commodity.post((i, "radiator", t), -1, m.radiators_added[i, "moon", t])


def _energy(context: Context, i: str, t: int, s: str) -> object:
    m, site = context.model, context.inputs.sites[i]
    efficiency = context.inputs.number("power.storage.round_trip", "dimensionless")
    moved = (1 / efficiency if s == "lit" else -1.0, m.stored_for_dark[i, t])
    hours = HOURS_PER_YEAR * site.share(s)
    supply = [
        (-_option(context, k, f"{s}_output", "dimensionless") * hours, m.power[i, k, t])
        for k in options(context, i)
    ]
    return linear([*context.ledgers.energy.pairs((i, t, s)), moved, *supply]) <= 0


def _storage(context: Context, i: str, t: int) -> object:
    m, site = context.model, context.inputs.sites[i]
    life = context.inputs.number("power.storage.life", "yr")
    spell_share = site.dark_spell_h / (HOURS_PER_YEAR * site.share("dark"))
    standing = [x for j in SOURCES for x in context.stock_terms(m.storage_added, (i, j), t, life)]
    return linear([(spell_share, m.stored_for_dark[i, t]), *((-w, v) for w, v in standing)]) <= 0


def _heat(context: Context, i: str, t: int, s: str) -> object:
    life = context.inputs.number("operations.radiator_life", "yr")
    added = context.model.radiators_added
    per_kt = factor("kt", "t")
    standing = [(per_kt * w, v) for j in SOURCES for w, v in context.stock_terms(added, (i, j), t, life)]
    return linear(standing) >= context.ledgers.heat.total((i, t, s))
