"""Sums of variables, and what is said of them: the terms and rows that the math is written with."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lunarchain.errors import LunarchainError

Vector = NDArray[np.float64]
Number = float | Vector  # one for all periods, or one for each
Term = tuple[Any, Any]  # coefficient (a Number), variable or line


class DeclarationError(LunarchainError):
    """A rule said something that is no row."""


class Expression:
    """A sum of terms and a constant. Variables of any kind may stand in it: it never looks at them."""

    __slots__ = ("constant", "terms")
    __array_ufunc__ = None  # a numpy number on the left asks us instead of taking us for a number
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, terms: list[Term], constant: Number = 0.0) -> None:
        self.terms, self.constant = terms, constant

    def __add__(self, other: Any) -> Expression:
        more = _expression(other)
        return Expression(self.terms + more.terms, self.constant + more.constant)

    def __mul__(self, factor: float) -> Expression:
        if factor.__class__ in _VARYING:
            raise DeclarationError("a product of two variables is not linear")
        return Expression([(factor * c, v) for c, v in self.terms], factor * self.constant)

    def __truediv__(self, divisor: float) -> Expression:
        return self * (1.0 / divisor)

    def __neg__(self) -> Expression:
        return self * -1.0

    def __sub__(self, other: Any) -> Expression:
        return self + -_expression(other)

    def __rsub__(self, other: Any) -> Expression:
        return _expression(other) - self

    __radd__, __rmul__ = __add__, __mul__

    def __le__(self, other: Any) -> Row:
        return _row(None, self - other, 0.0) if other.__class__ in _VARYING else _row(None, self, other)

    def __ge__(self, other: Any) -> Row:
        # both sides vary: written with the smaller one first, as Pyomo does, so that duals have the same sign
        if other.__class__ in _VARYING:
            return _row(None, _expression(other) - self, 0.0)
        return _row(other, self, None)

    def __eq__(self, other: Any) -> Row:  # type: ignore[override]
        return _row(0.0, self - other, 0.0) if other.__class__ in _VARYING else _row(other, self, other)


class Column(float):
    """A variable: its number among all of them.

    It is a float so that a term is a pair of floats and whole families of rows go to numpy in one call; doing sums
    with it makes an expression, as with a variable of any modelling language.
    """

    __slots__ = ()
    __array_ufunc__ = None
    __hash__ = float.__hash__

    @property
    def number(self) -> int:
        """The column this variable is, as an integer."""
        return int(self)

    def __add__(self, other: Any) -> Expression:  # type: ignore[override]
        return _expression(self) + other

    def __sub__(self, other: Any) -> Expression:  # type: ignore[override]
        return _expression(self) - other

    def __rsub__(self, other: Any) -> Expression:  # type: ignore[override]
        return _expression(other) - _expression(self)

    def __mul__(self, factor: float) -> Expression:  # type: ignore[override]
        return _expression(self) * factor

    def __truediv__(self, divisor: float) -> Expression:  # type: ignore[override]
        return _expression(self) / divisor

    def __neg__(self) -> Expression:  # type: ignore[override]
        return Expression([(-1.0, self)])

    __radd__, __rmul__ = __add__, __mul__  # type: ignore[assignment]
    # what would else be done with its number, in silence
    __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = None  # type: ignore[assignment]
    __abs__ = __pos__ = __round__ = __lt__ = __gt__ = __bool__ = None  # type: ignore[assignment]

    def __le__(self, other: Any) -> Row:  # type: ignore[override]
        return _expression(self) <= other

    def __ge__(self, other: Any) -> Row:  # type: ignore[override]
        return _expression(self) >= other

    def __eq__(self, other: Any) -> Row:  # type: ignore[override]
        return _expression(self) == other


_VARYING = frozenset((Expression, Column))


def _expression(value: Any) -> Expression:
    if value.__class__ is Expression:
        return value
    return Expression([(1.0, value)]) if value.__class__ is Column else Expression([], value)


class Line:
    """What stands in the rows of all periods: entry ``e`` is ``weights[e] * columns[e]`` in the row of ``at[e]``.

    Of a family of variables it is each in the row of its own period, with weight one.
    """

    __slots__ = ("at", "columns", "weights")

    def __init__(self, at: NDArray[Any], columns: NDArray[Any], weights: Vector) -> None:
        self.at, self.columns, self.weights = at, columns, weights

    def before(self) -> Line:
        """Each in the row of the period after its own; in the first row nothing."""
        return Line(self.at[:-1] + 1, self.columns[:-1], self.weights[:-1])

    def so_far(self) -> Line:
        """All of them up to the row's own period: for a line of variables each in the row of its own."""
        at, column = np.tril_indices(self.at.size)
        return Line(at, self.columns[column], np.ones(at.size))

    def only(self, periods: NDArray[np.bool_]) -> Line:
        """What of it stands in some of the rows."""
        kept = periods[self.at]
        return Line(self.at[kept], self.columns[kept], self.weights[kept])

    def value(self, values: Vector, periods: int) -> Vector:
        """What it comes to in the row of every period, given the values of all variables."""
        return np.bincount(self.at, self.weights * values[self.columns], periods).astype(float)

    def times(self, factor: Number) -> Line:
        """The same, times a number for each row or one for all."""
        factor = factor if isinstance(factor, float | int) else factor[self.at]
        return Line(self.at, self.columns, factor * self.weights)


class Row(tuple[Any, Expression, Any]):
    """``low <= body <= high``; a side that is not there is ``None``."""

    __slots__ = ()

    def __bool__(self) -> bool:
        raise DeclarationError("a row is neither true nor false: a rule gives it back, nothing asks it")


def _row(low: float | None, body: Expression, high: float | None) -> Row:
    return tuple.__new__(Row, (low, body, high))


def numbers(floats: Sequence[float]) -> Vector:
    """The same as ``numpy.array`` of them, three times as fast: what a solver gives back and terms pass here."""
    return np.frombuffer(struct.pack(f"{len(floats)}d", *floats))
