"""Solve a case and its counterfactual without the Moon, and say what each proves about the other."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.driver.design import BOTH_WAYS, LauncherDesign
from lunarchain.errors import InfeasibleError, answered_within
from lunarchain.model.build import build
from lunarchain.model.context import Context, Inputs
from lunarchain.model.inputs import make_inputs, without_moon
from lunarchain.plan.decision import moon
from lunarchain.plan.extract import extract
from lunarchain.plan.tables import Tables
from lunarchain.scenario.load import Case
from lunarchain.scenario.schema import Solve
from lunarchain.solve.arrays import Arrays, Vector, to_arrays
from lunarchain.solve.interrupt import interruptible
from lunarchain.solve.learning import learning_terms
from lunarchain.solve.search import Answer, Before, Limits, Progress, Rival, search

# The plan without the Moon is proven this much closer than asked: its gap counts in the worth of the Moon.
RIVAL_CLOSER = 5


@dataclass(frozen=True)
class Arm:
    """One solved model."""

    context: Context
    arrays: Arrays
    answer: Answer
    build_s: float

    @property
    def tables(self) -> Tables:
        """The plan as tables by name (``plan.tables.LAYOUT``), extracted anew each time they are asked for."""
        return extract(self.context, self.arrays, self.answer.values)


@dataclass(frozen=True)
class Solved:
    """Both arms. Where the case has no Moon they are the same arm; ``None`` where no plan exists without the Moon."""

    plan: Arm
    baseline: Arm | None
    interrupted: bool = False  # by the user, while it was solved

    @property
    def baseline_tables(self) -> Tables:
        """Tables to compare with: of the plan without the Moon, else of the plan itself."""
        return (self.baseline or self.plan).tables

    def decision(self) -> dict[str, float | None]:
        """What the Moon is worth and how well that is known (see the formulation's gap on the decision)."""
        if self.baseline is None or self.plan is self.baseline:
            return {"decision_value": None, "decision_gap": None, "moon_worth_bound": None}
        plan, rival = self.plan.answer, self.baseline.answer
        value = rival.objective - plan.objective
        open_gaps = plan.objective - plan.bound + rival.objective - rival.bound
        return {
            "decision_value": value,
            "decision_gap": open_gaps / value if value > 0 else None,
            "moon_worth_bound": rival.objective - plan.bound,
        }

    def proven(self, options: Solve) -> bool:
        """Whether the plan is as close to its bound as the options ask, in cost and in what the Moon is worth."""
        rival = None
        if self.baseline is not None and self.baseline is not self.plan:
            rival = Rival(self.baseline.answer.objective, self.baseline.answer.bound)
        limits = Limits(options.gap, options.decision_gap, 0.0, 1, rival)
        return limits.reached(self.plan.answer.objective, self.plan.answer.bound)

    def record(self) -> dict[str, Any]:
        """What ``run.json`` says of the solve."""
        answer, arrays = self.plan.answer, self.plan.arrays
        found = {
            "status": answer.status,
            "objective": answer.objective,
            "bound": answer.bound,
            "gap": answer.gap,
            "bound_rests_on": answer.proof,
            "objective_without_moon": self.baseline.answer.objective if self.baseline else None,
            "bound_without_moon": self.baseline.answer.bound if self.baseline else None,
            "plan_without_moon_exists": self.baseline is not None,
            **self.decision(),
            "columns": arrays.matrix.shape[1],
            "rows": arrays.matrix.shape[0],
            "nonzeros": int(arrays.matrix.nnz),
            "integers": int(arrays.integer.sum()),
            "coefficient_range": list(arrays.coefficient_range),
            "phases": {"build": round(self.plan.build_s, 2), **answer.phases},
        }
        return found | {"moon": moon(found, whole=True)}


def solve_case(
    case: Case, departures: pd.DataFrame, progress: Progress, before: Solved | None = None
) -> Solved:
    """Both arms of a case, within its time limit. Goals may need the Moon: then there is no arm without it.

    ``before`` is the same case solved with departures that were as good or better: its arm without the Moon, which
    depends on no departures, serves again if it is close enough, and its bound holds where launchers are the same.

    Ctrl-C ends it with the best plan so far. Raises ``InfeasibleError`` when no plan exists at all and
    ``NoAnswerError`` when none was found in time.
    """
    stop = Event()
    with interruptible(stop), answered_within(case.scenario.solve.time_limit_s, stop.is_set):
        found = _solve_arms(case, departures, progress, stop, before)
    return replace(found, interrupted=stop.is_set())


def _solve_arms(
    case: Case, departures: pd.DataFrame, progress: Progress, stop: Event, before: Solved | None
) -> Solved:
    options = case.scenario.solve
    inputs = make_inputs(case.scenario, case.facts, departures)
    deadline = time.perf_counter() + options.time_limit_s
    limits = Limits(options.gap, options.decision_gap, deadline, options.threads, stop=stop)
    baseline, earlier = (before.baseline, before.plan) if before else (None, None)
    try:
        # the smaller model gets a third of the time, so that the larger always has some, and closes more of its gap
        third = replace(
            limits, deadline=deadline - 2 / 3 * options.time_limit_s, gap=options.gap / RIVAL_CLOSER
        )
        third = third if inputs.sites else limits
        if baseline is None or baseline.answer.gap > third.gap:
            baseline = _solve(without_moon(inputs), third, _named(progress, "without the Moon"), None, baseline)
    except InfeasibleError:
        if not inputs.sites:
            raise
        return Solved(_solve(inputs, limits, _named(progress, "with the Moon"), None, earlier), None)
    if not inputs.sites:
        return Solved(baseline, baseline)
    rival = Rival(baseline.answer.objective, baseline.answer.bound)
    limits = replace(limits, rival=rival)
    return Solved(_solve(inputs, limits, _named(progress, "with the Moon"), baseline, earlier), baseline)


def _named(progress: Progress, arm: str) -> Progress:
    return lambda phase, plan, bound: progress(f"{arm}: {phase}", plan, bound)


def _solve(
    inputs: Inputs,
    limits: Limits,
    progress: Progress,
    baseline: Arm | None = None,
    earlier: Arm | None = None,
) -> Arm:
    progress("building the model", None, None)
    begun = time.perf_counter()
    context = build(inputs)
    arrays = to_arrays(context.model)
    built = time.perf_counter() - begun
    known = [] if baseline is None else [carried_over(baseline, context, arrays)]
    terms = learning_terms(arrays, context.model.learning)
    before = None if earlier is None else before_of(earlier, context, arrays)
    return Arm(context, arrays, search(arrays, terms, limits, progress, known, before), built)


def before_of(arm: Arm, context: Context, arrays: Arrays) -> Before:
    """What a solve with departures that were as good or better leaves to this one.

    Its bound holds where the launchers offered are the same. A corrected speed may change how speeds fall into groups,
    and with them the menu: another departure is then offered a slower, cheaper launcher than before.
    """
    offered, now = (
        {k: [d.id for d in designs] for k, designs in c.inputs.menu.items()} for c in (arm.context, context)
    )
    bound = arm.answer.bound if offered == now else -np.inf
    return Before(carried_over(arm, context, arrays), bound)


def carried_over(arm: Arm, context: Context, arrays: Arrays) -> Vector:
    """The plan of one model in the columns of another: nothing of what it does not know (the Moon)."""
    redesigned = _redesigned(arm.context.inputs, context.inputs)

    def name(column: Any) -> tuple[Any, ...]:
        index = column.index() if isinstance(column.index(), tuple) else (column.index(),)
        place_and_design = tuple(index[:2])
        return (column.parent_component().name, *redesigned.get(place_and_design, place_and_design), *index[2:])

    values: dict[tuple[Any, ...], float] = defaultdict(float)
    for place, value in zip(map(name, arm.arrays.columns), arm.answer.values, strict=True):
        values[place] += value  # two designs may have become one
    return np.array([values[name(column)] for column in arrays.columns])


def _redesigned(before: Inputs, now: Inputs) -> dict[tuple[str, str], tuple[str, str]]:
    """For each place and design that is offered no longer, the one that stands in for it: the same launcher for the
    nearest exit speed. A departure that was corrected asks for another speed, and so for tracks of another name."""
    found = {}
    for stand, designs in before.menu.items():
        offered = {design.id: design for design in now.menu.get(stand, ())}
        for design in designs:
            alike = [other for other in offered.values() if _launcher(other) == _launcher(design)]
            if design.id in offered or not alike:
                continue
            nearest = min(alike, key=lambda other: abs(other.exit_speed_m_s - design.exit_speed_m_s))
            for place in (stand, *before.stands[stand].directions):
                found[place, design.id] = (place, nearest.id)
    return found


def _launcher(design: LauncherDesign) -> tuple[object, ...]:
    """What a design is but for its exit speed."""
    *name, _ = design.id.removesuffix(BOTH_WAYS).split("_")
    return (*name, design.two_way)
