"""What a study says: swings, indices, maps, fronts, regret. Every result says how many cases it had to do without.

Missing cases (infeasible, failed, not run) are treated as each method requires: a swing shows the end it has, a
design of blocks (Sobol) or trajectories (Morris) loses the whole block, a map has a hole, a point of a regret table
counts only where every policy has an answer. Nothing is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lunarchain.errors import InputError, Issue
from lunarchain.study.collect import answered
from lunarchain.study.design import problem, shares
from lunarchain.study.schema import Design
from lunarchain.study.study import Study

Vector = NDArray[np.float64]
_RESAMPLES = 200
_CONFIDENCE = 0.95
_DUST = 1e-9  # of a value: what one solve and the next may differ by


@dataclass(frozen=True)
class Finding:
    """A table of results, and how much of the design it rests on."""

    table: pd.DataFrame
    used: int
    designed: int
    note: str = ""


def tornado(study: Study, table: pd.DataFrame, measure: str) -> Finding:
    """How far each factor alone moves a measure: values at its ends, at the base, and the whole swing.

    Rows are in order of swing; an end without an answer is empty. Raises ``ValueError`` for another kind of design.
    """
    if study.file.design.method != "tornado":
        raise ValueError("a tornado needs a design of one factor at a time")
    known = answered(table)
    base = _only(known[known["moved"] == ""], measure) if len(study.axes) else np.nan
    rows = []
    for axis in study.axes:
        moved = known[known["moved"] == axis.path]
        at = dict(zip(moved[axis.path], moved[measure].astype(float), strict=True))
        ends = [axis.values[0], axis.values[-1]] if axis.values else [axis.low, axis.high]
        low, high = (base if end == axis.nominal else _at(at, end) for end in ends)
        every = [value for value in (*at.values(), base) if not np.isnan(value)]
        rows.append({
            "factor": axis.name, "path": axis.path, "kind": axis.kind, "unit": axis.unit, "low": ends[0],
            "high": ends[1], "at_low": low, "base": base, "at_high": high,
            "least": min(every, default=np.nan), "most": max(every, default=np.nan), "swing": _apart(every),
        })  # fmt: skip
    found = pd.DataFrame(rows).sort_values("swing", ascending=False, kind="stable", na_position="last")
    return Finding(found.reset_index(drop=True), len(known), len(table))


def _apart(values: Sequence[float]) -> float:
    """How far values lie apart; nothing where only the solver's last digits differ."""
    if not values:
        return np.nan
    apart = max(values) - min(values)
    return apart if apart > _DUST * max(map(abs, values)) else 0.0


