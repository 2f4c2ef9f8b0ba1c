"""Forty years of lunar growth from the sourced seed on: halving the step, moving the horizon. Relaxed plans."""

from __future__ import annotations

from functools import cache

import pytest

from .small import SETTINGS, Plan, changed

pytestmark = pytest.mark.slow

HORIZON, LATER = 2068, 2078
# the small case starts with lift and commissioning of its own; here they grow from what is tabled
SOURCED = dict.fromkeys(SETTINGS["data"], "nominal")


@cache
def plan(step_years: int, until: int) -> Plan:
    steps = {
        "start": 2028,
        "steps": [{"until": until, "years": step_years}],
        "tail_periods": 2,
        "tail_years": 5,
    }
    return changed(SOURCED, calendar=steps, demand={"first_gw": 10, "growth": 0.22, "ceiling_gw": 4500})


def yearly(found: Plan, name: str, t: int) -> float:
    return found.of(name, t) / found.context.inputs.calendar.lengths[t]


def test_the_case_is_one_of_growth() -> None:
    """Hulls made grow a hundredfold from the first gigawatt a year on."""
    found = plan(2, HORIZON)
    made = [yearly(found, "hulls", t) for t in range(found.context.inputs.calendar.reported)]
    assert made[0] == 0 and max(made) > 100 * next(rate for rate in made if rate > 1)


def test_halving_the_step_changes_the_objective_by_under_one_per_cent() -> None:
    assert plan(1, HORIZON).objective == pytest.approx(plan(2, HORIZON).objective, rel=0.01)


def test_a_horizon_ten_years_later_leaves_what_is_served_until_five_years_before_the_end() -> None:
    near, far = plan(2, HORIZON), plan(2, LATER)
    edges = near.context.inputs.calendar.edges
    early = [t for t in near.context.periods if edges[t + 1] <= HORIZON - 5]
    assert len(early) == 17
    for t in early:
        assert yearly(far, "served", t) == pytest.approx(yearly(near, "served", t), rel=0.02)
