"""Pictures of departures: the windows of one track over time, and the map of what each longitude reaches."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lunarchain.report.style import BLUE, GREEN, INK, ORANGE, PINK, VERMILION, panels
from lunarchain.scenario.facts import Facts

_MAP_CAPTION = (
    "Drawn for one date, {date}: what is blank is out of reach on that day, and may be open on others. A horizontal"
    " shot turns by about 144 degrees before it leaves the Moon, so where a track stands and which way it"
    " points decide what it can reach. Earth orbits lie in reach of a ring around the Moon's leading side; the way out"
    " to the Sun's own orbits around its trailing side; each libration point from a few longitudes only. Colour is the"
    " speed at the end of the track."
)
DESTINATION_NAMES = {
    "leo": "Low Earth orbit", "sso": "Sun-synchronous orbit", "geo": "Geostationary orbit", "heo": "High Earth orbit",
    "eml1": "Libration point 1", "eml2": "Libration point 2", "eml1_orbit": "Orbit about point 1",
    "eml2_orbit": "Orbit about point 2", "nrho": "Near-rectilinear halo", "dro": "Distant retrograde orbit",
    "helio": "Around the Sun", "llo": "Low lunar orbit",
}  # fmt: skip
_BRAKING = {
    "propulsive": "braking by engine", "aerobrake": "braking in the air", "electric": "by electric thrust",
    "catcher": "into a catcher",
}  # fmt: skip
# What a window is, one panel each: column, unit, heading, colour, and whether the axis starts at zero. A speed of exit
# is far above zero and a direction has none, so these two are drawn close up.
_WINDOW_PANELS = (
    ("exit_speed_km_s", "km/s", "Exit speed (close up)", BLUE, False),
    ("azimuth_deg", "degrees", "Direction of the shot, from north over east (close up)", PINK, False),
    ("delta_v_km_s", "km/s", "Burned after launch", VERMILION, True),
    ("flight_time_d", "days", "Flight time", GREEN, True),
    ("trim_m_s", "m/s", "Trim at 99 %", ORANGE, True),
)
_WINDOW_CAPTION = (
    "One point is one launch date. The slower the shot, the cheaper the launch; what is burned afterwards is carried as"
    " propellant. The upper two axes are drawn close up, the others start at zero."
)
_CLOSED = "rgba(154, 160, 166, 0.22)"
_DIRECTIONS = {90.0: "Fired east", 270.0: "Fired west", 0.0: "Fired north", 180.0: "Fired south"}
_PLACES = {
    -180: "180<br>far side", -90: "90 W<br>leading", 0: "0<br>faces Earth", 90: "90 E<br>trailing",
    180: "180<br>far side",
}  # fmt: skip


def windows_title(
    to: str, mode: str, place_deg: tuple[float, float], azimuth_deg: float, rows: pd.DataFrame
) -> str:
    """What a table of departures is of, in words: where to, how it brakes, from where (longitude, latitude), how often.

    ``azimuth_deg`` is the direction the track points in, from north over east; ``rows`` are the epochs searched.
    """
    longitude, latitude = place_deg
    place = f"{abs(longitude):g}°{'E' if longitude >= 0 else 'W'} {abs(latitude):g}°{'N' if latitude >= 0 else 'S'}"
    fired = _DIRECTIONS.get(azimuth_deg % 360.0, f"Fired to azimuth {azimuth_deg:g}").lower()
    return (
        f"{DESTINATION_NAMES.get(to, to)}, {_BRAKING.get(mode, f'by {mode}')}, from {place},"
        f" {fired}{_steered(rows, azimuth_deg)}:"
        f" open at {int(rows['feasible'].sum())} of {len(rows)} dates tried"
    )


def _steered(rows: pd.DataFrame, azimuth_deg: float) -> str:
    """How far the open shots are turned out of the track's own direction, in words."""
    turned = (rows.loc[rows["feasible"], "azimuth_deg"].astype(float) - azimuth_deg + 180.0) % 360.0 - 180.0
    most = float(turned.abs().max()) if len(turned) else 0.0
    return f" and steered by up to {most:.3g}°" if most > 0.05 else ""


def windows_caption(rows: pd.DataFrame) -> str:
    """How to read the picture of windows."""
    steered = " Dotted: the track's own direction, off which a shot may be steered."
    return _WINDOW_CAPTION + steered + ("" if rows["feasible"].all() else " Grey: no departure, and why.")


def map_caption(date: str) -> str:
    """How to read the map of one date."""
    return _MAP_CAPTION.format(date=date)


def _place(longitude: int) -> str:
    side = "W" if longitude < 0 else "E"
    return _PLACES.get(longitude, f"{abs(longitude)} {side}")


