"""The same declarations as a Pyomo model: to read the algebra, to extend it, to check the arrays against it."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from lunarchain.model import algebra

_DOMAINS = {
    algebra.Reals: pyo.Reals, algebra.NonNegativeIntegers: pyo.NonNegativeIntegers, algebra.Binary: pyo.Binary,
}  # fmt: skip


class Symbolic:
    """Takes declarations like ``algebra.Model`` and gives them on to ``pyomo``, a concrete Pyomo model."""

    def __init__(self, name: str = "") -> None:
        object.__setattr__(self, "pyomo", pyo.ConcreteModel(name=name))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.pyomo, name, _component(value))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.pyomo, name)


def _component(value: Any) -> Any:
    if isinstance(value, algebra.Var):
        return pyo.Var(list(value.index), bounds=value.bounds, domain=_domain(value.domain), doc=value.doc)
    if isinstance(value, algebra.Constraint):
        return pyo.Constraint(list(value.index), rule=_rule(value.rule), doc=value.doc)
    if isinstance(value, algebra.Objective):
        return pyo.Objective(expr=_sum(value.expr), sense=pyo.minimize, doc=value.doc)
    return value


def _domain(domain: Any) -> Any:
    return (lambda *index: _DOMAINS[domain(*index)]) if callable(domain) else _DOMAINS[domain]


def _rule(rule: Any) -> Any:
    def said(model: Any, *index: Any) -> Any:
        row = rule(model, *index)
        if row is algebra.Constraint.Skip:
            return pyo.Constraint.Skip
        if not isinstance(row, algebra.Row):
            return row  # Pyomo's own
        low, expression, high = row
        body = _sum(expression)
        if low is not None and high is not None:
            return body == low
        return body <= high if low is None else body >= low

    return said


def _sum(expression: algebra.Expression) -> LinearExpression:
    kept = [(float(c), v) for c, v in expression.terms if c]
    return LinearExpression(
        constant=float(expression.constant),
        linear_coefs=[c for c, _ in kept],
        linear_vars=[v for _, v in kept],
    )
