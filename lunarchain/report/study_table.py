"""The tables of a study's page: every case with where it stands, and the numbers beneath each chart, all in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from lunarchain.plan.decision import NOT_ASKED
from lunarchain.report.study_figures import measure_name
from lunarchain.report.study_words import (
    answer_text,
    axis_label,
    axis_unit,
    axis_words,
    is_switch,
    moved_text,
    number_text,
    place_text,
    range_text,
)
from lunarchain.report.style import DUST
from lunarchain.study.axes import Axis
from lunarchain.study.study import NO_POLICY, Study

_WORDS = {"status": "How answered", "moon": "Moon", "assembled": "Put together", "driver": "Mass driver",
          "path": "Way solved"}  # fmt: skip
_NUMBERS = ("objective", "gap", "decision_value")
_GAP, _GAP_PERCENT = "gap", "gap_percent"  # the page shows a share as per cent, and under a name of its own
_MOVED = "moved"


def columns(study: Study, table: pd.DataFrame, asked: Sequence[str]) -> list[dict[str, str]]:
    """Columns of the table of all cases: key to filter by, and heading. Everything else is in the Parquet index."""
    found = [{"key": "policy", "name": "Policy"}] if study.policies != (NO_POLICY,) else []
    if study.file.design.method == "tornado":
        found += [{"key": _MOVED, "name": "What is moved"}]
    else:
        found += [{"key": axis.path, "name": axis_label(axis)} for axis in study.axes]
    kept = [key for key in dict.fromkeys((*asked, *_NUMBERS)) if key in table]
    in_percent = {"key": _GAP_PERCENT, "name": "Proven gap [%]"}
    found += [in_percent if key == _GAP else {"key": key, "name": measure_name(key)} for key in kept]
    if len(table) and (table["moon"] == NOT_ASKED).all():
        return [column for column in found if column["key"] != "decision_value"]
    alike = [key for key in ("status", "path") if key in table and table[key].nunique(dropna=False) == 1]
    words = {key: name for key, name in _WORDS.items() if key in table and key not in alike}
    return found + [{"key": key, "name": name} for key, name in words.items()]


def cases(study: Study, table: pd.DataFrame, asked: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """One row a case: cells by key (numbers stay numbers), the command of a run of its own, the link to one kept."""
    axes = {axis.path: axis for axis in study.axes}
    keys = [column["key"] for column in columns(study, table, asked)]
    rows = []
    for row in table.to_dict("records"):
        known = {str(k): None if pd.isna(v) else v for k, v in row.items()}
        cells = {key: _case_cell(study, axes.get(key), key, known) for key in keys}
        run = known.get("run")
        kept = bool(run) and (folder / "runs" / str(run) / "report.html").exists()
        rows.append(cells | {"_id": known["id"], "_command": known["command"],
                             "_link": f"runs/{run}/report.html" if kept else ""})  # fmt: skip
    return rows


def _case_cell(study: Study, axis: Axis | None, key: str, known: Mapping[str, Any]) -> Any:
    if key == _GAP_PERCENT:
        return None if known[_GAP] is None else 100 * known[_GAP]
    value = known[key]
    if key == _MOVED:
        return moved_text(study, str(value or ""), known)
    if axis is not None and (is_switch(axis) or not isinstance(value, int | float)):
        return place_text(axis, value)
    if value is None or isinstance(value, str):
        return None if not value else answer_text(study.base.facts, key, value)
    return value


def where(study: Study, row: Mapping[str, Any]) -> str:
    """Where a case stands: its policy and every factor that is varied."""
    words = [str(row["policy"])] if row.get("policy") and row["policy"] == row["policy"] else []
    if study.file.design.method == "tornado":
        return "; ".join([*words, moved_text(study, str(row["moved"] or ""), row)])
    words += [f"{axis_words(a)}: {place_text(a, row[a.path])} {axis_unit(a)}".strip() for a in study.axes]
    return "; ".join(words)


def lost(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Cases without an answer, with the reason of each."""
    return pd.DataFrame(
        [{"Case": where(study, row), "Status": row["status"], "Reason": row["reason"], "Id": row["id"]}
         for row in rows.to_dict("records")]
    )  # fmt: skip


