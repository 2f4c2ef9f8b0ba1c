"""Which assumption, moved within its sourced range, changes the answer of a case, and where.

The answer is three words: Moon or not, where satellites are put together, which launcher throws most. Both ends of the
numbers that matter most are solved; where a word differs from that of the base, the threshold is found by halving. A
change between the ends that is undone at the end is not seen, and a case that proves neither yes nor no is no change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lunarchain.errors import NoAnswerError
from lunarchain.plan.decision import OPEN
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.load import Case
from lunarchain.study.collect import answered
from lunarchain.study.schema import Base, Design, Factor, Relations, StudyFile
from lunarchain.study.study import Study, lay_out
from lunarchain.study.sweep import Progress, sweep

WORDS = ("moon", "assembled", "driver")
UNSURE = ("estimate", "unchecked")
HALVINGS = 6  # the threshold is known to 1/64 of the way from nominal to the end


@dataclass(frozen=True)
class Flips:
    """What was found: the base's answer, one row a flip, one row a number solved, and what could not be answered."""

    base: dict[str, Any]
    flips: pd.DataFrame
    ends: pd.DataFrame
    missing: pd.DataFrame


@dataclass(frozen=True)
class Question:
    """A case as the command line gave it, how its cases are answered, where and by how many workers."""

    base: Base
    name: str
    mode: str
    out: Path
    workers: int | None
    progress: Progress


def find_flips(question: Question, case: Case, facts: Sequence[str]) -> Flips:
    """Solve both ends of every fact, then halve towards each change of a word."""
    values = {fact: [case.facts[fact].low, case.facts[fact].high] for fact in facts}
    table = _solve(question, values)
    base = table[table["moved"] == ""].iloc[0]
    known = answered(table)
    if base["id"] not in set(known["id"]):
        raise NoAnswerError(f"the base case itself has no answer: {base['status']} {base['reason']}")
    brackets = _brackets(known, base, case.facts)
    for _ in range(HALVINGS):
        brackets = _halved(question, brackets)
    ends = known[known["moved"] != ""]
    return Flips(dict(base), _rows(brackets, case.facts), _ends(ends, base), table.drop(known.index))


@dataclass(frozen=True)
class _Bracket:
    """A word that changes between ``inside`` (where it still is the base's) and ``outside``."""

    fact: str
    word: str
    before: str
    after: str
    inside: float
    outside: float


def _solve(question: Question, values: dict[str, list[float]]) -> pd.DataFrame:
    factors = tuple(Factor(path=f"data.{fact}", values=tuple(at)) for fact, at in values.items())
    file = StudyFile(
        title=f"What flips {question.name}", base=question.base, uncertainties=factors,
        design=Design(method="tornado"), relations=Relations.model_validate({"mode": question.mode}),
    )  # fmt: skip
    study: Study = lay_out(question.name, file)
    return sweep(study, question.out, question.workers, progress=question.progress).table


def _brackets(known: pd.DataFrame, base: pd.Series, facts: Facts) -> list[_Bracket]:
    found = []
    for row in known[known["moved"] != ""].to_dict("records"):
        fact = row["moved"].removeprefix("data.")
        for word in WORDS:
            if row[word] != base[word] and OPEN not in (row[word], base[word]):  # undecided is no change
                end = float(row[row["moved"]])
                found.append(_Bracket(fact, word, base[word], row[word], facts[fact].value, end))
    return found


def _halved(question: Question, brackets: list[_Bracket]) -> list[_Bracket]:
    """Each bracket at half its width; one whose middle has no answer stays as wide as it is."""
    middles = [(b.inside + b.outside) / 2 for b in brackets]
    values: dict[str, list[float]] = {}
    for bracket, middle in zip(brackets, middles, strict=True):
        if middle not in values.setdefault(bracket.fact, []):
            values[bracket.fact].append(middle)
    if not values:
        return brackets
    known = answered(_solve(question, values))
    found = []
    for bracket, middle in zip(brackets, middles, strict=True):
        path = f"data.{bracket.fact}"
        rows = known[(known["moved"] == path) & (known[path] == middle)]
        found.append(_narrowed(bracket, middle, rows))
    return found


def _narrowed(bracket: _Bracket, middle: float, rows: pd.DataFrame) -> _Bracket:
    if rows.empty:
        return bracket
    word = rows.iloc[0][bracket.word]
    if word == OPEN:  # undecided: the change lies somewhere in what is left, and that is all that is known
        return bracket
    inside, outside = (middle, bracket.outside) if word == bracket.before else (bracket.inside, middle)
    after = bracket.after if word == bracket.before else word
    return _Bracket(bracket.fact, bracket.word, bracket.before, after, inside, outside)


def _rows(brackets: list[_Bracket], facts: Facts) -> pd.DataFrame:
    """One row a flip, the nearest to nominal first."""
    rows = []
    for b in brackets:
        fact = facts[b.fact]
        threshold = (b.inside + b.outside) / 2
        reach = abs((fact.high if threshold > fact.value else fact.low) - fact.value)
        rows.append({
            "distance": abs(threshold - fact.value) / abs(fact.value) if fact.value else float("nan"),
            "share_of_range": abs(threshold - fact.value) / reach if reach else float("nan"),
            "word": b.word, "before": b.before, "after": b.after, "threshold": threshold, "nominal": fact.value,
            "low": fact.low, "high": fact.high, "unit": fact.unit, "kind": fact.kind,
            "estimate": fact.kind in UNSURE, "fact": b.fact, "description": fact.description,
        })  # fmt: skip
    columns = ["distance", "share_of_range", "word", "before", "after", "threshold", "nominal", "low", "high", "unit",
               "kind", "estimate", "fact", "description"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).sort_values("distance", kind="stable").reset_index(drop=True)


def _ends(ends: pd.DataFrame, base: pd.Series) -> pd.DataFrame:
    """What each end solved does to the worth of the Moon [G$]."""
    moved = ends["moved"].str.removeprefix("data.")
    places = [float(row[row["moved"]]) for row in ends.to_dict("records")]
    change = ends["decision_value"] - base["decision_value"]
    found = pd.DataFrame({"fact": moved, "at": places, "worth": ends["decision_value"], "change": change})
    return found.sort_values("change", key=abs, ascending=False).reset_index(drop=True)
