"""Guerrero-Gonzalez & Zabel 2023 (Acta Astronautica 203:187-201): ferrosilicon and oxygen at the pole."""

import pytest

from lunarchain.industry.validation import ferrosilicon_plant
from lunarchain.scenario.facts import load_facts

OXYGEN_T_YR, ALLOY_T_YR, HARDWARE_KG = 23.9, 25.0, 6776


def test_oxygen_released_per_alloy():
    published = OXYGEN_T_YR / ALLOY_T_YR
    assert ferrosilicon_plant(load_facts()).released_per_alloy == pytest.approx(published, abs=0.02)


def test_hardware_per_yearly_product():
    published = HARDWARE_KG / (1000 * (OXYGEN_T_YR + ALLOY_T_YR))
    assert ferrosilicon_plant(load_facts()).hardware_kg_per_kg_yr == pytest.approx(published, rel=0.3)


@pytest.mark.xfail(strict=True, reason="with 3 % of the oxygen vented the ratio is 0.914, below 0.956 - 0.02")
def test_oxygen_captured_per_alloy():
    published = OXYGEN_T_YR / ALLOY_T_YR
    assert ferrosilicon_plant(load_facts()).captured_per_alloy == pytest.approx(published, abs=0.02)
