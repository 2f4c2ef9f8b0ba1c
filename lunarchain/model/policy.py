r"""Policy levers: each is one bound or one price, switched on by the scenario; absent levers leave no row.

Launch licences (total flights), black carbon above 15 km, launch CO2 (cap or price), ozone, re-entry alumina, chips
sent to the Moon, all landed mass, all thrown mass, mined regolith. Nuclear power, ground grid, chip supply, subsidy and
tax credit act where those are modelled.
"""

from __future__ import annotations

import numpy as np

from lunarchain.model import algebra
from lunarchain.model.arcs import SLICES
from lunarchain.model.context import ALL, Context
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
        "reactors": (None if policy.lunar_nuclear_from is None else 0.0, 1.0, lambda: _too_early(context)),
        "licences": (policy.launch_licences_per_yr, 1.0, lambda: _flights(context)),
        "black_carbon": (policy.black_carbon_cap_kt, 1.0, lambda: _emitted(context, "black_carbon")),
        "launch_co2": (policy.launch_co2_cap_mt, factor("Mt", "kt"), lambda: _emitted(context, "co2")),
        "alumina": (policy.alumina_cap_kt, 1.0, lambda: books.alumina.pairs(ALL)),
        "chip_export": (policy.moon_chip_export_cap_kt, 1.0, lambda: books.landed_chips.pairs(ALL)),
        "moon_imports": (policy.moon_import_cap_kt, 1.0, lambda: _landed(context)),
        "moon_exports": (policy.moon_export_cap_kt, 1.0, lambda: _thrown(context)),
        "ozone": (policy.ozone_loss_cap_percent, factor("percent", "ppm"), lambda: _ozone(context)),
        "mining": (policy.lunar_mining_cap_mt, factor("Mt", "kt"), lambda: _mined(context)),
    }
    set_caps = {name: (cap * scale, terms()) for name, (cap, scale, terms) in caps.items() if cap is not None}

    def row(_: algebra.Model, name: str) -> object:
        cap, terms = set_caps[name]
        return linear(terms) <= cap

    m.policy = algebra.Constraint(
        [(name, ...) for name in set_caps],
        rule=row,
        doc="\n".join(f"{k}: limit: {v}" for k, v in MEANINGS.items()),
        periods=lambda _, name: context.named(set_caps[name][1]),
    )
    _launch_prices(context)


def _flights(context: Context) -> list[algebra.Term]:
    return [(1, context.model.flights[v, ...]) for v in context.inputs.scenario.launch.vehicles]


def _emitted(context: Context, what: str) -> list[algebra.Term]:
    vehicles, number = context.inputs.scenario.launch.vehicles, context.inputs.number
    return [(number(f"emissions.{v}.{what}", "kt/flight"), context.model.flights[v, ...]) for v in vehicles]


def _ozone(context: Context) -> list[algebra.Term]:
    vehicles, number = context.inputs.scenario.launch.vehicles, context.inputs.number
    return [
        (number(f"emissions.{v}.ozone_loss", "ppm/flight"), context.model.flights[v, ...]) for v in vehicles
    ]


def _thrown(context: Context) -> list[algebra.Term]:
    thrown = context.model.thrown
    return [(1, thrown[key]) for key in thrown.declared()]


def _landed(context: Context) -> list[algebra.Term]:
    return [
        term for i in context.inputs.sites for c in CARGOES for term in context.ledgers.landed.pairs((i, c))
    ]


def _mined(context: Context) -> list[algebra.Term]:
    return [(1, context.model.activity[i, "P01", ..., s]) for i in context.inputs.sites for s in SLICES]


def _too_early(context: Context) -> list[algebra.Term]:
    """Reactors added before the year from which they are allowed."""
    inputs, added = context.inputs, context.model.power_added
    first = inputs.scenario.policy.lunar_nuclear_from
    early = context.over(inputs.calendar.midpoint) < (-np.inf if first is None else first)
    nuclear = [key for key in added.declared() if inputs.facts.text(f"power.{key[1]}.nuclear") != "no"]
    return [(1, added[key].only(early)) for key in nuclear]


def _launch_prices(context: Context) -> None:
    policy = context.inputs.scenario.policy
    prices = {
        "launch carbon price": ("co2", policy.launch_co2_price_usd_t),
        "launch nitrogen oxides price": ("nox_reentry", policy.launch_nox_price_usd_t),
        "launch water price": ("h2o", policy.launch_h2o_price_usd_t),
    }
    for item, (what, price) in prices.items():
        for coefficient, flights in _emitted(context, what) if price is not None else ():
            context.pay(item, coefficient * (price or 0.0) * factor("USD/t", "GUSD/kt"), flights)
