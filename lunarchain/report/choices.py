"""Near-optimal plans in words, as a table and as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from lunarchain.report import style
from lunarchain.report.phrases import figure_text, listed, money_text, percent_text, telling
from lunarchain.report.sheet import Part, build_sheet
from lunarchain.study.alternatives import Alternatives

PAGE = "alternatives.html"
# Columns left out where every plan says so: the words above the table say it once, or there is no Moon to speak of.
_UNSAID = {"Moon": "0 %", "orbit": "0 %", "on Moon": "0 %", "drivers": "0", "audit": "passed"}
_SOURCES = {
    "on_the_ground": "ground", "made_on_earth": "earth", "joined_in_orbit": "hybrid", "made_on_moon": "moon",
}  # fmt: skip


def sentences(found: Alternatives) -> list[str]:
    """What the plans within the slack agree on, and what they leave open."""
    table = found.rows
    best = table.iloc[0]
    lead = (
        f"The least cost with value not served found is {money_text(best['cost'])}, known to within"
        f" {percent_text(found.best_gap)}; {money_text(best['paid'])} is paid within the reported years, the rest is"
        " the value assumed for compute not served, and the years after. Within"
        f" {percent_text(found.within)} of it lie plans as unlike as these {len(table)}."
    )
    spoken = {
        "moon_share": "the Moon's share of all power added",
        "made_on_moon": "the share assembled on the Moon",
        "joined_in_orbit": "the share joined in orbit from lunar hulls",
        "made_on_earth": "the share built on Earth",
        "on_the_ground": "the share left on the ground",
    }
    ranges = [
        f"{words} goes from {100 * table[column].min():.0f} % to {100 * table[column].max():.0f} %"
        for column, words in spoken.items()
        if table[column].max() > 0
    ]
    if table["drivers"].max() > 0:
        ranges.append(
            f"the number of drivers from {table['drivers'].min():.0f} to {table['drivers'].max():.0f}"
        )
    passed = int(table["audit"].sum())
    return [
        lead,
        f"Among them {listed(ranges)}.",
        *([f"No plan was found in time with {listed(found.unanswered)}."] if found.unanswered else []),
        f"Every plan keeps the slack on true launch prices; {passed} of {len(table)} passed the audit. Departures are"
        " those of the table; they were not flown again.",
    ]


def rows(found: Alternatives) -> list[dict[str, str]]:
    """The plans as rows of text, the best first."""
    shown = [
        {
            "above": percent_text(row["above_best"]) if row["above_best"] > 0 else "best",
            "paid": money_text(row["paid"]),
            "Moon": f"{100 * row['moon_share']:.0f} %",
            "orbit": f"{100 * row['joined_in_orbit']:.0f} %",
            "on Moon": f"{100 * row['made_on_moon']:.0f} %",
            "Earth": f"{100 * row['made_on_earth']:.0f} %",
            "ground": f"{100 * row['on_the_ground']:.0f} %",
            "drivers": f"{row['drivers']:.0f}",
            "audit": "passed" if row["audit"] else "FAILED",
            "pushed": row["pushed"],
        }
        for row in found.rows.to_dict("records")
    ]
    return telling(shown, _UNSAID)


def content(found: Alternatives) -> dict[str, Any]:
    """The alternatives as plain content for ``--json``."""
    return {
        "case": found.name,
        "within": found.within,
        "best_gap": found.best_gap,
        "plans": found.rows.to_dict("records"),
        "unanswered": list(found.unanswered),
        "words": sentences(found),
        "path": str(found.folder),
    }


def picture(found: Alternatives) -> go.Figure:
    """Power added by source, one bar a plan; drivers beside it."""
    table = found.rows
    names = [f"{n + 1}. {row['pushed']}" for n, row in enumerate(table.to_dict("records"))][::-1]
    figure = style.panels(["Power added over the reported years [GW]"], height=120 + 52 * len(names))
    for column, source in _SOURCES.items():
        values = [float(f"{value:.4g}") for value in table[f"{column}_gw"][::-1]]
        figure.add_trace(
            go.Bar(y=names, x=values, orientation="h", name=style.SOURCE_NAMES[source],
                   marker={"color": style.SOURCE_COLOURS[source]}, hovertemplate="%{x:,.4~g} GW")
        )  # fmt: skip
    for name, drivers, whole in zip(names, table["drivers"][::-1], _totals(found)[::-1], strict=True):
        text = f"  {drivers:.0f} driver{'s' * (round(drivers) != 1)}"
        figure.add_annotation(y=name, x=whole, text=text, showarrow=False, xanchor="left")
    figure.update_layout(barmode="stack", hovermode="y unified", margin={"l": 190, "r": 90, "b": 60})
    figure.update_xaxes(
        showgrid=True, tickformat=",~g", title={"text": "Power added over the reported years [GW]"}
    )
    figure.update_yaxes(title=None, tickformat=None)
    return figure


def _totals(found: Alternatives) -> list[float]:
    return list(found.rows[[f"{column}_gw" for column in _SOURCES]].sum(axis=1))


def write_page(found: Alternatives) -> Path:
    """Write the page of a set of alternatives into its folder, with the table beside it."""
    numbers = frozenset({"above", "paid", "Moon", "orbit", "on Moon", "Earth", "ground", "drivers"})
    shares = (
        "Shares of all power added: Moon is joined in orbit plus made on the Moon. 'pushed' says what each plan was"
        f" asked to have least or most of within {figure_text(100 * found.within)} % of the least cost."
    )
    parts = [
        Part("What is made where", "One bar a plan, the best at the top.", picture(found)),
        Part("The plans", shares, rows=rows(found), numbers=numbers),
    ]
    path = found.folder / PAGE
    title = f"{found.name}: plans within {figure_text(100 * found.within)} % of the best"
    path.write_text(build_sheet(title, sentences(found), parts), encoding="utf-8")
    found.rows.to_parquet(found.folder / "alternatives.parquet", index=False)
    return path
