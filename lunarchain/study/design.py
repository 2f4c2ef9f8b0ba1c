"""From axes to points: which cases a study computes. Order is fixed by the study, so that a study can be resumed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lunarchain.study.axes import Axis
from lunarchain.study.schema import Design, Value

Point = dict[str, Value]  # path of a factor -> its value; a factor left out stays where the base has it
Shares = NDArray[np.float64]


def points(design: Design, axes: Sequence[Axis]) -> list[Point]:
    """The points of a design over the axes (the base alone where there are no axes)."""
    if not axes:
        return [{}]
    if design.method == "tornado":
        return _tornado(design, axes)
    if design.method == "grid":
        levels = [axis.points(design.levels) for axis in axes]
        return [dict(zip((a.path for a in axes), values, strict=True)) for values in _snake(levels)]
    return [
        {axis.path: axis.at(float(share)) for axis, share in zip(axes, row, strict=True)}
        for row in shares(design, len(axes), axes)
    ]


def shares(design: Design, count: int, axes: Sequence[Axis] = ()) -> Shares:
    """Rows of shares along each axis (0 to 1) for the sampled designs, shape (points, axes)."""
    if design.method == "lhs":
        from scipy.stats import qmc

        return np.asarray(
            qmc.LatinHypercube(d=count, rng=np.random.default_rng(design.seed)).random(design.samples)
        )
    if design.method == "sobol":
        from SALib.sample import sobol

        return np.asarray(
            sobol.sample(
                problem(count), design.samples, calc_second_order=design.second_order, seed=design.seed
            )
        )
    from SALib.sample import morris

    drawn = morris.sample(
        problem(count), design.trajectories, num_levels=design.grid_levels, seed=design.seed
    )
    return np.asarray(drawn)


def problem(count: int) -> dict[str, Any]:
    """The unit cube as the sensitivity library describes one."""
    return {"num_vars": count, "names": [f"x{k}" for k in range(count)], "bounds": [[0.0, 1.0]] * count}


def _tornado(design: Design, axes: Sequence[Axis]) -> list[Point]:
    """The base, then each factor alone at each of its levels, in rising order so that neighbours are alike."""
    found: list[Point] = [{}]
    for axis in axes:
        found += [{axis.path: value} for value in axis.points(design.levels) if value != axis.nominal]
    return found


def _snake(levels: Sequence[Sequence[Value]]) -> list[tuple[Value, ...]]:
    """The grid in an order in which each point differs from the one before in a single factor, by one level."""
    rows: list[tuple[Value, ...]] = [()]
    for values in levels:
        forth = list(values)
        rows = list(
            itertools.chain.from_iterable(
                [(*row, value) for value in (forth if number % 2 == 0 else forth[::-1])]
                for number, row in enumerate(rows)
            )
        )
    return rows
