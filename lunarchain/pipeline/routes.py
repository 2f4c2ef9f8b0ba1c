"""Kilograms in low orbit per kilogram delivered by each route, worked out by its logistics case, beside the table.

The main model takes the ratios of ``data/routes.csv``; this says what vehicles, legs and propellant of the shipped
logistics cases come to for the same routes. ``data/computed/routes.csv`` holds what came out.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from lunarchain.pipeline.logistics import solve_logistics
from lunarchain.plan.logistics import figures
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.load import load

# the logistics case that flies a route of the main model, leg by leg
CASES = MappingProxyType(
    {
        "ship_return": "returning_ship",
        "ship_return_lox": "surface_oxygen",
        "lander_lh2_lox": "lander_surface_oxygen",
        "lander_orbital_lox": "lander_orbital_oxygen",
        "tug_electric_lox": "electric_tug",
        "eml1_self": "self_propelled",
        "eml2_self": "self_propelled",
        "helio_self": "self_propelled",
    }
)


def route_ratios(facts: Facts) -> pd.DataFrame:
    """One row per route that has a logistics case: ratio computed [kg/kg], that of the table, and its range."""
    solved = {case: _ratio(case, facts) for case in dict.fromkeys(CASES.values())}
    rows = []
    for route, case in CASES.items():
        fact, ours = facts[f"routes.{route}.lift"], solved[case]
        rows.append(
            {
                "route": route,
                "computed": round(ours, 6),
                "in_table": fact.value,
                "low": fact.low,
                "high": fact.high,
                "ratio": round(ours / fact.value, 6),
                "within_range": bool(fact.low <= ours <= fact.high),
                "case": f"logistics/{case}",
            }
        )
    return pd.DataFrame(rows)


def _ratio(case: str, facts: Facts) -> float:
    answer = solve_logistics(replace(load(f"logistics/{case}"), facts=facts), lambda *_: None)
    return float(figures(answer.tables, answer.network)["leo_kg_per_kg_delivered"])
