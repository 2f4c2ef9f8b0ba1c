"""Why a case has no plan, in terms of what it asks for and what limits it, and the smallest changes that mend it.

1. How much of the goals can be reached at all, and which limits stand in the way (by their duals).
2. What is short, one resource or limit at a time: the least priced amount by which giving way there alone would do.
3. For every number behind those limits, and every goal, the smallest change that makes the case feasible; the best is
   checked by looking for a plan in whole numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.errors import InfeasibleError, NoAnswerError
from lunarchain.model.build import build
from lunarchain.model.calendar import Calendar
from lunarchain.model.inputs import make_inputs
from lunarchain.model.meaning import DEFINITION, LIMIT, Meaning, meaning, period_of, place_of
from lunarchain.pipeline.change import changed, path_of, value_of
from lunarchain.scenario.load import Case
from lunarchain.solve.arrays import Arrays, UnsafeModelError, Vector, to_arrays
from lunarchain.solve.duals import to_a_vertex
from lunarchain.solve.elastic import Shortfall, bare, elastic, shortfall
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.learning import learning_terms
from lunarchain.solve.resolve import Resolver, straight
from lunarchain.solve.search import Limits, Progress, search

GOAL = "goals."
# goals missed by less than this share in all are met: the interior point's own tolerance
MET = 1e-5
BLOCKS = 1e-4  # duals below this share of the largest are noise: an interior point's are never quite zero
MOST_TIMES = 1000.0  # no number is raised by more than this
FINE = 1.01  # the smallest change is found to within a hundredth
_LP_S = 120.0
_RELIEFS_S = 300.0  # after this no further number is tried
_SEARCH_S = 60.0
_ANY = 1e9  # any plan will do


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


@contextmanager
def explained(case: Case, departures: pd.DataFrame, progress: Progress) -> Iterator[None]:
    """Where the work inside ends with no plan, say why: the error raised carries the diagnosis."""
    try:
        yield
    except InfeasibleError as error:
        try:
            why = diagnose(case, departures, progress)
        except NoAnswerError:
            why = None
        raise InfeasibleError(str(error), why if why and why["asked"] else None) from None


def diagnose(case: Case, departures: pd.DataFrame, progress: Progress) -> dict[str, Any]:
    """Why a case has no plan: ``asked``, ``held_by``, ``short`` and ``reliefs``, each ranked, as plain content."""
    progress("why there is no plan: how far the goals can be reached", None, None)
    problem = bare_problem(case, departures)
    goals = problem.rows(lambda label: label.is_goal)
    if not goals.size:
        return {"asked": [], "held_by": [], "short": [], "reliefs": [], "alone": [], "together": []}
    missed = _missed(problem, goals)
    if missed is None:
        raise NoAnswerError("why there is no plan could not be worked out: the limits contradict each other even"
                            " without the goals, or time ended")  # fmt: skip
    held = _standing(problem, missed.duals)
    shorts = [
        found for words in _groups(problem, missed.duals) if (found := _short(problem, words, progress))
    ]
    reliefs, tried = _reliefs(problem, departures, missed.duals, progress)
    return {
        "asked": _asked(problem, goals, missed),
        "held_by": held,
        "short": sorted(shorts, key=lambda short: (short["priced_g_usd"] is None, short["priced_g_usd"] or 0.0)),
        "reliefs": reliefs,
        **tried,
    }  # fmt: skip


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


def _missed(problem: Bare, goals: np.ndarray) -> Shortfall | None:
    """The least sum of the shares of the goals that must be missed."""
    required = problem.side(goals)
    return shortfall(problem.arrays, goals, 1 / np.maximum(required, MET), required, _LP_S)


def _asked(problem: Bare, goals: np.ndarray, missed: Shortfall) -> list[dict[str, Any]]:
    """What each goal asks for and what of it can be reached; a goal for one year is named by that year."""
    wanted_in = problem.case.scenario.goals.satellites_in

    def when(label: Label) -> tuple[int, int]:
        rate = "goals.satellites_gw_per_yr" in label.means.set_by
        return (wanted_in, wanted_in) if rate and wanted_in is not None else _years(problem, label.period)

    entries = [
        {
            "goal": problem.labels[k].words.removeprefix("goal: "),
            "year": when(problem.labels[k])[0],
            "until": when(problem.labels[k])[1],
            "asked": float(asked),
            "reachable": float(asked - lack),
            "unit": problem.labels[k].means.unit,
        }
        for k, asked, lack in zip(goals, problem.side(goals), missed.missing, strict=True)
        if lack > MET * asked
    ]
    return sorted(entries, key=lambda entry: -(entry["asked"] - entry["reachable"]) / entry["asked"])


def _years(problem: Bare, period: int) -> tuple[int, int]:
    """The year a period begins in and the last one it holds."""
    first, after = (problem.calendar.edges[k] for k in (period, period + 1))
    return int(first), max(int(first), int(np.ceil(after)) - 1)


def _blocking(problem: Bare, duals: Vector) -> list[Label]:
    """Rows whose dual says that giving way there would help, the weightiest first."""
    sides = np.nan_to_num(np.abs(_sides(problem)), posinf=0.0)  # a row that already gave way weighs nothing
    weight = np.abs(duals[: len(problem.labels)]) * np.maximum(sides, 1.0)
    order = np.argsort(-weight, kind="stable")
    return [problem.labels[k] for k in order if weight[k] > BLOCKS * weight.max()]


def _sides(problem: Bare) -> Vector:
    return problem.side(np.arange(len(problem.labels)))


def _standing(problem: Bare, duals: Vector, but: str = "") -> list[str]:
    """The limits that stand in the way, in words."""
    found = (label.words for label in _blocking(problem, duals) if label.means.kind == LIMIT)
    return [words for words in dict.fromkeys(found) if words != but and not words.startswith("goal: ")]


def _groups(problem: Bare, duals: Vector) -> list[str]:
    """What may be short: every limit that stands in the way, and every balance that a price is known for."""
    return list(
        dict.fromkeys(
            label.words
            for label in _blocking(problem, duals)
            if label.means.priced_at or (label.means.kind == LIMIT and label.means.set_by)
        )
    )


def _short(problem: Bare, words: str, progress: Progress) -> dict[str, Any] | None:
    """How much is missing where only the rows of one kind give way; nothing if that alone does not help."""
    progress(f"why there is no plan: {words}", None, None)
    rows = problem.rows(lambda label: label.words == words)
    labels = [problem.labels[k] for k in rows]
    years = np.array([problem.calendar.discounted_years(label.period) for label in labels])
    unit_price = _unit_price(problem, labels[0])
    prices = (unit_price or 1.0) * years
    found = shortfall(problem.arrays, rows, prices, np.full(rows.size, np.inf), _LP_S)
    if found is None:
        return None
    worst = int(np.argmax(found.missing))
    lacking = [label.period for label, amount in zip(labels, found.missing, strict=True) if amount > MET]
    return {
        "what": words.removeprefix("goal: "),
        "goal": labels[0].is_goal,
        "where": "|".join(labels[worst].place),
        "unit": labels[0].means.unit,
        "worst_year": _years(problem, labels[worst].period)[0],
        "worst_until": _years(problem, labels[worst].period)[1],
        "missing": float(found.missing[worst]),
        "years": sorted({int(problem.calendar.edges[t]) for t in lacking}),
        "priced_g_usd": None if unit_price is None else float(found.priced),
        "priced_at": labels[0].means.priced_at,
        "held_by": _standing(problem, found.duals, words),
    }


def _unit_price(problem: Bare, label: Label) -> float | None:
    """Price [G$ per unit and year] of what is missing."""
    if not label.means.priced_at:
        return None
    return problem.case.facts.number(label.means.priced_at, f"GUSD/({label.means.unit})/yr")


def _reliefs(
    problem: Bare, departures: pd.DataFrame, duals: Vector, progress: Progress
) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """The smallest change of each number behind what stands in the way, least first; the best ones are checked.

    Where no single limit will do, all of them are moved together. Also the limits tried ``alone`` that will not do by
    themselves, and those moved ``together``, by key.
    """
    keys: dict[str, str] = {}
    for label in _blocking(problem, duals):
        for key in label.means.set_by if label.means.kind == LIMIT else ():
            if value_of(problem.case, key):
                keys.setdefault(key, label.words.removeprefix("goal: "))
    begun = time.perf_counter()
    found = [
        _relief(problem.case, departures, {key: words}, progress)
        for key, words in keys.items()
        if time.perf_counter() - begun < _RELIEFS_S
    ]
    ranked = sorted(filter(None, found), key=lambda relief: relief["change"])
    given = [relief for relief in ranked if not relief["key"].startswith(GOAL)]
    limits: dict[str, str] = {}
    alone = [key for key, relief in zip(keys, found, strict=False) if relief is None]
    if not given:
        limits = _in_turn(problem)
        given = list(filter(None, [_relief(problem.case, departures, limits, progress)]))
        ranked += given
    asked = [relief for relief in ranked if relief["key"].startswith(GOAL)]
    for relief in [*given[:1], *asked[:1]]:
        progress(f"why there is no plan: looking for one with {relief['key']} changed", None, None)
        _checked(problem.case, departures, relief)
    return ranked, {"alone": alone, "together": list(limits)}


def _in_turn(problem: Bare) -> dict[str, str]:
    """Every number that stands in the way: of the goals, and then of the goals once those before it have given way."""
    keys: dict[str, str] = {}
    goals = problem.rows(lambda label: label.is_goal)
    while (missed := _missed(problem, goals)) is not None and missed.priced > MET:
        limits = [b for b in _blocking(problem, missed.duals) if b.means.kind == LIMIT and not b.is_goal]
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
    case: Case, departures: pd.DataFrame, keys: Mapping[str, str], progress: Progress
) -> dict[str, Any] | None:
    """The smallest change of some numbers together, as plain content; ``keys`` says which limit each one sets."""
    progress(f"why there is no plan: how far to move {', '.join(keys)}", None, None)
    times = smallest_factor(case, departures, tuple(keys))
    if times is None:
        return None
    said = {"key": ", ".join(keys), "limit": ", ".join(dict.fromkeys(keys.values())), "plan_found": None}
    return said | _moves(case, tuple(keys), times)


def _moves(case: Case, keys: tuple[str, ...], times: float) -> dict[str, Any]:
    """What a factor makes of each number, and how to say so on the command line."""
    old = {key: value_of(case, key) or 0.0 for key in keys}
    new = {key: _rounded(_moved(key, value, times), down=key.startswith(GOAL)) for key, value in old.items()}
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
    for more in (1.0, 1.02, 1.1):
        if more > 1:
            relief.update(_moves(case, tuple(relief["to"]), more * float(np.exp(relief["change"]))))
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


def smallest_factor(case: Case, departures: pd.DataFrame, keys: tuple[str, ...]) -> float | None:
    """The smallest factor by which to move numbers together so that the goals can be reached, to within a hundredth.

    ``None`` where no factor up to ``MOST_TIMES`` does it.
    """
    reached = _measured(case, departures, keys)
    low, times = 1.0, 1.25
    while not reached(times):
        if times >= MOST_TIMES:
            return None
        low, times = times, min(times**2, MOST_TIMES)
    while times / low > FINE:
        middle = float(np.sqrt(low * times))
        low, times = (low, middle) if reached(middle) else (middle, times)
    return times


def _rounded(value: float, down: bool) -> float:
    """Three digits, on the safe side."""
    step = 10.0 ** (np.floor(np.log10(value)) - 2)
    return float(f"{(np.floor if down else np.ceil)(value / step) * step:.3g}")


def _measured(case: Case, departures: pd.DataFrame, keys: tuple[str, ...]) -> Callable[[float], bool]:
    """Whether the goals can be reached with numbers moved by a factor: patched where they enter linearly, or built."""
    problem = bare_problem(case, departures)
    weights = 1 / np.maximum(problem.side(problem.rows(lambda label: label.is_goal)), MET)
    old = {key: value_of(case, key) or 0.0 for key in keys}
    far = {key: _moved(key, value, MOST_TIMES) for key, value in old.items()}

    def built(moves: Mapping[str, float]) -> Arrays:
        """The least sum of the shares of the goals that must be missed, as a model."""
        other = bare_problem(with_moves(case, moves), departures)
        goals = other.rows(lambda label: label.is_goal)
        return elastic(other.arrays, goals, weights, np.full(goals.size, np.inf))

    def rebuilt(times: float) -> bool:
        try:
            moves = {key: _moved(key, value, times) for key, value in old.items()}
            return _met(solve_lp(built(moves), _LP_S).objective)
        except UnsafeModelError:  # so far out that the model can no longer be solved safely
            return False

    try:
        line = straight(built(old), built({key: (old[key] + far[key]) / 2 for key in keys}), built(far))
    except UnsafeModelError:
        line = None
    if line is None:
        return rebuilt
    share = _share(old[keys[0]], far[keys[0]], keys[0])
    if not to_a_vertex(line(0.0)):
        return lambda times: _met(solve_lp(line(share(times)), _LP_S).objective)
    engine = Resolver(line(0.0), _LP_S)
    return lambda times: _met(engine.solve(line(share(times))).objective)


def _share(old: float, far: float, key: str) -> Callable[[float], float]:
    """How far along the line from ``old`` to ``far`` a factor lies."""
    return lambda times: (_moved(key, old, times) - old) / (far - old)


def _met(missing: float) -> bool:
    return bool(np.isfinite(missing)) and missing <= MET
