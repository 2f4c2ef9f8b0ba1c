"""The search: what it proves, and what it hands over when time or the user ends it early."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from lunarchain.model.learning import LearningCurve
from lunarchain.solve.arrays import Arrays
from lunarchain.solve.bounds import dual_bound, proves_empty, residuals, without_forced
from lunarchain.solve.branch import Node, Split, Sum, Tree, best_splits, children, counts, model_of, parts_of
from lunarchain.solve.highs import Outcome, least_violation, solve_lp, solve_mip
from lunarchain.solve.learning import LearningTerms, true_cost, with_chords, with_tangents
from lunarchain.solve.openings import waiting_rows, with_waiting
from lunarchain.solve.plans import Plans
from lunarchain.solve.search import Limits, search
from lunarchain.solve.tighten import Narrowing, _is_sharp
from tests.model.small import answer_of, base, base_whole

NOTHING_LEARNS = LearningTerms(np.array([], dtype=int), np.array([]), ())


def quiet(phase: str, plan: float | None, bound: float | None) -> None:
    """No progress."""


def limits(seconds: float = 120.0, gap: float = 2e-4) -> Limits:
    return Limits(gap, 0.5, time.perf_counter() + seconds, 1)


def root() -> Node:
    arrays = base_whole().arrays
    return Node(arrays.lower, arrays.upper, (), -np.inf, base().values)


def groups() -> list[np.ndarray]:
    """Sums the tree may split, broadest first."""
    return sorted(itertools.chain.from_iterable(counts(base_whole().arrays)), key=len, reverse=True)


def proven(node: Node) -> float:
    plan = base_whole()
    model = model_of(plan.arrays, plan.terms, node, waiting_rows(plan.arrays))
    outcome = solve_lp(model)
    if outcome.status == "infeasible":
        return np.inf
    assert outcome.row_duals is not None
    return dual_bound(model, outcome.row_duals)


def test_the_tree_closes_the_gap_with_bounds_of_its_own() -> None:
    plan = base_whole()
    answer = answer_of(plan.arrays, plan.terms, gap=3e-4)
    assert answer.status == "optimal" and answer.gap <= 3e-4 and "proof" in answer.phases
    assert residuals(plan.arrays, answer.values) <= 1e-6
    assert answer.objective == pytest.approx(true_cost(plan.arrays, plan.terms, answer.values), rel=1e-9)


@pytest.mark.slow
def test_the_tree_agrees_with_the_integer_solver() -> None:
    """On chords alone (the learning curve straight) both must find one optimum."""
    plan = base_whole()
    columns = plan.terms.columns
    chords = with_chords(plan.arrays, plan.terms, plan.arrays.lower[columns], plan.arrays.upper[columns])
    nothing_learns = replace(plan.terms, columns=columns[:0], weights=plan.terms.weights[:0], curves=())
    ours = search(chords, nothing_learns, limits(), quiet)
    theirs = solve_mip(chords, None, 1e-7, 120.0)
    assert ours.bound <= theirs.objective * (1 + 1e-7)
    assert theirs.bound <= ours.objective * (1 + 1e-7)
    assert ours.objective == pytest.approx(theirs.objective, rel=4e-4)


def test_every_split_keeps_every_plan_in_one_part_and_no_part_proves_less() -> None:
    plan = base_whole()
    values, top = plan.values, proven(root())
    for group, at in itertools.product(groups()[::7], (0, 1)):
        split = Split(group, float(at), float(at + 1), 0.0)
        inside = [_holds(part, values) for part in children(root(), split)]
        assert sum(inside) == 1
    for group in groups()[:3]:
        for part in children(root(), Split(group, 0.0, 1.0, 0.0)):
            bound = proven(part)
            assert bound >= top - 1e-6 * abs(top)
            if _holds(part, values):
                assert bound <= plan.objective * (1 + 1e-9)


def _holds(node: Node, values: np.ndarray) -> bool:
    slack = 1e-6
    within = np.all(values >= node.lower - slack * (1 + np.abs(node.lower)))
    within &= np.all(values <= node.upper + slack * (1 + np.abs(node.upper)))
    return bool(within) and all(s.low - slack <= values[s.columns].sum() <= s.high + slack for s in node.sums)


def test_limits_on_one_sum_are_merged() -> None:
    columns = groups()[0]
    at_most, _ = children(root(), Split(columns, 5.0, 6.0, 0.0))
    _, between = children(at_most, Split(columns, 2.0, 3.0, 0.0))
    assert len(between.sums) == 1
    assert isinstance(between.sums[0], Sum) and (between.sums[0].low, between.sums[0].high) == (3.0, 5.0)


def _relaxed(arrays: Arrays) -> Arrays:
    return replace(arrays, integer=np.zeros_like(arrays.integer))


def test_the_same_arrays_give_the_same_bytes_twice() -> None:
    plan = base_whole()
    first, second = (answer_of(plan.arrays, plan.terms, gap=5e-4) for _ in range(2))
    assert first.values.tobytes() == second.values.tobytes()
    assert (first.objective, first.bound) == (second.objective, second.bound)


def test_what_rows_force_to_nothing_changes_no_plan() -> None:
    """Nothing lands in the first years: what would need it is fixed at zero, and the optimum stays where it was."""
    plan = base_whole()
    columns = plan.terms.columns
    chords = with_chords(plan.arrays, plan.terms, plan.arrays.lower[columns], plan.arrays.upper[columns])
    forced = without_forced(chords)
    gone = forced.upper < chords.upper
    assert gone.any()
    assert np.all(np.abs(plan.values[gone]) <= 1e-9) and np.all(np.abs(base().values[gone]) <= 1e-6)
    assert solve_lp(forced).objective == pytest.approx(solve_lp(chords).objective, rel=1e-7)


def test_a_row_without_the_other_sign_forces_its_columns_in_turn() -> None:
    """x0 + x1 <= 0 forces both; then x2 <= x1 forces x2; x3 stays free."""
    rows = sparse.csc_matrix(np.array([[1.0, 1.0, 0, 0], [0, -1.0, 1.0, 0], [0, 0, -1.0, 1.0]]))
    infinite = np.full(3, np.inf)
    arrays = Arrays(
        rows, -infinite, np.array([0.0, 0.0, 5.0]), np.ones(4), 0.0, np.zeros(4), np.full(4, 9.0),
        np.zeros(4, dtype=bool), ("x0", "x1", "x2", "x3"), (),
    )  # fmt: skip
    assert without_forced(arrays).upper.tolist() == [0.0, 0.0, 0.0, 9.0]


def test_splits_of_lift_close_the_gap_and_never_prove_more_than_the_optimum() -> None:
    """Six units from launch on a falling price, or at 1 each: by eye and by a fine grid the least is 6."""
    curve = LearningCurve(2.0, 1.0, 0.5, 0.1)
    arrays = Arrays(
        sparse.csc_matrix(np.array([[1.0, 1.0]])), np.array([6.0]), np.array([np.inf]), np.array([0.0, 1.0]), 0.0,
        np.zeros(2), np.full(2, 10.0), np.zeros(2, dtype=bool), ("lifted", "bought"), (),
    )  # fmt: skip
    terms = LearningTerms(np.array([0]), np.array([1.0]), (curve,))
    least = min(curve.cost(x) + max(6.0 - x, 0.0) for x in np.linspace(0, 10, 10_001))
    tree = Tree(arrays, terms, limits())
    start = proven_of(tree.model)
    tree.plant(*start)
    assert start[1] < least - 0.1  # the first chord is loose
    for _ in range(10):
        assert tree.bound <= least + 1e-6
        tree.grow()
    assert tree.bound == pytest.approx(least, rel=1e-6)


def proven_of(model: Arrays) -> tuple[np.ndarray, float]:
    outcome = solve_lp(model, crossover=True)
    assert outcome.values is not None and outcome.row_duals is not None
    return outcome.values, dual_bound(model, outcome.row_duals)


def test_the_first_split_in_several_parts_holds_every_plan_once_and_none_proves_more_than_its_plan() -> None:
    plan = base_whole()
    top = Node(plan.arrays.lower, plan.arrays.upper, (), -np.inf, base().values)
    splits = best_splits(plan.arrays, plan.terms, counts(plan.arrays), top)
    parts = parts_of(top, splits)
    assert len(parts) == len(splits) + 1 >= 2
    holding = [part for part in parts if _holds(part, plan.values)]
    assert len(holding) == 1
    assert proven(holding[0]) <= plan.objective * (1 + 1e-9)


def test_splits_of_one_kind_ask_for_the_same_number_ever_earlier() -> None:
    """Parts of a track of one kind in three periods: when is the first one whole?"""
    plan = base_whole()
    built = {
        c.index(): k for k, c in enumerate(plan.arrays.columns) if c.parent_component().name == "tracks_built"
    }
    place, design, _ = max(built, key=lambda index: plan.arrays.cost[built[index]])
    values, cost = np.zeros_like(plan.values), plan.arrays.cost.copy()
    for period, share in ((1, 0.25), (2, 0.15), (3, 0.1)):
        values[built[place, design, period]] = share
        cost[built[place, design, period]] = 100.0
    node = Node(plan.arrays.lower, plan.arrays.upper, (), 1.0, values)
    splits = best_splits(replace(plan.arrays, cost=cost), NOTHING_LEARNS, counts(plan.arrays), node)
    sums = [values[split.columns].sum() for split in splits]
    assert sums == pytest.approx([0.5, 0.4, 0.25])
    assert all(split.low == 0 and split.high == 1 for split in splits)


def test_a_node_after_a_split_has_bounds_as_sharp_as_its_relaxation() -> None:
    """Once nothing may be built before a year, multipliers of what that forces to zero must not blur the bound."""
    plan = base_whole()
    late = groups()[0]
    at_most, _ = children(root(), Split(late, 0.0, 1.0, 0.0))
    model = model_of(plan.arrays, plan.terms, at_most, waiting_rows(plan.arrays))
    outcome = solve_lp(model)
    assert outcome.row_duals is not None
    assert dual_bound(model, outcome.row_duals) == pytest.approx(outcome.objective, rel=1e-6)


@pytest.mark.slow
def test_rows_that_wait_for_the_programme_cut_no_plan_and_raise_the_bound() -> None:
    plan = base_whole()
    columns = plan.terms.columns
    chords = with_chords(
        without_forced(plan.arrays), plan.terms, plan.arrays.lower[columns], plan.arrays.upper[columns]
    )
    waiting = waiting_rows(plan.arrays)
    assert {plan.arrays.rows[r][0].parent_component().name for r in waiting.rows} >= {"commissioning"}
    tight = with_waiting(chords, waiting)
    extra = np.ones(tight.cost.size - plan.values.size)
    started = [plan.values[waiting.openings[:n]].sum() for n in np.unique(waiting.early)]
    assert extra.size == len(started)
    assert residuals(_relaxed(tight), np.append(plan.values, np.minimum(started, 1.0))) <= 1e-6
    assert solve_lp(tight).objective >= solve_lp(chords).objective * (1 - 1e-8)
    best, same = (solve_mip(model, None, 1e-6, 120.0) for model in (chords, tight))
    assert same.objective == pytest.approx(best.objective, rel=3e-6)


def test_rows_that_wait_bind_before_the_opening_and_not_after() -> None:
    """By hand: a kilotonne a year from the day a programme of 10 G$ starts, worth 4 G$: half a programme gives half."""
    column = FakeColumn("programme", 0)
    rows = sparse.csc_matrix(np.array([[1.0, 0.0], [1.0, -5.0]]))
    arrays = Arrays(
        rows, np.full(2, -np.inf), np.array([1.0, 0.0]), np.array([-4.0, 10.0]), 0.0, np.zeros(2), np.array([9.0, 1.0]),
        np.array([False, True]), (FakeColumn("made", 0), column), (),
    )  # fmt: skip
    waiting = waiting_rows(arrays)
    assert (waiting.rows.tolist(), waiting.early.tolist()) == ([0], [1])
    loose, tight = solve_lp(arrays), solve_lp(with_waiting(arrays, waiting))
    assert loose.objective == pytest.approx(-2.0)  # a fifth of a programme for all of it
    assert tight.objective == pytest.approx(0.0, abs=1e-6)  # made <= programme: not worth its price


class FakeColumn:
    """A column with a name and an index."""

    def __init__(self, name: str, *index: object) -> None:
        self.name, self._index = name, index[0] if len(index) == 1 else index

    def parent_component(self) -> FakeColumn:
        return self

    def index(self) -> object:
        return self._index


def test_multipliers_of_the_least_violation_prove_a_contradiction_and_nothing_else() -> None:
    rows = sparse.csc_matrix(np.array([[1.0, 1.0], [1.0, 1.0]]))
    arrays = Arrays(
        rows, np.array([3.0, -np.inf]), np.array([np.inf, 2.0]), np.ones(2), 5.0, np.zeros(2), np.full(2, 9.0),
        np.zeros(2, dtype=bool), ("x0", "x1"), (),
    )  # fmt: skip
    blame = least_violation(arrays, 10.0)
    assert blame is not None and proves_empty(arrays, blame)
    fits = replace(arrays, row_lower=np.array([1.0, -np.inf]))
    blame = least_violation(fits, 10.0)
    assert blame is not None and not proves_empty(fits, blame)
    assert not proves_empty(fits, np.array([1.0, -1.0])) and not proves_empty(fits, np.zeros(2))


def test_a_model_without_whole_numbers_grows_its_tree_until_the_chords_are_tight(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two falling prices the cheaper one, all of it: by a fine grid, 1e-6 from the optimum."""
    monkeypatch.setattr("lunarchain.solve.search.NARROWINGS", 0)  # else there is nothing left for the tree
    curves = LearningCurve(2.0, 1.0, 0.3, 0.1), LearningCurve(1.8, 1.0, 0.2, 0.1)
    arrays = Arrays(
        sparse.csc_matrix(np.array([[1.0, 1.0]])), np.array([7.0]), np.array([np.inf]), np.zeros(2), 0.0,
        np.zeros(2), np.full(2, 6.0), np.zeros(2, dtype=bool), (FakeColumn("lifted", 0), FakeColumn("lifted", 1)), (),
    )  # fmt: skip
    terms = LearningTerms(np.array([0, 1]), np.ones(2), curves)
    least = min(curves[0].cost(x) + curves[1].cost(7.0 - x) for x in np.linspace(1, 6, 50_001))
    answer = search(arrays, terms, limits(gap=1e-6), quiet)
    assert answer.status == "optimal" and "proof" in answer.phases
    assert answer.bound <= least + 1e-9 and answer.objective == pytest.approx(least, rel=2e-6)


