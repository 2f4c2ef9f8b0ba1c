"""Measure how fast studies run, and write the figures into docs/studies.md. Needs a quiet machine for some minutes.

    python scripts/measure_studies.py [--cases 80] [--levels 200] [--docs docs/studies.md]

Two workers against one, on cases that are each built and solved on their own; and cases of one factor in order, after
the first, against the solver's engine alone on the same line.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.pipeline.departures import shipped_departures
from lunarchain.pipeline.relax_case import Engines, relaxed_line
from lunarchain.scenario.load import resolve, with_changes
from lunarchain.study.schema import StudyFile
from lunarchain.study.study import Study, lay_out
from lunarchain.study.sweep import sweep

FACT = "data.prices.plant"
SMALL = {"case": "03_one_driver", "set": {"calendar.steps": [{"until": 2056, "years": 7}]}}
_ALONE = 40  # steps by the engine alone: enough for a rate
_PLACE = re.compile(r"(<!-- speed:[^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Shared:
    """Seconds of the same study by one worker and by two, start-up included, and both tables by case."""

    one_s: float
    two_s: float
    alone: pd.DataFrame
    together: pd.DataFrame


@dataclass(frozen=True)
class Ordered:
    """A line of cases: seconds of its first and of all, cases a second after the first, the engine's own rate, rows."""

    first_s: float
    whole_s: float
    cases_per_s: float
    engine_per_s: float
    table: pd.DataFrame


def study_of(base: dict[str, Any], levels: int, **relations: Any) -> Study:
    """A study of one number over its sourced range, in equal ratios."""
    tree = {
        "title": "speed", "base": base, "uncertainties": [{"path": FACT, "levels": levels, "spread": "log"}],
        "design": {"method": "grid"}, "relations": {"mode": "relaxed", "case_limit_s": 900, **relations},
    }  # fmt: skip
    return lay_out("speed", StudyFile.model_validate(tree))


def two_workers(cases: int, folder: Path) -> Shared:
    """The same cases by one worker and by two."""
    study = study_of(SMALL, cases, warm=False)
    tables, seconds = [], []
    for workers in (1, 2):
        begun = time.perf_counter()
        swept = sweep(study, folder / f"by{workers}", workers=workers)
        seconds.append(time.perf_counter() - begun)
        tables.append(swept.table.set_index("id").sort_index())
    return Shared(seconds[0], seconds[1], tables[0], tables[1])


def ordered(case: str, levels: int, folder: Path) -> Ordered:
    """Cases along one factor by one worker, and the same line by the engine alone."""
    study = study_of({"case": case}, levels, figures=False, warm=True)
    begun = time.perf_counter()
    table = sweep(study, folder / "line", workers=1).table.sort_values(FACT)
    whole_s = time.perf_counter() - begun
    rest = table["seconds"].iloc[1:]
    rate = len(rest) / float(rest.sum())
    return Ordered(float(table["seconds"].iloc[0]), whole_s, rate, _engine_alone(study), table)


def _engine_alone(study: Study) -> float:
    """Steps a second of the solver's engine along the beginning of the line: solving and patching, nothing else."""
    axis = study.axes[0]
    tree = study.base.scenario.model_dump(mode="json", exclude_none=True)
    low, middle, high = (
        resolve(with_changes(tree, {axis.path: value}), "line", "line")
        for value in (axis.low, (axis.low + axis.high) / 2, axis.high)
    )
    engines: Engines = {}
    line = relaxed_line(low, middle, high, shipped_departures(), engines)
    assert line is not None
    for value in np.geomspace(axis.low, axis.high, len(study.cases))[:_ALONE]:
        line.at(float((value - axis.low) / (axis.high - axis.low)))
    steps = [step for engine in engines.values() for step in engine.steps[1:]]
    spent = sum(step.solver_s + step.outside_s for step in steps)
    return (min(_ALONE, len(study.cases)) - 1) / spent


def words(shared: Shared, line: Ordered) -> str:
    """What was measured, as text for the document."""
    ways = ", ".join(f"{count} {way}" for way, count in line.table["path"].value_counts().items())
    return (
        f"Measured with {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end:\n\n"
        "| | |\n| --- | --- |\n"
        f"| {len(shared.alone)} small cases, each built and solved, one worker | {shared.one_s:.1f} s |\n"
        f"| the same, two workers | {shared.two_s:.1f} s: {shared.one_s / shared.two_s:.2f} times as fast (aim 1.6) |\n"
        f"| {len(line.table)} cases of 02 in order along `{FACT}`, the first | {line.first_s:.1f} s |\n"
        f"| each further one, a row of the table with both arms | {1e3 / line.cases_per_s:.0f} ms |\n"
        f"| the same steps by the engine alone | {1e3 / line.engine_per_s:.0f} ms: the study runs at"
        f" {line.cases_per_s / line.engine_per_s:.2f} of its rate |\n"
        f"| ways they were solved | {ways} |\n"
    )


def main() -> None:
    """Measure both and write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=80)
    parser.add_argument("--levels", type=int, default=200)
    parser.add_argument("--docs", type=Path, default=Path("docs/studies.md"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        shared = two_workers(options.cases, Path(scratch))
        line = ordered("02_crossover", options.levels, Path(scratch))
    said = words(shared, line)
    print(said)
    text = options.docs.read_text(encoding="utf-8")
    if not _PLACE.search(text):
        raise SystemExit(f"{options.docs} has no place for 'speed'")
    options.docs.write_text(_PLACE.sub(lambda found: f"{found[1]}\n{said}\n{found[2]}", text), encoding="utf-8")


if __name__ == "__main__":
    main()
