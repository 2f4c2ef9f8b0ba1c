"""What flips a case, in sentences, tables and one page: which number, where, how far from nominal, how sure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from lunarchain.jsonable import jsonable
from lunarchain.report import style
from lunarchain.report.phrases import money_text
from lunarchain.report.sheet import Part, build_sheet
from lunarchain.report.study_figures import broken
from lunarchain.report.study_words import answer_text, number_text, unit_text
from lunarchain.scenario.facts import Fact
from lunarchain.scenario.load import Case
from lunarchain.study.flip import WORDS, Flips

PAGE, ANSWER = "flips.html", "flips.json"
ASKED = {
    "moon": "Is the Moon worth it?",
    "assembled": "Where is it put together?",
    "driver": "Which launcher?",
}
CHANGES, ENDS, SILENT = (
    "What changes the answer, the nearest to nominal first",
    "What the Moon is worth with the number at that end [G$]",
    "Ends without an answer",
)
TABLES = {
    CHANGES: ("At", "From nominal", "Kind", "Question", "Before", "After", "Number"),
    ENDS: ("Worth", "Change", "At", "Number"),
    SILENT: ("Status", "Reason", "Number"),
}
_MATTERS = {"moon": "whether the Moon pays", "assembled": "where it is put together", "driver": "which launcher it is"}
_COLOURS = {"moon": style.VERMILION, "assembled": style.ORANGE, "driver": style.BLUE}
_DUST_G_USD = 0.05  # below this a change is the solver's


def flips_content(given: Case, mode: str, effects: pd.DataFrame, found: Flips) -> dict[str, Any]:
    """The whole answer as plain values, the document of ``--json``."""
    looked_at = {*found.tried, *found.solved}
    rest = effects[effects["in_model"] & ~effects["fact"].isin(looked_at)]
    return {
        "case": given.name,
        "mode": mode,
        "answer": {word: found.base[word] for word in (*WORDS, "decision_value")},
        "asked": len(effects),
        "not_in_model": int((~effects["in_model"]).sum()),
        "tried_in_long_steps": len(found.tried),
        "solved": found.solved,
        "first_order_effect_of_the_rest": float(rest["effect"].max()) if len(rest) else 0.0,
        "flips": found.flips.to_dict("records"),
        "ends": found.ends.to_dict("records"),
        "missing": found.missing[["moved", "status", "reason"]].to_dict("records"),
    }


def sentences(given: Case, content: Mapping[str, Any]) -> list[str]:
    """The answer as it stands, what was looked at, and what changes it."""
    answer, flips = content["answer"], content["flips"]
    words = [answer_text(given.facts, word, str(answer[word])) for word in WORDS]
    value = answer["decision_value"]
    worth = "" if value is None or value != value else f", worth {money_text(answer['decision_value'])}"
    said = [f"As it stands the Moon {words[0]}{worth}. Put together {words[1]}. Launcher: {words[2]}."]
    for word, matter in _MATTERS.items():
        numbers = {flip["fact"]: bool(flip["estimate"]) for flip in flips if flip["word"] == word}
        unsure = sum(numbers.values())
        sure = f"{unsure} of them an estimate or not re-read at its source" if unsure else "no estimate among them"
        rest = f" ({sure})" if numbers else ""
        count = {0: "No number", 1: "One number"}.get(len(numbers), f"{len(numbers)} numbers")
        verb = "change" if len(numbers) > 1 else "changes"
        said.append(f"{count} solved, moved alone within its range, {verb} {matter}{rest}.")
    return [*said, _scope(content)]


def _scope(content: Mapping[str, Any]) -> str:
    tried = content["tried_in_long_steps"]
    coarse = f", {tried} tried at both ends in long steps" if tried else ""
    least = content["first_order_effect_of_the_rest"]
    rest = f"; the first-order effect of the rest is at most {money_text(least)}" if least else ""
    text = (
        f"{content['asked']} numbers with a range: {content['not_in_model']} are not in the model{coarse},"
        f" {len(content['solved'])} solved at both ends on the case itself{rest}. Only the ends of each range are"
        " looked at, one number at a time."
    )
    if content["mode"] == "relaxed":
        text += " Relaxed: tracks and sites may be fractions, so nothing is proven here but a “no” (--mode rounded)."
    return text


def tables(given: Case, content: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """The parts of the answer as rows of text."""
    facts = given.facts
    return {
        CHANGES: [_flip_row(facts[flip["fact"]], flip, given) for flip in content["flips"]],
        ENDS: [
            {"Worth": number_text(_settled(end["worth"])), "Change": _signed(end["change"]),
             "At": _amount(end["at"], facts[end["fact"]]), "Number": _named(facts[end["fact"]])}
            for end in content["ends"] if not math.isnan(end["change"] or 0.0)
        ],
        SILENT: [
            {"Status": lost["status"], "Reason": str(lost["reason"]).splitlines()[0] if lost["reason"] else "",
             "Number": lost["moved"].removeprefix("data.")}
            for lost in content["missing"]
        ],
    }  # fmt: skip


def _flip_row(fact: Fact, flip: Mapping[str, Any], given: Case) -> dict[str, str]:
    away = f"{100 * flip['distance']:.0f} %" if flip["distance"] == flip["distance"] else "–"
    before, after = (answer_text(given.facts, flip["word"], flip[side]) for side in ("before", "after"))
    return {
        "Question": ASKED[flip["word"]], "Before": before, "After": after, "At": _amount(flip["threshold"], fact),
        "From nominal": f"{away} of {_amount(flip['nominal'], fact)}", "Kind": flip["kind"], "Number": _named(fact),
        "Range": f"{number_text(fact.low)} to {number_text(fact.high)}", "Source": fact.source,
    }  # fmt: skip


def _named(fact: Fact) -> str:
    return f"{fact.description} ({fact.id})"


def _bar(fact: Fact) -> str:
    """The name of a bar: two facts may have one description, but not one id."""
    return f"{broken(fact.description)}<br><span style='font-size:10px'>{fact.id}</span>"


def _amount(value: float, fact: Fact) -> str:
    return f"{number_text(value)} {unit_text(fact.unit)}".strip()


def _settled(value: float) -> float:
    return 0.0 if abs(value) < _DUST_G_USD else value


def _signed(value: float) -> str:
    return "0" if not _settled(value) else f"{'+' if value > 0 else '-'}{number_text(abs(value))}"


def write_flips_page(given: Case, content: Mapping[str, Any], folder: Path) -> Path:
    """The answer as one self-contained page, and beside it as plain values; returns the path of the page."""
    (folder / ANSWER).write_text(json.dumps(jsonable(content), indent=1), encoding="utf-8")
    found = tables(given, content)
    captions = {
        CHANGES: "How far each number may move from nominal (0) towards the end of its sourced range (1 to the right is"
        " the high end, -1 the low end) before a word of the answer changes; found to 1/64 of the way.",
        ENDS: "Each number alone at an end of its range.",
        SILENT: "With the number at that end there is no such case or no answer to it.",
    }
    pictures = {CHANGES: _reach(given, content), ENDS: _swings(given, content)}
    parts = [
        Part(name, captions[name], pictures.get(name), rows, frozenset({"Worth", "Change"}))
        for name, rows in found.items()
        if rows
    ]
    path = folder / PAGE
    path.write_text(
        build_sheet(f"{_titled(given)}: what flips it", sentences(given, content), parts), encoding="utf-8"
    )
    return path


def _titled(given: Case) -> str:
    return given.scenario.title.rstrip(".")


def _reach(given: Case, content: Mapping[str, Any]) -> go.Figure:
    """How far along its range each number must go, low to the left, high to the right; a bar a flip."""
    flips = content["flips"][::-1]
    figure = style.panels([""], height=110 + 44 * len(flips))
    for word, colour in _COLOURS.items():
        mine = [flip for flip in flips if flip["word"] == word]
        ways = [math.copysign(flip["share_of_range"], flip["threshold"] - flip["nominal"]) for flip in mine]
        names = [_bar(given.facts[flip["fact"]]) for flip in mine]
        values = [_amount(flip["threshold"], given.facts[flip["fact"]]) for flip in mine]
        figure.add_trace(go.Bar(y=names, x=ways, orientation="h", name=ASKED[word], marker={"color": colour},
                                text=values, textposition="auto",
                                hovertemplate="%{y}: at %{text}<extra></extra>"))  # fmt: skip
    figure.update_layout(hovermode="closest", barmode="group", margin={"l": 10, "b": 60})
    figure.update_xaxes(range=[-1.05, 1.05], showgrid=True, tickformat=",~g",
                        title={"text": "share of the way to the end of the range"})  # fmt: skip
    return figure.update_yaxes(title=None, tickformat=None, automargin=True, tickfont={"size": 12})


def _swings(given: Case, content: Mapping[str, Any]) -> go.Figure:
    """Change of what the Moon is worth at either end, the widest on top."""
    ends = pd.DataFrame(content["ends"])
    ends = ends[ends["change"].abs() >= _DUST_G_USD] if len(ends) else ends
    facts = list(dict.fromkeys(ends["fact"]))[::-1] if len(ends) else []
    figure = style.panels([""], height=110 + 48 * max(len(facts), 2))
    for word, colour, higher in (("low end", style.BLUE, False), ("high end", style.ORANGE, True)):
        rows = [e for e in ends.to_dict("records") if (e["at"] > given.facts[e["fact"]].value) == higher]
        names = [_bar(given.facts[e["fact"]]) for e in rows]
        places = [_amount(e["at"], given.facts[e["fact"]]) for e in rows]
        figure.add_trace(go.Bar(y=names, x=[e["change"] for e in rows], orientation="h", name=word, text=places,
                                textposition="none", marker={"color": colour},
                                hovertemplate="at %{text}: %{x:+,.4~g} G$<extra></extra>"))  # fmt: skip
    order = [_bar(given.facts[fact]) for fact in facts]
    figure.update_layout(hovermode="closest", barmode="overlay", margin={"l": 10, "b": 60})
    figure.update_xaxes(
        showgrid=True, tickformat=",~g", title={"text": "change of what the Moon is worth [G$]"}
    )
    return figure.update_yaxes(title=None, tickformat=None, automargin=True, categoryorder="array", categoryarray=order,
                               tickfont={"size": 12})  # fmt: skip
