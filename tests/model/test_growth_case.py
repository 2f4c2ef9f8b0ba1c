"""Half a century of lunar growth from the sourced seed on: halving the step, moving the horizon. Relaxed plans.

Hulls grow from nothing to hundreds of gigawatts a year well before the horizon. What is served follows demand whoever
serves it, so the plans are also compared by what the Moon does: hulls made, power built, Earth-built satellites spared.
"""

from __future__ import annotations

from functools import cache

import pytest

from .small import SETTINGS, Plan, changed

pytestmark = pytest.mark.slow

HORIZON, LATER = 2078, 2088
EARLY = 2072  # the last edge of both steps that lies five years before the horizon
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


def until_early(found: Plan, name: str, *words: str) -> float:
    """Sum of a variable over the years until five before the nearer horizon."""
    edges = found.context.inputs.calendar.edges
    return sum(found.of(name, *words, t) for t in found.context.periods if edges[t + 1] <= EARLY)


def test_the_case_is_one_of_growth() -> None:
    """A hundredfold from the first gigawatt a year on, and more hulls than Earth-built satellites before the end."""
    found = plan(2, HORIZON)
    lengths = found.context.inputs.calendar.lengths
    made = [found.of("hulls", t) / lengths[t] for t in range(found.context.inputs.calendar.reported)]
    assert made[0] == 0 and max(made) > 100 * next(rate for rate in made if rate > 1)
    assert until_early(found, "hulls") > until_early(found, "added", "earth") > 0


def test_halving_the_step_changes_the_objective_by_under_one_per_cent() -> None:
    """What is added, whoever makes it, moves by 2 %."""
    coarse, fine = plan(2, HORIZON), plan(1, HORIZON)
    assert fine.objective == pytest.approx(coarse.objective, rel=0.01)
    assert until_early(fine, "added") == pytest.approx(until_early(coarse, "added"), rel=0.03)


@pytest.mark.xfail(strict=True, reason="11 % more hulls: finer steps let the Moon start sooner")
def test_halving_the_step_changes_the_hulls_by_under_a_tenth() -> None:
    coarse, fine = plan(2, HORIZON), plan(1, HORIZON)
    assert until_early(fine, "hulls") == pytest.approx(until_early(coarse, "hulls"), rel=0.10)


@pytest.mark.parametrize(
    ("what", "tolerance"),
    [
        (("hulls",), 0.01),
        (("added",), 0.01),
        (("added", "earth"), 0.02),
        (("power_added",), 0.01),
        (("served",), 0.01),
    ],
)
def test_a_horizon_ten_years_later_leaves_the_plan_until_five_years_before_the_end(
    what: tuple[str, ...], tolerance: float
) -> None:
    near, far = (until_early(plan(2, until), *what) for until in (HORIZON, LATER))
    assert far == pytest.approx(near, rel=tolerance)
