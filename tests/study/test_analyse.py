"""Sensitivity methods against the Ishigami function, whose indices are known in closed form, and small arithmetic."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.errors import InputError
from lunarchain.study import analyse
from lunarchain.study.design import points, shares
from lunarchain.study.discovery import discover
from lunarchain.study.schema import Design
from tests.study.conftest import growths, study_of

A, B = 7.0, 0.1


def ishigami(unit: np.ndarray) -> np.ndarray:
    """Ishigami and Homma 1990, over (-pi, pi) in each of three inputs."""
    x = (2 * unit - 1) * np.pi
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def known_indices() -> tuple[list[float], list[float]]:
    """Main and total indices in closed form (Saltelli et al. 2008, section 4.6)."""
    first = (1 + B * np.pi**4 / 5) ** 2 / 2
    second, cross = A**2 / 8, B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = first + second + cross
    return [first / whole, second / whole, 0.0], [(first + cross) / whole, second / whole, cross / whole]


def test_sobol_indices_of_ishigami_agree_with_the_closed_form():
    design = Design(method="sobol", samples=4096)
    found = analyse.sobol_indices(ishigami(shares(design, 3)), 3, False, 1)
    main, total = known_indices()
    assert known_indices()[0] == pytest.approx(
        [0.3139, 0.4424, 0.0], abs=1e-4
    )  # as printed in the literature
    assert np.all(np.abs(found["main"] - main) < 0.03) and np.all(np.abs(found["total"] - total) < 0.03)
    assert np.all(np.abs(found["total"] - total) < 2.5 * found["total_conf"] + 1e-3)


def test_morris_effects_of_ishigami_agree_with_published_and_exact_ones():
    design = Design(method="morris", trajectories=6000, grid_levels=4)
    places = shares(design, 3)
    found = analyse.morris_effects(places, ishigami(places), design)
    mu, mu_star, sigma = exact_effects(levels=4)
    # mu* as printed for this function in the documentation of the sensitivity library (few trajectories)
    assert found["mu_star"].to_numpy() == pytest.approx([7.701555, 7.875, 6.288788], rel=0.06)
    assert found["mu_star"].to_numpy() == pytest.approx(mu_star, rel=0.04)
    assert found["sigma"].to_numpy() == pytest.approx(sigma, rel=0.04)
    assert found["mu"].to_numpy() == pytest.approx(mu, abs=0.4)


def exact_effects(levels: int):
    """Mean, mean absolute and standard deviation of every elementary effect there is on the grid (Morris 1991)."""
    places = np.linspace(0, 1, levels)
    step = levels / (2 * (levels - 1))
    found = []
    for factor in range(3):
        starts = [places[places + step <= 1 + 1e-9] if k == factor else places for k in range(3)]
        grid = np.array(list(itertools.product(*starts)))
        effects = (ishigami(grid + step * np.eye(3)[factor]) - ishigami(grid)) / step
        found.append((effects.mean(), np.abs(effects).mean(), effects.std()))
    return np.array(found).T


def test_sobol_leaves_out_whole_blocks_with_a_missing_case_and_says_so():
    study, table = answered_study(Design(method="sobol", samples=1024))
    full = analyse.sobol(study, table, "objective")
    table.loc[[3, 4, 700], "status"] = "timed out"
    partial = analyse.sobol(study, table, "objective")
    assert full.note == "" and full.used == 1024 * 5
    assert partial.used == 1022 * 5 and "2 of 1024 blocks" in partial.note
    joined = full.table.merge(partial.table, on="path")
    assert (joined["total_x"] - joined["total_y"]).abs().max() < 0.02


def test_a_design_without_one_whole_block_yet_has_no_indices_but_no_error_either():
    for design in (Design(method="sobol", samples=4), Design(method="morris", trajectories=3)):
        study, table = answered_study(design)
        found = getattr(analyse, design.method)(study, table.assign(status="not run"), "objective")
        assert found.used == 0 and "left out" in found.note and found.table.iloc[:, -1].isna().all()


def test_morris_leaves_out_broken_trajectories():
    study, table = answered_study(Design(method="morris", trajectories=30))
    ids = [study.positions[0], study.positions[9]]
    table.loc[table["id"].isin(ids), "status"] = "infeasible"
    broken = sum(1 for start in range(0, 120, 4) if set(study.positions[start : start + 4]) & set(ids))
    found = analyse.morris(study, table, "objective")
    assert found.used == (30 - broken) * 4 and f"{broken} of 30 trajectories" in found.note


def answered_study(design: Design):
    """A study of three factors whose answers are those of the Ishigami function."""
    names = ["data.prices.plant", "data.compute.satellite_price", "demand.growth"]
    factors = [{"path": name, "low": 0.1, "high": 1.1} for name in names]
    study = study_of(uncertainties=factors, design=design.model_dump())
    rows = [{"id": case.id, "status": "relaxed", "policy": "", **case.point} for case in study.cases]
    table = pd.DataFrame(rows)
    table["objective"] = ishigami(table[names].to_numpy() - 0.1)
    return study, table


def test_tornado_ranks_by_swing_and_shows_a_missing_end_as_missing():
    factors = [{"path": "demand.growth", "low": 0.1, "high": 0.3}, {"path": "data.prices.plant"}]
    study = study_of(uncertainties=factors)
    table = pd.DataFrame(
        [
            {"id": c.id, "status": "relaxed", "moved": ", ".join(c.point), "demand.growth": 0.2,
             "data.prices.plant": study.axes[1].nominal, **c.point, "objective": value}
            for c, value in zip(study.cases, (10.0, 4.0, 11.0, 9.0, 12.0), strict=True)
        ]
    )  # fmt: skip
    found = analyse.tornado(study, table, "objective").table
    assert list(found["swing"]) == [7.0, 3.0] and found["path"][0] == "demand.growth"
    table.loc[1, "status"] = "infeasible"
    found = analyse.tornado(study, table, "objective").table.set_index("path")
    assert np.isnan(found.loc["demand.growth", "at_low"]) and found.loc["demand.growth", "swing"] == 1.0


def test_a_swing_within_the_last_digits_of_the_solver_is_none():
    study = study_of(uncertainties=[{"path": "data.prices.plant"}])
    rows = [{"id": c.id, "status": "relaxed", "moved": ", ".join(c.point), "data.prices.plant": study.axes[0].nominal,
             **c.point, "objective": 9000.0 + 1e-10 * k} for k, c in enumerate(study.cases)]  # fmt: skip
    assert analyse.tornado(study, pd.DataFrame(rows), "objective").table["swing"][0] == 0.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=25))
def test_the_front_is_what_no_other_beats(rows):
    points_ = np.array(rows, dtype=float)
    beaten = analyse.dominated(points_)
    assert not beaten.all()
    for k, row in enumerate(points_):
        others = [p for p in points_ if (p <= row).all() and (p < row).any()]
        assert beaten[k] == bool(others)


def test_regret_counts_only_points_every_policy_answered():
    policies = [{"name": "open"}, {"name": "capped", "set": {"policy.launch_licences_per_yr": 100}}]
    study = study_of(policies=policies, **growths(0.1, 0.2, 0.3))
    values = [5.0, 6.0, 7.0, 5.0, 8.0, 6.0]
    table = pd.DataFrame(
        [{"id": c.id, "status": "relaxed", "policy": c.policy, **c.point, "objective": v}
         for c, v in zip(study.cases, values, strict=True)]
    )  # fmt: skip
    found = analyse.regret(study, table, "objective", "lower").table.set_index("policy")
    assert dict(found["most_regret"]) == {"open": 1.0, "capped": 2.0}
    assert dict(found["best_at"]) == {"open": 2, "capped": 2}
    table.loc[5, "status"] = "failed"
    less = analyse.regret(study, table, "objective", "lower")
    assert less.used == 2 and "1 of 3 points" in less.note


def test_a_subset_is_compared_with_the_rest_the_most_different_first():
    frame = pd.DataFrame(
        {"status": ["relaxed"] * 4 + ["failed"], "a": [1.0, 1.0, 9.0, 9.0, 50.0], "b": [1.0, 2, 1, 2, 9]}
    )
    found = analyse.compare(frame, "a < 5")
    assert (found.used, found.designed) == (2, 4)
    first = found.table.iloc[0]
    assert (first["measure"], first["inside"], first["outside"]) == ("a", 1.0, 9.0)
    assert found.table.set_index("measure").loc["b", "apart"] == 0
    with pytest.raises(InputError, match="zz"):
        analyse.compare(frame, "zz > 1")
    with pytest.raises(InputError, match="no condition"):
        analyse.compare(frame, "a")
    holed = frame.assign(a=[1.0, None, 9.0, 9.0, 50.0])
    assert analyse.compare(holed, "a < 5").designed == 3  # a number that is missing is judged neither way


@given(st.floats(-5, 5), st.floats(0.1, 3))
def test_a_crossing_is_where_a_straight_line_passes_the_level(level, slope):
    places = [-10.0, -2.0, 1.0, 10.0]
    found = analyse.crossing(places, [slope * p for p in places], level * slope)
    assert found == pytest.approx(level, abs=1e-9)


def test_touching_a_level_is_no_crossing_and_standing_on_it_is_where_it_is_crossed():
    assert analyse.crossing([0, 1, 2], [1.0, 0.0, 1.0]) is None
    assert analyse.crossing([0, 1, 2], [1.0, 0.0, -1.0]) == 1
    assert analyse.crossing([0, 1, 2, 3], [-2.0, -1.0, 0.0, 0.0]) == 2


def test_the_flip_line_of_a_map_is_where_the_measure_passes_the_level():
    rows = [
        {"status": "relaxed", "x": x, "y": y, "m": 3 * x - y}
        for x in (0.0, 1.0, 2.0, 4.0)
        for y in (1.0, 5.0, 20.0)
    ]
    found = analyse.flip_line(pd.DataFrame(rows), "x", "y", "m", 0.0)
    assert found.iloc[:2, 1].tolist() == pytest.approx([1 / 3, 5 / 3]) and pd.isna(found.iloc[2, 1])
    cells = analyse.grid_map(
        pd.DataFrame(rows).assign(status=["timed out", *["relaxed"] * 11]), "x", "y", "m"
    )
    assert np.isnan(cells.iloc[0, 0]) and cells.notna().sum().sum() == 11


def test_prim_finds_the_corner_that_was_hidden():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.random((600, 4)), columns=["a", "b", "c", "d"]).assign(status="relaxed")
    frame["worth"] = np.where((frame["a"] > 0.6) & (frame["c"] < 0.4), 1.0, -1.0)
    box = discover(frame, ["a", "b", "c", "d"], "worth > 0")
    assert box is not None and set(box.limits["factor"]) == {"a", "c"}
    assert box.coverage > 0.7 and box.density > 0.8
    limits = box.limits.set_index("factor")
    assert float(limits.loc["a", "from"]) == pytest.approx(0.6, abs=0.08)
    assert discover(frame.head(10), ["a", "b"], "worth > 0") is None
    with pytest.raises(InputError, match="wroth"):
        discover(frame, ["a"], "wroth >")


def test_designs_have_the_points_their_methods_say():
    axes = study_of(**growths(0.1, 0.2, 0.3)).axes
    other = study_of(uncertainties=[{"path": "data.prices.plant"}]).axes
    grid = points(Design(method="grid", levels=4), (*axes, *other))
    assert len(grid) == 12
    changes = [sum(one[k] != two[k] for k in one) for one, two in itertools.pairwise(grid)]
    assert set(changes) == {1}
    assert shares(Design(method="lhs", samples=50), 3).shape == (50, 3)
    assert sorted(np.floor(shares(Design(method="lhs", samples=50), 3)[:, 0] * 50)) == list(range(50))
    assert len(points(Design(method="tornado"), other)) == 3
