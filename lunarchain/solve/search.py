"""From arrays to a plan with a proof: relaxation, whole numbers, tree.

1. Chord relaxation: its recomputed dual objective is a valid lower bound on every plan.
2. Whole numbers near it, each set fixed and re-solved on the true launch prices, the best bettered decision by
   decision.
3. If the gap asked for is not proven yet: narrower intervals for the chords, in which nothing dearer than the best plan
   has room, and a relaxation over them.
4. If it still is not: branch and bound, whose every part gives a bound and ideas for plans.
5. The best plan once more, to a vertex.

Time that runs out and Ctrl-C end any of these early; what is in hand by then is the answer, marked as such.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from lunarchain.errors import InfeasibleError, NoAnswerError
from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.bounds import dual_bound, proves_empty, without_forced
from lunarchain.solve.branch import Tree
from lunarchain.solve.highs import Outcome, least_violation, solve_lp
from lunarchain.solve.learning import LearningTerms, true_cost
from lunarchain.solve.limits import Limits, Rival
from lunarchain.solve.plans import Plans
from lunarchain.solve.rounding import COVERS, Decisions, hastened, layout_of, whole_decisions
from lunarchain.solve.tighten import WORTHWHILE, Narrowing, slack

__all__ = ["INTERRUPTED", "Answer", "Before", "Limits", "Progress", "Rival", "relaxed", "search"]

T = TypeVar("T")
Progress = Callable[[str, float | None, float | None], None]  # phase, best plan, bound

INTERRUPTED = "interrupted"  # the user ended the search

# What a bound rests on.
RECOMPUTED = "dual objective recomputed over finite bounds"

ROUNDINGS = 4  # ways of rounding a relaxed plan that are tried although another gave a plan already

# How often the intervals of what learns may be narrowed before the tree is grown.
NARROWINGS = 4
DESCENTS = 3  # at most, between two narrowings: a cheaper plan makes the next one narrower

# An interior point that stopped short of its tolerance gives duals whose recomputed bound lies this far below.
SHARP = 1e-5


@dataclass(frozen=True)
class Before:
    """What is known from the same model before some of its numbers turned: a plan's columns, whose whole numbers may
    serve again, and a bound [G$]: it holds all the more where they turned for the worse alone, else it is minus
    infinity."""

    values: Vector
    bound: float


@dataclass
class Answer:
    """The best plan found and what is proven of it. ``status``: optimal, gap not reached, or interrupted."""

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
    arrays: Arrays,
    terms: LearningTerms,
    limits: Limits,
    progress: Progress,
    known: Sequence[Vector] = (),
    before: Before | None = None,
) -> Answer:
    """The best plan within the limits. ``known`` are feasible plans to start from (the plan without the Moon).

    Raises ``InfeasibleError`` when no plan exists and ``NoAnswerError`` when time ends before any is found.
    """
    arrays = without_forced(arrays)
    work = _Work(
        arrays,
        terms,
        limits,
        Plans(arrays, terms, limits, known),
        Tree(arrays, terms, limits, before.bound if before else -np.inf),
        _Clock(progress),
    )
    if before is not None:
        work.clock.run("whole numbers of before", lambda: _tried_again(work, before))
    if not work.done:
        try:
            _sought(work, before)
        except NoAnswerError:
            if work.plans.best is None:
                raise
    return _in_hand(work)


@dataclass(frozen=True)
class _Work:
    """What every phase of a search looks at and adds to."""

    arrays: Arrays
    terms: LearningTerms
    limits: Limits
    plans: Plans
    tree: Tree
    clock: _Clock

    @property
    def done(self) -> bool:
        """Whether the best plan is proven as well as asked for."""
        best = self.plans.best
        return best is not None and self.limits.reached(best.cost, self.tree.bound)

    def tell(self, phase: str) -> None:
        """Say how far the search has come."""
        best = self.plans.best
        self.clock.progress(phase, best.cost if best else None, self.tree.bound)

    def loose(self, values: Vector) -> bool:
        """Whether chords lose much of the gap asked for, at a plan."""
        best, root = self.plans.best, self.tree.root
        if best is None:
            return False
        lost = slack(self.terms, root.lower, root.upper, values)
        return lost >= WORTHWHILE * self.limits.gap * abs(best.cost)

    def as_good_as(self, values: Vector) -> bool:
        """Whether a plan is in hand that costs no more than this one does, within the gap asked for."""
        best = self.plans.best
        cost = true_cost(self.arrays, self.terms, values)
        return best is not None and best.cost <= cost + self.limits.gap * abs(cost)


def _sought(work: _Work, before: Before | None) -> None:
    """Relaxation, whole numbers, intervals, tree: until the gap is proven or an end is put to it."""
    run = work.clock.run
    if before is not None and work.as_good_as(before.values) and work.loose(before.values):
        if np.isfinite(before.bound):
            # a relaxation would say again what is known: that chords over all there could be are too loose
            work.tree.plant(before.values, before.bound)
        else:
            run("relaxation", lambda: _planted(work, before.values))
    else:
        fractional = run("relaxation", lambda: _planted(work))
        run("whole numbers", lambda: _round(work, fractional))
    run("intervals", lambda: _narrow(work))
    if not work.done:
        run("proof", lambda: _prove(work))


def _planted(work: _Work, near: Vector | None = None) -> Vector:
    """The relaxed plan of all plans together, at the root of the tree. ``near`` is a plan much like it."""
    tree, arrays = work.tree, work.arrays
    chords = tree.model
    try:
        fractional, bound = relaxed(chords, work.limits, near)
    except NoAnswerError:
        tree.plant(arrays.lower, dual_bound(chords, np.zeros(chords.row_lower.size)))
        raise
    tree.plant(fractional, bound)
    work.tell("relaxation")
    return fractional[: arrays.cost.size]


def _tried_again(work: _Work, before: Before) -> bool:
    """The whole numbers of a plan of before, priced anew."""
    whole = map(int, np.flatnonzero(work.arrays.integer))
    better = work.plans.attempt([{k: float(np.round(before.values[k])) for k in whole}], before.values)
    # where time is out or nothing has turned, the plan of before is a plan as it is
    return work.plans.offer(before.values) or better


def _in_hand(work: _Work) -> Answer:
    """The best plan so far, polished, as the answer, with what is proven of it."""
    plans, limits, clock = work.plans, work.limits, work.clock
    # what was cut off costs more than the plan found, which polish may replace by a slightly dearer one
    ceiling = plans.best.cost if plans.best else np.inf
    clock.run("polish", plans.polish)
    if limits.seconds_over > 0:
        clock.phases["beyond the time limit"] = round(limits.seconds_over, 2)
    best = plans.best
    if best is None and work.tree.bound == np.inf:
        raise InfeasibleError("no whole-number plan satisfies the limits of this case")
    if best is None:
        raise NoAnswerError("no whole-number plan was found before the search ended")
    bound = min(work.tree.bound, ceiling, best.cost)
    return Answer(best.values, best.cost, bound, _status(best.cost, bound, limits), RECOMPUTED, clock.phases)


def _status(cost: float, bound: float, limits: Limits) -> str:
    if limits.reached(cost, bound):
        return "optimal"
    return INTERRUPTED if limits.stop.is_set() else "gap not reached"


class _Clock:
    """Seconds spent by phase, announced as each begins."""

    def __init__(self, progress: Progress) -> None:
        self.phases: dict[str, float] = {}
        self.progress = progress

    def run(self, phase: str, work: Callable[[], T]) -> T:
        self.progress(phase, None, None)
        begun = time.perf_counter()
        try:
            return work()
        finally:
            self.phases[phase] = round(time.perf_counter() - begun, 2)


def relaxed(chords: Arrays, limits: Limits, near: Vector | None = None) -> tuple[Vector, float]:
    """The relaxed plan and the bound its duals prove. ``near`` is a relaxed plan of wider limits."""
    values, duals = relaxed_point(chords, limits, near)
    return values, dual_bound(without_forced(chords), duals)


def relaxed_point(chords: Arrays, limits: Limits, near: Vector | None = None) -> tuple[Vector, Vector]:
    """The relaxed plan and its duals, which are those of ``without_forced(chords)``; of a second solve, to a vertex,
    where the first ones prove little. ``near`` is a plan of a model much like it."""
    chords = without_forced(chords)

    def sharp(outcome: Outcome) -> bool:
        duals = outcome.row_duals
        return duals is not None and outcome.objective - dual_bound(chords, duals) <= SHARP * abs(
            outcome.objective
        )

    outcome = solve_lp(
        chords, limits.seconds_left, stop=limits.stop, tolerance=limits.tolerance, serves=sharp, near=near
    )
    values, duals = _answered(chords, outcome, limits)
    if not sharp(outcome):
        outcome = solve_lp(chords, limits.seconds_left, crossover=True, stop=limits.stop)
        if outcome.values is None or outcome.row_duals is None:
            return values, duals
        values, others = outcome.values, outcome.row_duals
        duals = max(duals, others, key=lambda y: dual_bound(chords, y))
    return values, duals


def _answered(chords: Arrays, relaxed: Outcome, limits: Limits) -> tuple[Vector, Vector]:
    """The plan and the multipliers. That there is no plan is said on a proof alone, not on the solver's word."""
    if relaxed.status == "infeasible":
        blame = least_violation(chords, limits.seconds_left, limits.stop)
        if blame is not None and proves_empty(chords, blame):
            raise InfeasibleError("no plan satisfies the limits of this case")
        raise NoAnswerError("the solver calls the relaxation infeasible, and nothing proves it")
    if relaxed.values is None or relaxed.row_duals is None:
        raise NoAnswerError(f"the relaxation ended with '{relaxed.status}' before an answer")
    return relaxed.values, relaxed.row_duals


