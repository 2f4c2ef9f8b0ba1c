"""Moon, Sun, Venus and Jupiter from DE440, and the orientation of the Moon, as Chebyshev series.

The file is cut from the JPL kernel by ``scripts/cut_ephemeris.py``. Times are TDB seconds past J2000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lunarchain.errors import InputError, Issue

Array = NDArray[np.float64]
Index = NDArray[np.intp]
Flags = NDArray[np.bool_]

DAY_S = 86_400.0
_J2000 = np.datetime64("2000-01-01T12:00:00", "ms")


@dataclass(frozen=True)
class Series:
    """Chebyshev series in equal granules: ``coefficients[granule, order, axis]``.

    Times may come in two parts, an epoch and the seconds after it: a single double of seconds since 2000 is
    good to 2e-7 s only, which near the Moon grows into decimetres within days.
    """

    start_s: float
    granule_s: float
    coefficients: Array

    def _place(self, t_s: Array, after_s: Array | float) -> tuple[Array, Array]:
        """Coefficients of each time's granule, (time, order, axis), and the time within it in -1..1."""
        position = (t_s - self.start_s + after_s) / self.granule_s
        index = np.clip(position.astype(np.intp), 0, len(self.coefficients) - 1)
        within = (t_s - (self.start_s + index * self.granule_s)) + after_s
        return self.coefficients[index], 2.0 * within / self.granule_s - 1.0

    def value(self, t_s: Array, after_s: Array | float = 0.0) -> Array:
        """Value at each time ``t_s + after_s``, shape (3, n)."""
        coefficients, x = self._place(t_s, after_s)
        return np.einsum("nka,kn->an", coefficients, _chebyshev(x, coefficients.shape[1]))

    def rate(self, t_s: Array) -> Array:
        """Time derivative at each time, shape (3, n), per second."""
        coefficients, x = self._place(t_s, 0.0)
        basis = _chebyshev_derivative(x, coefficients.shape[1])
        return np.einsum("nka,kn->an", coefficients, basis) * (2.0 / self.granule_s)


def _chebyshev(x: Array, orders: int) -> Array:
    """T_0 .. T_(orders-1) at ``x``, shape (orders, n)."""
    basis = np.empty((orders, len(x)))
    basis[0], basis[1] = 1.0, x
    twice = 2.0 * x
    for k in range(2, orders):
        basis[k] = twice * basis[k - 1] - basis[k - 2]
    return basis


def _chebyshev_derivative(x: Array, orders: int) -> Array:
    """Derivatives of T_0 .. T_(orders-1), from T_k' = k U_(k-1)."""
    second = np.empty((orders, len(x)))
    second[0], second[1] = 1.0, 2.0 * x
    for k in range(2, orders):
        second[k] = 2.0 * x * second[k - 1] - second[k - 2]
    out = np.zeros((orders, len(x)))
    out[1:] = second[:-1] * np.arange(1, orders)[:, None]
    return out


@dataclass(frozen=True)
class Ephemeris:
    """Where the bodies are and how the Moon is turned, with the constants that belong to them (SI)."""

    moon: Series
    sun_from_barycentre: Series
    venus_from_barycentre: Series
    jupiter_from_barycentre: Series
    angles: Series
    first_s: float
    last_s: float
    gm_earth: float
    gm_moon: float
    gm_sun: float
    gm_venus: float
    gm_jupiter: float
    moon_radius: float
    earth_radius: float
    earth_j2: float
    astronomical_unit: float
    field_radius: float
    field_c: Array
    field_s: Array
    mean_earth_to_principal: Array
    pole_x_rad: Array
    pole_y_rad: Array

    def sun(self, t_s: Array, after_s: Array | float = 0.0) -> Array:
        """Geocentric position of the Sun (3, n) in m."""
        return self.sun_from_barycentre.value(t_s, after_s) + self._barycentre(t_s, after_s)

    def venus(self, t_s: Array, after_s: Array | float = 0.0) -> Array:
        """Geocentric position of Venus (3, n) in m."""
        return self.venus_from_barycentre.value(t_s, after_s) + self._barycentre(t_s, after_s)

    def jupiter(self, t_s: Array, after_s: Array | float = 0.0) -> Array:
        """Geocentric position of Jupiter (3, n) in m."""
        return self.jupiter_from_barycentre.value(t_s, after_s) + self._barycentre(t_s, after_s)

    def _barycentre(self, t_s: Array, after_s: Array | float) -> Array:
        return self.moon.value(t_s, after_s) * (self.gm_moon / (self.gm_earth + self.gm_moon))

    def sun_velocity(self, t_s: Array) -> Array:
        """Geocentric velocity of the Sun (3, n) in m/s."""
        share = self.gm_moon / (self.gm_earth + self.gm_moon)
        return self.sun_from_barycentre.rate(t_s) + self.moon.rate(t_s) * share

    def principal_axes(self, t_s: Array) -> Array:
        """Rotation from ICRF to the Moon's principal axes, shape (n, 3, 3), by the 3-1-3 angles of DE440."""
        first, tilt, spin = self.angles.value(t_s)
        return _about(2, spin) @ _about(0, tilt) @ _about(2, first)

    def earth_pole(self, t_s: Array) -> Array:
        """Unit vector of the Earth's mean pole of date (3, n): precession of IAU 2006, no nutation."""
        century = t_s / (36_525.0 * DAY_S)
        x = np.polynomial.polynomial.polyval(century, self.pole_x_rad)
        y = np.polynomial.polynomial.polyval(century, self.pole_y_rad)
        return np.stack([x, y, np.sqrt(1.0 - x * x - y * y)])

    def check_span(self, t_s: Array) -> None:
        """Raise ``InputError`` when a time is not finite or lies outside the ephemeris."""
        times = np.atleast_1d(np.asarray(t_s, dtype=float))
        bad = ~((times >= self.first_s) & (times <= self.last_s))
        if bad.any():
            span = f"a time between {calendar(self.first_s)} and {calendar(self.last_s)}"
            got = calendar(times[bad][0]) if np.isfinite(times[bad][0]) else "not a time"
            raise InputError(
                [Issue("ephemeris", "epoch", got, span, hint="the shipped ephemeris ends there")]
            )


