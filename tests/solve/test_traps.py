"""Traps of the solver: false infeasibility, dropped coefficients, duals, the two gaps, loose bounds."""

from __future__ import annotations

import gc
from copy import deepcopy
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from lunarchain.errors import InfeasibleError
from lunarchain.model import build
from lunarchain.pipeline.solve_case import Solved
from lunarchain.scenario.facts import Facts
from lunarchain.solve import branch, highs
from lunarchain.solve.arrays import Arrays, UnsafeModelError, to_arrays
from lunarchain.solve.bounds import dual_bound, residuals
from lunarchain.solve.highs import Outcome, SolverMistrustError, solve_lp, solve_mip
from lunarchain.solve.learning import LearningTerms, true_cost, with_chords, with_tangents
from lunarchain.solve.record import compiled
from lunarchain.solve.rounding import COVERS, fixed, layout_of, whole_decisions
from lunarchain.solve.search import Answer, Limits, Rival
from tests.model.small import answer_of, assemble, base, base_whole, case, inputs, relaxed


def tiny(
    matrix: list[list[float]], low: list[float], high: list[float], cost: list[float], whole: bool = False
) -> Arrays:
    """A model small enough to be solved by eye: columns between 0 and 10."""
    count = len(cost)
    return Arrays(
        sparse.csc_matrix(np.array(matrix, dtype=float)), np.array(low), np.array(high), np.array(cost), 0.0,
        np.zeros(count), np.full(count, 10.0), np.full(count, whole), tuple(f"x{k}" for k in range(count)), (),
    )  # fmt: skip


