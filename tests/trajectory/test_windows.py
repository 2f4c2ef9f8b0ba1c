"""The ring law: what each site and direction reaches, against the published search; wrong questions refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lunarchain.errors import InputError
from lunarchain.trajectory.ephemeris import Ephemeris
from lunarchain.trajectory.inputs import DepartureInputs
from lunarchain.trajectory.windows import WINDOW_COLUMNS, reach_map, windows


def ask(inputs: DepartureInputs, eph: Ephemeris, site: tuple[float, float], azimuth: float, to: str, **more):
    span = {
        "from_": "2030-01-01",
        "until": "2030-01-29",
        "step_s": 7 * 86_400.0,
        "azimuth_range_deg": 0.0,
    } | more
    return windows(*site, azimuth, to, span.pop("mode", None), inputs=inputs, eph=eph, **span)


def test_55_west_reaches_low_orbit_all_month(quick: DepartureInputs, eph: Ephemeris) -> None:
    # Published: every epoch of a month solvable, 2.49-2.54 km/s, 4.1-5.2 days.
    table = ask(quick, eph, (-55.0, 0.0), 90.0, "leo")
    assert tuple(table.columns) == WINDOW_COLUMNS
    assert table["feasible"].all()
    assert 2.487 < table["exit_speed_km_s"].min() < table["exit_speed_km_s"].max() < 2.54
    assert 4.0 < table["flight_time_d"].min() < table["flight_time_d"].max() < 5.3
    assert table["delta_v_km_s"].between(3.02, 3.05).all()
    assert table["trim_m_s"].between(0.2, 1.5).all()  # published 0.8 m/s at 3 sigma


@pytest.mark.slow
def test_55_west_reaches_geostationary_radius(quick: DepartureInputs, eph: Ephemeris) -> None:
    # Published: 2423.4-2440.8 m/s, 5.4-6.5 days, insertion 1.05-2.05 km/s.
    table = ask(quick, eph, (-55.0, 0.0), 90.0, "geo")
    assert table["feasible"].all()
    assert 2.4224 < table["exit_speed_km_s"].min() < table["exit_speed_km_s"].max() < 2.4428
    assert table["flight_time_d"].between(5.2, 6.7).all()
    assert table["delta_v_km_s"].between(1.0, 2.1).all()


@pytest.mark.parametrize(
    ("site", "azimuth"), [((33.0, 0.0), 90.0), ((33.0, 0.0), 270.0), ((-137.3, -89.45), 227.0)]
)
def test_neither_33_east_nor_the_pole_reach_low_orbit(
    quick: DepartureInputs, eph: Ephemeris, site: tuple[float, float], azimuth: float
) -> None:
    table = ask(quick, eph, site, azimuth, "leo", step_s=10 * 86_400.0)
    assert not table["feasible"].any()
    assert table["exit_speed_km_s"].isna().all()
    assert table["reason"].str.contains("perigee").all()


@pytest.mark.slow
def test_33_east_westward_leaves_the_earth(quick: DepartureInputs, eph: Ephemeris) -> None:
    # Published: C3 -0.11..0.27 at 2.42 and 0.87..1.25 km2/s2 at 2.50 km/s, so 0.2 lies between.
    table = ask(quick, eph, (30.0, 0.0), 270.0, "helio", step_s=9 * 86_400.0)
    assert table["feasible"].all()
    assert table["exit_speed_km_s"].between(2.41, 2.46).all()
    assert table["flight_time_d"].between(12.0, 20.0).all()


def test_low_lunar_orbit_is_the_closed_form(quick: DepartureInputs, eph: Ephemeris) -> None:
    # Published: apolune 100 km: exit 1.7032 km/s, then 23 m/s after an hour.
    table = ask(quick, eph, (0.0, 0.0), 0.0, "llo", step_s=14 * 86_400.0)
    assert table["exit_speed_km_s"].to_numpy() == pytest.approx(1.7032, abs=0.006)
    assert table["delta_v_km_s"].to_numpy() == pytest.approx(0.023, abs=0.002)


@pytest.mark.slow
def test_the_map_shows_the_ring(quick: DepartureInputs, eph: Ephemeris) -> None:
    two = replace(quick, destinations=(quick.destination("leo"), quick.destination("helio")))
    table = reach_map(two, eph, np.array([-130.0, -55.0, 90.0]), (90.0, 270.0), "2030-01-10")
    reached = {
        (row.longitude_deg, row.azimuth_deg, row.destination) for row in table.itertuples() if row.feasible
    }
    assert (-55.0, 90.0, "leo") in reached
    assert (-130.0, 270.0, "leo") in reached
    assert (90.0, 90.0, "helio") in reached
    assert (90.0, 90.0, "leo") not in reached
    assert (-55.0, 270.0, "leo") not in reached


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"to": "mars"}, "destination"),
        ({"mode": "catcher"}, "mode"),
        ({"site": (0.0, 95.0)}, "latitude"),
        ({"azimuth": 360.0}, "direction"),
        ({"from_": "1999-01-01"}, "ephemeris"),
        ({"until": "2029-12-31"}, "after"),
        ({"until": "2095-01-01"}, "ephemeris"),
        ({"step_s": 0.0}, "positive"),
        ({"from_": "soon"}, "ISO"),
    ],
)
def test_wrong_questions_are_refused(quick: DepartureInputs, eph: Ephemeris, change: dict, said: str) -> None:
    asked = {"site": (-55.0, 0.0), "azimuth": 90.0, "to": "leo"} | change
    if asked.get("step_s") == 0.0:
        asked["step_s"] = -1.0
    with pytest.raises(InputError, match=said):
        ask(quick, eph, asked.pop("site"), asked.pop("azimuth"), asked.pop("to"), **asked)


@pytest.mark.parametrize(
    ("to", "plane", "said"),
    [
        ("eml2", {"inclination_deg": 50.0}, "plane: of eml2, expected an orbit about the Earth"),
        ("llo", {"local_time_h": 6.0}, "plane: of llo"),
        ("leo", {"inclination_deg": 200.0}, "between 0 and 180"),
        ("leo", {"inclination_deg": 98.0, "local_time_h": 25.0}, "0 to 24 h"),
        ("leo", {"local_time_h": 6.0}, "an inclination with it"),
    ],
)
def test_a_plane_no_orbit_has_is_refused(
    quick: DepartureInputs, eph: Ephemeris, to: str, plane: dict, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        ask(quick, eph, (-55.0, 0.0), 90.0, to, **plane)
    assert all(word in str(refused.value) for word in said.replace(":", " ").replace(",", " ").split()), str(
        refused.value
    )


@pytest.mark.slow
def test_the_near_side_point_is_met_by_steering(quick: DepartureInputs, eph: Ephemeris) -> None:
    # Published for a fixed track: exit 2328-2384 m/s, arrival 152-524 m/s, planned trim up to 77 m/s.
    search = replace(quick.search, near_moon_speed_step_m_s=15.0)
    table = ask(
        replace(quick, search=search),
        eph,
        (33.0, 0.0),
        90.0,
        "eml2",
        step_s=27 * 86_400.0,
        azimuth_range_deg=10.0,
    )
    good = table[table["feasible"]]
    assert len(good)
    assert good["exit_speed_km_s"].between(2.320, 2.390).all()
    assert good["delta_v_km_s"].between(0.15, 0.60).all()
