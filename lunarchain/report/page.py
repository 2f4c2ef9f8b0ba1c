"""One self-contained page for a run, or for several side by side: words, numbers, charts, proofs, sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio

from lunarchain.pipeline.departures import SHIPPED_MAP_DATE, shipped_reach
from lunarchain.pipeline.store import Run
from lunarchain.report import (
    binding,
    driver_figures,
    driver_words,
    figures,
    flight,
    growth,
    moon_figures,
    words,
    worth,
)
from lunarchain.report.basis import decisive, unsure
from lunarchain.report.claims import claims
from lunarchain.report.departure_figures import map_caption, map_figure, marked_tracks
from lunarchain.report.document import render
from lunarchain.report.labels import label, shown
from lunarchain.report.limits import Limit, limits
from lunarchain.report.paragraphs import PAGE
from lunarchain.report.phrases import figure_text, percent_text, rate_text
from lunarchain.report.view import View, spoken, view
from lunarchain.scenario.facts import Fact

_CARDS = 8
_PRICED = 15  # shadow prices shown of each kind; the run's duals.parquet has them all
_IN_WORDS = ("tracks_by_design",)  # figures of merit that are a sentence, not a number
_CONFIG = {"displayModeBar": False, "responsive": True}

_LUNAR_FLOWS = (
    " Red goes from Earth to the Moon; grey is hauled over the Moon, orange is lunar-made and thrown by mass driver."
)
_BALANCE = (
    " The last panel stands beside the best plan without the Moon: payments, and the value the case assumes for compute"
    " served more, which nobody pays."
)


@dataclass(frozen=True)
class Chart:
    """One chart of the page: a heading, a sentence that says how to read it, and what draws it."""

    key: str
    heading: str
    caption: str
    draw: Callable[[View], go.Figure]
    lunar: bool = False
    more: Callable[[View], str] = lambda one: ""  # what only some plans need to be told
    yearly: bool = True  # whether its traces have one value per period
    table: Callable[[View], tuple[list[str], list[tuple[str, list[str]]]]] | None = (
        None  # numbers of one that has not
    )


CHARTS = (
    Chart("added", "New compute, by where it is built",
          "Power of the AI satellites and ground data centres added in a year; the mean of each period.",
          figures.compute_added),
    Chart("served", "Compute in service, against what is wanted",
          "The dotted line is what would be used at the lowest price the case counts. The gap is left unserved:"
          " to serve it would cost more than it is worth, or a limit holds.",
          figures.compute_in_service),
    Chart("orbits", "What each orbit holds", "Power of the arrays in life, ageing and failures taken off.",
          figures.orbits),
    Chart("chain", "Who sends what where, in {year}",
          "Mass that arrives in a year. Blue goes from Earth to orbit.", figures.chain,
          more=lambda one: _LUNAR_FLOWS if one.uses_moon else ""),
    Chart("places", "Where lunar goods are made and put together",
          "Hulls and whole satellites by lunar site, then by the orbit in which they go to work.",
          moon_figures.places, True),
    Chart("launches", "Launches, and what they lift",
          "Mass is counted in low Earth orbit, with the propellant and tugs that carry it on.",
          figures.launches),
    Chart("power", "Lunar power",
          "Mean output, not nameplate. The lower panel shows what the dark leaves of it.",
          moon_figures.power, True),
    Chart("electricity", "Where lunar electricity goes",
          "Processes at work or kept hot, and mass drivers. Remelting after the night is not shown.",
          moon_figures.electricity, True),
    Chart("plant", "Lunar plant: made there, or sent from Earth",
          "The imported share falls as the Moon gains experience in making plant, not with the calendar.",
          moon_figures.plant, True),
    Chart("growth", "How fast the Moon grows",
          "Where the two lines of the upper panel meet, commissioning holds growth: a seed a year and a yearly rise"
          " on what was made before. Both axes are logarithmic: a straight line doubles at a steady pace.",
          growth.plant_growth, True),
    Chart("thrown", "Mass drivers",
          "Loaded mass by track and destination, with propellant and braking shell; tracks standing below. Tracks are"
          " whole: a fraction is the mean of a period in which one opens.",
          moon_figures.thrown, True),
    Chart("drivers", "Mass drivers at work: tracks, power, heat",
          "From the shots of the plan. A track kept busy shoots without a pause whenever it is not under repair; power"
          " and heat are means over the year.",
          driver_figures.at_work, True),
    Chart("reach", "What the tracks can reach, and what a kilogram costs there",
          "Departures the plan uses, and the one of least energy to each other place; the table has all of the case's"
          " tracks. Direction decides the destination: what is missing cannot"
          " be reached. Low orbits are paid for in braking, not in launch energy.",
          driver_figures.reach, True, yearly=False, table=driver_figures.reach_table),
    Chart("time", "Where the time of the tracks goes",
          "Seconds of shooting by destination, of all the seconds that tracks firing this way have. A window"
          " caps what its destination may take.",
          driver_figures.track_time, True, yearly=False),
    Chart("shot", "One shot: power, store, heat, and where failures fall",
          "The designs the plan throws most with. A shot that loses thrust on the way leaves with the speed it has:"
          " below 1.68 km/s it falls downrange, up to 2.38 km/s it comes round to the ground behind its own track.",
          driver_figures.shot_of_plan, True, yearly=False),
    Chart("wear", "Shots, and the stators they wear out",
          "A stator lasts a number of shots, not of years; the life of one is the largest unknown of the launcher.",
          driver_figures.wear, True),
    Chart("map", "What a mass driver can reach, by where it stands", map_caption(SHIPPED_MAP_DATE),
          lambda one: map_figure(shipped_reach(), marked_tracks(one.facts)), True, yearly=False),
    Chart("costs", "What it costs",
          "Undiscounted. Assets are charged for the years that fall inside the plan.", figures.costs,
          more=lambda one: _BALANCE if figures.balanced(one) else ""),
    Chart("emissions", "What it does to the air",
          "Carbon dioxide is that of burning the propellant; making the propellant is not included.",
          figures.emissions),
)  # fmt: skip

# From where to throw, to where and for how much, by what, when, how many: the order of a lesson.
_TRACK_FIRST = ("map", "reach", "shot", "time", "drivers", "thrown", "wear")


def write_page(run: Run) -> Path:
    """Write the page of a run into its folder; returns its path."""
    path = run.path / PAGE
    path.write_text(build_page([run]), encoding="utf-8")
    return path


def build_page(runs: list[Run]) -> str:
    """One HTML document that shows the runs and loads nothing from anywhere.

    Several runs are compared first, then shown one after the other.
    """
    seen = {run.record.get("name", run.path.name): view(run) for run in runs}
    if len(seen) < len(runs):  # two runs of one case: tell them apart by their folders
        seen = {run.path.name: view(run) for run in runs}
    return render(
        "page.html",
        title=" · ".join(one.record.get("title") or name for name, one in seen.items()),
        compared=_compared(seen) if len(seen) > 1 else None,
        runs=[_run(f"r{index}", one) for index, one in enumerate(seen.values())],
    )


def _compared(seen: dict[str, View]) -> dict[str, Any]:
    keys = list(next(iter(seen.values())).figures)
    rows = [(label(key), [_merit(one, key) for one in seen.values()], key in _IN_WORDS) for key in keys]
    changed = [(name, _changed(one)) for name, one in seen.items()]
    drawn = _drawn("comparison", figures.comparison(seen))
    return {"names": list(seen), "changed": changed, "rows": rows, "chart": drawn}


def _merit(one: View, key: str) -> str:
    """A figure of merit as text; tracks in words, not by the ids of their designs."""
    if key not in _IN_WORDS:
        return shown(one.figures.get(key))
    return driver_words.tracks_in_words(one, driver_words.built_by(one, one.span.count - 1))


def _changed(one: View) -> str:
    """What was asked for beside the case's own file."""
    return ", ".join(one.record.get("changed", []))


