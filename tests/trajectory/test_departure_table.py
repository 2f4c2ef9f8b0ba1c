"""The shipped departure table: complete, and the same when a sample of it is computed again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lunarchain.errors import InputError
from lunarchain.model.departure_inputs import departures_path
from lunarchain.trajectory import search
from lunarchain.trajectory.departure_table import (
    COLUMNS,
    aggregate,
    content_hash,
    open_shares,
)
from lunarchain.trajectory.ephemeris import Ephemeris
from lunarchain.trajectory.inputs import DepartureInputs
from lunarchain.trajectory.solution import departures, nothing
from lunarchain.trajectory.stored import load_departures


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return load_departures(departures_path())


@pytest.fixture(scope="module")
def epochs() -> pd.DataFrame:
    return pd.read_parquet(departures_path().with_name("departure_epochs.parquet"))


def row(table: pd.DataFrame, track: str, destination: str, mode: str) -> pd.Series:
    return table[
        (table["track"] == track) & (table["destination"] == destination) & (table["mode"] == mode)
    ].iloc[0]


def test_every_way_of_the_data_has_one_row(table: pd.DataFrame, inputs: DepartureInputs) -> None:
    wanted = {(t.name, d.name, mode) for t in inputs.tracks for d in inputs.destinations for mode in d.modes}
    found = list(zip(table["track"], table["destination"], table["mode"], strict=True))
    assert set(found) == wanted
    assert len(found) == len(wanted)


def test_the_table_was_made_from_the_shipped_data(
    table: pd.DataFrame, inputs: DepartureInputs, eph: Ephemeris
) -> None:
    assert set(table["content_hash"]) == {content_hash(inputs, eph)}


def test_impossible_ways_say_why(table: pd.DataFrame) -> None:
    closed = table[table["feasible"] == 0]
    assert (closed["reason"].str.len() > 0).all()
    assert closed["delta_v_m_s"].isna().all()
    assert (closed["epochs_feasible"] == 0).all()
    assert row(table, "south_pole_ridge", "leo", "propulsive")["feasible"] == 0
    assert row(table, "mare_33e_east", "leo", "aerobrake")["feasible"] == 0


def test_open_ways_are_in_order(table: pd.DataFrame, inputs: DepartureInputs) -> None:
    ways = table[table["feasible"] == 1]
    assert (ways["exit_speed_min_m_s"] <= ways["exit_speed_mean_m_s"]).all()
    assert (ways["exit_speed_mean_m_s"] <= ways["exit_speed_max_m_s"]).all()
    assert (ways["delta_v_m_s"] <= ways["delta_v_max_m_s"] + 1e-9).all()
    assert ways["trim_m_s"].between(0.0, inputs.errors.trim_limit_m_s).all()
    assert ways["loss_fraction"].between(0.0, 0.2).all()
    for share in ("open_fraction", "open_lit_fraction", "open_dark_fraction", "lit_fraction"):
        assert table[share].between(0.0, 1.0).all()
    mixed = (
        ways["lit_fraction"] * ways["open_lit_fraction"]
        + (1 - ways["lit_fraction"]) * ways["open_dark_fraction"]
    )
    assert mixed.to_numpy() == pytest.approx(ways["open_fraction"].to_numpy(), abs=2e-5)


def test_dawn_and_dusk_open_as_rarely_as_published(table: pd.DataFrame) -> None:
    # Published share of a month with the node within half an hour of 6 or 18 h: 6.7-9 %.
    shares = [
        row(table, "procellarum_55w_east", "sso", mode)["open_fraction"]
        for mode in ("propulsive", "aerobrake")
    ]
    assert all(0.06 < share < 0.10 for share in shares), shares


def recomputed(
    inputs: DepartureInputs, eph: Ephemeris, epochs: pd.DataFrame, way: tuple[str, str, str], every: int
) -> tuple[pd.DataFrame, np.ndarray]:
    track, goal, mode = way
    rows = epochs[(epochs["track"] == track) & (epochs["destination"] == goal) & (epochs["mode"] == mode)]
    rows = rows.iloc[3::every]
    t_s = rows["epoch_tdb_s"].to_numpy()
    where, what = inputs.track(track), inputs.destination(goal)
    found = search.find(
        search.case_for(inputs, eph, where, what, mode), t_s, search.prepare(inputs, eph, where, what, t_s)
    )
    assert (found.feasible == rows["feasible"].to_numpy().astype(bool)).all()
    ok = found.feasible
    return rows[ok], np.stack([found.speed_m_s[ok], found.delta_v_m_s[ok], found.flight_s[ok] / 86_400.0])


@pytest.mark.parametrize(
    "way", [("mare_33e_east", "llo", "propulsive"), ("south_pole_ridge", "llo", "catcher")]
)
def test_a_sample_computes_to_the_same(
    inputs: DepartureInputs, eph: Ephemeris, epochs: pd.DataFrame, way: tuple[str, str, str]
) -> None:
    shipped, again = recomputed(inputs, eph, epochs, way, 12)
    assert again[0] == pytest.approx(shipped["exit_speed_m_s"].to_numpy(), abs=0.02)
    assert again[1] == pytest.approx(shipped["delta_v_m_s"].to_numpy(), abs=0.02)
    assert again[2] == pytest.approx(shipped["flight_time_d"].to_numpy(), abs=2e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    "way",
    [
        ("procellarum_55w_east", "leo", "propulsive"),
        ("procellarum_55w_east", "sso", "propulsive"),
        ("procellarum_55w_east", "geo", "propulsive"),
        ("mare_33e_west", "helio", "propulsive"),
        ("mare_33e_east", "eml2", "catcher"),
    ],
)
def test_a_larger_sample_computes_to_the_same(
    inputs: DepartureInputs, eph: Ephemeris, epochs: pd.DataFrame, way: tuple[str, str, str]
) -> None:
    shipped, again = recomputed(inputs, eph, epochs, way, 30)
    assert again[0] == pytest.approx(shipped["exit_speed_m_s"].to_numpy(), abs=0.05)
    assert again[1] == pytest.approx(shipped["delta_v_m_s"].to_numpy(), abs=0.5)
    assert again[2] == pytest.approx(shipped["flight_time_d"].to_numpy(), abs=1e-3)


def test_the_epoch_table_is_small() -> None:
    assert departures_path().with_name("departure_epochs.parquet").stat().st_size < 500_000


def test_a_missing_table_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_departures(tmp_path / "none.csv")
    (tmp_path / "short.csv").write_text("track,site\n")
    with pytest.raises(InputError, match="exit_speed_max_m_s"):
        load_departures(tmp_path / "short.csv")


def test_aggregation_of_known_numbers() -> None:
    t_s, ok = np.arange(4.0), np.array([True, True, False, True])
    values = np.array([1.0, 2.0, 9.0, 6.0])
    found = departures(t_s, ok, values, values, values * 86_400.0, np.ones((6, 4)), values, "shut")
    out = aggregate(found, values, values / 100)
    assert (out["exit_speed_min_m_s"], out["exit_speed_mean_m_s"], out["exit_speed_max_m_s"]) == (
        1.0,
        3.0,
        6.0,
    )
    assert (out["feasible"], out["epochs"], out["epochs_feasible"], out["reason"]) == (1, 4, 3, "shut")
    assert out["flight_time_d"] == 3.0
    assert aggregate(nothing(t_s, "never"), values, values)["feasible"] == 0


def test_open_hours_follow_the_interpolated_local_time(inputs: DepartureInputs, eph: Ephemeris) -> None:
    from dataclasses import replace

    # A node that runs through 24 hours in 24 days is within half an hour of 6 or 18 for a twelfth of the time.
    days = np.arange(24.0)
    t_s = inputs.sample.from_s + days * 86_400.0
    many = np.ones(24)
    found = departures(t_s, many > 0, many, many, many, np.ones((6, 24)), many, "")
    found = replace(found, local_time_h=(days + 0.3) % 24.0)
    shares = open_shares(eph, inputs.tracks[-1], inputs.destination("sso"), t_s[None], found)
    assert shares["open_fraction"] == pytest.approx(1 / 12, abs=0.004)


def test_the_columns_are_those_promised(table: pd.DataFrame) -> None:
    assert tuple(table.columns) == COLUMNS
