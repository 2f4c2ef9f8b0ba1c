"""The charts that hold with or without a Moon: compute, orbits, launches, costs, emissions, limits."""

from __future__ import annotations

from itertools import cycle

import numpy as np
import plotly.graph_objects as go

from lunarchain.plan.merit import LUNAR_BUILDS, UNSERVED, alumina_kt, lifted_kt, select, wanted_gw
from lunarchain.plan.periods import Series
from lunarchain.report import style
from lunarchain.report.limits import BINDING, Limit
from lunarchain.report.view import View, named, orbit_name, spoken

BUILDS = ("earth", *LUNAR_BUILDS)
ALL_BUT_CHIPS = "All but chips"
SUM = "sum"  # marks a trace that adds up others of its chart
LIFT_USES = (
    "Whole satellites",
    "Parts for yards",
    "Plant for yards",
    "Plant for the Moon",
    "Imports for lunar goods",
)
# Uses of lift in blue where they stay near the Earth, in orange where they go to the Moon.
_LIFT_COLOURS = dict(
    zip(LIFT_USES, (style.BLUE, style.SKY, "#a9c7dc", style.VERMILION, style.ORANGE), strict=True)
)


def compute_added(view: View) -> go.Figure:
    """New compute a year by source [GW/yr]."""
    figure = style.panels(["GW/yr"])
    series = {style.SOURCE_NAMES[key]: view.added[key] for key in style.SOURCE_NAMES}
    colours = {style.SOURCE_NAMES[key]: colour for key, colour in style.SOURCE_COLOURS.items()}
    style.bars(figure, view.span, series, colours)
    return figure


def compute_in_service(view: View) -> go.Figure:
    """Compute in service by place, beside what is wanted [GW]."""
    figure = style.panels(["GW"])
    served = select(view.tables["compute"], detail="served")
    places = ("ground", *view.scenario.satellites.orbits)
    by_place = {orbit_name(view.facts, p): view.span.series(select(served, node=p)) for p in places}
    style.bars(figure, view.span, by_place, orbit_colours(view))
    wanted = wanted_gw(view.scenario, view.span)
    style.line(figure, view.span, "Wanted", wanted, style.INK, dash="dot")
    return figure


def orbits(view: View) -> go.Figure:
    """Array power that each orbit holds [GW]."""
    figure = style.panels(["GW of arrays"])
    standing = select(view.tables["satellites"], detail="in service")
    held = {
        orbit_name(view.facts, orbit): view.span.series(select(standing, node=orbit))
        for orbit in view.scenario.satellites.orbits
    }
    style.bars(figure, view.span, held, orbit_colours(view))
    return figure


def orbit_colours(view: View) -> dict[str, str]:
    """One colour for each orbit by its name, the same in every chart and on every page."""
    known = style.ORBIT_COLOURS
    spare = [colour for colour in style.SEQUENCE if colour != style.GREY]
    added = [orbit for orbit in view.facts.children("orbits") if orbit not in known]
    colours = known | dict(zip(added, cycle(spare), strict=False))
    return {orbit_name(view.facts, orbit): colours[orbit] for orbit in view.scenario.satellites.orbits} | {
        "Ground": style.GREY
    }


def launches(view: View) -> go.Figure:
    """Flights a year by vehicle, and mass in low Earth orbit by what it is for [kt/yr]."""
    figure = style.panels(["flights/yr", "kt/yr"], ["Flights", "What they lift to low Earth orbit"])
    flights = select(view.tables["launches"], item="flights")
    for index, vehicle in enumerate(view.scenario.launch.vehicles):
        values = view.span.series(select(flights, node=vehicle))
        style.line(
            figure, view.span, f"{spoken(vehicle)} flights", values, (style.INK, *style.SEQUENCE)[index]
        )
    style.bars(figure, view.span, lift_by_use(view), _LIFT_COLOURS, row=2)
    return figure


def lift_by_use(view: View) -> dict[str, Series]:
    """Mass lifted to low Earth orbit by use [kt/yr]."""
    lift, sites = lifted_kt(view.tables, view.facts), tuple(view.facts.children("sites"))
    lunar = lift["node"].isin(sites)
    cargo = lift["detail"]
    masks = (
        cargo == "satellite",
        ~lunar & cargo.isin(("parts", "chips")),
        ~lunar & (cargo == "plant"),
        lunar & (cargo == "plant"),
        lunar & (cargo != "plant"),
    )
    return {use: view.span.series(lift[mask]) for use, mask in zip(LIFT_USES, masks, strict=True)}