def windows_figure(rows: pd.DataFrame, azimuth_deg: float) -> go.Figure:
    """Exit speed, direction, burns, flight time and trim over the launch date; grey where the way is closed.

    ``azimuth_deg`` is the direction the track itself points in, from north over east.
    """
    figure = panels([unit for _, unit, *_ in _WINDOW_PANELS], [head for _, _, head, *_ in _WINDOW_PANELS], 300)
    dates = pd.to_datetime(rows["epoch"])
    for row, (name, unit, title, colour, zero) in enumerate(_WINDOW_PANELS, start=1):
        figure.add_trace(
            go.Scatter(
                x=dates, y=_digits(rows[name]), name=title.split(" (")[0], mode="lines+markers", showlegend=False,
                line={"color": colour, "width": 2}, marker={"size": 5, "color": colour}, connectgaps=False,
                hovertemplate="%{y:,.4~g} " + unit,
            ),
            row=row, col=1,
        )  # fmt: skip
        figure.update_yaxes(rangemode="tozero" if zero else "normal", row=row, col=1)
    figure.add_hline(y=azimuth_deg, line={"color": INK, "width": 1, "dash": "dot"}, row=2, col=1)
    figure.update_xaxes(tickformat="%d %b<br>%Y", hoverformat="%d %b %Y %H:%M", type="date")
    for first, last, reason in _closed_spells(dates, rows):
        figure.add_vrect(x0=first, x1=last, fillcolor=_CLOSED, line_width=0, layer="below", row="all", col=1)
        figure.add_annotation(
            x=first + (last - first) / 2, y=1.0, yref="y domain", text=reason, showarrow=False, textangle=-90,
            font={"size": 10, "color": "#57646f"}, yanchor="top", row=1, col=1,
        )  # fmt: skip
    figure.update_layout(margin={"b": 56})
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


def marked_tracks(facts: Facts) -> dict[str, tuple[float, float]]:
    """Longitude and azimuth of the tracks of the data that stand near the equator, by a short name."""
    found = {}
    for track in facts.children("tracks"):
        site = f"sites.{facts.text(f'tracks.{track}.site')}"
        if abs(facts.number(f"{site}.latitude", "degree")) < 15.0:
            longitude = facts.number(f"{site}.longitude", "degree")
            found[track] = (longitude, facts.number(f"tracks.{track}.azimuth", "degree"))
    return found


def map_figure(reach: pd.DataFrame, tracks: dict[str, tuple[float, float]] | None = None) -> go.Figure:
    """Exit speed by longitude and destination, a panel for each direction; blank where nothing goes there.

    ``tracks``: longitude and azimuth of launchers to mark, by name.
    """
    azimuths = list(dict.fromkeys(reach["azimuth_deg"]))
    goals = _by_speed(reach)
    names = [DESTINATION_NAMES.get(goal, goal) for goal in goals]
    speeds = reach.loc[reach["feasible"], "exit_speed_m_s"] / 1e3
    figure = make_subplots(
        rows=len(azimuths), cols=1, shared_xaxes=True, vertical_spacing=0.12,
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
        for longitude, way in (tracks or {}).values():
            if abs((way - azimuth + 180) % 360 - 180) < 45:
                _mark(figure, row, longitude)
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


def _mark(figure: go.Figure, row: int, longitude: float) -> None:
    """A line where a launcher of the data stands."""
    side = "W" if longitude < 0 else "E"
    figure.add_vline(x=longitude, line={"color": VERMILION, "width": 1.5, "dash": "dot"}, row=row, col=1)
    figure.add_annotation(
        x=longitude, y=1.0, yref="y domain", text=f"{abs(longitude):g} {side}", showarrow=False,
        yanchor="bottom", yshift=1, font={"size": 10, "color": VERMILION}, row=row, col=1,
    )  # fmt: skip


def _map_layout(figure: go.Figure, rows: int, goals: int) -> None:
    base, ticks = panels([""]), list(range(-180, 181, 30))
    figure.update_layout(
        template="none", font=base.layout.font, paper_bgcolor="#ffffff", plot_bgcolor="#f4f5f6",
        height=rows * (26 * goals + 90) + 60, margin={"l": 190, "r": 10, "t": 34, "b": 80},
    )  # fmt: skip
    figure.update_xaxes(
        range=[-182.5, 182.5], tickvals=ticks, ticktext=[_place(x) for x in ticks], ticks="outside", tickangle=0,
        tickfont={"size": 11}, showgrid=False, zeroline=False, linecolor="#aab2b9", showticklabels=True,
    )  # fmt: skip
    title = {"text": "Destination", "standoff": 6, "font": {"size": 12, "color": "#57646f"}}
    figure.update_yaxes(showgrid=False, zeroline=False, ticks="", automargin=True, title=title)
    for note in figure.layout.annotations[:rows]:
        note.update(x=0, xanchor="left", yshift=6, font={"size": 13, "color": INK})
    figure.update_xaxes(
        title={"text": "Longitude of the track on the Moon's equator", "standoff": 8,
               "font": {"size": 12, "color": "#57646f"}},
        row=rows, col=1,
    )  # fmt: skip


def _digits(values: pd.Series) -> list[float | None]:
    """Six significant digits; nothing where there is no departure, which leaves a gap."""
    return [None if value != value else float(f"{value:.6g}") for value in values]
