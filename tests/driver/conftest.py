"""The shipped facts and one worked launcher, shared by the tests of this folder."""

from __future__ import annotations

import pytest

from lunarchain.driver.basis import LauncherBasis
from lunarchain.driver.design import LauncherDesign, design
from lunarchain.driver.inputs import launcher_basis
from lunarchain.scenario.facts import Facts, load_facts


@pytest.fixture(scope="session")
def facts() -> Facts:
    return load_facts()


@pytest.fixture(scope="session")
def parts(facts: Facts) -> LauncherBasis:
    return launcher_basis(facts, "parts")


@pytest.fixture(scope="session")
def one_tonne(parts: LauncherBasis) -> LauncherDesign:
    """1 t at 30 g and 2.5 km/s, one shot per 2.68 s."""
    return design(2500, 30, 1, 2.68, parts)
