"""Lunar factory: capacity, dark time, by-products, and what one row of the process tables decides."""

from __future__ import annotations

import pytest

from .small import base, changed


def test_a_heavy_reactor_closes_the_factory() -> None:
    """Plant of the chosen reactor two thousand times heavier: the only other one cannot feed the bill of materials."""
    assert base().of("activity", "P03b") > 0
    assert changed({"processes.P03b.plant": 1e5}).of("activity", "P03b") == pytest.approx(0, abs=1e-6)


def test_a_thirsty_blanket_shop_asks_for_more_power_per_hull() -> None:
    """Half as much electricity again per square metre of photovoltaic blanket."""
    thirsty = changed({"processes.P09.electricity": 120.0})
    per_hull = [p.of("power_added") / p.of("hulls") for p in (base(), thirsty)]
    assert per_hull[1] > 1.01 * per_hull[0]


def test_without_liquid_oxygen_nothing_flies_home() -> None:
    """The braking stage and the lander both drink it: switching its process off ends the lunar plan."""
    assert changed(moon={"processes": ["P03b"]}).of("thrown") == pytest.approx(0, abs=1e-6)


def test_every_commodity_made_covers_what_is_drawn_at_the_site() -> None:
    """Re-added from the tables of the processes, in the period that makes the most."""
    plan, t = base(), base().context.inputs.calendar.reported - 1
    network = plan.context.inputs.sites["mare_33e"].network
    runs = {p: sum(plan.at("activity", "mare_33e", p, t, s) for s in ("lit", "dark")) for p in network}
    made = sum(runs[p] * process.outputs.get("al_parts", 0.0) for p, process in network.items())
    used = sum(runs[p] * process.inputs.get("al_parts", 0.0) for p, process in network.items())
    hulls = plan.at("hulls", "mare_33e", t) * plan.context.inputs.pair.lunar["al_parts"]
    assert hulls > 0
    assert made - used >= hulls * (1 - 1e-6)


def test_a_process_runs_no_more_than_available_capacity_in_each_slice() -> None:
    plan = base()
    available = plan.context.inputs.number("maintenance.availability", "dimensionless")
    lit = plan.context.inputs.number("sites.mare_33e.lit_fraction", "dimensionless")
    busy = 0
    for _, p, t in plan.context.model.capacity:
        capacity = plan.at("capacity", "mare_33e", p, t)
        for s, share in (("lit", lit), ("dark", 1 - lit)):
            run = plan.at("activity", "mare_33e", p, t, s)
            assert run <= capacity * available * share * (1 + 1e-6) + 1e-5
            busy += run > 0.999 * capacity * available * share > 0
    assert busy > 10


def test_less_availability_makes_less() -> None:
    assert changed({"maintenance.availability": "low"}).of("hulls") < base().of("hulls")


def test_new_plant_waits_for_commissioning() -> None:
    """Nothing made in a period that ends before landing plus the lag."""
    slow = changed({"operations.commissioning_lag": 8.0})
    landed = [t for t in slow.context.periods if slow.of("carried", "moon", "plant", t) > 1e-6]
    edges = slow.context.inputs.calendar.edges
    for t in slow.context.periods:
        if not landed or edges[t + 1] <= edges[landed[0]] + 8:
            assert slow.of("activity", t) == pytest.approx(0, abs=1e-6)