@pytest.mark.parametrize("first", ["infeasible", "unknown"])
def test_trap_6_false_infeasible_is_asked_twice(first: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first 'infeasible', or an end without an answer, is not believed until presolve is off."""
    asked = []
    honest = highs._run

    def lying(arrays: Arrays, options: dict[str, object], **rest: object) -> Outcome:
        asked.append(options.get("presolve"))
        outcome = honest(arrays, options)
        return replace(outcome, status=first) if "presolve" not in options else outcome

    monkeypatch.setattr(highs, "_run", lying)
    assert solve_lp(tiny([[1.0]], [2.0], [np.inf], [1.0])).status == "optimal"
    assert asked == [None, "off"]


def test_trap_6_truly_infeasible_is_said_so() -> None:
    arrays = tiny([[1.0]], [20.0], [np.inf], [1.0])
    assert solve_lp(arrays).status == "infeasible"
    nothing_learns = LearningTerms(np.array([], dtype=int), np.array([]), ())
    with pytest.raises(InfeasibleError):
        answer_of(arrays, nothing_learns)


def test_interior_point_is_asked_for_by_the_name_that_means_one_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """'ipm' means another code once an extra package is installed, and the default simplex is many times slower."""
    asked: list[dict[str, object]] = []
    honest = highs.new_solver
    monkeypatch.setattr(highs, "new_solver", lambda options: asked.append(options) or honest(options))
    solve_lp(tiny([[1.0]], [2.0], [np.inf], [1.0]))
    solve_mip(tiny([[2.0]], [3.0], [np.inf], [1.0], whole=True), None, 1e-6, 10.0)
    assert [options.get("solver", options.get("mip_lp_solver")) for options in asked] == ["ipx", "ipx"]
    with pytest.raises(SolverMistrustError, match="solver=ipxx"):
        honest({"solver": "ipxx"})


def test_the_collector_is_off_only_while_a_model_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paused it is several times quicker; left off after a build that fails, it would never come back."""
    seen: list[bool] = []
    monkeypatch.setattr(build, "STEPS", (lambda context: seen.append(gc.isenabled()), lambda context: 1 / 0))
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        build.build(inputs())
    assert seen == [False] and gc.isenabled()


def test_coefficients_the_solver_would_drop_are_refused() -> None:
    """1e-10 is dropped by HiGHS without a word; the count of nonzeros tells."""
    with pytest.raises(SolverMistrustError, match="1 coefficients of 2"):
        solve_lp(tiny([[1.0, 1e-10]], [1.0], [np.inf], [1.0, 1.0]))


@pytest.mark.parametrize(
    "field, value, words",
    [
        ("cost", np.nan, "cost.*hulls"),
        ("cost", np.inf, "cost.*hulls"),
        ("row_upper", np.nan, "limit"),
        ("matrix", np.nan, "coefficient"),
    ],
)
def test_what_is_no_number_is_refused(
    field: str, value: float, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit that is no number would be ignored without a word, a cost make the whole objective none."""
    context = relaxed_context()
    honest = compiled(context.model)
    bad = deepcopy(getattr(honest, field))
    column = next(k for k, c in enumerate(honest.columns) if c.name.startswith("hulls["))
    (bad.data if field == "matrix" else bad)[column if field == "cost" else 0] = value
    spoilt = replace(honest, **{field: bad})
    monkeypatch.setattr("lunarchain.solve.record.compiled", lambda model: spoilt)
    with pytest.raises(UnsafeModelError, match=words):
        to_arrays(context.model)


@pytest.mark.parametrize("multiplier", [1e-9, 1e9])
def test_a_bad_unit_is_refused_by_the_name_of_its_column(multiplier: float) -> None:
    """Traffic entered in the wrong unit: the message names the variables it touches."""
    with pytest.raises(UnsafeModelError, match=r"served\[.*safe range|safe range.*served\["):
        assemble(inputs(scale={"services.batch.traffic": multiplier}))


def test_units_of_entry_do_not_matter() -> None:
    """Energy in joules, mass in grams, money in cents of a unit: the same matrix to the last digits."""
    units = {
        "processes.P09.electricity": ("J/m**2", 3.6e6), "power.fission.imported_mass_earth": ("g/W", 1.0),
        "haulage.rover.energy": ("J/g", 3600.0), "vehicles.starship.payload_leo": ("kg/flight", 1e3),
        "prices.plant": ("USD/t", 1e3), "ground.electricity": ("USD/MWh", 1e3),
    }  # fmt: skip
    from lunarchain.model.inputs import make_inputs
    from tests.model.small import departures

    chosen = case()
    renamed = {
        k: replace(chosen.facts[k], unit=u, value=chosen.facts[k].value * f) for k, (u, f) in units.items()
    }
    other = assemble(make_inputs(chosen.scenario, Facts({**chosen.facts, **renamed}), departures()))[1]
    assert np.allclose(other.matrix.data, base().arrays.matrix.data, rtol=1e-12)
    assert np.allclose(other.cost, base().arrays.cost, rtol=1e-12)


def test_trap_9_duals_of_whole_numbers_are_not_reported() -> None:
    outcome = solve_mip(tiny([[2.0]], [3.0], [np.inf], [1.0], whole=True), None, 1e-6, 10.0)
    assert outcome.status == "optimal" and outcome.row_duals is None
    assert outcome.values is not None and outcome.values[0] == 2


def test_trap_9_duals_with_integers_fixed_are_prices() -> None:
    """The price of energy where it is dearest: a gift of one GWh a year saves what the dual says."""
    plan = base_whole()
    whole = {int(k): float(np.round(plan.values[k])) for k in np.flatnonzero(plan.arrays.integer)}
    prices = fixed(with_tangents(plan.arrays, plan.terms, plan.values), whole)
    before = solve_lp(prices, crossover=True)
    assert before.row_duals is not None
    rows = [k for k, (row, _) in enumerate(prices.rows) if row.parent_component().name == "energy_balance"]
    row = min(rows, key=lambda k: before.row_duals[k])
    assert before.row_duals[row] < 0
    more = prices.row_upper.copy()
    more[row] += 1.0
    after = solve_lp(replace(prices, row_upper=more), crossover=True)
    assert after.objective - before.objective == pytest.approx(before.row_duals[row], rel=0.02)


def test_trap_10_the_gap_chords_lie_below_and_tangents_above_the_truth() -> None:
    plan = base()
    columns, top = plan.terms.columns, plan.arrays.upper[plan.terms.columns]
    chords = with_chords(plan.arrays, plan.terms, np.zeros(len(columns)), top)
    tangents = with_tangents(plan.arrays, plan.terms, plan.values)
    random = np.random.default_rng(1)
    for _ in range(50):
        point = random.uniform(plan.arrays.lower, plan.arrays.upper)
        truth = true_cost(plan.arrays, plan.terms, point)
        slack = 1e-9 * abs(truth)
        assert chords.cost @ point + chords.offset <= truth + slack
        assert truth <= tangents.cost @ point + tangents.offset + slack
    at_plan = tangents.cost @ plan.values + tangents.offset
    assert at_plan == pytest.approx(true_cost(plan.arrays, plan.terms, plan.values), rel=1e-9)
    edge = plan.values.copy()
    edge[columns] = top  # where cadence binds the chord is exact
    assert chords.cost @ edge + chords.offset == pytest.approx(
        true_cost(plan.arrays, plan.terms, edge), rel=1e-9
    )


def test_trap_10_the_gap_bound_is_recomputed_below_the_plan() -> None:
    plan = base_whole()
    assert plan.bound <= plan.objective
    assert residuals(plan.arrays, plan.values) <= 1e-6
    assert plan.objective == pytest.approx(true_cost(plan.arrays, plan.terms, plan.values), rel=1e-9)
    chords = with_chords(
        plan.arrays, plan.terms, np.zeros(len(plan.terms.columns)), plan.arrays.upper[plan.terms.columns]
    )
    outcome = solve_lp(chords)
    assert outcome.row_duals is not None
    assert dual_bound(chords, outcome.row_duals) == pytest.approx(outcome.objective, rel=1e-5)
    assert dual_bound(chords, outcome.row_duals) <= plan.objective


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=2, max_size=2))
def test_trap_10_the_gap_any_multipliers_give_a_valid_bound(duals: list[float]) -> None:
    """Minimum of x + 2y with x + y >= 3 and x - y <= 1, by eye (2, 1): no multipliers reach above its cost of 4."""
    arrays = tiny([[1.0, 1.0], [1.0, -1.0]], [3.0, -np.inf], [np.inf, 1.0], [1.0, 2.0])
    assert dual_bound(arrays, np.array(duals)) <= 4.0 + 1e-9
    assert dual_bound(arrays, np.array([1.5, -0.5])) == pytest.approx(4.0)


@pytest.mark.parametrize(
    "rival, plan, bound, done", [(110, 100, 99.9, True), (110, 100, 98, False), (100.02, 100, 99.95, True)]
)
def test_trap_11_the_decision_gap_decides_when_to_stop(
    rival: float, plan: float, bound: float, done: bool
) -> None:
    limits = Limits(1e-3, 0.1, 0.0, 1, Rival(rival, rival - 0.05))
    assert limits.reached(plan, bound) is done


def test_trap_11_the_decision_gap_matters_beyond_the_gap_on_the_cost() -> None:
    """A gap of 0.1 % of the cost is half of what the Moon saves here: not enough."""
    assert not Limits(1e-3, 0.1, 0.0, 1, Rival(1002.0, 1001.9)).reached(1000.0, 999.1)
    assert Limits(1e-3, 0.1, 0.0, 1, None).reached(1000.0, 999.1)


def test_trap_11_the_decision_record_follows_from_both_arms() -> None:
    def arm(objective: float, bound: float) -> object:
        return SimpleNamespace(answer=Answer(np.zeros(0), objective, bound, "optimal", "recomputed"))

    decision = Solved(arm(90.0, 89.0), arm(100.0, 99.5)).decision()  # type: ignore[arg-type]
    assert decision == {"decision_value": 10.0, "decision_gap": pytest.approx(0.15), "moon_worth_bound": 11.0}
    worse = Solved(arm(100.0, 99.0), arm(100.0, 99.5)).decision()  # type: ignore[arg-type]
    assert worse["decision_gap"] is None and worse["moon_worth_bound"] == 1.0
    alone = arm(1.0, 1.0)
    assert set(Solved(alone, alone).decision().values()) == {None}  # type: ignore[arg-type]


def test_trap_15_loose_bounds_an_unbounded_column_is_refused_by_name() -> None:
    context = relaxed_context()
    hulls = context.model.hulls
    hulls.upper[list(hulls).index(("mare_33e", 2))] = None
    with pytest.raises(UnsafeModelError, match=r"hulls\[mare_33e,2\]"):
        to_arrays(context.model)


def relaxed_context() -> object:
    return assemble(inputs())[0]


def test_trap_15_loose_bounds_the_solver_cannot_prove_more_than_a_plan_costs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A solver that boasts of its bounds changes nothing: what is proven is recomputed from the duals."""
    plan = base_whole()
    honest_bound = answer_of(plan.arrays, plan.terms, gap=5e-4).bound
    honest = branch.solve_lp

    def boasting(*arguments: object, **more: object) -> Outcome:
        outcome = honest(*arguments, **more)  # type: ignore[arg-type]
        return replace(outcome, bound=outcome.objective * 1.5, objective=outcome.objective * 1.5)

    monkeypatch.setattr(branch, "solve_lp", boasting)
    answer = answer_of(plan.arrays, plan.terms, gap=5e-4)
    assert answer.bound == pytest.approx(honest_bound, rel=1e-9)
    assert answer.bound <= answer.objective


def test_the_same_case_gives_the_same_objective_twice() -> None:
    assert relaxed(inputs()).objective == base().objective


def test_whole_decisions_are_whole_and_within_bounds() -> None:
    plan = base()
    for cover in COVERS:
        decided = whole_decisions(plan.arrays, layout_of(plan.arrays), plan.values, cover)
        assert set(decided) == set(np.flatnonzero(plan.arrays.integer))
        for k, value in decided.items():
            assert value == round(value)
            assert plan.arrays.lower[k] <= value <= plan.arrays.upper[k]
