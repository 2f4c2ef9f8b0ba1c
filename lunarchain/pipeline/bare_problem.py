"""What can be done at all in a case: its model without costs, what its rows mean, how far its goals can be reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.model.build import build
from lunarchain.model.calendar import Calendar
from lunarchain.model.inputs import make_inputs
from lunarchain.model.meaning import DEFINITION, LIMIT, Meaning, meaning, period_of, place_of
from lunarchain.scenario.load import Case
from lunarchain.solve.arrays import Arrays, Vector, to_arrays
from lunarchain.solve.elastic import Shortfall, bare, shortfall

GOAL = "goals."
# goals missed by less than this share in all are met: the interior point's own tolerance
MET = 1e-5
BLOCKS = 1e-4  # duals below this share of the largest are noise: an interior point's are never quite zero
LP_S = 120.0  # limit of one linear program


@dataclass(frozen=True)
class Label:
    """A row of the bare model: what it means, where and when it holds."""

    means: Meaning
    words: str
    place: tuple[str, ...]
    period: int

    @property
    def is_goal(self) -> bool:
        """Whether the row is something asked for."""
        return any(key.startswith(GOAL) for key in self.means.set_by)


@dataclass(frozen=True)
class Bare:
    """What can be done at all in a case: the model without costs, and what its rows mean."""

    case: Case
    calendar: Calendar
    arrays: Arrays
    labels: tuple[Label, ...]

    def rows(self, wanted: Callable[[Label], bool]) -> np.ndarray:
        """Numbers of the rows wanted."""
        return np.array([k for k, label in enumerate(self.labels) if wanted(label)], dtype=int)

    def side(self, rows: np.ndarray) -> Vector:
        """Right-hand sides of rows."""
        upper = self.arrays.row_upper[rows]
        return np.where(np.isfinite(upper), upper, self.arrays.row_lower[rows])


def bare_problem(case: Case, departures: pd.DataFrame) -> Bare:
    """The bare model of a case: switches between yes and no are left open, since nothing costs anything in it."""
    inputs = make_inputs(case.scenario, case.facts, departures)
    context = build(inputs)  # held on to: rows and columns know their families only while their model lives
    arrays = to_arrays(context.model)
    limited = np.array([bool(_means(column).bound) for column in arrays.columns])
    whole = arrays.matrix[:, np.flatnonzero(arrays.integer)]
    switched = np.asarray((whole != 0).sum(axis=1)).ravel() > 0
    defines = np.array([_means(row).kind == DEFINITION and side != 0 for row, side in arrays.rows])
    kept = bare(arrays, limited, ~(switched & defines))
    return Bare(case, inputs.calendar, kept, tuple(_label(item) for item, _ in kept.rows))


def _means(item: Any) -> Meaning:
    return meaning(item.parent_component(), item.index())


def _label(item: Any) -> Label:
    means = _means(item)
    period = period_of(item.index())
    assert period is not None
    return Label(
        replace(means, kind=LIMIT) if means.bound else means, means.bound or means.words,
        place_of(item.index()), period,
    )  # fmt: skip


def missed_goals(problem: Bare, goals: np.ndarray) -> Shortfall | None:
    """The least sum of the shares of the goals that must be missed."""
    required = problem.side(goals)
    return shortfall(problem.arrays, goals, 1 / np.maximum(required, MET), required, LP_S)


def blocking(problem: Bare, duals: Vector) -> list[Label]:
    """Rows whose dual says that giving way there would help, the weightiest first."""
    sides = np.nan_to_num(np.abs(_sides(problem)), posinf=0.0)  # a row that already gave way weighs nothing
    weight = np.abs(duals[: len(problem.labels)]) * np.maximum(sides, 1.0)
    order = np.argsort(-weight, kind="stable")
    return [problem.labels[k] for k in order if weight[k] > BLOCKS * weight.max()]


def _sides(problem: Bare) -> Vector:
    return problem.side(np.arange(len(problem.labels)))


def standing(problem: Bare, duals: Vector, but: str = "") -> list[str]:
    """The limits that stand in the way, in words."""
    found = (label.words for label in blocking(problem, duals) if label.means.kind == LIMIT)
    return [words for words in dict.fromkeys(found) if words != but and not words.startswith("goal: ")]
