"""How a search ends: nothing left to split, nothing possible, time that is up, the user."""

from __future__ import annotations

import itertools
import signal
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from lunarchain.errors import InfeasibleError, NoAnswerError
from lunarchain.solve import branch
from lunarchain.solve import search as searching
from lunarchain.solve.arrays import Arrays
from lunarchain.solve.bounds import residuals, without_forced
from lunarchain.solve.branch import Tree
from lunarchain.solve.highs import Outcome, solve_lp, untied
from lunarchain.solve.interrupt import interruptible
from lunarchain.solve.learning import with_chords
from lunarchain.solve.plans import POLISH_S, Plans
from lunarchain.solve.search import Before, relaxed_point, search
from tests.model.small import answer_of, base, base_whole
from tests.solve.test_search import NOTHING_LEARNS, FakeColumn, _relaxed, limits, quiet


def whole(
    rows: list[list[float]], low: list[float], high: list[float], cost: list[float], most: float
) -> Arrays:
    """A model of whole columns between 0 and ``most``."""
    count = len(cost)
    return Arrays(
        sparse.csc_matrix(np.array(rows)), np.array(low), np.array(high), np.array(cost), 0.0, np.zeros(count),
        np.full(count, most), np.ones(count, dtype=bool), tuple(FakeColumn(f"x{k}", "s", 0) for k in range(count)),
        tuple((FakeColumn(f"r{k}", 0), 0) for k in range(len(low))),
    )  # fmt: skip


def test_no_time_at_all_is_no_answer() -> None:
    plan = base_whole()
    with pytest.raises(NoAnswerError):
        search(plan.arrays, plan.terms, limits(0.0), quiet)


def test_no_time_but_a_known_plan_is_an_answer_with_a_weak_bound() -> None:
    plan = base_whole()
    answer = search(plan.arrays, plan.terms, limits(0.0), quiet, [plan.values])
    assert answer.objective == pytest.approx(plan.objective) and answer.bound <= plan.bound
    assert answer.status == "gap not reached"


def test_time_that_ends_during_the_proof_leaves_the_plan_with_its_gap() -> None:
    plan, bounds = base_whole(), limits(gap=1e-9)

    def stop_at_proof(phase: str, best: float | None, bound: float | None) -> None:
        if phase == "proof":
            bounds.stop.set()

    answer = search(plan.arrays, plan.terms, bounds, stop_at_proof)
    assert answer.status == "interrupted"
    assert answer.bound <= answer.objective and answer.gap < 0.1
    assert residuals(plan.arrays, answer.values) <= 1e-6


def test_ctrl_c_ends_a_running_solve_and_a_second_one_ends_the_program() -> None:
    stop = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    with interruptible(stop):
        signal.raise_signal(signal.SIGINT)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    assert solve_lp(_relaxed(base_whole().arrays), stop=stop).status == "interrupted"


def test_the_tree_is_done_when_nothing_is_left_to_split() -> None:
    plan = base_whole()
    whole = np.flatnonzero(plan.arrays.integer)
    lower, upper = plan.arrays.lower.copy(), plan.arrays.upper.copy()
    lower[whole] = upper[whole] = np.round(plan.values[whole])
    lower[plan.terms.columns] = upper[plan.terms.columns] = plan.values[plan.terms.columns]
    tree = Tree(replace(plan.arrays, lower=lower, upper=upper), plan.terms, limits())
    tree.plant(plan.values, 1.0)
    assert len(tree.grow()) == 1 and tree.grow() is None
    assert tree.bound == 1.0


