r"""Policy levers: each is one bound or one price, switched on by the scenario; absent levers leave no row.

Launch licences (total flights), black carbon above 15 km, launch CO2 (cap or price), ozone, re-entry alumina, chips
sent to the Moon, all landed mass, all thrown mass, mined regolith. Nuclear power, ground grid, chip supply, subsidy and
tax credit act where those are modelled.
"""

from __future__ import annotations

from typing import Any

from lunarchain.model import algebra
from lunarchain.model.arcs import SLICES
from lunarchain.model.context import Context
from lunarchain.model.ledger import linear
from lunarchain.units import factor

CARGOES = ("plant", "parts", "chips")
MEANINGS = {
    "reactors": "reactors on the Moon before they are allowed [GW/yr]; set by: policy.lunar_nuclear_from",
    "licences": "launch licences [licence/yr]; set by: policy.launch_licences_per_yr",
    "black_carbon": "cap on black carbon above 15 km [kt/yr]; set by: policy.black_carbon_cap_kt",
    "launch_co2": "cap on carbon dioxide of launches [kt/yr]; set by: policy.launch_co2_cap_mt",
    "alumina": "cap on alumina from re-entry [kt/yr]; set by: policy.alumina_cap_kt",
    "chip_export": "cap on chips sent to the Moon [kt/yr]; set by: policy.moon_chip_export_cap_kt",
    "moon_imports": "cap on mass landed on the Moon [kt/yr]; set by: policy.moon_import_cap_kt",
    "moon_exports": "cap on mass thrown off the Moon [kt/yr]; set by: policy.moon_export_cap_kt",
    "ozone": "cap on ozone lost to launches [ppm]; set by: policy.ozone_loss_cap_percent",
    "mining": "cap on lunar mining [kt/yr]; set by: policy.lunar_mining_cap_mt",
}


def add(context: Context) -> None:
    """Add the rows and prices of the levers that are set."""
    policy = context.inputs.scenario.policy
    m = context.model
    books = context.ledgers
    caps = {
        "reactors": (
            None if policy.lunar_nuclear_from is None else 0.0,
            1.0,
            lambda t: _too_early(context, t),
        ),
        "licences": (policy.launch_licences_per_yr, 1.0, lambda t: _flights(context, t)),
        "black_carbon": (policy.black_carbon_cap_kt, 1.0, lambda t: _emitted(context, t, "black_carbon")),
        "launch_co2": (policy.launch_co2_cap_mt, factor("Mt", "kt"), lambda t: _emitted(context, t, "co2")),
        "alumina": (policy.alumina_cap_kt, 1.0, lambda t: books.alumina.pairs(t)),
        "chip_export": (policy.moon_chip_export_cap_kt, 1.0, lambda t: books.landed_chips.pairs(t)),
        "moon_imports": (policy.moon_import_cap_kt, 1.0, lambda t: _landed(context, t)),
        "moon_exports": (policy.moon_export_cap_kt, 1.0, lambda t: _thrown(context, t)),
        "ozone": (policy.ozone_loss_cap_percent, factor("percent", "ppm"), lambda t: _ozone(context, t)),
        "mining": (policy.lunar_mining_cap_mt, factor("Mt", "kt"), lambda t: _mined(context, t)),
    }
    set_caps = {name: (cap * scale, terms) for name, (cap, scale, terms) in caps.items() if cap is not None}

    def row(_: algebra.Model, name: str, t: int) -> object:
        cap, terms = set_caps[name]
        found = terms(t)
        return linear(found) <= cap if found else algebra.Constraint.Skip

    index = [(name, t) for name in set_caps for t in context.periods]
    m.policy = algebra.Constraint(
        index, rule=row, doc="\n".join(f"{k}: limit: {v}" for k, v in MEANINGS.items())
    )
    _launch_prices(context)


def _flights(context: Context, t: int) -> list[tuple[float, Any]]:
    return [(1, context.model.flights[v, t]) for v in context.inputs.scenario.launch.vehicles]


def _emitted(context: Context, t: int, what: str) -> list[tuple[float, Any]]:
    vehicles = context.inputs.scenario.launch.vehicles
    return [
        (context.inputs.number(f"emissions.{v}.{what}", "kt/flight"), context.model.flights[v, t])
        for v in vehicles
    ]


def _ozone(context: Context, t: int) -> list[tuple[float, Any]]:
    return [
        (context.inputs.number(f"emissions.{v}.ozone_loss", "ppm/flight"), context.model.flights[v, t])
        for v in context.inputs.scenario.launch.vehicles
    ]


def _thrown(context: Context, t: int) -> list[tuple[float, Any]]:
    return [(1, variable) for (*_, period, _slice), variable in context.model.thrown.items() if period == t]


def _landed(context: Context, t: int) -> list[tuple[float, Any]]:
    return [x for i in context.inputs.sites for c in CARGOES for x in context.ledgers.landed.pairs((i, c, t))]


def _mined(context: Context, t: int) -> list[tuple[float, Any]]:
    return [(1, context.model.activity[i, "P01", t, s]) for i in context.inputs.sites for s in SLICES]


def _too_early(context: Context, t: int) -> list[tuple[float, Any]]:
    """Reactors added before the year from which they are allowed."""
    inputs, added = context.inputs, context.model.power_added
    first = inputs.scenario.policy.lunar_nuclear_from
    if first is None or inputs.calendar.midpoint(t) >= first:
        return []
    nuclear = {k for _, k, _, _ in added if inputs.facts.text(f"power.{k}.nuclear") != "no"}
    return [(1, variable) for (_, k, _, period), variable in added.items() if k in nuclear and period == t]


def _launch_prices(context: Context) -> None:
    policy = context.inputs.scenario.policy
    prices = {
        "launch carbon price": ("co2", policy.launch_co2_price_usd_t),
        "launch nitrogen oxides price": ("nox_reentry", policy.launch_nox_price_usd_t),
        "launch water price": ("h2o", policy.launch_h2o_price_usd_t),
    }
    for item, (what, price) in prices.items():
        for t in context.periods if price is not None else ():
            for coefficient, variable in _emitted(context, t, what):
                context.pay(item, t, coefficient * (price or 0.0) * factor("USD/t", "GUSD/kt"), variable)
