"""Plans nearly as good as the best that differ most from it in what people decide: modelling to generate alternatives.

The cost may exceed the best by a stated slack and no more. Within that, each decision (what is joined in orbit, made on
the Moon, made on Earth, left on the ground, how many drivers) is pushed as far down and as far up as it goes; of the
plans found, those that lie furthest apart are shown. Cost is held by the tangent of the launch bill at the best plan,
which never lies below the true bill: every plan shown keeps the slack on true prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from lunarchain.errors import InputError, Issue, NoAnswerError, answered_within
from lunarchain.model.measures import DECISIONS
from lunarchain.scenario.load import Case
from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.bounds import FEASIBLE, residuals
from lunarchain.solve.extra import ExtraRow, with_row
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.learning import LearningTerms, true_cost, with_tangents
from lunarchain.solve.rounding import fixed
from lunarchain.solve.search import Progress, search
from lunarchain.study.plans import (
    InterruptedStudyError,
    Point,
    Problem,
    deadline,
    given_up,
    keep,
    now,
    open_problem,
    plans,
    stored,
)

DRIVERS = "drivers"
# A decision is pushed to within this share of the way it goes; nobody decides on less.
PUSHED = 0.02
# Tracks that count as drivers are used at least this much: a track nobody needs is no decision.
USED = 0.5
# Decisions this close (as shares) are one plan to a person.
ALIKE = 0.01
SHARE_OF_TIME = 1 / 4  # of the case's time limit, for each decision pushed
MANY_TRACKS = 10.0  # the size of a count of drivers, where the size of power is the demand's ceiling
_TRACE = 1e-4  # weight of the cost among plans equal in a decision
MOST_SLACK = 1.0


@dataclass(frozen=True)
class Alternatives:
    """The best plan first, then those that differ most from all before them."""

    name: str
    within: float
    best_gap: float
    points: tuple[Point, ...]
    folder: Path
    unanswered: tuple[str, ...] = ()

    @property
    def rows(self) -> pd.DataFrame:
        """One row per plan: what was pushed, cost above the best, decisions, audit."""
        best = self.points[0].record["cost"]
        return pd.DataFrame([_row(point, best) for point in self.points])


def alternatives(
    case: Case, departures: pd.DataFrame, within: float, out: Path, progress: Progress, count: int = 6
) -> Alternatives:
    """At most ``count`` plans within a relative slack of the least cost, stored as they are found.

    Raises ``InputError`` for a slack that is none or below the gap the best plan is proven to, ``NoAnswerError`` when
    the time allows no plan, ``InfeasibleError`` when there is none.
    """
    if not 0 < within <= MOST_SLACK:
        raise InputError([Issue("command line", "--within", f"{100 * within:.4g}%", "a slack above 0 and up to 100%")])
    problem = open_problem(case, departures, out, "alternatives")
    found: list[Point] = []
    try:
        best = _best(problem, progress)
        found.append(best)
        _refuse_slack_below(best.record["gap"], within, case)
        values = plans([best])[0]
        for name in (m.name for m in DECISIONS):
            for way in ("least", "most"):
                found.append(_pushed(problem, values, within, name, way, found, progress))
    except KeyboardInterrupt:
        raise InterruptedStudyError(
            f"interrupted: {len(found)} plans are stored in {problem.folder}; run it again to go on"
        ) from None
    missed = tuple(point.record["pushed"] for point in found if not point.answered)
    chosen = furthest_apart([point for point in found if point.answered], count)
    return Alternatives(case.name, within, best.record["gap"], chosen, problem.folder, missed)


def _refuse_slack_below(gap: float, within: float, case: Case) -> None:
    if within > gap:
        return
    raise InputError([
        Issue("command line", "--within", f"{100 * within:.4g}%", f"a slack above the proven gap of {gap:.3%}", "",
              "below it a plan cannot be told from the best; widen the slack, or prove more with --gap"
              f" (now {case.scenario.solve.gap:g}) and --time")
    ])  # fmt: skip


def _best(problem: Problem, progress: Progress) -> Point:
    options = problem.case.scenario.solve
    question = {"push": "cost", "gap": options.gap, "time_limit_s": options.time_limit_s}
    known = stored(problem, question)
    if known is not None:
        return known
    begun = now()
    limits = deadline(problem, begun, options.gap)
    with given_up(limits), answered_within(options.time_limit_s):
        answer = search(
            problem.arrays, problem.terms, limits,
            lambda phase, plan, bound: progress(f"the best plan: {phase}", plan, bound),
        )  # fmt: skip
    record = {"status": answer.status, "cost": answer.objective, "gap": max(answer.gap, 0.0), "pushed": "least cost",
              "seconds": round(now() - begun, 1)}  # fmt: skip
    return keep(problem, question, record, answer.values)


def _pushed(
    problem: Problem,
    best: Vector,
    within: float,
    name: str,
    way: str,
    found: list[Point],
    progress: Progress,
) -> Point:
    """The plan with least or most of a decision within the slack."""
    question = {"push": name, "way": way, "within": within, "time_limit_s": problem.case.scenario.solve.time_limit_s,
                "from": found[0].folder.name}  # fmt: skip
    known = stored(problem, question)
    if known is not None:
        return known
    begun = now()
    arrays = posed(problem, best, within, name, way)
    starts = [plan for plan in plans(found) if residuals(arrays, plan) <= FEASIBLE]
    said = f"{way} {_spoken(name)}"
    limits = deadline(problem, begun, PUSHED, SHARE_OF_TIME)
    try:
        with given_up(limits):
            answer = search(
                arrays, _no_learning(), limits,
                lambda phase, plan, bound: progress(f"plan {len(found) + 1} ({said}): {phase}", None, None), starts,
            )  # fmt: skip
        values = _cheapest(problem, arrays, answer.values, name, way)
    except NoAnswerError:  # not kept: another time, or more of it, may bring one
        return Point(problem.folder, {"status": "no answer", "pushed": said})
    status = "as far as it goes" if answer.status == "optimal" else "as far as was found in time"
    record = {"status": status, "cost": true_cost(problem.arrays, problem.terms, values), "gap": answer.gap,
              "pushed": said, "seconds": round(now() - begun, 1)}  # fmt: skip
    return keep(problem, question, record, values)


def _cheapest(problem: Problem, arrays: Arrays, values: Vector, name: str, way: str) -> Vector:
    """The least costly plan, to a vertex, that has the same whole numbers and as little (or as much) of a decision."""
    sign = 1.0 if way == "least" else -1.0
    reached = float(sign * problem.measures[name] @ values)
    held = with_row(
        arrays, "decision", sign * problem.measures[name], upper=reached + FEASIBLE * (1 + abs(reached))
    )
    whole = {int(k): float(np.round(values[k])) for k in np.flatnonzero(arrays.integer)}
    tangent = with_tangents(problem.arrays, problem.terms, values)
    restricted = fixed(replace(held, cost=tangent.cost, offset=tangent.offset), whole)
    outcome = solve_lp(restricted, SHARE_OF_TIME * problem.case.scenario.solve.time_limit_s, crossover=True)
    better = outcome.status == "optimal" and outcome.values is not None
    return outcome.values if better and outcome.values is not None else values


def _no_learning() -> LearningTerms:
    """No launch bill in the objective: it stands in the row that holds the slack."""
    return LearningTerms(np.zeros(0, dtype=int), np.zeros(0), ())


def posed(problem: Problem, best: Vector, within: float, name: str, way: str) -> Arrays:
    """A decision pushed down or up under a cost at most ``1 + within`` times the best plan's.

    The objective is moved by a constant, so that a relative gap on it means a share of how far the decision can go.
    """
    tangent = with_tangents(problem.arrays, problem.terms, best)
    budget = (1 + within) * true_cost(problem.arrays, problem.terms, best)
    arrays = with_row(problem.arrays, "slack", tangent.cost, upper=budget - tangent.offset)
    row = problem.measures[name] * (1.0 if way == "least" else -1.0)
    if name == DRIVERS and way == "most":
        arrays = _used(arrays)
    scale = MANY_TRACKS if name == DRIVERS else problem.case.scenario.demand.ceiling_gw
    trace = _TRACE * scale / budget
    return replace(arrays, cost=row + trace * tangent.cost, offset=trace * tangent.offset + 2 * scale)


def _used(arrays: Arrays) -> Arrays:
    """Every standing track throws at least a share of what it could: one that idles is no driver."""
    rate = [k for k, (row, _) in enumerate(arrays.rows) if row.parent_component().name == "track_rate"]
    if not rate:
        return arrays
    rows = arrays.matrix.tocsr()[rate]
    # z - capacity <= 0 becomes USED x capacity - z <= 0
    flipped = rows.multiply(rows < 0) * -USED - rows.multiply(rows > 0)
    return replace(
        arrays,
        matrix=sparse.vstack([arrays.matrix, flipped]).tocsc(),
        row_lower=np.append(arrays.row_lower, np.full(len(rate), -np.inf)),
        row_upper=np.append(arrays.row_upper, np.zeros(len(rate))),
        rows=(*arrays.rows, *((ExtraRow(f"use of track {n}"), 1) for n in range(len(rate)))),
    )


def decisions(measures: Mapping[str, float]) -> dict[str, float]:
    """What people decide, as shares of all power added; drivers as they are."""
    built = {
        name: measures[name] for name in ("joined_in_orbit", "made_on_moon", "made_on_earth", "on_the_ground")
    }
    whole = sum(built.values()) or 1.0
    return {name: value / whole for name, value in built.items()} | {DRIVERS: float(measures[DRIVERS])}


def furthest_apart(points: list[Point], count: int) -> tuple[Point, ...]:
    """The first point, then again and again the one whose decisions lie furthest from all chosen before."""
    frame = pd.DataFrame([decisions(point.record["measures"]) for point in points])
    frame[DRIVERS] /= max(frame[DRIVERS].max(), 1.0)
    places = frame.to_numpy(float)
    chosen = [0]
    while len(chosen) < count:
        away = np.min(np.abs(places[:, None, :] - places[None, chosen, :]).max(axis=2), axis=1)
        furthest = int(np.argmax(away))
        if away[furthest] < ALIKE:
            break
        chosen.append(furthest)
    return tuple(points[k] for k in chosen)


def _row(point: Point, best: float) -> dict[str, Any]:
    record = point.record
    shares = decisions(record["measures"])
    return {
        "pushed": record["pushed"],
        "status": record["status"],
        "cost": record["cost"],
        "paid": record["figures"]["discounted_cost_g_usd"],
        "above_best": record["cost"] / best - 1,
        "moon_share": shares["joined_in_orbit"] + shares["made_on_moon"],
        **shares,
        **{f"{name}_gw": record["measures"][name] for name in shares if name != DRIVERS},
        "share_served": record["figures"]["share_of_demand_served"],
        "audit": record["audit"]["passed"],
        "point": point.folder.name,
    }


def _spoken(name: str) -> str:
    return name.replace("_", " ").replace("earth", "Earth").replace("moon", "Moon")
