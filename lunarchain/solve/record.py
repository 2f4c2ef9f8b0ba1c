"""From the terms a model noted to the solver's arrays, by numpy alone.

What is left out is what Pyomo's standard-form compiler leaves out: variables held fixed, columns of which nothing is
left, and rows that name nothing. Columns stand in its order too, families as they are first named, in the objective
and then in the rows, so that the two can be compared as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lunarchain.model.algebra import Columns, Model, Rows, apart
from lunarchain.solve.arrays import Arrays, Vector


@dataclass(frozen=True, slots=True)
class Member:
    """One variable or row: its family and its index. It answers to the names Pyomo's would."""

    family: Any
    place: Any

    @property
    def name(self) -> str:
        """Family and index, as Pyomo writes them."""
        parts = self.place if isinstance(self.place, tuple) else (self.place,)
        return f"{self.family.name}[{','.join(map(str, parts))}]"

    def index(self) -> Any:
        """The index within the family."""
        return self.place

    def parent_component(self) -> Any:
        """The family."""
        return self.family

    def is_continuous(self) -> bool:
        """Whether a variable may take fractions."""
        return bool(self.family.is_continuous(self.place))


class Members:
    """Variables or rows by number, each made when it is asked for: most never are.

    With ``sides`` an item is a pair, the row and which of its sides is the limit (0 for both).
    """

    def __init__(
        self, families: Sequence[Columns | Rows], kept: NDArray[Any], sides: NDArray[Any] | None = None
    ) -> None:
        self._families, self._kept, self._sides = families, kept, sides
        self._starts = np.cumsum([0, *(len(family) for family in families)])
        self._index: dict[int, list[Any]] = {}

    def __len__(self) -> int:
        return self._kept.size

    def __getitem__(self, at: SupportsIndex) -> Any:
        number = int(self._kept[at])
        family = int(np.searchsorted(self._starts, number, side="right")) - 1
        return self._item(family, number, at)

    def __iter__(self) -> Iterator[Any]:
        families = np.searchsorted(self._starts, self._kept, side="right") - 1
        for at, (family, number) in enumerate(zip(families.tolist(), self._kept.tolist(), strict=True)):
            yield self._item(family, number, at)

    def _item(self, family: int, number: int, at: SupportsIndex) -> Any:
        if family not in self._index:
            self._index[family] = list(self._families[family])
        member = Member(self._families[family], self._index[family][number - int(self._starts[family])])
        return member if self._sides is None else (member, int(self._sides[at]))


def compiled(model: Model) -> Arrays:
    """The arrays of a recorded model, not looked at yet: ``to_arrays`` refuses what cannot be solved safely."""
    count, rows = model.count, model.rows
    held = _held(model)
    expr = model.objective.expr if model.objective else None
    cost_of, costs, paid = _free(*apart(expr.terms if expr else []), held)
    variables, data, moved = _free(
        _joined(rows, "coefficients"), _joined(rows, "variables").astype(int), held
    )
    counts = _joined(rows, "counts").astype(int)
    order = _order(model.columns, np.concatenate([cost_of[costs != 0], variables[data != 0]]))
    place = np.empty(count, dtype=int)
    place[order] = np.arange(count)
    starts = np.concatenate([[0], np.cumsum(counts)])
    matrix = sparse.csr_matrix((data, place[variables], starts), shape=(counts.size, count)).tocsc()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    cost = np.bincount(place[cost_of], weights=costs, minlength=count)
    row_of = np.repeat(np.arange(counts.size), counts)
    taken = np.bincount(row_of, weights=moved, minlength=counts.size)
    low, high = _joined(rows, "low") - taken, _joined(rows, "high") - taken
    used = (np.diff(matrix.indptr) > 0) | (cost != 0)
    empty = np.bincount(row_of, weights=_joined(rows, "coefficients") != 0, minlength=counts.size) == 0
    kept = ~(
        empty & (low <= 0) & (high >= 0)
    )  # a row of nothing that cannot hold stays, for the solver to say so
    matrix = sparse.csc_matrix(matrix[np.flatnonzero(kept)] if not kept.all() else matrix)[:, used]
    lower, upper, integer = _columns(model)
    order, low, high = order[used], low[kept], high[kept]
    sides = np.where(low == high, 0, np.where(np.isfinite(high), 1, -1))
    final = np.full(count, -1, dtype=np.int32)
    final[order] = np.arange(order.size)
    return Arrays(
        matrix, low, high, cost[used], float((expr.constant if expr else 0.0) + paid.sum()), lower[order],
        upper[order], integer[order], Members(model.columns, order), Members(rows, np.flatnonzero(kept), sides), final,
    )  # fmt: skip


def _joined(rows: list[Rows], name: str) -> Vector:
    return np.concatenate([np.empty(0), *(getattr(family, name) for family in rows)])


def _held(model: Model) -> Vector:
    """The value of every variable that is held fixed, and nan for the others."""
    held = np.full(model.count, np.nan)
    for family in model.columns:
        for number, value in family.fixed.items():
            held[number] = value
    return held


def _free(coefficients: Vector, variables: NDArray[Any], held: Vector) -> tuple[NDArray[Any], Vector, Vector]:
    """Variables of terms, their coefficients (none where held), and what each term of a held one adds."""
    value = held[variables]
    away = ~np.isnan(value)
    return variables, np.where(away, 0.0, coefficients), np.where(away, coefficients * value, 0.0)


def _order(families: list[Columns], named: NDArray[Any]) -> NDArray[Any]:
    """Variables in the order in which their families are first named."""
    sizes = [len(family) for family in families]
    family_of = np.repeat(np.arange(len(families)), sizes)
    first = np.full(len(families), named.size)
    first[family_of[named[::-1]]] = np.arange(named.size)[::-1]  # of several entries the last one stays
    ranges = [np.arange(family.first, family.first + len(family)) for family in families]
    return np.concatenate([np.empty(0, dtype=int), *(ranges[k] for k in np.argsort(first, kind="stable"))])


def _columns(model: Model) -> tuple[Vector, Vector, NDArray[np.bool_]]:
    nothing = [np.empty(0)]
    lower, upper, integer = (
        np.concatenate(nothing + [getattr(family, side) for family in model.columns])
        for side in ("lower", "upper", "integer")
    )
    return lower, upper, integer.astype(bool)
