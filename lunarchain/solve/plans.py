"""Whole-number plans: decided, priced on the true launch curve, and bettered one decision at a time.

With every whole number fixed a model is small and quickly solved. Its reduced costs say, of every whole column, what
one more of it would add to the cost; what a change of decisions saves is at most what these promise (the fixed model's
cost is convex in what is fixed), so only changes that promise something are tried, the most promising first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.bounds import FEASIBLE, reduced_costs, residuals
from lunarchain.solve.highs import Outcome, proves, solve_lp, untied
from lunarchain.solve.learning import LearningTerms, true_cost, with_tangents
from lunarchain.solve.limits import Limits
from lunarchain.solve.rounding import Decisions, fixed

# A change that promises less than this share of the cost is not worth a solve.
WORTHWHILE = 1e-6
UNUSED = 1e-6  # less of a column than this is none: a kilogram or a kilowatt; so is a cost below it per unit
# What a plan uses less of is closed; less of it where it cannot do without that.
CLOSED = (UNUSED, UNUSED / 100)
# Times as long as to the interior point itself, and at least so many seconds, that a vertex is sought for.
PATIENCE, LEAST_S = 2.5, 5.0
CLEAN = 1e-5  # of the cost: what a clean plan may cost more
POLISH_S = 120.0
REPRICED = 3  # times at most: on a concave bill two or three come to rest
NEARBY = 2  # periods by which one decision is moved at a time


@dataclass(frozen=True)
class Plan:
    """A plan in hand. ``worth`` is what one more of each column would add to its cost, where that is known [G$]."""

    cost: float
    values: Vector
    decided: Decisions | None = None
    worth: Vector | None = None


class Plans:
    """The best plan so far, and every set of decisions already tried."""

    def __init__(self, arrays: Arrays, terms: LearningTerms, limits: Limits, known: Sequence[Vector]) -> None:
        self._arrays, self._terms, self._limits = arrays, terms, limits
        self._tried: set[tuple[object, ...]] = set()
        self._moves = _Moves(arrays)
        sound = [values for values in known if residuals(arrays, values) <= FEASIBLE]
        plans = [Plan(true_cost(arrays, terms, values), values) for values in sound]
        self.best: Plan | None = min(plans, key=lambda plan: plan.cost, default=None)

    def attempt(self, decisions: Sequence[Decisions], near: Vector) -> bool:
        """Price some decisions side by side, from launch prices as they are at ``near``; whether one was better."""
        fresh = [decided for decided in decisions if self._is_new(decided, near)]
        with ThreadPoolExecutor(self._limits.threads) as pool:
            priced = pool.map(lambda decided: self._priced(decided, near, self._limits.seconds_left), fresh)
        before = self.best
        for plan in priced:
            if plan is not None and (self.best is None or plan.cost < self.best.cost):
                self.best = plan
        return self.best is not before

    def offer(self, values: Vector) -> bool:
        """Take a relaxed plan that is a plan, if it is better: the same decisions may rest on other prices too."""
        whole = np.flatnonzero(self._arrays.integer)
        rounded = values.copy()
        rounded[whole] = np.round(values[whole])
        cost = true_cost(self._arrays, self._terms, rounded)
        if (self.best is not None and cost >= self.best.cost) or residuals(self._arrays, rounded) > FEASIBLE:
            return False
        self.best = Plan(cost, rounded, {int(k): float(rounded[k]) for k in whole})
        return True

    def descend(self, tries: int, bound: float) -> bool:
        """Try the ``tries`` changes of the best plan that promise most; whether one was better."""
        best = self.best
        if best is None or best.decided is None or best.worth is None:
            return False
        promised = [
            (self._promise(best.decided, best.worth, move, best.cost - bound), n, move)
            for n, move in enumerate(self._moves.of(best.decided))
        ]
        good = sorted(p for p in promised if p[0] < -WORTHWHILE * best.cost)
        changed = [{**best.decided, **move} for _, _, move in good]
        untried = [decided for decided in changed if _key(decided) not in self._tried]
        return self.attempt(untried[:tries], best.values)

    def _promise(self, decided: Decisions, worth: Vector, move: Decisions, room: float) -> float:
        """What a change may save, negative [G$]; where that is more than any plan can, what it saves in purchases.

        Of what a plan does not use at all the reduced cost is arbitrary: no row leans on it.
        """
        steps = {k: whole - decided[k] for k, whole in move.items()}
        saved = sum(worth[k] * step for k, step in steps.items())
        return float(
            saved if saved > -room else sum(self._arrays.cost[k] * step for k, step in steps.items())
        )

    def polish(self) -> None:
        """The best plan again, clean: what is zero is zero, and every row holds to the plan's tolerance.

        Priced anew from where it then stands while that helps: on a falling price more of the same is cheaper still.
        """
        deadline = (
            time.perf_counter() + POLISH_S
        )  # given even when no time is left: it makes a plan fit to hand over
        for _ in range(REPRICED):
            best, seconds = self.best, deadline - time.perf_counter()
            if best is None or best.decided is None or seconds <= 0:
                return
            plan = self._clean(best, best.decided, seconds)
            if plan is None:
                return
            self.best = plan
            if plan.cost > best.cost * (1 - WORTHWHILE) or not self._moved(best.values, plan.values):
                return

    def _clean(self, plan: Plan, decided: Decisions, seconds: float) -> Plan | None:
        """A plan whose zeros are zeros: what it hardly uses and would cost it more is closed, then a vertex is sought.

        From what is left the way to a vertex is short or has no end, and which costs make it short cannot be known.
        """
        deadline = time.perf_counter() + seconds
        last = plan if plan.worth is not None else self._priced(decided, plan.values, seconds)
        if last is None or last.worth is None:
            return None
        for least in CLOSED:
            begun = time.perf_counter()
            closed = (last.values - self._arrays.lower < least) & (last.worth > UNUSED)
            found = self._priced(decided, last.values, deadline - begun, closed=closed)
            if found is None or found.cost > plan.cost * (1 + CLEAN):
                continue
            patience = max(LEAST_S, PATIENCE * (time.perf_counter() - begun))
            for towards in (np.asarray, untied):
                left = min(patience, deadline - time.perf_counter())
                vertex = self._priced(decided, found.values, left, towards, closed)
                if vertex is not None and vertex.cost <= found.cost * (1 + CLEAN):
                    return vertex
            return found
        return None

    def _moved(self, before: Vector, after: Vector) -> bool:
        """Whether prices on the curves differ between two plans by what may matter."""
        terms = self._terms
        old, new = (np.maximum(values[terms.columns], 0.0) for values in (before, after))
        prices = [(c.price(x), c.price(y)) for c, x, y in zip(terms.curves, old, new, strict=True)]
        changed = np.array([abs(p - q) for p, q in prices])
        return bool((terms.weights * changed) @ new > WORTHWHILE * abs(true_cost(self._arrays, terms, after)))

    def _priced(
        self,
        decided: Decisions,
        near: Vector,
        seconds: float,
        towards: Callable[[Vector], Vector] | None = None,
        closed: NDArray[np.bool_] | None = None,
    ) -> Plan | None:
        """The decisions at the prices near a plan; to a vertex where there is a way of setting costs ``towards`` it."""
        arrays, limits = self._arrays, self._limits
        if seconds <= 0:
            return None
        model = with_tangents(fixed(arrays, decided), self._terms, near)
        if closed is not None:
            model = replace(model, upper=np.where(closed, model.lower, model.upper))

        def holds(outcome: Outcome) -> bool:
            return (
                proves(outcome)
                and outcome.values is not None
                and residuals(model, outcome.values) <= FEASIBLE
            )

        if towards is None:
            outcome = solve_lp(model, seconds, stop=limits.stop, serves=holds, near=near)
        else:
            asked = replace(model, cost=towards(model.cost))
            outcome = solve_lp(asked, seconds, crossover=True, serves=holds, near=near)
        if outcome.values is None or outcome.row_duals is None or not holds(outcome):
            return None
        if residuals(arrays, outcome.values) > FEASIBLE:  # decided beyond what a column may be
            return None
        cost = true_cost(arrays, self._terms, outcome.values)
        return Plan(cost, outcome.values, decided, reduced_costs(model, outcome.row_duals))

    def _is_new(self, decided: Decisions, near: Vector) -> bool:
        """Whether this was not tried yet; where nothing is decided, a plan follows from the prices it starts at."""
        lifted = near[self._terms.columns] / (1 + self._arrays.upper[self._terms.columns])
        key = _key(decided) if self._arrays.integer.any() else tuple(np.round(lifted, 4))
        new = key not in self._tried
        self._tried.add(key)
        return new


def _key(decided: Decisions) -> tuple[tuple[int, float], ...]:
    return tuple(sorted((k, whole) for k, whole in decided.items() if whole))


class _Moves:
    """Small changes of a plan's decisions."""

    def __init__(self, arrays: Arrays) -> None:
        self._upper = arrays.upper
        self._index: dict[int, tuple[str, tuple, int]] = {}
        for k in map(int, np.flatnonzero(arrays.integer)):
            index = arrays.columns[k].index()
            *what, period = index if isinstance(index, tuple) else (index,)
            self._index[k] = arrays.columns[k].parent_component().name, tuple(what), period
        self._column = {index: k for k, index in self._index.items()}

    def of(self, decided: Decisions) -> Iterator[Decisions]:
        """One thing moved in time, changed for another of its kind, dropped; the Moon opened at another time."""
        standing = [k for k, whole in decided.items() if whole and self._index[k][0] != "flights"]
        for k in standing:
            yield {k: decided[k] - 1}
            for q in self._substitutes(k):
                if decided[q] + 1 <= self._upper[q]:
                    yield {k: decided[k] - 1, q: decided[q] + 1}
        yield from self._openings(standing)

    def _substitutes(self, k: int) -> Iterator[int]:
        name, what, period = self._index[k]
        for q, (other, place, when) in self._index.items():
            near = abs(when - period) <= (NEARBY if place == what else 1)
            if q != k and other == name and near and (place == what or name == "tracks_built"):
                yield q

    def _openings(self, standing: list[int]) -> Iterator[Decisions]:
        """The programme moved in time together with the sites opened with it."""
        opened = [k for k in standing if self._index[k][0] in ("programme", "opened")]
        first = min((self._index[k][2] for k in opened), default=0)
        together = [self._index[k] for k in opened if self._index[k][2] == first]
        for later in range(-NEARBY, 2 * NEARBY + 1):
            moved = [(name, what, period + later) for name, what, period in together]
            if later and moved and all(index in self._column for index in moved):
                yield {self._column[i]: 0.0 for i in together} | {self._column[i]: 1.0 for i in moved}
