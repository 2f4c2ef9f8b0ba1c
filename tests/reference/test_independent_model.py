"""The model against the same problem written a second time from the data and the documentation alone.

``independent/`` imports nothing of ``lunarchain.model`` or ``lunarchain.solve``; the process network, the bills of
satellites and the launcher menu are shared, as physics. The launch bill is its chord over all that can be lifted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import sparse

from lunarchain.model.build import build
from lunarchain.model.inputs import make_inputs
from lunarchain.scenario.schema import Scenario
from lunarchain.solve.arrays import to_arrays
from lunarchain.solve.learning import learning_terms, with_chords
from tests.reference.independent import case
from tests.reference.independent.formulation import formulate
from tests.reference.independent.highs import least
from tests.reference.independent.problem import Problem

GAP = 1e-7
AGREEMENT = 1e-6


@dataclass(frozen=True)
class Task:
    """One problem as arrays, with the name of every column."""

    names: list[tuple]
    matrix: sparse.spmatrix
    rows: tuple[np.ndarray, np.ndarray]
    lower: np.ndarray
    upper: np.ndarray
    whole: np.ndarray
    cost: np.ndarray
    offset: float

    def least(self) -> tuple[float, dict[tuple, float]]:
        """Least cost and the whole numbers that reach it, as far as the solver can be believed."""
        cost, plan = least(
            self.matrix, self.rows, (self.lower, self.upper), self.cost, self.whole, self.offset, GAP
        )
        return cost, {name: round(plan[k]) for k, name in enumerate(self.names) if self.whole[k]}

    def at(self, decisions: dict[tuple, float]) -> float:
        """Least cost when the whole numbers are given (a linear program)."""
        fixed = np.array([decisions.get(name, 0.0) for name in self.names])
        lower, upper = (np.where(self.whole, fixed, side) for side in (self.lower, self.upper))
        none = np.zeros_like(self.whole)
        return least(self.matrix, self.rows, (lower, upper), self.cost, none, self.offset, GAP)[0]


def model_task(scenario: Scenario) -> Task:
    """The model of a scenario, launch bill as chords."""
    model = build(make_inputs(scenario, case.facts(), case.departures())).model
    arrays = to_arrays(model)
    terms = learning_terms(arrays, model.learning)
    a = with_chords(arrays, terms, np.zeros(len(terms.columns)), arrays.upper[terms.columns])
    names = [(c.parent_component().name, *_tuple(c.index())) for c in a.columns]
    return Task(names, a.matrix, (a.row_lower, a.row_upper), a.lower, a.upper, a.integer, a.cost, a.offset)


def _tuple(index: object) -> tuple:
    return index if isinstance(index, tuple) else (index,)


def second_task(scenario: Scenario, overrides: dict[str, float] | None = None) -> Task:
    """The second formulation of a scenario."""
    p = formulate(scenario, case.facts(overrides), case.departures())
    rows = (np.array([row[2] for row in p.rows]), np.array([row[3] for row in p.rows]))
    sides = (np.array(p.lower), np.array(p.upper))
    return Task(list(p.names), p.matrix(), rows, *sides, np.array(p.whole), np.array(p.cost), p.offset)


def best_of_both(first: Task, second: Task) -> tuple[float, float]:
    """Least cost in each formulation.

    The solver may miss the optimum of one of them. So each is also priced at the whole numbers found in the other,
    and at none (no lunar industry): what one formulation allows, the other must allow at the same cost.
    """
    found = [task.least() for task in (first, second)]
    tried = [decisions for _, decisions in found] + [{}]
    prices = [[task.at(decisions) for decisions in tried] for task in (first, second)]
    assert prices[0] == pytest.approx(prices[1], rel=AGREEMENT)
    return tuple(min([cost, *priced]) for (cost, _), priced in zip(found, prices, strict=True))


def total(problem: Problem, plan: np.ndarray, *name: str) -> float:
    """Sum of the columns whose name holds all the words."""
    return float(sum(plan[k] for key, k in problem.names.items() if set(name) <= set(key)))


@pytest.fixture(scope="module")
def second() -> tuple[Problem, float, np.ndarray]:
    """The base case in the second formulation: problem, least cost, plan."""
    problem = formulate(case.BASE, case.facts(), case.departures())
    return problem, *problem.solve(GAP)


def test_both_formulations_find_the_same_least_cost() -> None:
    mine, model = best_of_both(second_task(case.BASE), model_task(case.BASE))
    assert mine == pytest.approx(model, rel=AGREEMENT)


@pytest.mark.parametrize(
    "name",
    [("added", "hybrid"), ("added", "earth"), ("tracks_built",), ("thrown", "catcher"),
     ("hauled", "hull"), ("hauled", "kit"), ("opened", "south_pole"), ("opened", "mare_33e"),
     ("power_added", "fission"), ("power_added", "moon"), ("radiators_added", "moon"), ("kept_hot",),
     ("precision", "mature"), ("structure", "improved"), ("halls_added",), ("carried", "tug_electric_lox"),
     ("served", "sso"), ("served", "ground"), ("robots_added",), ("yard_added",),
     ("stators_renewed",)],
    ids=" ".join,
)  # fmt: skip
def test_best_plan_uses_the_subsystem(
    second: tuple[Problem, float, np.ndarray], name: tuple[str, ...]
) -> None:
    problem, _, plan = second
    assert total(problem, plan, *name) > 1e-6


@pytest.mark.parametrize(
    "label", ["slots", "black carbon", "growth", "experience", "window", "lift", "night", "yard"]
)
def test_limit_binds_in_the_best_plan(second: tuple[Problem, float, np.ndarray], label: str) -> None:
    problem, _, plan = second
    used = [
        (np.sum([a * plan[k] for k, a in row.items()]), lower, upper, row)
        for name, row, lower, upper in problem.rows
        if name == label
    ]
    moved = [entry for entry in used if any(plan[k] > 1e-6 for k in entry[3])]
    assert any(np.isclose(value, side, rtol=1e-6, atol=1e-7) for value, *sides, _ in moved for side in sides)


@pytest.mark.parametrize("name", list(case.VARIATIONS))
def test_variation_has_the_same_least_cost(name: str) -> None:
    scenario = case.varied({**case.PLAIN, **case.VARIATIONS[name]})
    mine, model = best_of_both(second_task(scenario), model_task(scenario))
    assert mine == pytest.approx(model, rel=AGREEMENT)


def test_variations_are_different_questions() -> None:
    """No variation leaves the problem as it was: each changes a column's cost or bound, a row, or their number."""
    plain = formulate(case.varied(case.PLAIN), case.facts(), case.departures())
    for name, changes in case.VARIATIONS.items():
        varied = formulate(case.varied({**case.PLAIN, **changes}), case.facts(), case.departures())
        same = (varied.rows, varied.cost, varied.upper) == (plain.rows, plain.cost, plain.upper)
        assert not same, name


def test_one_wrong_number_shows() -> None:
    """The comparison can fail: a hundredth more on one price moves the second formulation beyond the agreement."""
    scenario = case.varied({**case.PLAIN, **case.VARIATIONS["no Moon"]})
    dearer = 1.01 * case.facts().number("compute.satellite_price", "USD/W")
    mine, _ = second_task(scenario, {"compute.satellite_price": dearer}).least()
    assert mine != pytest.approx(model_task(scenario).least()[0], rel=AGREEMENT)
