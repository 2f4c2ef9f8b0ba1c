"""The answer in words. Every sentence stands on its own, so the terminal and the page can both use it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.pipeline.store import Run
from lunarchain.plan.merit import REACHED, TERAWATT_GW, select
from lunarchain.report import worth
from lunarchain.report.basis import unsure
from lunarchain.report.growth import grown, paced
from lunarchain.report.limits import GROUND_GRID, Limit, binding_in, limits, limits_lift
from lunarchain.report.paragraphs import COLUMNS, LINES, Paragraph, enumerated, fitted, last_line, title
from lunarchain.report.phrases import figure_text, listed, lowered, money_text, percent_text, rate_text
from lunarchain.report.style import SOURCE_NAMES
from lunarchain.report.view import View, orbit_name, spoken, view
from lunarchain.scenario.facts import Fact

_NAMED = 4  # limits and facts named before a sentence becomes a list
_CREST = 1.2  # a best year this much above the best mean over a satellite's life is the crest of a wave
_PROCESS = re.compile(r"^P\d+\w* |(?<=per unit annual activity) \([^)]*\)")


def answer(run: Run, columns: int = COLUMNS) -> str:
    """The answer on one terminal screen: plain text, 24 lines where it fits, in whole sentences always."""
    seen = view(run)
    lines = fitted(_paragraphs(seen, limits(seen)), columns, LINES - 2)
    shown = title(seen.record.get("title") or seen.scenario.title, columns)
    return "\n".join([shown, *lines, last_line(run.path)])


def _paragraphs(seen: View, found: list[Limit]) -> list[Paragraph]:
    """What the screen says, each in its full version and in those that may stand for it where room is short."""
    warned = seen.record.get("warnings", [])
    changed = seen.record.get("changed", [])
    return [
        Paragraph("With", tuple(enumerated(", ".join(changed), most, "see the page") for most in (len(changed), 3))),
        Paragraph("Plan", (f"{made(seen)} {served(seen)}",)),
        Paragraph("Moon", _shorter(moon(seen, found))),
        Paragraph("Growth", (grown(seen, found), paced(seen))),
        Paragraph("Terawatt", (terawatt(seen, found), terawatt(seen, found, named=False))),
        Paragraph("Cost", (cost(seen),)),
        Paragraph("Gain", (worth.in_words(seen), worth.in_words(seen, False))),
        Paragraph("Proof", (proof(seen),)),
        Paragraph("Audit", (audited(seen),)),
        Paragraph("Flight", (flown(seen),)),
        Paragraph("Hangs on", tuple(rests_on(seen, most) for most in range(_NAMED, 0, -1))),
        *(Paragraph("Warning", _counted(text)) for text in warned),
    ]


def _counted(warning: str) -> tuple[str, ...]:
    """A warning, and the same with fewer items of its enumeration."""
    return tuple(enumerated(warning, most, "see the page") for most in (9, 3, 1))


def _shorter(sentences: list[str]) -> tuple[str, ...]:
    """A paragraph, and the same without its last sentences."""
    return tuple(" ".join(sentences[:n]) for n in range(len(sentences), 0, -1))


def made(seen: View) -> str:
    """How much compute the plan adds, and how much of it comes from where."""
    totals = {key: seen.span.total(seen.added[key]) for key in ("earth", "hybrid", "moon", "ground")}
    whole = sum(totals.values())
    first, last = seen.span.edges[0], seen.span.edges[seen.span.count]
    if whole <= 0:
        return f"From {first:.0f} to {last:.0f} the plan builds no compute at all."
    least = seen.number("satellites.power", "GW/satellite")
    parts = [
        f"{figure_text(gw)} GW {'as' if key == 'hybrid' else 'in' if key != 'ground' else ''} "
        f"{lowered(SOURCE_NAMES[key])}".replace("  ", " ")
        for key, gw in totals.items()
        if gw >= least
    ]
    return f"From {first:.0f} to {last:.0f} the plan adds {figure_text(whole)} GW of AI compute: {listed(parts)}."


def served(seen: View) -> str:
    """How much of what is wanted the plan serves."""
    mean, final = (seen.figure(f"share_of_demand_served{end}") for end in ("", "_final"))
    return f"It serves {percent_text(mean)} of demand, {percent_text(final)} at the end."


def moon(seen: View, found: list[Limit]) -> list[str]:
    """When the Moon wins and by what, or why it does not: sentences, the most important first."""
    if not seen.scenario.moon.allowed:
        return ["This case has no Moon: everything is built on Earth."]
    if not seen.uses_moon:
        return _no_moon(seen, found)
    first, most = (seen.figures[f"first_year_moon_gives_{what}"] for what in ("1_gw_per_yr", "most"))
    begins = (
        f"The Moon gives more than 1 GW a year from {first}" if first else "The Moon never gives 1 GW a year"
    )
    leads = f"and most new compute from {most}" if most else "and never most of new compute"
    said = [f"{begins}, {leads}.", _where(seen), _lift_or_price(seen)]
    return [sentence for sentence in said if sentence]


def _no_moon(seen: View, found: list[Limit]) -> list[str]:
    """What is said of a Moon that the plan leaves alone: reasons only where the search proved that it gains nothing."""
    if worth.refuted(seen):
        return ["The best plan makes nothing on the Moon.", worth.at_most(seen), _why_not(seen, found)]
    return [
        "Not known: the search ended before it could say whether the Moon pays. The plan in hand makes nothing there."
        f" {worth.at_most(seen)}"
    ]


def _where(seen: View) -> str:
    goods, added = (
        seen.tables["lunar_goods"],
        select(seen.tables["satellites"], detail="added", item=("hybrid", "moon")),
    )
    sites = {
        spoken(s): seen.span.total(seen.span.series(select(goods, node=s))) for s in seen.scenario.moon.sites
    }
    orbits = {
        orbit_name(seen.facts, o): seen.span.total(seen.span.series(select(added, node=o)))
        for o in seen.scenario.satellites.orbits
    }
    how = (
        "joined with their chips in"
        if seen.added["hybrid"].max() > seen.added["moon"].max()
        else "sent whole to"
    )
    return f"Hulls are made at {_ranked(sites)} and {how} {_ranked(orbits)}."


def _ranked(amounts: dict[str, float]) -> str:
    """The places that make up nearly all of a total, largest first, with shares."""
    total, names = sum(amounts.values()), sorted(amounts, key=lambda name: -amounts[name])
    shown = [name for name in names if amounts[name] > total / 50]
    if len(shown) == 1:
        return shown[0]
    return listed(f"{name} ({100 * (amounts[name] / total):.0f} %)" for name in shown)


def _lift_or_price(seen: View) -> str:
    gear, ratio = seen.figures["metzger_g"], seen.figures["metzger_phi"]
    if gear is None or ratio is None:
        return ""
    per_landed = f"each kilogram landed puts {figure_text(float(ratio), 2)} kg of lunar goods in orbit"
    if float(ratio) > float(gear):
        return f"It saves lift: {per_landed}, and {figure_text(float(gear), 2)} kg would break even."
    return f"It does not save lift ({per_landed}; {figure_text(float(gear), 2)} kg would break even): it pays by price."


def _why_not(seen: View, found: list[Limit]) -> str:
    """Whether lift is what the plan is short of, which is all that a Moon could mend."""
    scarce = {limit.name: int(limit.binds.sum()) for limit in found if limits_lift(limit)}
    short = {name: periods for name, periods in scarce.items() if periods}
    if short:
        named = listed(
            f"{lowered(name)} in {periods} of {seen.span.count} periods" for name, periods in short.items()
        )
        return (
            f"Lift is scarce ({named}), but landing plant would take lift from satellites before it gives any back,"
            " and what it gives back does not pay for it."
        )
    flights = seen.span.series(select(seen.tables["launches"], item="flights"))
    return (
        f"Earth launch is never at its limit (at most {figure_text(flights.max())} flights a year), so there is no"
        " shortage of lift that lunar plant could relieve."
    )


def terawatt(seen: View, found: list[Limit], named: bool = True) -> str:
    """When a terawatt a year is reached, in all and Moon-made; else the best year and what holds it back.

    ``named``: whether limits of one kind are told apart.
    """
    year, alone = (seen.figures[f"first_year_1_tw_per_yr_{what}"] for what in ("satellites", "moon_made"))
    if year is None:
        hundred = seen.figures["first_year_100_gw_per_yr_satellites"]
        begins = f"Satellites pass 100 GW a year in {hundred} but" if hundred else "Satellites"
        text = f"{begins} do not reach a terawatt a year: the best is {_best(seen, 'satellites')}"
        return text + _held(seen, found, "satellites", named)
    best, best_moon = (seen.figure(f"best_rate_{what}_gw_per_yr") for what in ("satellites", "moon_made"))
    text = f"Satellites pass a terawatt a year in {year}{_only_a_crest(seen)}"
    if alone is not None:
        return f"{text}; Moon-made ones alone pass it in {alone} and reach {rate_text(best_moon)}."
    if not seen.uses_moon:
        return f"{text}, all of them built on Earth; the best year gives {rate_text(best)}."
    text += f"; Moon-made ones alone reach {_best(seen, 'moon_made')}"
    return text + _held(seen, found, "moon_made", named)


def _best(seen: View, what: str) -> str:
    """The best year of a rate; where it is the crest of a wave, with the best mean over a satellite's life."""
    best, year = seen.figure(f"best_rate_{what}_gw_per_yr"), seen.figures[f"best_rate_{what}_year"]
    text = rate_text(best) + (f" in {year}" if year is not None else "")
    if not is_crest(seen, f"best_rate_{what}", best):
        return text
    mean = over_a_life(seen, f"best_rate_{what}")
    return (
        f"{text}, the crest of a wave of renewal ({rate_text(mean)} is the best mean over the"
        f" {life_yr(seen):g} years of a satellite's life)"
    )


