"""Measure how fast studies run, and write the figures into docs/studies.md. Needs a quiet machine for some minutes.

    python scripts/measure_studies.py [--cases 60] [--levels 200] [--docs docs/studies.md]

Two workers against one, on cases that are each built and solved on their own; and cases of one factor in order, after
the first, against the solver's engine alone along the beginning of the same line.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.pipeline.departures import shipped_departures
from lunarchain.pipeline.relax_case import relaxed_line
from lunarchain.scenario.load import resolve, with_changes
from lunarchain.study.schema import StudyFile
from lunarchain.study.study import Study, lay_out
from lunarchain.study.sweep import Progress, sweep

FACT = "data.prices.plant"
SMALL = {"case": "03_one_driver", "set": {"calendar.steps": [{"until": 2056, "years": 7}]}}
_ALONE = 40  # levels that the engine is asked for on its own too: enough for a rate
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
    """A line of cases, by row; and seconds of the same first levels by the engine alone, each solving and patching."""

    table: pd.DataFrame
    engine_s: np.ndarray

    @property
    def first_s(self) -> float:
        """Seconds of the first case: three builds and a solve from nothing."""
        return float(self.table["seconds"].iloc[0])

    @property
    def rest_s(self) -> np.ndarray:
        """Seconds of each further case."""
        return self.table["seconds"].to_numpy(float)[1:]

    @property
    def share(self) -> float:
        """The rate of the study as a share of that of its engine, on the levels both were asked for."""
        return float(self.engine_s[1:].sum() / self.rest_s[: len(self.engine_s) - 1].sum())


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
        swept = sweep(study, folder / f"by{workers}", workers=workers, progress=_shown(f"{workers} workers"))
        seconds.append(time.perf_counter() - begun)
        tables.append(swept.table.set_index("id").sort_index())
    return Shared(seconds[0], seconds[1], tables[0], tables[1])


def ordered(case: str, levels: int, folder: Path) -> Ordered:
    """Cases along one factor by one worker, and the beginning of the same line by the engine alone."""
    study = study_of({"case": case}, levels, figures=False, warm=True)
    table = sweep(study, folder / "line", workers=1, progress=_shown("line")).table.sort_values(FACT)
    return Ordered(table, _engine_alone(study))


def _engine_alone(study: Study) -> np.ndarray:
    """Seconds a level of the solver's engines along the beginning of the line: solving and patching, nothing else."""
    axis = study.axes[0]
    tree = study.base.scenario.model_dump(mode="json", exclude_none=True)
    low, middle, high = (
        resolve(with_changes(tree, {axis.path: value}), "line", "line")
        for value in (axis.low, (axis.low + axis.high) / 2, axis.high)
    )
    line = relaxed_line(low, middle, high, shipped_departures())
    assert line is not None
    levels = sorted(case.point[FACT] for case in study.cases)[:_ALONE]  # type: ignore[type-var]
    for number, value in enumerate(levels):
        line.at((float(value) - axis.low) / (axis.high - axis.low))
        _show(f"engine alone: {number + 1} of {len(levels)}")
    by_arm = [[step.solver_s + step.outside_s for step in engine.steps] for engine in line.engines.values()]
    return np.sum(by_arm, axis=0)


def _shown(what: str) -> Progress:
    return lambda state: _show(f"{what}: {state.done} of {state.total}")


def _show(text: str) -> None:
    sys.stderr.write(f"\r{text:<40}")
    sys.stderr.flush()


def words(shared: Shared, line: Ordered) -> str:
    """What was measured, as text for the document."""
    ways = ", ".join(f"{count} {way}" for way, count in line.table["path"].value_counts().items())
    solved = line.table["path"].str.endswith("cold").to_numpy()[1:]
    most_s, known_ms = float(line.rest_s.max()), 1e3 * float(np.median(line.rest_s[~solved]))
    return (
        f"Measured with {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end:\n\n"
        "| | |\n| --- | --- |\n"
        f"| {len(shared.alone)} small cases, each built and solved, one worker | {shared.one_s:.1f} s |\n"
        f"| the same, two workers | {shared.two_s:.1f} s: {shared.one_s / shared.two_s:.2f} times as fast (aim 1.6) |\n"
        f"| {len(line.table)} cases of 02 in order along `{FACT}`, both arms, the first | {line.first_s:.1f} s |\n"
        f"| all others | {line.rest_s.sum():.0f} s: {len(line.rest_s) / line.rest_s.sum():.2f} a second |\n"
        f"| of them {solved.sum()} took one or two solves from nothing | the longest {most_s:.1f} s |\n"
        f"| {(~solved).sum()} were answered between known levels | {known_ms:.0f} ms each |\n"
        f"| the first {len(line.engine_s)}, by the study and by its engine alone |"
        f" the study runs at {line.share:.2f} of its engine's rate |\n"
        f"| ways they were solved | {ways} |\n"
    )


def main() -> None:
    """Measure both and write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=60)
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
    options.docs.write_text(
        _PLACE.sub(lambda found: f"{found[1]}\n{said}\n{found[2]}", text), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
