"""Charts of a study: swings, indices, effects, maps, fronts, parallel coordinates."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lunarchain.report.labels import NAMES
from lunarchain.report.study_words import UNSURE, axis_label, is_switch, number_text, place_text
from lunarchain.report.style import BLUE, DUST, FONT, GREEN, GREY, INK, ORANGE, SEQUENCE, SKY, VERMILION
from lunarchain.report.view import spoken
from lunarchain.study.analyse import grid_map
from lunarchain.study.axes import Axis
from lunarchain.study.collect import answered

MEASURES = {
    "objective": "Cost and value not served [G$]",
    "bound": "Proven bound [G$]",
    "decision_value": "What the Moon is worth [G$]",
    "moon_worth_bound": "What the Moon is worth at most [G$]",
    "gap": "Proven gap",
    "seconds": "Seconds to answer",
}
_MOST_BARS = 24
_NAMED = 0.04
_DIGITS_SHOWN = 3
_LABEL = 44  # letters of a label before it is broken
_APART_PX = 128  # between two parallel axes: less, and their numbers overprint
_DIVERGING = [[0.0, BLUE], [0.5, "#ffffff"], [1.0, VERMILION]]


def measure_name(measure: str) -> str:
    """A measure in words, with its unit."""
    return MEASURES.get(measure) or NAMES.get(measure) or spoken(measure)


def measure_words(measure: str) -> str:
    """A measure in words, without its unit: for headings."""
    return measure_name(measure).partition(" [")[0]


def tornado(rows: pd.DataFrame, measure: str) -> go.Figure:
    """One bar a factor (``label``) from its lowest to its highest outcome, around the base; the widest on top."""
    shown = rows[rows["swing"] > 0].head(_MOST_BARS)[::-1]
    names = [broken(label) for label in shown["label"]]
    height = sum(18 + 16 * (1 + name.count("<br>")) for name in names)
    figure = _empty(max(220, 90 + height), measure_name(measure), "")
    base = float(shown["base"].iloc[0]) if len(shown) else np.nan
    for end, colour, word in (("at_low", BLUE, "factor low"), ("at_high", ORANGE, "factor high")):
        places = [number_text(value) for value in shown[end.removeprefix("at_")]]
        figure.add_trace(
            go.Bar(
                y=names, x=shown[end] - base, base=base, orientation="h", name=word, marker={"color": colour},
                customdata=[[number_text(v), place] for v, place in zip(shown[end], places, strict=True)],
                hovertemplate="%{y}<br>at %{customdata[1]}: %{customdata[0]}<extra></extra>",
            )
        )  # fmt: skip
    between = shown[(shown["least"] < shown[["at_low", "at_high"]].min(axis=1) - 1e-9)
                    | (shown["most"] > shown[["at_low", "at_high"]].max(axis=1) + 1e-9)]  # fmt: skip
    for row in between.to_dict("records"):
        line = {"color": INK, "width": 1.5}
        figure.add_trace(go.Scatter(x=[row["least"], row["most"]], y=[broken(row["label"])] * 2, mode="lines",
                                    line=line, showlegend=False, hoverinfo="skip"))  # fmt: skip
    if not np.isnan(base):
        figure.add_vline(base, line={"color": INK, "width": 1})
    return figure.update_layout(
        barmode="overlay", bargap=0.35, yaxis={"automargin": True, "tickfont": {"size": 12}}
    )


def indices(rows: pd.DataFrame) -> go.Figure:
    """Main and total Sobol indices with their confidence, the largest on top."""
    shown = rows[::-1]
    names = [broken(label) for label in shown["label"]]
    figure = _empty(max(220, 60 + 44 * len(shown)), "share of the variance", "")
    for kind, colour, word in (("total", SKY, "with interactions"), ("main", BLUE, "alone")):
        error = {"type": "data", "array": shown[f"{kind}_conf"], "color": INK, "thickness": 1.2}
        figure.add_trace(go.Bar(y=names, x=shown[kind], orientation="h", name=word, marker={"color": colour},
                                error_x=error, hovertemplate="%{y}: %{x:.3f}<extra></extra>"))  # fmt: skip
    return figure.update_layout(barmode="group", bargap=0.3, yaxis={"automargin": True})


def effects(rows: pd.DataFrame, measure: str) -> go.Figure:
    """Morris: mean absolute effect against its spread; high and wide means interaction or curvature."""
    figure = _empty(
        460, f"mu*: mean effect of the whole range on {measure_name(measure)}", "sigma: its spread"
    )
    colours = [ORANGE if kind in UNSURE else BLUE for kind in rows["kind"]]
    # those that hardly matter crowd the corner: they are in the table
    plain = rows["mu_star"] > _NAMED * rows["mu_star"].max()
    numbers = [str(rank) for rank in range(1, len(rows) + 1)]
    names = [f"{number}  {label}" for number, label in zip(numbers, rows["label"], strict=True)]
    figure.add_trace(
        go.Scatter(
            x=rows["mu_star"], y=rows["sigma"], mode="markers+text", text=np.where(plain, numbers, ""),
            textposition="top center", textfont={"size": 13}, marker={"size": 10, "color": colours},
            error_x={"type": "data", "array": rows["mu_star_conf"], "color": GREY, "thickness": 1},
            showlegend=False, cliponaxis=False, customdata=names,
            hovertemplate="%{customdata}: mu* %{x:,.3~g}, sigma %{y:,.3~g}<extra></extra>",
        )
    )  # fmt: skip
    for name, colour, named in zip(names, colours, plain, strict=True):
        if named:
            figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", name=name,
                                        marker={"size": 10, "color": colour}))  # fmt: skip
    most = float(rows[["mu_star", "sigma"]].max().max() or 1.0)
    figure.add_trace(go.Scatter(x=[0, most], y=[0, most], mode="lines", line={"color": GREY, "dash": "dot"},
                                showlegend=False, hoverinfo="skip"))  # fmt: skip
    return figure.update_xaxes(range=[0, 1.5 * float(rows["mu_star"].max() or 1.0)])


def crossover(table: pd.DataFrame, x: Axis, y: Axis, measure: str, level: float, most: float) -> go.Figure:
    """A measure over two factors; the black line is where it passes ``level``: there the decision flips.

    Colours reach ``most`` to either side of the level: one scale for all maps of a study.
    """
    cells = grid_map(table, x.path, y.path, measure)
    figure = _empty(110 + 68 * len(cells), axis_label(x), axis_label(y))
    values = cells.to_numpy(float)
    figure.add_trace(
        go.Heatmap(
            x=[place_text(x, v) for v in cells.columns], y=[place_text(y, v) for v in cells.index], z=values,
            zmid=level, zmin=level - most, zmax=level + most, colorscale=_DIVERGING,
            colorbar={"thickness": 12, "tickformat": ",~g"}, text=even(values), texttemplate="%{text}",
            hovertemplate=f"{axis_label(x)} %{{x}}<br>{axis_label(y)} %{{y}}<br>%{{text}}<extra></extra>",
        )
    )  # fmt: skip
    _flip_line(figure, values, level)
    return figure.update_xaxes(type="category").update_yaxes(type="category")


def _flip_line(figure: go.Figure, values: np.ndarray, level: float) -> None:
    """Edges between cells on either side of the level."""
    above = np.where(np.isnan(values), np.nan, values > level)
    style = {"color": INK, "width": 3}
    for r in range(values.shape[0]):
        for c in range(values.shape[1]):
            right, up = c + 1 < values.shape[1], r + 1 < values.shape[0]
            if right and abs(above[r, c] - above[r, c + 1]) == 1:
                figure.add_shape(type="line", x0=c + 0.5, x1=c + 0.5, y0=r - 0.5, y1=r + 0.5, line=style)
            if up and abs(above[r, c] - above[r + 1, c]) == 1:
                figure.add_shape(type="line", x0=c - 0.5, x1=c + 0.5, y0=r + 0.5, y1=r + 0.5, line=style)


def front(table: pd.DataFrame, best: pd.DataFrame, x: str, y: str, words: Mapping[str, str]) -> go.Figure:
    """Every answered case in two measures; those no other beats are filled. ``words`` says what each case (id) is."""
    known, figure = answered(table), _empty(420, measure_name(x), measure_name(y))
    beaten, best_of_all = (
        {"size": 8, "color": "#9aa4ad", "symbol": "circle-open"},
        {"size": 12, "color": GREEN},
    )
    for rows, name, mark in ((known, "beaten", beaten), (best, "not beaten", best_of_all)):
        figure.add_trace(go.Scatter(x=rows[x], y=rows[y], mode="markers", name=name,
                                    text=[broken(words[case]) for case in rows["id"]], marker=mark,
                                    hovertemplate="%{text}<br>%{x:,.4~g}, %{y:,.4~g}<extra></extra>"))  # fmt: skip
    return figure


def curve(table: pd.DataFrame, axis: Axis, measure: str, policies: Sequence[str]) -> go.Figure:
    """A measure along one factor, a line a policy; the dotted line is where the base stands."""
    figure, known = _empty(380, axis_label(axis), measure_name(measure)), answered(table)
    for policy, colour in zip(policies, SEQUENCE * 9, strict=False):
        rows = known[known["policy"].fillna("") == policy].sort_values(axis.path)
        figure.add_trace(go.Scatter(x=rows[axis.path], y=settled(rows[measure]), name=policy or "base",
                                    showlegend=len(policies) > 1, mode="lines+markers",
                                    line={"color": colour, "width": 2.2}))  # fmt: skip
    if isinstance(axis.nominal, int | float):
        figure.add_vline(float(axis.nominal), line={"color": GREY, "dash": "dot"})
    return figure


def levels(rows: pd.DataFrame, measure: str) -> go.Figure:
    """Mean of a measure at each level (``label``), and from the least to the most case there."""
    shown = rows[::-1]
    names = [broken(label) for label in shown["label"]]
    figure = _empty(90 + 30 * len(shown), measure_name(measure), "")
    if (shown["cases"] > 1).any():
        figure.add_trace(go.Bar(y=names, x=shown["most"] - shown["least"], base=shown["least"], orientation="h",
                                name="least to most", marker={"color": SKY}, hoverinfo="skip"))  # fmt: skip
    figure.add_trace(go.Scatter(y=names, x=shown["mean"], mode="markers", name="mean", text=names,
                                marker={"color": BLUE, "size": 11, "symbol": "diamond"},
                                hovertemplate="%{text}: %{x:,.4~g}<extra></extra>"))  # fmt: skip
    return figure.update_layout(bargap=0.5, yaxis={"automargin": True, "tickfont": {"size": 12}})


def parallel(table: pd.DataFrame, axes: Sequence[Axis], measures: Sequence[str]) -> go.Figure:
    """Every answered case as a line over factors and measures; drag along an axis to keep some."""
    known = answered(table)
    dimensions = [_along(known, axis) for axis in axes if known[axis.path].nunique() > 1]
    if known["policy"].nunique() > 1:
        dimensions.append(_dimension(known, "policy", "Policy"))
    dimensions += [_dimension(known, m, measure_name(m)) for m in measures if known[m].notna().any()]
    figure = go.Figure(
        go.Parcoords(
            line={"color": settled(known[measures[0]].fillna(0.0)), "showscale": True,
                  "colorscale": [[0, SKY], [0.5, GREY], [1, VERMILION]], "colorbar": {"tickformat": ",~g"}},
            dimensions=dimensions, labelangle=-16, labelside="top", tickfont={"size": 11}, labelfont={"size": 12},
        )
    )  # fmt: skip
    return figure.update_layout(
        template="none",
        height=480,
        margin={"l": 120, "r": 60, "t": 130, "b": 30},
        font={"family": FONT, "size": 12},
    )


def parallel_width(figure: go.Figure) -> int:
    """Pixels a chart of parallel axes needs for its numbers to stay apart."""
    return 180 + _APART_PX * len(figure.data[0].dimensions)


def _along(known: pd.DataFrame, axis: Axis) -> dict[str, object]:
    found = _dimension(known, axis.path, axis_label(axis))
    return found | ({"tickvals": [0, 1], "ticktext": ["no", "yes"]} if is_switch(axis) else {})


def _dimension(known: pd.DataFrame, column: str, name: str) -> dict[str, object]:
    values = known[column]
    label = name if len(name) < 34 else name[:32] + "…"
    if pd.api.types.is_numeric_dtype(values):
        return {"label": label, "values": settled(values.fillna(values.min())), "tickformat": ",.4~r"}
    words = sorted(values.astype(str).unique())
    return {"label": label, "values": values.astype(str).map(words.index), "tickvals": list(range(len(words))),
            "ticktext": [word[:18] for word in words]}  # fmt: skip


def settled(values: pd.Series) -> np.ndarray:
    """Numbers of a chart without the solver's last digits around nothing."""
    numbers = values.to_numpy(float)
    return np.where(np.abs(numbers) < DUST * np.nanmax(np.abs(numbers), initial=0.0), 0.0, numbers)


