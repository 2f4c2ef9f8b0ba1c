"""The smallest change of each number behind the limits of a case without a plan that brings its goals within reach.

Goals are lowered, everything else is raised. The best change is checked by looking for a plan in whole numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.errors import InfeasibleError, NoAnswerError
from lunarchain.model.build import build
from lunarchain.model.inputs import make_inputs
from lunarchain.model.meaning import LIMIT
from lunarchain.pipeline.bare_problem import GOAL, LP_S, MET, Bare, bare_problem, blocking, missed_goals
from lunarchain.pipeline.change import changed, path_of, value_of
from lunarchain.scenario.load import Case
from lunarchain.solve.arrays import Arrays, UnsafeModelError, to_arrays
from lunarchain.solve.duals import to_a_vertex
from lunarchain.solve.elastic import Shortfall, elastic
from lunarchain.solve.highs import Outcome, solve_lp
from lunarchain.solve.learning import learning_terms
from lunarchain.solve.resolve import Resolver, straight
from lunarchain.solve.search import Limits, Progress, search

MOST_TIMES = 1000.0  # no number is raised by more than this
SAFE_TIMES = (MOST_TIMES, 100.0, 10.0)  # or by the first of these that leaves a model that can be solved
FINE, ROUGH = 1.01, 1.1  # the smallest change is found to within a hundredth; of several numbers together, a tenth
FAR_OFF = 1e-2  # of the goals' shares missed
_RELIEFS_S = 300.0  # after this no further number is tried
_SEARCH_S = 60.0
_ANY = 1e9  # any plan will do


def reliefs(
    problem: Bare, departures: pd.DataFrame, missed: Shortfall, progress: Progress
) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """The smallest change of each number behind what stands in the way, least first; the best ones are checked.

    Where no single limit will do, all of them are moved together. Also the limits tried ``alone`` that will not do by
    themselves, and those moved ``together``, by key.
    """
    keys: dict[str, str] = {}
    for label in blocking(problem, missed):
        for key in label.means.set_by if label.means.kind == LIMIT else ():
            if value_of(problem.case, key):
                keys.setdefault(key, label.words.removeprefix("goal: "))
    begun, known = time.perf_counter(), _known_factors(problem, missed)
    found = {
        key: _relief(problem.case, departures, {key: words}, progress, known.get(key))
        for key, words in keys.items()
        if key in known or time.perf_counter() - begun < _RELIEFS_S
    }
    ranked = sorted(filter(None, found.values()), key=lambda relief: relief["change"])
    given = [relief for relief in ranked if not relief["key"].startswith(GOAL)]
    limits: dict[str, str] = {}
    alone = [key for key, relief in found.items() if relief is None]
    if not given and (limits := _in_turn(problem)):
        given = list(filter(None, [_relief(problem.case, departures, limits, progress)]))
        ranked += given
    asked = [relief for relief in ranked if relief["key"].startswith(GOAL)]
    for relief in [*given[:1], *asked[:1]]:
        progress(f"why there is no plan: looking for one with {relief['key']} changed", None, None)
        _checked(problem.case, departures, relief)
    return ranked, {"alone": alone, "together": list(limits)}


def _known_factors(problem: Bare, missed: Shortfall) -> dict[str, float]:
    """By how much to lower a goal, where one row of one goal is all that is missed: what can be reached is known."""
    goals = problem.rows(lambda label: label.is_goal)
    asked = problem.side(goals)
    short = np.flatnonzero(missed.missing > MET * asked)
    if short.size != 1 or missed.missing[short[0]] >= (1 - 1 / MOST_TIMES) * asked[short[0]]:
        return {}
    times = float(asked[short[0]] / (asked[short[0]] - missed.missing[short[0]]))
    return {key: times for key in problem.labels[goals[short[0]]].means.set_by if key.startswith(GOAL)}


def _in_turn(problem: Bare) -> dict[str, str]:
    """Every number that stands in the way: of the goals, and then of the goals once those before it have given way."""
    keys: dict[str, str] = {}
    goals = problem.rows(lambda label: label.is_goal)
    while (missed := missed_goals(problem, goals)) is not None and missed.priced > MET:
        limits = [b for b in blocking(problem, missed) if b.means.kind == LIMIT and not b.is_goal]
        words = {label.words for label in limits}
        for label in limits:
            keys |= {key: label.words for key in label.means.set_by if value_of(problem.case, key)}
        free = problem.rows(lambda label: label.words in words)  # noqa: B023 - used at once
        if not free.size:
            break
        upper = problem.arrays.row_upper.copy()
        upper[free] = np.inf
        problem = replace(problem, arrays=replace(problem.arrays, row_upper=upper))
    return keys


def _relief(
    case: Case, departures: pd.DataFrame, keys: Mapping[str, str], progress: Progress, known: float | None = None
) -> dict[str, Any] | None:
    """The smallest change of some numbers together, as plain content; ``keys`` says which limit each one sets.

    ``known`` is the factor, where it need not be sought.
    """
    progress(f"why there is no plan: how far to move {', '.join(keys)}", None, None)
    caps = safe_factors(case, departures, keys)
    times = smallest_factor(case, departures, caps) if known is None else known
    if times is None:
        return None
    said = {"key": ", ".join(keys), "limit": ", ".join(dict.fromkeys(keys.values())), "plan_found": None}
    return said | _moves(case, caps, times)


def safe_factors(case: Case, departures: pd.DataFrame, keys: Iterable[str]) -> dict[str, float]:
    """The most each number may be moved by alone with a model that can still be solved: a rate of growth a thousand
    times as high gives coefficients beyond all measure."""

    def safe(key: str) -> float:
        for times in SAFE_TIMES:
            with suppress(UnsafeModelError):
                bare_problem(with_moves(case, {key: _moved(key, value_of(case, key) or 0.0, times)}), departures)
                return times
        return 1.0

    return {key: safe(key) for key in keys}


def _moves(case: Case, caps: Mapping[str, float], times: float) -> dict[str, Any]:
    """What a factor makes of each number, and how to say so on the command line."""
    old = {key: value_of(case, key) or 0.0 for key in caps}
    new = {
        key: _rounded(_moved(key, value, min(times, caps[key])), down=key.startswith(GOAL))
        for key, value in old.items()
    }
    return {
        "from": old,
        "to": new,
        "change": float(np.log(times)),
        "set": " ".join(f"--set {path_of(key)}={value:g}" for key, value in new.items()),
    }


def _moved(key: str, old: float, times: float) -> float:
    """Goals are lowered, everything else is raised."""
    return old / times if key.startswith(GOAL) else old * times


def with_moves(case: Case, moves: Mapping[str, float]) -> Case:
    """The case with several numbers replaced."""
    for key, value in moves.items():
        case = changed(case, key, value)
    return case


def _checked(case: Case, departures: pd.DataFrame, relief: dict[str, Any]) -> None:
    """Look for a plan in whole numbers; where rounding stands in its way, ask for a little more."""
    caps = safe_factors(case, departures, relief["to"])
    for more in (1.0, 1.02, 1.1):
        if more > 1:
            relief.update(_moves(case, caps, more * float(np.exp(relief["change"]))))
        if has_plan(with_moves(case, relief["to"]), departures):
            relief["plan_found"] = True
            return
    relief["plan_found"] = False


def has_plan(case: Case, departures: pd.DataFrame) -> bool:
    """Whether a plan in whole numbers can be found, whatever it costs."""
    inputs = make_inputs(case.scenario, case.facts, departures)
    context = build(inputs)
    arrays = to_arrays(context.model)
    limits = Limits(_ANY, _ANY, time.perf_counter() + _SEARCH_S, 1)
    try:
        search(arrays, learning_terms(arrays, context.model.learning), limits, lambda *_: None)
    except (InfeasibleError, NoAnswerError):
        return False
    return True


def smallest_factor(case: Case, departures: pd.DataFrame, caps: Mapping[str, float]) -> float | None:
    """The smallest factor by which to move numbers together, each by no more than its cap, so that the goals can be
    reached: to within a hundredth, of several numbers a tenth.

    ``None`` where no factor up to ``MOST_TIMES`` does it, or up to the largest the model can be solved safely with.
    """
    reached = _measured(case, departures, caps)
    most, fine = max(caps.values()), FINE if len(caps) == 1 else ROUGH
    while (enough := reached(most)) is None and most > SAFE_TIMES[-1]:
        most /= 10
    if not enough:
        return None
    low, times = 1.0, min(1.25, most)
    while not reached(times):
        low, times = times, min(times**3, most)
    while times / low > fine:
        middle = float(np.sqrt(low * times))
        low, times = (low, middle) if reached(middle) else (middle, times)
    return times


def _rounded(value: float, down: bool) -> float:
    """Three digits, on the safe side."""
    step = 10.0 ** (np.floor(np.log10(value)) - 2)
    return float(f"{(np.floor if down else np.ceil)(value / step) * step:.3g}")


def _measured(
    case: Case, departures: pd.DataFrame, caps: Mapping[str, float]
) -> Callable[[float], bool | None]:
    """Whether the goals can be reached with numbers moved by a factor: patched where they enter linearly, or built.

    ``None`` so far out that the model can no longer be solved safely.
    """
    problem = bare_problem(case, departures)
    weights = 1 / np.maximum(problem.side(problem.rows(lambda label: label.is_goal)), MET)
    old = {key: value_of(case, key) or 0.0 for key in caps}
    far = {key: _moved(key, value, caps[key]) for key, value in old.items()}

    def built(moves: Mapping[str, float]) -> Arrays:
        """The least sum of the shares of the goals that must be missed, as a model."""
        other = bare_problem(with_moves(case, moves), departures)
        goals = other.rows(lambda label: label.is_goal)
        return elastic(other.arrays, goals, weights, np.full(goals.size, np.inf))

    def rebuilt(times: float) -> bool | None:
        try:
            moves = {key: _moved(key, value, min(times, caps[key])) for key, value in old.items()}
            return _met(solve_lp(built(moves), LP_S, serves=_far_off).objective)
        except UnsafeModelError:
            return None

    line = None
    if len(set(caps.values())) == 1:  # else they do not move along one line
        with suppress(UnsafeModelError):
            line = straight(built(old), built({key: (old[key] + far[key]) / 2 for key in caps}), built(far))
    if line is None:
        return rebuilt
    first = next(iter(caps))
    share = _share(old[first], far[first], first)
    if not to_a_vertex(line(0.0)):
        return lambda times: _met(solve_lp(line(share(times)), LP_S, serves=_far_off).objective)
    engine = Resolver(line(0.0), LP_S)
    return lambda times: _met(engine.solve(line(share(times))).objective)


def _share(old: float, far: float, key: str) -> Callable[[float], float]:
    """How far along the line from ``old`` to ``far`` a factor lies."""
    return lambda times: (_moved(key, old, times) - old) / (far - old)


def _far_off(outcome: Outcome) -> bool:
    """Whether so much is missing that a solver unsure of the amount need not be asked again: a wrong no makes the
    change found larger than it must be, and never too small."""
    return bool(outcome.objective > FAR_OFF)


def _met(missing: float) -> bool:
    return bool(np.isfinite(missing)) and missing <= MET
