"""Heat in the stator and the radiators that get rid of it. Plain floats in SI units."""

from __future__ import annotations


def stator_heat_j_per_m(thrust_n: float, motor_efficiency: float) -> float:
    """Heat left per metre of stator by one shot, in J/m: thrust times (1/η - 1)."""
    return thrust_n * (1 / motor_efficiency - 1)


def braking_heat_j_per_m(sled_kg: float, braking_m_s2: float, sled_recovery: float) -> float:
    """Heat left per metre of the braking section by one sled, in J/m: its energy that is not won back."""
    return sled_kg * braking_m_s2 * (1 - sled_recovery)


def radiator_m2_per_w(temperature_k: float, emissivity: float) -> float:
    """Panel area per watt, both faces radiating to cold sky, in m²/W (Stefan-Boltzmann)."""
    from scipy.constants import (
        Stefan_Boltzmann,  # a tenth of a second, which cases without lunar tracks need not wait
    )

    return 1 / (2 * emissivity * Stefan_Boltzmann * temperature_k**4)


def adiabatic_rise_k(heat_j_per_m: float, stator_kg_per_m: float, specific_heat_j_per_kg_k: float) -> float:
    """Temperature rise in K of the stator by one shot before any heat leaves it."""
    return heat_j_per_m / (stator_kg_per_m * specific_heat_j_per_kg_k)
