"""Measure the solving room and write ``docs/performance.md``: ``python scripts/measure_performance.py [RUN...]``.

Every time is CPU time of this process and every ratio is taken within one run, against the same matrix handed over as
raw arrays, because other work on the machine moves seconds far more than ratios. Stored runs named on the command
line add the table of gaps; ``--gaps RUN...`` writes that table anew and leaves the measurements as they are;
``--starts`` measures how long whole commands take and writes that part alone.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.contrib.appsi.solvers import Highs as PersistentHighs
from pyomo.core.expr.numeric_expr import LinearExpression
from scipy import sparse

from lunarchain.model.build import build, build_pyomo
from lunarchain.model.inputs import make_inputs
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.plan.extract import extract
from lunarchain.scenario.load import load
from lunarchain.solve.arrays import Arrays, to_arrays
from lunarchain.solve.highs import new_solver, pass_model, solve_lp
from lunarchain.solve.learning import learning_terms, with_chords
from lunarchain.solve.resolve import Resolver, straight

VERSIONS = ("lunarchain", "pyomo", "highspy", "numpy", "scipy")
GAP_HEAD = (
    "case", "columns", "nonzeros", "integers", "cost G$", "bound G$", "gap", "decision gap", "status", "seconds"
)  # fmt: skip
AGAIN_HEAD = (
    "factor", "CPU ms a case", "of it outside", "pivots", "persistent Pyomo takes", "rebuilding each takes"
)  # fmt: skip
START_HEADING, START_HEAD = "## Start-up\n", ("command", "CPU s", "importing Pyomo and HiGHS")
STARTS = (
    "--version", "--help", "check models/01_earth_only", "optimise models/benchmarks/isaji2022 --quiet",
    "optimise models/05_orbits --quiet", "optimise models/01_earth_only --quiet",
)  # fmt: skip
START_S = 1.0  # a second from typing to the first answer of a tiny case
LEVELS = 40  # of a one-factor curve
FACTS = ("prices.plant", "compute.value")  # a price that moves few decisions, and the one that moves most
SPREAD = 0.3  # either way of the factor


def cpu_s(work: Callable[[], Any], repeats: int = 3) -> tuple[float, Any]:
    """Median CPU seconds of some work, and what it gave last."""
    seconds, given = [], None
    for _ in range(repeats):
        begun = time.process_time()
        given = work()
        seconds.append(time.process_time() - begun)
    return float(np.median(seconds)), given


def hand_over(arrays: Arrays) -> None:
    """A model to a new solver."""
    pass_model(new_solver({}), arrays)


def ready_floor_s(arrays: Arrays, repeats: int = 7) -> float:
    """The least there can be: ready triplets, to columns, to the solver. Nothing is computed."""
    entries = arrays.matrix.tocsr().tocoo()

    def raw() -> None:
        matrix = sparse.csc_matrix((entries.data, (entries.row, entries.col)), shape=arrays.matrix.shape)
        hand_over(replace(arrays, matrix=matrix))

    return cpu_s(raw, repeats)[0]


def raw_floor_s(arrays: Arrays, repeats: int = 15) -> float:
    """The same matrix made by numpy, block by block, and handed over.

    A block is what a family of rows has of a family of columns. Its row and column numbers are added up from a start
    and a pattern and its coefficients multiplied from two arrays, as broadcasting does: one pass over each.
    """
    blocks = _blocks(arrays)

    def raw() -> None:
        row, column, data = (
            np.concatenate([np.add(block[k], block[k + 1]) for block in blocks]) for k in (0, 2, 4)
        )
        matrix = sparse.csc_matrix((data, (row, column)), shape=arrays.matrix.shape)
        hand_over(replace(arrays, matrix=matrix, cost=arrays.cost.copy(), upper=arrays.upper.copy()))

    return cpu_s(raw, repeats)[0]


def _blocks(arrays: Arrays) -> list[tuple[Any, ...]]:
    entries = arrays.matrix.tocsr().tocoo()
    families: dict[str, int] = {}

    def family_of(items: Any) -> np.ndarray:
        names = (item.parent_component().name for item in items)
        return np.array([families.setdefault(name, len(families)) for name in names])

    of_row, of_column = family_of(row for row, _ in arrays.rows), family_of(arrays.columns)
    key = of_row[entries.row] * (len(families) + 1) + of_column[entries.col]
    order = np.argsort(key, kind="stable")
    found = []
    for which in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
        row, column, data = entries.row[which], entries.col[which], entries.data[which]
        found.append((row.min(), row - row.min(), column.min(), column - column.min(), data / 2, data / 2))
    return found


def build_table(name: str) -> dict[str, float]:
    """CPU seconds of every step from a case to the solver and back, and the raw floors on the same matrix."""
    case = load(name, [], [])
    inputs = make_inputs(case.scenario, case.facts, shipped_departures())
    # each time from inputs of its own: what a calendar has worked out once is not given away
    fresh = iter([make_inputs(case.scenario, case.facts, shipped_departures()) for _ in range(5)])
    build_s, context = cpu_s(lambda: build(next(fresh)), 5)
    compile_s, arrays = cpu_s(lambda: to_arrays(context.model), 5)
    pyomo_s, symbolic = cpu_s(lambda: build_pyomo(inputs).model, 1)
    by_pyomo_s, theirs = cpu_s(lambda: to_arrays(symbolic), 1)
    assert arrays.matrix.shape == theirs.matrix.shape and (arrays.matrix != theirs.matrix).nnz == 0
    return {
        "nonzeros": arrays.matrix.nnz,
        "build": build_s,
        "compile": compile_s,
        "hand-over": cpu_s(lambda: hand_over(arrays), 5)[0],
        "extract tables": cpu_s(lambda: extract(context, arrays, within(arrays)), 1)[0],
        "by Pyomo": pyomo_s + by_pyomo_s,
        "raw": raw_floor_s(arrays),
        "ready triplets": ready_floor_s(arrays),
    }


def within(arrays: Arrays) -> np.ndarray:
    """Values between all bounds, no two alike: a plan in which no row of a table is left out."""
    share = np.random.default_rng(1).uniform(0.1, 0.9, arrays.lower.size)
    return arrays.lower + share * (arrays.upper - arrays.lower)


def memory_table(name: str) -> dict[str, float]:
    """Peak bytes per nonzero above what imports and the case's own tables take, in a process of its own."""
    program = (
        "import json, resource, sys; sys.path.insert(0, 'scripts'); import measure_performance as m;"
        "case = m.load(sys.argv[1], [], []);"
        "inputs = m.make_inputs(case.scenario, case.facts, m.shipped_departures());"
        "m.new_solver({}); before = m.resident_bytes(); context = m.build(inputs);"
        "arrays = m.to_arrays(context.model); solver = m.new_solver({}); m.pass_model(solver, arrays);"
        "print(json.dumps([before, m.peak_bytes(), int(arrays.matrix.nnz)]))"
    )
    answer = subprocess.run([sys.executable, "-c", program, name], capture_output=True, text=True, check=True)
    before, after, nonzeros = json.loads(answer.stdout)
    return {"bytes per nonzero": (after - before) / nonzeros, "imports MB": before / 1e6}


