"""One self-contained page for a study: what it asks, what it says, every case, and what could not be answered."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio

from lunarchain.errors import Issue, nearest_name
from lunarchain.report import study_figures as figures
from lunarchain.report.document import render
from lunarchain.report.labels import NAMES, shown
from lunarchain.report.study_figures import measure_name
from lunarchain.study import analyse
from lunarchain.study.case_worker import RECORDED
from lunarchain.study.collect import answered, missing
from lunarchain.study.discovery import discover
from lunarchain.study.store import PAGE
from lunarchain.study.study import Study

_CONFIG = {"displayModeBar": False, "responsive": True}
# The tables keep these columns; everything else is in the Parquet index.
_KEPT = ("status", "moon", "assembled", "driver", "objective", "gap", "decision_value")


@dataclass(frozen=True)
class Section:
    """One part of the page: a heading, how to read it, a chart or a table, and what it had to do without."""

    heading: str
    caption: str
    chart: go.Figure | None = None
    rows: pd.DataFrame | None = None
    note: str = ""


def write_study_page(study: Study, table: pd.DataFrame, folder: Path) -> Path:
    """Write the page of a study into its folder; returns its path."""
    path = folder / PAGE
    path.write_text(build_study_page(study, table, folder), encoding="utf-8")
    return path


def build_study_page(study: Study, table: pd.DataFrame, folder: Path) -> str:
    """One HTML document that shows a study and loads nothing from anywhere."""
    sections = [_rendered(k, section) for k, section in enumerate(_sections(study, table))]
    return render(
        "study.html", title=study.file.title, question=study.file.question, cards=_cards(study, table),
        sections=sections, columns=_columns(study, table),
        cases=json.dumps(_cases(study, table, folder)).replace("</", "<\\/"), mode=_mode_words(study),
    )  # fmt: skip


def measures(study: Study, table: pd.DataFrame) -> list[str]:
    """The measures the study asks for that its answers have."""
    asked = [study.file.measures.main, *study.file.measures.also, *study.file.measures.pareto]
    known = answered(table)
    return [m for m in dict.fromkeys(asked) if m in known and known[m].notna().any()]


def measure_issues(study: Study) -> list[Issue]:
    """What is wrong with the measures a study names, so that it is known before anything is computed."""
    known = [*RECORDED, *NAMES, "seconds", *(axis.path for axis in study.axes)]
    asked = study.file.measures
    issues = [
        Issue(study.name, "measures", f"'{name}'", "a number of the study's table", nearest_name(name, known))
        for name in dict.fromkeys((asked.main, *asked.also, *asked.pareto))
        if name not in known
    ]
    try:
        ast.parse(asked.interest or "True", mode="eval")
    except SyntaxError as error:
        expected = "a condition such as decision_value > 0"
        issues.append(Issue(study.name, "measures.interest", f"'{asked.interest}' ({error.msg})", expected))
    return issues


def _sections(study: Study, table: pd.DataFrame) -> Iterator[Section]:
    asked = measures(study, table)
    if asked:
        by_method = {"tornado": _tornado, "sobol": _sobol, "morris": _morris, "grid": _grid, "lhs": _none}
        yield from by_method[study.file.design.method](study, table, asked)
        yield from _regret(study, table, asked)
        yield from _front(study, table)
        yield from _discovery(study, table)
        yield Section(
            "Every case as a line", "Drag along an axis to keep the cases that pass there; the colour is that of the"
            f" first measure, {_inside(asked[0])}.", figures.parallel(table, study.axes, asked))  # fmt: skip
    lost = missing(table)
    if len(lost):
        columns = ["id", "policy", "moved", "status", "reason"]
        yield Section("Cases without an answer", "They are left out of the charts above as each method requires.",
                      rows=lost[columns])  # fmt: skip


def _none(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    yield from ()


def _tornado(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    for measure in asked:
        found = analyse.tornado(study, table, measure)
        yield Section(
            f"What moves {_inside(measure)}",
            "Each factor alone, from the low to the high end of its range; the line is the base case. A star marks an"
            " estimate or a number not re-read at its source. A thin line reaches outcomes between the ends.",
            figures.tornado(found.table, measure), found.table.drop(columns=["base"]), _rests_on(found),
        )  # fmt: skip


def _sobol(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    for measure in asked:
        for policy in study.policies:
            found = analyse.sobol(study, table, measure, policy)
            yield Section(
                f"Shares of the variance of {_inside(measure)}{_under(policy)}",
                "Sobol indices: what a factor explains alone, and with its interactions; lines are 95 % confidence.",
                figures.indices(found.table), found.table, _rests_on(found),
            )  # fmt: skip


def _morris(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    for measure in asked:
        for policy in study.policies:
            found = analyse.morris(study, table, measure, policy)
            yield Section(
                f"Screening of {_inside(measure)}{_under(policy)}",
                "Morris: far right matters much; above the dotted line the effect depends on where the other factors"
                " stand. Orange is an estimate or not re-read at its source.",
                figures.effects(found.table, measure), found.table, _rests_on(found),
            )  # fmt: skip


def _grid(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    axes = [axis for axis in study.axes if pd.api.types.is_numeric_dtype(table[axis.path])]
    if len(axes) == 1:
        for measure in asked:
            yield Section(
                f"{measure_name(measure)} along {axes[0].name}", "", figures.curve(table, axes[0], [measure])
            )
    if len(study.axes) > 2 or not study.axes:
        for measure in asked:
            yield Section(f"Mean of {_inside(measure)} at each level", "Over all cases with an answer at that level.",
                          rows=analyse.level_means(study, table, measure))  # fmt: skip
    if len(axes) != 2 or len(study.axes) != 2:
        return
    level = study.file.measures.flips_at
    for measure in asked[:1]:
        for policy in study.policies:
            rows = table[table["policy"].fillna("") == policy]
            yield Section(
                f"{measure_name(measure)}{_under(policy)}",
                f"The black line is where it passes {level:g}: there the decision flips. A hole has no answer.",
                figures.crossover(rows, axes[0], axes[1], measure, level),
                analyse.flip_line(rows, axes[0].path, axes[1].path, measure, level),
            )  # fmt: skip


def _regret(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    if len(study.policies) < 2:
        return
    found = analyse.regret(study, table, asked[0], study.file.measures.better)
    yield Section(
        f"Regret of each policy in {_inside(asked[0])}",
        "How far behind the best policy at the same point, at most and on average.", rows=found.table,
        note=_rests_on(found, "points"),
    )  # fmt: skip


def _front(study: Study, table: pd.DataFrame) -> Iterator[Section]:
    goals = {m: g for m, g in study.file.measures.pareto.items() if m in answered(table)}
    if len(goals) < 2:
        return
    found = analyse.pareto(table, goals)
    x, y = list(goals)[:2]
    words = ", ".join(f"{measure_name(m)} ({g})" for m, g in goals.items())
    yield Section("Front", f"Cases that no other beats in every goal: {words}.",
                  figures.front(table, found.table, x, y), note=_rests_on(found))  # fmt: skip


def _discovery(study: Study, table: pd.DataFrame) -> Iterator[Section]:
    rule = study.file.measures.interest
    box = discover(table, [axis.path for axis in study.axes], rule) if rule else None
    if box is None:
        return
    note = f"{box.of_interest} of {box.cases} answered cases are of interest" + (
        f"; {box.missing} without an answer were left out" if box.missing else ""
    )
    yield Section(
        f"Where {rule}",
        f"PRIM: in this box {box.density:.0%} of cases are of interest, and it holds {box.coverage:.0%} of all such.",
        rows=box.limits, note=note,
    )  # fmt: skip


def _inside(measure: str) -> str:
    """A measure's name inside a sentence."""
    name = measure_name(measure)
    return name[:1].lower() + name[1:]


