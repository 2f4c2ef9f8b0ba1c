"""The model against the same problem written a second time from the data and the documentation alone.

``independent/`` imports nothing of ``lunarchain.model`` or ``lunarchain.solve``; the process network, the bills of
satellites and the launcher menu are shared, as physics. The launch bill is its chord over all that can be lifted.
"""

from __future__ import annotations

import numpy as np
import pytest

from lunarchain.model.build import build
from lunarchain.model.inputs import make_inputs
from lunarchain.scenario.schema import Scenario
from lunarchain.solve.arrays import Arrays, to_arrays
from lunarchain.solve.learning import learning_terms, with_chords
from tests.reference.independent import case
from tests.reference.independent.formulation import formulate
from tests.reference.independent.highs import least
from tests.reference.independent.problem import Problem

GAP = 1e-7
AGREEMENT = 1e-6


def model_arrays(scenario: Scenario) -> Arrays:
    """The model of a scenario as arrays, launch bill as chords."""
    model = build(make_inputs(scenario, case.facts(), case.departures())).model
    arrays = to_arrays(model)
    terms = learning_terms(arrays, model.learning)
    return with_chords(arrays, terms, np.zeros(len(terms.columns)), arrays.upper[terms.columns])


def least_of_model(a: Arrays) -> float:
    """Least cost of the model."""
    rows, columns = (a.row_lower, a.row_upper), (a.lower, a.upper)
    return least(a.matrix, rows, columns, a.cost, a.integer, a.offset, GAP)[0]


def total(problem: Problem, plan: np.ndarray, *name: str) -> float:
    """Sum of the columns whose name holds all the words."""
    return float(sum(plan[k] for key, k in problem.names.items() if set(name) <= set(key)))


@pytest.fixture(scope="module")
def second() -> tuple[Problem, float, np.ndarray]:
    """The base case in the second formulation: problem, least cost, plan."""
    problem = formulate(case.BASE, case.facts(), case.departures())
    return problem, *problem.solve(GAP)


def test_both_formulations_find_the_same_least_cost(second: tuple[Problem, float, np.ndarray]) -> None:
    assert second[1] == pytest.approx(least_of_model(model_arrays(case.BASE)), rel=AGREEMENT)


@pytest.mark.parametrize(
    "name",
    [("added", "hybrid"), ("added", "earth"), ("tracks_built",), ("thrown", "catcher"),
     ("hauled", "hull"), ("hauled", "kit"), ("opened", "south_pole"), ("opened", "mare_33e"),
     ("power_added", "fission"), ("power_added", "moon"), ("radiators_added", "moon"), ("kept_hot",),
     ("precision", "mature"), ("structure", "improved"), ("halls_added",), ("carried", "tug_electric_lox"),
     ("served", "sso"), ("served", "ground"), ("robots_added",), ("yard_added",)],
    ids=" ".join,
)  # fmt: skip
def test_best_plan_uses_the_subsystem(second: tuple[Problem, float, np.ndarray], name: tuple[str, ...]) -> None:
    problem, _, plan = second
    assert total(problem, plan, *name) > 1e-6


@pytest.mark.parametrize("label", ["slots", "black carbon", "growth", "experience", "window", "lift", "night", "yard"])
def test_limit_binds_in_the_best_plan(second: tuple[Problem, float, np.ndarray], label: str) -> None:
    problem, _, plan = second
    used = [(np.sum([a * plan[k] for k, a in row.items()]), lower, upper, row) for name, row, lower, upper in problem.rows
            if name == label]  # fmt: skip
    moved = [entry for entry in used if any(plan[k] > 1e-6 for k in entry[3])]
    assert any(np.isclose(value, side, rtol=1e-6, atol=1e-7) for value, *sides, _ in moved for side in sides)


@pytest.mark.parametrize("name", list(case.VARIATIONS))
def test_variation_has_the_same_least_cost(name: str) -> None:
    scenario = case.varied({**case.PLAIN, **case.VARIATIONS[name]})
    mine, _ = formulate(scenario, case.facts(), case.departures()).solve(GAP)
    assert mine == pytest.approx(least_of_model(model_arrays(scenario)), rel=AGREEMENT)


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
    dearer = case.facts({"compute.satellite_price": 1.01 * case.facts().number("compute.satellite_price", "USD/W")})
    mine, _ = formulate(scenario, dearer, case.departures()).solve(GAP)
    assert mine != pytest.approx(least_of_model(model_arrays(scenario)), rel=AGREEMENT)
