"""The launcher designs a plan names, sized again from the choices in their names and the place they stand."""

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
Choices = tuple[str, float, float, float, float, bool, float]
BOTH_WAYS = "_both"  # ends the name of a design that fires from either end of its track


def launchers(
    named: set[tuple[str, str]],
    facts: Facts,
    stands: Mapping[str, tuple[str, ...]],
    speeds_m_s: Mapping[str, tuple[float, ...]],
) -> Launchers:
    """Designs by stand and name, for every (stand, name) that reads as one."""
    found: Launchers = defaultdict(dict)
    sized: dict[tuple[str, Choices], Launcher] = {}
    classes = facts.children("driver.class")
    for stand, name in sorted(named):
        directions = stands.get(stand, ())
        asked = tuple(v for direction in directions for v in speeds_m_s.get(direction, ()))
        choices = _choices(name, asked, _steering_rad(facts, directions))
        both = len(directions) > 1
        if choices is not None and choices[0] in classes and directions and choices[5] == both:
            if (name, choices) not in sized:
                sized[name, choices] = _launcher(name, choices, facts)
            found[stand][name] = sized[name, choices]
    return dict(found)


def _steering_rad(facts: Facts, directions: tuple[str, ...]) -> float:
    """The widest steering either way that any direction of a stand has."""
    return max((facts.number(f"tracks.{name}.azimuth_range", "radian") for name in directions), default=0.0)


def _launcher(name: str, choices: Choices, facts: Facts) -> Launcher:
    payload_class, speed_m_s, acceleration_g, shot_t, interval_s, both, steering_rad = choices
    basis = launcher_basis(facts, payload_class, azimuth_range_rad=steering_rad)
    faults = check_design(speed_m_s, acceleration_g, shot_t, interval_s, basis)
    sized = design(speed_m_s, acceleration_g, shot_t, interval_s, basis, both, id=name)
    return Launcher(sized, len(faults))


def _choices(name: str, speeds_m_s: tuple[float, ...], steering_rad: float) -> Choices | None:
    """Payload class, exit speed [m/s], acceleration [standard g], shot mass [t], interval [s] in a name; both ways
    or one; steering."""
    both = name.endswith(BOTH_WAYS)
    try:
        payload_class, shot, acceleration, interval, speed = name.removesuffix(BOTH_WAYS).rsplit("_", 4)
        shot_t = float(shot.removesuffix("kg")) * factor("kg", "t")
        acceleration_g, interval_s = float(acceleration.removesuffix("g")), float(interval.removesuffix("s"))
        rounded_m_s = float(speed)
    except ValueError:
        return None
    # the name carries six digits of the speed, the departure table all of them
    full = [
        v for v in speeds_m_s if design_id(payload_class, v, acceleration_g, shot_t, interval_s, both) == name
    ]
    return payload_class, (full or [rounded_m_s])[0], acceleration_g, shot_t, interval_s, both, steering_rad
