"""Killed at random moments, a study ends whole. The full trial is ``scripts/kill_study.py``; this one is short."""

from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
import time
from pathlib import Path

from lunarchain.study.store import Store
from lunarchain.study.sweep import sweep
from tests.study.conftest import STAND_IN, growths, study_of

_SCRIPT = Path(__file__).parents[2] / "scripts" / "kill_study.py"
_GROWTHS = [round(0.01 * k, 2) for k in range(1, 61)]
_PROGRAM = (
    "import sys; from pathlib import Path; from lunarchain.study.sweep import sweep;"
    "from tests.study.conftest import STAND_IN, growths, study_of;"
    f"sweep(study_of(**growths(*{_GROWTHS})), Path(sys.argv[1]), workers=2, command=STAND_IN)"
)


def test_a_study_killed_again_and_again_ends_with_every_case_once(tmp_path, monkeypatch):
    monkeypatch.setenv("STAND_IN_S", "0.05")
    draw, store = random.Random(5), Store(tmp_path / "small")
    cut_short, seen = 0, []
    for _ in range(2):
        before = len(store.ids())
        process = subprocess.Popen([sys.executable, "-c", _PROGRAM, str(tmp_path)])
        while process.poll() is None and len(store.ids()) < min(before + draw.randint(1, 9), len(_GROWTHS)):
            time.sleep(0.01)
        cut_short += process.poll() is None
        process.kill()
        process.wait()
        seen.append((time.time(), store.ids()))
    study = study_of(**growths(*_GROWTHS))
    swept = sweep(study, tmp_path, workers=2, command=STAND_IN)
    found = _script().judge([case.id for case in study.cases], store, seen)
    assert found["passed"] and swept.complete and found["rows"] == len(_GROWTHS), found
    assert cut_short >= 1  # else nothing was tried


def test_the_judge_of_the_trial_sees_a_loss_a_double_and_a_redo(tmp_path):
    store, judge = Store(tmp_path / "s"), _script().judge
    ids = [f"{k:016x}" for k in range(4)]
    for case in ids[:3]:
        store.note("begun", case)
        store.write({"id": case, "status": "relaxed"})
    at = time.time()
    assert judge(ids[:3], store, [(at, set(ids[:3]))])["passed"]
    assert judge(ids, store, [])["missing"] == ids[3:]
    store.note("begun", ids[1])
    assert judge(ids[:3], store, [(at, set(ids[:3]))])["redone"] == [ids[1]]
    store.gather()
    part = next((tmp_path / "s" / "results").glob("*.parquet"))
    part.with_name("part-9.parquet").write_bytes(part.read_bytes())
    assert judge(ids[:3], store, [])["twice"] == ids[:3]


def test_children_of_a_killed_sweep_end_with_it(tmp_path, monkeypatch):
    import psutil

    monkeypatch.setenv("STAND_IN_S", "30")
    process = subprocess.Popen([sys.executable, "-c", _PROGRAM, str(tmp_path)])
    log = tmp_path / "small" / "log.jsonl"
    _until(lambda: log.exists() and log.stat().st_size > 0)
    _until(lambda: len(psutil.Process(process.pid).children()) == 2)
    children = psutil.Process(process.pid).children()
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive


def _until(holds, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _script():
    spec = importlib.util.spec_from_file_location("kill_study", _SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