def costs(view: View) -> go.Figure:
    """What is paid a year, undiscounted [G$/yr]: chips and the rest, the rest by item; the Moon's balance [G$]."""
    titles = ["Everything paid", f"{ALL_BUT_CHIPS}, by item", "So far with the Moon, beside the best plan without"]
    shown = 3 if balanced(view) else 2
    figure = style.panels(["G$/yr", "G$/yr", "G$"][:shown], titles[:shown])
    paid = view.tables["costs"][view.tables["costs"]["item"] != UNSERVED]
    items = {spoken(item): view.span.series(select(paid, item=item)) for item in sorted(set(paid["item"]))}
    chips = items.pop("Chips", np.zeros(view.span.count))
    rest = sum(items.values(), np.zeros(view.span.count))
    split = {"Chips": chips, ALL_BUT_CHIPS: rest}
    style.bars(figure, view.span, split, {"Chips": style.GREY, ALL_BUT_CHIPS: style.INK})
    figure.update_traces(meta=SUM, selector={"name": ALL_BUT_CHIPS})
    style.bars(figure, view.span, style.largest_first(items, 8, "Other items"), row=2)
    if balanced(view):
        for name, values, colour in _balance(view):
            style.line(figure, view.span, name, values, colour, row=3)
    return figure


def balanced(view: View) -> bool:
    """Whether there is a plan without the Moon to hold the costs against."""
    return view.baseline is not view.tables


def _balance(view: View) -> list[tuple[str, Series, str]]:
    """The plan beside the one without the Moon, summed over the years [G$]: payments, assumed value, and both."""

    def less(unserved: bool) -> Series:
        """How much less the plan pays, or leaves unserved, than the one without the Moon."""
        without, with_moon = (
            view.span.series(t["costs"][(t["costs"]["item"] == UNSERVED) == unserved])
            for t in (view.baseline, view.tables)
        )
        return np.cumsum((without - with_moon) * view.span.lengths)

    return [
        ("Payments (below zero: more is paid)", less(False), style.INK),
        ("Compute served more, at its assumed value", less(True), style.SKY),
        ("Both together", less(False) + less(True), style.ORANGE),
    ]


def emissions(view: View) -> go.Figure:
    """Carbon dioxide and black carbon of launches, alumina of re-entries, a year."""
    units = ["Mt/yr", "kt/yr", "kt/yr"]
    figure = style.panels(
        units, ["Carbon dioxide of launches", "Black carbon above 15 km", "Alumina from re-entry"]
    )
    flights = select(view.tables["launches"], item="flights")

    def emitted(what: str, unit: str) -> Series:
        each = [view.number(f"emissions.{vehicle}.{what}", f"{unit}/flight") for vehicle in flights["node"]]
        return view.span.series(flights.assign(value=flights["value"] * np.asarray(each, dtype=float)))

    alumina = alumina_kt(view.tables, view.span, view.bill, view.facts)
    shown = (
        ("Carbon dioxide", emitted("co2", "Mt"), style.INK),
        ("Black carbon", emitted("black_carbon", "kt"), style.PINK),
        ("Alumina", alumina, style.GREEN),
    )
    for row, (name, values, colour) in enumerate(shown, start=1):
        style.line(figure, view.span, name, values, colour, row=row)
    figure.update_layout(showlegend=False, height=480)
    return figure


