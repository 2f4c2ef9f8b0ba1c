"""Everything wrong with a case before any solve: names, signs, closure, reachability, arcs, a way to serve demand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pandas as pd

from lunarchain.driver.check import check_menu, check_technology
from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.industry.check import industry_issues
from lunarchain.industry.network import IMPORT_PREFIX, commodity_class
from lunarchain.industry.satellites import pair_names
from lunarchain.logistics.check import logistics_issues
from lunarchain.model.build import build
from lunarchain.model.earth_launch import LUNAR, routes_to
from lunarchain.model.inputs import make_inputs
from lunarchain.orbits.follow import following
from lunarchain.scenario.facts import Facts, load_facts
from lunarchain.scenario.load import Case
from lunarchain.scenario.schema import Scenario, Step

# what the Moon must be able to make, beyond the slots of the satellite
_LUNAR_GOODS = ("kit", "power")


def check(case: Case, departures: pd.DataFrame) -> list[Issue]:
    """All issues of a loaded case, in the order of the scenario file; empty when it can be solved."""
    return case.attributed(_found(case, departures))


def plain_faults(case: Case, departures: pd.DataFrame) -> list[Issue]:
    """What is wrong with names, signs and goals: the part of ``check`` that takes no time, for many cases at once."""
    if case.scenario.logistics is not None:
        return []
    return [*_names(case.scenario, case.facts, case.file, departures), *_signs(case), *_goals(case.scenario, case.file)]


def case_warnings(case: Case, departures: pd.DataFrame) -> list[str]:
    """What a reader of the answer must know of the numbers the case itself sets."""
    if case.scenario.logistics is not None or not (case.scenario.data or case.scenario.scale):
        return case.warnings
    from lunarchain.pipeline.screen_facts import idle_changes  # it needs the solving room, a check does not

    idle = idle_changes(case, departures)
    said = "numbers replaced without effect, since nothing in the model of this case depends on them: "
    return [*case.warnings, *([said + ", ".join(idle)] if idle else [])]


def _found(case: Case, departures: pd.DataFrame) -> list[Issue]:
    if case.scenario.logistics is not None:
        return logistics_issues(case.scenario.logistics, case.facts, case.file)
    issues = [
        *plain_faults(case, departures),
        *(check_technology(case.facts, case.file) if case.scenario.moon.allowed else []),
        *check_menu(case.facts, load_facts(), _launched(case.scenario), case.file),
    ]
    issues = _once(issues)
    if issues:
        return issues  # later checks would only repeat a wrong name in other words
    asked = _Asked(following(case.facts))
    sounded = replace(case, facts=asked)
    issues = [
        *_orbits(case),
        *_shares(sounded),
        *_arcs(sounded, departures),
        *_demand(sounded),
        *asked.issues.values(),
    ]
    issues = issues or _numbers(case, departures)
    # every soil says what is wrong with a process all soils share
    return issues or list(
        dict.fromkeys([*industry_issues(case.facts, _soils(case)), *_reachable(case, departures)])
    )


class _Asked(Facts):
    """Facts that note every number asked for in vain, and answer one, so that asking can go on."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.issues: dict[str, Issue] = {}

    def number(self, key: str, unit: str) -> float:
        """The number, or one and a note of why there is none."""
        try:
            return super().number(key, unit)
        except InputError as error:
            self.issues[key] = error.issues[0]
            return 1.0


def _numbers(case: Case, departures: pd.DataFrame) -> list[Issue]:
    """Numbers the model will ask for that are missing or measure something else: a model of one step is built."""
    asked = _Asked(case.facts)
    start = case.scenario.calendar.start
    step = Step(until=start + 20, years=20)
    short = case.scenario.calendar.model_copy(update={"steps": (step,), "tail_periods": 0})
    try:
        build(make_inputs(case.scenario.model_copy(update={"calendar": short}), asked, departures))
    except InputError as error:
        return [*asked.issues.values(), *error.issues]
    except (ValueError, ZeroDivisionError) as error:
        fault = Issue(case.file, "data", str(error), "numbers a model can be built from")
        return [*asked.issues.values()] or [fault]
    return [*asked.issues.values()]


def _soils(case: Case) -> list[str]:
    sites = case.scenario.moon.sites if case.scenario.moon.allowed else ()
    return list(dict.fromkeys(case.facts.text(f"sites.{site}.soil") for site in sites))


