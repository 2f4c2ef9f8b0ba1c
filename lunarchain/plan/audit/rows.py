"""The rows themselves: of known tables, names, units and periods, each once, finite, whole where counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from lunarchain.plan.audit.case import Case
from lunarchain.plan.audit.certificate import Line, Statement
from lunarchain.plan.audit.launch import highest_cadence
from lunarchain.plan.audit.places import Places
from lunarchain.plan.launchers import LAUNCHERS
from lunarchain.plan.launchers import UNITS as LAUNCHER_UNITS
from lunarchain.plan.tables import COLUMNS, LAYOUT

TABLES = Statement("tables", "tables missing, or without their columns <= none [count]")
CALENDAR = Statement("calendar", "rows of a period the calendar does not have <= none [count]")
NAMES = Statement("names", "rows of a node, item or detail the case does not have or allow <= none [count]")
UNITS = Statement("units", "rows in another unit than their table's <= none [count]")
REPEATED = Statement("repeated rows", "rows that say the same thing again <= none [count]")
NUMBERS = Statement("numbers", "rows that are not a finite number, or below zero <= none [count]")
WHOLE = Statement("whole numbers", "distance of what is counted from a whole number = none [count]")

COSTS = "costs"
COUNTED = (("tracks", "built"), ("openings", ""), ("haulage", "line"))


def table_lines(tables: Mapping[str, pd.DataFrame]) -> Iterator[Line]:
    """Whether every table is there at all; nothing else can be read if not."""
    for name in sorted({layout.table for layout in LAYOUT.values()} | {COSTS, LAUNCHERS}):
        missing = name not in tables or not set(COLUMNS) <= set(tables[name].columns)
        yield TABLES.within(name, np.array([float(missing)]), np.zeros(1))


def lines(case: Case, tables: Mapping[str, pd.DataFrame], known: Places) -> Iterator[Line]:
    """Every statement about rows."""
    units = {name: {y.unit for y in LAYOUT.values() if y.table == name} for name in tables}
    units[COSTS] = {"GUSD/yr"}
    units[LAUNCHERS] = set(LAUNCHER_UNITS.values())
    for name, table in tables.items():
        period, value = table["period"].to_numpy(), table["value"].to_numpy(dtype=float)
        yield _none(CALENDAR, name, table, (period < 0) | (period >= case.years.count))
        yield _none(UNITS, name, table, ~table["unit"].isin(units.get(name, set())).to_numpy())
        yield _none(REPEATED, name, table, table.duplicated(list(COLUMNS[:4])).to_numpy())
        yield _none(NUMBERS, name, table, ~np.isfinite(value) | (value < 0) & (name != COSTS))
        if name in known:
            places = list(zip(table["node"], table["item"], table["detail"], strict=True))
            strange = set(places) - known[name]
            yield _none(NAMES, name, table, np.array([place in strange for place in places], dtype=bool))
    yield from _whole(case)


def _none(statement: Statement, name: str, table: pd.DataFrame, wrong: np.ndarray) -> Line:
    place = f"{name}: {table.loc[wrong].iloc[0].to_dict()}" if wrong.any() else name
    return statement.within(place, np.array([float(np.count_nonzero(wrong))]), np.zeros(1))


def _whole(case: Case) -> Iterator[Line]:
    for table, what in COUNTED:
        for node, item, detail, values in case.rows(table):
            if what in ("", item, detail):
                yield WHOLE.equal(
                    f"{table}: {node} {item} {detail}", np.abs(values - np.round(values)), case.zero
                )
    for vehicle in case.scenario.launch.vehicles:
        few = highest_cadence(case, vehicle) <= case.scenario.launch.integer_flights_below
        flown = case.of("launches", vehicle, "flights")
        yield WHOLE.equal(
            f"launches: {vehicle} flights", np.where(few, np.abs(flown - np.round(flown)), 0.0), case.zero
        )
