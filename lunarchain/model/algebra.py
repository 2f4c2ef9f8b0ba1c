"""The words the math is written in: variables, rows and an objective, each declared once by a rule.

What is made of a declaration depends on the model it is given to. A ``Model`` notes the terms of every row as plain
numbers, which become the solver's arrays without another look at them; ``lunarchain.model.symbolic`` makes a Pyomo
model of the very same declarations, for whoever wants to read, extend or write out the algebra. The names are Pyomo's,
and so is the meaning of a rule: it is called once for every index and says ``expression <= number``, ``expression >=
expression``, ``expression == number`` or ``Constraint.Skip``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lunarchain.errors import LunarchainError

Term = tuple[float, Any]  # coefficient, variable
Bounds = tuple[float | None, float | None]

# domains
Reals, NonNegativeIntegers, Binary = "number", "whole", "yes or no"
# senses
minimize = 1


class DeclarationError(LunarchainError):
    """A rule said something that is no row."""


class Expression:
    """A sum of terms and a constant. Variables of any kind may stand in it: it never looks at them."""

    __slots__ = ("constant", "terms")
    __array_ufunc__ = None  # a numpy number on the left asks us instead of taking us for a number
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, terms: list[Term], constant: float = 0.0) -> None:
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
        """The number as an index."""
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


class Row(tuple[float | None, Expression, float | None]):
    """``low <= body <= high``; a side that is not there is ``None``."""

    __slots__ = ()

    def __bool__(self) -> bool:
        raise DeclarationError("a row is neither true nor false: a rule gives it back, nothing asks it")


def _row(low: float | None, body: Expression, high: float | None) -> Row:
    return tuple.__new__(Row, (low, body, high))


@dataclass(frozen=True)
class Var:
    """A family of variables. ``bounds`` and ``domain`` are the same for all, or rules of the index."""

    index: Iterable[Any]
    bounds: Bounds | Callable[..., Bounds] = (None, None)
    domain: str | Callable[..., str] = Reals
    doc: str = ""


@dataclass(frozen=True)
class Constraint:
    """A family of rows: the rule is called with the model and the parts of each index."""

    Skip: ClassVar[str] = "no row"

    index: Iterable[Any]
    rule: Callable[..., Any]
    doc: str = ""


@dataclass(frozen=True)
class Objective:
    """What is minimised."""

    expr: Expression
    sense: int = minimize
    doc: str = ""


class Columns(dict[Any, Column]):
    """A family of variables by index, with their bounds and domains in the same order."""

    __slots__ = ("doc", "domains", "first", "fixed", "lower", "name", "upper")

    def __init__(self, name: str, declared: Var, first: int, model: Model) -> None:
        index = dict.fromkeys(declared.index)
        super().__init__(zip(index, map(Column, range(first, first + len(index))), strict=True))
        self.name, self.doc, self.first = name, declared.doc, first
        bounds, domain = declared.bounds, declared.domain
        bounds = (0, 1) if domain == Binary else bounds
        sides = [bounds(model, *parts(i)) for i in index] if callable(bounds) else [bounds] * len(index)
        self.lower, self.upper = ([side[k] for side in sides] for k in (0, 1))
        self.domains = (
            [domain(model, *parts(i)) for i in index] if callable(domain) else [domain] * len(index)
        )
        self.fixed: dict[int, float] = {}

    def upper_of(self, index: Any) -> float:
        """The upper bound of one variable (infinite where there is none)."""
        high = self.upper[self[index].number - self.first]
        return np.inf if high is None else high

    def is_continuous(self, index: Any) -> bool:
        """Whether one variable may take fractions."""
        return self.domains[self[index].number - self.first] == Reals


class Rows:
    """A family of rows: their indices, and their terms as three arrays (terms per row, coefficients, columns)."""

    __slots__ = ("coefficients", "counts", "doc", "high", "index", "low", "name", "variables")

    def __init__(self, name: str, declared: Constraint, model: Model) -> None:
        self.name, self.doc = name, declared.doc
        self.index: list[Any] = []
        low: list[float] = []
        high: list[float] = []
        counts: list[int] = []
        terms: list[Term] = []
        rule, skip = declared.rule, Constraint.Skip
        for index in dict.fromkeys(declared.index):
            said = rule(model, *index) if index.__class__ is tuple else rule(model, index)
            if said is skip:
                continue
            if said.__class__ is not Row:
                raise DeclarationError(f"{name}[{index}]: the rule says {said!r}, which is no row")
            least, body, most = said
            self.index.append(index)
            counts.append(len(body.terms))
            terms.extend(body.terms)
            low.append(-np.inf if least is None else least - body.constant)
            high.append(np.inf if most is None else most - body.constant)
        self.low, self.high = np.array(low, dtype=float), np.array(high, dtype=float)
        self.counts = np.array(counts, dtype=np.int32)
        self.coefficients, self.variables = apart(terms)

    def __len__(self) -> int:
        return len(self.index)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.index)


def apart(terms: list[Term]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Coefficients and column numbers of terms."""
    coefficients, variables = zip(*terms, strict=True) if terms else ((), ())
    if not set(map(type, variables)) <= {Column}:
        raise DeclarationError("a term is a coefficient and a variable, in this order")
    return _numbers(coefficients), _numbers(variables).astype(np.int32)


def _numbers(floats: Sequence[float]) -> NDArray[np.float64]:
    """The same as ``numpy.array`` of them, three times as fast: most of the terms of a model pass here."""
    return np.frombuffer(struct.pack(f"{len(floats)}d", *floats))


class Model:
    """What is declared, as numbers. Setting an attribute to a declaration adds its family under that name.

    Of several objectives the last one counts.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.columns: list[Columns] = []
        self.rows: list[Rows] = []
        self.objective: Objective | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        made = value
        if isinstance(value, Var | Constraint) and name in vars(self):
            raise DeclarationError(f"{name} is declared twice")
        if isinstance(value, Objective) and value.sense != minimize:
            raise DeclarationError("an objective is minimised: change its sign")
        if isinstance(value, Var):
            made = Columns(name, value, self.count, self)
            self.columns.append(made)
        elif isinstance(value, Constraint):
            made = Rows(name, value, self)
            self.rows.append(made)
        elif isinstance(value, Objective) and name != "objective":
            self.objective = value
        object.__setattr__(self, name, made)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the model has no {name} yet: what declares it comes later")

    @property
    def count(self) -> int:
        """Number of variables so far."""
        return self.columns[-1].first + len(self.columns[-1]) if self.columns else 0

    def component_map(self) -> list[str]:
        """Names of all families."""
        return [name for name, value in vars(self).items() if isinstance(value, Columns | Rows)]


def fix(family: Any, index: Any, value: float) -> None:
    """Hold one variable of a family at a value: it then takes part in no choice."""
    if isinstance(family, Columns):
        family.fixed[family[index].number] = value
    else:
        family[index].fix(value)


def parts(index: Any) -> tuple[Any, ...]:
    """An index as a tuple, however many parts it has."""
    return index if isinstance(index, tuple) else (index,)
