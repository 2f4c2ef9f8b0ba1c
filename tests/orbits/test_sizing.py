"""Satellites sized from their power, and published figures that must come out of their own inputs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lunarchain.comparison import HIT, MISS
from lunarchain.orbits.published import rows
from lunarchain.orbits.sizing import LEVELS, assumptions, radiated_w_m2, size
from lunarchain.scenario.facts import load_facts

FACTS = load_facts()
FOUND = {row.what: row for row in rows(FACTS)}
KNOWN_MISSES = {"Turyshev: array of 1 MW", "Turyshev: radiator of 1 MW", "Mach33 v1: whole satellite"}


@pytest.mark.parametrize(
    "what", [w for w in FOUND if w.startswith(("Suncatcher", "McCalip", "AI1", "component", "dawn"))]
)
def test_closed_published_figures_come_out_of_their_own_inputs(what: str) -> None:
    assert FOUND[what].verdict != MISS, f"{FOUND[what].ratio:.4f}"


def test_the_misses_are_those_explained_and_no_more() -> None:
    sized = {w for w, row in FOUND.items() if row.verdict == MISS and w.startswith(("Turyshev", "Mach33"))}
    assert sized == KNOWN_MISSES


def test_the_public_calculator_gives_its_published_total() -> None:
    assert FOUND["McCalip calculator: total per watt"].ours == pytest.approx(51.095, rel=1e-4)
    assert FOUND["McCalip calculator: mass launched"].verdict == HIT


@given(st.floats(1, 1e4), st.sampled_from(LEVELS))
def test_everything_grows_with_power_alone(power_kw: float, level: str) -> None:
    one, given_ = size(power_kw, assumptions(FACTS, level)), size(2 * power_kw, assumptions(FACTS, level))
    assert given_.mass_kg == pytest.approx(2 * one.mass_kg, rel=1e-12)
    assert given_.specific_power_w_kg == pytest.approx(one.specific_power_w_kg, rel=1e-12)


def test_better_assumptions_make_lighter_satellites() -> None:
    light, nominal, heavy = (size(100, assumptions(FACTS, level)).mass_kg for level in LEVELS)
    assert light < nominal < heavy


def test_heat_in_equals_heat_out() -> None:
    plain = assumptions(FACTS)
    found = size(250, plain)
    assert found.radiator_area_m2 * plain.radiator_flux_w_m2 == pytest.approx(
        250e3 * plain.overhead, rel=1e-12
    )
    assert radiated_w_m2(400, 0.9, 2, FACTS) == pytest.approx(
        16 * radiated_w_m2(200, 0.9, 2, FACTS), rel=1e-12
    )
