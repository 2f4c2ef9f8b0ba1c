"""Charts of mass drivers: one shot of a design, and what the launchers of a plan do over the years."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lunarchain.driver.basis import LauncherBasis, Technology
from lunarchain.driver.design import LauncherDesign
from lunarchain.driver.energy import wall_energy_j_per_kg
from lunarchain.driver.inputs import launcher_basis, technology
from lunarchain.driver.profiles import (
    heat_along_track,
    impact_of_slow_shots,
    power_over_shot,
    store_over_interval,
)
from lunarchain.model.arcs import make_arcs
from lunarchain.plan.launchers import BUSY, HEAT, LAUNCHERS, POWER, SHOTS
from lunarchain.plan.merit import select
from lunarchain.plan.periods import Series
from lunarchain.report import style
from lunarchain.report.departure_figures import DESTINATION_NAMES
from lunarchain.report.driver_words import design_name
from lunarchain.report.limits import standing_tracks
from lunarchain.report.view import View, launcher, orbit_name, spoken
from lunarchain.units import factor

_POINTS = 121
_MOST = 4  # designs that one chart can still tell apart


def one_shot(designs: Mapping[str, LauncherDesign], technology: Technology) -> go.Figure:
    """Power of a shot, store over an interval, heat along the track, and where failed shots come down."""
    titles = ["Power of one shot", "Energy in the store", "Heat along the track", "Failed shots come down"]
    figure = make_subplots(
        rows=2, cols=2, subplot_titles=titles, horizontal_spacing=0.13, vertical_spacing=0.24
    )
    for index, (name, design) in enumerate(designs.items()):
        colour = style.SEQUENCE[index % len(style.SEQUENCE)]
        for place, (x, y) in enumerate(_profiles(design, technology)):
            trace = go.Scatter(
                x=style.rounded(x), y=style.rounded(y), name=name, legendgroup=name, showlegend=place == 0,
                mode="lines", line={"color": colour, "width": 2.2}, hovertemplate="%{x:,.3~g}: %{y:,.3~g}",
            )  # fmt: skip
            figure.add_trace(trace, row=place // 2 + 1, col=place % 2 + 1)
    axes = (("s since the start", "GW, mechanical"), ("s of one interval", "GJ"), ("m from the breech", "kW per metre"),
            ("exit speed reached, m/s", "km downrange"))  # fmt: skip
    _dressed(figure, 560)
    for place, (across, up) in enumerate(axes):
        row, col = place // 2 + 1, place % 2 + 1
        figure.update_xaxes(title={"text": across, "font": {"size": 12}}, row=row, col=col)
        figure.update_yaxes(title={"text": up, "font": {"size": 12}}, row=row, col=col)
    figure.update_yaxes(rangemode="tozero", row=2, col=1)
    figure.update_yaxes(type="log", row=2, col=2)
    return figure


def _profiles(design: LauncherDesign, technology: Technology) -> list[tuple[Series, Series]]:
    power, heat = power_over_shot(design, _POINTS), heat_along_track(design, _POINTS)
    store = store_over_interval(design, _POINTS)
    elevation = technology.exit_elevation_rad * factor("radian", "degree")
    falls = impact_of_slow_shots(design, elevation, technology, _POINTS)
    lands = np.isfinite(falls["range_km"]) & (falls["range_km"] > 0)
    return [
        (power["time_s"], power["kinetic_power_gw"]),
        (store["time_s"], store["stored_gj"]),
        (heat["position_m"], heat["heat_kw_per_m"]),
        (falls["speed_m_s"][lands], falls["range_km"][lands]),
    ]


def _dressed(figure: go.Figure, height: int) -> None:
    """The look of every other chart, for one that is not over the years."""
    figure.update_layout(
        template="none", height=height, font={"family": style.FONT, "size": 13, "color": style.INK},
        paper_bgcolor="#ffffff", plot_bgcolor="#ffffff", margin={"l": 64, "r": 16, "t": 64, "b": 48},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.08, "x": 0}, barmode="stack",
    )  # fmt: skip
    figure.update_xaxes(linecolor="#aab2b9", ticks="outside", gridcolor="#e6e9ec", zeroline=False)
    figure.update_yaxes(gridcolor="#e6e9ec", zerolinecolor="#aab2b9", automargin=True)
    for note in figure.layout.annotations:
        note.update(font={"size": 13, "color": "#57646f"})


def used_designs(view: View) -> dict[str, LauncherDesign]:
    """The designs that throw most in the plan, by their name in words; at most four."""
    shots = view.tables["shots"]
    totals = (
        shots[shots["period"] < view.span.count].groupby("item")["value"].sum().sort_values(ascending=False)
    )
    designs = [launcher(view.facts, str(name)) for name in totals.index[:_MOST]]
    return {design_name(design): design for design in designs}


def shot_of_plan(view: View) -> go.Figure:
    """One shot of every design the plan uses most."""
    return one_shot(used_designs(view), technology(view.facts))


def at_work(view: View) -> go.Figure:
    """Tracks standing and kept busy, their mean power and stator heat, by design."""
    figure = style.panels(
        ["tracks", "GW", "GW"],
        ["Tracks kept busy (line: standing)", "Mean power from the wall", "Heat in the stators"],
    )
    table = view.tables[LAUNCHERS]
    for row, what in enumerate((BUSY, POWER, HEAT), start=1):
        by_design = {
            f"{spoken(str(stand))}: {design_name(launcher(view.facts, str(item)))}": view.span.series(rows)
            for (stand, item), rows in select(table, detail=what).groupby(["node", "item"])
        }
        style.bars(figure, view.span, style.largest_first(by_design, 7), row=row)
    _one_legend(figure)
    standing = sum(standing_tracks(view).values(), np.zeros(view.span.count))
    style.line(figure, view.span, "Tracks standing, mean", standing, style.INK)
    return figure


def _one_legend(figure: go.Figure) -> None:
    """Each name once in the legend, in one colour throughout."""
    colours: dict[str, str] = {}
    for trace in figure.data:
        trace.update(showlegend=trace.name not in colours, legendgroup=trace.name)
        trace.marker.color = colours.setdefault(
            trace.name, style.SEQUENCE[len(colours) % len(style.SEQUENCE)]
        )


def wear(view: View) -> go.Figure:
    """Shots a year by stand, and the stator mass exchanged for what they wear out."""
    figure = style.panels(
        ["million shots/yr", "kt/yr and kt"], ["Shots", "Stators renewed, and what is left of them"]
    )
    table, stators = view.tables[LAUNCHERS], view.tables["stators"]
    shots = {
        spoken(str(stand)): 1e-6 * view.span.series(rows)
        for stand, rows in select(table, detail=SHOTS).groupby("node")
    }
    renewed, left = (
        factor("t", "kt") * view.span.series(select(stators, detail=what)) for what in ("renewed", "left")
    )
    style.bars(figure, view.span, shots)
    style.bars(
        figure,
        view.span,
        {"Stators renewed, a year": renewed},
        {"Stators renewed, a year": style.GREY},
        row=2,
    )
    style.line(figure, view.span, "Stators not yet worn out", left, style.INK, row=2)
    return figure


def track_time(view: View) -> go.Figure:
    """Share of the time its tracks can shoot that each direction and destination takes, in the busiest year."""
    busiest = _busiest(view)
    figure = go.Figure()
    for orbit, shares in _time_by_orbit(view, busiest).items():
        percent, names = (
            style.rounded(100 * np.array(list(shares.values()))),
            [_direction(name) for name in shares],
        )
        figure.add_trace(
            go.Bar(x=percent, y=names, name=orbit, orientation="h", hovertemplate="%{x:,.3~g} %")
        )
    opened = _open_shares(view, busiest)
    for trace, colour in zip(figure.data, style.SEQUENCE, strict=False):
        trace.update(marker={"color": colour}, showlegend=True)
    marks = [(100 * share, _direction(name), orbit) for name, orbit, share in opened]
    figure.add_trace(
        go.Scatter(
            x=[x for x, _, _ in marks],
            y=[y for _, y, _ in marks],
            text=[orbit for _, _, orbit in marks],
            name="Window of a destination in use",
            mode="markers",
            hovertemplate="%{text}: open %{x:,.3~g} %",
            marker={"symbol": "diamond", "size": 11, "color": style.INK},
        )
    )
    _dressed(figure, 170 + 46 * max(len({name for t in figure.data for name in t.y}), 1))
    year = view.span.year(busiest)
    title = {"text": f"% of the time tracks that fire this way can shoot, {year}", "font": {"size": 12}}
    figure.update_xaxes(title=title, range=[0, 105])
    return figure


def _open_shares(view: View, period: int) -> list[tuple[str, str, float]]:
    """Direction, orbit and open share of every departure in use."""
    table = view.departures.set_index(["track", "destination", "mode"])["open_fraction"]
    thrown = view.tables["thrown"]
    used = thrown[(thrown["period"] == period) & (thrown["value"] > 0)]
    modes = used["detail"].str.split("|").str[1]
    keys = dict.fromkeys(zip(used["node"], used["item"], modes, strict=True))
    return [(str(j), orbit_name(view.facts, str(o)), float(table.loc[(j, o, mode)])) for j, o, mode in keys]


def _busiest(view: View) -> int:
    thrown = view.span.series(view.tables["thrown"])
    return int(np.argmax(thrown)) if thrown.size else 0


def _direction(name: str) -> str:
    return spoken(name) + " "


def _time_by_orbit(view: View, period: int) -> dict[str, dict[str, float]]:
    """Share of track time by destination and direction: loads are spread over shots as mass over mass."""
    shots, thrown = (t[t["period"] == period] for t in (view.tables["shots"], view.tables["thrown"]))
    standing = standing_tracks(view)
    found: dict[str, dict[str, float]] = {}
    for direction, loads in thrown.groupby("node"):
        busy = able = 0.0
        for item, rows in shots[shots["node"] == direction].groupby("item"):
            design = launcher(view.facts, str(item))
            busy += float(rows["value"].sum()) / (design.throughput_kt_per_yr * design.availability)
            able += sum(n[period] for (_, name), n in standing.items() if name == item)
        for orbit, rows in loads.groupby("item"):
            share = float(rows["value"].sum() / loads["value"].sum()) * busy / able if able else 0.0
            found.setdefault(orbit_name(view.facts, str(orbit)), {})[str(direction)] = share
    return found


def reach(view: View) -> go.Figure:
    """Energy and oxygen spent to bring a kilogram of hulls to each place the case's tracks can reach."""
    rows = shown_reach(view)
    figure = make_subplots(
        rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.06, subplot_titles=["Energy", "Lost on the way"]
    )
    names = [f"{row['name']} " for row in rows]
    for col, key in ((1, "kwh_per_kg"), (2, "lost_kg_per_kg")):
        values, colour = (
            style.rounded(np.array([row[key] for row in rows])),
            {"color": (style.ORANGE, style.BLUE)[col - 1]},
        )
        bar = go.Bar(x=values, y=names, orientation="h", marker=colour, hovertemplate="%{x:,.3~g}")
        figure.add_trace(bar.update(showlegend=False), row=1, col=col)
    _dressed(figure, 110 + 24 * max(len(rows), 1))
    for col, title in ((1, "kWh per kg"), (2, "kg per kg")):
        figure.update_xaxes(title={"text": title, "font": {"size": 12}}, row=1, col=col)
    figure.update_layout(margin={"t": 40})
    return figure


