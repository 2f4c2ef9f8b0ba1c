"""The circular restricted three-body problem of Earth and Moon: points, Jacobi constant, closed orbits.

Units of the problem: the distance of the two bodies, and time such that they turn one radian. The larger body
stands at -mu, the smaller at 1 - mu (Szebehely 1967).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, root

from lunarchain.trajectory.ephemeris import Array


def collinear_point(mu: float, number: int) -> float:
    """Abscissa of L1, L2 or L3, to rounding."""
    gap = (mu / 3) ** (1 / 3)
    low, high = {
        1: (1 - mu - 2 * gap, 1 - mu - gap / 3),
        2: (1 - mu + gap / 3, 1 - mu + 2 * gap),
        3: (-1.5, -0.5 - mu),
    }[number]

    def pull(x: float) -> float:
        left, right = x + mu, x - 1 + mu
        return float(x - (1 - mu) * left / abs(left) ** 3 - mu * right / abs(right) ** 3)

    return float(brentq(pull, low, high, xtol=1e-16, rtol=1e-15))


def motion(_t: float, state: Array, mu: float) -> Array:
    """Time derivative of a state (6,) or of states (6, n)."""
    x, y, z, vx, vy, vz = state
    far = ((x + mu) ** 2 + y * y + z * z) ** -1.5 * (1 - mu)
    close = ((x - 1 + mu) ** 2 + y * y + z * z) ** -1.5 * mu
    ax = x + 2 * vy - far * (x + mu) - close * (x - 1 + mu)
    ay = y - 2 * vx - (far + close) * y
    return np.array([vx, vy, vz, ax, ay, -(far + close) * z])


def jacobi(state: Array, mu: float) -> Array:
    """Jacobi constant of a state (6,) or of states (6, n)."""
    x, y, z, vx, vy, vz = state
    far = np.sqrt((x + mu) ** 2 + y * y + z * z)
    close = np.sqrt((x - 1 + mu) ** 2 + y * y + z * z)
    result: Array = x * x + y * y + 2 * (1 - mu) / far + 2 * mu / close - (vx * vx + vy * vy + vz * vz)
    return result


def fly(state: Array, duration: float, mu: float, rtol: float = 1e-13, samples: int = 2) -> Array:
    """States (6, samples) at equal times from the start to ``duration``."""
    times = np.linspace(0.0, duration, samples)
    done = solve_ivp(motion, (0.0, duration), state, "DOP853", times, rtol=rtol, atol=rtol * 1e-2, args=(mu,))
    return np.asarray(done.y)


def crossing_state(start: tuple[float, float, float]) -> Array:
    """Full state of a perpendicular crossing of the plane y = 0 from (x, z, vy)."""
    x, z, vy = start
    return np.array([x, 0.0, z, 0.0, vy, 0.0])


def close_orbit(start: tuple[float, float, float], period: float, mu: float) -> tuple[Array, float]:
    """Re-converge a symmetric orbit whose printed digits are rounded: state (6,) at the crossing, and period.

    Keeps z (or x, for a planar orbit) and moves the rest until the orbit crosses y = 0 at a right angle again
    after half the period.
    """
    planar = start[1] == 0.0
    unknown = np.array([start[2], period / 2] if planar else [start[0], start[2], period / 2])

    def state(values: Array) -> Array:
        return crossing_state((start[0], 0.0, values[0]) if planar else (values[0], start[1], values[1]))

    def miss(values: Array) -> Array:
        end = fly(state(values), values[-1], mu)[:, -1]
        return end[[1, 3]] if planar else end[[1, 3, 5]]

    for _ in range(12):
        base = miss(unknown)
        steps = 1e-7 * np.eye(len(unknown))
        slope = np.stack([(miss(unknown + s) - miss(unknown - s)) / 2e-7 for s in steps], axis=1)
        change = np.linalg.solve(slope, base)
        unknown = unknown - change
        if np.abs(change).max() < 1e-14:
            break
    return state(unknown), 2 * float(unknown[-1])


@lru_cache(maxsize=16)
def orbit_table(
    start: tuple[float, float, float], period: float, mu: float, samples: int
) -> tuple[Array, float]:
    """States (6, samples) at equal phases over one period of the closed orbit, the last short of the first."""
    state, exact = close_orbit(start, period, mu)
    return fly(state, exact, mu, 1e-12, samples + 1)[:, :-1], exact


def surface_shot(mu: float, radius: float, longitude_rad: float, speed: float) -> Array:
    """State (6,) of a horizontal eastward shot from the Moon's equator (speed against the ground, own units).

    Longitude counts from the Earth's direction, as on the Moon.
    """
    c, s = np.cos(longitude_rad), np.sin(longitude_rad)
    return np.array([1 - mu - radius * c, -radius * s, 0.0, speed * s, -speed * c, 0.0])


def achromatic_shot(
    mu: float, radius: float, guess: tuple[float, float, float]
) -> tuple[float, float, float, float]:
    """The eastward shot to L2 whose miss across the line of arrival does not change with exit speed.

    Unknowns and ``guess``: longitude (rad), speed, time of flight; returns them with the arrival speed. The shot
    passes L2 and its derivative by exit speed lies along the arrival velocity (Heppenheimer 1977).
    """
    goal = np.array([collinear_point(mu, 2), 0.0])
    step = 1e-5

    def arrive(longitude: float, speed: float, flight: float) -> Array:
        return fly(surface_shot(mu, radius, longitude, speed), flight, mu, 1e-12)[:, -1]

    def miss(unknown: Array) -> list[float]:
        longitude, speed, flight = unknown
        end = arrive(longitude, speed, flight)
        slope = (arrive(longitude, speed + step, flight) - arrive(longitude, speed - step, flight))[:2] / (
            2 * step
        )
        return [*(end[:2] - goal), float(slope[0] * end[4] - slope[1] * end[3])]

    found = root(miss, guess, tol=1e-10)
    if not found.success:
        raise ArithmeticError(f"no achromatic shot near {guess}: {found.message}")
    longitude, speed, flight = (float(value) for value in found.x)
    return longitude, speed, flight, float(np.linalg.norm(arrive(longitude, speed, flight)[3:]))


def neck_speed(mu: float, radius: float, point: int, longitude_rad: float) -> float:
    """Ground speed on the Moon's equator from which the zero-velocity surface opens at a point (own units)."""
    rest = surface_shot(mu, radius, longitude_rad, 0.0)
    gate = np.array([collinear_point(mu, point), 0.0, 0.0, 0.0, 0.0, 0.0])
    return float(np.sqrt(jacobi(rest, mu) - jacobi(gate, mu)))