def _names(scenario: Scenario, facts: Facts, file: str, departures: pd.DataFrame) -> Iterator[Issue]:
    def listed(table: str, marker: str) -> list[str]:
        return [name for name in facts.children(table) if f"{table}.{name}.{marker}" in facts]

    imports = [c for c in facts.children("commodities") if c.startswith(IMPORT_PREFIX)]
    optional = [p for p in facts.children("processes") if facts.below(f"processes.{p}").get("optional")]
    groups: list[tuple[str, Sequence[str], Sequence[str]]] = [
        ("moon.sites", scenario.moon.sites, listed("sites", "soil")),
        ("moon.processes", scenario.moon.processes, optional),
        ("moon.haulage", scenario.moon.haulage, listed("haulage", "fleet")),
        ("moon.power", scenario.moon.power, listed("power", "sites")),
        ("moon.import_caps_kt", tuple(scenario.moon.import_caps_kt), imports),
        ("launcher.tracks", scenario.launcher.tracks, listed("tracks", "site")),
        ("launcher.payload_classes", scenario.launcher.payload_classes, ("satellite", "parts", "bulk")),
        ("launcher.modes", scenario.launcher.modes, sorted(departures["mode"].unique())),
        ("launch.vehicles", scenario.launch.vehicles, listed("vehicles", "payload_leo")),
        ("launch.routes", scenario.launch.routes, listed("routes", "to")),
        ("satellites.orbits", scenario.satellites.orbits, listed("orbits", "sun_fraction")),
        ("satellites.pair", (scenario.satellites.pair,), pair_names(facts)),
        (
            "economics.discount_rate",
            (scenario.economics.discount_rate,),
            [k for k in facts if facts[k].unit == "1/yr"],
        ),
    ]
    rates = [k for k in facts if facts[k].unit == "1/yr"]
    owners = scenario.economics.actors
    groups += [
        (f"economics.actors.{owner}", (rate,), rates)
        for owner, rate in (("orbital", owners.orbital), ("ground", owners.ground), ("lunar", owners.lunar))
        if rate is not None
    ]
    groups.append(("demand.by_class", tuple(scenario.demand.by_class), facts.children("services")))
    for key, given, valid in groups:
        for name in given:
            if name not in valid:
                few = len(valid) < 20
                shown = "one of " + ", ".join(valid) if few else "an id listed by `lunarchain data`"
                yield Issue(file, key, f"'{name}'", shown, nearest_name(name, valid))


def _once(issues: list[Issue]) -> list[Issue]:
    """A number that two checks refuse is said once, by the later and closer one."""
    last = {issue.key: issue for issue in issues if issue.key.startswith("data.")}
    return [issue for issue in issues if last.get(issue.key, issue) is issue]


def _launched(scenario: Scenario) -> list[str]:
    """Payload classes a case throws from the Moon."""
    known = ("satellite", "parts", "bulk")
    return [name for name in scenario.launcher.payload_classes if name in known and scenario.moon.allowed]


def _goals(scenario: Scenario, file: str) -> Iterator[Issue]:
    """Goals for years the calendar does not report."""
    first, last = scenario.calendar.start, scenario.calendar.steps[-1].until
    for key in ("served_from", "satellites_in"):
        year = getattr(scenario.goals, key)
        if year is not None and not first <= year <= last:
            yield Issue(file, f"goals.{key}", str(year), f"a year from {first} to {last}, the calendar's own")


# Quantities that something is divided by or that nothing can be done without: zero is as wrong as below zero.
_NEVER_ZERO = (
    "life", "payload_leo", "isp", "specific_energy", "round_trip", "elasticity", "shot_mass", "dark_spell",
    "handled_per_robot", "capacity", "power", "reference_lift", "first_price", "lift", "sun_fraction",
    "satellite_price", "satellite_price_at", "satellite_experience", "cluster_members",
)  # fmt: skip


def _signs(case: Case) -> Iterator[Issue]:
    """A number the scenario moved to where its quantity cannot be: judged by where its sourced range lies."""
    sourced = load_facts()
    for key, fact in case.facts.items():
        shipped = sourced.get(key)
        if fact.text or shipped is None or fact.value == shipped.value:
            continue
        known = [x for x in (shipped.low, shipped.value, shipped.high) if not math.isnan(x)]
        expected = _allowed(key, fact.unit, min(known), max(known), fact.value)
        if expected:
            yield Issue(case.file, f"data.{key}", f"{fact.value:g} {fact.unit}", expected)
    for key, fact in case.facts.items():
        if not fact.text and not math.isfinite(fact.value):
            yield Issue(case.file, f"data.{key}", str(fact.value), f"a finite number in {fact.unit}")


def _allowed(key: str, unit: str, least: float, most: float, value: float) -> str:
    """What a value should have been, or nothing when it may be so."""
    if value < 0 <= least:
        return "zero or more"
    if value == 0 and least > 0 and _never_zero(key):
        return "more than zero"
    if key.endswith(".lit_fraction") and not 0 < value < 1:
        return "a share above 0 and below 1: a year has lit and dark hours"
    if key.endswith((".learning_rate", ".satellite_learning")) and value >= 0.5:
        return "a share below 0.5: beyond it the bill hardly grows, however much is bought"
    if unit == "dimensionless" and least >= 0 and most <= 1 < value:
        return "a share, at most 1"
    if unit == "dimensionless" and least >= 1 and value < 1 and key.endswith("pue"):
        return "1 or more: all the power compute draws is part of what the hall draws"
    return ""


