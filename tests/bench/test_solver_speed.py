"""Speed of the solving room, as ratios to the raw-array floor of the same run: ``pytest -m bench tests/bench -s``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lunarchain.model.build import build
from lunarchain.model.inputs import make_inputs
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.plan.extract import extract
from lunarchain.scenario.load import load
from lunarchain.solve.arrays import to_arrays
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.resolve import Resolver, straight

pytestmark = pytest.mark.bench
BIG, SMALL, FACT = "models/04_terawatt", "models/03_one_driver", "prices.plant"


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
    print(f"\n{what}: {ratio:,.1f} times the raw-array floor of {1e3 * floor_s:.1f} ms")


def test_build(benchmark: Any, big: Any) -> None:
    inputs, _, arrays, measure = big
    benchmark.pedantic(lambda: build(inputs), rounds=3)
    shown(benchmark, "build", measure.raw_floor_s(arrays))


def test_compile(benchmark: Any, big: Any) -> None:
    _, context, arrays, measure = big
    benchmark.pedantic(lambda: to_arrays(context.model), rounds=3)
    shown(benchmark, "compile", measure.raw_floor_s(arrays))


def test_hand_over(benchmark: Any, big: Any) -> None:
    _, _, arrays, measure = big
    benchmark.pedantic(lambda: measure.hand_over(arrays), rounds=5)
    shown(benchmark, "hand-over", measure.raw_floor_s(arrays))


def test_extract(benchmark: Any, big: Any) -> None:
    _, context, arrays, measure = big
    benchmark.pedantic(lambda: extract(context, arrays, arrays.lower), rounds=1)
    shown(benchmark, "extract tables", measure.raw_floor_s(arrays))


def test_solve(benchmark: Any) -> None:
    measure = measuring()
    arrays = measure.relaxed_case(SMALL, [])
    benchmark.pedantic(lambda: solve_lp(arrays), rounds=1)
    shown(benchmark, f"{SMALL} relaxed, interior point", measure.raw_floor_s(arrays))


def test_memory() -> None:
    found = measuring().memory_table(BIG)
    print(f"\npeak memory above the imports: {found['bytes per nonzero']:,.0f} bytes per nonzero")


def test_solve_again(benchmark: Any) -> None:
    measure = measuring()
    ends = [measure.relaxed_case(SMALL, [f'scale."{FACT}"={by}']) for by in (0.7, 1.0, 1.3)]
    line = straight(*ends)
    assert line is not None
    engine = Resolver(ends[1])
    engine.solve(ends[1])
    shares = iter([0.5 + 0.01 * n for n in range(40)])
    benchmark.pedantic(lambda: engine.solve(line(next(shares))), rounds=20)
    shown(benchmark, "a case solved again", measure.raw_floor_s(ends[1]))
    outside = sorted(step.outside_s for step in engine.steps[1:])[len(engine.steps) // 2]
    print(f"outside the solver: {1e3 * outside:.2f} ms a case")
