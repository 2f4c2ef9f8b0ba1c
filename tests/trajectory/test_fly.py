"""Flying a claim: an honest one passes, an optimistic one fails with the flown value in its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from lunarchain.errors import InputError
from lunarchain.trajectory import fly, lanes
from lunarchain.trajectory.ephemeris import Ephemeris, calendar
from lunarchain.trajectory.exact import Memory
from lunarchain.trajectory.fly import COLUMNS, DepartureClaim, claim_epochs, fly_departures, shares
from lunarchain.trajectory.inputs import DepartureInputs
from lunarchain.trajectory.launches import Launches


@pytest.fixture
def low_orbit(inputs: DepartureInputs) -> DepartureClaim:
    return DepartureClaim(
        inputs.track("mare_33e_east"),
        inputs.destination("llo"),
        "propulsive",
        1690.0,
        1705.0,
        25.0,
        1.0,
        (2035, 2041),
    )


def test_an_honest_claim_passes(inputs: DepartureInputs, eph: Ephemeris, low_orbit: DepartureClaim) -> None:
    told: list[tuple[int, int, str]] = []
    table = fly_departures([low_orbit], inputs, eph, 2, lambda *news: told.append(news), sample=20)
    row = table.iloc[0]
    assert tuple(table.columns) == COLUMNS
    assert row["passed"] and row["reason"] == ""
    assert row["epochs"] == row["feasible_epochs"] == 12
    assert row["sampled"] == 20 and row["sampled_failed"] == 0
    assert not row["cut"]
    assert row["reference_miss_m"] < 1.0
    assert row["clearance_m"] > 0.0
    assert told == [(1, 1, "mare_33e_east to llo by propulsive")]


def test_an_optimistic_claim_fails_with_the_flown_value(
    inputs: DepartureInputs, eph: Ephemeris, low_orbit: DepartureClaim
) -> None:
    cheap = replace(low_orbit, delta_v_m_s=10.0, exit_speed_max_m_s=1650.0)
    row = fly_departures([cheap], inputs, eph, 2, sample=0).iloc[0]
    assert not row["passed"]
    assert "after launch" in row["reason"] and "exit speeds" in row["reason"]
    # Published: 23 m/s to make a 100 km orbit round, half a metre per second of trim.
    assert row["flown_delta_v_m_s"] == pytest.approx(23.5, abs=1.5)
    assert row["margin_m_s"] == pytest.approx(10.0 - row["flown_delta_v_m_s"])
    # Believing what was flown makes it pass.
    mended = replace(
        cheap, delta_v_m_s=row["flown_delta_v_m_s"], exit_speed_max_m_s=row["flown_exit_speed_max_m_s"]
    )
    assert fly_departures([mended], inputs, eph, 2, sample=0).iloc[0]["passed"]


def test_a_shot_into_a_hill_fails(inputs: DepartureInputs, eph: Ephemeris, low_orbit: DepartureClaim) -> None:
    hilly = replace(inputs, proof=replace(inputs.proof, terrain_rise_m=400.0))
    row = fly_departures([low_orbit], hilly, eph, 2, sample=0).iloc[0]
    assert not row["passed"]
    assert "terrain" in row["reason"]
    assert row["cut"]


def test_shots_that_follow_too_closely_are_cut(
    inputs: DepartureInputs, eph: Ephemeris, low_orbit: DepartureClaim
) -> None:
    rows = [
        fly_departures([replace(low_orbit, interval_s=interval)], inputs, eph, 2, sample=0).iloc[0]
        for interval in (2.0, 0.01)
    ]
    # A hundred kilometres up, shots two seconds apart are at least two seconds of the slowest flight apart.
    assert rows[0]["passed"] and 2 * 1500.0 < rows[0]["spacing_m"] < 2 * 1710.0
    assert not rows[1]["passed"] and rows[1]["cut"]
    assert "one another" in rows[1]["reason"]


def test_more_than_the_open_time_is_not_shot(
    inputs: DepartureInputs, eph: Ephemeris, low_orbit: DepartureClaim
) -> None:
    busy = replace(low_orbit, open_used=1.1)
    row = fly_departures([busy], inputs, eph, 2, sample=0).iloc[0]
    assert not row["passed"]
    assert "of the time" in row["reason"]


def test_tanks_too_small_for_the_dearest_day_fail(
    inputs: DepartureInputs, eph: Ephemeris, low_orbit: DepartureClaim
) -> None:
    row = fly_departures([replace(low_orbit, delta_v_max_m_s=20.0)], inputs, eph, 2, sample=0).iloc[0]
    assert not row["passed"]
    assert "tanks" in row["reason"]


def test_sampled_launches_that_find_no_way_close_their_share_of_the_time(
    inputs: DepartureInputs, eph: Ephemeris, low_orbit: DepartureClaim, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = np.arange(100) % 4 > 0
    reasons = np.where(found, "", "outside the window").astype(object)
    lost = Launches(found, np.full(100, 1700.0), np.full(100, 23.0), reasons)
    monkeypatch.setattr(fly, "fly_sample", lambda *_: lost)
    row = fly_departures([low_orbit], inputs, eph, 2, sample=100).iloc[0]
    # The chance of 25 or fewer losses in 100 is 5 % when this share is lost.
    assert binom.cdf(25, 100, row["lost_at_most"]) == pytest.approx(0.05)
    assert not row["passed"] and "25 of 100 sampled launches find no way" in row["reason"]
    assert row["open_flown"] == pytest.approx(0.75 * row["feasible_epochs"] / row["epochs"], rel=0.01)
    # Believing what was flown makes it pass.
    assert fly_departures([replace(low_orbit, open_fraction=0.75)], inputs, eph, 2, sample=100).iloc[0][
        "passed"
    ]


def test_a_second_round_flies_only_what_is_new(
    inputs: DepartureInputs, eph: Ephemeris, low_orbit: DepartureClaim, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, flown = Memory(), []
    propagate = lanes.propagate

    def counted(*args: Any, **kwargs: Any) -> lanes.Arcs:
        flown.append(len(args[1]))
        return propagate(*args, **kwargs)

    monkeypatch.setattr(lanes, "propagate", counted)
    fly_departures([low_orbit], inputs, eph, 2, sample=20, memory=memory)
    first = len(flown)
    flown.clear()
    dearer = replace(low_orbit, delta_v_m_s=30.0)
    again = fly_departures([dearer], inputs, eph, 2, sample=25, memory=memory)
    # Five launches more are aimed, and two shots compared on their way; the rest is known.
    assert 0 < len(flown) < first and all(count == 5 or count <= 60 for count in flown)
    fresh = fly_departures([dearer], inputs, eph, 2, sample=25)
    pd.testing.assert_frame_equal(again, fresh)


def test_the_sample_follows_the_launches(low_orbit: DepartureClaim) -> None:
    few, many = replace(low_orbit, launches_per_yr=1e4), replace(low_orbit, launches_per_yr=3e4)
    assert shares([few, many], 2000) == [750, 1250]
    assert shares([few], 2000) == [2000]


@pytest.mark.slow
def test_sampled_launches_to_a_place_that_moves(inputs: DepartureInputs, eph: Ephemeris) -> None:
    claim = DepartureClaim(
        inputs.track("mare_33e_east"), inputs.destination("eml2"), "catcher",
        2320.0, 2450.0, 100.0, 0.9, (2035,), 110.0, 1e6, 2.7, 0.5,
    )  # fmt: skip
    row = fly_departures([claim], inputs, eph, 4, sample=20).iloc[0]
    assert row["sampled"] == 20 and row["sampled_failed"] <= 1
    # Exit speed errors of 0.1 m/s shift the arrival by about 0.1 m/s x 3600 s per m/s.
    assert 100.0 < row["arrival_spread_s"] < 2000.0
    assert row["spacing_m"] > 100.0


@pytest.mark.slow
def test_an_impossible_claim_says_why(quick: DepartureInputs, eph: Ephemeris) -> None:
    claim = DepartureClaim(
        quick.track("mare_33e_east"),
        quick.destination("leo"),
        "propulsive",
        2400.0,
        2600.0,
        3100.0,
        1.0,
        (2035,),
    )
    row = fly_departures([claim], quick, eph, 2, sample=0).iloc[0]
    assert not row["passed"]
    assert row["feasible_epochs"] == 0
    assert "perigee" in row["reason"]
    assert np.isnan(row["flown_delta_v_m_s"])


@pytest.mark.slow
def test_a_window_claimed_too_wide_fails(inputs: DepartureInputs, eph: Ephemeris) -> None:
    claim = DepartureClaim(
        inputs.track("procellarum_55w_east"), inputs.destination("sso"), "propulsive",
        2500.0, 2700.0, 3100.0, 0.5, (2035, 2036, 2037),
    )  # fmt: skip
    row = fly_departures([claim], inputs, eph, 12, sample=0).iloc[0]
    assert not row["passed"]
    assert "of the time" in row["reason"]
    assert 0.05 < row["open_flown"] < 0.11


def test_the_flown_months_lie_in_the_claimed_years(inputs: DepartureInputs, eph: Ephemeris) -> None:
    epochs = claim_epochs((2050, 2031, 2040, 2044), eph, inputs.sample.month_s, 12)
    assert epochs.shape == (6, 12)
    assert [calendar(month[0])[:4] for month in epochs] == ["2031", "2040", "2040", "2044", "2044", "2050"]
    assert (np.diff(epochs, axis=1) > 0).all()
    assert epochs[0, -1] - epochs[0, 0] < inputs.sample.month_s


def test_a_claim_without_a_year_or_beyond_the_ephemeris_is_refused(
    inputs: DepartureInputs, eph: Ephemeris
) -> None:
    with pytest.raises(InputError, match="year"):
        claim_epochs((), eph, inputs.sample.month_s, 12)
    with pytest.raises(InputError, match="two or more"):
        claim_epochs((2040,), eph, inputs.sample.month_s, 1)
    with pytest.raises(InputError, match="ephemeris"):
        claim_epochs((2200,), eph, inputs.sample.month_s, 12)
