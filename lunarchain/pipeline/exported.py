"""A case as a model file, for any other solver to check what this one says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from lunarchain.errors import InputError, Issue
from lunarchain.logistics.model import build as build_logistics
from lunarchain.logistics.network import make_network
from lunarchain.pipeline.relax_case import build_arms
from lunarchain.scenario.load import Case
from lunarchain.solve.arrays import Arrays, to_arrays
from lunarchain.solve.export import write_mps

ENDINGS = (".mps", ".mps.gz")
ON_CHORDS = (
    "bills that fall with quantity stand as their chords: the least cost of this file is a lower bound"
)
WHOLE = "this file says all of the model"


def export(case: Case, departures: pd.DataFrame, path: Path) -> dict[str, Any]:
    """Write the model of a case (with the Moon, where it has one) to ``path`` and say what the file holds.

    Columns and rows are named as in the tables of shadow prices, ``family[index]``; costs are G$ at the first instant.
    Raises ``InputError`` for a name of another format and ``ExportError`` when the file cannot be written.
    """
    if not path.name.endswith(ENDINGS):
        raise InputError(
            [Issue("command line", "--export", str(path), f"a file ending in {' or '.join(ENDINGS)}")]
        )
    arrays, told = exported_arrays(case, departures)
    write_mps(arrays, path)
    return {
        "file": str(path), "columns": int(arrays.matrix.shape[1]), "rows": int(arrays.matrix.shape[0]),
        "nonzeros": int(arrays.matrix.nnz), "integers": int(arrays.integer.sum()), "note": told,
    }  # fmt: skip


def exported_arrays(case: Case, departures: pd.DataFrame) -> tuple[Arrays, str]:
    """What a file of the case holds, and what it leaves to say."""
    if case.scenario.logistics is not None:
        return to_arrays(build_logistics(make_network(case.scenario.logistics, case.facts))), WHOLE
    without, with_moon = build_arms(case, departures)
    return (without if with_moon is None else with_moon).chords, ON_CHORDS