def falling_prices(seed: int) -> tuple[Arrays, LearningTerms]:
    """Six things on falling prices that cover three needs between them."""
    random = np.random.default_rng(seed)
    rows = sparse.csc_matrix(random.uniform(0, 1, (3, 6)))
    arrays = Arrays(
        rows, random.uniform(5, 9, 3), np.full(3, np.inf), np.zeros(6), 0.0, np.zeros(6), np.full(6, 9.0),
        np.zeros(6, dtype=bool), tuple(FakeColumn("lifted", t) for t in range(6)), (),
    )  # fmt: skip
    curves = tuple(LearningCurve(p, 1.0, b, 0.05) for p, b in random.uniform((1, 0.2), (3, 0.7), (6, 2)))
    return arrays, LearningTerms(np.arange(6), np.ones(6), curves)


def test_a_polished_plan_is_at_rest_on_its_own_prices() -> None:
    """Solved at the prices it ends at, it stays; after one solve at the first prices, not always."""
    restless = 0
    for seed in range(12):
        arrays, terms = falling_prices(seed)
        plans = Plans(arrays, terms, limits(), [])
        plans.attempt([{}], np.full(6, 2.0))
        assert plans.best is not None
        once = plans.best.cost
        plans.polish()
        again = solve_lp(with_tangents(arrays, terms, plans.best.values), crossover=True)
        assert again.values is not None
        assert true_cost(arrays, terms, again.values) >= plans.best.cost * (1 - 1e-5)
        restless += plans.best.cost < once * (1 - 1e-5)
    assert restless > 0