def shown_reach(view: View) -> list[dict[str, object]]:
    """Of the departures open to the case's tracks, those the plan uses and the one of least energy to each place."""
    rows = reach_rows(view.departures, view)  # dearest first
    thrown = view.tables["thrown"]
    used = thrown[(thrown["period"] < view.span.count) & (thrown["value"] > 0)]
    modes = used["detail"].str.split("|").str[1]
    keys = set(zip(used["node"], used["item"], modes, strict=True))
    least = {row["key"][1]: row["key"] for row in rows}  # type: ignore[index]
    return [row for row in rows if row["key"] in keys or row["key"] in least.values()]


def reach_rows(departures: pd.DataFrame, view: View) -> list[dict[str, object]]:
    """One row per departure open to the case's tracks, cheapest in energy first: speed, window, burns, energy.

    For parts where they can use it, else for satellites, else for bulk: sled and errors are those of the class.
    """
    chosen = departures[departures["track"].isin(view.scenario.launcher.tracks)]
    classes = sorted(view.scenario.launcher.payload_classes, key=("parts", "satellite", "bulk").index)
    arcs = make_arcs(chosen, view.facts, tuple(classes))
    flights = chosen.set_index(["track", "destination", "mode"])["flight_time_d"]
    rows: dict[tuple[str, str, str], dict[str, object]] = {}
    for arc in arcs:
        key = arc.track, arc.destination, arc.mode
        if key in rows:
            continue
        basis = launcher_basis(view.facts, arc.payload_class)
        rows[key] = {
            "key": key,
            "name": f"{_short(view, arc.destination)}, {arc.mode}, {spoken(arc.track)}",
            "payload_class": arc.payload_class,
            "exit_speed_m_s": arc.exit_speed_max_m_s,
            "delta_v_m_s": arc.delta_v_m_s,
            "flight_d": float(flights.loc[key]),
            "open_lit": arc.open_share["lit"],
            "open_dark": arc.open_share["dark"],
            "kwh_per_kg": _wall_kwh_per_kg(arc.exit_speed_m_s, basis) * arc.loaded / (1 - arc.loss),
            "lost_kg_per_kg": arc.loaded / (1 - arc.loss) - 1,
        }
    return sorted(rows.values(), key=lambda row: -float(str(row["kwh_per_kg"])))