def swings(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """A row a factor: the result at its low end, at the base and at its high end, and how far it swings."""
    heads = {"at_low": "At the low end", "base": "Base", "at_high": "At the high end", "least": "Least", "most": "Most",
             "swing": "Swing"}  # fmt: skip
    return _by_factor(study, rows, heads, tried=True)


def ranked(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Indices or effects by factor."""
    heads = {"main": "Alone", "main_conf": "±", "total": "With interactions", "total_conf": "± of that",
             "mu_star": "mu*", "mu_star_conf": "± of mu*", "mu": "mu", "sigma": "sigma"}  # fmt: skip
    return _by_factor(study, rows, {key: name for key, name in heads.items() if key in rows}, tried=True)


def _by_factor(study: Study, rows: pd.DataFrame, heads: Mapping[str, str], tried: bool) -> pd.DataFrame:
    axes = {axis.path: axis for axis in study.axes}
    shown = pd.DataFrame({"Factor": [axis_words(axes[path]) for path in rows["path"]]})
    if tried:
        shown["Tried"] = [range_text(axes[path]) for path in rows["path"]]
    shown["Kind"] = [kind or "–" for kind in rows["kind"]]
    return pd.concat([shown, rows[list(heads)].rename(columns=heads).reset_index(drop=True)], axis=1)


def crossings(axes: Sequence[Axis], rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Where along the first factor a map passes a level, for each place on the second."""
    return pd.DataFrame(
        {axis_label(axes[1]): rows[axes[1].path],
         f"{axis_label(axes[0])} at which it passes {level:g}": rows["passes_at"].astype(float)}
    )  # fmt: skip


def level_label(study: Study, row: Mapping[str, Any]) -> str:
    """One level of one factor, or one policy."""
    axis = next((one for one in study.axes if one.path == row["path"]), None)
    if axis is None:
        return str(row["level"])
    return f"{axis_words(axis)}: {place_text(axis, row['level'])} {axis_unit(axis)}".strip()


def level_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """A row a level of a grid: mean, least and most of the result, and how many cases stand behind them."""
    heads = {"label": "Level", "mean": "Mean", "least": "Least", "most": "Most", "cases": "Cases"}
    return rows[list(heads)].rename(columns=heads)


def regrets(rows: pd.DataFrame) -> pd.DataFrame:
    """Regret by policy."""
    heads = {"policy": "Policy", "most_regret": "Most regret", "mean_regret": "Mean regret",
             "best_at": "Points at which it is best", "mean_value": "Mean value"}  # fmt: skip
    return rows[list(heads)].rename(columns=heads)


def best(study: Study, rows: pd.DataFrame, goals: Sequence[str]) -> pd.DataFrame:
    """The cases of a front, in order of the first goal."""
    ordered = rows.sort_values(goals[0])
    shown = pd.DataFrame({measure_name(goal): ordered[goal].astype(float) for goal in goals})
    return shown.assign(Case=[where(study, row) for row in ordered.to_dict("records")])


def box_rows(study: Study, limits: pd.DataFrame) -> pd.DataFrame:
    """The ranges of a box by factor."""
    axes = {axis.path: axis for axis in study.axes}
    names = [axis_label(axes[path]) if path in axes else path for path in limits["factor"]]
    heads = {"from": "From", "to": "To", "tried": "Tried"}
    return pd.concat([pd.Series(names, name="Factor"), limits[list(heads)].rename(columns=heads)], axis=1)


def texts(rows: pd.DataFrame) -> dict[str, Any]:
    """A table as text: numbers to four digits, and nothing of what is within the solver's last ones."""
    numbers = [pd.api.types.is_numeric_dtype(rows[name]) for name in rows]
    cells = [_column(rows.iloc[:, k], number) for k, number in enumerate(numbers)]
    return {"names": [str(name) for name in rows], "numbers": numbers,
            "rows": [list(row) for row in zip(*cells, strict=True)]}  # fmt: skip


def _column(values: pd.Series, number: bool) -> list[str]:
    if not number:
        return ["–" if value is None or value != value or value == "" else str(value) for value in values]
    largest = float(values.abs().max()) if len(values) else 0.0
    return [number_text(0 if abs(value) < DUST * largest else float(value)) for value in values]
