"""Designs sized again from their names are the designs of the menu, to the last digit."""

from __future__ import annotations

import pytest

from lunarchain.driver.menu import menu
from lunarchain.plan.audit.launchers import launchers
from lunarchain.scenario.facts import load_facts

SPEED_M_S = 2380.4321987  # more digits than a name carries


@pytest.mark.parametrize("payload_class", ["satellite", "parts", "bulk"])
def test_designs_come_back_from_their_names(payload_class: str) -> None:
    facts = load_facts()
    offered = menu(facts, payload_class, SPEED_M_S)
    found = launchers({("east", item.id) for item in offered}, facts, {"east": (2000.0, SPEED_M_S)})
    assert {name: launcher.design for name, launcher in found["east"].items()} == {
        item.id: item for item in offered
    }
    assert all(launcher.faults == 0 for launcher in found["east"].values())


@pytest.mark.parametrize("name", ["", "parts", "parts_100kg_300g_0.9s_fast", "crew_100kg_300g_0.9s_2380.43"])
def test_what_does_not_read_as_a_design_is_none(name: str) -> None:
    assert launchers({("east", name)}, load_facts(), {"east": (SPEED_M_S,)}) == {}


def test_a_track_without_departures_has_no_designs() -> None:
    assert launchers({("west", "parts_100kg_300g_0.9s_2380.43")}, load_facts(), {"east": (SPEED_M_S,)}) == {}
