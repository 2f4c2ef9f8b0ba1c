"""Verbs about many cases at once."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lunarchain.cli.options import NONE, CaseArg, JsonOpt, QuietOpt, SetOpt, WithOpt, read_case
from lunarchain.cli.screen import emit, live, steps, table
from lunarchain.errors import InputError, Issue, LunarchainError, nearest_name

if TYPE_CHECKING:
    import pandas as pd

    from lunarchain.scenario.load import Case
    from lunarchain.study.flip import Question
    from lunarchain.study.study import Study
    from lunarchain.study.sweep import Swept

StudyArg = Annotated[str, typer.Argument(help="A study: a path, or the name of a shipped study.")]
StudiesOut = Annotated[Path, typer.Option("--out", help="Folder for studies.")]
INTERRUPTED = 130
_FLIP_ROWS = 15  # of each table, on a terminal; the page has them all


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
    from lunarchain.report.study_page import measure_issues
    from lunarchain.study.study import load_study
    from lunarchain.study.sweep import shard_of
    from lunarchain.study.sweep import sweep as run_study

    laid_out, part = load_study(study), shard_of(shard)
    if issues := measure_issues(laid_out):
        raise InputError(issues)
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
    page = _page(laid_out, swept)
    content = _content(laid_out, swept) | {"page": str(page)}
    emit(
        content,
        as_json,
        quiet,
        lambda: _screen(laid_out, swept.table, swept.folder, f"{swept.computed} computed now"),
    )


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


def study(
    study: StudyArg,
    measure: Annotated[
        str, typer.Option("--measure", help="A column of the study's table; by default the study's own.")
    ] = "",
    where: Annotated[
        str, typer.Option("--where", help="Compare the cases for which this holds with all others.")
    ] = "",
    out: StudiesOut = Path("studies"),
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """What a study says so far, from what is stored, without running anything; writes its page again."""
    from lunarchain.report.study_page import measure_issues, rule_issues, write_study_page
    from lunarchain.study.study import load_study

    laid_out = load_study(study)
    if issues := [*measure_issues(laid_out), *rule_issues(laid_out, where, "--where")]:
        raise InputError(issues)
    folder = out / laid_out.name
    found, note = _stored(laid_out, folder)
    if measure and measure not in found.select_dtypes("number"):
        known = list(found.select_dtypes("number"))
        nearest = nearest_name(measure, known)
        raise InputError(
            [Issue("command line", "--measure", repr(measure), "a number of the table", nearest)]
        )
    page = write_study_page(laid_out, found, folder, note)
    results = _results(laid_out, found, measure or laid_out.file.measures.main, where)
    content = {
        "study": laid_out.name,
        "page": str(page),
        "note": note,
        "results": {k: r.to_dict("records") for k, r in results.items()},
    }
    emit(content, as_json, quiet, lambda: _screen(laid_out, found, folder, note, measure, where))


def _stored(laid_out: Study, folder: Path) -> tuple[pd.DataFrame, str]:
    """The table of what is stored, and a word of warning where another version answered. Raises where nothing is."""
    from lunarchain.study.collect import answered, collect, earlier, table_of
    from lunarchain.study.store import INDEX, Store

    if not folder.exists():
        raise InputError([Issue("command line", "--out", f"no folder {folder}", "that of a study that was swept")])
    store = Store(folder)
    if answered(table_of(laid_out, store)).empty:
        found = earlier(laid_out, store)
        if found is not None:
            return found, "answered by another version of the program or its tables; sweep computes anew"
        if store.ids():
            got = f"{len(store.ids())} answers in {folder}, to other cases or by another version"
            hint = f"`lunarchain sweep` computes anew; rows are in {folder / 'results'}, the last table in {INDEX}"
            raise InputError([Issue(laid_out.name, "cases", got, "answers to the cases of this study", "", hint)])
    return collect(laid_out, store), ""


def _page(laid_out: Study, swept: Swept) -> Path:
    """The page of the study, and those of the runs it kept."""
    from lunarchain.pipeline.store import open_run
    from lunarchain.report.choose import write_page
    from lunarchain.report.paragraphs import PAGE
    from lunarchain.report.study_page import write_study_page

    for name in swept.table["run"].dropna() if "run" in swept.table else ():
        if not (swept.folder / "runs" / name / PAGE).exists():
            write_page(open_run(swept.folder / "runs" / name))
    return write_study_page(laid_out, swept.table, swept.folder)


def _results(laid_out: Study, found: pd.DataFrame, measure: str, where: str = "") -> dict[str, pd.DataFrame]:
    """The tables of the analysis that the study's design allows, for one measure; a comparison where asked for."""
    from lunarchain.study import analyse
    from lunarchain.study.collect import answered

    known = answered(found)
    if measure not in known or known[measure].isna().all():
        return {}
    method, results = laid_out.file.design.method, {}
    if method == "tornado":
        results["swings"] = analyse.tornado(laid_out, found, measure).table
    for policy in laid_out.policies if method in ("sobol", "morris") else ():
        by_method = {"sobol": analyse.sobol, "morris": analyse.morris}
        results[f"{method} {policy}".strip()] = by_method[method](laid_out, found, measure, policy).table
    if len(laid_out.policies) > 1:
        results["regret"] = analyse.regret(laid_out, found, measure, laid_out.file.measures.better).table
    if where:
        compared = analyse.compare(found, where)
        results[f"{compared.used} of {compared.designed} cases where {where}"] = compared.table
    return results


