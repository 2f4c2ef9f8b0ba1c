"""Departure arcs: the table alone says what reaches where, and what each kilogram costs on the way."""

from __future__ import annotations

import pytest

from .small import base, changed, departures, inputs, relaxed


def test_a_dear_burn_ends_throwing_to_that_orbit() -> None:
    table = departures()
    table.loc[table["destination"] == "eml2", "delta_v_m_s"] = 3000.0
    assert base().of("thrown", "eml2") > 0
    assert relaxed(inputs(table)).of("thrown", "eml2") == pytest.approx(0, abs=1e-6)


def test_an_infeasible_row_is_no_arc() -> None:
    table = departures()
    table.loc[table["destination"] == "eml2", "feasible"] = 0
    assert {arc.destination for arc in inputs(table).arcs} == {"helio"}


def test_only_what_survives_the_flight_is_delivered() -> None:
    table = departures(loss_fraction=0.05)
    plan = relaxed(inputs(table))
    assert plan.of("hulls") > 0
    assert plan.of("added", "hybrid") == pytest.approx(0.95 * plan.of("hulls"), rel=1e-3)


def test_electric_insertion_is_for_satellites_with_arrays_only() -> None:
    arcs = inputs(departures(mode="electric")).arcs
    assert arcs and {arc.payload_class for arc in arcs} == {"satellite"}


def test_a_stowed_kit_needs_a_shell_its_deployed_array_would_not() -> None:
    arcs = {arc.payload_class: arc for arc in inputs(departures(mode="aerobrake")).arcs}
    assert arcs["parts"].shell > arcs["satellite"].shell > 0


def test_every_fuel_kilogram_is_landed() -> None:
    plan = base()
    fuel = sum(plan.of("thrown", *arc.key) * arc.fuel / arc.loaded for arc in plan.context.inputs.arcs)
    assert fuel > 0
    assert plan.of("carried", "moon", "parts") >= fuel * (1 - 1e-6)


def test_a_heavier_stage_throws_more_per_hull() -> None:
    light, heavy = (changed({"kick_stage.isp": level}) for level in ("high", "low"))
    assert heavy.of("thrown") / heavy.of("hulls") > light.of("thrown") / light.of("hulls")