def _under(policy: str) -> str:
    return f", {policy}" if policy else ""


def _rests_on(found: analyse.Finding, what: str = "cases") -> str:
    return f"Rests on {found.used} of {found.designed} {what}. {found.note}".strip()


def _mode_words(study: Study) -> str:
    return {
        "relaxed": "Answered as linear models: tracks, openings and early flights may be fractions. Bounds are proven,"
        " plans are not buildable as they stand and the Moon looks slightly better than it is.",
        "rounded": "Answered with a proven bound and one plan in whole numbers; the gap of each case is in the table.",
        "certified": "Answered by the search of the main job, to the gap asked for.",
        "verified": "Answered by the main job: optimised, flown, audited, each kept as a run folder.",
    }[study.file.relations.mode]


def _cards(study: Study, table: pd.DataFrame) -> list[tuple[str, str, str]]:
    known = answered(table)
    lost = missing(table)["status"].value_counts()
    cards = [
        ("Designed", f"{len(table):,}", f"{study.file.design.method}, {len(study.axes)} factors"),
        (
            "Answered",
            f"{len(known):,}",
            ", ".join(f"{n} {word}" for word, n in lost.items()) or "none missing",
        ),
    ]
    if len(known):
        words = known["moon"].value_counts()
        proven, likely = words.get("yes", 0), words.get("likely", 0)
        note = f"of {len(known):,} cases answered" + (f", {likely} of them in relaxations" if likely else "")
        cards.append(("The Moon is worth it in", f"{proven + likely:,}", note))
        if known["gap"].notna().any():
            cards.append(("Widest proven gap", f"{100 * known['gap'].max():.2g} %", "of the cost"))
    return cards


def _columns(study: Study, table: pd.DataFrame) -> list[dict[str, str]]:
    found = [{"key": "policy", "name": "Policy"}] if len(study.policies) > 1 else []
    found += [{"key": axis.path, "name": axis.name} for axis in study.axes]
    kept = [*_KEPT, *(m for m in measures(study, table) if m not in _KEPT)]
    return found + [{"key": key, "name": measure_name(key)} for key in kept if key in table]


def _cases(study: Study, table: pd.DataFrame, folder: Path) -> list[dict[str, Any]]:
    keys = [column["key"] for column in _columns(study, table)]
    rows = []
    for row in table.to_dict("records"):
        known = {str(k): None if pd.isna(v) else v for k, v in row.items()}
        cells = {key: known[key] if isinstance(known[key], float) else shown(known[key]) for key in keys}
        run = known.get("run")
        rows.append(cells | {"_id": known["id"], "_command": known["command"],
                             "_link": f"runs/{run}/report.html" if run else ""})  # fmt: skip
    return rows


def _rendered(number: int, section: Section) -> dict[str, Any]:
    drawn = ""
    if section.chart is not None:
        drawn = pio.to_html(section.chart, full_html=False, include_plotlyjs=False, config=_CONFIG,
                            div_id=f"chart{number}")  # fmt: skip
    rows = None
    if section.rows is not None:
        names = [str(name) for name in section.rows.columns]
        rows = {
            "names": names,
            "rows": [[_cell(v) for v in row] for row in section.rows.itertuples(index=False)],
        }
    return {"heading": section.heading, "caption": section.caption, "html": drawn, "rows": rows, "note": section.note,
            "open": section.chart is None}  # fmt: skip


def _cell(value: Any) -> str:
    return (
        "–"
        if value is None or value != value
        else f"{value:,.4g}"
        if isinstance(value, float)
        else str(value)
    )
