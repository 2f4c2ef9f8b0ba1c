"""A Pyomo model as arrays, by Pyomo's own standard-form compiler.

For models that somebody extended by hand, and to hold our own compiler to: ``record`` must give the same.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy import sparse

from lunarchain.solve.arrays import Arrays


def from_pyomo(model: pyo.ConcreteModel) -> Arrays:
    """Compile a Pyomo model, every column and row with the component it comes from."""
    form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)
    columns = tuple(form.columns)
    lower = np.array([-np.inf if c.lb is None else c.lb for c in columns], dtype=float)
    upper = np.array([np.inf if c.ub is None else c.ub for c in columns], dtype=float)
    tags = np.array([row.bound_type for row in form.rows])
    rhs = np.asarray(form.rhs, dtype=float)
    cost = (
        np.zeros(len(columns)) if form.c.shape[0] == 0 else np.asarray(form.c.todense(), dtype=float).ravel()
    )
    return Arrays(
        matrix=sparse.csc_matrix(form.A),
        row_lower=np.where(tags == 1, -np.inf, rhs),
        row_upper=np.where(tags == -1, np.inf, rhs),
        cost=cost,
        offset=float(form.c_offset[0]),
        lower=lower,
        upper=upper,
        integer=np.array([not c.is_continuous() for c in columns]),
        columns=columns,
        rows=tuple((row.constraint, row.bound_type) for row in form.rows),
    )
