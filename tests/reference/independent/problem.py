"""A mixed-integer problem gathered term by term and handed to a solver as a sparse matrix."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from tests.reference.independent.highs import least

INF = float("inf")
Terms = list[tuple[float, int]]


@dataclass
class Problem:
    """Columns by name, rows as term lists, and sums that several subsystems add to."""

    names: dict[tuple, int] = field(default_factory=dict)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    offset: float = 0.0
    rows: list[tuple[str, dict[int, float], float, float]] = field(default_factory=list)
    sums: defaultdict[tuple, Terms] = field(default_factory=lambda: defaultdict(list))

    def column(self, *name: object, upper: float = INF, whole: bool = False) -> int:
        """A new column, from zero to ``upper``."""
        assert name not in self.names, name
        self.names[name] = len(self.cost)
        for store, value in ((self.lower, 0.0), (self.upper, upper), (self.whole, whole), (self.cost, 0.0)):
            store.append(value)
        return self.names[name]

    def __getitem__(self, name: tuple) -> int:
        return self.names[name]

    def get(self, *name: object) -> Terms:
        """The column as one term, or nothing where there is none."""
        return [(1.0, self.names[name])] if name in self.names else []

    def pay(self, amount: float, column: int) -> None:
        """Add to a column's cost."""
        self.cost[column] += amount

    def row(self, label: str, terms: Terms, lower: float = -INF, upper: float = INF) -> None:
        """``lower <= terms <= upper``; terms on the same column add up."""
        merged: dict[int, float] = defaultdict(float)
        for coefficient, column in terms:
            merged[column] += coefficient
        self.rows.append((label, merged, lower, upper))

    def matrix(self) -> sparse.csr_matrix:
        """All rows."""
        entries = [(r, c, a) for r, (_, row, _, _) in enumerate(self.rows) for c, a in row.items() if a != 0]
        rows, columns, data = zip(*entries, strict=True)
        return sparse.csr_matrix((data, (rows, columns)), shape=(len(self.rows), len(self.cost)))

    def solve(self, gap: float) -> tuple[float, np.ndarray]:
        """Least cost within a relative gap and the plan that has it."""
        rows = ([row[2] for row in self.rows], [row[3] for row in self.rows])
        columns = (self.lower, self.upper)
        return least(self.matrix(), rows, columns, self.cost, self.whole, self.offset, gap)


def scaled(factor: float, terms: Terms) -> Terms:
    """Every coefficient times ``factor``."""
    return [(factor * coefficient, column) for coefficient, column in terms]
