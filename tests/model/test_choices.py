"""Power, night and haulage at two lunar sites: each option is chosen in one case and left alone in another.

The pole has industry but no track towards the Earth side, so what it makes is hauled, or made again at the equator.
"""

from __future__ import annotations

from functools import cache

import pytest

from .small import SETTINGS, Plan, changed, inputs, whole

pytestmark = pytest.mark.slow

SOURCES = ("earth", "moon")
NO_REACTORS = {"power.fission.imported_mass_earth": 5000.0}
NO_RING = {"power.ring_grid_85.imported_mass_earth": 5000.0, "power.ring_grid_85.extra_wire": 500.0}
SHADED = {f"power.{k}.lit_output": 0.01 for k in ("pv_ridge_90", "pv_ridge_70", "pv_tower_1km", "day_pv")}
DARK_RIDGE = {"power.pv_ridge_90.dark_output": 0.0}
DEAR_HAULAGE = {f"haulage.{way}.loss": 0.999 for way in ("rover", "rail", "hop")}
EASY_HOPS = {
    "haulage.hop.oxygen": 0.01,
    "haulage.hop.fuel": 0.0,
    "haulage.hop.energy": 0.0,
    "haulage.hop.fleet": 1e-4,
}

CASES: dict[str, dict[str, float]] = {
    "as tabled": {},
    "no reactors": NO_REACTORS,
    "no ring": NO_RING,
    "no reactors, no ring": NO_REACTORS | NO_RING,
    "little sun": SHADED | DARK_RIDGE,
    "dear haulage": DEAR_HAULAGE,
    "easy hops": EASY_HOPS,
}

# option -> a case in which it is built and one in which it is not
POWER = [
    ("pv_ridge_90", "as tabled", "little sun"),
    ("pv_ridge_70", "as tabled", "little sun"),
    ("pv_tower_1km", "as tabled", "little sun"),
    ("pv_tower_2km", "no ring", "as tabled"),
    ("ring_grid_85", "as tabled", "no ring"),
    ("day_pv", "as tabled", "little sun"),
    ("line_from_ring", "no reactors", "as tabled"),
    ("fission", "as tabled", "no reactors"),
]


@cache
def plan(case: str) -> Plan:
    moon = {"sites": ["south_pole", "mare_33e"], "power": [], "haulage": ["rover", "rail", "hop"]}
    return changed(CASES[case], moon=moon)


@pytest.mark.parametrize(("option", "chosen", "left"), POWER)
def test_a_power_option_can_win_and_can_lose(option: str, chosen: str, left: str) -> None:
    assert plan(chosen).of("power_added", option) > 1e-3
    assert plan(left).of("power_added", option) == pytest.approx(0, abs=1e-3)


def test_storage_for_the_night_can_win_and_can_lose() -> None:
    assert sum(plan("no reactors, no ring").of("storage_added", j) for j in SOURCES) > 0.1
    assert sum(plan("as tabled").of("storage_added", j) for j in SOURCES) == pytest.approx(0, abs=1e-6)


def test_melts_are_kept_hot_where_the_night_has_power_to_spare_and_freeze_where_not() -> None:
    assert plan("as tabled").of("kept_hot") > 1.0
    assert plan("no reactors, no ring").of("kept_hot") == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    ("way", "chosen", "left"), [("rail", "as tabled", "dear haulage"), ("rover", "as tabled", "dear haulage"),
                                ("hop", "easy hops", "as tabled")],
)  # fmt: skip
def test_a_way_to_haul_can_win_and_can_lose(way: str, chosen: str, left: str) -> None:
    assert plan(chosen).of("hauled", way) > 1.0
    assert plan(left).of("hauled", way) == pytest.approx(0, abs=1e-3)


def test_the_pole_makes_hulls_and_hauls_them_or_the_equator_has_an_industry_of_its_own() -> None:
    hauled, separate = plan("as tabled"), plan("dear haulage")
    assert hauled.of("hulls", "south_pole") > 10 * hauled.of("hulls", "mare_33e")
    assert separate.of("hulls", "mare_33e") > 10 * separate.of("hulls", "south_pole")
    assert hauled.objective < separate.objective


def test_a_line_is_laid_whole_and_carries_what_is_hauled() -> None:
    """Rovers lose half of what they carry and track is light: a whole line is laid, never a part of one."""
    moon = {
        "sites": ["south_pole", "mare_33e"],
        "power": ["ring_grid_85", "day_pv", "fission"],
        "haulage": ["rover", "rail"],
    }
    found = whole(
        inputs(
            data={**SETTINGS["data"], "haulage.rover.loss": 0.5, "haulage.rail.track_mass": 50.0}, moon=moon
        ),
        gap=0.02,
    )
    lines = [
        value for key in found.context.model.lines_laid if (value := found.at("lines_laid", *key)) > 1e-6
    ]
    assert lines and all(value == pytest.approx(round(value)) for value in lines)
    assert found.of("hauled", "rail") > 10 * found.of("hauled", "rover")
