"""How fast the Moon grew: lunar plant made, how soon it doubled, and which limit on making plant held when.

Worked out from a plan's tables and the facts. What lift, land or worth did to growth is the reports' to say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lunarchain.industry.plant import Grade, grades
from lunarchain.plan.periods import Periods, Series
from lunarchain.plan.tables import Tables
from lunarchain.scenario.facts import Facts

# Growth is measured over the two decades of size that end at the largest plant: the seed's noise is left out.
GROWTH_SPAN = 0.01
# Used to this share, a limit holds: the rest is the solver's tolerance.
BINDING = 0.995


@dataclass(frozen=True)
class PlantLimit:
    """One limit on making lunar plant: what is made and what may be made in each reported period [kt/yr]."""

    used: Series
    allowed: Series

    @property
    def binds(self) -> np.ndarray:
        """Periods in which it holds."""
        return (self.used > 0) & (self.used >= BINDING * self.allowed)


def made_so_far_kt(tables: Tables, span: Periods) -> Series:
    """Lunar-made plant so far, at the start of each reported period [kt]."""
    return span.series(tables["plant"][tables["plant"]["item"] == "made so far"])


def plant_grades(facts: Facts) -> dict[str, Grade]:
    """Grades a plan may build at, crudest first."""
    return {name: found for name, found in grades(facts).items() if not math.isnan(found.import_factor)}


def experience(tables: Tables, span: Periods, facts: Facts) -> dict[str, PlantLimit]:
    """Plant of each better grade beside what experience allows, by grade."""
    made = made_so_far_kt(tables, span)
    return {
        name: PlantLimit(sum(_served(tables, span, name).values(), 0 * made), found.experience_per_yr * made)
        for name, found in plant_grades(facts).items()
        if math.isfinite(found.experience_per_yr)
    }


def commissioning(tables: Tables, span: Periods, facts: Facts) -> PlantLimit:
    """Kits put to use beside what the ramp allows: a seed a year and growth on those before, year upon year."""
    kits = np.zeros(span.count)
    for name, found in plant_grades(facts).items():
        served = _served(tables, span, name)
        made_here = max(1 - found.import_factor, 0.0)
        kits += found.crudeness * (served["structure"] + made_here * served["precision"])
    seed, rate = (
        facts.number(f"operations.commissioning_{key}", unit)
        for key, unit in (("seed", "kt/yr"), ("rate", "1/yr"))
    )
    return PlantLimit(kits, ramp(span, kits, seed, rate))


def ramp(span: Periods, stock: Series, seed: float, growth: float) -> Series:
    """What a quantity may reach that grows by ``growth`` a year from the last period, plus a seed a year."""
    steps = np.concatenate([span.lengths[:1], np.diff(span.midpoints)])
    before = np.concatenate([[0.0], stock[:-1]])
    grown = (1 + growth) ** steps
    seeds = (grown - 1) / growth if growth else steps
    return seed * seeds + grown * before


def _served(tables: Tables, span: Periods, grade: str) -> dict[str, Series]:
    table: pd.DataFrame = tables["plant"]
    at_grade = table[table["detail"] == grade]
    return {pool: span.series(at_grade[at_grade["item"] == pool]) for pool in ("structure", "precision")}


def growing(stock: Series) -> slice | None:
    """Periods in which a stock grows from 1 % of its largest value to that value; ``None`` if it never does."""
    largest = int(np.argmax(stock))
    if stock[largest] <= 0:
        return None
    first = int(np.argmax(stock >= GROWTH_SPAN * stock[largest]))
    return slice(first, largest) if largest > first else None


def doubling_time_yr(stock: Series, span: Periods) -> float | None:
    """Mean doubling time [yr] of a stock while it grows from 1 % of its largest value to that value."""
    found = growing(stock)
    if found is None:
        return None
    years = span.midpoints[found.stop] - span.midpoints[found.start]
    return float(years * math.log(2) / math.log(stock[found.stop] / stock[found.start]))


def growth_figures(tables: Tables, span: Periods, facts: Facts) -> dict[str, float | int | None]:
    """Doubling time, the years it was reached in, and the share of them in which making plant was held."""
    made = made_so_far_kt(tables, span)
    when = growing(made)
    held = {"commissioning": commissioning(tables, span, facts).binds}
    better = [limit.binds for limit in experience(tables, span, facts).values()]
    held["experience"] = np.any(better, axis=0) if better else np.zeros(span.count, dtype=bool)
    shares = {
        f"lunar_plant_growth_held_by_{name}": None if when is None else _share(span, binds, when)
        for name, binds in held.items()
    }
    return {
        "lunar_plant_doubling_time_yr": doubling_time_yr(made, span),
        "lunar_plant_growth_from": None if when is None else span.year(when.start),
        "lunar_plant_growth_to": None if when is None else span.year(when.stop),
        **shares,
    }


def _share(span: Periods, binds: np.ndarray, when: slice) -> float:
    return float((span.lengths * binds)[when].sum() / span.lengths[when].sum())
