"""What a search returns: one departure per epoch, feasible or with the reason why not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lunarchain.trajectory.ephemeris import Array, Flags, Index


@dataclass(frozen=True)
class Departures:
    """Departures at epochs ``t_s`` (n): controls, flight time, arrival state (6, n), delta-v after launch.

    Entries of infeasible epochs are not numbers; ``reason`` says why. ``phase`` is the place on a closed orbit,
    ``burn`` (3, n) the planned burn at the trim time (m/s), ``local_time_h`` that of the node where it matters.
    """

    t_s: Array
    feasible: Flags
    speed_m_s: Array
    azimuth_deg: Array
    flight_s: Array
    arrival: Array
    delta_v_m_s: Array
    reason: NDArray[np.object_]
    phase: Array
    burn: Array
    local_time_h: Array

    def take(self, index: Index) -> Departures:
        """The departures of some epochs, in that order; an epoch may come more than once."""
        return Departures(**{name: getattr(self, name)[..., index] for name in self.__dataclass_fields__})

    def refuse(self, mask: Flags, reason: str) -> Departures:
        """The same with more epochs infeasible; a reason already given stands."""
        new = mask & self.feasible
        words = self.reason.copy()
        words[new] = reason
        return replace(self, feasible=self.feasible & ~mask, reason=words)


def departures(
    t_s: Array, feasible: Flags, speed_m_s: Array, azimuth_deg: Array, flight_s: Array,
    arrival: Array, delta_v_m_s: Array, reason: str,
    phase: Array | None = None, burn: Array | None = None,
) -> Departures:  # fmt: skip
    """Assemble; ``reason`` is given to every infeasible epoch and their numbers are blanked."""

    def blank(values: Array) -> Array:
        return np.where(feasible, values, np.nan)

    words = np.where(feasible, "", reason).astype(object)
    place = np.zeros(len(t_s)) if phase is None else phase
    push = np.zeros((3, len(t_s))) if burn is None else burn
    return Departures(
        t_s, feasible, blank(speed_m_s), blank(azimuth_deg), blank(flight_s),
        blank(arrival), blank(delta_v_m_s), words, place, push, np.full(len(t_s), np.nan),
    )  # fmt: skip


def nothing(t_s: Array, reason: str) -> Departures:
    """No departure at any epoch."""
    none = np.full(len(t_s), np.nan)
    return departures(
        t_s, np.zeros(len(t_s), dtype=bool), none, none, none, np.full((6, len(t_s)), np.nan), none, reason
    )


def spread_over(t_s: Array, some: Index, part: Departures, reason: str) -> Departures:
    """Departures at all epochs ``t_s`` from those known at epochs ``some``; the rest infeasible for ``reason``."""
    return filled(nothing(t_s, reason), some, part)


def filled(whole: Departures, some: Index, part: Departures) -> Departures:
    """``whole`` with the departures ``part`` at its epochs number ``some``."""
    new = {}
    for name in whole.__dataclass_fields__:
        values = getattr(whole, name).copy()
        values[..., some] = getattr(part, name)
        new[name] = values
    return Departures(**new)
