"""Sourced numbers: one CSV per topic, one row per number, each with unit, range, source and kind.

Every row has a dotted id ``<table>.<rest>`` whose first part is the file it stands in, for example
``processes.P09.electricity``. A scenario may replace any of them by that id; nothing else holds numbers.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.paths import shipped
from lunarchain.units import factor, is_known

COLUMNS = ("id", "description", "value", "low", "high", "unit", "text", "source", "year", "kind", "note")
KINDS = ("seen", "secondary", "unchecked", "derived", "estimate")


@dataclass(frozen=True)
class Fact:
    """One sourced number (or, where ``text`` is set, one sourced choice)."""

    id: str
    description: str
    value: float
    low: float
    high: float
    unit: str
    text: str
    source: str
    year: str
    kind: str
    note: str
    file: str = ""

    @property
    def table(self) -> str:
        """The topic this fact belongs to, which is also the stem of its file."""
        return self.id.split(".", 1)[0]

    def to(self, unit: str) -> float:
        """The value in ``unit``; ``InputError`` when the units are unlike, ``nan`` when there is no value."""
        try:
            return self.value * factor(self.unit, unit)
        except ValueError:
            raise InputError(
                [Issue(self.file or "data", self.id, f"a number in '{self.unit}'", f"a unit like '{unit}'")]
            ) from None


class Facts(Mapping[str, Fact]):
    """All sourced numbers by id. Immutable: overriding returns a new set."""

    def __init__(self, rows: Mapping[str, Fact]) -> None:
        self._rows = dict(rows)
        # a model asks for the same few numbers and parts tens of thousands of times
        self._numbers: dict[tuple[str, str], float] = {}
        self._parts: dict[str, list[str]] = {}

    def __getitem__(self, key: str) -> Fact:
        try:
            return self._rows[key]
        except KeyError:
            raise InputError([self.unknown(key)]) from None

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def unknown(self, key: str, file: str = "data") -> Issue:
        """The issue to report for an id that does not exist."""
        return Issue(
            file, key, "no such fact", "an id listed by `lunarchain data`", nearest_name(key, self._rows)
        )

    def number(self, key: str, unit: str) -> float:
        """Value of ``key`` in ``unit``; ``InputError`` when there is none or it measures something else."""
        known = self._numbers.get((key, unit))
        if known is None:
            known = self._numbers[key, unit] = self[key].to(unit)
        return known

    def text(self, key: str) -> str:
        """The text (categorical) value of ``key``."""
        return self[key].text

    def outside_range(self) -> list[str]:
        """Numbers that lie outside the range their own source gives, in words; empty for the shipped tables."""
        return [
            f"{fact.id} is {fact.value:g} {fact.unit}, its source gives {fact.low:g} to {fact.high:g}"
            for fact in self._rows.values()
            if fact.value < fact.low or fact.value > fact.high
        ]

    def children(self, prefix: str) -> list[str]:
        """Distinct next parts below ``prefix``, in file order: ``children('sites')`` lists the sites."""
        if prefix not in self._parts:
            found = (key[len(prefix) + 1 :].split(".", 1)[0] for key in self._under.get(prefix, ()))
            self._parts[prefix] = list(dict.fromkeys(found))
        return self._parts[prefix].copy()

    def below(self, prefix: str) -> dict[str, Fact]:
        """Facts under ``prefix``, keyed by the rest of their id, in file order."""
        return {key[len(prefix) + 1 :]: self._rows[key] for key in self._under.get(prefix, ())}

    @cached_property
    def _under(self) -> dict[str, list[str]]:
        """Ids below every prefix: tables are asked for their parts thousands of times."""
        found: dict[str, list[str]] = {}
        for key in self._rows:
            for at, letter in enumerate(key):
                if letter == ".":
                    found.setdefault(key[:at], []).append(key)
        return found

    def override(self, values: Mapping[str, float | str], file: str = "scenario") -> Facts:
        """A copy with some values replaced: a number in the fact's own unit, or 'low', 'high', 'nominal'."""
        rows, issues = dict(self._rows), []
        for key, wanted in values.items():
            if key not in rows:
                issues.append(self.unknown(f"data.{key}", file))
                continue
            outcome = _overridden(rows[key], wanted, file)
            if isinstance(outcome, Issue):
                issues.append(outcome)
            else:
                rows[key] = outcome
        if issues:
            raise InputError(issues, partial=Facts(rows))
        return Facts(rows)


