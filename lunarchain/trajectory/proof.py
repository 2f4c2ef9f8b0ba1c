"""The reference path: scipy's DOP853 on every departure of a claim at once, apart from the batch integrator."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from lunarchain.trajectory.dynamics import ForceModel, bodies, derivative, near_moon
from lunarchain.trajectory.ephemeris import Array
from lunarchain.trajectory.lanes import check_states

_LENGTH_M, _SPEED_M_S = 1e7, 1e2


def fly_reference(model: ForceModel, t_s: Array, state: Array, flight_s: Array, rtol: float = 1e-12) -> Array:
    """States (6, n) after ``flight_s`` (n), each lane stretched to the same unit of time.

    One ``solve_ivp`` call integrates all lanes as one system; the tolerance is absolute below 1e7 m and 100 m/s,
    so that a component passing zero does not stop the step.
    """
    check_states(model, t_s, state, t_s + flight_s)
    shape = state.shape

    def slope(share: float, flat: Array) -> Array:
        lanes = flat.reshape(shape)
        where = bodies(model, t_s, share * flight_s)
        out: Array = derivative(model, where, lanes, near_moon(model, where, lanes[:3])) * flight_s
        return out.ravel()

    small = np.concatenate([np.full((3, shape[1]), _LENGTH_M), np.full((3, shape[1]), _SPEED_M_S)]) * rtol
    done = solve_ivp(slope, (0.0, 1.0), state.ravel(), "DOP853", rtol=rtol, atol=small.ravel())
    return np.asarray(done.y[:, -1]).reshape(shape)


def height_profile(
    model: ForceModel, t_s: Array, state: Array, exit_speed_m_s: Array, distance_m: float
) -> Array:
    """Height above the mean sphere (m, n) when the shot has gone ``distance_m`` from the end of the track."""
    after = distance_m / exit_speed_m_s
    gone = fly_reference(model, t_s, state, after, 1e-10)
    return (
        np.linalg.norm(gone[:3] - model.ephemeris.moon.value(t_s + after), axis=0)
        - model.ephemeris.moon_radius
    )