def resident_bytes() -> int:
    """Resident memory of this process now (its peak so far where the system does not tell)."""
    now = Path("/proc/self/statm")
    return int(now.read_text().split()[1]) * resource.getpagesize() if now.exists() else peak_bytes()


def peak_bytes() -> int:
    """Peak resident memory of this process (where the system tells it apart from that of whoever started it)."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def relaxed_case(name: str, sets: list[str]) -> Arrays:
    """A case with the Moon as a linear model on its chords."""
    case = load(name, sets, [])
    context = build(make_inputs(case.scenario, case.facts, shipped_departures()))
    arrays = to_arrays(context.model)
    terms = learning_terms(arrays, context.model.learning)
    low, high = arrays.lower[terms.columns], arrays.upper[terms.columns]
    return replace(with_chords(arrays, terms, low, high), integer=np.zeros_like(arrays.integer))


def resolve_table(name: str, fact: str, levels: int = LEVELS) -> dict[str, float]:
    """One-factor curve, its levels in order: CPU seconds a case when patched, when kept by Pyomo, when rebuilt."""
    shares = np.linspace(0.0, 1.0, levels)
    ends = [relaxed_case(name, [f"scale.{json.dumps(fact)}={1 + by}"]) for by in (-SPREAD, 0.0, SPREAD)]
    line = straight(*ends)
    if line is None:
        raise SystemExit(f"{fact} does not enter the model on a line: choose another factor")
    cases = [line(share) for share in shares]
    engine = Resolver(cases[0])
    engine.solve(cases[0])
    begun = time.process_time()
    ours = [engine.solve(case).objective for case in cases]
    patched_s = (time.process_time() - begun) / levels
    kept_s, theirs = persistent_pyomo(cases)
    begun = time.process_time()
    rebuilt = solve_lp(relaxed_case(name, [f"scale.{json.dumps(fact)}={1 + SPREAD}"]), crossover=True)
    rebuilt_s = time.process_time() - begun
    assert np.allclose(ours, theirs, rtol=1e-7) and np.isclose(ours[-1], rebuilt.objective, rtol=1e-7)
    steps = engine.steps[1:]
    return {
        "columns": cases[0].matrix.shape[1],
        "patched": patched_s,
        "outside the solver": float(np.median([step.outside_s for step in steps])),
        "pivots a case": float(np.mean([step.pivots for step in steps])),
        "persistent Pyomo": kept_s,
        "rebuilt": rebuilt_s,
    }


def persistent_pyomo(cases: list[Arrays]) -> tuple[float, list[float]]:
    """CPU seconds a case of the same curve with Pyomo's persistent solver, told what changed: the costs."""
    first, last = cases[0], cases[-1]
    moving = np.flatnonzero(first.cost != last.cost)
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(first.cost.size), bounds=lambda _, k: (first.lower[k], first.upper[k]))
    model.price = pyo.Param(moving.tolist(), mutable=True, initialize={int(k): first.cost[k] for k in moving})
    model.constant = pyo.Param(mutable=True, initialize=first.offset)
    by_rows, x = first.matrix.tocsr(), list(model.x.values())

    def row(_: pyo.ConcreteModel, r: int) -> Any:
        span = slice(by_rows.indptr[r], by_rows.indptr[r + 1])
        body = LinearExpression(
            linear_coefs=by_rows.data[span].tolist(), linear_vars=[x[k] for k in by_rows.indices[span]]
        )
        low, high = first.row_lower[r], first.row_upper[r]
        return (low if np.isfinite(low) else None, body, high if np.isfinite(high) else None)

    model.row = pyo.Constraint(range(first.matrix.shape[0]), rule=row)
    still = [k for k in range(first.cost.size) if first.cost[k] and k not in set(moving.tolist())]
    fixed_part = LinearExpression(
        linear_coefs=[float(first.cost[k]) for k in still], linear_vars=[x[k] for k in still]
    )
    moved_part = sum(model.price[int(k)] * x[k] for k in moving)
    model.cost = pyo.Objective(expr=fixed_part + moved_part + model.constant)
    return _solved_again(model, cases, moving)


