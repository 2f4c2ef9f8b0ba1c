"""From solved variables to the tables of a plan."""

from __future__ import annotations

from collections import defaultdict

from lunarchain.model.arcs import SLICES
from lunarchain.model.context import Context
from lunarchain.model.ground import tier_widths
from lunarchain.plan.launchers import LAUNCHERS, Row, launcher_rows
from lunarchain.plan.tables import LAYOUT, Tables, to_frame
from lunarchain.solve.arrays import Arrays, Vector

LAUNCH = "Earth launch"
UNSERVED = "value of compute not served"


def extract(context: Context, arrays: Arrays, values: Vector, whole: bool = True) -> Tables:
    """Every table of the plan that ``values`` describe, costs included.

    ``whole`` rounds what the model counts in whole numbers; a relaxed plan keeps its fractions.
    """
    by_id = {id(column): float(value) for column, value in zip(arrays.columns, values, strict=True)}
    rows: dict[str, list[tuple[int, str, str, str, float, str]]] = defaultdict(list)
    for layout in LAYOUT.values():
        rows[layout.table] = []
    for column, value in zip(arrays.columns, values, strict=True):
        layout = LAYOUT[column.parent_component().name]
        index = column.index()
        place = layout.place(*index) if isinstance(index, tuple) else layout.place(index)
        rows[layout.table].append((*place, _snapped(column, float(value), whole), layout.unit))
    rows["costs"] = _costs(context, by_id)
    rows[LAUNCHERS] = _launchers(context, by_id)
    return {name: to_frame(table) for name, table in rows.items()}


def _snapped(column: object, value: float, whole: bool) -> float:
    """Whole numbers whole where asked for; nothing below its bound by solver tolerance."""
    counted = whole and not column.is_continuous()  # type: ignore[attr-defined]
    return float(round(value)) if counted else max(value, 0.0)


def _launchers(context: Context, by_id: dict[int, float]) -> list[Row]:
    """What every design does from its stand, all its directions and both slices together."""
    inputs, shot_mass = context.inputs, context.model.shot_mass
    rows: list[Row] = []
    for stand, designs in inputs.menu.items():
        for design in designs:
            for t in context.periods:
                shots = [
                    shot_mass[j, design.id, t, s] for j in inputs.stands[stand].directions for s in SLICES
                ]
                thrown = sum(max(by_id.get(id(shot), 0.0), 0.0) for shot in shots)
                rows += launcher_rows(t, stand, design, thrown)
    return rows


def _costs(context: Context, by_id: dict[int, float]) -> list[tuple[int, str, str, str, float, str]]:
    calendar, ledger, rows = context.inputs.calendar, context.ledgers.cost, []
    for item, t in ledger:
        terms = ledger.pairs((item, t))
        paid = sum(coefficient * by_id.get(id(variable), 0.0) for coefficient, variable in terms)
        rows.append((t, "all", item, "charged", paid, "GUSD/yr"))
    for learned in context.model.learning:
        before = 0.0
        for t, variable in enumerate(learned.lifted):
            total = learned.curve.cost(by_id.get(id(variable), 0.0))
            rows.append(
                (t, learned.vehicle, LAUNCH, "charged", (total - before) / calendar.lengths[t], "GUSD/yr")
            )
            before = total
    return rows + _unserved(context, by_id)


def _unserved(context: Context, by_id: dict[int, float]) -> list[tuple[int, str, str, str, float, str]]:
    m, rows = context.model, []
    for q, j, t in m.tier:
        value = tier_widths(context, t)[j][1]
        missing = m.tier[q, j, t].ub - by_id.get(id(m.tier[q, j, t]), 0.0)
        rows.append((t, q, UNSERVED, f"tier {j}", value * missing, "GUSD/yr"))
    return rows