def _run(key: str, one: View) -> dict[str, Any]:
    found, open_facts = limits(one), unsure(one)
    return {
        "title": one.record.get("title") or one.scenario.title,
        "question": one.scenario.question,
        "changed": _changed(one),
        "answer": _answer(one, found),
        "badges": _badges(one),
        "cards": _cards(one),
        "gain": worth.rows(one) if worth.compared(one) else None,
        "charts": [_chart(key, chart, one) for chart in _in_order(one)],
        "claims": claims(one),
        "limits": _drawn(f"{key}-limits", figures.binding(one, found)),
        "limit_rows": _limit_rows(one, found),
        "priced": _priced(one),
        "proof": words.proof(one),
        "audit": words.audited(one),
        "checks": sorted(one.certificate.get("checks", []), key=lambda check: bool(check["passed"])),
        "flight": " ".join((words.flown(one), words.sampled(one.verdict))).strip(),
        "verdict": flight.rows(one),
        "judged": flight.how_judged(one),
        "rests": words.rests_on(one),
        "unsure": [_fact_row(fact) for fact in open_facts],
        "sure": [_fact_row(fact) for fact in decisive(one) if fact not in open_facts],
        "figures": [(label(key), _merit(one, key), key in _IN_WORDS) for key in one.figures],
        "settings": _settings(one.scenario.model_dump(mode="json", exclude_none=True)),
        "solve": _solve(one),
        "warnings": one.record.get("warnings", []),
    }


