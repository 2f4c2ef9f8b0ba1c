"""Ledgers: every subsystem posts linear terms under a key; each key later becomes one balance row.

This is how a new subsystem joins a balance without the others knowing of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from pyomo.core.expr.numeric_expr import LinearExpression


class Ledger:
    """Sums of ``coefficient * variable`` by key, in the order they were posted."""

    def __init__(self) -> None:
        self._terms: dict[Any, tuple[list[float], list[Any]]] = defaultdict(lambda: ([], []))

    def post(self, key: Any, coefficient: float, variable: Any) -> None:
        """Add one term; a zero coefficient leaves no trace."""
        if coefficient:
            coefficients, variables = self._terms[key]
            coefficients.append(float(coefficient))
            variables.append(variable)

    def __iter__(self) -> Iterator[Any]:
        """Keys in posting order."""
        return iter(self._terms)

    def terms(self, key: Any) -> tuple[list[float], list[Any]]:
        """Coefficients and variables posted under ``key`` (empty when there are none)."""
        return self._terms.get(key, ([], []))

    def pairs(self, key: Any) -> list[tuple[float, Any]]:
        """The same as (coefficient, variable) pairs."""
        return list(zip(*self.terms(key), strict=True))

    def total(self, key: Any, constant: float = 0.0) -> LinearExpression:
        """The sum under ``key`` as one linear expression."""
        coefficients, variables = self.terms(key)
        return LinearExpression(
            constant=constant, linear_coefs=list(coefficients), linear_vars=list(variables)
        )


def linear(terms: Iterable[tuple[float, Any]], constant: float = 0.0) -> LinearExpression:
    """A linear expression from (coefficient, variable) pairs, zeros left out."""
    kept = [(float(c), v) for c, v in terms if c]
    return LinearExpression(
        constant=constant, linear_coefs=[c for c, _ in kept], linear_vars=[v for _, v in kept]
    )
