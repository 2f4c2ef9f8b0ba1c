"""Why a case has no plan, in sentences and in rows of tables, from the diagnosis of the pipeline."""

from __future__ import annotations

import math
from typing import Any

from lunarchain.pipeline.bare_problem import GOAL
from lunarchain.pipeline.relief import MOST_TIMES
from lunarchain.report.phrases import figure_text, listed, lowered, money_text

_NAMED = 4
_CLOSE = 1.2  # factors as close as this are one factor, rounded


def headline(why: dict[str, Any]) -> str:
    """What is asked and cannot be reached, what stands in the way, the cheapest relief, what no limit does alone."""
    worst = why["asked"][0]
    count = len(why["asked"])
    spans = sorted((entry["year"], entry["until"]) for entry in why["asked"])
    others = f" ({count} periods fall short, {spans[0][0]} to {spans[-1][1]})" if count > 1 else ""
    text = (
        f"What cannot be reached: {lowered(worst['goal'])}."
        f" {when(worst['year'], worst['until'])} asks for {amount(worst['asked'], worst['unit'])} and at most"
        f" {amount(worst['reachable'], worst['unit'])} is possible{others}."
    )
    if why["held_by"]:
        text += f" In the way: {listed(why['held_by'][:_NAMED])}."
    return " ".join(filter(None, (text, _cheapest(why), _together(why))))


def when(year: int, until: int) -> str:
    """A year, or the years of a period."""
    return f"{year}" if until <= year else f"{year} to {until}"


def _cheapest(why: dict[str, Any]) -> str:
    priced = [short for short in why["short"] if short["priced_g_usd"] is not None and not short["goal"]]
    if not priced:
        return ""
    least = priced[0]
    held = f" than {listed(least['held_by'][:_NAMED])} allow" if least["held_by"] else ""
    return (
        f"The cheapest relief: {when(least['worst_year'], least['worst_until'])} needs"
        f" {amount(least['missing'], least['unit'])} more {least['what']}{held}; all that is missing would come to"
        f" {money_text(least['priced_g_usd'])} at {least['priced_at']}."
    )


def _together(why: dict[str, Any]) -> str:
    """Which limits will not do alone, and what moving all of them by one factor does."""
    alone = [key for key in why["alone"] if not key.startswith(GOAL)]
    far = f"up to {MOST_TIMES:,.0f} times as much"
    if not why["together"]:
        return f"Alone, {far} of {listed(alone)} would not do." if alone else ""
    joint = next((relief for relief in why["reliefs"] if len(relief["to"]) > 1), None)
    said = f"No single limit will do ({far} of {listed(alone)} is too little)." if alone else "No single limit will do."
    if joint is None:
        return f"{said} Nor will all of them together, {far}: {listed(why['together'])}."
    times = {key: joint["to"][key] / joint["from"][key] for key in joint["to"]}
    most = math.exp(joint["change"])
    held = [f"{key} to {by:.3g} times" for key, by in times.items() if by < most / _CLOSE]
    less = f" (only {listed(held)})" if held else ""
    return f"{said} All that stand in the way will, moved together to {most:.3g} times as much{less}."


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
            "in": when(short["worst_year"], short["worst_until"]),
            "what": ("asked: " if short["goal"] else "") + short["what"],
        }
        for short in why["short"]
    ]


def relief_rows(why: dict[str, Any]) -> list[dict[str, str]]:
    """The changes that make the goals reachable, a row each; numbers moved together are moved by one factor.

    Reachable is meant in fractions of tracks, openings and flights; ``whole plan`` says what a search for a plan in
    whole numbers brought.
    """
    rows = []
    for relief in why["reliefs"]:
        alone = len(relief["to"]) == 1
        rows.append(
            {
                "from": f"{next(iter(relief['from'].values())):g}" if alone else "together",
                "to": f"{next(iter(relief['to'].values())):g}"
                if alone
                else f"x {math.exp(relief['change']):.3g}",
                "whole plan": {True: "found", False: "none in time", None: "not sought"}[
                    relief["plan_found"]
                ],
                "what": relief["limit"],
            }
        )
    return rows


def commands(why: dict[str, Any]) -> list[str]:
    """The same changes as options of the command line, one line each."""
    return [str(relief["set"]) for relief in why["reliefs"]]
