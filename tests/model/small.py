"""A small case that uses every subsystem in a second: one lunar site, six periods, three orbits.

Cadence and commissioning start high, so that the Moon is worth having within the few periods there are. Nothing here
is an expected value of any test: tests compare one solve with another, or with arithmetic of their own.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.model.build import build, build_pyomo
from lunarchain.model.context import Context, Inputs
from lunarchain.model.inputs import make_inputs
from lunarchain.scenario.facts import Facts, load_facts
from lunarchain.scenario.load import Case
from lunarchain.scenario.schema import Scenario
from lunarchain.solve.arrays import Arrays, Vector, to_arrays
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.learning import LearningTerms, learning_terms, with_chords
from lunarchain.solve.search import Answer, Limits, search

Overrides = Mapping[str, float | str]

SETTINGS: dict[str, Any] = {
    "title": "small",
    "calendar": {"start": 2036, "steps": [{"until": 2056, "years": 4}], "tail_periods": 1, "tail_years": 5},
    "demand": {"first_gw": 200, "growth": 0.15, "ceiling_gw": 1500, "tiers": [0.5, 1.0]},
    "moon": {"sites": ["mare_33e"], "power": ["day_pv", "fission"]},
    "launcher": {"tracks": ["mare_33e_east", "mare_33e_west"], "payload_classes": ["satellite", "parts"]},
    "launch": {
        "routes": ["leo_direct", "eml2_tug", "helio_self", "lander_lh2", "lander_lh2_lox"],
        "integer_flights_below": 0,
    },
    "satellites": {"orbits": ["leo", "eml2", "helio"]},
    "data": {
        "vehicles.starship.first_flights": 3000.0,
        "pads.build_rate_seed": 50.0,
        "operations.commissioning_seed": 20.0,
        "operations.commissioning_rate": "high",
        "compute.satellite_learning": 0.0,  # falling prices have tests of their own (test_satellite_prices.py)
    },
}

_DEPARTURE = [
    "track", "site", "destination", "mode", "exit_speed_mean_m_s", "exit_speed_max_m_s", "delta_v_m_s", "trim_m_s",
    "loss_fraction", "open_fraction",
]  # fmt: skip
_ROWS = (
    ("south_pole_ridge", "south_pole", "nrho", "propulsive", 1915.0, 1935.0, 700.0, 2.0, 0.001, 1.0),
    ("mare_33e_east", "mare_33e", "eml2", "propulsive", 2340.0, 2380.0, 350.0, 2.0, 0.001, 1.0),
    ("mare_33e_west", "mare_33e", "helio", "propulsive", 2460.0, 2500.0, 0.0, 2.0, 0.001, 1.0),
    ("procellarum_55w_east", "procellarum_55w", "leo", "propulsive", 2510.0, 2540.0, 3040.0, 2.0, 0.001, 1.0),
    ("procellarum_55w_east", "procellarum_55w", "leo", "aerobrake", 2510.0, 2540.0, 250.0, 2.0, 0.01, 1.0),
    ("procellarum_55w_east", "procellarum_55w", "sso", "aerobrake", 2600.0, 2650.0, 250.0, 2.0, 0.01, 0.085),
)


def departures(**changes: float) -> pd.DataFrame:
    """A departure table of the right shape; ``changes`` are columns set to one value throughout."""
    table = pd.DataFrame(list(_ROWS), columns=_DEPARTURE).assign(feasible=1, reason="")
    table = table.assign(**changes)
    return table.assign(open_lit_fraction=table["open_fraction"], open_dark_fraction=table["open_fraction"])


def settings(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the small case with some replaced, table by table."""
    merged = {key: dict(value) if isinstance(value, dict) else value for key, value in SETTINGS.items()}
    for key, value in changes.items():
        merged[key] = {**merged.get(key, {}), **value} if isinstance(value, Mapping) else value
    return merged


def case(**changes: Any) -> Case:
    """The small case as the loader would hand it over."""
    scenario = Scenario.model_validate(settings(changes))
    facts = load_facts().override(scenario.data)
    for pattern, multiplier in scenario.scale.items():
        fact = facts[pattern]
        facts = Facts({**facts, pattern: replace(fact, value=fact.value * multiplier)})
    return Case("small", scenario, facts, "small.toml")


