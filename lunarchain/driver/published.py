"""Published launchers recomputed from their own inputs: what agrees and what contradicts itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lunarchain import comparison as common
from lunarchain.driver import energy, kinematics, masses, operations
from lunarchain.driver.inputs import launcher_basis
from lunarchain.driver.sizing import STANDARD_G_M_S2, size
from lunarchain.scenario.facts import Facts
from lunarchain.units import factor

REPRODUCED, DIFFERS = "reproduced", "differs"
CONSISTENT, CONTRADICTION = "consistent", "contradiction"


@dataclass(frozen=True)
class Comparison:
    """One published figure against the same figure computed from the other inputs of its source."""

    design: str
    quantity: str
    unit: str
    published: float
    ours: float
    ratio: float  # ours over published
    kind: str  # how the published figure was seen
    verdict: str
    note: str
    source: str  # where the published figure stands


def published_comparisons(facts: Facts, tolerance: float = 0.05) -> list[Comparison]:
    """All comparisons; ``reproduced`` means within ``tolerance`` of the published figure, else ``differs``.

    ``consistent`` marks a figure that satisfies a bound of ours rather than repeating a number, and
    ``contradiction`` one that conflicts with others of its own source or with orbital mechanics, whatever
    the efficiency assumed.
    """
    studies = (_sp428, _sp428_bill, _sp413, _quenchgun, _handmer, _leml, _laboratory, _emals, _others)
    rows = (row for study in studies for row in study(facts))
    return [replace(row, verdict=row.verdict or _verdict(row.ratio, tolerance)) for row in rows]


def validation_rows(facts: Facts, tolerance: float = 0.05) -> list[common.Comparison]:
    """The same comparisons as rows of the validation page."""
    return [_common(facts, row, tolerance) for row in published_comparisons(facts, tolerance)]


def _common(facts: Facts, row: Comparison, tolerance: float) -> common.Comparison:
    return common.Comparison(
        what=f"{row.design}: {row.quantity.replace('_', ' ')}",
        published=row.published,
        ours=row.ours,
        unit=row.unit,
        tolerance=tolerance,
        source=row.source,
        kind=row.kind,
        remark=row.note,
        relation=common.AT_MOST if row.verdict == CONSISTENT else common.EQUAL,
        finding=common.CONTRADICTION if row.verdict == CONTRADICTION else "",
    )


def _verdict(ratio: float, tolerance: float) -> str:
    return REPRODUCED if abs(ratio - 1) <= tolerance else DIFFERS


def _compare(facts: Facts, key: str, unit: str, ours: float, note: str = "", verdict: str = "") -> Comparison:
    fact = facts[f"driver.{key}"]
    published = fact.to(unit)
    design, quantity = key.split(".")[-2:]
    return Comparison(
        design, quantity, unit, published, ours, ours / published, fact.kind, verdict, note, fact.source
    )


def _reader(facts: Facts, start: str = "") -> Callable[[str, str], float]:
    """A reader of the driver facts below ``start`` by key and unit."""
    return lambda key, unit: facts.number(f"driver.{start}{key}", unit)


def _circular_m_s(facts: Facts) -> float:
    read = _reader(facts, "physics.")
    return kinematics.circular_speed_m_s(read("moon_gm", "m**3/s**2"), read("moon_radius", "m"))


def _orbital(facts: Facts, key: str) -> Comparison:
    """Whether a published exit speed reaches low lunar orbit at all."""
    circular = _circular_m_s(facts)
    if _reader(facts)(key, "m/s") >= circular:
        return _compare(facts, key, "m/s", circular, "least speed that reaches low lunar orbit", CONSISTENT)
    note = "below circular speed at the surface: such a shot falls back"
    return _compare(facts, key, "m/s", circular, note, CONTRADICTION)


def _sp428(facts: Facts) -> Iterator[Comparison]:
    start = "published.sp428."
    read = _reader(facts, start)
    speed, acceleration = read("exit_speed", "m/s"), read("acceleration", "m/s**2")
    shot_kg, rate, length_m = read("shot_mass", "kg"), read("rate", "shot/s"), read("total_length", "m")
    kinetic_w = kinematics.kinetic_energy_j(shot_kg, speed) * rate
    note = "payload alone: the sled's share is not in it"
    yield _compare(facts, start + "kinetic_power", "MW", kinetic_w * factor("W", "MW"), note)
    kt_per_yr = operations.throughput_kt_per_yr(shot_kg * factor("kg", "t"), 1 / rate)
    yield _compare(facts, start + "throughput", "kt/yr", kt_per_yr)
    note = "payload kinetic over electrical power: leaves nothing for sleds and power conversion"
    share = kinetic_w / read("electrical_power", "W")
    yield _compare(facts, start + "efficiency", "dimensionless", share, note)
    track_m = kinematics.track_length_m(speed, acceleration)
    braking_m_s2 = facts.number("driver.sled.braking_acceleration", "m/s**2")
    braking_m = kinematics.track_length_m(speed, max(acceleration, braking_m_s2))
    implied = kinematics.track_length_m(speed, length_m - track_m) / acceleration
    note = f"{track_m:.0f} m accelerate; stopping in the rest takes {implied:.2f} times the acceleration"
    yield _compare(facts, start + "total_length", "m", track_m + braking_m, note)
    yield _compare(facts, start + "accelerating_length", "m", track_m)


def _sp428_bill(facts: Facts) -> Iterator[Comparison]:
    """Our own mass bill and capital for the SP-428 machine against its published totals."""
    start = "published.sp428."
    read = _reader(facts, start)
    sled_ratio = facts.number("driver.sled.mass_ratio", "dimensionless")
    basis = launcher_basis(facts, "bulk", sled_ratio, azimuth_range_rad=0.0)  # one straight exit
    sizing = size(
        read("exit_speed", "m/s"),
        read("acceleration", "m/s**2"),
        read("shot_mass", "kg"),
        1 / read("rate", "shot/s"),
        basis.payload.sled_ratio,
        basis.technology,
    )
    total_kg = sum(masses.component_masses_kg(sizing, basis.bill, basis.technology).values())
    note = "the published total includes the power plant, which the plan builds separately"
    yield _compare(facts, start + "system_mass", "t", total_kg * factor("kg", "t"), note)
    low_usd, _, _ = masses.capital_usd(total_kg, basis.bill, basis.technology)
    note = "low regime, scaled by mass from its reference throughput to this machine"
    yield _compare(facts, start + "capital_today", "GUSD", low_usd * factor("USD", "GUSD"), note)


def _sp413(facts: Facts) -> Iterator[Comparison]:
    start = "published.sp413."
    read = _reader(facts, start)
    speed = read("exit_speed", "m/s")
    yield _compare(facts, start + "acceleration", "m/s**2", speed**2 / (2 * read("track_length", "m")))
    wall_j_per_kg = energy.wall_energy_j_per_kg(
        speed,
        facts.number("driver.sled.mass_ratio", "dimensionless"),
        facts.number("driver.efficiency.wall_to_kinetic", "dimensionless"),
        facts.number("driver.efficiency.sled_recovery", "dimensionless"),
    )
    power_mw = wall_j_per_kg * read("throughput", "kg/s") * factor("W", "MW")
    yield _compare(facts, start + "power", "MW", power_mw, "at our efficiency, sled ratio and full duty")


def _quenchgun(facts: Facts) -> Iterator[Comparison]:
    start = "published.quenchgun."
    read = _reader(facts, start)
    kinetic_w = kinematics.kinetic_energy_j(read("shot_mass", "kg"), read("exit_speed", "m/s")) / read(
        "interval", "s"
    )
    implied = kinetic_w / read("mean_power", "W")
    note = f"the power of the shots alone, a floor: the source implies an efficiency of {implied:.2f}"
    verdict = CONSISTENT if implied <= 1 else CONTRADICTION
    yield _compare(facts, start + "mean_power", "kW", kinetic_w * factor("W", "kW"), note, verdict)
    yield _orbital(facts, start + "exit_speed")


def _handmer(facts: Facts) -> Iterator[Comparison]:
    start = "published.handmer."
    read = _reader(facts, start)
    speed, acceleration = read("exit_speed", "m/s"), read("acceleration", "m/s**2")
    shot_kg, interval_s = read("shot_mass", "kg"), read("interval", "s")
    moving_kg = shot_kg * (1 + read("sled_ratio", "dimensionless"))
    yield _compare(facts, start + "track_length", "m", kinematics.track_length_m(speed, acceleration))
    kt_per_yr = operations.throughput_kt_per_yr(shot_kg * factor("kg", "t"), interval_s)
    yield _compare(facts, start + "throughput", "kt/yr", kt_per_yr)
    peak_gw = energy.peak_kinetic_power_w(moving_kg, acceleration, speed) * factor("W", "GW")
    yield _compare(facts, start + "peak_power", "GW", peak_gw, "loaded sled, mechanical")
    kinetic_mw = kinematics.kinetic_energy_j(shot_kg, speed) / interval_s * factor("W", "MW")
    implied = math.sqrt(2 * read("mean_kinetic_power", "W") / read("throughput", "kg/s"))
    note = f"the published power belongs to {implied:.0f} m/s, not to the published speed"
    yield _compare(facts, start + "mean_kinetic_power", "MW", kinetic_mw, note, CONTRADICTION)
    yield _orbital(facts, start + "exit_speed")


def _leml(facts: Facts) -> Iterator[Comparison]:
    start = "published.leml."
    longitude = facts.number("test_vectors.hepp_achromatic_lon", "degree")
    yield _compare(
        facts, start + "longitude", "degree", longitude, "three-body solution: no first-order miss by speed"
    )
    speed = facts.number("test_vectors.x_l2_v", "m/s")
    neck = facts.number("driver.physics.l2_opening_speed", "m/s")
    note = f"the level shot from that longitude arrives with {speed:.0f} m/s, anything from {neck:.0f} passes the neck"
    yield _compare(facts, start + "exit_speed", "m/s", speed, note, CONTRADICTION)


def _laboratory(facts: Facts) -> Iterator[Comparison]:
    start = "hardware.mass_driver_3."
    read = _reader(facts, start)
    track_m = read("implied_track", "m")
    acceleration = read("exit_speed", "m/s") ** 2 / (2 * track_m)
    yield _compare(facts, start + "acceleration", "standard_g", acceleration / STANDARD_G_M_S2)
    price = _reader(facts, "capital.")
    capital = price("earth_track", "GUSD/m") * price("lunar_multiplier", "dimensionless") * track_m
    note = "price of track on Earth times lunar multiplier times that track: the nominal regime is no more"
    yield _compare(facts, "capital.regime", "GUSD", capital, note)


def _emals(facts: Facts) -> Iterator[Comparison]:
    start = "hardware.emals."
    read = _reader(facts, start)
    speed = read("exit_speed", "m/s")
    launched_j = kinematics.kinetic_energy_j(read("launched_mass", "kg"), speed)
    yield _compare(facts, start + "launch_energy", "MJ", launched_j * factor("J", "MJ"))
    acceleration = speed**2 / (2 * read("track_length", "m"))
    yield _compare(facts, start + "acceleration", "standard_g", acceleration / STANDARD_G_M_S2)


def _others(facts: Facts) -> Iterator[Comparison]:
    start = "published.startram."
    read = _reader(facts, start)
    track_m = kinematics.track_length_m(read("exit_speed", "m/s"), read("acceleration", "m/s**2"))
    yield _compare(facts, start + "track_length", "km", track_m * factor("m", "km"))
    yield _orbital(facts, "published.janhunen.exit_speed")
