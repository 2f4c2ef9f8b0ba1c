"""Known figures of the ways off the Moon, computed here in the circular problem, for the validation page."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lunarchain.comparison import Comparison
from lunarchain.scenario.facts import Facts
from lunarchain.trajectory import cr3bp
from lunarchain.trajectory.ephemeris import DAY_S, Ephemeris

_DIRECTIONS = 73  # longitudes tried, every five degrees, for the one from which a neck opens first
_PRINTED, _EXACT = 1e-4, 1e-12  # digits that are printed; what two programs agree to


def rows(facts: Facts, eph: Ephemeris) -> Iterator[Comparison]:
    """Libration points, speeds from which the ways open, and the shot that forgives errors of its speed."""
    mu = facts.number("test_vectors.cr3bp_mu", "dimensionless")
    length_m, time_s = facts.number("test_vectors.cr3bp_LU", "m"), facts.number("test_vectors.cr3bp_TU", "s")
    radius, pace_m_s = eph.moon_radius / length_m, length_m / time_s
    for number in (1, 2, 3):
        what = f"abscissa of libration point {number}"
        ours = cr3bp.collinear_point(mu, number)
        yield _row(facts, f"test_vectors.cr3bp_L{number}", what, ours, "dimensionless", _EXACT)
    for number in (1, 2, 3):
        angles = np.linspace(0, 2 * np.pi, _DIRECTIONS)
        lowest = min(cr3bp.neck_speed(mu, radius, number, angle) for angle in angles) * pace_m_s
        what = f"exit speed from which the way past libration point {number} is open"
        yield _row(facts, f"driver.physics.l{number}_opening_speed", what, lowest, "m/s", _PRINTED)
    circular = float(np.sqrt(eph.gm_moon / eph.moon_radius))
    yield _row(
        facts, "driver.physics.circular_speed", "circular speed at the surface", circular, "m/s", _PRINTED
    )
    escape = circular * np.sqrt(2)
    yield _row(facts, "driver.physics.escape_speed", "escape speed at the surface", escape, "m/s", _PRINTED)
    shot = cr3bp.achromatic_shot(mu, radius, (np.radians(30.0), 2350.0 / pace_m_s, 1.8 * DAY_S / time_s))
    longitude, speed, arrival = np.degrees(shot[0]), shot[1] * pace_m_s, shot[3] * pace_m_s
    what = "level shot to the second point that forgives errors of its speed"
    yield _row(facts, "driver.published.leml.longitude", f"{what}: longitude", longitude, "degree", 0.005)
    yield _row(facts, "test_vectors.x_l2_v", f"{what}: exit speed", speed, "m/s", _PRINTED)
    yield _row(facts, "test_vectors.x_l2_arr", f"{what}: speed on arrival", arrival, "m/s", 0.005)


def _row(facts: Facts, key: str, what: str, ours: float, unit: str, tolerance: float) -> Comparison:
    fact = facts[key]
    return Comparison(what, facts.number(key, unit), float(ours), unit, tolerance, fact.source, fact.kind)
