"""All parts of the second formulation in order."""

from __future__ import annotations

import pandas as pd

from lunarchain.scenario.facts import Facts
from lunarchain.scenario.schema import Scenario
from tests.reference.independent import compute, earth, lunar, lunar_power, thrown
from tests.reference.independent.problem import Problem
from tests.reference.independent.setting import setting


def formulate(scenario: Scenario, facts: Facts, departures: pd.DataFrame) -> Problem:
    """The whole planning problem of a case, launch bill as chords."""
    s = setting(scenario, facts, departures)
    adds = (compute.add_demand, compute.add_ground, compute.add_satellites, compute.add_links, compute.add_clusters,
            earth.add_vehicles, lunar.add_industry, lunar.add_robots, lunar_power.add_power, thrown.add_launchers,
            thrown.add_lunar_goods, lunar.add_haulage, lunar.add_imports)  # fmt: skip
    closes = (lunar.close_growth, lunar.close_robots, lunar_power.close_power, compute.close_chips,
              earth.close_routes, lunar.close_goods, earth.close_settlement, earth.close_policy,
              compute.close_goals, compute.close_satellite_prices)  # fmt: skip
    for step in adds + closes:
        step(s)
    return s.problem
