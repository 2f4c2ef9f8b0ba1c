"""What a solve takes over from the one before it."""

from __future__ import annotations

import numpy as np
import pytest

from lunarchain.pipeline.solve_case import Arm, carried_over
from lunarchain.solve.search import Answer
from tests.model.small import as_tuple, assemble, departures, inputs


def test_tracks_of_a_plan_stand_although_a_correction_asks_them_for_more_speed() -> None:
    """Designs are named by their exit speed: the same launchers for the new one take the place of the old."""
    before, now = inputs(), inputs(departures().assign(exit_speed_max_m_s=lambda d: d["exit_speed_max_m_s"] + 9.0))
    context, arrays, _ = assemble(before)
    values = np.arange(1.0, arrays.cost.size + 1)
    arm = Arm(context, arrays, Answer(values, 0.0, 0.0, "optimal", ""), 0.0)
    later, others, _ = assemble(now)
    found = carried_over(arm, later, others)

    def tracks(columns: tuple, amounts: np.ndarray) -> dict:
        """Amounts of tracks built by place, launcher without its speed, and period."""
        built = {}
        for column, amount in zip(columns, amounts, strict=True):
            if column.parent_component().name == "tracks_built":
                stand, design, period = as_tuple(column.index())
                built[stand, *design.split("_")[:4], design.endswith("both"), period] = amount
        return built

    assert not {str(c) for c in arrays.columns if "tracks_built" in c.name} & {str(c) for c in others.columns}
    assert tracks(others.columns, found) == tracks(arrays.columns, values) and tracks(arrays.columns, values)
    same = carried_over(arm, context, arrays)
    assert same == pytest.approx(values)
