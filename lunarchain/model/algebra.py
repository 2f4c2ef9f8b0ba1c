"""The words the math is written in: variables, rows and an objective, each declared once by a rule.

What is made of a declaration depends on the model it is given to. A ``Model`` notes the terms of every row as plain
numbers, which become the solver's arrays without another look at them; ``lunarchain.model.symbolic`` makes a Pyomo
model of the very same declarations, for whoever wants to read, extend or write out the algebra. The names are Pyomo's,
and so is the meaning of a rule: it is called once for every index and says ``expression <= number``, ``expression >=
expression``, ``expression == number`` or ``Constraint.Skip``.

A key with an ellipsis, ``(site, ..., slice)``, stands for one member in every period, and a rule called with it speaks
of all of them at once: its terms are lines (``m.activity[site, process, ..., slice]``), its numbers are the same in
every period or an array over the periods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lunarchain.model.terms import (
    Column,
    DeclarationError,
    Expression,
    Line,
    Number,
    Row,
    Term,
    Vector,
    numbers,
)

__all__ = [
    "Binary", "Column", "Columns", "Constraint", "DeclarationError", "Expression", "Family", "Layout", "Line", "Model",
    "NonNegativeIntegers", "Number", "Objective", "Reals", "Row", "Rows", "Term", "Var", "Vector", "apart", "fix",
    "parts", "said",
]  # fmt: skip

Bounds = tuple[Any, Any]

# domains
Reals, NonNegativeIntegers, Binary = "number", "whole", "yes or no"
# senses
minimize = 1


@dataclass(frozen=True)
class Var:
    """A family of variables. ``bounds`` and ``domain`` are the same for all, or rules of the key."""

    index: Iterable[Any]
    bounds: Bounds | Callable[..., Bounds] = (None, None)
    domain: Any = Reals
    doc: str = ""


@dataclass(frozen=True)
class Constraint:
    """A family of rows: the rule is called with the model and the parts of each key, the ellipsis left out.

    ``periods`` are those in which rows are wanted (all): a mask, or a rule of the key that gives one.
    """

    Skip: ClassVar[str] = "no row"

    index: Iterable[Any]
    rule: Callable[..., Any]
    doc: str = ""
    periods: NDArray[np.bool_] | Callable[..., NDArray[np.bool_]] | None = None


@dataclass(frozen=True)
class Objective:
    """What is minimised."""

    expr: Expression
    sense: int = minimize
    doc: str = ""


class Layout:
    """The order of the members of a family.

    Keys keep their order; those with the same beginning up to the ellipsis take turns, period by period.
    """

    def __init__(self, keys: Iterable[Any], periods: int) -> None:
        self.places: dict[Any, int | slice] = {}
        self.size, self._periods = 0, periods
        for start, group in groupby(dict.fromkeys(keys), _before_ellipsis):
            turns = list(group)
            if start is None:
                self.places.update(zip(turns, range(self.size, self.size + len(turns)), strict=True))
                self.size += len(turns)
                continue
            end = self.size + periods * len(turns)
            self.places.update((key, slice(self.size + k, end, len(turns))) for k, key in enumerate(turns))
            self.size = end

    def indices(self) -> list[Any]:
        """The index of every member."""
        found: list[Any] = [None] * self.size
        for key, place in self.places.items():
            if isinstance(place, slice):
                found[place] = [_in_period(key, t) for t in range(self._periods)]
            else:
                found[place] = key
        return found


def _before_ellipsis(key: Any) -> tuple[Any, ...] | None:
    parts = key if key.__class__ is tuple else (key,)
    return parts[: parts.index(...)] if ... in parts else None


def _in_period(key: Any, t: int) -> Any:
    return tuple(t if part is ... else part for part in key) if key.__class__ is tuple else t


def parts(key: Any) -> tuple[Any, ...]:
    """The parts of a key, however many, without the ellipsis."""
    return (
        tuple(part for part in key if part is not ...)
        if key.__class__ is tuple
        else ()
        if key is ...
        else (key,)
    )


class Family(Mapping[Any, Any]):
    """Variables by index, and their lines by key. ``members`` are all of them in order."""

    def __init__(
        self, name: str, doc: str, layout: Layout, members: NDArray[Any], span: NDArray[Any]
    ) -> None:
        self.name, self.doc, self.layout, self.members = name, doc, layout, members
        self._span, self._ones = span, np.ones(span.size)
        self._lines: dict[Any, Line] = {}

    def __getitem__(self, key: Any) -> Any:
        line = self._lines.get(key)
        return self._found(key) if line is None else line

    def _found(self, key: Any) -> Any:
        place = self.layout.places.get(key)
        if not isinstance(place, slice):
            return self._single[key]
        line = self._lines[key] = Line(self._span, self.members[place], self._ones)
        return line

    @cached_property
    def _single(self) -> dict[Any, Any]:
        return dict(zip(self.layout.indices(), self._each(), strict=True))

    def _each(self) -> Iterable[Any]:
        return self.members

    def __contains__(self, key: object) -> bool:
        return key in self.layout.places or key in self._single

    def __iter__(self) -> Iterator[Any]:
        return iter(self._single)

    def __len__(self) -> int:
        return self.layout.size

    def declared(self) -> list[Any]:
        """Its keys as they were declared."""
        return list(self.layout.places)


class Columns(Family):
    """A family of variables as column numbers, with their bounds and what is whole among them in the same order."""

    def __init__(self, name: str, declared: Var, first: int, model: Model) -> None:
        layout = Layout(declared.index, model.span.size)
        super().__init__(name, declared.doc, layout, np.arange(first, first + layout.size), model.span)
        self.first = first
        self.lower, self.upper = np.full(layout.size, -np.inf), np.full(layout.size, np.inf)
        self.integer = np.zeros(layout.size, dtype=bool)
        for key, place in layout.places.items():
            low, high = said(declared.bounds, model, key)
            whole = said(declared.domain, model, key)
            low, high = (0, 1) if isinstance(whole, str) and whole == Binary else (low, high)
            self.lower[place] = -np.inf if low is None else low
            self.upper[place] = np.inf if high is None else high
            self.integer[place] = np.not_equal(whole, Reals)
        self.fixed: dict[int, float] = {}

    def _each(self) -> Iterable[Any]:
        return map(Column, self.members.tolist())

    def upper_of(self, index: Any) -> float:
        """The upper bound of one variable (infinite where there is none)."""
        return float(self.upper[self[index].number - self.first])

    def is_continuous(self, index: Any) -> bool:
        """Whether one variable may take fractions."""
        return not self.integer[self[index].number - self.first]


def said(what: Any, model: Any, key: Any) -> Any:
    """What holds for a key: what is the same for all, or what its rule says."""
    return what(model, *parts(key)) if callable(what) else what


class Rows:
    """A family of rows: their indices, and their terms as three arrays (terms per row, coefficients, columns)."""

    def __init__(self, name: str, declared: Constraint, model: Model) -> None:
        self.name, self.doc = name, declared.doc
        self.layout = Layout(declared.index, model.span.size)
        size = self.layout.size
        self._kept = np.zeros(size, dtype=bool)
        self.low, self.high = np.full(size, -np.inf), np.full(size, np.inf)
        noted = Noted()
        for key, place in self.layout.places.items():
            row = declared.rule(model, *parts(key))
            if row is Constraint.Skip:
                continue
            if row.__class__ is not Row:
                raise DeclarationError(f"{name}[{key}]: the rule says {row!r}, which is no row")
            least, body, most = row
            wanted = said(declared.periods, model, key)
            self._kept[place] = True if wanted is None else wanted
            self.low[place] = -np.inf if least is None else least - body.constant
            self.high[place] = np.inf if most is None else most - body.constant
            noted.add(body.terms, place)
        self._settle(noted)

    def _settle(self, noted: Noted) -> None:
        """Terms in the order of the rows, those of a row as they were said; rows nobody wants left out."""
        size = self.layout.size
        row, self.coefficients, self.variables = noted.arrays()
        # rows are few enough for short integers, whose stable sort is the fast one
        order = np.argsort(row.astype(np.uint16) if size < 1 << 16 else row, kind="stable")
        if not self._kept.all():
            order = order[self._kept[row[order]]]
            self.low, self.high = self.low[self._kept], self.high[self._kept]
        self.counts = np.bincount(row[order], minlength=size)[self._kept].astype(np.int32)
        self.coefficients, self.variables = self.coefficients[order], self.variables[order]

    @cached_property
    def index(self) -> list[Any]:
        """Indices of the rows kept, in the order of the matrix; rows the rule left out have none."""
        return [index for index, kept in zip(self.layout.indices(), self._kept, strict=True) if kept]

    def __len__(self) -> int:
        return self.low.size

    def __iter__(self) -> Iterator[Any]:
        return iter(self.index)


class Noted:
    """Terms of rows, noted as they are said and made arrays once: lines and single variables apart."""

    def __init__(self) -> None:
        self._lines: list[tuple[float, int, int, Line]] = []
        self._single: list[tuple[float, Any, float]] = []

    def add(self, terms: list[Term], place: int | slice) -> None:
        """Terms of the row at a place, or of the rows of all periods at the places of a slice."""
        if isinstance(place, slice):
            start, step, note = place.start, place.step, self._lines.append
            for coefficient, line in terms:
                if line.__class__ is not Line:
                    raise DeclarationError("a term is a coefficient and a line, in this order")
                if coefficient.__class__ is np.ndarray:
                    coefficient, line = 1.0, line.times(coefficient)
                note((coefficient, start, step, line))
        else:
            self._single += [(coefficient, column, place) for coefficient, column in terms]

    def arrays(self) -> tuple[NDArray[Any], Vector, NDArray[np.int32]]:
        """Row, coefficient and column of every term; those of one row in the order in which they were said."""
        scales, starts, steps, lines = zip(*self._lines, strict=True) if self._lines else ((), (), (), ())
        sizes = [line.at.size for line in lines]
        start, step, scale = (np.repeat(np.array(each), sizes) for each in (starts, steps, scales))
        nothing = np.empty(0)
        row = start + step * np.concatenate([nothing, *(line.at for line in lines)]).astype(int)
        weights = scale * np.concatenate([nothing, *(line.weights for line in lines)])
        columns = np.concatenate([nothing, *(line.columns for line in lines)])
        coefficients, variables, places = zip(*self._single, strict=True) if self._single else ((), (), ())
        if not set(map(type, variables)) <= {Column}:
            raise DeclarationError("a term is a coefficient and a variable, in this order")
        return (
            np.concatenate([row, places]).astype(int),
            np.concatenate([weights, numbers(coefficients)]),
            np.concatenate([columns, numbers(variables)]).astype(np.int32),
        )


def apart(terms: list[Term]) -> tuple[Vector, NDArray[np.int32]]:
    """Coefficients and column numbers of the terms of one sum, all periods of a line among them."""
    noted = Noted()
    for term in terms:
        noted.add([term], slice(0, None, 0) if term[1].__class__ is Line else 0)
    _, coefficients, variables = noted.arrays()
    return coefficients, variables


class Model:
    """What is declared, as numbers. Setting an attribute to a declaration adds its family under that name.

    ``periods`` is how many a key with an ellipsis stands for. Of several objectives the last one counts.
    """

    def __init__(self, name: str = "", periods: int = 0) -> None:
        self.name, self.span = name, np.arange(periods)
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


def fix(family: Any, key: Any, value: float) -> None:
    """Hold one variable of a family, or a line of them, at a value: it then takes part in no choice."""
    held = family[key]
    for member in held.columns if isinstance(held, Line) else [held]:
        if isinstance(family, Columns):
            family.fixed[int(member)] = value
        else:
            member.fix(value)