def _solved_again(
    model: pyo.ConcreteModel, cases: list[Arrays], moving: np.ndarray
) -> tuple[float, list[float]]:
    solver = PersistentHighs()
    solver.highs_options = {"threads": 1}
    solver.config.load_solution = False
    solver.solve(model)
    updates = solver.update_config
    for name in ("check_for_new_or_removed_constraints", "check_for_new_or_removed_vars",
                 "check_for_new_or_removed_params", "update_constraints", "update_vars", "update_named_expressions",
                 "check_for_new_objective", "update_objective"):  # fmt: skip
        setattr(updates, name, False)
    objectives = []
    begun = time.process_time()
    for case in cases:
        for k in moving:
            model.price[int(k)].value = float(case.cost[k])
        model.constant.value = case.offset
        objectives.append(float(solver.solve(model).best_feasible_objective))
    return (time.process_time() - begun) / len(cases), objectives


def start_rows() -> list[list[str]]:
    """CPU seconds of whole programs, and how many times that is what importing Pyomo and the solver takes."""
    floor = program_s("import pyomo.environ, highspy")
    rows = [["`python -c 'import pyomo.environ, highspy'`", f"{floor:.2f}", "1.0x"]]
    for verb in STARTS:
        typed = f"import sys; sys.argv = {['lunarchain', *verb.split()]!r}"
        taken = program_s(f"{typed}; from lunarchain.cli import main; main()")
        rows.append([f"`lunarchain {verb}`", at_most(taken, START_S, "", 2), f"{taken / floor:.1f}x"])
    return rows


