"""Limits recomputed from tables and facts: what is used, what is allowed, when it binds."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from lunarchain.pipeline import store
from lunarchain.pipeline.store import Run
from lunarchain.plan.tables import PRICE_COLUMNS
from lunarchain.report import figures
from lunarchain.report.limits import GROUND_GRID, Limit, binding_in, limits, standing_tracks
from lunarchain.report.view import launcher, spoken, view
from lunarchain.report.words import terawatt
from lunarchain.scenario.facts import Facts

from .small_run import DESIGN, ROWS

MakeRun = Callable[..., Run]


def found(run: Run) -> dict[str, Limit]:
    return {limit.name: limit for limit in limits(view(run))}


def test_a_licence_cap_binds_in_the_year_it_is_used_up(make_run: MakeRun) -> None:
    cap = found(make_run(case={"policy": {"launch_licences_per_yr": 900}}))["Launch licences"]
    assert list(cap.used) == [0, 0, 400, 900]
    assert list(cap.binds) == [False, False, False, True]


def test_a_policy_that_is_not_set_is_no_limit(make_run: MakeRun) -> None:
    assert not any(name.startswith(("Cap on", "Launch licences")) for name in found(make_run()))


def test_ground_grid_grows_by_the_year(make_run: MakeRun, facts: Facts) -> None:
    grid = found(make_run())[GROUND_GRID]
    first, growth = (
        facts.number(f"ground.grid_{name}", unit) for name, unit in (("first", "GW/yr"), ("growth", "1/yr"))
    )
    assert grid.allowed[1] / grid.allowed[0] == pytest.approx(1 + growth)
    assert grid.allowed[0] == pytest.approx(first * (1 + growth) ** 0.5)  # at the middle of the first year
    assert grid.used[0] == 9


def test_land_on_the_best_ridges(make_run: MakeRun) -> None:
    land = next(
        limit for name, limit in found(make_run()).items() if name.startswith("Land: Array on the best-lit")
    )
    # 8 MW of nameplate: full output 86 % of the time, 43 % of it in the rest, on ground for 6 MW
    assert land.used[3] == pytest.approx(0.008 * (0.86 + 0.14 * 0.43))
    assert land.binds[3] and not land.binds[2]


def test_flights_grow_from_the_year_before(make_run: MakeRun, facts: Facts) -> None:
    flown = [
        (2, "starship", "flights", "", 400),
        (3, "starship", "flights", "", 730),
        (2, "starship", "cadence", "", 400),
    ]
    growth = found(make_run(ROWS | {"launches": flown}))["Growth of Starship flights"]
    seed = facts.number("vehicles.starship.cadence_seed", "flight/yr")
    # two years between the middles: the first year's seed grows once
    assert growth.allowed[3] == pytest.approx(seed * (1 + 1.35) + 1.35**2 * 400)
    assert not growth.binds[3] and growth.share[3] > 0.98


def test_tracks_serve_only_once_they_are_built(make_run: MakeRun, facts: Facts) -> None:
    standing = standing_tracks(view(make_run()))["mare_33e_east", DESIGN]
    wait = launcher(facts, DESIGN).build_time_yr
    assert standing[1] == 0
    # two tracks finished one after the other through 2032-34, each in service `wait` years later
    assert standing[2] == pytest.approx(2 * (2 - wait) ** 2 / 2 / 2 / 2 if wait < 2 else 0.0)


def test_experience_holds_what_may_be_made_at_a_better_grade(make_run: MakeRun, facts: Facts) -> None:
    rows = ROWS | {
        "plant": [(3, "moon", "made so far", "", 100), (3, "south_pole", "structure", "mature", 25)]
    }
    limit = found(make_run(rows))["Experience for mature lunar plant"]
    assert limit.allowed[3] == pytest.approx(100 * facts["closure.grade.mature.experience"].value)
    assert limit.binds[3]


def test_names_of_what_binds(make_run: MakeRun) -> None:
    seen = view(make_run(case={"policy": {"launch_licences_per_yr": 900}}))
    assert "Launch licences" in binding_in(limits(seen), 3)
    assert "Launch licences" not in binding_in(limits(seen), 2)


def priced(run: Run, rows: list[tuple[int, str, str, float]]) -> Run:
    """The run with shadow prices of limits: period, family, place and worth [G$]."""
    entries = [(t, "limit", family, "a limit", place, 1.0, "USD/t", 1.0, "kt/yr", worth, -1.0)
               for t, family, place, worth in rows]  # fmt: skip
    pd.DataFrame(entries, columns=list(PRICE_COLUMNS)).to_parquet(run.path / store.DUALS, index=False)
    return Run(run.path)


def test_a_ban_that_is_worth_nothing_holds_nothing(make_run: MakeRun) -> None:
    policy = {"policy": {"moon_chip_export_cap_kt": 0.0, "launch_licences_per_yr": 900}}
    name = "Cap on chips sent to the Moon"
    assert found(make_run(case=policy))[name].binds.all()  # nothing else is known without prices
    run = priced(make_run(case=policy), [(3, "policy", "licences", 5.0)])
    assert not found(run)[name].binds.any()
    assert list(found(run)["Launch licences"].binds) == [False, False, False, True]
    assert binding_in(limits(view(run)), 3) == ["Launch licences"]
    drawn = figures.binding(view(run), limits(view(run))).data[0]
    shades = dict(zip(drawn.y, drawn.z, strict=True))
    assert max(shades[name]) < 100 and shades["Launch licences"][3] == 100


def test_what_holds_is_named_by_worth_and_trifles_are_left_out(make_run: MakeRun) -> None:
    policy = {"policy": {"launch_licences_per_yr": 900}}
    rows = [(3, "policy", "licences", 5.0), (3, "halls_added", "", 70.0), (3, "slots", "leo", 0.6)]
    names = binding_in(limits(view(priced(make_run(case=policy), rows))), 3)
    assert names == [GROUND_GRID, "Launch licences"]  # the slots are worth less than a hundredth of the grid


def test_the_grid_of_the_ground_does_not_hide_what_holds_satellites(make_run: MakeRun) -> None:
    rows = [(3, "policy", "licences", 0.9), (3, "halls_added", "", 700.0)]
    seen = view(priced(make_run(case={"policy": {"launch_licences_per_yr": 900}}), rows))
    assert "What holds it then: launch licences." in terawatt(seen, limits(seen))


def test_a_launcher_is_read_back_from_its_name(facts: Facts) -> None:
    one = launcher(facts, DESIGN)
    assert (one.shot_mass_t, one.acceleration_g, one.interval_s, one.exit_speed_m_s) == (0.1, 300, 0.9, 2384)
    assert one.throughput_kt_per_yr == pytest.approx(0.1e-3 * 365.25 * 86400 / 0.9)


def test_ids_are_spoken_as_places() -> None:
    assert spoken("mare_33e_east") == "Mare 33°E east"
    assert spoken("procellarum_55w") == "Procellarum 55°W"
