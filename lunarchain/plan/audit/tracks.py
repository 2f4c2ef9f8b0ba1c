"""Mass drivers: tracks standing, what they may throw in a slice, windows, speed, and wear."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lunarchain.driver.design import LauncherDesign
from lunarchain.plan.audit.case import SLICES, Case
from lunarchain.plan.audit.certificate import Line, Statement, Vector
from lunarchain.plan.audit.deliveries import thrown

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


def site_of(case: Case, track: str) -> str:
    """The site a track stands at."""
    return case.track_sites[track]


def tracks_of(case: Case) -> list[str]:
    """Tracks the plan names and the case has."""
    named = {node for table in ("tracks", "shots", "thrown") for node, _, _, _ in case.rows(table)}
    return sorted(track for track in named if case.track_sites.get(track) in case.sites)


def designs(case: Case, track: str) -> list[LauncherDesign]:
    """Designs the plan names on a track."""
    return [named.design for named in case.launchers.get(track, {}).values()]


def built_per_yr(case: Case, track: str, name: str) -> Vector:
    """Tracks built through each period [1/yr]."""
    return case.of("tracks", track, name, "built") / case.years.lengths


def standing(case: Case, track: str, launcher: LauncherDesign) -> Vector:
    """Tracks of a design in service, from the builds alone, mean of each period."""
    return case.years.standing(
        built_per_yr(case, track, launcher.id), launcher.life_yr, launcher.build_time_yr
    )


def throughput_kt_per_yr(case: Case, track: str, launcher: LauncherDesign, slice_: str) -> Vector:
    """Mass all standing tracks of a design can throw within a slice."""
    share = case.sites[site_of(case, track)].share(slice_)
    return launcher.throughput_kt_per_yr * launcher.availability * share * standing(case, track, launcher)


def lines(case: Case) -> Iterator[Line]:
    """Every statement about mass drivers."""
    for track in tracks_of(case):
        for named in case.launchers.get(track, {}).values():
            faults = np.array([float(named.faults)])
            yield DESIGN.within(f"{named.design.id} on {track}", faults, np.zeros(1))
        menu = designs(case, track)
        for launcher in menu:
            said = case.of("tracks", track, launcher.id, "standing")
            yield STOCK.equal(f"{launcher.id} on {track}", said, standing(case, track, launcher))
            for slice_ in SLICES:
                shots = case.of("shots", track, launcher.id, slice_)
                most = throughput_kt_per_yr(case, track, launcher, slice_)
                yield RATE.within(f"{launcher.id} on {track}, {slice_}", shots, most)
        for payload_class in case.scenario.launcher.payload_classes:
            fit = [launcher for launcher in menu if launcher.payload_class == payload_class]
            yield from _loads(case, track, payload_class, fit)


def _loads(case: Case, track: str, payload_class: str, fit: list[LauncherDesign]) -> Iterator[Line]:
    place = f"{payload_class} on {track}"
    flown = [x for x in thrown(case) if x[0].track == track and x[0].payload_class == payload_class]
    for slice_ in SLICES:
        loads = [(throw, mass) for throw, s, mass in flown if s == slice_]
        shots = [(d, case.of("shots", track, d.id, slice_) / (1 + d.structure_fraction)) for d in fit]
        total = sum((mass for _, mass in loads), case.zero)
        yield LOAD.equal(f"{place}, {slice_}", total, sum((mass for _, mass in shots), case.zero))
        for speed_m_s in sorted({throw.exit_speed_max_m_s for throw, _ in loads}):
            asking = sum((mass for throw, mass in loads if throw.exit_speed_max_m_s >= speed_m_s), case.zero)
            reaching = sum((mass for d, mass in shots if d.exit_speed_m_s >= speed_m_s), case.zero)
            yield SPEED.within(f"{place} at {speed_m_s:g} m/s, {slice_}", asking, reaching)
        for throw, mass in loads:
            most = case.zero
            for d in fit:
                if d.exit_speed_m_s >= throw.exit_speed_max_m_s:
                    most = most + throughput_kt_per_yr(case, track, d, slice_) / (1 + d.structure_fraction)
            name = f"{place} to {throw.destination} ({throw.mode}), {slice_}"
            yield WINDOW.within(name, mass, min(throw.open_share[slice_], 1.0) * most)


def shots_at(case: Case, site: str) -> Iterator[tuple[LauncherDesign, str, Vector]]:
    """Every design, slice and mass shot [kt/yr] at a site."""
    for track in tracks_of(case):
        if site_of(case, track) == site:
            for launcher in designs(case, track):
                for slice_ in SLICES:
                    yield launcher, slice_, case.of("shots", track, launcher.id, slice_)


def built_at(case: Case, site: str) -> Iterator[tuple[LauncherDesign, Vector]]:
    """Every design and the tracks of it built [1/yr] at a site."""
    for track in tracks_of(case):
        if site_of(case, track) == site:
            for launcher in designs(case, track):
                yield launcher, built_per_yr(case, track, launcher.id)


def launch_structure_kt_per_yr(case: Case, site: str) -> Vector:
    """Structure that flies along with the loads of a site."""
    return sum(
        (d.structure_fraction / (1 + d.structure_fraction) * mass for d, _, mass in shots_at(case, site)),
        case.zero,
    )


def wear_kt_per_yr(case: Case, site: str) -> Vector:
    """Stator worn out by the shots of a site, to be replaced."""
    return sum(
        (d.wear_kt_per_yr / d.throughput_kt_per_yr * mass for d, _, mass in shots_at(case, site)), case.zero
    )
