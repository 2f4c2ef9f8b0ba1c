"""Speed of the solving room, as ratios to the raw-array floor of the same run.

``pytest -m bench tests/bench -s --benchmark-timer=time.process_time``: processor time, as the floor's is, so that other
work on the machine moves the ratios little.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from lunarchain.model.build import build
from lunarchain.model.inputs import make_inputs
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.plan.extract import extract
from lunarchain.scenario.load import load
from lunarchain.solve.arrays import to_arrays
from lunarchain.solve.bounds import dual_bound
from lunarchain.solve.highs import solve_lp

pytestmark = pytest.mark.bench
BIG, SMALL = "models/04_terawatt", "models/03_one_driver"


def measuring() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "measure_performance.py"
    spec = importlib.util.spec_from_file_location("measure_performance", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["measure_performance"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def big() -> Any:
    case = load(BIG, [], [])
    inputs = make_inputs(case.scenario, case.facts, shipped_departures())
    context = build(inputs)
    return inputs, context, to_arrays(context.model), measuring()


def shown(benchmark: Any, what: str, floor_s: float) -> None:
    ratio = benchmark.stats.stats.median / floor_s
    assert np.isfinite(ratio) and ratio > 0
    print(f"\n{what}: {ratio:,.1f} times the raw-array floor of {1e3 * floor_s:.1f} ms")


def test_build(benchmark: Any, big: Any) -> None:
    inputs, _, arrays, measure = big
    again = benchmark.pedantic(lambda: build(inputs), rounds=3)
    assert (to_arrays(again.model).matrix != arrays.matrix).nnz == 0
    shown(benchmark, "build", measure.raw_floor_s(arrays))


def test_compile(benchmark: Any, big: Any) -> None:
    _, context, arrays, measure = big
    again = benchmark.pedantic(lambda: to_arrays(context.model), rounds=3)
    assert np.array_equal(again.matrix.data, arrays.matrix.data)
    shown(benchmark, "compile", measure.raw_floor_s(arrays))


def test_hand_over(benchmark: Any, big: Any) -> None:
    _, _, arrays, measure = big
    benchmark.pedantic(lambda: measure.hand_over(arrays), rounds=5)  # raises if an entry is lost
    shown(benchmark, "hand-over", measure.raw_floor_s(arrays))


def test_extract(benchmark: Any, big: Any) -> None:
    _, context, arrays, measure = big
    values = measure.within(arrays)
    tables = benchmark.pedantic(lambda: extract(context, arrays, values), rounds=1)
    assert len(tables["shots"]) == sum(c.parent_component().name == "shot_mass" for c in arrays.columns)
    shown(benchmark, "extract tables", measure.raw_floor_s(arrays))


def test_solve(benchmark: Any) -> None:
    measure = measuring()
    arrays = measure.relaxed_case(SMALL, [])
    outcome = benchmark.pedantic(lambda: solve_lp(arrays), rounds=1)
    assert outcome.status == "optimal"
    assert dual_bound(arrays, outcome.row_duals) == pytest.approx(outcome.objective, rel=1e-4)
    shown(benchmark, f"{SMALL} relaxed, interior point", measure.raw_floor_s(arrays))


def test_memory() -> None:
    found = measuring().memory_table(BIG)
    assert found["bytes per nonzero"] > 12  # a number and its place take that much
    print(f"\npeak memory above the imports: {found['bytes per nonzero']:,.0f} bytes per nonzero")


@pytest.mark.parametrize("fact", ["prices.plant", "compute.value"])
def test_solve_again(fact: str) -> None:
    """``resolve_table`` holds all three ways to the same optima."""
    measure = measuring()
    found = measure.resolve_table(SMALL, fact)
    ours, floor_s = found["patched"], measure.raw_floor_s(measure.relaxed_case(SMALL, []))
    print(f"\n{fact}: {1e3 * ours:.1f} ms a case, {ours / floor_s:,.1f} times the raw-array floor; ", end="")
    print(
        f"persistent Pyomo {found['persistent Pyomo'] / ours:.1f}x, rebuilt {found['rebuilt'] / ours:.0f}x, ",
        end="",
    )
    print(
        f"outside the solver {1e3 * found['outside the solver']:.2f} ms, {found['pivots a case']:.0f} pivots"
    )
    assert min(found.values()) > 0
