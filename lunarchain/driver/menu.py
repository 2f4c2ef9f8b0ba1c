"""The menu of launchers an optimiser chooses from: candidates from the facts, dominated ones taken out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from lunarchain.driver.basis import LauncherBasis
from lunarchain.driver.check import check_design
from lunarchain.driver.design import LauncherDesign, design
from lunarchain.driver.inputs import launcher_basis
from lunarchain.driver.stands import Stand
from lunarchain.scenario.facts import Facts

# Departures whose exit speeds lie this close share designs sized for the fastest of them: 5 % of the speed, 10 % of
# the energy. Further apart, a track may be sized for the slower ones alone.
SPEED_STEP_M_S = 120.0


def stand_menu(
    facts: Facts, stand: Stand, asked: Mapping[str, Mapping[str, Sequence[float]]], most: int
) -> list[LauncherDesign]:
    """Everything that may be built on a stand: designs of every payload class for every level of exit speed.

    ``asked`` holds the exit speeds [m/s] of the departures by payload class and direction. A class is offered
    where every direction of the stand asks for it: a track that fires two ways must be fast enough for both.
    """
    designs: list[LauncherDesign] = []
    for payload_class, by_direction in asked.items():
        speeds = [by_direction.get(direction, ()) for direction in stand.directions]
        if not all(speeds):
            continue
        useful = max(min(mine) for mine in speeds)
        for level in speed_levels([v for mine in speeds for v in mine]):
            if level >= useful:
                designs += menu(facts, payload_class, level, most, stand.two_way, stand.azimuth_range_rad)
    return designs


def speeds_asked(
    departures: Iterable[tuple[str, str, float]],
) -> dict[str, dict[str, list[float]]]:
    """Highest exit speeds [m/s] by payload class and direction, of (class, direction, speed) of departures."""
    asked: dict[str, dict[str, list[float]]] = {}
    for payload_class, direction, speed_m_s in departures:
        asked.setdefault(payload_class, {}).setdefault(direction, []).append(speed_m_s)
    return asked


def hardest_acceleration_g(facts: Facts, payload_class: str) -> float:
    """The hardest a class may be thrown by any launcher of the menu: its kit is made for the errors of that one."""
    limit = facts.number(f"driver.class.{payload_class}.acceleration_limit", "standard_g")
    rows = facts.below(f"driver.menu.{payload_class}.acceleration").values()
    return max((g for g in (row.to("standard_g") for row in rows) if g <= limit), default=limit)


def speed_levels(exit_speeds_m_s: Iterable[float]) -> list[float]:
    """The exit speeds tracks are sized for: the fastest of each group of speeds that lie close together."""
    levels: list[float] = []
    slowest = -math.inf
    for speed in sorted(exit_speeds_m_s):
        if speed - slowest > SPEED_STEP_M_S:
            slowest = speed
            levels.append(speed)
        levels[-1] = speed
    return levels


def menu(
    facts: Facts,
    payload_class: str,
    exit_speed_m_s: float,
    most: int = 4,
    two_way: bool = False,
    azimuth_range_rad: float | None = None,
) -> list[LauncherDesign]:
    """At most ``most`` non-dominated launchers for a payload class, smallest throughput first.

    ``exit_speed_m_s`` is the highest speed any arc of the track needs: the track is sized for it. Candidates
    are every combination of the shot masses, accelerations and intervals of ``driver.menu.<class>``; those
    that fail ``check_design`` or leave the menu's throughput range are dropped. Raises ``InputError`` for an
    unknown payload class.
    """
    basis = launcher_basis(facts, payload_class, azimuth_range_rad=azimuth_range_rad)
    least, largest = (facts.number(f"driver.menu.throughput_{end}", "kt/yr") for end in ("least", "most"))
    candidates = [
        item
        for item in _candidates(facts, basis, exit_speed_m_s, two_way)
        if least <= item.throughput_kt_per_yr <= largest
    ]
    return spread(non_dominated(candidates), most)


def _candidates(
    facts: Facts, basis: LauncherBasis, exit_speed_m_s: float, two_way: bool
) -> list[LauncherDesign]:
    def values(quantity: str, unit: str) -> list[float]:
        rows = facts.below(f"driver.menu.{basis.payload.name}.{quantity}")
        return [fact.to(unit) for fact in rows.values()]

    choices = product(values("shot_mass", "t"), values("acceleration", "standard_g"), values("interval", "s"))
    return [
        design(exit_speed_m_s, acceleration_g, shot_mass_t, interval_s, basis, two_way)
        for shot_mass_t, acceleration_g, interval_s in choices
        if not check_design(exit_speed_m_s, acceleration_g, shot_mass_t, interval_s, basis)
    ]


def _merits(item: LauncherDesign) -> tuple[float, ...]:
    """What a plan pays for and gets, each the smaller the better."""
    cargo_share = 1 / (1 + item.structure_fraction)
    return (
        -item.cargo_kt_per_yr,
        item.capital_g_usd,
        item.imported_mass_kt,
        item.total_mass_kt,
        item.wall_energy_kwh_per_kg / cargo_share,
        item.stator_mass_kt / item.stator_life_kt / cargo_share,
        item.build_time_yr,
    )


def non_dominated(designs: Sequence[LauncherDesign]) -> list[LauncherDesign]:
    """The designs that no other one equals or betters in everything a plan pays for at once."""
    merits = [_merits(item) for item in designs]

    def beaten(mine: tuple[float, ...]) -> bool:
        return any(
            other != mine and all(theirs <= own for theirs, own in zip(other, mine, strict=True))
            for other in merits
        )

    return [item for item, mine in zip(designs, merits, strict=True) if not beaten(mine)]


def spread(designs: Sequence[LauncherDesign], most: int) -> list[LauncherDesign]:
    """At most ``most`` designs: the cheapest per unit of cargo in each equal band of log throughput."""
    if not designs:
        return []
    rates = [math.log(item.cargo_kt_per_yr) for item in designs]
    width = (max(rates) - min(rates)) / most or 1.0
    best: dict[int, LauncherDesign] = {}
    for item, rate in zip(designs, rates, strict=True):
        band = min(int((rate - min(rates)) / width), most - 1)
        if band not in best or _unit_capital(item) < _unit_capital(best[band]):
            best[band] = item
    return [best[band] for band in sorted(best)]


def _unit_capital(item: LauncherDesign) -> float:
    return item.capital_g_usd / item.cargo_kt_per_yr
