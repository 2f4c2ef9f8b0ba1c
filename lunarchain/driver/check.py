"""Everything wrong with the choices of a launcher, at once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from lunarchain.driver import energy, kinematics
from lunarchain.driver.basis import LauncherBasis
from lunarchain.driver.inputs import launcher_basis
from lunarchain.driver.sizing import STANDARD_G_M_S2, Sizing, size
from lunarchain.errors import Issue
from lunarchain.scenario.facts import Facts
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
    wrong = {key for key, (value, _) in given.items() if not (math.isfinite(value) and value > 0)}
    issues = [
        Issue(file, key, f"{given[key][0]:g} {given[key][1]}".strip(), "a finite number above zero")
        for key in given
        if key in wrong
    ]
    issues += _efficiencies(basis, file)
    issues += _orbit(exit_speed_m_s, basis, file) if "exit_speed" not in wrong else []
    issues += _payload(acceleration_g, basis, file) if "acceleration" not in wrong else []
    if wrong or any(issue.key == "efficiency" for issue in issues):
        return issues
    sizing = size(
        exit_speed_m_s,
        acceleration_g * STANDARD_G_M_S2,
        shot_mass_t * factor("t", "kg"),
        interval_s,
        basis.payload.sled_ratio,
        basis.technology,
    )
    return issues + _length(sizing, basis, file) + _recharge(sizing, basis, feed_mw, file)


def check_menu(facts: Facts, shipped: Facts, payload_classes: Iterable[str], file: str) -> list[Issue]:
    """What is wrong with the candidates of the menu: each that was changed and fits no launcher, or all of a class
    that is left without any. ``shipped`` are the facts nothing was changed in."""
    issues: list[Issue] = []
    if check_technology(facts, file):
        return issues  # no candidate can be judged by a machine that cannot be
    for name in payload_classes:
        found, sound = _menu_faults(facts, name, file)
        chosen = {key for key in found if not sound or facts[key].value != shipped[key].value}
        issues += [found[key] for key in sorted(chosen)]
    return list(dict.fromkeys(issues))


# Facts of a launcher that something is divided by, or that nothing can be thrown without.
_ABOVE_ZERO = (
    "efficiency.wall_to_kinetic", "efficiency.motor", "efficiency.stator_specific_heat", "sled.braking_acceleration",
    "sled.return_speed", "store.capacitor_energy", "store.charge_time", "radiator.temperature", "radiator.emissivity",
    "accuracy.reference_acceleration", "accuracy.reference_speed", "operations.lateral_share",
    "operations.availability", "operations.shots_between_failures", "operations.stator_life", "operations.life",
    "capital.regime_throughput", "bill.guideway_mass", "menu.throughput_least", "menu.throughput_most",
    "menu.designs_per_level", "physics.moon_gm", "physics.moon_radius",
)  # fmt: skip
_AT_MOST_ONE = (
    "efficiency.wall_to_kinetic",
    "efficiency.motor",
    "operations.availability",
    "radiator.emissivity",
)


def check_technology(facts: Facts, file: str) -> list[Issue]:
    """Facts of launchers that cannot be: zero, negative or unbounded where no machine is, shares above one."""
    keys = [f"driver.{key}" for key in _ABOVE_ZERO]
    keys += [f"driver.class.{name}.{what}" for name in facts.children("driver.class")
             for what in ("acceleration_limit", "sled_ratio")]  # fmt: skip
    keys += [
        key
        for name in facts.children("driver.class")
        for key in facts
        if key.startswith(f"driver.menu.{name}.")
    ]
    keys += [key for key in facts if key.startswith("driver.published.sp428.") and "mass" in key]
    issues = []
    for key in keys:
        fact, share = facts[key], key.removeprefix("driver.") in _AT_MOST_ONE
        if not (math.isfinite(fact.value) and fact.value > 0) or (share and fact.value > 1):
            expected = "a share above zero, at most one" if share else "a finite number above zero"
            issues.append(Issue(file, f"data.{key}", f"{fact.value:g} {fact.unit}", expected))
    return issues


def _menu_faults(facts: Facts, payload_class: str, file: str) -> tuple[dict[str, Issue], bool]:
    """The fault of every candidate value that no sound launcher uses, and whether any launcher is sound."""
    basis = launcher_basis(facts, payload_class)
    start = f"driver.menu.{payload_class}"
    rows = [list(facts.below(f"{start}.{key}").values()) for key in ("shot_mass", "acceleration", "interval")]
    speed_m_s = 1.01 * kinematics.circular_speed_m_s(
        basis.technology.moon_gm_m3_s2, basis.technology.moon_radius_m
    )
    used: set[str] = set()
    faults: dict[str, Issue] = {}
    for mass, hard, every in product(*rows):
        values = hard.to("standard_g"), mass.to("t"), every.to("s")
        issues = check_design(speed_m_s, *values, basis, file=file)
        if not issues:
            used |= {mass.id, hard.id, every.id}
        by_key = {"shot_mass": mass.id, "acceleration": hard.id, "interval": every.id}
        for issue in issues:
            if issue.expected.endswith("above zero"):
                continue  # the sign of a fact is judged for every fact alike
            key = by_key.get(issue.key, f"driver.{issue.key}")
            faults[by_key.get(issue.key, hard.id)] = replace(issue, key=f"data.{key}")
    return {key: issue for key, issue in faults.items() if key not in used}, bool(used)


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
    least = f"{math.ceil(circular)} m/s"
    return [Issue(file, "exit_speed", f"{exit_speed_m_s:g} m/s", f"at least {least}", least, hint)]


def _length(sizing: Sizing, basis: LauncherBasis, file: str) -> list[Issue]:
    """A track longer than a quarter of the way round the Moon is a slip of a unit, not a launcher."""
    most_m = math.pi / 2 * basis.technology.moon_radius_m
    length_m = sizing.track_m + sizing.braking_m
    if length_m <= most_m:
        return []
    got, expected = (
        f"a track of {length_m / 1e3:,.0f} km",
        f"at most {most_m / 1e3:,.0f} km, a quarter round the Moon",
    )
    circular = kinematics.circular_speed_m_s(basis.technology.moon_gm_m3_s2, basis.technology.moon_radius_m)
    if sizing.exit_speed_m_s > 10 * circular:
        slipped = sizing.exit_speed_m_s / 1e3
        fitting = f"{slipped:g} m/s" if circular <= slipped <= 10 * circular else ""
        hint = "the speed is in km/s on the command line: 2500 m/s is 2.5"
        got = f"{sizing.exit_speed_m_s:,.0f} m/s, {got}"
        return [Issue(file, "exit_speed", got, expected, fitting, hint)]
    least_g = sizing.acceleration_m_s2 / STANDARD_G_M_S2 * length_m / most_m
    got = f"{sizing.acceleration_m_s2 / STANDARD_G_M_S2:g} g, {got}"
    return [Issue(file, "acceleration", got, expected, f"{least_g:.3g} g")]


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
            f"{limit:g} g",
            "a longer track or a tougher payload",
        )
    ]


def _recharge(sizing: Sizing, basis: LauncherBasis, feed_mw: float | None, file: str) -> list[Issue]:
    technology = basis.technology
    needed_w = sizing.mean_kinetic_w / technology.motor_efficiency
    feed_w = needed_w if feed_mw is None else feed_mw * factor("MW", "W")
    issues = []
    if feed_w < needed_w:
        least = f"{needed_w * factor('W', 'MW'):.4g} MW"
        expected = f"at least {least}, the mean electrical power of the shots"
        hint = "the store cannot be charged in the interval: more power, or a longer interval"
        issues.append(Issue(file, "feed", f"{feed_mw:g} MW", expected, least, hint))
    least_s = energy.least_interval_s(
        sizing.cycled_j, sizing.store_j, max(feed_w, needed_w), technology.store_charge_time_s,
        technology.store_dead_time_s,
    )  # fmt: skip
    if sizing.interval_s < least_s:
        hint = "the store cannot be charged in the interval"
        expected = f"at least {least_s:.4g} s to recharge the store"
        issues.append(Issue(file, "interval", f"{sizing.interval_s:g} s", expected, f"{least_s:.4g} s", hint))
    return issues
