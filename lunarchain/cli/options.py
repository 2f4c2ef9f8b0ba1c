"""Arguments and options the verbs share, and how a case is read from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lunarchain.errors import InputError, Issue

if TYPE_CHECKING:
    from lunarchain.scenario.load import Case

CaseArg = Annotated[str, typer.Argument(help="A case: a path, or the name of a shipped case.")]
RunArg = Annotated[Path, typer.Argument(help="A run folder.")]
RunsArg = Annotated[list[Path], typer.Argument(help="Run folders.")]
SetOpt = Annotated[
    list[str], typer.Option("--set", help="path=value, any dotted path of the scenario; repeatable.")
]
WithOpt = Annotated[
    list[str], typer.Option("--with", help="Overlay, such as policies/licence_cap; repeatable.")
]
OutOpt = Annotated[Path, typer.Option("--out", help="Folder for runs.")]
ExportOpt = Annotated[
    Path | None, typer.Option("--export", help="Write the model to this .mps file instead of solving it.")
]
FileOpt = Annotated[Path | None, typer.Option("--out", help="File to write.")]
GapOpt = Annotated[float | None, typer.Option("--gap", help="Relative gap at which to stop.")]
TimeOpt = Annotated[float | None, typer.Option("--time", help="Seconds at which to stop.")]
SoilOpt = Annotated[str, typer.Option("--soil", help="highland (the default), mare_high_ti or mare_low_ti.")]
SiteOpt = Annotated[str, typer.Option("--site", help="A lunar site instead of a soil.")]
AllowOpt = Annotated[
    list[str], typer.Option("--allow", help="An optional process or mode, by id; repeatable.")
]
SampleOpt = Annotated[
    int | None, typer.Option("--sample", help="Launches drawn at random and aimed anew (the case's number).")
]
JsonOpt = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else.")]
QuietOpt = Annotated[bool, typer.Option("--quiet", help="No progress, no screen.")]
PictureOpt = Annotated[
    Path | None, typer.Option("--picture", help="Also draw it: one HTML file that needs nothing else.")
]
NONE: list[str] = []


def read_case(
    case: str,
    sets: list[str],
    overlays: list[str],
    gap: float | None = None,
    seconds: float | None = None,
) -> Case:
    """The case as the options describe it; on bad input every fault of every kind at once."""
    from lunarchain.scenario.load import Case, load

    limits = [f"solve.gap={gap}"] * (gap is not None) + [f"solve.time_limit_s={seconds}"] * (
        seconds is not None
    )
    try:
        return load(case, [*sets, *limits], overlays)
    except InputError as error:
        issues = [_by_option(issue, gap, seconds) for issue in error.issues]
        if not isinstance(error.partial, Case):
            raise InputError(issues) from None
        from lunarchain.pipeline.check import check
        from lunarchain.pipeline.departures import shipped_departures

        raise InputError([*issues, *check(error.partial, shipped_departures())]) from None


def _by_option(issue: Issue, gap: float | None, seconds: float | None) -> Issue:
    """The issue by the option that was typed, where ``--gap`` or ``--time`` stood for a setting."""
    typed = {"solve.gap": ("--gap", gap), "solve.time_limit_s": ("--time", seconds)}
    option, value = typed.get(issue.key, ("", None))
    return issue if value is None else replace(issue, file="command line", key=option)
