"""From a soil's oxides to what an extraction reactor draws from it.

Nothing about a tap is typed: its mass and composition follow from the soil's oxide vector, the mode's
reduction extents and the split of each reduced element between the taps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.scenario.facts import Facts

ELEMENTS = ("O", "Si", "Al", "Fe", "Ca", "Mg", "Ti", "Na", "Mn", "Cr", "K")
LEDGER = ELEMENTS + ("other",)  # 'other' carries imports, hydrogen and carbon, so that mass still closes
_OXYGEN = LEDGER.index("O")

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Extraction:
    """What one mass unit of feed becomes in one mode (masses per mass of feed)."""

    mode: str
    streams: dict[str, float]
    compositions: dict[str, Vector]
    oxygen_released: float
    energy_kwh_per_kg: float


def formula(oxide: str) -> dict[str, int]:
    """Atoms per formula unit: ``Al2O3`` -> ``{'Al': 2, 'O': 3}``."""
    return {element: int(count or 1) for element, count in re.findall(r"([A-Z][a-z]?)(\d*)", oxide)}


def oxide_elements(facts: Facts, oxide: str) -> Vector:
    """Element mass fractions of a pure oxide, in the order of ``LEDGER``."""
    vector = np.zeros(len(LEDGER))
    for element, count in formula(oxide).items():
        vector[LEDGER.index(element)] = count * facts.number(
            f"commodities.element.{element}.atomic_mass", "g/mol"
        )
    return vector / vector.sum()


def soils(facts: Facts) -> list[str]:
    """Names of the soils that have an oxide vector."""
    return [soil for soil in facts.children("soils") if facts.children(f"soils.{soil}.oxide")]


def modes(facts: Facts) -> list[str]:
    """Ids of the ways to take elements out of a soil, in file order: what follows ``extraction.mode.``."""
    return facts.children("extraction.mode")


def oxides(facts: Facts, soil: str) -> dict[str, float]:
    """Oxide mass fractions of ``soil``, normalised to one (assays sum to 100 +/- 1 %)."""
    raw = {name: fact.to("kg/kg") for name, fact in facts.below(f"soils.{soil}.oxide").items()}
    if not raw:
        known = soils(facts)
        issue = Issue("soils.csv", "soil", repr(soil), " | ".join(known), nearest_name(soil, known))
        raise InputError([issue])
    total = sum(raw.values())
    return {name: share / total for name, share in raw.items()}


def soil_elements(facts: Facts, soil: str) -> Vector:
    """Element mass fractions of ``soil``."""
    return np.sum(
        [share * oxide_elements(facts, name) for name, share in oxides(facts, soil).items()], axis=0
    )


def extraction(facts: Facts, soil: str, mode: str) -> Extraction:
    """Oxygen, taps and slag of one mass unit of ``soil`` in ``mode``, with their element vectors.

    Oxygen: released = sum over oxides of share x extent x oxygen content; the capture fraction leaves as
    ``oxygen``, the rest as ``oxygen_vent``. Each reduced element is split between taps; the rest is slag.
    """
    rows = facts.below(f"extraction.mode.{mode}")
    amounts: dict[str, Vector] = {"slag": np.zeros(len(LEDGER))}
    released = 0.0
    for name, share in oxides(facts, soil).items():
        extent = rows[f"extent.{name}"].value if f"extent.{name}" in rows else 0.0
        elements = share * oxide_elements(facts, name)
        amounts["slag"] += (1 - extent) * elements
        released += extent * elements[_OXYGEN]
        for index in np.flatnonzero(elements):
            if index != _OXYGEN:
                _split(rows, LEDGER[index], extent * elements[index], amounts)
    captured = rows["capture"].value * released
    for stream, mass in (("oxygen", captured), ("oxygen_vent", released - captured)):
        amounts[stream] = mass * np.eye(len(LEDGER))[_OXYGEN]
    masses = {stream: float(vector.sum()) for stream, vector in amounts.items() if vector.sum() > 0}
    vectors = {stream: amounts[stream] / mass for stream, mass in masses.items()}
    return Extraction(
        mode, masses, vectors, released, released * facts.number(f"extraction.mode.{mode}.energy", "kWh/kg")
    )


def _split(rows: dict, element: str, mass: float, amounts: dict[str, Vector]) -> None:
    """Add ``mass`` of a reduced element to the taps that take it."""
    if mass <= 0:
        return
    prefix = f"split.{element}."
    for key in [key for key in rows if key.startswith(prefix)]:
        tap = amounts.setdefault(key.removeprefix(prefix), np.zeros(len(LEDGER)))
        tap[LEDGER.index(element)] += rows[key].value * mass