def binding(view: View, found: list[Limit]) -> go.Figure:
    """How much of each limit is used, year by year; dark where it holds the plan back."""
    rows = list(reversed(found))
    edges = list(view.span.edges[: view.span.count + 1])
    percent = [[round(100 * min(share, 1.0), 1) for share in limit.share] for limit in rows]
    # what holds is dark, what does not is lighter, however much of it is used
    shade = [[100 if holds else min(used, 100 * BINDING - 0.1) for used, holds in zip(row, limit.binds, strict=True)]
             for row, limit in zip(percent, rows, strict=True)]  # fmt: skip
    figure = style.panels([""], height=90 + 24 * max(len(rows), 1))
    shades = (
        (0, "#f4f6f7"),
        (0.5, "#dbe7f0"),
        (BINDING - 1e-6, "#9cc1dc"),
        (BINDING, style.BLUE),
        (1, style.BLUE),
    )
    figure.add_trace(
        go.Heatmap(
            x=edges,
            y=[limit.name for limit in rows],
            z=shade,
            customdata=percent,
            zmin=0,
            zmax=100,
            colorscale=shades,
            xgap=1,
            ygap=2,
            hovertemplate="%{y}<br>%{x:d}: %{customdata:.0f} % used<extra></extra>",
            colorbar={"title": {"text": "% used"}, "thickness": 10, "len": 0.9, "tickvals": [0, 50, 100]},
        )
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(tickvals=style.ticks(view.span))
    figure.update_yaxes(title_text="", automargin=True, showgrid=False, tickfont={"size": 12})
    return figure


def chain(view: View) -> go.Figure:
    """Mass flows of one year as a picture: Earth, lunar sites, tracks' destinations [kt/yr]."""
    period = int(np.argmax(view.lunar)) if view.uses_moon else view.span.count - 1
    flows = {key: mass for key, mass in _flows(view, period).items() if mass > 0}
    largest = max(flows.values(), default=0.0)
    shown = {key: mass for key, mass in flows.items() if mass > 2 * style.VISIBLE * largest}
    places = list(dict.fromkeys(place for source, target, _ in shown for place in (source, target)))
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            node={"label": places, "color": style.INK, "pad": 18, "thickness": 12, "line": {"width": 0}},
            link={
                "source": [places.index(source) for source, _, _ in shown],
                "target": [places.index(target) for _, target, _ in shown],
                "value": [float(f"{mass:.4g}") for mass in shown.values()],
                "label": [what for _, _, what in shown],
                "color": [_FLOW_COLOURS[what] for _, _, what in shown],
                "hovertemplate": "%{label}: %{value:,.4~g} kt/yr<br>"
                "%{source.label} to %{target.label}<extra></extra>",
            },
        )
    )
    figure.update_layout(font={"family": style.FONT, "size": 13, "color": style.INK}, height=340)
    figure.update_layout(margin={"l": 10, "r": 10, "t": 12, "b": 12})
    return figure


_FLOW_COLOURS = {
    "Whole satellites": "rgba(0,114,178,0.45)",
    "Parts and plant": "rgba(86,180,233,0.5)",
    "Landed on the Moon": "rgba(213,94,0,0.55)",
    "Hauled": "rgba(120,120,120,0.35)",
    "Thrown": "rgba(230,159,0,0.5)",
}


def _flows(view: View, period: int) -> dict[tuple[str, str, str], float]:
    """Mass moved in a period by (from, to, what) [kt/yr]; arrivals, so lift to low orbit is larger."""
    sites, found = set(view.facts.children("sites")), dict[tuple[str, str, str], float]()

    def add(source: str, target: str, what: str, mass: float) -> None:
        found[source, target, what] = found.get((source, target, what), 0.0) + mass

    def rows(table: str) -> list[tuple[str, str, str, float]]:
        frame = view.tables[table][view.tables[table]["period"] == period]
        return [
            (str(n), str(i), str(d), float(v)) for n, i, d, v in zip(*(frame[c] for c in _PARTS), strict=True)
        ]

    for place, _, cargo, mass in rows("transport"):
        orbit = "" if place in sites else orbit_name(view.facts, place)
        what = "Landed on the Moon" if place in sites else _CARGO.get(cargo, "Parts and plant")
        add("Earth", orbit or spoken(place), what, mass)
    for pair, item, _, mass in rows("haulage"):
        if item in ("hull", "kit"):
            add(spoken(pair.split(">")[0]), spoken(pair.split(">")[1]), "Hauled", mass)
    for track, orbit, _, mass in rows("thrown"):
        add(spoken(view.track_sites[track]), named(view.facts, "orbits", orbit).split(",")[0], "Thrown", mass)
    return found


_PARTS = ("node", "item", "detail", "value")
_CARGO = {"satellite": "Whole satellites"}


def comparison(views: dict[str, View]) -> go.Figure:
    """New compute a year of several runs, one line each [GW/yr]: everything, and Moon-made if any is."""
    lunar = any(view.uses_moon for view in views.values())
    heads = ["All new compute", *(["Made on the Moon"] if lunar else [])]
    figure = style.panels(["GW/yr"] * len(heads), heads)
    for index, (name, view) in enumerate(views.items()):
        colour = style.SEQUENCE[index % len(style.SEQUENCE)]
        total = np.sum(list(view.added.values()), axis=0)
        style.line(figure, view.span, name, total, colour)
        if lunar:
            style.line(figure, view.span, f"{name}: Moon", view.lunar, colour, row=2, dash="dot")
    return figure


def peak_year(view: View) -> int:
    """The year the picture of flows shows: the Moon's best, else the last."""
    return view.span.year(int(np.argmax(view.lunar)) if view.uses_moon else view.span.count - 1)
