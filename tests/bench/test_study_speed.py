"""Speed of studies, as ratios: two workers against one, and a line of cases against the engine's own rate.

pytest -m bench tests/bench/test_study_speed.py -s
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from lunarchain.solve.between import WITHIN

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def measure() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "measure_studies.py"
    spec = importlib.util.spec_from_file_location("measure_studies", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_two_workers_against_one(measure: ModuleType, tmp_path: Path) -> None:
    found = measure.two_workers(80, tmp_path)
    np.testing.assert_allclose(found.together["bound"], found.alone["bound"], rtol=1e-6)
    print(
        f"\none worker {found.one_s:.1f} s, two {found.two_s:.1f} s: {found.one_s / found.two_s:.2f} times as fast"
    )


def test_two_hundred_ordered_cases_of_case_02_against_the_engine_alone(
    measure: ModuleType, tmp_path: Path
) -> None:
    found = measure.ordered("02_crossover", 200, tmp_path)
    rate = len(found.rest_s) / found.rest_s.sum()
    print(
        f"\nfirst {found.first_s:.1f} s, then {rate:.2f}/s, at {found.share:.2f} of the rate of the engine alone"
    )
    print(found.table["path"].value_counts().to_string())
    bounds = found.table["bound"].to_numpy()
    assert len(found.table) == 200 and (found.table["status"] == "relaxed").all()
    assert (np.diff(bounds) >= -WITHIN * bounds[0]).all(), "what is dearer to buy never makes a plan cheaper"
