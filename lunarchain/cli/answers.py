"""Verbs that ask about an answer: why, what else, at what trade, what changed, and by which equations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lunarchain.cli.options import (
    NONE,
    CaseArg,
    FileOpt,
    GapOpt,
    JsonOpt,
    OutOpt,
    QuietOpt,
    SetOpt,
    TimeOpt,
    WithOpt,
    read_case,
)
from lunarchain.cli.screen import emit, hung, live, table
from lunarchain.errors import InputError, Issue, gathered, nearest_name

if TYPE_CHECKING:
    from lunarchain.pipeline.store import Run

SubjectArg = Annotated[str, typer.Argument(help="A run folder, or a case as for `run`.")]
AllOpt = Annotated[bool, typer.Option("--all", help="Every limit and price, not only the largest.")]
_SHOWN = 12


def explain(
    subject: SubjectArg,
    sets: SetOpt = NONE,
    overlays: WithOpt = NONE,
    out: OutOpt = Path("runs"),
    everything: AllOpt = False,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """What holds a plan back, by worth; of a case without a plan, why there is none and what would mend it."""
    run = _run_of(subject, sets, overlays, out, not (as_json or quiet))
    from lunarchain.report.binding import explanation
    from lunarchain.report.view import view

    content = {"path": str(run.path), "name": run.record.get("name"), **_unproven(run), **explanation(view(run))}
    emit(content, as_json, quiet, lambda: _explained(content, None if everything else _SHOWN))


def _run_of(subject: str, sets: list[str], overlays: list[str], out: Path, show: bool) -> Run:
    """The stored run meant, or the run of the case meant, made now if it is not stored yet."""
    from lunarchain.pipeline import store

    if store.is_complete(Path(subject)) and not (sets or overlays):
        return store.open_run(subject)
    given = read_case(subject, sets, overlays)
    from lunarchain.pipeline.run import run as run_case
    from lunarchain.report.choose import write_page

    with live(show) as progress:
        return run_case(given, out, progress, write_page).run


def _unproven(run: Run) -> dict[str, str]:
    """A warning where the plan is not proven as well as was asked: its prices are those of that plan."""
    gap = run.record.get("gap")
    if gap is None or run.record.get("status") == "optimal":
        return {}
    return {
        "unproven": f"This plan is not proven: one up to {100 * gap:.2g} % better may exist, at other prices than these"
    }


def _explained(content: dict[str, Any], most: int | None) -> object:
    import pandas as pd
    from rich.console import Group

    from lunarchain.report.binding import rows

    titles = {
        "limits": "What holds the plan back, by worth",
        "prices": "What one more unit is worth",
        "demand": "What more demand would be worth (no limit that can be relaxed)",
        "whole_numbers": "One more of what comes whole (negative: it would cost more than it saves)",
    }
    shown: list[Any] = [
        table(pd.DataFrame(rows(content[key], most)), title) for key, title in titles.items() if content[key]
    ]
    if "unproven" in content:
        shown.insert(0, content["unproven"])
    return Group(*(shown or ["no shadow prices were stored with this run: run it again"]), content["note"])


def pareto(
    case: CaseArg,
    objectives: Annotated[
        str, typer.Option("--objectives", help="Two or three of cost, earth_lift, co2, soot, years.")
    ],
    points: Annotated[int, typer.Option("--points", help="Levels of each capped objective.")] = 5,
    gap: Annotated[float, typer.Option("--gap", help="Relative gap of each point.")] = 5e-3,
    sets: SetOpt = NONE,
    overlays: WithOpt = NONE,
    seconds: Annotated[float | None, typer.Option("--time", help="Seconds for each point.")] = None,
    out: OutOpt = Path("runs"),
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """What one thing costs in another: the plans that cannot be bettered; goes on where it stopped."""
    given = read_case(case, sets, overlays, None, seconds)
    import pandas as pd
    from rich.console import Group

    from lunarchain.pipeline.departures import shipped_departures
    from lunarchain.report.front import content, rows, sentences, write_page
    from lunarchain.study.pareto import pareto as front_of

    names = [name.strip() for name in objectives.split(",") if name.strip()]
    with live(not (as_json or quiet)) as progress:
        front = front_of(given, shipped_departures(), names, out, progress, points, gap)
    page = write_page(front)
    shown = content(front) | {"page": str(page)}
    screen: list[Any] = [*sentences(front), table(pd.DataFrame(rows(front)), "The plans"), f"Page  {page}"]
    emit(shown, as_json, quiet, lambda: Group(*screen))


def alternatives(
    case: CaseArg,
    within: Annotated[str, typer.Option("--within", help="Slack on the cost, such as 2%.")] = "2%",
    count: Annotated[int, typer.Option("--count", min=2, help="Plans to show.")] = 6,
    sets: SetOpt = NONE,
    overlays: WithOpt = NONE,
    gap: GapOpt = None,
    seconds: TimeOpt = None,
    out: OutOpt = Path("runs"),
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Plans nearly as good as the best that differ most in what people decide; goes on where it stopped."""
    slack = _share(within)
    given = read_case(case, sets, overlays, gap, seconds)
    import pandas as pd
    from rich.console import Group

    from lunarchain.pipeline.departures import shipped_departures
    from lunarchain.report.choices import content, rows, sentences, write_page
    from lunarchain.study.alternatives import alternatives as find

    with live(not (as_json or quiet)) as progress:
        found = find(given, shipped_departures(), slack, out, progress, count)
    page = write_page(found)
    screen: list[Any] = [*sentences(found), table(pd.DataFrame(rows(found)), "The plans"), f"Page  {page}"]
    emit(content(found) | {"page": str(page)}, as_json, quiet, lambda: Group(*screen))


