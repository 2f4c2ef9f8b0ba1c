"""Plant that makes plant: the kit of lunar parts, and the grades by which closure is bought with output."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.industry.network import Process
from lunarchain.scenario.facts import Facts


@dataclass(frozen=True)
class PlantKit:
    """The shop that turns parts into plant, per kt finished (``lunar``: per kt of lunar-made part)."""

    lunar: dict[str, float]
    electricity_gwh: float
    plant_kt: float
    life_yr: float
    spares_per_yr: float
    import_share: float
    heat_class: str


@dataclass(frozen=True)
class Grade:
    """A stage of lunar plant making.

    ``crudeness``: mass of lunar-made plant per mass of the same plant from Earth. ``experience_per_yr``: the
    largest yearly output of this grade per unit of all lunar plant made so far (no limit for the first).
    """

    name: str
    crudeness: float
    import_factor: float
    uniform_import_share: float
    experience_per_yr: float

    def import_share(self, process_share: float) -> float:
        """Imported share of a process's plant mass in this grade, from the process's own early share."""
        if not math.isnan(self.uniform_import_share):
            return self.uniform_import_share
        return min(1.0, self.import_factor * process_share)


def plant_kit(facts: Facts) -> PlantKit:
    """The kit shop; the lunar bill is the tabled proportions scaled to one."""
    rows = facts.below("processes.kit")
    proportions = {
        name.removeprefix("in."): fact.to("kg/t") for name, fact in rows.items() if name.startswith("in.")
    }
    total = sum(proportions.values())
    return PlantKit(
        lunar={name: amount / total for name, amount in proportions.items()},
        electricity_gwh=rows["electricity"].to("GWh/kt"),
        plant_kt=rows["plant"].to("kt/(kt/yr)"),
        life_yr=rows["life"].to("yr"),
        spares_per_yr=rows["spares"].to("1/yr"),
        import_share=rows["import_share"].value,
        heat_class=rows["heat_class"].text,
    )


def grades(facts: Facts) -> dict[str, Grade]:
    """Every grade by name, crudest first."""
    return {name: grade(facts, name) for name in facts.children("closure.grade")}


def grade(facts: Facts, name: str) -> Grade:
    """One grade; ``InputError`` names the nearest when there is none of that name."""
    rows = facts.below(f"closure.grade.{name}")
    if not rows:
        known = facts.children("closure.grade")
        raise InputError(
            [Issue("closure.csv", "grade", repr(name), " | ".join(known), nearest_name(name, known))]
        )
    values = {key: fact.value for key, fact in rows.items()}
    return Grade(
        name=name,
        crudeness=values["crudeness"],
        import_factor=values.get("import_factor", math.nan),
        uniform_import_share=values.get("import_share", math.nan),
        experience_per_yr=values.get("experience", math.inf),
    )


def plant_bill(kit: PlantKit, stage: Grade, process: Process) -> dict[str, float]:
    """What 1 kt (Earth-made equivalent) of a process's plant takes: parts, ``imp_plant`` and kit-shop work.

    Crudeness makes the lunar-made part heavier, not the imported one; ``kit_work`` is the finished mass.
    """
    imported = stage.import_share(process.import_share)
    lunar = stage.crudeness * (1 - imported)
    bill = {name: lunar * share for name, share in kit.lunar.items()}
    return bill | {"imp_plant": imported, "kit_work": lunar + imported}