def program_s(program: str, repeats: int = 5) -> float:
    """Least CPU seconds of a Python program from its start to its end, compiled to bytecode before."""
    with TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = folder
        seconds = []
        for _ in range(repeats + 1):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds[1:])


def gap_rows(runs: list[Path]) -> list[list[str]]:
    """What stored runs proved."""
    rows = []
    for run in runs:
        r = json.loads((run / "run.json").read_text(encoding="utf-8"))
        decision = f"{100 * r['decision_gap']:.1f} %" if r.get("decision_gap") is not None else "-"
        rows.append([
            r["name"], f"{r['columns']:,}", f"{r['nonzeros']:,}", f"{r['integers']:,}", f"{r['objective']:,.1f}",
            f"{r['bound']:,.1f}", f"{100 * r['gap']:.3f} %", decision, r["status"], f"{r['seconds']:.0f}",
        ])  # fmt: skip
    return rows


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(line) + " |" for line in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"


def at_most(value: float, aim: float, unit: str, digits: int) -> str:
    """A figure that should not be larger, with its verdict."""
    verdict = "hit" if value <= aim else "MISS"
    return f"{value:,.{digits}f}{unit} (at most {aim:g}: {verdict})"


def at_least(value: float, aim: float, unit: str, digits: int) -> str:
    """A figure that should not be smaller, with its verdict."""
    verdict = "hit" if value >= aim else "MISS"
    return f"{value:,.{digits}f}{unit} (at least {aim:g}: {verdict})"


def page(big: str, small: str, facts: Sequence[str], runs: list[Path]) -> str:
    """The whole page."""
    steps, memory = build_table(big), memory_table(big)
    curves = {fact: resolve_table(small, fact) for fact in facts}
    raw = steps["raw"]
    made = steps["build"] + steps["compile"] + steps["hand-over"]
    times = [
        [name, f"{1e3 * steps[name]:,.0f}", f"{steps[name] / raw:,.1f}x"]
        for name in ("build", "compile", "hand-over", "extract tables", "by Pyomo", "raw", "ready triplets")
    ]
    wanted = f"{at_most(made / raw, 20, 'x', 1)}; better still, {at_most(made / raw, 14, 'x', 1)}"
    times.append(["build + compile + hand-over", f"{1e3 * made:,.0f}", wanted])
    again = [
        [
            f"`{name}`", f"{1e3 * c['patched']:,.1f}", at_most(1e3 * c["outside the solver"], 1, "", 2),
            f"{c['pivots a case']:,.0f}", at_least(c["persistent Pyomo"] / c["patched"], 2, "x", 1),
            at_least(c["rebuilt"] / c["patched"], 20, "x", 0),
        ]
        for name, c in curves.items()
    ]  # fmt: skip
    return TEMPLATE.format(
        versions=", ".join(f"{name} {version(name)}" for name in VERSIONS),
        machine=f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        big=big, nonzeros=f"{steps['nonzeros']:,.0f}", times=table(["step", "CPU ms", "times the raw floor"], times),
        bytes=at_most(memory["bytes per nonzero"], 500, " bytes per nonzero", 0),
        imports=f"{memory['imports MB']:,.0f}",
        small=small, columns=f"{next(iter(curves.values()))['columns']:,.0f}", levels=LEVELS,
        spread=f"{100 * SPREAD:.0f}", curves=table(list(AGAIN_HEAD), again),
        starts=table(list(START_HEAD), start_rows()), gaps=table(list(GAP_HEAD), gap_rows(runs)),
    )  # fmt: skip


