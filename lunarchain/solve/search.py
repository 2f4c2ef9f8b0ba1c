"""From arrays to a plan with a proof: relaxation, whole numbers, improvement, bound.

1. Chord relaxation: its recomputed dual objective is a valid lower bound on every plan.
2. Candidates of whole numbers near it, each fixed and re-solved on the true launch prices: the best is the plan.
3. If the gap asked for is not proven yet: the integer model on the chords, started from the plan, for its bound.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from lunarchain.errors import InfeasibleError, NoAnswerError
from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.bounds import dual_bound, residuals
from lunarchain.solve.highs import Outcome, solve_lp, solve_mip
from lunarchain.solve.learning import LearningTerms, true_cost, with_chords, with_tangents
from lunarchain.solve.rounding import COVERS, fixed, whole_decisions

T = TypeVar("T")
Progress = Callable[[str, float | None, float | None], None]  # phase, best plan, bound

# What a bound rests on: our own recomputation from duals, or the integer solver's word.
RECOMPUTED, SOLVER = "dual objective recomputed over finite bounds", "the integer solver's own bound"

# An interior point that stopped short of its tolerance gives duals whose recomputed bound lies this far below.
SHARP = 1e-5

# residuals above this are not a plan: they would fail the audit
FEASIBLE = 1e-6


@dataclass(frozen=True)
class Rival:
    """The arm a plan is compared with: its best cost and its proven bound [G$]."""

    objective: float
    bound: float


@dataclass(frozen=True)
class Limits:
    """When to stop: relative gaps on the cost and on the decision, the rival arm, a deadline, threads."""

    gap: float
    decision_gap: float
    deadline: float
    threads: int
    rival: Rival | None = None

    def reached(self, plan: float, bound: float) -> bool:
        """Whether the proof is as tight as asked for, on the cost and on the decision."""
        return plan - bound <= self.gap * abs(plan) and self._decided(plan, bound)

    def _decided(self, plan: float, bound: float) -> bool:
        if self.rival is None:
            return True
        most_the_rival_loses = self.rival.objective - bound
        if most_the_rival_loses <= self.gap * abs(plan):
            return True
        open_gaps = plan - bound + self.rival.objective - self.rival.bound
        return open_gaps <= self.decision_gap * (self.rival.objective - plan)

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline, never negative."""
        return max(self.deadline - time.perf_counter(), 0.0)


@dataclass
class Answer:
    """The best plan found and what is proven of it."""

    values: Vector
    objective: float
    bound: float
    status: str
    proof: str
    phases: dict[str, float] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """Relative gap between plan and bound."""
        return (self.objective - self.bound) / max(abs(self.objective), 1e-9)


def search(
    arrays: Arrays, terms: LearningTerms, limits: Limits, progress: Progress, known: Sequence[Vector] = ()
) -> Answer:
    """The best plan within the limits. ``known`` are feasible plans to start from (the plan without the Moon).

    Raises ``InfeasibleError`` when no plan exists and ``NoAnswerError`` when time ends before any is found.
    """
    clock = _Clock(progress)
    chords = with_chords(arrays, terms, np.zeros(len(terms.columns)), arrays.upper[terms.columns])
    fractional, bound = clock.run("relaxation", lambda: relaxed(chords, limits))
    progress("relaxation", None, bound)
    plans = [(true_cost(arrays, terms, plan), plan) for plan in known]
    plans += clock.run("whole numbers", lambda: _candidates(arrays, terms, fractional, limits, bound))
    if not plans:
        raise NoAnswerError("no whole-number plan was found within the time limit")
    cost, values = min(plans, key=lambda plan: plan[0])
    recomputed = bound
    progress("whole numbers", cost, bound)
    if arrays.integer.any() and not limits.reached(cost, bound):
        cost, values, bound = clock.run(
            "proof", lambda: _prove(arrays, terms, chords, (cost, values, bound), limits, progress)
        )
    status = "optimal" if limits.reached(cost, bound) else "gap not reached"
    return Answer(values, cost, bound, status, RECOMPUTED if bound == recomputed else SOLVER, clock.phases)


