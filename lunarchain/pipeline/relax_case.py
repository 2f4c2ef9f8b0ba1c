"""Both arms of a case as linear models: whole tracks, openings and flights may be fractions.

The bound is as valid as that of the full search, which begins the same way. The plan is not one that can be built:
its cost, on the true launch price, says what whole numbers would cost at least.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lunarchain.errors import InfeasibleError, NoAnswerError
from lunarchain.model.build import build
from lunarchain.model.context import Context, Inputs
from lunarchain.model.inputs import make_inputs, without_moon
from lunarchain.pipeline.solve_case import Arm, Solved
from lunarchain.scenario.load import Case
from lunarchain.solve.arrays import Arrays, Vector, to_arrays
from lunarchain.solve.between import WITHIN, Between
from lunarchain.solve.bounds import dual_bound, without_forced
from lunarchain.solve.duals import to_a_vertex
from lunarchain.solve.learning import LearningTerms, learning_terms, true_cost, with_chords
from lunarchain.solve.resolve import Resolver, ShapeError, straight
from lunarchain.solve.search import RECOMPUTED, Answer, Limits, relaxed, relaxed_point

RELAXED = "relaxed"
BASELINE, PLAN = "without the Moon", "with the Moon"
# Models kept in the solver by arm: a case much like the last one goes on from where that ended.
Engines = dict[str, Resolver]


@dataclass(frozen=True)
class Built:
    """One arm before it is solved: the model, its matrix, its learning terms, and the matrix with chords for them."""

    context: Context
    arrays: Arrays
    terms: LearningTerms
    chords: Arrays
    seconds: float


def relax_case(case: Case, departures: pd.DataFrame, engines: Engines | None = None) -> Solved:
    """Both arms of a case as linear models.

    ``engines`` are those of earlier cases, and are added to: each arm goes on from where its last case ended. Without
    them, and where a model is too large to be brought to a vertex quickly, each arm is solved from nothing, to an
    interior point, which is steadier and whose bound is as valid.
    Raises ``InfeasibleError`` when not even a relaxed plan exists and ``NoAnswerError`` when time ends first.
    """
    without, with_moon = build_arms(case, departures)
    if with_moon is None:
        only = _arm(without, engines, BASELINE, case)
        return Solved(only, only)
    baseline: Arm | None = None
    with suppress(InfeasibleError):  # a goal may be beyond reach without the Moon
        baseline = _arm(without, engines, BASELINE, case)
    return Solved(_arm(with_moon, engines, PLAN, case), baseline)


def build_arms(case: Case, departures: pd.DataFrame) -> tuple[Built, Built | None]:
    """The model without the Moon, and the one with it where the case has one."""
    inputs = make_inputs(case.scenario, case.facts, departures)
    return _built(without_moon(inputs)), _built(inputs) if inputs.sites else None


def _built(inputs: Inputs) -> Built:
    begun = time.perf_counter()
    context = build(inputs)
    arrays = to_arrays(context.model)
    terms = learning_terms(arrays, context.model.learning)
    chords = with_chords(arrays, terms, np.zeros(len(terms.columns)), arrays.upper[terms.columns])
    return Built(context, arrays, terms, chords, time.perf_counter() - begun)


def _arm(built: Built, engines: Engines | None, name: str, case: Case) -> Arm:
    begun = time.perf_counter()
    if engines is not None and not to_a_vertex(built.chords):
        engines.pop(name, None)  # of another, smaller model: it would tell of a way this one did not take
        engines = None
    answer = _answer(built.terms, built.arrays, built.chords, engines, name, case.scenario.solve.time_limit_s)
    answer.phases["relaxation"] = round(time.perf_counter() - begun, 2)
    return Arm(built.context, built.arrays, answer, built.seconds)


def _answer(
    terms: LearningTerms,
    arrays: Arrays,
    chords: Arrays,
    engines: Engines | None,
    name: str,
    time_limit_s: float,
) -> Answer:
    if engines is None:
        values, bound = _alone(chords, time_limit_s)
    else:
        values, bound = _solved_again(chords, engines, name, time_limit_s)
    return _priced(terms, arrays, values, bound)


def _priced(terms: LearningTerms, arrays: Arrays, values: Vector, bound: float) -> Answer:
    return Answer(values, true_cost(arrays, terms, values), bound, RELAXED, RECOMPUTED, {})


def _alone(chords: Arrays, time_limit_s: float) -> tuple[Vector, float]:
    return relaxed(chords, Limits(np.inf, np.inf, time.perf_counter() + time_limit_s, 1))


def _solved_again(chords: Arrays, engines: Engines, name: str, time_limit_s: float) -> tuple[Vector, float]:
    try:
        return _by(engines.setdefault(name, Resolver(chords, time_limit_s)), chords)
    except ShapeError:  # a factor that changes which columns there are
        engines[name] = Resolver(chords, time_limit_s)
        return _by(engines[name], chords)


def _by(engine: Resolver, chords: Arrays) -> tuple[Vector, float]:
    outcome = engine.solve(chords)
    if outcome.status == "infeasible":
        raise InfeasibleError("no plan satisfies the limits of this case, not even with fractions")
    if outcome.status != "optimal" or outcome.values is None or outcome.row_duals is None:
        raise NoAnswerError(f"the relaxation ended with '{outcome.status}' before an answer")
    return outcome.values, dual_bound(chords, outcome.row_duals)


@dataclass(frozen=True)
class Line:
    """All relaxed cases along one factor that enters the model linearly: none of them has to be built.

    ``at`` gives the answers (plan, baseline) a share of the way along, 0 to 1: one and the same where the case has no
    Moon, and no baseline where a goal is beyond reach without the Moon. ``engines`` are what goes on from
    case to case, by arm: none where each is solved on its own.
    """

    at: Callable[[float], tuple[Answer, Answer | None]]
    engines: Mapping[str, Resolver | Between]


def relaxed_line(
    low: Case, middle: Case, high: Case, departures: pd.DataFrame, warm: bool = True
) -> Line | None:
    """The line between two cases, or ``None`` if the one in the middle does not lie on it.

    With ``warm`` a small model goes on from the last vertex, and a large one is solved only where the levels around it
    leave its answer open.
    """
    ends = [build_arms(case, departures) for case in (low, middle, high)]
    arms = [_blend([arm for arm in found if arm is not None]) for found in zip(*ends, strict=True)]
    if arms[0] is None or (arms[1] is None and ends[0][1] is not None):
        return None
    limit_s = low.scenario.solve.time_limit_s
    blends = {name: arm for name, arm in zip((BASELINE, PLAN), arms, strict=True) if arm is not None}
    engines = {name: _engine(arm, limit_s) for name, arm in blends.items() if warm}

    def along(name: str, share: float) -> Answer:
        arm, engine = blends[name], engines.get(name)
        if isinstance(engine, Between):
            found = engine.at(share)
            values, bound = found.values, found.bound
        else:
            chords = arm.chords(share)
            values, bound = _alone(chords, limit_s) if engine is None else _by(engine, chords)
        return _priced(arm.terms, arm.arrays(share), values, bound)

    def at(share: float) -> tuple[Answer, Answer | None]:
        if PLAN not in blends:
            only = along(BASELINE, share)
            return only, only
        baseline: Answer | None = None
        with suppress(InfeasibleError):
            baseline = along(BASELINE, share)
        return along(PLAN, share), baseline

    return Line(at, engines)


def _engine(arm: _Blend, limit_s: float) -> Resolver | Between:
    if to_a_vertex(arm.chords(0.0)):
        return Resolver(arm.chords(0.0), limit_s)
    # a solve of its own leaves a small part open of what may be open between two of them
    return Between(
        arm.chords,
        lambda chords, near: relaxed_point(
            chords, Limits(WITHIN, np.inf, time.perf_counter() + limit_s, 1), near
        ),
    )


@dataclass(frozen=True)
class _Blend:
    terms: LearningTerms
    arrays: Callable[[float], Arrays]
    chords: Callable[[float], Arrays]


def _blend(found: list[Built]) -> _Blend | None:
    if len(found) < 3 or any(built.terms.curves != found[0].terms.curves for built in found):
        return None  # the true price of lift would have to be blended too, and it is not linear
    low, middle, high = found
    arrays = straight(low.arrays, middle.arrays, high.arrays)
    chords = straight(without_forced(low.chords), without_forced(middle.chords), without_forced(high.chords))
    return None if arrays is None or chords is None else _Blend(low.terms, arrays, chords)
