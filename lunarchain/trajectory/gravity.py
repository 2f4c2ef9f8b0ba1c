"""Lunar gravity beyond the point mass, by Cunningham's recursion (Montenbruck & Gill 2000, section 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial, sqrt

import numpy as np

from lunarchain.trajectory.ephemeris import Array, Ephemeris

# What a degree of the field may add up to and still be left out: a millimetre in five days.
NEGLIGIBLE_M_S2 = 1e-13


@dataclass(frozen=True)
class Field:
    """Harmonics from degree 2 to ``degree``.

    ``weights`` (3, 2, n, n) turn the solid harmonics (to one degree more) into acceleration, ``gradient_weights``
    (9, 2, n, n; to two more) into its derivative by position. Farther from the centre than ``reach_m[n]``, degree n
    and all above it pull with less than ``NEGLIGIBLE_M_S2`` and are left out.
    """

    degree: int
    radius: float
    weights: Array
    gradient_weights: Array
    reach_m: Array

    def degree_at(self, distance_m: float) -> int:
        """The highest degree that counts at a distance from the centre."""
        return max(int(np.searchsorted(-self.reach_m, -distance_m, side="right")) - 1, 2)


def field(ephemeris: Ephemeris, degree: int) -> Field:
    """The lunar field truncated at ``degree`` (2 or more), ready for :func:`acceleration`."""
    size = degree + 2
    weights = np.zeros((3, 2, size, size))
    for n in range(2, degree + 1):
        for m in range(n + 1):
            scale = _normalisation(n, m)
            _add_term(weights, n, m, ephemeris.field_c[n, m] * scale, ephemeris.field_s[n, m] * scale)
    weights *= ephemeris.gm_moon / ephemeris.field_radius**2
    slopes = _gradient_weights(weights) / ephemeris.field_radius
    slopes = slopes.reshape(9, *slopes.shape[2:])
    return Field(degree, ephemeris.field_radius, weights, slopes, _reach_m(ephemeris, degree))


def _reach_m(ephemeris: Ephemeris, degree: int) -> Array:
    """Distance beyond which each degree is negligible: from the greatest pull its coefficients can add up to.

    By the addition theorem no sum of one degree's harmonics exceeds its root sum square times sqrt(2 n + 1); the
    gradient of a solid harmonic exceeds its value by 2 n + 1 over the distance at most.
    """
    number = np.arange(degree + 1.0)
    kept = slice(0, degree + 1)
    power = np.sqrt((ephemeris.field_c[kept, kept] ** 2 + ephemeris.field_s[kept, kept] ** 2).sum(axis=1))
    most = ephemeris.gm_moon * power * (2 * number + 1) ** 1.5
    reach = ephemeris.field_radius * (most / ephemeris.field_radius**2 / NEGLIGIBLE_M_S2) ** (
        1.0 / (number + 2)
    )
    reach[:2] = np.inf
    # A degree is left out only together with all above it.
    return np.maximum.accumulate(reach[::-1])[::-1]


def _gradient_weights(weights: Array) -> Array:
    """Weights (3, 3, 2, size, size) of the derivatives: each acceleration is itself a sum of solid harmonics."""
    size = weights.shape[-1]
    out = np.zeros((3, 3, 2, size + 1, size + 1))
    for axis in range(3):
        for n in range(size):
            for m in range(n + 1):
                _add_term(out[axis], n, m, weights[axis, 0, n, m], weights[axis, 1, n, m])
    return out


def _normalisation(n: int, m: int) -> float:
    """Factor from fully normalised to plain coefficients."""
    return sqrt((2 - (m == 0)) * (2 * n + 1) * factorial(n - m) / factorial(n + m))


def _add_term(weights: Array, n: int, m: int, c: float, s: float) -> None:
    """Add one harmonic; ``weights[axis, part, degree, order]`` with part 0 for V and 1 for W."""
    x, y, z = weights
    if m == 0:
        x[0, n + 1, 1] -= c
        y[1, n + 1, 1] -= c
    else:
        lower = (n - m + 2) * (n - m + 1)
        x[0, n + 1, m + 1] -= c / 2
        x[1, n + 1, m + 1] -= s / 2
        x[0, n + 1, m - 1] += lower * c / 2
        x[1, n + 1, m - 1] += lower * s / 2
        y[1, n + 1, m + 1] -= c / 2
        y[0, n + 1, m + 1] += s / 2
        y[1, n + 1, m - 1] -= lower * c / 2
        y[0, n + 1, m - 1] += lower * s / 2
    z[0, n + 1, m] -= (n - m + 1) * c
    z[1, n + 1, m] -= (n - m + 1) * s


def acceleration(lunar: Field, position: Array) -> Array:
    """Acceleration (3, n) in m/s**2 on the body axes, of positions (3, n) in m on the same axes."""
    size = _degree(lunar, position) + 2
    return lunar.weights[..., :size, :size].reshape(3, -1) @ _solid(lunar, position, size)


def gradient(lunar: Field, position: Array) -> Array:
    """Derivative of the acceleration by position (3, 3, n) in 1/s**2, on the body axes."""
    size = _degree(lunar, position) + 3
    weights = lunar.gradient_weights[..., :size, :size].reshape(9, -1)
    result: Array = (weights @ _solid(lunar, position, size)).reshape(3, 3, -1)
    return result


def _degree(lunar: Field, position: Array) -> int:
    """The highest degree that counts for the nearest of the positions."""
    return lunar.degree_at(float(np.sqrt(np.einsum("an,an->n", position, position).min(initial=np.inf))))


def _solid(lunar: Field, position: Array, size: int) -> Array:
    """Solid harmonics below degree ``size``: real parts V, then imaginary parts W, (2 * size * size, n)."""
    count = position.shape[1]
    square = np.einsum("an,an->n", position, position)
    x, y, z = position * (lunar.radius / square)
    shrink = lunar.radius**2 / square
    # Axes: degree, order, lane. The real part is V, the imaginary part W.
    solid = np.zeros((size, size, count), dtype=complex)
    solid[0, 0] = lunar.radius / np.sqrt(square)
    turn = x + 1j * y
    for m in range(1, size):
        solid[m, m] = (2 * m - 1) * turn * solid[m - 1, m - 1]
    order = np.arange(size)[:, None]
    for n in range(1, size):
        below = order[:n]
        solid[n, :n] = ((2 * n - 1) * z / (n - below)) * solid[n - 1, :n]
        if n > 1:
            solid[n, : n - 1] -= ((n + below[:-1] - 1) / (n - below[:-1]) * shrink) * solid[n - 2, : n - 1]
    return np.stack([solid.real, solid.imag]).reshape(2 * size * size, count)
