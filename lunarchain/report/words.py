"""The answer in words. Every sentence stands on its own, so the terminal and the page can both use it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import numpy as np

from lunarchain.pipeline.store import Run
from lunarchain.plan.merit import REACHED, TERAWATT_GW, select
from lunarchain.report.basis import unsure
from lunarchain.report.growth import grown
from lunarchain.report.limits import GROUND_GRID, LAUNCH_LIMITS, Limit, binding_in, limits
from lunarchain.report.style import SOURCE_NAMES
from lunarchain.report.view import View, orbit_name, spoken, view
from lunarchain.scenario.facts import Fact

PAGE = "report.html"
COLUMNS, LINES = 98, 30
_LABEL = 11  # width of the word that begins a paragraph on the terminal
_NAMED = 4  # limits and facts named before a sentence becomes a list


def answer(run: Run, columns: int = COLUMNS) -> str:
    """The answer on one terminal screen: plain text, at most 30 lines of 98 columns, wrapped to fewer if asked."""
    seen = view(run)
    found = limits(seen)
    paragraphs = [
        ("Plan", f"{made(seen)} {served(seen)}"),
        ("Moon", moon(seen, found)),
        ("Growth", grown(seen, found)),
        ("Terawatt", terawatt(seen, found)),
        ("Cost", f"{cost(seen)} {decision(seen)}"),
        ("Proof", proof(seen)),
        ("Audit", audited(seen)),
        ("Flight", flown(seen)),
        ("Hangs on", rests_on(seen)),
        ("Warning", _shortened(" ".join(seen.record.get("warnings", [])))),
    ]
    lines = [line for label, text in paragraphs if text.strip() for line in wrapped(label, text, columns)]
    page = f"{'Page':{_LABEL}}{run.path / PAGE}"  # never broken and never cut off, so that it can be copied
    return "\n".join([_title(seen), *lines[: LINES - 2], page])


def _shortened(text: str) -> str:
    return textwrap.shorten(text, 2 * COLUMNS, placeholder=" ...")


def _title(seen: View) -> str:
    return textwrap.shorten(seen.record.get("title") or seen.scenario.title, COLUMNS)


def wrapped(label: str, text: str, columns: int) -> list[str]:
    """A paragraph behind its label, in lines of at most ``columns``."""
    return textwrap.wrap(
        text,
        columns,
        initial_indent=f"{label:{_LABEL}}",
        subsequent_indent=" " * _LABEL,
        break_long_words=False,
    )


def figure_text(value: float, digits: int = 3) -> str:
    """A number for reading: three significant digits, thousands apart."""
    return f"{float(f'{value:.{digits}g}'):,.12g}"


def rate_text(gw_per_yr: float) -> str:
    """A yearly rate of compute in GW, or in TW from one on."""
    if gw_per_yr >= REACHED * TERAWATT_GW:
        return f"{figure_text(gw_per_yr / TERAWATT_GW)} TW a year"
    return f"{figure_text(gw_per_yr)} GW a year"


def money_text(g_usd: float) -> str:
    """Dollars, in billions (G$) or in trillions (T$)."""
    return f"{figure_text(g_usd / 1e3)} T$" if abs(g_usd) >= 1e3 else f"{figure_text(g_usd)} G$"


def percent_text(share: float) -> str:
    """A share as a percentage with two significant digits."""
    return f"{figure_text(100 * share, 2)} %"


def listed(words: Iterable[str]) -> str:
    """Words with commas and an 'and' before the last."""
    *first, last = list(words)
    return f"{', '.join(first)} and {last}" if first else last


def lowered(text: str) -> str:
    """A phrase without its capital, unless it begins with a name or an abbreviation."""
    keep = text[:2].upper() == text[:2] or text.startswith(("Earth", "Moon", "Starship"))
    return text if keep else text[:1].lower() + text[1:]


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
    return f"It serves {percent_text(mean)} of the compute wanted over these years, {percent_text(final)} at the end."


def moon(seen: View, found: list[Limit]) -> str:
    """When the Moon wins and by what, or why it does not."""
    if not seen.scenario.moon.allowed:
        return "This case has no Moon: everything is built on Earth."
    if not seen.uses_moon:
        return f"The best plan makes nothing on the Moon. {_at_most(seen)} {_why_not(seen, found)}".replace(
            "  ", " "
        )
    first, most = (seen.figures[f"first_year_moon_gives_{what}"] for what in ("1_gw_per_yr", "most"))
    begins = (
        f"The Moon gives more than 1 GW a year from {first}" if first else "The Moon never gives 1 GW a year"
    )
    leads = f"and most new compute from {most}" if most else "and never most of new compute"
    return f"{begins}, {leads}. {_where(seen)} {_lift_or_price(seen)}"


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
    return listed(f"{name} ({amounts[name] / total:.0%})" for name in shown)


def _lift_or_price(seen: View) -> str:
    gear, ratio = seen.figures["metzger_g"], seen.figures["metzger_phi"]
    if gear is None or ratio is None:
        return ""
    per_landed = f"each kilogram landed puts {figure_text(float(ratio), 2)} kg of lunar goods in orbit"
    if float(ratio) > float(gear):
        return f"It saves lift: {per_landed}, and {figure_text(float(gear), 2)} kg would break even."
    return f"It does not save lift ({per_landed}; {figure_text(float(gear), 2)} kg would break even): it pays by price."


def _at_most(seen: View) -> str:
    bound, whole = seen.record.get("moon_worth_bound"), seen.record.get("objective_without_moon")
    if bound is None or not whole:
        return ""
    return f"Proven: it could save at most {money_text(bound)}, {percent_text(bound / whole)} of the cost."


def _why_not(seen: View, found: list[Limit]) -> str:
    """Whether lift is what the plan is short of, which is all that a Moon could mend."""
    scarce = {limit.name: int(limit.binds.sum()) for limit in found if limit.name.startswith(LAUNCH_LIMITS)}
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


def terawatt(seen: View, found: list[Limit]) -> str:
    """When a terawatt a year is reached, in all and Moon-made; else the best year and what holds it back."""
    year, alone = (seen.figures[f"first_year_1_tw_per_yr_{what}"] for what in ("satellites", "moon_made"))
    best, best_moon = (
        seen.figure("best_rate_satellites_gw_per_yr"),
        seen.figure("best_rate_moon_made_gw_per_yr"),
    )
    if year is None:
        hundred = seen.figures["first_year_100_gw_per_yr_satellites"]
        begins = f"Satellites pass 100 GW a year in {hundred} but" if hundred else "Satellites"
        text = f"{begins} do not reach a terawatt a year: the best is {rate_text(best)}{_from(seen, 'satellites')}"
        return text + _held(seen, found, "satellites")
    text = f"Satellites pass a terawatt a year in {year}"
    if alone is not None:
        return f"{text}; Moon-made ones alone pass it in {alone} and reach {rate_text(best_moon)}."
    if not seen.uses_moon:
        return f"{text}, all of them built on Earth; the best year gives {rate_text(best)}."
    text += f"; Moon-made ones alone reach {rate_text(best_moon)}{_from(seen, 'moon_made')}"
    return text + _held(seen, found, "moon_made")


def _from(seen: View, what: str) -> str:
    year = seen.figures[f"best_rate_{what}_year"]
    return f" in {year}" if year is not None else ""


def _held(seen: View, found: list[Limit], what: str) -> str:
    """The limits that hold in the best period of a rate; those of one kind are named together."""
    rate = seen.lunar if what == "moon_made" else seen.lunar + seen.added["earth"]
    names = [name for name in binding_in(found, int(np.argmax(rate))) if name != GROUND_GRID]
    if not names:
        return ". No limit holds then: more would cost more than it is worth."
    kinds: dict[str, list[str]] = {}
    for name in names:
        kind, _, which = name.partition(": ")
        kinds.setdefault(lowered(kind), []).append(which)
    return f". What holds it then: {listed(_together(*group) for group in kinds.items())}."


def _together(kind: str, which: list[str]) -> str:
    if which == [""]:
        return kind
    return f"{kind} ({'; '.join(which)})" if len(which) < _NAMED else f"{kind} ({len(which)} kinds)"


def cost(seen: View) -> str:
    """Discounted cost and the levelised price of compute."""
    whole, bare = (seen.figures[f"levelised_cost{w}_usd_per_kw_yr"] for w in ("", "_without_chips"))
    text = f"Paid, discounted: {money_text(seen.figure('discounted_cost_g_usd'))}"
    if whole is None or bare is None:
        return text + "."
    per_kw = f"{figure_text(float(whole))} $/kW-yr of compute in service ({figure_text(float(bare))} without chips)"
    return f"{text}, {per_kw}."


def decision(seen: View) -> str:
    """What having the Moon is worth, and how well that is known."""
    value, whole = seen.record.get("decision_value"), seen.record.get("objective_without_moon")
    if not seen.record.get("plan_without_moon_exists", True):
        return "Without the Moon no plan reaches the goals of this case."
    if not seen.scenario.moon.allowed or not seen.uses_moon or value is None or not whole:
        return ""
    known = seen.record.get("decision_gap")
    certainty = f", solved to within {percent_text(known)} of itself" if known is not None else ""
    by_then = seen.figures.get("decision_value_reported_g_usd")
    share = (
        f" {money_text(float(by_then))} of it by {seen.scenario.calendar.steps[-1].until}, the rest in the years after;"
        if by_then is not None
        else ""
    )
    return (
        f"Having the Moon is worth {money_text(value)}{certainty}:{share}"
        f" {percent_text(value / whole)} of the cost and lost value without it."
    )


def proof(seen: View) -> str:
    """How far from the best possible plan this one can be, and whether that is as close as was asked."""
    gap, known, asked = seen.record.get("gap"), seen.record.get("decision_gap"), seen.scenario.solve
    if gap is None:
        return "No bound was computed: how far the plan is from the best is not known."
    text = f"No plan can be more than {percent_text(gap)} better ({percent_text(asked.gap)} was asked for)."
    if gap > asked.gap:
        text = (
            f"GAP NOT REACHED: a plan up to {percent_text(gap)} better may exist; {percent_text(asked.gap)} was asked"
            f" for within {asked.time_limit_s:.0f} s. The bound holds; more time may close it."
        )
    if seen.uses_moon and known is not None and known > asked.decision_gap:
        text += (
            f" The Moon's worth is known only to within {percent_text(known)} of itself;"
            f" {percent_text(asked.decision_gap)} was asked for."
        )
    return text


def audited(seen: View) -> str:
    """Whether the plan's balances hold when recomputed."""
    checks = seen.certificate.get("checks", [])
    failed = [check for check in checks if not check["passed"]]
    if seen.record.get("audit", {}).get("passed", False) and not failed:
        largest = seen.certificate.get("max_residual", 0.0)
        kinds = f"{len(checks)} kind{'s' * (len(checks) != 1)} of balance and limit"
        return f"Passed: {kinds} recomputed from the tables, worst relative error {largest:.1g}."
    named = [f"{check['name']} (off by {check['max_residual']:.2g}{_at(check)})" for check in failed[:_NAMED]]
    return f"FAILED, do not rely on this plan: {listed(named) if named else 'see the certificate'}."


