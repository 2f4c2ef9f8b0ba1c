"""Mass drivers: tracks standing, what they may throw in a slice, windows, speed, and stators worn by shots."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lunarchain.driver.design import LauncherDesign
from lunarchain.plan.audit.arcs import Throw
from lunarchain.plan.audit.case import SLICES, Case
from lunarchain.plan.audit.certificate import Line, Statement, Vector
from lunarchain.plan.audit.deliveries import thrown
from lunarchain.units import factor

STOCK = Statement("tracks standing", "tracks of the table = builds in service, mean of the period [track]")
RATE = Statement(
    "track rate", "shots <= throughput x availability x share of the year x tracks standing [kt/yr]"
)
LOAD = Statement(
    "track load", "loads on all departures of a class = shots less their launch structure [kt/yr]"
)
WINDOW = Statement(
    "track window", "loads on a departure <= open share x what tracks fast enough can throw [kt/yr]"
)
SPEED = Statement(
    "track speed", "loads that ask for a speed <= shots of tracks that reach it, structure off [kt/yr]"
)
DESIGN = Statement("track design", "faults that forbid building a track of the plan <= none [count]")


STATORS = Statement(
    "stators left", "stators left = brought with tracks and renewed, less worn by the shots [t]"
)
WORN = Statement("stator life", "stators worn out so far <= brought with tracks and renewed so far [t]")

_T_PER_KT = factor("kt", "t")


def site_of(case: Case, stand: str) -> str:
    """Id of the site that a stand's track is on."""
    return case.track_sites[case.stands[stand][0]]


def stands_of(case: Case) -> list[str]:
    """Stands the plan builds or shoots from."""
    return sorted(case.launchers)


def designs(case: Case, stand: str) -> list[LauncherDesign]:
    """Designs the plan names on a stand."""
    return [named.design for named in case.launchers[stand].values()]


def reaching(case: Case, direction: str, payload_class: str) -> list[tuple[str, LauncherDesign]]:
    """Stands and designs of a class that fire in a direction."""
    able = [stand for stand in stands_of(case) if direction in case.stands[stand]]
    return [(k, d) for k in able for d in designs(case, k) if d.payload_class == payload_class]


def built_per_yr(case: Case, stand: str, name: str) -> Vector:
    """Tracks built through each period [1/yr]."""
    return case.of("tracks", stand, name, "built") / case.years.lengths


def standing(case: Case, stand: str, launcher: LauncherDesign) -> Vector:
    """Tracks of a design in service, from the builds alone, mean of each period."""
    return case.years.standing(
        built_per_yr(case, stand, launcher.id), launcher.life_yr, launcher.build_time_yr
    )


def throughput_kt_per_yr(case: Case, stand: str, launcher: LauncherDesign, slice_: str) -> Vector:
    """Mass all standing tracks of a design can throw within a slice."""
    share = case.sites[site_of(case, stand)].share(slice_)
    return launcher.throughput_kt_per_yr * launcher.availability * share * standing(case, stand, launcher)


def shot_kt_per_yr(case: Case, stand: str, name: str, slice_: str) -> Vector:
    """Mass a design shoots from a stand, all its directions together."""
    return sum((case.of("shots", j, name, slice_) for j in case.stands[stand]), case.zero)


def lines(case: Case) -> Iterator[Line]:
    """Every statement about mass drivers."""
    for stand in stands_of(case):
        for named in case.launchers[stand].values():
            faults = np.array([float(named.faults)])
            yield DESIGN.within(f"{named.design.id} on {stand}", faults, np.zeros(1))
        for launcher in designs(case, stand):
            said = case.of("tracks", stand, launcher.id, "standing")
            yield STOCK.equal(f"{launcher.id} on {stand}", said, standing(case, stand, launcher))
            for slice_ in SLICES:
                shots = shot_kt_per_yr(case, stand, launcher.id, slice_)
                most = throughput_kt_per_yr(case, stand, launcher, slice_)
                yield RATE.within(f"{launcher.id} on {stand}, {slice_}", shots, most)
        yield from _stators(case, stand)
    for direction in sorted({track for stand in case.stands.values() for track in stand}):
        for payload_class in case.scenario.launcher.payload_classes:
            yield from _loads(case, direction, payload_class)


def _stators(case: Case, stand: str) -> Iterator[Line]:
    """Stators as vintages in shots: those of a stand are one stock, whichever track they came with."""
    years, worn, brought = case.years.lengths, case.zero, case.of("stators", stand, "stators", "renewed")
    for d in designs(case, stand):
        stator_t = d.stator_mass_kt * _T_PER_KT
        shots = sum((shot_kt_per_yr(case, stand, d.id, s) for s in SLICES), case.zero)
        worn = worn + stator_t * shots * factor("kt", "t") / d.shot_mass_t / d.life_shots
        brought = brought + stator_t * built_per_yr(case, stand, d.id)
    left = np.cumsum((brought - worn) * years)
    yield STATORS.equal(stand, case.of("stators", stand, "stators", "left"), np.maximum(left, 0.0))
    yield WORN.within(stand, np.cumsum(worn * years), np.cumsum(brought * years))


