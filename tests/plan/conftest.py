"""A small plan in which every table has rows: two lunar sites that haul, throw and ship, five periods, two vehicles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lunarchain.model.algebra import Column, Model
from lunarchain.model.build import build
from lunarchain.model.context import Context
from lunarchain.model.inputs import make_inputs
from lunarchain.plan.audit import read_case
from lunarchain.plan.audit.case import Case
from lunarchain.plan.extract import extract
from lunarchain.plan.tables import Tables
from lunarchain.scenario.facts import Facts, load_facts
from lunarchain.scenario.schema import Scenario
from lunarchain.solve.arrays import Arrays, to_arrays
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.learning import learning_terms, true_cost, with_chords

SETTINGS: dict[str, Any] = {
    "title": "audited",
    "calendar": {"start": 2037, "steps": [{"until": 2040, "years": 1}, {"until": 2046, "years": 3}],
                 "tail_periods": 1, "tail_years": 5},
    "demand": {"first_gw": 60, "growth": 0.2, "ceiling_gw": 400, "tiers": [0.5, 1.0]},
    "moon": {"sites": ["south_pole", "mare_33e"], "power": ["pv_ridge_70", "day_pv", "fission"],
             "haulage": ["rover", "rail", "hop"], "import_caps_kt": {"imp_battery": 40.0, "imp_plant": 3500.0}},
    "launcher": {"tracks": ["south_pole_ridge", "mare_33e_east"]},
    "launch": {"vehicles": ["starship", "new_glenn"], "integer_flights_below": 20,
               "routes": ["leo_direct", "eml2_tug", "lander_lh2", "lander_lh2_lox", "lander_orbital_lox"]},
    "satellites": {"orbits": ["leo", "eml2"]},
    "policy": {
        "launch_licences_per_yr": 30000, "black_carbon_cap_kt": 100, "launch_co2_cap_mt": 200,
        "launch_co2_price_usd_t": 40, "alumina_cap_kt": 500, "moon_chip_export_cap_kt": 30,
        "moon_import_cap_kt": 4000, "lunar_mining_cap_mt": 30, "ground_grid_cap_gw": 30,
        "ground_carbon_price_usd_t": 50, "launch_subsidy_usd_kg": 5, "chip_supply_cap_gw": 300,
    },
    "data": {
        "vehicles.starship.first_flights": 3000.0,
        "pads.build_rate_seed": 50.0,
        "operations.commissioning_seed": 20.0,
        "haulage.rail.track_mass": 2.0,
    },
}  # fmt: skip

_COLUMNS = [
    *("track", "site", "destination", "mode", "exit_speed_mean_m_s", "exit_speed_max_m_s", "delta_v_m_s"),
    *("trim_m_s", "loss_fraction", "open_lit_fraction", "open_dark_fraction"),
]
_DEPARTURES = (
    ("south_pole_ridge", "south_pole", "nrho", "propulsive", 1915.0, 1935.25, 700.0, 2.0, 0.001, 1.0, 1.0),
    ("mare_33e_east", "mare_33e", "eml2", "propulsive", 2340.0, 2380.4321, 350.0, 2.0, 0.002, 0.8, 0.6),
    ("mare_33e_east", "mare_33e", "eml2", "catcher", 2350.0, 2380.4321, 10.0, 2.0, 0.002, 1.0, 1.0),
    ("mare_33e_east", "mare_33e", "leo", "aerobrake", 2150.0, 2200.5, 250.0, 2.0, 0.01, 0.5, 0.5),
    ("mare_33e_east", "mare_33e", "leo", "electric", 2150.0, 2200.5, 2500.0, 2.0, 0.01, 0.5, 0.0),
)

# variable, index without its period -> the least it may be in the last three periods, so that its table has rows
LEAST = (
    ("hauled", ("rover", "hull", "south_pole", "mare_33e"), 0.5),
    ("hauled", ("rail", "kit", "mare_33e", "south_pole"), 0.1),
    ("shipped", ("mare_33e",), 0.5),
    ("added", ("leo", "earth"), 1.0),
    ("storage_added", ("south_pole", "earth"), 0.01),
    ("storage_added", ("south_pole", "moon"), 0.01),
    ("power_renewed", ("mare_33e", "day_pv"), 0.001),
    ("robots_added", ("mare_33e", "local"), 0.01),
    ("hauled", ("hop", "kit", "mare_33e", "south_pole"), 0.1),
    ("thrown", ("mare_33e_east", "satellite", "leo", "electric"), 0.5),
    ("thrown", ("mare_33e_east", "parts", "leo", "aerobrake"), 0.5),
    ("thrown", ("mare_33e_east", "parts", "eml2", "catcher"), 0.5),
    ("thrown", ("south_pole_ridge", "bulk", "nrho", "propulsive"), 0.5),
    ("thrown", ("mare_33e_east", "bulk", "eml2", "catcher"), 0.5),
)


@dataclass(frozen=True)
class Solved:
    """A plan, the case it answers, and its objective as the solving room has it [G$]."""

    tables: Tables
    scenario: Scenario
    facts: Facts
    departures: pd.DataFrame
    objective: float


def departures() -> pd.DataFrame:
    """A departure table that uses every braking mode."""
    table = pd.DataFrame(list(_DEPARTURES), columns=_COLUMNS).assign(feasible=1, reason="")
    return table.assign(open_fraction=table["open_lit_fraction"])


@pytest.fixture(scope="session")
def solved() -> Solved:
    return solve_case()


@pytest.fixture(scope="session")
def premises(solved: Solved) -> Case:
    return read_case(solved.scenario, solved.facts, solved.departures)


def prepared() -> tuple[Context, Arrays]:
    """The small plan built, its whole numbers decided, nothing solved."""
    scenario = Scenario.model_validate(SETTINGS)
    facts = load_facts().override(scenario.data)
    context = build(make_inputs(scenario, facts, departures()))
    arrays = to_arrays(context.model)
    _decide(context.model, arrays)
    return context, arrays


def solve_case() -> Solved:
    """Build, decide, solve and extract the small plan."""
    context, arrays = prepared()
    scenario, facts = context.inputs.scenario, context.inputs.facts
    terms = learning_terms(arrays, context.model.learning)
    chords = with_chords(arrays, terms, np.zeros(len(terms.columns)), arrays.upper[terms.columns])
    outcome = solve_lp(chords, crossover=True)
    assert outcome.status == "optimal" and outcome.values is not None
    tables = extract(context, arrays, outcome.values)
    return Solved(tables, scenario, facts, departures(), true_cost(arrays, terms, outcome.values))


def _decide(m: Model, arrays: Arrays) -> None:
    """Whole numbers by hand: sites open first, then come tracks and a line; the small vehicle flies twice a year."""
    chosen = {(track, design.split("_")[0]): design for track, design, _ in m.tracks_built}
    for (track, design, t), variable in m.tracks_built.items():
        _set(arrays, variable, t == 3 and design == chosen[track, design.split("_")[0]])
    for index, variable in (*m.opened.items(), *m.programme.items()):
        _set(arrays, variable, (index if isinstance(index, int) else index[-1]) == 0)
    for (*_, t), variable in m.lines_laid.items():
        _set(arrays, variable, t == 3)
    for index, variable in m.flights.items():
        if index[0] == "new_glenn" and not m.flights.is_continuous(index):
            _set(arrays, variable, 2)
    for name, start, least in LEAST:
        for index, variable in getattr(m, name).items():
            t = next(part for part in reversed(index) if isinstance(part, int))
            if index[: len(start)] == start and t >= 4:
                arrays.lower[arrays.place[variable.number]] = least


def _set(arrays: Arrays, variable: Column, value: float) -> None:
    """Bounds that leave no choice; a fixed variable would leave the matrix, and the plan with it."""
    place = arrays.place[variable.number]
    arrays.lower[place] = arrays.upper[place] = value
