"""Shadow prices of a plan: the model with its whole numbers held fixed, solved once more to a vertex.

A mixed-integer plan has no duals of its own. With the whole numbers (tracks, openings, lines, the few early flights)
fixed and lift priced at the margin, on the tangent of its learning curve at the plan, what is left is a linear
program whose duals say what one more unit of each right-hand side would save. Where a plan is degenerate, other duals
may be as true; each is exact for a change in at least one direction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lunarchain.errors import NoAnswerError
from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.guard import Residuals, residuals_of
from lunarchain.solve.highs import Outcome, solve_lp, untied
from lunarchain.solve.learning import LearningTerms, with_tangents
from lunarchain.solve.rounding import fixed

# Beyond this size going from the interior point to a vertex can take minutes; the point's own duals, in the middle of
# all that are true where several are, serve as well.
VERTEX_NONZEROS = 60_000
# a vertex may lie this far outside a bound, relative to its size, and still count as within
WITHIN = 1e-7
INEXACT = 1e-6  # relative: prices whose linear program was solved no better than this say so


@dataclass(frozen=True)
class ShadowPrices:
    """Duals of the rows and reduced costs of the columns [G$ at the first instant per unit], and the plan they hold at.

    ``lift_prices`` are the marginal prices [G$/kt] of the learning terms at that plan, ``residuals`` how well plan and
    duals keep to the linear program they are of.
    """

    rows: Vector
    columns: Vector
    values: Vector
    objective: float
    lift_prices: Vector
    residuals: Residuals


def marginal_model(arrays: Arrays, terms: LearningTerms, values: Vector) -> Arrays:
    """The linear program around a plan: whole numbers fixed, lift priced on its tangents."""
    whole = {int(k): float(np.round(values[k])) for k in np.flatnonzero(arrays.integer)}
    return fixed(with_tangents(arrays, terms, values), whole)


def shadow_prices(
    arrays: Arrays, terms: LearningTerms, values: Vector, limits: np.ndarray, time_limit_s: float = 600.0
) -> ShadowPrices:
    """Shadow prices at a plan. ``limits`` marks the columns whose upper bound is a limit in its own right.

    The other bounds only keep columns finite or repeat what rows say; they are widened first, so that a price falls
    on the row that has a meaning. Raises ``NoAnswerError`` when the linear program cannot be solved in time.
    """
    bare = marginal_model(arrays, terms, values)
    implied = ~limits & (bare.upper > bare.lower)
    wide = replace(bare, upper=np.where(implied, 2 * bare.upper + 1, bare.upper))
    outcome, model = _solved(wide, time_limit_s), wide
    if outcome.values is None or (outcome.values > bare.upper + WITHIN * (1 + bare.upper)).any():
        outcome, model = _solved(bare, time_limit_s), bare
    return _read(outcome, model, terms, values)


def _solved(model: Arrays, time_limit_s: float) -> Outcome:
    """A vertex or, in a large model, the interior point it would be sought from; where one fails, the other."""
    small = to_a_vertex(model)

    def exact(outcome: Outcome) -> bool:
        if outcome.values is None or outcome.row_duals is None:
            return False
        left = residuals_of(model, outcome.values, outcome.row_duals)
        return left.gap <= INEXACT and left.primal_share <= INEXACT

    outcome = solve_lp(model, time_limit_s / 2, crossover=small, serves=exact)
    if outcome.status == "optimal" or exact(outcome):
        return outcome
    asked = model if small else replace(model, cost=untied(model.cost))
    return solve_lp(asked, time_limit_s / 2, crossover=not small)


def _read(outcome: Outcome, model: Arrays, terms: LearningTerms, values: Vector) -> ShadowPrices:
    if outcome.row_duals is None or outcome.values is None:
        raise NoAnswerError(f"shadow prices: the linear program ended with '{outcome.status}'")
    reduced = model.cost - model.matrix.T @ outcome.row_duals
    lifted = np.maximum(values[terms.columns], 0.0)
    marginal = np.array([curve.price(x) for curve, x in zip(terms.curves, lifted, strict=True)])
    residuals = residuals_of(model, outcome.values, outcome.row_duals)
    return ShadowPrices(outcome.row_duals, reduced, outcome.values, outcome.objective, marginal, residuals)


def to_a_vertex(model: Arrays) -> bool:
    """Whether a model is small enough to go on from its interior point to a vertex."""
    return bool(model.matrix.nnz <= VERTEX_NONZEROS)
