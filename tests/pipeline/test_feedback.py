"""What a flight gives back to the optimiser: numbers replaced upwards, ways closed, time capped; and when it ends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.driver.stands import Stand
from lunarchain.model.arcs import Arc, make_arcs
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.pipeline.fly import KEY, LEAST_MOVE_M_S, LEAST_MOVE_SHARE, Traffic, corrected, moved
from lunarchain.scenario.facts import load_facts

WAY = ("procellarum_55w_east", "leo", "aerobrake")
TABLE = shipped_departures()


def row(table: pd.DataFrame) -> pd.Series:
    return table[(table[KEY] == list(WAY)).all(axis=1)].iloc[0]


def verdict(**changes: Any) -> pd.DataFrame:
    """A failed flight of the way that found exactly what the table says, but for the changes."""
    said = row(TABLE)
    trim = said["trim_m_s"]
    flown = {
        "track": WAY[0], "destination": WAY[1], "mode": WAY[2], "passed": False, "reason": "said so", "cut": False,
        "claimed_delta_v_m_s": said["delta_v_m_s"] + trim, "flown_delta_v_m_s": said["delta_v_m_s"] + trim,
        "flown_delta_v_max_m_s": said["delta_v_max_m_s"] + trim,
        "flown_exit_speed_max_m_s": said["exit_speed_max_m_s"], "open_flown": said["open_fraction"],
        "open_lit_flown": said["open_lit_fraction"], "open_dark_flown": said["open_dark_fraction"],
    }  # fmt: skip
    return pd.DataFrame([flown | changes])


def arcs(table: pd.DataFrame) -> list[Arc]:
    made = make_arcs(table, load_facts(), ("parts",))
    return [arc for arc in made if (arc.track, arc.destination, arc.mode) == WAY]


def test_a_dearer_flight_raises_the_coefficient_by_what_it_was_dearer() -> None:
    said = row(TABLE)
    dear = row(corrected(TABLE, verdict(flown_delta_v_m_s=said["delta_v_m_s"] + said["trim_m_s"] + 30.0)))
    assert dear["delta_v_m_s"] == pytest.approx(said["delta_v_m_s"] + 30.0)
    fast = row(corrected(TABLE, verdict(flown_exit_speed_max_m_s=said["exit_speed_max_m_s"] + 12.0)))
    assert fast["exit_speed_max_m_s"] == pytest.approx(said["exit_speed_max_m_s"] + 12.0)
    # ... and the payload carries the propellant for it.
    before, after = arcs(TABLE)[0], arcs(corrected(TABLE, verdict(flown_delta_v_m_s=400.0)))[0]
    assert after.loaded > before.loaded


changes = st.floats(-300.0, 300.0)


@settings(max_examples=40, deadline=None)
@given(delta_v=changes, most=changes, speed=changes, open_=st.floats(0.0, 1.0))
def test_no_flight_makes_a_departure_better(delta_v: float, most: float, speed: float, open_: float) -> None:
    said = row(TABLE)
    found = verdict(
        flown_delta_v_m_s=said["delta_v_m_s"] + said["trim_m_s"] + delta_v,
        flown_delta_v_max_m_s=said["delta_v_max_m_s"] + said["trim_m_s"] + most,
        flown_exit_speed_max_m_s=said["exit_speed_max_m_s"] + speed,
        open_flown=open_, open_lit_flown=open_, open_dark_flown=open_,
    )  # fmt: skip
    now = row(corrected(TABLE, found))
    for name in ("delta_v_m_s", "delta_v_max_m_s", "exit_speed_max_m_s"):
        assert now[name] >= said[name] - 1e-9
    for name in ("open_fraction", "open_lit_fraction", "open_dark_fraction"):
        assert now[name] <= said[name]


@pytest.mark.parametrize("fault", [{"flown_delta_v_m_s": float("nan")}, {"cut": True}])
def test_a_way_that_cannot_be_flown_is_closed(fault: dict[str, Any]) -> None:
    after = corrected(TABLE, verdict(**fault))
    assert row(after)["feasible"] == 0 and row(after)["reason"] == "said so"
    assert arcs(TABLE) and not arcs(after)  # the optimiser has no such arc any more
    others = [name for name in TABLE.index if tuple(TABLE.loc[name, KEY]) != WAY]
    pd.testing.assert_frame_equal(after.loc[others], TABLE.loc[others], check_dtype=False)


def test_shooting_is_capped_by_the_seconds_found_open() -> None:
    after = corrected(TABLE, verdict(open_flown=0.4, open_lit_flown=0.3, open_dark_flown=0.5))
    assert arcs(after)[0].open_share == pytest.approx({"lit": 0.3, "dark": 0.5})


def test_a_flight_that_passes_changes_nothing() -> None:
    passed = verdict(flown_delta_v_m_s=1e4, open_flown=0.0).assign(passed=True)
    assert not moved(TABLE, corrected(TABLE, passed))


@pytest.mark.parametrize(
    ("name", "table_name", "step"),
    [
        ("flown_exit_speed_max_m_s", "exit_speed_max_m_s", LEAST_MOVE_M_S),
        ("open_lit_flown", "open_lit_fraction", -LEAST_MOVE_SHARE),
    ],
)
def test_the_loop_ends_when_nothing_moves_by_more_than_the_least(
    name: str, table_name: str, step: float
) -> None:
    said = row(TABLE)[table_name]
    assert not moved(TABLE, corrected(TABLE, verdict(**{name: said + 0.9 * step})))
    assert moved(TABLE, corrected(TABLE, verdict(**{name: said + 1.2 * step})))


def test_a_track_built_late_in_a_period_throws_for_the_rest_of_it() -> None:
    """Two tracks of 1,000 kt/yr, the second for a fifth of the period: 1,140 kt take 95 % of their time, not 114 %."""
    design = SimpleNamespace(
        payload_class="parts", throughput_kt_per_yr=1000.0, availability=1.0, shot_mass_t=0.1, interval_s=0.9
    )
    stand = Stand("pad", "site", ("east",), 0.0)

    def used(standing: float, thrown_kt: float) -> float:
        thrown = pd.DataFrame(
            {
                "period": [3],
                "node": "east",
                "item": "heo",
                "payload": "parts",
                "mode": "catcher",
                "value": thrown_kt,
            }
        )
        tracks = pd.DataFrame({"period": 3, "node": "pad", "item": ["old", "new"], "value": [1.0, standing]})
        designs = {"pad": {"old": design, "new": design}}
        return Traffic(thrown, tracks, {"pad": stand}, designs).launches(("east", "heo", "catcher"))[2]  # type: ignore[arg-type]

    assert used(0.2, 1140.0) == pytest.approx(0.95)
    assert used(0.0, 1140.0) == pytest.approx(1.14)
