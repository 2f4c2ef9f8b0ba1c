"""Scenario discovery: the box of factor ranges in which the cases of interest lie, found by PRIM.

The algorithm (Friedman and Fisher 1999) is the library's; it needs the extra ``discovery``. Coverage is the share of
the cases of interest that lie in the box, density the share of the box that is of interest.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lunarchain.errors import InputError, Issue
from lunarchain.study.analyse import judged
from lunarchain.study.collect import answered

_FEWEST = 20  # cases below which a box says nothing


@dataclass(frozen=True)
class Box:
    """Ranges of the factors that matter, what they cover, and how many cases could not be judged."""

    limits: pd.DataFrame
    coverage: float
    density: float
    cases: int
    of_interest: int
    missing: int


def discover(table: pd.DataFrame, factors: Sequence[str], rule: str, density: float = 0.8) -> Box | None:
    """The largest box at least so dense in cases for which ``rule`` (a pandas query) holds; else the densest.

    ``None`` when there are too few cases, or all or none are of interest. Raises ``InputError`` for a rule that
    cannot be read or when the library is missing.
    """
    known = answered(table)
    holds = judged(known, rule)
    known, wanted = known[holds.notna()], holds.dropna().astype(bool)
    if len(known) < _FEWEST or wanted.nunique() < 2:
        return None
    trajectory, inside = _peeled(known[list(factors)], wanted)
    dense = trajectory[trajectory["density"] >= density]
    chosen = dense["coverage"].idxmax() if len(dense) else trajectory["density"].idxmax()
    row = trajectory.loc[chosen]
    limits = _limits(inside(int(chosen)), known[list(factors)])
    return Box(limits, float(row["coverage"]), float(row["density"]), len(known), int(wanted.sum()),
               len(table) - len(known))  # fmt: skip


def _peeled(factors: pd.DataFrame, wanted: pd.Series) -> tuple[pd.DataFrame, Any]:
    """The peeling trajectory, and the limits of the box at any step of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from ema_workbench.analysis import prim
    except ImportError:
        install = "pip install 'lunarchain[discovery]'"
        raise InputError(
            [Issue("study", "measures.interest", "no library for scenario discovery", install)]
        ) from None
    plain = factors.reset_index(drop=True).apply(_plain)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        box = prim.Prim(plain, wanted.to_numpy(bool), threshold=0.5, peel_alpha=0.1).find_box()
    return box.peeling_trajectory, lambda step: box.box_lims[step]


def _plain(column: pd.Series) -> pd.Series:
    return (
        column.astype(float)
        if pd.api.types.is_numeric_dtype(column)
        else column.astype(str).astype("category")
    )


def _limits(box: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """The factors the box narrows: from, to, and the whole range tried."""
    rows = []
    for name in box.columns:
        low, high = box[name].iloc[0], box[name].iloc[1]
        if isinstance(low, set | frozenset):
            every = set(factors[name].astype(str))
            if set(map(str, low)) != every:
                rows.append(
                    {"factor": name, "from": ", ".join(sorted(map(str, low))), "to": "", "tried": len(every)}
                )
        elif low > factors[name].min() or high < factors[name].max():
            tried = f"{factors[name].min():.4g} to {factors[name].max():.4g}"
            rows.append({"factor": name, "from": f"{low:.4g}", "to": f"{high:.4g}", "tried": tried})
    return pd.DataFrame(rows, columns=["factor", "from", "to", "tried"])
