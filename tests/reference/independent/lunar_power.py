"""Power, storage and heat rejection at lunar sites."""

from __future__ import annotations

from tests.reference.independent.problem import INF, scaled
from tests.reference.independent.setting import HOURS, SLICES, Setting


def options(s: Setting, site: str) -> list[str]:
    """Power options of the kind of site that the scenario and the policy leave."""
    kind, allowed = s.facts.text(f"sites.{site}.kind"), s.scenario.moon.power
    return [
        k
        for k in s.facts.children("power")
        if f"power.{k}.sites" in s.facts
        and s.facts.text(f"power.{k}.sites") in ("any", kind)
        and (not allowed or k in allowed)
        and (s.scenario.policy.lunar_nuclear or s.facts.text(f"power.{k}.nuclear") == "no")
    ]


def add_power(s: Setting) -> None:
    """Options, storage and radiators."""
    for i in s.sites:
        for t in s.p.all:
            for k in options(s, i):
                _option(s, i, k, t)
            _storage(s, i, t)
            _radiators(s, i, t)


def _option(s: Setting, i: str, k: str, t: int) -> None:
    n, x, name = s.number, s.problem, f"power.{k}"
    made = s.facts.text(f"{name}.lunar_made") != "no"
    standing = x.column("power", i, k, t)
    earth = x.column("power_added", i, k, "earth", t)
    life, mass = n(f"{name}.life", "yr"), n(f"{name}.imported_mass_earth", "kt/GW")
    s.need("carry", "moon", i, "plant", t, terms=[(mass, earth)])
    s.pay(t, s.bought * n(f"{name}.price_earth", "GUSD/GW"), earth, life)
    spares, brought = [(n(f"{name}.spares", "1/yr"), standing)], x.column("power_renewed", i, k, t)
    s.need("carry", "moon", i, "plant", t, terms=[(mass, brought)])
    s.pay(t, s.bought * n(f"{name}.price_earth", "GUSD/GW"), brought)
    lunar_spares = [*spares, (-1.0, brought)]
    x.row("spares", lunar_spares, 0.0, INF if made else 0.0)
    if made:
        moon = x.column("power_added", i, k, "moon", t)
        s.need("labour", i, t, terms=[(mass, moon)])
        wanted = [(1.0, moon), *lunar_spares]
        s.need("goods", i, "power", t, terms=scaled(-1, wanted))
        for row, fact in s.facts.below(name).items():
            if row.startswith("extra_"):
                s.need("goods", i, row.removeprefix("extra_"), t, terms=scaled(-fact.to("kt/GW"), wanted))
    lag = n(f"{name}.build_time", "yr")
    sources = ("earth", "moon") if made else ("earth",)
    built = [y for j in sources for y in s.stock(("power_added", i, k, j), t, life, lag)]
    x.row("power", [(1.0, standing), *scaled(-1, built)], 0.0, 0.0)
    mean = sum(s.share(i, sl) * n(f"{name}.{sl}_output") for sl in SLICES)
    x.row("land", [(mean, standing)], upper=n(f"{name}.land", "GW"))


def _storage(s: Setting, i: str, t: int) -> None:
    n = s.number
    earth, moon = (s.problem.column("storage_added", i, j, t) for j in ("earth", "moon"))
    stored = s.problem.column("stored_for_dark", i, t)
    mass, life = 1 / n("power.storage.specific_energy", "GWh/kt"), n("power.storage.life", "yr")
    oxygen, metal = n("power.storage.lunar_lox"), n("power.storage.lunar_al_parts")
    landed = [(mass, earth), (mass * (1 - oxygen - metal), moon)]
    s.need("carry", "moon", i, "plant", t, terms=landed)
    for amount, column in landed:
        s.pay(t, s.bought * amount * n("power.storage.price", "GUSD/kt"), column, life)
    s.need("goods", i, "lox", t, terms=[(-mass * oxygen, moon)])
    s.need("goods", i, "al_parts", t, terms=[(-mass * metal, moon)])
    s.need("labour", i, t, terms=[(mass * (oxygen + metal), moon)])
    # warm losses: as good charging as discharging
    half = n("power.storage.round_trip") ** -0.5
    radiator = n(f"heat.{s.facts.text('power.storage.heat_class')}.radiator", "kt/GW") / HOURS
    s.need("heat", i, t, "dark", terms=[(radiator * (half - 1) / s.share(i, "dark"), stored)])
    s.need("heat", i, t, "lit", terms=[(radiator * (half - 1) * half / s.share(i, "lit"), stored)])


def _radiators(s: Setting, i: str, t: int) -> None:
    earth, moon = (s.problem.column("radiators_added", i, j, t) for j in ("earth", "moon"))
    s.need("carry", "moon", i, "plant", t, terms=[(1.0, earth)])
    s.pay(
        t, s.bought * s.number("prices.plant", "GUSD/kt"), earth, s.number("operations.radiator_life", "yr")
    )
    s.need("goods", i, "radiator", t, terms=[(-1.0, moon)])


def close_power(s: Setting) -> None:
    """Energy by slice, storage through the longest night, radiators for the slice's load."""
    n, x = s.number, s.problem
    life = n("power.storage.life", "yr")
    for i in s.sites:
        for t in s.p.all:
            stored = x["stored_for_dark", i, t]
            for sl in SLICES:
                hours = HOURS * s.share(i, sl)
                made = [(hours * n(f"power.{k}.{sl}_output"), x["power", i, k, t]) for k in options(s, i)]
                drawn = 1 / n("power.storage.round_trip") if sl == "lit" else -1.0
                x.row("energy", x.sums["energy", i, t, sl] + [(drawn, stored)] + scaled(-1, made), upper=0.0)
                _heat(s, i, t, sl)
            spell = n(f"sites.{i}.dark_spell", "hour") / (HOURS * s.share(i, "dark"))
            held = [y for j in ("earth", "moon") for y in s.stock(("storage_added", i, j), t, life)]
            x.row("storage", [(spell, stored), *scaled(-1, held)], upper=0.0)


def _heat(s: Setting, i: str, t: int, sl: str) -> None:
    life = s.number("operations.radiator_life", "yr")
    standing = [y for j in ("earth", "moon") for y in s.stock(("radiators_added", i, j), t, life)]
    s.problem.row("heat", s.problem.sums["heat", i, t, sl] + scaled(-1, standing), upper=0.0)
