"""The launcher designs a plan names, sized again from the choices in their names."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from lunarchain.driver.design import LauncherDesign, design, design_id
from lunarchain.driver.inputs import launcher_basis
from lunarchain.scenario.facts import Facts
from lunarchain.units import factor

Launchers = dict[str, dict[str, LauncherDesign]]


def launchers(named: set[tuple[str, str]], facts: Facts, departures: pd.DataFrame) -> Launchers:
    """Designs by track and name, for every (track, name) that reads as one."""
    found: Launchers = defaultdict(dict)
    for track, name in sorted(named):
        speeds = departures.loc[departures["track"] == track, "exit_speed_max_m_s"].tolist()
        launcher = _launcher(name, speeds, facts) if speeds else None
        if launcher is not None:
            found[track][name] = launcher
    return dict(found)


def _launcher(name: str, speeds_m_s: list[float], facts: Facts) -> LauncherDesign | None:
    """The design of a name; none when the name does not read as one."""
    choices = _choices(name)
    if choices is None or choices[0] not in facts.children("driver.class"):
        return None
    payload_class, shot_t, acceleration_g, interval_s, rounded = choices
    # the name carries six digits of the speed, the departure table all of them
    full = [v for v in speeds_m_s if design_id(payload_class, v, acceleration_g, shot_t, interval_s) == name]
    basis = launcher_basis(facts, payload_class)
    return design(float((full or [rounded])[0]), acceleration_g, shot_t, interval_s, basis, id=name)


def _choices(name: str) -> tuple[str, float, float, float, float] | None:
    """Payload class, shot mass [t], acceleration [standard g], interval [s], exit speed [m/s]."""
    try:
        payload_class, shot, acceleration, interval, speed = name.rsplit("_", 4)
        shot_t = float(shot.removesuffix("kg")) * factor("kg", "t")
        numbers = float(acceleration.removesuffix("g")), float(interval.removesuffix("s")), float(speed)
    except ValueError:
        return None
    return payload_class, shot_t, *numbers
