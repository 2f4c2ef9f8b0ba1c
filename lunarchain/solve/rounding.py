"""From fractional decisions to whole ones: candidates that are then fixed and re-solved.

Whole tracks are chosen by a small covering model: enough tracks, of whatever design is cheapest, for the throughput
the relaxed plan uses. Sites open when something worth landing arrives. Flights are cut down to whole numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.highs import solve_mip

_NEARLY_WHOLE = 1e-6
# An interior point ends this close to a limit on flights that it leans on.
_NEARLY_A_FLIGHT = 1e-3
# A share of the programme that is more than what an interior point leaves where there is none.
_BEGUN = 1e-3
# A relaxed plan lays as much of a line as its load needs; from this share on a whole one is tried.
_WORTH_A_LINE = 0.02

Decisions = dict[int, float]  # whole column to value


@dataclass(frozen=True)
class Cover:
    """How a relaxed plan is rounded: the share of its throughput whole tracks cover, from what share of a track on,
    how much later they are built, and what share of a first load, landed in one period, opens a site."""

    share: float
    least_tracks: float
    delay: int
    first_load: float = 0.5


# The likeliest first. Whole tracks never carry just what fractions of them do: more and less are worth a try.
COVERS = (
    Cover(0.75, 0.1, 0),
    Cover(1.0, 0.1, 0),
    Cover(1.3, 0.25, 0),
    Cover(0.5, 0.1, 0),
    Cover(1.0, 0.02, 0, 0.01),
    Cover(1.0, 0.25, 1),
    Cover(0.75, 0.5, 1),
)


@dataclass(frozen=True)
class Layout:
    """Where the decisions stand in a model: columns and rows by name and index, and the matrix by rows."""

    columns: dict[str, dict[tuple, int]]
    rows: dict[str, dict[tuple, int]]
    by_rows: sparse.csr_matrix

    def row(self, name: str, index: tuple) -> tuple[NDArray[np.int32], Vector]:
        """Columns and coefficients of one row."""
        k = self.rows[name][index]
        span = slice(self.by_rows.indptr[k], self.by_rows.indptr[k + 1])
        return self.by_rows.indices[span], self.by_rows.data[span]


def layout_of(arrays: Arrays) -> Layout:
    """The layout of a model, found once and used for every rounding of it."""
    columns = _by_name(arrays.columns)
    return Layout(columns, _by_name(row for row, _ in arrays.rows), arrays.matrix.tocsr())


def _by_name(components: Iterable[Any]) -> dict[str, dict[tuple, int]]:
    found: dict[str, dict[tuple, int]] = defaultdict(dict)
    for k, component in enumerate(components):
        index = component.index()
        name = component.parent_component().name
        found[name][index if isinstance(index, tuple) else (index,)] = k
    return found


def whole_decisions(arrays: Arrays, layout: Layout, values: Vector, cover: Cover) -> Decisions:
    """A whole value for every integer column, near the relaxed plan ``values``."""
    decided: Decisions = {}
    decided |= _tracks(arrays, layout, values, cover)
    decided |= _openings(layout, values, cover)
    decided |= _flights(arrays, layout, values)
    decided |= _lines(layout, values, cover)
    for k in np.flatnonzero(arrays.integer):
        decided.setdefault(int(k), float(np.round(values[k])))
    return decided


def _lines(layout: Layout, values: Vector, cover: Cover) -> Decisions:
    """Haulage lines laid whole when the relaxed plan begins them, in covers that build all it throws; else none."""
    decided: Decisions = {}
    by_way: dict[tuple, list[tuple[int, int]]] = defaultdict(list)
    for (*way, period), k in layout.columns.get("lines_laid", {}).items():
        by_way[tuple(way)].append((period, k))
    for columns in by_way.values():
        laid = [(values[k], k) for _, k in sorted(columns)]
        decided |= {k: 0.0 for _, k in laid}
        total = float(sum(share for share, _ in laid))
        if cover.share >= 1 and total > _WORTH_A_LINE:
            first = next(k for share, k in laid if share > _NEARLY_WHOLE)
            decided[first] = float(np.ceil(total - _WORTH_A_LINE))
    return decided


def fixed(arrays: Arrays, decided: Decisions) -> Arrays:
    """The model with its integer columns fixed."""
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    for k, value in decided.items():
        lower[k] = upper[k] = value
    return replace(arrays, lower=lower, upper=upper, integer=np.zeros_like(arrays.integer))


def _tracks(arrays: Arrays, layout: Layout, values: Vector, cover: Cover) -> Decisions:
    """Fewest-cost whole tracks whose standing throughput covers what the relaxed plan throws, track by track."""
    built = layout.columns.get("tracks_built", {})
    by_place: dict[tuple[str, tuple[str, str]], list[tuple]] = defaultdict(list)
    for track, design, period, slice_ in layout.rows.get("track_rate", {}):
        by_place[track, _kind(design)].append((track, design, period, slice_))
    decided: Decisions = {}
    for (track, kind), keys in by_place.items():
        columns = [k for (j, d, _), k in built.items() if j == track and _kind(d) == kind]
        decided |= _cover(arrays, layout, values, cover, keys, columns)
    return decided


def _kind(design: str) -> tuple[str, str]:
    """Payload class and exit speed of a design: what its tracks can stand in for one another."""
    return design.split("_", 1)[0], design.split("_", 4)[-1]


def _cover(
    arrays: Arrays, layout: Layout, values: Vector, cover: Cover, keys: list[tuple], columns: list[int]
) -> Decisions:
    thrown = {key: _thrown(layout, values, key) for key in keys}
    if max(thrown.values()) <= 0:
        return dict.fromkeys(columns, 0.0)
    groups: dict[tuple, list[tuple]] = defaultdict(list)
    for key in keys:
        groups[key[2:]].append(key)  # designs of one class share a period and slice
    supplied = {key: _supplied(layout, key, columns) for key in keys}
    largest = max(most.max() for most in supplied.values())
    needed, supply = [], []
    for group in sorted(groups):
        wanted = sum(thrown[key] for key in groups[group])
        needed.append(wanted * cover.share if wanted > cover.least_tracks * largest else 0.0)
        supply.append(np.sum([supplied[key] for key in groups[group]], axis=0))
    if max(needed, default=0.0) <= 0:
        return dict.fromkeys(columns, 0.0)
    reachable = np.array([row.max() > 0 for row in supply])
    small = Arrays(
        matrix=sparse.csc_matrix(np.array(supply)),
        row_lower=np.where(reachable, np.array(needed) / max(needed), 0.0) * max(needed),
        row_upper=np.full(len(needed), np.inf),
        cost=arrays.cost[columns],
        offset=0.0,
        lower=np.zeros(len(columns)),
        upper=arrays.upper[columns],
        integer=np.ones(len(columns), dtype=bool),
        columns=tuple(arrays.columns[k] for k in columns),
        rows=tuple((group, -1) for group in sorted(groups)),
    )
    outcome = solve_mip(small, None, 1e-3, 10.0)
    if outcome.values is None:
        return {}
    whole = np.round(outcome.values)
    return {k: float(n) for k, n in zip(columns, _delayed(arrays, columns, whole, cover.delay), strict=True)}


def _thrown(layout: Layout, values: Vector, key: tuple) -> float:
    """Mass the relaxed plan throws under one rate row [kt/yr]."""
    columns, coefficients = layout.row("track_rate", key)
    return float(values[columns[coefficients > 0]].sum())


def _supplied(layout: Layout, key: tuple, columns: list[int]) -> Vector:
    """Mass a whole track built in each of ``columns`` adds to one rate row [kt/yr]."""
    standing = layout.columns["tracks_standing"][key[:3]]
    rate_columns, rates = layout.row("track_rate", key)
    stock_columns, stock = layout.row("track_stock", key[:3])
    most = -rates[rate_columns == standing].sum()
    built = dict(zip(stock_columns, -most * stock, strict=True))
    return np.array([built.get(k, 0.0) for k in columns])


def _delayed(arrays: Arrays, columns: list[int], whole: Vector, periods: int) -> Vector:
    """The same tracks, each built some periods later."""
    if not periods:
        return whole
    moved = np.zeros_like(whole)
    index = {arrays.columns[k].index(): n for n, k in enumerate(columns)}
    for (track, design, period), n in index.items():
        later = (track, design, period + periods)
        moved[index.get(later, n)] += whole[n]
    return moved


def _openings(layout: Layout, values: Vector, cover: Cover) -> Decisions:
    """Sites opened when the relaxed plan lands something worth it, the programme with the first of them.

    It opens a site by a hundredth long before it lands a hundredth of what an opening must bring: a whole opening then
    would bring loads that there is no launch for.
    """
    opened, programme = (layout.columns.get(name, {}) for name in ("opened", "programme"))
    decided: Decisions = dict.fromkeys([*opened.values(), *programme.values()], 0.0)
    first: list[int] = []
    for site in dict.fromkeys(site for site, _ in opened):
        landed = {t: _first_loads(layout, values, (s, t)) for s, t in sorted(opened) if s == site}
        used = [t for t, loads in landed.items() if loads >= cover.first_load]
        if used:
            decided[opened[site, used[0]]] = 1.0
            first.append(used[0])
    if first:
        decided[programme[(min(first),)]] = 1.0
    return decided


def _first_loads(layout: Layout, values: Vector, key: tuple) -> float:
    """What the relaxed plan lands at a site in a period, in loads that open it."""
    columns, coefficients = layout.row("first_landing", key)
    load = -coefficients[coefficients < 0].sum()
    return float(values[columns[coefficients > 0]] @ coefficients[coefficients > 0] / load)


def _flights(arrays: Arrays, layout: Layout, values: Vector) -> Decisions:
    whole = (k for k in layout.columns.get("flights", {}).values() if arrays.integer[k])
    return {k: float(np.floor(min(values[k] + _NEARLY_A_FLIGHT, arrays.upper[k]))) for k in whole}


def hastened(layout: Layout, values: Vector, decided: Decisions) -> list[Decisions]:
    """The same decisions with the programme, and the sites opened with it, brought forward: to when the relaxed plan
    begins a share of it, and halfway there.

    What grows by itself is worth more the sooner it begins, as soon as there is launch enough for a first load; and
    the reduced costs of a plan say nothing of openings it does not use.
    """
    programme, opened = (layout.columns.get(name, {}) for name in ("programme", "opened"))
    begun = next((t for (t,), k in sorted(programme.items()) if values[k] > _BEGUN), None)
    starts = next((t for (t,), k in programme.items() if decided.get(k)), None)
    if begun is None or starts is None or begun >= starts:
        return []
    together = [site for (site, t), k in opened.items() if t == starts and decided[k]]

    def at(period: int) -> list[int]:
        return [programme[(period,)], *(opened[site, period] for site in together)]

    cleared = decided | dict.fromkeys(at(starts), 0.0)
    return [cleared | dict.fromkeys(at(t), 1.0) for t in dict.fromkeys((begun, (begun + starts) // 2))]
