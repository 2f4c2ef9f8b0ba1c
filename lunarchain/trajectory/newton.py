"""Newton's method on many small systems at once, with slopes from the state-transition matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lunarchain.trajectory.ephemeris import Array, Flags, Index

# Of controls (k, n) on the lanes named: residuals (m, n) and their slopes (m, k, n).
System = Callable[[Array, Index], tuple[Array, Array]]


@dataclass(frozen=True)
class Roots:
    """Controls (k, n), residuals (m, n) there, and which lanes met the tolerance."""

    controls: Array
    residual: Array
    converged: Flags


def solve(
    system: System, start: Array, caps: Array, tolerance: Array, iterations: int = 8,
    weights: Array | None = None,
) -> Roots:  # fmt: skip
    """Drive ``system(controls (k, n), lanes (n)) -> residuals (m, n), slopes (m, k, n)`` to zero from ``start`` (k, n).

    ``caps`` are the largest moves per iteration of each control. More controls than residuals give the solution
    nearest to ``start`` in units of ``weights`` (default: the caps). Caps and weights are (k) or (k, n). A residual
    that is not a number ends its lane.
    """
    controls = start.copy()
    n = controls.shape[1]
    limit = np.broadcast_to(caps.reshape(len(caps), -1), controls.shape)
    weight = limit if weights is None else np.broadcast_to(weights.reshape(len(weights), -1), controls.shape)
    kept = np.full((len(tolerance), n), np.nan)
    done = np.zeros(n, dtype=bool)
    active = np.arange(n)
    for _ in range(iterations + 1):
        base, slopes = system(controls[:, active], active)
        kept[:, active] = base
        met = (np.abs(base) <= tolerance[:, None]).all(axis=0)
        done[active[met]] = True
        usable = ~met & np.isfinite(base).all(axis=0) & np.isfinite(slopes).all(axis=(0, 1))
        active, base, slopes = active[usable], base[:, usable], slopes[:, :, usable]
        if not len(active):
            break
        offset = controls[:, active] - start[:, active]
        controls[:, active] += _move(base, slopes, offset, limit[:, active], weight[:, active])
    return Roots(controls, kept, done)


def _move(base: Array, slopes: Array, offset: Array, caps: Array, weights: Array) -> Array:
    """Move to the solution of the linearised system that lies nearest to the start, shortened to the caps."""
    wanted = np.einsum("mkn,kn->nm", slopes, offset) - base.T
    scaled = np.transpose(slopes * weights[None], (2, 0, 1))
    nearest = (np.linalg.pinv(scaled) @ wanted[:, :, None])[:, :, 0].T * weights
    change = nearest - offset
    return change / np.maximum(np.abs(change / caps).max(axis=0), 1.0)
