"""The command line: verbs in, one screen or one JSON document out, exit codes that mean something.

Heavy libraries are imported inside the verb that needs them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from lunarchain import __version__
from lunarchain.errors import InputError, LunarchainError

app = typer.Typer(
    name="lunarchain",
    help="Where to build AI compute for space, what to throw from the Moon, and whether it is worth it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

CaseArg = Annotated[str, typer.Argument(help="A case: a path, or the name of a shipped case.")]
RunArg = Annotated[Path, typer.Argument(help="A run folder.")]
SetOpt = Annotated[list[str], typer.Option("--set", help="path=value, any dotted path of the scenario; repeatable.")]
WithOpt = Annotated[list[str], typer.Option("--with", help="Overlay, for example policies/licence_cap; repeatable.")]
OutOpt = Annotated[Path, typer.Option("--out", help="Folder for runs.")]
GapOpt = Annotated[float | None, typer.Option("--gap", help="Relative gap at which to stop.")]
TimeOpt = Annotated[float | None, typer.Option("--time", help="Seconds at which to stop.")]
JsonOpt = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else.")]
QuietOpt = Annotated[bool, typer.Option("--quiet", help="No progress, no screen.")]

NONE: list[str] = []


def main() -> None:
    """Entry point: every error a user can cause becomes a message and an exit code, never a traceback."""
    as_json = "--json" in sys.argv
    try:
        app()
    except LunarchainError as error:
        _complain(error, as_json)
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        _complain(LunarchainError(f"{error.strerror or error}: {error.filename or ''}"), as_json)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("interrupted: nothing was stored", file=sys.stderr)
        raise SystemExit(130) from None


def _complain(error: LunarchainError, as_json: bool) -> None:
    issues = error.issues if isinstance(error, InputError) else []
    if as_json:
        print(json.dumps({"status": "error", "message": str(error), "issues": [i.as_dict() for i in issues]}, indent=2))
        return
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if not issues:
        console.print(f"[bold red]error[/] {error}", soft_wrap=True)
    for issue in issues:
        console.print(f"[bold red]error[/] {issue}", soft_wrap=True, markup=True)


def _emit(content: Any, as_json: bool, quiet: bool, screen: Callable[[], object]) -> None:
    """The one place that decides between the JSON document, the screen and silence."""
    if as_json:
        print(json.dumps(content, indent=2, default=str))
    elif not quiet:
        from rich.console import Console

        Console(highlight=False).print(screen())


def _case(case: str, sets: list[str], overlays: list[str], gap: float | None = None, seconds: float | None = None) -> Any:
    from lunarchain.scenario.load import load

    limits = [f"solve.gap={gap}"] * (gap is not None) + [f"solve.time_limit_s={seconds}"] * (seconds is not None)
    return load(case, [*sets, *limits], overlays)


@contextmanager
def _progress(show: bool) -> Iterator[Callable[[str, float | None, float | None], None]]:
    """A live line: phase, best plan, bound, gap, elapsed."""
    if not show:
        yield lambda phase, plan, bound: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[state]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, state="")

        def report(phase: str, plan: float | None, bound: float | None) -> None:
            known = [f"plan {plan:,.0f} G$"] * (plan is not None) + [f"bound {bound:,.0f} G$"] * (bound is not None)
            gap = [f"gap {(plan - bound) / plan:.3%}"] if plan and bound else []
            bar.update(task, description=phase, state="  ".join(known + gap))

        yield report


@app.command()
def run(
    case: CaseArg, sets: SetOpt = NONE, overlays: WithOpt = NONE, out: OutOpt = Path("runs"), gap: GapOpt = None,
    seconds: TimeOpt = None, as_json: JsonOpt = False, quiet: QuietOpt = False,
) -> None:  # fmt: skip
    """Check, optimise with and without the Moon, fly, audit, store and report a case."""
    given = _case(case, sets, overlays, gap, seconds)
    from lunarchain.pipeline.run import run as run_case
    from lunarchain.report.page import write_page
    from lunarchain.report.words import answer

    with _progress(not (as_json or quiet)) as progress:
        finished = run_case(given, out, progress)
        if not finished.reused:
            progress("report", None, None)
            write_page(finished.run)
    record = finished.run.record
    note = "unchanged since it was last run: this is the stored answer\n" if finished.reused else ""
    _emit(record | {"path": str(finished.run.path), "reused": finished.reused}, as_json, quiet, lambda: note + answer(finished.run))
    if not (record["audit"]["passed"] and record["fly"]["passed"]):
        raise typer.Exit(1)


@app.command()
def check(case: CaseArg, sets: SetOpt = NONE, overlays: WithOpt = NONE, as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Everything wrong with a case, at once, without solving it."""
    given = _case(case, sets, overlays)
    from lunarchain.pipeline.check import check as find_issues
    from lunarchain.pipeline.run import shipped_departures

    issues = find_issues(given, shipped_departures())
    if issues:
        raise InputError(issues)
    _emit({"status": "ok", "case": given.name, "hash": given.content_hash}, as_json, quiet, lambda: f"{given.name}: nothing wrong found")


