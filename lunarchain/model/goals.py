r"""Goals: what a plan must reach. Without goals whatever is not served is only priced, and doing nothing is a plan.

Constraints
served: $\sum_{oq} c_{oqt} \ge s\,\bar d_t$ from a year on, with $s$ the least share and $\bar d_t$ the compute
wanted at the last price tier;
rate: $\sum_{ok} A_{okt} \ge R$ in the period that holds the year by which satellites are to be added at the rate $R$;
reported periods only: the tail has no goals.
"""

from __future__ import annotations

import numpy as np

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
    middle = context.over(calendar.midpoint)
    asked = (middle >= first) & (np.arange(calendar.count) < calendar.reported)

    def served(_: algebra.Model) -> object:
        wanted = context.over(lambda t: (share or 0.0) * wanted_gw(context, t))
        everywhere = [(1, m.served[key]) for key in m.served.declared()]
        return linear(everywhere) >= wanted * context.inputs.scenario.demand.tiers[-1]

    m.goal_served = algebra.Constraint(
        [] if share is None else [...],
        rule=served,
        periods=asked,
        doc="limit: goal: compute that must be served [GW]; set by: goals.least_share_served; priced at: compute.value",
    )


def _rate(context: Context) -> None:
    m, goals = context.model, context.inputs.scenario.goals
    year = goals.satellites_in

    def rate(_: algebra.Model) -> object:
        added = [(1, m.added[key]) for key in m.added.declared()]
        return linear(added) >= (goals.satellites_gw_per_yr or 0.0)

    m.goal_rate = algebra.Constraint(
        [] if year is None else [...],
        rule=rate,
        periods=np.arange(len(context.periods)) == (-1 if year is None else period_with(context, year)),
        doc="limit: goal: satellites to be added in the year asked for [GW/yr]; set by: goals.satellites_gw_per_yr;"
        " priced at: compute.satellite_price",
    )


def period_with(context: Context, year: int) -> int:
    """The reported period that holds a year (the last one for the horizon itself)."""
    calendar = context.inputs.calendar
    held = [t for t in range(calendar.reported) if calendar.edges[t] <= year]
    return held[-1] if held else 0