def _overridden(fact: Fact, wanted: float | str, file: str) -> Fact | Issue:
    if isinstance(wanted, str) and wanted in ("low", "nominal", "high"):
        value = {"low": fact.low, "nominal": fact.value, "high": fact.high}[wanted]
        if math.isnan(value):
            return Issue(file, f"data.{fact.id}", wanted, f"a number: this fact has no {wanted} value")
        return replace(fact, value=value)
    if isinstance(wanted, str):
        if not fact.text:
            return _with_unit(fact, wanted, file)
        return replace(fact, text=wanted, source="set by the scenario", kind="estimate")
    if fact.text:
        return Issue(file, f"data.{fact.id}", repr(wanted), f"a name like '{fact.text}'")
    if isinstance(wanted, bool) or not isinstance(wanted, int | float):
        return Issue(file, f"data.{fact.id}", repr(wanted), f"a number in {fact.unit}")
    return replace(fact, value=float(wanted), source="set by the scenario", kind="estimate")


def _with_unit(fact: Fact, wanted: str, file: str) -> Fact | Issue:
    """A replacement written with its own unit, such as '200 t/flight'."""
    amount, _, unit = wanted.strip().partition(" ")
    expected = f"a number in {fact.unit}, a number with a unit like it, or low, nominal, high"
    try:
        value = float(amount) * factor(unit.strip(), fact.unit)
    except ValueError:
        return Issue(file, f"data.{fact.id}", repr(wanted), expected)
    return replace(fact, value=value, source="set by the scenario", kind="estimate")


def load_facts(folder: Path | None = None) -> Facts:
    """All fact tables of ``folder`` (default: the shipped ones); every fault of every row raised at once."""
    return _load(folder or shipped("data"))


@lru_cache(maxsize=4)
def _load(folder: Path) -> Facts:
    rows: dict[str, Fact] = {}
    issues: list[Issue] = []
    for path in sorted(folder.glob("*.csv")):
        for fact in _read(path, issues):
            if fact.id in rows:
                issues.append(Issue(path.name, fact.id, "a second row", "one row per id"))
            rows[fact.id] = fact
    if issues:
        raise InputError(issues)
    return Facts(rows)


def _read(path: Path, issues: list[Issue]) -> Iterable[Fact]:
    with path.open(newline="", encoding="utf-8") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            issues.append(Issue(path.name, "header", str(reader.fieldnames), ",".join(COLUMNS)))
            return
        for row in reader:
            if None in row or None in row.values():
                issues.append(
                    Issue(path.name, str(row.get("id")), "a row of another length", f"{len(COLUMNS)} columns")
                )
                continue
            fact = _parse(row, path.name, issues)
            if fact is not None:
                yield fact


def _parse(row: dict[str, str], file: str, issues: list[Issue]) -> Fact | None:
    found = len(issues)
    key = row["id"]
    if not key.startswith(file.removesuffix(".csv") + "."):
        issues.append(Issue(file, key, "an id of another table", f"an id that starts with '{file[:-4]}.'"))
    if row["kind"] not in KINDS:
        issues.append(
            Issue(file, key, f"kind '{row['kind']}'", " | ".join(KINDS), nearest_name(row["kind"], KINDS))
        )
    if not row["source"].strip():
        issues.append(Issue(file, key, "no source", "where the number comes from"))
    if not is_known(row["unit"]):
        issues.append(Issue(file, key, f"unit '{row['unit']}'", "a unit pint can parse"))
    numbers = {name: _number(row[name], file, f"{key}.{name}", issues) for name in ("value", "low", "high")}
    if not row["text"] and math.isnan(numbers["value"]):
        issues.append(Issue(file, key, "neither value nor text", "a number in 'value' or a name in 'text'"))
    if numbers["low"] > numbers["value"] or numbers["value"] > numbers["high"]:
        issues.append(
            Issue(file, key, f"{row['low']} / {row['value']} / {row['high']}", "low <= value <= high")
        )
    if len(issues) > found:
        return None
    words = {
        name: row[name] for name in ("id", "description", "unit", "text", "source", "year", "kind", "note")
    }
    fields: dict[str, Any] = {**words, **numbers}
    return Fact(**fields, file=file)


def _number(text: str, file: str, key: str, issues: list[Issue]) -> float:
    try:
        return float(text) if text else math.nan
    except ValueError:
        issues.append(Issue(file, key, repr(text), "a number"))
        return math.nan
