"""The process network of one soil, read from the tables and put into model units.

Activity 1 of a process is 1 kt a year of the stream its row is written per (per t or per kg), 1 km2 a year
of photovoltaic blanket (P09) or 1 GW a year of power plant (P15) and satellite (P13). Streams are kt, with
blanket in km2 and power in GW; electricity is GWh per unit of activity; plant is kt per unit of yearly
activity at full use, so the planner divides by availability, once.

Taps of different composition are never pooled: each extraction mode has its own ``al_tap_<mode>`` and so on,
and a process that takes such a tap appears once per mode it accepts, made from one row set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lunarchain.errors import InputError, Issue
from lunarchain.industry.chemistry import LEDGER, extraction, modes
from lunarchain.scenario.facts import Fact, Facts
from lunarchain.units import factor

_MODEL_UNIT = {"t": "kt", "kg": "kt", "m**2": "km**2", "kW": "GW"}
_REGULAR = "no"  # the word in `.optional` for a process that always takes part
_STREAMS = ("in", "out")
# Commodities that Earth sells. A process may make one too, and so replace the purchase.
IMPORT_PREFIX = "imp_"


@dataclass(frozen=True)
class Process:
    """One process in model units; ``base`` and ``mode`` tell which row set and tap it was made from."""

    id: str
    name: str
    unit: str
    inputs: dict[str, float]
    outputs: dict[str, float]
    electricity_gwh: float
    plant_kt: float
    life_yr: float
    spares_per_yr: float
    import_share: float
    heat_class: str
    hot_idle: float
    optional: bool
    base: str
    mode: str = ""
    residue: str = ""
    site_kind: str = "any"


def commodity_unit(facts: Facts, commodity: str) -> str:
    """Model unit of a commodity: kt, unless the tables give the mass of its own unit (km**2, GW)."""
    key = f"commodities.{commodity}.mass"
    return _MODEL_UNIT[facts[key].unit.split("/", 1)[1]] if key in facts else "kt"


def commodity_class(facts: Facts, commodity: str) -> str:
    """Role of a commodity: resource, import, intermediate, product, by_product, waste; suffix allowed."""
    return facts.text(f"commodities.{family(facts, commodity)}.class")


def resources(facts: Facts) -> list[str]:
    """Commodities found in the ground, free to take."""
    return [name for name in facts.children("commodities") if _class_of(facts, name) == "resource"]


def _class_of(facts: Facts, name: str) -> str:
    return facts.text(f"commodities.{name}.class") if f"commodities.{name}.class" in facts else ""


def family(facts: Facts, commodity: str) -> str:
    """The commodity's name without its mode: ``al_tap_high_al`` -> ``al_tap``."""
    stem = commodity
    while stem and f"commodities.{stem}.class" not in facts:
        stem = stem.rpartition("_")[0]
    return stem or commodity


def mass_kt(facts: Facts, commodity: str) -> float:
    """Mass of one model unit of a commodity, kt."""
    key = f"commodities.{family(facts, commodity)}.mass"
    return facts.number(key, f"kt/({commodity_unit(facts, commodity)})") if key in facts else 1.0


def processes(facts: Facts, soil: str) -> dict[str, Process]:
    """Every process of the network on ``soil`` by id, optional ones included and marked so.

    Raises ``InputError`` when the soil is unknown. ``check.industry_issues`` proves closure and floors.
    """
    found: dict[str, Process] = {}
    for base in facts.children("processes"):
        if facts.children(f"processes.{base}.in") and facts.children(f"processes.{base}.out"):
            found.update((process.id, process) for process in _variants(facts, soil, _template(facts, base)))
    for mode in modes(facts):
        process = _extractor(facts, soil, mode)
        found[process.id] = process
    return found


def _rows(facts: Facts, base: str) -> dict[str, Fact]:
    """The row set of a process; one that is ``like`` another inherits everything but its streams."""
    own = facts.below(f"processes.{base}")
    if "like" not in own:
        return own
    parent = facts.below(f"processes.{own['like'].text}")
    inherited = {key: fact for key, fact in parent.items() if key.split(".")[0] not in (*_STREAMS, "modes")}
    return inherited | own


