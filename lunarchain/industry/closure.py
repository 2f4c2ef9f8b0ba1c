"""Closure by part: every line that still comes from Earth, for each process and each slot of a satellite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from lunarchain.industry.network import IMPORT_PREFIX, Process, processes
from lunarchain.industry.plant import grades
from lunarchain.industry.satellites import SatellitePair, pair
from lunarchain.scenario.facts import Facts
from lunarchain.units import factor

# what one unit of a process is called where people read it
_PER = {"kt": "kg", "km**2": "m**2", "GW": "kW"}


@dataclass(frozen=True)
class ImportLine:
    """One thing from Earth: kilograms of a commodity per unit of the process's output, or per kW of satellite.

    ``replaced_by`` are the optional processes that would make it on the Moon.
    """

    user: str
    name: str
    commodity: str
    amount_kg: float
    per: str
    replaced_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlantShare:
    """The imported share of a process's plant and of its yearly spares, by grade of lunar plant making."""

    process: str
    name: str
    spares_per_yr: float
    imported_by_grade: dict[str, float]


@dataclass(frozen=True)
class Closure:
    """What Earth must send for one soil and one pair of satellites."""

    soil: str
    pair: str
    slots: list[ImportLine]
    processes: list[ImportLine]
    plant: list[PlantShare]

    def as_dict(self) -> dict[str, Any]:
        """Plain nested dictionaries, for ``--json``."""
        return asdict(self)


def closure(facts: Facts, soil: str, pair_name: str = "claim") -> Closure:
    """Import lines of every process on ``soil``, optional ones too, and of every slot of the Moon-built satellite."""
    network, satellite = processes(facts, soil), pair(facts, pair_name)
    rows = {p.base: p for p in network.values()}  # variants by mode import alike
    reactors = [p for p in network.values() if p.mode and p.id == p.base]
    return Closure(
        soil=soil,
        pair=pair_name,
        slots=list(_slots(facts, network, satellite)),
        processes=[
            line for p in (rows | {p.id: p for p in reactors}).values() for line in _lines(network, p)
        ],
        plant=[_plant(facts, p) for p in rows.values()],
    )


def makers(network: dict[str, Process], commodity: str) -> tuple[str, ...]:
    """Processes that make on the Moon what Earth sells, by row set."""
    return tuple(dict.fromkeys(p.base for p in network.values() if commodity in p.outputs))


def _slots(facts: Facts, network: dict[str, Process], satellite: SatellitePair) -> Iterator[ImportLine]:
    for name, amount in satellite.imports.items():
        per_kw = amount / (1 + satellite.reject) * factor("kt/GW", "kg/kW")
        yield ImportLine(
            "satellite", facts.text(f"commodities.{name}.name"), name, per_kw, "kW", makers(network, name)
        )


def _lines(network: dict[str, Process], process: Process) -> Iterator[ImportLine]:
    for name, amount in process.inputs.items():
        if name.startswith(IMPORT_PREFIX):
            per = _PER[process.unit]
            kg = amount * factor(f"kt/({process.unit})", f"kg/({per})")
            yield ImportLine(process.base, process.name, name, kg, per, makers(network, name))


def _plant(facts: Facts, process: Process) -> PlantShare:
    shares = {name: grade.import_share(process.import_share) for name, grade in grades(facts).items()}
    return PlantShare(process.base, process.name, process.spares_per_yr, shares)
