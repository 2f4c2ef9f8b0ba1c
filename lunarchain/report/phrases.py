"""Numbers and lists for reading: three digits, thousands apart, the unit a person would use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lunarchain.plan.merit import REACHED, TERAWATT_GW


def figure_text(value: float, digits: int = 3) -> str:
    """A number for reading: three significant digits, thousands apart."""
    return f"{float(f'{value:.{digits}g}'):,.12g}"


def rate_text(gw_per_yr: float) -> str:
    """A yearly rate of compute in GW, or in TW from one on."""
    if gw_per_yr >= REACHED * TERAWATT_GW:
        return f"{figure_text(gw_per_yr / TERAWATT_GW)} TW a year"
    return f"{figure_text(gw_per_yr)} GW a year"


def money_text(g_usd: float) -> str:
    """Dollars, in billions (G$) or in trillions (T$)."""
    return f"{figure_text(g_usd / 1e3)} T$" if abs(g_usd) >= 1e3 else f"{figure_text(g_usd)} G$"


def percent_text(share: float) -> str:
    """A share as a percentage with two significant digits."""
    return f"{figure_text(100 * share, 2)} %"


def telling(rows: list[dict[str, str]], unsaid: Mapping[str, str]) -> list[dict[str, str]]:
    """Rows of a table without the columns of ``unsaid`` in which every row says what stands there: it tells nothing."""
    silent = {name for name, always in unsaid.items() if {row[name] for row in rows} <= {always}}
    return [{name: text for name, text in row.items() if name not in silent} for row in rows]


def listed(words: Iterable[str]) -> str:
    """Words with commas and an 'and' before the last."""
    *first, last = list(words)
    return f"{', '.join(first)} and {last}" if first else last


def lowered(text: str) -> str:
    """A phrase without its capital, unless it begins with a name or an abbreviation."""
    keep = text[:2].upper() == text[:2] or text.startswith(("Earth", "Moon", "Starship"))
    return text if keep else text[:1].lower() + text[1:]