class _Clock:
    """Seconds spent by phase, announced as each begins."""

    def __init__(self, progress: Progress) -> None:
        self.phases: dict[str, float] = {}
        self._progress = progress

    def run(self, phase: str, work: Callable[[], T]) -> T:
        self._progress(phase, None, None)
        begun = time.perf_counter()
        try:
            return work()
        finally:
            self.phases[phase] = round(time.perf_counter() - begun, 2)


def relaxed(chords: Arrays, limits: Limits) -> tuple[Vector, float]:
    """The relaxed plan and the bound its duals prove; a second solve, to a vertex, where they prove little."""
    outcome = solve_lp(chords, limits.seconds_left)
    values, duals = _answered(outcome)
    bound = dual_bound(chords, duals)
    if outcome.objective - bound > SHARP * abs(outcome.objective):
        values, duals = _answered(solve_lp(chords, limits.seconds_left, crossover=True))
        bound = max(bound, dual_bound(chords, duals))
    return values, bound


def _answered(relaxed: Outcome) -> tuple[Vector, Vector]:
    if relaxed.status == "infeasible":
        raise InfeasibleError("no plan satisfies the limits of this case")
    if relaxed.values is None or relaxed.row_duals is None:
        raise NoAnswerError(f"the relaxation ended with '{relaxed.status}' before an answer")
    return relaxed.values, relaxed.row_duals


def _candidates(
    arrays: Arrays, terms: LearningTerms, relaxed: Vector, limits: Limits, bound: float
) -> list[tuple[float, Vector]]:
    """Priced plans from the ways of rounding, some at a time side by side, until one is as good as asked for."""
    decisions: list[dict[int, float]] = []
    for cover in COVERS if arrays.integer.any() else COVERS[:1]:
        decided = whole_decisions(arrays, relaxed, cover)
        if decided not in decisions:
            decisions.append(decided)

    def priced(decided: dict[int, float]) -> tuple[float, Vector] | None:
        if limits.seconds_left <= 0:
            return None
        return improved(fixed(arrays, decided), arrays, terms, relaxed, limits)

    plans: list[tuple[float, Vector]] = []
    with ThreadPoolExecutor(limits.threads) as pool:
        for first in range(0, len(decisions), limits.threads):
            found = pool.map(priced, decisions[first : first + limits.threads])
            plans += [plan for plan in found if plan is not None]
            if any(limits.reached(cost, bound) for cost, _ in plans):
                break
    return plans


def improved(
    restricted: Arrays, arrays: Arrays, terms: LearningTerms, values: Vector, limits: Limits, rounds: int = 1
) -> tuple[float, Vector] | None:
    """A plan of the restricted model on true prices: tangents at a plan, then at the better plan they give."""
    best: tuple[float, Vector] | None = None
    for _ in range(rounds):
        outcome = solve_lp(with_tangents(restricted, terms, values), limits.seconds_left, crossover=True)
        if outcome.values is None or residuals(restricted, outcome.values) > FEASIBLE:
            return best
        cost = true_cost(arrays, terms, outcome.values)
        if best is not None and cost >= best[0] - 1e-9 * abs(cost):
            return best
        best, values = (cost, outcome.values), outcome.values
    return best


def _prove(
    arrays: Arrays,
    terms: LearningTerms,
    chords: Arrays,
    known: tuple[float, Vector, float],
    limits: Limits,
    progress: Progress,
) -> tuple[float, Vector, float]:
    """The integer model on the chords, for its bound and for any better plan it finds."""
    cost, values, bound = known
    # half of what is left, so that a second arm and the polishing still have time
    budget = limits.seconds_left / 2
    outcome = solve_mip(
        chords, values, limits.gap / 4, budget, lambda best, low: progress("proof", cost, max(bound, low))
    )
    if np.isfinite(outcome.bound) and outcome.bound <= cost * (1 + FEASIBLE):
        bound = max(bound, min(outcome.bound, cost))  # a bound above a plan in hand proves the solver wrong
    if outcome.values is not None and residuals(arrays, outcome.values) <= FEASIBLE:
        found = true_cost(arrays, terms, outcome.values)
        if found < cost:
            cost, values = found, outcome.values
    return cost, values, bound