def even(values: np.ndarray) -> list[list[str]]:
    """Numbers of a map as text, all to the same place: three digits of the largest; nothing in a hole."""
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    places = max(0, _DIGITS_SHOWN - 1 - int(np.floor(np.log10(largest)))) if largest else 0
    return [[_at_place(value, places) for value in row] for row in values]


def _at_place(value: float, places: int) -> str:
    if np.isnan(value):
        return ""
    return "0" if round(value, places) == 0 else f"{value:,.{places}f}"


def broken(label: str) -> str:
    """A label in lines that leave room for the chart."""
    return "<br>".join(textwrap.wrap(escape(label, quote=False), _LABEL))


def _empty(height: int, x: str, y: str) -> go.Figure:
    figure = go.Figure().update_layout(
        template="none", height=height, font={"family": FONT, "size": 13, "color": INK}, paper_bgcolor="#ffffff",
        plot_bgcolor="#ffffff", margin={"l": 70, "r": 20, "t": 30, "b": 48},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
    )  # fmt: skip
    axis = {"gridcolor": "#e6e9ec", "zerolinecolor": "#aab2b9", "tickformat": ",~g"}
    figure.update_xaxes(title={"text": x, "font": {"size": 12}}, **axis)
    return figure.update_yaxes(title={"text": y, "font": {"size": 12}}, **axis)
