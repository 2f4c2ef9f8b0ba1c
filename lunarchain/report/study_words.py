"""A study in words: its base case, what is varied over which range in which unit, under which policies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from lunarchain.plan.decision import EARTH, LIKELY, NO, NONE, NOT_ASKED, OPEN, YES
from lunarchain.report.phrases import figure_text, listed
from lunarchain.report.view import orbit_name, spoken
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.load import load
from lunarchain.scenario.schema import Calendar
from lunarchain.study.axes import Axis
from lunarchain.study.schema import PolicyMix, Value
from lunarchain.study.study import Study

UNSURE = ("estimate", "unchecked")
DIGITS = 4
# Choices of a scenario by name and unit; others are named after their key.
CHOICES: Mapping[str, tuple[str, str]] = {
    "policy.launch_licences_per_yr": ("Licensed flights a year", "1/yr"),
    "policy.black_carbon_cap_kt": ("Cap on black carbon above 15 km", "kt/yr"),
    "policy.launch_co2_cap_mt": ("Cap on launch CO2", "Mt/yr"),
    "policy.alumina_cap_kt": ("Cap on alumina from re-entry", "kt/yr"),
    "policy.moon_chip_export_cap_kt": ("Cap on chips sent to the Moon", "kt/yr"),
    "policy.moon_import_cap_kt": ("Cap on lunar imports", "kt/yr"),
    "policy.moon_export_cap_kt": ("Cap on lunar exports", "kt/yr"),
    "policy.lunar_mining_cap_mt": ("Cap on lunar mining", "Mt/yr"),
    "policy.ozone_loss_cap_percent": ("Cap on ozone loss", "%"),
    "policy.lunar_nuclear": ("Fission on the Moon", ""),
    "policy.lunar_nuclear_from": ("First year of fission on the Moon", ""),
    "policy.investment_tax_credit": ("Tax credit on investment, share", ""),
    "policy.chip_supply_cap_gw": ("Cap on chips supplied", "GW/yr"),
    "demand.growth": ("Growth of demand", "1/yr"),
}
_ENDINGS = {
    "_gw_per_yr": "GW/yr", "_per_yr": "1/yr", "_usd_t": "USD/t", "_usd_kg": "USD/kg", "_gw": "GW", "_kt": "kt/yr",
    "_mt": "Mt/yr", "_percent": "%", "_years": "yr",
}  # fmt: skip
_LAUNCHER = re.compile(r"(?P<stand>\S+) (?P<kind>\w+?)_(?P<kg>[\d.e+]+)kg_(?P<g>[\d.]+)g_(?P<s>[\d.]+)s")
_YARD = "yard at "
_NAMED = 4  # policies named in a sentence; more are in the table
MOON_WORDS = {
    YES: "pays, proven",
    LIKELY: "pays in the relaxation",
    NO: "does not pay, proven",
    OPEN: "is undecided",
    NOT_ASKED: "may not be used",
}


def unit_text(unit: str) -> str:
    """A unit as a reader writes it; nothing for a bare number."""
    return unit.replace("**", "^").replace("dimensionless", "")


def axis_unit(axis: Axis) -> str:
    """The unit of a factor: that of its fact, or what its key says."""
    if axis.unit:
        return unit_text(axis.unit)
    if axis.path in CHOICES:
        return CHOICES[axis.path][1]
    return next((unit for ending, unit in _ENDINGS.items() if axis.path.endswith(ending)), "")


def axis_words(axis: Axis) -> str:
    """The name of a factor, in words where the study gives it none."""
    if axis.name != axis.path:
        return axis.name
    return CHOICES[axis.path][0] if axis.path in CHOICES else spoken(axis.path.rpartition(".")[2])


def axis_label(axis: Axis) -> str:
    """The name of a factor with its unit."""
    unit, words = axis_unit(axis), axis_words(axis)
    return f"{words} [{unit}]" if unit else words


def is_switch(axis: Axis) -> bool:
    """Whether a factor is a yes or a no."""
    return isinstance(axis.nominal, bool) or (
        bool(axis.values) and all(isinstance(value, bool) for value in axis.values)
    )


def place_text(axis: Axis, value: Any) -> str:
    """Where a case stands on a factor, for reading."""
    if value is None or value != value:
        return "as in the base"
    if is_switch(axis):
        return "yes" if bool(value) else "no"
    return spoken(value) if isinstance(value, str) else number_text(value)


def number_text(value: Any) -> str:
    """A number for reading: four digits, thousands apart; a dash where there is none."""
    if value is None or value != value:
        return "–"
    return figure_text(float(value), DIGITS) if isinstance(value, int | float) else str(value)


def range_text(axis: Axis) -> str:
    """What is tried of a factor, with its unit."""
    unit = axis_unit(axis)
    if axis.values:
        tried = listed(place_text(axis, value) for value in axis.values)
    else:
        tried = f"{number_text(axis.low)} to {number_text(axis.high)}"
    return f"{tried} {unit}".strip()


def moved_text(study: Study, moved: str, row: Mapping[str, Any]) -> str:
    """What a case of a tornado moves, and to what."""
    axis = next((one for one in study.axes if one.path == moved), None)
    if axis is None:
        return "nothing: the base"
    return f"{axis_words(axis)}: {place_text(axis, row.get(moved))} {axis_unit(axis)}".strip()


def answer_text(facts: Facts, column: str, word: str) -> str:
    """One of the three words of an answer as a sentence would say it."""
    if column == "moon":
        return MOON_WORDS.get(word, word)
    if column == "assembled":
        return _assembled(facts, word)
    return _launcher(word) if column == "driver" else word


def _assembled(facts: Facts, word: str) -> str:
    if word == EARTH:
        return "nothing Moon-made"
    return (
        f"in orbit: {orbit_name(facts, word.removeprefix(_YARD))}"
        if word.startswith(_YARD)
        else "on the Moon"
    )


def _launcher(word: str) -> str:
    found = _LAUNCHER.fullmatch(word)
    if found is None:
        return "no mass driver" if word == NONE else spoken(word)
    what = {"satellite": "satellites"}.get(found["kind"], found["kind"])
    return (
        f"{spoken(found['stand'])}: {float(found['kg']):g} kg {what} at {found['g']} g every {found['s']} s"
    )


def base_words(study: Study) -> list[str]:
    """The base case, its years and steps, what the study sets in it, and the policies all or some cases are under."""
    base, wanted = study.base, study.file.base
    said = [
        f"Every case is a change of {base.name} (“{base.scenario.title}”), {_calendar(base.scenario.calendar)}."
    ]
    if "calendar.steps" in wanted.set:
        shipped = load(wanted.case, overlays=wanted.overlays).scenario.calendar
        said.append(f"As it stands that case has {_steps(shipped)}.")
    others = [key for key in wanted.set if key != "calendar.steps"]
    if others:
        said.append(f"Set in all cases: {listed(f'{key} = {_plain(wanted.set[key])}' for key in others)}.")
    if wanted.overlays:
        said.append(f"All cases are under: {listed(map(_overlay, wanted.overlays))}.")
    return [*said, *_policy_words(study.file.policies)]


def _policy_words(mixes: tuple[PolicyMix, ...]) -> list[str]:
    if not mixes:
        return []
    plain = [mix.name for mix in mixes if not (mix.overlays or mix.set)]
    names = listed(f"“{mix.name}”" for mix in mixes) if len(mixes) <= _NAMED else f"{len(mixes)} mixes of policies"
    each = (
        f"Every case is under {names}" if len(mixes) == 1 else f"Every point is tried under each of {names}"
    )
    if plain:
        return [f"{each}; “{plain[0]}” changes nothing and is the base."]
    return [f"{each}; the base without any of them is not among the cases."]


def policy_rows(study: Study) -> pd.DataFrame:
    """Each mix of policies and what it changes."""
    rows = [
        {
            "Policy": mix.name,
            "Changes": listed([*map(_overlay, mix.overlays), *_settings(mix)] or ["nothing"]),
        }
        for mix in study.file.policies
    ]
    return pd.DataFrame(rows, columns=["Policy", "Changes"])


def _settings(mix: PolicyMix) -> list[str]:
    return [
        f"{CHOICES[key][0] if key in CHOICES else key} = {_plain(value)}" for key, value in mix.set.items()
    ]


def factor_rows(study: Study) -> pd.DataFrame:
    """Every factor: what is tried, where the base stands, what kind of number it is and where it comes from."""
    rows = []
    for axis in study.axes:
        rows.append({
            "Factor": axis_words(axis), "Tried": range_text(axis),
            "Base": f"{place_text(axis, axis.nominal)} {axis_unit(axis)}".strip(),
            "Whose": {"uncertainties": "uncertain", "levers": "a choice"}.get(axis.role, axis.role),
            "Kind": axis.kind or "–", "Source": _source(study, axis), "Key": axis.path,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _source(study: Study, axis: Axis) -> str:
    key = axis.path.removeprefix("data.")
    return study.base.facts[key].source if key in study.base.facts else "the study"


def _calendar(calendar: Calendar) -> str:
    tail = calendar.tail_periods * calendar.tail_years
    after = f", and {tail:g} years counted after that" if tail else ""
    return f"{calendar.start} to {calendar.steps[-1].until}, in {_steps(calendar)}{after}"


def _steps(calendar: Calendar) -> str:
    if len(calendar.steps) == 1:
        return f"steps of {_years(calendar.steps[0].years)}"
    return "steps of " + listed(f"{_years(step.years)} to {step.until}" for step in calendar.steps)


def _years(count: float) -> str:
    return "1 year" if count == 1 else f"{count:g} years"


def _overlay(name: str) -> str:
    return f"{spoken(name.rpartition('/')[2]).lower()} ({name})"


def _plain(value: Value | Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return number_text(value)
