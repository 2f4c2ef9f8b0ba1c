"""What the audit says: one verdict per statement, with the worst place by name and both of its numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

TOLERANCE = 1e-6  # of the larger side
# Near zero a solver leaves noise: no side counts as smaller than this share of the statement's largest.
FLOOR = 1e-6


@dataclass(frozen=True)
class Statement:
    """Something that must hold at every place and in every period; ``text`` says it, with its unit."""

    name: str
    text: str

    def equal(self, place: str, left: Vector, right: Vector, quantity: str = "") -> Line:
        """Both sides are the same, period by period."""
        return Line(self, place, np.asarray(left, float), np.asarray(right, float), True, quantity)

    def within(self, place: str, used: Vector, limit: Vector, quantity: str = "") -> Line:
        """What is used is no more than there is, period by period."""
        return Line(self, place, np.asarray(used, float), np.asarray(limit, float), False, quantity)


@dataclass(frozen=True)
class Line:
    """One statement at one place over all periods. Lines of one ``quantity`` share a scale."""

    statement: Statement
    place: str
    left: Vector
    right: Vector
    equal: bool
    quantity: str = ""
    hidden: Vector | float = 0.0  # by how much numbers too small for the tables may move the two sides

    @property
    def size(self) -> float:
        """Largest number on either side."""
        return float(max(np.abs(self.left).max(initial=0.0), np.abs(self.right).max(initial=0.0)))

    def compared(self, spoken: Line) -> Line:
        """This line, allowing for what the tables leave out; ``spoken`` is the line with all of it said."""
        return replace(self, hidden=np.abs(spoken.left - self.left) + np.abs(spoken.right - self.right))

    def residuals(self, scale: float) -> Vector:
        """Violation over the larger side, period by period; infinite where a side is not a number."""
        gap = self.left - self.right
        broken = np.maximum((np.abs(gap) if self.equal else gap) - self.hidden, 0.0)
        larger = np.maximum(np.maximum(np.abs(self.left), np.abs(self.right)), FLOOR * scale)
        relative = np.divide(broken, larger, out=np.zeros_like(broken), where=broken != 0)
        return np.where(np.isfinite(relative), relative, np.inf)


@dataclass(frozen=True)
class Check:
    """The verdict on one statement. ``rows`` is places times periods; ``worst`` is where it holds least."""

    name: str
    subject: str
    passed: bool
    max_residual: float
    rows: int
    worst: str


@dataclass(frozen=True)
class Certificate:
    """The verdict on a plan, and its objective [G$] recomputed from its physical tables."""

    passed: bool
    max_residual: float
    objective_g_usd: float
    checks: tuple[Check, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"checks": [asdict(check) for check in self.checks]}

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the statements that do not hold."""
        return tuple(check.name for check in self.checks if not check.passed)


def certify(lines: Iterable[Line], edges: Vector, objective_g_usd: float) -> Certificate:
    """Judge every line; ``edges`` are the first and last instants of the periods [yr]."""
    by_statement: dict[Statement, list[Line]] = {}
    for line in lines:
        by_statement.setdefault(line.statement, []).append(line)
    checks = tuple(_judge(statement, found, edges) for statement, found in by_statement.items())
    worst = max((check.max_residual for check in checks), default=0.0)
    return Certificate(all(check.passed for check in checks), worst, objective_g_usd, checks)


def _judge(statement: Statement, lines: list[Line], edges: Vector) -> Check:
    scales: dict[str, float] = {}
    for line in lines:
        scales[line.quantity] = max(scales.get(line.quantity, 0.0), line.size)
    found = [line.residuals(scales[line.quantity]) for line in lines]
    worst = max(range(len(lines)), key=lambda k: float(found[k].max(initial=0.0)))
    residual = float(found[worst].max(initial=0.0))
    rows = sum(line.left.size for line in lines)
    text = _described(lines[worst], int(np.argmax(found[worst])), edges) if residual > 0 else ""
    return Check(statement.name, statement.text, residual <= TOLERANCE, residual, rows, text)


def _described(line: Line, period: int, edges: Vector) -> str:
    sign = "=" if line.equal else "<="
    left, right = line.left[period], line.right[period]
    when = (
        f"period {period} ({edges[period]:g}-{edges[period + 1]:g})" if line.left.size > 1 else "all periods"
    )
    return f"{when}, {line.place}: {left:.10g} should be {sign} {right:.10g}"
