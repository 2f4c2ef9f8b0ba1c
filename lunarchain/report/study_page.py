"""One self-contained page for a study: what it asks, what it says, every case, and what could not be answered."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.plan.decision import LIKELY, NOT_ASKED, OPEN, YES
from lunarchain.report import study_figures as figures
from lunarchain.report import study_table, study_words
from lunarchain.report.document import render
from lunarchain.report.labels import NAMES
from lunarchain.report.phrases import lowered, percent_text
from lunarchain.report.study_figures import measure_words
from lunarchain.study import analyse
from lunarchain.study.axes import Axis
from lunarchain.study.case_worker import RECORDED
from lunarchain.study.collect import ALWAYS, answered, missing
from lunarchain.study.discovery import discover
from lunarchain.study.store import PAGE, TEXT
from lunarchain.study.study import Study

_QUOTED = re.compile(r"`[^`]*`")  # a column whose name is no word, such as `data.prices.plant`
_CONFIG = {"displayModeBar": False, "responsive": True}
_PARALLEL = 8  # factors beside each other: more cannot be told apart
_METHODS = {
    "tornado": "one at a time", "grid": "grid", "lhs": "Latin hypercube", "sobol": "Sobol", "morris": "Morris",
}  # fmt: skip
_CLOSED = 1e-6  # a gap below which nothing is open


@dataclass(frozen=True)
class Section:
    """One part of the page: a heading, how to read it, a chart or a table, and what it had to do without."""

    heading: str
    caption: str
    chart: go.Figure | None = None
    rows: pd.DataFrame | None = None
    note: str = ""
    least_width: int = 0


def write_study_page(study: Study, table: pd.DataFrame, folder: Path, note: str = "") -> Path:
    """Write the page of a study into its folder; returns its path. ``note`` is a warning beneath its title."""
    path = folder / PAGE
    path.write_text(build_study_page(study, table, folder, note), encoding="utf-8")
    return path


def build_study_page(study: Study, table: pd.DataFrame, folder: Path, note: str = "") -> str:
    """One HTML document that shows a study and loads nothing from anywhere."""
    asked = measures(study, table)
    sections = [_rendered(k, section) for k, section in enumerate(_sections(study, table, asked))]
    cases = json.dumps(study_table.cases(study, table, asked, folder)).replace("</", "<\\/")
    varied = {"Factors": study_words.factor_rows(study), "Policies": study_words.policy_rows(study)}
    return render(
        "study.html", title=study.file.title, question=study.file.question, cards=_cards(study, table),
        base=study_words.base_words(study), sections=sections, columns=study_table.columns(study, table, asked),
        varied={name: study_table.texts(rows) for name, rows in varied.items() if len(rows)}, cases=cases,
        mode=_mode_words(study), note=note,
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
    return [*issues, *rule_issues(study, asked.interest, "measures.interest")]


def rule_issues(study: Study, rule: str, key: str) -> list[Issue]:
    """What is wrong with a rule over the study's table: its form, or a name the table cannot have."""
    expected = "a condition over columns of the table, such as decision_value > 0 or `data.prices.plant` < 500"
    try:
        tree = ast.parse(_QUOTED.sub("quoted", rule) or "True", mode="eval")
    except SyntaxError as error:
        return [Issue(study.name, key, f"'{rule}' ({error.msg})", expected)]
    known = {*RECORDED, *NAMES, *ALWAYS, *TEXT, "seconds", "quoted", *(axis.path for axis in study.axes)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {quoted.strip("`") for quoted in _QUOTED.findall(rule)}
    called = any(isinstance(node, ast.Call | ast.Attribute | ast.Subscript) for node in ast.walk(tree))
    issues = [Issue(study.name, key, f"'{name}'", expected, nearest_name(name, known)) for name in sorted(used - known)]
    return [*issues, *([Issue(study.name, key, f"'{rule}'", expected)] if called and not issues else [])]


def _sections(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    if asked:
        by_method = {"tornado": _tornado, "sobol": _sobol, "morris": _morris, "grid": _grid, "lhs": _none}
        yield from by_method[study.file.design.method](study, table, asked)
        yield from _regret(study, table, asked)
        yield from _front(study, table)
        yield from _discovery(study, table)
        yield _lines(study, table, asked)
    lost = missing(table)
    if len(lost):
        left_out = "They are left out of every chart as each method requires."
        nothing = "None has an answer so far: there is nothing to draw; a sweep of the study computes what is missing."
        yield Section("Cases without an answer", left_out if asked else nothing, rows=study_table.lost(study, lost))


def _none(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    yield from ()


def _tornado(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    for measure in asked:
        found = analyse.tornado(study, table, measure)
        rows = _labelled(study, found.table, ranges=True)
        yield Section(
            f"What moves {_inside(measure)}",
            "Each factor alone, from the low to the high end of its range; the line is the base case. A star marks an"
            " estimate or a number not re-read at its source. A thin line reaches outcomes between the ends."
            + _still(rows),
            figures.tornado(rows, measure), study_table.swings(study, found.table), _rests_on(found),
        )  # fmt: skip


def _still(rows: pd.DataFrame) -> str:
    still = int((rows["swing"] == 0).sum())
    return f" {still} of the {len(rows)} move it by nothing and are not drawn." if still else ""


def _sobol(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    for measure in asked:
        for policy in study.policies:
            found = analyse.sobol(study, table, measure, policy)
            yield Section(
                f"Shares of the variance of {_inside(measure)}{_under(policy)}",
                "Sobol indices: what a factor explains alone, and with its interactions; lines are 95 % confidence.",
                figures.indices(_labelled(study, found.table)), study_table.ranked(study, found.table),
                _rests_on(found),
            )  # fmt: skip


def _morris(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    for measure in asked:
        for policy in study.policies:
            found = analyse.morris(study, table, measure, policy)
            yield Section(
                f"Screening of {_inside(measure)}{_under(policy)}",
                "Morris: far right matters much; above the dotted line the effect depends on where the other factors"
                " stand. Lines are 95 % confidence. Orange is an estimate or not re-read at its source.",
                figures.effects(_labelled(study, found.table), measure), study_table.ranked(study, found.table),
                _rests_on(found),
            )  # fmt: skip


def _grid(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    axes = [axis for axis in study.axes if pd.api.types.is_numeric_dtype(table[axis.path])]
    if len(axes) == 1:
        for measure in asked:
            yield Section(f"{measure_words(measure)} along one factor", study_words.axis_label(axes[0]) + ".",
                          figures.curve(table, axes[0], measure, study.policies))  # fmt: skip
    if len(axes) == len(study.axes) == 2:
        yield from _maps(study, table, axes, asked[0])
        return
    if len(study.axes) != 1:
        for measure in asked:
            yield _levels(study, table, measure)


def _maps(study: Study, table: pd.DataFrame, axes: Sequence[Axis], measure: str) -> Iterator[Section]:
    level = study.file.measures.flips_at
    most = float((answered(table)[measure] - level).abs().max()) or 1.0
    for policy in study.policies:
        rows = table[table["policy"].fillna("") == policy]
        passes = analyse.flip_line(rows, axes[0].path, axes[1].path, measure, level)
        chart = figures.crossover(rows, axes[0], axes[1], measure, level, most)
        line = (
            f"The black line is where it passes {study_words.number_text(level)}: there the decision flips."
            if chart.layout.shapes
            else f"It passes {study_words.number_text(level)} nowhere here."
        )
        yield Section(
            f"{measure_words(measure)}{_under(policy)}",
            f"{figures.measure_name(measure)}. {line} A hole has no answer.", chart,
            study_table.crossings(axes, passes, level),
        )  # fmt: skip


def _levels(study: Study, table: pd.DataFrame, measure: str) -> Section:
    rows = analyse.level_means(study, table, measure)
    labels = [study_table.level_label(study, row) for row in rows.to_dict("records")]
    where, caption = "under each policy", ""
    if study.axes:
        where = "at each level"
        caption = (
            "Mean over all cases with an answer at that level; the bar reaches from the least to the most."
        )
    return Section(
        f"{measure_words(measure)} {where}", caption,
        figures.levels(rows.assign(label=labels), measure), study_table.level_rows(rows.assign(label=labels)),
    )  # fmt: skip


def _regret(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Iterator[Section]:
    if len(study.policies) < 2 or not study.axes:
        return
    found = analyse.regret(study, table, asked[0], study.file.measures.better)
    yield Section(
        f"Regret of each policy in {_inside(asked[0])}",
        f"How far behind the best policy at the same point, at most and on average [{_unit(asked[0])}]."
        + _of_worth(asked),
        rows=study_table.regrets(found.table), note=_rests_on(found, "points"),
    )  # fmt: skip


def _of_worth(asked: Sequence[str]) -> str:
    if asked[0] != "decision_value":
        return ""
    return " Where the Moon is worth more a policy is not therefore better: what it costs is in the objective."


def _front(study: Study, table: pd.DataFrame) -> Iterator[Section]:
    goals = {m: g for m, g in study.file.measures.pareto.items() if m in answered(table)}
    if len(goals) < 2:
        return
    found = analyse.pareto(table, goals)
    x, y = list(goals)[:2]
    wanted = {"min": "least", "max": "most"}
    words = " and ".join(f"{wanted[g]} {_inside(m)}" for m, g in goals.items())
    cases = {row["id"]: study_table.where(study, row) for row in answered(table).to_dict("records")}
    yield Section("Front", f"Cases that no other beats in every goal: {words}.",
                  figures.front(table, found.table, x, y, cases), study_table.best(study, found.table, list(goals)),
                  _rests_on(found))  # fmt: skip


def _discovery(study: Study, table: pd.DataFrame) -> Iterator[Section]:
    rule = study.file.measures.interest
    if not rule:
        return
    heading = f"Where {rule}"
    try:
        box = discover(table, [axis.path for axis in study.axes], rule)
    except InputError as error:  # the rest of the page does not hang on it
        yield Section(heading, str(error))
        return
    if box is None:
        why = "No box: PRIM needs 20 answered cases, of which some are of interest and some are not."
        yield Section(heading, why)
        return
    note = f"{box.of_interest} of {box.cases} answered cases are of interest" + (
        f"; {box.missing} without an answer were left out." if box.missing else "."
    )
    yield Section(
        heading,
        f"PRIM: in this box {100 * box.density:.0f} % of cases are of interest, and it holds"
        f" {100 * box.coverage:.0f} % of all such.",
        rows=study_table.box_rows(study, box.limits), note=note,
    )  # fmt: skip


def _lines(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> Section:
    axes: Sequence[Axis] = study.axes
    more = ""
    if len(axes) > _PARALLEL:
        axes = _widest(study, table, asked[0])[:_PARALLEL]
        more = f" The {_PARALLEL} factors that move it most are shown; all are in the table below."
    chart = figures.parallel(table, axes, asked)
    return Section(
        "Every case as a line",
        f"Drag along an axis to keep the cases that pass there; the colour is {_inside(asked[0])}.{more}",
        chart, least_width=figures.parallel_width(chart),
    )  # fmt: skip


def _widest(study: Study, table: pd.DataFrame, measure: str) -> list[Axis]:
    """Factors by how much they move a measure, as far as the design can say."""
    by_method = {"tornado": analyse.tornado, "sobol": analyse.sobol, "morris": analyse.morris}
    method = study.file.design.method
    if method not in by_method:
        return list(study.axes)
    ranked = list(by_method[method](study, table, measure).table["path"])
    return sorted(study.axes, key=lambda axis: ranked.index(axis.path))


def _labelled(study: Study, rows: pd.DataFrame, ranges: bool = False) -> pd.DataFrame:
    """The rows of a finding with a label a factor: its name, what was tried, a star where it is not sure."""
    axes = {axis.path: axis for axis in study.axes}

    def label(path: str, kind: str) -> str:
        tried = f" ({study_words.range_text(axes[path])})" if ranges else ""
        return (
            study_words.axis_words(axes[path])
            + tried
            + ("\N{NO-BREAK SPACE}*" if kind in study_words.UNSURE else "")
        )

    return rows.assign(
        label=[label(path, kind) for path, kind in zip(rows["path"], rows["kind"], strict=True)]
    )


def _inside(measure: str) -> str:
    """A measure's name inside a sentence."""
    return lowered(measure_words(measure))


def _unit(measure: str) -> str:
    return figures.measure_name(measure).partition(" [")[2].rstrip("]") or "as a share"


def _under(policy: str) -> str:
    return f": {policy}" if policy else ""


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
    factors = f"{len(study.axes)} factor{'s' if len(study.axes) != 1 else ''}"
    varied = [factors] if study.axes else []
    varied += [f"{len(study.policies)} policies"] if len(study.policies) > 1 else []
    cards = [
        ("Designed", f"{len(table):,}", f"{_METHODS[study.file.design.method]}: {', '.join(varied)}"),
        (
            "Answered",
            f"{len(known):,}",
            ", ".join(f"{n} {word}" for word, n in lost.items()) or "none missing",
        ),
    ]
    asked = known[known["moon"] != NOT_ASKED]
    moon = len(asked) > 0
    if moon:
        words = asked["moon"].value_counts()
        proven, likely, undecided = (words.get(word, 0) for word in (YES, LIKELY, OPEN))
        notes = [f"of {len(asked):,} answered"]
        notes += [f"{likely} of them in relaxations"] if likely else []
        notes += [f"{undecided} undecided"] if undecided else []
        cards.append(("The Moon is worth it in", f"{proven + likely:,}", ", ".join(notes)))
    if known["gap"].notna().any():
        widest = float(known["gap"].max())
        closed = "proven" if widest < _CLOSED else percent_text(widest)
        cards.append(("Widest proven gap", closed, "of the cost" + (_of_the_worth(known) if moon else "")))
    return cards


def _of_the_worth(known: pd.DataFrame) -> str:
    """How widely the worth of the Moon is open, where that is recorded."""
    gaps = known["decision_gap"].dropna().astype(float) if "decision_gap" in known else known["gap"].head(0)
    if gaps.empty:
        return ""
    return "; more than the whole worth of the Moon" if gaps.max() > 1 else f"; {percent_text(gaps.max())} of the worth"


def _rendered(number: int, section: Section) -> dict[str, Any]:
    drawn = ""
    if section.chart is not None:
        drawn = pio.to_html(section.chart, full_html=False, include_plotlyjs=False, config=_CONFIG,
                            div_id=f"chart{number}")  # fmt: skip
    rows = None if section.rows is None else study_table.texts(section.rows)
    return {"heading": section.heading, "caption": section.caption, "html": drawn, "rows": rows, "note": section.note,
            "open": section.chart is None, "least_width": section.least_width}  # fmt: skip
