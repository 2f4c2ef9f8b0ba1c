"""Metzger, Muscatello, Mueller & Mantovani 2013: statics exact, growth by order, misses named."""

from itertools import pairwise

import pytest

from lunarchain.industry.metzger import Campaign, asset_set, grow
from lunarchain.scenario.facts import load_facts

FACTS = load_facts()
FULL, DAY_ONLY = 0.70, 0.40


def test_the_first_set_is_exactly_the_published_one():
    first = asset_set(FACTS)
    assert first.mass_kg == 7675
    assert first.electronics_kg == 390
    assert first.power_kw == pytest.approx(64.36, abs=1e-9)
    assert first.assets == 21
    assert first.parts_kg_per_h == 4


def test_the_one_calibrated_rate_gives_the_last_generation():
    # Calibrated on this figure (about 30,000 t), so it guards the calibration and proves nothing else.
    assert grow(FACTS, Campaign(FULL))[-1].mass_t == pytest.approx(30_000, rel=0.02)


def test_half_rate_printers_are_launched_for_about_twelve_tonnes():
    assert grow(FACTS, Campaign(FULL, printer_factor=0.5))[-1].launched_t == pytest.approx(12, rel=0.3)


def test_the_fast_case_is_launched_within_a_factor_three_of_the_published_41_t():
    assert 41 / 3 < grow(FACTS, Campaign(FULL))[-1].launched_t < 41 * 3


def test_a_duty_below_twice_smaller_costs_more_than_tenfold_growth():
    full, day = (grow(FACTS, Campaign(duty))[-1].mass_t for duty in (FULL, DAY_ONLY))
    assert full / day > 10


def test_without_local_electronics_imports_are_exponential():
    history = grow(FACTS, Campaign(FULL, electronics_factor=0))
    launched = [after.launched_t - before.launched_t for before, after in pairwise(history)]
    assert all(later > 2 * earlier for earlier, later in pairwise(launched))
    assert history[-1].launched_t > 10 * grow(FACTS, Campaign(FULL))[-1].launched_t


def test_half_closure_of_electronics_still_leaves_imports_exponential():
    history = grow(FACTS, Campaign(FULL, electronics_factor=0.5))
    launched = [after.launched_t - before.launched_t for before, after in pairwise(history)]
    assert all(later > earlier for earlier, later in pairwise(launched))


@pytest.mark.xfail(strict=True, reason="published 156 t, this recursion about 1,200 t: recorded as a miss")
def test_half_rate_printers_end_near_156_tonnes():
    assert 156 / 3 < grow(FACTS, Campaign(FULL, printer_factor=0.5))[-1].mass_t < 156 * 3
