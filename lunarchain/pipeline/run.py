"""The main job: check, solve both arms, fly every departure, correct and solve again, audit, figure, store."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from lunarchain.errors import InputError, NoAnswerError
from lunarchain.pipeline import store
from lunarchain.pipeline.check import case_warnings, check
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.pipeline.fly import corrected, fly_plan, moved
from lunarchain.pipeline.identity import identity
from lunarchain.pipeline.infeasible import explained
from lunarchain.pipeline.logistics import run_logistics
from lunarchain.pipeline.prices import price_table
from lunarchain.pipeline.solve_case import Solved, solve_case
from lunarchain.plan.audit import Certificate, audit
from lunarchain.plan.merit import figures
from lunarchain.plan.tables import PRICE_COLUMNS
from lunarchain.scenario.load import Case
from lunarchain.solve.duals import INEXACT
from lunarchain.solve.guard import Residuals
from lunarchain.solve.learning import learning_terms
from lunarchain.solve.search import INTERRUPTED, Progress
from lunarchain.trajectory.exact import Memory

# gaps at which a first plan is good enough to be flown: on the cost, and any on the decision
_SKETCH_GAP, _ANY = 0.02, 1e6
_PRICING_S = 120.0  # shadow prices of a plan in hand may not take longer than this


@dataclass(frozen=True)
class Finished:
    """A run and whether it was found already stored."""

    run: store.Run
    reused: bool


def run(case: Case, out: Path, progress: Progress, finish: Callable[[store.Run], object]) -> Finished:
    """Answer a case and store the answer; an unchanged case is read back instead.

    ``finish`` adds what higher rooms make of a run (its page) before the folder is moved into place.

    Raises ``InputError`` for bad input, ``InfeasibleError`` when no plan exists, ``NoAnswerError`` when none was
    found in time. A plan that fails its audit or its flight is stored and says so.
    """
    departures = shipped_departures()
    path = store.run_path(out, case, departures)
    if store.is_complete(path) and store.Run(path).record["status"] != INTERRUPTED:
        return Finished(store.Run(path), True)
    issues = check(case, departures)
    if issues:
        raise InputError(issues)
    begun = time.perf_counter()
    log: list[str] = []
    if case.scenario.logistics is not None:
        return Finished(
            run_logistics(case, path, departures, _logged(progress, log, begun), log, finish), False
        )
    with explained(case, departures, progress):
        solved, verdict, departures, rounds = _solve_and_fly(case, departures, _logged(progress, log, begun))
    progress("audit", None, None)
    certificate = audit(solved.plan.tables, case.scenario, case.facts, departures)
    progress("shadow prices", None, None)
    duals, residuals, unpriced = _prices(solved)
    record = _record(case, solved, certificate, verdict, rounds, time.perf_counter() - begun)
    record["residuals"] = None if residuals is None else residuals.as_dict()
    record["warnings"] += [*case_warnings(case, departures), *unpriced]

    def write(folder: Path) -> None:
        duals.to_parquet(folder / store.DUALS, index=False)
        _write(folder, case, solved, departures, verdict, certificate, record, log)
        progress("report", None, None)
        finish(store.Run(folder))

    return Finished(store.write_run(path, write), False)


def _solve_and_fly(
    case: Case, departures: pd.DataFrame, progress: Progress
) -> tuple[Solved, pd.DataFrame, pd.DataFrame, int]:
    """Solve, fly, replace what flew worse than promised, and solve again until nothing moves.

    The first plan is only sketched: what it flies is nearly always what the proven plan will, so that departures are
    corrected before the long search and not after it. A sketch that is as good as asked for is the answer.
    """
    rounds, memory, asked = 0, Memory(), _sketched(case)
    solved = None
    while True:
        solved = solve_case(asked, departures, progress, solved)
        verdict = fly_plan(solved.plan.tables, case, departures, progress, memory)
        rounds += 1
        better_known = corrected(departures, verdict)
        settled = rounds > case.scenario.solve.fly_rounds or not moved(departures, better_known)
        whole = asked is case or solved.proven(case.scenario.solve)
        if solved.interrupted and not whole:
            solved.plan.answer.status = INTERRUPTED  # a sketch as good as it was asked to be is no whole answer
        if solved.interrupted or (settled and whole):
            return solved, verdict, departures, rounds
        if not settled:
            progress(f"correcting departures, round {rounds}", None, None)
            departures = better_known
        asked = case


def _sketched(case: Case) -> Case:
    """The case asked for its first good plan only; where nothing can fly, as it is."""
    if not case.scenario.moon.allowed:
        return case
    options = case.scenario.solve.model_copy(update={"gap": _SKETCH_GAP, "decision_gap": _ANY})
    return replace(case, scenario=case.scenario.model_copy(update={"solve": options}))


def _prices(solved: Solved) -> tuple[pd.DataFrame, Residuals | None, list[str]]:
    """Shadow prices of the plan; a plan too hard to price in time is still a plan, and says so."""
    arm = solved.plan
    terms = learning_terms(arm.arrays, arm.context.model.learning)
    try:
        table, residuals = price_table(arm.context, arm.arrays, terms, arm.answer.values, _PRICING_S)
    except NoAnswerError as error:
        return pd.DataFrame(columns=list(PRICE_COLUMNS)), None, [str(error)]
    loose = residuals.gap > INEXACT or residuals.primal_share > INEXACT
    said = f"shadow prices: the linear program they are of was solved to {residuals.gap:.1e} of its cost only"
    return table, residuals, [said] * loose


def _logged(progress: Progress, log: list[str], begun: float) -> Progress:
    def both(phase: str, plan: float | None, bound: float | None) -> None:
        log.append(f"{time.perf_counter() - begun:8.1f} s  {phase}  plan={plan}  bound={bound}")
        progress(phase, plan, bound)

    return both


def _record(
    case: Case, solved: Solved, certificate: Certificate, verdict: pd.DataFrame, rounds: int, seconds: float
) -> dict[str, Any]:
    failed = int((~verdict["passed"].astype(bool)).sum()) if len(verdict) else 0
    return {
        **identity(case, seconds),
        **solved.record(),
        "warnings": _warnings(case, solved),
        "audit": {"passed": certificate.passed, "max_residual": certificate.max_residual},
        "fly": {"passed": failed == 0, "checked": len(verdict), "failed": failed, "rounds": rounds},
        "figures": figures(solved.plan.tables, solved.baseline_tables, case.scenario, case.facts),
    }


def _warnings(case: Case, solved: Solved) -> list[str]:
    found = []
    if solved.plan.answer.status != "optimal":
        found.append(
            "the gap asked for was not reached before the search ended "
            f"({solved.plan.answer.status}): the plan is the best found, the bound still holds"
        )
    if solved.baseline is None:
        found.append(
            "without the Moon no plan reaches the goals of this case: there is nothing to compare with"
        )
    return found


def _write(
    folder: Path,
    case: Case,
    solved: Solved,
    departures: pd.DataFrame,
    verdict: pd.DataFrame,
    certificate: Certificate,
    record: dict[str, Any],
    log: list[str],
) -> None:
    store.write_inputs(folder, case.scenario, case.facts, departures)
    store.write_tables(folder, solved.plan.tables)
    if solved.baseline is not None and solved.plan is not solved.baseline:
        store.write_tables(folder / store.BASELINE, solved.baseline.tables)
    verdict.to_parquet(folder / store.VERDICT, index=False)
    store.write_json(folder / store.CERTIFICATE, certificate.as_dict())
    (folder / "log.txt").write_text("\n".join(log) + "\n", encoding="utf-8")
    store.write_json(folder / store.RECORD, record)  # last: its presence says the run is whole
