"""What a thrown kilogram holds: product, shell, propellant and stage, from the departure table and the rocket equation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lunarchain.plan.audit.case import Case
from lunarchain.plan.audit.certificate import Vector

# what each payload class carries
PRODUCTS = {"satellite": "satellite", "parts": "hull", "bulk": "oxygen"}


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


def throws(case: Case) -> dict[tuple[str, str, str, str], Throw]:
    """Every throw the case allows, by track, destination, payload class and mode."""
    found = {}
    for row in case.departures.to_dict("records"):
        if not _allowed(case, row):
            continue
        for payload_class in case.scenario.launcher.payload_classes:
            if row["mode"] == "electric" and payload_class != "satellite":
                continue  # nothing but a whole satellite has an array to drive thrusters with
            throw = _throw(case, row, payload_class)
            if throw is not None:
                found[throw.track, throw.destination, payload_class, throw.mode] = throw
    return found


def _allowed(case: Case, row: dict[Any, Any]) -> bool:
    chosen = case.scenario.launcher
    return (
        bool(row["feasible"])
        and row["track"] in chosen.tracks
        and row["site"] in case.sites
        and row["destination"] in {*case.scenario.satellites.orbits, "nrho"}
        and (not chosen.modes or row["mode"] in chosen.modes)
    )


def _throw(case: Case, row: dict[Any, Any], payload_class: str) -> Throw | None:
    electric = row["mode"] == "electric"
    shell = _shell(case, str(row["mode"]), payload_class)
    dry = 0.0 if electric else case.number("kick_stage.dry_share")
    parts = stage_masses(float(row["delta_v_m_s"]) + float(row["trim_m_s"]), _exhaust_m_s(case, electric), shell, dry)
    if parts is None:
        return None
    loaded, propellant = parts
    oxygen = 0.0 if electric else case.number("kick_stage.oxygen_share")
    return Throw(
        track=row["track"], site=row["site"], destination=row["destination"], mode=row["mode"],
        payload_class=payload_class, exit_speed_max_m_s=float(row["exit_speed_max_m_s"]),
        open_share={s: float(row[f"open_{s}_fraction"]) for s in ("lit", "dark")},
        arriving=1 - float(row["loss_fraction"]), product=1 / loaded, oxygen=oxygen * propellant / loaded,
        fuel=(1 - oxygen) * propellant / loaded, shell=shell / loaded, stage=dry * propellant / loaded,
        catcher_kt_per_kt_yr=case.number("kick_stage.catcher_mass", "kt/(kt/yr)") if row["mode"] == "catcher" else 0.0,
    )  # fmt: skip


def stage_masses(
    delta_v_m_s: float, exhaust_m_s: float, shell: float, dry_per_propellant: float
) -> tuple[float, float] | None:
    """(mass at departure, propellant) per mass of product, or nothing when no stage is light enough.

    Tsiolkovsky: mass before the burn = exp(delta-v / exhaust speed) x mass after it, product, shell and dry stage.
    Two linear equations in the two masses.
    """
    ratio = math.exp(delta_v_m_s / exhaust_m_s)
    rows = np.array([[1.0, -ratio * dry_per_propellant], [1.0, -(1 + dry_per_propellant)]])
    start, propellant = np.linalg.solve(rows, np.array([ratio * (1 + shell), 1 + shell]))
    return (float(start), float(propellant)) if start > 0 and propellant >= 0 else None


def _exhaust_m_s(case: Case, electric: bool) -> float:
    impulse = case.number("kick_stage.electric_isp" if electric else "kick_stage.isp", "s")
    return impulse * case.number("kick_stage.standard_gravity", "m/s**2")


def _shell(case: Case, mode: str, payload_class: str) -> float:
    """Shell mass per product mass: only air braking needs one; a deployed array brakes over many passes."""
    if mode != "aerobrake":
        return 0.0
    return case.number(f"propulsion.aero_shell_{'multi' if payload_class == 'satellite' else 'single'}")


def thrown(case: Case) -> Iterator[tuple[Throw, str, Vector]]:
    """Every row of the thrown table that the case allows: the throw, its slice, and kt/yr over the periods."""
    known = throws(case)
    for track, destination, detail, mass in case.rows("thrown"):
        payload_class, mode, slice_ = detail.split("|")
        if (track, destination, payload_class, mode) in known:
            yield known[track, destination, payload_class, mode], slice_, mass


def sent_kt_per_yr(case: Case, site: str, product: str) -> Vector:
    """Product thrown from a site."""
    found = [t.product * m for t, _, m in thrown(case) if t.site == site and PRODUCTS[t.payload_class] == product]
    return np.sum(found, axis=0) if found else case.zero


def reached_kt_per_yr(case: Case, destination: str, product: str) -> Vector:
    """Product that arrives at a destination, losses taken off."""
    found = [
        t.product * t.arriving * m
        for t, _, m in thrown(case)
        if t.destination == destination and PRODUCTS[t.payload_class] == product
    ]
    return np.sum(found, axis=0) if found else case.zero
