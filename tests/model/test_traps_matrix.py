"""Traps of the matrix: forgotten postings, M above a bound, order, duals, unbounded columns."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyomo.core.expr.visitor import identify_variables

from lunarchain.model.build import build_pyomo
from lunarchain.model.calendar import make_calendar
from lunarchain.model.context import ALL
from lunarchain.model.inputs import without_moon
from lunarchain.scenario.schema import Calendar as CalendarInput
from lunarchain.solve.arrays import Arrays, by_variable

from .small import as_tuple, assemble, base, base_whole, fingerprint, inputs, symbolic

# which rows must hold what is posted in which ledger
BALANCES = {
    "commodity": "commodity_balance",
    "energy": "energy_balance",
    "heat": "heat_rejection",
    "labour": "robots_at_work",
    "structure": "structure_supply",
    "precision": "precision_supply",
    "landed": "cargo",
    "lifted": "cargo",
    "chips": "chip_supply",
    "parts": "parts_bought",
    "bodies": "bodies_bought",
}


def row_of(model: Any, ledger: str, key: Any) -> Any:
    index = {"landed": ("moon", *as_tuple(key)), "lifted": ("orbit", *as_tuple(key))}.get(ledger, key)
    return getattr(model, BALANCES[ledger])[index]


def in_period(ledger: str, key: Any, t: int) -> Any:
    """The index of the row that balances a key in a period."""
    if key == ALL:
        return t
    place, *rest = as_tuple(key)
    return (place, t, *rest) if ledger in ("energy", "heat") else (place, *rest, t)


@pytest.fixture(scope="module")
def two_sites() -> Any:
    given = inputs(moon={"sites": ["south_pole", "mare_33e"], "power": ["ring_grid_85", "day_pv"]})
    return build_pyomo(given)


@pytest.mark.parametrize("ledger", BALANCES)
def test_trap_7_double_entry_nothing_posted_is_forgotten(two_sites: Any, ledger: str) -> None:
    """Every variable a subsystem posts stands in the row that balances it, whatever the order of the subsystems."""
    book = getattr(two_sites.ledgers, ledger)
    missing = set()
    for key, t in product(book, two_sites.periods):
        coefficients, variables = book.terms(key, t)
        if ledger == "commodity" and min(coefficients, default=0.0) >= 0:
            continue  # nobody draws it: no row is needed
        row = row_of(two_sites.model, ledger, in_period(ledger, key, t))
        held = {id(variable) for variable in identify_variables(row.body)}
        missing |= {v.parent_component().name for v in variables if id(v) not in held and not v.fixed}
    assert not missing


def test_trap_7_double_entry_the_objective_is_the_sum_of_the_named_costs() -> None:
    """Re-added from the cost ledger with discounting of its own: payments, unmet demand, launches."""
    plan = base_whole()
    context, calendar = plan.context, plan.context.inputs.calendar
    values = by_variable(plan.arrays, plan.values)

    def discounted(t: int) -> float:
        instants = np.linspace(*(e - calendar.edges[0] for e in calendar.edges[t : t + 2]), 20001)
        flow = np.exp(-calendar.discount_rate * instants)
        return float(((flow[1:] + flow[:-1]) / 2 * np.diff(instants)).sum())

    total = plan.terms.cost(plan.values)
    for item, t in product(context.ledgers.cost, context.periods):
        prices, variables = context.ledgers.cost.terms(item, t)
        total += discounted(t) * sum(price * values[v] for price, v in zip(prices, variables, strict=True))
    value = context.inputs.number("compute.value", "GUSD/GW/yr")
    elasticity = context.inputs.number("compute.elasticity", "dimensionless")
    edges = context.inputs.scenario.demand.tiers
    for index, variable in context.model.tier.items():
        (_, tier, t), most = index, context.model.tier.upper_of(index)
        unserved = most - values[variable.number]
        total += discounted(t) * value * edges[tier] ** (-1 / elasticity) * unserved
    assert total == pytest.approx(plan.objective, rel=1e-6)


def test_trap_6_false_infeasible_no_m_above_what_the_row_can_reach() -> None:
    """In every row with a whole yes or no, its coefficient is at most what the rest of the row can come to."""
    given = inputs(moon={"sites": ["south_pole", "mare_33e"], "haulage": ["rover", "rail"]})
    arrays = assemble(given)[1]
    switches = np.flatnonzero(arrays.integer & (arrays.upper == 1))
    rows = arrays.matrix.tocsr()
    touched = np.unique(arrays.matrix[:, switches].nonzero()[0])
    assert touched.size
    loose = []
    for row in touched:
        entries = rows[row]
        columns, coefficients = entries.indices, entries.data
        reach = np.maximum(coefficients * arrays.lower[columns], coefficients * arrays.upper[columns])
        others = ~np.isin(columns, switches)
        if others.any() and np.abs(coefficients[~others]).max() > reach[others].sum() * (1 + 1e-9):
            loose.append(arrays.rows[row][0].name)
    assert loose == []


def test_trap_6_false_infeasible_m_is_the_limit_of_its_own_period() -> None:
    """What opening a site allows grows with what rockets can carry then, and never starts at the final value."""
    model = symbolic()
    most = [
        max(-c for c, v in zip(row.body.linear_coefs, row.body.linear_vars, strict=True) if v.is_binary())
        for row in model.open_before_landing.values()
    ]
    assert most == sorted(most) and most[0] < 0.5 * most[-1]


def same(first: Arrays, second: Arrays) -> bool:
    pairs = [
        (getattr(first, n), getattr(second, n))
        for n in ("row_lower", "row_upper", "cost", "lower", "upper", "integer")
    ]
    pairs += [(getattr(first.matrix, n), getattr(second.matrix, n)) for n in ("data", "indices", "indptr")]
    names = [c.name for c in first.columns] == [c.name for c in second.columns]
    return names and all(a.tobytes() == b.tobytes() for a, b in pairs)


def test_trap_8_order_the_same_scenario_gives_the_same_bytes() -> None:
    assert same(assemble(inputs())[1], base().arrays)


def test_trap_8_order_a_changed_number_changes_the_bytes() -> None:
    assert not same(assemble(inputs(demand={"first_gw": 201}))[1], base().arrays)


def test_trap_8_order_model_files_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    """A fresh interpreter with another string hashing writes byte-identical arrays, MPS and LP files."""
    program = "import sys; from tests.model.small import fingerprint; print(fingerprint(sys.argv[1]))"
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    elsewhere = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], env=environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert elsewhere.stdout.strip() == fingerprint(tmp_path)


def test_trap_15_loose_bounds_every_column_is_finite_in_both_arms() -> None:
    for given in (inputs(), without_moon(inputs())):
        arrays = assemble(given)[1]
        assert np.isfinite(arrays.lower).all() and np.isfinite(arrays.upper).all()
        assert (arrays.lower <= arrays.upper).all()


def test_trap_15_loose_bounds_caps_on_flows_are_never_what_limits_a_plan() -> None:
    """A cap is there for the proof. Demand, grid connections and fleet sizes are limits in their own right."""
    limits = {"tier", "halls_added", "flights", "cadence", "opened", "programme", "lifted_so_far", "served"}
    arrays = base().arrays
    full = (arrays.upper > arrays.lower) & (base().values > 0.999 * arrays.upper)
    at_cap = {arrays.columns[k].parent_component().name for k in np.flatnonzero(full)}
    assert at_cap - limits - {"ships_added"} == set()  # ships: see test_earth_launch


def test_trap_15_loose_bounds_shorter_steps_keep_the_coefficients_in_range() -> None:
    steps = {"calendar": {"start": 2036, "steps": [{"until": 2046, "years": 0.5}], "tail_periods": 0}}
    least, largest = assemble(inputs(**steps))[1].coefficient_range
    assert least >= 1e-6 and largest <= 1e6


def test_calendar_matches_its_steps() -> None:
    periods = make_calendar(
        CalendarInput.model_validate({"start": 2030, "steps": [{"until": 2032, "years": 1}]}), 0.08
    )
    assert periods.edges == (2030.0, 2031.0, 2032.0, 2037.0, 2042.0)
    assert periods.reported == 2
