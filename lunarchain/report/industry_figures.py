"""Pictures of a recipe and of the network's growth, each one page that loads nothing."""

from __future__ import annotations

import textwrap

import plotly.graph_objects as go
import plotly.io as pio
from plotly.subplots import make_subplots

from lunarchain.industry.flows import DISPOSED, EARTH, GROUND, PRODUCT
from lunarchain.industry.growth import Growth
from lunarchain.industry.network import family
from lunarchain.industry.recipe import Recipe
from lunarchain.report import style
from lunarchain.scenario.facts import Facts

_LABEL = 15  # letters of a line of a label: longer ones run into the next block
_THIN = 2e-3  # flows below this share of the largest cannot be seen
_ENDS = {GROUND: "Ground", EARTH: "Earth", DISPOSED: "Left over", PRODUCT: "Product"}
_COLOURS = {GROUND: style.GREY, EARTH: style.BLUE, DISPOSED: style.GREY, PRODUCT: style.VERMILION}


def recipe_page(found: Recipe, facts: Facts) -> str:
    """The flows of mass, then electricity, plant and imports by process, as one HTML page."""
    what = "" if found.unit == found.product else f" of {found.product}"
    title = f"One {found.unit}{what} made on {found.soil} soil"
    about = (
        f"{found.electricity_kwh:,.0f} kWh, {found.regolith_kg:,.0f} kg of regolith, {found.imports_kg:,.0f} kg from"
        f" Earth; {found.plant_kg_per_unit_per_yr:,.0f} kg of plant and {found.power_kw_per_unit_per_yr:,.0f} kW for"
        " one a year."
    )
    return _page(title, about, [flows_figure(found, facts), shares_figure(found, facts)])


def growth_page(found: Growth, gains: dict[str, float], facts: Facts) -> str:
    """What holds growth back and where the plant stands, as one HTML page."""
    title = f"The network on {found.soil} soil, {found.site_kind} site: doubles in {found.doubling_time_yr:.3g} years"
    about = (
        "Growth out of its own output, a ceiling: imports are unlimited and commissioning, robots, land and landing "
        "take no time. First: gain of the rate when a block is a tenth lighter, or all electricity a tenth less."
    )
    return _page(title, about, [growth_figure(found, gains, facts)])


def flows_figure(found: Recipe, facts: Facts) -> go.Figure:
    """Mass from the ground and Earth through the processes to product and left-overs [kg]."""
    largest = max(flow["kg"] for flow in found.flows_kg)
    shown = [flow for flow in found.flows_kg if flow["kg"] > _THIN * largest]
    places = list(dict.fromkeys(flow[end] for flow in shown for end in ("from", "to")))
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            node={
                "label": [_place(found, place) for place in places],
                "color": [_COLOURS.get(place, style.ORANGE) for place in places],
                "pad": 44, "thickness": 12, "line": {"width": 0},
            },
            link={
                "source": [places.index(flow["from"]) for flow in shown],
                "target": [places.index(flow["to"]) for flow in shown],
                "value": [float(f"{flow['kg']:.4g}") for flow in shown],
                "label": [_commodity(facts, flow["commodity"]) for flow in shown],
                "color": [_translucent(_COLOURS.get(flow["from"], style.ORANGE)) for flow in shown],
                "hovertemplate": "%{label}: %{value:,.4~g} kg<br>%{source.label} to %{target.label}<extra></extra>",
            },
        )
    )  # fmt: skip
    figure.update_traces(textfont={"size": 11})
    return _styled(figure, 760)


def _translucent(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.35)"


def _place(found: Recipe, place: str) -> str:
    name = _ENDS.get(place) or found.processes[place].name.partition(" (")[0]
    return "<br>".join(textwrap.wrap(name, _LABEL))


def _commodity(facts: Facts, name: str) -> str:
    return facts.text(f"commodities.{family(facts, name)}.name")