def _share(text: str) -> float:
    """A share typed as ``2%`` or ``0.02``."""
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        issue = Issue("command line", "--within", repr(text), "a share such as 2% or 0.02")
        raise InputError([issue]) from None


def math(
    case: Annotated[str, typer.Option("--case", help="The case whose model is printed.")] = "02_crossover",
    style: Annotated[str, typer.Option("--format", help="text, markdown or latex.")] = "text",
    sets: SetOpt = NONE,
    overlays: WithOpt = NONE,
    out: FileOpt = None,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """The model's equations with sets, units, counts and one worked row each, read off the model itself."""
    given = read_case(case, sets, overlays)
    from dataclasses import asdict

    from rich.text import Text

    from lunarchain.model.build import build_pyomo
    from lunarchain.model.inputs import make_inputs
    from lunarchain.pipeline.departures import shipped_departures
    from lunarchain.report.equations import as_latex, as_markdown, as_text, equations

    written = {"text": as_text, "markdown": as_markdown, "latex": as_latex}
    if style not in written:
        issue = Issue(
            "command line", "--format", repr(style), " | ".join(written), nearest_name(style, written)
        )
        raise InputError([issue])
    found = equations(build_pyomo(make_inputs(given.scenario, given.facts, shipped_departures())), given.name)
    text = written[style](found)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    emit(asdict(found), as_json, quiet, lambda: str(out) if out is not None else Text(hung(text)))


def compare(
    first: Annotated[Path, typer.Argument(help="A run folder.")],
    second: Annotated[Path, typer.Argument(help="Another run folder.")],
    out: FileOpt = None,
    everything: AllOpt = False,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """What changed between two runs and why: inputs with sources, decisions, costs, limits, figures."""
    from rich.console import Group

    from lunarchain.pipeline.store import open_run
    from lunarchain.report.changes import changes, frame, page, tables

    found = changes(*gathered(lambda: open_run(first), lambda: open_run(second)))
    if out is not None:
        out.write_text(page(found), encoding="utf-8")
    rows = tables(found, None if everything else _SHOWN)
    screen: list[Any] = [
        *found["words"],
        *(table(frame(part), title) for title, part in rows.items() if part),
    ]
    screen += [f"Page  {out}"] if out is not None else []
    emit(found, as_json, quiet, lambda: Group(*screen))


VERBS = (explain, pareto, alternatives, compare, math)
