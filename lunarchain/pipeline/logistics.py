"""A logistics case from end to end: check, model, whole-number plan, tables, audit, store."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.errors import InfeasibleError, InputError, Issue, NoAnswerError, answered_within
from lunarchain.logistics import design
from lunarchain.logistics.model import build
from lunarchain.logistics.network import Network, make_network
from lunarchain.model.algebra import Model
from lunarchain.pipeline import store
from lunarchain.pipeline.identity import identity
from lunarchain.pipeline.store import Run
from lunarchain.plan import logistics as plan
from lunarchain.plan.audit.logistics import audit
from lunarchain.plan.tables import Tables
from lunarchain.scenario.load import Case
from lunarchain.scenario.logistics import Logistics
from lunarchain.solve.arrays import Arrays, Vector, by_variable, to_arrays
from lunarchain.solve.highs import Outcome, solve_lp, solve_mip
from lunarchain.solve.rounding import fixed
from lunarchain.solve.search import Progress
from lunarchain.units import factor

# plans that only rank designs need no closer proof than the ranking
RANKING_GAP = 1e-5


@dataclass(frozen=True)
class Answer:
    """A solved logistics case. Objective and bound in kg."""

    network: Network
    tables: Tables
    arrays: Arrays
    objective_kg: float
    bound_kg: float
    status: str
    phases: dict[str, float]

    @property
    def gap(self) -> float:
        """Relative gap between plan and bound."""
        return max(self.objective_kg - self.bound_kg, 0.0) / max(abs(self.objective_kg), 1e-9)

    def record(self) -> dict[str, Any]:
        """What ``run.json`` says of the solve."""
        return {
            "status": self.status, "objective": self.objective_kg, "bound": self.bound_kg, "gap": self.gap,
            "objective_unit": "kg", "bound_rests_on": "the integer solver's own bound",
            "columns": self.arrays.matrix.shape[1], "rows": self.arrays.matrix.shape[0],
            "nonzeros": int(self.arrays.matrix.nnz), "integers": int(self.arrays.integer.sum()),
            "coefficient_range": list(self.arrays.coefficient_range), "phases": self.phases,
        }  # fmt: skip


def solve_logistics(case: Case, progress: Progress) -> Answer:
    """The least-mass plan of a logistics case.

    Raises ``InfeasibleError`` when nothing can deliver what is wanted, ``NoAnswerError`` when time runs out first.
    """
    given = _given(case)
    begun = time.perf_counter()
    network = make_network(given, case.facts)
    phases: dict[str, float] = {}
    for name, vehicle in given.vehicles.items():
        if vehicle.free is not None:
            network = _designed(design.make_task(network, name, vehicle.free, case.facts), progress)
            phases["design"] = round(time.perf_counter() - begun, 2)
    progress("whole numbers", None, None)
    at = time.perf_counter()
    model = build(network)
    arrays = to_arrays(model)
    phases["build"] = round(time.perf_counter() - at, 3)
    at = time.perf_counter()
    limit_s = case.scenario.solve.time_limit_s
    with answered_within(limit_s):
        outcome = solve_mip(arrays, None, case.scenario.solve.gap / 2, limit_s)
        found = _plan_of(arrays, outcome)
    values = _fewest(arrays, found, model, network)
    phases["solve"] = round(time.perf_counter() - at, 3)
    named = {column.name: float(value) for column, value in zip(arrays.columns, values, strict=True)}
    objective, bound = (
        factor("t", "kg") * float(x) for x in (arrays.cost @ values + arrays.offset, outcome.bound)
    )
    closed = objective - bound <= case.scenario.solve.gap * objective
    status = "optimal" if closed else "gap not reached"
    return Answer(network, plan.tables(network, named), arrays, objective, bound, status, phases)


def _given(case: Case) -> Logistics:
    if case.scenario.logistics is None:
        raise InputError([Issue(case.file, "logistics", "nothing", "a case about moving things")])
    return case.scenario.logistics


def _plan_of(arrays: Arrays, outcome: Outcome) -> Vector:
    """The plan to a vertex: whole numbers as found, the rest solved again to the tolerance of a plan."""
    if outcome.status == "infeasible":
        raise InfeasibleError(
            "no plan delivers what is wanted: too few vehicles, too small tanks, or no way there"
        )
    if outcome.values is None or not np.isfinite(outcome.objective):
        raise NoAnswerError("the solver had none yet")
    whole = {int(k): float(round(outcome.values[k])) for k in np.flatnonzero(arrays.integer)}
    settled = solve_lp(fixed(arrays, whole), crossover=True)
    return outcome.values if settled.values is None else settled.values


def _fewest(arrays: Arrays, values: Vector, model: Model, network: Network) -> Vector:
    """No more vehicles than needed of those whose own mass is not counted: the objective does not see them."""
    free = np.array([
        column.parent_component() is model.vehicles and network.craft[column.index()[1]].dry_t == 0
        for column in arrays.columns
    ])  # fmt: skip
    if not free.any():
        return values
    fewest = replace(
        arrays,
        cost=free.astype(float),
        lower=np.where(free, arrays.lower, values),
        upper=np.where(free, arrays.upper, values),
    )
    outcome = solve_mip(fewest, values, 0.0, 60.0)
    return values if outcome.values is None else np.where(free, np.round(outcome.values), values)


def _designed(task: design.Task, progress: Progress) -> Network:
    progress("vehicle sizes", None, None)

    def whole(model: Model) -> tuple[float, design.Counts] | None:
        arrays = to_arrays(model)
        outcome = solve_mip(arrays, None, RANKING_GAP, 60.0)
        if outcome.status != "optimal" or outcome.values is None:
            return None
        found = by_variable(arrays, outcome.values)
        flown = {key: round(float(found[vehicle.number])) for key, vehicle in model.vehicles.items()}
        return outcome.objective, flown

    def relaxed(model: Model) -> dict[str, float] | None:
        arrays = to_arrays(model)
        outcome = solve_lp(arrays, crossover=True)
        if outcome.status != "optimal" or outcome.values is None:
            return None
        return {
            column.name: float(value) for column, value in zip(arrays.columns, outcome.values, strict=True)
        }

    try:
        return design.search(task, whole, relaxed, lambda cost: progress("vehicle sizes", None, None))
    except ValueError as error:
        raise InfeasibleError(str(error)) from None


def run_logistics(
    case: Case,
    path: Path,
    departures: pd.DataFrame,
    progress: Progress,
    log: list[str],
    finish: Callable[[Run], object],
) -> Run:
    """Answer a logistics case and store the answer; ``finish`` adds what higher rooms make of it."""
    begun = time.perf_counter()
    answer = solve_logistics(case, progress)
    progress("audit", None, None)
    certificate = audit(answer.tables, _given(case), case.facts)
    record = {
        **identity(case, time.perf_counter() - begun),
        **answer.record(),
        "warnings": [],
        "audit": {"passed": certificate.passed, "max_residual": certificate.max_residual},
        "fly": {"passed": True, "checked": 0, "failed": 0, "rounds": 0},
        "figures": plan.figures(answer.tables, answer.network),
    }

    def write(folder: Path) -> None:
        store.write_inputs(folder, case.scenario, case.facts, departures)
        store.write_tables(folder, answer.tables)
        pd.DataFrame({"passed": pd.Series(dtype=bool)}).to_parquet(folder / store.VERDICT, index=False)
        store.write_json(folder / store.CERTIFICATE, certificate.as_dict())
        (folder / "log.txt").write_text("\n".join(log) + "\n", encoding="utf-8")
        store.write_json(folder / store.RECORD, record)
        finish(Run(folder))

    return store.write_run(path, write)
