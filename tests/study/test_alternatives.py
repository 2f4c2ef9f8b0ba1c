"""Plans within a slack: the slack holds on true prices, they differ, and a slack that says nothing is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lunarchain.errors import InputError, NoAnswerError
from lunarchain.scenario.load import Case
from lunarchain.study import alternatives as room
from lunarchain.study.alternatives import Alternatives, alternatives, decisions
from lunarchain.study.plans import open_problem
from tests.model.small import case, departures

WITHIN = 0.02


def silent(*_: object) -> None:
    """No progress line."""


def earth(**changes: Any) -> Case:
    return case(moon={"allowed": False}, **changes)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alternatives")


@pytest.fixture(scope="module")
def found(out: Path) -> Alternatives:
    return alternatives(earth(), departures(), WITHIN, out, silent)


def test_every_plan_keeps_the_slack_on_true_prices_and_passes_its_audit(found: Alternatives) -> None:
    table = found.rows
    assert table["pushed"].iloc[0] == "least cost" and table["audit"].all()
    assert (table["above_best"] <= WITHIN * (1 + 1e-6)).all() and (table["above_best"].iloc[1:] > 0).all()


def test_plans_differ_in_what_people_decide(found: Alternatives) -> None:
    shares = np.array([list(decisions(point.record["measures"]).values()) for point in found.points])
    apart = np.abs(shares[:, None, :] - shares[None, :, :]).max(axis=2)
    assert len(found.points) >= 3 and apart[np.triu_indices(len(shares), 1)].min() > 0.01
    ground = found.rows.set_index("pushed")["on_the_ground_gw"]
    assert ground.min() < ground["least cost"] * 0.98 or ground.max() > ground["least cost"] * 1.02


def test_the_furthest_plan_comes_second(found: Alternatives) -> None:
    shares = np.array([list(decisions(point.record["measures"]).values())[:4] for point in found.points])
    from_best = np.abs(shares[1:] - shares[0]).max(axis=1)
    assert from_best[0] == pytest.approx(from_best.max())


def test_answers_are_read_back(found: Alternatives, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "search", lambda *_: pytest.fail("solved again"))
    assert alternatives(earth(), departures(), WITHIN, out, silent).rows.equals(found.rows)


def test_a_slack_below_the_proven_gap_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="proven gap"):
        alternatives(earth(solve={"gap": 1e-3}), departures(), 1e-12, tmp_path, silent)
    with pytest.raises(InputError, match="above 0"):
        alternatives(earth(), departures(), 0.0, tmp_path, silent)


def test_a_time_too_short_for_any_plan_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(NoAnswerError, match=r"within 1e-06 s.*--time") as caught:
        alternatives(earth(solve={"time_limit_s": 1e-6}), departures(), WITHIN, tmp_path, silent)
    assert caught.value.exit_code == 4


@pytest.mark.slow
def test_with_a_moon_the_decisions_about_it_are_pushed_too(tmp_path: Path) -> None:
    found = alternatives(case(solve={"time_limit_s": 60}), departures(), WITHIN, tmp_path, silent)
    table = found.rows.set_index("pushed")
    assert table["audit"].all() and (table["above_best"] <= WITHIN * (1 + 1e-6)).all()
    assert table["moon_share"].max() - table["moon_share"].min() > 0.3
    assert {"made_on_moon", "joined_in_orbit"} <= set(table.columns)


def test_tracks_that_throw_nothing_do_not_count_as_drivers(tmp_path: Path) -> None:
    """When drivers are pushed up, every standing track must throw half of what it could."""
    problem = open_problem(case(), departures(), tmp_path, "alternatives")
    best = np.zeros(len(problem.arrays.columns))
    arrays = room.posed(problem, best, WITHIN, room.DRIVERS, "most")
    rate = [
        k for k, (row, _) in enumerate(problem.arrays.rows) if row.parent_component().name == "track_rate"
    ]
    extra = arrays.matrix.tocsr()[-len(rate) :].toarray()
    plain = problem.arrays.matrix.tocsr()[rate].toarray()
    assert np.allclose(extra[plain > 0], -1) and np.allclose(extra[plain < 0], -0.5 * plain[plain < 0])
