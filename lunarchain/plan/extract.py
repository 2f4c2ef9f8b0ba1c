"""From solved variables to the tables of a plan."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from lunarchain.model.arcs import SLICES
from lunarchain.model.context import Context
from lunarchain.model.ground import tier_widths
from lunarchain.plan.launchers import LAUNCHERS, Row, launcher_rows
from lunarchain.plan.tables import LAYOUT, Tables, to_frame
from lunarchain.solve.arrays import Arrays, Vector, by_variable

UNSERVED = "value of compute not served"


def extract(context: Context, arrays: Arrays, values: Vector, whole: bool = True) -> Tables:
    """Every table of the plan that ``values`` describe, costs included.

    ``whole`` rounds what the model counts in whole numbers; a relaxed plan keeps its fractions.
    """
    found = by_variable(arrays, values)
    rows: dict[str, list[tuple[int, str, str, str, float, str]]] = defaultdict(list)
    for layout in LAYOUT.values():
        rows[layout.table] = []
    for column, value in zip(arrays.columns, values, strict=True):
        layout = LAYOUT[column.parent_component().name]
        index = column.index()
        place = layout.place(*index) if isinstance(index, tuple) else layout.place(index)
        rows[layout.table].append((*place, _snapped(column, float(value), whole), layout.unit))
    rows["costs"] = _costs(context, found)
    rows[LAUNCHERS] = _launchers(context, found)
    return {name: to_frame(table) for name, table in rows.items()}


def _snapped(column: object, value: float, whole: bool) -> float:
    """Whole numbers whole where asked for; nothing below its bound by solver tolerance."""
    counted = whole and not column.is_continuous()  # type: ignore[attr-defined]
    return float(round(value)) if counted else max(value, 0.0)


def _launchers(context: Context, found: Vector) -> list[Row]:
    """What every design does from its stand, all its directions and both slices together."""
    inputs, shot_mass = context.inputs, context.model.shot_mass
    rows: list[Row] = []
    for stand, designs in inputs.menu.items():
        for design in designs:
            shots = [shot_mass[j, design.id, ..., s] for j in inputs.stands[stand].directions for s in SLICES]
            thrown = sum(np.maximum(found[shot.columns], 0.0) for shot in shots)
            for t in context.periods:
                rows += launcher_rows(t, stand, design, float(thrown[t]))
    return rows


def _costs(context: Context, found: Vector) -> list[tuple[int, str, str, str, float, str]]:
    calendar, ledger, rows = context.inputs.calendar, context.ledgers.cost, []
    for item in ledger:
        terms = ledger.pairs(item)
        paid = sum(price * line.value(found, calendar.count) for price, line in terms)
        named = np.flatnonzero(context.named(terms))
        rows += [(t, "all", item, "charged", float(paid[t]), "GUSD/yr") for t in named.tolist()]
    for bill in context.model.learning:
        before = 0.0
        for t, (amount, charged) in enumerate(zip(found[bill.amounts.columns], bill.charged, strict=True)):
            total = bill.curve.cost(max(float(amount), 0.0))
            bought = charged * (total - before) / calendar.lengths[t]
            rows.append((t, bill.place, bill.item, "charged", bought, "GUSD/yr"))
            before = total
    return rows + _unserved(context, found)


def _unserved(context: Context, found: Vector) -> list[tuple[int, str, str, str, float, str]]:
    tier, rows = context.model.tier, []
    for (q, j, t), variable in tier.items():
        value = tier_widths(context, t)[j][1]
        missing = tier.upper_of((q, j, t)) - float(found[variable.number])
        rows.append((t, q, UNSERVED, f"tier {j}", value * missing, "GUSD/yr"))
    return rows
