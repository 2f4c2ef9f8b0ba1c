r"""Objective: discounted cost of the plan, plus the value of the compute that is wanted and not served.

$\min \sum_t \delta_t \Big( \sum_{items} c_t + \sum_{qj} v_j (\bar d_{qjt} - d_{qjt}) \Big) + \sum_v \sum_t
\omega_{vt} C_v(X_{vt})$

$\delta_t$ discounts continuously through the period. Assets are charged for the annuity years that fall inside the
model, so what is left of them at the end keeps its value and nothing is ever credited above its price. The last sums
are the bills on learning curves (lift, satellite bodies and parts); they are concave and are treated by the solving
room.
"""

from __future__ import annotations

from typing import Any

from lunarchain.model import algebra
from lunarchain.model.context import Context
from lunarchain.model.ground import share, tier_widths
from lunarchain.model.ledger import linear


def close(context: Context) -> None:
    """Add the objective from everything that was paid."""
    m, calendar = context.model, context.inputs.calendar
    merged: dict[int, tuple[float, Any]] = {}
    for item, t in context.ledgers.cost:
        for coefficient, variable in context.ledgers.cost.pairs((item, t)):
            _collect(merged, calendar.discounted_years(t) * coefficient, variable)
    constant = 0.0
    for q, j, t in m.tier:
        width, value = tier_widths(context, t)[j]
        worth = calendar.discounted_years(t) * value
        constant += worth * width * share(context, q, t)
        _collect(merged, -worth, m.tier[q, j, t])
    m.cost = algebra.Objective(
        expr=linear(merged.values(), constant),
        sense=algebra.minimize,
        doc="discounted cost and the value of compute wanted and not served [G$]",
    )


def _collect(merged: dict[int, tuple[float, Any]], coefficient: float, variable: Any) -> None:
    """Several items may be paid through one variable: one objective term each."""
    so_far, _ = merged.get(id(variable), (0.0, variable))
    merged[id(variable)] = (so_far + coefficient, variable)
