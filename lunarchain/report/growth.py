"""How fast the Moon grew in a plan, and what held it: one sentence for the answer, one chart for the page."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from lunarchain.plan import growth as plant
from lunarchain.report import style
from lunarchain.report.limits import Limit
from lunarchain.report.view import View

# Limits that can hold the growth of lunar industry, by how their names begin; demand and the ground are others' affair.
_HOLDS = (
    "Commissioning",
    "Experience",
    "Land:",
    "Growth of",
    "Ceiling of",
    "Launch licences",
    "Cap on lunar",
    "Supply of chips",
)
_FEW = 3


def grown(seen: View, found: list[Limit]) -> str:
    """How soon lunar-made plant doubled, between which years, and which limits held in how much of that time."""
    text = paced(seen)
    if not text:
        return ""
    shares = held(seen, found)
    if not shares:
        return f"{text} No limit held it: more of it sooner was not worth its price."
    named = "; ".join(f"{_lowered(name)} in {100 * share:.0f} %" for name, share in list(shares.items())[:_FEW])
    free = free_share(seen, found)
    rest = f"; nothing but its worth in {100 * free:.0f} %" if free > 0.005 else ""
    together = " (several may hold at once)" if sum(shares.values()) > 1 else ""
    return f"{text} What held it, by share of those years{together}: {named}{rest}."


def paced(seen: View) -> str:
    """How soon lunar-made plant doubled, and between which years."""
    doubling, first, last = (
        seen.figures.get(f"lunar_plant_{key}") for key in ("doubling_time_yr", "growth_from", "growth_to")
    )
    if doubling is None:
        return ""
    return f"Lunar-made plant doubled every {float(doubling):.2g} years from {first} to {last}."


def held(seen: View, found: list[Limit]) -> dict[str, float]:
    """Share of the years of growth in which each limit held, the longest first."""
    when, lengths = _when(seen), seen.span.lengths
    if when is None:
        return {}
    shares = {limit.name: _share(lengths, limit.binds, when) for limit in _holding(found)}
    return dict(sorted(((n, s) for n, s in shares.items() if s > 0), key=lambda item: -item[1]))


def free_share(seen: View, found: list[Limit]) -> float:
    """Share of the years of growth in which no limit held."""
    when = _when(seen)
    if when is None:
        return 0.0
    binds = [limit.binds for limit in _holding(found)]
    none = ~np.any(binds, axis=0) if binds else np.ones(seen.span.count, dtype=bool)
    return _share(seen.span.lengths, none, when)


def _when(seen: View) -> slice | None:
    return plant.growing(plant.made_so_far_kt(seen.tables, seen.span))


def _holding(found: list[Limit]) -> list[Limit]:
    return [limit for limit in found if limit.name.startswith(_HOLDS)]


def _share(lengths: np.ndarray, binds: np.ndarray, when: slice) -> float:
    return float((lengths * binds)[when].sum() / lengths[when].sum())


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:]


def plant_growth(seen: View) -> go.Figure:
    """Lunar plant made in a year beside what commissioning allows, and all made so far, on logarithmic axes."""
    ramp = plant.commissioning(seen.tables, seen.span, seen.facts)
    so_far = plant.made_so_far_kt(seen.tables, seen.span)
    figure = style.panels(["kt/yr", "kt"], ["Lunar plant made in a year", "Made so far"])
    shown = np.where(ramp.used > 0, ramp.used, np.nan)
    style.line(figure, seen.span, "What commissioning allows", ramp.allowed, style.INK, dash="dot")
    style.line(figure, seen.span, "Made", shown, style.ORANGE)
    style.line(figure, seen.span, "So far", np.where(so_far > 0, so_far, np.nan), style.VERMILION, row=2)
    figure.update_yaxes(type="log")
    return figure
