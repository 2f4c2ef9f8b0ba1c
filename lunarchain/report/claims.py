"""The claims this project starts from beside what the plan comes to: which fit together, and which do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lunarchain.plan.merit import select
from lunarchain.report.phrases import figure_text, percent_text, rate_text
from lunarchain.report.view import View
from lunarchain.units import factor

SHELL = "sso"  # the shell the article names


@dataclass(frozen=True)
class Claim:
    """One statement of the article, the plan's own number for it, and what to make of both."""

    says: str
    here: str
    so: str


def claims(view: View) -> list[Claim]:
    """Every statement the plan has a number for."""
    return [
        _rate(view),
        _mass(view),
        _flights(view),
        _light(view),
        _places(view),
        _upkeep(view),
        *_moon(view),
        _scale(view),
    ]


def _earth_rate(view: View) -> float:
    return float(view.added["earth"].max())


def _rate(view: View) -> Claim:
    wanted, worded = view.number("claims.s1_target", "GW/yr"), view.number("claims.seed_power_rate", "GW/yr")
    best = _earth_rate(view)
    verdict = (
        "reached"
        if best >= wanted
        else f"{figure_text(wanted / best)} times short"
        if best > 0
        else "not begun"
    )
    so = (
        f"{verdict}; the article's own wording, a gigawatt rate, is {figure_text(wanted / worded)} times less"
    )
    return Claim(
        f"{figure_text(wanted)} GW a year of satellites from Earth", f"{rate_text(best)} at best", so
    )


def _mass(view: View) -> Claim:
    claimed = view.number("claims.seed_mass_rate", "kt/yr")
    per_gw = view.bill.earth_mass_kt
    whole = view.number("claims.s1_target", "GW/yr") * per_gw
    density = figure_text(1 / per_gw * factor("GW/kt", "kW/t"))
    so = f"at {density} kW a tonne 100 GW weigh {figure_text(whole * factor('kt', 'Mt'))} Mt"
    lifted = _earth_rate(view) * per_gw * factor("kt", "Mt")
    return Claim(
        f"{figure_text(claimed * factor('kt', 'Mt'))} Mt of satellites a year",
        f"{figure_text(lifted)} Mt a year",
        so,
    )


def _flights(view: View) -> Claim:
    licensed, peak = view.number("policy.licences.total", "flight/yr"), view.figure("peak_flights_per_yr")
    goal = view.facts["launch.flights_goal"].high
    so = f"{figure_text(peak / licensed)} times what is licensed today"
    so += f"; beyond {figure_text(goal)} a year no one has stated a plan: hypothetical" if peak > goal else ""
    return Claim("as many launches as it takes", f"{figure_text(peak)} flights in the busiest year", so)


def _light(view: View) -> Claim:
    sun = view.number(f"orbits.{SHELL}.sun_fraction", "dimensionless")
    altitude = view.number(f"orbits.{SHELL}.altitude", "km")
    so = "free of eclipses only higher up, where the air no longer clears away what fails"
    return Claim(
        "sunlight all the time in sun-synchronous orbit", f"{percent_text(sun)} at {altitude:.0f} km", so
    )


def _places(view: View) -> Claim:
    fact, power = view.facts[f"orbits.{SHELL}.slots"], view.number("satellites.power", "GW/satellite")
    fleet = float(view.span.series(select(view.tables["satellites"], detail="in service")).max())
    holds = {
        name: value * power
        for name, value in (("at least", fact.low), ("perhaps", fact.value), ("at most", fact.high))
    }
    here = ", ".join(f"{name} {figure_text(gw)} GW" for name, gw in holds.items())
    fits = (
        "fits"
        if fleet <= fact.value * power
        else "does not fit"
        if fleet > fact.high * power
        else "fits only at the high estimate"
    )
    return Claim(
        "a million satellites in dawn-dusk orbit",
        f"the shell holds {here}",
        f"the plan's fleet of {figure_text(fleet)} GW {fits} there",
    )


def _upkeep(view: View) -> Claim:
    life = view.number("compute.satellite_life", "yr")
    failing = view.number("compute.gpu_failure", "1/yr")
    added = sum(view.added[key] for key in ("earth", "hybrid", "moon"))
    built = np.asarray(added)
    standing = view.span.average_stock(built, life_yr=life)
    ended = view.span.average_stock(built, life_yr=1.0, lag_yr=life)
    last = view.span.count - 1
    share = ended[last] / built[last] if built[last] > 0 else 0.0
    replaces = f"{percent_text(float(share))} replaces what ended"
    so = f"of what is launched at the end {replaces}; {percent_text(failing)} of chips fail a year"
    return Claim(
        "nearly no maintenance",
        f"{life:.0f} years of life, {figure_text(float(standing[last]))} GW in life",
        so,
    )


def _moon(view: View) -> list[Claim]:
    if not view.scenario.moon.allowed:
        return []
    best = float(view.lunar.max()) * factor("GW", "TW")
    claimed = view.number("claims.seed_lunar_rate", "TW/yr")
    short = f"{figure_text(claimed / best)} times short of it" if best > 0 else "the plan makes nothing there"
    so = "reached" if best >= claimed else short
    return [
        Claim(f"{figure_text(claimed)} TW a year from the Moon", f"{figure_text(best)} TW a year at best", so)
    ]


def _scale(view: View) -> Claim:
    alone, both = (view.figures[f"kardashev_index_{name}"] for name in ("final_fleet", "with_world_use"))
    here = f"{alone:.2f}" if isinstance(alone, float) else "no fleet"
    today = view.number("economics.kardashev_formula", "dimensionless")
    so = f"with all other power of today {both:.3f}, from {today:g} now; a step is a factor of ten thousand million"
    return Claim("towards the second type of Kardashev's scale", f"{here} for the last fleet alone", so)
