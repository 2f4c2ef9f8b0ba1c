"""One case of a study, answered wherever a worker stands: settings in, one flat row out.

Only the settings travel. The worker holds the tables itself and refuses a case that was designed with other ones.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from lunarchain.errors import InfeasibleError, InputError, NoAnswerError
from lunarchain.jsonable import jsonable
from lunarchain.pipeline.check import check
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.pipeline.relax_case import BASELINE, PLAN, RELAXED, Engines, Line, relax_case, relaxed_line
from lunarchain.pipeline.solve_case import Arm, Solved, solve_case
from lunarchain.plan.decision import decide, moon
from lunarchain.plan.extract import extract
from lunarchain.plan.merit import figures
from lunarchain.plan.periods import periods
from lunarchain.plan.tables import Tables
from lunarchain.scenario.load import Case, resolve, with_changes
from lunarchain.solve.between import Between
from lunarchain.solve.resolve import Resolver
from lunarchain.study.schema import Relations
from lunarchain.study.study import case_id

Row = dict[str, Any]
# Any plan is near enough: the first one in whole numbers ends the search, its gap is reported.
_ANY_GAP = 1e9
COLD = "cold"
_engines: Engines = {}  # kept from case to case of this process
_lines: dict[str, Line | None] = {}  # by the line's own text; one is kept
RECORDED = (
    "objective", "bound", "gap", "objective_without_moon", "bound_without_moon", "decision_value", "decision_gap",
    "moon_worth_bound", "columns", "rows", "integers",
)  # fmt: skip


def answer(task: dict[str, Any]) -> Row:
    """The row of one task (see ``sweep``); whatever goes wrong is a row with a status and a reason."""
    begun = time.perf_counter()
    try:
        row = _answered(task)
    except InputError as error:
        row = {"status": "invalid", "reason": str(error)}
    except InfeasibleError as error:
        row = {"status": "infeasible", "reason": str(error)}
    except NoAnswerError as error:
        row = {"status": "no answer", "reason": str(error)}
    except MemoryError:
        row = {"status": "out of memory", "reason": "the case asked for more memory than there is"}
    except Exception as error:  # a study outlives whatever one of its cases does
        row = {"status": "failed", "reason": f"{type(error).__name__}: {error}"}
    plain: Row = jsonable({"id": task["id"], "seconds": round(time.perf_counter() - begun, 3), **row})
    return plain


def _answered(task: dict[str, Any]) -> Row:
    how = Relations.model_validate({name: task[name] for name in ("mode", "figures", "warm")})
    if case_id(task["settings"], how) != task["id"]:
        raise ValueError("this worker has other numbers or another version than the study was designed with")
    case, departures = resolve(task["settings"], task["id"], f"case {task['id']}"), shipped_departures()
    if task["mode"] == "verified":
        return _verified(case, Path(task["runs"]))
    if task["mode"] == RELAXED and not task["figures"]:
        return _bare(task, case, departures)
    _checked(case, departures)
    solved, path = _solved(case, departures, task["mode"], task["warm"])
    plan, baseline = (
        _tables(arm, task["mode"] != RELAXED) for arm in (solved.plan, solved.baseline or solved.plan)
    )
    return {**_row(case, solved, plan, baseline, task["mode"]), "path": path}


def _checked(case: Case, departures: pd.DataFrame) -> None:
    issues = check(case, departures)
    if issues:
        raise InputError(issues)


def _bare(task: dict[str, Any], case: Case, departures: pd.DataFrame) -> Row:
    """Objective, bound and worth of a relaxed case; along a line of cases none is built but the first three."""
    line = None if task["line"] is None else _line(task, case, departures)
    if line is None:
        _checked(case, departures)
        solved = relax_case(case, departures, _engines if task["warm"] else None)
        way = _way(_engines, task["warm"], solved.plan is not solved.baseline)
        plan, path = solved.plan.answer, f"built, then {way}"
        baseline = None if solved.baseline is None else solved.baseline.answer
    else:
        along = task["line"]
        plan, baseline = line.at((along["value"] - along["low"]) / (along["high"] - along["low"]))
        path = "on a line, then " + _way(line.engines, task["warm"], plan is not baseline)
    record = {
        "objective": plan.objective, "bound": plan.bound, "gap": plan.gap,
        "objective_without_moon": baseline and baseline.objective, "bound_without_moon": baseline and baseline.bound,
    }  # fmt: skip
    worth = None if baseline is None or plan is baseline else baseline.objective - plan.objective
    record["decision_value"] = worth
    return {"status": RELAXED, "reason": "", "path": path, **record, "moon": moon(record, False)}


def _line(task: dict[str, Any], case: Case, departures: pd.DataFrame) -> Line | None:
    """The line a case lies on, made when it is first asked for."""
    along, key = task["line"], task["line"]["key"]
    if key not in _lines:
        _lines.clear()
        tree = case.scenario.model_dump(mode="json", exclude_none=True)
        middle = (along["low"] + along["high"]) / 2
        low, half, high = (
            resolve(with_changes(tree, {along["path"]: value}), case.name, case.file)
            for value in (along["low"], middle, along["high"])
        )
        for end in (low, half, high):
            _checked(end, departures)
        _lines[key] = relaxed_line(low, half, high, departures, task["warm"])
    return _lines[key]


def _way(engines: Mapping[str, Resolver | Between], warm: bool, moon: bool) -> str:
    """How the model with the Moon was solved last (the only model there is, where a case has no Moon)."""
    engine = engines.get(PLAN if moon else BASELINE) if warm else None
    return COLD if engine is None else engine.steps[-1].way


def _solved(case: Case, departures: pd.DataFrame, mode: str, warm: bool) -> tuple[Solved, str]:
    if mode == RELAXED:
        solved = relax_case(case, departures, _engines if warm else None)
        return solved, _way(_engines, warm, solved.plan is not solved.baseline)
    wanted: dict[str, float] = {"threads": 1}
    if mode == "rounded":
        wanted |= {"gap": _ANY_GAP, "decision_gap": _ANY_GAP}
    options = case.scenario.solve.model_copy(update=wanted)
    alone = Case(case.name, case.scenario.model_copy(update={"solve": options}), case.facts, case.file)
    return solve_case(alone, departures, lambda phase, plan, bound: None), COLD


def _tables(arm: Arm, whole: bool) -> Tables:
    return extract(arm.context, arm.arrays, arm.answer.values, whole)


def _row(case: Case, solved: Solved, plan: Tables, baseline: Tables, mode: str) -> Row:
    record = solved.record()
    status = mode if mode in (RELAXED, "rounded") else record["status"]
    return {
        "status": status,
        "reason": "",
        **{key: record[key] for key in RECORDED},
        **decide(record, plan, _lengths(case), mode != RELAXED),
        **figures(plan, baseline, case.scenario, case.facts),
    }


def _verified(case: Case, runs: Path) -> Row:
    """The main job, kept as a run folder of its own."""
    from lunarchain.pipeline.run import run

    finished = run(case, runs, lambda phase, plan, bound: None, lambda stored: None).run
    record = finished.record
    passed = record["audit"]["passed"] and record["fly"]["passed"]
    status = record["status"] if passed else "not verified"
    reason = "" if passed else "audit or flight failed: see the run"
    kept = {key: record[key] for key in RECORDED}
    words = decide(record, finished.tables, _lengths(case), True)
    return {"status": status, "reason": reason, "path": COLD, **kept, **words, **record["figures"],
            "run": finished.path.name}  # fmt: skip


def _lengths(case: Case) -> dict[int, float]:
    """Years of each reported period."""
    return dict(enumerate(periods(case.scenario, case.facts).lengths))
