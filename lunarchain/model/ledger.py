"""Ledgers: every subsystem posts linear terms under a key; each key later becomes one balance row.

This is how a new subsystem joins a balance without the others knowing of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from lunarchain.model.algebra import Expression, Term


class Ledger:
    """Sums of ``coefficient * variable`` by key, in the order they were posted."""

    def __init__(self) -> None:
        self._terms: defaultdict[Any, list[Term]] = defaultdict(list)

    def post(self, key: Any, coefficient: float, variable: Any) -> None:
        """Add one term; a zero coefficient leaves no trace."""
        if coefficient:
            self._terms[key].append((coefficient, variable))

    def __iter__(self) -> Iterator[Any]:
        """Keys in posting order."""
        return iter(self._terms)

    def pairs(self, key: Any) -> list[Term]:
        """What was posted under ``key`` as (coefficient, variable) pairs: the ledger's own list, not to be changed."""
        return self._terms.get(key, [])

    def terms(self, key: Any) -> tuple[list[float], list[Any]]:
        """The same as coefficients and variables."""
        return [c for c, _ in self.pairs(key)], [v for _, v in self.pairs(key)]

    def total(self, key: Any) -> Expression:
        """The sum under ``key`` as one linear expression."""
        return Expression(self.pairs(key))


def linear(terms: Iterable[Term], constant: float = 0.0) -> Expression:
    """A linear expression from (coefficient, variable) pairs; zeros among them are left out of the matrix."""
    return Expression(terms if isinstance(terms, list) else list(terms), constant)
