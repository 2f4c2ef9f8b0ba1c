"""Which assumption, moved within its sourced range, changes the answer of a case, and where.

The answer is three words: Moon or not, where satellites are put together, which launcher throws most. All numbers are
ranked by their first-order effect; both ends of the first ones, and of those whose ends make another model, are solved
on a copy of the case in long steps; what changes a word there, or the worth most, is solved on the case itself, and
where a word differs from that of the base the threshold is found by halving. A change between the ends that is undone
at the end is not seen, and a case that proves neither yes nor no is no change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.errors import NoAnswerError
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.pipeline.screen_facts import Progress as ScreenProgress
from lunarchain.pipeline.screen_facts import in_long_steps, screen
from lunarchain.plan.decision import OPEN
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.load import Case
from lunarchain.study.collect import answered
from lunarchain.study.schema import Base, Design, Factor, Relations, StudyFile
from lunarchain.study.store import Store
from lunarchain.study.study import Study, lay_out, tables_digest
from lunarchain.study.sweep import Progress, sweep

WORDS = ("moon", "assembled", "driver")
UNSURE = ("estimate", "unchecked")
HALVINGS = 6  # the threshold is known to 1/64 of the way from nominal to the end
_LOOKED_AT = 3  # times as many numbers are tried in long steps as are solved on the case itself


@dataclass(frozen=True)
class Flips:
    """What was found: the base's answer, a row a flip, a row an end solved, what has no answer, every case's row.

    ``tried`` are the numbers tried in long steps (none where all that were asked about are solved on the case itself),
    ``solved`` those solved on the case itself.
    """

    base: dict[str, Any]
    flips: pd.DataFrame
    ends: pd.DataFrame
    missing: pd.DataFrame
    tried: list[str]
    solved: list[str]
    folder: Path


@dataclass(frozen=True)
class Question:
    """A case as the command line gave it, how its cases are answered, where and by how many workers."""

    base: Base
    name: str
    mode: str
    out: Path
    workers: int | None
    progress: Progress


def screened(question: Question, case: Case, facts: Sequence[str], progress: ScreenProgress) -> pd.DataFrame:
    """The facts by first-order effect (see ``screen``), kept beside the answers so that it is worked out once."""
    body = json.dumps([case.scenario.model_dump(mode="json"), list(facts), tables_digest()], sort_keys=True)
    folder = Store(question.out / question.name).folder
    path = folder / f"screened-{hashlib.sha256(body.encode()).hexdigest()[:16]}.parquet"
    if not path.exists():
        screen(case, facts, shipped_departures(), progress).to_parquet(path, index=False)
    return pd.read_parquet(path)


def to_try(effects: pd.DataFrame, most: int) -> list[str]:
    """The numbers worth trying: all whose ends make another model, then the first ``3 most`` by effect."""
    inside = effects[effects["in_model"]]
    other_model = np.isinf(inside["effect"])
    return [*inside.loc[other_model, "fact"], *inside.loc[~other_model, "fact"].head(_LOOKED_AT * most)]


def find_flips(question: Question, case: Case, facts: Sequence[str], most: int) -> Flips:
    """Try the facts in long steps, solve both ends of the ``most`` that move most, then halve towards each change."""
    tables: list[pd.DataFrame] = []
    tried, solved, silent = [], list(facts), pd.DataFrame()
    if len(facts) > most:
        tables.append(_solve(_in_long_steps(question, case), _ends_of(case, facts)))
        ranked = _by_change(tables[0])
        tried, solved = list(facts), ranked[:most]
        silent = tables[0][~tables[0].index.isin(answered(tables[0]).index)]
    tables.append(_solve(question, _ends_of(case, solved)))
    table = tables[-1]
    base = table[table["moved"] == ""].iloc[0]
    known = answered(table)
    if base["id"] not in set(known["id"]):
        raise NoAnswerError(f"the base case itself has no answer: {base['status']} {base['reason']}")
    brackets = _brackets(known, base, case.facts)
    for _ in range(HALVINGS):
        brackets = _halved(question, brackets, tables)
    store = Store(question.out / question.name)
    store.write_index(pd.concat(tables, ignore_index=True).drop_duplicates("id"))
    unanswered = pd.concat([table.drop(known.index), silent], ignore_index=True).drop_duplicates("moved")
    ends = known[known["moved"] != ""]
    return Flips(
        dict(base), _rows(brackets, case.facts), _ends(ends, base), unanswered, tried, solved, store.folder
    )


def _in_long_steps(question: Question, case: Case) -> Question:
    steps = [step.model_dump(mode="json") for step in in_long_steps(case).scenario.calendar.steps]
    longer = question.base.model_copy(update={"set": {**question.base.set, "calendar.steps": steps}})
    return replace(question, base=longer, mode="relaxed")


def _ends_of(case: Case, facts: Sequence[str]) -> dict[str, list[float]]:
    return {fact: [case.facts[fact].low, case.facts[fact].high] for fact in facts}


def _by_change(table: pd.DataFrame) -> list[str]:
    """Facts with an answer in the order to solve them in.

    First those that change whether the Moon pays or where satellites are put together; then by turns one that changes
    only the launcher and one that changes no word, each by how much it changes what the Moon is worth.
    """
    known = answered(table)
    base = known[known["moved"] == ""]
    if base.empty:
        raise NoAnswerError("the base case in long steps has no answer")
    moved, before = known[known["moved"] != ""], base.iloc[0]
    change = (moved["decision_value"] - before["decision_value"]).abs().fillna(np.inf)
    differs = {
        word: (moved[word] != before[word]) & (moved[word] != OPEN) & (before[word] != OPEN) for word in WORDS
    }
    ranked = pd.DataFrame({"moved": moved["moved"], "change": change, **differs})
    ranked = ranked.groupby("moved", sort=False).max().sort_values("change", ascending=False, kind="stable")
    ranked.index = ranked.index.str.removeprefix("data.")
    decides = ranked["moon"] | ranked["assembled"]
    launcher, none = ranked["driver"] & ~decides, ~(ranked["driver"] | decides)
    turns = zip_longest(ranked.index[launcher], ranked.index[none])
    return [*ranked.index[decides], *(str(fact) for pair in turns for fact in pair if fact is not None)]


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


def _halved(question: Question, brackets: list[_Bracket], tables: list[pd.DataFrame]) -> list[_Bracket]:
    """Each bracket at half its width; one whose middle has no answer stays as wide as it is. Adds to ``tables``."""
    middles = [(b.inside + b.outside) / 2 for b in brackets]
    values: dict[str, list[float]] = {}
    for bracket, middle in zip(brackets, middles, strict=True):
        if middle not in values.setdefault(bracket.fact, []):
            values[bracket.fact].append(middle)
    if not values:
        return brackets
    tables.append(_solve(question, values))
    known = answered(tables[-1])
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
