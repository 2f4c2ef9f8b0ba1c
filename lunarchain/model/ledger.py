"""Ledgers: every subsystem posts linear terms under a key; each key later becomes one balance row in every period.

This is how a new subsystem joins a balance without the others knowing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from lunarchain.model.algebra import Expression, Line, Number, Term


class Ledger:
    """Sums of ``coefficient * line`` by key, in the order they were posted. A key names no period: a line has all."""

    def __init__(self) -> None:
        self._terms: dict[Any, list[Term]] = {}

    def post(self, key: Any, coefficient: Number, line: Line) -> None:
        """Add one term; a zero coefficient leaves no trace."""
        if coefficient.any() if isinstance(coefficient, np.ndarray) else coefficient:
            self._terms.setdefault(key, []).append((coefficient, line))

    def __iter__(self) -> Iterator[Any]:
        """Keys in posting order."""
        return iter(self._terms)

    def pairs(self, key: Any) -> list[Term]:
        """What was posted under ``key`` as (coefficient, line) pairs: the ledger's own list, not to be changed."""
        return self._terms.get(key, [])

    def terms(self, key: Any, period: int) -> tuple[list[float], list[Any]]:
        """Coefficients and variables (their numbers, of a recorded model) of one period."""
        lines = [line.times(price) for price, line in self.pairs(key)]
        return (
            [float(weight) for line in lines for weight in line.weights[line.at == period]],
            [variable for line in lines for variable in line.columns[line.at == period]],
        )

    def total(self, key: Any) -> Expression:
        """The sum under ``key`` as one linear expression."""
        return Expression(self.pairs(key))


def linear(terms: Iterable[Term], constant: Number = 0.0) -> Expression:
    """A linear expression from (coefficient, variable or line) pairs; zeros among them are left out of the matrix."""
    return Expression(terms if isinstance(terms, list) else list(terms), constant)


def negated(terms: Iterable[Term]) -> list[Term]:
    """The terms with their signs turned: what one side of a row says, brought to the other."""
    return [(-coefficient, variable) for coefficient, variable in terms]
