"""Mass drivers: tracks, rate, windows, energy, wear."""

from __future__ import annotations

import pytest
from pyomo.core.expr.visitor import identify_variables

from .small import base, changed, departures, inputs, relaxed


def test_a_driver_that_is_seldom_available_is_not_built() -> None:
    assert base().of("tracks_built", rate=False) > 0
    assert changed({"driver.operations.availability": 0.05}).of("tracks_built") == pytest.approx(0, abs=1e-6)


def test_a_closed_window_leaves_no_throw_and_a_narrow_one_less() -> None:
    shut = relaxed(inputs(departures(open_fraction=0.01)))
    assert shut.of("thrown", "eml2") < 0.05 * base().of("thrown", "eml2")
    assert relaxed(inputs(departures(open_fraction=0.0))).of("thrown") == 0


def test_a_wasteful_driver_draws_more_power_per_mass_thrown() -> None:
    wasteful = changed({"driver.efficiency.wall_to_kinetic": 0.05})
    per_mass = [p.of("power_added") / p.of("shot_mass") for p in (base(), wasteful)]
    assert per_mass[1] > per_mass[0]


def test_shots_stay_within_whole_tracks() -> None:
    """Throughput of the tracks standing, from the sheet of each design, availability and slice share once each."""
    plan = base()
    calendar, lit = (
        plan.context.inputs.calendar,
        plan.context.inputs.number("sites.mare_33e.lit_fraction", "dimensionless"),
    )
    busy = 0
    for track, designs in plan.context.inputs.menu.items():
        for design in designs:
            for t in plan.context.periods:
                built = [
                    plan.at("tracks_built", track, design.id, k) / calendar.lengths[k] for k in range(t + 1)
                ]
                standing = sum(
                    n * calendar.stock(k, t, design.life_yr, design.build_time_yr)
                    for k, n in enumerate(built)
                )
                for s, share in (("lit", lit), ("dark", 1 - lit)):
                    most = design.throughput_kt_per_yr * design.availability * share * standing
                    shot = plan.at("shot_mass", track, design.id, t, s)
                    assert shot <= most * (1 + 1e-6) + 1e-5
                    busy += shot > 0.999 * most > 0
    assert busy


def test_launch_structure_flies_with_the_cargo() -> None:
    plan = base()
    designs = {d.id: d for d in plan.context.inputs.menu["mare_33e_east"]}
    cargo = sum(plan.of("shot_mass", name) / (1 + d.structure_fraction) for name, d in designs.items())
    assert plan.of("thrown", "mare_33e_east") == pytest.approx(cargo, rel=1e-6)


def test_wear_is_replaced_from_the_sites_own_plant_parts() -> None:
    """Per mass thrown, the stator that wears off a design's sheet is wanted as structure."""
    context = base().context
    design = next(d for d in context.inputs.menu["mare_33e_east"] if d.payload_class == "parts")
    coefficients, variables = context.ledgers.structure.terms(("mare_33e", 1))
    wanted = {v.name: c for c, v in zip(coefficients, variables, strict=True)}
    per_mass = wanted[f"shot_mass[mare_33e_east,{design.id},1,lit]"]
    assert per_mass == pytest.approx(design.wear_kt_per_yr / design.throughput_kt_per_yr)
    row = context.model.structure_supply["mare_33e", 1]
    assert any(v.parent_component().name == "shot_mass" for v in identify_variables(row.body))
