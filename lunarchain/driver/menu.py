"""The menu of launchers an optimiser chooses from: candidates from the facts, dominated ones taken out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from lunarchain.driver.basis import LauncherBasis
from lunarchain.driver.check import check_design
from lunarchain.driver.design import LauncherDesign, design
from lunarchain.driver.inputs import launcher_basis
from lunarchain.scenario.facts import Facts


def menu(facts: Facts, payload_class: str, exit_speed_m_s: float, most: int = 4) -> list[LauncherDesign]:
    """At most ``most`` non-dominated launchers for a payload class, smallest throughput first.

    ``exit_speed_m_s`` is the highest speed any arc of the track needs: the track is sized for it. Candidates
    are every combination of the shot masses, accelerations and intervals of ``driver.menu.<class>``; those
    that fail ``check_design`` or leave the menu's throughput range are dropped. Raises ``InputError`` for an
    unknown payload class.
    """
    basis = launcher_basis(facts, payload_class)
    least, largest = (facts.number(f"driver.menu.throughput_{end}", "kt/yr") for end in ("least", "most"))
    candidates = [
        item
        for item in _candidates(facts, basis, exit_speed_m_s)
        if least <= item.throughput_kt_per_yr <= largest
    ]
    return spread(non_dominated(candidates), most)


def _candidates(facts: Facts, basis: LauncherBasis, exit_speed_m_s: float) -> list[LauncherDesign]:
    def values(quantity: str, unit: str) -> list[float]:
        rows = facts.below(f"driver.menu.{basis.payload.name}.{quantity}")
        return [fact.to(unit) for fact in rows.values()]

    choices = product(values("shot_mass", "t"), values("acceleration", "standard_g"), values("interval", "s"))
    return [
        design(exit_speed_m_s, acceleration_g, shot_mass_t, interval_s, basis)
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
    )


def non_dominated(designs: Sequence[LauncherDesign]) -> list[LauncherDesign]:
    """The designs that no other one equals or betters in cargo, capital, imports, mass and energy at once."""
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