def _only_a_crest(seen: View) -> str:
    mean = over_a_life(seen, "best_rate_satellites")
    return "" if mean >= REACHED * TERAWATT_GW else f" in a crest alone (best mean over a life: {rate_text(mean)})"


def over_a_life(seen: View, peak: str) -> float:
    """Highest mean over a satellite's life of what a figure of merit gives the highest year of."""
    return seen.figure(next(key for key in seen.figures if key.startswith(f"{peak}_over_a_life")))


def is_crest(seen: View, peak: str, highest: float) -> bool:
    """Whether the highest year of a figure stands out of what the plan keeps up for a satellite's life."""
    return highest > _CREST * over_a_life(seen, peak)


def life_yr(seen: View) -> float:
    """Years a satellite serves before it is retired, the case's own number [yr]."""
    return seen.number("compute.satellite_life", "yr")


def _held(seen: View, found: list[Limit], what: str, named: bool) -> str:
    """The limits that hold in the best period of a rate; those of one kind are named together, or counted."""
    rate = seen.lunar if what == "moon_made" else seen.lunar + seen.added["earth"]
    # the ground's own limit does not hold satellites, and must not make those that do look like trifles
    names = binding_in([limit for limit in found if limit.name != GROUND_GRID], int(np.argmax(rate)))
    if not names:
        return ". No limit holds then: more would cost more than it is worth."
    kinds: dict[str, list[str]] = {}
    for name in names:
        kind, _, which = name.partition(": ")
        kinds.setdefault(lowered(kind), []).append(which)
    return f". What holds it then: {listed(_together(*group, named) for group in kinds.items())}."


