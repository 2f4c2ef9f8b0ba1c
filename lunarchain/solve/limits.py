"""When a search stops: gaps on the cost and on the decision, a deadline, or the user."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event

import numpy as np


@dataclass(frozen=True)
class Rival:
    """The arm a plan is compared with: its best cost and its proven bound [G$]."""

    objective: float
    bound: float


@dataclass(frozen=True)
class Limits:
    """When to stop: relative gaps on the cost and on the decision, the rival arm, a deadline, threads, Ctrl-C."""

    gap: float
    decision_gap: float
    deadline: float
    threads: int
    rival: Rival | None = None
    stop: Event = field(default_factory=Event)

    def reached(self, plan: float, bound: float) -> bool:
        """Whether the proof is as tight as asked for, on the cost and on the decision."""
        return plan - bound <= self.gap * abs(plan) and self._decided(plan, bound)

    def _decided(self, plan: float, bound: float) -> bool:
        if self.rival is None:
            return True
        most_the_rival_loses = self.rival.objective - bound
        if most_the_rival_loses <= self.gap * abs(plan):
            return True
        open_gaps = plan - bound + self.rival.objective - self.rival.bound
        return open_gaps <= self.decision_gap * (self.rival.objective - plan)

    @property
    def tolerance(self) -> float:
        """How far a bound may stay below what its relaxation could prove: little of the gap asked for."""
        return float(np.clip(self.gap / 20, 1e-8, 3e-6))

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline, never negative; none once the user has asked to stop."""
        return 0.0 if self.stop.is_set() else max(self.deadline - time.perf_counter(), 0.0)

    @property
    def seconds_over(self) -> float:
        """Seconds past the deadline."""
        return max(time.perf_counter() - self.deadline, 0.0)
