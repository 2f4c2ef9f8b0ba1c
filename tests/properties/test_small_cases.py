"""Properties of random small cases: every row holds, nothing comes from nothing, and the Moon is never forced."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lunarchain.industry.network import commodity_class, family, mass_kt
from lunarchain.model.inputs import without_moon
from lunarchain.solve.bounds import residuals
from tests.model.small import Plan, changed, inputs, relaxed

CASES = st.fixed_dictionaries(
    {
        "first_gw": st.floats(20, 400),
        "growth": st.floats(0.0, 0.25),
        "lift": st.floats(1.0, 8.0),
        "plant_price": st.floats(100, 3000),
        "day_only": st.booleans(),
        "licences": st.one_of(st.none(), st.floats(2000, 50000)),
        "yards": st.booleans(),
    }
)
FEW = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def options(drawn: dict[str, Any]) -> dict[str, Any]:
    return {
        "demand": {"first_gw": drawn["first_gw"], "growth": drawn["growth"]},
        "moon": {
            "power": ["day_pv"] if drawn["day_only"] else ["day_pv", "fission"],
            "orbital_yards": drawn["yards"],
        },
        "policy": {} if drawn["licences"] is None else {"launch_licences_per_yr": drawn["licences"]},
        "data": {"routes.lander_lh2_lox.lift": drawn["lift"], "prices.plant": drawn["plant_price"]},
    }


@cache
def solved(key: tuple[tuple[str, Any], ...]) -> Plan:
    return changed(**options(dict(key)))


def plan_of(drawn: dict[str, Any]) -> Plan:
    return solved(tuple(sorted(drawn.items())))


@FEW
@given(CASES)
def test_a_plan_respects_every_row_and_bound(drawn: dict[str, Any]) -> None:
    plan = plan_of(drawn)
    # whole numbers are not asked of a relaxed plan
    continuous = replace(plan.arrays, integer=np.zeros_like(plan.arrays.integer))
    assert residuals(continuous, plan.values) <= 1e-6


@FEW
@given(CASES)
def test_no_mass_comes_from_nothing(drawn: dict[str, Any]) -> None:
    """At each site and period, what leaves in products is at most the soil dug and the parts landed."""
    plan = plan_of(drawn)
    facts, pair = plan.context.inputs.facts, plan.context.inputs.pair
    for site in plan.context.inputs.sites.values():
        for t in plan.context.periods:
            dug = sum(
                amount * mass_kt(facts, commodity) * plan.at("activity", site.id, process.id, t, s)
                for process in site.network.values()
                for commodity, amount in process.inputs.items()
                if commodity_class(facts, commodity) == "resource"
                for s in ("lit", "dark")
            )
            landed = plan.of("imported", site.id, t) / plan.context.inputs.calendar.lengths[t]
            slots = sum(amount * mass_kt(facts, family(facts, c)) for c, amount in pair.lunar.items())
            out = plan.at("hulls", site.id, t) * slots + plan.at("shipped", site.id, t) * pair.moon_mass_kt
            assert out <= (dug + landed) * (1 + 1e-6) + 1e-4


@FEW
@given(CASES)
def test_allowing_the_moon_never_makes_the_plan_dearer(drawn: dict[str, Any]) -> None:
    plan = plan_of(drawn)
    without = relaxed(without_moon(plan.context.inputs))
    assert plan.objective <= without.objective + 1e-6 * abs(without.objective)


@FEW
@given(CASES)
def test_no_more_is_served_than_wanted_nor_than_stands(drawn: dict[str, Any]) -> None:
    plan = plan_of(drawn)
    for q, j, t in plan.context.model.tier:
        assert plan.at("tier", q, j, t) <= plan.context.model.tier.upper_of((q, j, t)) * (1 + 1e-6) + 1e-6
    for t in plan.context.periods:
        served = sum(
            plan.at("served", o, q, k) for o, q, k in plan.context.model.served if k == t and o != "ground"
        )
        standing = sum(plan.at("in_service", o, t) for o in plan.context.inputs.scenario.satellites.orbits)
        assert served <= standing * (1 + 1e-6) + 1e-6


@pytest.mark.parametrize("soil", ["mare_high_ti", "mare_low_ti", "highland"])
def test_no_process_makes_more_mass_than_it_takes(soil: str) -> None:
    """Every process of every site, in kt of each stream, by the table of commodity masses."""
    site = {"mare_high_ti": "mare_33e", "mare_low_ti": "procellarum_55w", "highland": "south_pole"}[soil]
    given_ = inputs(moon={"sites": [site], "power": []}, launcher={"tracks": ["mare_33e_east"]})
    assert given_.facts.text(f"sites.{site}.soil") == soil
    for process in given_.sites[site].network.values():
        if process.id in ("P13", "P15"):
            continue  # a GW of satellites or of power plant is not a mass
        taken = sum(a * mass_kt(given_.facts, c) for c, a in process.inputs.items())
        made = sum(a * mass_kt(given_.facts, c) for c, a in process.outputs.items())
        assert made <= taken * (1 + 1e-6), process.id
