"""What a sweep survives: cases that hang, eat memory, die or raise; another process; being killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from lunarchain.cli import studies
from lunarchain.errors import InputError
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.pipeline.relax_case import PLAN, relax_case
from lunarchain.study import case_worker
from lunarchain.study.collect import earlier
from lunarchain.study.isolated import Limit
from lunarchain.study.store import EARLIER, INDEX, LOG, Store
from lunarchain.study.sweep import _Work, shard_of, sweep, worker_count
from tests.study.conftest import SMALL_BASE, growths, study_of

LIMITS = {"mode": "relaxed", "case_limit_s": 4, "case_memory_mb": 400}


def test_a_case_that_hangs_eats_memory_or_dies_is_a_row_and_the_rest_is_answered(tmp_path, stand_in):
    study = study_of(**growths(0.1, 0.91, 0.2, 0.92, 0.3, 0.93, 0.4, 0.94, 0.95), relations=LIMITS)
    swept = sweep(study, tmp_path, workers=2, command=stand_in)
    found = swept.table.set_index("demand.growth")
    assert dict(found["status"]) == {
        0.1: "relaxed", 0.2: "relaxed", 0.3: "relaxed", 0.4: "relaxed", 0.94: "relaxed",
        0.91: "timed out", 0.92: "out of memory", 0.93: "crashed", 0.95: "crashed",
    }  # fmt: skip
    assert swept.complete and (found.loc[[0.91, 0.92, 0.93], "reason"].str.len() > 10).all()
    assert "nobody caught this" in found.loc[0.95, "reason"]
    assert "400 MB" in found.loc[0.92, "reason"] and "4 s" in found.loc[0.91, "reason"]


def test_a_case_that_raises_inside_the_model_is_a_row_with_the_words_of_the_fault(monkeypatch):
    def raises(*_: object) -> None:
        raise ZeroDivisionError("of nothing by nothing")

    monkeypatch.setattr(case_worker, "relax_case", raises)
    study = study_of(**growths(0.2))
    work = _Work(study, None, Limit(1, 1), (), lambda state: None)
    work.store = type("Folder", (), {"folder": Path("x")})()
    row = case_worker.answer(work._task(study.cases[0]))
    assert (row["status"], row["reason"]) == ("failed", "ZeroDivisionError: of nothing by nothing")
    assert row["id"] == study.cases[0].id and row["seconds"] >= 0


def test_a_finished_study_computes_nothing_again_until_told_to_retry(tmp_path, stand_in):
    study = study_of(**growths(0.1, 0.93, 0.2), relations=LIMITS)
    first = sweep(study, tmp_path, workers=1, command=stand_in)
    again = sweep(study, tmp_path, workers=1, command=stand_in)
    retried = sweep(study, tmp_path, workers=1, command=stand_in, retry=True)
    assert (first.computed, again.computed, retried.computed) == (3, 0, 1)
    pd.testing.assert_frame_equal(first.table, again.table)


def test_a_wider_study_takes_over_the_answers_of_a_narrower_one(tmp_path, stand_in):
    sweep(study_of(**growths(0.1, 0.2)), tmp_path, workers=1, command=stand_in)
    wider = sweep(study_of(**growths(0.1, 0.15, 0.2)), tmp_path, workers=1, command=stand_in)
    assert wider.computed == 1 and len(wider.table) == 3 and wider.complete


def test_shards_together_are_the_study(tmp_path, stand_in):
    study = study_of(**growths(*(round(0.01 * k, 2) for k in range(1, 13))))
    parts = [sweep(study, tmp_path, workers=1, shard=(k, 3), command=stand_in) for k in (1, 2, 3)]
    assert sum(part.computed for part in parts) == 12 and parts[-1].complete and not parts[0].complete
    with pytest.raises(InputError, match="I/N"):
        shard_of("4/3")


def test_two_processes_share_the_work_of_one_study(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from lunarchain.study.sweep import sweep;"
        "from tests.study.conftest import STAND_IN, growths, study_of;"
        "study = study_of(**growths(*(round(0.01 * k, 2) for k in range(1, 31))));"
        "out, me = Path(sys.argv[1]), sys.argv[2]; (out / me).touch();\n"
        "while not ((out / 'one').exists() and (out / 'two').exists()): time.sleep(0.005)\n"
        "print(sweep(study, out, workers=1, command=STAND_IN).computed)"
    )
    slow = os.environ | {"STAND_IN_S": "0.1"}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), name], stdout=subprocess.PIPE, text=True, env=slow
        )
        for name in ("one", "two")
    ]
    shares = [int(process.communicate(timeout=120)[0]) for process in both]
    begun = [line["id"] for line in _log(tmp_path / "small") if line["event"] == "begun"]
    assert sum(shares) == 30 and min(shares) > 0
    assert len(begun) == len(set(begun)) == 30


def test_the_model_answers_and_a_case_without_a_plan_is_a_row(tmp_path, monkeypatch):
    """What is seen at a factor's ends is refused before anything runs; what is seen later is a row."""
    caps = [{"path": "policy.launch_licences_per_yr", "values": [20000]}]
    impossible = [{"path": "data.vehicles.starship.payload_leo", "values": ["starved", 150]}]
    with pytest.raises(InputError, match="starved"):
        study_of(levers=caps, uncertainties=impossible, design={"method": "grid"})
    monkeypatch.setattr("lunarchain.study.study._faults_at_ends", lambda *_: ())
    swept = sweep(
        study_of(levers=caps, uncertainties=impossible, design={"method": "grid"}), tmp_path, workers=1
    )
    found = swept.table.set_index("data.vehicles.starship.payload_leo")
    assert found.loc["150.0", "status"] == "relaxed" and found.loc["starved", "status"] == "invalid"
    assert "starved" in found.loc["starved", "reason"]
    assert found.loc["150.0", "objective"] > found.loc["150.0", "bound"] * (1 - 1e-9) > 0