TEMPLATE = """# Performance

Written by `python scripts/measure_performance.py RUN...`; the same figures as tests: `pytest -m bench tests/bench -s`.
Versions: {versions}. Machine: {machine}. Times are CPU time, so that other work on the machine moves them little;
ratios are taken within one run.

## From a case to the solver

`{big}`, {nonzeros} nonzeros. The raw floor is the same matrix made by numpy, block by block (a family of rows by a
family of columns), sorted into columns and handed over; ready triplets leave even the making out. "by Pyomo" is the
Pyomo model of the same declarations, built and compiled by Pyomo's own standard-form compiler: the two matrices must be
equal, entry by entry, or this page is not written. Every build begins with inputs of its own, nothing known before.
The rules say what holds in all periods at once (`lunarchain/model/algebra.py`), so a few thousand lines of terms are
noted and not some hundred thousand single ones.

{times}
Peak memory above the imports and the tables of the case ({imports} MB): {bytes}.

## Solving again

`{small}` relaxed, {columns} columns, curves of {levels} levels of one factor from -{spread} to +{spread} %, in order.
Ours patches the arrays and goes on from the last vertex; Pyomo's persistent solver is told what changed and nothing
else; rebuilding solves from nothing by interior point. All three give the same optima.

{curves}
The rule (`lunarchain/solve/resolve.py`): costs changed: primal simplex from the last vertex; limits or coefficients:
dual simplex; a relative change beyond a tenth, or a warm solve as long as a cold one: interior point from nothing.
What is left of `compute.value` are pivots: it is the factor that moves most decisions, and every level is another plan.

## Start-up

CPU seconds of the whole program (the least of five, bytecode ready) against what importing Pyomo and the solver takes
alone; an answer of a tiny case is wanted within a second.

{starts}
About half of the shorter ones is imports: pandas with pyarrow 0.4 s, scipy's sparse matrices, the scheme of the input
and the command line 0.1 s each. pint is imported only for units that no shipped case needs
(`data/computed/unit_factors.csv`), Pyomo only where its own model is asked for.

## Gaps

What stored runs proved. The bound is the dual objective recomputed over finite column bounds
(`lunarchain/solve/bounds.py`), in every node of the tree (`lunarchain/solve/branch.py`). Seconds are those of the run,
on a machine shared with others.

{gaps}"""


def main(given: list[str]) -> None:
    """Measure, or only write the table of gaps anew."""
    target = Path("docs/performance.md")
    runs = [Path(name) for name in given if not name.startswith("--")]
    if "--starts" in given:
        before, _, rest = target.read_text(encoding="utf-8").partition(START_HEADING)
        _, found, after = rest.partition("\n## ")
        part = TEMPLATE.partition(START_HEADING)[2].partition("\n## ")[0]
        text = before + START_HEADING + part.format(starts=table(list(START_HEAD), start_rows())) + found + after
    elif "--gaps" in given:
        measured = target.read_text(encoding="utf-8").rpartition("| case |")[0]
        text = measured + table(list(GAP_HEAD), gap_rows(runs))
    else:
        text = page("models/04_terawatt", "models/03_one_driver", FACTS, runs)
    target.write_text(text, encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main(sys.argv[1:])
