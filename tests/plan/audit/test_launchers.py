"""Designs sized again from their names are the designs of the menu, to the last digit."""

from __future__ import annotations

import pytest

from lunarchain.driver.menu import menu
from lunarchain.plan.audit.launchers import launchers
from lunarchain.scenario.facts import load_facts

SPEED_M_S = 2380.4321987  # more digits than a name carries
EAST, WEST = "mare_33e_east", "mare_33e_west"
STANDS = {"one": (EAST,), "both": (EAST, WEST)}
SPEEDS_M_S = {EAST: (2000.0, SPEED_M_S), WEST: (2100.0,)}


@pytest.mark.parametrize("payload_class", ["satellite", "parts", "bulk"])
def test_designs_come_back_from_their_names(payload_class: str) -> None:
    facts = load_facts()
    steering = facts.number(f"tracks.{EAST}.azimuth_range", "radian")
    for stand in ("one", "both"):
        offered = menu(facts, payload_class, SPEED_M_S, 4, stand == "both", steering)
        found = launchers({(stand, item.id) for item in offered}, facts, STANDS, SPEEDS_M_S)
        again = {name: launcher.design for name, launcher in found[stand].items()}
        assert again == {item.id: item for item in offered}
        assert all(launcher.faults == 0 for launcher in found[stand].values())


@pytest.mark.parametrize("name", ["", "parts", "parts_100kg_300g_0.9s_fast", "crew_100kg_300g_0.9s_2380.43"])
def test_what_does_not_read_as_a_design_is_none(name: str) -> None:
    assert launchers({("one", name)}, load_facts(), STANDS, SPEEDS_M_S) == {}


@pytest.mark.parametrize(("stand", "name"), [
    ("nowhere", "parts_100kg_300g_0.9s_2380.43"), ("both", "parts_100kg_300g_0.9s_2380.43"),
    ("one", "parts_100kg_300g_0.9s_2380.43_both"),
])  # fmt: skip
def test_a_stand_has_only_designs_that_fire_its_ways(stand: str, name: str) -> None:
    assert launchers({(stand, name)}, load_facts(), STANDS, SPEEDS_M_S) == {}
