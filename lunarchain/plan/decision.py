"""The answer of a case in three words: is the Moon worth it, where is it put together, which launcher throws it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lunarchain.plan.merit import LUNAR_BUILDS, select
from lunarchain.plan.tables import Tables

# Likely: it pays in a plan with fractions of tracks and openings, which is not one that can be built.
# Not asked: the case may not use the Moon, and nothing about it is proven either way.
YES, LIKELY, NO, OPEN, NOT_ASKED = "yes", "likely", "no", "open", "not asked"
EARTH, NONE = "Earth", "none"
# Less than this over the whole plan is a trial, not an industry [GW].
SOME_GW = 1.0
# Worth less than this share of the cost is within what the proof leaves open of most cases.
WORTH_SHARE = 1e-3


def decide(
    record: Mapping[str, Any], tables: Tables, lengths: dict[int, float], whole: bool
) -> dict[str, str]:
    """``moon``, ``assembled`` and ``driver`` from what is recorded of the solve and from the plan's tables.

    ``lengths`` are the years of each reported period; ``whole`` says whether the plan is in whole numbers.
    """
    return {
        "moon": moon(record, whole),
        "assembled": _assembled(tables, lengths),
        "driver": _driver(tables, lengths),
    }


def moon(record: Mapping[str, Any], whole: bool) -> str:
    """Yes when the plan beats what is proven possible without; no when even the bound gains next to nothing.

    A plan that is not in whole numbers (``whole`` false) can refute the Moon, but proves no more than ``LIKELY``.
    """
    pays = YES if whole else LIKELY
    if record["objective_without_moon"] is None:
        return pays  # there is no plan without it
    if record["decision_value"] is None:
        return NOT_ASKED
    least_worth = WORTH_SHARE * abs(record["objective_without_moon"])
    if record["bound_without_moon"] - record["objective"] > least_worth:
        return pays
    return NO if record["objective_without_moon"] - record["bound"] <= least_worth else OPEN


def _assembled(tables: Tables, lengths: dict[int, float]) -> str:
    """Where most power of lunar-made satellites is put together: the Moon, or the yard of an orbit."""
    made = select(tables["satellites"], detail="added", item=LUNAR_BUILDS)
    places = made["item"].where(made["item"] == "moon", "yard at " + made["node"].astype(str))
    return _largest(made, places, lengths, SOME_GW, EARTH)


def _driver(tables: Tables, lengths: dict[int, float]) -> str:
    """The track and class of shot that throws most mass; its exit speed is left out, which follows the destination."""
    shots = tables["shots"]
    launchers = shots["node"].astype(str) + " " + shots["item"].astype(str).str.rsplit("_", n=1).str[0]
    return _largest(shots, launchers, lengths, 0.0, NONE)


def _largest(
    rows: pd.DataFrame, names: pd.Series, lengths: dict[int, float], least: float, otherwise: str
) -> str:
    amounts = (rows["value"] * rows["period"].map(lengths).fillna(0.0)).groupby(names).sum()
    return str(amounts.idxmax()) if len(amounts) and amounts.max() > least else otherwise
