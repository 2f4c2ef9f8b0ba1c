"""Verbs about cases and runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lunarchain.cli.options import (
    NONE,
    CaseArg,
    ExportOpt,
    FileOpt,
    GapOpt,
    JsonOpt,
    OutOpt,
    QuietOpt,
    RunArg,
    RunsArg,
    SampleOpt,
    SetOpt,
    TimeOpt,
    WithOpt,
    read_case,
)
from lunarchain.cli.screen import emit, live, pairs, spoken, table, terminal_columns
from lunarchain.errors import InputError, NoAnswerError

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
    refuse_undecided(record)


def refuse_undecided(record: dict[str, Any]) -> None:
    """Exit with 4 where the search was cut off with a plan in hand, but before it could say whether the Moon pays."""
    from lunarchain.plan.decision import OPEN

    if record["status"] != "optimal" and record.get("moon") == OPEN:
        raise typer.Exit(NoAnswerError.exit_code)


def check(
    case: CaseArg,
    sets: SetOpt = NONE,
    overlays: WithOpt = NONE,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Everything wrong with a case, at once, without solving it."""
    given = read_case(case, sets, overlays)
    departures = _checked_departures(given)
    from lunarchain.pipeline.check import case_warnings

    warnings = case_warnings(given, departures)
    content = {"status": "ok", "case": given.name, "hash": given.content_hash, "warnings": warnings}
    said = [f"{given.name}: nothing wrong found", *(f"warning  {text}" for text in warnings)]
    emit(content, as_json, quiet, lambda: "\n".join(said))


def optimise(
    case: CaseArg,
    sets: SetOpt = NONE,
    overlays: WithOpt = NONE,
    gap: GapOpt = None,
    seconds: TimeOpt = None,
    export: ExportOpt = None,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Solve a case with and without the Moon; nothing is flown, audited or stored."""
    given = read_case(case, sets, overlays, gap, seconds)
    if export is not None:
        from lunarchain.pipeline.exported import export as export_case

        written = export_case(given, _checked_departures(given), export)
        return emit(written, as_json, quiet, lambda: pairs(written))
    departures = _checked_departures(given)
    with live(not (as_json or quiet)) as progress:
        if given.scenario.logistics is not None:
            from lunarchain.pipeline.logistics import solve_logistics

            record = solve_logistics(given, progress).record()
        else:
            from lunarchain.pipeline.infeasible import explained
            from lunarchain.pipeline.solve_case import solve_case

            with explained(given, departures, progress):
                record = solve_case(given, departures, progress).record()
    emit(record, as_json, quiet, lambda: pairs(record))
    refuse_undecided(record)


def fly(run: RunArg, sample: SampleOpt = None, as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Fly every lunar departure of a stored run again."""
    from lunarchain.pipeline.fly import fly_stored
    from lunarchain.pipeline.store import open_run

    stored = open_run(run)
    with live(not (as_json or quiet)) as progress:
        verdict = fly_stored(stored, progress, sample)
    passed = bool(verdict["passed"].astype(bool).all())
    content = {"checked": len(verdict), "passed": passed, "rows": verdict.to_dict("records")}
    emit(content, as_json, quiet, lambda: _flown(verdict))
    if not passed:
        raise typer.Exit(1)


_FLIGHT_HEADS = {
    "track": "from", "destination": "to", "mode": "by", "verdict": "verdict", "worked": "epochs", "sample": "launches",
    "margin_m_s": "spare m/s", "open_used": "time used",
}  # fmt: skip


def _flown(verdict: pd.DataFrame) -> object:
    """Each kind of departure: at how many epochs and sampled launches it works, and what is left over."""
    if verdict.empty:
        return "nothing is thrown from the Moon in this plan: no departure to fly"
    rows = verdict.to_dict("records")
    shown = verdict.assign(
        verdict=["passed" if row["passed"] else f"FAILED: {row['reason']}" for row in rows],
        worked=[f"{row['feasible_epochs']}/{row['epochs']}" for row in rows],
        sample=[f"{row['sampled'] - row['sampled_failed']}/{row['sampled']}" for row in rows],
        open_used=[f"{100 * share:.0f} %" for share in verdict["open_used"]],
    )
    return table(
        spoken(shown, _FLIGHT_HEADS), f"departures flown: {len(verdict)}; time used: share of the open time"
    )


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