def _round(work: _Work, fractional: Vector) -> None:
    """Plans from the ways of rounding, some at a time side by side; after the first few until there is one. The tree
    has more ideas."""
    arrays, plans, threads = work.arrays, work.plans, work.limits.threads
    layout = layout_of(arrays)
    covers = COVERS if arrays.integer.any() else COVERS[:1]
    for first in range(0, len(covers), threads):
        chosen = covers[first : first + threads]
        plans.attempt([whole_decisions(arrays, layout, fractional, cover) for cover in chosen], fractional)
        if first + threads >= ROUNDINGS and plans.best is not None and plans.best.decided is not None:
            break
    while plans.best is not None and plans.best.decided is not None:
        if not plans.attempt(hastened(layout, fractional, plans.best.decided), plans.best.values):
            return


def _narrow(work: _Work) -> None:
    """Narrower intervals for the chords, and new plans, as long as chords lose much of the gap asked for."""
    tree, plans, limits = work.tree, work.plans, work.limits
    narrowing = Narrowing(tree.model_over, work.terms, limits)
    for _ in range(NARROWINGS):
        best, root = plans.best, tree.root
        if best is None or work.done or limits.seconds_left == 0 or not work.loose(root.values):
            return
        lower, upper = narrowing.round(root.lower, root.upper, root.values, root.bound, best.cost)
        if np.array_equal(lower, root.lower) and np.array_equal(upper, root.upper):
            return
        tree.narrow(lower, upper)
        try:
            values, bound = relaxed(tree.model, limits, root.values)
        except (NoAnswerError, InfeasibleError):
            return
        tree.plant(values, max(bound, root.bound))
        if work.done:
            return
        _round(work, values[: work.arrays.cost.size])
        for _ in range(DESCENTS):
            if not plans.descend(limits.threads, tree.bound):
                break
        work.tell("intervals")


def _prove(work: _Work) -> None:
    """Grow the tree and better the plan in turn until the gap is closed, nothing is left to try, or time is up."""
    arrays, plans, tree, limits = work.arrays, work.plans, work.tree, work.limits
    layout = layout_of(arrays)
    while limits.seconds_left > 0 and not work.done:
        grown = tree.grow(plans.best.values if plans.best else None)
        parts = grown or []
        ideas: list[Decisions] = []
        for part in parts[: limits.threads]:
            ideas += [whole_decisions(arrays, layout, part.values, cover) for cover in COVERS[:2]]
        found = [plans.offer(part.values[: arrays.cost.size]) for part in parts]
        found += [
            plans.attempt(ideas, parts[0].values) if parts else False,
            plans.descend(limits.threads, tree.bound),
        ]
        work.tell("proof")
        if grown is None and not any(found):
            return