def test_an_empty_part_is_dropped_only_on_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that cries 'infeasible' without multipliers that prove it leaves the part in the tree."""
    plan = base_whole()

    def crying(*arguments: object, **more: object) -> object:
        return replace(solve_lp(*arguments, **more), status="infeasible")  # type: ignore[arg-type]

    monkeypatch.setattr(branch, "solve_lp", crying)
    tree = Tree(without_forced(plan.arrays), plan.terms, limits())
    tree.plant(base().values, 1.0)
    assert len(tree.grow()) >= 2 and tree.bound == 1.0


def test_whole_numbers_that_cannot_be_are_infeasible_and_not_a_matter_of_time() -> None:
    """Between 1/4 and 3/4 there is no whole number: every part of the tree is proven empty."""
    arrays = Arrays(
        sparse.csc_matrix(np.array([[1.0, 0.0]])), np.array([0.25]), np.array([0.75]), np.ones(2), 0.0, np.zeros(2),
        np.full(2, 9.0), np.array([True, False]), (FakeColumn("flights", "ship", 0), FakeColumn("made", 0)), (),
    )  # fmt: skip
    with pytest.raises(InfeasibleError):
        search(arrays, NOTHING_LEARNS, limits(), quiet)


def test_seconds_past_the_time_limit_are_reported() -> None:
    """The plan is still brought to a vertex when time is up, within its own minute, and the record says so."""
    plan = base_whole()
    short = limits(gap=1e-9)

    def late(phase: str, best: float | None, bound: float | None) -> None:
        if phase == "polish":
            object.__setattr__(short, "deadline", time.perf_counter() - 5.0)

    def in_time(phase: str, best: float | None, bound: float | None) -> None:
        if phase == "proof":
            short.stop.set()
        late(phase, best, bound)

    answer = search(plan.arrays, plan.terms, short, in_time)
    assert 5.0 <= answer.phases["beyond the time limit"] < 5.0 + POLISH_S
    assert "beyond the time limit" not in answer_of(plan.arrays, plan.terms, gap=1e-3).phases


def test_a_leaf_whose_parts_are_all_empty_does_not_end_the_search() -> None:
    """Eighty-one points by enumeration; the first leaf split holds none of them, another the best."""
    rows = [[-1.0, -3.0, 3.0, 0.0], [0.0, -2.0, -2.0, -2.0], [0.0, -2.0, -3.0, -2.0]]
    low, high, cost = [-2.523, -2.119, -2.425], [-1.931, -1.454, -1.981], [2.28, 7.54, 8.49, 4.14]
    points = np.array(list(itertools.product(range(3), repeat=4)), dtype=float)
    kept = ((points @ np.array(rows).T >= low) & (points @ np.array(rows).T <= high)).all(axis=1)
    answer = search(whole(rows, low, high, cost, 2.0), NOTHING_LEARNS, limits(5.0, 1e-6), quiet)
    assert answer.status == "optimal"
    assert answer.objective == pytest.approx((points[kept] @ cost).min())


def silent(model: Arrays, *arguments: object, **more: object) -> Outcome:
    """A solver that gives up without a word."""
    return Outcome("unknown", None, None, np.nan, -np.inf, 0.0)


def test_a_part_the_solver_gives_up_on_is_dropped_where_it_is_proven_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrays = whole([[1.0, 0.0]], [0.25], [0.75], [1.0, 1.0], 9.0)
    tree = Tree(arrays, NOTHING_LEARNS, limits())
    tree.plant(np.array([0.25, 0.0]), 0.25)
    monkeypatch.setattr(branch, "solve_lp", silent)
    assert tree.grow() == [] and tree.bound == np.inf


def test_a_part_the_solver_gives_up_on_is_not_split_again_the_same_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It holds plans, for all anyone knows: its bound stays, and so does the bound of the tree."""
    arrays = whole([[1.0, 1.0]], [1.5], [9.0], [1.0, 2.0], 9.0)
    tree = Tree(arrays, NOTHING_LEARNS, limits())
    tree.plant(np.array([1.5, 0.0]), 1.5)
    monkeypatch.setattr(branch, "solve_lp", silent)
    assert tree.grow() and tree.grow() is None
    assert tree.bound == 1.5