def shares_figure(found: Recipe, facts: Facts) -> go.Figure:
    """Electricity and plant by process, imports by commodity: three panels of bars."""
    names = {key: share.name.partition(" (")[0] for key, share in found.processes.items()}
    panels = (
        ("Electricity [kWh]", {names[k]: p.electricity_kwh for k, p in found.processes.items()}, style.SKY),
        (
            f"Plant [kg per {found.unit} a year]",
            {names[k]: p.plant_kg for k, p in found.processes.items()},
            style.ORANGE,
        ),
        ("From Earth [kg]", {_commodity(facts, k): v for k, v in found.imports.items()}, style.BLUE),
    )
    return _bars(panels)


def growth_figure(found: Growth, gains: dict[str, float], facts: Facts) -> go.Figure:
    """Gains of the rate by block, and the shares of standing plant, both in per cent."""

    def named(block: str) -> str:
        key = f"processes.{block}.name"
        return facts.text(key) if key in facts else f"{block} of every process".capitalize()

    shares: dict[str, float] = {}
    for name, share in found.plant_shares.items():
        block = name if f"processes.{name}.name" in facts else name.partition("_")[0]
        shares[named(block)] = shares.get(named(block), 0.0) + 100 * share
    panels = (
        (
            "Gain of the rate [%]",
            {named(block): 100 * gain for block, gain in gains.items()},
            style.VERMILION,
        ),
        ("Share of standing plant [%]", shares, style.ORANGE),
    )
    return _bars(panels)


def _bars(panels: tuple[tuple[str, dict[str, float], str], ...]) -> go.Figure:
    """Panels of horizontal bars one under the other, the longest bar on top, each with its value."""
    kept = [(title, _visible(values), colour) for title, values, colour in panels]
    figure = make_subplots(
        rows=len(kept),
        cols=1,
        subplot_titles=[title for title, _, _ in kept],
        row_heights=[len(values) + 1.0 for _, values, _ in kept],
        vertical_spacing=0.25 / len(kept) / 2,
    )
    for row, (_, values, colour) in enumerate(kept, start=1):
        bar = go.Bar(
            x=[float(f"{value:.4g}") for value in values.values()],
            y=list(values),
            orientation="h",
            marker={"color": colour},
            text=[_short(value) for value in values.values()],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:,.4~g}<extra></extra>",
        )
        figure.add_trace(bar, row=row, col=1)
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_xaxes(showgrid=True, gridcolor="#e6e9ec", zeroline=False, tickformat=",~s")
    figure.update_layout(showlegend=False)
    for note in figure.layout.annotations:
        note.update(x=0, xanchor="left", font={"size": 13, "color": "#57646f"})
    return _styled(figure, 110 * len(kept) + 22 * sum(len(values) for _, values, _ in kept))


def _short(value: float) -> str:
    """Three digits, thousands apart, no powers of ten."""
    return f"{float(f'{value:.3g}'):,.4g}" if value < 1000 else f"{float(f'{value:.3g}'):,.0f}"


def _visible(values: dict[str, float]) -> dict[str, float]:
    """Bars that can be seen beside the longest, longest first; bars of one name are added up."""
    largest = max(values.values(), default=0.0)
    ranked = sorted(values.items(), key=lambda item: -item[1])
    return {name: value for name, value in ranked if value > _THIN * largest}


def _styled(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(
        template="none",
        font={"family": style.FONT, "size": 13, "color": style.INK},
        paper_bgcolor="#ffffff",
        plot_bgcolor="#ffffff",
        height=height,
        margin={"l": 10, "r": 60, "t": 30, "b": 30},
    )
    return figure


def _page(title: str, about: str, drawn: list[go.Figure]) -> str:
    config = {"displayModeBar": False, "responsive": True}
    parts = [
        pio.to_html(figure, full_html=False, include_plotlyjs=index == 0, config=config)
        for index, figure in enumerate(drawn)
    ]
    body = "\n".join(parts)
    look = f"font-family:{style.FONT};color:{style.INK};max-width:1100px;margin:2em auto;padding:0 1em"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body style="{look}"><h1 style="font-size:1.4em">{title}</h1><p>{about}</p>{body}</body></html>\n'
    )