def test_a_worker_that_goes_from_study_to_study_never_mixes_their_lines(tmp_path):
    from lunarchain.study.case_worker import answer

    factor = {"uncertainties": [{"path": "data.prices.plant"}], "design": {"method": "grid"}}
    bare = {"relations": {"mode": "relaxed", "figures": False}}
    found, store = [], Store(tmp_path)
    for growth in (0.1, 0.3):
        settings = {"calendar.steps": [{"until": 2056, "years": 14}], "demand.growth": growth}
        study = study_of(base={"case": "03_one_driver", "set": settings}, **factor, **bare)
        work = _Work(study, store, Limit(1, 1), (), lambda state: None)
        found.append(answer(work._task(study.cases[0])))
    assert [row["path"] for row in found] == ["on a line, then cold"] * 2
    assert abs(found[0]["objective"] - found[1]["objective"]) > 100


def test_a_store_gathers_thousands_of_answers_into_few_files_and_loses_none(tmp_path):
    store = Store(tmp_path / "s")
    for k in range(450):
        store.write(
            {"id": f"{k:016x}", "status": "relaxed", "reason": "", "objective": float(k), "moon": None}
        )
        store.gather(200)
    assert len(store.rows()) == len(store.ids()) == 450
    assert len(list((tmp_path / "s" / "results").glob("*.parquet"))) == 2
    assert not store.write({"id": f"{449:016x}", "status": "other"})
    store.gather()
    read = pd.read_parquet(tmp_path / "s" / "results")
    assert sorted(read["objective"]) == [float(k) for k in range(450)]


def test_the_index_is_one_line_for_pandas_and_duckdb(tmp_path, stand_in):
    import duckdb

    swept = sweep(study_of(**growths(0.1, 0.2)), tmp_path, workers=1, command=stand_in)
    index = swept.folder / "index.parquet"
    counted = duckdb.sql(f"select count(*), sum(objective) from '{index}'").fetchall()
    assert counted[0] == (2, pytest.approx(30)) and len(pd.read_parquet(index)) == 2


