"""Newton's method on many small systems at once, with slopes from the state-transition matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lunarchain.trajectory.ephemeris import Array, Flags, Index

# Of controls (k, n) on the lanes named: residuals (m, n) and their slopes (m, k, n).
System = Callable[[Array, Index], tuple[Array, Array]]

_LEAST_SHARE = 0.1


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

    ``caps`` are the largest moves per iteration of each control. With more controls than residuals the moves
    go towards the solution nearest to ``start`` in units of ``weights`` (default: the caps); a lane ends when its
    residuals meet the tolerance, so what is returned is a solution near the start, not always the nearest. Caps and
    weights are (k) or (k, n). A residual that is not a number ends its lane.

    A move has two parts: across the set of solutions, onto it, and along it, to the point nearest to the start. Where
    the set is bent as strongly as the start is far, full moves along it swing from side to side for ever, so they are
    scaled by how much of the last one was taken back.
    """
    controls = start.copy()
    n = controls.shape[1]
    limit = np.broadcast_to(caps.reshape(len(caps), -1), controls.shape)
    weight = limit if weights is None else np.broadcast_to(weights.reshape(len(weights), -1), controls.shape)
    kept = np.full((len(tolerance), n), np.nan)
    done = np.zeros(n, dtype=bool)
    share, before = np.ones(n), np.zeros_like(controls)
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
        onto, along = _parts(base, slopes, offset / weight[:, active], weight[:, active])
        share[active] = _share(along, before[:, active], share[active])
        change = (onto + share[active] * along) * weight[:, active]
        change /= np.maximum(np.abs(change / limit[:, active]).max(axis=0), 1.0)
        controls[:, active] += change
        before[:, active] = along
    return Roots(controls, kept, done)


def _parts(base: Array, slopes: Array, offset: Array, weights: Array) -> tuple[Array, Array]:
    """The least move onto the linearised set of solutions, and that along it to the point nearest to the start.

    ``offset`` (k, n) from the start and both moves count in units of the weights.
    """
    scaled = np.transpose(slopes * weights[None], (2, 0, 1))
    inverse = np.linalg.pinv(scaled)
    onto = -(inverse @ base.T[:, :, None])[:, :, 0].T
    across = (inverse @ (scaled @ offset.T[:, :, None]))[:, :, 0].T
    return onto, across - offset


def _share(along: Array, before: Array, share: Array) -> Array:
    """How much of the move along the set to make (n): less than all when the last one overshot (secant rule)."""
    size = np.einsum("kn,kn->n", before, before)
    kept = np.einsum("kn,kn->n", along, before) / np.where(size > 0.0, size, 1.0)
    return np.maximum(share / (1.0 - np.minimum(kept, 0.0)), _LEAST_SHARE)