def _at(check: dict[str, object]) -> str:
    return f" at {check['worst']}" if check.get("worst") else ""


def flown(seen: View) -> str:
    """Whether the plan's lunar departures hold in flight."""
    flight = seen.record.get("fly", {})
    if not flight.get("checked"):
        return "Nothing is thrown from the Moon in this plan, so no departure was flown (0 checked)."
    rounds = flight.get("rounds", 1)
    after = f"after {rounds} round{'s' * (rounds != 1)} of correction and solving"
    if flight.get("passed"):
        count = f"all {flight['checked']} kinds" if flight["checked"] > 1 else "the one kind"
        return f"Passed: {count} of departure held in flight, {after}."
    rows = seen.verdict[~seen.verdict["passed"].astype(bool)] if len(seen.verdict) else seen.verdict
    named = [
        f"{spoken(row['track'])} to {orbit_name(seen.facts, row['destination'])} ({row['reason'] or 'no margin'})"
        for row in rows.head(_NAMED).to_dict("records")
    ]
    return f"FAILED for {flight['failed']} of {flight['checked']} departures: {listed(named or ['see the verdict'])}."


def rests_on(seen: View) -> str:
    """The decisive numbers that nobody has measured, with their range, and how many of all there are."""
    by_table: dict[str, Fact] = {}
    for fact in unsure(seen):  # one number of each table is enough here; the page has them all
        by_table.setdefault(fact.table, fact)
    facts = list(by_table.values())[:_NAMED]
    counts = {kind: int(seen.figure(f"facts_{kind}")) for kind in ("estimate", "unchecked")}
    total = sum(
        int(seen.figure(f"facts_{kind}"))
        for kind in ("seen", "secondary", "unchecked", "derived", "estimate")
    )
    named = "; ".join(fact_text(fact) for fact in facts)
    return (
        f"{named}. Of {total:,} numbers used, {counts['estimate']:,} are estimates and"
        f" {counts['unchecked']:,} were not checked again."
    )


def fact_text(fact: Fact) -> str:
    """A number as a phrase: what, how much, from low to high."""
    bounds = "" if np.isnan(fact.low) or np.isnan(fact.high) else f" ({fact.low:,g} to {fact.high:,g})"
    unit = "" if fact.unit in ("", "dimensionless") else f" {fact.unit.replace('**', '^')}"
    return f"{lowered(fact.description)} {fact.value:,g}{unit}{bounds}"
