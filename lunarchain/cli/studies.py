"""Verbs about many cases at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lunarchain.cli.options import JsonOpt, QuietOpt
from lunarchain.cli.screen import emit, steps, table
from lunarchain.errors import LunarchainError

if TYPE_CHECKING:
    from lunarchain.study.study import Study
    from lunarchain.study.sweep import Swept

StudyArg = Annotated[str, typer.Argument(help="A study: a path, or the name of a shipped study.")]
StudiesOut = Annotated[Path, typer.Option("--out", help="Folder for studies.")]
INTERRUPTED = 130
UNANSWERED = 1


def sweep(
    study: StudyArg,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; by default as many as fit.")
    ] = None,
    scheduler: Annotated[
        str, typer.Option("--scheduler", help="A Dask scheduler, such as tcp://host:8786.")
    ] = "",
    shard: Annotated[
        str, typer.Option("--shard", help="I/N: only the I-th of N parts of the study.")
    ] = "1/1",
    retry: Annotated[
        bool, typer.Option("--retry", help="Also cases that failed or ran out of time or memory.")
    ] = False,
    design: Annotated[bool, typer.Option("--design", help="Only list the cases; run nothing.")] = False,
    out: StudiesOut = Path("studies"),
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Run every case of a study that has no answer yet; the same command goes on where it stopped."""
    from lunarchain.study.study import load_study
    from lunarchain.study.sweep import shard_of
    from lunarchain.study.sweep import sweep as run_study

    laid_out, part = load_study(study), shard_of(shard)
    if design:
        _designed(laid_out, as_json, quiet)
        return
    try:
        with steps(not (as_json or quiet), laid_out.name) as progress:
            swept = run_study(laid_out, out, workers, scheduler or None, part, retry, progress)
    except KeyboardInterrupt:
        raise InterruptedSweepError(
            f"interrupted: what is done is stored in {out / laid_out.name}; run it again to go on"
        ) from None
    content = _content(laid_out, swept)
    emit(content, as_json, quiet, lambda: _screen(laid_out, swept))


class InterruptedSweepError(LunarchainError):
    """Ended by the user; nothing is lost."""

    exit_code = INTERRUPTED


def _designed(study: Study, as_json: bool, quiet: bool) -> None:
    import pandas as pd

    rows = [{"id": case.id, "policy": case.policy, **case.point} for case in study.cases]
    content = {"study": study.name, "designed": len(rows), "rows": rows}
    emit(
        content,
        as_json,
        quiet,
        lambda: table(pd.DataFrame(rows).fillna("-"), f"{study.name}: {len(rows)} cases"),
    )


def _content(study: Study, swept: Swept) -> dict[str, Any]:
    rows = swept.table.astype(object).where(swept.table.notna(), None).to_dict("records")
    return {
        "study": study.name,
        "designed": len(study.cases),
        "computed": swept.computed,
        "complete": swept.complete,
        "statuses": swept.table["status"].value_counts().to_dict(),
        "path": str(swept.folder),
        "rows": rows,
    }


def _screen(study: Study, swept: Swept) -> str:
    counts = swept.table["status"].value_counts()
    lines = [study.file.title, f"{len(study.cases)} cases, {swept.computed} computed now, {swept.folder}"]
    lines += [f"  {number:5d}  {status}" for status, number in counts.items()]
    return "\n".join(lines)


VERBS = (sweep,)
