"""One case of a study, answered wherever a worker stands: settings in, one flat row out.

Only the settings travel. The worker holds the tables itself and refuses a case that was designed with other ones.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pandas as pd

from lunarchain.errors import InfeasibleError, InputError, NoAnswerError
from lunarchain.jsonable import jsonable
from lunarchain.pipeline.check import check
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.pipeline.relax_case import relax_case
from lunarchain.pipeline.solve_case import Solved, solve_case
from lunarchain.plan.extract import extract
from lunarchain.plan.merit import figures
from lunarchain.plan.periods import periods
from lunarchain.plan.tables import Tables
from lunarchain.scenario.load import Case, resolve
from lunarchain.study.decide import decide
from lunarchain.study.study import case_id

Row = dict[str, Any]
# Any plan is near enough: the first one in whole numbers ends the search, its gap is reported.
_ANY_GAP = 1e9
COLD = "cold"
_RECORDED = (
    "objective", "bound", "gap", "objective_without_moon", "bound_without_moon", "decision_value", "decision_gap",
    "moon_worth_bound", "columns", "rows", "integers",
)  # fmt: skip


def answer(task: dict[str, Any]) -> Row:
    """The row of one task ``{id, settings, mode, runs}``; whatever goes wrong is a row with a status and a reason."""
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
    if case_id(task["settings"], task["mode"]) != task["id"]:
        raise ValueError("this worker has other numbers or another version than the study was designed with")
    case, departures = resolve(task["settings"], task["id"], f"case {task['id']}"), shipped_departures()
    if task["mode"] == "verified":
        return _verified(case, Path(task["runs"]))
    issues = check(case, departures)
    if issues:
        raise InputError(issues)
    solved = _solved(case, departures, task["mode"])
    plan, baseline = (_tables(arm, task["mode"] != "relaxed") for arm in (solved.plan, solved.baseline or solved.plan))
    return _row(case, solved, plan, baseline, task["mode"])


def _solved(case: Case, departures: pd.DataFrame, mode: str) -> Solved:
    if mode == "relaxed":
        return relax_case(case, departures)
    wanted: dict[str, float] = {"threads": 1}
    if mode == "rounded":
        wanted |= {"gap": _ANY_GAP, "decision_gap": _ANY_GAP}
    options = case.scenario.solve.model_copy(update=wanted)
    alone = Case(case.name, case.scenario.model_copy(update={"solve": options}), case.facts, case.file)
    return solve_case(alone, departures, lambda phase, plan, bound: None)


def _tables(arm: Any, whole: bool) -> Tables:
    return extract(arm.context, arm.arrays, arm.answer.values, whole)


def _row(case: Case, solved: Solved, plan: Tables, baseline: Tables, mode: str) -> Row:
    record = solved.record()
    status = mode if mode in ("relaxed", "rounded") else record["status"]
    return {
        "status": status,
        "reason": "",
        "path": COLD,
        **{key: record[key] for key in _RECORDED},
        **decide(record, plan, _lengths(case)),
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
    kept = {key: record[key] for key in _RECORDED}
    words = decide(record, finished.tables, _lengths(case))
    return {"status": status, "reason": reason, "path": COLD, **kept, **words, **record["figures"],
            "run": finished.path.name}  # fmt: skip


def _lengths(case: Case) -> dict[int, float]:
    """Years of each reported period."""
    return dict(enumerate(periods(case.scenario, case.facts).lengths))
