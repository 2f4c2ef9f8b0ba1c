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
BLOCKS = 1e-4  # what weighs less than this share of all that is missing is noise: duals are never quite zero
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
        """Positions of the rows whose label is wanted, as an integer array in the order of the matrix."""
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


def blocking(problem: Bare, found: Shortfall) -> list[Label]:
    """Rows whose dual says that giving way there would help, the weightiest first.

    A row weighs what its dual makes of the largest of its terms, a share of what is missing: a dual alone is large
    wherever a little, early, would grow to much.
    """
    weight = np.abs(found.duals[: len(problem.labels)]) * _sizes(problem, found.values)
    order = np.argsort(-weight, kind="stable")
    return [problem.labels[k] for k in order if weight[k] > BLOCKS * found.priced]


def _sizes(problem: Bare, values: Vector) -> Vector:
    """The largest term of each row in a plan, or its limit; of a cap at nothing, one unit."""
    matrix, sides = problem.arrays.matrix.tocsc(), np.abs(problem.side(np.arange(len(problem.labels))))
    coupled = np.zeros(sides.size, dtype=bool)
    coupled[matrix.indices[matrix.data < 0]] = True
    sizes = np.where((sides == 0) & ~coupled, 1.0, sides)
    np.maximum.at(sizes, matrix.indices, np.abs(matrix.data) * np.repeat(np.abs(values), np.diff(matrix.indptr)))
    return np.where(np.isfinite(sides), sizes, 0.0)  # a row that already gave way weighs nothing


def standing(problem: Bare, found: Shortfall, but: str = "") -> list[str]:
    """The limits that stand in the way, in words."""
    limits = (label.words for label in blocking(problem, found) if label.means.kind == LIMIT)
    return [words for words in dict.fromkeys(limits) if words != but and not words.startswith("goal: ")]
