"""Feasible plans of random purpose: whatever a plan is made to want, it makes no mass, no element and no energy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lunarchain.model.context import Context
from lunarchain.plan.audit import audit_tables, read_case
from lunarchain.plan.audit.case import Case
from lunarchain.plan.audit.certificate import Certificate
from lunarchain.plan.extract import extract
from lunarchain.solve.arrays import Arrays
from lunarchain.solve.highs import solve_lp
from tests.plan.conftest import departures, prepared

# what is wanted, one at a time or together: the rest is paid for at random, so that plans go odd ways
WANTED = (
    "added",
    "hulls",
    "shipped",
    "thrown",
    "served",
    "activity",
    "power_added",
    "robots_added",
    "hauled",
    "in_service",
)
CONSERVED = {
    "site mass",
    "site element",
    "energy",
    "commodity balance",
    "heat rejection",
    "hull balance",
    "cargo",
    "lift",
}
FEW = settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Open:
    """The small audited case before anyone says what it is for."""

    context: Context
    arrays: Arrays
    case: Case


@cache
def problem() -> Open:
    context, arrays = prepared()
    inputs = context.inputs
    return Open(context, arrays, read_case(inputs.scenario, inputs.facts, departures()))


def certificate(wanted: set[str], seed: int) -> Certificate:
    """The audit of a plan that minimises random prices of everything, what is wanted at a random reward."""
    given_, rng = problem(), np.random.default_rng(seed)
    names = [column.parent_component().name for column in given_.arrays.columns]
    price = rng.uniform(0.0, 1.0, len(names))
    reward = np.array([name in wanted for name in names]) * rng.uniform(0.0, 10.0, len(names))
    outcome = solve_lp(replace(given_.arrays, cost=price - reward), crossover=True)
    assert outcome.status == "optimal" and outcome.values is not None
    return audit_tables(given_.case, extract(given_.context, given_.arrays, outcome.values))


@FEW
@given(st.sets(st.sampled_from(WANTED), min_size=1, max_size=3), st.integers(0, 10**6))
def test_no_random_feasible_plan_makes_mass_elements_or_energy(wanted: set[str], seed: int) -> None:
    found = certificate(wanted, seed)
    assert {check.name for check in found.checks} >= CONSERVED
    assert found.passed, [(check.name, check.worst) for check in found.checks if not check.passed]
