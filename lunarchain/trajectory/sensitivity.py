"""How arrivals change with what they started from: the state-transition matrix carried to events and quantities.

A transition matrix holds the end time. Where an event ends the flight, the time changes too; :func:`held_at` adds that.
Matrices are (6, k, n): six components of the state, k things varied, n lanes.
"""

from __future__ import annotations

import numpy as np

from lunarchain.trajectory import lanes
from lunarchain.trajectory.dynamics import ForceModel, bodies, derivative, near_moon
from lunarchain.trajectory.ephemeris import Array, Ephemeris


def carried(arcs: lanes.Arcs, start: Array) -> Array:
    """Changes at the end (6, k, n) of changes at the start (6, k, n)."""
    assert arcs.transition is not None, "propagate with transition=True"
    return np.einsum("abn,bkn->akn", arcs.transition, start)


def flow(model: ForceModel, arcs: lanes.Arcs) -> Array:
    """Time derivative of the states (6, n) where arcs ended."""
    where = bodies(model, arcs.t_s)
    return derivative(model, where, arcs.state, near_moon(model, where, arcs.state[:3]))


def held_at(event: Array, rate: Array, matrix: Array) -> Array:
    """Changes of the state at an event instead of at a fixed time.

    ``event`` (6, n) is the event function's gradient by the state and ``rate`` (6, n) the flow. Only for events whose
    function does not change with time by itself.
    """
    later = -np.einsum("an,akn->kn", event, matrix) / np.einsum("an,an->n", event, rate)
    result: Array = matrix + rate[:, None] * later[None]
    return result


def at_perigee(model: ForceModel, arcs: lanes.Arcs, matrix: Array) -> Array:
    """Changes of the state at the perigee of the Earth where arcs ended."""
    turned = np.concatenate([arcs.state[3:], arcs.state[:3]])
    return held_at(turned, flow(model, arcs), matrix)


def at_sphere(model: ForceModel, arcs: lanes.Arcs, matrix: Array) -> Array:
    """Changes of the state on the sphere about the Earth where arcs ended."""
    outward = np.concatenate([arcs.state[:3], np.zeros_like(arcs.state[:3])])
    return held_at(outward, flow(model, arcs), matrix)


def of_distance(off: Array, matrix: Array) -> Array:
    """Changes (k, n) of the length of ``off`` (3, n) when it changes like the position."""
    return np.einsum("an,akn->kn", off / np.linalg.norm(off, axis=0), matrix[:3])


def of_inclination_deg(eph: Ephemeris, t_s: Array, state: Array, matrix: Array) -> Array:
    """Changes (k, n) of the inclination to the Earth's equator of date, in degrees."""
    h = np.cross(state[:3], state[3:], axis=0)
    change = np.cross(matrix[:3], state[3:, None], axis=0) + np.cross(state[:3, None], matrix[3:], axis=0)
    size, pole = np.linalg.norm(h, axis=0), eph.earth_pole(t_s)
    cosine = np.einsum("an,an->n", h, pole) / size
    along = np.einsum("an,akn->kn", pole, change) - cosine * np.einsum("an,akn->kn", h, change) / size
    return np.degrees(-along / (size * np.sqrt(np.maximum(1.0 - cosine**2, 1e-12))))


def of_energy(gm: float, state: Array, matrix: Array) -> Array:
    """Changes (k, n) of twice the energy per mass about a body of ``gm`` at the origin."""
    pull = gm * state[:3] / np.linalg.norm(state[:3], axis=0) ** 3
    return 2.0 * (np.einsum("an,akn->kn", pull, matrix[:3]) + np.einsum("an,akn->kn", state[3:], matrix[3:]))
