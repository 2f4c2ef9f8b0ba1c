"""The trajectory tests run on numpy alone, so that they do not wait for a compiler; one slow test ties the paths.

The slow ones take seconds when compiled: ``LUNARCHAIN_PLAIN=0 pytest -m slow tests/trajectory``.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

os.environ.setdefault("LUNARCHAIN_PLAIN", "1")

from lunarchain.model.departure_inputs import departure_inputs, shipped_ephemeris
from lunarchain.scenario.facts import load_facts
from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import Ephemeris
from lunarchain.trajectory.inputs import DepartureInputs


@pytest.fixture(scope="session")
def eph() -> Ephemeris:
    return shipped_ephemeris()


@pytest.fixture(scope="session")
def inputs() -> DepartureInputs:
    return departure_inputs(load_facts())


@pytest.fixture(scope="session")
def quick(inputs: DepartureInputs) -> DepartureInputs:
    """The shipped inputs with a coarser scan in the track's own direction: the same shots, found sooner."""
    search = replace(inputs.search, azimuths=1, speed_step_m_s=40.0)
    return replace(inputs, search=search)


@pytest.fixture(scope="session")
def points_only(eph: Ephemeris) -> ForceModel:
    """Earth, Moon and Sun as points."""
    return ForceModel(eph)