def _in_order(one: View) -> list[Chart]:
    """The charts of a plan as they stand on the page; a case with a single track asks about it, so it comes first."""
    charts = [chart for chart in CHARTS if one.uses_moon or not chart.lunar]
    if one.uses_moon and len(one.scenario.launcher.tracks) == 1:
        charts.sort(key=lambda c: _TRACK_FIRST.index(c.key) if c.key in _TRACK_FIRST else len(_TRACK_FIRST))
    return charts


def _answer(one: View, found: list[Limit]) -> list[str]:
    first = f"{words.made(one)} {words.served(one)} {words.terawatt(one, found)}"
    return [
        text
        for text in (
            first,
            " ".join(words.moon(one, found)),
            growth.grown(one, found),
            driver_words.launchers_in_words(one) if one.uses_moon else "",
            f"{words.cost(one)} {worth.in_words(one)}",
        )
        if text.strip()
    ]


def _badges(one: View) -> list[dict[str, Any]]:
    flew, gap = one.record.get("fly", {}), one.record.get("gap")
    close = gap is not None and gap <= one.scenario.solve.gap
    audit = bool(one.record.get("audit", {}).get("passed"))
    count = int(flew.get("checked") or 0)
    flown = f"Flight passed: {count} departure{'s' * (count != 1)} flown" if count else "No departure to fly"
    found = "" if gap is None else f" {percent_text(gap)}"
    return [
        {"good": close, "text": f"Gap{found}" if close else f"Gap{found}: not as close as asked"},
        {"good": audit, "text": "Audit passed" if audit else "Audit failed"},
        {"good": bool(flew.get("passed")), "text": flown if flew.get("passed") else "Flight failed"},
    ]


def _cards(one: View) -> list[dict[str, str]]:
    """The eight numbers a reader takes away; lunar ones only where there is a Moon to speak of."""
    found = one.figures
    best, hundred = one.figure("best_rate_satellites_gw_per_yr"), found["first_year_100_gw_per_yr_satellites"]
    bare = shown(found["levelised_cost_without_chips_usd_per_kw_yr"])
    year = f"in {found['best_rate_satellites_year'] or 'no year'}"
    rated = _when(one, "best_rate_satellites", best, year, " GW a year")
    built = "Earth-built and Moon-made" if one.uses_moon else "all of them Earth-built"
    flights = _when(one, "peak_flights", one.figure("peak_flights_per_yr"), f"in {found['peak_flights_year']}", "")
    cards = [
        ("Most satellites in a year", rate_text(best), rated),
        *(_lunar_cards(one) if one.uses_moon else _earth_cards(one)),
        ("Compute, all in", f"{shown(found['levelised_cost_usd_per_kw_yr'])} $/kW-yr", f"{bare} without chips"),
        ("100 GW of satellites a year", f"from {hundred}" if hundred else "not reached", built),
        ("Flights at the peak", f"{shown(found['peak_flights_per_yr'])} a year", flights),
        ("Lift per GW of satellites", f"{shown(found['earth_lift_kt_per_gw'])} kt", "to low Earth orbit"),
        ("Demand served", percent_text(one.figure("share_of_demand_served")), "of all compute wanted"),
    ]  # fmt: skip
    return [{"name": name, "value": value, "note": note} for name, value, note in cards[:_CARDS]]


def _when(one: View, peak: str, highest: float, when: str, unit: str) -> str:
    """When a peak is; where it is the crest of a wave of renewal, also the mean that is kept up for a life."""
    if not words.is_crest(one, peak, highest):
        return when
    mean = figure_text(words.over_a_life(one, peak))
    return f"{when}; {mean}{unit} over a life of {words.life_yr(one):g} years"


def _lunar_cards(one: View) -> list[tuple[str, str, str]]:
    best, year = one.figure("best_rate_moon_made_gw_per_yr"), one.figures["best_rate_moon_made_year"]
    made = _when(one, "best_rate_moon_made", best, f"in {year}", " GW a year")
    power = shown(one.figures["peak_lunar_power_gw"])
    return [
        ("Made on the Moon at best", rate_text(best), made),
        worth.card(one),
        ("Lunar power at the peak", f"{power} GW", _tracks(one)),
    ]


