"""The rocket equation, once. Plain SI floats."""

from __future__ import annotations

import math


def burnt_share(delta_v_m_s: float, isp_s: float, gravity_m_s2: float) -> float:
    """Share of the departing mass burnt: ``1 - exp(-dv / (Isp g0))`` (Tsiolkovsky)."""
    return 0.0 if delta_v_m_s == 0 else -math.expm1(-delta_v_m_s / (isp_s * gravity_m_s2))


def reachable_delta_v(dry: float, propellant: float, isp_s: float, gravity_m_s2: float) -> float:
    """Delta-v [m/s] of a vehicle that leaves with full tanks and nothing else aboard."""
    if propellant <= 0:
        return 0.0
    return math.inf if dry <= 0 else isp_s * gravity_m_s2 * math.log1p(propellant / dry)
