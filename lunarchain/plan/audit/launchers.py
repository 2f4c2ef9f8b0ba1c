"""The launcher designs a plan names, sized again from the choices in their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lunarchain.driver.check import check_design
from lunarchain.driver.design import LauncherDesign, design, design_id
from lunarchain.driver.inputs import launcher_basis
from lunarchain.scenario.facts import Facts
from lunarchain.units import factor


@dataclass(frozen=True)
class Launcher:
    """A design of the plan, and how many faults forbid building it."""

    design: LauncherDesign
    faults: int


Launchers = dict[str, dict[str, Launcher]]
Choices = tuple[str, float, float, float, float]


def launchers(
    named: set[tuple[str, str]], facts: Facts, speeds_m_s: Mapping[str, tuple[float, ...]]
) -> Launchers:
    """Designs by track and name, for every (track, name) that reads as one."""
    found: Launchers = defaultdict(dict)
    sized: dict[Choices, Launcher] = {}
    classes = facts.children("driver.class")
    for track, name in sorted(named):
        choices = _choices(name, speeds_m_s.get(track, ()))
        if choices is not None and choices[0] in classes and track in speeds_m_s:
            if choices not in sized:
                sized[choices] = _launcher(name, choices, facts)
            found[track][name] = sized[choices]
    return dict(found)


def _launcher(name: str, choices: Choices, facts: Facts) -> Launcher:
    payload_class, *numbers = choices
    basis = launcher_basis(facts, payload_class)
    speed_m_s, acceleration_g, shot_t, interval_s = numbers
    faults = check_design(speed_m_s, acceleration_g, shot_t, interval_s, basis)
    return Launcher(design(speed_m_s, acceleration_g, shot_t, interval_s, basis, id=name), len(faults))


def _choices(name: str, speeds_m_s: tuple[float, ...]) -> Choices | None:
    """Payload class, exit speed [m/s], acceleration [standard g], shot mass [t] and interval [s] in a name."""
    try:
        payload_class, shot, acceleration, interval, speed = name.rsplit("_", 4)
        shot_t = float(shot.removesuffix("kg")) * factor("kg", "t")
        acceleration_g, interval_s = float(acceleration.removesuffix("g")), float(interval.removesuffix("s"))
        rounded_m_s = float(speed)
    except ValueError:
        return None
    # the name carries six digits of the speed, the departure table all of them
    full = [v for v in speeds_m_s if design_id(payload_class, v, acceleration_g, shot_t, interval_s) == name]
    return payload_class, (full or [rounded_m_s])[0], acceleration_g, shot_t, interval_s