def _earth_cards(one: View) -> list[tuple[str, str, str]]:
    carbon, soot = (one.figure(f"peak_{what}_per_yr") for what in ("co2_mt", "black_carbon_kt"))
    noted = (
        _when(one, f"peak_{what}", highest, "at the peak", unit)
        for what, highest, unit in (("co2_mt", carbon, " Mt"), ("black_carbon_kt", soot, " kt"))
    )
    air = [
        ("Carbon dioxide of launches", f"{figure_text(carbon)} Mt a year", next(noted)),
        ("Black carbon above 15 km", f"{figure_text(soot)} kt a year", next(noted)),
    ]
    return [worth.card(one), air[0]] if one.scenario.moon.allowed else air


def _tracks(one: View) -> str:
    count = int(one.figure("tracks_built"))
    return f"{count or 'no'} mass-driver track{'s' * (count != 1)}"


def _chart(run_key: str, chart: Chart, one: View) -> dict[str, Any]:
    drawn = chart.draw(one)
    heading = chart.heading.format(year=figures.peak_year(one))
    return {"heading": heading, "caption": chart.caption + chart.more(one),
            "html": _drawn(f"{run_key}-{chart.key}", drawn),
            "numbers": _numbers(drawn, one) if chart.yearly else _table(chart, one)}  # fmt: skip


def _table(chart: Chart, one: View) -> dict[str, Any] | None:
    if chart.table is None:
        return None
    names, rows = chart.table(one)
    return {"first": "To", "names": names, "rows": rows}


def _drawn(key: str, figure: go.Figure) -> str:
    figure.update_layout(template="none")
    return str(pio.to_html(figure, full_html=False, include_plotlyjs=False, config=_CONFIG, div_id=key))


def _numbers(figure: go.Figure, one: View) -> dict[str, Any] | None:
    """What a chart over the years shows, as a table: a row per period."""
    count, traces = one.span.count, [t for t in figure.data if t.type in ("bar", "scatter")]
    if not traces:
        return None
    traces.sort(key=lambda trace: trace.meta == figures.SUM)  # sums last, so that a row is not added up twice
    names = [trace.name + " (sum)" * (trace.meta == figures.SUM) for trace in traces]
    rows = [(one.span.year(t), [shown(trace.y[t]) for trace in traces]) for t in range(count)]
    return {"names": names, "rows": rows}


def _limit_rows(one: View, found: list[Limit]) -> list[dict[str, str]]:
    rows = []
    for limit in found:
        years = [one.span.year(t) for t in range(one.span.count) if limit.binds[t]]
        held = f"{years[0]} to {years[-1]}, {len(years)} periods" if years else "never quite"
        rows.append({"name": limit.name, "held": held, "most": f"{100 * min(limit.share.max(), 1):.0f} %"})
    return rows


def _priced(one: View) -> dict[str, Any]:
    """What the limits hold back, and what one more unit of things is worth."""
    found = binding.explanation(one)
    titles = {
        "What relaxing a limit would be worth": "limits",
        "What one more unit is worth": "prices",
        "What more demand would be worth (no limit that can be relaxed)": "demand",
    }
    tables = {title: binding.rows(found[key], _PRICED) for title, key in titles.items() if found[key]}
    return {"note": binding.NOTE, "tables": tables}


def _fact_row(fact: Fact) -> dict[str, str]:
    value = f"{fact.value:,g} {fact.unit.replace('**', '^').replace('dimensionless', '')}".strip()
    bounds = "" if pd.isna(fact.low) or pd.isna(fact.high) else f"{fact.low:,g} to {fact.high:,g}"
    return {
        "what": fact.description,
        "id": fact.id,
        "value": value,
        "range": bounds,
        "kind": fact.kind,
        "source": fact.source,
    }


def _settings(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in tree.items():
        if isinstance(value, dict):
            rows += _settings(value, f"{prefix}{key}.")
        else:
            rows.append((prefix + key, _setting(value)))
    return rows


def _setting(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_setting(item) for item in value) or "all"
    if isinstance(value, dict):
        return " ".join(f"{key} {_setting(item)}" for key, item in value.items())
    return str(value)


def _solve(one: View) -> list[tuple[str, str]]:
    """How the answer was found: sizes, bounds and times, as recorded."""
    keys = (
        "status", "objective", "bound", "gap", "objective_without_moon", "bound_without_moon", "decision_value",
        "decision_gap", "moon_worth_bound", "columns", "rows", "nonzeros", "integers", "coefficient_range", "phases",
        "peak_memory_mb", "versions",
    )  # fmt: skip
    return [(spoken(key), _setting(one.record[key])) for key in keys if one.record.get(key) is not None]
