"""Newton's method on many small systems at once, with differences taken on extra lanes of the same batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lunarchain.trajectory.ephemeris import Array, Flags, Index

Residual = Callable[[Array, Index], Array]


@dataclass(frozen=True)
class Roots:
    """Controls (k, n), residuals (m, n) there, and which lanes met the tolerance."""

    controls: Array
    residual: Array
    converged: Flags


def differences(residual: Residual, controls: Array, steps: Array, lanes: Index) -> tuple[Array, Array]:
    """Residual (m, n) and its forward differences (n, m, k), all in one call of ``residual``."""
    k, n = controls.shape
    shifted = np.concatenate(
        [controls] + [controls + steps[:, None] * unit[:, None] for unit in np.eye(k)], axis=1
    )
    values = residual(shifted, np.tile(lanes, k + 1))
    base = values[:, :n]
    slopes = np.stack([(values[:, (i + 1) * n : (i + 2) * n] - base) / steps[i] for i in range(k)], axis=-1)
    return base, np.transpose(slopes, (1, 0, 2))


def solve(
    residual: Residual, start: Array, steps: Array, caps: Array, tolerance: Array, iterations: int = 8,
    weights: Array | None = None,
) -> Roots:  # fmt: skip
    """Drive ``residual(controls (k, n), lanes (n)) -> (m, n)`` to zero from ``start`` (k, n).

    ``steps`` are the difference steps and ``caps`` the largest moves per iteration of each control. More controls
    than residuals give the solution nearest to ``start`` in units of ``weights`` (default: the caps). Caps and
    weights are (k) or (k, n). A residual that is not a number ends its lane.
    """
    controls = start.copy()
    n = controls.shape[1]
    limit = np.broadcast_to(caps.reshape(len(caps), -1), controls.shape)
    weight = limit if weights is None else np.broadcast_to(weights.reshape(len(weights), -1), controls.shape)
    kept = np.full((len(tolerance), n), np.nan)
    done = np.zeros(n, dtype=bool)
    active = np.arange(n)
    for iteration in range(iterations + 1):
        if iteration == iterations:
            base, slopes = residual(controls[:, active], active), None
        else:
            base, slopes = differences(residual, controls[:, active], steps, active)
        kept[:, active] = base
        met = (np.abs(base) <= tolerance[:, None]).all(axis=0)
        done[active[met]] = True
        usable = ~met & np.isfinite(base).all(axis=0)
        if slopes is None:
            break
        usable &= np.isfinite(slopes).all(axis=(1, 2))
        active, base, slopes = active[usable], base[:, usable], slopes[usable]
        if not len(active):
            break
        offset = controls[:, active] - start[:, active]
        controls[:, active] += _move(base, slopes, offset, limit[:, active], weight[:, active])
    return Roots(controls, kept, done)


def _move(base: Array, slopes: Array, offset: Array, caps: Array, weights: Array) -> Array:
    """Move to the solution of the linearised system that lies nearest to the start, shortened to the caps."""
    wanted = np.einsum("nmk,kn->nm", slopes, offset) - base.T
    scaled = slopes * weights.T[:, None, :]
    nearest = (np.linalg.pinv(scaled) @ wanted[:, :, None])[:, :, 0].T * weights
    change = nearest - offset
    return change / np.maximum(np.abs(change / caps).max(axis=0), 1.0)
