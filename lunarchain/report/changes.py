"""Two runs side by side: which inputs differ, what that did to the plan and its cost, and why as far as prices say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from lunarchain.pipeline.store import Run
from lunarchain.plan.merit import LUNAR_BUILDS, UNSERVED, wanted_gw
from lunarchain.report import style
from lunarchain.report.binding import explanation
from lunarchain.report.labels import label, shown
from lunarchain.report.phrases import figure_text, listed, money_text, percent_text
from lunarchain.report.sheet import Part, build_sheet
from lunarchain.report.view import View, orbit_name, spoken, view
from lunarchain.scenario.facts import Fact
from lunarchain.scenario.load import toml_text

# A number that moved by less than this share did not move: the runs are solved to a gap, not to the last digit.
SAME = 1e-6
_SHOWN = 12
_NAMED = 3


def changes(first: Run, second: Run) -> dict[str, Any]:
    """What differs between two runs: ``inputs``, ``decisions``, ``costs``, ``limits``, ``figures`` and ``words``."""
    one, two = view(first), view(second)
    found: dict[str, Any] = {
        "runs": [_known(run) for run in (first, second)],
        "inputs": [*_settings(one, two), *_facts(one, two)],
        "wanted_gw": [float(wanted_gw(seen.scenario, seen.span).max(initial=0.0)) for seen in (one, two)],
        "decisions": _decisions(one, two),
        "costs": _costs(one, two),
        "limits": _limits(one, two),
        "figures": _figures(one, two),
    }
    return found | {"words": sentences(found)}


def _known(run: Run) -> dict[str, Any]:
    record = run.record
    return {
        "path": str(run.path),
        **{key: record.get(key) for key in ("name", "hash", "objective", "bound", "gap")},
    }


def _settings(one: View, two: View) -> list[dict[str, Any]]:
    """Settings of the scenario that differ."""
    left, right = (_flat(v.scenario.model_dump(mode="json", exclude={"data", "scale"})) for v in (one, two))
    return [
        {"key": key, "what": "choice of the scenario", "from": left.get(key), "to": right.get(key), "unit": "",
         "source": ""}
        for key in dict.fromkeys((*left, *right))
        if left.get(key) != right.get(key)
    ]  # fmt: skip


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in tree.items():
        found |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return found


def _facts(one: View, two: View) -> list[dict[str, Any]]:
    """Sourced numbers that differ, with where each value comes from."""
    return [
        {
            "key": key,
            "what": (two.facts.get(key) or one.facts[key]).description,
            "from": _value(one.facts.get(key)),
            "to": _value(two.facts.get(key)),
            "unit": (two.facts.get(key) or one.facts[key]).unit,
            "source": " -> ".join(
                dict.fromkeys(f.source for f in (one.facts.get(key), two.facts.get(key)) if f)
            ),
        }
        for key in dict.fromkeys((*one.facts, *two.facts))
        if _value(one.facts.get(key)) != _value(two.facts.get(key))
    ]


def _value(fact: Fact | None) -> float | str | None:
    if fact is None:
        return None
    return fact.text or (None if math.isnan(fact.value) else fact.value)


def _decisions(one: View, two: View) -> list[dict[str, Any]]:
    """What is built where, tracks, and openings, over the reported years."""
    left, right = _decided(one), _decided(two)
    rows: list[dict[str, Any]] = [
        {
            "what": key,
            "from": left.get(key, 0.0),
            "to": right.get(key, 0.0),
            "unit": "GW" if "[GW]" in key else "",
        }
        for key in dict.fromkeys((*left, *right))
    ]
    moved = [row for row in rows if not _same(row["from"], row["to"])]
    kinds = {
        f"{name} [GW]" for name in style.SOURCE_NAMES.values()
    }  # what is built at all comes before where

    def order(row: dict[str, Any]) -> tuple[bool, float]:
        by = abs(row["to"] - row["from"])
        first = row["what"] in kinds
        return not first, -by if first else -by / max(abs(row["to"]), abs(row["from"]))

    return sorted(moved, key=order)


def _decided(seen: View) -> dict[str, float]:
    found = {f"{style.SOURCE_NAMES[k]} [GW]": seen.span.total(v) for k, v in seen.added.items()}
    table = seen.tables["satellites"]
    made = table[(table["detail"] == "added") & (table["period"] < seen.span.count)]
    lengths = made["period"].map(dict(enumerate(seen.span.lengths)))
    for (orbit, build), gw in (made["value"] * lengths).groupby([made["node"], made["item"]]).sum().items():
        kind = "Moon-made" if build in LUNAR_BUILDS else "Earth-built"
        key = f"{kind} satellites in {orbit_name(seen.facts, str(orbit))} [GW]"
        found[key] = found.get(key, 0.0) + float(gw)
    tracks = seen.tables["tracks"]
    built = tracks[(tracks["detail"] == "built") & (tracks["period"] < seen.span.count)]
    for track, count in built.groupby("node")["value"].sum().items():
        found[f"Tracks at {spoken(str(track))}"] = float(count)
    opened = seen.tables["openings"]
    for site, rows in opened[opened["item"] == "opened"].groupby("node"):
        found[f"{spoken(str(site))} opened in"] = float(seen.span.year(int(rows["period"].min())))
    return {key: value for key, value in found.items() if value}


def _same(left: float, right: float) -> bool:
    return abs(left - right) <= SAME * max(abs(left), abs(right), 1e-9)


def _costs(one: View, two: View) -> list[dict[str, Any]]:
    """Discounted cost by item, largest change first [G$]."""
    left, right = _paid(one), _paid(two)
    rows: list[dict[str, Any]] = [
        {"item": item, "from": left.get(item, 0.0), "to": right.get(item, 0.0),
         "change": right.get(item, 0.0) - left.get(item, 0.0)}
        for item in dict.fromkeys((*left, *right))
    ]  # fmt: skip
    whole = max(sum(left.values()), sum(right.values()), 1.0)
    return sorted(
        (row for row in rows if abs(row["change"]) > SAME * whole), key=lambda row: -abs(row["change"])
    )


def _paid(seen: View) -> dict[str, float]:
    table = seen.tables["costs"]
    table = table[table["period"] < seen.span.count]
    weights = table["period"].map(dict(enumerate(seen.span.discounted_years)))
    return {
        str(item): float(v) for item, v in (table["value"] * weights).groupby(table["item"]).sum().items()
    }


def _limits(one: View, two: View) -> list[dict[str, Any]]:
    """Limits that hold in both or in one, with what they are worth in each."""
    worth = [{(e["limit"], e["where"]): e for e in explanation(seen)["limits"]} for seen in (one, two)]
    keys = dict.fromkeys((*worth[0], *worth[1]))
    rows = [
        {"limit": limit, "where": where, **{
            side: found.get((limit, where), {}).get("worth_g_usd", 0.0)
            for side, found in zip(("from", "to"), worth, strict=True)}}
        for limit, where in keys
    ]  # fmt: skip
    moved = [row for row in rows if not _same(row["from"], row["to"])]
    return sorted(moved, key=lambda row: -abs(row["to"] - row["from"]))


def _figures(one: View, two: View) -> list[dict[str, Any]]:
    rows = []
    for key in one.figures:
        left, right = one.figures[key], two.figures.get(key)
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if left != right and not (numbers and _same(float(left or 0), float(right or 0))):
            rows.append({"figure": key, "words": label(key), "from": left, "to": right})
    return rows


def sentences(found: Mapping[str, Any]) -> list[str]:
    """What changed and why, as far as the items of cost and the limits that hold can say."""
    first, second = found["runs"]
    inputs = found["inputs"]
    if not inputs:
        said = "Both runs have the same inputs."
    else:
        named = listed(
            f"{row['key']} ({_text(row['from'])} to {_text(row['to'])})" for row in inputs[:_NAMED]
        )
        more = f" and {len(inputs) - _NAMED} more" if len(inputs) > _NAMED else ""
        said = f"What was changed: {named}{more}."
    return [
        said,
        _dearer(first, second, found["costs"]),
        *_other_demand(*found["wanted_gw"]),
        *_built(found["decisions"]),
        *_held(found["limits"]),
    ]


def _dearer(first: Mapping[str, Any], second: Mapping[str, Any], costs: list[dict[str, Any]]) -> str:
    before, after = first["objective"], second["objective"]
    change = after - before
    open_gaps = before - first["bound"] + after - second["bound"]
    way = "more" if change > 0 else "less"
    text = (
        f"Cost and lost value: {money_text(before)} to {money_text(after)}, {money_text(abs(change))} {way}"
        f" ({percent_text(abs(change) / before)}), tail years included."
    )
    if abs(change) <= open_gaps:
        text += (
            f" That is within what the two proofs leave open ({money_text(open_gaps)}): it may be nothing."
        )
    if costs:
        parts = listed(f"{row['item']} {row['change']:+,.0f} G$" for row in costs[:_NAMED])
        text += f" Within the reported years the largest parts are {parts}."
    return text


def _other_demand(before: float, after: float) -> list[str]:
    """A warning where the two runs are not asked for the same, so that their costs cannot be set side by side."""
    if _same(before, after):
        return []
    return [
        f"Demand differs: {figure_text(before)} against {figure_text(after)} GW are wanted at most. These costs hold"
        " the value of what is not served, so they cannot be compared; costs per kW-yr and shares served can."
    ]


def _built(decisions: list[dict[str, Any]]) -> list[str]:
    if not decisions:
        return ["The decisions are the same."]
    rows = sorted((r for r in decisions if r["unit"] == "GW"), key=lambda r: -abs(r["to"] - r["from"]))[
        :_NAMED
    ]
    parts = [
        f"{row['what'].removesuffix(' [GW]')} {figure_text(row['from'])} to {figure_text(row['to'])} GW"
        for row in rows
    ]
    parts += [
        f"{r['what']} {_whole(r['from'])} to {_whole(r['to'])}" for r in decisions if r["unit"] != "GW"
    ][:_NAMED]
    return [f"What is built: {listed(parts)}."]


def _whole(value: float) -> str:
    return f"{value:.0f}" if value else "none"


def _held(limits: list[dict[str, Any]]) -> list[str]:
    """Why: which limits came to hold, or hold more, and which let go."""
    tighter = [row for row in limits if row["to"] > row["from"]][:_NAMED]
    looser = [row for row in limits if row["to"] < row["from"]][:_NAMED]
    said = []
    for words, rows in (("holds more", tighter), ("holds less", looser)):
        if rows:
            parts = listed(
                f"{_limit(row)} ({money_text(row['from'])} to {money_text(row['to'])})" for row in rows
            )
            said.append(f"What {words}, by worth: {parts}.")
    return said


def _limit(row: Mapping[str, Any]) -> str:
    return row["limit"] + (f", {row['where']}" if row["where"] else "")


def _text(value: Any) -> str:
    if value is None:
        return "not set"
    return toml_text(value)


def tables(found: Mapping[str, Any], most: int | None = _SHOWN) -> dict[str, list[dict[str, str]]]:
    """The parts of a comparison as rows of text."""
    return {
        "Inputs": [
            {"from": _text(r["from"]), "to": _text(r["to"]), "unit": r["unit"], "input": r["key"],
             "source": r["source"]} for r in found["inputs"][:most]
        ],
        "Decisions, reported years": [
            {"from": figure_text(r["from"], 4), "to": figure_text(r["to"], 4), "what": r["what"]}
            if "opened" not in r["what"] else
            {"from": _whole(r["from"]), "to": _whole(r["to"]), "what": r["what"]}
            for r in found["decisions"][:most]
        ],
        "Cost by item, discounted, reported years [G$]": [
            {"from": figure_text(r["from"], 4), "to": figure_text(r["to"], 4), "change": f"{r['change']:+,.1f}",
             "item": r["item"]} for r in found["costs"][:most]
        ],
        "Limits, by what they are worth [G$]": [
            {"from": figure_text(r["from"]), "to": figure_text(r["to"]), "limit": _limit(r)}
            for r in found["limits"][:most]
        ],
        "Figures of merit": [
            {"from": shown(r["from"]), "to": shown(r["to"]), "figure": r["words"]} for r in found["figures"][:most]
        ],
    }  # fmt: skip


def picture(found: Mapping[str, Any]) -> go.Figure:
    """Where the difference in cost comes from, item by item."""
    costs = found["costs"][:_SHOWN]
    figure = style.panels(["G$"], height=90 + 30 * max(len(costs), 2))
    names = [row["item"] for row in costs][::-1]
    values = [float(f"{row['change']:.4g}") for row in costs][::-1]
    colours = [style.VERMILION if value > 0 else style.BLUE for value in values]
    hover = "%{x:+,.4~g} G$<extra></extra>"
    figure.add_trace(
        go.Bar(y=names, x=values, orientation="h", marker={"color": colours}, hovertemplate=hover)
    )
    figure.update_layout(hovermode="closest", margin={"l": 230, "b": 60})
    figure.update_xaxes(showgrid=True, tickformat=",~g", title={"text": "Change of discounted cost [G$]"})
    figure.update_yaxes(title=None, tickformat=None)
    return figure


def page(found: Mapping[str, Any]) -> str:
    """The comparison as one self-contained page."""
    numbers = frozenset({"from", "to", "change"})
    names = [run["name"] for run in found["runs"]]
    title = f"{names[0]} against {names[1]}" if names[0] != names[1] else f"{names[0]}: what changed"
    caption = (
        f"Red costs more in the second run, blue less. '{UNSERVED}' is not paid: it is what the compute not served"
        " would have been worth."
    )
    parts = [Part("Where the difference in cost comes from", caption, picture(found))]
    parts += [Part(name, rows=rows, numbers=numbers) for name, rows in tables(found, None).items() if rows]
    return build_sheet(title, found["words"], parts)


def frame(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Rows of text as a data frame, for the terminal."""
    return pd.DataFrame(rows)
