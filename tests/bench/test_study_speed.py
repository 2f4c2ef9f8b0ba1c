"""Speed of studies, as ratios: two workers against one, and a line of cases against solving each on its own.

pytest -m bench tests/bench/test_study_speed.py -s
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lunarchain.study.sweep import sweep
from tests.study.conftest import study_of

pytestmark = pytest.mark.bench


def _timed(folder: Path, study, workers: int) -> tuple[float, pd.DataFrame]:
    begun = time.perf_counter()
    swept = sweep(study, folder, workers=workers)
    assert swept.complete
    return time.perf_counter() - begun, swept.table.set_index("id").sort_index()


def test_two_workers_against_one(tmp_path):
    levels = {"path": "data.prices.plant", "levels": 40}
    study = study_of(uncertainties=[levels], design={"method": "grid"})
    one, alone = _timed(tmp_path / "one", study, 1)
    two, shared = _timed(tmp_path / "two", study, 2)
    np.testing.assert_allclose(shared["bound"], alone["bound"], rtol=1e-6)
    print(f"\n40 cases: one worker {one:.1f} s, two {two:.1f} s, ratio {one / two:.2f} (start-up included)")


def test_two_hundred_ordered_cases_of_case_02_against_the_engine_alone(tmp_path):
    """The engine's own rate is that of its steps after the first; the study adds everything a row costs."""
    study = study_of(
        base={"case": "02_crossover"},
        uncertainties=[{"path": "data.compute.satellite_price", "levels": 200}],
        design={"method": "grid"},
        relations={"mode": "relaxed", "figures": False, "warm": True, "case_limit_s": 600},
    )
    swept = sweep(study, tmp_path, workers=1)
    table = swept.table
    first, rest = table["seconds"].iloc[0], table["seconds"].iloc[1:]
    print(f"\nfirst case {first:.1f} s, then {len(rest) / rest.sum():.1f} cases/s inside the worker")
    print(table["path"].value_counts().to_string())
    bounds = table.sort_values("data.compute.satellite_price")["bound"].to_numpy()
    assert len(table) == 200 and (table["status"] == "relaxed").all()
    assert (np.diff(bounds) >= -1e-6 * bounds[0]).all(), "what is dearer to buy never makes a plan cheaper"
