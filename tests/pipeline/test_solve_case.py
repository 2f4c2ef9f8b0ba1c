"""What a solve takes over from the one before it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lunarchain.model.context import Inputs
from lunarchain.pipeline.solve_case import Arm, before_of, carried_over
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


PROCELLARUM: dict[str, Any] = {
    "moon": {"sites": ["procellarum_55w"]},
    "launcher": {"tracks": ["procellarum_55w_east"]},
    "satellites": {"orbits": ["leo", "sso"]},
    "launch": {"routes": ["leo_direct", "lander_lh2", "lander_lh2_lox"]},
}


def speeds(**raised: float) -> Inputs:
    """One track to low orbits, with highest exit speeds raised by destination [m/s] (leo 2540, sso 2650)."""
    table = departures()
    more = table["destination"].map(raised).fillna(0.0)
    return inputs(table.assign(exit_speed_max_m_s=table["exit_speed_max_m_s"] + more), **PROCELLARUM)


def test_two_designs_that_become_one_are_carried_over_together() -> None:
    """Speeds within a step of each other share a launcher; one that is raised into the next group loses its own."""
    before, now = speeds(sso=12.0), speeds(sso=12.0, leo=5.0)
    context, arrays, _ = assemble(before)
    arm = Arm(context, arrays, Answer(np.ones(arrays.cost.size), 0.0, 0.0, "optimal", ""), 0.0)
    later, others, _ = assemble(now)
    found = carried_over(arm, later, others)

    def built(columns: tuple, amounts: np.ndarray) -> float:
        name = [column.parent_component().name for column in columns]
        return float(sum(a for n, a in zip(name, amounts, strict=True) if n == "tracks_built"))

    designs = [{d.id for v in c.inputs.menu.values() for d in v} for c in (context, later)]
    assert len(designs[1]) < len(designs[0])
    assert built(others.columns, found) == built(arrays.columns, arm.answer.values) > 0


def test_a_bound_is_carried_over_only_where_the_same_launchers_are_offered() -> None:
    """Where one departure is raised out of a group of speeds, the others get a slower, cheaper launcher."""
    context, arrays, _ = assemble(speeds())
    arm = Arm(context, arrays, Answer(np.ones(arrays.cost.size), 9.0, 8.0, "optimal", ""), 0.0)
    dearer, same, _ = assemble(inputs(departures(delta_v_m_s=4000.0), **PROCELLARUM))
    assert before_of(arm, dearer, same).bound == 8.0
    other, changed, _ = assemble(speeds(sso=12.0))
    assert before_of(arm, other, changed).bound == -np.inf
