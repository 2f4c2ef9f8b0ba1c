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
    m.power_added = algebra.Var(
        [(i, k, j, ...) for i, k in places for j in SOURCES],
        bounds=(0, most),
        doc="nameplate of a power option added [GW/yr]",
    )
    m.power = algebra.Var(
        [(i, k, ...) for i, k in places],
        bounds=(0, most),
        doc="nameplate of a power option standing [GW]",
    )
    m.power_renewed = algebra.Var(
        m.power.declared(),
        bounds=(0, most),
        doc="spares of a power option brought from Earth, nameplate [GW/yr]",
    )
    from_both = [(i, j, ...) for i in context.inputs.sites for j in SOURCES]
    m.storage_added = algebra.Var(
        from_both,
        bounds=(0, cap),
        doc="storage for the dark added [GWh/yr]",
    )
    m.stored_for_dark = algebra.Var(
        [(i, ...) for i in context.inputs.sites],
        bounds=(0, cap),
        doc="energy given to the dark slice [GWh/yr]",
    )
    m.radiators_added = algebra.Var(from_both, bounds=(0, cap), doc="radiators added [kt/yr]")
    _power_stock(context)
    for i, k in places:
        _post_option(context, i, k)
    for i in context.inputs.sites:
        _post_storage(context, i)
        _post_radiators(context, i)


def close(context: Context) -> None:
    """Energy, storage and heat rows, once every subsystem has posted its demand."""
    m = context.model
    m.energy_balance = algebra.Constraint(
        [(i, ..., s) for i, s in context.ledgers.energy],
        rule=lambda _, i, s: _energy(context, i, s),
        doc="price: electricity at a lunar site [GWh/yr]",
    )
    m.storage_size = algebra.Constraint(
        m.stored_for_dark.declared(),
        rule=lambda _, i: _storage(context, i),
        doc="price: storage for the longest dark spell [GWh]",
    )
    m.heat_rejection = algebra.Constraint(
        [(i, ..., s) for i, s in context.ledgers.heat],
        rule=lambda _, i, s: _heat(context, i, s),
        doc="price: radiators standing [t]",
    )


def _option(context: Context, option: str, name: str, unit: str) -> float:
    key = f"power.{option}.{name}"
    return context.inputs.number(key, unit) if key in context.inputs.facts else 0.0


def _power_stock(context: Context) -> None:
    m = context.model

    def stock(_: algebra.Model, i: str, k: str) -> object:
        life, lag = _option(context, k, "life", "yr"), _option(context, k, "build_time", "yr")
        standing = [(1, context.stock(m.power_added[i, k, j, ...], life, lag)) for j in SOURCES]
        return linear([*standing, (-1, m.power[i, k, ...])]) == 0

    def land(_: algebra.Model, i: str, k: str) -> object:
        site = context.inputs.sites[i]
        mean = sum(_option(context, k, f"{s}_output", "dimensionless") * site.share(s) for s in SLICES)
        return linear([(mean, m.power[i, k, ...])]) <= _option(context, k, "land", "GW")

    limited = [key for key in m.power.declared() if _option(context, key[1], "land", "GW") < 1e5]

    def renewed(_: algebra.Model, i: str, k: str) -> object:
        spares = _option(context, k, "spares", "1/yr")
        beyond = linear([(1, m.power_renewed[i, k, ...]), (-spares, m.power[i, k, ...])])
        return beyond <= 0 if _lunar_made(context, k) else beyond == 0

    m.power_spares = algebra.Constraint(
        m.power.declared(), rule=renewed, doc="price: spares of a power option from Earth [GW/yr]"
    )
    m.power_stock = algebra.Constraint(
        m.power.declared(),
        rule=stock,
        doc="definition: power standing is what was built and still stands [GW]",
    )
    m.power_land = algebra.Constraint(
        limited, rule=land, doc="limit: land for a power option [GW]; set by: power.{1}.land"
    )


