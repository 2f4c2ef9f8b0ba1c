"""How every chart looks: one font, quiet axes with units, colours that stay apart in print and for all eyes.

Colours are those of Okabe and Ito (Color Universal Design, 2008), given by meaning: blue comes from the
Earth, orange and vermilion from the Moon, grey stands on the ground.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lunarchain.plan.periods import Periods, Series

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
BLUE, ORANGE, VERMILION, GREY, GREEN, PINK, SKY, YELLOW, INK = (
    "#0072B2", "#E69F00", "#D55E00", "#9AA0A6", "#009E73", "#CC79A7", "#56B4E9", "#F0E442", "#26323d",
)  # fmt: skip
SEQUENCE = (BLUE, ORANGE, GREEN, PINK, SKY, VERMILION, YELLOW, "#5b4a8a", "#8a6d3b", GREY)
# An orbit has one colour wherever it is drawn, the Moon's own ones those mostly reached from there; orbits added to the
# data take what the sequence gives.
ORBIT_COLOURS = dict(
    zip(("sso", "eml2", "heo", "geo", "leo", "helio", "eml1", "sso_high", "nrho"), SEQUENCE[:-1], strict=True)
)
SOURCE_COLOURS = {"ground": GREY, "earth": BLUE, "hybrid": ORANGE, "moon": VERMILION}
SOURCE_NAMES = {
    "ground": "On the ground",
    "earth": "Earth-built satellites",
    "hybrid": "Lunar hulls joined in orbit",
    "moon": "Moon-built satellites",
}
# A series that never reaches this share of the chart's peak cannot be seen and is left out.
VISIBLE = 2e-3
# What is left of a series below this share of its own largest is the solver's rounding, and is nothing.
DUST = 1e-9
_MOST_TICKS = 10
_BAR_FILL = 0.92
_PANEL = 0.74  # height of one of several panels beside that of a single one
_GRID = "#e6e9ec"


def panels(units: list[str], titles: list[str] | None = None, height: int = 330) -> go.Figure:
    """An empty chart of stacked panels over one axis of years; ``units`` label the value axes."""
    rows = len(units)
    figure = make_subplots(
        rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.28 / rows, subplot_titles=titles
    )
    figure.update_layout(
        template="none",
        height=height if rows == 1 else int(height * _PANEL * rows),
        barmode="relative",
        font={"family": FONT, "size": 13, "color": INK},
        paper_bgcolor="#ffffff",
        plot_bgcolor="#ffffff",
        margin={"l": 64, "r": 24, "t": 26 if titles else 10, "b": 36},
        legend={
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1 + 0.2 / rows if titles else 1.02,
            "x": 0,
            "traceorder": "normal",
        },
        hovermode="x unified",
        hoverlabel={"font": {"family": FONT, "size": 12}},
    )
    figure.update_xaxes(
        showgrid=False, zeroline=False, linecolor="#aab2b9", ticks="outside", tickformat="d", hoverformat="d"
    )
    figure.update_yaxes(gridcolor=_GRID, zerolinecolor="#aab2b9", tickformat=",~g")
    for row, unit in enumerate(units, start=1):
        title = {"text": unit, "standoff": 6, "font": {"size": 12, "color": "#57646f"}}
        figure.update_yaxes(title=title, row=row, col=1)
    for note in figure.layout.annotations:
        note.update(x=0, xanchor="left", font={"size": 13, "color": "#57646f"})
    return figure


def visible(series: Mapping[str, Series]) -> dict[str, Series]:
    """The series that can be seen beside the largest."""
    largest = max((float(np.abs(values).max()) for values in series.values()), default=0.0)
    return {name: values for name, values in series.items() if np.abs(values).max() > VISIBLE * largest}


def largest_first(series: Mapping[str, Series], most: int, rest: str = "Other") -> dict[str, Series]:
    """The ``most`` largest series by sum, the others added up under ``rest``."""
    ranked = sorted(visible(series).items(), key=lambda item: -float(np.abs(item[1]).sum()))
    kept, others = dict(ranked[:most]), [values for _, values in ranked[most:]]
    return kept | ({rest: np.sum(others, axis=0)} if others else {})


def bars(
    figure: go.Figure,
    span: Periods,
    series: Mapping[str, Series],
    colours: Mapping[str, str] | None = None,
    row: int = 1,
) -> None:
    """Stacked bars as wide as their periods; each rate is the mean of its period."""
    _ticked(figure, span)
    for index, (name, values) in enumerate(visible(series).items()):
        colour = (colours or {}).get(name, SEQUENCE[index % len(SEQUENCE)])
        figure.add_trace(
            go.Bar(
                x=list(span.edges[: span.count]),
                y=rounded(values),
                width=list(span.lengths * _BAR_FILL),
                offset=0,
                name=name,
                marker={"color": colour, "line": {"width": 0}},
                hovertemplate="%{y:,.3~g}",
            ),
            row=row,
            col=1,
        )


def line(
    figure: go.Figure,
    span: Periods,
    name: str,
    values: Series,
    colour: str,
    row: int = 1,
    dash: str = "solid",
) -> None:
    """A line in steps: the value holds through its period."""
    _ticked(figure, span)
    shown = rounded(values)
    x, y = list(span.edges[: span.count + 1]), [*shown, *shown[-1:]]
    style = {"color": colour, "width": 2.2, "shape": "hv", "dash": dash}
    trace = go.Scatter(x=x, y=y, name=name, mode="lines", line=style, hovertemplate="%{y:,.3~g}")
    figure.add_trace(trace, row=row, col=1)


def _ticked(figure: go.Figure, span: Periods) -> None:
    figure.update_xaxes(tickvals=ticks(span))


def ticks(span: Periods) -> list[float]:
    """Years to mark on an axis: beginnings of periods and the end, at most about ten, never too close."""
    edges = span.edges[: span.count + 1]
    least = (edges[-1] - edges[0]) / _MOST_TICKS
    kept = [edges[0]]
    for edge in edges[1:]:
        if edge - kept[-1] >= least:
            kept.append(edge)
    return kept


def rounded(values: Series) -> list[float]:
    """Five significant digits: what a chart can show, and a page stays small. Rounding of the solver is nothing."""
    values = np.asarray(values, dtype=float)
    largest = np.nanmax(np.abs(values), initial=0.0)
    return [0.0 if abs(value) < DUST * largest else float(f"{value:.5g}") for value in values]
