"""Departure arcs: what a thrown kilogram becomes at its destination, by the rocket equation.

An arc is (track, destination, braking mode, payload class). Its delta-v, speeds, window and losses come from the
departure table of the trajectory room, never from here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from lunarchain.driver.accuracy import error_scale
from lunarchain.driver.menu import hardest_acceleration_g
from lunarchain.scenario.facts import Facts

SLICES = ("lit", "dark")


@dataclass(frozen=True)
class Arc:
    """One way of getting one payload class from a track to a destination.

    ``loaded`` is kg thrown per kg of product; ``oxygen``, ``fuel``, ``shell`` and ``stage`` are kg per kg of product.
    """

    track: str
    site: str
    destination: str
    mode: str
    payload_class: str
    exit_speed_m_s: float
    exit_speed_max_m_s: float
    delta_v_m_s: float
    open_share: dict[str, float]
    loss: float
    loaded: float
    oxygen: float
    fuel: float
    shell: float
    stage: float
    catcher: float

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Index in the model: track, payload class, destination, mode."""
        return (self.track, self.payload_class, self.destination, self.mode)


def make_arcs(departures: pd.DataFrame, facts: Facts, classes: tuple[str, ...]) -> tuple[Arc, ...]:
    """Every usable arc of the departure table for the payload classes wanted."""
    arcs = []
    for row in departures[departures["feasible"].astype(bool)].to_dict("records"):
        for payload_class in classes:
            arc = _arc({str(k): v for k, v in row.items()}, payload_class, facts)
            if arc is not None:
                arcs.append(arc)
    return tuple(arcs)


def _arc(row: dict[str, object], payload_class: str, facts: Facts) -> Arc | None:
    mode = str(row["mode"])
    electric = mode == "electric"
    if electric and payload_class != "satellite":
        return None  # only an assembled satellite has an array to fly on
    speed_m_s = float(str(row["exit_speed_mean_m_s"]))
    trim = float(str(row["trim_m_s"])) * _error_scale(facts, payload_class, speed_m_s)
    if trim > facts.number("trajectory.errors.trim_limit", "m/s"):
        return None  # launchers of this class err more than its kit can trim
    speed = "kick_stage.electric_isp" if electric else "kick_stage.isp"
    exhaust_m_s = facts.number(speed, "s") * facts.number("kick_stage.standard_gravity", "m/s**2")
    delta_v = float(str(row["delta_v_m_s"])) + trim
    growth = math.expm1(delta_v / exhaust_m_s)
    dry = 0.0 if electric else facts.number("kick_stage.dry_share", "dimensionless")
    shell = _shell_share(mode, payload_class, facts)
    if dry * growth >= 1:
        return None
    propellant = (1 + shell) * growth / (1 - dry * growth)
    oxygen = 0.0 if electric else facts.number("kick_stage.oxygen_share", "dimensionless")
    share = {s: float(str(row[f"open_{s}_fraction"])) for s in SLICES}
    # a catcher takes the momentum of what it catches and pays for it in oxygen thrown along with the cargo
    caught = facts.number("kick_stage.catcher_reaction", "dimensionless") if mode == "catcher" else 0.0
    before_burn = 1 + shell + (1 + dry) * propellant
    return Arc(
        str(row["track"]), str(row["site"]), str(row["destination"]), mode, payload_class,
        speed_m_s, float(str(row["exit_speed_max_m_s"])), delta_v,
        share, _loss(facts, float(str(row["loss_fraction"]))), before_burn * (1 + caught),
        oxygen * propellant + caught * before_burn, (1 - oxygen) * propellant, shell, dry * propellant,
        facts.number("kick_stage.catcher_mass", "kt/(kt/yr)") if mode == "catcher" else 0.0,
    )  # fmt: skip


def _error_scale(facts: Facts, payload_class: str, exit_speed_m_s: float) -> float:
    """Launch errors of a class over those the departure table was made with: its trims grow in proportion."""
    return error_scale(
        hardest_acceleration_g(facts, payload_class),
        exit_speed_m_s,
        facts.number("driver.accuracy.reference_acceleration", "standard_g"),
        facts.number("driver.accuracy.reference_speed", "m/s"),
    )


def _loss(facts: Facts, on_the_way: float) -> float:
    """Share of what is thrown that never arrives: shots that fail on the track, and losses after a good launch."""
    failing = 1 / facts.number("driver.operations.shots_between_failures", "shot")
    return 1 - (1 - failing) * (1 - on_the_way)


def _shell_share(mode: str, payload_class: str, facts: Facts) -> float:
    if mode != "aerobrake":
        return 0.0
    deployed = payload_class == "satellite"  # its own array is the brake; a stowed kit needs a shell
    return facts.number(
        "propulsion.aero_shell_multi" if deployed else "propulsion.aero_shell_single", "dimensionless"
    )
