"""What the page says and shows of mass drivers, from the small run written by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lunarchain.pipeline.store import Run
from lunarchain.report import driver_figures
from lunarchain.report.driver_words import built_by, launchers_in_words
from lunarchain.report.page import build_page
from lunarchain.report.view import View, launcher, view

from .small_run import DESIGN, ROWS

MakeRun = Callable[..., Run]


@pytest.fixture
def seen(make_run: MakeRun) -> View:
    return view(make_run())


def test_the_words_give_tracks_mass_power_and_heat(seen: View) -> None:
    said = launchers_in_words(seen)
    assert "In 2034, their busiest year, the mass drivers throw 500 kt in 5 million shots" in said
    assert "draw 0.08 GW on average and lose 0.01 GW" in said
    assert "Tracks built by 2036: 2 at Mare 33°E east (100 kg parts at 300 g, 0.9 s, 2.38 km/s)" in said
    assert built_by(seen, 1) == {} and list(built_by(seen, 2).values()) == [2]


def test_time_is_shots_over_what_standing_tracks_can_fire(seen: View) -> None:
    bar = next(trace for trace in driver_figures.track_time(seen).data if trace.type == "bar")
    design = launcher(seen.facts, DESIGN)
    busy = 500 / (design.throughput_kt_per_yr * design.availability)
    # two tracks built evenly from 2032 to 2034, each in service a build time later; they fire from 2034 to 2036
    years = np.linspace(2034, 2036, 20_001)
    standing = np.clip(years - design.build_time_yr - 2032, 0, 2).mean()
    assert bar.x[0] == pytest.approx(100 * busy / standing, rel=1e-3)


def test_reach_puts_the_rocket_equation_into_energy(seen: View) -> None:
    (row,) = driver_figures.reach_rows(seen.departures, seen)
    trim = 2 * np.sqrt(300 / 100) * 2500 / 2342
    assert row["delta_v_m_s"] == pytest.approx(320 + trim)
    loaded = 1 + float(str(row["lost_kg_per_kg"]))
    joules = 2342**2 / 2 * (1.2 / 0.65 - 0.2 * 0.7)
    assert row["kwh_per_kg"] == pytest.approx(joules / 3.6e6 * loaded)


def test_a_destination_out_of_reach_is_said_with_its_reason(make_run: MakeRun) -> None:
    run = make_run()
    table = run.departures
    shut = table.assign(destination="leo", feasible=0, reason="lowest perigee 104949 km")
    run = view(run)
    names, rows = driver_figures.reach_table(_with(run, table, shut))
    assert len(names) == 6
    assert rows[-1][1][0] == "out of reach" and rows[-1][1][-1] == "lowest perigee 104949 km"


def _with(seen: View, *tables: object) -> View:
    from dataclasses import replace

    import pandas as pd

    return replace(seen, departures=pd.concat(list(tables), ignore_index=True))


def test_a_run_whose_launchers_never_fire_is_still_a_page(make_run: MakeRun) -> None:
    quiet = {name: [] if name in ("shots", "thrown", "launchers", "stators") else rows for name, rows in ROWS.items()}
    page = build_page([make_run(rows=quiet)])
    assert "busiest year, the mass drivers" not in page