def _loads(case: Case, direction: str, payload_class: str) -> Iterator[Line]:
    place = f"{payload_class} on {direction}"
    fit = reaching(case, direction, payload_class)
    flown = [x for x in thrown(case) if x[0].track == direction and x[0].payload_class == payload_class]
    for slice_ in SLICES:
        loads = [(throw, mass) for throw, s, mass in flown if s == slice_]
        shots = [(d, case.of("shots", direction, d.id, slice_) / (1 + d.structure_fraction)) for _, d in fit]
        total = sum((mass for _, mass in loads), case.zero)
        yield LOAD.equal(f"{place}, {slice_}", total, sum((mass for _, mass in shots), case.zero))
        for speed_m_s in sorted({throw.exit_speed_max_m_s for throw, _ in loads}):
            asking = sum((mass for throw, mass in loads if throw.exit_speed_max_m_s >= speed_m_s), case.zero)
            reached = sum((mass for d, mass in shots if d.exit_speed_m_s >= speed_m_s), case.zero)
            yield SPEED.within(f"{place} at {speed_m_s:g} m/s, {slice_}", asking, reached)
        yield from _shared_windows(case, place, loads, fit, slice_)
        for throw, mass in loads:
            most = case.zero
            for stand, d in fit:
                if d.exit_speed_m_s >= throw.exit_speed_max_m_s:
                    most = most + throughput_kt_per_yr(case, stand, d, slice_) / (1 + d.structure_fraction)
            name = f"{place} to {throw.destination} ({throw.mode}), {slice_}"
            yield WINDOW.within(name, mass, min(throw.open_share[slice_], 1.0) * most)


def _shared_windows(
    case: Case,
    place: str,
    loads: list[tuple[Throw, Vector]],
    fit: list[tuple[str, LauncherDesign]],
    slice_: str,
) -> Iterator[Line]:
    """One destination has one window, whatever the ways of braking there: the widest of theirs."""
    for destination in sorted({throw.destination for throw, _ in loads}):
        mine = [x for x in loads if x[0].destination == destination and x[0].open_share[slice_] < 1]
        if len(mine) < 2:
            continue
        slowest = min(throw.exit_speed_max_m_s for throw, _ in mine)
        most = case.zero
        for stand, d in fit:
            if d.exit_speed_m_s >= slowest:
                most = most + throughput_kt_per_yr(case, stand, d, slice_) / (1 + d.structure_fraction)
        widest = max(throw.open_share[slice_] for throw, _ in mine)
        name = f"{place} to {destination}, every way of braking, {slice_}"
        yield WINDOW.within(name, sum((mass for _, mass in mine), case.zero), widest * most)


def shots_at(case: Case, site: str) -> Iterator[tuple[LauncherDesign, str, Vector]]:
    """Every design, slice and mass shot [kt/yr] at a site."""
    for stand in stands_of(case):
        if site_of(case, stand) == site:
            for launcher in designs(case, stand):
                for slice_ in SLICES:
                    yield launcher, slice_, shot_kt_per_yr(case, stand, launcher.id, slice_)


def built_at(case: Case, site: str) -> Iterator[tuple[LauncherDesign, Vector]]:
    """Every design and the tracks of it built [1/yr] at a site."""
    for stand in stands_of(case):
        if site_of(case, stand) == site:
            for launcher in designs(case, stand):
                yield launcher, built_per_yr(case, stand, launcher.id)


def stators_at(case: Case, site: str) -> tuple[dict[str, Vector], Vector]:
    """Lunar materials and imported mass [kt/yr] of the stators renewed at a site."""
    lunar: dict[str, Vector] = {}
    imported = case.zero
    for node, _, what, tonnes in case.rows("stators"):
        if what == "renewed" and node in case.launchers and site_of(case, node) == site:
            renewed = tonnes / _T_PER_KT
            for name, share in stator_shares(case).items():
                if name == "imported":
                    imported = imported + share * renewed
                else:
                    lunar[name] = lunar.get(name, case.zero) + share * renewed
    return lunar, imported


def stator_shares(case: Case) -> dict[str, float]:
    """What a stator is made of, by mass."""
    return {name: row.to("dimensionless") for name, row in case.facts.below("driver.bill.stator").items()}


def launch_structure_kt_per_yr(case: Case, site: str) -> Vector:
    """Structure that flies along with the loads of a site."""
    return sum(
        (d.structure_fraction / (1 + d.structure_fraction) * mass for d, _, mass in shots_at(case, site)),
        case.zero,
    )
