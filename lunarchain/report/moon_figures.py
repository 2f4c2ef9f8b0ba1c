"""The charts of a run's lunar industry: where goods are made, power, plant, mass drivers, electricity."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lunarchain.industry.plant import plant_kit
from lunarchain.plan.merit import LUNAR_BUILDS, SLICES, lunar_power_gw, select
from lunarchain.plan.periods import Series
from lunarchain.report import figures, style
from lunarchain.report.limits import standing_tracks
from lunarchain.report.view import View, launcher, named, orbit_name, spoken
from lunarchain.units import factor


def places(view: View) -> go.Figure:
    """Where lunar goods are made, and in which orbit they become satellites [GW/yr]."""
    figure = style.panels(["GW/yr", "GW/yr"], ["Made on the Moon at", "Put together or delivered in"])
    goods, added = view.tables["lunar_goods"], select(view.tables["satellites"], detail="added")
    made = {spoken(site): view.span.series(select(goods, node=site)) for site in view.scenario.moon.sites}
    joined = {
        orbit_name(view.facts, orbit): view.span.series(select(added, node=orbit, item=LUNAR_BUILDS))
        for orbit in view.scenario.satellites.orbits
    }
    style.bars(figure, view.span, made, dict(zip(made, _MOON_COLOURS, strict=False)))
    style.bars(figure, view.span, joined, figures.orbit_colours(view), row=2)
    return figure


_MOON_COLOURS = (style.VERMILION, style.ORANGE, "#8a4b08", "#f2c879", "#5c3a1e")


def power(view: View) -> go.Figure:
    """Mean output of lunar power by option [GW], and what the lit and the dark part of the year get."""
    figure = style.panels(["GW", "GW"], ["Mean over the year, by option", "Mean while lit and while dark"])
    output = lunar_power_gw(view.tables, view.facts)
    options = {
        named(view.facts, "power", option): view.span.series(rows) for option, rows in _by(output, "item")
    }
    style.bars(figure, view.span, style.largest_first(options, 7))
    for slice_, name, colour in (
        ("lit", "While sites are lit", style.ORANGE),
        ("dark", "While they are dark", style.INK),
    ):
        style.line(figure, view.span, name, _slice_output(view, slice_), colour, row=2)
    return figure


def _by(table: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame]]:
    return [(str(key), rows) for key, rows in table.groupby(column)]


def _slice_output(view: View, slice_: str) -> Series:
    """Output standing power gives during a slice of the year, all sites together [GW]."""
    total = np.zeros(view.span.count)
    for option, rows in _by(select(view.tables["power"], detail="standing"), "item"):
        total += view.number(f"power.{option}.{slice_}_output", "dimensionless") * view.span.series(rows)
    return total


def plant(view: View) -> go.Figure:
    """Plant put to work on the Moon a year by origin [kt/yr], and the share of it Earth still sends."""
    figure = style.panels(["kt/yr", "% from Earth"], ["Lunar plant and spares put to work", "Imported share"])
    made, sent = plant_by_origin(view)
    series = {"Made on the Moon": made, "Sent from Earth": sent}
    style.bars(figure, view.span, series, {"Made on the Moon": style.ORANGE, "Sent from Earth": style.BLUE})
    total = made + sent
    # before the Moon opens there is no plant to have a share of
    share = np.divide(
        100 * sent, total, out=np.full_like(total, np.nan), where=total > style.VISIBLE * total.max() * 1e-3
    )
    style.line(figure, view.span, "Imported share", share, style.INK, row=2)
    figure.update_yaxes(range=[0, 100], row=2, col=1)
    return figure


def plant_by_origin(view: View) -> tuple[Series, Series]:
    """Mass of plant and spares made on the Moon and sent from Earth [kt/yr], at Earth-made mass."""
    sent = _whole_plant(view)
    made = np.zeros(view.span.count)
    pools = select(view.tables["plant"], item=("structure", "precision"))
    for (item, grade), rows in pools.groupby(["item", "detail"]):
        imported = {"structure": float(grade == "landed"), "precision": 1.0}[str(item)]
        if item == "precision":
            imported = min(view.number(f"closure.grade.{grade}.import_factor", "dimensionless"), 1.0)
        sent = sent + imported * view.span.series(rows)
        made = made + (1 - imported) * view.span.series(rows)
    return made, sent


def _whole_plant(view: View) -> Series:
    """Plant landed whole: that of processes, and robots [kt/yr]."""
    landed = select(view.tables["builds"], detail="landed")
    # robots are counted by what they handle in a year
    robot = view.number("labour.robot_mass", "kt/robot") / view.number(
        "labour.handled_per_robot", "kt/robot/yr"
    )
    other = {"robots": robot, "kit": plant_kit(view.facts).plant_kt}
    masses = {
        site: {p.id: p.plant_kt for p in found.values()} | other for site, found in view.networks.items()
    }
    each = [masses[site][item] for site, item in zip(landed["node"], landed["item"], strict=True)]
    return view.span.series(landed.assign(value=landed["value"] * np.asarray(each, dtype=float)))


def thrown(view: View) -> go.Figure:
    """Mass thrown by track and destination [kt/yr], and the tracks standing."""
    figure = style.panels(
        ["kt/yr", "tracks"], ["Thrown from the Moon", "Tracks standing, mean of the period"]
    )
    flows = {
        f"{spoken(str(track))} to {orbit_name(view.facts, str(orbit))}": view.span.series(rows)
        for (track, orbit), rows in view.tables["thrown"].groupby(["node", "item"])
    }
    style.bars(figure, view.span, style.largest_first(flows, 8))
    by_track: dict[str, Series] = {}
    for (track, _), standing in standing_tracks(view).items():
        by_track[track] = by_track.get(track, np.zeros(view.span.count)) + standing
    for index, (track, standing) in enumerate(by_track.items()):
        colour = (style.INK, *_MOON_COLOURS)[index % 6]
        style.line(figure, view.span, f"Tracks at {spoken(track)}", standing, colour, row=2)
    return figure


def electricity(view: View) -> go.Figure:
    """Where lunar electricity goes [TWh/yr]: the largest processes, mass drivers, the rest."""
    figure = style.panels(["TWh/yr"])
    uses = electricity_gwh(view)
    to_twh = factor("GWh", "TWh")
    style.bars(figure, view.span, {use: to_twh * gwh for use, gwh in style.largest_first(uses, 7).items()})
    return figure


def electricity_gwh(view: View) -> dict[str, Series]:
    """Electricity by use [GWh/yr]: processes while running or kept hot, and shots. Remelting is left out."""
    uses: dict[str, Series] = {}

    def add(use: str, amount: Series) -> None:
        uses[use] = uses.get(use, np.zeros(view.span.count)) + amount

    for site, at_site in _by(view.tables["activity"], "node"):
        running = view.networks[site]
        for item, rows in _by(at_site, "item"):
            process = running.get(item)
            name = process.name if process else named(view.facts, "processes", item)
            each = process.electricity_gwh if process else plant_kit(view.facts).electricity_gwh
            add(_short(name), each * view.span.series(select(rows, detail=SLICES)))
            idle = each * process.hot_idle if process else 0.0
            add(_short(name), idle * view.span.series(select(rows, detail="kept hot")))
    for design_id, rows in _by(view.tables["shots"], "item"):
        add("Mass drivers", launcher(view.facts, design_id).wall_energy_kwh_per_kg * view.span.series(rows))
    return uses


def _short(name: str) -> str:
    """A process's name without its details."""
    return spoken(name.split("(")[0].split(",")[0].split(":")[0].strip())
