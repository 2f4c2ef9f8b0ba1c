"""HiGHS on plain arrays, proof first: its searches for plans cost more than the proof on a small case."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

# HiGHS 1.15.1 calls plans of this model optimal, bound and all, that are 2e-6 to 7e-5 dearer than plans known to be
# feasible: at its usual settings, without presolve, and seldom with these. So no answer of one run is the last word:
# see ``test_independent_model``.
CAREFUL: dict[str, object] = {
    "mip_feasibility_tolerance": 1e-9,
    "mip_detect_symmetry": False,
    "mip_allow_restart": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}


def least(
    matrix: sparse.spmatrix, rows: tuple[ArrayLike, ArrayLike], columns: tuple[ArrayLike, ArrayLike],
    cost: ArrayLike, whole: ArrayLike, offset: float, gap: float,
) -> tuple[float, np.ndarray]:  # fmt: skip
    """Least cost within a relative gap and its plan; ``rows`` and ``columns`` are (lower, upper)."""
    a = sparse.csc_matrix(matrix)
    highs = highspy.Highs()
    for name, value in (
        {"output_flag": False, "threads": 1, "mip_rel_gap": gap, "mip_abs_gap": 0.0} | CAREFUL
    ).items():
        assert highs.setOptionValue(name, value) == highspy.HighsStatus.kOk, name
    sides = [np.asarray(side, dtype=float) for side in (*columns, *rows)]
    highs.passModel(
        a.shape[1], a.shape[0], a.nnz, int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), offset,
        np.asarray(cost, dtype=float), *sides, a.indptr.astype(np.int32), a.indices.astype(np.int32), a.data,
        np.asarray(whole, dtype=np.int32),
    )  # fmt: skip
    assert highs.getNumNz() == a.nnz
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal, highs.getModelStatus()
    return float(highs.getInfo().objective_function_value), np.array(highs.getSolution().col_value)
