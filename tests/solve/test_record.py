"""One declaration of the math, two ways to the solver: our arrays and those of Pyomo's compiler are the same bits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.logistics.model import build as build_logistics
from lunarchain.logistics.network import make_network
from lunarchain.model import algebra
from lunarchain.model.algebra import Constraint, DeclarationError, Model, Objective, Var
from lunarchain.model.build import build, build_pyomo
from lunarchain.model.inputs import make_inputs, without_moon
from lunarchain.model.ledger import linear
from lunarchain.model.symbolic import Symbolic
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.scenario.load import load
from lunarchain.solve.arrays import Arrays, by_variable, to_arrays
from lunarchain.solve.highs import solve_lp

MODELS = Path(__file__).parents[2] / "models"
CASES = sorted(path.parent for path in MODELS.glob("0*/scenario.toml"))
MOVING = sorted(path.parent for path in MODELS.glob("logistics/*/scenario.toml"))
LARGE = "04_terawatt"


def assert_same(ours: Arrays, theirs: Arrays) -> None:
    for side in ("cost", "lower", "upper", "integer", "row_lower", "row_upper"):
        assert np.array_equal(getattr(ours, side), getattr(theirs, side)), side
    assert ours.offset == pytest.approx(theirs.offset, rel=1e-15)
    first, second = ours.matrix, theirs.matrix
    second.sort_indices()
    for part in ("shape", "indptr", "indices", "data"):
        assert np.array_equal(getattr(first, part), getattr(second, part)), part
    assert [column.name for column in ours.columns] == [unquoted(column) for column in theirs.columns]
    assert [(row.name, side) for row, side in ours.rows] == [
        (unquoted(row), side) for row, side in theirs.rows
    ]


def unquoted(item: Any) -> str:
    """Pyomo puts quotes round a word with a dot in it."""
    return item.name.replace("'", "")


@pytest.mark.parametrize(
    "folder",
    [pytest.param(path, marks=[pytest.mark.slow] * (path.name == LARGE), id=path.name) for path in CASES],
)
def test_every_shipped_case_is_the_same_matrix(folder: Path) -> None:
    case = load(str(folder), [], [])
    inputs = make_inputs(case.scenario, case.facts, shipped_departures())
    arms = [inputs, without_moon(inputs)] if inputs.sites else [inputs]
    for arm in arms:
        symbolic = build_pyomo(arm).model
        assert_same(to_arrays(build(arm).model), to_arrays(symbolic))


@pytest.mark.parametrize("folder", MOVING, ids=lambda path: path.name)
def test_every_shipped_logistics_case_is_the_same_matrix(folder: Path) -> None:
    case = load(str(folder), [], [])
    assert case.scenario.logistics is not None
    network = make_network(case.scenario.logistics, case.facts)
    symbolic = Symbolic("logistics")
    build_logistics(network, symbolic)
    assert_same(to_arrays(build_logistics(network)), to_arrays(symbolic.pyomo))


numbers = st.integers(-40, 40).map(lambda n: n / 8)  # sums of these are exact in any order
terms = st.lists(st.tuples(numbers, st.integers(0, 5)), max_size=6)
rows = st.lists(st.tuples(terms, st.sampled_from(["<=", ">=", "=="]), terms, numbers), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    rows=rows, costs=st.lists(numbers, min_size=6, max_size=6), held=st.sets(st.integers(0, 5), max_size=2)
)
def test_any_declaration_is_the_same_matrix(
    rows: list[tuple[list[tuple[float, int]], str, list[tuple[float, int]], float]],
    costs: list[float],
    held: set[int],
) -> None:
    """Terms on both sides, doubled, cancelling, of variables held fixed: rows that end empty hold or are left out."""
    made = []
    for model in (Model("any"), Symbolic("any")):
        model.x = Var(range(6), bounds=lambda _, k: (-1.0, k + 1.0), domain=algebra.Reals)
        model.y = Var([("a", 1), ("a", 2)], domain=algebra.Binary)
        for k in held:
            algebra.fix(model.x, k, 0.5)

        def rule(m: Model, k: int) -> object:
            left, relation, right, number = rows[k]
            body = linear([*((c, m.x[j]) for c, j in left), (1.0, m.y["a", 1])])
            other = linear([(c, m.x[j]) for c, j in right]) if right else number
            return {"<=": body <= other, ">=": body >= other, "==": body == other}[relation]

        model.row = Constraint(range(len(rows)), rule=rule)
        model.pair = Constraint([0], rule=lambda m, _: m.x[0] - 2.0 * m.x[1] + m.y["a", 2] <= 3.0)
        model.cost = Objective(expr=linear([(c, model.x[k]) for k, c in enumerate(costs)], 2.5))
        made.append(model)
    assert_same(to_arrays(made[0]), to_arrays(made[1].pyomo))


def test_what_a_rule_says_must_be_a_row() -> None:
    model = Model()
    model.x = Var([0, 1], bounds=(0, 1))
    with pytest.raises(DeclarationError, match=r"row\[0\].*True.*no row"):
        model.row = Constraint([0], rule=lambda m, _: True)
    with pytest.raises(DeclarationError, match="neither true nor false"):
        bool(model.x[0] <= 1)
    with pytest.raises(AttributeError, match="no y yet"):
        _ = model.y


def test_a_row_of_nothing_that_cannot_hold_reaches_the_solver() -> None:
    """Nothing can make 0 >= 1: the solver must say so, nobody may drop it."""
    model = Model()
    model.x = Var([0], bounds=(0, 1))
    model.cost = Objective(expr=linear([(1.0, model.x[0])]))
    model.held = Constraint([0, 1], rule=lambda m, k: linear([]) >= float(k))
    arrays = to_arrays(model)
    assert arrays.matrix.shape[0] == 1
    assert solve_lp(arrays).status == "infeasible"


def test_values_find_their_variables_again() -> None:
    model = Model()
    model.unused = Var([0, 1], bounds=(0, 1))
    model.x = Var(["a", "b"], bounds=(0, 1))
    algebra.fix(model.x, "a", 1.0)
    model.row = Constraint([0], rule=lambda m, _: m.x["a"] + m.x["b"] >= 1.25)
    model.cost = Objective(expr=linear([(1.0, model.x["b"])]))
    arrays = to_arrays(model)
    assert [column.name for column in arrays.columns] == ["x[b]"]
    assert by_variable(arrays, np.array([0.25])).tolist() == [0.0, 0.0, 0.0, 0.25]
    assert arrays.row_lower.tolist() == [0.25]


@pytest.mark.parametrize(
    "said",
    [
        lambda m: m.x[0] ** 2 <= 1, lambda m: abs(m.x[0]) <= 1, lambda m: +m.x[0] <= 1, lambda m: 2 / m.x[0] <= 1,
        lambda m: m.x[0] * m.x[1] <= 1, lambda m: round(m.x[0]) <= 1, lambda m: max(m.x[0], m.x[1]) <= 1,
        lambda m: linear([(m.x[1], 3.0)]) <= 1, lambda m: m.x[0] // 2 <= 1,
    ],
)  # fmt: skip
def test_what_is_not_linear_is_refused_and_never_done_with_the_number_of_a_variable(
    said: Callable[[Model], object],
) -> None:
    model = Model()
    model.x = Var(range(3), bounds=(0, 1))
    with pytest.raises((DeclarationError, TypeError)):
        model.row = Constraint([0], rule=lambda m, _: said(m))


def test_a_share_of_a_variable_is_that_of_pyomo() -> None:
    model = Model()
    model.x = Var(range(3), bounds=(0, 1))
    model.row = Constraint([0], rule=lambda m, _: m.x[2] / 4 + (m.x[1] + 6) / 2 <= 5)
    (row,) = model.rows
    assert sorted(zip(row.variables, row.coefficients, strict=True)) == [(1, 0.5), (2, 0.25)]
    assert row.high[0] == 2.0


def test_a_family_declared_twice_and_an_objective_to_be_maximised_are_refused() -> None:
    model = Model()
    model.x = Var(range(3), bounds=(0, 1))
    with pytest.raises(DeclarationError, match="x is declared twice"):
        model.x = Var(range(2), bounds=(0, 1))
    with pytest.raises(DeclarationError, match="minimised"):
        model.cost = Objective(expr=model.x[0] + model.x[1], sense=-1)


PERIODS = 4
each = st.lists(numbers, min_size=PERIODS, max_size=PERIODS)


@settings(max_examples=60, deadline=None)
@given(
    scalar=numbers, byte=each, sides=each, mask=st.lists(st.booleans(), min_size=PERIODS, max_size=PERIODS)
)
def test_a_rule_for_all_periods_says_what_a_rule_for_each_would(
    scalar: float, byte: list[float], sides: list[float], mask: list[bool]
) -> None:
    """Lines with one number, a number a period, a period earlier, all so far, some rows only: against loops by hand."""
    lines, loops, wanted = Model("lines", PERIODS), Model("loops"), np.array(mask)
    periods = range(PERIODS)
    for m, keys in (
        (lines, [("a", ..., "x"), ("a", ..., "y")]),
        (loops, [("a", t, s) for t in periods for s in "xy"]),
    ):
        m.flow = Var(keys, bounds=(0, 1))
        m.total = Var([...] if m is lines else periods, bounds=(0, 9))

    def at_once(m: Model) -> object:
        x, y, total = m.flow["a", ..., "x"], m.flow["a", ..., "y"], m.total[...]
        terms = [
            (scalar, x),
            (np.array(byte), y),
            (2.0, total.before()),
            (-1.0, x.so_far()),
            (3.0, y.only(wanted)),
        ]
        return linear([*terms, (1.0, total.times(np.array(byte)))], np.array(byte)) <= np.array(sides)

    def one_by_one(m: Model, t: int) -> object:
        terms = [(scalar, m.flow["a", t, "x"]), (byte[t], m.flow["a", t, "y"])]
        terms += [(2.0, m.total[t - 1])] if t else []
        terms += [(-1.0, m.flow["a", k, "x"]) for k in range(t + 1)]
        terms += [(3.0, m.flow["a", t, "y"])] if mask[t] else []
        return linear([*terms, (byte[t], m.total[t])], byte[t]) <= sides[t]

    lines.row = Constraint([...], rule=at_once, periods=wanted)
    loops.row = Constraint([t for t in periods if mask[t]], rule=one_by_one)
    for m in (lines, loops):
        m.cost = Objective(
            expr=linear([(1.0, m.total[...])] if m is lines else [(1.0, m.total[t]) for t in periods])
        )
    assert list(lines.flow) == list(loops.flow)
    ours, theirs = to_arrays(lines), to_arrays(loops)
    assert_same(ours, theirs)


def test_a_single_variable_has_no_place_in_a_rule_for_all_periods() -> None:
    model = Model("lines", PERIODS)
    model.x = Var([...], bounds=(0, 1))
    with pytest.raises(DeclarationError, match="a coefficient and a line"):
        model.row = Constraint([...], rule=lambda m: m.x[0] <= 1)