def _template(facts: Facts, base: str) -> Process:
    """The process as its row set writes it, before its taps are told apart by mode."""
    rows = _rows(facts, base)
    unit = _model_unit(rows["unit"])
    streams: dict[str, dict[str, float]] = {side: {} for side in _STREAMS}
    for key, fact in rows.items():
        side, _, commodity = key.partition(".")
        if side in streams:
            streams[side][commodity] = fact.to(f"({commodity_unit(facts, commodity)})/({unit})")
    electricity = rows["electricity"].to(f"GWh/({unit})") if "electricity" in rows else 0.0
    return Process(
        id=base,
        name=rows["name"].text,
        unit=unit,
        inputs=streams["in"],
        outputs=streams["out"],
        electricity_gwh=electricity,
        plant_kt=rows["plant"].to(f"kt/({unit}/yr)"),
        life_yr=rows["life"].to("yr"),
        spares_per_yr=rows["spares"].to("1/yr"),
        import_share=rows["import_share"].value,
        heat_class=rows["heat_class"].text,
        hot_idle=rows["hot_idle"].value,
        optional=rows["optional"].text != _REGULAR,
        base=base,
        residue=rows["residue"].text if "residue" in rows else "",
        site_kind=rows["sites"].text,
    )


def _model_unit(fact: Fact) -> str:
    if fact.text not in _MODEL_UNIT:
        raise InputError([Issue(fact.file, fact.id, repr(fact.text), " | ".join(_MODEL_UNIT))])
    return _MODEL_UNIT[fact.text]


def _variants(facts: Facts, soil: str, process: Process) -> Iterator[Process]:
    """The process itself or, when it takes a tap, one copy per mode whose tap it accepts."""
    taps = [name for name in process.inputs if f"commodities.{name}.per_mode" in facts]
    if not taps:
        yield process
        return
    for mode in facts.text(f"processes.{process.base}.modes").split():
        tagged = replace(
            process,
            id=f"{process.base}_{mode}",
            mode=mode,
            inputs=_tagged(facts, process.inputs, mode),
            outputs=_tagged(facts, process.outputs, mode),
            optional=process.optional or _mode_is_optional(facts, mode),
        )
        yield _limited_by_tap(facts, soil, tagged)


def _tagged(facts: Facts, streams: dict[str, float], mode: str) -> dict[str, float]:
    return {tag(facts, name, mode): amount for name, amount in streams.items()}


def tag(facts: Facts, commodity: str, mode: str) -> str:
    """The name of a commodity in one mode: suffixed when its composition depends on the mode."""
    return f"{commodity}_{mode}" if f"commodities.{commodity}.per_mode" in facts else commodity


def _mode_is_optional(facts: Facts, mode: str) -> bool:
    owner = facts.text(f"extraction.mode.{mode}.process")
    return facts.text(f"processes.{owner}.optional") != _REGULAR


def _limited_by_tap(facts: Facts, soil: str, process: Process) -> Process:
    """Lower a pure product's yield where the tap is too poor in its element; the residue keeps the rest."""
    outputs = dict(process.outputs)
    for product, ceiling in facts.below(f"processes.{process.base}.recovery_ceiling").items():
        element = facts.children(f"commodities.{product}.element")[0]
        vectors = extraction(facts, soil, process.mode).compositions
        contained = sum(
            amount * vectors[family(facts, name)][LEDGER.index(element)]
            for name, amount in process.inputs.items()
            if family(facts, name) in vectors
        )
        reached = min(outputs[product], ceiling.value * float(contained))
        outputs[process.residue] += outputs[product] - reached
        outputs[product] = reached
    return replace(process, outputs=outputs)


def _extractor(facts: Facts, soil: str, mode: str) -> Process:
    """The reactor of one mode: streams from the soil, everything else from its process rows."""
    template = _template(facts, facts.text(f"extraction.mode.{mode}.process"))
    drawn = extraction(facts, soil, mode)
    imports = {name: fact.to("kt/kt") for name, fact in facts.below(f"extraction.mode.{mode}.import").items()}
    outputs = {tag(facts, name, mode): mass for name, mass in drawn.streams.items()}
    return replace(
        template,
        inputs={"feed": 1.0} | imports,
        outputs=outputs | {"spent_electrode": sum(imports.values())},
        electricity_gwh=drawn.energy_kwh_per_kg * factor("kWh/kg", "GWh/kt"),
        mode=mode,
    )