def _post_option(context: Context, i: str, k: str) -> None:
    m, books = context.model, context.ledgers
    earth, moon = (m.power_added[i, k, j, ...] for j in SOURCES)
    renewed = m.power_renewed[i, k, ...]
    imported, spares = (
        _option(context, k, "imported_mass_earth", "kt/GW"),
        _option(context, k, "spares", "1/yr"),
    )
    price = _option(context, k, "price_earth", "GUSD/GW")
    context.buy("lunar power", price, earth, _option(context, k, "life", "yr"))
    context.buy("lunar power", price, renewed)
    for whole in (earth, renewed):
        books.landed.post((i, "plant"), imported, whole)
    if not _lunar_made(context, k):
        algebra.fix(m.power_added, (i, k, "moon", ...), 0)
        return
    # one GW of nameplate is one GW of the standard lunar array plus what the option needs beyond it
    bill = {"power": 1.0} | {c: _option(context, k, f"extra_{c}", "kt/GW") for c in MATERIALS}
    for commodity, amount in bill.items():
        books.commodity.post((i, commodity), -amount, moon)
        books.commodity.post((i, commodity), -amount * spares, m.power[i, k, ...])
        books.commodity.post((i, commodity), amount, renewed)
    books.labour.post(i, imported, moon)


def _lunar_made(context: Context, option: str) -> bool:
    """Whether an option can be made on the Moon from the standard lunar array; if not, Earth sends its spares."""
    return context.inputs.facts.text(f"power.{option}.lunar_made") != "no"


def _post_storage(context: Context, i: str) -> None:
    """Storage comes whole from Earth, or its tanks and oxygen are lunar and the rest from Earth."""
    m, books, number = context.model, context.ledgers, context.inputs.number
    mass = 1 / number("power.storage.specific_energy", "GWh/kt")
    price, life = number("power.storage.price", "GUSD/kt"), number("power.storage.life", "yr")
    lunar = {c: number(f"power.storage.lunar_{c}", "dimensionless") for c in STORAGE_MATERIALS}
    for j, from_earth in (("earth", 1.0), ("moon", 1 - sum(lunar.values()))):
        books.landed.post((i, "plant"), mass * from_earth, m.storage_added[i, j, ...])
        context.buy("lunar power", price * mass * from_earth, m.storage_added[i, j, ...], life)
    made = m.storage_added[i, "moon", ...]
    for commodity, share in lunar.items():
        books.commodity.post((i, commodity), -mass * share, made)
        books.labour.post(i, mass * share, made)
    _post_storage_heat(context, i)


def _post_storage_heat(context: Context, i: str) -> None:
    """Losses per energy given to the dark: half of them (in ratio) while charging, half while discharging."""
    number, site = context.inputs.number, context.inputs.sites[i]
    one_way = number("power.storage.round_trip", "dimensionless") ** 0.5
    radiator = number(f"heat.{context.inputs.facts.text('power.storage.heat_class')}.radiator", "t/GW")
    for s, lost in (("lit", (1 / one_way - 1) / one_way), ("dark", 1 / one_way - 1)):
        share = lost / (HOURS_PER_YEAR * site.share(s))
        context.ledgers.heat.post((i, s), share * radiator, context.model.stored_for_dark[i, ...])


def _post_radiators(context: Context, i: str) -> None:
    m, books, inputs = context.model, context.ledgers, context.inputs
    earth, moon = (m.radiators_added[i, j, ...] for j in SOURCES)
    books.landed.post((i, "plant"), 1, earth)
    life = inputs.number("operations.radiator_life", "yr")
    context.buy("imported plant", inputs.number("prices.plant", "GUSD/kt"), earth, life)
    books.commodity.post((i, "radiator"), -1, moon)


def _energy(context: Context, i: str, s: str) -> object:
    m, site = context.model, context.inputs.sites[i]
    efficiency = context.inputs.number("power.storage.round_trip", "dimensionless")
    moved = (1 / efficiency if s == "lit" else -1.0, m.stored_for_dark[i, ...])
    hours = HOURS_PER_YEAR * site.share(s)
    supply = [
        (-_option(context, k, f"{s}_output", "dimensionless") * hours, m.power[i, k, ...])
        for k in options(context, i)
    ]
    return linear([*context.ledgers.energy.pairs((i, s)), moved, *supply]) <= 0


def _storage(context: Context, i: str) -> object:
    m, site = context.model, context.inputs.sites[i]
    life = context.inputs.number("power.storage.life", "yr")
    spell_share = site.dark_spell_h / (HOURS_PER_YEAR * site.share("dark"))
    standing = [(-1, context.stock(m.storage_added[i, j, ...], life)) for j in SOURCES]
    return linear([(spell_share, m.stored_for_dark[i, ...]), *standing]) <= 0


def _heat(context: Context, i: str, s: str) -> object:
    life = context.inputs.number("operations.radiator_life", "yr")
    added = context.model.radiators_added
    per_kt = factor("kt", "t")
    standing = [(per_kt, context.stock(added[i, j, ...], life)) for j in SOURCES]
    return linear(standing) >= context.ledgers.heat.total((i, s))
