"""What physics will not sell cheaper: enthalpy and melt heat, and the order in which a melt is reduced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lunarchain.errors import Issue
from lunarchain.industry.chemistry import LEDGER, extraction, modes, oxide_elements, oxides
from lunarchain.industry.network import Process
from lunarchain.scenario.facts import Facts

_ORDER = ("FeO", "SiO2", "TiO2", "Al2O3")  # a melt gives up its oxygen in this order of decomposition voltage


def check_floors(facts: Facts, soil: str, network: Mapping[str, Process]) -> list[Issue]:
    """Processes whose electricity lies below what physics asks, and melts reduced out of order."""
    found = [issue for mode in modes(facts) for issue in _check_mode(facts, soil, mode)]
    return found + [issue for process in network.values() for issue in _check_electricity(facts, process)]


def extraction_floor_kwh_per_kg(facts: Facts, soil: str, mode: str) -> float:
    """Least heat per kg of oxygen released: reaction enthalpy of the oxides split, and melting the feed once.

    Enthalpies at 298 K; a mode that does not melt its feed is asked for the enthalpy alone.
    """
    rows = facts.below(f"extraction.mode.{mode}")
    enthalpy, released = 0.0, 0.0
    for name, share in oxides(facts, soil).items():
        if f"extent.{name}" in rows:
            oxygen_share = float(oxide_elements(facts, name)[LEDGER.index("O")])
            oxygen = share * rows[f"extent.{name}"].value * oxygen_share
            enthalpy += oxygen * facts.number(f"extraction.floor.enthalpy.{name}", "kWh/kg")
            released += oxygen
    melt = facts.number("extraction.floor.melt", "kWh/kg") if rows["melts"].text == "yes" else 0.0
    return (enthalpy + melt) / released


def _check_mode(facts: Facts, soil: str, mode: str) -> Iterator[Issue]:
    rows = facts.below(f"extraction.mode.{mode}")
    drawn = extraction(facts, soil, mode)
    floor = extraction_floor_kwh_per_kg(facts, soil, mode)
    if drawn.energy_kwh_per_kg < floor * drawn.oxygen_released:
        got = f"{rows['energy'].value:g} {rows['energy'].unit} of oxygen"
        expected = f"at least {floor:.2f} kWh/kg (enthalpy and melt heat on {soil})"
        yield Issue("extraction.csv", rows["energy"].id, got, expected)
    if rows["sequence"].text == "yes":
        extents = [rows[f"extent.{name}"].value if f"extent.{name}" in rows else 0.0 for name in _ORDER]
        for before, extent, name in zip(extents, extents[1:], _ORDER[1:], strict=False):
            if extent > before:
                expected = f"at most {before:g}, the extent of the oxide reduced before it"
                yield Issue(
                    "extraction.csv", f"extraction.mode.{mode}.extent.{name}", f"{extent:g}", expected
                )


def _check_electricity(facts: Facts, process: Process) -> Iterator[Issue]:
    key = f"processes.{process.base}.floor"
    if key in facts and process.electricity_gwh < facts.number(key, f"GWh/({process.unit})"):
        row = facts[f"processes.{process.base}.electricity"]
        expected = f"at least {facts[key].value:g} {facts[key].unit} ({facts[key].source})"
        yield Issue(row.file, row.id, f"{row.value:g} {row.unit}", expected)