def test_what_is_far_from_a_plan_is_cut_off_part_by_part() -> None:
    """The last part holds the plan, the parts cover every interval, and near it chords lose less than before."""
    plan = base_whole()
    root_node = replace(root(), values=plan.values, bound=1.0)
    splits = best_splits(plan.arrays, plan.terms, [], root_node, plan.values)
    *far, near = parts_of(root_node, splits)
    assert far and _holds(near, plan.values) and not any(_holds(part, plan.values) for part in far)
    for split in splits:
        k = int(split.columns[0])
        ends = sorted((part.lower[k], part.upper[k]) for part in (*far, near))
        assert ends[0][0] == root_node.lower[k] and max(high for _, high in ends) == root_node.upper[k]
    columns = plan.terms.columns
    wide, narrow = (
        plan.objective
        - float((model := model_of(plan.arrays, plan.terms, node, waiting_rows(plan.arrays))).offset)
        - float(model.cost[: plan.values.size] @ plan.values)
        for node in (root_node, near)
    )
    assert columns.size and 0 <= narrow < wide / 2


def test_a_question_that_gave_nothing_leaves_its_neighbours_for_later() -> None:
    """Of one bill in one direction; far from it, and in the other direction, as much is hoped for as ever."""
    arrays, terms = falling_prices(0)
    one_bill = replace(terms, chains=(0,) * 6, reach=(9.0,) * 6)
    narrowing = Narrowing(lambda lower, upper: replace(arrays, lower=lower, upper=upper), one_bill, limits())
    fresh = narrowing._likely((3, 1.0), 1.0)
    narrowing._open_when_asked[0, 1.0], narrowing._gave[0, 1.0] = 1.0, 0.0
    likely = [narrowing._likely((k, 1.0), 1.0) for k in range(6)]
    assert likely[0] == 0  # nothing has changed since it was asked
    assert likely == sorted(likely) and likely[1] < fresh / 2 and likely[5] < fresh
    assert narrowing._likely((1, -1.0), 1.0) == fresh
    assert 0 < narrowing._likely((0, 1.0), 0.5) < fresh