def _never_zero(key: str) -> bool:
    name = key.rsplit(".", 1)[-1]
    return name in _NEVER_ZERO or name.endswith("_life")


def _orbits(case: Case) -> Iterator[Issue]:
    """Orbits that the air would bring down, or that lie inside the Earth."""
    facts, ground = case.facts, case.facts.number("constants.earth_radius", "km")
    least = facts.number("constants.lowest_orbit", "km")
    for orbit in case.scenario.satellites.orbits:
        given = facts.below(f"orbits.{orbit}")
        key = "altitude" if "altitude" in given else "radius"
        if key not in given:
            continue
        altitude = given[key].to("km") - (ground if key == "radius" else 0.0)
        if not altitude >= least:
            got = f"{altitude:,.0f} km above ground: inside the atmosphere or the Earth"
            yield Issue(case.file, f"data.orbits.{orbit}.{key}", got, f"an orbit at {least:,.0f} km or more")


def _shares(case: Case) -> Iterator[Issue]:
    share = sum(
        case.facts.number(f"services.{q}.share", "dimensionless") for q in case.facts.children("services")
    )
    if abs(share - 1) > 1e-6:
        yield Issue(
            case.file, "data.services.*.share", f"shares that sum to {share:g}", "shares that sum to 1"
        )


def _arcs(case: Case, departures: pd.DataFrame) -> Iterator[Issue]:
    scenario, facts = case.scenario, case.facts
    for orbit in scenario.satellites.orbits:
        reached = bool(routes_to(facts, orbit, scenario.launch.routes))
        if not reached and not _departures_to(departures, scenario, orbit):
            yield Issue(
                case.file, "satellites.orbits", f"'{orbit}'", "an orbit some route or departure reaches"
            )
    if not scenario.moon.allowed:
        return
    if not scenario.moon.sites:
        yield Issue(case.file, "moon.sites", "no site", "at least one site", "", "or moon.allowed = false")
    here = {facts.text(f"tracks.{track}.site") for track in scenario.launcher.tracks}
    if scenario.moon.sites and not here & set(scenario.moon.sites):
        sites = ", ".join(scenario.moon.sites)
        yield Issue(
            case.file, "launcher.tracks", "no track at the sites chosen", f"a track at one of: {sites}"
        )
    if not routes_to(facts, LUNAR, scenario.launch.routes):
        yield Issue(
            case.file,
            "launch.routes",
            "no route to the Moon",
            "at least one route that lands",
            "",
            "or moon.allowed = false",
        )
    for track in scenario.launcher.tracks:
        rows = departures[departures["track"] == track]
        if not rows["feasible"].astype(bool).any():
            why = (
                "; ".join(f"{r.destination}: {r.reason}" for r in rows.itertuples())
                or "not in the departure table"
            )
            yield Issue(
                case.file,
                "launcher.tracks",
                f"'{track}' reaches nothing",
                "a track with a feasible departure",
                "",
                why,
            )


def _departures_to(departures: pd.DataFrame, scenario: Scenario, orbit: str) -> bool:
    rows = departures[
        (departures["destination"] == orbit) & departures["track"].isin(scenario.launcher.tracks)
    ]
    return bool(scenario.moon.allowed and rows["feasible"].astype(bool).any())


def _demand(case: Case) -> Iterator[Issue]:
    facts, scenario = case.facts, case.scenario
    if scenario.ground.allowed:
        return
    for service in facts.children("services"):
        bears = facts.number(f"services.{service}.max_latency", "s")
        if not any(
            2 * facts.number(f"orbits.{o}.latency_one_way", "s") <= bears for o in scenario.satellites.orbits
        ):
            yield Issue(
                case.file,
                f"services.{service}",
                "no orbit within its latency and no ground",
                "a way to serve the demand",
                hint="allow the ground, or an orbit with less latency",
            )


def _reachable(case: Case, departures: pd.DataFrame) -> Iterator[Issue]:
    """A good the Moon must make that no chain of its processes, soils and imports can make."""
    inputs = make_inputs(case.scenario, case.facts, departures)
    for site in inputs.sites.values():
        made = _closure(case.facts, site.network.values())
        for good in (*inputs.pair.lunar, *_LUNAR_GOODS):
            if good not in made:
                yield Issue(
                    case.file,
                    f"moon.processes at {site.id}",
                    f"'{good}' cannot be made",
                    "a process chain that makes it",
                    hint=f"switch on a process that yields it; allowed now: {', '.join(case.scenario.moon.processes)}",
                )


def _closure(facts: Facts, network: Iterable) -> set[str]:
    """Commodities that can be had: soils and imports first, then whatever runs on what is already there."""
    waiting = list(network)
    given = {c for p in waiting for c in p.inputs if commodity_class(facts, c) in ("resource", "import")}
    grown = True
    while grown:
        ready = [p for p in waiting if set(p.inputs) <= given]
        waiting = [p for p in waiting if p not in ready]
        grown = bool(ready)
        given |= {c for p in ready for c in p.outputs}
    return given
