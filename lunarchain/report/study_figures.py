"""Charts of a study: swings, indices, effects, maps, fronts, parallel coordinates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lunarchain.report.labels import NAMES
from lunarchain.report.style import BLUE, FONT, GREEN, GREY, INK, ORANGE, SEQUENCE, SKY, VERMILION
from lunarchain.report.view import spoken
from lunarchain.study.analyse import grid_map
from lunarchain.study.axes import Axis
from lunarchain.study.collect import answered

UNSURE = ("estimate", "unchecked")
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
_DIVERGING = [[0.0, BLUE], [0.5, "#ffffff"], [1.0, VERMILION]]


def measure_name(measure: str) -> str:
    """A measure in words, with its unit."""
    return MEASURES.get(measure) or NAMES.get(measure) or spoken(measure)


def tornado(rows: pd.DataFrame, measure: str) -> go.Figure:
    """One bar a factor from its lowest to its highest outcome, around the base; the widest on top."""
    shown = rows.head(_MOST_BARS)[::-1]
    names = [_factor_label(row) for row in shown.to_dict("records")]
    figure = _empty(max(220, 40 + 26 * len(shown)), measure_name(measure), "")
    base = float(shown["base"].iloc[0]) if len(shown) else np.nan
    for end, colour, word in (("at_low", BLUE, "factor low"), ("at_high", ORANGE, "factor high")):
        figure.add_trace(
            go.Bar(
                y=names, x=shown[end] - base, base=base, orientation="h", name=word, marker={"color": colour},
                customdata=np.stack([shown[end], shown[end.removeprefix("at_")]], axis=-1),
                hovertemplate="%{y}<br>at %{customdata[1]}: %{customdata[0]:,.4~g}<extra></extra>",
            )
        )  # fmt: skip
    between = shown[(shown["least"] < shown[["at_low", "at_high"]].min(axis=1) - 1e-9)
                    | (shown["most"] > shown[["at_low", "at_high"]].max(axis=1) + 1e-9)]  # fmt: skip
    for row in between.to_dict("records"):
        line = {"color": INK, "width": 1.5}
        figure.add_trace(go.Scatter(x=[row["least"], row["most"]], y=[_factor_label(row)] * 2, mode="lines",
                                    line=line, showlegend=False, hoverinfo="skip"))  # fmt: skip
    if not np.isnan(base):
        figure.add_vline(base, line={"color": INK, "width": 1})
    return figure.update_layout(
        barmode="overlay", bargap=0.35, yaxis={"automargin": True, "tickfont": {"size": 12}}
    )


def indices(rows: pd.DataFrame) -> go.Figure:
    """Main and total Sobol indices with their confidence, the largest on top."""
    shown = rows[::-1]
    names = [_factor_label(row) for row in shown.to_dict("records")]
    figure = _empty(max(220, 60 + 44 * len(shown)), "share of the variance", "")
    for kind, colour, word in (("total", SKY, "with interactions"), ("main", BLUE, "alone")):
        error = {"type": "data", "array": shown[f"{kind}_conf"], "color": INK, "thickness": 1.2}
        figure.add_trace(go.Bar(y=names, x=shown[kind], orientation="h", name=word, marker={"color": colour},
                                error_x=error, hovertemplate="%{y}: %{x:.3f}<extra></extra>"))  # fmt: skip
    return figure.update_layout(barmode="group", bargap=0.3, yaxis={"automargin": True})


def effects(rows: pd.DataFrame, measure: str) -> go.Figure:
    """Morris: mean absolute effect against its spread; high and wide means interaction or curvature."""
    figure = _empty(420, f"mu*: mean effect of the whole range on {measure_name(measure)}", "sigma")
    colours = [ORANGE if kind in UNSURE else BLUE for kind in rows["kind"]]
    plain = (
        rows["mu_star"] > _NAMED * rows["mu_star"].max()
    )  # the others crowd the corner; they are in the table
    words = rows["factor"].str.slice(0, 38)
    figure.add_trace(
        go.Scatter(
            x=rows["mu_star"], y=rows["sigma"], mode="markers+text", text=words.where(plain, ""),
            textposition="middle right", textfont={"size": 11}, marker={"size": 10, "color": colours},
            error_x={"type": "data", "array": rows["mu_star_conf"], "color": GREY, "thickness": 1},
            showlegend=False, cliponaxis=False,
            customdata=words,
            hovertemplate="%{customdata}: mu* %{x:,.3~g}, sigma %{y:,.3~g}<extra></extra>",
        )
    )  # fmt: skip
    most = float(rows[["mu_star", "sigma"]].max().max() or 1.0)
    figure.add_trace(go.Scatter(x=[0, most], y=[0, most], mode="lines", line={"color": GREY, "dash": "dot"},
                                showlegend=False, hoverinfo="skip"))  # fmt: skip
    return figure.update_xaxes(range=[0, 1.5 * float(rows["mu_star"].max() or 1.0)])


def crossover(table: pd.DataFrame, x: Axis, y: Axis, measure: str, level: float) -> go.Figure:
    """A measure over two factors; the black line is where it passes ``level``: there the decision flips."""
    cells = grid_map(table, x.path, y.path, measure)
    figure = _empty(380, _axis_label(x), _axis_label(y))
    places = [float(v) for v in cells.columns], [float(v) for v in cells.index]
    values = cells.to_numpy(float)
    most = float(np.nanmax(np.abs(values - level))) if np.isfinite(values).any() else 1.0
    figure.add_trace(
        go.Heatmap(
            x=[f"{v:.3g}" for v in places[0]], y=[f"{v:.3g}" for v in places[1]], z=values, zmid=level,
            zmin=level - most, zmax=level + most, colorscale=_DIVERGING, colorbar={"thickness": 12},
            text=[[_short(v) for v in row] for row in values], texttemplate="%{text}",
            hovertemplate=f"{_axis_label(x)} %{{x}}<br>{_axis_label(y)} %{{y}}<br>%{{z:,.4~g}}<extra></extra>",
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


def front(table: pd.DataFrame, best: pd.DataFrame, x: str, y: str) -> go.Figure:
    """Every answered case in two measures; those no other beats in any goal are filled."""
    known, figure = answered(table), _empty(400, measure_name(x), measure_name(y))
    for rows, name, colour, size in ((known, "beaten", "#c9ced3", 8), (best, "not beaten", GREEN, 11)):
        figure.add_trace(go.Scatter(x=rows[x], y=rows[y], mode="markers", name=name, text=_where(rows),
                                    marker={"size": size, "color": colour},
                                    hovertemplate="%{text}<br>%{x:,.4~g}, %{y:,.4~g}<extra></extra>"))  # fmt: skip
    return figure


def curve(table: pd.DataFrame, axis: Axis, measures: Sequence[str]) -> go.Figure:
    """Measures along one factor, a line a policy and measure."""
    figure = _empty(360, _axis_label(axis), " / ".join(dict.fromkeys(measure_name(m) for m in measures)))
    colours = iter(SEQUENCE * 9)
    for policy, rows in answered(table).groupby("policy", dropna=False):
        rows = rows.sort_values(axis.path)
        for measure in measures:
            name = ", ".join(part for part in (str(policy), measure_name(measure)) if part)
            figure.add_trace(go.Scatter(x=rows[axis.path], y=rows[measure], name=name, mode="lines+markers",
                                        line={"color": next(colours), "width": 2.2}))  # fmt: skip
    return figure


def parallel(table: pd.DataFrame, axes: Sequence[Axis], measures: Sequence[str]) -> go.Figure:
    """Every answered case as a line over factors and measures; drag along an axis to keep some."""
    known = answered(table)
    dimensions = [_dimension(known, axis.path, axis.name) for axis in axes if known[axis.path].nunique() > 1]
    if known["policy"].nunique() > 1:
        dimensions.append(_dimension(known, "policy", "Policy"))
    dimensions += [_dimension(known, m, measure_name(m)) for m in measures if known[m].notna().any()]
    colour = known[measures[0]].astype(float).fillna(0.0)
    figure = go.Figure(
        go.Parcoords(
            line={"color": colour, "colorscale": [[0, SKY], [0.5, GREY], [1, VERMILION]], "showscale": True},
            dimensions=dimensions, labelangle=-18, labelside="top", tickfont={"size": 10}, labelfont={"size": 11},
        )
    )  # fmt: skip
    return figure.update_layout(
        template="none",
        height=460,
        margin={"l": 70, "r": 40, "t": 120, "b": 24},
        font={"family": FONT, "size": 12},
    )


def _dimension(known: pd.DataFrame, column: str, name: str) -> dict[str, object]:
    values = known[column]
    label = name if len(name) < 26 else name[:24] + "…"
    if pd.api.types.is_numeric_dtype(values):
        return {"label": label, "values": values.astype(float).fillna(values.min())}
    words = sorted(values.astype(str).unique())
    return {"label": label, "values": values.astype(str).map(words.index), "tickvals": list(range(len(words))),
            "ticktext": [word[:18] for word in words]}  # fmt: skip


def _where(rows: pd.DataFrame) -> list[str]:
    return [f"{policy} {moved}".strip() for policy, moved in zip(rows["policy"], rows["id"], strict=True)]


def _factor_label(row: dict[str, object]) -> str:
    star = " *" if row["kind"] in UNSURE else ""
    words = str(row["factor"])
    words = words if len(words) < 58 else words[:56] + "…"
    ends = f" ({row['low']} to {row['high']})" if "low" in row else ""
    return f"{words}{ends}{star}"


def _axis_label(axis: Axis) -> str:
    unit = axis.unit.replace("**", "^").replace("dimensionless", "")
    return f"{axis.name} [{unit}]" if unit else axis.name


def _short(value: float) -> str:
    return "" if np.isnan(value) else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _empty(height: int, x: str, y: str) -> go.Figure:
    figure = go.Figure().update_layout(
        template="none", height=height, font={"family": FONT, "size": 13, "color": INK}, paper_bgcolor="#ffffff",
        plot_bgcolor="#ffffff", margin={"l": 70, "r": 20, "t": 30, "b": 48},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
    )  # fmt: skip
    axis = {"gridcolor": "#e6e9ec", "zerolinecolor": "#aab2b9", "tickformat": ",~g"}
    figure.update_xaxes(title={"text": x, "font": {"size": 12}}, **axis)
    return figure.update_yaxes(title={"text": y, "font": {"size": 12}}, **axis)
