"""How much can have been bought at all, in any plan no dearer than the best one known: narrower intervals for chords.

A chord over all that could be lifted or bought lies far below its curve. The relaxed model with the cost of the best
plan as a limit says how little and how much any plan worth looking for buys by some period; over that interval the
chord is close. One period is asked after the other, the one that promises most first, for what is known of one says
something of its neighbours.

Each limit is a dual objective recomputed from the duals, like every other bound. The same multipliers prove more once
the chords are closer or a cheaper plan is known, at the price of one multiplication. What is cut off costs more than
the plan in hand, so the bound of what is left, or that plan's cost where it is lower, still holds for all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from scipy import sparse

from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.bounds import dual_bound
from lunarchain.solve.highs import Outcome, proves, solve_lp, solve_near
from lunarchain.solve.learning import LearningTerms, narrowed, short_of_curve
from lunarchain.solve.limits import Limits

Interval = tuple[Vector, Vector]  # lower and upper bounds of all columns
Side = tuple[int, float]  # of an interval: a column, and 1 for its lower end, -1 for its upper one

# Intervals are narrowed again while what chords lose is at least this share of the gap asked for.
WORTHWHILE = 0.5
ROUND = 0.1  # a round of questions ends when chords lose no more than this share of what they lost before it
LEFT_OVER = 2.0  # or when time is left for no more than this many times the longest pair: what was cut off shows only
# in a relaxation, which takes as long
ENOUGH = 0.95  # or when a relaxation promises to leave open no more than this share of the gap asked for
# What a question is taken to cut off between the plan and an end of its interval, to rank the questions; near a period
# that was asked already, as much as that one gave, and from so many periods away no sign of it is left.
CUT, APART = 0.6, 8
DUMB = 0.2  # by which less is hoped for from one that gave nothing
LITTLE = 0.02  # of what chords lose: a question that promises less is not worth a relaxation
NEGLIGIBLE = 1e-6  # [G$ per unit]
ROUGH = 1e-2  # relative, of a limit: a little less is a limit too, and the last per cent is slow
NOTHING = 1e-3  # of an interval: less than this is not worth asking for again
SHARP = 0.8  # of what could be cut off from an interval: multipliers that prove less are sought again


def slack(terms: LearningTerms, lower: Vector, upper: Vector, values: Vector) -> float:
    """What the chords over ``[lower, upper]`` lie below the curves at a plan, together [G$]."""
    return float(short_of_curve(terms, lower, upper, values).sum())


class Narrowing:
    """Narrows the intervals of what learns, and remembers the multipliers that proved each limit.

    ``model_over`` gives the relaxation over column bounds, priced on chords; it may hold rows and columns of its own
    beyond those of the plan, the same for all bounds.
    """

    def __init__(
        self, model_over: Callable[[Vector, Vector], Arrays], terms: LearningTerms, limits: Limits
    ) -> None:
        self._model_over, self._terms, self._limits = model_over, terms, limits
        self._proofs: dict[Side, Vector] = {}
        self._open_when_asked: dict[Side, float] = {}
        self._gave: dict[Side, float] = {}  # share of the way to the plan that a question cut off
        self._longest = 0.0  # seconds that questions asked side by side took

    def round(self, lower: Vector, upper: Vector, values: Vector, bound: float, cost: float) -> Interval:
        """Column bounds narrowed to plans that cost at most ``cost``, until a relaxed plan is worth seeking there.

        ``values`` and ``bound`` are a relaxed plan and what is proven over the bounds given.
        """
        before = slack(self._terms, lower, upper, values)
        lower, upper = self._proven_again(lower, upper, cost)
        while self._limits.seconds_left > LEFT_OVER * self._longest:
            loose = slack(self._terms, lower, upper, values)
            # what a relaxation of the narrower model would leave open
            left_open = cost - bound - (before - loose)
            if loose <= ROUND * before or left_open <= ENOUGH * self._limits.gap * abs(cost):
                break
            sides = self._most_promising(lower, upper, values, left_open)
            if not sides:
                break
            self._ask(sides, self._model_over(lower, upper), cost, values)
            self._open_when_asked |= dict.fromkeys(sides, left_open)
            asked = lower, upper
            lower, upper = self._proven_again(lower, upper, cost)
            self._gave |= {side: _share_cut(side, asked, (lower, upper), values) for side in sides}
        return lower, upper

    def _most_promising(self, lower: Vector, upper: Vector, values: Vector, left_open: float) -> list[Side]:
        """Sides of intervals that, cut towards the plan, would bring the chords closest to their curves: as many as are
        sought side by side, each with those before it taken as cut."""
        found: list[Side] = []
        loose = slack(self._terms, lower, upper, values)
        for _ in range(self._limits.threads):
            cuts = {side: self._cut(side, lower, upper, values, left_open) for side in self._sides(found)}
            left = {side: slack(self._terms, *cut, values) for side, cut in cuts.items()}
            best = min(left, key=lambda side: left[side], default=None)
            if best is None or left[best] > (1 - LITTLE) * loose:
                break
            found.append(best)
            (lower, upper), loose = cuts[best], left[best]
        return found

    def _sides(self, taken: list[Side]) -> list[Side]:
        return [
            side for k in map(int, self._terms.columns) for side in ((k, 1.0), (k, -1.0)) if side not in taken
        ]

    def _cut(self, side: Side, lower: Vector, upper: Vector, values: Vector, left_open: float) -> Interval:
        """What may be left of the intervals with one side cut."""
        k, sign = side
        less, more, at = lower.copy(), upper.copy(), min(max(values[k], lower[k]), upper[k])
        if sign > 0:
            less[k] += self._likely(side, left_open) * (at - lower[k])
        else:
            more[k] -= self._likely(side, left_open) * (upper[k] - at)
        return narrowed(self._terms, less, more)

    def _likely(self, side: Side, left_open: float) -> float:
        """The share of the way to the plan that a question is taken to cut off. Asked again, it gives more where less
        is open: far from the plan costs grow as the square. Else what its neighbour of the same bill gave."""
        if side in self._open_when_asked:
            left = min(left_open / self._open_when_asked[side], 1.0)
            return (1 - left**0.5) * (1.0 if self._gave[side] > LITTLE else DUMB)
        place = {int(k): n for n, k in enumerate(self._terms.columns)}
        bills = self._terms.chains or tuple(place.values())
        apart = {
            abs(place[k] - place[side[0]]): gave
            for (k, sign), gave in self._gave.items()
            if sign == side[1] and bills[place[k]] == bills[place[side[0]]]
        }
        nearest = min(apart, default=APART)
        away = min(nearest / APART, 1.0)
        return away * CUT + (1 - away) * apart.get(nearest, CUT)

    def _ask(self, sides: Sequence[Side], model: Arrays, cost: float, near: Vector) -> None:
        """Seek the least or the most of some columns in plans within the cost, side by side, and keep the proofs."""
        within, begun = _no_dearer(model, cost), time.perf_counter()
        with ThreadPoolExecutor(self._limits.threads) as pool:
            found = list(pool.map(lambda side: _multipliers(within, side, self._limits, near), sides))
        self._longest = max(self._longest, time.perf_counter() - begun)
        self._proofs |= {side: duals for side, duals in zip(sides, found, strict=True) if duals is not None}

    def _proven_again(self, lower: Vector, upper: Vector, cost: float) -> Interval:
        """Column bounds with what all multipliers prove together, over these bounds and for this cost."""
        within = _no_dearer(self._model_over(lower, upper), cost)
        lower, upper = lower.copy(), upper.copy()
        for (k, sign), duals in self._proofs.items():
            least = dual_bound(_seeking(within, k, sign), duals)
            if sign > 0:
                lower[k] = min(max(lower[k], least), upper[k])
            else:
                upper[k] = max(min(upper[k], -least), lower[k])
        lower, upper = narrowed(self._terms, lower, upper)
        return lower, np.maximum(upper, lower)


def _share_cut(side: Side, before: Interval, after: Interval, values: Vector) -> float:
    """The share of the way from an end of an interval to the plan that was cut off."""
    k, sign = side
    end, now = (before[0][k], after[0][k]) if sign > 0 else (before[1][k], after[1][k])
    way = abs(values[k] - end)
    return float(min(abs(now - end) / way, 1.0)) if way > 0 else 0.0


def _no_dearer(model: Arrays, cost: float) -> Arrays:
    """The relaxed model with its chord cost as a row; its own objective is left to whoever asks."""
    # what costs next to nothing is left out: no column is negative, so the row only becomes easier to hold
    counted = np.where((model.cost > 0) & (model.cost < NEGLIGIBLE), 0.0, model.cost)
    row = sparse.csr_matrix(counted[None, :])
    return replace(
        model,
        matrix=sparse.vstack([model.matrix, row], format="csc"),
        row_lower=np.append(model.row_lower, -np.inf),
        row_upper=np.append(model.row_upper, cost - model.offset),
        offset=0.0,
    )


def _seeking(model: Arrays, column: int, sign: float) -> Arrays:
    """The model asked for the least of a column (of its negative, for ``sign`` -1)."""
    objective = np.zeros_like(model.cost)
    objective[column] = sign
    return replace(model, cost=objective)


def _multipliers(model: Arrays, side: Side, limits: Limits, near: Vector) -> Vector | None:
    """Row multipliers that prove a least value of a column in plans within the cost."""
    asked = _seeking(model, *side)
    found = solve_near(asked, near, limits.seconds_left, stop=limits.stop, tolerance=ROUGH)
    if _is_sharp(asked, found):
        return found.row_duals
    return solve_lp(asked, limits.seconds_left, stop=limits.stop, tolerance=ROUGH, serves=proves).row_duals


def _is_sharp(asked: Arrays, found: Outcome) -> bool:
    """Whether multipliers prove most of what was found, above what the column bounds say already; or there is next to
    nothing to prove."""
    if found.row_duals is None:
        return False
    known, most = sorted(float(asked.cost @ end) for end in (asked.lower, asked.upper))
    if found.objective - known <= NOTHING * (most - known):
        return True
    return dual_bound(asked, found.row_duals) - known >= SHARP * (found.objective - known)
