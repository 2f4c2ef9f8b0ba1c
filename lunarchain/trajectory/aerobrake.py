"""Aerobraking at the Earth: how deep, how many passes, how many days, how hot.

Drag of one pass over a perigee in an atmosphere that thins out exponentially (King-Hele 1987, chapter 4), with the
perigee of every pass set where the heating is what the payload bears: free-molecular flow, half the density times the
cube of the speed, all of it taken up. The atmosphere is a mean one, given by densities at heights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lunarchain.errors import InputError, Issue
from lunarchain.trajectory.ephemeris import DAY_S

_MOST_PASSES = 20_000


@dataclass(frozen=True)
class Atmosphere:
    """Densities in kg/m**3 at rising heights in m, joined by exponentials."""

    heights_m: tuple[float, ...]
    densities: tuple[float, ...]

    def density(self, height_m: float) -> float:
        """Density in kg/m**3 at a height; the ends are carried on."""
        k = self._layer(float(np.searchsorted(self.heights_m, height_m)))
        return self.densities[k] * math.exp((self.heights_m[k] - height_m) / self.scale_height_m(height_m))

    def scale_height_m(self, height_m: float) -> float:
        """Height over which the density falls by a factor e."""
        k = self._layer(float(np.searchsorted(self.heights_m, height_m)))
        rise = self.heights_m[k + 1] - self.heights_m[k]
        return rise / math.log(self.densities[k] / self.densities[k + 1])

    def height_of(self, density: float) -> float:
        """Height in m at which the air has a density."""
        logs = -np.log(self.densities)
        k = self._layer(float(np.searchsorted(logs, -math.log(density))))
        share = (-math.log(density) - logs[k]) / (logs[k + 1] - logs[k])
        return float(self.heights_m[k] + share * (self.heights_m[k + 1] - self.heights_m[k]))

    def _layer(self, place: float) -> int:
        return int(min(max(place - 1, 0), len(self.heights_m) - 2))


@dataclass(frozen=True)
class Payload:
    """What brakes: area across the flow per mass (m**2/kg), drag coefficient, heat flux it bears (W/m**2)."""

    area_per_mass: float
    drag_coefficient: float
    heat_flux_w_m2: float


@dataclass(frozen=True)
class Campaign:
    """A whole braking: first perigee altitude, passes, days from the first, drag delta-v, loads on the payload.

    ``half_width_m`` is how far the first perigee may be missed before the heating grows by the margin.
    """

    perigee_altitude_m: float
    last_perigee_altitude_m: float
    half_width_m: float
    passes: int
    days: float
    delta_v_m_s: float
    first_pass_m_s: float
    peak_heat_flux_w_m2: float
    peak_pressure_pa: float
    hottest_c: float


def path_m(scale_height_m: float, perigee_m: float, eccentricity: float) -> float:
    """Length of air at perigee density that brakes as much as a whole pass."""
    return math.sqrt(2 * math.pi * scale_height_m * perigee_m * (1 + eccentricity) / eccentricity)


def equilibrium_c(heat_flux_w_m2: float, emissivity: float = 0.85) -> float:
    """Temperature of a sheet that takes up a heat flux on one side and radiates it from both."""
    return float((heat_flux_w_m2 / (2 * emissivity * 5.670374419e-8)) ** 0.25 - 273.15)


def campaign(
    air: Atmosphere, payload: Payload, gm: float, earth_radius_m: float, apogee_m: float, orbit_m: float,
    flux_margin: float,
) -> Campaign:  # fmt: skip
    """Brake from a first apogee to that of the wanted orbit (radii in m), pass by pass.

    Raises ``InputError`` where that takes no end: too little area for the heating it bears.
    """
    apogee, passes, seconds, total, deepest = apogee_m, 0, 0.0, 0.0, 0.0
    first_height, height, first_drop = math.nan, math.nan, math.nan
    perigee = earth_radius_m + air.height_of(1e-8)
    while apogee > orbit_m:
        speed = math.sqrt(2 * gm * apogee / (perigee * (perigee + apogee)))
        density = 2 * payload.heat_flux_w_m2 / speed**3
        height = air.height_of(density)
        perigee = earth_radius_m + height
        eccentricity = (apogee - perigee) / (apogee + perigee)
        length = path_m(air.scale_height_m(height), perigee, eccentricity)
        drag = payload.drag_coefficient * payload.area_per_mass / 2 * density * speed * length
        wanted = math.sqrt(2 * gm * orbit_m / (perigee * (perigee + orbit_m)))
        drop = min(drag, speed - wanted)  # the last pass is as high as it needs to be
        if not passes:
            first_height, first_drop = height, drop
        passes, total, deepest = passes + 1, total + drop, max(deepest, density * speed**2 / 2)
        energy = (speed - drop) ** 2 / 2 - gm / perigee
        apogee = orbit_m if drop < drag else -gm / energy - perigee
        seconds += 2 * math.pi * math.sqrt((apogee + perigee) ** 3 / 8 / gm)
        if passes > _MOST_PASSES:
            raise InputError([_too_little(payload)])
    width = air.scale_height_m(first_height) * math.log(flux_margin)
    return Campaign(
        first_height, height, width, passes, seconds / DAY_S, total, first_drop, payload.heat_flux_w_m2, deepest,
        equilibrium_c(payload.heat_flux_w_m2),
    )  # fmt: skip


def _too_little(payload: Payload) -> Issue:
    got = f"{payload.area_per_mass:g} m2/kg bearing {payload.heat_flux_w_m2:g} W/m2"
    hint = "more area, or a shell that bears more heat"
    return Issue("aerobraking", "area per mass", got, f"an end within {_MOST_PASSES} passes", hint=hint)
