"""Variations of one case: its model built once, solved under other rows and objectives, each answer kept on disk.

An answer lives under the hash of the question that gave it, written whole or not at all. Asking again reads it back, so
a front or a set of alternatives goes on where it was stopped.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lunarchain import __version__
from lunarchain.errors import InputError, Issue, LunarchainError
from lunarchain.model.build import build
from lunarchain.model.context import Context
from lunarchain.model.inputs import make_inputs
from lunarchain.model.measures import DECISIONS, OBJECTIVES
from lunarchain.pipeline import store
from lunarchain.pipeline.check import check
from lunarchain.plan.audit import audit
from lunarchain.plan.extract import extract
from lunarchain.plan.merit import figures
from lunarchain.plan.tables import Tables
from lunarchain.scenario.load import Case
from lunarchain.solve.arrays import Arrays, Vector, to_arrays
from lunarchain.solve.extra import coefficients
from lunarchain.solve.interrupt import interruptible
from lunarchain.solve.learning import LearningTerms, learning_terms
from lunarchain.solve.search import Limits

POINTS, RECORD = "points", "point.json"


class InterruptedStudyError(LunarchainError):
    """Ended by the user; what is answered is stored."""

    exit_code = 130


@dataclass(frozen=True)
class Problem:
    """The model of a case as arrays, and every measure as one number per column."""

    case: Case
    departures: pd.DataFrame
    context: Context
    arrays: Arrays
    terms: LearningTerms
    measures: Mapping[str, Vector]
    folder: Path

    def of(self, values: Vector) -> dict[str, float]:
        """Every measure of a plan."""
        return {name: float(row @ values) for name, row in self.measures.items()}


@dataclass(frozen=True)
class Point:
    """One stored answer: what was asked, what came of it, and where its tables are."""

    folder: Path
    record: dict[str, Any]

    @property
    def answered(self) -> bool:
        """Whether there is a plan."""
        return self.record["status"] not in ("infeasible", "no answer")


def open_problem(case: Case, departures: pd.DataFrame, out: Path, kind: str) -> Problem:
    """Check and build a case; its answers will live in ``out``. Raises ``InputError`` for bad input."""
    if issues := check(case, departures):
        raise InputError(issues)
    if case.scenario.logistics is not None:
        what = "a case that only moves things: it places no compute and prices nothing"
        wanted = "a case with demand and satellites, such as 02_crossover"
        raise InputError([Issue("command line", "CASE", what, wanted)])
    context = build(make_inputs(case.scenario, case.facts, departures))
    arrays = to_arrays(context.model)
    rows = {m.name: coefficients(arrays, m.terms(context)) for m in (*OBJECTIVES, *DECISIONS)}
    terms = learning_terms(arrays, context.model.learning)
    run = store.run_path(out, case, departures)
    return Problem(case, departures, context, arrays, terms, rows, run.with_name(f"{kind}-{run.name}"))


def deadline(problem: Problem, begun: float, gap: float, share: float = 1.0) -> Limits:
    """Limits of one solve: the gap asked of it, and a share of the case's time limit."""
    options = problem.case.scenario.solve
    return Limits(gap, float("inf"), begun + share * options.time_limit_s, options.threads)


@contextmanager
def given_up(limits: Limits) -> Iterator[None]:
    """While one solve lasts, the first Ctrl-C ends it early; what it gave by then is no answer, and the study ends."""
    with interruptible(limits.stop):
        try:
            yield
        finally:
            if limits.stop.is_set():
                raise KeyboardInterrupt


def identity(question: Mapping[str, Any]) -> str:
    """The hash of a question, the program's version included."""
    text = json.dumps([__version__, question], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def stored(problem: Problem, question: Mapping[str, Any]) -> Point | None:
    """The answer to a question, if it was given before; one that failed its audit is dropped, to be sought again."""
    folder = problem.folder / POINTS / identity(question)
    if not (folder / RECORD).is_file():
        return None
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    if not record.get("audit", {"passed": True})["passed"]:
        shutil.rmtree(folder)
        return None
    return Point(folder, record)


def keep(
    problem: Problem, question: Mapping[str, Any], record: Mapping[str, Any], values: Vector | None
) -> Point:
    """Store an answer: its record, and for a plan its tables, audited, with the figures of merit."""
    path = problem.folder / POINTS / identity(question)
    found: dict[str, Any] = {"question": dict(question), **record}
    tables: Tables = {}
    if values is not None:
        tables = extract(problem.context, problem.arrays, values)
        found |= _judged(problem, tables, values)

    def write(folder: Path) -> None:
        store.write_tables(folder, tables)
        if values is not None:
            pd.DataFrame({"value": values}).to_parquet(folder / "values.parquet", index=False)
        store.write_json(folder / RECORD, found)

    store.write_run(path, write)
    return Point(path, found)


def _judged(problem: Problem, tables: Tables, values: Vector) -> dict[str, Any]:
    scenario, facts = problem.case.scenario, problem.case.facts
    certificate = audit(tables, scenario, facts, problem.departures)
    return {
        "measures": problem.of(values),
        "figures": figures(tables, tables, scenario, facts),
        "audit": {"passed": certificate.passed, "max_residual": certificate.max_residual},
    }


def plans(points: Sequence[Point]) -> list[Vector]:
    """The plans of stored answers, to start other solves from."""
    found = (point.folder / "values.parquet" for point in points if point.answered)
    return [pd.read_parquet(file)["value"].to_numpy(float) for file in found]


def now() -> float:
    """The clock deadlines are set by."""
    return time.perf_counter()
