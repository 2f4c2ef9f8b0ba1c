"""The tables of docs/findings.md, as text, from the tables of the shipped studies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from lunarchain.plan.decision import LIKELY, NO, YES
from lunarchain.plan.merit import REACHED, TERAWATT_GW
from lunarchain.report.flips_page import CHANGES, sentences
from lunarchain.report.flips_page import tables as flip_tables
from lunarchain.report.headlines import IMPORTS, NEEDS
from lunarchain.report.labels import NAMES
from lunarchain.report.study_words import UNSURE, answer_text, axis_words, place_text, range_text
from lunarchain.report.view import spoken
from lunarchain.scenario.load import Case
from lunarchain.study import analyse
from lunarchain.study.collect import answered
from lunarchain.study.study import Study

Told = Callable[[Study, pd.DataFrame], str]
WORTH, PAYS = "decision_value", (YES, LIKELY)
_SWINGS = 12
_PLANT, _IMPORTED = "scale.processes.*.plant", "data.closure.grade.mature.import_factor"
_LICENCES, _SOOT = "policy.launch_licences_per_yr", "policy.black_carbon_cap_kt"
_CHIPS, _FISSION = "policy.moon_chip_export_cap_kt", "policy.lunar_nuclear"


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of text as a table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def worth(row: Mapping[str, Any]) -> str:
    """What the Moon is worth in a case; in brackets where the bounds leave open whether it is worth anything."""
    if row["moon"] == NO:
        return "no"
    text = f"{row[WORTH]:,.0f}".replace("-0", "0")
    return text if row["moon"] in PAYS else f"({text})"


def chips(study: Study, table: pd.DataFrame) -> str:
    """Worth of the Moon by mass imported and by where chips may go."""
    known = answered(table)
    facts = study.base.facts.below("satellites.claim.moon.import")
    whole = sum(fact.to("kg/kW") for fact in facts.values())
    rows = [
        [f"{place * whole:.2g}", *(worth(_one(known, {IMPORTS: place, "policy": name})) for name in study.policies)]
        for place in sorted(known[IMPORTS].unique())
    ]
    return markdown(["imported, kg/kW", *study.policies], rows)


def swings(study: Study, table: pd.DataFrame) -> str:
    """The assumptions that move the Moon's worth most, moved alone."""
    found, known = analyse.tornado(study, table, WORTH).table, answered(table)
    base = float(found["base"].iloc[0])
    axes = {axis.path: axis for axis in study.axes}
    rows = [
        [f"{axis_words(axes[row['path']])}, {range_text(axes[row['path']])}"
         + (f" ({row['kind']})" if row["kind"] in UNSURE else ""),
         f"{row['at_low']:,.0f} to {row['at_high']:,.0f}"]
        for row in found.head(_SWINGS).to_dict("records")
    ]  # fmt: skip
    tracks = known["driver"].str.split(" ").str[0].value_counts()
    places = ", ".join(
        f"{count} times {answer_text(study.base.facts, 'assembled', name)}"
        for name, count in known["assembled"].value_counts().items()
    )
    said = (
        f"The Moon pays in {int(known['moon'].isin(PAYS).sum())} of {len(table)} cases. Put together: {places}. The"
        f" track that throws most: {', '.join(f'{count} times {spoken(name)}' for name, count in tracks.items())}."
    )
    return markdown(["moved alone over its range", f"worth of the Moon, G$ (base {base:,.0f})"], rows) + "\n\n" + said


def needs(study: Study, table: pd.DataFrame) -> str:
    """What is still needed from Earth: base, least and most, and the changes under which a terawatt is not reached."""
    known = answered(table)
    base = known[known["moved"] == ""].iloc[0]
    names = {axis.path: axis_words(axis) for axis in study.axes}
    rows = []
    for need in NEEDS:
        ends = known.sort_values(need).iloc[[0, -1]]
        said = [f"{_plain(row[need])} ({names.get(row['moved'], 'base')})" for row in ends.to_dict("records")]
        rows.append([NAMES[need], _plain(base[need]), *said])
    short = known[known["best_rate_satellites_gw_per_yr"] < REACHED * TERAWATT_GW]
    moved = ", ".join(
        f"{names[row['moved']]} {place_text(_axis(study, row['moved']), row[row['moved']])}"
        for row in short.to_dict("records") if row["moved"]
    )  # fmt: skip
    said = f"A terawatt of satellites a year is not reached in {len(short)} of {len(known)} cases: {moved or 'none'}."
    return markdown(["", "base", "least", "most"], rows) + "\n\n" + said


def actors(study: Study, table: pd.DataFrame) -> str:
    """Worth of the Moon by whose money it is."""
    rows = [
        [name, worth(row), f"{row['decision_value_reported_g_usd']:,.0f}"]
        for name in study.policies
        for row in [_one(answered(table), {"policy": name})]
    ]
    return markdown(["whose money", "worth, G$", "of it within the reported years"], rows)


