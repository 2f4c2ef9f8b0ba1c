"""The main job on a small case: solved, flown, corrected, audited, stored whole, and found again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from lunarchain.pipeline import run as room
from lunarchain.pipeline import store
from lunarchain.pipeline.fly import corrected, moved, used_departures
from lunarchain.pipeline.run import Finished
from lunarchain.pipeline.run import run as run_case
from lunarchain.scenario.load import Case
from tests.model.small import case

# A departure the physics does not give: high orbit from 55 W costs about half a kilometre a second after launch.
OPTIMISTIC_M_S = 150.0
TRUE_LEAST_M_S = 450.0


def small() -> Case:
    return case(
        moon={"sites": ["procellarum_55w"], "power": ["day_pv", "fission"]},
        launcher={"tracks": ["procellarum_55w_east"], "payload_classes": ["parts"], "modes": ["propulsive"]},
        launch={
            "routes": ["leo_direct", "heo_tug", "lander_lh2", "lander_lh2_lox"],
            "integer_flights_below": 0,
        },
        satellites={"orbits": ["leo", "heo"]},
        solve={"time_limit_s": 60},
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Finished, Path]]:
    """A run on a departure table with one number made too good, and where it was stored."""
    honest = room.shipped_departures()
    table = honest.copy()
    table.loc[table["destination"] == "heo", "delta_v_m_s"] = OPTIMISTIC_M_S
    out = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "shipped_departures", lambda: table)
        yield (
            run_case(small(), out, lambda *_: None, lambda run: (run.path / "report.html").write_text("x")),
            out,
        )


def test_an_optimistic_departure_is_caught_and_corrected(finished: tuple[Finished, Path]) -> None:
    run = finished[0].run
    assert run.record["fly"]["rounds"] >= 2
    assert run.record["fly"]["passed"]
    flown = run.departures[(run.departures["destination"] == "heo") & run.departures["feasible"].astype(bool)]
    used = run.tables["thrown"]["node"].unique()
    assert (flown[flown["track"].isin(used)]["delta_v_m_s"] > TRUE_LEAST_M_S).all()


def test_the_plan_is_audited_and_the_record_is_complete(finished: tuple[Finished, Path]) -> None:
    record = finished[0].run.record
    assert record["audit"]["passed"] and record["audit"]["max_residual"] < 1e-6
    wanted = {
        "status", "objective", "bound", "gap", "decision_value", "decision_gap", "moon_worth_bound", "columns", "rows",
        "nonzeros", "integers", "coefficient_range", "phases", "peak_memory_mb", "versions", "warnings", "figures",
    }  # fmt: skip
    assert wanted <= set(record)
    assert record["bound"] <= record["objective"]
    assert record["moon_worth_bound"] >= record["decision_value"]


def test_tables_read_in_one_line(finished: tuple[Finished, Path]) -> None:
    path = finished[0].run.path
    frame = pd.read_parquet(path / "satellites.parquet")
    assert list(frame.columns) == ["period", "node", "item", "detail", "value", "unit"]
    assert json.loads((path / "certificate.json").read_text())["passed"]
    assert (path / "report.html").is_file() and (path / "log.txt").read_text().strip()


def test_an_unchanged_case_is_read_back(finished: tuple[Finished, Path]) -> None:
    again = run_case(small(), finished[1], lambda *_: None, lambda _: pytest.fail("solved again"))
    assert again.reused and again.run.path == finished[0].run.path


def test_corrections_only_make_departures_worse(finished: tuple[Finished, Path]) -> None:
    before = room.shipped_departures()
    key = next(iter(used_departures(finished[0].run.tables)))
    row = before[
        (before["track"] == key[0]) & (before["destination"] == key[1]) & (before["mode"] == key[2])
    ].iloc[0]
    claimed = row["delta_v_m_s"] + row["trim_m_s"]
    better = {
        "track": key[0], "destination": key[1], "mode": key[2], "passed": False, "reason": "exit speed",
        "claimed_delta_v_m_s": claimed, "flown_delta_v_m_s": claimed - 100.0, "flown_exit_speed_max_m_s": 1.0,
        "open_flown": 1.0, "open_lit_flown": 1.0, "open_dark_flown": 1.0, "flown_delta_v_max_m_s": 1.0, "cut": False,
    }  # fmt: skip
    assert not moved(before, corrected(before, pd.DataFrame([better])))
    gone = better | {"flown_delta_v_m_s": float("nan"), "reason": "no departure"}
    assert moved(before, corrected(before, pd.DataFrame([gone])))


def test_a_killed_write_leaves_nothing_that_looks_complete(tmp_path: Path) -> None:
    def fails_half_way(folder: Path) -> None:
        (folder / store.RECORD).write_text("{}")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        store.write_run(tmp_path / "case-abc", fails_half_way)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".unfinished-case-abc-left").mkdir()  # what a kill leaves behind
    store.write_run(tmp_path / "case-abc", lambda folder: store.write_json(folder / store.RECORD, {}))
    assert [path.name for path in tmp_path.iterdir()] == ["case-abc"]


def test_an_interrupted_run_is_stored_as_such_and_answered_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C keeps the plan in hand; the same command later does not take it for the answer, then keeps the answer."""
    earth_alone = case(moon={"allowed": False}, solve={"time_limit_s": 60})
    honest = room.solve_case

    def cut_short(*arguments: object) -> object:
        solved = honest(*arguments)  # type: ignore[arg-type]
        answer = replace(solved.plan.answer, status=room.INTERRUPTED)
        return replace(solved, plan=replace(solved.plan, answer=answer))

    def again() -> Finished:
        return run_case(earth_alone, tmp_path, lambda *_: None, lambda run: None)

    monkeypatch.setattr(room, "solve_case", cut_short)
    first = again()
    assert first.run.record["status"] == "interrupted"
    assert any("interrupted" in warning for warning in first.run.record["warnings"])
    monkeypatch.setattr(room, "solve_case", honest)
    second, third = again(), again()
    assert (second.reused, third.reused) == (False, True)
    assert second.run.path == first.run.path and third.run.record["status"] == "optimal"
