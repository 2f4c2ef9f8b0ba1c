"""Demand and the ground: classes, tiers, halls, chips."""

from __future__ import annotations

import pytest

from lunarchain.errors import InputError
from lunarchain.model.ground import GROUND, grid_limit, serves, tier_widths, wanted_gw
from lunarchain.scenario.facts import load_facts
from lunarchain.scenario.load import load

from .small import base, changed


def test_a_demand_curve_goes_through_its_points_and_grows_beyond_them() -> None:
    points = [{"year": 2030.0, "gw": 50.0}, {"year": 2040.0, "gw": 200.0}]
    plan = changed(demand={"curve": points, "growth": 0.1, "ceiling_gw": 1e4})
    calendar = plan.context.inputs.calendar
    for t in range(calendar.reported):
        year = calendar.midpoint(t)
        inside = 50 * 4 ** ((year - 2030) / 10)
        expected = (
            inside
            if 2030 <= year <= 2040
            else 200 * 1.1 ** (year - 2040)
            if year > 2040
            else 50 * 1.1 ** (year - 2030)
        )
        assert wanted_gw(plan.context, t) == pytest.approx(expected, rel=1e-9)


def test_a_demand_curve_may_name_facts_and_refuses_what_is_no_power() -> None:
    case = load("01_earth_only", overlays=["demand/iea"])
    average = load_facts().number("demand.demand_world_2030", "TWh/yr") / 8.766
    assert case.scenario.demand.curve[1].gw == pytest.approx(average, rel=1e-9)
    with pytest.raises(InputError, match=r"demand\.curve 2030"):
        load("01_earth_only", ["demand.curve=[{year=2030, gw='compute.chip_life'}]"])


def test_terawatts_meet_a_falling_price_in_any_year() -> None:
    """With one curve for all years the worth of a tier depends on its GW alone."""
    plan = changed(demand={"reference_gw": 50.0})
    number = plan.context.inputs.number
    value, e = number("compute.value", "GUSD/GW/yr"), number("compute.elasticity", "dimensionless")
    edges = plan.context.inputs.scenario.demand.tiers
    for t in plan.context.periods:
        for edge, (_, worth) in zip(edges, tier_widths(plan.context, t), strict=True):
            gw = max(edge * wanted_gw(plan.context, t), edges[0] * 50.0)
            assert worth == pytest.approx(value * (gw / 50.0) ** (-1 / e), rel=1e-9)
    assert plan.of("served") < base().of("served")


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
