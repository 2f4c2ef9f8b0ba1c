"""Lunar power: options, land, storage, heat."""

from __future__ import annotations

import pytest

from lunarchain.model.power import options

from .small import base, changed


def test_heavy_reactors_are_not_landed() -> None:
    assert base().of("power_added", "fission") > 0
    assert changed({"power.fission.imported_mass_earth": 5000.0}).of(
        "power_added", "fission"
    ) == pytest.approx(0, abs=1e-6)


def test_light_storage_replaces_reactors() -> None:
    light = {"power.storage.specific_energy": 1e5, "power.storage.round_trip": 0.95}
    plan = changed({**light, "power.fission.imported_mass_earth": 5000.0})
    assert base().of("storage_added") == pytest.approx(0, abs=1e-6)
    assert plan.of("storage_added") > 0 and plan.of("hulls") > 0


def test_storage_holds_the_longest_dark_spell() -> None:
    """Energy standing in store against the dark load of one night, worked from the site's own figures."""
    plan = changed({
        "power.storage.specific_energy": 1e5, "power.storage.round_trip": 0.95,
        "power.fission.imported_mass_earth": 5e3,
    })  # fmt: skip
    number, calendar = plan.context.inputs.number, plan.context.inputs.calendar
    nights = (
        8766.0
        * (1 - number("sites.mare_33e.lit_fraction", "dimensionless"))
        / number("sites.mare_33e.dark_spell", "hour")
    )
    checked = 0
    for t in plan.context.periods:
        moved = plan.at("stored_for_dark", "mare_33e", t)
        weights = [calendar.stock(k, t, number("power.storage.life", "yr")) for k in range(t + 1)]
        standing = sum(
            w
            * (
                plan.at("storage_added", "mare_33e", "earth", k)
                + plan.at("storage_added", "mare_33e", "moon", k)
            )
            for k, w in enumerate(weights)
        )
        assert standing >= moved / nights * (1 - 1e-6) - 1e-4
        checked += moved > 0
    assert checked


def test_an_option_of_another_kind_of_site_is_not_offered() -> None:
    context = changed(moon={"power": []}).context
    assert "ring_grid_85" not in options(context, "mare_33e")
    assert {"day_pv", "fission", "line_from_ring"} <= set(options(context, "mare_33e"))


def test_heavier_radiators_are_more_of_what_stands() -> None:
    heavier = changed({"heat.low.radiator": 50.0, "heat.medium.radiator": 20.0})
    per_hull = [p.of("radiators_added") / p.of("hulls") for p in (base(), heavier)]
    assert per_hull[1] > 2 * per_hull[0]


def test_energy_drawn_in_the_dark_is_supplied_in_the_dark() -> None:
    """Process loads alone, re-added from the process table, against what reactors and store give at night."""
    plan, t = base(), base().context.inputs.calendar.reported - 1
    number, network = plan.context.inputs.number, plan.context.inputs.sites["mare_33e"].network
    drawn = sum(plan.at("activity", "mare_33e", p, t, "dark") * q.electricity_gwh for p, q in network.items())
    hours = 8766.0 * (1 - number("sites.mare_33e.lit_fraction", "dimensionless"))
    given = (
        plan.at("power", "mare_33e", "fission", t)
        * number("power.fission.dark_output", "dimensionless")
        * hours
    )
    assert drawn > 0
    assert drawn <= (given + plan.at("stored_for_dark", "mare_33e", t)) * (1 + 1e-6)
