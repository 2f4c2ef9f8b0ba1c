"""A front in words, as a table and as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from lunarchain.report import style
from lunarchain.report.phrases import figure_text, listed, money_text, percent_text, telling
from lunarchain.report.sheet import Part, build_sheet
from lunarchain.study.pareto import COST, WORDS, YEARS, Front

PAGE = "front.html"
# What is minimised counts compute not served at its assumed value beside what is paid: never said as "cost" alone.
_PROVEN = 1e-6  # a gap below this is the solver's tolerance
NOTE = (
    "Cost with value not served is what is paid plus compute wanted and not served, at the value the case assumes for"
    " it, the years after the horizon included; paid is the money alone, within the reported years."
)
_ON_THE_MOON = "Moon-made is the share of satellite power; drivers are mass-driver tracks built."
# Columns that tell nothing where every plan says the same: the words above the table say it once.
_UNSAID = {"Moon-made": "0 %", "drivers": "0", "audit": "passed", "on the front": "yes"}
_SHORT = {
    COST: "cost with value not served", "earth_lift": "Earth lift", "co2": "CO2", "soot": "soot",
    YEARS: "years to 1 TW/yr",
}  # fmt: skip


def quantity(name: str, value: float | None) -> str:
    """An objective's value for reading."""
    if value is None or value != value:
        return "not reached" if name == YEARS else "–"
    if name == COST:
        return f"{figure_text(value / 1e3, 4)} T$" if abs(value) >= 1e3 else money_text(value)
    unit = WORDS[name][1]
    if unit == "kt" and abs(value) >= 1e3:
        value, unit = value / 1e3, "Mt"
    return f"{figure_text(value)} {unit}"


def sentences(front: Front) -> list[str]:
    """What the front says: the plan best in the first objective, and what less of the others costs."""
    table = front.rows[front.rows["on_front"]]
    first, *others = front.objectives
    best = table.loc[table[first].idxmin()]
    lead = [f"Least {_SHORT[first]}: {quantity(first, best[first])}, with "
            + " and ".join(_reached(name, best[name]) for name in others)
            + f"; {money_text(best['paid'])} is paid within the reported years."]  # fmt: skip
    for name in others:
        lead += [_traded(front, table, best, name)]
    moon = [_ON_THE_MOON] if any("drivers" in row for row in rows(front)) else ["No plan makes anything on the Moon."]
    return [*lead, " ".join([NOTE, *moon]), _proven(front)]


def _reached(name: str, value: float | None) -> str:
    """What a plan comes to in an objective, in the middle of a sentence."""
    said = quantity(name, value)
    if name != YEARS:
        return f"{_SHORT[name]} {said}"
    if value is None or value != value:
        return "no terawatt a year"
    return f"a terawatt a year in {figure_text(value)} years"


def _traded(front: Front, table: pd.DataFrame, best: pd.Series, name: str) -> str:
    """What less of one objective costs: at each level the plan that is best in the first."""
    first, parts = front.objectives[0], dict[str, str]()
    less = table[(table[name] < best[name]) | (table[name].notna() & (best[name] != best[name]))]
    for _, row in less.sort_values(first).iterrows():
        more = row[first] / best[first] - 1 if best[first] else float("nan")
        much = f"in {figure_text(row[name])} years" if name == YEARS else _less(row[name] / best[name])
        paid = f" ({money_text(row['paid'])} paid)"
        parts.setdefault(much, f"{much} for {percent_text(more)} more {_SHORT[first]}{paid}")
    title = "A terawatt a year" if name == YEARS else _SHORT[name][:1].upper() + _SHORT[name][1:]
    return f"{title}: {'; '.join(parts.values())}." if parts else f"{title} cannot be had for less."


def _less(share: float) -> str:
    return f"{percent_text(1 - share)} less"


def _proven(front: Front) -> str:
    table = front.rows
    worst, audits = table["gap"].max(), int(table["audit"].sum())
    return (
        f"{len(table)} plans in whole numbers, each within {percent_text(worst)} of the best possible under its caps;"
        f" {audits} of {len(table)} passed the audit.{_bettered(table)}{_missed(front)} Departures are those of the"
        " table; they were not flown again."
    )


def _bettered(table: pd.DataFrame) -> str:
    """Plans off the front, if any."""
    count = int((~table["on_front"]).sum())
    what = "is" if count == 1 else "are"
    return f" {count} of them {what} bettered by another." if count else " None is bettered by another."


