"""Branch and bound over the few whole numbers that decide, and over intervals of cumulative lift.

The relaxed plan builds a tenth of a track early and pays a tenth of its price; that, not the launch bill, is where a
wide gap comes from. One fractional column says little: there are hundreds of near-equal ones (any design, any year).
What must be decided is how many tracks stand *by when*, and by when the Moon and its sites are opened. So the tree
branches on sums of whole columns up to a period (at most $n$, or at least $n + 1$), and, where the chord of the
launch bill is what is loose, on an interval of cumulative lift, over which the chords are then drawn anew.

Every node is a linear model; its bound is the dual objective recomputed from the duals (``bounds``), never the
solver's word. The proven bound of the whole tree is the least over its leaves.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.learning import LearningTerms, with_chords

WHOLE = 1e-5  # a sum this close to a whole number is one


@dataclass(frozen=True)
class Sum:
    """Limits on how many there are of some whole columns together."""

    columns: NDArray[np.int64]
    low: float
    high: float


@dataclass(frozen=True)
class Node:
    """A part of the plans: column bounds and limits on sums, with what its relaxation proved and proposed."""

    lower: Vector
    upper: Vector
    sums: tuple[Sum, ...]
    bound: float
    values: Vector


@dataclass(frozen=True)
class Split:
    """A way to part a node in two: columns whose sum is at most ``low`` or at least ``high``."""

    columns: NDArray[np.int64]
    low: float
    high: float
    score: float


def model_of(arrays: Arrays, terms: LearningTerms, node: Node) -> Arrays:
    """The relaxed model of a node: its bounds, its sums as rows, chords over its intervals of lift."""
    narrowed = replace(arrays, lower=node.lower, upper=node.upper)
    chords = with_chords(narrowed, terms, node.lower[terms.columns], node.upper[terms.columns])
    if not node.sums:
        return chords
    row_of = np.repeat(np.arange(len(node.sums)), [s.columns.size for s in node.sums])
    entries = np.concatenate([s.columns for s in node.sums])
    shape = (len(node.sums), arrays.matrix.shape[1])
    added = sparse.csc_matrix((np.ones(entries.size), (row_of, entries)), shape=shape)
    return replace(
        chords,
        matrix=sparse.vstack([arrays.matrix, added], format="csc"),
        row_lower=np.append(arrays.row_lower, [s.low for s in node.sums]),
        row_upper=np.append(arrays.row_upper, [s.high for s in node.sums]),
    )


def children(node: Node, split: Split) -> tuple[Node, Node]:
    """The two parts of a node, not yet solved: they hold its bound and its plan."""
    at_most = _limited(node, split.columns, -np.inf, split.low)
    at_least = _limited(node, split.columns, split.high, np.inf)
    return at_most, at_least


def _limited(node: Node, columns: NDArray[np.int64], low: float, high: float) -> Node:
    """A node with the sum of some columns limited; limits on one column, and zero, are column bounds."""
    lower, upper = node.lower.copy(), node.upper.copy()
    if columns.size == 1 or high == 0:
        lower[columns] = np.maximum(lower[columns], low)
        upper[columns] = np.minimum(upper[columns], high)
        return replace(node, lower=lower, upper=upper)
    kept, limits = [], (low, high)
    for known in node.sums:
        if np.array_equal(known.columns, columns):
            limits = max(low, known.low), min(high, known.high)
        else:
            kept.append(known)
    return replace(node, sums=(*kept, Sum(columns, *limits)))


def counts(arrays: Arrays) -> list[NDArray[np.int64]]:
    """What is decided in whole numbers: of each integer variable, all columns up to each period, over all of its
    indices together and over each leading part of the index."""
    groups: dict[tuple, list[tuple[int, int]]] = defaultdict(list)
    for k in np.flatnonzero(arrays.integer):
        index = arrays.columns[k].index()
        *leading, period = index if isinstance(index, tuple) else (index,)
        name = arrays.columns[k].parent_component().name
        for depth in range(len(leading) + 1):
            groups[name, *leading[:depth]].append((period, int(k)))
    found: dict[tuple[int, ...], None] = {}
    for members in groups.values():
        members.sort()
        periods = [period for period, _ in members]
        for n, period in enumerate(periods):
            if n + 1 == len(periods) or periods[n + 1] != period:
                found[tuple(sorted(k for _, k in members[: n + 1]))] = None
    return [np.array(group) for group in found]


def best_split(
    arrays: Arrays, terms: LearningTerms, groups: list[NDArray[np.int64]], node: Node
) -> Split | None:
    """The split that promises to raise both bounds most; ``None`` where the relaxed plan is a plan."""
    splits = [s for s in (_count_split(arrays, group, node.values) for group in groups) if s is not None]
    splits += _lift_splits(terms, node)
    return max(splits, key=lambda split: split.score, default=None)


def _count_split(arrays: Arrays, group: NDArray[np.int64], values: Vector) -> Split | None:
    """At most or at least so many by a period. Worth: up, the missing part at the period's least price; down, what
    the plan paid above that price to have its fraction earlier."""
    total = float(values[group].sum())
    down = total - np.floor(total)
    if min(down, 1 - down) < WHOLE:
        return None
    price = float(arrays.cost[group].min())
    paid_early = float(values[group] @ (arrays.cost[group] - price)) + down * price
    score = min((1 - down) * price, 10 * paid_early)
    return Split(group, float(np.floor(total)), float(np.ceil(total)), score)


def _lift_splits(terms: LearningTerms, node: Node) -> list[Split]:
    """Lift below or above what the plan lifts; worth what the chord is short of the curve there."""
    found = []
    for k, curve, weight in zip(terms.columns, terms.curves, terms.weights, strict=True):
        low, high, at = node.lower[k], node.upper[k], max(float(node.values[k]), 0.0)
        if not low < at < high:
            continue
        share = (at - low) / (high - low)
        chord = (1 - share) * curve.cost(low) + share * curve.cost(high)
        found.append(Split(np.array([k]), at, at, weight * (curve.cost(at) - chord)))
    return found