def crossover(study: Study, table: pd.DataFrame) -> str:
    """Worth of the Moon over imports and mass of plant, for each way to land mass."""
    known = answered(table)
    shares, masses = (sorted(known[path].unique()) for path in (_IMPORTED, _PLANT))
    rows = [
        [name if mass == masses[0] else "", f"{mass:g}",
         *(worth(_one(known, {"policy": name, _PLANT: mass, _IMPORTED: share})) for share in shares)]
        for name in study.policies for mass in masses
    ]  # fmt: skip
    return markdown(["way to land mass", "plant x", *(f"imported {share:g}" for share in shares)], rows)


def sobol(study: Study, table: pd.DataFrame) -> str:
    """Shares of the variance of the Moon's worth."""
    found = analyse.sobol(study, table, WORTH).table
    rows = [
        [row["factor"], f"{row['main']:.2f} ± {row['main_conf']:.2f}", f"{row['total']:.2f} ± {row['total_conf']:.2f}"]
        for row in found.to_dict("records")
    ]
    return markdown(["share of the variance", "alone", "with interactions"], rows)


def morris(study: Study, table: pd.DataFrame) -> str:
    """Mean effects on the Moon's worth with everything moving."""
    found, words = analyse.morris(study, table, WORTH).table, answered(table)["moon"].value_counts()
    rows = [
        [row["factor"], f"{row['mu_star']:,.0f} ± {row['mu_star_conf']:,.0f}", f"{row['sigma']:,.0f}"]
        for row in found.to_dict("records")
    ]
    pays = sum(words.get(word, 0) for word in PAYS)
    said = (
        f"Of {len(table)} cases the Moon pays in {pays}, is proven worthless in {words.get(NO, 0)} and is undecided in"
        f" {words.get('open', 0)}."
    )
    return markdown(["effect of the whole range, G$", "mean (mu*)", "spread (sigma)"], rows) + "\n\n" + said


def policies(study: Study, table: pd.DataFrame) -> str:
    """What each policy costs alone and all together."""
    known = answered(table)
    free = {_LICENCES: 20000, _SOOT: 1000, _CHIPS: 1000, _FISSION: True}
    alone = {
        "1,000 licences instead of 20,000": {_LICENCES: 1000},
        "a cap of 10 kt of soot a year": {_SOOT: 10},
        "no chips sent to the Moon": {_CHIPS: 0},
        "no fission on the Moon": {_FISSION: False},
        "no fission, with 1,000 licences": {_FISSION: False, _LICENCES: 1000},
        "all four": {_LICENCES: 1000, _SOOT: 10, _CHIPS: 0, _FISSION: False},
    }
    base = _one(known, free)
    rows = [["none of them", "", worth(base), _plain(base["peak_flights_per_yr"])]]
    for name, change in alone.items():
        row = _one(known, free | change)
        more = row["objective"] - base["objective"]
        rows.append([name, _plain(more), worth(row), _plain(row["peak_flights_per_yr"])])
    head = f"more than {base['objective']:,.0f} G$ of cost and value not served"
    return markdown(["policy", head, "worth of the Moon, G$", "flights a year at the peak"], rows)


def flips(given: Case, content: Mapping[str, Any]) -> str:
    """What `lunarchain flips` found, the nearest change first."""
    heads = ("Question", "Before", "After", "At", "From nominal", "Kind", "Number")
    rows = [[row[head] for head in heads] for row in flip_tables(given, content)[CHANGES]]
    return " ".join(sentences(given, content)) + ("\n\n" + markdown(heads, rows) if rows else "")


def _one(known: pd.DataFrame, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The case at a place, which must be one."""
    rows = known
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    if len(rows) != 1:
        raise ValueError(f"{len(rows)} answered cases where {dict(wanted)}, not one: run the study to its end")
    return {str(key): value for key, value in rows.iloc[0].items()}


def changes(study: Study, table: pd.DataFrame) -> str:
    """Worth of the Moon and what is built, by single changes."""
    rows = [
        [name, worth(row), *(_plain(row[key]) for key in ("gw_hybrid", "gw_earth_built", "peak_flights_per_yr"))]
        for name in study.policies
        for row in [_one(answered(table), {"policy": name})]
    ]
    heads = ["change", "worth of the Moon, G$", "lunar hulls, GW", "Earth-built, GW", "flights a year at the peak"]
    return markdown(heads, rows)


def _axis(study: Study, path: str) -> Any:
    return next(axis for axis in study.axes if axis.path == path)


def _plain(value: float) -> str:
    value = 0.0 if abs(value) < 0.5 * 10**-3 else value
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


# Block of the document -> study it is told from, and how.
BLOCKS: Mapping[str, tuple[str, Told]] = {
    "chips": ("assembly_place", chips), "swings": ("tornado_terawatt", swings), "needs": ("tornado_terawatt", needs),
    "actors": ("discount_by_actor", actors), "crossover": ("crossover_map", crossover),
    "sobol": ("sobol_crossover", sobol), "morris": ("morris_terawatt", morris), "policies": ("policies", policies),
    "changes": ("one_change", changes),
}  # fmt: skip
