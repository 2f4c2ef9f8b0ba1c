"""What binds, ranked by what it is worth, and what things are worth: a run's shadow prices in a person's words."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from lunarchain.report.phrases import figure_text
from lunarchain.report.view import View, named, orbit_name, spoken
from lunarchain.scenario.facts import Facts

NOTE = (
    "Whole numbers (tracks, openings, lines, few early flights) are held fixed; lift, satellites and their parts are"
    " priced at the margin of their learning curves; each price holds for small changes, in the money of its year."
    " Worth is price times amount, discounted, over the reported years."
)
TIER = "tier"  # the family of compute wanted at a price
_CODE = re.compile(r"^P\d+\w* ")  # how the data number a process
_MODES = {"high_al": "from high-aluminium tapping", "sequential": "from sequential tapping"}
_GROUP = ["kind", "limit", "where", "price_unit", "unit"]
_SCALES = ((1e9, 1e9, "G$"), (1e6, 1e6, "M$"), (1e4, 1e3, "k$"))  # from, divided by, name


def explanation(seen: View) -> dict[str, Any]:
    """What holds a plan back and what things in it are worth, as plain content, largest worth first."""
    table = seen.duals[seen.duals["period"] < seen.span.count]
    table = table.assign(
        year=[seen.span.year(int(t)) for t in table["period"]],
        where=[_where(seen, *pair) for pair in zip(table["family"], table["place"], strict=True)],
    )
    marginal, kept = table[table["kind"] == "marginal"], ["year", "place", "price", "price_unit"]
    lift = marginal["family"] == "lifted_so_far"
    wished = table["family"] == TIER  # "if people wanted more" is no limit that anyone can relax
    return {
        "note": NOTE,
        "limits": _ranked(table[(table["kind"] == "limit") & ~wished]),
        "demand": _ranked(table[(table["kind"] == "limit") & wished]),
        "prices": _ranked(table[table["kind"] == "price"]),
        "whole_numbers": _ranked(table[table["kind"] == "whole number"]),
        "lift_priced_at": marginal[lift][kept].rename(columns={"place": "vehicle"}).to_dict("records"),
        "satellites_priced_at": marginal[~lift][kept].rename(columns={"place": "what"}).to_dict("records"),
    }


def _ranked(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """One entry per limit and place: when it binds, its price where that is highest, and its worth in all."""
    found = []
    for key, group in rows.groupby(_GROUP, sort=False):
        most = _dearest(group)
        found.append(
            dict(zip(_GROUP, key, strict=True))
            | {
                "years": [int(year) for year in group["year"]],
                "price": float(most["price"]),
                "price_year": int(most["year"]),
                "amount": float(most["amount"]),
                "worth_g_usd": float(group["worth_g_usd"].sum()),
            }
        )
    return sorted(found, key=lambda entry: -abs(entry["worth_g_usd"]))


def _dearest(group: pd.DataFrame) -> pd.Series:
    """The row with the highest price of the sign its worth has in all, of those in which there is some of it."""
    sign = 1.0 if group["worth_g_usd"].sum() >= 0 else -1.0
    some = group[sign * group["worth_g_usd"] > 0]
    rows = some if len(some) else group
    return rows.loc[(sign * rows["price"]).idxmax()]


def _where(seen: View, family: str, place: str) -> str:
    """The place of a row in words; of a price tier also what the compute in it is assumed to be worth."""
    words = place_words(seen.facts, family, place)
    if family != TIER or seen.scenario.demand.reference_gw is not None:
        return words
    edges = seen.scenario.demand.tiers
    value, elasticity = (
        seen.number("compute.value", "USD/(kW*yr)"), seen.number("compute.elasticity", "dimensionless"),
    )  # fmt: skip
    each = value * edges[int(place.split("|")[1])] ** (-1 / elasticity)
    return f"{words}, valued at {price_text(each, 'USD/(kW*yr)')}"


def place_words(facts: Facts, family: str, place: str) -> str:
    """The place of a row as a person would say it: ``eml2|hybrid`` becomes ``Earth-Moon L2, hybrid``."""
    parts = place.split("|") if place else []
    if family == "policy":  # the limit's own words say which lever it is
        return ""
    if family == TIER:
        return f"{named(facts, 'services', parts[0]).lower()}, price tier {int(parts[1]) + 1}"
    return ", ".join(_word(facts, part) for part in parts if part not in ("orbit", "moon"))


def _word(facts: Facts, part: str) -> str:
    if part in facts.children("orbits"):
        return orbit_name(facts, part)
    mode = next((mode for mode in _MODES if part.endswith(f"_{mode}")), "")
    stem = part.removesuffix(f"_{mode}")
    way = f" ({_MODES[mode]})" if mode else ""
    for table in ("services", "power", "processes"):
        if stem in facts.children(table):
            return _CODE.sub("", named(facts, table, stem)) + way
    if f"commodities.{stem}.name" in facts:
        return facts.text(f"commodities.{stem}.name").split(" (")[0] + way
    return spoken(part)


def price_text(price: float, unit: str) -> str:
    """A price for reading: dollars with thousands folded into k$, M$ or G$."""
    if unit.startswith("GUSD"):
        price, unit = price * 1e9, unit[1:]
    per = unit.removeprefix("USD").replace("*", "-").replace("(", "").replace(")", "")
    size, name = next(((size, name) for least, size, name in _SCALES if abs(price) >= least), (1.0, "$"))
    return f"{figure_text(price / size)} {name}{per}"


def years_text(years: list[int]) -> str:
    """The years of the periods in which something holds, first to last."""
    return f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]} ({len(years)})"


def rows(entries: list[dict[str, Any]], most: int | None = None) -> list[dict[str, str]]:
    """Entries of an explanation as texts for a table of the terminal or of the page."""
    shown = []
    for entry in entries[:most]:
        where = f": {entry['where']}" if entry["where"] else ""
        shown.append(
            {
                "worth": f"{figure_text(entry['worth_g_usd'])} G$",
                "at most": price_text(entry["price"], entry["price_unit"]),
                "in": str(entry["price_year"]),
                "holds": years_text(entry["years"]),
                "what": entry["limit"] + where,
            }
        )
    return shown