def test_a_polish_that_makes_a_plan_dearer_raises_no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was cut off costs more than the plan before its polish: no more than that is proven."""
    arrays = whole([[1.0, 1.0]], [1.5], [9.0], [1.0, 2.0], 9.0)

    def dearer(plans: Plans) -> None:
        assert plans.best is not None
        plans.best = replace(plans.best, cost=plans.best.cost * 1.01)

    monkeypatch.setattr(Plans, "polish", dearer)
    monkeypatch.setattr(Tree, "bound", property(lambda tree: np.inf))
    answer = search(arrays, NOTHING_LEARNS, limits(), quiet)
    assert answer.objective == pytest.approx(2.02) and answer.bound == pytest.approx(2.0)


def test_the_word_of_the_solver_that_there_is_no_plan_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan exists, whatever the solver says: no answer at first, and the plan itself where it is known."""
    arrays = whole([[1.0, 1.0]], [1.5], [9.0], [1.0, 2.0], 9.0)

    def crying(*arguments: object, **more: object) -> Outcome:
        return replace(solve_lp(*arguments, **more), status="infeasible")  # type: ignore[arg-type]

    monkeypatch.setattr(searching, "solve_lp", crying)
    with pytest.raises(NoAnswerError, match="nothing proves it"):
        search(arrays, NOTHING_LEARNS, limits(), quiet)
    assert search(arrays, NOTHING_LEARNS, limits(), quiet, [np.array([2.0, 0.0])]).objective == 2.0


@pytest.mark.parametrize("price", [0.0, -1.0])
@pytest.mark.parametrize("seed", range(12))
def test_whole_things_that_cost_nothing_or_pay_are_whole_all_the_same(seed: int, price: float) -> None:
    """Against enumeration: needs met by whole things under a budget, or by a dear slack."""
    draw, kinds, needs = np.random.default_rng(seed), 4, 3
    gives, need = draw.integers(1, 5, (needs, kinds)).astype(float), draw.uniform(3, 9, needs)
    takes, slack = draw.uniform(1, 3, kinds), draw.uniform(2, 6, needs)
    each = price * draw.uniform(1, 2, kinds)
    rows = np.vstack([np.hstack([gives, np.eye(needs)]), np.append(takes, np.zeros(needs))])
    low, high = np.append(need, -np.inf), np.append(np.full(needs, np.inf), 4.7)
    model = whole(rows.tolist(), low.tolist(), high.tolist(), [*each, *slack], 2.0)
    model = replace(
        model,
        integer=np.arange(kinds + needs) < kinds,
        upper=np.append(np.full(kinds, 2.0), np.full(needs, 20.0)),
    )
    points = np.array(list(itertools.product(range(3), repeat=kinds)), dtype=float)
    points = points[points @ takes <= 4.7]
    best = (points @ each + np.maximum(need - points @ gives.T, 0) @ slack).min()
    answer = search(model, NOTHING_LEARNS, limits(5.0, gap=1e-6), quiet)
    assert answer.objective == pytest.approx(best, rel=1e-5) and answer.bound <= best + 1e-6
    assert answer.status == "optimal"