def _missed(front: Front) -> str:
    """Questions that brought no plan."""
    words = {"infeasible": "cannot be kept by any plan", "no answer": "brought no plan in time"}
    asked = "caps and years" if YEARS in front.objectives else "caps"
    said = [f"{count} of the {asked} asked for {words[status]}" for status, count in front.missed.items()]
    return f" {listed(said)}." if said else ""


def rows(front: Front) -> list[dict[str, str]]:
    """The front as rows of text, best in the first objective first."""
    table = front.rows.sort_values(front.objectives[0])
    shown = [
        {
            **{_SHORT[name]: quantity(name, row[name]) for name in front.objectives},
            "paid": money_text(row["paid"]),
            "gap": "proven" if row["gap"] < _PROVEN else percent_text(row["gap"]),
            "Moon-made": f"{100 * row['moon_share']:.0f} %",
            "drivers": str(row["drivers"]),
            "served": f"{100 * row['share_served']:.0f} %",
            "audit": "passed" if row["audit"] else "FAILED",
            "on the front": "yes" if row["on_front"] else "no",
        }
        for row in table.to_dict("records")
    ]
    return telling(shown, _UNSAID)


def content(front: Front) -> dict[str, Any]:
    """The front as plain content for ``--json``."""
    return {
        "case": front.name,
        "objectives": [{"name": n, "words": WORDS[n][0], "unit": WORDS[n][1]} for n in front.objectives],
        "points": front.rows.to_dict("records"),
        "missed": dict(front.missed),
        "words": sentences(front),
        "path": str(front.folder),
    }


def picture(front: Front) -> go.Figure:
    """The first objective over the second; a third as colour, else the share of satellites made on the Moon."""
    first, second, *third = front.objectives
    table = front.rows.sort_values(second)
    table = table[table[second].notna()]
    figure = style.panels([_axis(first)], height=420)
    shade = third[0] if third else "moon_share"
    if not third:
        kept = table[table["on_front"]]
        line = {"color": style.GREY, "width": 1.5}
        figure.add_trace(go.Scatter(x=kept[second], y=kept[first], mode="lines", line=line, hoverinfo="skip"))
    title = f"{_SHORT[third[0]]} [{WORDS[third[0]][1]}]" if third else "Moon-made"
    bar = {
        "title": {"text": title, "side": "right"},
        "thickness": 14,
        "tickformat": ",.3~s" if third else ".0%",
    }
    marker = {
        "size": 13, "color": table[shade], "colorscale": "Cividis", "colorbar": bar, "showscale": True,
        **({} if third else {"cmin": 0, "cmax": 1}),
        "symbol": ["circle" if on else "circle-open" for on in table["on_front"]],
        "line": {"width": 1.5, "color": style.INK},
    }  # fmt: skip
    texts = [_hover(front, row) for row in table.to_dict("records")]
    figure.add_trace(
        go.Scatter(x=table[second], y=table[first], mode="markers", marker=marker, cliponaxis=False, hovertext=texts,
                   hovertemplate="%{hovertext}<extra></extra>")
    )  # fmt: skip
    figure.update_layout(hovermode="closest", showlegend=False, margin={"b": 56, "l": 92})
    small = {"text": _axis(second), "font": {"size": 12, "color": "#57646f"}}
    figure.update_xaxes(title=small, tickformat=",~g", showgrid=True, rangemode="tozero")
    return figure


def _axis(name: str) -> str:
    words, unit = WORDS[name]
    return f"{words[:1].upper() + words[1:]} [{unit}]"


def _hover(front: Front, row: dict[str, Any]) -> str:
    said = [f"{_SHORT[name]}: {quantity(name, row[name])}" for name in front.objectives]
    return "<br>".join([*said, f"{100 * row['moon_share']:.0f} % Moon-made, {row['drivers']} drivers"])


def write_page(front: Front) -> Path:
    """Write the page of a front into its folder, with the table beside it; returns the page's path."""
    first, *others = (_SHORT[name] for name in front.objectives)
    named = f"{first} against {listed(others)}"
    numbers = {*(_SHORT[name] for name in front.objectives), "paid", "gap", "Moon-made", "drivers", "served"}
    marks = (
        "Each mark is a plan. Filled marks are on the front: no other plan found is as good in every objective and"
        " better in one. The upright axis does not start at zero."
    )
    parts = [
        Part("The front", marks, picture(front)),
        Part("The plans", rows=rows(front), numbers=frozenset(numbers)),
    ]
    path = front.folder / PAGE
    path.write_text(build_sheet(f"{front.name}: {named}", sentences(front), parts), encoding="utf-8")
    front.rows.to_parquet(front.folder / "front.parquet", index=False)
    return path
