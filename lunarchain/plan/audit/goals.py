"""Goals: what the scenario asks a plan to reach, from what its tables serve and add."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lunarchain.plan.audit.case import GROUND, Case
from lunarchain.plan.audit.certificate import Line, Statement
from lunarchain.plan.audit.service import satellites_added_gw_per_yr, wanted_gw

SERVED = Statement("goal: share served", "least share x compute wanted <= compute served, all places [GW]")
RATE = Statement("goal: satellites a year", "rate asked for <= satellites added in that year [GW/yr]")


def lines(case: Case) -> Iterator[Line]:
    """The goals that are set, in the reported periods they speak of."""
    goals, years = case.scenario.goals, case.years
    starts, ends = years.edges[:-1], years.edges[1:]
    reported = np.arange(years.count) < years.reported
    if goals.least_share_served is not None:
        begin = goals.served_from if goals.served_from is not None else starts[0]
        asked = reported & ((starts + ends) / 2 >= begin)
        wanted = case.scenario.demand.tiers[-1] * wanted_gw(case) * goals.least_share_served
        places = (*case.scenario.satellites.orbits, GROUND)
        served = sum((case.of("compute", p, q, "served") for p in places for q in case.services), case.zero)
        yield SERVED.within("all places", np.where(asked, wanted, 0.0), served)
    if goals.satellites_in is not None and goals.satellites_gw_per_yr is not None:
        last = ends[years.reported - 1]
        holds = (starts <= goals.satellites_in) & (goals.satellites_in < ends)
        holds |= (goals.satellites_in == last) & (ends == last)
        yield RATE.within(
            "all orbits",
            np.where(holds & reported, goals.satellites_gw_per_yr, 0.0),
            satellites_added_gw_per_yr(case),
        )
