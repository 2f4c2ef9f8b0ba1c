"""Verbs about cases and runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lunarchain.cli.options import (
    NONE,
    CaseArg,
    FileOpt,
    GapOpt,
    JsonOpt,
    OutOpt,
    QuietOpt,
    RunArg,
    RunsArg,
    SetOpt,
    TimeOpt,
    WithOpt,
    read_case,
)
from lunarchain.cli.screen import emit, live, pairs, table, terminal_columns
from lunarchain.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from lunarchain.scenario.load import Case


def run(
    case: CaseArg,
    sets: SetOpt = NONE,
    overlays: WithOpt = NONE,
    out: OutOpt = Path("runs"),
    gap: GapOpt = None,
    seconds: TimeOpt = None,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Check, optimise with and without the Moon, fly, audit, store and report a case."""
    given = read_case(case, sets, overlays, gap, seconds)
    from lunarchain.pipeline.run import run as run_case
    from lunarchain.report.choose import answer, write_page

    with live(not (as_json or quiet)) as progress:
        finished = run_case(given, out, progress, write_page)
    record = finished.run.record
    note = "unchanged since it was last run: this is the stored answer\n" if finished.reused else ""
    content = record | {"path": str(finished.run.path), "reused": finished.reused}
    emit(content, as_json, quiet, lambda: note + answer(finished.run, terminal_columns()))
    if not (record["audit"]["passed"] and record["fly"]["passed"]):
        raise typer.Exit(1)


def check(
    case: CaseArg,
    sets: SetOpt = NONE,
    overlays: WithOpt = NONE,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Everything wrong with a case, at once, without solving it."""
    given = read_case(case, sets, overlays)
    _checked_departures(given)
    content = {"status": "ok", "case": given.name, "hash": given.content_hash, "warnings": given.warnings}
    said = [f"{given.name}: nothing wrong found", *(f"warning  {text}" for text in given.warnings)]
    emit(content, as_json, quiet, lambda: "\n".join(said))


def optimise(
    case: CaseArg,
    sets: SetOpt = NONE,
    overlays: WithOpt = NONE,
    gap: GapOpt = None,
    seconds: TimeOpt = None,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Solve a case with and without the Moon; nothing is flown, audited or stored."""
    given = read_case(case, sets, overlays, gap, seconds)
    from lunarchain.pipeline.infeasible import explained
    from lunarchain.pipeline.logistics import solve_logistics
    from lunarchain.pipeline.solve_case import solve_case

    departures = _checked_departures(given)
    with live(not (as_json or quiet)) as progress:
        if given.scenario.logistics is not None:
            record = solve_logistics(given, progress).record()
        else:
            with explained(given, departures, progress):
                record = solve_case(given, departures, progress).record()
    emit(record, as_json, quiet, lambda: pairs(record))


def fly(run: RunArg, as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Fly every lunar departure of a stored run again."""
    from lunarchain.pipeline.fly import fly_stored
    from lunarchain.pipeline.store import open_run

    stored = open_run(run)
    with live(not (as_json or quiet)) as progress:
        verdict = fly_stored(stored, progress)
    passed = bool(verdict["passed"].astype(bool).all())
    content = {"checked": len(verdict), "passed": passed, "rows": verdict.to_dict("records")}
    emit(content, as_json, quiet, lambda: table(verdict, f"departures flown: {len(verdict)}"))
    if not passed:
        raise typer.Exit(1)


def audit(run: RunArg, as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Recompute every balance of a stored run from its tables."""
    from lunarchain.pipeline.store import open_run
    from lunarchain.plan.audit import audit as recompute

    stored = open_run(run)
    certificate = recompute(stored.tables, stored.scenario, stored.facts, stored.departures)
    import pandas as pd

    columns = ["passed", "name", "max_residual", "rows", "subject"]
    checks = pd.DataFrame([vars(check) for check in certificate.checks])[columns]
    verdict = "passed" if certificate.passed else "FAILED"
    emit(
        certificate.as_dict(), as_json, quiet, lambda: table(checks, f"audit {verdict}: {len(checks)} checks")
    )
    if not certificate.passed:
        raise typer.Exit(1)


def report(runs: RunsArg, out: FileOpt = None, as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Write the page of one or several runs."""
    from lunarchain.pipeline.store import open_run
    from lunarchain.report.choose import build_page, write_page

    opened = [open_run(path) for path in runs]
    if out is None and len(opened) == 1:
        path = write_page(opened[0])
    else:
        path = out or Path("report.html")
        path.write_text(build_page(opened), encoding="utf-8")
    emit({"path": str(path)}, as_json, quiet, lambda: str(path))


def _checked_departures(case: Case) -> pd.DataFrame:
    """The departure table for a case that has nothing wrong with it, else every fault at once."""
    from lunarchain.pipeline.check import check as find_issues
    from lunarchain.pipeline.departures import shipped_departures

    departures = shipped_departures()
    issues = find_issues(case, departures)
    if issues:
        raise InputError(issues)
    return departures


VERBS = (run, check, optimise, fly, audit, report)