def sobol(study: Study, table: pd.DataFrame, measure: str, policy: str = "") -> Finding:
    """Main and total Sobol indices with 95 % confidence half-widths. Whole blocks with a missing case are left out."""
    design, count = study.file.design, len(study.axes)
    values = in_order(study, table, measure, policy)
    block = (2 * count + 2) if design.second_order else (count + 2)
    kept = values.reshape(-1, block)
    kept = kept[~np.isnan(kept).any(axis=1)]
    found = sobol_indices(kept.ravel(), count, design.second_order, design.seed)
    return Finding(
        _named(study, found), kept.size, values.size, _left_out("blocks", len(values) // block, len(kept))
    )


def sobol_indices(values: Vector, count: int, second_order: bool, seed: int) -> pd.DataFrame:
    """Indices of ``count`` factors from the outputs of a Saltelli design, in its order."""
    from SALib.analyze import sobol as analyse

    if values.size == 0 or np.ptp(values) == 0:
        unknown = np.nan if values.size == 0 else 0.0  # no whole block yet; or nothing varies
        return pd.DataFrame(unknown, index=range(count), columns=["main", "main_conf", "total", "total_conf"])
    found = analyse.analyze(
        problem(count), values, calc_second_order=second_order, num_resamples=_RESAMPLES,
        conf_level=_CONFIDENCE, seed=seed,
    )  # fmt: skip
    return pd.DataFrame(
        {
            "main": found["S1"],
            "main_conf": found["S1_conf"],
            "total": found["ST"],
            "total_conf": found["ST_conf"],
        }
    )


def morris(study: Study, table: pd.DataFrame, measure: str, policy: str = "") -> Finding:
    """Morris mu* (mean absolute effect over the whole range), mu and sigma. Broken trajectories are left out."""
    count = len(study.axes)
    values = in_order(study, table, measure, policy).reshape(-1, count + 1)
    places = shares(study.file.design, count).reshape(-1, count + 1, count)
    whole = ~np.isnan(values).any(axis=1)
    found = morris_effects(places[whole].reshape(-1, count), values[whole].ravel(), study.file.design)
    note = _left_out("trajectories", len(values), int(whole.sum()))
    return Finding(_named(study, found), int(whole.sum()) * (count + 1), values.size, note)


def morris_effects(places: Vector, values: Vector, design: Design) -> pd.DataFrame:
    """Elementary effects from the points of a Morris design (shares of each axis) and the outputs there."""
    from SALib.analyze import morris as analyse

    if values.size == 0:  # no whole trajectory yet
        return pd.DataFrame(
            np.nan, index=range(places.shape[1]), columns=["mu_star", "mu_star_conf", "mu", "sigma"]
        )
    found = analyse.analyze(
        problem(places.shape[1]), places, values, num_levels=design.grid_levels, num_resamples=_RESAMPLES,
        conf_level=_CONFIDENCE, seed=design.seed,
    )  # fmt: skip
    columns = {"mu_star": found["mu_star"], "mu_star_conf": found["mu_star_conf"], "mu": found["mu"],
               "sigma": found["sigma"]}  # fmt: skip
    return pd.DataFrame({name: np.asarray(values, dtype=float) for name, values in columns.items()})


def grid_map(table: pd.DataFrame, x: str, y: str, measure: str) -> pd.DataFrame:
    """A measure over two factors of a grid: ``y`` by rows, ``x`` by columns; a case without an answer is a hole.

    Other factors that are varied too are averaged over; give one policy or one slice to avoid that.
    """
    known = answered(table)
    full = pd.MultiIndex.from_product([sorted(table[y].unique()), sorted(table[x].unique())], names=[y, x])
    return known.groupby([y, x])[measure].mean().reindex(full).unstack(x)


def level_means(study: Study, table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Mean of a measure at each level of each factor and policy: ``path, level, mean, least, most, cases``.

    Policies stand in the order of the study, under the path ``policy``.
    """
    known = answered(table).dropna(subset=[measure])
    named = [(axis.path, sorted(known[axis.path].dropna().unique())) for axis in study.axes]
    named += [("policy", list(study.policies))] if len(study.policies) > 1 else []
    rows = []
    for column, levels in named:
        for level in levels:
            values = known.loc[known[column] == level, measure]
            rows.append({"path": column, "level": level, "mean": values.mean(), "least": values.min(),
                         "most": values.max(), "cases": len(values)})  # fmt: skip
    return pd.DataFrame(rows, columns=["path", "level", "mean", "least", "most", "cases"])


def flip_line(table: pd.DataFrame, x: str, y: str, measure: str, level: float) -> pd.DataFrame:
    """For each value of ``y``, the ``x`` at which a measure first passes a level; empty where it never does."""
    cells = grid_map(table, x, y, measure)
    places = [float(place) for place in cells.columns]
    rows = [
        (float(at), crossing(places, values, level))
        for at, values in zip(cells.index, cells.to_numpy(float), strict=True)
    ]
    return pd.DataFrame(rows, columns=[y, "passes_at"])


def crossing(places: Sequence[float], values: Sequence[float], level: float = 0.0) -> float | None:
    """Where a measure first passes a level along a rising factor, or comes to rest on it; else ``None``."""
    points = [(p, v - level) for p, v in zip(places, values, strict=True) if not np.isnan(v)]
    signs = [(place, off) for place, off in points if off != 0]
    for (left, before), (right, after) in pairwise(signs):
        if before * after < 0:
            exact = [place for place, off in points if off == 0 and left < place < right]
            return exact[0] if exact else left + (right - left) * before / (before - after)
    reached = [place for place, _ in points if signs and place > signs[-1][0]]
    return reached[0] if reached else None


def regret(study: Study, table: pd.DataFrame, measure: str, better: str) -> Finding:
    """Per policy: how much worse than the best policy at the same point, at most and on average, and how often best.

    Only points at which every policy has an answer count.
    """
    known = answered(table)
    keys = [axis.path for axis in study.axes]
    wide = known.assign(_point=_points(known, keys)).pivot_table(
        index="_point", columns="policy", values=measure
    )
    wide = wide.reindex(columns=list(study.policies))
    whole = wide.dropna()
    best = whole.max(axis=1) if better == "higher" else whole.min(axis=1)
    short = whole.sub(best, axis=0).abs()
    points = len({tuple(sorted(case.point.items())) for case in study.cases})
    rows = pd.DataFrame(
        {"policy": short.columns, "most_regret": short.max().to_numpy(), "mean_regret": short.mean().to_numpy(),
         "best_at": (short == 0).sum().to_numpy(), "mean_value": whole.mean().to_numpy()}
    )  # fmt: skip
    return Finding(rows, len(whole), points, _left_out("points", points, len(whole)))


def pareto(table: pd.DataFrame, goals: Mapping[str, str]) -> Finding:
    """The answered cases that no other beats in every goal (``min`` or ``max`` by measure)."""
    known = answered(table)
    scored = known.dropna(subset=list(goals))
    signs = [1.0 if goal == "min" else -1.0 for goal in goals.values()]
    points = scored[list(goals)].to_numpy(float) * signs
    front = scored[~dominated(points)]
    return Finding(front, len(scored), len(table))


def dominated(points: Vector) -> NDArray[np.bool_]:
    """Which rows another row beats: nowhere more, somewhere less. Shape (rows, goals); every goal is minimised."""
    found = np.zeros(len(points), dtype=bool)
    for k, point in enumerate(points):
        found[k] = bool(np.any(np.all(points <= point, axis=1) & np.any(points < point, axis=1)))
    return found


def compare(table: pd.DataFrame, rule: str) -> Finding:
    """The answered cases for which a rule (a pandas query) holds beside all others, number by number.

    Rows are in order of how far the means lie apart, in standard deviations of all cases. Raises ``InputError`` for a
    rule that cannot be read.
    """
    known = answered(table)
    holds = judged(known, rule)
    known, inside = known[holds.notna()], holds.dropna().astype(bool)
    rows = []
    for column in measures_of(known):
        one, other = known.loc[inside, column], known.loc[~inside, column]
        apart = abs(one.mean() - other.mean()) / known[column].std(ddof=0)
        rows.append({"measure": column, "inside": one.mean(), "least": one.min(), "most": one.max(),
                     "outside": other.mean(), "apart": apart})  # fmt: skip
    columns = ["measure", "inside", "least", "most", "outside", "apart"]
    found = pd.DataFrame(rows, columns=columns).sort_values("apart", ascending=False, kind="stable")
    return Finding(found.reset_index(drop=True), int(inside.sum()), len(known))


def judged(known: pd.DataFrame, rule: str) -> pd.Series:
    """Which rows a rule holds for; missing where a number it asks for is. Raises ``InputError`` for a bad rule."""
    expected = "a condition over columns of the study's table, such as decision_value > 0"
    try:
        found = known.eval(rule)
    except Exception as error:  # the query engine raises whatever the words of the rule make it
        raise InputError([Issue("study", "rule", f"'{rule}' ({error})", expected)]) from None
    if not (isinstance(found, pd.Series) and pd.api.types.is_bool_dtype(found.dtype)):
        raise InputError([Issue("study", "rule", f"'{rule}', which is no condition", expected)])
    asked = [column for column in known.columns if _names(rule, str(column))]
    unknown = known[asked].isna().any(axis=1) if asked else pd.Series(False, index=known.index)
    return found.astype("boolean").mask(unknown)


def _names(rule: str, column: str) -> bool:
    """Whether a rule speaks of a column."""
    return re.search(rf"(?<![\w.]){re.escape(column)}(?![\w.])", rule) is not None


def in_order(study: Study, table: pd.DataFrame, measure: str, policy: str = "") -> Vector:
    """A measure at each position of a sampled design, under one policy; ``nan`` where there is no answer."""
    policy = policy or study.policies[0]
    known = answered(table).set_index("id")[measure].astype(float)
    each = len(study.positions) // len(study.policies)
    start = study.policies.index(policy) * each
    return known.reindex(list(study.positions[start : start + each])).to_numpy(float)


def measures_of(table: pd.DataFrame) -> list[str]:
    """Columns that hold numbers that differ from case to case."""
    known = answered(table)
    return [c for c in known.select_dtypes("number") if known[c].nunique(dropna=True) > 1]


def _named(study: Study, found: pd.DataFrame) -> pd.DataFrame:
    axes = pd.DataFrame(
        [{"factor": a.name, "path": a.path, "kind": a.kind, "unit": a.unit} for a in study.axes]
    )
    joined = pd.concat([axes, found], axis=1)
    return joined.sort_values(joined.columns[4 if "mu_star" in found else 6], ascending=False).reset_index(
        drop=True
    )


def _points(known: pd.DataFrame, keys: list[str]) -> pd.Series:
    return known[keys].astype(str).agg("|".join, axis=1) if keys else pd.Series("", index=known.index)


def _only(rows: pd.DataFrame, measure: str) -> float:
    return float(rows[measure].iloc[0]) if len(rows) and pd.notna(rows[measure].iloc[0]) else np.nan


def _at(found: Mapping[Any, float], end: Any) -> float:
    for place, value in found.items():
        if place == end or str(place) == str(end):
            return value
    return np.nan


def _left_out(what: str, designed: int, used: int) -> str:
    return (
        ""
        if designed == used
        else f"{designed - used} of {designed} {what} left out: a case in them has no answer"
    )
