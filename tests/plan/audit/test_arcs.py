"""Stage masses obey Tsiolkovsky, and the modes differ in what they carry."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.plan.audit.arcs import stage_masses


@settings(deadline=None)
@given(st.floats(0.0, 4000.0), st.floats(2000.0, 30000.0), st.floats(0.0, 0.3), st.floats(0.0, 0.15))
def test_masses_before_and_after_the_burn(delta_v: float, exhaust: float, shell: float, dry: float) -> None:
    found = stage_masses(delta_v, exhaust, shell, dry)
    assert found is not None
    start, propellant = found
    assert start == pytest.approx(1 + shell + (1 + dry) * propellant, rel=1e-12)
    assert exhaust * math.log(start / (start - propellant)) == pytest.approx(delta_v, abs=1e-6)


def test_no_stage_is_light_enough() -> None:
    assert stage_masses(8000.0, 3000.0, 0.0, 0.1) is None


def test_only_satellites_fly_on_their_own_power(premises: Any) -> None:
    assert {t.payload_class for t in premises.throws.values() if t.mode == "electric"} == {"satellite"}


def test_loads_add_up_to_what_is_thrown(premises: Any) -> None:
    for throw in premises.throws.values():
        parts = throw.product + throw.shell + throw.oxygen + throw.fuel + throw.stage
        assert parts == pytest.approx(1.0, rel=1e-12), throw


def test_only_air_braking_needs_a_shell(premises: Any) -> None:
    shelled = {t.mode for t in premises.throws.values() if t.shell > 0}
    assert shelled == {"aerobrake"}
