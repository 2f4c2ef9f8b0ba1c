"""Everything wrong with the choices of a launcher, at once."""

from __future__ import annotations

import math

from lunarchain.driver import energy, kinematics
from lunarchain.driver.basis import LauncherBasis
from lunarchain.driver.sizing import STANDARD_G_M_S2, Sizing, size
from lunarchain.errors import Issue
from lunarchain.units import factor


def check_design(
    exit_speed_m_s: float,
    acceleration_g: float,
    shot_mass_t: float,
    interval_s: float,
    basis: LauncherBasis,
    feed_mw: float | None = None,
    file: str = "driver",
) -> list[Issue]:
    """All issues of a launcher's choices; empty when it can be built.

    ``feed_mw`` is the electrical power available to the store (default: exactly what the shots take on
    average). Checked: signs, speed against low lunar orbit, the payload's acceleration limit, the interval
    against the recharge of the store, the feed against what the shots need, the efficiencies.
    """
    given = {
        "exit_speed": (exit_speed_m_s, "m/s"),
        "acceleration": (acceleration_g, "g"),
        "shot_mass": (shot_mass_t, "t"),
        "interval": (interval_s, "s"),
        "sled_ratio": (basis.payload.sled_ratio, ""),
    }
    if feed_mw is not None:
        given["feed"] = (feed_mw, "MW")
    issues = [
        Issue(file, key, f"{value:g} {unit}".strip(), "a finite number above zero")
        for key, (value, unit) in given.items()
        if not (math.isfinite(value) and value > 0)
    ]
    issues += _efficiencies(basis, file)
    if issues:
        return issues
    sizing = size(
        exit_speed_m_s,
        acceleration_g * STANDARD_G_M_S2,
        shot_mass_t * factor("t", "kg"),
        interval_s,
        basis.payload.sled_ratio,
        basis.technology,
    )
    return (
        _orbit(exit_speed_m_s, basis, file)
        + _payload(acceleration_g, basis, file)
        + _recharge(sizing, basis, feed_mw, file)
    )


def _efficiencies(basis: LauncherBasis, file: str) -> list[Issue]:
    wall, motor = basis.technology.wall_efficiency, basis.technology.motor_efficiency
    if 0 < wall <= motor <= 1:
        return []
    expected = "0 < wall efficiency <= motor efficiency <= 1"
    return [Issue(file, "efficiency", f"wall {wall:g}, motor {motor:g}", expected)]


def _orbit(exit_speed_m_s: float, basis: LauncherBasis, file: str) -> list[Issue]:
    technology = basis.technology
    circular = kinematics.circular_speed_m_s(technology.moon_gm_m3_s2, technology.moon_radius_m)
    if exit_speed_m_s >= circular:
        return []
    hint = "slower shots fall back onto the Moon wherever they are aimed"
    return [Issue(file, "exit_speed", f"{exit_speed_m_s:g} m/s", f"at least {circular:.0f} m/s", hint=hint)]


def _payload(acceleration_g: float, basis: LauncherBasis, file: str) -> list[Issue]:
    limit = basis.payload.acceleration_limit_g
    if acceleration_g <= limit:
        return []
    expected = f"at most {limit:g} g for payload class '{basis.payload.name}'"
    return [
        Issue(
            file,
            "acceleration",
            f"{acceleration_g:g} g",
            expected,
            hint="a longer track or a tougher payload",
        )
    ]


def _recharge(sizing: Sizing, basis: LauncherBasis, feed_mw: float | None, file: str) -> list[Issue]:
    technology = basis.technology
    needed_w = sizing.mean_kinetic_w / technology.motor_efficiency
    feed_w = needed_w if feed_mw is None else feed_mw * factor("MW", "W")
    issues = []
    if feed_w < needed_w:
        expected = f"at least {needed_w * factor('W', 'MW'):.4g} MW, the mean electrical power of the shots"
        hint = "the store cannot be charged in the interval: more power, or a longer interval"
        issues.append(Issue(file, "feed", f"{feed_mw:g} MW", expected, hint=hint))
    least_s = energy.least_interval_s(
        sizing.cycled_j, sizing.store_j, max(feed_w, needed_w), technology.store_charge_time_s,
        technology.store_dead_time_s,
    )  # fmt: skip
    if sizing.interval_s < least_s:
        hint = "the store cannot be charged in the interval"
        expected = f"at least {least_s:.4g} s to recharge the store"
        issues.append(Issue(file, "interval", f"{sizing.interval_s:g} s", expected, hint=hint))
    return issues
