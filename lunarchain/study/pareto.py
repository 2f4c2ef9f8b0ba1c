"""What one thing costs in another: the plans that cannot be bettered in two or three objectives at once.

Augmented epsilon-constraint: one objective is minimised while the others are capped at levels between the best they
can be and what they are in the plan that is best in the first. A small weight on the capped ones keeps every answer
on the front, not merely at its edge. Each point is a plan in whole numbers with a proven bound, audited and stored.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.errors import InfeasibleError, InputError, Issue, NoAnswerError, answered_within, nearest_name
from lunarchain.model.measures import OBJECTIVES, satellites_in
from lunarchain.scenario.load import Case
from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.bounds import FEASIBLE, residuals
from lunarchain.solve.extra import coefficients, with_added_cost, with_row
from lunarchain.solve.learning import LearningTerms, true_cost
from lunarchain.solve.search import Progress, search
from lunarchain.study.plans import (
    InterruptedStudyError,
    Point,
    Problem,
    deadline,
    given_up,
    identity,
    keep,
    now,
    open_problem,
    plans,
    stored,
)
from lunarchain.units import factor

COST, YEARS = "cost", "years"
MEASURES = {m.name: m for m in OBJECTIVES}
NAMES = (COST, *MEASURES, YEARS)
WORDS = {COST: ("discounted cost and value not served", "G$"), YEARS: ("years to 1 TW of satellites a year", "yr")} | {
    name: (m.words, m.unit) for name, m in MEASURES.items()
}  # fmt: skip
TERAWATT_GW = factor("TW", "GW")
# The range of a capped objective weighs this much of the first one's: it breaks ties, and is too little to trade.
TIES = 1e-4
# A range below this share of its upper end is solver noise: the two objectives do not conflict.
NO_RANGE = 1e-6
FEWEST_POINTS, MOST_POINTS = 3, 100


@dataclass(frozen=True)
class Front:
    """The points found, best first in the first objective, and which of them nothing betters.

    ``objectives`` begin with the one minimised; ``missed`` counts the questions without a plan, by status.
    """

    name: str
    objectives: tuple[str, ...]
    points: tuple[Point, ...]
    folder: Path
    gap: float
    missed: Mapping[str, int]

    @property
    def rows(self) -> pd.DataFrame:
        """One row per point: objectives, proof, decisions, audit; ``on_front`` where no other point betters it."""
        table = pd.DataFrame([_row(point, self.objectives) for point in self.points])
        table["on_front"] = undominated(table[list(self.objectives)].to_numpy(float))
        return table


def pareto(
    case: Case,
    departures: pd.DataFrame,
    objectives: Sequence[str],
    out: Path,
    progress: Progress,
    count: int = 5,
    gap: float = 5e-3,
) -> Front:
    """The front of a case over two or three of ``NAMES``, ``count`` levels a capped objective, each to a relative gap.

    Stored answers are read back. Raises ``InputError`` for objectives that are unknown, double, too few or do not
    conflict, ``InfeasibleError`` when the case has no plan and ``NoAnswerError`` when time ends before any.
    """
    issues = [*objective_issues(objectives, case), *_count_issues(count, gap)]
    if issues:
        raise InputError(issues)
    problem = open_problem(case, departures, out, f"pareto-{'-'.join(objectives)}")
    first = COST if COST in objectives else next(name for name in objectives if name != YEARS)
    others = [name for name in objectives if name not in (first, YEARS)]
    work = _Work(problem, first, gap, progress, [])
    try:
        points = _points(work, others, YEARS in objectives, count)
    except KeyboardInterrupt:
        raise InterruptedStudyError(
            f"interrupted: {len(work.found)} points are stored in {problem.folder}; run it again to go on"
        ) from None
    asked = (first, *(name for name in objectives if name != first))
    missed = Counter(point.record["status"] for point in work.found if not point.answered)
    return Front(case.name, asked, distinct(points, asked), problem.folder, gap, dict(missed))


def distinct(points: Sequence[Point], objectives: Sequence[str]) -> tuple[Point, ...]:
    """The points without those that repeat an earlier one in every objective: several caps may ask for one plan."""
    values = np.array([[point.record["objectives"][name] for name in objectives] for point in points], dtype=float)
    alike = FEASIBLE * np.nanmax(np.abs(values), axis=0, initial=1e-12)
    kept: list[int] = []
    for k, row in enumerate(values):
        if not any(np.all((np.abs(values[n] - row) <= alike) | np.isnan(values[n]) & np.isnan(row)) for n in kept):
            kept.append(k)
    return tuple(points[k] for k in kept)


def objective_issues(objectives: Sequence[str], case: Case) -> list[Issue]:
    """What is wrong with the objectives asked for."""
    where, key, issues = "command line", "--objectives", []
    for name in dict.fromkeys(objectives):
        if name not in NAMES:
            expected = "two or three of " + ", ".join(NAMES)
            issues.append(Issue(where, key, f"'{name}'", expected, nearest_name(name, NAMES)))
        if list(objectives).count(name) > 1:
            issues.append(
                Issue(where, key, f"'{name}' twice", "different objectives: one cannot be traded for itself")
            )
    if not 2 <= len(objectives) <= 3:
        issues.append(
            Issue(where, key, f"{len(objectives)} objectives", "two or three of " + ", ".join(NAMES))
        )
    if YEARS in objectives and case.scenario.goals.satellites_in is not None:
        issues.append(
            Issue(case.file, "goals.satellites_in", "a year asked for", "no such goal when years are traded")
        )
    return issues


def _count_issues(count: int, gap: float) -> list[Issue]:
    issues = []
    if not FEWEST_POINTS <= count <= MOST_POINTS:
        expected = f"{FEWEST_POINTS} or more levels, up to {MOST_POINTS}"
        issues.append(Issue("command line", "--points", str(count), expected))
    if not 0 < gap < 1:
        issues.append(
            Issue("command line", "--gap", f"{gap:g}", "a share above 0 and below 1, such as 0.005")
        )
    return issues


@dataclass
class _Work:
    """One front under way."""

    problem: Problem
    first: str
    gap: float
    progress: Progress
    found: list[Point]

    def ask(self, caps: Mapping[str, float], ties: Mapping[str, float], period: int | None = None,
            minimise: str | None = None) -> Point:  # fmt: skip
        """The plan best in one objective under caps on others, and a year by which a terawatt must be reached."""
        minimise = minimise or self.first
        question = {"minimise": minimise, "caps": dict(caps), "ties": dict(ties), "period": period, "gap": self.gap,
                    "time_limit_s": self.problem.case.scenario.solve.time_limit_s}  # fmt: skip
        point = stored(self.problem, question)
        if point is None:
            point = self._solved(question)
        self.found.append(point)
        return point

    def _solved(self, question: dict[str, Any]) -> Point:
        arrays, terms = posed(self.problem, question)
        begun = now()
        known = [plan for plan in plans(self.found) if residuals(arrays, plan) <= FEASIBLE]
        limits = deadline(self.problem, begun, self.gap)
        try:
            with given_up(limits), answered_within(self.problem.case.scenario.solve.time_limit_s):
                answer = search(arrays, terms, limits, self._named(question), known)
        except InfeasibleError:
            return keep(self.problem, question, {"status": "infeasible", "seconds": now() - begun}, None)
        except NoAnswerError:
            if not any(point.answered for point in self.found):
                raise
            # not kept: another time, or more of it, may bring one
            return Point(self.problem.folder, {"status": "no answer", "question": question})
        record = {
            "status": answer.status,
            "objectives": _objectives(self.problem, answer.values),
            "gap": answer.gap,
            "bound_rests_on": answer.proof,
            "seconds": round(now() - begun, 1),
        }
        return keep(self.problem, question, record, answer.values)

    def _named(self, question: Mapping[str, Any]) -> Progress:
        caps = [f"{name} at most {value:,.4g}" for name, value in question["caps"].items()]
        if question["period"] is not None:
            caps.append(f"1 TW a year in {self._year(question['period'])}")
        asked = ", ".join([f"least {question['minimise']}", *caps])
        return lambda phase, plan, bound: self.progress(
            f"point {len(self.found) + 1} ({asked}): {phase}", None, None
        )

    def _year(self, period: int) -> int:
        return int(self.problem.context.inputs.calendar.edges[period])


def posed(problem: Problem, question: Mapping[str, Any]) -> tuple[Arrays, LearningTerms]:
    """A question as a model: what is minimised, the caps as rows, the weights that break ties."""
    arrays, terms = problem.arrays, problem.terms
    if question["minimise"] != COST:
        arrays, terms = _measured(problem, question["minimise"])
    for name, weight in question["ties"].items():
        arrays = with_added_cost(arrays, weight * problem.measures[name])
    for name, cap in question["caps"].items():
        arrays = with_row(arrays, f"cap on {name}", problem.measures[name], upper=cap)
    if question["period"] is not None:
        added = coefficients(problem.arrays, satellites_in(problem.context, question["period"]))
        arrays = with_row(arrays, "a terawatt a year", added, lower=TERAWATT_GW)
    return arrays, terms


def _measured(problem: Problem, name: str) -> tuple[Arrays, LearningTerms]:
    """A measure as what is minimised, with a trace of the cost so that among equals the cheapest is found."""
    arrays, terms, row = problem.arrays, problem.terms, problem.measures[name]
    trace = TIES * float(np.abs(row).max(initial=1.0)) / float(np.abs(arrays.cost).max(initial=1.0))
    arrays = replace(arrays, cost=row + trace * arrays.cost, offset=trace * arrays.offset)
    return arrays, replace(terms, weights=trace * terms.weights)


def _objectives(problem: Problem, values: Vector) -> dict[str, float | None]:
    """Every objective of a plan; years are those from the start to the period in which a terawatt is first added."""
    found: dict[str, float | None] = {COST: true_cost(problem.arrays, problem.terms, values)}
    found |= {name: float(problem.measures[name] @ values) for name in MEASURES}
    calendar = problem.context.inputs.calendar
    for t in range(calendar.reported):
        added = coefficients(problem.arrays, satellites_in(problem.context, t)) @ values
        if added >= TERAWATT_GW * (1 - FEASIBLE):
            return found | {YEARS: calendar.edges[t] - calendar.edges[0]}
    return found | {YEARS: None}


def _points(work: _Work, others: list[str], years: bool, count: int) -> list[Point]:
    best = work.ask({}, {})
    if not best.answered:
        raise InfeasibleError("no plan satisfies the limits of this case")
    if not years:
        return [best, *_between(work, best, others, count)]
    by_year = _by_year(work)
    if not others:
        return [best, *by_year]
    chosen = [by_year[k] for k in sorted(set(np.linspace(0, len(by_year) - 1, count).round().astype(int).tolist()))]
    return [best, *(point for cheapest in chosen for point in [cheapest, *_between(work, cheapest, others, count)])]


def _between(work: _Work, best: Point, others: list[str], count: int) -> list[Point]:
    """The extremes, then the levels between them, tight to loose: a plan under a tight cap starts the next solve.

    ``best`` is the plan best in the first objective, by the year it was asked for, if any; so are the others.
    """
    period = best.record["question"]["period"]
    extremes = [best, *(_least(work, name, period) for name in others)]
    ends = {name: _range(work, name, extremes) for name in others}
    if flat := [name for name, (low, high) in ends.items() if high - low <= NO_RANGE * max(abs(high), 1.0)]:
        if period is not None:
            return []  # by that year one plan is best in both
        raise InputError([_no_range(work, name, ends[name][1]) for name in flat])
    first = work.first
    ties = {
        name: TIES
        * max(end.record["objectives"][first] - best.record["objectives"][first], 1.0)
        / (high - low)
        for (name, (low, high)), end in zip(ends.items(), extremes[1:], strict=True)
    }
    levels = [np.linspace(low, high, count)[:-1] for low, high in ends.values()]
    found = [
        work.ask(dict(zip(others, map(float, caps), strict=True)), ties, period)
        for caps in itertools.product(*levels)
    ]
    return [point for point in found[::-1] if point.answered]


def _least(work: _Work, name: str, period: int | None) -> Point:
    """The plan with least of a capped objective."""
    end = work.ask({}, {}, period, minimise=name)
    if not end.answered:
        raise NoAnswerError(f"no plan with least {name} was found in time; give more with --time")
    return end


def _range(work: _Work, name: str, extremes: Sequence[Point]) -> tuple[float, float]:
    """From the least an objective can be to the most it is in a plan that is best in one of the others."""
    values = [point.record["objectives"][name] for point in extremes]
    return min(values), max(values)


def _no_range(work: _Work, name: str, value: float) -> Issue:
    others = ", ".join(one for one in NAMES if one not in (name, work.first))
    goal = "" if work.first == COST else ", or set a goal to be served"
    reached = f"the plan with least {work.first} has {value:.6g} {WORDS[name][1]}, and none with less was found"
    return Issue(
        "command line", "--objectives", f"{name}: no range: {reached}",
        "objectives that conflict", "", f"one plan is best in both; trade {name} against another of {others}{goal}",
    )  # fmt: skip


def _by_year(work: _Work) -> list[Point]:
    """A plan for every year in which a terawatt a year can be reached, from the last to the first that is too early."""
    found: list[Point] = []
    for period in reversed(range(work.problem.context.inputs.calendar.reported)):
        point = work.ask({}, {}, period)
        if not point.answered:
            break
        found.append(point)
    if not found:
        raise InfeasibleError(
            "no plan adds a terawatt of satellites a year in any reported year of this case"
        )
    return found


def undominated(values: np.ndarray) -> np.ndarray:
    """Which rows no other row betters: as small in every column and smaller in one (missing counts as worst)."""
    known = np.where(np.isnan(values), np.inf, values)
    small = FEASIBLE * np.maximum(
        np.abs(np.where(np.isinf(known), 0.0, known)).max(axis=0, initial=0.0), 1e-12
    )
    no_worse = (known[None, :, :] <= known[:, None, :] + small).all(axis=2)
    better = (known[None, :, :] < known[:, None, :] - small).any(axis=2)
    return ~(no_worse & better).any(axis=1)


def _row(point: Point, objectives: Sequence[str]) -> dict[str, Any]:
    record = point.record
    figures, measures = record["figures"], record["measures"]
    made = sum(measures[name] for name in ("joined_in_orbit", "made_on_moon", "made_on_earth"))
    return {
        **{name: record["objectives"][name] for name in objectives},
        "paid": figures["discounted_cost_g_usd"],
        "gap": record["gap"],
        "status": record["status"],
        "satellites_gw": made,
        "moon_share": (made - measures["made_on_earth"]) / made if made > 0 else 0.0,
        "drivers": round(measures["drivers"]),
        "share_served": figures["share_of_demand_served"],
        "audit": record["audit"]["passed"],
        "point": identity(record["question"]),
    }


__all__ = ["NAMES", "WORDS", "Front", "NoAnswerError", "objective_issues", "pareto", "posed", "undominated"]