@app.command()
def optimise(
    case: CaseArg, sets: SetOpt = NONE, overlays: WithOpt = NONE, gap: GapOpt = None, seconds: TimeOpt = None,
    as_json: JsonOpt = False, quiet: QuietOpt = False,
) -> None:  # fmt: skip
    """Solve a case with and without the Moon; nothing is flown, audited or stored."""
    given = _case(case, sets, overlays, gap, seconds)
    from lunarchain.pipeline.check import check as find_issues
    from lunarchain.pipeline.run import shipped_departures
    from lunarchain.pipeline.solve_case import solve_case

    departures = shipped_departures()
    if issues := find_issues(given, departures):
        raise InputError(issues)
    with _progress(not (as_json or quiet)) as progress:
        record = solve_case(given, departures, progress).record()
    _emit(record, as_json, quiet, lambda: "\n".join(f"{key:24} {value}" for key, value in record.items()))


@app.command()
def audit(run: RunArg, as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Recompute every balance of a stored run from its tables."""
    from lunarchain.pipeline.store import open_run
    from lunarchain.plan.audit import audit as recompute

    stored = open_run(run)
    certificate = recompute(stored.tables, stored.scenario, stored.facts, stored.departures)
    _emit(certificate.as_dict(), as_json, quiet, lambda: "\n".join(str(check) for check in certificate.checks))
    if not certificate.passed:
        raise typer.Exit(1)


@app.command()
def fly(run: RunArg, as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Fly every lunar departure of a stored run again."""
    from lunarchain.pipeline.fly import fly_stored
    from lunarchain.pipeline.store import open_run

    stored = open_run(run)
    with _progress(not (as_json or quiet)) as progress:
        verdict = fly_stored(stored, progress)
    rows = verdict.to_dict("records")
    _emit({"checked": len(rows), "passed": bool(verdict["passed"].all()), "rows": rows}, as_json, quiet, lambda: _table(verdict, f"departures flown: {len(rows)}"))
    if not verdict["passed"].all():
        raise typer.Exit(1)


@app.command()
def report(runs: Annotated[list[Path], typer.Argument(help="Run folders.")], out: Annotated[Path | None, typer.Option("--out", help="File to write.")] = None,
           as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:  # fmt: skip
    """Write the page of one or several runs."""
    from lunarchain.pipeline.store import open_run
    from lunarchain.report.page import build_page, write_page

    opened = [open_run(path) for path in runs]
    if out is None and len(opened) == 1:
        path = write_page(opened[0])
    else:
        path = out or Path("report.html")
        path.write_text(build_page(opened), encoding="utf-8")
    _emit({"path": str(path)}, as_json, quiet, lambda: str(path))


@app.command()
def data(fact: Annotated[str, typer.Argument(help="An id or the start of one; empty lists the tables.")] = "", as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Every number with unit, range, source and kind."""
    from lunarchain.scenario.facts import load_facts

    facts = load_facts()
    found = [vars(facts[k]) for k in facts if k == fact or k.startswith(fact + ".")] if fact else []
    if fact and not found:
        raise InputError([facts.unknown(fact)])
    tables: dict[str, int] = {}
    for key in facts:
        tables[key.split(".", 1)[0]] = tables.get(key.split(".", 1)[0], 0) + 1
    import pandas as pd

    def screen() -> object:
        if not fact:
            return _table(pd.DataFrame([{"table": k, "numbers": n} for k, n in tables.items()]), "lunarchain data TABLE lists one")
        shown = pd.DataFrame(found)[["id", "value", "low", "high", "unit", "text", "kind", "source"]]
        return _table(shown, fact)

    _emit({"rows": found} if fact else {"tables": tables}, as_json, quiet, screen)


@app.command()
def new(folder: Path, quiet: QuietOpt = False, as_json: JsonOpt = False) -> None:
    """Write a starter case into a new folder."""
    from lunarchain.scenario.starter import write_starter

    path = write_starter(folder)
    _emit({"path": str(path)}, as_json, quiet, lambda: f"wrote {path}; try: lunarchain run {folder}")


@app.command()
def doctor(as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Whether this machine is fit: versions, data, a tiny solve, a flown arc, memory."""
    from lunarchain.pipeline.doctor import examine

    findings = examine()
    _emit({"fit": all(f.passed for f in findings), "findings": [vars(f) for f in findings]}, as_json, quiet,
          lambda: "\n".join(f"{'ok  ' if f.passed else 'FAIL'} {f.subject}: {f.found}" for f in findings))  # fmt: skip
    if not all(f.passed for f in findings):
        raise typer.Exit(1)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(__version__)
        raise typer.Exit()


def _table(frame: Any, title: str) -> object:
    """A data frame as a table for the terminal."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", header_style="bold")
    for column in frame.columns:
        numeric = frame[column].dtype.kind in "if"
        table.add_column(str(column), justify="right" if numeric else "left", overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row))
    return table
