"""Where shots come down whose thrust fails, and how many go which way. SI units.

A shot that fails has passed a share of the track, any share alike, and leaves with the speed it has by then:
the root of that share of the exit speed. Below circular speed it falls downrange; between circular and escape
speed it comes round the Moon and meets the ground again behind the track; above, it leaves (two-body motion).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lunarchain.driver.kinematics import circular_speed_m_s
from lunarchain.driver.operations import impact_range_m

FAR_SHARE = 0.9  # of the fallen shots lie within the far distance


@dataclass(frozen=True)
class FailedShots:
    """Shares of failed shots by what becomes of them (they add up to one), and how far the fallen ones go."""

    fallen_share: float
    returned_share: float
    escaped_share: float
    median_m: float
    far_m: float


def failed_shots(
    exit_speed_m_s: float, elevation_rad: float, gm_m3_s2: float, radius_m: float
) -> FailedShots:
    """What becomes of shots that fail at a random place of the track.

    The shares are squares of speed ratios, because speed grows with the root of the distance; the distances are
    ballistic ranges at the speed reached by the wanted share of those that fall.
    """
    circular = circular_speed_m_s(gm_m3_s2, radius_m)
    fallen = min((circular / exit_speed_m_s) ** 2, 1.0)
    bound = min(2 * (circular / exit_speed_m_s) ** 2, 1.0)

    def reach_m(share: float) -> float:
        speed = exit_speed_m_s * math.sqrt(share * fallen)
        return impact_range_m(speed, elevation_rad, gm_m3_s2, radius_m)

    return FailedShots(fallen, bound - fallen, 1 - bound, reach_m(0.5), reach_m(FAR_SHARE))
