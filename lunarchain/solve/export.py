"""A compiled model as an MPS file, so that any other solver can check what this one says."""

from __future__ import annotations

from pathlib import Path

import highspy

from lunarchain.errors import LunarchainError
from lunarchain.solve.arrays import Arrays


class ExportError(LunarchainError):
    """The model file could not be written."""


def write_mps(arrays: Arrays, path: Path) -> None:
    """Write the model to ``path`` (ending ``.mps`` or ``.mps.gz``), columns and rows under their model names.

    The objective's constant is kept, as the negative right-hand side of the cost row that the format asks for.
    Raises ``ExportError`` when names are lost or double, or the file cannot be written.
    """
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = arrays.matrix.shape
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.num_row_, model.a_matrix_.num_col_ = arrays.matrix.shape
    model.a_matrix_.start_, model.a_matrix_.index_ = arrays.matrix.indptr, arrays.matrix.indices
    model.a_matrix_.value_ = arrays.matrix.data
    model.col_cost_, model.offset_ = arrays.cost, arrays.offset
    model.col_lower_, model.col_upper_ = arrays.lower, arrays.upper
    model.row_lower_, model.row_upper_ = arrays.row_lower, arrays.row_upper
    kinds = {True: highspy.HighsVarType.kInteger, False: highspy.HighsVarType.kContinuous}
    model.integrality_ = [kinds[bool(whole)] for whole in arrays.integer]
    model.col_names_ = _unique([column.name for column in arrays.columns])
    model.row_names_ = _unique([row.name for row, _ in arrays.rows])
    _write(model, path)


def _write(model: highspy.HighsLp, path: Path) -> None:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    if highs.passModel(model) == highspy.HighsStatus.kError:
        raise ExportError(f"{path}: the model was not accepted")
    if highs.writeModel(str(path)) == highspy.HighsStatus.kError or not path.is_file():
        raise ExportError(f"{path}: the model file could not be written")


def _unique(names: list[str]) -> list[str]:
    """Names fit for the format: no blanks, no quotes, none twice (a range is two rows of one name)."""
    if any(name.startswith("[") for name in names):
        raise ExportError("the model the arrays were made from is gone, and with it the names of its columns")
    plain = [name.replace("'", "").replace(" ", "_") for name in names]
    seen: dict[str, int] = {}
    numbered = []
    for name in plain:
        seen[name] = seen.get(name, 0) + 1
        numbered.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    if len(set(numbered)) < len(numbered):
        raise ExportError("two columns or rows would have one name")
    return numbered