def inputs(table: pd.DataFrame | None = None, **changes: Any) -> Inputs:
    """The small case turned into what the model computes with."""
    chosen = case(**changes)
    return make_inputs(chosen.scenario, chosen.facts, departures() if table is None else table)


@dataclass(frozen=True)
class Plan:
    """A solved model with its quantities by name."""

    context: Context
    arrays: Arrays
    terms: LearningTerms
    values: Vector
    objective: float
    bound: float

    def of(self, name: str, *words: object, rate: bool = True) -> float:
        """Sum over every index of a variable that holds all ``words``; a number among them is a period.

        Rates are summed over years, everything else (``rate=False``) over periods.
        """
        lengths = self.context.inputs.calendar.lengths
        total = 0.0
        for column, value in zip(self.arrays.columns, self.values, strict=True):
            if column.parent_component().name == name:
                index = as_tuple(column.index())
                period = next(part for part in reversed(index) if isinstance(part, int))
                if all(word == period if isinstance(word, int) else word in index for word in words):
                    total += value * (lengths[period] if rate else 1.0)
        return total

    def keys(self, name: str) -> list[Any]:
        """Indices of the variables of a family that take part in anything."""
        return [column.index() for column in self.arrays.columns if column.parent_component().name == name]

    def at(self, name: str, *index: object) -> float:
        """The value of one variable."""
        wanted = index if len(index) > 1 else index[0]
        place = int(self.arrays.place[getattr(self.context.model, name)[wanted].number])
        if place < 0:
            raise KeyError(f"{name}[{index}] takes part in nothing")
        return float(self.values[place])


def as_tuple(index: Any) -> tuple[Any, ...]:
    """An index as a tuple, however many parts it has."""
    return index if isinstance(index, tuple) else (index,)


def assemble(given: Inputs) -> tuple[Context, Arrays, LearningTerms]:
    """Model, matrix and learning terms of a case."""
    context = build(given)
    arrays = to_arrays(context.model)
    return context, arrays, learning_terms(arrays, context.model.learning)


def relaxed(given: Inputs) -> Plan:
    """The plan with fractions of tracks and openings, lift priced on its chords: enough to see which way things go."""
    context, arrays, terms = assemble(given)
    chords = with_chords(arrays, terms, np.zeros(len(terms.columns)), arrays.upper[terms.columns])
    outcome = solve_lp(chords, crossover=True)
    assert outcome.status == "optimal" and outcome.values is not None
    return Plan(context, arrays, terms, outcome.values, outcome.objective, outcome.bound)


def whole(given: Inputs, known: tuple[Vector, ...] = (), gap: float = 1e-3) -> Plan:
    """The plan with whole tracks and openings, and its proven bound."""
    context, arrays, terms = assemble(given)
    answer = answer_of(arrays, terms, known, gap)
    return Plan(context, arrays, terms, answer.values, answer.objective, answer.bound)


def answer_of(
    arrays: Arrays, terms: LearningTerms, known: tuple[Vector, ...] = (), gap: float = 1e-3
) -> Answer:
    """The search's own answer."""
    return search(arrays, terms, limits(gap), lambda phase, best, bound: None, known)


def limits(gap: float = 1e-3) -> Limits:
    """Two minutes on one thread."""
    return Limits(gap, 0.5, time.perf_counter() + 120, 1)


@cache
def base() -> Plan:
    """The relaxed small case, solved once."""
    return relaxed(inputs())


@cache
def symbolic() -> Any:
    """The small case as a Pyomo model."""
    return build_pyomo(inputs()).model


@cache
def base_whole() -> Plan:
    """The small case in whole numbers, solved once."""
    return whole(inputs())


def changed(data: Overrides | None = None, **changes: Any) -> Plan:
    """The relaxed small case with some numbers and choices replaced."""
    return relaxed(inputs(data={**SETTINGS["data"], **(data or {})}, **changes))


def fingerprint(folder: str | Path) -> str:
    """Digest of the small case's matrix and of its MPS and LP files, written to ``folder``."""
    _, arrays, _ = assemble(inputs())
    digest = hashlib.sha256(
        arrays.matrix.data.tobytes() + arrays.matrix.indices.tobytes() + arrays.cost.tobytes()
    )
    for file in (Path(folder) / "small.mps", Path(folder) / "small.lp"):
        symbolic().write(str(file), io_options={"symbolic_solver_labels": True})
        digest.update(file.read_bytes())
    return digest.hexdigest()