def test_a_plan_that_comes_to_no_vertex_in_time_is_cleaned_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the way to a vertex is too long, what a plan does not use is closed: its dust is gone, its cost kept."""
    plan = base_whole()
    arrays, terms = plan.arrays, plan.terms
    plans = Plans(arrays, terms, limits(), [])
    whole_numbers = {int(k): float(round(plan.values[k])) for k in np.flatnonzero(arrays.integer)}
    plans.attempt([whole_numbers], plan.values)
    assert plans.best is not None
    before = plans.best

    def no_vertex(model: Arrays, seconds: float, crossover: bool = False, **_: object) -> Outcome:
        return (
            Outcome("time limit", None, None, np.nan, -np.inf, 0.0) if crossover else solve_lp(model, seconds)
        )

    monkeypatch.setattr("lunarchain.solve.plans.solve_lp", no_vertex)
    plans.polish()

    def dust(values: np.ndarray) -> int:
        return int(((values > arrays.lower) & (values < arrays.lower + 1e-7)).sum())

    assert dust(before.values) > 10 * dust(plans.best.values)
    assert plans.best.cost <= before.cost * (1 + 1e-5) and residuals(arrays, plans.best.values) <= 1e-6


def test_what_was_proven_before_numbers_turned_for_the_worse_holds_and_its_whole_numbers_serve() -> None:
    plan = base_whole()
    steps: list[str] = []
    dearer = replace(plan.arrays, cost=plan.arrays.cost * 1.001)
    before = Before(plan.values, plan.bound)
    answer = search(dearer, plan.terms, limits(gap=0.05), lambda phase, *_: steps.append(phase), (), before)
    alone = search(dearer, plan.terms, limits(gap=0.05), quiet)
    assert "relaxation" not in steps and "proof" not in steps
    assert plan.bound <= answer.bound <= answer.objective and answer.status == "optimal"
    assert answer.objective == pytest.approx(alone.objective, rel=0.05)


def test_a_bound_from_before_never_hides_a_better_plan() -> None:
    plan = base_whole()
    weak = Before(np.zeros_like(plan.values), -1e9)
    answer = search(plan.arrays, plan.terms, limits(gap=1e-4), quiet, (), weak)
    assert plan.bound <= answer.objective <= plan.objective and answer.status == "optimal"


def test_ties_are_broken_by_next_to_nothing() -> None:
    tied = np.array([0.0, 0.0, 1.0, 1.0, 300.0])
    apart = untied(tied)
    assert len(set(apart)) == tied.size and (apart >= tied).all()
    assert np.allclose(apart, tied, rtol=2e-6, atol=2e-7)


def test_whole_numbers_of_before_beyond_what_is_allowed_now_are_no_plan() -> None:
    """At most one of each, and both are needed: two of the cheaper one would serve as well, if there were two."""
    arrays = whole([[1.0, 1.0]], [1.5], [9.0], [1.0, 2.0], 1.0)
    answer = search(arrays, NOTHING_LEARNS, limits(), quiet, (), Before(np.array([2.0, 0.0]), 1.5))
    assert answer.objective == pytest.approx(3.0) and residuals(arrays, answer.values) <= 1e-6


def test_a_plan_of_before_is_the_answer_when_there_is_no_time_to_better_it() -> None:
    plan = base_whole()
    late = replace(limits(), deadline=time.perf_counter())
    answer = search(plan.arrays, plan.terms, late, quiet, (), Before(plan.values, -np.inf))
    assert answer.objective == pytest.approx(plan.objective, rel=1e-6) and answer.status != "optimal"


def test_a_second_solve_that_fails_leaves_what_the_first_one_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = base_whole()
    chords = with_chords(
        plan.arrays, plan.terms, plan.arrays.lower[plan.terms.columns], plan.arrays.upper[plan.terms.columns]
    )
    solved = solve_lp(chords)

    def poor(model: Arrays, *_: object, crossover: bool = False, **__: object) -> Outcome:
        """Duals a little off, and none at all from a vertex."""
        assert solved.row_duals is not None
        return replace(solved, row_duals=None if crossover else solved.row_duals * 0.999)

    monkeypatch.setattr("lunarchain.solve.search.solve_lp", poor)
    values, duals = relaxed_point(chords, limits())
    assert duals == pytest.approx(solved.row_duals * 0.999) and values == pytest.approx(solved.values)


def test_a_second_ask_has_what_time_the_first_one_left(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def unsure(model: Arrays, options: dict, **_: object) -> Outcome:
        given.append(options["time_limit"])
        return Outcome("unknown", None, None, np.nan, -np.inf, 0.4)

    monkeypatch.setattr("lunarchain.solve.highs._run", unsure)
    solve_lp(base().arrays, 0.5, near=base().values)
    assert given == pytest.approx([0.5, 0.1, 0.0])
