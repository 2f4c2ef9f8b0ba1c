"""What every limit and every balance of a plan is worth, as a table: one row per dual that is not nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.model.calendar import Calendar
from lunarchain.model.context import Context
from lunarchain.model.meaning import LIMIT, Meaning, meaning, period_of, place_of
from lunarchain.plan.tables import PRICE_COLUMNS
from lunarchain.solve.arrays import Arrays, Vector
from lunarchain.solve.duals import ShadowPrices, shadow_prices
from lunarchain.solve.guard import Residuals
from lunarchain.solve.learning import LearningTerms
from lunarchain.units import factor

WHOLE, MARGINAL = "whole number", "marginal"
# what is bought on a learning curve: the next one in words, and the unit of its price
_NEXT = {
    "lifted_so_far": ("next lift of a vehicle", "USD/t"),
    "parts_so_far": ("next satellite parts", "USD/t"),
    "bodies_so_far": ("next body of an Earth-built satellite", "USD/kW"),
}
# Worth less than this [G$, discounted] is the solver's noise beside costs of thousands.
NOISE_G_USD = 1e-6


def price_table(
    context: Context, arrays: Arrays, terms: LearningTerms, values: Vector, time_limit_s: float = 600.0
) -> tuple[pd.DataFrame, Residuals]:
    """Shadow prices of a plan by row, with units: ``PRICE_COLUMNS``; and how exactly plan and prices fit together.

    ``price`` is what one more unit would save, in the money of its period; ``amount`` is what the plan uses of it;
    ``worth_g_usd`` is their product over the period, discounted. ``dual`` is the solver's own number [G$].
    """
    bounds = [meaning(column.parent_component(), column.index()) for column in arrays.columns]
    limited = np.array([bool(bound.bound) for bound in bounds])
    found = shadow_prices(arrays, terms, values, limited, time_limit_s)
    calendar = context.inputs.calendar
    rows = [*_rows(arrays, found, calendar), *_columns(arrays, found, bounds, calendar)]
    kept = [row for row in rows if abs(row[PRICE_COLUMNS.index("worth_g_usd")]) > NOISE_G_USD]
    table = pd.DataFrame([*kept, *_next_prices(arrays, terms, found)], columns=list(PRICE_COLUMNS))
    table = table.sort_values(["family", "place", "period"], kind="stable").reset_index(drop=True)
    return table, found.residuals


def _rows(arrays: Arrays, found: ShadowPrices, calendar: Calendar) -> Iterator[tuple[Any, ...]]:
    """Duals of constraints. One more unit of allowance lowers the cost by minus the dual of a row bounded above."""
    positive = arrays.matrix.multiply(arrays.matrix > 0) @ found.values
    negative = positive - arrays.matrix @ found.values
    for k, ((row, side), dual) in enumerate(zip(arrays.rows, found.rows, strict=True)):
        if dual == 0:
            continue
        # a row bounded below reads "supply - use >= limit": what is used is what stands with a minus, and the limit
        used = negative[k] + max(arrays.row_lower[k], 0.0) if side == -1 else positive[k]
        saved = -dual if side == 1 else dual
        yield _entry(row, "", saved, used, dual, calendar)


def _columns(
    arrays: Arrays, found: ShadowPrices, bounds: list[Meaning], calendar: Calendar
) -> Iterator[tuple[Any, ...]]:
    """Reduced costs: of columns at an upper bound that is a limit, and of the whole numbers held fixed."""
    for k, (column, means) in enumerate(zip(arrays.columns, bounds, strict=True)):
        reduced, value = found.columns[k], found.values[k]
        if arrays.integer[k]:
            yield _entry(column, WHOLE, -reduced, value, reduced, calendar)
        elif means.bound and reduced < 0:
            yield _entry(column, LIMIT, -reduced, value, reduced, calendar)


def _next_prices(arrays: Arrays, terms: LearningTerms, found: ShadowPrices) -> Iterator[tuple[Any, ...]]:
    """The price of the next tonne of lift, of satellite parts, of the next satellite body: what all other prices
    were computed with."""
    for k, price in zip(terms.columns, found.lift_prices, strict=True):
        column = arrays.columns[k]
        family, unit = column.parent_component().name, meaning(column.parent_component(), column.index()).unit
        period, place = period_of(column.index()), "|".join(place_of(column.index()))
        words, priced_in = _NEXT[family]
        yield (period, MARGINAL, family, words, place or words, price * factor(f"GUSD/({unit})", priced_in), priced_in,
               found.values[k], unit, 0.0, 0.0)  # fmt: skip


def _entry(
    item: Any, kind: str, saved_g_usd: float, amount: float, dual: float, calendar: Calendar
) -> tuple[Any, ...]:
    family, index = item.parent_component(), item.index()
    means, period = meaning(family, index), period_of(index)
    assert (
        period is not None
    )  # every family is indexed by period; tests/model/test_meaning.py holds it to that
    words = means.bound if kind == LIMIT else means.words
    return (
        period, kind or means.kind, family.name, words, "|".join(place_of(index)),
        means.price(saved_g_usd, calendar, period), means.price_unit, amount, means.unit, saved_g_usd * amount, dual,
    )  # fmt: skip
