"""Bills of materials, always in pairs: one design philosophy built on Earth and built on the Moon.

Comparing a light Earth-built satellite with a heavy Moon-built one, or the reverse, decides the answer by
itself, so a pair is loaded whole or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.industry.network import Process, commodity_unit, mass_kt
from lunarchain.scenario.facts import Facts


@dataclass(frozen=True)
class SatellitePair:
    """One philosophy, per GW of compute: masses in kt, photovoltaic blanket in km2.

    ``lunar`` and ``imports`` are what assembly consumes, rejects included; ``earth_mass_kt`` and
    ``moon_mass_kt`` are finished satellites, the Moon-built one the sum of its slots. A hybrid
    takes ``lunar`` from the Moon and ``imports`` in orbit.
    """

    name: str
    power_kw_per_satellite: float
    earth_mass_kt: float
    moon_mass_kt: float
    lunar: dict[str, float]
    imports: dict[str, float]
    reject: float

    @property
    def import_mass_kt(self) -> float:
        """Imported parts in one finished GW, kt (rejects left out)."""
        return sum(self.imports.values()) / (1 + self.reject)

    @property
    def hull_mass_kt(self) -> float:
        """What is lunar-made in one finished GW, kt: the load a hybrid's hull puts on the mass driver."""
        return self.moon_mass_kt - self.import_mass_kt


def pair_names(facts: Facts) -> list[str]:
    """The design philosophies that have both an Earth-built and a Moon-built bill."""
    return [name for name in facts.children("satellites") if f"satellites.{name}.earth.mass" in facts]


def pair(facts: Facts, name: str, moon: str = "") -> SatellitePair:
    """The pair ``name``; giving another ``moon`` philosophy is refused.

    Raises ``InputError`` for an unknown or mixed pair.
    """
    known = pair_names(facts)
    if name not in known:
        raise InputError(
            [Issue("satellites.csv", "pair", repr(name), " | ".join(known), nearest_name(name, known))]
        )
    if moon not in ("", name):
        got = f"Earth-built '{name}' with Moon-built '{moon}'"
        hint = "masses of unlike designs decide the comparison by themselves"
        raise InputError([Issue("satellites.csv", "pair", got, "both of one design philosophy", name, hint)])
    reject = facts.number("satellites.reject", "dimensionless")
    lunar = _slots(facts, f"satellites.{name}.moon.lunar", reject)
    imports = _slots(facts, f"satellites.{name}.moon.import", reject)
    assembled = sum(amount * mass_kt(facts, slot) for slot, amount in (lunar | imports).items())
    return SatellitePair(
        name=name,
        power_kw_per_satellite=facts.number("satellites.power", "kW/satellite"),
        earth_mass_kt=facts.number(f"satellites.{name}.earth.mass", "kt/GW"),
        moon_mass_kt=assembled / (1 + reject),
        lunar=lunar,
        imports=imports,
        reject=reject,
    )


def assembly(facts: Facts, satellite: SatellitePair) -> Process:
    """Assembly of the Moon-built satellite as a process: activity 1 is 1 GW of finished satellites a year.

    Electricity and plant of assembly go with the mass put together.
    """
    rows = facts.below("processes.P13")
    return Process(
        id="P13",
        name=rows["name"].text,
        unit="GW",
        inputs=satellite.lunar | satellite.imports,
        outputs={"satellite": 1.0, "assembly_waste": satellite.reject * satellite.moon_mass_kt},
        electricity_gwh=rows["electricity"].to("GWh/kt") * satellite.moon_mass_kt,
        plant_kt=rows["plant"].to("kt/(kt/yr)") * satellite.moon_mass_kt,
        life_yr=rows["life"].to("yr"),
        spares_per_yr=rows["spares"].to("1/yr"),
        import_share=rows["import_share"].value,
        heat_class=rows["heat_class"].text,
        hot_idle=rows["hot_idle"].value,
        optional=False,
        base="P13",
    )


def _slots(facts: Facts, prefix: str, reject: float) -> dict[str, float]:
    """Consumption per GW of every slot, with what the rejected share costs again."""
    return {
        name: (1 + reject) * fact.to(f"({commodity_unit(facts, name)})/GW")
        for name, fact in facts.below(prefix).items()
    }