def _together(kind: str, which: list[str], named: bool) -> str:
    if which == [""]:
        return kind
    if len(which) == 1 or (named and len(which) < _NAMED):
        return f"{kind} ({'; '.join(which)})"
    return f"{kind} ({len(which)} kinds)"


def cost(seen: View) -> str:
    """Discounted cost and the levelised price of compute."""
    whole, bare = (seen.figures[f"levelised_cost{w}_usd_per_kw_yr"] for w in ("", "_without_chips"))
    text = f"{money_text(seen.figure('discounted_cost_g_usd'))} paid, discounted"
    if whole is None or bare is None:
        return text + "."
    return f"{text}: {figure_text(float(whole))} $/kW-yr ({figure_text(float(bare))} without chips)."


def proof(seen: View) -> str:
    """How far from the best possible plan this one can be, and whether that is as close as was asked."""
    gap, known, asked = seen.record.get("gap"), seen.record.get("decision_gap"), seen.scenario.solve
    if gap is None:
        return "No bound was computed: how far the plan is from the best is not known."
    text = f"No plan can be more than {percent_text(gap)} better ({percent_text(asked.gap)} was asked for)."
    if gap > asked.gap:
        stopped = seen.record.get("status") == "interrupted"
        ended = " for; the search was interrupted" if stopped else f" for within {asked.time_limit_s:g} s"
        text = (
            f"GAP NOT REACHED: a plan up to {percent_text(gap)} better may exist; {percent_text(asked.gap)} was asked"
            f"{ended}. The bound holds; more time may close it."
        )
    if seen.uses_moon and known is not None and known > asked.decision_gap:
        text += (
            f" What the Moon gains is known only to within {percent_text(known)} of itself;"
            f" {percent_text(asked.decision_gap)} was asked for."
        )
    return text


