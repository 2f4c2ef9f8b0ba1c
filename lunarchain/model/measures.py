r"""What a plan may be judged by besides its cost: linear sums over its variables, written where the variables are.

Earth lift $\sum_{tv} \ell_t p_v f_{vt}$; carbon dioxide $\sum_t \ell_t (\sum_v e_v f_{vt} + \kappa\,c_{ground,t})$ of
launches and of the electricity of ground halls; soot $\sum_{tv} \ell_t b_v f_{vt}$ above 15 km. All model years count,
the tail included, so that nothing escapes beyond the horizon. The decisions (what is made where) count reported years.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lunarchain.model.context import HOURS_PER_YEAR, Context
from lunarchain.model.ground import GROUND
from lunarchain.units import factor

Terms = list[tuple[float, Any]]


@dataclass(frozen=True)
class Measure:
    """A linear sum: its name, words with unit, and terms."""

    name: str
    words: str
    unit: str
    terms: Callable[[Context], Terms]


def _all_years(context: Context) -> dict[int, float]:
    return dict(enumerate(context.inputs.calendar.lengths))


def _reported(context: Context) -> dict[int, float]:
    return {t: length for t, length in _all_years(context).items() if not context.inputs.calendar.is_tail(t)}


def _per_flight(context: Context, key: str, unit: str) -> Terms:
    years, number = _all_years(context), context.inputs.number
    flights = context.model.flights
    return [(years[t] * number(key.format(v), unit), flights[v, t]) for v, t in flights]


def _lift(context: Context) -> Terms:
    return _per_flight(context, "vehicles.{}.payload_leo", "kt/flight")


def _soot(context: Context) -> Terms:
    return _per_flight(context, "emissions.{}.black_carbon", "kt/flight")


def _carbon(context: Context) -> Terms:
    """Launches, and electricity of ground halls [Mt]."""
    number, years, per_kt = context.inputs.number, _all_years(context), factor("kt", "Mt")
    launches = [
        (per_kt * coefficient, flight)
        for coefficient, flight in _per_flight(context, "emissions.{}.co2", "kt/flight")
    ]
    per_gw = (
        HOURS_PER_YEAR * number("ground.pue", "dimensionless") * number("ground.carbon", "kt/GWh") * per_kt
    )
    served = context.model.served
    return launches + [(per_gw * years[t], served[o, q, t]) for o, q, t in served if o == GROUND]


def _built(build: str) -> Callable[[Context], Terms]:
    def terms(context: Context) -> Terms:
        years = _reported(context)
        return [
            (years[t], variable)
            for (_, k, t), variable in context.model.added.items()
            if k == build and t in years
        ]

    return terms


def _ground(context: Context) -> Terms:
    return [(length, context.model.ground_chips_added[t]) for t, length in _reported(context).items()]


def _tracks(context: Context) -> Terms:
    years = _reported(context)
    return [(1.0, variable) for (_, _, t), variable in context.model.tracks_built.items() if t in years]


# what a front may trade against cost
OBJECTIVES = (
    Measure("earth_lift", "mass lifted from Earth to low orbit", "kt", _lift),
    Measure("co2", "carbon dioxide of launches and of electricity on the ground", "Mt", _carbon),
    Measure("soot", "black carbon of launches above 15 km", "kt", _soot),
)
# what alternatives may differ in
DECISIONS = (
    Measure("joined_in_orbit", "satellites with lunar hulls joined in orbital yards", "GW", _built("hybrid")),
    Measure("made_on_moon", "satellites assembled on the Moon", "GW", _built("moon")),
    Measure("made_on_earth", "satellites built on Earth", "GW", _built("earth")),
    Measure("on_the_ground", "compute in halls on the ground", "GW", _ground),
    Measure("drivers", "mass-driver tracks", "track", _tracks),
)


def satellites_in(context: Context, period: int) -> Terms:
    """Satellites added in a period [GW/yr]."""
    return [(1.0, variable) for (_, _, t), variable in context.model.added.items() if t == period]
