"""The same declarations as a Pyomo model: to read the algebra, to extend it, to check the arrays against it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from lunarchain.model import algebra

_DOMAINS = {
    algebra.Reals: pyo.Reals, algebra.NonNegativeIntegers: pyo.NonNegativeIntegers, algebra.Binary: pyo.Binary,
}  # fmt: skip


class Symbolic:
    """Takes declarations like ``algebra.Model`` and gives them on to ``pyomo``, a concrete Pyomo model.

    Of a family of variables it gives back one with lines of Pyomo's own variables, so that rules need not know.
    """

    def __init__(self, name: str = "", periods: int = 0) -> None:
        vars(self).update(pyomo=pyo.ConcreteModel(name=name), span=np.arange(periods), families={})

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, algebra.Var):
            self.families[name] = self._variables(name, value)
        elif isinstance(value, algebra.Constraint):
            rows = self._rows(value)
            setattr(
                self.pyomo,
                name,
                pyo.Constraint(list(rows), rule=lambda _, *at: rows[_index(at)], doc=value.doc),
            )
        elif isinstance(value, algebra.Objective):
            expr = _sum(*_single(value.expr))
            setattr(self.pyomo, name, pyo.Objective(expr=expr, sense=pyo.minimize, doc=value.doc))
        else:
            setattr(self.pyomo, name, value)

    def __getattr__(self, name: str) -> Any:
        return self.families[name] if name in self.families else getattr(self.pyomo, name)

    def _variables(self, name: str, declared: algebra.Var) -> algebra.Family:
        layout = algebra.Layout(declared.index, self.span.size)
        indices, bounds, domains = layout.indices(), {}, {}
        for key, place in layout.places.items():
            low, high = algebra.said(declared.bounds, self, key)
            domain = algebra.said(declared.domain, self, key)
            for t, index in enumerate(indices[place] if isinstance(place, slice) else [key]):
                bounds[index] = (_in(low, t), _in(high, t))
                domains[index] = _DOMAINS[domain if isinstance(domain, str) else domain[t]]
        family = pyo.Var(
            indices, doc=declared.doc, bounds=lambda _, *at: bounds[_index(at)],
            within=lambda _, *at: domains[_index(at)],
        )  # fmt: skip
        setattr(self.pyomo, name, family)
        members = np.empty(layout.size, dtype=object)
        members[:] = list(family.values())
        return algebra.Family(name, declared.doc, layout, members, self.span)

    def _rows(self, declared: algebra.Constraint) -> dict[Any, Any]:
        """What every row says, by index."""
        layout, found = algebra.Layout(declared.index, self.span.size), {}
        indices = layout.indices()
        for key, place in layout.places.items():
            row = declared.rule(self, *algebra.parts(key))
            if row is algebra.Constraint.Skip:
                continue
            if not isinstance(row, algebra.Row):
                found[key] = row  # Pyomo's own
            elif isinstance(place, slice):
                wanted, sums = algebra.said(declared.periods, self, key), _by_period(row[1], self.span.size)
                for t, index in enumerate(indices[place]):
                    if wanted is None or wanted[t]:
                        found[index] = _row(_in(row[0], t), _sum(*sums[t]), _in(row[2], t))
            else:
                found[key] = _row(row[0], _sum(*_single(row[1])), row[2])
        return {index: found[index] for index in indices if index in found}


def _index(at: tuple[Any, ...]) -> Any:
    return at[0] if len(at) == 1 else at


def _in(value: Any, period: int) -> Any:
    """What holds in a period: a number for all of them, or one for each."""
    return value if value is None or isinstance(value, float | int) else float(value[period])


def _by_period(expression: algebra.Expression, periods: int) -> list[tuple[list[algebra.Term], float]]:
    """The terms and the constant of lines in every period."""
    found: list[list[algebra.Term]] = [[] for _ in range(periods)]
    for coefficient, line in expression.terms:
        for at, weight, variable in zip(line.at, line.weights, line.columns, strict=True):
            found[at].append((_in(coefficient, at) * weight, variable))
    return [(terms, _in(expression.constant, t)) for t, terms in enumerate(found)]


def _single(expression: algebra.Expression) -> tuple[list[algebra.Term], float]:
    """The terms of one sum, a line of them one after another."""
    found: list[algebra.Term] = []
    for coefficient, variable in expression.terms:
        if isinstance(variable, algebra.Line):
            each = zip(variable.at, variable.weights, variable.columns, strict=True)
            found += [(_in(coefficient, at) * weight, column) for at, weight, column in each]
        else:
            found.append((coefficient, variable))
    return found, float(expression.constant)


def _sum(terms: list[algebra.Term], constant: float) -> LinearExpression:
    kept = [(float(c), v) for c, v in terms if c]
    return LinearExpression(
        constant=float(constant), linear_coefs=[c for c, _ in kept], linear_vars=[v for _, v in kept]
    )


def _row(low: float | None, body: LinearExpression, high: float | None) -> Any:
    if low is not None and high is not None:
        return body == low
    return body <= high if low is None else body >= low