def _percent(share: object) -> str:
    return f"{100 * float(str(share)):.0f} %"


def reach_table(view: View) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The same departures in numbers, and why the other destinations of the table are out of reach."""
    names = ["Exit speed, m/s", "Flight, d", "Open lit", "Open dark", "Burns and trim, m/s", "kWh/kg"]
    rows = [
        (
            str(row["name"]),
            [f"{row['exit_speed_m_s']:,.0f}", f"{row['flight_d']:.3g}", _percent(row["open_lit"]),
             _percent(row["open_dark"]), f"{row['delta_v_m_s']:,.0f}", f"{row['kwh_per_kg']:.2f}"],
        )
        for row in reversed(reach_rows(view.departures, view))
    ]  # fmt: skip
    table = view.departures[view.departures["track"].isin(view.scenario.launcher.tracks)]
    for (track, destination), group in table.groupby(["track", "destination"], sort=False):
        if not group["feasible"].astype(bool).any():
            name = f"{_short(view, str(destination))}, {spoken(str(track))}"
            rows.append((name, ["out of reach", *[""] * 4, str(group["reason"].iloc[0])]))
    return names, rows


def _short(view: View, destination: str) -> str:
    if destination in view.facts.children("orbits"):
        return orbit_name(view.facts, destination)
    return DESTINATION_NAMES.get(destination, spoken(destination))


def _wall_kwh_per_kg(exit_speed_m_s: float, basis: LauncherBasis) -> float:
    machine = basis.technology
    joules = wall_energy_j_per_kg(
        exit_speed_m_s, basis.payload.sled_ratio, machine.wall_efficiency, machine.sled_recovery
    )
    return joules * factor("J/kg", "kWh/kg")
