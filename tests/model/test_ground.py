"""Demand and the ground: classes, tiers, halls, chips."""

from __future__ import annotations

import pytest

from lunarchain.model.ground import GROUND, grid_limit, serves, tier_widths, wanted_gw

from .small import base, changed


def test_plentiful_grid_leaves_fewer_satellites() -> None:
    plenty = changed({"ground.grid_first": 1000.0})
    assert plenty.of("served", GROUND) > 2 * base().of("served", GROUND)
    assert plenty.of("added") < 0.8 * base().of("added")


def test_plentiful_cheap_ground_leaves_no_satellites() -> None:
    cheap = {
        "ground.grid_first": 1000.0,
        "ground.electricity": 0.0,
        "ground.capex_facility": 1.0,
        "compute.gpu_failure": 0.0,
    }
    assert changed(cheap).of("added") == pytest.approx(0, abs=1e-4)


def test_no_ground_means_no_halls() -> None:
    plan = changed(ground={"allowed": False})
    assert plan.of("halls_added") == 0 and plan.of("served", GROUND) == pytest.approx(0, abs=1e-6)
    assert grid_limit(plan.context, 2) == 0 < grid_limit(base().context, 2)


def test_latency_decides_which_orbit_may_serve() -> None:
    strict = changed({"services.batch.max_latency": 1.0})
    assert base().of("served", "eml2", "batch") > 0
    assert ("eml2", "batch", 0) not in strict.context.model.served
    assert serves(strict.context, "leo", "batch") and not serves(strict.context, "eml2", "batch")


def test_worthless_compute_is_not_served() -> None:
    assert changed({"compute.value": 2.0}).of("served") == pytest.approx(0, abs=1e-6)


def test_demand_grows_to_its_ceiling() -> None:
    plan = changed(demand={"first_gw": 100.0, "growth": 0.5, "ceiling_gw": 400.0})
    wanted = [wanted_gw(plan.context, t) for t in plan.context.periods]
    assert wanted[0] == pytest.approx(100.0 * 1.5**2) and wanted[-1] == 400.0
    assert all(
        plan.of("tier", t) <= wanted[t] * plan.context.inputs.calendar.lengths[t] * (1 + 1e-9)
        for t in plan.context.periods
    )


def test_later_tiers_are_worth_less() -> None:
    widths, values = zip(*tier_widths(base().context, 0), strict=True)
    assert sum(widths) == pytest.approx(wanted_gw(base().context, 0))
    assert values[0] > values[1]
    elasticity = base().context.inputs.number("compute.elasticity", "dimensionless")
    assert values[0] / values[1] == pytest.approx(2 ** (1 / elasticity))


def test_chips_are_shared_by_ground_and_orbit() -> None:
    plan = changed(policy={"chip_supply_cap_gw": 30.0})
    used = [plan.of("ground_chips_added", t) + plan.of("added", t) for t in plan.context.periods]
    assert all(
        u <= 30.0 * n * (1 + 1e-6) for u, n in zip(used, plan.context.inputs.calendar.lengths, strict=True)
    )
    assert max(
        u / n for u, n in zip(used, plan.context.inputs.calendar.lengths, strict=True)
    ) == pytest.approx(30.0)


def test_light_orbits_serve_only_in_sunlight() -> None:
    plan = base()
    for t in plan.context.periods:
        sun = plan.context.inputs.number("orbits.leo.sun_fraction", "dimensionless")
        assert (
            plan.of("served", "leo", t, rate=False)
            <= sun * plan.at("in_service", "leo", t) * (1 + 1e-6) + 1e-6
        )
