r"""Goals: what a plan must reach. Without goals whatever is not served is only priced, and doing nothing is a plan.

Constraints
served: $\sum_{oq} c_{oqt} \ge s\,\bar d_t$ from a year on, with $s$ the least share and $\bar d_t$ the compute
wanted at the last price tier;
rate: $\sum_{ok} A_{okt} \ge R$ in the period that holds the year by which satellites are to be added at the rate $R$;
reported periods only: the tail has no goals.
"""

from __future__ import annotations

from lunarchain.model import algebra
from lunarchain.model.context import Context
from lunarchain.model.ground import wanted_gw
from lunarchain.model.ledger import linear


def add(context: Context) -> None:
    """Add the rows of the goals that are set."""
    _served(context)
    _rate(context)


def _served(context: Context) -> None:
    m, goals, calendar = context.model, context.inputs.scenario.goals, context.inputs.calendar
    first = goals.served_from if goals.served_from is not None else context.inputs.scenario.calendar.start
    share = goals.least_share_served
    asked = [t for t in range(calendar.reported) if share is not None and calendar.midpoint(t) >= first]

    def served(_: algebra.Model, t: int) -> object:
        least = (share or 0.0) * wanted_gw(context, t) * context.inputs.scenario.demand.tiers[-1]
        return linear([(1, variable) for (_, _, k), variable in m.served.items() if k == t]) >= least

    m.goal_served = algebra.Constraint(
        asked,
        rule=served,
        doc="limit: goal: compute that must be served [GW]; set by: goals.least_share_served; priced at: compute.value",
    )


def _rate(context: Context) -> None:
    m, goals = context.model, context.inputs.scenario.goals
    asked = [] if goals.satellites_in is None else [period_with(context, goals.satellites_in)]

    def rate(_: algebra.Model, t: int) -> object:
        added = [(1, variable) for (_, _, k), variable in m.added.items() if k == t]
        return linear(added) >= (goals.satellites_gw_per_yr or 0.0)

    m.goal_rate = algebra.Constraint(
        asked,
        rule=rate,
        doc="limit: goal: satellites to be added in the year asked for [GW/yr]; set by: goals.satellites_gw_per_yr;"
        " priced at: compute.satellite_price",
    )


def period_with(context: Context, year: int) -> int:
    """The reported period that holds a year (the last one for the horizon itself)."""
    calendar = context.inputs.calendar
    held = [t for t in range(calendar.reported) if calendar.edges[t] <= year]
    return held[-1] if held else 0
