"""Kill a study with SIGKILL at random moments, again and again, then let it end, and see what became of it.

    python scripts/kill_study.py [STUDY] [--kills 20] [--workers 1] [--out DIR] [--most-s 3] [--worker "python FILE"]

Without STUDY it is ``kill_study.toml`` beside this file: 200 cases of 01, each built and solved by the real model.
Three kills in four come some time after the sweep stored its first case, the fourth whenever it happens to come.
Ends with an error unless every kill met a running sweep, every designed case has exactly one row, and none was begun
after it was stored. A study too short for so many kills is no trial: take a longer one, or ``--most-s`` smaller.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from lunarchain.study.store import FRESH, LOG, RESULTS, Store
from lunarchain.study.study import load_study

_SWEEP = """
import sys
from pathlib import Path
from lunarchain.study.isolated import CASES
from lunarchain.study.study import load_study
from lunarchain.study.sweep import sweep
study, folder, workers, *command = sys.argv[1:]
sweep(load_study(study), Path(folder), workers=int(workers), command=command or CASES)
"""


def main() -> None:
    """Run the trial and print what it found."""
    options = _options()
    folder = options.out or Path(tempfile.mkdtemp(prefix="lunarchain-kill-"))
    command = [
        sys.executable,
        "-c",
        _SWEEP,
        options.study,
        str(folder),
        str(options.workers),
        *options.worker.split(),
    ]
    draw, seen, cut_short = random.Random(options.seed), [], 0
    study = load_study(options.study)
    store = Store(folder / study.name)
    for number in range(options.kills):
        process = subprocess.Popen(command)
        _wait(process, draw.uniform(0, options.most_s), store if number % 4 else None)
        cut_short += process.poll() is None
        process.kill()
        process.wait()
        seen.append((time.time(), store.ids()))
    print("stored after each kill:", *(len(ids) for _, ids in seen))
    subprocess.run(command, check=True)
    found = {"kills": options.kills, "kills_of_a_running_sweep": cut_short}
    found |= judge([case.id for case in study.cases], store, seen)
    found["passed"] = found["passed"] and cut_short == options.kills  # a kill after the end tries nothing
    print(json.dumps(found, indent=2))
    if not found["passed"]:
        raise SystemExit(1)


def _wait(process: subprocess.Popen[bytes], seconds: float, store: Store | None) -> None:
    """Let a sweep run for some seconds, counted from the first case it stores where its store is given."""
    before = len(store.ids()) if store is not None else 0
    while store is not None and process.poll() is None and len(store.ids()) <= before:
        time.sleep(0.01)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


def judge(designed: list[str], store: Store, seen: list[tuple[float, set[str]]]) -> dict[str, Any]:
    """Whether every designed case has one row, and none was begun again once it was stored.

    ``seen`` are the ids found stored at some instants, whatever the log says; parts are counted as they lie on disk.
    """
    parts = sorted((store.folder / RESULTS).glob("part-*.parquet"))
    gathered = Counter(case for part in parts for case in pd.read_parquet(part, columns=["id"])["id"])
    fresh = {path.stem for path in (store.folder / FRESH).glob("*.json")}
    events = [json.loads(line) for line in (store.folder / LOG).read_text().splitlines()]
    begun = [event for event in events if event["event"] == "begun"]
    stored = Counter(event["id"] for event in events if event["event"] == "stored")
    redone = {event["id"] for event in begun for at, ids in seen if event["at"] > at and event["id"] in ids}
    found = {
        "designed": len(designed),
        "rows": len(fresh | set(gathered)),
        "missing": sorted(set(designed) - fresh - set(gathered)),
        "twice": sorted(case for case, count in gathered.items() if count > 1),
        "stored_twice": sorted(case for case, count in stored.items() if count > 1),
        "redone": sorted(redone),
        "begun": len(begun),
    }
    return found | {"passed": not any(found[key] for key in ("missing", "twice", "stored_twice", "redone"))}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", nargs="?", default=str(Path(__file__).with_suffix(".toml")))
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--most-s", type=float, default=3.0)
    parser.add_argument(
        "--worker", default="", help="another worker than the model, such as tests/study/stand_in.py"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=None)
    return parser.parse_args()


if __name__ == "__main__":
    main()
