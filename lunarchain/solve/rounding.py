"""From fractional decisions to whole ones: candidates that are then fixed and re-solved.

Whole tracks are chosen by a small covering model: enough tracks, of whatever design is cheapest, for the throughput
the relaxed plan uses. Sites open when something worth landing arrives. Flights are cut down to whole numbers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.highs import solve_mip

_NEARLY_WHOLE = 1e-6


@dataclass(frozen=True)
class Cover:
    """How a relaxed plan is rounded: the share of its throughput whole tracks cover, from what share of a track on,
    how much later they are built, and the share of a whole opening that makes a site worth opening."""

    share: float
    least_tracks: float
    delay: int
    least_opening: float = 1e-4


COVERS = (
    Cover(1.0, 0.25, 0),
    Cover(1.0, 0.02, 0),
    Cover(1.0, 0.25, 0, 1e-6),
    Cover(1.0, 0.25, 1),
    Cover(0.75, 0.5, 1),
)


def family(arrays: Arrays, name: str) -> dict[tuple, int]:
    """Column numbers of one model variable by index."""
    found = {}
    for k, column in enumerate(arrays.columns):
        if column.parent_component().name == name:
            index = column.index()
            found[index if isinstance(index, tuple) else (index,)] = k
    return found


def rows_of(arrays: Arrays, name: str) -> dict[tuple, int]:
    """Row numbers of one model constraint by index."""
    found = {}
    for k, (row, _) in enumerate(arrays.rows):
        if row.parent_component().name == name:
            index = row.index()
            found[index if isinstance(index, tuple) else (index,)] = k
    return found


def whole_decisions(arrays: Arrays, values: Vector, cover: Cover) -> dict[int, float]:
    """A whole value for every integer column, near the relaxed plan ``values``."""
    decided: dict[int, float] = {}
    decided |= _tracks(arrays, values, cover)
    decided |= _openings(arrays, values, cover)
    decided |= _flights(arrays, values)
    for k in np.flatnonzero(arrays.integer):
        decided.setdefault(int(k), float(np.round(values[k])))
    return decided


def fixed(arrays: Arrays, decided: dict[int, float]) -> Arrays:
    """The model with its integer columns fixed."""
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    for k, value in decided.items():
        lower[k] = upper[k] = value
    return replace(arrays, lower=lower, upper=upper, integer=np.zeros_like(arrays.integer))


def _tracks(arrays: Arrays, values: Vector, cover: Cover) -> dict[int, float]:
    """Fewest-cost whole tracks whose standing throughput covers what the relaxed plan throws, track by track."""
    built = family(arrays, "tracks_built")
    rates = rows_of(arrays, "track_rate")
    if not built:
        return {}
    by_place: dict[tuple[str, tuple[str, str]], list[tuple]] = defaultdict(list)
    for track, design, period, slice_ in rates:
        by_place[track, _kind(design)].append((track, design, period, slice_))
    decided: dict[int, float] = {}
    for (track, kind), keys in by_place.items():
        columns = [k for (j, d, _), k in built.items() if j == track and _kind(d) == kind]
        decided |= _cover(arrays, values, cover, keys, columns)
    return decided


def _kind(design: str) -> tuple[str, str]:
    """Payload class and exit speed of a design: what its tracks can stand in for one another."""
    return design.split("_", 1)[0], design.split("_", 4)[-1]


def _cover(
    arrays: Arrays, values: Vector, cover: Cover, keys: list[tuple], columns: list[int]
) -> dict[int, float]:
    rates = rows_of(arrays, "track_rate")
    groups: dict[tuple, list[tuple]] = defaultdict(list)
    for key in keys:
        groups[key[2:]].append(key)  # designs of one class share a period and slice
    terms = {key: _throw_terms(arrays, key) for key in keys}
    needed, supply = [], []
    largest = max((capacity[:, columns].max() for _, capacity in terms.values()), default=0.0)
    for group in sorted(groups):
        thrown = sum(values[terms[key][0]].sum() for key in groups[group])
        needed.append(thrown * cover.share if thrown > cover.least_tracks * largest else 0.0)
        supply.append(
            sum((terms[key][1][:, columns] for key in groups[group]), sparse.csr_matrix((1, len(columns))))
        )
    if max(needed, default=0.0) <= 0:
        return dict.fromkeys(columns, 0.0)
    reachable = np.array([row.max() > 0 for row in supply])
    small = Arrays(
        matrix=sparse.vstack(supply).tocsc(),
        row_lower=np.where(reachable, np.array(needed) / max(needed), 0.0) * max(needed),
        row_upper=np.full(len(needed), np.inf),
        cost=arrays.cost[columns],
        offset=0.0,
        lower=np.zeros(len(columns)),
        upper=arrays.upper[columns],
        integer=np.ones(len(columns), dtype=bool),
        columns=tuple(arrays.columns[k] for k in columns),
        rows=tuple((arrays.rows[rates[groups[g][0]]][0], -1) for g in sorted(groups)),
    )
    outcome = solve_mip(small, None, 1e-3, 10.0)
    if outcome.values is None:
        return {}
    whole = np.round(outcome.values)
    return {k: float(n) for k, n in zip(columns, _delayed(arrays, columns, whole, cover.delay), strict=True)}


def _throw_terms(arrays: Arrays, key: tuple) -> tuple[NDArray[np.intp], sparse.csr_matrix]:
    """Columns of the shots a rate row limits, and the mass a whole track built in each period adds to the limit."""
    by_rows = arrays.matrix.tocsr()
    rate = by_rows[rows_of(arrays, "track_rate")[key]]
    stock = by_rows[rows_of(arrays, "track_stock")[key[:3]]]
    most = -rate[0, family(arrays, "tracks_standing")[key[:3]]]
    return rate.indices[rate.data > 0], -most * stock


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


def _openings(arrays: Arrays, values: Vector, cover: Cover) -> dict[int, float]:
    opened, programme = family(arrays, "opened"), family(arrays, "programme")
    decided: dict[int, float] = dict.fromkeys([*opened.values(), *programme.values()], 0.0)
    first: list[int] = []
    for site in dict.fromkeys(site for site, _ in opened):
        used = [t for (s, t), k in sorted(opened.items()) if s == site and values[k] > cover.least_opening]
        if used:
            decided[opened[site, used[0]]] = 1.0
            first.append(used[0])
    if first:
        decided[programme[(min(first),)]] = 1.0
    return decided


def _flights(arrays: Arrays, values: Vector) -> dict[int, float]:
    flights = family(arrays, "flights")
    return {k: float(np.floor(values[k] + _NEARLY_WHOLE)) for k in flights.values() if arrays.integer[k]}
