"""Exit-speed and aim errors of a launcher, as functions of its design, for the dispersion of departures.

The thrust of independent stator sections errs independently, so the relative error of v² = 2aL averages
over the sections passed and falls with the root of track length. Anchored at one stated design, the speed
error then grows with the root of acceleration alone, and the aim error also falls with exit speed.
"""

from __future__ import annotations

import math


def exit_speed_error_m_s(
    acceleration_g: float, anchor_error_m_s: float, anchor_acceleration_g: float
) -> float:
    """One-sigma exit-speed error in m/s, scaled from the anchor: (v/2)·ε·√(l/L) with L = v²/(2a)."""
    return anchor_error_m_s * math.sqrt(acceleration_g / anchor_acceleration_g)


def error_scale(
    acceleration_g: float, exit_speed_m_s: float, anchor_acceleration_g: float, anchor_speed_m_s: float
) -> float:
    """Errors of a launcher over those of the anchor, the larger of speed and aim error.

    A departure's trim is linear in the errors, so it is the anchor's trim times this number.
    """
    root = math.sqrt(acceleration_g / anchor_acceleration_g)
    return root * max(1.0, anchor_speed_m_s / exit_speed_m_s)


def aim_error_mrad(
    acceleration_g: float,
    exit_speed_m_s: float,
    anchor_error_mrad: float,
    anchor_acceleration_g: float,
    anchor_speed_m_s: float,
) -> float:
    """One-sigma exit direction error in mrad: a lateral speed error that scales as above, over exit speed."""
    root = math.sqrt(acceleration_g / anchor_acceleration_g)
    return anchor_error_mrad * root * anchor_speed_m_s / exit_speed_m_s
