"""Why a case has no plan, in sentences and in rows of tables, from the diagnosis of the pipeline."""

from __future__ import annotations

import math
from typing import Any

from lunarchain.report.phrases import figure_text, listed, lowered, money_text

_NAMED = 4


def headline(why: dict[str, Any]) -> str:
    """What is asked and cannot be reached, what stands in the way, and the cheapest relief."""
    worst = why["asked"][0]
    years = sorted({entry["year"] for entry in why["asked"]})
    when = f"{years[0]}" if len(years) == 1 else f"{len(years)} periods, {years[0]} to {years[-1]}"
    text = (
        f"What cannot be reached: {lowered(worst['goal'])}."
        f" {worst['year']} asks for {amount(worst['asked'], worst['unit'])} and at most"
        f" {amount(worst['reachable'], worst['unit'])} is possible ({when} fall short)."
    )
    if why["held_by"]:
        text += f" In the way: {listed(why['held_by'][:_NAMED])}."
    return " ".join(filter(None, (text, _cheapest(why))))


def _cheapest(why: dict[str, Any]) -> str:
    priced = [short for short in why["short"] if short["priced_g_usd"] is not None and not short["goal"]]
    if not priced:
        return ""
    least = priced[0]
    held = f" than {listed(least['held_by'][:_NAMED])} allow" if least["held_by"] else ""
    return (
        f"The cheapest relief: {least['worst_year']} needs {amount(least['missing'], least['unit'])} more"
        f" {least['what']}{held}; all that is missing would come to {money_text(least['priced_g_usd'])} at"
        f" {least['priced_at']}."
    )


def amount(value: float, unit: str) -> str:
    """An amount for reading; thousands of kt as Mt."""
    per_year = unit.removesuffix("/yr")
    ending = " a year" if unit.endswith("/yr") else ""
    if per_year == "kt" and value >= 1e3:
        value, per_year = value / 1e3, "Mt"
    plural = "s" if per_year in ("licence", "flight") and value != 1 else ""
    return f"{figure_text(value)} {per_year}{plural}{ending}"


def short_rows(why: dict[str, Any]) -> list[dict[str, str]]:
    """What is short, one row each."""
    return [
        {
            "priced": "not priced" if short["priced_g_usd"] is None else money_text(short["priced_g_usd"]),
            "most missing": amount(short["missing"], short["unit"]),
            "in": str(short["worst_year"]),
            "what": ("asked: " if short["goal"] else "") + short["what"],
        }
        for short in why["short"]
    ]


def relief_rows(why: dict[str, Any]) -> list[dict[str, str]]:
    """The changes that would mend it, one row each; numbers moved together are moved by one factor."""
    rows = []
    for relief in why["reliefs"]:
        alone = len(relief["to"]) == 1
        rows.append(
            {
                "from": f"{next(iter(relief['from'].values())):g}" if alone else "together",
                "to": f"{next(iter(relief['to'].values())):g}"
                if alone
                else f"x {math.exp(relief['change']):.3g}",
                "plan": {True: "found", False: "not found", None: "not tried"}[relief["plan_found"]],
                "change": f"{relief['set']}  ({relief['limit']})",
            }
        )
    return rows