def audited(seen: View) -> str:
    """Whether the plan's balances hold when recomputed."""
    checks = seen.certificate.get("checks", [])
    failed = [check for check in checks if not check["passed"]]
    if seen.record.get("audit", {}).get("passed", False) and not failed:
        largest = seen.certificate.get("max_residual") or 0.0
        kinds = f"{len(checks)} kind{'s' * (len(checks) != 1)} of balance and limit"
        return f"Passed: {kinds} recomputed, worst error {largest:.1g}."
    named = [f"{check['name']} ({_off(check)}{_at(check)})" for check in failed[:_NAMED]]
    return f"FAILED, do not rely on this plan: {listed(named) if named else 'see the certificate'}."


def _off(check: dict[str, Any]) -> str:
    off = check.get("max_residual")
    return "not a number" if off is None else f"off by {off:.2g}"


def _at(check: dict[str, object]) -> str:
    return f" at {check['worst']}" if check.get("worst") else ""


def flown(seen: View) -> str:
    """Whether the plan's lunar departures hold in flight."""
    flight = seen.record.get("fly", {})
    if not flight.get("checked"):
        return "Nothing is thrown from the Moon in this plan, so no departure was flown (0 checked)."
    rounds = flight.get("rounds", 1)
    if flight.get("passed"):
        count = f"all {flight['checked']} kinds" if flight["checked"] > 1 else "the one kind"
        return f"Passed: {count} of departure held in flight (after {rounds} round{'s' * (rounds != 1)})."
    rows = seen.verdict[~seen.verdict["passed"].astype(bool)] if len(seen.verdict) else seen.verdict
    named = [
        f"{spoken(row['track'])} to {orbit_name(seen.facts, row['destination'])} ({row['reason'] or 'no margin'})"
        for row in rows.head(_NAMED).to_dict("records")
    ]
    return f"FAILED for {flight['failed']} of {flight['checked']} departures: {listed(named or ['see the verdict'])}."


def sampled(verdict: pd.DataFrame) -> str:
    """How many launches were drawn and aimed anew, how many found no way, and what that says about all others."""
    if not len(verdict) or "lost_at_most" not in verdict or not (drawn := int(verdict["sampled"].sum())):
        return ""
    lost = int(verdict["sampled_failed"].sum())
    found = f"{lost} of them found no way" if lost else "all of them found their way"
    most = f"{100 * verdict['lost_at_most'].max():.1f} %"
    return (
        f"Of the launches in between, {drawn:,} were drawn at random and aimed anew: {found}, so that at 95 % "
        f"confidence no departure loses more than {most} of its launches."
    )


def rests_on(seen: View, most: int = _NAMED) -> str:
    """How many of all numbers nobody has measured, then those that decide most, with their ranges."""
    by_table: dict[str, Fact] = {}
    for fact in unsure(seen):  # one number of each table is enough here; the page has them all
        by_table.setdefault(fact.table, fact)
    facts = list(by_table.values())[:most]
    counts = {kind: int(seen.figure(f"facts_{kind}")) for kind in ("estimate", "unchecked")}
    total = sum(
        int(seen.figure(f"facts_{kind}"))
        for kind in ("seen", "secondary", "unchecked", "derived", "estimate")
    )
    counted = (
        f"Of {total:,} numbers used, {counts['estimate']:,} are estimates and {counts['unchecked']:,} were not"
        " checked again."
    )
    return f"{counted} Above all: {'; '.join(fact_text(fact) for fact in facts)}." if facts else counted


def fact_text(fact: Fact) -> str:
    """A number as a phrase: what, how much, from low to high."""
    bounds = "" if np.isnan(fact.low) or np.isnan(fact.high) else f" ({fact.low:,g} to {fact.high:,g})"
    return f"{described(fact)}, {with_unit(fact)}{bounds}"


def described(fact: Fact) -> str:
    """What a fact is, without the number of the process it belongs to and the unit of what that makes."""
    return lowered(_PROCESS.sub("", fact.description))


def with_unit(fact: Fact) -> str:
    """The value of a fact with its unit as people write it."""
    unit = fact.unit.replace("dimensionless", "").replace("**", "^")
    return f"{fact.value:,g} {unit}".strip()