def _about(axis: int, angle: Array) -> Array:
    """Rotations of the frame about one axis, shape (n, 3, 3)."""
    c, s = np.cos(angle), np.sin(angle)
    out = np.zeros((len(angle), 3, 3))
    first, second = (axis + 1) % 3, (axis + 2) % 3
    out[:, axis, axis] = 1.0
    out[:, first, first], out[:, second, second] = c, c
    out[:, first, second], out[:, second, first] = s, -s
    return out


def tdb_seconds(date: str | np.datetime64 | Sequence[str]) -> Array:
    """TDB seconds past J2000 of ISO dates read on the TDB scale (69 s ahead of UTC in 2026), shape (n,)."""
    try:
        moments = np.atleast_1d(np.asarray(date, dtype="datetime64[ms]"))
    except ValueError:
        raise InputError([Issue("epoch", "date", str(date), "an ISO date such as 2030-01-01")]) from None
    if np.isnat(moments).any():
        raise InputError([Issue("epoch", "date", str(date), "an ISO date such as 2030-01-01")])
    return (moments - _J2000) / np.timedelta64(1, "ms") / 1000.0


def calendar(t_s: float) -> str:
    """ISO date and time (TDB, to the second) of one time."""
    return str((_J2000 + np.timedelta64(round(float(t_s)), "s")).astype("datetime64[s]"))


@lru_cache(maxsize=2)
def load_ephemeris(path: Path) -> Ephemeris:
    """Read the shipped file (kilometres inside, metres in memory)."""
    with np.load(path) as file:
        data = {key: file[key] for key in file.files}
    number = {
        key: float(value) for key, value in data.items() if value.shape == () and value.dtype.kind == "f"
    }
    arcsec = np.pi / 180.0 / 3600.0

    def series(name: str, scheme: str, scale: float) -> Series:
        unit = "rad" if name == "angles" else "km"
        return Series(
            number[f"{scheme}_start_s"], number[f"{scheme}_granule_s"], data[f"{name}_{unit}"] * scale
        )

    z, y, x = (np.atleast_1d(a * arcsec) for a in data["mean_earth_angles_arcsec"])
    return Ephemeris(
        moon=series("moon", "moon", 1e3),
        sun_from_barycentre=series("sun", "sun", 1e3),
        venus_from_barycentre=series("venus", "sun", 1e3),
        jupiter_from_barycentre=series("jupiter", "sun", 1e3),
        angles=series("angles", "angles", 1.0),
        **{f"gm_{body}": number[f"gm_{body}_m3_s2"] for body in ("earth", "moon", "sun", "venus", "jupiter")},
        moon_radius=number["moon_surface_radius_m"],
        earth_radius=number["earth_radius_m"],
        field_radius=number["field_radius_m"],
        earth_j2=number["earth_j2"],
        astronomical_unit=number["astronomical_unit_m"],
        first_s=number["first_s"],
        last_s=number["last_s"],
        field_c=data["field_c"],
        field_s=data["field_s"],
        mean_earth_to_principal=(_about(2, z) @ _about(1, y) @ _about(0, x))[0],
        pole_x_rad=data["earth_pole_x_arcsec"] * arcsec,
        pole_y_rad=data["earth_pole_y_arcsec"] * arcsec,
    )
