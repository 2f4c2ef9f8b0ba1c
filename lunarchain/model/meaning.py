"""What the rows and columns of the model mean to a person: words, unit, and the unit of a shadow price.

Every component of the model carries this in its ``doc``, where the math is written:

- a variable: ``words [unit]``, and ``; limit: words`` where its upper bound is a limit of the world;
- a constraint: ``kind: words [unit of its right-hand side]``. A *limit* is set by nature, growth or policy; a *price*
  row balances what can be made or bought, so its dual is what one more unit is worth; a *definition* adds things up.
  ``, once`` after the unit says that the row is about a total, not about a yearly rate or a level held for years.
- a limit may end in ``; set by: keys`` (what a person would change to move it; ``{0}`` stands for the first part of
  the index) and ``; priced at: key`` (what a missing unit of it is counted at when no plan exists).
- a family whose members differ has one line for each, ``member: kind: words [unit]``.

A row of period $t$ holds for all its years, so its dual $y$ [G$ at the first instant] is worth
$y / \\delta_t$ a year of the period, with $\\delta_t$ the discounted years: G$ per (unit x year), in the money of then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lunarchain.model.calendar import Calendar
from lunarchain.units import factor

LIMIT, PRICE, DEFINITION, QUANTITY = "limit", "price", "definition", "quantity"

_DOC = re.compile(
    r"(?:(?P<kind>limit|price|definition): )?(?P<words>[^\[\]]+?) \[(?P<unit>[^\],]+)(?P<once>, once)?\](?P<rest>.*)"
)
_CLAUSE = re.compile(r"; (limit|set by|priced at): ([^;]+)")
# the unit people use for the price of one unit of a row, by the unit of the row
_PRICE_UNITS = {
    "kt/yr": "USD/t", "kt": "USD/t/yr", "t": "USD/t/yr", "GW/yr": "USD/kW", "GW": "USD/(kW*yr)", "GWh/yr": "USD/MWh",
    "GWh": "USD/(kWh*yr)", "flight/yr": "USD/flight", "licence/yr": "USD/licence", "Tbit/s": "USD/(Gbit/s*yr)",
    "pad/yr": "USD/pad", "ship/yr": "USD/ship",
}  # fmt: skip
_PRICE_UNITS_ONCE = {"kt": "USD/t"}


@dataclass(frozen=True)
class Meaning:
    """A row or a column in words. ``bound`` is the limit that a variable's upper bound stands for, if any.

    ``set_by`` are the keys of the scenario or of the facts that set a limit; ``priced_at`` is a fact.
    """

    kind: str
    words: str
    unit: str
    once: bool
    bound: str
    set_by: tuple[str, ...] = ()
    priced_at: str = ""

    @property
    def price_unit(self) -> str:
        """Unit of the price of one unit of the row, such as USD/t for a row in kt/yr."""
        return _priced_in(self.unit, self.once)[0]

    def price(self, dual_g_usd: float, calendar: Calendar, period: int) -> float:
        """A dual as a price in ``price_unit``, in the money of the period: discount and length of the period undone."""
        years = calendar.discounted_years(period)
        if self.once:
            years /= calendar.lengths[period]
        return dual_g_usd / years * _priced_in(self.unit, self.once)[1]


def _priced_in(unit: str, once: bool) -> tuple[str, float]:
    """Unit of a price, and what one G$ per unit (and year) is in it."""
    wanted = (_PRICE_UNITS_ONCE if once else _PRICE_UNITS).get(unit)
    if wanted is None:
        return (
            f"GUSD/{unit if once else unit.removesuffix('/yr') if unit.endswith('/yr') else f'({unit}*yr)'}",
            1.0,
        )
    return wanted, factor(f"GUSD/({unit}){'' if once else '/yr'}", wanted)


def meaning(component: Any, index: Any) -> Meaning:
    """What one row or column of a family means. Raises ``ValueError`` for a family whose ``doc`` does not say."""
    doc = component.doc or ""
    if "\n" in doc:
        lines = dict(line.split(": ", 1) for line in doc.splitlines())
        doc = lines.get(str(index[0] if isinstance(index, tuple) else index), "")
    found = _DOC.fullmatch(doc)
    clauses = dict(_CLAUSE.findall(found["rest"])) if found else {}
    if found is None or "".join(f"; {key}: {value}" for key, value in clauses.items()) != found["rest"]:
        raise ValueError(f"{component.name}: doc {doc!r} does not read 'kind: words [unit]'")
    keys = clauses.get("set by", "").format(*place_of(index))
    return Meaning(
        found["kind"] or QUANTITY, found["words"], found["unit"], bool(found["once"]), clauses.get("limit", ""),
        tuple(key for key in keys.split(", ") if key), clauses.get("priced at", ""),
    )  # fmt: skip


def period_of(index: Any) -> int | None:
    """The period of a row or column: the last whole number of its index."""
    parts = index if isinstance(index, tuple) else (index,)
    return next((part for part in reversed(parts) if type(part) is int), None)


def place_of(index: Any) -> tuple[str, ...]:
    """Where or of what a row is: its index without the period."""
    parts = list(index if isinstance(index, tuple) else (index,))
    period = period_of(index)
    if period is not None:
        del parts[len(parts) - 1 - parts[::-1].index(period)]
    return tuple(f"{part:g}" if isinstance(part, float) else str(part) for part in parts)