def _screen(
    laid_out: Study, found: pd.DataFrame, folder: Path, now: str, measure: str = "", where: str = ""
) -> object:
    from rich.console import Group

    from lunarchain.report.study_figures import measure_name
    from lunarchain.report.study_words import base_words
    from lunarchain.study.store import PAGE

    measure = measure or laid_out.file.measures.main
    counts = ", ".join(f"{number} {status}" for status, number in found["status"].value_counts().items())
    ways = ", ".join(f"{number} {way}" for way, number in found["path"].dropna().value_counts().items())
    head = [laid_out.file.title, *base_words(laid_out)]
    head.append(f"{len(laid_out.cases)} cases: {counts}" + (f" (solved: {ways})" if ways else ""))
    head[-1] += f"; {now}" if now else ""
    shown = [
        _short_table(rows, f"{name}: {measure_name(measure)}")
        for name, rows in _results(laid_out, found, measure, where).items()
    ]
    return Group(*head, *shown, f"{folder / PAGE}")


def _short_table(rows: pd.DataFrame, title: str) -> Any:
    """The columns of a result that fit a terminal, the name last."""
    from lunarchain.report.study_words import number_text

    wanted = (
        "inside", "outside", "least", "most", "at_low", "at_high", "swing", "main", "total", "total_conf", "mu_star",
        "sigma", "most_regret", "mean_regret", "best_at", "kind", "factor", "policy", "measure",
    )  # fmt: skip
    if "at_low" in rows:
        rows = rows.drop(columns=["least", "most"])
    shown = rows[[name for name in wanted if name in rows]].head(20)
    numbers = shown.select_dtypes("number").columns
    shown = shown.assign(**{name: [number_text(v) for v in shown[name]] for name in numbers})
    return table(shown.rename(columns=lambda name: str(name).replace("_", " ")), title)


def flips(
    case: CaseArg,
    sets: SetOpt = NONE,
    overlays: WithOpt = NONE,
    facts: Annotated[
        list[str], typer.Option("--fact", help="Only these numbers: ids or patterns; repeatable.")
    ] = NONE,
    most: Annotated[
        int, typer.Option("--most", min=1, help="How many numbers to solve, by first-order effect.")
    ] = 20,
    mode: Annotated[str, typer.Option("--mode", help="relaxed, rounded, certified or verified.")] = "relaxed",
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes.")] = None,
    out: StudiesOut = Path("studies"),
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Which assumption, moved within its sourced range, changes the answer, and at what value."""
    given = read_case(case, sets, overlays)
    from lunarchain.report.flips_page import flips_content, write_flips_page
    from lunarchain.scenario.load import assignments
    from lunarchain.study.flip import Question, find_flips, to_try
    from lunarchain.study.schema import MODES, Base

    if mode not in MODES:
        nearest = nearest_name(mode, MODES)
        raise InputError([Issue("command line", "--mode", repr(mode), " | ".join(MODES), nearest)])
    if not given.scenario.moon.allowed:
        expected = "a case that may use the Moon: what flips is whether it pays, where and by which launcher"
        raise InputError([Issue("command line", "CASE", f"{given.name}, without a Moon", expected)])
    show, name = not (as_json or quiet), f"flips-{given.name}"
    base = Base(case=case, overlays=tuple(overlays), set=assignments(sets))
    try:
        with steps(show, name) as progress:
            question = Question(base, name, mode, out, workers, progress)
            effects = _screened(question, given, facts, show)
            found = find_flips(question, given, to_try(effects, most), most)
    except KeyboardInterrupt:
        raise InterruptedSweepError(
            f"interrupted: what is done is stored in {out / name}; run it again to go on"
        ) from None
    content = flips_content(given, mode, effects, found)
    page = write_flips_page(given, content, found.folder)
    emit(content | {"page": str(page)}, as_json, quiet, lambda: _flips_screen(given, content, page))


def _screened(question: Question, given: Case, patterns: list[str], show: bool) -> pd.DataFrame:
    """Every number asked about, by its first-order effect on what the Moon is worth."""
    from lunarchain.pipeline.check import check
    from lunarchain.pipeline.departures import shipped_departures
    from lunarchain.pipeline.screen_facts import ranged_facts
    from lunarchain.study.flip import screened

    if issues := check(given, shipped_departures()):
        raise InputError(issues)
    asked = _matching(patterns, ranged_facts(given))
    with live(show) as progress:
        return screened(
            question, given, asked, lambda k, n: progress(f"first-order effect {k} of {n}", None, None)
        )


def _matching(patterns: list[str], every: list[str]) -> list[str]:
    """The numbers meant by ``--fact``, with or without ``data.``; all of them when none is named."""
    from fnmatch import filter as matching

    found = {pattern: matching(every, pattern.removeprefix("data.")) for pattern in patterns}
    issues = [
        Issue("command line", "--fact", repr(pattern), "a number with a range that this case rests on",
              nearest_name(pattern.removeprefix("data."), every))
        for pattern, facts in found.items()
        if not facts
    ]  # fmt: skip
    if issues:
        raise InputError(issues)
    return list(dict.fromkeys(chain.from_iterable(found.values()))) if patterns else every


def _flips_screen(given: Case, content: dict[str, Any], page: Path) -> object:
    import pandas as pd
    from rich.console import Group

    from lunarchain.report.flips_page import TABLES, sentences, tables

    shown = {name: rows for name, rows in tables(given, content).items() if rows}
    heads = {name: [key for key in TABLES[name] if key != "Number"] for name in shown}
    parts = [
        table(pd.DataFrame(rows[:_FLIP_ROWS])[[*heads[name], "Number"]], name) for name, rows in shown.items()
    ]
    return Group(*sentences(given, content), *parts, f"{page}")


VERBS = (sweep, study, flips)
