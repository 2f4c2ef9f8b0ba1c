"""Factors of a study as axes: names checked, ranges taken from the sources where the study gives none."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
from pydantic import BaseModel

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.scenario.facts import Fact, Facts
from lunarchain.scenario.load import Case
from lunarchain.scenario.schema import Scenario
from lunarchain.study.schema import Factor, Value


@dataclass(frozen=True)
class Axis:
    """One factor: a range from ``low`` to ``high``, or a list of ``values``; ``nominal`` is where the base stands."""

    path: str
    name: str
    role: str
    nominal: Value | None
    low: float = math.nan
    high: float = math.nan
    values: tuple[Value, ...] = ()
    log: bool = False
    levels: int | None = None
    unit: str = ""
    kind: str = ""

    def at(self, share: float) -> Value:
        """The value a share of the way along the axis (0 to 1); of a list, the entry that share falls on."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return float(self.low + (self.high - self.low) * share)

    def points(self, count: int) -> list[Value]:
        """Evenly spread points of the range, or the whole list."""
        if self.values:
            return list(self.values)
        return [self.at(share) for share in np.linspace(0.0, 1.0, self.levels or count)]


def make_axes(factors: Sequence[Factor], role: str, base: Case, file: str, issues: list[Issue]) -> list[Axis]:
    """The axes of one role; what is wrong with a factor is added to ``issues``."""
    axes: list[Axis] = []
    for number, factor in enumerate(factors):
        key = f"{role}[{number}] {factor.path}"
        try:
            axes += _axes(factor, role, base)
        except InputError as error:
            issues += [Issue(file, key, i.got, i.expected, i.nearest, i.hint) for i in error.issues]
    return axes


def _axes(factor: Factor, role: str, base: Case) -> Iterator[Axis]:
    head, _, rest = factor.path.partition(".")
    if head == "data" and rest.endswith("*"):
        yield from (_fact_axis(factor, fact, role) for fact in _ranged(base.facts, rest))
    elif head == "data":
        yield _fact_axis(factor, base.facts[rest], role)
    elif head == "scale":
        yield _scale_axis(factor, rest, role, base.facts)
    else:
        yield _scenario_axis(factor, role, base.scenario)


def _ranged(facts: Facts, pattern: str) -> list[Fact]:
    found = [fact for key, fact in facts.items() if fnmatchcase(key, pattern) and fact.low < fact.high]
    if not found:
        raise _fault(
            f"'{pattern}'", "a pattern that matches a fact with a range", nearest_name(pattern, facts)
        )
    return found


def _fact_axis(factor: Factor, fact: Fact, role: str) -> Axis:
    path, name = f"data.{fact.id}", factor.name or fact.description
    if factor.values:
        return Axis(
            path, name, role, fact.text or fact.value, values=factor.values, unit=fact.unit, kind=fact.kind
        )
    low = fact.low if factor.low is None else factor.low
    high = fact.high if factor.high is None else factor.high
    if fact.text or not low < high:
        raise _fault(
            "no range of its own", f"low and high, or values (the fact is {fact.text or fact.value})"
        )
    if factor.spread == "log" and low <= 0:
        raise _fault(f"a log spread from {low:g}", "a range above zero")
    nominal = fact.value if factor.nominal is None else factor.nominal
    return Axis(
        path, name, role, nominal, low, high, (), factor.spread == "log", factor.levels, fact.unit, fact.kind
    )


def _scale_axis(factor: Factor, pattern: str, role: str, facts: Facts) -> Axis:
    if not any(fnmatchcase(key, pattern) for key in facts):
        raise _fault(f"'{pattern}'", "a pattern that matches a fact", nearest_name(pattern, facts))
    name = factor.name or f"{pattern} times"
    if factor.values:
        return Axis(factor.path, name, role, 1.0, values=factor.values)
    if factor.low is None or factor.high is None:
        raise _fault("a multiplier without a range", "low and high, such as low = 0.5, high = 2")
    log = factor.spread == "log"
    return Axis(factor.path, name, role, 1.0, factor.low, factor.high, (), log, factor.levels)


def _scenario_axis(factor: Factor, role: str, scenario: Scenario) -> Axis:
    nominal, name = _looked_up(scenario, factor.path), factor.name or factor.path
    if factor.nominal is not None:
        nominal = factor.nominal
    if factor.values:
        return Axis(factor.path, name, role, nominal, values=factor.values)
    if factor.low is None or factor.high is None:
        raise _fault(
            "a choice without a range", "low and high, or values: only facts have a range of their own"
        )
    log = factor.spread == "log"
    return Axis(factor.path, name, role, nominal, factor.low, factor.high, (), log, factor.levels)


def _looked_up(scenario: Scenario, path: str) -> Any:
    """What the base case says at a dotted path. Raises ``InputError`` with the nearest name when there is no such."""
    found: Any = scenario
    for part in path.split("."):
        names = list(type(found).model_fields) if isinstance(found, BaseModel) else []
        if part not in names:
            expected = "one of " + ", ".join(
                [*names, *(("data.<id>", "scale.<pattern>") if found is scenario else ())]
            )
            raise _fault(f"no key '{part}'", expected, nearest_name(part, names))
        found = getattr(found, part)
    return found


def _fault(got: str, expected: str, nearest: str = "") -> InputError:
    return InputError([Issue("study", "", got, expected, nearest)])
