"""Haulage: a polar factory reaches an equatorial track over the ground, at a price."""

from __future__ import annotations

import pytest

from .small import Plan, changed

TWO_SITES = {"sites": ["south_pole", "mare_33e"], "power": ["ring_grid_85", "day_pv"]}


@pytest.fixture(scope="module")
def hauling() -> Plan:
    return changed(moon=TWO_SITES)


def test_hulls_made_at_the_pole_are_thrown_from_the_equator(hauling: Plan) -> None:
    assert hauling.of("hulls", "south_pole") > 0
    assert hauling.of("thrown", "south_pole_ridge") == 0
    hauled = hauling.of("hauled", "hull", "south_pole", "mare_33e")
    assert hauled > 0.9 * hauling.of("hulls", "south_pole") * hauling.context.inputs.pair.hull_mass_kt


def test_losses_on_the_way_end_haulage() -> None:
    assert changed({"haulage.rover.loss": 0.9}, moon=TWO_SITES).of("hauled", "hull") == pytest.approx(
        0, abs=1e-6
    )


def test_energy_on_the_way_shrinks_it(hauling: Plan) -> None:
    assert changed({"haulage.rover.energy": 200.0}, moon=TWO_SITES).of("hauled") < 0.98 * hauling.of("hauled")


def test_without_a_way_nothing_moves() -> None:
    assert changed(moon={**TWO_SITES, "haulage": []}).of("hauled") == 0


def test_a_heavy_fleet_ends_haulage(hauling: Plan) -> None:
    heavy = changed({"haulage.rover.fleet": 20.0}, moon=TWO_SITES)
    assert heavy.of("hauled", "hull") < 0.5 * hauling.of("hauled", "hull")


def test_sites_of_one_kind_do_not_haul() -> None:
    plan = changed(moon={"sites": ["mare_33e", "procellarum_55w"]}, launcher={"tracks": ["mare_33e_east"]})
    assert len(plan.context.model.hauled) == 0
