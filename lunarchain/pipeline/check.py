"""Everything wrong with a case before any solve: names, signs, closure, reachability, arcs, a way to serve demand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from lunarchain.errors import Issue, nearest_name
from lunarchain.industry.check import industry_issues
from lunarchain.industry.network import commodity_class
from lunarchain.industry.satellites import pair_names
from lunarchain.model.earth_launch import LUNAR, routes_to
from lunarchain.model.inputs import make_inputs
from lunarchain.scenario.facts import Facts, load_facts
from lunarchain.scenario.load import Case
from lunarchain.scenario.schema import Scenario

# what the Moon must be able to make, beyond the slots of the satellite
_LUNAR_GOODS = ("kit", "power")


def check(case: Case, departures: pd.DataFrame) -> list[Issue]:
    """All issues of a loaded case, in the order of the scenario file; empty when it can be solved."""
    issues = [*_names(case.scenario, case.facts, case.file), *_signs(case), *_rate(case)]
    if issues:
        return issues  # later checks would only repeat a wrong name in other words
    issues += industry_issues(case.facts, _soils(case))
    issues += [*_arcs(case, departures), *_demand(case)]
    return issues or list(_reachable(case, departures))


def _soils(case: Case) -> list[str]:
    sites = case.scenario.moon.sites if case.scenario.moon.allowed else ()
    return list(dict.fromkeys(case.facts.text(f"sites.{site}.soil") for site in sites))


def _names(scenario: Scenario, facts: Facts, file: str) -> Iterator[Issue]:
    def listed(table: str, marker: str) -> list[str]:
        return [name for name in facts.children(table) if f"{table}.{name}.{marker}" in facts]

    optional = [p for p in facts.children("processes") if facts.below(f"processes.{p}").get("optional")]
    groups: list[tuple[str, Sequence[str], Sequence[str]]] = [
        ("moon.sites", scenario.moon.sites, listed("sites", "soil")),
        ("moon.processes", scenario.moon.processes, optional),
        ("moon.haulage", scenario.moon.haulage, listed("haulage", "fleet")),
        ("moon.power", scenario.moon.power, listed("power", "sites")),
        ("launcher.tracks", scenario.launcher.tracks, listed("tracks", "site")),
        ("launcher.payload_classes", scenario.launcher.payload_classes, ("satellite", "parts", "bulk")),
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
    for key, given, valid in groups:
        for name in given:
            if name not in valid:
                shown = ", ".join(valid) if len(valid) < 20 else "an id of `lunarchain data`"
                yield Issue(file, key, f"'{name}'", f"one of {shown}", nearest_name(name, valid))


def _signs(case: Case) -> Iterator[Issue]:
    """A number the scenario made negative though its sourced range is not."""
    for key, fact in case.facts.items():
        shipped = load_facts().get(key)
        lowest = (
            min(shipped.low if not math.isnan(shipped.low) else shipped.value, shipped.value)
            if shipped
            else 0.0
        )
        if fact.value < 0 <= lowest:
            yield Issue(case.file, f"data.{key}", f"{fact.value:g} {fact.unit}", "zero or more")
        if not fact.text and not math.isfinite(fact.value):
            yield Issue(case.file, f"data.{key}", str(fact.value), f"a finite number in {fact.unit}")


def _rate(case: Case) -> Iterator[Issue]:
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
                case.file, f"services.{service}", "no orbit within its latency and no ground", "a way to serve the demand",
                "", "allow the ground, or an orbit with less latency",
            )  # fmt: skip


def _reachable(case: Case, departures: pd.DataFrame) -> Iterator[Issue]:
    """A good the Moon must make that no chain of its processes, soils and imports can make."""
    inputs = make_inputs(case.scenario, case.facts, departures)
    for site in inputs.sites.values():
        made = _closure(case.facts, site.network.values())
        for good in (*inputs.pair.lunar, *_LUNAR_GOODS):
            if good not in made:
                yield Issue(
                    case.file, f"moon.processes at {site.id}", f"'{good}' cannot be made", "a process chain that makes it",
                    "", f"switch on a process that yields it; allowed now: {', '.join(case.scenario.moon.processes)}",
                )  # fmt: skip


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
