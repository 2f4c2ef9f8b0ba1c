"""Pictures of departures: the windows of one track over time, and the map of what each longitude reaches."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lunarchain.report.style import BLUE, GREEN, INK, ORANGE, VERMILION, panels
from lunarchain.report.view import orbit_name

_CLOSED = "rgba(154, 160, 166, 0.22)"
_DIRECTIONS = {90.0: "Fired east", 270.0: "Fired west", 0.0: "Fired north", 180.0: "Fired south"}
_PLACES = {
    -90: "leading side<br>90 W", 0: "faces the Earth<br>0", 90: "trailing side<br>90 E",
    -180: "far side<br>180", 180: "far side<br>180",
}  # fmt: skip


def windows_figure(rows: pd.DataFrame) -> go.Figure:
    """Exit speed, flight time, burns and trim over the launch date; grey where the way is closed."""
    lines = (
        ("exit_speed_km_s", "km/s", "Exit speed", BLUE), ("delta_v_km_s", "km/s", "Burned after launch", VERMILION),
        ("flight_time_d", "days", "Flight time", GREEN), ("trim_m_s", "m/s", "Trim at 99 %", ORANGE),
    )  # fmt: skip
    figure = panels([unit for _, unit, _, _ in lines], [title for _, _, title, _ in lines], 300)
    dates = pd.to_datetime(rows["epoch"])
    for row, (name, unit, title, colour) in enumerate(lines, start=1):
        figure.add_trace(
            go.Scatter(
                x=dates, y=_digits(rows[name]), name=title, mode="lines+markers", showlegend=False,
                line={"color": colour, "width": 2}, marker={"size": 5, "color": colour}, connectgaps=False,
                hovertemplate="%{y:,.4~g} " + unit,
            ),
            row=row, col=1,
        )  # fmt: skip
    figure.update_xaxes(tickformat="%d %b<br>%Y", hoverformat="%d %b %Y %H:%M", type="date")
    for first, last, reason in _closed_spells(dates, rows):
        figure.add_vrect(x0=first, x1=last, fillcolor=_CLOSED, line_width=0, layer="below", row="all", col=1)
        figure.add_annotation(
            x=first + (last - first) / 2, y=1.0, yref="y domain", text=reason, showarrow=False, textangle=-90,
            font={"size": 10, "color": "#57646f"}, yanchor="top", row=1, col=1,
        )  # fmt: skip
    figure.update_yaxes(rangemode="normal", tickformat=",~g")
    return figure


def _closed_spells(dates: pd.Series, rows: pd.DataFrame) -> list[tuple[pd.Timestamp, pd.Timestamp, str]]:
    """Spells of epochs at which the way is closed, each half a step wider, with a short reason for the long ones."""
    shut = ~rows["feasible"].to_numpy(dtype=bool)
    step = (dates.iloc[1] - dates.iloc[0]) if len(dates) > 1 else pd.Timedelta(days=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], shut.astype(int), [0]])))
    spells = []
    for first, last in edges.reshape(-1, 2):
        words = str(rows["reason"].iloc[first]).split(":")[0] if last - first > len(rows) / 12 else ""
        spells.append((dates.iloc[first] - step / 2, dates.iloc[last - 1] + step / 2, _short(words)))
    return spells


def _short(words: str, most: int = 34) -> str:
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0] + " ..."


def map_figure(reach: pd.DataFrame, tracks: dict[str, tuple[float, float]] | None = None) -> go.Figure:
    """Exit speed by longitude and destination, a panel for each direction; blank where nothing goes there.

    ``tracks``: longitude and azimuth of launchers to mark, by name.
    """
    azimuths = list(dict.fromkeys(reach["azimuth_deg"]))
    goals = _by_speed(reach)
    names = [orbit_name(goal) for goal in goals]
    speeds = reach.loc[reach["feasible"], "exit_speed_m_s"] / 1e3
    figure = make_subplots(
        rows=len(azimuths), cols=1, shared_xaxes=True, vertical_spacing=0.11,
        subplot_titles=[_DIRECTIONS.get(a, f"Fired to azimuth {a:g}") for a in azimuths],
    )  # fmt: skip
    for row, azimuth in enumerate(azimuths, start=1):
        part = reach[reach["azimuth_deg"] == azimuth]
        grid, notes = _cells(part, goals)
        figure.add_trace(
            go.Heatmap(
                x=grid.columns.to_numpy(), y=names, z=_rows(grid), customdata=notes, xgap=1, ygap=2,
                colorscale="Viridis", zmin=float(speeds.min()), zmax=float(speeds.max()), hoverongaps=False,
                colorbar={"title": {"text": "Exit speed<br>km/s"}, "thickness": 14}, showscale=row == 1,
                hovertemplate="%{y} from %{x}°<br>%{z:.3f} km/s<br>%{customdata}<extra></extra>",
            ),
            row=row, col=1,
        )  # fmt: skip
        for name, (longitude, way) in (tracks or {}).items():
            if abs((way - azimuth + 180) % 360 - 180) < 45:
                _mark(figure, row, longitude, name)
    _map_layout(figure, len(azimuths), len(goals))
    return figure


def _by_speed(reach: pd.DataFrame) -> list[str]:
    """Destinations that are reached at all, the slowest shot at the bottom."""
    found = reach[reach["feasible"]].groupby("destination")["exit_speed_m_s"].min().sort_values()
    return [str(name) for name in found.index]


def _cells(part: pd.DataFrame, goals: list[str]) -> tuple[pd.DataFrame, list[list[str]]]:
    open_ = part[part["feasible"]]
    grid = open_.pivot(index="destination", columns="longitude_deg", values="exit_speed_m_s") / 1e3
    grid = grid.reindex(index=goals, columns=sorted(part["longitude_deg"].unique()))
    text = open_.assign(
        note=open_["flight_time_d"].map("{:.1f} days, then ".format)
        + open_["delta_v_m_s"].map("{:,.0f} m/s burned".format)
    ).pivot(index="destination", columns="longitude_deg", values="note")
    return grid, text.reindex(index=goals, columns=grid.columns).fillna("").to_numpy().tolist()


def _rows(grid: pd.DataFrame) -> list[list[float | None]]:
    return [[None if value != value else round(float(value), 4) for value in row] for row in grid.to_numpy()]


def _mark(figure: go.Figure, row: int, longitude: float, name: str) -> None:
    figure.add_vline(x=longitude, line={"color": VERMILION, "width": 1.5, "dash": "dot"}, row=row, col=1)
    figure.add_annotation(
        x=longitude, y=1.0, yref="y domain", text=name, showarrow=False, yanchor="bottom", yshift=1,
        font={"size": 10, "color": VERMILION}, row=row, col=1,
    )  # fmt: skip


def _map_layout(figure: go.Figure, rows: int, goals: int) -> None:
    base = panels([""])
    figure.update_layout(
        template="none", font=base.layout.font, paper_bgcolor="#ffffff", plot_bgcolor="#f4f5f6",
        height=rows * (26 * goals + 90) + 40, margin={"l": 190, "r": 10, "t": 34, "b": 60},
    )  # fmt: skip
    figure.update_xaxes(
        range=[-182.5, 182.5], tickvals=list(range(-180, 181, 30)), ticks="outside", showgrid=False, zeroline=False,
        linecolor="#aab2b9", ticktext=[_PLACES.get(x, f"{x:g}") for x in range(-180, 181, 30)], showticklabels=True,
    )  # fmt: skip
    figure.update_yaxes(showgrid=False, zeroline=False, ticks="", automargin=True)
    for note in figure.layout.annotations[:rows]:
        note.update(x=0, xanchor="left", yshift=6, font={"size": 13, "color": INK})
    figure.update_xaxes(
        title={"text": "Longitude of the track on the Moon's equator, degrees east", "standoff": 8,
               "font": {"size": 12, "color": "#57646f"}},
        row=rows, col=1,
    )  # fmt: skip


def _digits(values: pd.Series) -> list[float | None]:
    """Six significant digits; nothing where there is no departure, which leaves a gap."""
    return [None if value != value else float(f"{value:.6g}") for value in values]
