r"""Objective: discounted cost of the plan, plus the value of the compute that is wanted and not served.

$\min \sum_t \delta_t \Big( \sum_{items} c_t + \sum_{qj} v_j (\bar d_{qjt} - d_{qjt}) \Big) + \sum_v \sum_t
\omega_{vt} C_v(X_{vt})$

$\delta_t$ discounts continuously through the period. Assets are charged for the annuity years that fall inside the
model, so what is left of them at the end keeps its value and nothing is ever credited above its price. The last sums
are the bills on learning curves (lift, satellite bodies and parts); they are concave and are treated by the solving
room.
"""

from __future__ import annotations

import numpy as np

from lunarchain.model import algebra
from lunarchain.model.algebra import parts
from lunarchain.model.context import Context
from lunarchain.model.ground import share, tier_widths
from lunarchain.model.ledger import linear


def close(context: Context) -> None:
    """Add the objective from everything that was paid, and the value of what is not served."""
    m, discounted = context.model, context.over(context.inputs.calendar.discounted_years)
    paid = context.ledgers.cost
    terms = [(discounted * price, line) for item in paid for price, line in paid.pairs(item)]
    constant = 0.0
    for key in m.tier.declared():
        q, j = parts(key)
        width, value = zip(*(tier_widths(context, t)[j] for t in context.periods), strict=True)
        shares = np.array([share(context, q, t) for t in context.periods])
        worth = discounted * np.array(value)
        constant += float(worth @ (np.array(width) * shares))
        terms.append((-worth, m.tier[key]))
    m.cost = algebra.Objective(
        expr=linear(terms, constant),
        sense=algebra.minimize,
        doc="discounted cost and the value of compute wanted and not served [G$]",
    )
