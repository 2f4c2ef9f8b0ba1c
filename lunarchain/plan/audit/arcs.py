"""What a thrown kilogram holds: product, shell, propellant and stage, by the rocket equation."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.scenario.facts import Facts
from lunarchain.scenario.schema import Scenario

# what each payload class carries
PRODUCTS = {"satellite": "satellite", "parts": "hull", "bulk": "oxygen"}
OXYGEN_DEPOT = "nrho"  # served whether or not satellites go there


@dataclass(frozen=True)
class Throw:
    """One payload class on one departure. Masses are per mass thrown."""

    track: str
    site: str
    destination: str
    mode: str
    payload_class: str
    exit_speed_max_m_s: float
    open_share: dict[str, float]
    arriving: float  # share of the product that is not lost on the way
    product: float
    oxygen: float
    fuel: float
    shell: float
    stage: float
    catcher_kt_per_kt_yr: float


Key = tuple[str, str, str, str]


def throws(
    scenario: Scenario, facts: Facts, sites: Collection[str], departures: pd.DataFrame
) -> dict[Key, Throw]:
    """Every throw a case allows, by track, destination, payload class and mode."""
    found = {}
    for row in departures.to_dict("records"):
        if not _allowed(scenario, sites, row):
            continue
        for payload_class in scenario.launcher.payload_classes:
            if row["mode"] == "electric" and payload_class != "satellite":
                continue  # nothing but a whole satellite has an array to drive thrusters with
            throw = _throw(facts, row, payload_class)
            if throw is not None:
                found[throw.track, throw.destination, payload_class, throw.mode] = throw
    return found


def _allowed(scenario: Scenario, sites: Collection[str], row: dict[Any, Any]) -> bool:
    chosen = scenario.launcher
    return (
        bool(row["feasible"])
        and row["track"] in chosen.tracks
        and row["site"] in sites
        and row["destination"] in {*scenario.satellites.orbits, OXYGEN_DEPOT}
        and (not chosen.modes or row["mode"] in chosen.modes)
    )


def _throw(facts: Facts, row: dict[Any, Any], payload_class: str) -> Throw | None:
    electric, mode = row["mode"] == "electric", str(row["mode"])
    shell = _shell(facts, mode, payload_class)
    dry = 0.0 if electric else facts.number("kick_stage.dry_share", "dimensionless")
    trim_m_s = float(row["trim_m_s"]) * _errors(facts, payload_class, float(row["exit_speed_mean_m_s"]))
    if trim_m_s > facts.number("trajectory.errors.trim_limit", "m/s"):
        return None  # no payload carries that much
    delta_v_m_s = float(row["delta_v_m_s"]) + trim_m_s
    parts = stage_masses(delta_v_m_s, _exhaust_m_s(facts, electric), shell, dry)
    if parts is None:
        return None
    start, propellant = parts
    reaction = start * facts.number("kick_stage.catcher_reaction", "dimensionless") * (mode == "catcher")
    loaded = start + reaction  # what the catcher spends flies along as oxygen
    oxygen = 0.0 if electric else facts.number("kick_stage.oxygen_share", "dimensionless")
    return Throw(
        track=row["track"], site=row["site"], destination=row["destination"], mode=mode,
        payload_class=payload_class, exit_speed_max_m_s=float(row["exit_speed_max_m_s"]),
        open_share={s: float(row[f"open_{s}_fraction"]) for s in ("lit", "dark")},
        arriving=_leaving(facts) * (1 - float(row["loss_fraction"])), product=1 / loaded,
        oxygen=(oxygen * propellant + reaction) / loaded,
        fuel=(1 - oxygen) * propellant / loaded, shell=shell / loaded, stage=dry * propellant / loaded,
        catcher_kt_per_kt_yr=_catcher(facts, mode),
    )  # fmt: skip


def stage_masses(
    delta_v_m_s: float, exhaust_m_s: float, shell: float, dry_per_propellant: float
) -> tuple[float, float] | None:
    """(mass at departure, propellant) per mass of product, or nothing when no stage is light enough.

    Tsiolkovsky: mass before the burn = exp(delta-v / exhaust speed) x mass after it (product, shell, stage).
    Two linear equations in the two masses.
    """
    ratio = math.exp(delta_v_m_s / exhaust_m_s)
    rows = np.array([[1.0, -ratio * dry_per_propellant], [1.0, -(1 + dry_per_propellant)]])
    start, propellant = np.linalg.solve(rows, np.array([ratio * (1 + shell), 1 + shell]))
    return (float(start), float(propellant)) if start > 0 and propellant >= 0 else None


def _errors(facts: Facts, payload_class: str, speed_m_s: float) -> float:
    """Errors at the exit over those of the table: thrust errors of independent sections leave a speed error with the
    root of acceleration, lengthwise and sideways; aim is the sideways one over the speed."""
    start = f"driver.class.{payload_class}.acceleration_limit"
    limit = facts.number(start, "standard_g")
    tried = facts.below(f"driver.menu.{payload_class}.acceleration").values()
    hardest = max([row.to("standard_g") for row in tried if row.to("standard_g") <= limit] or [limit])
    stated_g = facts.number("driver.accuracy.reference_acceleration", "standard_g")
    lengthwise = (hardest / stated_g) ** 0.5
    aim = lengthwise * facts.number("driver.accuracy.reference_speed", "m/s") / speed_m_s
    return max(lengthwise, aim)


def _leaving(facts: Facts) -> float:
    """Share of shots that leave the track as they should."""
    return 1 - 1 / facts.number("driver.operations.shots_between_failures", "shot")


def _exhaust_m_s(facts: Facts, electric: bool) -> float:
    impulse = facts.number("kick_stage.electric_isp" if electric else "kick_stage.isp", "s")
    return impulse * facts.number("kick_stage.standard_gravity", "m/s**2")


def _catcher(facts: Facts, mode: str) -> float:
    return facts.number("kick_stage.catcher_mass", "kt/(kt/yr)") if mode == "catcher" else 0.0


def _shell(facts: Facts, mode: str, payload_class: str) -> float:
    """Shell mass per product mass: only air braking needs one; a deployed array brakes over many passes."""
    if mode != "aerobrake":
        return 0.0
    passes = "multi" if payload_class == "satellite" else "single"
    return facts.number(f"propulsion.aero_shell_{passes}", "dimensionless")
