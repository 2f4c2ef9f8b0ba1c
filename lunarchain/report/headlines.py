"""The three pictures the findings lead with, drawn from stored studies: chips on the Moon, what wins, what it needs."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lunarchain.report.labels import NAMES
from lunarchain.report.style import BLUE, FONT, GREEN, GREY, INK, ORANGE, PINK
from lunarchain.study import analyse
from lunarchain.study.collect import answered
from lunarchain.study.study import Study

ASSEMBLY, TORNADO = "assembly_place", "tornado_terawatt"
IMPORTS = "scale.satellites.claim.moon.import.*"
# What a factor of the tornado is about, by the start of its path.
SUBJECTS: Mapping[str, tuple[str, str]] = {
    "data.vehicles.starship.floor_price": ("price", ORANGE),
    "data.vehicles.starship.learning_rate": ("price", ORANGE),
    "data.prices.": ("price", ORANGE),
    "data.compute.satellite_price": ("price", ORANGE),
    "data.compute.chip_price": ("price", ORANGE),
    "data.vehicles.": ("lift", BLUE),
    "data.routes.": ("lift", BLUE),
    "scale.": ("mass of what is made and sent", GREEN),
    "data.operations.": ("growth of the lunar industry", PINK),
    "data.closure.": ("growth of the lunar industry", PINK),
    "data.labour.": ("growth of the lunar industry", PINK),
}
OTHER = ("demand and the ground", GREY)
NEEDS = (
    "peak_flights_per_yr", "earth_lift_kt_per_gw", "import_share_moon_made", "peak_black_carbon_kt_per_yr",
)  # fmt: skip
_MOST = 16


def chips_on_the_moon(table: pd.DataFrame, imported_kg_per_kw: float) -> go.Figure:
    """What the Moon is worth when chips may be joined in orbit and when they must be landed, by mass imported.

    ``imported_kg_per_kw`` is what a factor of one stands for. A filled marker is a case in which most Moon-made power
    is finished on the Moon.
    """
    figure = _empty(400).update_xaxes(
        type="log",
        title="imported mass of a Moon-made satellite [kg/kW]",
        tickvals=[0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    )
    known = answered(table).sort_values(IMPORTS)
    for colour, (policy, rows) in zip(
        (BLUE, ORANGE, PINK), known.groupby("policy", sort=False), strict=False
    ):
        landed = rows["gw_moon_built"] > rows["gw_hybrid"]
        marks = {"size": 11, "symbol": ["circle" if there else "circle-open" for there in landed]}
        figure.add_trace(go.Scatter(x=rows[IMPORTS] * imported_kg_per_kw, y=rows["decision_value"], name=str(policy),
                                    mode="lines+markers", marker=marks,
                                    line={"color": colour, "width": 2.5}))  # fmt: skip
    figure.add_vline(imported_kg_per_kw, line={"color": GREY, "dash": "dot"})
    return figure.update_yaxes(title="what the Moon is worth [G$]", rangemode="tozero")


def what_makes_the_moon_win(study: Study, table: pd.DataFrame) -> go.Figure:
    """Range of the Moon's worth as each assumption moves alone, coloured by what the assumption is about."""
    found = analyse.tornado(study, table, "decision_value").table.dropna(subset=["swing"]).head(_MOST)[::-1]
    figure = _empty(90 + 28 * len(found)).update_xaxes(title="what the Moon is worth [G$]")
    subjects = [_subject(path) for path in found["path"]]
    for name, colour in dict.fromkeys(subjects):
        mine = [subject == (name, colour) for subject in subjects]
        rows = found[mine]
        figure.add_trace(go.Bar(y=rows["factor"], x=rows["swing"], base=rows["least"], orientation="h", name=name,
                                marker={"color": colour},
                                hovertemplate="%{y}: %{base:,.0f} to %{x:,.0f}<extra></extra>"))  # fmt: skip
    figure.add_vline(float(found["base"].iloc[0]), line={"color": INK, "width": 1})
    return figure.update_layout(barmode="overlay", bargap=0.35).update_yaxes(
        categoryorder="array", categoryarray=list(found["factor"]), automargin=True
    )


def what_it_needs(study: Study, table: pd.DataFrame) -> go.Figure:
    """What is still needed from Earth: the base, and the range over every single change of the tornado."""
    figure = make_subplots(rows=len(NEEDS), cols=1, vertical_spacing=0.19)
    known = answered(table)
    base = known[known["moved"] == ""].iloc[0]
    names = {axis.path: axis.name for axis in study.axes}
    for row, need in enumerate(NEEDS, start=1):
        moved = known.dropna(subset=[need]).sort_values(need)
        ends = [moved.iloc[0], moved.iloc[-1]]
        values = [float(end[need]) for end in ends]
        low, high = (names.get(str(end["moved"]), "base") for end in ends)
        figure.add_trace(go.Scatter(x=values, y=[0, 0], mode="lines+markers", marker={"size": 12},
                                    line={"color": BLUE, "width": 7}, showlegend=False), row=row, col=1)  # fmt: skip
        figure.add_trace(go.Scatter(x=[float(base[need])], y=[0], mode="markers+text", text=[_number(base[need])],
                                    marker={"size": 14, "color": ORANGE, "symbol": "diamond"},
                                    textposition="top center", showlegend=False), row=row, col=1)  # fmt: skip
        words = f"{NAMES[need]}<br><span style='font-size:11px'>least: {low}; most: {high}</span>"
        figure.update_xaxes(title={"text": words, "standoff": 2}, rangemode="tozero", row=row, col=1)
        figure.update_yaxes(visible=False, range=[-1.4, 1.4], row=row, col=1)
    return figure.update_layout(
        template="none", height=620, font={"family": FONT, "size": 13, "color": INK}, plot_bgcolor="#ffffff",
        margin={"l": 30, "r": 30, "t": 16, "b": 64},
    )  # fmt: skip


def _subject(path: str) -> tuple[str, str]:
    return next((subject for start, subject in SUBJECTS.items() if path.startswith(start)), OTHER)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _empty(height: int) -> go.Figure:
    figure = go.Figure().update_layout(
        template="none", height=height, font={"family": FONT, "size": 13, "color": INK}, plot_bgcolor="#ffffff",
        margin={"l": 70, "r": 20, "t": 40, "b": 50}, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    axis = {"gridcolor": "#e6e9ec", "zerolinecolor": "#aab2b9", "tickformat": ",~g"}
    return figure.update_xaxes(**axis).update_yaxes(**axis)