def test_workers_are_as_many_as_memory_allows():
    assert worker_count(1.0) >= 1 and worker_count(1e12) == 1


def _log(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / LOG).read_text().splitlines()]


def test_of_a_case_that_may_not_use_the_moon_nothing_is_said_to_be_proven_about_it(tmp_path):
    without = {"case": "03_one_driver", "set": {**SMALL_BASE["set"], "moon.allowed": False}}
    for figures in (True, False):
        study = study_of(**growths(0.2), base=without, relations={"mode": "relaxed", "figures": figures})
        row = sweep(study, tmp_path, workers=1).table.iloc[0]
        assert (row["status"], row["moon"]) == ("relaxed", "not asked") and pd.isna(row["decision_value"])


def test_a_model_too_large_for_a_vertex_is_solved_from_nothing_and_says_so(monkeypatch):
    """Going on from vertex to vertex is for models that come to one quickly; the answer is the same either way."""
    small, departures, engines = study_of(**growths(0.2)), shipped_departures(), {}
    held = relax_case(small.base, departures, engines)
    assert case_worker._way(engines, True, moon=True) == "cold" and PLAN in engines
    monkeypatch.setattr("lunarchain.solve.duals.VERTEX_NONZEROS", 0)
    again = relax_case(small.base, departures, engines)
    assert not engines and again.plan.answer.objective == pytest.approx(held.plan.answer.objective, rel=1e-5)
    assert case_worker._way(engines, True, moon=True) == "cold"


def test_levels_of_a_large_model_are_answered_between_those_around_them(tmp_path, monkeypatch):
    """Of a model too large for vertices few levels are solved; the rows are those of levels solved one by one."""
    factor = {"uncertainties": [{"path": "data.prices.plant", "levels": 8}], "design": {"method": "grid"}}
    rows = {}
    for warm in (True, False):
        monkeypatch.setattr("lunarchain.solve.duals.VERTEX_NONZEROS", 0 if warm else 60_000)
        study = study_of(**factor, relations={"mode": "relaxed", "figures": False, "warm": warm})
        work = _Work(study, Store(tmp_path), Limit(1, 1), (), lambda state: None)
        case_worker._lines.clear()
        rows[warm] = [case_worker.answer(work._task(case)) for case in study.cases]
    case_worker._lines.clear()
    ways = [row["path"] for row in rows[True]]
    assert ways[0] == "on a line, then cold" and "on a line, then between" in ways
    for found, alone in zip(rows[True], rows[False], strict=True):
        assert found["bound"] == pytest.approx(alone["bound"], rel=2e-5) and found["moon"] == alone["moon"]
        assert found["objective_without_moon"] == pytest.approx(alone["objective_without_moon"], rel=1e-4)


def test_answers_of_another_version_are_shown_with_a_warning_and_never_overwritten(
    tmp_path, stand_in, monkeypatch
):
    parts = growths(0.1, 0.2, 0.3)
    old = sweep(study_of(**parts), tmp_path, workers=1, command=stand_in)
    monkeypatch.setattr("lunarchain.study.study.tables_digest", lambda: "another version")
    study, store = study_of(**parts), Store(old.folder)
    found = earlier(study, store)
    assert found is not None and list(found["id"]) == [case.id for case in study.cases]
    assert list(found["objective"]) == list(old.table["objective"])
    before = (old.folder / INDEX).read_bytes()
    monkeypatch.setattr("lunarchain.study.study.load_study", lambda name: study)
    shown, note = studies._stored(study, old.folder)
    assert "another version" in note and len(shown) == 3 and (old.folder / INDEX).read_bytes() == before
    again = sweep(study, tmp_path, workers=1, command=stand_in)
    assert again.computed == 3 and (old.folder / EARLIER).read_bytes() == before
    assert studies._stored(study, old.folder)[1] == ""
