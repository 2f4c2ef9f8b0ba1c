r"""A line of models answered from few solves, each answer with a proof of its own.

Along one factor the plan of one level is a plan of the next, a little too dear, and its multipliers prove something
there, a little too little. Where costs alone move, the least cost is concave along the line: plans bound it from above
as they are, and multipliers blended from both sides from below. Where limits alone move it is convex: multipliers serve
as they are and plans are blended. After $n$ solves the two bounds are within $O(1/n^2)$ of each other (the sandwich
method: Burkard, Hamacher, Rote, Naval Research Logistics 38, 1991), so most levels of a fine line need none. Nothing
rests on this reasoning: whether a plan keeps the rows of a level and what multipliers prove there is computed anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lunarchain.errors import InfeasibleError, NoAnswerError
from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.bounds import dual_bound, keeps
from lunarchain.solve.resolve import Step, compare

# An answer may cost this share more than what is proven, as one of the search's own relaxations may. Of 200 levels of
# 02 over two decades of `prices.plant` some 40 are then solved; with a tenth of it some 100 would be. Warm simplex is
# no way there: below 400 USD/kg a level takes it some pivots, beyond 3,000 to 15,000 among ties, as long as a solve
# from nothing. Costs or limits moved a little against ties, its dual variant, other pricing, tighter bounds: none was
# quicker.
WITHIN = 1e-5

Point = tuple[Vector, Vector]  # a plan and multipliers of the rows
# A solve from nothing, told of a plan of a level near by; raises ``InfeasibleError`` or ``NoAnswerError``.
Solve = Callable[[Arrays, Vector | None], Point]


@dataclass(frozen=True)
class Proven:
    """A plan at one place of the line, what it costs there, and what is proven that every plan costs."""

    values: Vector
    cost: float
    bound: float

    @property
    def near(self) -> bool:
        """Whether another solve could not tell much more."""
        return self.cost - self.bound <= WITHIN * abs(self.cost)


class Between:
    """Answers along ``model``, which gives the model a share of the way along, 0 to 1.

    ``steps`` records how each question was answered: "between" levels known before, or "cold" by solves of its own.
    """

    def __init__(self, model: Callable[[float], Arrays], solve: Solve) -> None:
        self._model, self._solve = model, solve
        self._known: dict[float, Point] = {}
        self._shut: set[float] = set()  # ends without an answer
        self._bends_one_way = _bends_one_way(model)
        self.steps: list[Step] = []

    def at(self, share: float) -> Proven:
        """The answer at a share of the way. Raises what ``solve`` raises there."""
        begun, solved_s = time.perf_counter(), 0.0
        arrays = self._model(share)
        found = self._found(share, arrays)
        for place in self._places(share):
            if found is not None and found.near:
                break
            since = time.perf_counter()
            self._ask(place, needed=place == share)
            solved_s += time.perf_counter() - since
            found = self._found(share, arrays)
        assert found is not None  # the share itself is the last place to be asked
        way = "cold" if solved_s else "between"
        self.steps.append(Step(way, solved_s, time.perf_counter() - begun - solved_s, 0))
        return found

    def _ask(self, place: float, needed: bool) -> None:
        """Solve one place; if it was only to look ahead, it may have no answer."""
        try:
            self._known[place] = self._point(self._model(place), place)
        except (InfeasibleError, NoAnswerError):
            self._shut.add(place)
            if needed:
                raise

    def _point(self, arrays: Arrays, place: float) -> Point:
        around = self._around(place)
        if len(around) < 3:
            return self._solve(arrays, None)
        point = self._solve(arrays, around[-1][0])
        # it may lean on a limit that the plan in between is far from, and that was left out
        return point if keeps(arrays, point[0]) else self._solve(arrays, None)

    def _places(self, share: float) -> list[float]:
        """Where to solve for this share: first one place ahead that may serve its neighbours too, then itself."""
        if share in self._known:
            return []
        below, above = self._sides(share)
        ahead = (below + above) / 2
        for end in (below, above):
            if end not in self._known:
                ahead = end
        looks = self._bends_one_way and self._known and ahead not in self._shut | {share}
        return [ahead, share] if looks else [share]

    def _sides(self, share: float) -> tuple[float, float]:
        """The nearest known places on both sides, or the ends of the line."""
        return (
            max((place for place in self._known if place <= share), default=0.0),
            min((place for place in self._known if place >= share), default=1.0),
        )

    def _around(self, share: float) -> list[Point]:
        """The known points on both sides, and what lies between them in proportion."""
        below, above = self._sides(share)
        points = [self._known[place] for place in dict.fromkeys((below, above)) if place in self._known]
        if len(points) == 2:
            along = (share - below) / (above - below)
            (x, y), (other_x, other_y) = points
            points.append(((1 - along) * x + along * other_x, (1 - along) * y + along * other_y))
        return points

    def _found(self, share: float, arrays: Arrays) -> Proven | None:
        """What is known there without another solve: the cheapest plan that is one, the most that is proven."""
        points = self._around(share)
        costs = [float(arrays.cost @ values) + arrays.offset for values, _ in points]
        for n in np.argsort(costs):
            values = points[n][0]
            if share in self._known or keeps(arrays, values):
                return Proven(values, costs[n], max(dual_bound(arrays, duals) for _, duals in points))
        return None


def _bends_one_way(model: Callable[[float], Arrays]) -> bool:
    """Whether only costs move along a line, or only limits: else levels say little of what lies between them."""
    change = compare(model(0.0), model(1.0))
    limits = change.bounds.size + change.rows.size
    return not (change.coefficients.size or (change.costs.size and limits))