@pytest.mark.parametrize(
    ("gap", "longest", "asks"), [(1e-9, 1.0, True), (1e-9, 70.0, False), (10.0, 1.0, False)]
)
def test_questions_end_when_a_relaxation_is_worth_more(
    gap: float, longest: float, asks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When no time for one would be left, and when one promises the gap asked for."""
    arrays, terms = falling_prices(0)

    def over(lower: np.ndarray, upper: np.ndarray) -> Arrays:
        return with_chords(replace(arrays, lower=lower, upper=upper), terms, lower, upper)

    narrowing = Narrowing(over, terms, limits(120.0, gap))
    narrowing._longest = longest
    asked: list[object] = []
    ask = Narrowing._ask
    monkeypatch.setattr(Narrowing, "_ask", lambda self, *given: (asked.append(given), ask(self, *given)))
    relaxed = solve_lp(over(arrays.lower, arrays.upper))
    assert relaxed.values is not None
    plan = relaxed.values[:6]
    cost = true_cost(arrays, terms, plan)
    lower, upper = narrowing.round(arrays.lower, arrays.upper, plan, relaxed.objective, cost)
    assert bool(asked) is asks
    assert (lower <= plan + 1e-6).all() and (plan <= upper + 1e-6).all()
    assert bool((upper - lower).sum() < (arrays.upper - arrays.lower).sum()) is asks


def test_a_question_is_asked_again_only_where_something_was_left_unproven() -> None:
    """Of a column between 0 and 10 that costs 1: found at 4, proven to 3.9, to 1, not at all; found at its end."""
    asked = Arrays(
        sparse.csc_matrix(np.array([[1.0]])), np.array([4.0]), np.array([np.inf]), np.ones(1), 0.0, np.zeros(1),
        np.full(1, 10.0), np.zeros(1, dtype=bool), ("x",), (),
    )  # fmt: skip

    def sharp(objective: float, dual: float | None) -> bool:
        duals = None if dual is None else np.array([dual])
        return _is_sharp(asked, Outcome("unknown", None, duals, objective, -np.inf, 0.0))

    assert sharp(4.0, 0.975) and not sharp(4.0, 0.25) and not sharp(4.0, None)
    assert sharp(0.001, -1.0)  # the end of the interval stays where it is
