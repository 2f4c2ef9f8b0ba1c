"""Both arms of a case as linear models: whole tracks, openings and flights may be fractions.

The bound is as valid as that of the full search, which begins the same way. The plan is not one that can be built:
its cost, on the true launch price, says what whole numbers would cost at least.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from lunarchain.errors import InfeasibleError, NoAnswerError
from lunarchain.model.build import build
from lunarchain.model.context import Inputs
from lunarchain.model.inputs import make_inputs, without_moon
from lunarchain.pipeline.solve_case import Arm, Solved
from lunarchain.scenario.load import Case
from lunarchain.solve.arrays import to_arrays
from lunarchain.solve.bounds import dual_bound
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.learning import learning_terms, true_cost, with_chords
from lunarchain.solve.search import RECOMPUTED, Answer

RELAXED = "relaxed"


def relax_case(case: Case, departures: pd.DataFrame) -> Solved:
    """Both arms of a case as linear models, within its time limit.

    Raises ``InfeasibleError`` when not even a relaxed plan exists and ``NoAnswerError`` when time ends first.
    """
    inputs = make_inputs(case.scenario, case.facts, departures)
    deadline = time.perf_counter() + case.scenario.solve.time_limit_s
    baseline = _relaxed(without_moon(inputs), deadline)
    return Solved(baseline if not inputs.sites else _relaxed(inputs, deadline), baseline)


def _relaxed(inputs: Inputs, deadline: float) -> Arm:
    begun = time.perf_counter()
    context = build(inputs)
    arrays = to_arrays(context.model)
    terms = learning_terms(arrays, context.model.learning)
    built = time.perf_counter() - begun
    chords = with_chords(arrays, terms, np.zeros(len(terms.columns)), arrays.upper[terms.columns])
    outcome = solve_lp(chords, max(deadline - time.perf_counter(), 0.0), crossover=True)
    if outcome.status == "infeasible":
        raise InfeasibleError("no plan satisfies the limits of this case, not even with fractions")
    if outcome.values is None or outcome.row_duals is None:
        raise NoAnswerError(f"the relaxation ended with '{outcome.status}' before an answer")
    bound, cost = dual_bound(chords, outcome.row_duals), true_cost(arrays, terms, outcome.values)
    phases = {"relaxation": round(time.perf_counter() - begun - built, 2)}
    return Arm(context, arrays, Answer(outcome.values, cost, bound, RELAXED, RECOMPUTED, phases), built)
