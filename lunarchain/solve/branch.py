"""Branch and bound over the few whole numbers that decide, and over intervals of cumulative lift.

The relaxed plan builds a tenth of a track early and pays a tenth of its price; that, not the launch bill, is where a
wide gap comes from. One fractional column says little: there are hundreds of near-equal ones (any design, any year).
What must be decided is how many tracks stand *by when*, and by when the Moon and its sites are opened. So the tree
branches on sums of whole columns up to a period (at most $n$, or at least $n + 1$; where several periods promise as
much, on the first period with $n + 1$, in several parts at once), and, where the chord of a bill is what is loose, on
an interval of its cumulative quantity, over which the chords are then drawn anew.

Every node is a linear model; its bound is the dual objective recomputed from the duals (``bounds``), never the
solver's word. That a node holds no plan at all is proven in the same way: multipliers under which even the least
activity of its rows is too much. The proven bound of the whole tree is the least over its leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.bounds import dual_bound, proves_empty, without_forced
from lunarchain.solve.highs import least_violation, solve_lp
from lunarchain.solve.learning import LearningTerms, narrowed, short_of_curve, with_chords
from lunarchain.solve.limits import Limits
from lunarchain.solve.openings import Waiting, waiting_rows, with_waiting

WHOLE = 1e-5  # a sum this close to a whole number is one
FREE = 1e-9  # worth of making a thing whole that costs nothing: less than any that does [G$]
EARLY = 10.0  # what having a fraction early is worth, in what is paid for it (on the terawatt case 5 to 15)
NEAR = 1 / 3  # of the way from a plan to the ends of an interval counts as near it
MOST_PARTS = 4  # into which a node is split at once
CURVED = 1e-8  # a chord short of its curve by less than this share of the bound is exact


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
    """A way to part a node in two: columns whose sum is at most ``low`` or at least ``high``. Of several splits one
    after the other, the next parts the side of ``more`` (the larger sum) or the other."""

    columns: NDArray[np.int64]
    low: float
    high: float
    score: float
    more: bool = True


class Tree:
    """The parts the plans were split into, and what is proven of them all: until ``plant`` no more than ``at_least``,
    what no plan can cost less than by a proof from elsewhere [G$]."""

    def __init__(
        self, arrays: Arrays, terms: LearningTerms, limits: Limits, at_least: float = -np.inf
    ) -> None:
        self._arrays, self._terms, self._limits, self._at_least = arrays, terms, limits, at_least
        self._waiting = waiting_rows(arrays)
        self._counts = counts(arrays)
        self._open = [Node(arrays.lower, arrays.upper, openings_once(arrays), -np.inf, arrays.lower)]
        self._whole: list[Node] = []  # nothing left to split, or no answer to split by

    @property
    def model(self) -> Arrays:
        """The relaxation of all plans together."""
        return self._model(self._open[0])

    def model_over(self, lower: Vector, upper: Vector) -> Arrays:
        """The relaxation of all plans within these column bounds."""
        return self._model(replace(self._open[0], lower=lower, upper=upper))

    @property
    def root(self) -> Node:
        """All plans together, before the first split."""
        return self._open[0]

    def narrow(self, lower: Vector, upper: Vector) -> None:
        """Leave out, before the first split, plans outside these column bounds: dearer ones than one in hand."""
        self._open = [replace(self._open[0], lower=lower, upper=upper)]

    def plant(self, values: Vector, bound: float) -> None:
        """Begin with what that relaxation gave."""
        root = self._open[0]
        self._open = [replace(root, bound=bound, values=values[: root.lower.size])]

    def _model(self, node: Node) -> Arrays:
        return model_of(self._arrays, self._terms, node, self._waiting)

    @property
    def bound(self) -> float:
        """What no plan can cost less than: the least bound of any leaf (infinite once none is left)."""
        least = min((leaf.bound for leaf in (*self._open, *self._whole)), default=np.inf)
        return max(least, self._at_least)

    def grow(self, around: Vector | None = None) -> list[Node] | None:
        """Split the leaf of the least bound, solve its parts side by side, and give those that may hold a plan,
        the most promising first (none where all are proven empty); ``None`` once no split can raise the bound.
        ``around`` is a plan whose neighbourhood is worth a part of its own."""
        leaf = min(self._open, key=lambda node: node.bound, default=None)
        if leaf is None or leaf.bound > self.bound:
            return None
        self._open = [node for node in self._open if node is not leaf]
        splits = best_splits(self._arrays, self._terms, self._counts, leaf, around)
        if not splits:
            self._whole.append(leaf)
            return [leaf]
        with ThreadPoolExecutor(self._limits.threads) as pool:
            solved = list(pool.map(self._solved, map(self._narrowed, parts_of(leaf, splits))))
        parts = sorted((node for node in solved if node is not None), key=lambda node: node.bound)
        for part in parts:
            # one whose relaxation gave no answer would be split the same way again, without end
            (self._whole if part.values is leaf.values else self._open).append(part)
        return parts

    def _narrowed(self, node: Node) -> Node:
        """A node with what its limits on cumulative quantities say of earlier and later ones."""
        lower, upper = narrowed(self._terms, node.lower, node.upper)
        return replace(node, lower=lower, upper=upper)

    def _solved(self, node: Node) -> Node | None:
        """A node with what its relaxation proves, as it was where that gave none; ``None`` where it holds no plan."""
        model = self._model(node)
        limits = self._limits
        outcome = solve_lp(
            model, limits.seconds_left, stop=limits.stop, tolerance=limits.tolerance, near=node.values
        )
        if outcome.status == "infeasible" or (outcome.status == "unknown" and outcome.row_duals is None):
            blame = least_violation(model, limits.seconds_left, limits.stop)
            return None if blame is not None and proves_empty(model, blame) else node
        if outcome.values is None or outcome.row_duals is None:
            return node
        bound = max(node.bound, dual_bound(model, outcome.row_duals))
        return replace(node, bound=bound, values=outcome.values[: node.lower.size])


def model_of(arrays: Arrays, terms: LearningTerms, node: Node, waiting: Waiting) -> Arrays:
    """The relaxed model of a node: its bounds, its sums as rows, chords over its intervals, rows that wait for an
    opening. Columns of the model come first."""
    within = without_forced(replace(arrays, lower=node.lower, upper=node.upper))
    chords = with_chords(within, terms, node.lower[terms.columns], node.upper[terms.columns])
    return with_waiting(_with_sums(chords, node.sums), waiting)


def _with_sums(arrays: Arrays, sums: tuple[Sum, ...]) -> Arrays:
    if not sums:
        return arrays
    row_of = np.repeat(np.arange(len(sums)), [s.columns.size for s in sums])
    entries = np.concatenate([s.columns for s in sums])
    shape = (len(sums), arrays.matrix.shape[1])
    added = sparse.csc_matrix((np.ones(entries.size), (row_of, entries)), shape=shape)
    return replace(
        arrays,
        matrix=sparse.vstack([arrays.matrix, added], format="csc"),
        row_lower=np.append(arrays.row_lower, [s.low for s in sums]),
        row_upper=np.append(arrays.row_upper, [s.high for s in sums]),
    )


def parts_of(node: Node, splits: Sequence[Split]) -> list[Node]:
    """A node split one way after the other: one part more than there are splits."""
    parts = []
    for split in splits:
        at_most, at_least = children(node, split)
        part, node = (at_most, at_least) if split.more else (at_least, at_most)
        parts.append(part)
    return [*parts, node]


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


def counts(arrays: Arrays) -> list[list[NDArray[np.int64]]]:
    """What is decided in whole numbers: of every kind of integer column all up to each period, latest first."""
    kinds: dict[tuple, list[tuple[int, int]]] = defaultdict(list)
    for k in np.flatnonzero(arrays.integer):
        index = arrays.columns[k].index()
        *what, period = index if isinstance(index, tuple) else (index,)
        for kind in _kinds(arrays.columns[k].parent_component().name, what):
            kinds[kind].append((period, int(k)))
    found: dict[tuple[int, ...], list[NDArray[np.int64]]] = {}
    for members in kinds.values():
        members.sort()
        ends = [n + 1 for n, (period, _) in enumerate(members) if [*members, (None, 0)][n + 1][0] != period]
        columns = np.array([k for _, k in members])
        found[tuple(sorted(columns))] = [np.sort(columns[:end]) for end in reversed(ends)]
    return list(found.values())


def openings_once(arrays: Arrays) -> tuple[Sum, ...]:
    """The programme is started once and a site opened once: doing so again buys nothing, so no best plan does, but
    fractions of the relaxed plan add up to more."""
    opened: dict[tuple, list[int]] = defaultdict(list)
    for k in map(int, np.flatnonzero(arrays.integer)):
        name, index = arrays.columns[k].parent_component().name, arrays.columns[k].index()
        if name in ("programme", "opened"):
            opened[name, *(index[:-1] if isinstance(index, tuple) else ())].append(k)
    return tuple(Sum(np.array(columns), -np.inf, 1.0) for columns in opened.values())


def _kinds(name: str, what: list[str]) -> list[tuple]:
    """What a whole column may be counted among: tracks altogether, by payload class, by size of the launcher, by place
    and size, one by one; anything else (openings, flights) altogether and one by one."""
    if name != "tracks_built":
        return list(dict.fromkeys([(name,), (name, *what)]))
    place, design = what
    payload_class, *rest = design.split("_")
    size, speed = (payload_class, *rest[:3]), rest[3:]
    kinds = ((), (payload_class,), size, (place, *size), (place, *size, *speed))
    return [(name, *kind) for kind in kinds]


def best_splits(
    arrays: Arrays,
    terms: LearningTerms,
    kinds: list[list[NDArray[np.int64]]],
    node: Node,
    around: Vector | None = None,
) -> list[Split]:
    """The split that promises to raise the bounds most, with others that ask the same of another period and promise
    at least half as much, latest first; none where the relaxed plan is a plan. Where chords lose more than any of
    these promise, intervals of what learns round the plan ``around``."""
    families = [[_count_split(arrays, group, node.values) for group in groups] for groups in kinds]
    families += [[split] for split in _lift_splits(terms, node)]
    promising = [found for family in families if (found := [split for split in family if split is not None])]
    best = max(promising, key=lambda family: max(split.score for split in family), default=[])
    top = max(best, key=lambda split: split.score) if best else None
    if around is not None and _short(terms, node).sum() > (top.score if top else 0.0):
        near = _near_splits(terms, node, around)
        if near:
            return near
    chain: list[Split] = []
    for split in best:
        # the latest that asks for as many: what it forbids could otherwise move to the next period
        fewer = not chain or _sum(node, split) < _sum(node, chain[-1]) - WHOLE
        if (
            top
            and split.low == top.low
            and split.score >= top.score / 2
            and fewer
            and len(chain) < MOST_PARTS - 1
        ):
            chain.append(split)
    return chain


def _sum(node: Node, split: Split) -> float:
    return float(node.values[split.columns].sum())


def _count_split(arrays: Arrays, group: NDArray[np.int64], values: Vector) -> Split | None:
    """At most or at least so many by a period. Worth: up, the missing part at the least price of the group; down, what
    the plan pays above that price for its fraction, which must be worth more to it than that."""
    total = float(values[group].sum())
    down = total - np.floor(total)
    if min(down, 1 - down) < WHOLE:
        return None
    built = group[values[group] > WHOLE]
    if not built.size:
        return None
    price, dearest = float(arrays.cost[group].min()), float(arrays.cost[built].max())
    paid_early = float(values[built] @ (arrays.cost[built] - price)) + down * price
    score = min((1 - down) * price, EARLY * min(paid_early, down * dearest))
    # whole things that cost nothing, or pay, must be whole all the same
    score = max(score, FREE * min(down, 1 - down))
    return Split(group, float(np.floor(total)), float(np.ceil(total)), score)


def _near_splits(terms: LearningTerms, node: Node, around: Vector) -> list[Split]:
    """Cut off what is far from a plan: too much, then too little, of each bill in the period where its chord is worst.

    What is far costs more, which a chord over the far interval shows; over the near one the chord is close.
    """
    short, bills = _short(terms, node), np.array(terms.chains)
    found = []
    for bill in sorted(set(terms.chains), key=lambda bill: -short[bills == bill].sum()):
        lost = float(short[bills == bill].sum())
        worst = int(np.argmax(np.where(bills == bill, short, -1.0)))
        k = int(terms.columns[worst])
        low, high = float(node.lower[k]), float(node.upper[k])
        if lost <= CURVED * abs(node.bound) or lost < short.sum() / 4:
            continue
        at = min(max(float(around[k]), low), high)
        less, more = at - NEAR * (at - low), at + NEAR * (high - at)
        found += [Split(np.array([k]), more, more, lost, more=False)] if more < high else []
        found += [Split(np.array([k]), less, less, lost)] if less > low else []
    return found


def _short(terms: LearningTerms, node: Node) -> Vector:
    """What the chord of each term lies below its curve at the relaxed plan of a node [G$]."""
    return short_of_curve(terms, node.lower, node.upper, node.values)


def _lift_splits(terms: LearningTerms, node: Node) -> list[Split]:
    """Less or more of what learns than the plan has; worth what the chord is short of the curve there."""
    short = _short(terms, node)
    worth = np.flatnonzero(short > CURVED * abs(node.bound))
    at = node.values[terms.columns]
    return [Split(terms.columns[[n]], float(at[n]), float(at[n]), float(short[n])) for n in worth]
